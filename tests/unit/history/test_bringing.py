"""Imports in a store: shown, brought, repeated, broken off, taken back."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from controller.store import ControllerStore
from history import bringing, service
from history.erasing import erase
from history.errors import HistoryError
from history.models import HistoryImport, ImportedVisit
from history.names import NameMap, read_map
from history.reading import source
from queueing.history import History
from ringback.config import Settings
from ringback.fingerprints import fingerprint
from ringback.store.erasing import Scope

CAPTURES = Path(__file__).parent / "captures"
BOTH = [CAPTURES / "queue_log", CAPTURES / "queue_log.1"]
KEY = "k" * 64
SETTINGS = {
    "lines": [{"number": "600", "name": "Support", "default_country": "DE"}],
    "agents": [{"name": "anna", "display": "Anna", "extension": "201"}],
    "queues": {"support": {"name": "Support", "agents": ["anna"]}, "billing": {"name": "Billing", "agents": ["anna"]}},
}


@pytest.fixture(name="ours")
def settings_of_ours(tmp_path: Path) -> Settings:
    return Settings.model_validate({**SETTINGS, "data": tmp_path / "data"})


def what(paths=BOTH, kind="queue_log", told=None):
    return source(kind, list(paths), "UTC", "cp1251", told or NameMap())


def bring(store, settings, given_source=None):
    return bringing.bring(store, settings, given_source or what(), KEY, "ada", lambda _: None)


def count(store) -> int:
    with store() as session:
        return session.scalar(select(func.count()).select_from(ImportedVisit))


def test_an_import_is_shown_first_and_then_stored_under_our_names(store, ours):
    shown = bringing.preview(store, ours, what(), KEY, lambda _: None)
    assert (shown.visits, shown.known, count(store)) == (14, 0, 0)
    made, _ = bring(store, ours)
    assert (made.state, made.counts["new"], [each["name"] for each in made.files]) == (
        "complete",
        14,
        ["queue_log.1", "queue_log"],
    )
    with store() as session:
        row = session.scalars(select(ImportedVisit).where(ImportedVisit.queue == "support")).first()
        assert (row.agent, row.outcome, row.wait_seconds, row.talk_seconds, row.ended_by) == (
            "anna",
            "answered",
            1,
            3,
            "agent",
        )
        assert row.caller == fingerprint("+491701234567", KEY)
        assert session.scalar(select(ImportedVisit.caller).where(ImportedVisit.queue == "empty")) is None
    assert shown.names.unknown["queue"] == {"late": 3, "sales": 2, "empty": 1}


def test_the_same_files_again_and_files_that_overlap_bring_nothing_twice(store, ours):
    bring(store, ours, what(BOTH[1:]))
    made, understood = bring(store, ours)
    assert (made.counts["new"], made.counts["known"]) == (6, 8)
    again, understood = bring(store, ours)
    assert (again, understood.known, count(store)) == (None, 14, 14)
    with store() as session:
        assert len(service.imports(session)) == 2


def test_an_import_that_was_broken_off_counts_for_nothing_and_goes_on_with_the_same_command(store, ours, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(_visits):
        raise Killed

    monkeypatch.setattr(bringing, "CHUNK", 5)
    with pytest.raises(Killed):
        bringing.bring(store, ours, what(), KEY, "ada", killed)
    with store() as session:
        assert session.scalar(select(HistoryImport.state)) == "writing"
        assert service.arrivals(session, None, *_days()) == [0, 0]
    with pytest.raises(HistoryError) as error:
        bring(store, ours, what(BOTH[:1]))
    assert error.value.code == "history.broken_off"
    made, _ = bring(store, ours)
    assert (made.state, made.counts["new"], count(store)) == ("complete", 14, 14)


def _days():
    day = datetime(2026, 11, 30, tzinfo=UTC)
    return day, day + timedelta(days=2), timedelta(days=1)


def test_an_undone_import_is_gone_whole_and_can_be_brought_again(store, ours, monkeypatch):
    monkeypatch.setattr(bringing, "CHUNK", 4)
    made, _ = bring(store, ours)
    later = bring(store, ours, what([CAPTURES / "Master.csv"], "cdr"))[0]
    gone, to_repeat = bringing.undo(store, ours, made.id, "grace")
    assert (gone, to_repeat, count(store)) == (14, [], later.counts["new"])
    with pytest.raises(HistoryError, match="undone already, by grace"):
        bringing.undo(store, ours, made.id, "grace")
    assert bring(store, ours)[0].counts["new"] == 14


def test_who_undoes_is_told_of_imports_that_left_out_what_was_there(store, ours):
    first, _ = bring(store, ours, what(BOTH[1:]))
    bring(store, ours)
    _, to_repeat = bringing.undo(store, ours, first.id, "ada")
    assert [each.counts["known"] for each in to_repeat] == [8]


def test_an_undoing_that_was_broken_off_counts_at_once_and_has_to_be_ended(store, ours, monkeypatch):
    made, _ = bring(store, ours)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(bringing, "_remove", killed)
        with pytest.raises(KeyboardInterrupt):
            bringing.undo(store, ours, made.id, "ada")
    with store() as session:
        assert service.arrivals(session, "support", *_days()) == [0, 0]
    with pytest.raises(HistoryError, match="ringback import undo"):
        bring(store, ours)
    assert bringing.undo(store, ours, made.id, "ada")[0] == 14


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("queue_log", "hello\nworld\n", "history.mostly_broken"),
        ("queue_log", "1700000000|NONE|NONE|NONE|QUEUESTART|\n", "history.no_visits"),
        ("cdr", "hello\n", "history.no_cdr"),
        ("csv", "a,b,c\n1,2,3\n", "history.no_columns"),
        ("csv", "queue,entered,outcome\n" + "x" * (2 << 20), "history.no_lines"),
    ],
)
def test_files_that_are_something_else_leave_nothing(sqlite_store, settings, tmp_path, kind, text, code):
    (tmp_path / "file").write_text(text)
    with pytest.raises(HistoryError) as error:
        bring(sqlite_store, settings, what([tmp_path / "file"], kind))
    assert error.value.code == code
    with sqlite_store() as session:
        assert service.imports(session) == []


def test_what_breaks_in_the_middle_takes_back_what_it_wrote(sqlite_store, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(bringing, "CHUNK", 10)
    good = "".join(f"{1_700_000_000 + 100 * at}|c{at}|support|NONE|ABANDON|1|1|9\n" for at in range(100))
    (tmp_path / "queue_log").write_text(good + "x" * (2 << 20))
    with pytest.raises(HistoryError, match="no line break"):
        bring(sqlite_store, settings, what([tmp_path / "queue_log"]))
    assert count(sqlite_store) == 0


def test_two_imports_do_not_go_on_at_once(sqlite_store, ours):
    with bringing._one_at_a_time(ours), pytest.raises(HistoryError, match="Another import"):
        bring(sqlite_store, ours)


def test_whoever_is_erased_is_not_known_again_by_the_imported_history(sqlite_store, ours, monkeypatch):
    bring(sqlite_store, ours)
    monkeypatch.setattr("history.erasing.number_key", lambda _: KEY)
    with sqlite_store.begin() as session:
        removed = erase(session, ours, Scope(person=True, numbers=("+491701234567", "01701234567")))
        assert [(each.kind, each.count) for each in removed] == [("imported caller", 2)]
        assert erase(session, ours, Scope(person=True, numbers=("+491701234567",))) == []


def test_what_the_map_says_is_done(sqlite_store, ours):
    told = read_map(
        b"queues: {late: billing, empty: null}\nagents: {204: anna}\noutcomes: {EXITWITHKEY/1: callback}\n", ours
    )
    _, understood = bring(sqlite_store, ours, what(told=told))
    assert understood.queues == {"support": 5, "billing": 6, "sales": 2}
    assert (understood.outcomes["callback"], understood.seen.left["by_map"]) == (1, 1)
    assert understood.names.unknown["agent"] == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"queues: {late: supprt}", "history.map_queue"),
        (b"agents: {204: nobody}", "history.map_agent"),
        (b"lines: {a: b}", "history.map_line"),
        (b"outcomes: {a: gone}", "history.no_map"),
        (b"quees: {}", "history.no_map"),
        (b"- [", "history.no_map"),
        (b"\xff\xfe", "history.no_map"),
        (b"[" * 1200, "history.no_map"),
    ],
)
def test_a_map_that_cannot_be_meant_is_refused(ours, text, code):
    with pytest.raises(HistoryError) as error:
        read_map(text, ours)
    assert error.value.code == code


def test_arrivals_are_counted_in_the_steps_that_are_asked_for(store, ours):
    bring(store, ours)
    since = datetime(2026, 11, 30, 21, 28, 20, tzinfo=UTC)
    with store() as session:
        steps = service.arrivals(session, "support", since, since + timedelta(seconds=65), timedelta(seconds=10))
        assert steps == [1, 1, 1, 0, 0, 1, 0]
        assert sum(service.arrivals(session, None, *_days())) == 14
        assert service.arrivals(session, None, since, since, timedelta(hours=1)) == []


def test_the_expected_wait_learns_waits_talks_and_who_gave_up(sqlite_store, ours):
    bring(sqlite_store, ours)
    with sqlite_store() as session:
        support, *_, billing = service.past(session, ["support", "billing"])
    assert (support.queue, support.waited, support.handled, support.abandoned) == ("support", 1, 3, False)
    assert (billing.queue, billing.handled) == ("billing", None)


def test_a_new_controller_tells_waits_by_the_talks_of_the_system_before(sqlite_store, ours, tmp_path):
    at = 1_768_471_200
    lines = [f"support,{at + 60 * each},answered,20,300,10" for each in range(30)]
    (tmp_path / "calls.csv").write_text("queue,entered,outcome,wait,talk,hold\n" + "\n".join(lines))
    bring(sqlite_store, ours, what([tmp_path / "calls.csv"], "csv"))
    learned = History()
    for visit in ControllerStore(sqlite_store.kw["bind"], ours).past_visits(["support", "billing"]):
        learned.learn(visit.queue, visit.at, waited=visit.waited, abandoned=visit.abandoned, handled=visit.handled)
    assert (learned.knows("support"), learned.knows("billing")) == (True, False)
    assert learned.handling_seconds("support", at + 7 * 86_400) == pytest.approx(310)


MUTATED = b"".join(path.read_bytes() for path in reversed(BOTH))


@given(st.lists(st.tuples(st.integers(0, len(MUTATED) - 1), st.binary(max_size=6), st.integers(0, 60)), max_size=6))
@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_a_good_file_is_broken_nothing_crashes_and_nothing_is_there_twice(
    sqlite_store, ours, tmp_path, changes
):
    data = bytearray(MUTATED)
    for at, new, cut in changes:
        data[at : at + cut] = new
    (tmp_path / "queue_log").write_bytes(bytes(data))
    made = None
    with suppress(HistoryError):
        made, _ = bring(sqlite_store, ours, what([tmp_path / "queue_log"]))
        assert made is not None
        assert bring(sqlite_store, ours, what([tmp_path / "queue_log"]))[0] is None
    with sqlite_store() as session:
        assert session.scalars(select(HistoryImport.state)).all() == (["complete"] if made else [])
    if made:
        bringing.undo(sqlite_store, ours, made.id, "ada")
        with sqlite_store.begin() as session:
            session.query(HistoryImport).delete()
    assert count(sqlite_store) == 0
