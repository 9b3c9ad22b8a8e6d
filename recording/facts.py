"""What the finisher must know of a call, read from its rows once: times, queues, talks, pauses, requests, trouble."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from calls import service as calls
from calls.models import Call, CallSegment
from recording.alarms import SPACE_RED
from recording.genuine import Opening
from recording.models import KeepRequest
from recording.opening import opening_of
from recording.policy import Interval
from ringback.config import Settings
from ringback.config.recordings import RecordingRule
from ringback.store.bus import Alarm

STRICTEST: tuple[RecordingRule, ...] = ("never", "on_demand", "always")
SELF_CALL = timedelta(days=1)
"""How long the sound of a call to a line of our own is kept: long enough to hear what the alarm is about."""
LEFT = ("message", "promised")
"""Results of calls that were not talks: who speaks after the tone wants to be heard, whatever the queue records."""


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    call_id: str
    arrived_at: datetime
    ended_at: datetime
    rule: RecordingRule
    """Of the strictest of the queues that the call was in."""
    asked: bool
    """Somebody wants it kept whose wish counts: on demand alone."""
    requested_until: datetime
    """So long somebody may still ask."""
    keep_until: datetime
    talks: tuple[Interval, ...]
    holds: tuple[Interval, ...]
    """The caller heard music, or an agent asked another meanwhile."""
    pauses: tuple[Interval, ...]
    cause: Literal["", "disk", "switch"]
    """What is known to have gone wrong while the call lasted."""
    opening: Opening
    """What must be heard at its beginning."""

    @property
    def is_kept(self) -> bool:
        """Whether the sound is to be kept at all."""
        return self.rule == "always" or (self.rule == "on_demand" and self.asked)

    @property
    def answered(self) -> float:
        """Seconds that the recording should have."""
        return max(0.0, (self.ended_at - self.arrived_at).total_seconds())


def facts_of(session: Session, settings: Settings, call: Call) -> RecordingFacts:
    """`call` has ended and settled."""
    ended = call.ended_at or call.arrived_at
    segments = list(
        session.scalars(select(CallSegment).where(CallSegment.call_id == call.call_id).order_by(CallSegment.seq))
    )
    queue = settings.queues.get(call.queue or "")
    talks = _intervals(call, ended, (segment for segment in segments if segment.kind == "talk"))
    if not talks and call.connected_at is not None:
        talks = _intervals(call, ended, [(call.connected_at, call.released_at)])
    rule = rule_of(session, settings, call)
    return RecordingFacts(
        call_id=call.call_id,
        arrived_at=call.arrived_at,
        ended_at=ended,
        rule=rule,
        asked=rule == "on_demand" and is_asked_for(session, call.call_id),
        requested_until=ended + timedelta(seconds=queue.wrap_up_seconds if queue else 0.0),
        keep_until=ended + SELF_CALL if calls.is_self_call(session, call) else last_day(settings, call),
        talks=talks,
        holds=_intervals(call, ended, (segment for segment in segments if segment.kind in ("hold", "consult"))),
        pauses=_intervals(call, ended, (segment for segment in segments if segment.kind == "unrecorded")),
        cause=_cause(session, call, ended),
        opening=opening_of(session, settings, call),
    )


def last_day(settings: Settings, call: Call) -> datetime:
    """Until when the sound of an ended call is kept: what its caller was told."""
    queue = settings.queues.get(call.queue or "")
    days = queue.keep_days if queue else longest_days(settings)
    return (call.ended_at or call.arrived_at) + timedelta(days=days)


def longest_days(settings: Settings) -> int:
    """How long the recording of a call is kept of which no queue is known."""
    return max(queue.keep_days for queue in settings.queues.values())


def rule_of(session: Session, settings: Settings, call: Call) -> RecordingRule:
    """The strictest rule of the queues that the call was in; where it was in none, the mildest of all queues.

    Who hung up in the menu has heard the same notice as everybody, and chose nothing.
    """
    if call.result in LEFT:
        return "always"
    names = calls.queues_of(session, call)
    rules = [settings.queues[name].recording for name in names if name in settings.queues]
    if rules:
        return min(rules, key=STRICTEST.index)
    return max((queue.recording for queue in settings.queues.values()), key=STRICTEST.index)


def is_asked_for(session: Session, call_id: str) -> bool:
    """Whether anybody asked to keep this recording."""
    return bool(session.scalar(select(exists().where(KeepRequest.call_id == call_id))))


def _intervals(
    call: Call, ended: datetime, segments: Iterable[CallSegment | tuple[datetime, datetime | None]]
) -> tuple[Interval, ...]:
    """Seconds of the recording; what goes on when the call ends, ends with it."""
    found = []
    for segment in segments:
        begin, end = segment if isinstance(segment, tuple) else (segment.started_at, segment.ended_at)
        since = [(moment - call.arrived_at).total_seconds() for moment in (begin, end or ended)]
        found.append((max(0.0, since[0]), max(0.0, since[1])))
    return tuple(found)


def _cause(session: Session, call: Call, ended: datetime) -> Literal["", "disk", "switch"]:
    if call.result == "pbx_lost":
        return "switch"  # whatever else was wrong: a call that outlived its switch would have gone on
    full = exists().where(
        Alarm.kind == SPACE_RED,
        Alarm.raised_at <= ended,
        or_(Alarm.cleared_at.is_(None), Alarm.cleared_at >= call.arrived_at),
    )
    return "disk" if session.scalar(select(full)) else ""
