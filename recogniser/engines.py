"""What hears an utterance: one menu's words, and one sound of a few seconds. Vosk where a model is, else Whisper.

Owns how each engine is made to hear a menu. Vosk takes a grammar. Whisper does not, but it may be forbidden tokens:
left with those of the menu's phrases and of small talk it hears a word of the menu where it would write something that
only sounds like it; what it writes without being forbidden anything says whether to believe that. Loading a model is
`transcripts/engines`' affair, what becomes of texts `matching.py`'s.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from recogniser.courtesy import SMALL_TALK
from recogniser.matching import HeardAnswer, Hypothesis
from ringback.config import Settings
from ringback.phrases import Phrases, words
from transcripts.engines.inventions import is_invented, speech_under
from transcripts.engines.models_store import choose, whisper_folder
from transcripts.engines.recogniser import RATE, Sound
from transcripts.engines.resample import to_16k
from transcripts.engines.vosk_engine import VoskModel, VoskStream
from transcripts.engines.whisper_engine import WhisperModel

LONGEST_SECONDS = 6.0
"""Of an utterance; an answer to a menu is shorter."""
VIEW = 1000
"""Frames of 10 ms that Whisper looks at: shorter views, and views cut behind the utterance, make it stammer."""
BEAM, KEPT = 5, 5
TOKENS_A_SECOND = 6
SPECIAL_TOKENS = 1608
"""At the end of Whisper's vocabulary: languages, tasks, times."""


@dataclass(frozen=True, slots=True)
class SpokenQuestion:
    """What a caller is asked, for a recogniser."""

    language: str
    options: Phrases
    """With the numbers of the keys."""


class UtteranceRecogniser(Protocol):
    """One engine with one loaded model."""

    engine: str
    """vosk or whisper"""

    def hear(self, sound: Sound, question: SpokenQuestion) -> HeardAnswer:
        """What was said in a sound of at most LONGEST_SECONDS. Used by one thread at a time."""
        ...


class WhisperUtterances:
    """Whisper, for every language."""

    engine = "whisper"

    def __init__(self, model: WhisperModel) -> None:
        self._network: Any = model.network
        self._tokenizer_of = lru_cache(maxsize=8)(model.tokenizer_of)
        self._forbidden = lru_cache(maxsize=64)(self._forbidden_for)

    def hear(self, sound: Sound, question: SpokenQuestion) -> HeardAnswer:
        """Raises LanguageError."""
        tokenizer = self._tokenizer_of(question.language)
        seen = self._network.encode(self._features(sound)[np.newaxis])
        most = 8 + round(TOKENS_A_SECOND * len(sound) / RATE)
        plain, no_speech = self._write(tokenizer, seen, most, beam_size=1, suppress_tokens=[-1])
        speech = partial(speech_under, sound, 0.0, len(sound) / RATE)
        if not plain or is_invented(plain[0].text, plain[0].score, no_speech, speech):
            plain = []
        forbidden = self._forbidden(question)
        within, _ = self._write(tokenizer, seen, most, beam_size=BEAM, num_hypotheses=KEPT, suppress_tokens=forbidden)
        return HeardAnswer(tuple(within), plain[0] if plain else Hypothesis("", -9.0))

    def _write(self, tokenizer: Any, seen: Any, most: int, **how: Any) -> tuple[list[Hypothesis], float]:
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        answer = self._network.model.generate(
            seen, [prompt], max_length=len(prompt) + most, return_scores=True, return_no_speech_prob=True, **how
        )[0]
        texts = [tokenizer.decode([t for t in tokens if t < tokenizer.eot]).strip() for tokens in answer.sequences_ids]
        said = [Hypothesis(text, float(score)) for text, score in zip(texts, answer.scores, strict=True) if words(text)]
        return said, float(answer.no_speech_prob)

    def _features(self, sound: Sound) -> Any:
        silent = np.zeros(VIEW * 160 - 2 * len(sound), np.float32)
        return self._network.feature_extractor(np.concatenate([to_16k(sound), silent]), padding=0)[:, :VIEW]

    def _forbidden_for(self, question: SpokenQuestion) -> list[int]:
        """Every token but those of the question's phrases, of small talk, and of punctuation."""
        tokenizer = self._tokenizer_of(question.language)
        allowed = {tokenizer.eot}
        said = [phrase for _, phrases in question.options for phrase in phrases]
        keys = [key for key, _ in question.options]
        for text in (*said, *keys, *SMALL_TALK.get(question.language, ()), ".", ",", "?", "!"):
            for form in _spellings(text):
                allowed.update(tokenizer.encode(form))
        return [token for token in range(tokenizer.eot + SPECIAL_TOKENS) if token not in allowed]


def _spellings(text: str) -> tuple[str, ...]:
    """A text as Whisper may write it: at the beginning or after a word, with a capital or without."""
    capital = text[:1].upper() + text[1:]
    return text, capital, f" {text}", f" {capital}"


def _spelled(phrase: str) -> list[str]:
    """The words of a phrase as a model's vocabulary has them: in small letters, with their marks."""
    return re.findall(r"[^\W_]+(?:['-][^\W_]+)*", phrase.lower())


class VoskUtterances:
    """Vosk with a grammar, for the one language of its model."""

    engine = "vosk"

    def __init__(self, model: VoskModel) -> None:
        self._model = model

    def knows(self, question: SpokenQuestion) -> bool:
        """Whether every option has a phrase of words that are in the model's vocabulary: it can hear no others."""
        return all(any(self._known(phrase) for phrase in phrases) for key, phrases in question.options if key != "0")

    def hear(self, sound: Sound, question: SpokenQuestion) -> HeardAnswer:
        phrases = [" ".join(_spelled(each)) for _, said in question.options for each in said if self._known(each)]
        stream = VoskStream(self._model, phrases)
        found = stream.accept(sound) + stream.finish()
        if not found:
            return HeardAnswer(())
        score = float(np.mean([np.log(max(word.confidence, 0.01)) for word in found]))
        return HeardAnswer((Hypothesis(" ".join(word.text for word in found), score),))

    def _known(self, phrase: str) -> bool:
        return all(self._model.knows(word) for word in _spelled(phrase))


class UtteranceRecognisers:
    """The recogniser that a question gets, loaded when it is first needed; one Whisper serves every language."""

    def __init__(self, settings: Settings, threads: int = 1) -> None:
        self._settings = settings
        self._threads = threads
        self._loaded: dict[tuple[str, Path], VoskUtterances | WhisperUtterances] = {}

    def load(self, languages: Sequence[str]) -> None:
        """Loads what these languages need, so that no caller waits for it. Raises ModelError, OSError."""
        for language in languages:
            self(SpokenQuestion(language, ()))

    def __call__(self, question: SpokenQuestion) -> UtteranceRecogniser:
        """Vosk where a model of the language is and knows the words, else Whisper. Raises ModelError, OSError."""
        choice = choose(self._settings, question.language)
        if choice.engine == "vosk":
            vosk = self._get("vosk", choice.folder)
            if self._settings.speech.engine == "vosk" or not isinstance(vosk, VoskUtterances) or vosk.knows(question):
                return vosk
        return self._get("whisper", whisper_folder(self._settings))

    def _get(self, engine: str, folder: Path) -> VoskUtterances | WhisperUtterances:
        key = (engine, folder)
        if key not in self._loaded:
            self._loaded[key] = (
                VoskUtterances(VoskModel(folder))
                if engine == "vosk"
                else WhisperUtterances(WhisperModel(folder, self._threads))
            )
        return self._loaded[key]
