"""Which of the topics found anew are topics that are known already: their names and numbers stay. Pure."""

from transcripts.engines.meaning import Vectors

SAME = 0.78
"""How like the centres of one topic are, found twice in other calls of the same kinds: at least 0.83; those of two
topics: at most 0.72 (docs/adr/0058)."""


def same_centres(found: Vectors, known: Vectors) -> list[int | None]:
    """For each centre found which of the known ones it is; None: it is new.

    The likest pairs first, each centre once: a topic of several centres, which people merged, may be found as several.
    """
    if not len(found) or not len(known):
        return [None] * len(found)
    likeness = found @ known.T
    pairs = sorted(
        ((float(likeness[new, old]), new, old) for new in range(len(found)) for old in range(len(known))),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    same: list[int | None] = [None] * len(found)
    taken: set[int] = set()
    for like, new, old in pairs:
        if like < SAME:
            break
        if same[new] is None and old not in taken:
            same[new] = old
            taken.add(old)
    return same
