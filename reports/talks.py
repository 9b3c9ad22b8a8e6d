"""The wrap-up that followed each talk, found in what agents did."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import AgentStateChange

BEGINS_WITHIN = timedelta(seconds=5)
"""After the talk: the state is written when the agent's phone is free again."""
LONGEST = timedelta(hours=1)
"""The longest wrap-up that settings allow: one that goes on for longer was never ended."""
WRAP_UP = "wrap-up"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A talk of an agent; None: of nobody known."""

    agent: str | None
    begins: datetime
    ends: datetime


def wrap_ups(session: Session, talks: Sequence[Stretch], now: datetime) -> list[float | None]:
    """Seconds of wrap-up after each talk; None: it goes on."""
    agents = {talk.agent for talk in talks if talk.agent is not None}
    if not agents:
        return [0.0] * len(talks)
    since = min(talk.ends for talk in talks) - BEGINS_WITHIN
    until = max(talk.ends for talk in talks) + BEGINS_WITHIN + LONGEST
    query = (
        select(AgentStateChange.agent, AgentStateChange.at, AgentStateChange.state)
        .where(AgentStateChange.at >= since, AgentStateChange.at <= until)
        .order_by(AgentStateChange.at, AgentStateChange.id)
    )
    changes: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for agent, at, state in session.execute(query).tuples():
        if agent in agents:
            changes[agent].append((at, state))
    return [_after(talk, changes[talk.agent], now) if talk.agent is not None else 0.0 for talk in talks]


def _after(talk: Stretch, changes: Sequence[tuple[datetime, str]], now: datetime) -> float | None:
    at = bisect_left(changes, (max(talk.begins, talk.ends - BEGINS_WITHIN), ""))
    while at < len(changes) and changes[at][0] <= talk.ends + BEGINS_WITHIN:
        begins, state = changes[at]
        if state == WRAP_UP:
            ends = next((later for later, other in changes[at + 1 :] if other != WRAP_UP), None)
            latest = begins + LONGEST
            if ends is None and now < latest:
                return None
            return (min(ends or latest, latest) - begins).total_seconds()
        at += 1
    return 0.0
