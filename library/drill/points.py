"""Whether what somebody said has the points that it must have: nearest among given wordings. Pure.

A wording is near where most of its telling words are said close together, in whatever order and form: by stems, by
letters and by sounds, as for answers on the phone (`ringback/phrases.py`). A number must be the number, and "not" must
be there where the wording has it and nowhere else. That is no understanding: somebody who says it in words that nobody
gave is told that it is missing, which is why the wordings are shown, and what is near but not near enough is unsure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Levenshtein

from ringback.phrases import letters, sounds, stem, words

Verdict = Literal["said", "unsure", "missing"]
SAID, UNSURE = 0.8, 0.5
"""How near a wording is from which on its point is said, or may have been."""
LIKE = 0.8
"""How near two words are at least that count as the same one."""
DOUBTED = 0.5
"""Confidence of a word below which nobody knows that it was said."""
ROOM = 4
"""Words that may stand between those of a wording, besides as many as it has."""
EMPTY = frozenset(
    """a an the i you he she it we they me us him her them my your our his its their am is are was were be been will
    would can could do does did have has had to of in on at for and or that this there so just with as by if please
    ill youll well im youre were its thats id youd
    и в во на с со к по за у о об а но же ли бы я ты вы мы он она они оно это то вам вас вами мне меня нам нас ему ей их
    будет буду будем есть что как так для из от до при пожалуйста""".split()
)
"""Words that tell nothing of a wording."""
DENIED = 0.7
"""What nearness is worth where one denies and the other does not."""
BEFORE = 3
"""Words before the first one that is near, in which a "not" still denies it."""
_NO = {
    "en": re.compile(r"^(no|not|never|nobody|nothing|cannot|without|\w+nt)$"),
    "ru": re.compile(r"^(не|нет|ни|никогда|никто|ничего|нельзя|без)$"),
}
_NO_NO = frozenset({"want", "front", "account", "payment", "amount", "current", "agent", "different", "moment", "went"})
"""English words that end as "don't" does without its mark, and say nothing of the kind; the commonest of telephones."""


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word of an attempt."""

    text: str
    sure: float = 1.0
    """Confidence of the recogniser; typed words are sure."""


@dataclass(frozen=True, slots=True)
class PointVerdict:
    """What became of one point."""

    verdict: Verdict
    wording: str
    """The nearest of those given."""
    heard: str
    """The words that are nearest to it; empty: none are."""


def check(said: Sequence[HeardWord], points: Sequence[Sequence[str]], language: str) -> list[PointVerdict]:
    """One for each point, in their order."""
    folded = [(word, plain) for word in said for plain in words(word.text)]
    return [_check(folded, point, language) for point in points]


def _check(said: Sequence[tuple[HeardWord, str]], wordings: Sequence[str], language: str) -> PointVerdict:
    best = max(
        (_near(said, wording, language) for wording in wordings), key=lambda each: each[0], default=(0.0, "", "", True)
    )
    near, wording, heard, sure = best
    if near < UNSURE:
        return PointVerdict("missing", wordings[0] if wordings else "", "")
    return PointVerdict("said" if near >= SAID and sure else "unsure", wording, heard)


def _near(said: Sequence[tuple[HeardWord, str]], wording: str, language: str) -> tuple[float, str, str, bool]:
    """How near the nearest stretch of words is, the wording, that stretch, and whether all of it is certain."""
    whole = words(wording)
    wanted = [word for word in whole if word not in EMPTY and not _denies(word, language)] or whole
    width, denied = 2 * len(whole) + ROOM, any(_denies(word, language) for word in whole)
    best: tuple[float, str, str, bool] = (0.0, wording, "", True)
    for first in range(max(1, len(said) - len(wanted) + 1)):
        part = said[first : first + width]
        places = [_place(part, word, language) for word in wanted]
        near = sum(likeness for likeness, _ in places) / len(wanted)
        if near <= best[0] or not any(likeness for likeness, _ in places):
            continue
        at = [place for likeness, place in places if likeness]
        inside = part[max(0, min(at) - (2 if denied else 0)) : max(at) + 1]
        certain = all(part[place][0].sure >= DOUBTED for place in at)
        agrees = denied == any(_denies(plain, language) for _, plain in _around(said, first + min(at), first + max(at)))
        near = near if agrees else near * DENIED
        if near > best[0]:
            best = near, wording, " ".join(word.text for word, _ in inside), certain
    return best


def _around(said: Sequence[tuple[HeardWord, str]], first: int, last: int) -> Sequence[tuple[HeardWord, str]]:
    return said[max(0, first - BEFORE) : last + 1]


def _place(part: Sequence[tuple[HeardWord, str]], wanted: str, language: str) -> tuple[float, int]:
    """How near the nearest word is, 0 where none counts as the same, and its place."""
    likeness, place = max(
        ((_likeness(plain, wanted, language), -at) for at, (_, plain) in enumerate(part)), default=(0.0, 0)
    )
    return (likeness, -place) if likeness >= LIKE else (0.0, 0)


def _likeness(said: str, wanted: str, language: str) -> float:
    if said == wanted:
        return 1.0
    if any(each.isdigit() for each in said + wanted):
        return 0.0
    if stem(said, language) == stem(wanted, language):
        return 1.0
    if min(len(said), len(wanted)) < LEAST_LETTERS:
        return 0.0
    return max(
        Levenshtein.normalized_similarity(letters(said), letters(wanted)),
        Levenshtein.normalized_similarity(sounds(said, language), sounds(wanted, language)),
    )


LEAST_LETTERS = 5
"""Of words that may differ by letters: short ones are other words."""


def _denies(word: str, language: str) -> bool:
    pattern = _NO.get(language)
    return pattern is not None and word not in _NO_NO and pattern.match(word) is not None
