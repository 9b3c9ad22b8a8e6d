"""Every conversation on exactly one ticket: what other rooms and the worker may ask of tickets.

Owns tickets and their history. Everything here works inside the caller's transaction and is
safe to repeat and to run in several workers at once: what must exist once is guarded by a unique
constraint (person by number, entry by source key) or by one UPDATE that only the first can win (the
call's ticket). What the controller writes about a call stays the controller's (`controller/store.py`).
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from calls.models import Call, Contact
from calls.numbers import clean_name, contact_number, country_of
from calls.service import of_customers
from contacts.service import person_of
from ringback.config import Settings
from ringback.messages import message
from ringback.store.base import utcnow
from tickets.continuing import FindCallback, earlier_of
from tickets.entries import add_entry
from tickets.errors import TicketError
from tickets.models import Ticket, TicketEntry
from tickets.told import tell
from tickets.work import reopen, touch

OPENS_A_TICKET = ("waiting", "offered", "talking", "survey", "closing", "ended")
"""States of a call that is a conversation. Before that the caller may still be choosing."""
NOBODY = "no_sound"
"""The result of a call in which nobody was there: it is no conversation, and stands in the list of calls alone."""
RESULTS = (
    "promised",
    "message",
    "spared",
    "told",
    "abandoned",
    "left",
    "left_at_once",
    "fallback",
    "closed",
    "pbx_lost",
    "failed",
)
"""Results of a call that have their own sentence."""
MOST_MERGES = 50
"""Tickets that were merged one after the other, and are followed to the last."""
LATELY = timedelta(hours=1)
"""What `full=False` looks back on."""


def calls_without_ticket(session: Session) -> list[str]:
    """call_ids of conversations that are on no ticket yet, oldest first."""
    somebody = or_(Call.result.is_(None), Call.result != NOBODY)
    open_calls = Call.ticket_number.is_(None), Call.state.in_(OPENS_A_TICKET), somebody
    query = select(Call.call_id).where(*open_calls, of_customers())
    return list(session.scalars(query.order_by(Call.arrived_at).limit(100)))


def open_ticket(session: Session, call_id: str, *, settings: Settings, promised: FindCallback | None = None) -> Ticket:
    """The ticket of the call, opened if neither it nor the conversation that it goes on with has one.

    `promised` tells which promise to call back a call belongs to; None: nobody promises calls. Raises TicketError if
    there is no such call.
    """
    call = session.scalars(select(Call).where(Call.call_id == call_id)).one_or_none()
    if call is None:
        raise TicketError("tickets.no_call", call=call_id)
    if call.ticket_number is None:
        _open_for(session, call, settings, promised)
        session.refresh(call)
    return session.get_one(Ticket, call.ticket_number)


def _open_for(session: Session, call: Call, settings: Settings, promised: FindCallback | None) -> None:
    """One of several workers wins the call; the others find it taken and write nothing."""
    number = contact_number(call.caller_number, country_of(settings, call.line))
    earlier = earlier_of(session, call, number, settings, promised)
    joined = earlier and (earlier.ticket_number or _number_of(session, earlier.call_id, settings, promised))
    # This UPDATE takes the row's lock: from here to the commit no other worker can open a second ticket.
    # (Nothing was read under SQLite's write lock before, so it cannot fail on a stale snapshot.)
    won = session.execute(
        update(Call)
        .where(Call.id == call.id, Call.ticket_number.is_(None))
        .values(language=Call.language)
        .execution_options(synchronize_session=False)
    )
    if won.rowcount != 1:  # type: ignore[attr-defined]
        return
    contact_id = _caller_of(session, call, number)
    on = _still_there(session, joined) if joined else _new_ticket(session, call, contact_id, settings)
    session.execute(
        update(Call)
        .where(Call.id == call.id)
        .values(ticket_number=on, contact_id=contact_id)
        .execution_options(synchronize_session=False)
    )
    code = earlier.code if earlier and joined else "tickets.opened"
    text = message(code, who=number or message("tickets.nobody"), line=call.line).worded(call.language)
    kind = "call" if joined else "opened"
    add_entry(session, on, kind, text, at=call.arrived_at, source_key=f"opened:{call.call_id}")
    if joined:
        reopen(session, on, call.arrived_at)
    else:
        tell(session, "ticket.opened", on)


def _still_there(session: Session, number: int) -> int:
    """The ticket that has everything of `number` now; locked, so that nobody merges it before we are done."""
    while True:
        mine = (
            update(Ticket).where(Ticket.number == number, Ticket.merged_into.is_(None)).values(version=Ticket.version)
        )
        found = session.execute(mine.returning(Ticket.number).execution_options(synchronize_session=False)).first()
        into = None if found else session.scalar(select(Ticket.merged_into).where(Ticket.number == number))
        if into is None:
            return number
        number = into


def current(session: Session, number: int) -> int:
    """The ticket that has everything of `number` now: itself, unless it was merged into another."""
    for _ in range(MOST_MERGES):
        into = session.scalar(select(Ticket.merged_into).where(Ticket.number == number))
        if into is None:
            break
        number = into
    return number


def _caller_of(session: Session, call: Call, number: str | None) -> uuid.UUID | None:
    """Who calls: of a withheld number somebody new each time; None: one of several, and a person has to say who."""
    if number is not None:
        return person_of(session, "phone", number, name=call.caller_name, language=call.language)
    nobody = Contact(name=clean_name(call.caller_name), language=call.language)
    session.add(nobody)
    session.flush()
    return nobody.id


def _new_ticket(session: Session, call: Call, contact_id: uuid.UUID | None, settings: Settings) -> int:
    ticket = Ticket(
        subject=subject_of(call, settings),
        contact_id=contact_id,
        created_at=utcnow(),
        queue=call.queue,
        owner=call.agent,
        updated_at=utcnow(),
    )
    session.add(ticket)
    session.flush()
    return ticket.number


def _number_of(session: Session, call_id: str | None, settings: Settings, promised: FindCallback | None) -> int | None:
    """The ticket of an earlier call, opened if it has none; None: there is no row of that call."""
    if call_id is None or session.scalar(select(Call.id).where(Call.call_id == call_id)) is None:
        return None
    return open_ticket(session, call_id, settings=settings, promised=promised).number


def open_callback_ticket(
    session: Session, number: str, language: str, line: str, arrived_at: datetime, subject: str, *, settings: Settings
) -> Ticket:
    """A new ticket for somebody who was promised a call. The caller makes sure that it is asked once a promise."""
    known = contact_number(number, country_of(settings, line))
    contact_id: uuid.UUID | None
    if known:
        contact_id = person_of(session, "phone", known, language=language)
    else:
        contact = Contact(language=language)
        session.add(contact)
        session.flush()
        contact_id = contact.id
    ticket = Ticket(subject=subject, contact_id=contact_id, created_at=utcnow())
    session.add(ticket)
    session.flush()
    text = message("tickets.opened_callback", who=known or number, line=line).worded(language)
    add_entry(session, ticket.number, "opened", text, at=arrived_at)
    tell(session, "ticket.opened", ticket.number)
    return ticket


def calls_to_note(session: Session, *, full: bool) -> list[str]:
    """call_ids of settled calls on a ticket whose facts are not in its history yet."""
    return list(session.scalars(_unnoted(None if full else utcnow() - LATELY)))


def note_call(
    session: Session, call_id: str, answers: Iterable[tuple[str, str, str, datetime]], *, settings: Settings
) -> None:
    """Writes the facts of a settled call and the caller's answers into the ticket's history.

    `answers`: (survey, question, label, at).
    """
    call = session.scalars(select(Call).where(Call.call_id == call_id)).one()
    if call.ticket_number is None:
        raise TicketError("tickets.no_ticket_yet", call=call_id)
    facts = facts_of(call, settings)
    add_entry(session, call.ticket_number, "call", facts, at=call.ended_at, source_key=f"call:{call_id}")
    for survey, question, label, at in answers:
        text = message("tickets.answer", question=question, label=label).worded(call.language)
        key = f"answer:{call_id}:{survey}"
        add_entry(session, call.ticket_number, "answer", text, at=at, source_key=key)
    # A call that was opened while the caller still chose has no subject to speak of; now all is known.
    empty = message("tickets.no_choice").worded(call.language)
    ticket = update(Ticket).where(Ticket.number == call.ticket_number).execution_options(synchronize_session=False)
    session.execute(ticket.where(Ticket.subject == empty).values(subject=subject_of(call, settings)))
    # Whoever talked first sees to it, and it is the work of the first queue, unless somebody said otherwise.
    if call.agent is not None:
        session.execute(ticket.where(Ticket.owner.is_(None), ~_is_in_hand()).values(owner=call.agent))
    if call.queue is not None:
        session.execute(ticket.where(Ticket.queue.is_(None)).values(queue=call.queue))
    touch(session, call.ticket_number, call.ended_at)


def _is_in_hand() -> ColumnElement[bool]:
    """Of an UPDATE of tickets: people work with it already, and leave it to nobody."""
    by_hand = TicketEntry.kind == "change", TicketEntry.author.is_not(None)
    return exists().where(TicketEntry.ticket_number == Ticket.number, *by_hand)


def subject_of(call: Call, settings: Settings) -> str:
    """What the call is about: the caller's choices; else what somebody has to do about it, and in which queue."""
    if labels := _labels(call):
        return " / ".join(labels)
    queue = settings.queues.get(call.queue or "")
    name = None if queue is None else queue.name_in(call.language)
    if call.result == "message":
        said = message("tickets.voice_message_for", queue=name) if name else message("tickets.voice_message")
    elif call.result == "abandoned":
        said = message("tickets.gave_up_for", queue=name) if name else message("tickets.gave_up")
    else:
        said = message("tickets.no_choice")
    return said.worded(call.language)


