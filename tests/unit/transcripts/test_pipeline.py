"""Stages of a transcript: each has its own state and tries, later ones follow a change, and any can be made again."""

import errno
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from recording.errors import StorageError
from ringback.config import Settings
from ringback.messages import text
from ringback.store import lease
from ringback.store.base import utcnow
from tickets.transcript_line import rebuild
from transcripts import stages
from transcripts.engines.recogniser import Word
from transcripts.errors import ModelError, TranscriptError
from transcripts.models import Segment, Transcript, TranscriptStage
from transcripts.pipeline import build
from transcripts.pipeline.reprocess import STAGES, dead_letters, reprocess
from transcripts.stages import Step, Work
from transcripts.text import raw_recognition

Sessions = sessionmaker[Session]
ARRIVED = datetime(2026, 3, 1, tzinfo=UTC)
CALL_ID = "1700000000.1"


def add(store: Sessions, settings: Settings, call_id: str = CALL_ID) -> None:
    with store() as session, session.begin():
        session.add(
            Call(
                call_id=call_id, line="1000", language="en", caller_number="201", caller_name="", state="ended",
                arrived_at=ARRIVED, ended_at=ARRIVED + timedelta(seconds=60),
            )
        )  # fmt: skip
        session.flush()
        row = Transcript(call_id=call_id, state="done", language="en")
        session.add(row)
        session.flush()
        raw_recognition.save(session, row.id, {"caller": [Word(1, 2, 0.9, "hello")]}, {"caller": [[0.9, 2.1]]})
        rebuild(session, row.id, settings)


def due(store: Sessions, stage: str, *, full: bool = False) -> list[str]:
    with store() as session:
        return stages.due(session, stage, full=full)


def finishing(made: list[int]) -> Step:
    def make(work: Work) -> None:
        work.tick()
        with work.finish():
            made.append(work.revision)

    return Step("measure", make)


def row(store: Sessions, stage: str = "measure") -> TranscriptStage:
    with store() as session:
        return session.scalars(select(TranscriptStage).where(TranscriptStage.stage == stage)).one()


def wait_no_more(store: Sessions) -> None:
    with store() as session, session.begin():
        session.execute(update(TranscriptStage).values(lease_until=utcnow()))


def test_a_stage_is_due_for_the_turns_as_they_are_now(store: Sessions, settings: Settings) -> None:
    add(store, settings)
    made: list[int] = []
    assert (due(store, "turns"), due(store, "measure")) == ([], [CALL_ID])
    assert stages.run(finishing(made), store, settings, CALL_ID) == "done"
    assert due(store, "measure") == []
    assert stages.run(finishing(made), store, settings, CALL_ID) is None
    with store() as session, session.begin():
        assert stages.is_current(session, CALL_ID, "measure")
        rebuild(session, session.scalars(select(Transcript.id)).one(), settings)
        assert not stages.is_current(session, CALL_ID, "measure")
    assert due(store, "measure") == [CALL_ID]
    assert stages.run(finishing(made), store, settings, CALL_ID) == "done"
    assert made == [1, 2]


def test_a_stage_waits_for_what_it_needs(store: Sessions, settings: Settings) -> None:
    add(store, settings)
    assert due(store, "index") == [CALL_ID]
    with store() as session, session.begin():
        assert reprocess(session, "redact", call_id=CALL_ID) == 1
    assert (due(store, "redact"), due(store, "index")) == ([CALL_ID], [])
    assert stages.run(Step("redact", partial(build.make, rebuild=rebuild)), store, settings, CALL_ID) == "done"
    assert (due(store, "redact"), due(store, "index")) == ([], [CALL_ID])


def test_what_was_made_of_older_turns_is_thrown_away_and_made_again(store: Sessions, settings: Settings) -> None:
    add(store, settings)

    def make(work: Work) -> None:
        with store() as session, session.begin():
            rebuild(session, work.transcript_id, settings)
        with work.finish() as session:
            session.execute(update(Transcript).values(model="stale"))

    assert stages.run(Step("measure", make), store, settings, CALL_ID) is None
    with store() as session:
        assert session.scalars(select(Transcript.model)).one() is None
    assert due(store, "measure") == [CALL_ID]


def test_poison_is_set_aside_with_its_reason_and_can_be_tried_again(store: Sessions, settings: Settings) -> None:
    add(store, settings)
    add(store, settings, "1700000000.2")

    def make(work: Work) -> None:
        raise ValueError("a word that nobody expected")

    for _ in range(lease.TRIES):
        stages.run(Step("measure", make), store, settings, CALL_ID)
        assert CALL_ID not in due(store, "measure")
        wait_no_more(store)
    assert due(store, "measure") == ["1700000000.2"]
    with store() as session, session.begin():
        (found,) = dead_letters(session)
        error = text("a word that nobody expected")
        assert (found["stage"], found["key"], found["error"]) == ("measure", CALL_ID, error)
        assert due(store, "index")  # the other stages go on
        assert reprocess(session, "measure", call_id=CALL_ID) == 1
    assert sorted(due(store, "measure")) == [CALL_ID, "1700000000.2"]


