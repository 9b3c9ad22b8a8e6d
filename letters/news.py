"""What a letter tells: rooms say it when the letter goes."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from letters.colleagues import Colleague
from letters.models import ColleagueLetter
from ringback.config import Settings
from ringback.messages import Message


@dataclass(frozen=True, slots=True)
class LetterNews:
    """In one sentence."""

    subject: Message
    said: Message
    page: str
    """Where it is seen to: the path of a page, from its first slash."""


NewsOf = Callable[[Session, Settings, ColleagueLetter, Colleague], LetterNews | None]
"""What a letter has to say now; None: nothing any more."""
