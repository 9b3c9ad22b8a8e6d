"""Two tickets become one, one becomes two, a call goes to another ticket; each can be undone.

Whatever belongs to a ticket stands in a table with a column `ticket_number`: a merge moves the rows of every such table
of the store, those of other rooms too, so that a new table needs nothing here. What was moved is kept by its keys
(`TicketMove`); what came to the ticket afterwards stays there when a move is undone. A ticket that was merged keeps its
number and leads to the other one. Everything works inside the caller's transaction; tickets are locked in the order of
their numbers.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, exists, or_, select, update
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.config import Settings
from ringback.messages import Message, message
from ringback.store.base import Base, utcnow
from tickets.entries import add_entry
from tickets.errors import TicketError
from tickets.models import CLOSED, OPEN, Ticket, TicketEntry, TicketLink, TicketMention, TicketMove
from tickets.service import current, subject_of
from tickets.told import tell
from tickets.work import reopen, touch

BEFORE = ("status", "owner", "queue")
"""What a ticket that is merged away was, for when it comes back."""
STAYS = (TicketLink.__tablename__,)
"""Links are between tickets and go to nobody."""


def merge(session: Session, number: int, into: int, who: str, at: datetime | None = None) -> TicketMove:
    """Everything of ticket `number` is on `into` from now on. Raises TicketError."""
    at = at or utcnow()
    ticket, other = _locked(session, number, into)
    move = _move(session, "merge", ticket, other, dict.fromkeys(_tables()), who, at)
    _leads_to(session, number, into, at)
    _tell(session, number, "merged", message("tickets.merged_into", number=into), who, at)
    _tell(session, into, "merged", message("tickets.merged", number=number), who, at)
    if ticket.status == OPEN and other.status == CLOSED:
        session.execute(_quietly(into, status=OPEN, solved_at=None))
    tell(session, "ticket.merged", number, who)
    return move


def split(
    session: Session,
    number: int,
    call_ids: Collection[str],
    who: str,
    *,
    settings: Settings,
    at: datetime | None = None,
) -> int:
    """The calls, with what was written of them and promised in them, get a ticket of their own; returns its number."""
    at = at or utcnow()
    if not call_ids:
        raise TicketError("tickets.no_calls_chosen")
    (ticket,) = _locked(session, number)
    calls = _calls_of(session, number, call_ids)
    others = exists().where(Call.ticket_number == number, Call.call_id.not_in(call_ids))
    if not session.scalar(select(others)):
        raise TicketError("tickets.all_calls_chosen")
    first = calls[0]
    new = Ticket(
        subject=subject_of(first, settings),
        contact_id=first.contact_id,
        priority=ticket.priority,
        queue=first.queue or ticket.queue,
        owner=first.agent,
        created_at=first.arrived_at,
        updated_at=at,
    )
    session.add(new)
    session.flush()
    _move(session, "split", ticket, new, _rows_of_calls(session, number, call_ids), who, at)
    _tell(session, number, "split", message("tickets.split_off", number=new.number), who, at)
    _tell(session, new.number, "split", message("tickets.split_from", number=number), who, at)
    tell(session, "ticket.opened", new.number, who, **{"from": number})
    return new.number


def join_call(session: Session, call_id: str, into: int, who: str, *, at: datetime | None = None) -> int:
    """A call goes to the ticket it is about, as its agent says; returns the ticket's number.

    A ticket on which nothing but this call is leads there from now on. Raises TicketError; the call must have a ticket.
    """
    at = at or utcnow()
    number = session.scalar(select(Call.ticket_number).where(Call.call_id == call_id))
    if number is None:
        raise TicketError("tickets.no_ticket_yet", call=call_id)
    if number == into:
        return into
    alone = ~exists().where(Call.ticket_number == number, Call.call_id != call_id)
    by_people = exists().where(TicketEntry.ticket_number == number, TicketEntry.author.is_not(None))
    if session.scalar(select(alone)) and not session.scalar(select(by_people)):
        merge(session, number, into, who, at)
    else:
        ticket, other = _locked(session, number, into)
        _calls_of(session, number, [call_id])
        _move(session, "join", ticket, other, _rows_of_calls(session, number, [call_id]), who, at)
        _tell(session, number, "split", message("tickets.joined_other", number=into), who, at)
        _tell(session, into, "merged", message("tickets.joined", number=number), who, at)
    reopen(session, into, at)
    return into


def undo(session: Session, key: uuid.UUID, who: str, at: datetime | None = None) -> TicketMove:
    """Moves back what was moved, as far as it still is where it was moved to. Raises TicketError."""
    at = at or utcnow()
    first = update(TicketMove).where(TicketMove.id == key, TicketMove.undone_at.is_(None))
    done = first.values(undone_at=at, undone_by=who).returning(TicketMove.id)
    if session.execute(done.execution_options(synchronize_session=False)).first() is None:
        raise TicketError("tickets.no_move")
    move = session.get_one(TicketMove, key, populate_existing=True)
    is_on = current(session, move.to_number)
    for table in _tables():
        ids = [uuid.UUID(each) for each in move.rows.get(table.name, ())]
        for some in _in_parts(ids):
            back = update(table).where(table.c.id.in_(some), table.c.ticket_number == is_on)
            session.execute(back.values(ticket_number=move.from_number))
    if move.kind == "merge":
        was = {name: move.before.get(name) for name in BEFORE}
        session.execute(_quietly(move.from_number, merged_into=None, **was))
    empty = move.kind == "split" and not session.scalar(select(exists().where(Call.ticket_number == move.to_number)))
    if empty:
        _leads_to(session, move.to_number, move.from_number, at)
    code = {"merge": "tickets.merged", "split": "tickets.split_from", "join": "tickets.joined"}[move.kind]
    for number in (move.from_number, move.to_number):
        what = message(code, number=move.from_number)
        _tell(session, number, "split", message("tickets.undone", what=what), who, at)
        tell(session, "ticket.changed", number, who)
    return move


def moves_of(session: Session, number: int) -> Sequence[TicketMove]:
    """What was moved to or from a ticket and is not undone, newest first."""
    of_it = or_(TicketMove.from_number == number, TicketMove.to_number == number)
    query = select(TicketMove).where(of_it, TicketMove.undone_at.is_(None)).order_by(TicketMove.at.desc())
    return session.scalars(query.limit(20)).all()


def strays(session: Session) -> list[str]:
    """Numbers of merged tickets to which something came when they were merged already."""
    found: set[int] = set()
    for table in _tables():
        query = select(Ticket.number).join_from(Ticket, table, table.c.ticket_number == Ticket.number)
        found |= set(session.scalars(query.where(Ticket.merged_into.is_not(None), *_but_told(table)).limit(100)))
    return [str(number) for number in sorted(found)]


def bring_along(session: Session, number: int) -> bool:
    """Moves what came to a merged ticket late to where the rest of it is."""
    into = session.scalar(select(Ticket.merged_into).where(Ticket.number == number))
    if into is None:
        return False
    for table in _tables():
        late = update(table).where(table.c.ticket_number == number, *_but_told(table))
        session.execute(late.values(ticket_number=into))
    return True


# -- links -----------------------------------------------------------------------------------------------


def link(session: Session, number: int, other: int, who: str, at: datetime | None = None) -> None:
    """The two have to do with each other. The second time nothing."""
    at = at or utcnow()
    low, high = (each.number for each in _locked(session, *sorted((number, other))))
    there = select(TicketLink.id).where(TicketLink.ticket_number == low, TicketLink.other_number == high)
    if session.scalar(there) is None:
        session.add(TicketLink(ticket_number=low, other_number=high, by=who, at=at))
        session.flush()
        for one, two in ((low, high), (high, low)):
            _tell(session, one, "change", message("tickets.linked", number=two), who, at)


def unlink(session: Session, number: int, other: int, who: str, at: datetime | None = None) -> None:
    at = at or utcnow()
    low, high = sorted((number, other))
    row = session.scalar(select(TicketLink).where(TicketLink.ticket_number == low, TicketLink.other_number == high))
    if row is not None:
        session.delete(row)
        session.flush()
        for one, two in ((low, high), (high, low)):
            _tell(session, one, "change", message("tickets.unlinked", number=two), who, at)


def linked_with(session: Session, number: int) -> Sequence[Ticket]:
    """Tickets that have to do with this one, newest first."""
    numbers = select(TicketLink.other_number).where(TicketLink.ticket_number == number)
    lower = select(TicketLink.ticket_number).where(TicketLink.other_number == number)
    query = select(Ticket).where(or_(Ticket.number.in_(numbers), Ticket.number.in_(lower)))
    return session.scalars(query.order_by(Ticket.number.desc())).all()


# -- rows ------------------------------------------------------------------------------------------------


def _tables() -> Iterator[Table]:
    """Every table whose rows belong to a ticket."""
    for table in Base.metadata.sorted_tables:
        column: Column[Any] | None = table.c.get("ticket_number")
        if column is not None and table.name not in STAYS:
            yield table


def _but_told(table: Table) -> list[Any]:
    """The lines that say that a ticket was merged stay with it."""
    return [table.c.kind != "merged"] if table is TicketEntry.__table__ else []


def _locked(session: Session, *numbers: int) -> list[Ticket]:
    """The tickets, locked; two that are one, are none, or were merged away raise TicketError."""
    if len(set(numbers)) != len(numbers):
        raise TicketError("tickets.same_ticket")
    for number in sorted(numbers):
        lock = update(Ticket).where(Ticket.number == number).values(version=Ticket.version + 1)
        there = lock.returning(Ticket.number).execution_options(synchronize_session=False)
        if not 0 < number < 1 << 31 or session.execute(there).first() is None:
            raise TicketError("tickets.none", number=number)
    found = [session.get_one(Ticket, number, populate_existing=True) for number in numbers]
    for ticket in found:
        if ticket.merged_into is not None:
            raise TicketError("tickets.merged_away", number=ticket.number, into=ticket.merged_into)
    return found


def _calls_of(session: Session, number: int, call_ids: Collection[str]) -> list[Call]:
    query = select(Call).where(Call.ticket_number == number, Call.call_id.in_(call_ids)).order_by(Call.arrived_at)
    calls = list(session.scalars(query))
    for missing in set(call_ids) - {call.call_id for call in calls}:
        raise TicketError("tickets.not_its_call", call=missing)
    return calls


def _rows_of_calls(session: Session, number: int, call_ids: Collection[str]) -> dict[Table, list[uuid.UUID] | None]:
    """Rows of a ticket that belong to these calls: those that name one, and lines whose key does."""
    found: dict[Table, list[uuid.UUID] | None] = {}
    for table in _tables():
        named: list[ColumnElement[bool]] = [
            table.c[name].in_(call_ids) for name in ("call_id", "asked_call_id") if name in table.c
        ]
        if table is TicketEntry.__table__:
            keys = [TicketEntry.source_key.contains(f":{call_id}", autoescape=True) for call_id in call_ids]
            named = [or_(*keys)]
        if table is TicketMention.__table__ or not named:
            continue
        query = select(table.c.id).where(table.c.ticket_number == number, or_(*named))
        found[table] = list(session.scalars(query))
    return found


def _move(
    session: Session,
    kind: str,
    ticket: Ticket,
    other: Ticket,
    rows: dict[Table, list[uuid.UUID] | None],
    who: str,
    at: datetime,
) -> TicketMove:
    """Moves the rows of each table (None: all of the ticket's) and writes down which."""
    moved: dict[str, list[str]] = {}
    for table, ids in rows.items():
        if ids is None:
            query = select(table.c.id).where(table.c.ticket_number == ticket.number, *_but_told(table))
            ids = list(session.scalars(query))
        for some in _in_parts(ids):
            session.execute(update(table).where(table.c.id.in_(some)).values(ticket_number=other.number))
        if ids:
            moved[table.name] = [str(each) for each in ids]
    session.expire_all()
    before = {name: getattr(ticket, name) for name in BEFORE}
    move = TicketMove(
        kind=kind, from_number=ticket.number, to_number=other.number, rows=moved, before=before, by=who, at=at
    )
    session.add(move)
    session.flush()
    return move


def _in_parts(ids: Sequence[uuid.UUID], size: int = 500) -> Iterator[Sequence[uuid.UUID]]:
    for begin in range(0, len(ids), size):
        yield ids[begin : begin + size]


def _leads_to(session: Session, number: int, into: int, at: datetime) -> None:
    """The ticket is done with. Those that led to it lead on from there."""
    values = {"merged_into": into, "status": CLOSED, "solved_at": at, "due_at": None, "next_step": None}
    session.execute(_quietly(number, **values))
    session.expire_all()


def _quietly(number: int, **values: Any) -> Any:
    values["version"] = Ticket.version + 1
    return update(Ticket).where(Ticket.number == number).values(values).execution_options(synchronize_session=False)


def _tell(session: Session, number: int, kind: str, said: Message, who: str, at: datetime) -> None:
    add_entry(session, number, kind, str(said), at=at, author=who, said=said)
    touch(session, number, at)
