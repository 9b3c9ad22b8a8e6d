"""Digits that belong to a card although nobody said so: dictated group by group, read back, begun anew. Pure.

People dictate a card in groups, and the other repeats them; recognisers lose words and whole groups between. So the
groups of both speakers are looked at together.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from itertools import accumulate

import phonenumbers

from transcripts.redaction.digit_runs import DigitRun
from transcripts.redaction.numbers import passes_luhn
from transcripts.redaction.speakers import Talk

SECONDS = 20.0
"""So soon after a card's digits, further ones belong to the card."""
SLOWLY = 60.0
"""So long does who reads a card look for its next group."""
ENOUGH = 12
"""Digits that, dictated in groups, are a card's: three of its four groups."""
GROUPS = 2
"""So many of them are groups that are hardly anything but numbers."""
LONG_CARD, LONGEST_CARD = 13, 19
"""Digits of the shortest whole card, and of the longest."""
ISSUERS = frozenset("23456")
"""Digits with which the numbers of payment cards begin (ISO/IEC 7812-1)."""
HALVES = 40.0
"""Rows of four and eight digits that make sixteen are a card's over a pause of so long, if its check digit is wrong."""
READ_BACK = 64
"""Of the digits told before, so many may be read back."""
FEW = 8
"""So many rows of a card further on is no longer soon."""


class Since:
    """When each speaker last said digits of a card or a phone, and which."""

    def __init__(self, talk: Talk) -> None:
        self._ends: dict[tuple[str, str], list[float]] = {}
        self._said: list[tuple[float, str]] = []
        self._whole: dict[str, tuple[float, int]] = {}
        """By speaker: when digits of the last card ended, and how many there were."""
        for speaker, stream in talk.streams.items():
            for at, kind in stream.markers.items():
                self._note(speaker, kind, stream.words[at].end)

    def note(self, run: DigitRun, kind: str | None, *, in_part: bool = False) -> None:
        """What a row of digits turned out to be; in the order of time. `in_part`: only the last four were wanted."""
        if kind is not None:
            self._note(run.stream.speaker, kind, run.end)
        if kind == "card":
            self._said.append((run.end, run.digits))
            end, told = self._whole.get(run.stream.speaker, (float("-inf"), 0))
            told = run.length + (told if run.start - end <= SLOWLY else 0)
            self._whole[run.stream.speaker] = run.end, LONG_CARD if in_part else told

    def goes_on(self, run: DigitRun) -> bool:
        """Whether the speaker has begun a card and not told all of it yet."""
        end, told = self._whole.get(run.stream.speaker, (float("-inf"), LONG_CARD))
        return told < LONG_CARD and 0.0 <= run.start - end <= SLOWLY

    def _note(self, speaker: str, kind: str, end: float) -> None:
        named = "phone" if kind == "phone" else "card" if kind in ("card", "expiry", "code") else kind
        insort(self._ends.setdefault((speaker, named), []), end)

    def is_near(self, run: DigitRun, kind: str) -> bool:
        """Whether the speaker said digits of that kind shortly before."""
        return self.was_near(run.stream.speaker, run.start, kind)

    def was_near(self, speaker: str, start: float, kind: str) -> bool:
        """The same at a time."""
        ends = self._ends.get((speaker, kind), [])
        before = bisect_right(ends, start)
        return before > 0 and start - ends[before - 1] <= SECONDS

    def is_echo(self, run: DigitRun) -> bool:
        """Whether somebody repeats a part of a card that was said shortly before."""
        lately = "".join(digits for end, digits in self._said[-8:] if run.start - end <= SECONDS)
        return run.length > 2 and run.digits in lately


def cards(
    runs: Sequence[DigitRun], kinds: Sequence[str | None], open_runs: Sequence[int], unnamed: Sequence[int] = ()
) -> list[int]:
    """Which of `open_runs` (places in `runs`, which are in the order of time) are parts of a card.

    `unnamed`: rows that may be phones, though nobody said so.
    """
    members = sorted([*open_runs, *(at for at, kind in enumerate(kinds) if kind == "card")])
    members = [at for at in members if runs[at].length > 2]
    found: list[int] = []
    chain: list[int] = []
    for at in members:
        if chain and runs[at].start - max(runs[each].end for each in chain[-2:]) > SECONDS:
            found += _of_a_card(runs, kinds, chain)
            chain = []
        chain.append(at)
    found += _of_a_card(runs, kinds, chain)
    return found + _in_parts(runs, sorted([*open_runs, *unnamed]), set(unnamed))


