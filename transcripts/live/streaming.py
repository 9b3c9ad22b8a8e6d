"""Streaming recognisers for calls that go on: the sound of a phrase so far in, its words so far out.

Owns what is special about listening live; models and batch work are `vosk_engine.py`'s and `whisper_engine.py`'s.
Vosk streams. Whisper does not, so a phrase that goes on is heard anew as it grows; it costs little, because
Whisper need not look at thirty seconds: a phrase is at most PHRASE_SECONDS long, and with so much shorter a view the
network is about six times as fast and, on our prompts, no worse (docs/adr/0017).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ringback.config import Settings
from transcripts.engines.inventions import is_invented, speech_under
from transcripts.engines.models_store import choose
from transcripts.engines.recogniser import RATE, Sound, Word, inside, is_word
from transcripts.engines.resample import to_16k
from transcripts.engines.vosk_engine import VoskModel, VoskStream
from transcripts.engines.whisper_engine import UNSPACED, WhisperModel

PHRASE_SECONDS = 8.0
"""The longest phrase that a recogniser is given."""
VIEW = 1000
"""Frames of 10 ms that Whisper looks at. With a view only as long as the phrase it writes nonsense."""
TOKENS_A_SECOND = 10
"""Nobody speaks faster; text that goes on beyond is a loop."""
MOST_STREAMS = 8
"""Vosk streams kept for the next phrases."""


@dataclass(frozen=True, slots=True)
class PhraseSound:
    """A phrase as far as it was said."""

    key: int
    """The phrase's own, among all that a recogniser is given."""
    language: str
    sound: Sound
    """From its beginning; at most PHRASE_SECONDS long."""
    ended: bool
    """It is over: this is all of it, and the key will not come again."""


class StreamingRecogniser(Protocol):
    """One engine with one loaded model."""

    engine: str
    """vosk or whisper"""
    wants_end: bool
    """Whether it is to be told that a phrase is over even if nothing was said since it accepted it last."""

    def accept(self, phrases: Sequence[PhraseSound]) -> list[list[Word]]:
        """The words of each phrase, with times from its beginning; those at the end of one that goes on may change."""
        ...

    def forget(self, key: int) -> None:
        """A phrase that will not be heard to its end."""
        ...


class StreamingWhisper:
    """Whisper for every language that calls here are in."""

    engine = "whisper"
    wants_end = False

    def __init__(self, model: WhisperModel) -> None:
        self._network: Any = model.network
        self._tokenizer_of = lru_cache(maxsize=None)(model.tokenizer_of)

    def accept(self, phrases: Sequence[PhraseSound]) -> list[list[Word]]:
        """Raises LanguageError."""
        if not phrases:
            return []
        features = np.stack([self._features(phrase.sound) for phrase in phrases])
        tokenizers = [self._tokenizer_of(phrase.language) for phrase in phrases]
        longest = max(len(phrase.sound) for phrase in phrases) / RATE
        answers = self._network.model.generate(
            self._network.encode(features),
            [[*tokenizer.sot_sequence, tokenizer.no_timestamps] for tokenizer in tokenizers],
            beam_size=1,
            max_length=8 + round(TOKENS_A_SECOND * longest),
            return_scores=True,
            return_no_speech_prob=True,
        )
        found = []
        for phrase, tokenizer, answer in zip(phrases, tokenizers, answers, strict=True):
            tokens = [token for token in answer.sequences_ids[0] if token < tokenizer.eot]
            text = tokenizer.decode(tokens).strip()
            sure = float(answer.scores[0])  # the mean log probability of a token
            speech = partial(speech_under, phrase.sound, 0.0, len(phrase.sound) / RATE)
            empty = is_invented(text, sure, float(answer.no_speech_prob), speech)
            found.append([] if empty else spread(text, phrase.sound, float(np.exp(sure)), phrase.language))
        return found

    def forget(self, key: int) -> None:
        """Nothing is kept between two calls of `accept`."""

    def _features(self, sound: Sound) -> Any:
        """The phrase's spectrogram with silence behind it, VIEW frames long."""
        silent = np.zeros(VIEW * 160 - 2 * len(sound), np.float32)
        return self._network.feature_extractor(np.concatenate([to_16k(sound), silent]), padding=0)[:, :VIEW]


class StreamingVosk:
    """Vosk for the one language of its model."""

    engine = "vosk"
    wants_end = True

    def __init__(self, model: VoskModel) -> None:
        self._model = model
        self._under_way: dict[int, tuple[VoskStream, int, list[Word]]] = {}
        """By phrase: its stream, the samples that it has heard, the words that are final."""
        self._streams: list[VoskStream] = []

    def accept(self, phrases: Sequence[PhraseSound]) -> list[list[Word]]:
        return [self._accept(phrase) for phrase in phrases]

    def _accept(self, phrase: PhraseSound) -> list[Word]:
        stream, heard, words = self._under_way.pop(phrase.key) if phrase.key in self._under_way else self._new()
        words = words + stream.accept(phrase.sound[heard:])
        if phrase.ended:
            words = words + stream.finish()
            self._keep(stream)
        else:
            self._under_way[phrase.key] = (stream, max(heard, len(phrase.sound)), words)
            begin = words[-1].end if words else 0.0
            rest = spread(stream.partial(), phrase.sound, 0.5, "", begin)
            words = words + rest
        # A phrase that was cut is shorter than what was heard of it: its rest is heard again with the next.
        seconds = len(phrase.sound) / RATE
        return inside([word for word in words if word.start < seconds], seconds)

    def forget(self, key: int) -> None:
        if key in self._under_way:
            stream, _, _ = self._under_way.pop(key)
            stream.finish()
            self._keep(stream)

    def _new(self) -> tuple[VoskStream, int, list[Word]]:
        return (self._streams.pop() if self._streams else VoskStream(self._model), 0, [])

    def _keep(self, stream: VoskStream) -> None:
        if len(self._streams) < MOST_STREAMS:
            self._streams.append(stream)


def spread(text: str, sound: Sound, confidence: float, language: str, begin: float = 0.0) -> list[Word]:
    """The words of a text without times, spread over the sound from `begin` by their length."""
    texts = list(text.replace(" ", "")) if language in UNSPACED else list(filter(is_word, text.split()))
    letters = sum(len(each) for each in texts)
    if not letters:
        return []
    share = max(0.0, len(sound) / RATE - begin) / letters
    words, clock = [], begin
    for each in texts:
        words.append(Word(clock, clock + share * len(each), confidence, each))
        clock += share * len(each)
    return words


class StreamingRecognisers:
    """The recogniser that a language gets, loaded when it is first needed; one Whisper serves every language."""

    def __init__(self, settings: Settings, threads: int = 1) -> None:
        self._settings = settings
        self._threads = threads
        self._loaded: dict[tuple[str, Path], StreamingRecogniser] = {}

    def __call__(self, language: str) -> StreamingRecogniser:
        """Raises ModelError."""
        choice = choose(self._settings, language)
        key = (choice.engine, choice.folder)
        if key not in self._loaded:
            is_vosk = choice.engine == "vosk"
            model = VoskModel(choice.folder) if is_vosk else WhisperModel(choice.folder, self._threads)
            self._loaded[key] = StreamingVosk(model) if isinstance(model, VoskModel) else StreamingWhisper(model)
        return self._loaded[key]
