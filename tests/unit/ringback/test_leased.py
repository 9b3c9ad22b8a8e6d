"""Work on a leased row ends in one of five ways, whatever the room."""

import errno
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from ringback.environment import Away
from ringback.messages import text
from ringback.store import lease
from ringback.store.base import utcnow
from ringback.store.leased import Terms, renewing, take, work_on
from tests.support.recordings import CALL_ID, Sessions, add_call
from transcripts.models import Transcript

TERMS = Terms(
    logging.getLogger(__name__), waits={LookupError: 9.0, UnicodeError: 4.0}, ended_state="failed", ends=(ValueError,)
)
WITHOUT_STATE = Terms(logging.getLogger(__name__))


@pytest.fixture
def held(sqlite_store: Sessions) -> lease.Lease:
    add_call(sqlite_store, 5.0)
    with sqlite_store() as session, session.begin():
        session.add(Transcript(call_id=CALL_ID, language="en", state="waiting"))
    return claimed(sqlite_store)


def claimed(store: Sessions, terms: Terms = TERMS) -> lease.Lease:
    with store() as session, session.begin():
        session.execute(update(Transcript).values(lease_until=None))
        found = take(session, session.scalars(select(Transcript)).one(), terms)
    assert found is not None
    return found


def row_of(store: Sessions) -> Transcript:
    with store() as session:
        return session.scalars(select(Transcript)).one()


def failing(error: BaseException) -> Callable[[], str | None]:
    def work() -> str | None:
        raise error

    return work


def test_what_went_well_is_the_works_own_answer(sqlite_store: Sessions, held: lease.Lease) -> None:
    assert work_on(sqlite_store, held, "it", TERMS, lambda: "done") == "done"
    assert row_of(sqlite_store).lease_owner == held.holder  # giving it back is part of the work's own transaction


def test_what_counts_is_tried_again_until_no_tries_are_left(sqlite_store: Sessions, held: lease.Lease) -> None:
    work = failing(RuntimeError())
    assert work_on(sqlite_store, held, "it", TERMS, work) is None
    assert work_on(sqlite_store, claimed(sqlite_store), "it", TERMS, work) is None
    assert work_on(sqlite_store, claimed(sqlite_store), "it", TERMS, work) == "failed"
    row = row_of(sqlite_store)
    assert (row.state, row.error, row.lease_owner) == ("failed", text("RuntimeError"), None)
    assert row.finished_at is not None


def test_without_a_state_for_it_the_tries_alone_tell(sqlite_store: Sessions, held: lease.Lease) -> None:
    for _ in range(lease.TRIES):
        assert work_on(sqlite_store, held, "it", WITHOUT_STATE, failing(RuntimeError("No."))) is None
        if not lease.is_spent(row_of(sqlite_store)):
            held = claimed(sqlite_store, WITHOUT_STATE)
    row = row_of(sqlite_store)
    assert (row.state, row.error, row.attempts) == ("waiting", text("No."), lease.TRIES)


def test_what_another_try_would_meet_again_ends_at_once(sqlite_store: Sessions, held: lease.Lease) -> None:
    assert work_on(sqlite_store, held, "it", TERMS, failing(ValueError("No such language."))) == "failed"
    assert row_of(sqlite_store).error == text("No such language.")


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (OSError(errno.ENOSPC, "full"), 30.0),
        (Away("It is away."), 30.0),
        (KeyError("k"), 9.0),
        (UnicodeError("u"), 4.0),
    ],
    ids=["a full disk", "a storage that is away", "what the terms name", "nearer to that than to what ends it"],
)
def test_what_the_work_is_not_to_blame_for_never_counts(
    sqlite_store: Sessions, held: lease.Lease, error: Exception, seconds: float
) -> None:
    for _ in range(lease.CLAIMS + 1):
        assert work_on(sqlite_store, held, "it", TERMS, failing(error)) is None
        row = row_of(sqlite_store)
        assert (row.state, row.attempts) == ("waiting", 0)
        assert row.lease_until is not None
        assert timedelta(seconds=seconds - 2) < row.lease_until - utcnow() <= timedelta(seconds=seconds)
        held = claimed(sqlite_store)


