"""Long calls: what calls of ten minutes, one hour and three cost to transcribe, how much memory, and what comes after.

Each is a FLAC file with noise on the line all the time and a human sentence on either side every minute, made piece by
piece and transcribed by a process of its own with Whisper at the lowest priority. What is made of the words afterwards
is measured on invented ones, of which a call is full (`bench/long_texts.py`). Wanted: time grows as the length does,
memory does not.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bench import long_texts
from bench.peak import own_peak_mb
from bench.prompts import RATE, available, prompts
from bench.report import Figure
from ringback.config import Settings
from transcripts.engines.decode import SpeakerPart, decode
from transcripts.engines.models_store import whisper_folder
from transcripts.engines.whisper_engine import WhisperModel, WhisperRecogniser

MINUTES = (10, 60, 180)
QUICK_MINUTES = (2, 10)
THREADS = 1
"""With more, threads that wait for one another on a busy machine would count as work."""
MOST_TIMES, MOST_MB = 1.25, 100.0
"""Wanted: an hour of the longest call costs at most so much of an hour of the shortest, and so much more memory than
the one before it, which has filled the engine's buffers too."""


def run(quick: bool) -> dict[str, Any]:
    minutes = QUICK_MINUTES if quick else MINUTES
    figures: list[Figure] = []
    details: dict[str, Any] = {"threads": THREADS, "runs": "left out: Debian's English prompts are not here"}
    if available("en"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            whisper_folder(Settings(data=folder))
            details["runs"] = [_measure(folder, each) for each in minutes]
        figures += _speech_figures(details["runs"])
    texts = []
    for each in minutes:
        with tempfile.TemporaryDirectory() as name:
            texts.append((float(each), long_texts.measure(Path(name), each)))
    figures += long_texts.figures(texts, MOST_TIMES)
    details["texts"] = [{"minutes": length, "cpu_seconds": spent} for length, spent in texts]
    return {"figures": figures, "details": details}


def _speech_figures(runs: list[dict[str, Any]]) -> list[Figure]:
    first, last = runs[0], runs[-1]
    times = (last["cpu_seconds"] / last["minutes"]) / (first["cpu_seconds"] / first["minutes"])
    more = last["peak_mb"] - runs[-2]["peak_mb"]
    what = f"{last['minutes']} minutes"
    beside = f"{first['minutes']} minutes"
    return [
        Figure(
            f"CPU for an hour of a call of {what}", 60 * last["cpu_seconds"] / last["minutes"], "s", beside,
            60 * first["cpu_seconds"] / first["minutes"], times, "x", f"at most {MOST_TIMES} x", times <= MOST_TIMES,
        ),
        Figure(
            f"most memory, {what}", last["peak_mb"], "MB", f"{runs[-2]['minutes']} minutes", runs[-2]["peak_mb"], more,
            "MB more",
            f"at most {MOST_MB:.0f}", more <= MOST_MB,
        ),
    ]  # fmt: skip


def _measure(folder: Path, minutes: int) -> dict[str, Any]:
    path = folder / "call.flac"
    _write(path, minutes)
    command = [sys.executable, "-m", "bench.long_calls", str(folder), str(path)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {"minutes": minutes, **json.loads(told)}


def _write(path: Path, minutes: int) -> None:
    """A minute at a time, so that the maker of the file is no example of what is measured."""
    spoken = [prompt for prompt in prompts("en", 40) if len(prompt.sound) < 6 * RATE]
    noise = np.random.default_rng(1)
    with soundfile.SoundFile(path, "w", RATE, 2, format="FLAC", subtype="PCM_16") as file:
        for minute in range(minutes):
            block = noise.integers(-60, 60, (60 * RATE, 2), np.int16)
            for side in (0, 1):
                sound = spoken[(2 * minute + side) % len(spoken)].sound
                begin = (5 + 25 * side) * RATE
                block[begin : begin + len(sound), side] = sound
            file.write(block)


def child(folder: Path, path: Path) -> dict[str, Any]:
    """Transcribes one file; what it took, loading the model apart."""
    os.setpriority(os.PRIO_PROCESS, 0, 15)
    recogniser = WhisperRecogniser(WhisperModel(whisper_folder(Settings(data=folder)), THREADS), "en")
    wall, cpu = time.perf_counter(), time.process_time()
    with soundfile.SoundFile(path) as file:
        seconds = file.frames / RATE
        heard = decode(
            file,
            [SpeakerPart("caller", 0, 0.0, seconds), SpeakerPart("agent", 1, 0.0, seconds)],
            recogniser,
            lambda: None,
        )
    return {
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "speech_seconds": round(heard.speech_seconds, 1),
        "words": sum(len(words) for words in heard.words.values()),
        "peak_mb": round(own_peak_mb()),
    }


if __name__ == "__main__":
    print(json.dumps(child(Path(sys.argv[1]), Path(sys.argv[2]))))
