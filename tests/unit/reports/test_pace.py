"""How often is counted: what is fresh first, what is older as often as counting may take."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from reports.counting import FRESH, OLD_SHARE, Counter, CountingPace, CountingScope
from reports.models import ReportDue
from reports.slots import SLOT
from ringback.config import Settings

NOW = datetime(2026, 11, 3, 15, 5, tzinfo=UTC)
OLD, NEW = NOW - FRESH - timedelta(hours=3), NOW - timedelta(minutes=2)


def test_work_is_a_share_of_the_time() -> None:
    now = [100.0]
    pace = CountingPace(0.01, lambda: now[0])
    assert pace.is_ready()
    pace.spend(1.0, is_behind=True)
    assert pace.is_ready()
    pace.spend(0.5, is_behind=False)
    now[0] = 249.9
    assert not pace.is_ready()
    now[0] = 250.1
    assert pace.is_ready()


def test_what_is_fresh_is_counted_while_what_is_older_rests(sqlite_store: sessionmaker[Session]) -> None:
    now = [0.0]
    counter = Counter(sqlite_store, Settings(), lambda: now[0])
    while counter.count(NOW):
        pass
    due(sqlite_store, OLD, NEW)
    # Counting took some time, whatever it was: until it is a small enough share, older changes wait.
    assert look(counter, sqlite_store) is CountingScope.FRESH
    assert not counter.count(NOW, CountingScope.FRESH)
    assert waiting(sqlite_store) == {OLD}
    assert look(counter, sqlite_store) is None
    with sqlite_store() as session:
        assert counter.look(session, NOW + SLOT) is CountingScope.FRESH, "a quarter of an hour is over"
    now[0] = 60.0 / OLD_SHARE
    assert look(counter, sqlite_store) is CountingScope.ALL
    assert not counter.count(NOW)
    assert waiting(sqlite_store) == set()


def due(store: sessionmaker[Session], *at: datetime) -> None:
    with store.begin() as session:
        session.add_all([ReportDue(at=each) for each in at])


def look(counter: Counter, store: sessionmaker[Session]) -> CountingScope | None:
    with store() as session:
        return counter.look(session, NOW)


def waiting(store: sessionmaker[Session]) -> set[datetime]:
    with store() as session:
        return set(session.scalars(select(ReportDue.at)))
