"""What a talk looks like in figures: who talked how much, over whom, and how long nobody said anything.

Pure in `measure`; `make` is the pipeline's step that writes the row `call_measure`. Everything is about the talk with
an agent; times on hold, while an agent asks a colleague, and pauses of the recording are left out of it. The terms
single talk, double talk and mutual silence are those of ITU-T P.59 (1993); overlaps within and between speakers are
told apart as by Heldner and Edlund, "Pauses, gaps and overlaps in conversations", Journal of Phonetics 38 (2010).
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from calls.models import Call, CallSegment
from transcripts.engines.recogniser import Word
from transcripts.models import Segment
from transcripts.stages import Work
from transcripts.text.intervals import Interval, united, within, without
from transcripts.text.models import CallMeasure
from transcripts.text.raw_recognition import unpacked
from transcripts.text.talks import away_of

BRIDGE = 0.5
"""Seconds between two words of one side that are still one piece of talk."""
SILENCE = 3.0
"""Seconds without a word of either side from which on it counts as a silence: shorter ones are how people talk."""
OVERLAP = 0.3
"""Seconds that both talk before it can be an interruption: less is how turns usually change."""
BREAKING_IN = 3
"""Words that somebody who breaks in says at least: "yes", "mhm" and "I see" only show that one listens."""
RATE_SECONDS = 5.0
"""Talk of a side below which words a minute mean nothing."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Of one call; as the columns of CallMeasure."""

    window_seconds: float
    """The talk without holds, questions to colleagues and pauses of the recording."""
    caller_seconds: float
    """Talk of a side: its words, with pauses up to BRIDGE between them."""
    agent_seconds: float
    overlap_seconds: float
    """Double talk: both at once."""
    silence_seconds: float
    """Mutual silence, in pieces of at least SILENCE."""
    longest_silence: float
    longest_silence_at: float | None
    holds: int
    hold_seconds: float
    longest_hold: float
    caller_interruptions: int
    """The caller began while the agent talked, talked on, and the agent stopped (an overlap between speakers)."""
    agent_interruptions: int
    caller_words_per_minute: float | None
    """Words in a minute of the side's own talk."""
    agent_words_per_minute: float | None
    caller_questions: int
    """Sentences that end with a question mark."""
    agent_questions: int


def measure(
    words: dict[str, list[Word]], talks: Sequence[Interval], holds: Sequence[Interval], unheard: Sequence[Interval] = ()
) -> Measures:
    """`words` by speaker (caller, agent) in seconds of the recording; `unheard`: neither is heard by the other."""
    holds = within(holds, talks)
    window = without(united(talks), [*holds, *unheard])
    said = {who: _inside(words.get(who, ()), window) for who in ("caller", "agent")}
    talk = {who: within(pieces(said[who]), window) for who in said}
    overlaps = within(talk["caller"], talk["agent"])
    quiet = [each for each in without(window, talk["caller"] + talk["agent"]) if _length(each) >= SILENCE]
    longest = max(quiet, key=_length, default=None)
    return Measures(
        window_seconds=_sum(window),
        caller_seconds=_sum(talk["caller"]),
        agent_seconds=_sum(talk["agent"]),
        overlap_seconds=_sum(overlaps),
        silence_seconds=_sum(quiet),
        longest_silence=_length(longest) if longest else 0.0,
        longest_silence_at=longest[0] if longest else None,
        holds=len(holds),
        hold_seconds=_sum(holds),
        longest_hold=max(map(_length, holds), default=0.0),
        caller_interruptions=interruptions(said["caller"], said["agent"]),
        agent_interruptions=interruptions(said["agent"], said["caller"]),
        caller_words_per_minute=_rate(said["caller"], talk["caller"]),
        agent_words_per_minute=_rate(said["agent"], talk["agent"]),
        caller_questions=_questions(said["caller"]),
        agent_questions=_questions(said["agent"]),
    )


def make(work: Work) -> None:
    """The pipeline's step `measure`."""
    with work.sessions() as session:
        call = session.scalars(select(Call).where(Call.call_id == work.call_id)).one()
        segments = session.scalars(select(CallSegment).where(CallSegment.call_id == work.call_id)).all()
        turns = session.scalars(select(Segment).where(Segment.transcript_id == work.transcript_id)).all()
    words: dict[str, list[Word]] = {}
    for turn in turns:
        words.setdefault(turn.speaker, []).extend(unpacked(turn.words))
    silent = _of(call, segments, "unrecorded") + away_of(call, segments, "consult")
    found = measure(words, _talks(call, segments), away_of(call, segments, "hold"), silent)
    with work.finish() as session:
        session.execute(delete(CallMeasure).where(CallMeasure.transcript_id == work.transcript_id))
        rounded: dict[str, Any] = {
            name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(found).items()
        }
        session.add(CallMeasure(transcript_id=work.transcript_id, revision=work.revision, **rounded))


def pieces(words: Iterable[Word]) -> list[Interval]:
    """One side's words as pieces of talk without a pause of more than BRIDGE."""
    found: list[Interval] = []
    for word in sorted(words, key=lambda each: each.start):
        if found and word.start - found[-1][1] <= BRIDGE:
            found[-1] = (found[-1][0], max(found[-1][1], word.end))
        else:
            found.append((word.start, word.end))
    return found


def interruptions(who: Sequence[Word], other: Sequence[Word]) -> int:
    """How often `who` broke in on `other` and took the floor."""
    theirs = pieces(other)
    begun = [start for start, _ in theirs]
    starts = sorted(word.start for word in who)
    count = 0
    for start, end in pieces(who):
        at = bisect_left(begun, start) - 1  # the piece of the other during which this one may have begun
        said = bisect_left(starts, end) - bisect_left(starts, start)
        count += at >= 0 and start + OVERLAP <= theirs[at][1] < end and said >= BREAKING_IN
    return count


def _inside(words: Iterable[Word], window: Sequence[Interval]) -> list[Word]:
    return [word for word in words if any(a <= (word.start + word.end) / 2 <= b for a, b in window)]


def _length(interval: Interval) -> float:
    return interval[1] - interval[0]


def _sum(intervals: Iterable[Interval]) -> float:
    return sum(map(_length, intervals))


def _rate(words: Sequence[Word], talk: Sequence[Interval]) -> float | None:
    seconds = _sum(talk)
    return len(words) / seconds * 60 if seconds >= RATE_SECONDS else None


def _questions(words: Iterable[Word]) -> int:
    return sum(word.text.rstrip("\"'»)").endswith("?") for word in words)


def _talks(call: Call, segments: Sequence[CallSegment]) -> list[Interval]:
    """The talks with agents; of a call from before they were kept: from connection to release."""
    found = _of(call, segments, "talk")
    if found or call.connected_at is None:
        return found
    end = call.released_at or call.ended_at or call.connected_at
    return [(_seconds(call, call.connected_at), _seconds(call, end))]


def _of(call: Call, segments: Sequence[CallSegment], kind: str) -> list[Interval]:
    last = call.released_at or call.ended_at or call.arrived_at
    return [
        (_seconds(call, segment.started_at), _seconds(call, segment.ended_at or last))
        for segment in segments
        if segment.kind == kind
    ]


def _seconds(call: Call, moment: datetime) -> float:
    return max(0.0, (moment - call.arrived_at).total_seconds())
