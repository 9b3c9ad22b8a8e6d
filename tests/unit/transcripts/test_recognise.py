"""Leases of transcripts on both stores, without a model: what nobody could finish is closed with its reason."""

import errno
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import numpy as np
import pytest
import soundfile
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, CallSegment, SelfCall
from outbox import service as outbox
from outbox.models import OutboxEvent
from recording.models import Recording
from ringback.config import Settings
from ringback.messages import message
from ringback.store import lease
from ringback.store.base import utcnow
from tickets.transcript_line import rebuild
from transcripts import stages
from transcripts.engines.loaded import Engines
from transcripts.engines.recogniser import RATE, Sound, Word
from transcripts.models import Transcript
from transcripts.pipeline import recognise
from transcripts.text import raw_recognition
from transcripts.text.talks import talks_of

ARRIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CALL_ID = "1700000000.1"
Sessions = sessionmaker[Session]


def add(store: Sessions, recording: str, *, call_id: str = CALL_ID, **transcript: Any) -> None:
    """A settled call with a recording in a state, and a transcript if its facts are given."""
    with store() as session, session.begin():
        session.add(
            Call(
                call_id=call_id, line="1000", language="en", caller_number="201", caller_name="", state="ended",
                arrived_at=ARRIVED, ended_at=utcnow(),
            )
        )  # fmt: skip
        session.flush()
        session.add(Recording(call_id=call_id, state=recording))
        if transcript:
            session.add(Transcript(call_id=call_id, language="en", **transcript))


def due(store: Sessions, *, full: bool = False) -> list[str]:
    with store() as session:
        return recognise.due(session, full=full)


def test_a_call_to_a_line_of_our_own_is_not_transcribed(store: Sessions, settings: Settings) -> None:
    add(store, "stored")
    with store() as session, session.begin():
        session.add(SelfCall(token="201", line="1000", slot="201"))
    engines = Engines(settings)
    assert due(store) == [CALL_ID]
    assert recognise.transcribe(store, settings, engines, rebuild, CALL_ID) is None
    with store() as session:
        row = session.scalars(select(Transcript)).one()
    assert (row.state, row.error) == ("none", message("transcripts.self_call"))
    assert due(store) == due(store, full=True) == []


@pytest.mark.parametrize(
    ("recording", "wanted"),
    [("stored", [CALL_ID]), ("truncated", [CALL_ID]), ("missing", [CALL_ID]), ("spooled", [])],
)
def test_a_transcript_is_due_when_the_recording_came_to_rest(
    store: Sessions, recording: str, wanted: list[str]
) -> None:
    add(store, recording)
    assert due(store) == due(store, full=True) == wanted


@pytest.mark.parametrize("state", ["done", "failed"])
def test_what_is_done_or_failed_is_left_alone(store: Sessions, settings: Settings, state: str) -> None:
    add(store, "stored", state=state)
    assert due(store, full=True) == []
    assert recognise.transcribe(store, settings, Engines(settings), rebuild, CALL_ID) is None


def test_what_another_worker_holds_is_left_alone(store: Sessions, settings: Settings) -> None:
    later = utcnow() + timedelta(seconds=30)
    add(store, "stored", state="running", lease_owner=lease.owner(), lease_until=later, attempts=1)
    assert due(store) == []
    assert recognise.transcribe(store, settings, Engines(settings), rebuild, CALL_ID) is None


def test_what_killed_every_worker_is_closed_with_its_reason(store: Sessions, settings: Settings) -> None:
    gone = f"{lease.socket.gethostname()}:999999999:1"
    later = utcnow() + timedelta(seconds=30)
    said = lease.KILLER
    add(store, "stored", state="running", lease_owner=gone, lease_until=later, attempts=lease.CLAIMS, error=said)
    assert due(store) == [CALL_ID]
    assert recognise.transcribe(store, settings, Engines(settings), rebuild, CALL_ID) is None
    with store() as session:
        row = session.scalars(select(Transcript)).one()
    assert (row.state, row.error) == ("failed", said)
    assert due(store, full=True) == []


