"""Weeks of calls to one queue, as planning reads them: a shape of the day, waits, talks, and who was there."""

from datetime import date, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from calls.models import AgentStateChange, Call, QueueVisit
from ringback.store.base import utc, uuid7
from staffing.half_hours import days_between, half_hours_of, midnight

BY_SLOT = {slot: 2 + 2 * (20 <= slot < 24) for slot in range(18, 34)}
"""Mean calls in each half hour of a working day: 9:00 to 17:00, twice as many from 10:00 to 12:00."""
DAILY = sum(BY_SLOT.values())
AGENTS = ("anna", "boris")


def seed_weeks(
    sessions: sessionmaker[Session], queue: str, last: date, weeks: int, zone: ZoneInfo, busy: float = 1.0
) -> int:
    """Calls of the weeks that end with `last`, Sundays without any; how many there are."""
    random, calls, visits, states = Random(7), [], [], []
    for day in days_between(last - timedelta(days=7 * weeks - 1), last):
        if day.weekday() == 6:
            continue
        for half_hour in half_hours_of(day, zone):
            mean = busy * BY_SLOT.get(half_hour.slot, 0) * (0.5 if day.weekday() == 5 else 1.0)
            for _ in range(int(mean) + (random.random() < mean % 1)):
                at = half_hour.begins + random.random() * 1800
                call, visit = _call(f"{len(calls)}.{day:%y%m%d}", queue, at, random)
                calls.append(call)
                visits.append(visit)
        begins, ends = midnight(day, zone) + 9 * 3600, midnight(day, zone) + 17 * 3600
        for agent in AGENTS:
            for at, state in ((begins, "free"), (ends, "logged out")):
                row = {"id": uuid7(), "agent": agent, "at": utc(at), "state": state, "queues": [queue]}
                states.append(row | {"reachable": True})
    with sessions() as session, session.begin():
        session.execute(insert(Call), calls)
        session.execute(insert(QueueVisit), visits)
        session.execute(insert(AgentStateChange), states)
    return len(calls)


def _call(name: str, queue: str, at: float, random: Random) -> tuple[dict[str, Any], dict[str, Any]]:
    waited = random.expovariate(1 / 40)
    outcome = random.choices(("answered", "abandoned", "callback"), (85, 10, 5))[0]
    talk = random.expovariate(1 / 600) if outcome == "answered" else None
    connected, released = (utc(at + waited), utc(at + waited + talk)) if talk is not None else (None, None)
    call = {
        "id": uuid7(),
        "call_id": name,
        "line": "1000",
        "language": "en",
        "caller_number": "+12025550123",
        "caller_name": "",
        "state": "ended",
        "result": "served",
        "arrived_at": utc(at),
        "queued_at": utc(at),
        "queue": queue,
        "connected_at": connected,
        "released_at": released,
        "ended_at": released or utc(at + waited),
        "menu_path": [],
        "agent": "anna" if talk is not None else None,
    }
    visit = {
        "id": uuid7(),
        "call_id": name,
        "seq": 0,
        "queue": queue,
        "entered_at": utc(at),
        "came_by": "menu",
        "left_at": utc(at + waited),
        "outcome": outcome,
        "agent": call["agent"],
        "position": 1,
    }
    return call, visit
