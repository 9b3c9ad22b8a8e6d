"""Systems beside as JSON documents: how each is, what waits for it, what it did not take. Reads only."""

from datetime import datetime

from sqlalchemy.orm import Session

from outbox.listing import MOST_COUNTED, ReceiverState, TroubledDelivery, receiver_states
from ringback.messages import as_document
from web.documents.facts import Document, iso


def systems_document(session: Session, now: datetime) -> list[Document]:
    """Every system, by its name; `waiting` and `dead` are at most 10,000, with `waiting_more`, `dead_more` beyond."""
    return [system_document(each) for each in receiver_states(session, now)]


def system_document(state: ReceiverState) -> Document:
    return {
        "name": state.name,
        "sort": state.sort,
        "title": state.title,
        "state": state.state,
        "since": iso(state.since),
        "waiting": min(state.waiting, MOST_COUNTED),
        "waiting_more": state.waiting > MOST_COUNTED,
        "oldest_at": iso(state.oldest_at),
        "dead": min(state.dead, MOST_COUNTED),
        "dead_more": state.dead > MOST_COUNTED,
        "delivered_at": iso(state.delivered_at),
        "failed_at": iso(state.failed_at),
        **as_document("error", state.error),
        "troubled": [_troubled(each) for each in state.troubled],
    }


def _troubled(each: TroubledDelivery) -> Document:
    return {
        "id": each.id,
        "event": str(each.event_id),
        "kind": each.kind,
        "key": each.key,
        "at": iso(each.at),
        "state": each.state,
        "attempts": each.attempts,
        "tried_at": iso(each.tried_at),
        "due_at": iso(each.due_at),
        **as_document("error", each.error),
    }
