"""How a person's text for a turn meets the words a machine heard: what changed, and where it belongs. Pure.

Unchanged words keep their times; new ones share the time of those they replace, by their length. A change is found
again in another run by its words near its time, so it survives turns that are cut differently.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from transcripts.engines.recogniser import Word
from transcripts.text.turns import Turn

SLACK = 1.5
"""Seconds by which another run may place the same words elsewhere."""
CERTAIN = 1.0
"""A word that a person wrote is sure."""


@dataclass(frozen=True, slots=True)
class Change:
    """Words of one speaker between two times, and what is to stand there."""

    start: float
    end: float
    before: tuple[str, ...]
    after: tuple[str, ...]


def changes(words: Sequence[Word], after: Sequence[str], start: float, end: float) -> list[Change]:
    """What makes `words` say `after`. What is only added takes a neighbour along, by which it is found again."""
    before = [word.text for word in words]
    found: list[Change] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if a == b:  # only added
            if a:
                a, c = a - 1, c - 1
            else:
                b, d = b + 1, d + 1
        taken = words[a:b]
        times = (taken[0].start, taken[-1].end) if taken else (start, end)
        found.append(Change(*times, tuple(before[a:b]), tuple(after[c:d])))
    return found


def put_in(said: list[Turn], speaker: str, change: Change) -> list[Turn] | None:
    """`said` with a change in it; None: these words are not said there. Already corrected counts as put in."""
    wanted, there = plain(change.before), plain(change.after)
    for number, turn in enumerate(said):
        if turn.speaker != speaker or turn.end < change.start - SLACK or turn.start > change.end + SLACK:
            continue
        place = _place(turn.words, wanted, change)
        if place is not None:
            words = _with(turn.words, place, place + len(wanted), change)
            return [*said[:number], Turn(speaker, words), *said[number + 1 :]]
        if there and _place(turn.words, there, change) is not None:
            return said
    return None


def aligned(words: Sequence[Word], texts: Sequence[str]) -> tuple[Word, ...]:
    """`texts` over the time of `words`, each with a share by its length."""
    start, end = words[0].start, words[-1].end
    whole = sum(len(text) + 1 for text in texts)
    found, clock = [], start
    for text in texts:
        length = (end - start) * (len(text) + 1) / whole
        found.append(Word(clock, clock + length, CERTAIN, text))
        clock += length
    return tuple(found)


def _place(words: Sequence[Word], wanted: tuple[str, ...], change: Change) -> int | None:
    """Where in `words` the wanted ones stand, nearest to the change's time; None: nowhere near."""
    said = plain([word.text for word in words])
    places = [
        at
        for at in range(len(said) - len(wanted) + 1)
        if said[at : at + len(wanted)] == wanted and abs(words[at].start - change.start) <= SLACK
    ]
    return min(places, key=lambda at: abs(words[at].start - change.start), default=None)


def _with(words: Sequence[Word], start: int, end: int, change: Change) -> tuple[Word, ...]:
    """`words` with those from `start` to `end` replaced; what is the same in both keeps its time."""
    old, new = list(words[start:end]), list(change.after)
    put: list[Word] = []
    for kind, a, b, c, d in SequenceMatcher(None, plain([w.text for w in old]), plain(new)).get_opcodes():
        if kind == "equal":
            put += [replace(word, text=text) for word, text in zip(old[a:b], new[c:d], strict=True)]
        elif c < d:
            put += aligned(old[a:b] or [_between(old, a)], new[c:d])
    return (*words[:start], *put, *words[end:])


def _between(words: Sequence[Word], place: int) -> Word:
    """The gap before `place`, for words that nobody heard."""
    begin = words[place - 1].end if place else words[0].start
    end = words[place].start if place < len(words) else begin
    return Word(begin, max(begin, end), CERTAIN, "")


def plain(texts: Sequence[str]) -> tuple[str, ...]:
    """Words as they are compared: without marks and capitals, which differ from run to run."""
    return tuple(re.sub(r"[^\w%+@'’-]", "", text).casefold().replace("ё", "е") for text in texts)
