"""Where a name on the list is said: in any case of Russian, and as a recogniser misspells it.

Pure. A family name alone is found; a first name alone is not, because half of all callers have it, unless the list
names nothing else.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from transcripts.redaction.speakers import SpeakerStream

ALIKE = 0.75
"""Share of letters that agree, in words of six letters and more."""
ALIKE_WHOLE = 0.7
"""The same, of a name of several words and whatever words a recogniser made of it."""
MOST_WORDS = 4
PAUSE = 1.0
"""Seconds before a new saying."""
_CUES = frozenset(
    "name named called mister mr mrs ms miss with from by зовут имя фамилия фамилию фамилии господин госпожа про от с "
    "к это оператор звать".split()
)
ALIKE_BESIDE = 0.5
"""The same, for a word beside one that is the rest of the name for certain."""
_ENDINGS = re.compile(
    r"(ами|ями|ого|ому|ыми|ими|ой|ою|ей|ею|ём|ем|ом|ым|им|ая|яя|ую|юю|ых|их|ам|ям|ах|ях|'s|[аяоеёуюыийь])?$"
)


def find(stream: SpeakerStream, names: Sequence[str]) -> list[tuple[int, int]]:
    """(first word, one past the last) of each place where one of `names` is said."""
    found: list[tuple[int, int]] = []
    places = _after_cues(stream)
    for name in names:
        parts = [part for part in re.split(r"[\s.]+", name.lower().replace("ё", "е")) if part]
        if parts:
            found += _places(stream, parts, places)
    return found


def _places(stream: SpeakerStream, parts: list[str], places: list[int]) -> list[tuple[int, int]]:
    """A name of one word; or of several, of which the last, the family's, says most."""
    if len(parts) == 1:
        return _one(stream, parts[0])
    found = []
    for first, last in _one(stream, parts[-1]):
        low, high = first, last
        for part in reversed(parts[:-1]):
            if (before := _beside(stream, low - 1, -1, part)) is not None:
                low = before
            elif (after := _beside(stream, high, 1, part)) is not None:
                high = after + 1
        found.append((low, high))
    for first, last in _one(stream, parts[0], exact=True):
        if last < len(stream.words) and alike(stream.plain[last], parts[-1], ALIKE_BESIDE):
            found.append((first, last + 1))
    return found or _garbled(stream, parts, places)


def _beside(stream: SpeakerStream, at: int, step: int, part: str) -> int | None:
    """Where a part of the name is, from `at` on; a recogniser may hear a letter between the two: Анна и Смирнова."""
    while 0 <= at < len(stream.words):
        if alike(stream.plain[at], part, ALIKE_BESIDE):
            return at
        if len(stream.plain[at]) > 1:
            return None
        at += step
    return None


def _garbled(stream: SpeakerStream, parts: list[str], places: list[int]) -> list[tuple[int, int]]:
    """Words after a cue that, run together, sound like the whole name: меня зовут Аннику Дницовый."""
    wanted = "".join(_bare(part) for part in parts)
    if len(wanted) < 9:
        return []
    found = []
    for first in places:
        joined = ""
        for last in range(first, min(first + MOST_WORDS, len(stream.words))):
            joined += re.sub(r"\W", "", stream.plain[last])
            if len(joined) > 1.3 * len(wanted) + 3:
                break
            likeness = _ratio(_bare(joined), wanted, ALIKE_WHOLE) if len(joined) >= 0.6 * len(wanted) else 0.0
            if likeness >= ALIKE_WHOLE:
                found.append((likeness, first, last + 1))
    return [(first, last) for _, first, last in sorted(found, reverse=True)[:1]]


def _after_cues(stream: SpeakerStream) -> list[int]:
    """Where a name is likely to begin: one to three words after a cue, or into a saying."""
    starts = [
        at - 1 for at, word in enumerate(stream.words) if at == 0 or word.start - stream.words[at - 1].end > PAUSE
    ]  # fmt: skip
    cues = [at for at, word in enumerate(stream.plain) if word in _CUES]
    return sorted({at + step for at in starts + cues for step in (1, 2, 3)})


def _one(stream: SpeakerStream, part: str, *, exact: bool = False) -> list[tuple[int, int]]:
    """Where one word of a name is said; a recogniser may have made two words of it."""
    share = 0.9 if exact else ALIKE
    words = stream.plain
    same = {word for word in stream.different if alike(word, part, share)}
    found = [(at, at + 1) for at, word in enumerate(words) if word in same]
    if len(part) >= 7:
        pairs = (
            (at, words[at] + words[at + 1])
            for at in range(len(words) - 1)
            if min(len(words[at]), len(words[at + 1])) > 2
        )
        found += [(at, at + 2) for at, pair in pairs if pair[0] == part[0] and alike(pair, part, 0.9)]
    return found


@lru_cache(maxsize=65536)
def alike(word: str, part: str, share: float) -> bool:
    """Whether a word is that part of a name, whatever its case; `share` of its letters may be enough."""
    if len(word) < 2:
        return False
    bare, wanted = _bare(word), _bare(part)
    if bare == wanted or word == part:
        return True
    if share > ALIKE_BESIDE and (len(wanted) < 6 or len(bare) < 5):
        return False
    return _ratio(bare, wanted, share) >= share


@lru_cache(maxsize=65536)
def _ratio(one: str, other: str, least: float = 0.0) -> float:
    """Share of letters that agree, 0..1; 0 at once where lengths and letters tell that it is below `least`."""
    most = 2 * min(len(one), len(other)) / max(1, len(one) + len(other))
    strange = sum(letter not in other for letter in one)
    if most < least or 2 * (len(one) - strange) < least * (len(one) + len(other)):
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


@lru_cache(maxsize=65536)
def _bare(word: str) -> str:
    """Without the ending of its case; a vowel that comes and goes before the last letter is left out: Павел, Павла."""
    short = _ENDINGS.sub("", word, count=1) if len(word) > 3 else word
    if len(short) > 3 and short[-2] in "ео" and short[-1] in "лцк":
        short = short[:-2] + short[-1]
    return short
