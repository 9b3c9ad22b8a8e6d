"""When which agent talks with the caller: what is to be heard on the agent's channel, and nothing else of it.

Between talks, on hold and while an agent asks another, that channel carries prompts, positions in the line and music:
speech that nobody in the call says.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Literal, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call, CallSegment
from transcripts.text.intervals import Interval, united, within, without

AWAY = ("hold", "consult")


class Timed(Protocol):
    """What is asked of a call, over or not."""

    @property
    def call_id(self) -> str: ...
    @property
    def arrived_at(self) -> datetime: ...
    @property
    def connected_at(self) -> datetime | None: ...
    @property
    def released_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...


def talks_of(session: Session, call: Timed | Call) -> list[Interval]:
    """Intervals in seconds of the recording, in order, apart from each other; the last may reach beyond its end."""
    segments = session.scalars(
        select(CallSegment).where(CallSegment.call_id == call.call_id).order_by(CallSegment.seq)
    ).all()
    away = [segment for segment in segments if segment.kind in AWAY]
    talks = [segment for segment in segments if segment.kind == "talk"]
    if talks:
        # As in away_of: an agent's hold is over for whoever talks next.
        heard = [
            without([_interval(call, talk)], [_interval(call, other) for other in _of(talk, away)]) for talk in talks
        ]
        return united(each for some in heard for each in some)
    if call.connected_at is None:
        return []
    begin = (call.connected_at - call.arrived_at).total_seconds()
    return without([(begin, _until(call))], [_interval(call, segment) for segment in away])


def handovers(session: Session, call: Timed | Call) -> list[float]:
    """Seconds of the recording, in order, from which on another agent talks than before."""
    talks = session.scalars(
        select(CallSegment)
        .where(CallSegment.call_id == call.call_id, CallSegment.kind == "talk")
        .order_by(CallSegment.started_at, CallSegment.seq)
    ).all()
    return [_interval(call, after)[0] for before, after in pairwise(talks) if before.agent != after.agent]


def away_of(call: Timed | Call, segments: Sequence[CallSegment], kind: Literal["hold", "consult"]) -> list[Interval]:
    """The holds, or questions to a colleague, as far as they lie in the talk of the agent who made them.

    An agent's hold is over for whoever talks next, also where nobody heard of its end.
    """
    away = [segment for segment in segments if segment.kind == kind]
    talks = [segment for segment in segments if segment.kind == "talk"]
    if not talks:
        return united(_interval(call, segment) for segment in away)
    inside = [within([_interval(call, talk)], [_interval(call, each) for each in _of(talk, away)]) for talk in talks]
    return united(each for some in inside for each in some)


def _of(talk: CallSegment, away: Sequence[CallSegment]) -> list[CallSegment]:
    return [segment for segment in away if None in (talk.agent, segment.agent) or segment.agent == talk.agent]


def _interval(call: Timed | Call, segment: CallSegment) -> Interval:
    begin = (segment.started_at - call.arrived_at).total_seconds()
    return begin, _until(call) if segment.ended_at is None else (segment.ended_at - call.arrived_at).total_seconds()


def _until(call: Timed | Call) -> float:
    """Where what has no end of its own ends."""
    over = call.released_at or call.ended_at
    return float("inf") if over is None else (over - call.arrived_at).total_seconds()
