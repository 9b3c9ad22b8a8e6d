"""One queue of bad sound, bad models and good calls, with real engines: each ends in a stated result, none stops it."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.bootstrap import worker_stages
from app.worker import Stage
from bench.prompts import RATE, Prompt, asterisk_root
from calls.models import Call
from recording.models import Recording
from ringback.config import Settings, Speech
from transcripts.models import Transcript

pytestmark = pytest.mark.speech
ARRIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Sessions = sessionmaker[Session]
Sound = NDArray[np.int16]


@dataclass(frozen=True)
class Case:
    """A call and what must become of it."""

    raw: bytes
    recording: str = "stored"
    transcript: str = "done"
    speakers: frozenset[str] = frozenset()
    """Who is heard to say something."""
    error: str | None = None
    language: str = "en"
    library: Callable[[Path], object] | None = None
    """What somebody does to the finished file."""
    told: bool = True
    """Whether the row says that the file is as it should be all the same."""
    seconds: float | None = None
    """How long the call was, where the sound does not say so."""


def stereo(left: Sound, right: Sound | None = None) -> bytes:
    other = np.zeros_like(left) if right is None else right
    return np.stack([left, other], axis=1).astype("<i2").tobytes()


def music() -> Sound:
    """Asterisk's music on hold, a minute of each piece."""
    pieces = [soundfile.read(path, dtype="int16")[0] for path in sorted(moh().glob("*.wav"))]
    return np.concatenate([piece[: 60 * RATE] for piece in pieces])


def moh() -> Path:
    return asterisk_root() / "usr/share/asterisk/moh"


def cases(say: Sound) -> dict[str, Case]:
    random = np.random.default_rng(1)
    clock = np.arange(20 * RATE) / RATE
    noise = random.integers(-9000, 9000, (20 * RATE, 2), dtype=np.int16)
    bursts = (random.normal(size=20 * RATE) * 6000 * (clock % 1.7 < 0.4)).astype(np.int16)
    tones = (9000 * (np.sin(2 * np.pi * 770 * clock) + np.sin(2 * np.pi * 1336 * clock)) * (clock % 1 < 0.2)).astype(
        np.int16
    )
    silence = np.zeros(5 * RATE, np.int16)
    nothing = {"recording": "missing", "transcript": "none"}
    both = frozenset({"caller", "agent"})
    well = stereo(silence)

    def wrong_rate(path: Path) -> None:
        soundfile.write(path, np.zeros((16000, 2), np.int16), 16000, format="FLAC")

    def mono(path: Path) -> None:
        soundfile.write(path, np.zeros(RATE, np.int16), RATE, format="FLAC")

    return {
        "empty": Case(b"", **nothing, error="without any sound", seconds=5),
        "less than a frame": Case(b"\x01\x02\x03", **nothing, error="without any sound", seconds=5),
        "0.1 s": Case(stereo(say[: RATE // 10])),
        "one frame": Case(stereo(say[:1])),
        "silence": Case(stereo(silence)),
        "as loud as it goes": Case(stereo(np.full(5 * RATE, -32768, np.int16))),
        "caller alone": Case(stereo(say), speakers=frozenset({"caller"})),
        "agent alone": Case(stereo(np.zeros_like(say), say), speakers=frozenset({"agent"})),
        "noise": Case(noise.tobytes()),
        "bursts of noise": Case(stereo(bursts, bursts)),
        "keys": Case(stereo(tones, tones)),
        "music": Case(stereo(music(), music())),
        "cut in a sample": Case(stereo(say, say) + b"\x01\x02\x03", speakers=both),
        "cut short": Case(stereo(say), recording="truncated", speakers=frozenset({"caller"}), seconds=60),
        "a language nobody knows": Case(
            well, transcript="failed", language="xx", error="does not know the language “xx”"
        ),
        "a folder that is no model": Case(well, transcript="failed", language="ru", error="is not a Vosk model"),
        "wrong rate": Case(well, transcript="failed", library=wrong_rate, error="not a stereo recording at 8000"),
        "mono": Case(well, transcript="failed", library=mono, error="not a stereo recording at 8000"),
        "no sound at all": Case(
            well, transcript="failed", library=lambda path: path.write_bytes(b"hello"), error="cannot be opened"
        ),
        "a file cut on the disk": Case(
            stereo(say),
            transcript="failed",
            library=lambda path: os.truncate(path, path.stat().st_size // 2),
            told=False,
            error="damaged or was changed",
        ),
        "good, and the last": Case(stereo(say, say), speakers=both),
    }


def add(store: Sessions, settings: Settings, call_id: str, case: Case) -> None:
    """A settled call that was a talk from its first second, with its raw file in the spool."""
    seconds = case.seconds if case.seconds is not None else len(case.raw) // 4 / RATE
    path = settings.spool / f"{call_id}.raw"
    path.write_bytes(case.raw)
    os.utime(path, (1, 1))
    end = ARRIVED + timedelta(seconds=seconds)
    with store() as session, session.begin():
        session.add(
            Call(
                call_id=call_id, line="1000", language=case.language, caller_number="201", caller_name="",
                state="ended", arrived_at=ARRIVED, connected_at=ARRIVED, released_at=end, ended_at=end,
            )
        )  # fmt: skip


def work_off(store: Sessions, stage: Stage) -> None:
    """Does what is due until nothing is, as the worker does; what is to be tried later is tried at once."""
    for _ in range(8):
        with store() as session, session.begin():
            session.execute(update(Transcript).values(lease_until=None))
            keys = stage.due(session, True)
        if not keys:
            return
        for key in keys:
            stage.work(key)
    pytest.fail(f"{stage.name} does not come to an end")


def test_every_bad_sound_ends_in_a_stated_result_and_none_stops_the_queue(
    sqlite_store: Sessions,
    speech_settings: Settings,
    english: list[Prompt],
    tmp_path: Path,
    missing: Callable[..., None],
) -> None:
    if not moh().is_dir():
        missing("Debian's music on hold (RINGBACK_ASTERISK_ROOT)")
    settings = speech_settings.model_copy(update={"speech": Speech(vosk_models={"ru": tmp_path})})
    table = cases(english[0].sound)
    names = {f"1700000000.{number}": name for number, name in enumerate(table)}
    for call_id, name in names.items():
        add(sqlite_store, settings, call_id, table[name])
    stages = {stage.name: stage for stage in worker_stages(settings, sqlite_store)}
    work_off(sqlite_store, stages["recordings"])
    with sqlite_store() as session, session.begin():
        for row in session.scalars(select(Recording)):
            case = table[names[row.call_id]]
            if case.library is not None:
                path = settings.recordings / (row.path or "")
                case.library(path)
                row.sha256 = hashlib.sha256(path.read_bytes()).hexdigest() if case.told else row.sha256
    work_off(sqlite_store, stages["transcripts"])

    with sqlite_store() as session:
        recordings = {row.call_id: row for row in session.scalars(select(Recording))}
        transcripts = {row.call_id: row for row in session.scalars(select(Transcript))}
        for call_id, name in names.items():
            case, recording, transcript = table[name], recordings[call_id], transcripts[call_id]
            said = {segment.speaker: segment.text for segment in transcript.segments}
            found = (recording.state, transcript.state, frozenset(said))
            assert found == (case.recording, case.transcript, case.speakers), f"{name}: {found}, {said}"
            stated = "" if transcript.error is None else str(transcript.error)
            assert (case.error or "") in stated, f"{name}: {stated}"
            assert bool(stated) == (case.transcript in ("failed", "none")), f"{name}: {stated}"
            assert not stated.startswith("Error"), f"{name}: {stated}"
