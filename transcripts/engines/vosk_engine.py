"""Vosk: the default engine. Streams, needs little memory, knows one language for each model.

Knows Vosk alone; which folder holds which model is the affair of `models_store.py`.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from transcripts.engines.recogniser import RATE, Sound, Word, inside
from transcripts.errors import ModelError

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
            raise ModelError("transcripts.not_vosk", folder=folder, part=PARTS[0])
        vosk.SetLogLevel(-1)
        try:
            self.handle: Any = vosk.Model(str(folder))
        except Exception as error:  # vosk raises bare Exception
            raise ModelError("transcripts.damaged_vosk", folder=folder) from error
        self.name = folder.resolve().name

    def knows(self, word: str) -> bool:
        """Whether the model's vocabulary has `word`."""
        return bool(self.handle.vosk_model_find_word(word) >= 0)


class VoskStream:
    """Sound that comes bit by bit: `accept` gives the words that are final, `finish` the rest.

    Vosk decides at the end of each piece it is given whether a sentence is over. It is always given pieces of
    CHUNK samples here, so what is heard does not depend on how the sound came.
    """

    def __init__(self, model: VoskModel, grammar: list[str] | None = None) -> None:
        """`grammar`: the only phrases that can be heard; None: anything."""
        import vosk

        arguments: list[Any] = [model.handle, float(RATE)]
        if grammar is not None:
            unknown = ["[unk]"] if model.knows("[unk]") else []
            arguments.append(json.dumps([*grammar, *unknown], ensure_ascii=False))
        self._recogniser: Any = vosk.KaldiRecognizer(*arguments)
        self._recogniser.SetWords(True)
        self._begun = 0
        """Samples that Vosk had heard when this sound began: its clock never goes back."""
        self._given = 0
        self._rest: Sound = np.zeros(0, np.int16)

    def accept(self, sound: Sound) -> list[Word]:
        """Takes any number of samples; words become final at pauses."""
        words: list[Word] = []
        held = np.concatenate([self._rest, sound])
        whole = len(held) // CHUNK * CHUNK
        for begin in range(0, whole, CHUNK):
            words += self._give(held[begin : begin + CHUNK])
        self._rest = held[whole:]
        return words

    def finish(self) -> list[Word]:
        """The words that were not final yet. The next sound begins anew, at zero."""
        words = self._give(self._rest) if len(self._rest) else []
        if self._given > self._begun:
            words += self._words(self._recogniser.FinalResult())
        self._begun, self._rest = self._given, self._rest[:0]
        return words

    def partial(self) -> str:
        """What is heard of the sentence that goes on; it may still change."""
        return str(json.loads(self._recogniser.PartialResult()).get("partial", ""))

    def _give(self, piece: Sound) -> list[Word]:
        self._given += len(piece)
        return self._words(self._recogniser.Result()) if self._recogniser.AcceptWaveform(piece.tobytes()) else []

    def _words(self, answer: str) -> list[Word]:
        found = json.loads(answer).get("result", [])
        words = [Word(float(w["start"]), float(w["end"]), float(w["conf"]), w["word"]) for w in found]
        words = [word.shifted(-self._begun / RATE) for word in words if word.text != "[unk]"]
        return inside(words, (self._given - self._begun) / RATE)


class VoskRecogniser:
    """Vosk for one language. Vosk itself uses one core; several sounds are heard side by side."""

    engine = "vosk"
    window_seconds = 12.0
    """Longer ones cost no less, and short ones keep every core busy on a short call too."""

    def __init__(self, model: VoskModel, language: str, threads: int = 1) -> None:
        self._model = model
        self.model = model.name
        self.language = language
        self.batch = 2 * threads
        self._threads = threads
        self._streams: list[VoskStream] = []
        """Streams without work. They are kept: what Vosk worked out of its graph for one sound serves the next."""

    def stream(self, grammar: list[str] | None = None) -> VoskStream:
        """A stream of its own, e.g. for a call that goes on."""
        return VoskStream(self._model, grammar)

    def transcribe(self, sounds: Sequence[Sound]) -> list[list[Word]]:
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._one, sounds))

    def _one(self, sound: Sound) -> list[Word]:
        stream = self._streams.pop() if self._streams else self.stream()
        words = stream.accept(sound) + stream.finish()
        self._streams.append(stream)
        return words