def _labels(call: Call) -> list[str]:
    return [str(step["label"]) for step in call.menu_path if isinstance(step, dict) and step.get("label")]


def facts_of(call: Call, settings: Settings) -> str:
    """How the call went, in a few sentences of its own language."""
    if call.result == "served":
        told = [message("tickets.answered", agent=settings.agent_called(call.agent or "-"))]
    elif call.result in RESULTS:
        told = [message(f"tickets.result.{call.result}")]
    else:
        told = [message("tickets.other", result=call.result or "-")]
    if labels := _labels(call):
        told.append(message("tickets.path", path=" / ".join(labels)))
    ended = call.ended_at or call.arrived_at
    told.append(message("tickets.length", length=clock((ended - call.arrived_at).total_seconds())))
    if call.queued_at:
        until = call.connected_at or ended
        told.append(message("tickets.waited", length=clock((until - call.queued_at).total_seconds())))
    if call.connected_at:
        until = call.released_at or ended
        told.append(message("tickets.talked", length=clock((until - call.connected_at).total_seconds())))
    return " ".join(each.worded(call.language) for each in told)


def clock(seconds: float) -> str:
    """1:05 for 65 seconds."""
    whole = max(0, round(seconds))
    minutes = f"{whole // 60 % 60:02}" if whole >= 3600 else str(whole // 60)
    hours = f"{whole // 3600}:" if whole >= 3600 else ""
    return f"{hours}{minutes}:{whole % 60:02}"


def has_ticket(session: Session, number: int) -> bool:
    """Whether there is a ticket of this number, with calls or without."""
    return session.scalar(select(Ticket.number).where(Ticket.number == number)) is not None


def _unnoted(since: datetime | None) -> Select[tuple[str]]:
    noted = exists().where(TicketEntry.source_key == "call:" + Call.call_id)
    settled = and_(Call.ended_at.is_not(None), Call.snapshot.is_(None), Call.ticket_number.is_not(None))
    query = select(Call.call_id).where(settled, ~noted)
    if since is not None:
        query = query.where(Call.ended_at >= since)
    return query.order_by(Call.ended_at).limit(100)
