"""The worker's loop: poison does not stop it, workers share the work, each call comes out once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from app import bootstrap
from app.worker import Stage, Worker
from calls.models import Call, Contact
from recording.models import Recording
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.bus import Alarm, Process
from ringback.store.dead_letters import TRIES, Failure, forget, standing
from ringback.store.load import is_busy, say_busy
from ringback.store.told import told
from survey.models import SurveyAnswer
from tests.unit.recording.test_recording import noise, put_raw
from tickets.models import Ticket, TicketEntry

Sessions = sessionmaker[Session]
Until = Callable[..., Any]


@contextmanager
def running(*workers: Worker) -> Iterator[None]:
    """The workers at work, each in a thread, until the block ends."""
    threads = [threading.Thread(target=worker.run) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.stop.set()
        for thread in threads:
            thread.join()


def without_speech(settings: Settings, store: Sessions) -> list[Stage]:
    """The real stages but transcripts, which tests/speech runs with real models."""
    return [stage for stage in bootstrap.worker_stages(settings, store) if stage.name != "transcripts"]


def add_call(
    store: Sessions, settings: Settings, call_id: str, seconds: float = 3.0, number: str = "+12025550123"
) -> None:
    put_raw(settings, noise(seconds).tobytes(), call_id)
    with store() as session, session.begin():
        now = utcnow()
        session.add(
            Call(
                call_id=call_id,
                line="1000",
                language="en",
                caller_number=number,
                caller_name="Ann",
                state="ended",
                result="served",
                agent="anna",
                menu_path=[{"menu": "main", "key": "1", "label": "Help"}],
                arrived_at=now - timedelta(seconds=seconds),
                ended_at=now,
            )
        )
        session.flush()
        session.add(SurveyAnswer(call_id=call_id, survey="solved", question="Solved?", key="1", label="Yes", at=now))


def test_work_that_can_wait_stands_back_while_callers_need_the_machine(
    store: Sessions, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def stage(name: str, niceness: int) -> Stage:
        return Stage(name, lambda _session, _full: [name], done.append, niceness)

    def say(busy: bool) -> None:
        with store() as session, session.begin():
            say_busy(session.connection(), busy, utcnow())

    say(True)
    worker = Worker(store, [stage("tickets", 0), stage("transcripts", 10)])
    worker._beat()
    with running(worker):
        until(lambda: done.count("tickets") > 2)
        assert "transcripts" not in done
        say(False)
        until(lambda: "transcripts" in done)
    done.clear()
    say(True)
    monkeypatch.setattr("app.worker.STAND_BACK_SECONDS", 0.5)
    again = Worker(store, [stage("transcripts", 10)])
    again._beat()
    with running(again):
        until(lambda: "transcripts" in done)  # one piece now and then, however long callers keep coming


def test_work_wakes_the_stages_that_may_have_something_to_do_and_no_others(store: Sessions, until: Until) -> None:
    looks: dict[str, int] = {"next": 0, "other": 0}
    due = threading.Event()

    def look(name: str) -> list[str]:
        looks[name] += 1
        return []

    def stage(name: str) -> Stage:
        return Stage(name, lambda _session, _full: look(name), str, poll_seconds=60)

    def work(key: str) -> str:
        due.clear()
        return key

    first = Stage("first", lambda _session, _full: ["key"] if due.is_set() else [], work, wakes=frozenset({"next"}))
    with running(Worker(store, [first, stage("next"), stage("other")])):
        until(lambda: looks == {"next": 1, "other": 1})
        due.set()
        until(lambda: looks["next"] == 2)
    assert looks["other"] == 1


def test_every_stage_wakes_stages_that_there_are(sqlite_store: Sessions, tmp_path: Path) -> None:
    stages = bootstrap.worker_stages(Settings(data=tmp_path), sqlite_store)
    assert {name for stage in stages for name in stage.wakes} <= {stage.name for stage in stages}


def test_a_controller_that_was_killed_while_it_was_busy_keeps_nothing_waiting(store: Sessions) -> None:
    with store() as session, session.begin():
        say_busy(session.connection(), True, utcnow())
    with store() as session:
        assert is_busy(session, utcnow())
        assert not is_busy(session, utcnow() + timedelta(minutes=2))


def test_what_cannot_be_done_is_set_aside_and_the_rest_goes_on(store: Sessions, until: Until) -> None:
    tried: dict[str, int] = {}
    healthy = threading.Event()

    def work(key: str) -> str:
        tried[key] = tried.get(key, 0) + 1
        if key == "poison" and not healthy.is_set():
            raise KeyError(key)
        return key

    def worker() -> Worker:
        return Worker(store, [Stage("stage", lambda _session, _full: ["poison", "good"], work)], retry_seconds=0.02)

    def aside() -> list[tuple[str, str, int]]:
        with store() as session:
            return [(row.stage, row.key, row.tries) for row in standing(session)]

    def alarms() -> list[str]:
        with store() as session:
            return list(session.scalars(select(Alarm.kind).where(Alarm.cleared_at.is_(None))))

    with running(worker()):
        until(lambda: tried.get("good", 0) > TRIES + 2 and aside())
    assert (tried["poison"], aside()) == (TRIES, [("stage", "poison", TRIES)])
    good = tried["good"]
    with running(worker()):  # a new worker leaves it alone, too
        until(lambda: tried["good"] > good + 2)
        assert tried["poison"] == TRIES
        assert alarms() == ["work.set_aside"]
        healthy.set()
        with store() as session, session.begin():
            assert forget(session, "stage", "poison", utcnow())
        until(lambda: tried["poison"] > TRIES)
        assert (aside(), alarms()) == ([], [])


def test_a_try_that_goes_well_forgets_those_before(store: Sessions, until: Until) -> None:
    tries: list[str] = []

    def work(key: str) -> str:
        tries.append(key)
        if len(tries) < TRIES:
            raise KeyError(key)
        return key

    def failures() -> int:
        with store() as session:
            return session.scalar(select(func.count()).select_from(Failure)) or 0

    worker = Worker(store, [Stage("stage", lambda _session, _full: ["key"], work)], retry_seconds=0.02)
    with running(worker):
        until(lambda: len(tries) > TRIES + 1)
        until(lambda: failures() == 0)
        assert tries[: TRIES + 1] == ["key"] * (TRIES + 1), "it was set aside at no time"


def test_a_store_that_is_away_is_waited_for_and_said(sqlite_store: Sessions, until: Until) -> None:
    broken = threading.Event()
    broken.set()
    done: list[str] = []

    def due(session: Session, _full: bool) -> list[str]:
        if broken.is_set():
            session.execute(text("SELECT * FROM nothing_of_that_name"))
        return [] if done else ["key"]

    def trouble() -> str | None:
        with sqlite_store() as session:
            found = session.scalar(select(Process.trouble))
            return str(found) if found else None

    def work(key: str) -> str:
        done.append(key)
        return key

    with running(Worker(sqlite_store, [Stage("stage", due, work)])):
        assert "The stage stage cannot look for work: " in until(trouble)
        broken.clear()
        until(lambda: done == ["key"])
        until(lambda: trouble() is None)


def test_how_much_is_due_is_told_for_those_who_watch(store: Sessions, until: Until) -> None:
    may_end = threading.Event()
    pieces = ["a", "b", "c"]

    def work(key: str) -> str:
        if key == "b":
            may_end.wait(20)
        pieces.remove(key)
        return key

    def due() -> int | None:
        with store() as session:
            found = told(session, "worker", utcnow()).get("due", {})
            return found.get("stage")

    with running(Worker(store, [Stage("stage", lambda _session, _full: list(pieces), work)])):
        until(lambda: due() == 2)
        may_end.set()
        until(lambda: due() == 0)
    assert due() == 0
    with store() as session:
        assert told(session, "worker", utcnow() + timedelta(minutes=1)) == {}


def test_signs_of_life_are_one_row_that_several_workers_share(store: Sessions, until: Until) -> None:
    def beats() -> list[Any]:
        with store() as session:
            return list(session.scalars(select(Process.beat_at)))

    with running(Worker(store, []), Worker(store, [])):
        first = until(beats)
        until(lambda: beats()[0] > first[0])
        assert len(beats()) == 1


def test_from_the_hangup_to_ticket_history_and_recording(
    sqlite_store: Sessions, settings: Settings, until: Until
) -> None:
    def entries() -> list[str]:
        with sqlite_store() as session:
            return list(session.scalars(select(TicketEntry.kind).order_by(TicketEntry.at, TicketEntry.id)))

    def recorded() -> str | None:
        with sqlite_store() as session:
            return session.scalar(select(Recording.state).where(Recording.state != "spooled"))

    with running(Worker(sqlite_store, without_speech(settings, sqlite_store))):
        add_call(sqlite_store, settings, "1700000000.1")
        until(lambda: len(entries()) == 3)
        assert until(recorded) == "stored"
    assert sorted(entries()) == ["answer", "call", "opened"]
    with sqlite_store() as session:
        assert session.scalars(select(Ticket)).one().subject == "Help"


def test_several_workers_do_everything_once(store: Sessions, settings: Settings, until: Until) -> None:
    calls = [f"1700000000.{number}" for number in range(12)]
    workers = [Worker(store, without_speech(settings, store)) for _ in range(3)]

    def finished() -> bool:
        with store() as session:
            stored = session.scalar(select(func.count()).select_from(Recording).where(Recording.state == "stored"))
            told = session.scalar(select(func.count()).select_from(TicketEntry))
            return stored == len(calls) and told == 3 * len(calls)

    with running(*workers):
        for at, call_id in enumerate(calls):
            add_call(store, settings, call_id, number=f"+120255501{at:02}")
        until(finished, 90)
    with store() as session:
        numbers = session.scalars(select(Call.ticket_number)).all()
        assert len(set(numbers)) == len(calls)
        assert session.scalar(select(func.count()).select_from(Ticket)) == len(calls)
        assert session.scalar(select(func.count()).select_from(Contact)) == len(calls)
        assert set(session.scalars(select(Recording.attempts))) == {1}
    assert not list(settings.spool.iterdir())


def test_a_stage_that_tidies_does_it_at_the_first_full_look(sqlite_store: Sessions, until: Until) -> None:
    looks: list[bool] = []
    tidied: list[int] = []

    def due(_session: Session, full: bool) -> list[str]:
        looks.append(full)
        return []

    with running(Worker(sqlite_store, [Stage("stage", due, str, tidy=lambda: tidied.append(1))])):
        until(lambda: len(looks) >= 3)
    assert looks[:3] == [True, False, False]
    assert tidied == [1]


def test_a_stage_that_cannot_tidy_does_its_work_all_the_same(sqlite_store: Sessions, until: Until) -> None:
    """The look that went wrong counts: a broken file is not asked for again and again."""
    done: list[str] = []
    tidied: list[int] = []

    def tidy() -> None:
        tidied.append(1)
        raise OSError(5, "Input/output error", "x.flac")

    def trouble() -> str | None:
        with sqlite_store() as session:
            found = session.scalar(select(Process.trouble))
            return str(found) if found else None

    def work(key: str) -> str:
        done.append(key)
        return key

    with running(Worker(sqlite_store, [Stage("stage", lambda _session, _full: ["key"], work, tidy=tidy)])):
        until(lambda: len(done) > 2)
        assert "The stage stage cannot tidy up: " in until(trouble) and "x.flac" in until(trouble)
    assert tidied == [1]


@pytest.mark.parametrize("full", [True, False])
def test_every_stage_looks_at_an_empty_store(store: Sessions, settings: Settings, full: bool) -> None:
    """All but the watch and the reports, which look by the clock, whatever there is."""
    stages = [each for each in bootstrap.worker_stages(settings, store) if each.name not in ("watch", "reports")]
    with store() as session:
        assert [key for stage in stages for key in stage.due(session, full)] == []


def test_other_settings_are_taken_between_two_pieces_of_work(
    sqlite_store: sessionmaker[Session], until: Callable[..., Any]
) -> None:
    """Nothing is started again: the piece that is begun is finished, the next is done by the new stage."""
    done: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def slowly(key: str) -> str:
        begun.set()
        assert go_on.wait(10)
        done.append(f"old {key}")
        return key

    old = Stage("stage", lambda _session, _full: ["a"] if not done else [], slowly, poll_seconds=0.01)
    new = Stage("stage", lambda _session, _full: ["b"], lambda key: done.append(f"new {key}"), poll_seconds=0.01)
    published: list[list[Stage]] = []
    worker = Worker(sqlite_store, [old], renew=lambda: published.pop() if published else None)
    with running(worker):
        assert begun.wait(10)
        published.append([new])
        until(lambda: not published)
        assert done == []
        go_on.set()
        until(lambda: "new b" in done)
    assert done[0] == "old a"


def test_settings_that_cannot_be_taken_keep_no_work_waiting(
    sqlite_store: sessionmaker[Session], until: Callable[..., Any]
) -> None:
    def broken() -> list[Stage] | None:
        raise ValueError("a fault of ours")

    done: list[str] = []
    worker = Worker(sqlite_store, [Stage("stage", lambda _session, _full: ["a"], done.append)], renew=broken)
    with running(worker):
        until(lambda: "settings" in worker._trouble)
        count = len(done)
        until(lambda: len(done) > count)
    assert set(done) == {"a"}, "as before"
