"""Places in a call and what was heard of them: plain decisions, without I/O.

A place is seconds of the recording and a side. Corrections give the words of a turn the times that the turn had, and a
new recognition listens to the same sound: so a place finds its words again by their middles, whatever they are called
by then (`quoted`). What a player says it has played counts as far as the clock allows (`plausible`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Range = tuple[float, float]
"""From and to, in seconds of the recording."""

ENOUGH = 0.9
"""The share of an entry that must be heard: nobody listens to the last click of a line."""
FASTEST = 3.75
"""Times the speed: what the player offers, and a quarter more for clocks that are not in step. Nothing is given beside
it: whoever reports often gains nothing by that."""
LONGEST_REPORT = 90.0
"""Seconds since the last report that count at most: a tab that said nothing for an hour did not play for an hour."""
SHORTEST = 0.2
"""Seconds of a place."""
MOST_RANGES = 200
"""That are read of one report."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of one turn at a place."""

    speaker: str
    start: float
    words: tuple[str, ...]
    """As the text has them now: masked where it is masked."""


@dataclass(frozen=True, slots=True)
class SaidTurn:
    """A turn of a text as far as places ask about it."""

    speaker: str
    words: Sequence[Sequence[object]]
    """As `transcripts.models.Segment.words`."""


def quoted(turns: Iterable[SaidTurn], begin: float, end: float, speaker: str = "") -> list[Quote]:
    """What is said at a place, by turns in their order. `speaker`: of this side alone.

    A word belongs to it whose middle lies in it. Where none does, because the words were cut otherwise, the one word
    that lies over most of it.
    """
    found, nearest, most = [], None, 0.0
    for turn in turns:
        if speaker and turn.speaker != speaker:
            continue
        inside = []
        for word in turn.words:
            start, stop = float(word[0]), float(word[1])  # type: ignore[arg-type]
            if begin <= (start + stop) / 2 <= end:
                inside.append((start, str(word[3])))
            elif (over := min(stop, end) - max(start, begin)) > most:
                nearest, most = Quote(turn.speaker, start, (str(word[3]),)), over
        if inside:
            found.append(Quote(turn.speaker, inside[0][0], tuple(word for _, word in inside)))
    return found or ([nearest] if nearest else [])


def stretch(begin: float, end: float, seconds: float | None) -> Range | None:
    """A place as it may be kept, within a recording of `seconds`; None: there is no such place."""
    begin, end = max(0.0, begin), end if seconds is None else min(end, seconds)
    return (round(begin, 2), round(end, 2)) if end - begin >= SHORTEST else None


def read_time(text: str) -> float | None:
    """Seconds of "1:05", "1:00:05", "65" or "65.4"; None: it is no time."""
    parts = text.strip().replace(",", ".").split(":")
    if not 1 <= len(parts) <= 3 or not all(part.replace(".", "", 1).isdecimal() for part in parts):
        return None
    if any("." in part for part in parts[:-1]) or not all(part.isascii() for part in parts):
        return None
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return total if total < 1e6 else None


# -- what was heard --------------------------------------------------------------------------------------


def joined(ranges: Iterable[Range]) -> list[Range]:
    """In order, those that touch made one."""
    found: list[Range] = []
    for begin, end in sorted(each for each in ranges if each[1] > each[0]):
        if found and begin <= found[-1][1] + 0.05:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def length(ranges: Iterable[Range]) -> float:
    """Seconds of ranges that do not overlap."""
    return sum(end - begin for begin, end in ranges)


def within(ranges: Iterable[Range], begin: float, end: float) -> list[Range]:
    """What of the ranges lies between the two."""
    cut = [(max(begin, first), min(end, last)) for first, last in ranges]
    return [each for each in cut if each[1] > each[0]]


def allowed(elapsed: float) -> float:
    """Seconds of sound that can have been played since the last report, `elapsed` seconds ago."""
    return FASTEST * min(max(0.0, elapsed), LONGEST_REPORT)


def plausible(before: Sequence[Range], told: Iterable[Range], begin: float, end: float, elapsed: float) -> list[Range]:
    """What is known to be heard of [begin, end] after a report: what was known before, and of `told` as many seconds,
    from its beginning, as can have been played meanwhile."""
    known, left = joined(before), allowed(elapsed)
    for first, last in joined(within(told, begin, end)):
        fresh = _without(first, last, known)
        for one, other in fresh:
            taken = min(other - one, left)
            if taken <= 0:
                return _rounded(known)
            known = [*known, (one, one + taken)]
            left -= taken
    return _rounded(known)


def _rounded(ranges: Iterable[Range]) -> list[Range]:
    return joined((round(first, 2), round(last, 2)) for first, last in joined(ranges))


def _without(begin: float, end: float, known: Sequence[Range]) -> list[Range]:
    """What of [begin, end] lies in none of `known`, which are in order."""
    found, at = [], begin
    for first, last in sorted(known):
        if first >= end:
            break
        if first > at:
            found.append((at, first))
        at = max(at, last)
    return [*found, (at, end)] if at < end else found


def share(heard: Iterable[Range], begin: float, end: float) -> float:
    """How much of [begin, end] was heard, from 0 to 1."""
    return min(1.0, length(within(heard, begin, end)) / (end - begin)) if end > begin else 1.0


def read_ranges(text: str) -> list[Range]:
    """Of "0-4.2,9-12": what a player tells. What is no range is left out."""
    found = []
    for part in text.split(",")[:MOST_RANGES]:
        first, _, last = part.partition("-")
        begin, end = read_time(first), read_time(last)
        if begin is not None and end is not None and end > begin:
            found.append((begin, end))
    return found
