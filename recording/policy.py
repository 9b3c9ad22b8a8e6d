"""Is a recording whole, and what is to be said of it? Pure: facts in, a state and notes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

from recording.levels import HEARD_DBFS, SIDES, Measured
from recording.notes import Note, note, say

TOLERANCE_SECONDS = 1.0
TOLERANCE_SHARE, TOLERANCE_MOST = 0.005, 3.0
"""A recording may be shorter or longer than the call by a second (Asterisk begins after the answer and ends before the
news of the hangup arrives) and by half a percent, at most three seconds (a caller's clock is not ours)."""
BEYOND_SECONDS = 3600.0
"""Sound that goes on for longer than this after the call is not the call's."""
GAP_MARGIN = 0.25
"""Seconds on either side of a pause that are silenced too: the switch's clock and the recording's differ a little."""
TALK_SECONDS = 3.0
"""In a shorter talk it may be that nobody says anything."""
QUIET_DBFS = -45.0
"""Speech below this is hard to follow; telephone speech is at about -20 to -30."""
CLIPPED_SHARE = 0.01

Interval = tuple[float, float]
"""From, to: seconds of the recording."""


@dataclass(frozen=True, slots=True)
class Verdict:
    state: str
    """stored, truncated or missing"""
    notes: tuple[Note, ...] = ()

    @property
    def reason(self) -> str | None:
        return say(list(self.notes))


def tolerance(answered: float) -> float:
    """Seconds that may be missing from a call of `answered` seconds, or be too many."""
    return TOLERANCE_SECONDS + min(TOLERANCE_MOST, TOLERANCE_SHARE * answered)


def judge(
    seconds: float, answered: float, odd_bytes: int, cause: Literal["", "disk", "switch"] = "", beyond: float = 0.0
) -> Verdict:
    """What to call a recording of `seconds` of a call that was answered for `answered` seconds.

    `cause` is what else is known to have gone wrong then; `beyond` what was left out at the end.
    """
    rest = [note("odd_bytes", bytes=odd_bytes)] if odd_bytes else []
    if seconds <= 0:
        return Verdict("missing", (note("empty"), *rest))
    if beyond > 0:
        rest.append(note("too_long", seconds=round(beyond, 1)))
    elif seconds - answered > tolerance(answered):
        rest.append(note("longer", seconds=round(seconds, 1), answered=round(answered, 1)))
    lost = answered - seconds
    if lost > tolerance(answered):
        short = note(
            f"short_{cause}" if cause else "short",
            seconds=round(seconds, 1),
            answered=round(answered, 1),
            lost=round(lost, 1),
        )
        return Verdict("truncated", (short, *rest))
    return Verdict("stored", tuple(rest))


def gaps(paused: Sequence[Interval], seconds: float) -> list[Interval]:
    """Which intervals of a recording of `seconds` are to be silent: pauses with a margin, in order, joined."""
    found: list[Interval] = []
    for begin, end in sorted((max(0.0, begin - GAP_MARGIN), min(seconds, end + GAP_MARGIN)) for begin, end in paused):
        if end <= begin:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def remarks(
    measured: Measured, talks: Sequence[Interval], silenced: Sequence[Interval], holds: Sequence[Interval] = ()
) -> list[Note]:
    """What is odd about the sound: sides that say nothing in a talk, that are too quiet or too loud.

    `talks` are the intervals in which caller and agent were connected, each looked at by itself; `holds` those in which
    the caller heard music, which is no agent's voice; `silenced` the gaps.
    """
    found = []
    if silenced:
        total = sum(end - begin for begin, end in silenced)
        found.append(note("paused", times=len(silenced), seconds=round(total, 1)))
    out = [*silenced, *((begin - GAP_MARGIN, end + GAP_MARGIN) for begin, end in holds)]
    judged = [_whole_seconds(talk, out, len(measured.seconds[0])) for talk in talks]
    for side, level, seconds in zip(SIDES, measured.levels, measured.seconds, strict=True):
        if any(len(wanted) >= TALK_SECONDS and not (seconds[wanted] > HEARD_DBFS).any() for wanted in judged):
            found.append(note(f"silent_{side}"))
        elif level.dbfs is not None and level.dbfs < QUIET_DBFS:
            found.append(note(f"quiet_{side}", dbfs=level.dbfs))
        if level.clipped > CLIPPED_SHARE:
            found.append(note(f"clipped_{side}", percent=round(level.clipped * 100, 1)))
    return found


def told_apart(
    measured: Measured, talks: Sequence[Interval], silenced: Sequence[Interval], holds: Sequence[Interval]
) -> Measured:
    """`measured` with the agents' level that of their talks: prompts, hold music and the survey are told apart."""
    out = [*silenced, *((begin - GAP_MARGIN, end + GAP_MARGIN) for begin, end in holds)]
    length = len(measured.seconds[0])
    return measured.told_apart({second for talk in talks for second in _whole_seconds(talk, out, length)})


def _whole_seconds(talk: Interval, out: Sequence[Interval], length: int) -> list[int]:
    """Seconds of a recording of `length` that lie within a talk as a whole and outside of every interval of `out`."""
    begin, end = talk
    return [
        second
        for second in range(ceil(begin), min(length, floor(end)))
        if not any(first < second + 1 and second < last for first, last in out)
    ]
