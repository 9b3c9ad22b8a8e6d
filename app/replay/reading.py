"""Reads what callers and agents did from the store, in the order of time, a few hundred calls at once; writes nothing.

What a row cannot be right about (an end before the beginning, after a clock was set) is bent to what is possible, and
counted. Calls that cannot be replayed are counted by why.
"""

import json
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from app.replay.plans import (
    ABANDONED,
    ANSWERED,
    PROMISED,
    AgentElsewhere,
    AgentWas,
    CallerPlan,
    CallerWants,
    CallOutcome,
    PathStep,
    PlannedTalk,
    came_to,
)
from calls.models import AgentStateChange, Call, CallEvent, QueueVisit
from calls.service import of_customers
from queueing.agents import AgentMode
from queueing.patience import Patience
from ringback.config import Settings

BATCH = 500
CLOSE_SECONDS = 2.0
"""An agent's change to talking so near a talk's beginning is that of the talk."""
USUAL_TALK, USUAL_RING = 180.0, 4.0
"""Seconds, for who talks in a replay before anybody has in the past."""
SHORTEST_TALK = 1.0
TAKES_CALLS = (AgentMode.FREE, AgentMode.RINGING, AgentMode.TALKING)
"""What follows a wrap-up that ended by itself or by the agent's hand."""
NOT_REPLAYED = ("left_at_once", "fallback")
"""Results of calls that no controller saw."""
CHANGE = (
    AgentStateChange.id,
    AgentStateChange.agent,
    AgentStateChange.at,
    AgentStateChange.state,
    AgentStateChange.reason,
    cast(AgentStateChange.queues, Text).label("queues"),
    AgentStateChange.reachable,
)
"""What is read of a change."""
Visits = Sequence[Any]


@dataclass
class AgentTalks:
    """When each agent began to talk, after how many seconds of ringing, and how long the wrap-up was."""

    at: dict[str, "array[float]"] = field(default_factory=dict)
    ring: dict[str, "array[float]"] = field(default_factory=dict)
    wrap_up: dict[str, "array[float]"] = field(default_factory=dict)

    def add(self, agent: str, at: float, ring: float) -> None:
        """In the order of time."""
        for name, value in ((self.at, at), (self.ring, ring), (self.wrap_up, -1.0)):
            name.setdefault(agent, array("d")).append(value)

    def ended(self, agent: str, wrap_up: float) -> None:
        """The last talk's wrap-up took so long."""
        if agent in self.wrap_up:
            self.wrap_up[agent][-1] = wrap_up

    def of(self, agent: str, at: float) -> tuple[float, float] | None:
        """Ringing and wrap-up (negative: there was none) of the talk that began then; None: not known."""
        times = self.at.get(agent)
        if times is None:
            return None
        place = bisect_left(times, at - CLOSE_SECONDS)
        if place >= len(times) or times[place] > at + CLOSE_SECONDS:
            return None
        return self.ring[agent][place], self.wrap_up[agent][place]


