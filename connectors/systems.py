"""What a system beside is for the rest of this room: the same few verbs, whichever it is.

Owns the protocol and what it gives and takes. Each system has a module of its own, which knows its API and nothing of
our tickets; what is told and when is the rest of the room's. Verbs raise the classes of `errors.py`, which say what is
known of a request that failed: what may have been done is looked for before it is asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_CHANGED = 100
"""Tickets that one look for changes reads."""


@dataclass(frozen=True)
class OutsideDraft:
    """A ticket that is to be made there."""

    subject: str
    """One line, with `mark` in it."""
    text: str
    mark: str
    """By which it is found again: letters and digits alone, so that every search takes it for one word."""
    status: str
    """Theirs."""


@dataclass(frozen=True)
class OutsideFacts:
    """A ticket as it is there."""

    id: str
    """Theirs; another than asked for where it was merged into that one."""
    status: str
    """In their words."""
    url: str
    """Its page, for people."""
    updated: str = ""
    """When it changed last, by their clock and in their way of writing it."""


@dataclass(frozen=True)
class OutsideChanges:
    """What became of tickets there since the last look."""

    found: Sequence[OutsideFacts] = ()
    cursor: str | None = None
    """Where the next look begins, in their own words; None: as before."""


@dataclass(frozen=True)
class LookBack:
    """How far a look for changes reaches: systems know one of the two."""

    cursor: str | None
    """As the last look gave it; None: this is the first."""
    seconds: float
    """Since the last look that was answered."""


class TicketSystem(Protocol):
    """One system beside."""

    async def find(self, mark: str) -> OutsideFacts | None:
        """The ticket with this mark, the oldest of several; None: its search knows none (yet)."""

    async def create(self, draft: OutsideDraft) -> OutsideFacts:
        """Makes a ticket."""

    async def look(self, id_: str) -> OutsideFacts:
        """Raises OutsideTicketGone where it was deleted."""

    async def write(self, id_: str, *, status: str | None = None, subject: str | None = None) -> None:
        """Changes its fields; None: as it is. Raises SystemRefuses for a status that it does not take."""

    async def note(self, id_: str, text: str, mark: str) -> None:
        """Writes a note that the customer does not get, with `mark` in it."""

    async def has_note(self, id_: str, mark: str) -> bool:
        """Whether there is a note with this mark among the newest."""

    async def changed(self, since: LookBack) -> OutsideChanges:
        """Tickets that changed; some more than that do no harm."""

    async def check(self) -> None:
        """Tries what the others need. Raises what is wrong."""

    async def close(self) -> None:
        """Lets go of connections."""
