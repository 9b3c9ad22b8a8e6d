"""The seconds of a talk that may explain how a caller felt about it: the longest hold, silence and overlap, transfers.

Pure in `moments`; `moments_of` reads what it needs. The terms are those of `transcripts/text/measures.py`. Without a
transcript holds and transfers are still known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call, CallSegment
from transcripts.engines.recogniser import Word
from transcripts.models import Segment, Transcript
from transcripts.text.intervals import Interval, united, within, without
from transcripts.text.measures import SILENCE, pieces
from transcripts.text.raw_recognition import unpacked
from transcripts.text.talks import away_of, handovers, talks_of

LONG_HOLD = 5.0
"""Seconds on hold that a caller notices."""
LONG_OVERLAP = 1.0
"""Seconds of both at once that are more than a change of turns."""


MomentKind = Literal["hold", "silence", "overlap", "transfer"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Where to listen."""

    kind: MomentKind
    at: float
    """Seconds of the recording."""
    seconds: float | None
    """How long it lasted; None: a transfer is a moment."""


def moments(
    words: dict[str, list[Word]],
    talks: Sequence[Interval],
    holds: Sequence[Interval],
    transfers: Sequence[float],
    unheard: Sequence[Interval] = (),
) -> list[Moment]:
    """In the order of the call. `words` by speaker (caller, agent); none: nothing is known of silence and overlap."""
    window = without(united(talks), [*holds, *unheard])
    sides = [within(pieces(words.get(who, ())), window) for who in ("caller", "agent")]
    silences = without(window, [*sides[0], *sides[1]]) if any(sides) else []
    found = [
        *_longest("hold", holds, LONG_HOLD),
        *_longest("silence", silences, SILENCE),
        *_longest("overlap", within(*sides), LONG_OVERLAP),
        *(Moment("transfer", at, None) for at in transfers),
    ]
    return sorted(found, key=lambda moment: (moment.at, moment.kind))


def moments_of(session: Session, call: Call, words: dict[str, list[Word]] | None = None) -> list[Moment]:
    """Of a call that is over. `words` by speaker, where they are at hand."""
    segments = session.scalars(select(CallSegment).where(CallSegment.call_id == call.call_id)).all()
    if words is None:
        words = _words_of(session, call)
    unrecorded = [
        ((row.started_at - call.arrived_at).total_seconds(), (row.ended_at - call.arrived_at).total_seconds())
        for row in segments
        if row.kind == "unrecorded" and row.ended_at is not None
    ]
    holds = away_of(call, segments, "hold")
    return moments(words, talks_of(session, call), holds, handovers(session, call), unrecorded)


def _words_of(session: Session, call: Call) -> dict[str, list[Word]]:
    turns = session.execute(
        select(Segment.speaker, Segment.words)
        .join(Transcript, Transcript.id == Segment.transcript_id)
        .where(Transcript.call_id == call.call_id)
    )
    words: dict[str, list[Word]] = {}
    for speaker, said in turns:
        words.setdefault(speaker, []).extend(unpacked(said))
    return words


def _longest(kind: MomentKind, intervals: Sequence[Interval], least: float) -> list[Moment]:
    lasting = [(end - start, -start) for start, end in intervals if end - start >= least]
    if not lasting:
        return []
    seconds, start = max(lasting)
    return [Moment(kind, -start, seconds)]
