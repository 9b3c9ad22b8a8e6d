"""What people do with a ticket: its fields, notes and mentions, the end of it; and what opens it again.

Two people who change the same ticket at once lose nothing: each field is written only if it still is what its writer
saw, and whoever comes second is told what it is now. Every change is a line of the history with who and when.
Everything works inside the caller's transaction. Who may see or change a ticket is `web/access.py`'s to say.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.messages import Message, message, text
from ringback.store.base import utcnow, uuid7
from ringback.store.bus import Request
from tickets.entries import add_entry
from tickets.errors import TicketError
from tickets.models import ACTIVE, CLOSED, DONE, OPEN, PRIORITIES, SOLVED, STATUSES, Ticket, TicketMention
from tickets.told import changes, tell

FIELDS = ("subject", "queue", "owner", "status", "priority", "category", "disposition", "next_step", "due_at")
"""What people change, in the order in which it is done."""
WORDS = ("subject", "next_step")
"""Fields that people write; of the others one of a few values is chosen."""
LONGEST = {"subject": 200, "next_step": 300}
LONGEST_NOTE = 10_000
MOST_AT_ONCE = 200
"""Tickets that are closed by themselves in one transaction."""
_MENTION = re.compile(r"(?<![\w@.])@([A-Za-z0-9][A-Za-z0-9._-]{0,63})")
Value = str | datetime | None


@dataclass(frozen=True)
class FieldConflict:
    """A field that somebody else changed first."""

    theirs: Value
    """What it is now."""
    yours: Value
    """What it was not changed to."""


@dataclass(frozen=True)
class TicketChange:
    """What came of a change."""

    applied: tuple[str, ...]
    """Fields that are different now."""
    conflicts: dict[str, FieldConflict]
    """Fields that are as somebody else left them."""


def change(
    session: Session,
    number: int,
    who: str,
    base: Mapping[str, Value],
    new: Mapping[str, Value],
    *,
    settings: Settings,
    at: datetime | None = None,
) -> TicketChange:
    """Changes the fields of `new` that are not as in `base`, which holds what `who` saw of them.

    Raises TicketError where there is no such ticket, or a value cannot be; then nothing is changed.
    """
    at = at or utcnow()
    wanted = {name: _clean(name, value) for name, value in new.items() if name in FIELDS}
    wanted = {name: wanted[name] for name in FIELDS if name in wanted and wanted[name] != base.get(name)}
    ticket = _existing(session, number)
    _check(ticket, wanted, settings)
    applied: list[str] = []
    conflicts: dict[str, FieldConflict] = {}
    for name, value in wanted.items():
        if _set(session, number, name, base.get(name), value, at):
            applied.append(name)
            _write_down(session, number, name, base.get(name), value, who, at, settings)
            continue
        now = session.scalar(select(getattr(Ticket, name)).where(Ticket.number == number))
        if now != value:
            conflicts[name] = FieldConflict(now, value)
    if applied:
        told = changes(base, {name: wanted[name] for name in applied})
        tell(session, "ticket.changed", number, who, changes=told)
    if "disposition" in applied and wanted["disposition"]:
        _wrapped_up(session, ticket, who, settings)
    return TicketChange(tuple(applied), conflicts)


def note(
    session: Session, number: int, who: str, words: str, *, people: Collection[str], at: datetime | None = None
) -> tuple[str, ...]:
    """Writes a note. `people` are the names of those who can be mentioned as `@name`; returns who was.

    Raises TicketError for one without words or that is too long.
    """
    at = at or utcnow()
    words = words.strip()
    if not words:
        raise TicketError("tickets.note_empty")
    if len(words) > LONGEST_NOTE:
        raise TicketError("tickets.note_long", most=LONGEST_NOTE)
    _existing(session, number)
    key = uuid7()
    add_entry(session, number, "note", words, at=at, author=who, id_=key)
    named = tuple(dict.fromkeys(name for name in _MENTION.findall(words) for name in _meant(name, people)))
    for person in named:
        session.add(TicketMention(entry_id=key, ticket_number=number, person=person, at=at))
    session.flush()
    touch(session, number, at)
    tell(session, "ticket.note", number, who, note=words)
    return named


def _meant(name: str, people: Collection[str]) -> list[str]:
    """A name at the end of a sentence has its full stop with it."""
    return [each for each in (name, name.rstrip(".-")) if each in people][:1]


def seen(session: Session, number: int, who: str, at: datetime) -> bool:
    """`who` has opened the ticket: what mentioned him or her is seen. False: nothing did."""
    unseen = update(TicketMention).where(
        TicketMention.ticket_number == number, TicketMention.person == who, TicketMention.seen_at.is_(None)
    )
    return session.execute(unseen.values(seen_at=at).returning(TicketMention.id)).first() is not None


def customer_wrote(
    session: Session, number: int, kind: str, words: str, *, source_key: str, at: datetime | None = None
) -> bool:
    """An answer of the customer's comes to the ticket, and opens it. False: it was there already."""
    at = at or utcnow()
    if not add_entry(session, number, kind, words, at=at, source_key=source_key):
        return False
    reopen(session, number, at)
    return True


