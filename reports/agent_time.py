"""How long agents were in each state, cut where slots end.

A state lasts until the agent's next one; the last one until now, and of that only slots that are over are told. An
agent whose states stop (the settings know nobody of that name any more) stays as the last row says: that the agent
logged out.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from calls.models import AgentStateChange
from reports import measures as m
from reports.collecting import Cells
from reports.slots import SLOT, slot_of
from reports.tally import Tally, bin_of

AGENTS = text(
    "WITH RECURSIVE each_one(agent) AS (SELECT MIN(agent) FROM agent_state_change"
    " UNION ALL SELECT (SELECT MIN(s.agent) FROM agent_state_change s WHERE s.agent > each_one.agent) FROM each_one"
    " WHERE each_one.agent IS NOT NULL) SELECT agent FROM each_one WHERE agent IS NOT NULL"
)
"""One step in the index for each agent, and not one for each row."""
GONE = "logged out"
"""A state that is told of nobody who was in it all the time."""
PAUSED = "paused"
Change = tuple[datetime, str, str | None]
"""When, state, pause code."""


def read_states(session: Session, begins: datetime, ends: datetime) -> dict[datetime, Cells]:
    """Of [begins, ends), whole slots that are over: by slot what each agent did."""
    slots: dict[datetime, Cells] = defaultdict(dict)
    for agent, changes in _changes(session, begins, ends).items():
        for (at, state, reason), (until, *_) in zip(changes, [*changes[1:], (ends, "", None)], strict=True):
            for slot, milliseconds in cut(max(at, begins), until):
                tally = slots[slot].setdefault(("", agent), Tally())
                tally.add(m.STATE + state, milliseconds)
                if state == PAUSED and reason is not None:
                    tally.add(m.PAUSE + reason, milliseconds)
        for at, reason, seconds in _pauses(session, agent, changes, begins):
            slots[slot_of(at)].setdefault(("", agent), Tally()).note(m.PAUSES + reason, bin_of(seconds))
    return {slot: _told(cells) for slot, cells in slots.items()}


def _pauses(
    session: Session, agent: str, changes: list[Change], since: datetime
) -> Iterator[tuple[datetime, str, float]]:
    """Pauses with a code that began in this time and are over: when, the code, seconds."""
    for number, (at, state, reason) in enumerate(changes):
        if state != PAUSED or reason is None or at < since:
            continue
        if number + 1 < len(changes):
            until: datetime | None = changes[number + 1][0]
        else:
            after = select(AgentStateChange.at).where(AgentStateChange.agent == agent, AgentStateChange.at > at)
            until = session.scalar(after.order_by(AgentStateChange.at).limit(1))
        if until is not None:
            yield at, reason, (until - at).total_seconds()


def cut(begins: datetime, ends: datetime) -> Iterator[tuple[datetime, int]]:
    """A time by slots: milliseconds in each, which together are its length to the millisecond."""
    at = begins
    while at < ends:
        slot = slot_of(at)
        until = min(slot + SLOT, ends)
        yield slot, _milliseconds(until) - _milliseconds(at)
        at = until


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000 + 0.5)


def _told(cells: Cells) -> Cells:
    """Without those who were not there at all."""
    return {key: tally for key, tally in cells.items() if tally.counts.keys() != {m.STATE + GONE}}


def _changes(session: Session, begins: datetime, ends: datetime) -> dict[str, list[Change]]:
    """Of each agent the state at the beginning and what followed."""
    found: dict[str, list[Change]] = defaultdict(list)
    columns = AgentStateChange.at, AgentStateChange.state, AgentStateChange.reason
    for agent in session.scalars(AGENTS):
        before = select(*columns).where(AgentStateChange.agent == agent, AgentStateChange.at < begins)
        newest = AgentStateChange.at.desc(), AgentStateChange.id.desc()
        if standing := session.execute(before.order_by(*newest).limit(1)).tuples().first():
            found[agent].append(standing)
    during = select(AgentStateChange.agent, *columns).where(AgentStateChange.at >= begins, AgentStateChange.at < ends)
    for agent, at, state, reason in session.execute(during.order_by(AgentStateChange.at, AgentStateChange.id)).tuples():
        found[agent].append((at, state, reason))
    return found
