"""Promises to call back and standing alarms as JSON documents: the board, one promise, the counts.

Reads only. What the callback room says of a promise is given the names, calls and tickets that people look for.
"""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from callback.board import board, listed, place_of
from callback.models import OPEN_STATES, Callback
from callback.service import attempts_of, live, of_calls
from calls.models import Call
from contacts.service import names_of
from ringback.config import Settings
from ringback.store.alarms import standing_alarms
from ringback.store.bus import Alarm
from web.documents.facts import Document, iso
from web.documents.reasons import add_reasons
from web.documents.requests import latest_requests

COLUMNS = ("late", "due", "later", "broken", "kept", "cancelled")
"""In the order in which people want to see them."""
SHORT = ("id", "number", "state", "requested_at", "notes", "reason")
MOST_ALARMS = 200


def promises_document(session: Session, now: float, settings: Settings) -> Document:
    """`callback.board.board` with what `_dress` adds to each promise."""
    document = board(session, now, settings)
    _dress(session, [promise for name in COLUMNS for promise in document[name]], now)
    return document


def promise_document(session: Session, key: uuid.UUID, now: float) -> Document | None:
    """One promise with its `place` (due, late, later; None: ended) and `tries`; None: there is no such promise."""
    row = session.get(Callback, key)
    if row is None:
        return None
    found = listed(row, now)
    found["place"] = place_of(row, now) if row.ended_at is None else None
    found["is_open"] = row.state in OPEN_STATES
    found["tries"] = [
        {"attempt": each.attempt, "at": iso(each.at), "agent": each.agent, "outcome": each.outcome}
        for each in attempts_of(session, key)
    ]
    _dress(session, [found], now)
    return found


def promises_of(session: Session, call_ids: Iterable[str], ticket: int | None = None) -> list[Document]:
    """The promises that these calls asked for or kept, and those of a ticket, oldest first; SHORT."""
    rows = {row.id: row for row in of_calls(session, call_ids)}
    if ticket is not None:
        rows |= {row.id: row for row in session.scalars(select(Callback).where(Callback.ticket_number == ticket))}
    found = [listed(row, 0.0) for row in sorted(rows.values(), key=lambda row: row.requested_at)]
    add_reasons(session, found)
    return [{key: promise[key] for key in SHORT} for promise in found]


def promise_counts(session: Session, now: float) -> dict[str, int]:
    """Live promises that an agent keeps: `{"due": 2, "late": 0, "later": 5}`."""
    counts = dict.fromkeys(("due", "late", "later"), 0)
    for row in live(session):
        if not row.tells and not row.once:
            counts[place_of(row, now)] += 1
    return counts


def alarms_document(session: Session, *, seen: bool = False) -> list[Document]:
    """Standing alarms that nobody has seen to, or (`seen`) that somebody has: red before yellow, then the oldest
    first."""
    rows = sorted(standing_alarms(session, seen=seen), key=lambda row: (row.level != "red", row.raised_at))
    return [alarm_facts(row) for row in rows[:MOST_ALARMS]]


def alarm_facts(row: Alarm) -> Document:
    """One alarm."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "subject": row.subject,
        "level": row.level,
        "code": row.code,
        "text": row.text,
        "args": row.args,
        "raised_at": iso(row.raised_at),
        "seen_by": row.seen_by,
    }


def _dress(session: Session, promises: list[Document], now: float) -> None:
    """Adds to each promise `name`, `ticket`, the calls `asked` and `kept` with who answered them, the `request`, the
    spoken `reason`."""
    asked_and_kept = (("asked", "asked_call_id"), ("kept", "connected_call_id"))
    calls = _calls(session, {promise[key] for promise in promises for _, key in asked_and_kept})
    names = names_of(session, {promise["number"] for promise in promises})
    requests = latest_requests(session, now, ("callback.cancel",))
    for promise in promises:
        for name, key in asked_and_kept:
            promise[name] = calls.get(promise[key])
        tickets = [promise[name]["ticket"] for name in ("kept", "asked") if promise[name]]
        promise["ticket"] = promise["ticket_number"] or next(filter(None, tickets), None)
        promise["name"] = names.get(promise["number"]) or (promise["asked"] or {}).get("caller_name") or ""
        promise["request"] = requests.get(promise["id"]) if promise["ended_at"] is None else None
    add_reasons(session, promises)


def _calls(session: Session, call_ids: Iterable[str | None]) -> dict[str | None, Document]:
    query = select(Call.call_id, Call.agent, Call.ticket_number, Call.caller_name, Call.arrived_at)
    return {
        call_id: {
            "call_id": call_id,
            "agent": agent,
            "ticket": ticket,
            "caller_name": name,
            "arrived_at": iso(arrived),
        }
        for call_id, agent, ticket, name, arrived in session.execute(
            query.where(Call.call_id.in_([each for each in call_ids if each is not None]))
        )
    }
