"""Messages that callers left, as the controller and the worker leave them: for the tests of the pages."""

import uuid
from datetime import timedelta
from typing import Any

from recording.models import Recording
from ringback.store.base import utcnow
from tests.support.calls import EVIL_NAME, TICKET, Store
from tests.support.promises import add as add_promise
from tests.support.search import add as add_call
from transcripts.models import Transcript
from transcripts.redaction.models import Redaction
from voicemail.models import VoiceMessage

SAID = "This is Dana. The router shows a red light again, please call me before noon."


def add_message(store: Store, call_id: str, said: str = SAID, minutes: int = 10, **values: Any) -> uuid.UUID:
    """One message of support's, left `minutes` ago, from second 20 of its recording to second 28; what is no column of
    the message is one of its call."""
    left_at = utcnow() - timedelta(minutes=minutes)
    own = {name: values.pop(name) for name in list(values) if name in VoiceMessage.__table__.columns}
    facts = {"result": "message", "agent": None, "connected_at": None, "released_at": None, "ended_at": left_at}
    turns = [("caller", said)] if said else []
    add_call(store.sessions, call_id, turns, at=left_at - timedelta(seconds=40), **{**facts, **values})
    with store.sessions() as session, session.begin():
        text = session.query(Transcript.id).filter_by(call_id=call_id).scalar()
        session.add(Redaction(transcript_id=text, state="clean"))
        session.add(Recording(call_id=call_id, state="stored", path="whole.flac", seconds=71.0))
        placed = {"call_id": call_id, "left_at": left_at, "from_seconds": 20.0, "to_seconds": 28.0}
        row = VoiceMessage(**{**placed, **own})  # type: ignore[arg-type]
        session.add(row)
        session.flush()
        return row.id


def seed_messages(store: Store) -> dict[str, uuid.UUID]:
    """One in each state."""
    at = utcnow() - timedelta(minutes=5)
    promised = add_promise(store, "+14155550177", asked_call_id=None)
    return {
        "new": add_message(store, "2.new", minutes=95, caller_number="+14155550171", caller_name="Dana Whitfield"),
        "hostile": add_message(store, "2.evil", EVIL_NAME, minutes=50, caller_name=EVIL_NAME, queue=None),
        "heard": add_message(store, "2.heard", minutes=40, heard_at=at, heard_by="boris"),
        "owned": add_message(
            store,
            "2.owned",
            minutes=30,
            heard_at=at,
            heard_by="anna",
            owner="anna",
            owned_at=at,
            callback_id=promised,
            ticket_number=TICKET,
        ),
        "answered": add_message(
            store,
            "2.answered",
            minutes=20,
            owner="anna",
            owned_at=at,
            answered_at=at,
            answered_by="anna",
            how="mail",
        ),
        "silent": add_message(store, "2.silent", "", minutes=10, silent=True),
        "before": add_message(store, "2.before", minutes=2000, from_seconds=None, to_seconds=None),
    }