def _in_parts(runs: Sequence[DigitRun], open_runs: Sequence[int], unnamed: set[int]) -> list[int]:
    """Rows of one speaker, however long he looks for the next, that together are a card's number: two halves of it."""
    found: list[int] = []
    by_speaker: dict[str, list[int]] = {}
    for at in open_runs:
        if runs[at].length > 2:
            by_speaker.setdefault(runs[at].stream.speaker, []).append(at)
    for own in by_speaker.values():
        place = 0
        while place < len(own):
            last = _last_part(runs, own, place, unnamed)
            found += own[place:last]
            place = max(last, place + 1)
    return found


def _last_part(runs: Sequence[DigitRun], own: Sequence[int], first: int, unnamed: set[int]) -> int:
    """One past the last of the rows from `first` on that make a card; `first`: they make none."""
    digits = runs[own[first]].digits
    for at in range(first + 1, len(own)):
        digits += runs[own[at]].digits
        pause = runs[own[at]].start - runs[own[at - 1]].end
        if pause > SLOWLY or len(digits) > LONGEST_CARD:
            break
        parts = [runs[each] for each in own[first : at + 1]]
        fours = all(part.length % 4 == 0 and not all(map(is_ordinary, _groups(part))) for part in parts)
        in_fours = fours and len(digits) == 16 and pause <= HALVES and unnamed.isdisjoint(own[first : at + 1])
        checked = len(digits) >= LONG_CARD and passes_luhn(digits) and all(map(_is_dictated, parts))
        if digits[0] in ISSUERS and (in_fours or checked):
            return at + 1
    return first


def _of_a_card(runs: Sequence[DigitRun], kinds: Sequence[str | None], chain: Sequence[int]) -> list[int]:
    """Those of a chain of rows, each soon after the one before, that are a card's and are not known for it."""
    rest = [at for at in chain if kinds[at] is None]
    known = [at for at in chain if kinds[at] == "card"]
    if known:
        ends = list(accumulate((runs[at].end for at in known), max))
        return [at for at in rest if runs[at].digits in _around(runs, known, ends, at) or _begins(runs, known, at)]
    told, tail = [], ""
    for at in rest:
        if runs[at].digits not in tail:
            told.append(runs[at].digits)
            tail = (tail + runs[at].digits)[-READ_BACK:]
    groups = {group for at in rest for group in _groups(runs[at]) if len(group) > 3 and not is_ordinary(group)}
    digits = "".join(told)
    dictated = len(groups) >= GROUPS and len(digits) >= ENOUGH and all(_is_dictated(runs[at]) for at in rest)
    return rest if dictated and not (len(digits) == ENOUGH and is_dialled(digits)) else []


def _around(runs: Sequence[DigitRun], known: Sequence[int], ends: Sequence[float], at: int) -> str:
    """The digits of a card that were said about a row: nobody reads back what was said long before."""
    first = bisect_left(ends, runs[at].start - SLOWLY)
    last = bisect_right(known, runs[at].end + SLOWLY, key=lambda each: runs[each].start)
    return "".join(runs[each].digits for each in known[first:last])


def _is_dictated(run: DigitRun) -> bool:
    """Whether a row may be groups of a card: of four, one digit lost; or of a card of fifteen: four, six and five."""
    sizes = [len(group) for group in _groups(run)]
    return not run.hundreds and (all(size in (3, 4) for size in sizes) or sizes in ([5], [6], [11]))


def _begins(runs: Sequence[DigitRun], known: Sequence[int], at: int) -> bool:
    """Whether the speaker says a group before the card that he then says whole: let me start over."""
    later = range(bisect_right(known, at), min(bisect_right(known, at) + FEW, len(known)))
    after = next((known[each] for each in later if runs[known[each]].stream is runs[at].stream), None)
    soon = after is not None and runs[after].start - runs[at].end <= SECONDS
    return soon and runs[at].length < LONG_CARD and not all(map(is_ordinary, _groups(runs[at])))


def _groups(run: DigitRun) -> list[str]:
    """As they are written; of digits said one by one, or in pairs, groups of four where there is a number of them."""
    if len(run.words) > 1 and all(len(word) > 2 for word in run.words):
        return list(run.words)
    digits = run.digits
    return [digits[at : at + 4] for at in range(0, len(digits), 4)] if len(digits) % 4 == 0 else [digits]


def is_ordinary(group: str) -> bool:
    """Whether four digits may be a time of day or a year."""
    return len(group) == 4 and ((group[:2] < "24" and group[2:] < "60") or group[:2] in ("19", "20"))


def is_dialled(digits: str) -> bool:
    """Whether these are a phone number with the code of its country."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}", None))
    except phonenumbers.NumberParseException:
        return False
