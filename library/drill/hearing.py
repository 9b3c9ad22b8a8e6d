"""What somebody says into the browser becomes words: in a process that is given the sound and leaves nothing.

The sound is in memory alone, here and there; no file is written. The process loads the model that transcripts use,
hears and ends, so that pages stay small, and one that hangs is ended. One hears at a time: whoever comes meanwhile is
told to wait or to type. That process is `python -m library.drill.hearing ENGINE FOLDER LANGUAGE`: samples in, JSON out.
"""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from library.drill.points import HeardWord
from library.errors import LibraryError
from ringback.config import Settings
from transcripts.engines.models_store import choose
from transcripts.engines.recogniser import RATE
from transcripts.errors import TranscriptError

LONGEST = 45.0
"""Seconds that are heard at once."""
SHORTEST = 0.5
PATIENCE = 60.0
"""Seconds after which a recogniser that says nothing is ended."""
COMMAND = (sys.executable, "-m", "library.drill.hearing")
_ONE = threading.Lock()


@dataclass(frozen=True, slots=True)
class HeardSpeech:
    """What was said."""

    words: list[HeardWord]


def hear(settings: Settings, language: str, sound: bytes, patience: float = PATIENCE) -> HeardSpeech:
    """`sound`: 16 bit samples at 8 kHz. Raises LibraryError, with what is to be done instead."""
    seconds = len(sound) / 2 / RATE
    if seconds > LONGEST:
        raise LibraryError("library.drill_long", most=round(LONGEST))
    if seconds < SHORTEST:
        raise LibraryError("library.drill_silence")
    if not _ONE.acquire(timeout=2.0):
        raise LibraryError("library.drill_busy")
    try:
        return _heard(settings, language, sound, patience)
    finally:
        _ONE.release()


def _heard(settings: Settings, language: str, sound: bytes, patience: float) -> HeardSpeech:
    try:
        choice = choose(settings, language)
        asked = [*COMMAND, choice.engine, str(choice.folder), language]
        done = subprocess.run(asked, input=sound, capture_output=True, timeout=patience, check=True)
        found = json.loads(done.stdout)
        words = [HeardWord(str(text), float(sure)) for text, sure in found]
    except subprocess.TimeoutExpired as error:
        raise LibraryError("library.drill_slow", most=round(patience)) from error
    except (TranscriptError, OSError, subprocess.CalledProcessError, ValueError, TypeError) as error:
        raise LibraryError("library.drill_away") from error
    if not words:
        raise LibraryError("library.drill_silence")
    return HeardSpeech(words)


def main(engine: str, folder: Path, language: str, sound: bytes) -> list[tuple[str, float]]:
    """Words with their confidence."""
    import numpy as np

    from transcripts.engines.recogniser import Sound
    from transcripts.engines.speech import find_speech, windows
    from transcripts.engines.vosk_engine import VoskModel, VoskRecogniser
    from transcripts.engines.whisper_engine import WhisperModel, WhisperRecogniser

    samples: Sound = np.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(np.int16)

    def read(start: int, end: int) -> Sound:
        return samples[start:end]

    ranges = find_speech(read, 0, len(samples))
    if not ranges:
        return []
    recogniser = (
        VoskRecogniser(VoskModel(folder), language)
        if engine == "vosk"
        else WhisperRecogniser(WhisperModel(folder, len(os.sched_getaffinity(0))), language)
    )
    parts = windows(ranges, recogniser.window_seconds)
    answers = recogniser.transcribe([part.sound(read) for part in parts])
    return [(word.text, word.confidence) for answer in answers for word in answer]


if __name__ == "__main__":
    os.nice(5)
    json.dump(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.stdin.buffer.read()), sys.stdout)
