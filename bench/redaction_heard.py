"""What the recogniser hears in the invented calls, kept in a folder: hearing them is the long part of the work."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transcripts.engines.decode import SpeakerPart, decode, open_sound
from transcripts.engines.recogniser import Sound, Word
from transcripts.engines.whisper_engine import WhisperModel, WhisperRecogniser

Words = dict[str, list[Word]]
Ranges = dict[str, list[list[float]]]
SIDES = ("caller", "agent")


class Hearer:
    """A recogniser that never hears the same sound twice: what it understood of each is kept by the sound's digest."""

    engine = "whisper"
    window_seconds = WhisperRecogniser.window_seconds
    batch = 1

    def __init__(self, model: WhisperModel, language: str, folder: Path) -> None:
        self._recogniser = WhisperRecogniser(model, language)
        self.model, self.language = self._recogniser.model, language
        self._folder = folder / f"{self.engine}-{self.model}-{language}"

    def transcribe(self, sounds: Sequence[Sound]) -> list[list[Word]]:
        """As `Recogniser.transcribe`."""
        return [self._one(sound) for sound in sounds]

    def first(self, path: Path) -> tuple[Words, Ranges]:
        """Both speakers' words and where they speak, as a transcript is made."""
        kept = self._folder.parent / f"{self.engine}-{self.model}" / f"{_digest(path.read_bytes())}.json"
        found = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        if "ranges" not in found:
            found = self._decoded(path, found)
            _write(kept, found)
        words = {who: sorted((Word(*w) for w in found[who]), key=lambda w: (w.start, w.end)) for who in SIDES}
        return words, found["ranges"]

    def _decoded(self, path: Path, known: dict[str, Any]) -> dict[str, Any]:
        """What is heard in a file; `known` words are not recognised again."""
        with open_sound(path) as file:
            seconds = file.frames / file.samplerate
            parts = [SpeakerPart(who, channel, 0.0, seconds) for channel, who in enumerate(SIDES)]
            found = decode(file, parts, _Deaf() if known else self, lambda: None)
        said = {who: [[w.start, w.end, w.confidence, w.text] for w in words] for who, words in found.words.items()}
        return {**said, **known, "ranges": found.ranges}

    def _one(self, sound: Sound) -> list[Word]:
        kept = self._folder / f"{_digest(sound.tobytes())}.json"
        if not kept.exists():
            _write(kept, [[w.start, w.end, w.confidence, w.text] for w in self._recogniser.transcribe([sound])[0]])
        return [Word(*word) for word in json.loads(kept.read_text(encoding="utf-8"))]


class _Deaf:
    """Finds where speech is and understands none of it."""

    engine, model, language, batch = "none", "none", "", 1
    window_seconds = WhisperRecogniser.window_seconds

    def transcribe(self, sounds: Sequence[Sound]) -> list[list[Word]]:
        """No words."""
        return [[] for _ in sounds]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:24]


def _write(path: Path, document: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    draft.replace(path)