def test_a_file_that_the_system_refuses_is_named(sqlite_store: Sessions, held: lease.Lease) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "/models/vosk.bin")
    assert work_on(sqlite_store, held, "it", TERMS, failing(error)) is None
    assert str(row_of(sqlite_store).error) == "/models/vosk.bin: Permission denied"


def test_the_values_of_a_row_that_the_store_refused_are_not_told(sqlite_store: Sessions, held: lease.Lease) -> None:
    error = IntegrityError("INSERT INTO segment VALUES (?)", {"text": "4111"}, Exception("UNIQUE constraint failed"))
    assert "4111" in str(error)
    assert work_on(sqlite_store, held, "it", TERMS, failing(error)) is None
    assert str(row_of(sqlite_store).error) == "(builtins.Exception) UNIQUE constraint failed"


@pytest.mark.parametrize(("quiet", "level"), [((), "WARNING"), ((Away,), "INFO")])
def test_what_is_no_trouble_is_no_warning(
    sqlite_store: Sessions,
    held: lease.Lease,
    caplog: pytest.LogCaptureFixture,
    quiet: tuple[type[Exception], ...],
    level: str,
) -> None:
    caplog.set_level(logging.INFO)
    assert work_on(sqlite_store, held, "it", replace(TERMS, quiet=quiet), failing(Away("A call goes on."))) is None
    assert [(each.levelname, each.message) for each in caplog.records] == [(level, "it, try 1: A call goes on.")]


def test_trouble_of_the_store_is_the_callers(sqlite_store: Sessions, held: lease.Lease) -> None:
    with pytest.raises(OperationalError):
        work_on(sqlite_store, held, "it", TERMS, failing(OperationalError("UPDATE", {}, Exception("disk is full"))))
    assert row_of(sqlite_store).attempts == 1


@pytest.mark.parametrize("error", [RuntimeError("No."), ValueError(), LookupError()], ids=["counts", "ends", "waits"])
def test_who_lost_the_row_writes_nothing(sqlite_store: Sessions, held: lease.Lease, error: Exception) -> None:
    with sqlite_store() as session, session.begin():
        session.execute(update(Transcript).values(lease_owner="elsewhere:1:1"))
    assert work_on(sqlite_store, held, "it", TERMS, failing(error)) is None
    assert work_on(sqlite_store, held, "it", TERMS, failing(lease.LeaseLost())) is None
    row = row_of(sqlite_store)
    assert (row.state, row.error, row.lease_owner) == ("waiting", None, "elsewhere:1:1")


def test_a_row_that_kills_its_workers_is_closed_when_it_is_taken(sqlite_store: Sessions, held: lease.Lease) -> None:
    gone = f"{lease.socket.gethostname()}:999999999:1"
    with sqlite_store() as session, session.begin():
        session.execute(update(Transcript).values(attempts=lease.CLAIMS, lease_owner=gone))
    with sqlite_store() as session, session.begin():
        assert take(session, session.scalars(select(Transcript)).one(), TERMS) is None
    assert row_of(sqlite_store).state == "failed"


def test_a_lease_is_renewed_long_before_it_runs_out(
    sqlite_store: Sessions, held: lease.Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_store() as session, session.begin():
        session.execute(update(Transcript).values(lease_until=utcnow()))
    clock = [0.0]
    monkeypatch.setattr("ringback.store.leased.time.monotonic", lambda: clock[0])
    tick = renewing(sqlite_store, held)
    tick()
    until = row_of(sqlite_store).lease_until
    assert until is not None
    assert until <= utcnow()
    clock[0] = lease.SECONDS / 4
    tick()
    later = row_of(sqlite_store).lease_until
    assert later is not None
    assert later > utcnow() + timedelta(seconds=lease.SECONDS - 2)
