"""The calls behind a figure: as many as the figure says, of every figure, however it is cut and told apart."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session, sessionmaker

from reports import behind, behind_kinds
from reports.asking import Asked, By, Interval
from reports.behind import BehindAsked
from reports.counting import Counter
from reports.figures import FIGURES
from reports.service import Report, answer
from reports.slots import day_of
from ringback.config import Settings
from ringback.store.engine import open_store
from tests.support.reported import Reported

NOW = datetime(2026, 10, 29, 17, 10, tzinfo=UTC)
"""In Berlin the clock was put back in that week."""
WITHOUT = {"logged_in", "occupancy", "utilisation", "breaks_kept"}
"""Times of agents: no call tells them."""
COUNTED = [name for name in FIGURES if name not in WITHOUT]


@dataclass(frozen=True)
class Told:
    sessions: sessionmaker[Session]
    settings: Settings
    now: datetime

    def report(self, by: By = "total", interval: Interval = "all", **more: Any) -> Report:
        zone = ZoneInfo(self.settings.timezone)
        until = day_of(self.now, zone)
        with self.sessions() as session:
            return answer(
                session, Asked(until - timedelta(days=9), until, interval, by, **more), self.settings, self.now
            )

    def behind(self, figure: str, report: Report, time: int, value: str | None, side: behind.Side = "all") -> list[str]:
        """Keys of all rows."""
        at, place, found = report.times[time], None, []
        wanted = BehindAsked(figure, at.begins, at.ends, report.asked, value, at.name, side)
        with self.sessions() as session:
            while True:
                page = behind_kinds.page(session, wanted, self.settings, self.now, place, limit=90)
                found += [row.key for row in page.rows]
                if (place := page.older) is None:
                    return found


@pytest.fixture(scope="module")
def told(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A week of calls, of which most are old enough for it to be known who called again."""
    path = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("behind") / "ringback.db")
    yield from lived(f"sqlite:///{path}")


def lived(url: str) -> Iterator[Told]:
    engine = open_store(url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    settings = Settings.model_validate({"timezone": "Europe/Berlin", "reports": {"first_contact_hours": 30}})
    with sessions() as session, session.begin():
        Reported(session, NOW, days=5).add()
    counter = Counter(sessions, settings)
    for _ in range(60):
        if not counter.count(NOW):
            break
    yield Told(sessions, settings, NOW)
    engine.dispose()


CUTS: list[tuple[By, Interval]] = [
    ("total", "all"),
    ("total", "day"),
    ("total", "half"),
    ("total", "week_hours"),
    ("queue", "hour_of_day"),
    ("queue", "weekday"),
    ("agent", "all"),
    ("line", "week"),
    ("menu", "all"),
    ("topic", "all"),
    ("language", "all"),
    ("disposition", "all"),
]


@pytest.mark.parametrize(("by", "interval"), CUTS)
def test_there_are_as_many_behind_each_number_as_it_says(told: Told, by: By, interval: Interval) -> None:
    report = told.report(by, interval)
    wrong, some = [], set()
    for row in sorted(report.rows, key=lambda each: -len(each.tally.counts))[:2]:
        value = None if by == "total" else row.value
        for name in COUNTED:
            figure = FIGURES[name].compute(row, told.settings)
            keys = told.behind(name, report, row.time, value)
            some |= {name} if keys else set()
            if len(keys) != figure.n:
                wrong.append((name, row.time, row.value, figure.n, len(keys)))
    assert wrong == [] and len(some) > 8, some


def test_postgresql_finds_the_same(new_postgresql: Callable[[str], str], postgresql_template: str) -> None:
    for told in lived(new_postgresql(postgresql_template)):
        for by in ("total", "agent", "topic", "disposition"):
            report = told.report(by)
            row = max(report.rows, key=lambda each: len(each.tally.counts))
            counts = {name: FIGURES[name].compute(row, told.settings).n for name in COUNTED}
            value = None if by == "total" else row.value
            assert {name: len(told.behind(name, report, 0, value)) for name in COUNTED} == counts


def test_figures_of_the_whole_time_have_calls_behind_them(told: Told) -> None:
    report = told.report()
    empty = {name for name in COUNTED if not told.behind(name, report, 0, None)}
    assert empty == {"nps"}


@pytest.mark.parametrize("narrowed", [{"queues": frozenset({"support"})}, {"agents": frozenset({"anna"})}])
def test_what_is_narrowed_is_narrowed_behind_it_too(told: Told, narrowed: dict[str, Any]) -> None:
    report = told.report(**narrowed)
    counts = {name: FIGURES[name].compute(report.total, told.settings).n for name in COUNTED}
    assert {name: len(told.behind(name, report, 0, None)) for name in COUNTED} == counts
    assert sum(counts.values()) > 50


@pytest.mark.parametrize("rule", "ABCDEF")
def test_what_a_share_counts_and_what_it_does_not_are_its_parts(told: Told, rule: str) -> None:
    level = told.settings.reports.service_level.model_copy(update={"rule": rule, "seconds": 200})
    rules = told.settings.reports.model_copy(update={"service_level": level, "short_abandon_seconds": 120})
    other = replace(told, settings=told.settings.model_copy(update={"reports": rules}))
    report = other.report()
    for name in COUNTED:
        figure = FIGURES[name].compute(report.total, other.settings)
        if FIGURES[name].unit == "share" and figure.value is not None:
            counted, rest = (len(other.behind(name, report, 0, None, side)) for side in ("counted", "rest"))
            assert (counted, counted + rest) == (round(figure.value * figure.n), figure.n), name
    assert FIGURES["service_level"].compute(report.total, other.settings).n > 10


def test_pages_have_the_newest_first_and_nothing_twice(told: Told) -> None:
    report = told.report()
    at = report.times[0]
    wanted = BehindAsked("offered", at.begins, at.ends, report.asked)
    with told.sessions() as session:
        first = behind_kinds.page(session, wanted, told.settings, told.now, limit=5)
        second = behind_kinds.page(session, wanted, told.settings, told.now, first.older, limit=5)
    rows = [*first.rows, *second.rows]
    assert len({row.key for row in rows}) == 10
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)


def test_a_value_that_cannot_be_one_has_nothing_behind_it(told: Told) -> None:
    for by in ("topic", "line", "disposition", "agent", "queue", "menu"):
        report = told.report(by)
        assert told.behind("offered", report, 0, "'; DROP TABLE call; --") == []
