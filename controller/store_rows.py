"""Facts of calls and promises as the values of rows, and rows as promises. Pure."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from callback.models import Callback
from callback.promise import CallbackMachine
from callback.requests import ON_THE_PHONE, CallbackRequest, is_own_number
from callback.service import CallbackUpdate as PromiseValues
from calls.models import seconds_of
from controller.agent_history import AgentChange
from controller.output import CallWrite, LegEnd, Wanted
from controller.promise_rows import Origin, PromiseChange, key_of
from ivr.events import Event
from ivr.facts import CallRecord
from queueing.expected_wait import ForecastOutcome
from ringback.config import Queue
from ringback.messages import Message, from_json, text
from ringback.store.base import utc, uuid7


def time(seconds: float | None) -> datetime | None:
    return None if seconds is None else utc(seconds)


def new_row(write: CallWrite) -> dict[str, Any]:
    facts = write.facts
    assert facts.arrived_at is not None
    fixed = {
        "id": uuid7(),
        "call_id": facts.call_id,
        "line": facts.line,
        "caller_number": facts.caller_number,
        "caller_name": facts.caller_name,
        "arrived_at": utc(facts.arrived_at),
    }
    return fixed | changes(write)


def changed_row(write: CallWrite) -> dict[str, Any]:
    return {"of_call_id": write.facts.call_id} | {f"new_{key}": value for key, value in changes(write).items()}


def changes(write: CallWrite) -> dict[str, Any]:
    facts = write.facts
    queued, connected, released, ended = map(
        time, (facts.queued_at, facts.connected_at, facts.released_at, facts.ended_at)
    )
    return {
        "state": write.state,
        "result": facts.result,
        "language": facts.language,
        "about_ticket": facts.about_ticket,
        "menu_path": facts.menu_path,
        "menus": list(facts.menus),
        "queue": facts.queue,
        "agent": facts.agent,
        "survey_outcome": facts.survey_outcome,
        "queued_at": queued,
        "connected_at": connected,
        "released_at": released,
        "ended_at": ended,
        "wait_seconds": seconds_of(queued, connected, ended),
        "talk_seconds": seconds_of(connected, released, ended),
        "ended_by": facts.ended_by,
        "snapshot": write.snapshot,
    }


def fresh_promise(row: Callback, queues: dict[str, Queue]) -> CallbackMachine:
    awake = row.source in ON_THE_PHONE and row.own_number
    return CallbackMachine(
        key=key_of(row.id),
        number=row.number,
        queue=row.queue,
        language=row.language,
        line=row.line,
        arrived_at=row.arrived_at.timestamp(),
        expires_at=row.expires_at.timestamp(),
        not_before=row.due_at.timestamp(),
        asked_at=row.requested_at.timestamp() if awake else None,
        revision=row.revision,
        tells=row.tells,
        for_agent=row.for_agent,
        once=row.once,
        customer_first=row.queue in queues and queues[row.queue].callback == "customer_first",
    )


def origin_of(row: Callback, name: str) -> Origin:
    """`name`: what is known of the customer, so that the promised call is not one from a bare number."""
    path = tuple((step["menu"], step["key"], step["label"]) for step in row.menu_path)
    return Origin(name, path)


def applied(write: PromiseChange) -> PromiseValues:
    promise = CallbackMachine.restore(write.snapshot)
    return PromiseValues(
        id=write.id,
        state=promise.state.value,
        attempts=promise.attempts,
        agent=promise.agent,
        last_outcome=promise.last_outcome,
        last_attempt_at=promise.dialled_at,
        next_attempt_at=promise.not_before or None,
        connected_call_id=promise.connected_call,
        ended_at=promise.ended_at,
        end_reason=_message(promise.end_reason),
        snapshot=write.snapshot,
        revision=promise.revision,
    )


def _message(found: Any) -> Message | None:
    """The words of a promise that a controller of before remembers are shown as they are."""
    return text(found) if isinstance(found, str) else from_json(found)


def request_of(wanted: Wanted) -> CallbackRequest:
    facts = wanted.facts
    assert facts.promised_number is not None
    return CallbackRequest(
        number=facts.promised_number,
        line=facts.line,
        source="survey" if facts.follow_up else "closed" if facts.closed else "queue",
        source_key=request_key(facts),
        queue=facts.queue,
        language=facts.language,
        arrived_at=wanted.place_at,
        menu_path=facts.menu_path,
        call_id=facts.call_id,
        caller_number=facts.caller_number,
        came_from=facts.came_from,
        not_before=wanted.not_before,
        notes=_answers_in_words(facts) if facts.follow_up else "",
    )


def _answers_in_words(facts: CallRecord) -> str:
    """Why the call is wanted: what was answered in the survey, in the language of the call."""
    return "\n".join(f"{answer['question']} {answer['label']}" for answer in facts.survey_answers)


def request_key(facts: CallRecord) -> str:
    """What makes a caller's request the same request."""
    return f"call:{facts.call_id}"


