"""What a recogniser hears in the shipped prompts, written down so that nothing is heard twice.

Hearing all prompts takes minutes, and they hardly ever change. `heard_prompts.json` holds the words heard in each,
under a digest of all that they depend on: sound, text, model, and the manner of hearing. Where the digest is another
one the prompt is heard anew. `make hear-prompts` writes the file; whether the words are right is judged by
tests/speech/test_prompts.py, each time.
"""

import argparse
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from prompts import files, names, spoken_values
from ringback.config import Settings
from transcripts.engines.models_store import WHISPER_NAME, WHISPER_SHA256, whisper_folder
from transcripts.engines.recogniser import RATE, Sound
from transcripts.engines.whisper_engine import WhisperModel, WhisperRecogniser

FILE = Path(__file__).with_name("heard_prompts.json")
MODEL = f"{WHISPER_NAME} {WHISPER_SHA256}"
"""The model that hears, as the digests know it."""
MANNER = "1"
"""Raise it when prompts are heard in another manner (what is said together, the quiet around): all are heard anew."""
DAY = "opens-tomorrow"
"""Said before a time of day, which is never said alone."""
NUMBERS = ("2025550123", "4567890123", "9161234567", "8480079366", "89055154050")
"""Read back digit by digit: digits are never said alone either."""
VALUES = (
    *(("number", each) for each in ("17", "40", "305", "1250", "2222", "11000", "48219")),
    *(("date", each) for each in ("2026-12-21", "+2026-03-05", "+2026-08-30", "+2031-10-09")),
    *(("time", each) for each in ("09:05", "14:30", "21:01", "18:00")),
    *(("minutes", each) for each in ("2", "25", "61", "185")),
    *(("money", each) for each in ("12.50 USD", "1 EUR", "21.02 RUB", "1999 RUB")),
    ("position", "23"),
)
"""(kind, value) of the values that are heard."""
BEFORE_NUMBER = "callback-number"
"""Said before a number, which is never said alone."""
QUIET = np.zeros(RATE // 3, np.int16)


@dataclass(frozen=True)
class Utterance:
    """Prompts that are heard together."""

    key: str
    """Its name in the file: that of the prompt, or the number that is read back."""
    parts: tuple[str, ...]
    """The prompts, in order."""
    text: str
    """What they say."""


@dataclass(frozen=True)
class Shipped:
    """The prompts of one language as they lie on the disk."""

    language: str
    texts: dict[str, str]
    sounds: Path
    pieces: dict[str, str]
    """Texts of what values are put together of."""

    @classmethod
    def of(cls, language: str) -> "Shipped":
        return cls(language, files.texts(language), files.SOUNDS / language, files.value_texts(language))

    def prompts(self) -> list[Utterance]:
        """Every prompt but the digits."""
        rows = {name: (DAY, name) if name.startswith("at-") else (name,) for name in self.texts}
        return [
            Utterance(name, parts, " ".join(self.texts[part] for part in parts))
            for name, parts in rows.items()
            if not name.startswith("digit-")
        ]

    def numbers(self) -> list[Utterance]:
        """Digits, in numbers."""
        return [Utterance(number, names.digits_prompts(number), number) for number in NUMBERS]

    def values(self) -> list[Utterance]:
        """A sample of each kind of value."""
        found = []
        for kind, value in VALUES:
            before = (BEFORE_NUMBER,) if kind == "number" else ()
            parts = (*before, *spoken_values.spoken(self.language, kind, value))
            found.append(Utterance(f"{kind} {value}", parts, " ".join(self._text(part) for part in parts)))
        return found

    def digest(self, utterance: Utterance, model: str = MODEL) -> str:
        """Of everything that the words which are heard depend on."""
        parts = [
            [name, self._text(name), hashlib.sha256(self._path(name).read_bytes()).hexdigest()]
            for name in utterance.parts
        ]
        said = json.dumps([MANNER, model, self.language, utterance.text, parts], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def sound(self, utterance: Utterance) -> Sound:
        """Between two quiet moments."""
        parts = []
        for name in utterance.parts:
            sound, rate = soundfile.read(self._path(name), dtype="int16")
            assert rate == RATE
            parts.append(sound)
        return np.concatenate([QUIET, *parts, QUIET])

    def _text(self, name: str) -> str:
        return self.texts.get(name) or self.pieces[name]

    def _path(self, name: str) -> Path:
        return self.sounds / f"{name}.wav"


@dataclass
class HeardPrompts:
    """What was heard in the prompts of one language: the digest and the words by the utterance's key."""

    words: dict[str, tuple[str, str]]
    anew: list[str] = field(default_factory=list)
    """Keys that were not known, or changed, and are heard now."""

    def answers(
        self,
        shipped: Shipped,
        utterances: Sequence[Utterance],
        hear: Callable[[list[Sound]], Iterable[str]],
        model: str = MODEL,
    ) -> list[str]:
        """What each of `utterances` says; `hear` is asked for those alone whose digest is not the one in the file."""
        digests = {utterance.key: shipped.digest(utterance, model) for utterance in utterances}
        changed = [
            utterance
            for utterance in utterances
            if self.words.get(utterance.key, ("", ""))[0] != digests[utterance.key]
        ]
        if changed:
            heard = hear([shipped.sound(utterance) for utterance in changed])
            for utterance, words in zip(changed, heard, strict=True):
                self.words[utterance.key] = (digests[utterance.key], words)
                self.anew.append(utterance.key)
        return [self.words[utterance.key][1] for utterance in utterances]


def read() -> dict[str, HeardPrompts]:
    """By language, as the file has it."""
    rows = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return {
        language: HeardPrompts({key: (row["sha256"], row["heard"]) for key, row in rows.get(language, {}).items()})
        for language in names.LANGUAGES
    }


def ear(model: Callable[[], WhisperModel], language: str) -> Callable[[list[Sound]], list[str]]:
    """Writes down what each sound says; loads the model when there is something to hear."""

    def hear(sounds: list[Sound]) -> list[str]:
        heard = WhisperRecogniser(model(), language).transcribe(sounds)
        return [" ".join(word.text for word in words) for words in heard]

    return hear


def main() -> None:
    """Hears what changed, or everything, and writes the file without what is no longer there."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--all", action="store_true", help="hear every prompt, changed or not")
    known = {language: HeardPrompts({}) for language in names.LANGUAGES} if parser.parse_args().all else read()
    written: dict[str, dict[str, dict[str, str]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        model = cache(lambda: WhisperModel(whisper_folder(Settings(data=Path(folder))), 2))
        for language, heard in known.items():
            shipped = Shipped.of(language)
            utterances = shipped.prompts() + shipped.numbers() + shipped.values()
            answers = heard.answers(shipped, utterances, ear(model, language))
            written[language] = {
                utterance.key: {"sha256": heard.words[utterance.key][0], "heard": answer}
                for utterance, answer in zip(utterances, answers, strict=True)
            }
            print(f"{language}: {len(utterances)} known, {len(heard.anew)} of them heard now")
    FILE.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
