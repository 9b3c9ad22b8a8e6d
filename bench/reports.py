"""Reports over a year of five million calls, and what keeping their sums costs at 6,000 calls an hour, on both stores.

The year is drawn as sums, day by day, with the spread that single calls have (waits, talks, sixty agents, five queues,
thirty topics), and packed by the code that packs counted ones; a month of it by quarter hours, too, which are those of
one day each day. Forty reports are asked of it: by each interval, told apart by each thing. What counting costs is seen
on rows: an hour of calls late in a busy day comes in piece by piece, as the controller writes it, and is counted every
half minute of its time. Both stores are compared.

    python -m bench --only reports [--quick]      (quick: 500,000 calls, ten minutes of counting)
"""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from bench import postgres
from bench.report import Figure, percentile
from calls.models import AgentStateChange, Call, CallSegment, Contact, QueueVisit
from reports import cells, counting
from reports import measures as m
from reports.asking import Asked
from reports.collecting import Collected
from reports.figures import DEFINITIONS
from reports.models import ReportCell, ReportCounting
from reports.service import answer
from reports.slots import SLOT, day_bounds, slots_of
from reports.tally import Tally
from ringback.config import Settings
from ringback.store import migrate
from ringback.store.base import uuid7
from ringback.store.engine import open_store, sessions

ZONE = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2025, 11, 1), date(2026, 10, 31)
NOW = datetime(2026, 12, 15, 12, tzinfo=UTC)
"""When every month is settled."""
SLOT_DAYS = 31
LIMIT_SECONDS = 1.0
CORE_SHARE = 0.02
CALLS_AN_HOUR = 6000
AGAIN = 0.25
"""Of the calls are of people who called before in that hour: what was counted of their earlier call changes."""
QUEUES = [f"queue{at}" for at in range(5)]
AGENTS = [f"agent{at:02}" for at in range(60)]
VALUES = {
    "hour": [f"{at:02}" for at in range(24)],
    "line": ["1000", "1001", "1002"],
    "agent": AGENTS,
    "menu": [f"main {key}" for key in range(8)],
    "topic": [f"topic{at:02}" for at in range(30)],
    "language": ["en", "ru"],
    "disposition": ["done", "callback", "escalated", "no answer", "wrong number"],
}
SETTINGS = Settings(timezone=ZONE.key)


def run(quick: bool) -> dict[str, Any]:
    calls, minutes = (500_000, 10) if quick else (5_000_000, 60)
    figures: list[Figure] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ringback-bench-")))
        urls = {"sqlite": f"sqlite:///{folder / 'reports.db'}"}
        if postgres.available():
            urls["postgresql"] = stack.enter_context(postgres.server())
        year = list(_year(calls))
        told: dict[str, list[str]] = {}
        for name, url in urls.items():
            engine = open_store(url)
            migrate.upgrade(engine)
            _write(engine, year)
            took, told[name] = _ask_all(engine)
            seconds = percentile(took, 0.95)
            ratio, wish = seconds / LIMIT_SECONDS, "at most 1 x"
            what = f"a report, {name}, p95"
            figures.append(Figure(what, seconds, "s", "limit", LIMIT_SECONDS, ratio, wanted=wish, met=ratio <= 1))
            figures.append(Figure(f"the slowest of {len(took)}, {name}", max(took), "s"))
            figures += _counting(engine, name, minutes)
            engine.dispose()
        if len({tuple(each) for each in told.values()}) != 1:
            raise AssertionError("the stores tell different figures")
    return {"figures": figures, "details": {"calls": calls, "reports": len(told["sqlite"])}}


# -- the year --------------------------------------------------------------------------------------------


