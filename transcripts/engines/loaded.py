"""The recogniser a language gets, loaded when it is first needed: one model in memory for each process."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from ringback.config import Settings
from transcripts.engines.models_store import Choice, choose
from transcripts.engines.recogniser import Recogniser
from transcripts.engines.vosk_engine import VoskModel, VoskRecogniser
from transcripts.engines.whisper_engine import WhisperModel, WhisperRecogniser

WHISPER_THREADS = 8
"""With more, the pieces of one multiplication become too small. Vosk hears one window a core."""


class Engines:
    """Hands out recognisers; models stay as long as the next call wants the same.

    Used by one thread at a time: who listens holds `lock` from before it claims its work until it is done.
    """

    def __init__(self, settings: Settings, threads: int = 0) -> None:
        """`threads` of an engine; 0: as many as there are cores. They yield to calls: see the worker's niceness."""
        self.lock = threading.RLock()
        self._settings = settings
        self._threads = threads or len(os.sched_getaffinity(0))
        self._loaded: tuple[str, Path] | None = None
        self._model: VoskModel | WhisperModel | None = None

    def get(self, language: str, words: Sequence[str] = ()) -> Recogniser:
        """`words` are likely to be said; Whisper alone can be told.

        Raises ModelError (none, or not a model) and LanguageError (the model does not know the language).
        """
        choice = choose(self._settings, language)
        model = self._load(choice)
        if isinstance(model, VoskModel):
            return VoskRecogniser(model, language, self._threads)
        return WhisperRecogniser(model, language, words)

    def _load(self, choice: Choice) -> VoskModel | WhisperModel:
        wanted = (choice.engine, choice.folder)
        if self._model is None or self._loaded != wanted:
            self._model, self._loaded = None, None  # the old one's memory first
            is_vosk = choice.engine == "vosk"
            threads = min(WHISPER_THREADS, self._threads)
            self._model = VoskModel(choice.folder) if is_vosk else WhisperModel(choice.folder, threads)
            self._loaded = wanted
        return self._model
