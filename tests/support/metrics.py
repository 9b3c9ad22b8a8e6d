"""What tests of the metrics need: an evening in a store, and what an answer says as names, labels and values."""

from datetime import datetime, timedelta
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.orm import Session

from callback import trunk_state
from callback.models import Callback
from callback.trunk import TrunkReport
from calls.models import Call, QueueVisit, RefusedCalls, SelfCall
from outbox.models import OutboxDelivery, OutboxEvent
from ringback.messages import message
from ringback.store.alarms import raise_alarm
from ringback.store.bus import AgentState, beat
from ringback.store.dead_letters import note
from ringback.store.told import tell

NAME, NUMBER = "Zaphod <b>", "+12025550188"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
"""By name and sorted labels."""


def samples(body: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def of(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((name, tuple(sorted(labels.items()))))


def call(session: Session, call_id: str, arrived: datetime, **more: Any) -> None:
    facts: dict[str, Any] = {"line": "1000", "language": "en", "caller_number": NUMBER, "caller_name": NAME}
    session.add(Call(call_id=call_id, arrived_at=arrived, **{"state": "ended", **facts, **more}))
    session.flush()


def visit(
    session: Session, call_id: str, entered: datetime, wait: float | None, outcome: str | None, **more: Any
) -> None:
    left = None if wait is None else entered + timedelta(seconds=wait)
    facts: dict[str, Any] = {"queue": "support", "came_by": "menu", "seq": 0} | more
    session.add(QueueVisit(call_id=call_id, entered_at=entered, left_at=left, outcome=outcome, **facts))
    session.flush()


def evening(session: Session, now: datetime) -> None:
    """Two callers served and given up, one of our own calls, one who waits; an agent, a promise, an alarm."""
    ago = lambda seconds: now - timedelta(seconds=seconds)  # noqa: E731
    call(session, "c-1", ago(300), result="served", ended_at=ago(100))
    visit(session, "c-1", ago(290), 17.5, "answered", agent="anna")
    call(session, "c-2", ago(200), result="abandoned", ended_at=ago(60))
    visit(session, "c-2", ago(190), 130.0, "abandoned")
    call(session, "c-3", ago(60), state="waiting")
    visit(session, "c-3", ago(45), None, None)
    session.add(SelfCall(token="12345", line="1000", slot="a"))
    call(session, "own", ago(50), caller_number="12345", result="served", ended_at=ago(40))
    call(session, "c-4", ago(20), line="what'ever\n", result="left", ended_at=ago(10))
    session.add(AgentState(agent="zaphod", display=NAME, extension="201", state="free"))
    session.add(AgentState(agent="ford", display=NAME, extension="202", state="paused", queues=["support"]))
    times = {
        "arrived_at": ago(90),
        "requested_at": ago(90),
        "due_at": ago(3600),
        "expires_at": now + timedelta(hours=9),
    }
    for key, state, ended in (("a", "due", None), ("b", "done", ago(5)), ("c", "expired", ago(5))):
        facts: dict[str, Any] = {"number": f"{NUMBER}{key}", "language": "en", "line": "1000", "queue": "support"}
        session.add(Callback(source="queue", source_key=key, state=state, notes=NAME, ended_at=ended, **facts, **times))
    session.add(RefusedCalls(minute=ago(120), count=7))
    changed = OutboxEvent(kind="ticket.changed", key="ticket:1", fanned_at=now)
    session.add(changed)
    session.flush()
    delivery: dict[str, Any] = {"event_id": changed.id, "key": changed.key, "due_at": now}
    session.add(OutboxDelivery(receiver="erp", state="dead", **delivery))
    session.add(OutboxDelivery(receiver="crm", **delivery))
    raise_alarm(
        session,
        "callback.broken",
        NUMBER,
        message("ringback.set_aside"),
        "red",
        now,
    )
    for _ in range(3):
        note(session, "tickets", "c-1", message("ringback.set_aside"), now)
    trunk_state.write(session, TrunkReport(None, now.timestamp(), "registered", True, False))
    beat(session, "controller", now, None)
    tell(session, "controller", {"asterisk": True}, now)
    tell(session, "worker", {"due": {"recordings": 4, "tickets": 0}}, now)
