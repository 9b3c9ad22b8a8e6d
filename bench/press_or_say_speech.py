"""Voices on a telephone for `bench/press_or_say.py`: several for each language, clean and with noise behind them.

English: joe of Piper and the voices of flite (Debian); Russian: those of RHVoice that are free to use. The line is
8 kHz, 300 to 3400 Hz, mu-law. Noise is white, a room's (a hum and what a fan makes), or people who talk behind the
caller (the prompts of Asterisk, human), at so many dB under the voice, both measured within the line's band.
"""

import hashlib
import io
import os
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from bench.prompts import prompts
from bench.redaction_speech import Voices
from prompts.errors import PromptBuildError
from prompts.sound import Samples, resample, trim
from ringback.messages import text as own_words

RATE = 8000
VOICES = {
    "en": ("joe", "joe-low", "joe-high", "awb", "rms", "slt"),
    "ru": ("elena", "anna", "irina", "aleksandr"),
}
NOISES = ("white", "room", "babble")
SPEECH_DB = -22.0
"""Of full scale, of the voice's spoken parts."""
SILENT_DB = -62.0
"""The noise of a quiet line."""
RECIPE = "1"


class Callers:
    """Everybody who can say something here; sounds are kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._others = Voices(folder)

    def say(self, language: str, voice: str, text: str) -> Samples:
        """`text` at 8 kHz with nothing around it. Raises PromptBuildError where the voice is missing."""
        if voice not in FLITE:
            return self._others.speak(language, voice, 1.0, text)
        key = hashlib.sha256(f"{RECIPE}\n{voice}\n{text}".encode()).hexdigest()[:24]
        path = self._folder / "flite" / f"{key}.wav"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _flite(voice, text, path)
        samples, rate = soundfile.read(path, dtype="float64")
        return trim(resample(samples, rate))[0]


FLITE = frozenset({"awb", "rms", "slt"})


def _flite(voice: str, text: str, path: Path) -> None:
    program, environment = shutil.which("flite"), {}
    command = [program] if program else []
    if program is None:
        root = Path(os.environ.get("RINGBACK_VOICES", "var/voices")).resolve()
        command = [str(root / "usr/bin/flite")]
        environment = {"LD_LIBRARY_PATH": str(root / "usr/lib/x86_64-linux-gnu")}
        if not Path(command[0]).exists():
            raise PromptBuildError("prompts.unsaid", text=text, why=own_words("flite is not here"), voice=voice)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "said.wav"
        subprocess.run(
            [*command, "-voice", voice, "-t", text, "-o", str(draft)],
            env=os.environ | environment,
            check=True,
            capture_output=True,
            timeout=60,
        )
        shutil.copyfile(draft, path)


def telephone(speech: Samples, noise: str | None, snr: float, seed: int) -> NDArray[np.uint8]:
    """mu-law of a line on which somebody says `speech` after 0.6 s, with 1.2 s behind it."""
    lead, tail = round(0.6 * RATE), round(1.2 * RATE)
    voice = _band(np.concatenate([np.zeros(lead), speech, np.zeros(tail)]))
    spoken = voice[lead : lead + len(speech)]
    voice *= 10 ** (SPEECH_DB / 20) / _loud(spoken)
    level = SPEECH_DB - snr if noise else SILENT_DB
    behind = _band(_noise(noise or "white", len(voice), seed))
    behind *= 10 ** (level / 20) / float(np.sqrt(np.mean(behind**2)))
    packed = io.BytesIO()
    soundfile.write(packed, np.clip(voice + behind, -0.99, 0.99), RATE, format="RAW", subtype="ULAW")
    return np.frombuffer(packed.getvalue(), np.uint8)


def _loud(speech: Samples) -> float:
    """Root of mean square of the parts in which something is said."""
    frames = speech[: len(speech) // 80 * 80].reshape(-1, 80)
    power = np.mean(frames**2, axis=1)
    return float(np.sqrt(power[power > power.max() * 1e-3].mean()))


def _band(sound: Samples) -> Samples:
    """300 to 3400 Hz."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    return np.fft.irfft(spectrum * ((hertz > 300) & (hertz < 3400)), len(sound))


def _noise(kind: str, length: int, seed: int) -> Samples:
    random = np.random.default_rng(seed)
    white = random.normal(0, 1, length)
    if kind == "white":
        return white
    if kind == "room":
        spectrum = np.fft.rfft(white)
        spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(length, 1 / RATE), 50.0))
        hum = sum(np.sin(2 * np.pi * 50 * n * np.arange(length) / RATE) / n for n in range(1, 20))
        fan = np.fft.irfft(spectrum, length)
        return fan / fan.std() + 0.5 * hum / np.std(hum)
    people = _people()
    whole = np.zeros(length)
    for _ in range(6):
        start = int(random.integers(0, len(people) - length))
        whole += people[start : start + length]
    return whole


@lru_cache(maxsize=1)
def _people() -> Samples:
    """People who talk on and on."""
    sounds = [prompt.sound.astype(float) for language in ("en", "ru") for prompt in prompts(language, 60)]
    return np.concatenate(sounds) / 32768
