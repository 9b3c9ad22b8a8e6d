"""Meanings as the store keeps them: a byte for each of 512 numbers, with which 100,000 calls take 51 MB. Pure.

Only the direction of a meaning counts, so each is stretched until its largest number is 127. What is lost turns it by
some half a degree.
"""

from collections.abc import Sequence

import numpy as np

from transcripts.engines.meaning import WIDTH, Vectors

LARGEST = 127
WEIGHTS = (1.0, 0.5, 0.33)
"""Of a call's sentences, the most telling first: others count where it says little."""


def packed(vector: Vectors) -> bytes:
    """Of one row."""
    most = float(np.abs(vector).max()) or 1.0
    return bytes(np.rint(vector * (LARGEST / most)).astype(np.int8).tobytes())


def unpacked(rows: Sequence[bytes]) -> Vectors:
    """One row of length 1 for each."""
    if not rows:
        return np.zeros((0, WIDTH), np.float32)
    found = np.frombuffer(b"".join(rows), np.int8).reshape(len(rows), WIDTH).astype(np.float32)
    return unit(found)


def unit(vectors: Vectors) -> Vectors:
    """Rows of length 1; one of nothing stays so."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)


def of_sentences(vectors: Vectors) -> Vectors:
    """What a call means, of what its sentences mean."""
    weights = np.array((WEIGHTS + WEIGHTS[-1:] * len(vectors))[: len(vectors)], np.float32)
    return unit(weights @ vectors)
