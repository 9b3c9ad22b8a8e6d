"""Human speech with its text: Debian's Asterisk prompts, for the benchmark and the tests of transcripts.

570 recorded sentences a language, 8 kHz, in the packages asterisk-core-sounds-XX(-wav). Owns reading
them, comparing texts fairly, and building stereo calls from them.
"""

import gzip
import os
import random
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 8000
VOICES = {"en": "en_US_f_Allison", "ru": "ru_RU_f_IvrvoiceRU"}
GAP_SECONDS = 0.5


@dataclass(frozen=True)
class Prompt:
    """One recorded sentence."""

    name: str
    text: str
    sound: NDArray[np.int16]


@dataclass(frozen=True)
class StereoCall:
    """Two people who take turns: while one speaks, the other's channel is silent."""

    sound: NDArray[np.int16]
    """Frames x 2, caller left."""
    said: tuple[str, str]
    """What each of them said."""

    @property
    def seconds(self) -> float:
        return len(self.sound) / RATE


def asterisk_root() -> Path:
    """Where Asterisk was brought beside the system: RINGBACK_ASTERISK_ROOT or var/asterisk/root."""
    return Path(os.environ.get("RINGBACK_ASTERISK_ROOT") or "var/asterisk/root")


def available(language: str) -> bool:
    """Whether the language's prompts and their texts are there."""
    return _texts_file(language).is_file() and _sounds(language).is_dir()


def prompts(language: str, count: int, fewest_words: int = 4) -> list[Prompt]:
    """`count` prompts of at least `fewest_words` words without digits and signs, always the same ones."""
    fit = []
    with gzip.open(_texts_file(language), "rt", encoding="utf-8") as lines:
        for line in lines:
            name, _, text = (part.strip() for part in line.partition(":"))
            unfit = (
                line.startswith(";")
                or "[" in text
                or name.startswith(("silence/", "spy-"))
                or re.search(r"[\d#*]", text)
            )
            path = _sounds(language) / f"{name}.wav"
            if not unfit and len(text.split()) >= fewest_words and path.is_file():
                fit.append((name, text, path))
    chosen = random.Random(1).sample(sorted(fit), min(count, len(fit)))
    return [Prompt(name, text, soundfile.read(path, dtype="int16")[0]) for name, text, path in chosen]


def stereo_call(spoken: list[Prompt]) -> StereoCall:
    """The prompts said in turns by caller and agent, so that about half of each channel is silence."""
    gap = np.zeros(round(GAP_SECONDS * RATE), np.int16)
    sides: tuple[list[NDArray[np.int16]], list[NDArray[np.int16]]] = ([], [])
    for number, prompt in enumerate(spoken):
        sound = np.concatenate([prompt.sound, gap])
        sides[number % 2].append(sound)
        sides[1 - number % 2].append(np.zeros_like(sound))
    left, right = (np.concatenate(side) for side in sides)
    said = tuple(" ".join(prompt.text for prompt in spoken[side::2]) for side in (0, 1))
    return StereoCall(np.stack([left, right], axis=1), (said[0], said[1]))


def plain(text: str) -> str:
    """A text without what cannot be heard: capitals, punctuation, the dots of the Russian letter yo."""
    lowered = text.lower().replace("ё", "е").replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[^\w\s]", " ", lowered).split())


def _texts_file(language: str) -> Path:
    folder = asterisk_root() / "usr/share/doc" / f"asterisk-core-sounds-{language}"
    return folder / f"core-sounds-{language}.txt.gz"


def _sounds(language: str) -> Path:
    return asterisk_root() / "usr/share/asterisk/sounds" / VOICES[language]
