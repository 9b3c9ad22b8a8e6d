"""Vosk: the default engine. Streams, needs little memory, knows one language a model.

Knows Vosk alone; which folder holds which model is the affair of `models_store.py`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transcripts.errors import ModelError
from transcripts.recognizer import RATE, Sound, Word, inside

CHUNK = RATE // 5
"""Samples given to Vosk at a time: 0.2 s, as a live call would."""
PARTS = ("am/final.mdl", "final.mdl")


def looks_like_model(folder: Path) -> bool:
    """Whether `folder` has what every Vosk model has. Vosk itself prints pages before it gives up."""
    return any((folder / part).is_file() for part in PARTS)


class VoskModel:
    """A loaded model, shared by all recognisers of a process."""

    def __init__(self, folder: Path) -> None:
        import vosk

        if not looks_like_model(folder):
            raise ModelError(f"{folder} is not a Vosk model: it has no {PARTS[0]}. Unpack one there.")
        vosk.SetLogLevel(-1)
        try:
            self.handle: Any = vosk.Model(str(folder))
        except Exception as error:  # vosk raises bare Exception
            raise ModelError(f"{folder} is a damaged Vosk model: fetch it again.") from error
        self.name = folder.resolve().name

    def knows(self, word: str) -> bool:
        """Whether the model's vocabulary has `word`."""
        return bool(self.handle.vosk_model_find_word(word) >= 0)


class VoskStream:
    """Sound that comes bit by bit: `accept` gives the words that are final, `finish` the rest."""

    def __init__(self, model: VoskModel, grammar: list[str] | None = None) -> None:
        """`grammar`: the only phrases that can be heard; None: anything."""
        import vosk

        arguments: list[Any] = [model.handle, float(RATE)]
        if grammar is not None:
            arguments.append(json.dumps([*grammar, "[unk]"], ensure_ascii=False))
        self._recognizer: Any = vosk.KaldiRecognizer(*arguments)
        self._recognizer.SetWords(True)
        self._heard = 0

    def accept(self, sound: Sound) -> list[Word]:
        """Takes any number of samples; words become final at pauses."""
        self._heard += len(sound)
        if not len(sound) or not self._recognizer.AcceptWaveform(sound.tobytes()):
            return []
        return self._words(self._recognizer.Result())

    def finish(self) -> list[Word]:
        """The words that were not final yet."""
        return self._words(self._recognizer.FinalResult())

    def _words(self, answer: str) -> list[Word]:
        found = json.loads(answer).get("result", [])
        words = [Word(float(w["start"]), float(w["end"]), float(w["conf"]), w["word"]) for w in found]
        return inside([w for w in words if w.text != "[unk]"], self._heard / RATE)


class VoskRecognizer:
    """Vosk for one language."""

    engine = "vosk"
    window_seconds = 28.0
    batch = 1

    def __init__(self, model: VoskModel, language: str) -> None:
        self._model = model
        self.model = model.name
        self.language = language

    def stream(self, grammar: list[str] | None = None) -> VoskStream:
        return VoskStream(self._model, grammar)

    def transcribe(self, sounds: Sequence[Sound]) -> list[list[Word]]:
        return [self._one(sound) for sound in sounds]

    def _one(self, sound: Sound) -> list[Word]:
        stream = self.stream()
        words: list[Word] = []
        for begin in range(0, len(sound), CHUNK):
            words += stream.accept(sound[begin : begin + CHUNK])
        return words + stream.finish()