def reopen(session: Session, number: int, at: datetime | None = None) -> None:
    """Somebody has to see to it: what was solved, closed or waited for the customer is open again."""
    at = at or utcnow()
    was = session.execute(
        update(Ticket)
        .where(Ticket.number == number, Ticket.status != OPEN)
        .values(status=OPEN, solved_at=None, version=Ticket.version + 1)
        .returning(Ticket.number)
        .execution_options(synchronize_session=False)
    ).first()
    if was is not None:
        said = message("tickets.reopened")
        add_entry(session, number, "change", str(said), at=at, said=said)
        tell(session, "ticket.changed", number, changes={"status": {"to": OPEN}})
    touch(session, number, at)


def touch(session: Session, number: int, at: datetime | None = None) -> None:
    """Something happened in the ticket."""
    later = update(Ticket).where(Ticket.number == number, Ticket.updated_at < (at or utcnow()))
    session.execute(later.values(updated_at=at or utcnow()).execution_options(synchronize_session=False))


def _wrapped_up(session: Session, ticket: Ticket, who: str, settings: Settings) -> None:
    """An agent whose wrap-up waits for this word need not wait for more."""
    queue = settings.queues.get(ticket.queue or "")
    if queue is not None and queue.disposition_required and any(agent.name == who for agent in settings.agents):
        session.add(Request(kind="agent.disposed", subject=who, args={"ticket": ticket.number}, asked_by=who))
        session.flush()


# -- closed by themselves --------------------------------------------------------------------------------


def to_close(session: Session, settings: Settings, now: datetime) -> list[str]:
    """Numbers of tickets that are to be closed, as a stage of the worker names its work."""
    found = _solved_long_ago(settings, now), _quiet(settings, now)
    numbers: list[str] = []
    for which in found:
        if which is not None:
            query = select(Ticket.number).where(which).order_by(Ticket.updated_at, Ticket.number)
            numbers += map(str, session.scalars(query.limit(MOST_AT_ONCE)))
    return numbers


def close_by_itself(session: Session, number: int, settings: Settings, now: datetime) -> bool:
    """Closes the ticket if that is still due."""
    for code, which in (
        ("tickets.closed_solved", _solved_long_ago(settings, now)),
        ("tickets.closed_quiet", _quiet(settings, now)),
    ):
        if which is None:
            continue
        closed = (
            update(Ticket)
            .where(Ticket.number == number, which)
            .values(status=CLOSED, solved_at=now, version=Ticket.version + 1)
            .returning(Ticket.number)
            .execution_options(synchronize_session=False)
        )
        if session.execute(closed).first() is not None:
            said = message(code)
            add_entry(session, number, "change", str(said), at=now, said=said)
            tell(session, "ticket.changed", number, changes={"status": {"to": CLOSED}})
            return True
    return False


def _solved_long_ago(settings: Settings, now: datetime) -> ColumnElement[bool] | None:
    days = settings.tickets.close_solved_days
    until = now - timedelta(days=days)
    return and_(Ticket.status == SOLVED, Ticket.updated_at < until, Ticket.solved_at < until) if days else None