class PastReader:
    """The past of one installation from `since` until before `until`."""

    def __init__(self, session: Session, settings: Settings, since: datetime, until: datetime) -> None:
        """`settings`: those under which the calls were made, as far as it is known."""
        self._session, self._settings = session, settings
        self._since, self._until = since, until
        self.left_out: Counter[str] = Counter()
        """Calls that are not replayed, by why."""
        self.odd_times = 0
        """Times that were not possible."""
        self.patience = self._read_patience()
        self.talks = self._read_talks()
        self._borrowed: dict[str | None, tuple[float, float, float | None]] = {}
        """Of the last talk of each queue: its seconds, ringing and wrap-up."""
        self._last_agents: dict[Any, str] = {}
        """By contact: who talked with the caller last."""

    # -- before the first call ---------------------------------------------------------------------

    def _read_patience(self) -> Patience:
        curves = Patience()
        query = select(Call.queue, Call.wait_seconds, Call.result, Call.connected_at).where(
            self._inside(), Call.queued_at.is_not(None), Call.wait_seconds.is_not(None)
        )
        for queue, wait, result, connected in self._session.execute(query.execution_options(yield_per=5000)):
            curves.add(queue or "", wait, gave_up=result == ABANDONED and connected is None)
        return curves

    def _read_talks(self) -> AgentTalks:
        found, rang, wrapping = AgentTalks(), dict[str, float](), dict[str, float]()
        change = AgentStateChange
        query = select(change.agent, change.at, change.state).where(change.at >= self._since)
        rows = self._session.execute(query.order_by(change.at, change.id).execution_options(yield_per=5000))
        for agent, moment, state in rows:
            at = moment.timestamp()
            if (began := wrapping.pop(agent, None)) is not None and state in TAKES_CALLS:
                found.ended(agent, at - began)
            if state == AgentMode.RINGING:
                rang.setdefault(agent, at)
            elif state == AgentMode.TALKING:
                if agent in rang:
                    found.add(agent, at, at - rang.pop(agent))
            else:
                rang.pop(agent, None)
                if state == AgentMode.WRAP_UP:
                    wrapping[agent] = at
        return found

    def agents_before(self) -> list[AgentWas]:
        """How each agent was when the time begins."""
        change = AgentStateChange
        last = select(change.agent, func.max(change.at).label("at")).where(change.at < self._since)
        last_rows = last.group_by(change.agent).subquery()
        same = and_(change.agent == last_rows.c.agent, change.at == last_rows.c.at)
        query = select(*CHANGE).join(last_rows, same).order_by(change.id)
        return list({row.agent: _was(row) for row in self._session.execute(query)}.values())

    def known_agents(self) -> set[str]:
        """Agents of whom the past says anything."""
        query = select(AgentStateChange.agent).where(AgentStateChange.at < self._until).distinct()
        return set(self._session.scalars(query))

    # -- as time goes on ---------------------------------------------------------------------------

    def agents(self) -> Iterator[AgentWas]:
        """What agents did, in the order of time."""
        change = AgentStateChange
        after: tuple[datetime, Any] | None = None
        inside = and_(change.at >= self._since, change.at < self._until)
        while True:
            query = select(*CHANGE).where(inside).order_by(change.at, change.id).limit(BATCH * 4)
            if after is not None:
                query = query.where(or_(change.at > after[0], and_(change.at == after[0], change.id > after[1])))
            rows = self._session.execute(query).all()
            yield from map(_was, rows)
            if not rows:
                return
            after = rows[-1].at, rows[-1].id

    def calls(self) -> Iterator[CallerPlan | AgentElsewhere]:
        """Callers, in the order in which they came."""
        after: tuple[datetime, str] | None = None
        while True:
            query = self._calls_query().order_by(Call.arrived_at, Call.call_id).limit(BATCH)
            if after is not None:
                same = and_(Call.arrived_at == after[0], Call.call_id > after[1])
                query = query.where(or_(Call.arrived_at > after[0], same))
            rows = self._session.execute(query).all()
            if not rows:
                return
            visits, keys = self._visits(rows), self._keys(rows)
            for row in rows:
                plan = self._plan(row, visits.get(row.call_id, []), keys.get(row.call_id, []))
                if plan is not None:
                    yield plan
            after = rows[-1].arrived_at, rows[-1].call_id

    def _inside(self) -> Any:
        return and_(Call.arrived_at >= self._since, Call.arrived_at < self._until, of_customers())

    def _calls_query(self) -> Any:
        columns = (
            Call.call_id,
            Call.line,
            Call.caller_number,
            Call.arrived_at,
            Call.queued_at,
            Call.connected_at,
            Call.released_at,
            Call.ended_at,
            Call.result,
            Call.queue,
            Call.agent,
            Call.menu_path,
            Call.contact_id,
        )
        return select(*columns).where(self._inside())

    def _visits(self, rows: Sequence[Row[Any]]) -> dict[str, list[Any]]:
        visit = QueueVisit
        columns = (
            visit.call_id,
            visit.queue,
            visit.came_by,
            visit.entered_at,
            visit.left_at,
            visit.outcome,
            visit.agent,
        )
        query = select(*columns).where(visit.call_id.in_([row.call_id for row in rows]))
        found: dict[str, list[Any]] = {}
        for each in self._session.execute(query.order_by(visit.call_id, visit.seq)):
            found.setdefault(each.call_id, []).append(each)
        return found

    def _keys(self, rows: Sequence[Row[Any]]) -> dict[str, list[float]]:
        pressed = [row.call_id for row in rows if row.menu_path]
        query = select(CallEvent.call_id, CallEvent.at).where(
            CallEvent.call_id.in_(pressed), CallEvent.kind == "KeyPressed"
        )
        found: dict[str, list[float]] = {}
        for call_id, at in self._session.execute(query.order_by(CallEvent.call_id, CallEvent.seq)):
            found.setdefault(call_id, []).append(at.timestamp())
        return found

    # -- one call ----------------------------------------------------------------------------------

    def _plan(self, row: Row[Any], visits: Visits, pressed: list[float]) -> CallerPlan | AgentElsewhere | None:
        if row.ended_at is None:
            self.left_out["goes_on"] += 1
            return None
        if visits and visits[0].came_by == "callback":
            self.left_out["called_back"] += 1
            return self._elsewhere(row)
        if row.result in NOT_REPLAYED:
            self.left_out[row.result] += 1
            return None
        return self._caller(row, visits, pressed)

    def _elsewhere(self, row: Row[Any]) -> AgentElsewhere | None:
        """Until after the wrap-up, as the settings of then had it."""
        if row.agent is None or row.connected_at is None:
            return None
        until = (row.released_at or row.ended_at).timestamp()
        if row.queue in self._settings.queues:
            until += self._settings.queues[row.queue].wrap_up_seconds
        arrived = row.arrived_at.timestamp()
        return AgentElsewhere(row.agent, arrived, max(row.connected_at.timestamp(), arrived), until)

    def _caller(self, row: Row[Any], visits: Visits, pressed: list[float]) -> CallerPlan:
        at = row.arrived_at.timestamp()
        ends = self._after(at, row.ended_at)
        queued = None if row.queued_at is None else self._after(at, row.queued_at)
        connected = None if row.connected_at is None else self._after(at, row.connected_at)
        queue = visits[0].queue if visits else row.queue
        wait = 0.0 if queued is None else max((ends if connected is None else connected) - queued, 0.0)
        end = ANSWERED if connected is not None else row.result or "lost"
        chosen_after = ends if queued is None else queued
        steps = tuple(_steps(row.menu_path))
        ring, wrap_up, talks = self._talk_facts(row, visits, queue, at, ends, connected)
        promised = row.result == PROMISED
        patience = wait if end == ABANDONED else self.patience.beyond(queue, wait, row.call_id)
        plan = CallerPlan(
            call_id=row.call_id,
            line=row.line,
            number=row.caller_number,
            at=at,
            wants=CallerWants(steps, queue),
            keys=_keys_of(pressed, at, chosen_after, len(steps)),
            chosen_after=chosen_after,
            ends_after=ends,
            patience=patience,
            asks_callback=wait if promised else None,
            leaves_message=row.result == "message",
            talks=talks,
            ring=ring,
            wrap_up=wrap_up,
            was=CallOutcome(queue if queued is not None else None, end, wait, came_to(visits)),
            last_agent=self._last_agents.get(row.contact_id) if row.contact_id is not None else None,
            left_in_menu=row.result == "left",
        )
        if row.contact_id is not None and row.agent is not None and connected is not None:
            self._last_agents[row.contact_id] = row.agent
        return plan

    def _after(self, at: float, moment: datetime) -> float:
        """Seconds after the call came; before it nothing can have been."""
        seconds: float = moment.timestamp() - at
        if seconds < 0:
            self.odd_times += 1
        return max(seconds, 0.0)

    def _talk_facts(
        self, row: Row[Any], visits: Visits, queue: str | None, at: float, ends: float, connected: float | None
    ) -> tuple[float, float | None, tuple[PlannedTalk, ...]]:
        """Ringing, wrap-up and talks: those of this call, or of the one before in the same queue."""
        if connected is None:
            usual = (USUAL_TALK, USUAL_RING, None)
            talk, ring, wrap_up = self._borrowed.get(queue) or self._borrowed.get(None) or usual
            return ring, wrap_up, (PlannedTalk(talk),)
        released = ends if row.released_at is None else self._after(at, row.released_at)
        talks = tuple(_talks(visits, at, connected, max(released, connected)))
        first = next((visit for visit in visits if visit.outcome == "answered"), None)
        facts = self.talks.of(_agent_of(first, row), at + connected)
        ring = USUAL_RING if facts is None else max(facts[0], 0.0)
        wrap_up = None if facts is None else self._ended_early(queue, facts[1])
        self._borrowed[queue] = self._borrowed[None] = (talks[0].seconds, ring, wrap_up)
        return ring, wrap_up, talks

    def _ended_early(self, queue: str | None, wrap_up: float) -> float | None:
        """The wrap-up's seconds, if the agent ended it before its time."""
        known = self._settings.queues.get(queue) if queue is not None else None
        whole = wrap_up < 0 or (known is not None and wrap_up > known.wrap_up_seconds - 1)
        return None if whole else wrap_up


