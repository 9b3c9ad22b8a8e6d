"""From a finished recording to a transcript's rows, with real models; killed in the middle; hostile input."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from bench.prompts import RATE, Prompt, stereo_call
from calls.models import Call
from recording.models import Recording
from ringback.config import Settings, Speech
from ringback.messages import text
from ringback.store import lease
from tickets import service as tickets
from tickets.models import TicketEntry
from tickets.transcript_line import rebuild
from transcripts.engines.loaded import Engines
from transcripts.models import Segment, Transcript
from transcripts.pipeline import recognise
from transcripts.pipeline.reprocess import reprocess

pytestmark = pytest.mark.speech
CALL_ID = "1700000000.1"
ARRIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Sessions = sessionmaker[Session]


def add_recorded_call(
    store: Sessions, settings: Settings, sound: NDArray[np.int16] | None, talk: tuple[float, float] | None, **facts: Any
) -> None:
    """A settled call on a ticket, its recording finished. `talk`: connected and released, in seconds."""
    seconds = 0.0 if sound is None else len(sound) / RATE
    moments = [None, None] if talk is None else [ARRIVED + timedelta(seconds=at) for at in talk]
    call: dict[str, Any] = {
        "line": "1000", "language": "en", "caller_number": "201", "caller_name": "", "state": "ended",
        "arrived_at": ARRIVED, "connected_at": moments[0], "released_at": moments[1],
        "ended_at": ARRIVED + timedelta(seconds=seconds),
    }  # fmt: skip
    with store() as session, session.begin():
        session.add(Call(call_id=CALL_ID, **(call | facts)))
        session.flush()
        tickets.open_ticket(session, CALL_ID, settings=settings)
        state = "missing" if sound is None else "stored"
        path = None if sound is None else "call.flac"
        session.add(Recording(call_id=CALL_ID, state=state, path=path, reason="Nothing came." if not path else None))
    if sound is not None:
        soundfile.write(settings.recordings / "call.flac", sound, RATE)


def transcript(store: Sessions) -> Transcript:
    with store() as session:
        found = session.scalars(select(Transcript)).one()
        assert len(found.segments) >= 0  # loaded before the session ends
        return found


def run(store: Sessions, settings: Settings) -> str | None:
    return recognise.transcribe(store, settings, Engines(settings), rebuild, CALL_ID)


def entries(store: Sessions) -> list[str]:
    with store() as session:
        return list(session.scalars(select(TicketEntry.text).where(TicketEntry.kind == "transcript")))


def test_both_speakers_become_turns_with_words_in_their_places(
    store: Sessions, speech_settings: Settings, english: list[Prompt]
) -> None:
    call = stereo_call(english[:4])
    add_recorded_call(store, speech_settings, call.sound, (0.0, call.seconds))
    with store() as session:
        assert recognise.due(session, full=True) == [CALL_ID]
    assert run(store, speech_settings) == "done"
    found = transcript(store)
    assert (found.engine, found.model, found.error) == ("whisper", "whisper-base", None)
    assert [s.speaker for s in found.segments] == ["caller", "agent", "caller", "agent"]
    assert [s.seq for s in found.segments] == [0, 1, 2, 3]
    clock = 0.0
    for segment, prompt in zip(found.segments, english, strict=False):
        assert clock - 0.3 <= segment.start <= segment.end <= clock + len(prompt.sound) / RATE + 0.6
        clock += len(prompt.sound) / RATE + 0.5
        assert segment.words[0][0] == segment.start
        assert " ".join(word[3] for word in segment.words) == segment.text
    assert found.audio_seconds == pytest.approx(call.seconds)
    assert 0.7 * call.seconds < (found.speech_seconds or 0) < 1.2 * call.seconds
    (entry,) = entries(store)
    assert entry.startswith("Transcript ready (whisper whisper-base). Turns: 4, words: ")
    with store() as session:
        assert recognise.due(session, full=True) == []
    assert run(store, speech_settings) is None
    assert len(entries(store)) == 1


def test_prompts_and_music_outside_the_talk_are_not_decoded(
    sqlite_store: Sessions, speech_settings: Settings, english: list[Prompt]
) -> None:
    prompt, agent = english[0].sound, english[1].sound
    right = np.concatenate([prompt, agent, prompt])
    begin, end = len(prompt) / RATE, (len(prompt) + len(agent)) / RATE
    sound = np.stack([np.zeros_like(right), right], axis=1)
    add_recorded_call(sqlite_store, speech_settings, sound, (begin, end))
    assert run(sqlite_store, speech_settings) == "done"
    found = transcript(sqlite_store)
    assert {segment.speaker for segment in found.segments} == {"agent"}
    assert all(begin - 0.01 <= segment.start <= segment.end <= end + 0.01 for segment in found.segments)
    assert (found.speech_seconds or 0) <= end - begin + 1


def test_russian_is_heard_in_russian(sqlite_store: Sessions, speech_settings: Settings, russian: list[Prompt]) -> None:
    call = stereo_call(russian[:2])
    add_recorded_call(sqlite_store, speech_settings, call.sound, (0.0, call.seconds), language="ru", line="1001")
    assert run(sqlite_store, speech_settings) == "done"
    (entry,) = entries(sqlite_store)
    assert entry.startswith("Расшифровка готова (whisper whisper-base). Реплик: 2, слов: ")
    assert "Звонивший начал так: «" in entry


def test_vosk_of_the_settings_is_used(sqlite_store: Sessions, settings: Settings, korean_path: Path) -> None:
    sound = np.random.default_rng(1).integers(-9, 9, (5 * RATE, 2), dtype=np.int16)
    given = settings.model_copy(update={"speech": Speech(vosk_models={"en": korean_path})})
    add_recorded_call(sqlite_store, given, sound, None)
    assert run(sqlite_store, given) == "done"
    assert (transcript(sqlite_store).engine, transcript(sqlite_store).segments) == ("vosk", [])


@pytest.mark.parametrize("seconds", [0.01, 0.1, 20.0])
def test_noise_and_hardly_any_sound_are_done_without_a_word(
    sqlite_store: Sessions, speech_settings: Settings, seconds: float
) -> None:
    sound = np.random.default_rng(1).integers(-9000, 9000, (round(seconds * RATE), 2), dtype=np.int16)
    add_recorded_call(sqlite_store, speech_settings, sound, (0.0, seconds))
    assert run(sqlite_store, speech_settings) == "done"
    found = transcript(sqlite_store)
    assert (found.segments, found.speech_seconds, found.error) == ([], 0.0, None)
    assert entries(sqlite_store) == ["Transcript ready (whisper whisper-base): nobody spoke."]


def test_a_language_nobody_speaks_here_ends_in_a_sentence(sqlite_store: Sessions, speech_settings: Settings) -> None:
    add_recorded_call(sqlite_store, speech_settings, np.zeros((RATE, 2), np.int16), None, language="xx")
    assert run(sqlite_store, speech_settings) == "failed"
    found = transcript(sqlite_store)
    assert "does not know the language “xx”" in str(found.error)
    assert found.finished_at is not None
    with sqlite_store() as session:
        assert recognise.due(session, full=True) == []


def test_a_folder_that_is_no_model_ends_in_a_sentence_and_can_be_tried_again(
    sqlite_store: Sessions, speech_settings: Settings, tmp_path: Path
) -> None:
    wrong = speech_settings.model_copy(update={"speech": Speech(vosk_models={"en": tmp_path})})
    add_recorded_call(sqlite_store, wrong, np.zeros((RATE, 2), np.int16), None)
    assert run(sqlite_store, wrong) == "failed"
    assert "is not a Vosk model" in str(transcript(sqlite_store).error)
    with sqlite_store() as session, session.begin():
        assert reprocess(session, "recognise", call_id=CALL_ID) == 1
        assert reprocess(session, "recognise", call_id="nobody") == 0
    assert run(sqlite_store, speech_settings) == "done"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "call.flac cannot be opened as sound"),
        (b"no sound at all", "call.flac cannot be opened as sound"),
        (None, "The recording's file call.flac is gone."),
    ],
)
def test_a_file_that_is_no_sound_fails_after_three_tries(
    sqlite_store: Sessions, speech_settings: Settings, content: bytes | None, sentence: str
) -> None:
    add_recorded_call(sqlite_store, speech_settings, np.zeros((RATE, 2), np.int16), None)
    path = speech_settings.recordings / "call.flac"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    results = []
    for _ in range(3):
        results.append(run(sqlite_store, speech_settings))
        with sqlite_store() as session, session.begin():
            session.execute(update(Transcript).values(lease_until=None))
    assert results == [None, None, "failed"]
    assert sentence in str(transcript(sqlite_store).error)


def test_a_mono_file_is_refused(sqlite_store: Sessions, speech_settings: Settings) -> None:
    add_recorded_call(sqlite_store, speech_settings, np.zeros((RATE, 1), np.int16), None)
    assert run(sqlite_store, speech_settings) is None
    assert "not a stereo recording" in str(transcript(sqlite_store).error)


def test_no_recording_is_said_and_a_late_one_is_transcribed(sqlite_store: Sessions, speech_settings: Settings) -> None:
    add_recorded_call(sqlite_store, speech_settings, None, None)
    with sqlite_store() as session:
        assert recognise.due(session, full=True) == [CALL_ID]
    assert run(sqlite_store, speech_settings) is None
    found = transcript(sqlite_store)
    assert (found.state, found.error) == ("none", text("Nothing came."))
    with sqlite_store() as session:
        assert recognise.due(session, full=True) == []
    soundfile.write(speech_settings.recordings / "call.flac", np.zeros((RATE, 2), np.int16), RATE)
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(state="stored", path="call.flac"))
    with sqlite_store() as session:
        assert recognise.due(session, full=True) == [CALL_ID]
    assert run(sqlite_store, speech_settings) == "done"


WORKER = """
import sys
from pathlib import Path
from app import bootstrap
from ringback.config import Settings
bootstrap.run_worker(Settings(data=Path(sys.argv[1])))
"""


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(
    sqlite_store: Sessions, speech_settings: Settings, english: list[Prompt], until: Callable[..., Any]
) -> None:
    call = stereo_call(english)
    add_recorded_call(sqlite_store, speech_settings, call.sound, (0.0, call.seconds))

    def state() -> str | None:
        with sqlite_store() as session:
            return session.scalar(select(Transcript.state))

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", WORKER, str(speech_settings.data)])

    first = start()
    until(lambda: state() == "running", 60)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert state() == "running"
    with sqlite_store() as session:
        assert session.scalar(select(func.count()).select_from(Segment)) == 0
    second = start()
    try:
        # That the other is dead is noticed, before its lease would have run out.
        until(lambda: transcript(sqlite_store).attempts == 2, lease.SECONDS - 15)
        until(lambda: state() == "done", 200)
    finally:
        second.kill()
        second.wait()
    found = transcript(sqlite_store)
    assert found.attempts == 2
    texts = [segment.text for segment in found.segments]
    assert [segment.seq for segment in found.segments] == list(range(len(texts)))
    assert len(entries(sqlite_store)) == 1
