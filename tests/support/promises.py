"""Promises to call back and alarms, as the callback room leaves them: for the tests of the pages."""

import uuid
from datetime import datetime, timedelta

from callback.models import Callback, CallbackAttempt
from ringback.messages import message, text
from ringback.store.alarms import raise_alarm
from ringback.store.base import utcnow
from tests.support.calls import EVIL_NAME, TICKET, WHOLE, Store

PATH = [{"menu": "main", "key": "1", "label": "Something does not work"}]


def add(store: Store, number: str, state: str = "due", now: datetime | None = None, **values: object) -> uuid.UUID:
    """One promise, asked for ten minutes ago."""
    now = now or utcnow()
    asked = now - timedelta(minutes=10)
    row = {
        "source": "queue", "source_key": f"test:{number}:{uuid.uuid4()}", "number": number, "language": "en",
        "line": "1000", "state": state, "queue": "support", "menu_path": PATH, "arrived_at": asked,
        "requested_at": asked, "due_at": asked, "expires_at": asked + timedelta(hours=24),
    }  # fmt: skip
    with store.sessions() as session, session.begin():
        promise = Callback(**{**row, **values})  # type: ignore[arg-type]
        session.add(promise)
        session.flush()
        return promise.id


def seed_promises(store: Store, now: datetime | None = None) -> dict[str, uuid.UUID]:
    """One promise in each column of the board, and an alarm about the broken one."""
    now = now or utcnow()
    found = {
        "due": add(store, "+14155550123", now=now, asked_call_id=WHOLE, notes="The light is red again."),
        "late": add(store, "+14155550133", now=now, due_at=now - timedelta(minutes=40), notes=EVIL_NAME, source="form"),
        "later": add(
            store, "+14155550155", "requested", now=now, due_at=now + timedelta(hours=2), attempts=1,
            last_outcome="no_answer", next_attempt_at=now + timedelta(hours=2), source="agent", created_by="anna",
        ),
        "ringing": add(store, "+14155550166", "dialling_customer", now=now, agent="boris", attempts=1),
        "kept": add(store, "+14155550188", "done", now=now, ended_at=now, connected_call_id=WHOLE, agent="anna"),
        "broken": add(
            store, "+14155550199", "expired", now=now, ended_at=now, end_reason=message("callback.expired"),
            ticket_number=TICKET, reported_at=now, attempts=3, last_outcome="busy",
        ),
    }  # fmt: skip
    with store.sessions() as session, session.begin():
        session.add(
            CallbackAttempt(
                callback_id=found["later"], attempt=1, number="+14155550155", at=now - timedelta(minutes=5),
                agent="anna", outcome="no_answer",
            )
        )  # fmt: skip
        expired = message("callback.broken.expired", number="+14155550199")
        raise_alarm(session, "callback.broken", str(found["broken"]), expired, "red", now, ticket=TICKET)
        hostile = text(f"{EVIL_NAME} is on a break too long.")
        raise_alarm(session, "test.hostile", "boris", hostile, "yellow", now)
    return found