def _was(row: Row[Any]) -> AgentWas:
    return AgentWas(row.agent, row.at.timestamp(), row.state, row.reason, _queues(row.queues), row.reachable)


@lru_cache(maxsize=1024)
def _queues(written: str | None) -> frozenset[str]:
    """Of an agent, as the row has them: there are few different ones."""
    return frozenset(map(str, json.loads(written))) if written else frozenset()


def _steps(menu_path: list[Any]) -> Iterator[PathStep]:
    for step in menu_path or ():
        if isinstance(step, dict) and "menu" in step and "key" in step:
            yield PathStep(str(step["menu"]), str(step["key"]), str(step.get("label", "")))


def _keys_of(pressed: list[float], at: float, chosen_after: float, steps: int) -> tuple[float, ...]:
    """When the keys of the choices were pressed: the last ones before the choice; where none are known, evenly."""
    before = [key - at for key in pressed if 0 <= key - at <= chosen_after + 0.1]
    if len(before) >= steps:
        return tuple(before[len(before) - steps :])
    return tuple(chosen_after * (place + 1) / steps for place in range(steps))


def _talks(visits: Visits, at: float, connected: float, released: float) -> Iterator[PlannedTalk]:
    """One for each agent to whom a line led the caller; who was passed on to a colleague is the first agent's still."""
    began = at + connected
    for visit, following in pairwise(visits):
        if visit.outcome == "answered" and following.came_by == "transfer":
            until = following.entered_at.timestamp()
            yield PlannedTalk(max(until - began, SHORTEST_TALK), following.queue)
            if following.outcome != "answered" or following.left_at is None:
                return
            began = following.left_at.timestamp()
    yield PlannedTalk(max(at + released - began, SHORTEST_TALK))


def _agent_of(visit: Any, row: Row[Any]) -> str:
    return str(getattr(visit, "agent", None) or row.agent or "")