def _year(calls: int) -> Iterator[dict[str, Any]]:
    """Rows of cells."""
    random = np.random.default_rng(1)
    days = [FIRST + timedelta(days=at) for at in range((LAST - FIRST).days + 1)]
    quarters, together = [], Collected()
    for _ in range(96):
        one = Collected()
        _draw(random, one, calls // len(days) // 96)
        quarters.append(_packed(one, "slot"))
        together.merge(one)
    quartered = _packed(together, "day")
    for number, day in enumerate(days):
        bounds = day_bounds(day, ZONE)
        if number < len(days) - SLOT_DAYS:
            whole = Collected()
            _draw(random, whole, calls // len(days))
            yield from _rows("day", bounds, _packed(whole, "day"))
            continue
        for at, slot in enumerate(slots_of(*bounds)):
            yield from _rows("slot", (slot, slot + SLOT), quarters[at % 96])
        yield from _rows("day", bounds, quartered)


def _packed(collected: Collected, level: str) -> list[tuple[str, bytes]]:
    """Each kind that the level has."""
    return [(kind, cells.pack(found)) for kind, found in collected.kinds.items() if kind != "hour" or level == "day"]


def _rows(level: str, bounds: tuple[datetime, datetime], packed: list[tuple[str, bytes]]) -> Iterator[dict[str, Any]]:
    for kind, content in packed:
        yield {"level": level, "kind": kind, "begins_at": bounds[0], "ends_at": bounds[1], "packed": content}


def _draw(random: np.random.Generator, into: Collected, count: int) -> None:
    """Calls of one time, all kinds."""
    queues = random.integers(0, len(QUEUES), count)
    answered = random.random(count) < 0.9
    waits = np.ceil(random.exponential(25.0, count)).astype(int)
    talks = np.ceil(random.lognormal(5.0, 0.8, count)).clip(1, 599).astype(int)
    for kind in ("total", *VALUES):
        words = VALUES.get(kind, [""])
        of = random.integers(0, len(words), count)
        group = queues * len(words) + of
        order = np.argsort(group, kind="stable")
        for mine in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
            one, tally = group[mine[0]], Tally()
            taken, left = mine[answered[mine]], mine[~answered[mine]]
            tally.counts.update({m.OFFERED: mine.size, m.CALLS: mine.size})
            tally.counts.update({m.OUTCOME + "answered": taken.size, m.OUTCOME + "abandoned": left.size})
            for name, values in (
                (m.WAIT_ANSWERED, waits[taken]),
                (m.WAIT_ABANDONED, waits[left]),
                (m.TALK, talks[taken]),
                (m.HANDLED, talks[taken]),
            ):
                bins, counts = np.unique(values, return_counts=True)
                tally.bins[name] = Counter(dict(zip(bins.tolist(), counts.tolist(), strict=True)))
                tally.counts[f"{name}_ms"] = int(values.sum()) * 1000
            tally.counts.update({m.CONTACTS: taken.size, m.SURVEY + "answered": taken.size // 5})
            into.kinds.setdefault(kind, {})[(QUEUES[one // len(words)], words[one % len(words)])] = tally  # type: ignore[call-overload]
    states = into.kinds.setdefault("states", {})
    for agent in AGENTS:
        states[("", agent)] = Tally(Counter({m.STATE + "talking": 600_000, m.STATE + "free": 300_000}))


def _write(engine: Engine, rows: list[dict[str, Any]]) -> None:
    with Session(engine) as session, session.begin():
        for at in range(0, len(rows), 500):
            session.execute(insert(ReportCell), rows[at : at + 500])
        counting.prepare(session)
        row = session.get_one(ReportCounting, counting.THE_ROW)
        row.counted_from, row.counted_until = day_bounds(FIRST, ZONE)[0], NOW.replace(minute=0)
        row.complete, row.zone, row.layout = True, ZONE.key, cells.LAYOUT
    counting.Counter(sessions(engine), SETTINGS).sum_months(NOW)


def _questions() -> Iterator[Asked]:
    month = date(2026, 10, 1)
    for by in ("total", "queue", "line", "agent", "menu", "topic", "language", "disposition"):
        for interval in ("all", "month", "week"):
            yield Asked(FIRST, LAST, interval, by)  # type: ignore[arg-type]
        yield Asked(month, LAST, "day", by)  # type: ignore[arg-type]
    for interval in ("day", "weekday", "week_hours", "hour_of_day", "year"):
        yield Asked(FIRST, LAST, interval, "total", frozenset(QUEUES[:2]))  # type: ignore[arg-type]
    for interval in ("quarter", "half", "hour"):
        yield Asked(month, LAST, interval, "total")  # type: ignore[arg-type]


def _ask_all(engine: Engine) -> tuple[list[float], list[str]]:
    """How long each report took with all its figures, and what its total says."""
    took, told = [], []
    for asked in _questions():
        began = time.perf_counter()
        with Session(engine) as session:
            report = answer(session, asked, SETTINGS, NOW)
        for row in (*report.rows, report.total):
            for definition in DEFINITIONS[:22]:
                definition.compute(row, SETTINGS)
        took.append(time.perf_counter() - began)
        told.append(repr([definition.compute(report.total, SETTINGS) for definition in DEFINITIONS]))
    return took, told


# -- counting --------------------------------------------------------------------------------------------


def _counting(engine: Engine, store: str, minutes: int) -> list[Figure]:
    """An hour of calls late in a busy day that end and are counted each half minute: CPU of the counting as a share of
    that time."""
    began = datetime(2026, 12, 15, 21, tzinfo=UTC)
    half_minute = 0
    counter = counting.Counter(sessions(engine), SETTINGS, lambda: 30.0 * half_minute)
    with Session(engine) as session, session.begin():
        people = [{"id": uuid7(), "number": f"+1202{at:07}", "created_at": began} for at in range(CALLS_AN_HOUR)]
        session.execute(insert(Contact), people)
        session.execute(insert(ReportCell), list(_day_until(began)))
        session.get_one(ReportCounting, counting.THE_ROW).counted_until = began
    random = np.random.default_rng(3)
    behind = most_behind = 0
    spent, each = 0.0, CALLS_AN_HOUR // 120
    for half_minute in range(minutes * 2):
        at = began + timedelta(seconds=30 * half_minute)
        with Session(engine) as session, session.begin():
            first = half_minute * each
            who = [
                int(random.integers(0, number)) if number and random.random() < AGAIN else number
                for number in range(first, first + each)
            ]
            _some_calls(session, first, at, [people[number]["id"] for number in who])
        before, now = time.process_time(), at + timedelta(minutes=10)
        with Session(engine) as session:
            scope = counter.look(session, now)
        while scope is not None and counter.count(now, scope):
            pass
        spent += time.process_time() - before
        behind = 0 if scope is not None else behind + 1
        most_behind = max(behind, most_behind)
    share = spent / (minutes * 60)
    what = f"counting {CALLS_AN_HOUR} calls an hour, {store}: share of a core"
    ratio = share / CORE_SHARE
    return [
        Figure(what, 100 * share, "%", "limit", 100 * CORE_SHARE, ratio, wanted="at most 1 x", met=ratio <= 1),
        Figure(f"what happened within an hour is counted, {store}: after at most", 30.0 * (most_behind + 1), "s"),
    ]


def _day_until(end: datetime) -> Iterator[dict[str, Any]]:
    """A day of CALLS_AN_HOUR, as it is counted at its 22nd hour."""
    random, together = np.random.default_rng(2), Collected()
    bounds = day_bounds(end.astimezone(ZONE).date(), ZONE)
    for slot in slots_of(bounds[0], end):
        one = Collected()
        _draw(random, one, CALLS_AN_HOUR // 4)
        yield from _rows("slot", (slot, slot + SLOT), _packed(one, "slot"))
        together.merge(one)
    yield from _rows("day", bounds, _packed(together, "day"))


def _some_calls(session: Session, first: int, at: datetime, people: list[Any]) -> None:
    """One of each of the people."""
    calls, visits, talks, states = [], [], [], []
    for number, person in enumerate(people, first):
        call_id, agent, queue = f"b-{number}", AGENTS[number % 60], QUEUES[number % 5]
        arrived = at + timedelta(seconds=30 * (number - first) / len(people))
        taken, over = arrived + timedelta(seconds=20), arrived + timedelta(seconds=200)
        calls.append(
            {
                "id": uuid7(),
                "call_id": call_id,
                "line": "1000",
                "language": "en",
                "caller_number": "+12025550100",
                "caller_name": "",
                "state": "ended",
                "result": "served",
                "queue": queue,
                "agent": agent,
                "menu_path": [{"menu": "main", "key": "1", "label": "x"}],
                "arrived_at": arrived,
                "queued_at": arrived,
                "connected_at": taken,
                "released_at": over,
                "ended_at": over,
                "contact_id": person,
                "created_at": arrived,
            }
        )
        visits.append(
            {
                "id": uuid7(),
                "call_id": call_id,
                "seq": 0,
                "queue": queue,
                "entered_at": arrived,
                "came_by": "menu",
                "left_at": taken,
                "outcome": "answered",
                "agent": agent,
            }
        )
        talks.append(
            {
                "id": uuid7(),
                "call_id": call_id,
                "seq": 0,
                "kind": "talk",
                "agent": agent,
                "started_at": taken,
                "ended_at": over,
                "why": "queue",
            }
        )
        for state, when in (("talking", taken), ("wrap-up", over), ("free", over + timedelta(seconds=15))):
            states.append({"id": uuid7(), "agent": agent, "at": when, "state": state, "queues": [], "reachable": True})
    session.execute(insert(Call), calls)
    session.execute(insert(QueueVisit), visits)
    session.execute(insert(CallSegment), talks)
    session.execute(insert(AgentStateChange), states)