def reason_of(facts: CallRecord) -> tuple[float, float]:
    """From and to, in seconds of the recording, which begins as the call arrives."""
    assert facts.arrived_at is not None and facts.reason_from is not None and facts.reason_to is not None
    return facts.reason_from - facts.arrived_at, facts.reason_to - facts.arrived_at


def subscriber_of(facts: CallRecord, country: str) -> dict[str, Any]:
    """Who wants to be told when a problem is fixed: see `problems.service.subscribe`."""
    assert facts.problem_number is not None and facts.arrived_at is not None
    asked = CallbackRequest(
        number=facts.problem_number,
        line=facts.line,
        source="problem",
        caller_number=facts.caller_number,
        came_from=facts.came_from,
    )
    return {
        "problem": facts.problem,
        "number": facts.problem_number,
        "call_id": facts.call_id,
        "own_number": is_own_number(asked, facts.problem_number, country),
        "came_from": facts.came_from,
        "language": facts.language,
        "line": facts.line,
        "asked_at": utc(facts.arrived_at),
    }


def message_of(facts: CallRecord) -> tuple[float, float, float]:
    """The call's arrival, and from when to when the caller left a message, epoch seconds."""
    assert facts.arrived_at is not None and facts.message_from is not None
    ends = facts.message_to if facts.message_to is not None else facts.ended_at
    return facts.arrived_at, facts.message_from, facts.message_from if ends is None else ends


def told_row(outcome: ForecastOutcome) -> dict[str, Any]:
    forecast = outcome.forecast
    return {
        "id": uuid7(),
        "call_id": forecast.call,
        "queue": forecast.queue,
        "at": utc(forecast.at),
        "position": forecast.position,
        "expected_seconds": forecast.expected,
        "bound_minutes": forecast.bound,
        "told": forecast.told,
        "waited_seconds": outcome.waited,
        "served": outcome.served,
    }


def event_row(call_id: str, seq: int, event: Event) -> dict[str, Any]:
    return {
        "call_id": call_id,
        "seq": seq,
        "at": utc(event.at),
        "kind": type(event).__name__,
        "data": event.to_dict(),
    }


def agent_change_row(change: AgentChange) -> dict[str, Any]:
    return {"id": uuid7(), **asdict(change), "at": utc(change.at), "queues": list(change.queues)}


def quality_row(end: LegEnd) -> dict[str, Any]:
    quality = end.quality
    received, sent = quality.received, quality.sent
    return {
        "id": uuid7(),
        "call_id": end.call_id,
        "channel": end.channel,
        "agent": end.agent,
        "at": utc(end.at),
        "received_lost": None if received is None else received.lost,
        "received_jitter": None if received is None else received.jitter,
        "received_mos": quality.mos(received),
        "sent_lost": None if sent is None else sent.lost,
        "sent_jitter": None if sent is None else sent.jitter,
        "sent_mos": quality.mos(sent),
        "round_trip": quality.round_trip,
    }
