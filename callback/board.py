"""The board of promises: due, late, kept, broken. Reads only; what a page draws of it is the page's affair."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callback.models import BROKEN_STATES, LIVE_STATES, WAITING_STATES, Callback
from callback.policy import midnight
from ringback.config import Settings
from ringback.messages import as_document
from ringback.store.base import utc

LATE_AFTER = timedelta(minutes=15)
"""A promise that nobody told a time for is late so long after it came due."""
MOST_LISTED = 200
COLUMNS = (
    "number", "state", "queue", "line", "language", "source", "notes", "agent", "attempts", "last_outcome",
    "ticket_number", "created_by", "asked_call_id", "connected_call_id", "reason_call_id",
    "reason_from", "reason_to",
)  # fmt: skip
TIMES = (
    "arrived_at", "requested_at", "due_at", "told_by", "expires_at", "last_attempt_at", "next_attempt_at", "ended_at",
)  # fmt: skip


def board(session: Session, now: float, settings: Settings) -> dict[str, Any]:
    """`{"counts": {...}, "due": [...], "late": [...], "later": [...], "kept": [...], "broken": [...]}`, JSON-ready.

    Live promises are in exactly one of due (may be called now, or being called), late (should have been), later
    (chosen time, customer's hours, pause between attempts), in the order of the line. Kept, broken and cancelled
    are those that ended since midnight, newest first. Lists end at MOST_LISTED, counts do not. Calls that agents asked
    for are none of them: nobody was promised anything.
    """
    alive = select(Callback).where(Callback.state.in_(LIVE_STATES), ~Callback.once)
    columns: dict[str, list[Callback]] = {name: [] for name in ("due", "late", "later", "kept", "broken", "cancelled")}
    for row in session.scalars(alive.order_by(Callback.arrived_at, Callback.id)):
        columns[place_of(row, now)].append(row)
    ended = select(Callback).where(Callback.ended_at >= utc(midnight(now, settings)), ~Callback.once)
    for row in session.scalars(ended.order_by(Callback.ended_at.desc())):
        columns["kept" if row.state == "done" else "broken" if row.state in BROKEN_STATES else "cancelled"].append(row)
    lists = {name: [listed(row, now) for row in rows[:MOST_LISTED]] for name, rows in columns.items()}
    return {"counts": {name: len(rows) for name, rows in columns.items()}, **lists}


def place_of(row: Callback, now: float) -> str:
    """Where a live promise stands: due, late, later."""
    moment = utc(now)
    if row.state == "connected":
        return "due"
    begins = max(row.due_at, row.next_attempt_at or row.due_at)
    # A time that was told is kept by the first attempt; what follows an attempt goes by the pause that was made.
    limit = row.told_by if row.attempts == 0 and row.told_by is not None else begins + LATE_AFTER
    if limit < moment:
        return "late"
    return "due" if begins <= moment or row.state not in ("requested", "due") else "later"


def waits_for(row: Callback, now: float) -> str | None:
    """What a promise waits for: its time, the next attempt, the provider, an agent, the agent's phone, the customer;
    None: for nothing, it is being kept or has ended."""
    begun = {"dialling_agent": "agent_phone", "dialling_customer": "customer"}
    if row.state in begun or row.state not in WAITING_STATES:
        return begun.get(row.state)
    if max(row.due_at, row.next_attempt_at or row.due_at) > utc(now):
        return "next_attempt" if row.attempts else "time"
    if (row.snapshot or {}).get("waits_for_trunk"):
        return "provider"
    return "agent" if row.state == "due" else "time"


def listed(row: Callback, now: float) -> dict[str, Any]:
    """One promise as plain data; times in ISO 8601, UTC."""
    facts: dict[str, Any] = {"id": str(row.id), "menu_path": row.menu_path, "waits_for": waits_for(row, now)}
    facts |= {name: getattr(row, name) for name in COLUMNS}
    facts |= as_document("end_reason", row.end_reason)
    for name in TIMES:
        time = getattr(row, name)
        facts[name] = None if time is None else time.isoformat()
    return facts
