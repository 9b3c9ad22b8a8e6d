"""What erasing takes from calls, their events and contacts. Counts, times, ways and results stay: they name nobody.

The histories that reports count from stay whole for the same reason: what was answered last month does not change
when a caller's name and number go from the call that a visit belongs to.
"""

from typing import Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from calls.models import Call, CallEvent, CallSegment, Contact
from ringback.config import Settings
from ringback.store.erasing import ERASED, Removed, Room, Scope, changed, quietly

PLAIN_FACTS = frozenset({"at", "agent", "agents", "queue", "line", "failed", "cause", "code", "command", "position"})
"""What of an event's data cannot hold a number, a name or keys that were a number."""
Rows = dict[str, Any]


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase. Tickets, which are told in a contact's language, come before."""
    removed = []
    if scope.person and scope.call_ids:
        removed += _callers(session, scope)
        removed += _events(session, scope)
    if scope.contacts and not scope.kept:
        quietly(session, update(Call).where(Call.contact_id.in_(scope.contacts)).values(contact_id=None))
        removed += changed("contact", quietly(session, delete(Contact).where(Contact.id.in_(scope.contacts))))
    return removed


def _callers(session: Session, scope: Scope) -> list[Removed]:
    named = and_(
        Call.call_id.in_(scope.call_ids),
        or_(Call.caller_number != ERASED, Call.caller_name != "", Call.contact_id.is_not(None)),
    )
    values: Rows = {"caller_number": ERASED, "caller_name": "", "found_by": "", "contact_id": None}
    removed = changed("caller", quietly(session, update(Call).where(named).values(values)))
    said = update(CallSegment).where(CallSegment.call_id.in_(scope.call_ids), CallSegment.kind == "unrecorded")
    quietly(session, said.where(CallSegment.why.is_not(None)).values(why=None))
    return removed


def _events(session: Session, scope: Scope) -> list[Removed]:
    """Keeps that something happened, and when; takes what was said of the caller and which keys were pressed."""
    count = 0
    query = select(CallEvent.id, CallEvent.data).where(CallEvent.call_id.in_(scope.call_ids))
    for id_, data in session.execute(query).all():
        plain = {key: value for key, value in data.items() if key in PLAIN_FACTS}
        if plain != data:
            quietly(session, update(CallEvent).where(CallEvent.id == id_).values(data=plain))
            count += 1
    return [Removed("call event", count)] if count else []


ROOM = Room(
    name="calls",
    erased={
        "contact": "deleted with the person",
        "call": "caller's number and name go with the person; times, way, agent and result stay",
        "call_event": "data but for plain facts goes with the person; what happened when stays",
        "call_segment": "the reason given for a pause of the recording goes with the person",
    },
    harmless={
        "queue_visit": "when a call entered and left a queue, and how: who called stood in the call's row alone",
        "leg_quality": "how the sound of a leg was",
        "refused_calls": "how many callers were refused in a minute, and nothing of who they were",
        "self_call": "calls that Ringback made to itself",
        "agent_state_change": "when our own people were free, talking, paused",
    },
    erase=erase,
)
