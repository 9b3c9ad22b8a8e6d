"""The history of the system before is in reports from the moment in which all of it is there until it is taken back."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from history import bringing
from history.names import NameMap
from history.reading import source
from reports import measures as m
from reports.asking import Asked
from reports.counting import Counter
from reports.figures import service_level
from reports.models import ReportDue
from reports.service import answer
from reports.tally import Tally
from ringback.config import Settings

NOW = datetime(2026, 12, 1, 6, tzinfo=UTC)
DAY = date(2026, 11, 30)
TABLE = """queue,entered,outcome,wait,agent,talk,hold
support,2026-11-30 10:00:00,answered,10,anna,100,5
support,2026-11-30 10:05:00,answered,,anna,,
support,2026-11-30 10:10:00,abandoned,30,,,
billing,2026-11-29 10:00:00,overflow,60,,,
support,2026-11-30 23:59:00,answered,20,vera,60,
"""


@pytest.fixture
def counted(store: sessionmaker[Session], settings: Settings, tmp_path: Path) -> Callable[[str], Tally]:
    """`counted(queue)`: what reports say of the day, once everything is counted."""

    def ask(queue: str) -> Tally:
        while Counter(store, settings).count(NOW):
            pass
        with store() as session:
            report = answer(session, Asked(DAY, DAY, "day", "queue"), settings, NOW)
            assert session.scalar(select(ReportDue.id).limit(1)) is None
            return next((row.tally for row in report.rows if row.value == queue), Tally())

    return ask


def bring(store: sessionmaker[Session], settings: Settings, folder: Path):
    (folder / "calls.csv").write_text(TABLE)
    what = source("csv", [folder / "calls.csv"], "UTC", "cp1251", NameMap())
    return bringing.bring(store, settings, what, "k", "ada", lambda _: None)[0]


def test_imported_visits_are_counted_and_uncounted_whole(store, settings, tmp_path, counted):
    assert counted("support").counts[m.OFFERED] == 0
    made = bring(store, settings, tmp_path)
    found = counted("support")
    assert (found.counts[m.OFFERED], found.counts[m.OUTCOME + "answered"]) == (4, 3)
    assert [found.counts[f"{each}_ms"] for each in (m.WAIT_ANSWERED, m.TALK, m.HANDLED)] == [30_000, 160_000, 165_000]
    assert (found.histogram(m.HOLD).total, found.histogram(m.WRAP).total) == (1, 0), "what nobody measured is no zero"
    with store() as session:
        by_agent = answer(session, Asked(DAY, DAY, "all", "agent"), settings, NOW)
        all_of = answer(session, Asked(DAY, DAY), settings, NOW).total
    assert {row.value: row.tally.counts[m.OUTCOME + "answered"] for row in by_agent.rows} == {"anna": 2, "vera": 1}
    level = service_level(all_of, settings)
    assert level.n == 3, "of one nobody knows the wait: it is neither in time nor late"
    bringing.undo(store, settings, made.id, "ada")
    assert counted("support").counts[m.OFFERED] == 0


def test_an_import_that_is_not_complete_is_in_no_report(sqlite_store, settings, tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    monkeypatch.setattr(bringing, "_finish", killed)
    with pytest.raises(Killed):
        bring(sqlite_store, settings, tmp_path)
    while Counter(sqlite_store, settings).count(NOW):
        pass
    with sqlite_store() as session:
        assert answer(session, Asked(DAY, DAY, "day"), settings, NOW).total.tally.counts[m.OFFERED] == 0