def test_a_model_that_is_missing_is_not_tried_thrice(sqlite_store: Sessions, settings: Settings) -> None:
    add(sqlite_store, settings)

    def make(work: Work) -> None:
        raise ModelError("text", text="There is no model.")

    assert stages.run(Step("measure", make), sqlite_store, settings, CALL_ID) == "failed"
    assert row(sqlite_store).error == text("There is no model.")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EIO, "Input/output error"),
        StorageError("recording.storage_slow", place="s3"),
    ],
    ids=["full", "broken", "storage"],
)
def test_a_disk_or_storage_that_is_away_is_waited_for_without_end(
    sqlite_store: Sessions, settings: Settings, error: Exception
) -> None:
    add(sqlite_store, settings)

    def make(work: Work) -> None:
        raise error

    for _ in range(lease.TRIES + 2):
        stages.run(Step("measure", make), sqlite_store, settings, CALL_ID)
        wait_no_more(sqlite_store)
    assert (row(sqlite_store).state, row(sqlite_store).attempts) == ("waiting", 0)
    assert due(sqlite_store, "measure") == [CALL_ID]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EISDIR, errno.ENOENT])
def test_a_file_that_cannot_be_had_is_set_aside_for_somebody_to_see(
    sqlite_store: Sessions, settings: Settings, number: int
) -> None:
    add(sqlite_store, settings)

    def make(work: Work) -> None:
        raise OSError(number, "not this one")

    for _ in range(lease.TRIES):
        stages.run(Step("measure", make), sqlite_store, settings, CALL_ID)
        wait_no_more(sqlite_store)
    assert row(sqlite_store).state == "failed"
    with sqlite_store() as session:
        assert [each["stage"] for each in dead_letters(session)] == ["measure"]


def test_a_new_call_does_not_wait_for_all_that_is_made_again(store: Sessions, settings: Settings) -> None:
    old = [f"16000000{number:02}.1" for number in range(stages.MOST + 1)]
    for call_id in old:
        add(store, settings, call_id)
    with store() as session, session.begin():
        session.execute(update(TranscriptStage).values(state="done", revision=1))
        assert reprocess(session, "measure") == reprocess(session, "mask") == len(old)
    newest = old[::-1]
    assert due(store, "measure") == newest[: stages.MOST]
    assert due(store, "mask") == newest[: stages.REMADE]
    add(store, settings)
    assert due(store, "measure") == [CALL_ID, *newest[: stages.MOST]]
    assert due(store, "mask") == [CALL_ID, *newest[: stages.REMADE]]


def test_a_worker_that_died_is_followed_by_another(store: Sessions, settings: Settings) -> None:
    add(store, settings)
    gone, later = f"{lease.socket.gethostname()}:999999999:1", utcnow() + timedelta(seconds=50)
    with store() as session, session.begin():
        session.execute(update(TranscriptStage).values(lease_owner=gone, lease_until=later, attempts=1))
    made: list[int] = []
    assert due(store, "measure") == [CALL_ID]
    assert stages.run(finishing(made), store, settings, CALL_ID) == "done"
    assert row(store).attempts == 2


def test_transcripts_from_before_get_the_stages_too(store: Sessions, settings: Settings) -> None:
    add(store, settings)
    with store() as session, session.begin():
        for each in session.scalars(select(TranscriptStage)):
            session.delete(each)
    assert due(store, "measure") == []
    assert due(store, "measure", full=True) == [CALL_ID]
    made: list[int] = []
    assert stages.run(finishing(made), store, settings, CALL_ID) == "done"
    assert (row(store, "turns").state, made) == ("done", [1])


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_can_be_asked_for_again(sqlite_store: Sessions, settings: Settings, stage: str) -> None:
    add(sqlite_store, settings)
    made: list[int] = []
    stages.run(finishing(made), sqlite_store, settings, CALL_ID)
    with sqlite_store() as session, session.begin():
        assert reprocess(session, stage, since=ARRIVED + timedelta(days=1)) == 0
        assert reprocess(session, stage, since=ARRIVED) == 1
    with sqlite_store() as session:
        transcript = session.scalars(select(Transcript)).one()
        listens = stage in ("speech", "recognise")
        assert transcript.state == ("waiting" if listens else "done")
        assert bool(raw_recognition.ranges(session, transcript.id)) == (stage != "speech")
        assert session.scalars(select(Segment.text)).one() == "Hello."  # what there was stays to be read
    if stage == "turns":
        assert due(sqlite_store, "turns") == [CALL_ID]
        assert (
            stages.run(Step("turns", partial(build.make, rebuild=rebuild)), sqlite_store, settings, CALL_ID) == "done"
        )
        assert due(sqlite_store, "measure") == [CALL_ID]


def test_a_stage_that_there_is_not_is_said(sqlite_store: Sessions) -> None:
    with (
        sqlite_store() as session,
        pytest.raises(TranscriptError, match="There is no stage “tidy”: choose one of speech"),
    ):
        reprocess(session, "tidy")
