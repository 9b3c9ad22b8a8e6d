"""/metrics: true to the store, never down, nothing of people, who may read it, and what it says without a store."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from sqlalchemy import delete, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, QueueVisit
from ringback.config import Settings
from ringback.store.base import utcnow
from tests.support.api import key_for
from tests.support.calls import Store, open_copy
from tests.support.metrics import Samples, call, evening, of, samples, visit
from tests.support.pages import app_of, make_people
from web import keys
from web.metrics import totals
from web.metrics.kept import KEPT_SECONDS, KeptMetrics


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_people(tmp_path_factory.mktemp("people"))


@pytest.fixture
def house(people: Path, tmp_path: Path) -> Iterator[Store]:
    made = open_copy(people, tmp_path / "data")
    yield made
    made.sessions.kw["bind"].dispose()


def with_metrics(house: Store, given: str) -> Flask:
    return app_of(house, web=house.settings.web.model_copy(update={"metrics": given}))


@pytest.fixture
def full(house: Store) -> Store:
    with house.sessions() as session, session.begin():
        evening(session, utcnow())
    return house


def test_the_numbers_are_those_of_the_store(full: Store) -> None:
    answer = with_metrics(full, "open").test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(answer.text)
    expected = {
        ("ringback_up",): 1,
        ("ringback_calls_arrived_total", "line", "1000"): 3,
        ("ringback_calls_arrived_total", "line", "other"): 1,
        ("ringback_calls_ended_total", "result", "served"): 1,
        ("ringback_calls_ended_total", "result", "abandoned"): 1,
        ("ringback_calls_ended_total", "result", "pbx_lost"): 0,
        ("ringback_calls_refused_total",): 7,
        ("ringback_calls", "state", "waiting"): 1,
        ("ringback_queue_waiting", "queue", "support"): 1,
        ("ringback_queue_entered_total", "came_by", "menu", "queue", "support"): 3,
        ("ringback_queue_left_total", "came_by", "menu", "outcome", "answered", "queue", "support"): 1,
        ("ringback_queue_wait_seconds_bucket", "le", "15.0", "outcome", "answered", "queue", "support"): 0,
        ("ringback_queue_wait_seconds_bucket", "le", "20.0", "outcome", "answered", "queue", "support"): 1,
        ("ringback_queue_wait_seconds_bucket", "le", "120.0", "outcome", "abandoned", "queue", "support"): 0,
        ("ringback_queue_wait_seconds_bucket", "le", "180.0", "outcome", "abandoned", "queue", "support"): 1,
        ("ringback_queue_wait_seconds_count", "outcome", "abandoned", "queue", "support"): 1,
        ("ringback_queue_wait_seconds_sum", "outcome", "answered", "queue", "support"): 17.5,
        ("ringback_agents", "state", "free"): 1,
        ("ringback_queue_agents", "queue", "support", "state", "paused"): 1,
        ("ringback_promises", "place", "late"): 1,
        ("ringback_promises_ended_total", "outcome", "kept"): 1,
        ("ringback_promises_ended_total", "outcome", "broken"): 1,
        ("ringback_promises_ended_total", "outcome", "cancelled"): 0,
        ("ringback_alarms", "kind", "callback.broken", "level", "red", "seen", "no"): 1,
        ("ringback_deliveries", "receiver", "erp", "state", "dead"): 1,
        ("ringback_deliveries", "receiver", "crm", "state", "waiting"): 1,
        ("ringback_process_up", "process", "controller"): 1,
        ("ringback_process_up", "process", "worker"): 0,
        ("ringback_asterisk_up",): 1,
        ("ringback_worker_due", "stage", "recordings"): 4,
        ("ringback_worker_set_aside", "stage", "tickets"): 1,
        ("ringback_worker_set_aside", "stage", "recordings"): 0,
    }
    got = {key: of(found, key[0], **dict(zip(key[1::2], key[2::2], strict=True))) for key in expected}
    assert got == expected
    assert of(found, "ringback_build_info", version="0.1.0") == 1
    longest = of(found, "ringback_queue_longest_wait_seconds", queue="support")
    assert longest is not None and 45 <= longest < 60
    size = of(found, "ringback_store_size_bytes")
    assert size is not None and size > 100_000


def test_nothing_of_people_is_in_it(full: Store) -> None:
    body = with_metrics(full, "open").test_client().get("/metrics").text.lower()
    assert [word for word in ("zaphod", "ford", "5550188", "<b>", "what'ever") if word in body] == []


@pytest.mark.parametrize(
    "accept", ["application/openmetrics-text; version=1.0.0", "nonsense/;;q=x", "", "image/png", "*/*"]
)
def test_whatever_is_accepted_one_of_two_formats_is_given(full: Store, accept: str) -> None:
    client = with_metrics(full, "open").test_client()
    answer = client.get("/metrics", headers={"Accept": accept})
    if "openmetrics" in accept:
        assert answer.content_type.startswith("application/openmetrics-text; version=1.0.0")
        assert answer.text.endswith("# EOF\n")
        assert {family.name for family in open_metrics(answer.text)} >= {"ringback_calls_arrived", "ringback_up"}
    else:
        assert answer.content_type.startswith("text/plain")
        assert samples(answer.text)
    head = client.head("/metrics", headers={"Accept": accept})
    assert (head.status_code, head.content_type, head.data) == (200, answer.content_type, b"")


HERE, THERE = {"REMOTE_ADDR": "127.0.0.1"}, {"REMOTE_ADDR": "192.0.2.7"}


def test_who_may_read_it_is_a_setting(house: Store) -> None:
    good = key_for(house, ["metrics:read"], "prometheus")
    other = key_for(house, ["calls:read", "queues:read"], "report")
    with house.sessions() as session, session.begin():
        _, old = keys.make(session, "old", ["all_calls"], "admin")
        row, late = keys.make(session, "late", [], "admin", scopes=["metrics:read"])
        row.expires_at = utcnow() - timedelta(seconds=1)
    asked: dict[str, dict[str, str]] = {
        "nobody": {},
        "good": good,
        "other": other,
        "old": {"Authorization": f"Bearer {old}"},
        "late": {"Authorization": f"Bearer {late}"},
        "invented": {"Authorization": "Bearer rb_\u00e9"},
        "basic": {"Authorization": "Basic YTpi"},
        "proxied": {"X-Forwarded-For": "192.0.2.9"},
    }
    found = {}
    for setting in ("key", "open", "off"):
        client = with_metrics(house, setting).test_client()
        for where, environ in (("here", HERE), ("there", THERE)):
            found[setting, where] = {
                who: client.get("/metrics", headers=headers, environ_base=environ).status_code
                for who, headers in asked.items()
            }
    by_key = {"nobody": 401, "good": 200, "other": 403, "old": 403, "late": 401, "invented": 401, "basic": 401}
    by_key["proxied"] = 401
    everybody = dict.fromkeys(asked, 200) | {"proxied": 401}
    off = dict.fromkeys(asked, 404)
    assert found == {
        ("key", "here"): by_key,
        ("key", "there"): by_key,
        ("open", "here"): everybody,
        ("open", "there"): by_key,
        ("off", "here"): off,
        ("off", "there"): off,
    }


def test_who_is_refused_is_told_why_in_plain_text(house: Store) -> None:
    answer = with_metrics(house, "key").test_client().get("/metrics")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "<" not in answer.text and answer.text.strip()
    assert "Set-Cookie" not in answer.headers


def test_a_store_that_is_away_is_told_and_comes_back(full: Store) -> None:
    header = key_for(full, ["metrics:read"])
    never_seen = key_for(full, ["metrics:read"], "second")
    app = with_metrics(full, "key")
    now = [1_000_000_000.0]
    kept, _ = app.extensions["metrics"]
    kept._clock = lambda: now[0]
    client = app.test_client()
    assert client.get("/metrics", headers=header).status_code == 200
    engine = full.sessions.kw["bind"]
    away = "file:/nowhere/at/all.db?mode=ro"

    def gone(*_: Any) -> Any:
        import sqlite3

        return sqlite3.connect(away, uri=True)

    engine.dispose()
    event.listen(engine, "do_connect", gone)
    now[0] += KEPT_SECONDS
    answer = client.get("/metrics", headers=header)
    assert answer.status_code == 200
    found = samples(answer.text)
    assert of(found, "ringback_up") == 0
    assert {name for name, _ in found} == {
        "ringback_up",
        "ringback_build_info",
        "ringback_recordings_disk_free_bytes",
        "ringback_recordings_disk_size_bytes",
    }
    unknown = client.get("/metrics", headers=never_seen)
    assert (unknown.status_code, unknown.headers["Retry-After"]) == (503, "15")
    event.remove(engine, "do_connect", gone)
    now[0] += KEPT_SECONDS
    assert of(samples(client.get("/metrics", headers=header).text), "ringback_up") == 1


def test_a_reading_of_either_store_has_what_only_that_one_knows(
    store: sessionmaker[Session], settings: Settings
) -> None:
    with store() as session, session.begin():
        evening(session, utcnow())
    families = {family.name: family for family in KeptMetrics(store).metrics(settings)}
    log = {"ringback_store_log_bytes", "ringback_store_log_written_bytes"} & set(families)
    is_sqlite = store.kw["bind"].dialect.name == "sqlite"
    assert log == {"ringback_store_log_bytes" if is_sqlite else "ringback_store_log_written_bytes"}
    assert families["ringback_up"].samples[0].value == 1
    assert families["ringback_trunk_registered"].samples[0].value == 1
    arrived = {sample.labels["line"]: sample.value for sample in families["ringback_calls_arrived"].samples}
    assert arrived == {"1000": 3, "1001": 0, "other": 1}
    size = families["ringback_store_size_bytes"].samples[0].value
    assert size > 100_000


def test_what_cannot_be_added_up_now_is_counted_all_the_same(full: Store) -> None:
    """Another program writes for long: readings go on, and the sum is made by a later one."""
    clock = [utcnow().timestamp()]
    kept = KeptMetrics(full.sessions, lambda: clock[0])
    engine = full.sessions.kw["bind"]

    def refuse(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE line_memory"):
            raise OperationalError(statement, {}, Exception("database is locked"))

    def arrived() -> float:
        found = {family.name: family for family in kept.metrics(full.settings)}
        assert found["ringback_up"].samples[0].value == 1
        return sum(sample.value for sample in found["ringback_calls_arrived"].samples)

    assert arrived() == 4
    event.listen(engine, "before_cursor_execute", refuse)
    clock[0] += 3600
    assert arrived() == 4
    event.remove(engine, "before_cursor_execute", refuse)
    clock[0] += KEPT_SECONDS
    assert arrived() == 4
    with full.sessions() as session:
        session.execute(delete(QueueVisit))
        session.execute(delete(Call))
        session.commit()
    clock[0] += KEPT_SECONDS
    kept = KeptMetrics(full.sessions, lambda: clock[0])
    assert arrived() == 4


def test_who_asks_often_does_not_load_the_store(full: Store) -> None:
    now = [utcnow().timestamp()]
    kept = KeptMetrics(full.sessions, lambda: now[0])
    said: list[str] = []
    event.listen(full.sessions.kw["bind"], "before_cursor_execute", lambda *args: said.append(args[2]))
    threads = [threading.Thread(target=kept.metrics, args=(full.settings,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    once = len(said)
    assert 0 < once < 40
    now[0] += KEPT_SECONDS / 2
    kept.metrics(full.settings)
    assert len(said) == once
    now[0] += KEPT_SECONDS
    kept.metrics(full.settings)
    assert len(said) > once


def test_a_store_that_hangs_keeps_one_thread(full: Store) -> None:
    kept = KeptMetrics(full.sessions, patience_seconds=0.01)
    assert kept._one_at_a_time.acquire()
    families = kept.metrics(full.settings)
    assert [family.samples[0].value for family in families if family.name == "ringback_up"] == [0.0]


def counts(sessions: sessionmaker[Session], now: datetime) -> Counter[totals.Key]:
    with sessions() as session, session.begin():
        totals.fold(session, ["1000"], now)
        return totals.totals(session, ["1000"], now)


BEGAN = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_totals_outlive_their_rows_and_a_late_row_is_counted(store: sessionmaker[Session]) -> None:
    assert sum(counts(store, BEGAN).values()) == 0
    with store() as session, session.begin():
        call(session, "c-1", BEGAN, result="served", ended_at=BEGAN + timedelta(seconds=90))
        visit(session, "c-1", BEGAN, 20.0, "answered")
    first = counts(store, BEGAN + timedelta(minutes=2))
    assert first[totals.ARRIVED, "1000"] == first[totals.WAITS, "support", "answered", "3"] == 1
    hour = BEGAN + timedelta(hours=1)
    assert counts(store, hour) == first
    with store() as session, session.begin():
        session.execute(delete(QueueVisit))
        session.execute(delete(Call))
        call(session, "c-2", hour - timedelta(minutes=8), result="served", ended_at=hour - timedelta(minutes=7))
    later = counts(store, hour)
    assert later[totals.ENDED, "served"] == 2
    assert later[totals.WAITED, "support", "answered"] == 20.0
    assert counts(store, hour + timedelta(days=40))[totals.ENDED, "served"] == 2


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Store]]:
    made: list[Store] = []
    people = make_people(tmp_path_factory.mktemp("totals"))

    def make() -> Store:
        made.append(open_copy(people, tmp_path_factory.mktemp("store") / "data"))
        return made[-1]

    yield make
    for each in made:
        each.sessions.kw["bind"].dispose()


@hypothesis_settings(max_examples=8)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["look", "call", "restart", "forget"]),
            st.integers(1, 1500),
            st.sampled_from(["served", "abandoned", "failed"]),
            st.integers(0, 9 * 60),
        ),
        max_size=14,
    )
)
def test_whatever_happens_no_total_goes_down_and_none_counts_twice(
    one_store: Callable[[], Store], steps: list[tuple[str, int, str, int]]
) -> None:
    house, now, clock = one_store(), BEGAN, [BEGAN.timestamp()]
    kept = KeptMetrics(house.sessions, lambda: clock[0])
    counts(house.sessions, now)
    happened: Counter[str] = Counter()
    before: Samples = {}
    for number, (step, seconds, result, late) in enumerate([*steps, ("look", 1, "", 0)]):
        now += timedelta(seconds=seconds)
        clock[0] = now.timestamp()
        if step == "call":  # written up to nine minutes after it ended
            ended = max(BEGAN + timedelta(seconds=1), now - timedelta(seconds=late))
            with house.sessions() as session, session.begin():
                call(session, f"c-{number}", ended, result=result, ended_at=ended)
            happened[result] += 1
        elif step == "restart":
            kept = KeptMetrics(house.sessions, lambda: clock[0])
        elif step == "forget":  # as the retention clock does, of what is old
            with house.sessions() as session, session.begin():
                session.execute(delete(Call).where(Call.ended_at < now - timedelta(days=1)))
        else:
            found: Samples = {
                (sample.name, tuple(sorted(sample.labels.items()))): sample.value
                for family in kept.metrics(house.settings)
                if family.type in ("counter", "histogram") and "log_written" not in family.name
                for sample in family.samples
            }
            assert {key for key, value in before.items() if found[key] < value} == set()
            before = found
    for result in ("served", "abandoned", "failed"):
        assert of(before, "ringback_calls_ended_total", result=result) == happened[result]


def test_however_many_calls_there_are_a_reading_goes_through_none_of_their_tables(
    sqlite_store: sessionmaker[Session], settings: Settings
) -> None:
    engine = sqlite_store.kw["bind"]
    said: list[tuple[str, Any]] = []
    event.listen(
        engine, "before_cursor_execute", lambda _c, _k, statement, values, *_: said.append((statement, values))
    )
    KeptMetrics(sqlite_store).metrics(settings)
    asked = [each for each in said if each[0].startswith("SELECT")]
    assert len(asked) > 15
    small = {"agent_state", "process", "line_memory", "work_failure", "self_call", "recording_upload"}
    with engine.connect() as connection:
        for statement, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            # These indexes have what waits or was given up alone.
            partial = " USING INDEX ix_outbox_delivery_"
            scanned = {row[3].split()[1] for row in plan if row[3].startswith("SCAN") and partial not in row[3]}
            assert scanned <= small, (statement, [row[3] for row in plan])
