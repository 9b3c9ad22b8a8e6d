"""A system with tickets that lives in memory: requests fail as a test says, and its search lags."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from connectors.errors import OutsideTicketGone, SystemAway, SystemBusy, SystemRefuses
from connectors.systems import LookBack, OutsideChanges, OutsideDraft, OutsideFacts

Fate = Literal["well", "unsent", "lost", "busy", "refused", "killed", "killed after"]
"""Of one request: unsent: it never came there; lost: it was done, and the answer was lost; killed: the process that
asked ends before it is done or after."""
STATUSES = ("new", "open", "stalled", "resolved", "rejected", "escalated")


class Killed(BaseException):
    """The process is gone; what it had not written is not written."""


@dataclass
class DeskTicket:
    """As it stands there."""

    subject: str
    status: str
    text: str
    made_at: datetime
    notes: list[str] = field(default_factory=list)
    changed_at: int = 0
    merged_into: str | None = None


class MemoryDesk:
    """See `connectors.systems.TicketSystem`; statuses as Request Tracker has them."""

    def __init__(self, now: Callable[[], datetime], fate: Callable[[str], Fate] = lambda _verb: "well") -> None:
        self.tickets: dict[str, DeskTicket] = {}
        self.asked: list[str] = []
        """Verbs, in order."""
        self.lag = timedelta(0)
        """Of its search."""
        self.fate = fate
        self.changes = 0
        self._now = now

    async def find(self, mark: str) -> OutsideFacts | None:
        with self._request("find"):
            seen = (id_ for id_, each in self.tickets.items() if each.made_at + self.lag <= self._now())
            return next((self._facts(id_) for id_ in seen if mark in self.tickets[id_].subject), None)

    async def create(self, draft: OutsideDraft) -> OutsideFacts:
        with self._request("create"):
            id_ = str(100 + len(self.tickets))
            self.tickets[id_] = DeskTicket(draft.subject, draft.status, draft.text, self._now())
            self.touch(id_)
            return self._facts(id_)

    async def look(self, id_: str) -> OutsideFacts:
        with self._request("look"):
            return self._facts(id_)

    async def write(self, id_: str, *, status: str | None = None, subject: str | None = None) -> None:
        with self._request("write"):
            if status is not None and status not in STATUSES:
                raise SystemRefuses("connectors.refused", status=200, said="no such status")
            ticket = self._there(id_)
            ticket.status, ticket.subject = status or ticket.status, subject or ticket.subject
            self.touch(id_)

    async def note(self, id_: str, text: str, mark: str) -> None:
        with self._request("note"):
            self._there(id_).notes.append(f"{mark}\n{text}")

    async def has_note(self, id_: str, mark: str) -> bool:
        with self._request("has_note"):
            return any(mark in note for note in self._there(id_).notes)

    async def changed(self, since: LookBack) -> OutsideChanges:
        with self._request("changed"):
            begin = int(since.cursor or 0)
            found = [self._facts(id_) for id_, each in self.tickets.items() if each.changed_at > begin]
            return OutsideChanges(found, str(self.changes))

    async def check(self) -> None:
        """Always well."""

    async def close(self) -> None:
        """Nothing is open."""

    def turn(self, id_: str, status: str) -> None:
        """Somebody there changes it."""
        self.tickets[id_].status = status
        self.touch(id_)

    def touch(self, id_: str) -> None:
        self.changes += 1
        self.tickets[id_].changed_at = self.changes

    def _there(self, id_: str) -> DeskTicket:
        if id_ not in self.tickets:
            raise OutsideTicketGone("connectors.not_there", said=id_)
        return self.tickets[id_]

    def _facts(self, id_: str) -> OutsideFacts:
        ticket = self._there(id_)
        id_ = ticket.merged_into or id_
        return OutsideFacts(id_, self._there(id_).status, f"https://desk.example/{id_}", str(ticket.changed_at))

    def _request(self, verb: str) -> "_Request":
        self.asked.append(verb)
        return _Request(self.fate(verb))


@dataclass(frozen=True)
class _Request:
    fate: Fate

    def __enter__(self) -> None:
        if self.fate == "unsent":
            raise SystemAway("outbox.late", seconds=1)
        if self.fate == "busy":
            raise SystemBusy("connectors.busy", status=429).after(3)
        if self.fate == "refused":
            raise SystemRefuses("connectors.refused", status=403, said="")
        if self.fate == "killed":
            raise Killed

    def __exit__(self, kind: object, error: object, _trace: object) -> None:
        if kind is None and self.fate == "lost":
            raise SystemAway("outbox.late", seconds=1)
        if kind is None and self.fate == "killed after":
            raise Killed