def test_a_recording_without_a_file_name_is_tried_and_then_set_aside(store: Sessions, settings: Settings) -> None:
    add(store, "stored")
    engines = Engines(settings)
    assert recognise.transcribe(store, settings, engines, rebuild, CALL_ID) is None
    assert due(store) == []  # not at once
    for attempt in range(1, lease.TRIES):
        with store() as session, session.begin():
            row = session.scalars(select(Transcript)).one()
            assert (row.attempts, row.error) == (attempt, message("recording.none"))
            row.lease_until = utcnow()
        recognise.transcribe(store, settings, engines, rebuild, CALL_ID)
    with store() as session:
        assert session.scalars(select(Transcript)).one().state == "failed"


def test_a_storage_that_is_away_is_nothing_against_a_call(store: Sessions, settings: Settings) -> None:
    add(store, "stored")
    with store() as session, session.begin():
        session.execute(update(Recording).values(path="call.flac", remote_url="nowhere://calls/call.flac"))
    assert reasons_to_wait(store, settings) == {"The storage calls does not answer as it should"}


def test_a_full_disk_is_nothing_against_a_call(
    store: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, "stored")

    def borrow(*_: Any) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recognise, "borrow", borrow)
    assert reasons_to_wait(store, settings) == {"No space left on device"}


def reasons_to_wait(store: Sessions, settings: Settings) -> set[str]:
    """What keeps a call from its transcript, tried more often than it may fail: no try counts, none is the last."""
    told = set()
    for _ in range(lease.TRIES + 1):
        assert recognise.transcribe(store, settings, Engines(settings), rebuild, CALL_ID) is None
        assert due(store) == []  # not at once
        with store() as session, session.begin():
            row = session.scalars(select(Transcript)).one()
            assert (row.state, row.attempts) == ("running", 0)
            told.add(str(row.error).partition(":")[0])
            row.lease_until = utcnow()
    assert due(store) == [CALL_ID]
    return told


def test_a_call_that_ends_now_does_not_wait_for_the_archive(store: Sessions) -> None:
    old = [f"16000000{number:02}.1" for number in range(stages.MOST)]
    for call_id in old:
        add(store, "stored", call_id=call_id, state="waiting", engine="whisper")
    newest = old[-1 : -stages.REMADE - 1 : -1]
    assert due(store) == due(store, full=True) == newest
    add(store, "stored", call_id="1699999999.1", state="waiting")
    add(store, "stored")
    assert due(store) == due(store, full=True) == [CALL_ID, "1699999999.1", *newest]
    for number in range(stages.MOST):
        add(store, "stored", call_id=f"18000000{number:02}.1")
    assert len(due(store)) == stages.MOST + stages.REMADE


def test_what_other_workers_hold_hides_nothing_behind_it(store: Sessions) -> None:
    add(store, "stored", state="waiting", engine="whisper")
    later = utcnow() + timedelta(seconds=30)
    for number in range(stages.REMADE):
        held = {"state": "running", "engine": "whisper", "lease_owner": lease.owner(), "lease_until": later}
        add(store, "stored", call_id=f"18000000{number:02}.1", **held)
    assert due(store) == [CALL_ID]


