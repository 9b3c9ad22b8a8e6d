"""What of live words may be shown, which words raise a flag, which calls are listened to. Pure: no clock, no store."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from transcripts.engines.recogniser import Word
from transcripts.redaction.detect import Detection
from transcripts.redaction.numbers import number_in, plain

if TYPE_CHECKING:
    from transcripts.text.talks import Timed

HELD = "…"
"""Stands for the words that are held back."""
RUN_OVER_WORDS = 3
"""So many other words after a number end the run: what comes then belongs to something else."""
RUN_OVER_SECONDS = 10.0
"""So long a silence of the speaker ends it too."""
BETWEEN = 2
"""Other words that may stand between two numbers of one run: "four one one one, yes, two two"."""
SELDOM = frozenset("one oh раз один одна одно одного одному".split())
"""Words that, standing alone, hardly ever begin a number, and no card's: "this one", "oh", "ещё раз"."""
NEWEST = 2
"""Words at the end of a phrase that goes on, held back where names are masked: half a name is none yet."""


@dataclass(frozen=True, slots=True)
class LiveMasking:
    """What is kept out of live words."""

    find: Callable[[Mapping[str, Sequence[Word]]], list[Detection]]
    """words of each speaker -> the secrets in them (transcripts.redaction.detect.find)"""
    newest: bool = False
    """Names or email addresses are among them."""


def held_from(words: Sequence[Word], now: float, *, newest: bool = False) -> int:
    """The first of one speaker's words that is not to be shown yet; len(words): none.

    Numbers are held back until their run is over, because only a whole card number can be known for one. `now` is how
    far the speaker was heard, in the seconds of the words' times; `newest`: the NEWEST words are held back anyway.
    """
    shown = max(0, len(words) - NEWEST) if newest else len(words)
    numbers = [place for place, word in enumerate(words) if number_in(word.text) is not None]
    if not numbers:
        return shown
    last = numbers[-1]
    if len(words) - 1 - last >= RUN_OVER_WORDS or now - words[last].end > RUN_OVER_SECONDS:
        return shown
    first = last
    for place in reversed(numbers):
        if first - place > BETWEEN + 1:
            break
        first = place
    if first == last and plain(words[last].text) in SELDOM:
        return shown
    return min(shown, first)


def alerts_in(words: Sequence[Word], alerts: Iterable[str]) -> list[tuple[str, Word]]:
    """The alerts that were said, each with the words of its first place as one.

    An alert is one word or several in a row; one that ends in a star stands for every word that begins so.
    """
    said = [plain(word.text) for word in words]
    found = []
    for alert in alerts:
        parts = [plain(part) + ("*" if part.endswith("*") else "") for part in alert.split()]
        for place in range(len(said) - len(parts) + 1):
            if all(_fits(part, said[place + at]) for at, part in enumerate(parts)):
                there = words[place : place + len(parts)]
                text = " ".join(said[place : place + len(parts)])
                found.append((alert, Word(there[0].start, there[-1].end, there[0].confidence, text)))
                break
    return found


def _fits(part: str, word: str) -> bool:
    stem = part.rstrip("*")
    return bool(stem) and (word.startswith(stem) if part.endswith("*") else word == stem)


def chosen(calls: Sequence["Timed"], most: int) -> list[str]:
    """The call_ids that are listened to: calls with an agent first, then those that have been there longest."""

    def rank(call: "Timed") -> tuple[bool, datetime]:
        talks = call.connected_at is not None and call.released_at is None
        return (not talks, call.arrived_at)

    return [call.call_id for call in sorted(calls, key=rank)[:most]]
