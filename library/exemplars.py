"""Exemplars: calls that show how it is done, suggested by what came of them, accepted or refused by a person.

A call is suggested whose caller said that it went well and said nothing else, whose ticket is done, whose caller has
not called again in the time after which reports count a first contact as solved, and whose sound and text are there and
good. Only the decision is a row. Whether an accepted call still is an example is asked of the facts whenever it is
read: it is none from the moment its ticket opens again, the same person calls again, a poor answer comes, or its time
to be kept is over; a ticket that was opened and solved again does not bring it back.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from calls.models import Call
from calls.service import of_customers
from library.errors import LibraryError
from library.models import Exemplar
from recording.models import Recording
from ringback.config import Settings
from ringback.messages import Message, message
from survey.models import SurveyAnswer
from tickets.models import ACTIVE, DONE, Ticket, TicketEntry
from topics.models import CallTopic, Topic
from transcripts.models import Segment, Transcript

LEAST_TALK, MOST_TALK = 20.0, 900.0
"""Seconds of talk."""
LEAST_SURE = 0.6
"""Mean confidence of a text that is worth reading along."""
LOOKED_AT = 300
"""Calls, the newest, of which suggestions are chosen."""
MOST_WORDS = 500
KEPT_STATES = ("stored",)


@dataclass(frozen=True, slots=True)
class SuggestedCall:
    """A call that may be an example."""

    call_id: str
    arrived_at: datetime
    topic: str
    """What people call what it is about; empty: nobody gave that a name."""
    sure: float
    """Mean confidence of its text."""
    good: int
    """Answers that say that it went well."""


@dataclass(frozen=True, slots=True)
class WhyWithdrawn:
    """Why an accepted call is no example any more."""

    at: datetime
    why: Message


def suggestions(session: Session, settings: Settings, now: datetime) -> list[SuggestedCall]:
    """Those that nobody has decided on: most good answers first, of as many the newest. Who may hear which is asked by
    whoever shows them."""
    good = select(SurveyAnswer.call_id, func.count().label("good")).where(SurveyAnswer.means == "good")
    counted = good.group_by(SurveyAnswer.call_id).subquery()
    query = (
        select(Call.call_id, Call.arrived_at, Call.contact_id, Call.ticket_number, counted.c.good)
        .join(counted, counted.c.call_id == Call.call_id)
        .join(Ticket, Ticket.number == Call.ticket_number)
        .join(Recording, Recording.call_id == Call.call_id)
        .join(Transcript, Transcript.call_id == Call.call_id)
        .where(
            Call.result == "served",
            Call.agent.is_not(None),
            Call.contact_id.is_not(None),
            Call.talk_seconds.between(LEAST_TALK, MOST_TALK),
            Call.arrived_at <= now - again_after(settings),
            Ticket.status.in_(DONE),
            Recording.state.in_(KEPT_STATES),
            Recording.path.is_not(None),
            Recording.fault.is_(None),
            or_(Recording.keep_until.is_(None), Recording.keep_until > now),
            Transcript.state == "done",
            ~exists().where(SurveyAnswer.call_id == Call.call_id, SurveyAnswer.means.in_(("poor", "fair"))),
            ~exists().where(Exemplar.call_id == Call.call_id),
            of_customers(),
        )
        .order_by(Call.arrived_at.desc(), Call.call_id)
        .limit(LOOKED_AT)
    )
    rows = session.execute(query).all()
    again = _called_again(session, settings, rows)
    sure = _sure(session, [row.call_id for row in rows])
    topics = _topics(session, [row.call_id for row in rows])
    found = [
        SuggestedCall(row.call_id, row.arrived_at, topics.get(row.call_id, ""), sure[row.call_id], row.good)
        for row in rows
        if row.call_id not in again and sure.get(row.call_id, 0.0) >= LEAST_SURE
    ]
    return sorted(found, key=lambda each: (-each.good, -each.arrived_at.timestamp(), each.call_id))


def again_after(settings: Settings) -> timedelta:
    """Within which a call of the same person says that the first one did not help: as reports count it."""
    return timedelta(hours=settings.reports.first_contact_hours)


def decide(session: Session, call_id: str, *, accepted: bool, by: str, words: str, at: datetime) -> Exemplar:
    """Anew, where somebody decided before. Raises LibraryError: no reason is given, or the call is gone."""
    words = words.strip()
    if not words:
        raise LibraryError("library.say_why")
    if len(words) > MOST_WORDS:
        raise LibraryError("library.long_words", most=MOST_WORDS)
    row = session.scalar(select(Exemplar).where(Exemplar.call_id == call_id).with_for_update())
    if row is None:
        row = Exemplar(call_id=call_id, accepted=accepted, person=by, words=words, at=at)
        session.add(row)
    elif row.erased_at is not None:
        raise LibraryError("library.no_sound")
    else:
        row.accepted, row.person, row.words, row.at = accepted, by, words, at
    session.flush()
    return row


def decided(session: Session, *, limit: int, before: tuple[datetime, UUID] | None = None) -> list[Exemplar]:
    """All decisions, the newest first."""
    query = select(Exemplar).order_by(Exemplar.at.desc(), Exemplar.id.desc()).limit(limit)
    if before is not None:
        at, key = before
        query = query.where((Exemplar.at < at) | ((Exemplar.at == at) & (Exemplar.id < key)))
    return list(session.scalars(query))


def standing(session: Session, settings: Settings, now: datetime) -> set[str]:
    """Calls that are examples now."""
    rows = list(session.scalars(select(Exemplar).where(Exemplar.accepted, Exemplar.erased_at.is_(None))))
    gone = withdrawn(session, settings, rows, now)
    return {row.call_id for row in rows if row.call_id not in gone}


def withdrawn(session: Session, settings: Settings, rows: Sequence[Exemplar], now: datetime) -> dict[str, WhyWithdrawn]:
    """By call, of the accepted ones those that are none any more, with what came first."""
    accepted = {row.call_id: row for row in rows if row.accepted}
    found: dict[str, list[WhyWithdrawn]] = defaultdict(list)
    for call_id, row in accepted.items():
        if row.erased_at is not None:
            found[call_id].append(WhyWithdrawn(row.erased_at, message("library.example_erased")))
    columns: tuple[Any, ...] = (
        Call.call_id,
        Call.arrived_at,
        Call.contact_id,
        Call.ticket_number,
        Recording.state,
        Recording.path,
        Recording.keep_until,
    )
    query = select(*columns).outerjoin(Recording, Recording.call_id == Call.call_id)
    calls = session.execute(query.where(Call.call_id.in_(accepted))).all()
    for call in calls:
        if call.keep_until is not None and call.keep_until <= now:
            found[call.call_id].append(WhyWithdrawn(call.keep_until, message("library.example_over")))
        elif call.path is None or call.state not in KEPT_STATES:
            found[call.call_id].append(WhyWithdrawn(now, message("library.example_silent")))
    for call_id, at in _called_again(session, settings, calls).items():
        found[call_id].append(WhyWithdrawn(at, message("library.example_again")))
    poor = select(SurveyAnswer.call_id, func.min(SurveyAnswer.at)).where(SurveyAnswer.means == "poor")
    of_calls = poor.where(SurveyAnswer.call_id.in_(accepted)).group_by(SurveyAnswer.call_id)
    for call_id, at in session.execute(of_calls).tuples():
        found[call_id].append(WhyWithdrawn(at, message("library.example_poor")))
    for call_id, at in _reopened(session, calls, accepted).items():
        found[call_id].append(WhyWithdrawn(at, message("library.example_reopened")))
    return {call_id: min(whys, key=lambda each: each.at) for call_id, whys in found.items()}


def _called_again(session: Session, settings: Settings, calls: Collection[Any]) -> dict[str, datetime]:
    """By call when the same person, or somebody about the same ticket, called again in time."""
    if not calls:
        return {}
    after = again_after(settings)
    contacts = {call.contact_id for call in calls if call.contact_id is not None}
    tickets = {call.ticket_number for call in calls if call.ticket_number is not None}
    query = select(Call.call_id, Call.arrived_at, Call.contact_id, Call.ticket_number).where(
        Call.arrived_at > min(call.arrived_at for call in calls),
        Call.arrived_at <= max(call.arrived_at for call in calls) + after,
        or_(Call.contact_id.in_(contacts), Call.ticket_number.in_(tickets)),
        Call.result.is_distinct_from("told"),
        of_customers(),
    )
    by_contact: dict[UUID, list[datetime]] = defaultdict(list)
    by_ticket: dict[int, list[datetime]] = defaultdict(list)
    for _, at, contact, ticket in session.execute(query.order_by(Call.arrived_at)).tuples():
        if contact is not None:
            by_contact[contact].append(at)
        if ticket is not None:
            by_ticket[ticket].append(at)
    found = {}
    for call in calls:
        later = [*by_contact.get(call.contact_id, ()), *by_ticket.get(call.ticket_number, ())]
        in_time = [at for at in later if call.arrived_at < at <= call.arrived_at + after]
        if in_time:
            found[call.call_id] = min(in_time)
    return found


def _reopened(session: Session, calls: Collection[Any], accepted: dict[str, Exemplar]) -> dict[str, datetime]:
    """By call when its ticket was opened again after the decision; of one that is open and does not say since when,
    when something happened in it last."""
    numbers = {call.ticket_number for call in calls if call.ticket_number is not None}
    tickets = {row.number: row for row in session.scalars(select(Ticket).where(Ticket.number.in_(numbers)))}
    opened: dict[int, list[datetime]] = defaultdict(list)
    entries = select(TicketEntry).where(TicketEntry.ticket_number.in_(numbers), TicketEntry.kind == "change")
    for entry in session.scalars(entries.order_by(TicketEntry.at)):
        if entry.said is not None and _opens(entry.said):
            opened[entry.ticket_number].append(entry.at)
    found = {}
    for call in calls:
        ticket, decided_at = tickets.get(call.ticket_number), accepted[call.call_id].at
        times = [at for at in opened.get(call.ticket_number, ()) if at > decided_at]
        if times:
            found[call.call_id] = times[0]
        elif ticket is not None and ticket.status in ACTIVE:
            found[call.call_id] = ticket.updated_at
    return found


def _opens(said: Message) -> bool:
    if said.code == "tickets.reopened":
        return True
    field, new = said.facts.get("field"), said.facts.get("new")
    if said.code != "tickets.changed" or _code(field) != "tickets.name_status":
        return False
    return _code(new) in {f"tickets.status_{status}" for status in ACTIVE}


def _code(fact: Any) -> str:
    return fact.code if isinstance(fact, Message) else str(fact.get("code", "")) if isinstance(fact, dict) else ""


def _sure(session: Session, call_ids: Sequence[str]) -> dict[str, float]:
    query = (
        select(Transcript.call_id, func.avg(Segment.confidence))
        .join(Segment, Segment.transcript_id == Transcript.id)
        .where(Transcript.call_id.in_(call_ids))
        .group_by(Transcript.call_id)
    )
    return {call_id: float(sure) for call_id, sure in session.execute(query).tuples()}


def _topics(session: Session, call_ids: Sequence[str]) -> dict[str, str]:
    query = select(CallTopic.call_id, Topic.name).join(Topic, Topic.id == CallTopic.topic_id)
    return {key: name or "" for key, name in session.execute(query.where(CallTopic.call_id.in_(call_ids))).tuples()}