def spans(store: Sessions, *told: tuple[str, str | None, float, float | None]) -> None:
    """Stretches of the call: (kind, agent, from, to) in seconds of the recording; a talk from 5 s to 95 s in all."""
    with store() as session, session.begin():
        at = {"connected_at": ARRIVED + timedelta(seconds=5), "released_at": ARRIVED + timedelta(seconds=95)}
        session.execute(update(Call).values(**at))
        for seq, (kind, agent, start, end) in enumerate(told):
            over = None if end is None else ARRIVED + timedelta(seconds=end)
            session.add(
                CallSegment(
                    call_id=CALL_ID, seq=seq, kind=kind, agent=agent, started_at=ARRIVED + timedelta(seconds=start),
                    ended_at=over,
                )
            )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], [(5, 95)]),
        ([("hold", None, 20, 30), ("unrecorded", "anna", 40, 50)], [(5, 20), (30, 95)]),
        ([("talk", "anna", 5, 40), ("talk", "boris", 60, None)], [(5, 40), (60, 95)]),
        ([("talk", "anna", 5, 40), ("hold", "anna", 20, 30), ("consult", "anna", 28, 40)], [(5, 20)]),
        ([("talk", "anna", 5, 40), ("hold", "anna", 30, None), ("talk", "boris", 40, 90)], [(5, 30), (40, 90)]),
        ([("talk", "anna", 5, 40), ("talk", "boris", 35, 90)], [(5, 90)]),
    ],
    ids=["none", "only holds", "by queue", "consult", "hold without end", "together"],
)
def test_agents_are_heard_only_while_they_talk(
    sqlite_store: Sessions, told: list[Any], expected: list[tuple[float, float]]
) -> None:
    add(sqlite_store, "stored")
    spans(sqlite_store, *told)
    with sqlite_store() as session:
        assert talks_of(session, session.scalars(select(Call)).one()) == expected


class NotingRecogniser:
    """A recogniser that notes which seconds it was given: the agent's sound has its second for loudness."""

    engine, model, language, window_seconds, batch = "whisper", "whisper-base", "en", 28.0, 4

    def __init__(self) -> None:
        self.heard: set[int] = set()

    def transcribe(self, sounds: list[Sound]) -> list[list[Word]]:
        for sound in sounds:
            self.heard |= {int(value) for value in np.unique(sound) if value}
        return [[] for _ in sounds]


def test_music_on_hold_and_prompts_between_talks_are_not_listened_to(store: Sessions, settings: Settings) -> None:
    both = np.zeros((100 * RATE, 2), np.int16)
    both[:, 1] = np.repeat(np.arange(100), RATE)
    soundfile.write(settings.recordings / "call.flac", both, RATE)
    add(store, "stored", state="waiting")
    spans(
        store, ("talk", "anna", 5, 40), ("hold", "anna", 20, 25), ("talk", "boris", 60, 95),
        ("consult", "boris", 70, 80),
    )  # fmt: skip
    with store() as session, session.begin():
        session.execute(update(Recording).values(path="call.flac"))
        everywhere = {"caller": [[0.0, 100.0]], "agent": [[0.0, 100.0]]}
        raw_recognition.save(
            session, session.scalars(select(Transcript.id)).one(), {"caller": [], "agent": []}, everywhere
        )
    listener = NotingRecogniser()
    engines = Engines(settings)
    engines.get = lambda *_: listener  # type: ignore[assignment, method-assign]
    assert recognise.transcribe(store, settings, engines, rebuild, CALL_ID) == "done"
    assert listener.heard == {*range(5, 20), *range(25, 40), *range(60, 70), *range(80, 95)}


def test_systems_beside_are_told_of_a_transcript_and_of_no_word_in_it(store: Sessions, settings: Settings) -> None:
    both = np.zeros((10 * RATE, 2), np.int16)
    soundfile.write(settings.recordings / "call.flac", both, RATE)
    add(store, "stored", state="waiting")
    spans(store, ("talk", "anna", 0, 10))
    said = {"caller": [Word(1.0, 1.5, 0.9, "secret")], "agent": []}
    with store() as session, session.begin():
        outbox.register(session, ["webhook:crm"], utcnow())
        session.execute(update(Recording).values(path="call.flac"))
    engines = Engines(settings)
    engines.get = lambda *_: NotingRecogniser()  # type: ignore[assignment, method-assign]
    recognised = recognise.decode
    recognise.decode = lambda *given: replace(recognised(*given), words=said)  # type: ignore[assignment]
    try:
        assert recognise.transcribe(store, settings, engines, rebuild, CALL_ID) == "done"
    finally:
        recognise.decode = recognised
    with store() as session:
        (event,) = session.scalars(select(OutboxEvent))
    assert (event.kind, event.key, event.body["turns"]) == ("transcript.ready", f"call:{CALL_ID}", 1)
    assert "secret" not in str(event.body)
