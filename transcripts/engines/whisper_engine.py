"""Whisper (base, int8, on the CPU) through faster-whisper: the engine for languages without a Vosk model.

Knows Whisper alone. It invents words on silence, so it must be given speech (see `speech.py`), and what it is known to
invent is looked for in its text (see `inventions.py`); it pays for 30 s whatever it is given, so windows come well
filled and several at once (one reading of the network's weights then serves all of them).
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ringback.messages import words_of as said_by
from transcripts.engines.inventions import Speech, is_circle, is_invented, speech_under
from transcripts.engines.recogniser import RATE, Sound, Word, inside, is_word
from transcripts.engines.resample import to_16k
from transcripts.errors import LanguageError, ModelError

BEAM = 5
EDGE = 0.3
"""Seconds by which Whisper may place the first and last word of a segment too late or too early."""
UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "my"})
"""Languages written without spaces between words."""


class WhisperModel:
    """The loaded network; it understands every language, so one serves all recognisers of a process."""

    def __init__(self, folder: Path, threads: int) -> None:
        from faster_whisper import BatchedInferencePipeline
        from faster_whisper import WhisperModel as Network

        logging.getLogger("faster_whisper").setLevel(logging.WARNING)  # it tells of every window
        try:
            self.network: Any = Network(
                str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
            )
        except Exception as error:  # whatever the native loader says: it is the folder that is wrong
            raise ModelError("transcripts.not_whisper", folder=folder, why=said_by(error)) from error
        self.pipeline: Any = BatchedInferencePipeline(self.network)
        self.name = folder.name

    def speaks(self, language: str) -> bool:
        return language in self.network.supported_languages

    def tokenizer_of(self, language: str) -> Any:
        """What turns text into tokens and back. Raises LanguageError."""
        from faster_whisper.tokenizer import Tokenizer

        if not self.speaks(language):
            raise LanguageError("transcripts.unknown_language", language=language)
        return Tokenizer(self.network.hf_tokenizer, True, task="transcribe", language=language)


class WhisperRecogniser:
    """Whisper for one language."""

    engine = "whisper"
    window_seconds = 28.0
    """Whisper works on 30 s at a time; the rest keeps the last word from the edge."""
    batch = 4
    """Windows at once: on two cores more of them bring nothing."""

    def __init__(self, model: WhisperModel, language: str, words: Sequence[str] = ()) -> None:
        """`words` are likely to be said: they stand before every window as if they had just been (hotwords)."""
        if not model.speaks(language):
            raise LanguageError("transcripts.unknown_language", language=language)
        self._model = model
        self.model = model.name
        self.language = language
        self._words = ", ".join(words) or None

    def transcribe(self, sounds: Sequence[Sound]) -> list[list[Word]]:
        """As in the Protocol; each sound at most 30 s."""
        found: list[list[Word]] = []
        for begin in range(0, len(sounds), self.batch):
            found += self._together(sounds[begin : begin + self.batch])
        return found

    def _together(self, sounds: Sequence[Sound]) -> list[list[Word]]:
        clips, offsets, clock = [], [], 0.0
        for sound in sounds:
            offsets.append(clock)
            clips.append({"start": clock, "end": clock + len(sound) / RATE})
            clock += len(sound) / RATE
        segments, _ = self._model.pipeline.transcribe(
            to_16k(np.concatenate(sounds)) if sounds else np.zeros(0, np.float32),
            language=self.language,
            beam_size=BEAM,
            word_timestamps=True,
            vad_filter=False,
            clip_timestamps=clips,
            batch_size=self.batch,
            hotwords=self._words,
        )
        # The engine rounds a window's beginning to a frame in its own way, so the nearest one is meant.
        frames = [offset * self._model.network.frames_per_second for offset in offsets]
        found: list[list[Word]] = [[] for _ in sounds]
        wrong: set[int] = set()
        for segment in segments:
            place = min(range(len(frames)), key=lambda i: abs(frames[i] - segment.seek))
            under = _under(segment, sounds[place], offsets[place])
            if is_invented(segment.text, segment.avg_logprob, segment.no_speech_prob, under, repeating=False):
                continue
            found[place] += [w.shifted(-offsets[place]) for w in words_of(segment, self.language)]
            if is_circle(segment.text, under):
                wrong.add(place)
        for place in wrong:
            found[place] = self._carefully(sounds[place])
        return [inside(words, len(sound) / RATE) for words, sound in zip(found, sounds, strict=True)]

    def _carefully(self, sound: Sound) -> list[Word]:
        """One window alone, with Whisper's own retries at higher temperatures."""
        segments, _ = self._model.network.transcribe(
            to_16k(sound),
            language=self.language,
            beam_size=BEAM,
            word_timestamps=True,
            condition_on_previous_text=False,
            hotwords=self._words,
        )
        return [
            word
            for segment in segments
            if not is_invented(segment.text, segment.avg_logprob, segment.no_speech_prob, _under(segment, sound, 0.0))
            for word in words_of(segment, self.language)
        ]


def _under(segment: Any, sound: Sound, offset: float) -> Speech:
    """How much speech a segment's words lie over, on a clock on which the sound begins at `offset`."""

    def seconds() -> float:
        words = segment.words or [segment]
        return speech_under(sound, words[0].start - offset - EDGE, words[-1].end - offset + EDGE)

    return seconds


def words_of(segment: Any, language: str) -> list[Word]:
    """Whisper's words with their spaces; what has none before it belongs to the word before: non + -stop."""
    found: list[Word] = []
    for heard in segment.words or []:
        word = Word(float(heard.start), float(heard.end), float(heard.probability), heard.word)
        if found and not word.text.startswith(" ") and language not in UNSPACED:
            last = found[-1]
            confidence = min(last.confidence, word.confidence)
            found[-1] = Word(last.start, max(last.end, word.end), confidence, last.text + word.text)
        else:
            found.append(word)
    return [word for word in found if is_word(word.text)]
