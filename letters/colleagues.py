"""Whom a letter goes to, as this room knows people: which accounts there are and what they may do is the pages'."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Colleague:
    """An account that is in use, as it is now."""

    name: str
    address: str
    """Empty: none is known."""
    language: str
    trains: bool
    """Whether he or she may score calls, and answer disputes."""
    unwanted: frozenset[str]
    """Topics (`letters.kinds.TOPICS`) of which he or she wants no mail."""


ColleagueOf = Callable[[Session, str], Colleague | None]
"""By the name of the account; None: there is none in use."""
