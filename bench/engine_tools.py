"""The engines' own command-line programs, run on the same channels as files: what one would use without Ringback.

`vosk-transcriber` comes with Vosk and needs ffmpeg to read a file; where there is none, a small reader takes its place,
so that it runs everywhere. faster-whisper has no program of its own: `whisper-ctranslate2` is the one that is made for
it, and is measured where somebody has installed it (`pip install whisper-ctranslate2`).
"""

import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from bench import peak
from bench.prompts import RATE
from transcripts.engines.resample import to_16k

READER = """#!{python}
# Stands in for ffmpeg: `ffmpeg ... -i FILE ...` writes 16 kHz, 16 bit, mono.
import sys
sys.path.insert(0, {root!r})
from bench.engine_tools import write_16k
write_16k(sys.argv[sys.argv.index("-i") + 1])
"""


@dataclass(frozen=True)
class Spent:
    """One run of a program."""

    texts: list[str]
    """Of each file, in the order they were given."""
    wall: float
    cpu: float
    """User and system seconds of the program and of what it started."""
    peak_mb: float
    """The most memory that it had at a time."""


@dataclass(frozen=True)
class Tool:
    """A program with its model; the channels are given to it as WAV files in one folder."""

    name: str
    command: tuple[str, ...]
    """With {input} and {output}, folders, in the places of their names; {files} stands for every file."""

    def hear(self, channels: Sequence[NDArray[np.int16]]) -> Spent:
        """Raises RuntimeError where the program fails."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            given, made, programs = folder / "in", folder / "out", folder / "bin"
            for each in (given, made, programs):
                each.mkdir()
            files = [given / f"{number:04}.wav" for number in range(len(channels))]
            for path, sound in zip(files, channels, strict=True):
                soundfile.write(path, sound, RATE)
            command: list[str] = []
            for part in self.command:
                names = [str(path) for path in files]
                command += names if part == "{files}" else [part.format(input=given, output=made)]
            began = time.perf_counter()
            used = peak.start(command, _environment(programs))
            wall = time.perf_counter() - began
            if used.exit:
                raise RuntimeError(f"{self.name} ended with {used.exit}")
            texts = [_text(made / f"{path.stem}.txt") for path in files]
            return Spent(texts, wall, used.cpu, used.peak_mb)


def vosk_tool(model: Path, tasks: int) -> Tool | None:
    """`vosk-transcriber` on a folder, so many files at a time; None: it is not here."""
    program = _program("vosk-transcriber")
    options = ("-m", str(model), "-i", "{input}", "-o", "{output}", "-t", "txt", "-ts", str(tasks))
    return Tool("vosk-transcriber", (program, *options, "--log-level", "ERROR")) if program else None


def whisper_tool(model: Path, language: str, beam: int, threads: int) -> Tool | None:
    """`whisper-ctranslate2` with word times, as we ask for them; None: it is not here."""
    program = _program("whisper-ctranslate2")
    options = (
        "--model_directory", str(model), "--local_files_only", "True", "--language", language, "--beam_size", str(beam),
        "--word_timestamps", "True", "--threads", str(threads), "--device", "cpu", "--compute_type", "int8",
        "--output_format", "txt", "--output_dir", "{output}", "--verbose", "False",
    )  # fmt: skip
    return Tool("whisper-ctranslate2", (program, "{files}", *options)) if program else None


def write_16k(path: str) -> None:
    """A mono WAV file at 8 kHz as raw samples at 16 kHz, on standard output."""
    sound, _ = soundfile.read(path, dtype="int16")
    samples = np.round(to_16k(sound) * 32767).astype("<i2")
    sys.stdout.buffer.write(samples.tobytes())


def _program(name: str) -> str | None:
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def _environment(programs: Path) -> dict[str, str]:
    """Ours; with the reader as `ffmpeg` where there is none."""
    if shutil.which("ffmpeg"):
        return dict(os.environ)
    reader = programs / "ffmpeg"
    reader.write_text(READER.format(python=sys.executable, root=str(Path(__file__).parents[1])), encoding="utf-8")
    reader.chmod(reader.stat().st_mode | stat.S_IXUSR)
    return {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}


def _text(path: Path) -> str:
    return " ".join(path.read_text(encoding="utf-8").split()) if path.exists() else ""