def _quiet(settings: Settings, now: datetime) -> ColumnElement[bool] | None:
    days = settings.tickets.close_quiet_days
    nothing_to_do = and_(Ticket.due_at.is_(None), or_(Ticket.next_step.is_(None), Ticket.next_step == ""))
    return (
        and_(Ticket.status.in_(ACTIVE), Ticket.updated_at < now - timedelta(days=days), nothing_to_do) if days else None
    )


# -- one field -------------------------------------------------------------------------------------------


def _existing(session: Session, number: int) -> Ticket:
    ticket = session.get(Ticket, number, populate_existing=True) if 0 < number < 1 << 31 else None
    if ticket is None:
        raise TicketError("tickets.none", number=number)
    if ticket.merged_into is not None:
        raise TicketError("tickets.merged_away", number=number, into=ticket.merged_into)
    return ticket


def _clean(name: str, value: Value) -> Value:
    if isinstance(value, datetime) or value is None:
        return value
    words = " ".join("".join(char for char in value if unicodedata.category(char) not in ("Cc", "Cs")).split())
    return words[: LONGEST.get(name, 64)] or (None if name not in ("subject", "status", "priority") else "")


def _check(ticket: Ticket, wanted: Mapping[str, Value], settings: Settings) -> None:
    """Raises TicketError for a value that cannot be."""
    queue = settings.queues.get(str(wanted.get("queue", ticket.queue) or ""))
    allowed: dict[str, Collection[str] | None] = {
        "status": STATUSES,
        "priority": PRIORITIES,
        "queue": settings.queues,
        "category": queue.categories if queue else (),
        "disposition": queue.dispositions if queue else (),
    }
    for name, value in wanted.items():
        among = allowed.get(name)
        if among is not None and value is not None and value not in among:
            raise TicketError("tickets.not_among", field=message(f"tickets.name_{name}"), value=value)
        if name == "due_at" and value is not None and not isinstance(value, datetime):
            raise TicketError("tickets.not_a_time", value=value)
    if wanted.get("subject", "-") == "":
        raise TicketError("tickets.subject_empty")
    is_active = wanted.get("status", ticket.status) in ACTIVE
    if not is_active and any(wanted.get(name) for name in ("due_at", "next_step")):
        raise TicketError("tickets.done_has_no_step")


def _set(session: Session, number: int, name: str, was: Value, value: Value, at: datetime) -> bool:
    """Whether the field was as it was seen, and is `value` now."""
    values: dict[str, Any] = {name: value, "version": Ticket.version + 1, "updated_at": at}
    if name == "status":
        values["solved_at"] = at if value in DONE else None
        if value in DONE:
            values |= {"due_at": None, "next_step": None}
    column = getattr(Ticket, name)
    as_seen = update(Ticket).where(
        Ticket.number == number, Ticket.merged_into.is_(None), column.is_not_distinct_from(was)
    )
    done = as_seen.values(values).returning(Ticket.number).execution_options(synchronize_session=False)
    return session.execute(done).first() is not None


def _write_down(
    session: Session, number: int, name: str, was: Value, value: Value, who: str, at: datetime, settings: Settings
) -> None:
    said = message(
        "tickets.changed",
        field=message(f"tickets.name_{name}"),
        old=_named(name, was, settings),
        new=_named(name, value, settings),
    )
    add_entry(session, number, "edit" if name in WORDS else "change", str(said), at=at, author=who, said=said)


def _named(name: str, value: Value, settings: Settings) -> Message:
    """A value as people read it."""
    if not value:
        return message("tickets.nothing")
    if isinstance(value, datetime):
        return message("tickets.time", at=value.isoformat(timespec="minutes"))
    if name == "status":
        return message(f"tickets.status_{value}")
    if name == "priority":
        return message(f"tickets.priority_{value}")
    if name == "owner":
        return text(settings.agent_called(value))
    if name == "queue":
        queue = settings.queues.get(value)
        return text(queue.name if queue else value)
    return text(value)
