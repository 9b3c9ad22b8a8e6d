"""Who calls an agent just now, and why: what is shown before the answer, as a document. Reads only.

The person is the call's, as tickets have put it; of a number that several persons have nobody is told. What the caller
said last time are the last of the caller's turns in the newest earlier call that has a text, which is masked already.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callback.models import Callback
from calls.models import Call, Contact
from calls.numbers import contact_number, country_of
from calls.service import agents_of
from contacts.service import find_by_number
from ringback.config import Settings
from ringback.store.bus import AgentState
from tickets.models import ACTIVE, Ticket
from transcripts.models import Segment, Transcript
from web.documents.facts import Document, call_facts, iso, ticket_facts
from web.documents.reasons import add_reasons
from web.documents.segments import talk_order

WITH_A_CALL = ("ringing", "talking")
"""States of an agent in which the page says who it is."""
DIALLING = ("dialling_agent", "dialling_customer", "connected")
"""States of a promise whose agent is with it."""
LAST_CALLS = 3
LAST_TURNS = 2
WORDS_MOST = 60
"""Words of a caller's last turns that are shown: the last ones."""
LOOKED_AT = 10
"""Earlier calls among which one with a text is looked for."""


@dataclass(frozen=True)
class OfferNow:
    """What an agent's phone rings for, or whom the agent talks with: what tells whether it is the same as before."""

    agent: str
    state: str
    call_id: str | None
    promise_id: object
    contact_id: object
    ticket: int | None
    path: int
    """Choices that the caller has made."""


def offers_now(session: Session, agents: Collection[str]) -> dict[str, OfferNow]:
    """By agent what he or she has just now; of those who have nothing there is none."""
    if not agents:
        return {}
    here = select(AgentState).where(AgentState.agent.in_(agents), AgentState.state.in_(WITH_A_CALL))
    rows = {row.agent: row for row in session.scalars(here) if row.call_id}
    query = select(Call).where(Call.call_id.in_([row.call_id for row in rows.values()]))
    calls = {call.call_id: call for call in session.scalars(query)}
    promised = select(Callback).where(Callback.state.in_(DIALLING), Callback.agent.in_(agents))
    promises = {row.agent: row for row in session.scalars(promised) if row.agent}
    found = {}
    for agent in sorted({*rows, *promises}):
        row, promise = rows.get(agent), promises.get(agent)
        call = calls.get(row.call_id or "") if row else None
        if call is None and promise is None:
            continue
        found[agent] = OfferNow(
            agent,
            row.state if row else "ringing",
            call.call_id if call else None,
            promise.id if promise else None,
            call.contact_id if call else None,
            call.ticket_number if call else promise.ticket_number if promise else None,
            len(call.menu_path) if call else 0,
        )
    return found


def pop_document(session: Session, offer: OfferNow, settings: Settings) -> Document:
    """Who, why, the open ticket, the last calls, and what the caller said last (`brief`; None: there is no text)."""
    call = session.scalars(select(Call).where(Call.call_id == offer.call_id)).one_or_none() if offer.call_id else None
    promise = session.get(Callback, offer.promise_id) if offer.promise_id else None
    raw, line = (call.caller_number, call.line) if call else (promise.number, promise.line) if promise else ("", "")
    number = contact_number(raw, country_of(settings, line))
    holders = find_by_number(session, number) if number else []
    person = call.contact_id if call and call.contact_id else holders[0] if len(holders) == 1 else None
    contact = session.get(Contact, person) if person else None
    earlier = _earlier(session, person, call.arrived_at if call else None)
    return {
        "state": offer.state,
        "call": call_facts(call) if call else None,
        "number": number or raw,
        "queue": call.queue if call else promise.queue if promise else None,
        "menu_path": (call.menu_path if call else promise.menu_path if promise else None) or [],
        "promise": _promise(session, promise),
        "person": {"id": str(contact.id), "name": contact.name, "notes": contact.notes} if contact else None,
        "shared_by": len(holders) if person is None and len(holders) > 1 else 0,
        "ticket": _ticket(session, offer.ticket, person),
        "calls": _calls(session, earlier[:LAST_CALLS]),
        "brief": brief_of(session, earlier),
    }


def brief_of(session: Session, earlier: Collection[Call]) -> Document | None:
    """The caller's last words in the newest of these calls that has a text, with their seconds."""
    for call in earlier:
        row = session.scalars(select(Transcript).where(Transcript.call_id == call.call_id)).one_or_none()
        if row is None or row.state != "done":
            continue
        said = select(Segment).where(Segment.transcript_id == row.id, Segment.speaker == "caller")
        turns = list(session.scalars(said.order_by(Segment.seq.desc()).limit(LAST_TURNS)))[::-1]
        words = [word for turn in turns for word in turn.words][-WORDS_MOST:]
        if words:
            return {
                "call_id": call.call_id,
                "at": iso(call.arrived_at),
                "language": row.language,
                "text": " ".join(str(word[3]) for word in words),
                "from": round(float(words[0][0]), 2),
                "to": round(float(words[-1][1]), 2),
            }
        return None
    return None


def _earlier(session: Session, person: object, before: datetime | None) -> list[Call]:
    """The person's calls before this one that are over, the newest first."""
    if person is None:
        return []
    query = select(Call).where(Call.contact_id == person, Call.ended_at.is_not(None))
    if before is not None:
        query = query.where(Call.arrived_at < before)
    return list(session.scalars(query.order_by(Call.arrived_at.desc()).limit(LOOKED_AT)))


def _calls(session: Session, calls: list[Call]) -> list[Document]:
    agents = agents_of(session, [call.call_id for call in calls])
    return [{**call_facts(call), "agents": talk_order(agents[call.call_id])} for call in calls]


def _ticket(session: Session, number: int | None, person: object) -> Document | None:
    """The call's ticket; before it has one the newest open one of the person."""
    query = select(Ticket).where(Ticket.status.in_(ACTIVE))
    if number is not None:
        query = select(Ticket).where(Ticket.number == number)
    elif person is not None:
        query = query.where(Ticket.contact_id == person)
    else:
        return None
    return ticket_facts(session.scalars(query.order_by(Ticket.number.desc()).limit(1)).one_or_none())


def _promise(session: Session, promise: Callback | None) -> Document | None:
    if promise is None:
        return None
    found: Document = {
        "id": str(promise.id),
        "notes": promise.notes,
        "language": promise.language,
        "reason_call_id": promise.reason_call_id,
        "reason_from": promise.reason_from,
        "reason_to": promise.reason_to,
    }
    add_reasons(session, [found])
    return found
