"""A card number said aloud: masked in the text, silent in the sound, proven by listening again; with a real model."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bench.prompts import RATE, Prompt
from calls.models import Call
from prompts import files as prompt_files
from recording.files import sha256_of
from recording.models import Recording
from ringback.config import RedactionSettings, Settings
from tickets import service as tickets
from tickets.models import TicketEntry
from tickets.transcript_line import rebuild
from transcripts import stages
from transcripts.engines.loaded import Engines
from transcripts.models import Segment, Transcript
from transcripts.pipeline import originals, recognise
from transcripts.pipeline.steps import steps
from transcripts.redaction import service as redaction
from transcripts.redaction.models import Redaction as Row
from transcripts.redaction.models import RedactionPlace
from transcripts.text import raw_recognition

pytestmark = pytest.mark.speech
CALL_ID = "1700000000.1"
ARRIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CARD = "4539578763621486"
Sessions = sessionmaker[Session]
Sound = NDArray[np.int16]


def digits(number: str) -> Sound:
    """The number in the shipped voice, digit by digit with short pauses between the groups."""
    pieces = []
    for at, digit in enumerate(number):
        sound, rate = soundfile.read(prompt_files.SOUNDS / "en" / f"digit-{digit}.wav", dtype="int16")
        assert rate == RATE
        pieces += [sound, np.zeros(RATE // 4 if at % 4 == 3 else 0, np.int16)]
    return np.concatenate(pieces)


def call_with_card(store: Sessions, settings: Settings, before: Sound, after: Sound) -> tuple[float, float]:
    """A recorded call whose caller says a sentence, a card number, a sentence; where the number is, in seconds."""
    quiet = np.zeros(RATE, np.int16)
    spoken = digits(CARD)
    left = np.concatenate([quiet, before, quiet, spoken, quiet, after, quiet])
    begin = (2 * len(quiet) + len(before)) / RATE
    name = f"2026/03/01/{CALL_ID}.flac"
    (settings.recordings / name).parent.mkdir(parents=True)
    soundfile.write(settings.recordings / name, np.stack([left, np.zeros_like(left)], axis=1), RATE)
    with store() as session, session.begin():
        seconds = len(left) / RATE
        ended = ARRIVED + timedelta(seconds=seconds)
        call = Call(
            call_id=CALL_ID, line="1000", language="en", caller_number="201", caller_name="", state="ended",
            arrived_at=ARRIVED, ended_at=ended,
        )  # fmt: skip
        session.add(call)
        session.flush()
        tickets.open_ticket(session, CALL_ID, settings=settings)
        digest = sha256_of(settings.recordings / name, lambda: None)
        session.add(Recording(call_id=CALL_ID, state="stored", path=name, sha256=digest, seconds=seconds))
    return begin, begin + len(spoken) / RATE


def run_steps(store: Sessions, settings: Settings, engines: Engines) -> Iterator[str]:
    for step in steps(engines, rebuild):
        with store() as session:
            wanted = step.name in ("turns", "redact", "mask") and CALL_ID in stages.due(session, step.name, full=False)
        if wanted:
            yield f"{step.name} {stages.run(step, store, settings, CALL_ID)}"


def due(store: Sessions, settings: Settings) -> list[str]:
    with store() as session:
        return originals.due(session, settings)


def test_a_card_number_is_masked_silent_proven_and_then_gone(
    sqlite_store: Sessions, speech_settings: Settings, english: list[Prompt]
) -> None:
    settings = speech_settings.model_copy(update={"redaction": RedactionSettings(originals="remove")})
    begin, end = call_with_card(sqlite_store, settings, english[0].sound, english[1].sound)
    engines = Engines(settings)
    assert recognise.transcribe(sqlite_store, settings, engines, rebuild, CALL_ID) == "done"
    with sqlite_store() as session:
        texts = session.scalars(select(Segment.text)).all()
        line = session.scalars(select(TicketEntry.text).where(TicketEntry.kind == "transcript")).one()
        recording = session.scalars(select(Recording)).one()
        assert redaction.audible_recording(session, settings, recording).why == "sound"
    assert "•card•" in " ".join(texts)
    assert not any(sign.isdigit() for sign in " ".join(texts))
    assert "•••• card" in line
    assert due(sqlite_store, settings) == []

    assert list(run_steps(sqlite_store, settings, engines)) == ["mask done"]
    with sqlite_store() as session:
        row = session.scalars(select(Row)).one()
        recording = session.scalars(select(Recording)).one()
        hearing = redaction.audible_recording(session, settings, recording)
        places = session.scalars(select(RedactionPlace)).all()
    assert (row.state, row.leaks, hearing.state) == ("passed", [], "masked")
    assert {place.kind for place in places} == {"card"}
    assert hearing.recording is not None
    masked, _ = soundfile.read(settings.recordings / str(hearing.recording.path), dtype="int16")
    whole, _ = soundfile.read(settings.recordings / str(recording.path), dtype="int16")
    assert len(masked) == len(whole)
    assert not masked[round(begin * RATE) : round(end * RATE)].any()
    assert np.abs(masked[: round((begin - 1.0) * RATE)]).max() > 1000  # the sentence before is there

    old = settings.recordings / str(recording.path)
    assert due(sqlite_store, settings) == [CALL_ID]
    assert originals.remove(sqlite_store, settings, CALL_ID) == CALL_ID
    assert not old.exists()
    with sqlite_store() as session:
        recording = session.scalars(select(Recording)).one()
        words = raw_recognition.load(session, session.scalars(select(Transcript.id)).one())
        assert redaction.audible_recording(session, settings, recording).state == "masked"
    assert recording.path == hearing.recording.path
    said = [word.text for words_of in words.values() for word in words_of]
    assert "•card•" in said
    assert not any(sign.isdigit() for sign in " ".join(said))
    with sqlite_store() as session, session.begin():  # the text can be made anew, and stays masked
        stages.reprocess(session, "turns", call_id=CALL_ID)
    list(run_steps(sqlite_store, settings, engines))
    with sqlite_store() as session:
        assert "•card•" in " ".join(session.scalars(select(Segment.text)))
        assert (
            redaction.audible_recording(session, settings, session.scalars(select(Recording)).one()).state == "masked"
        )
