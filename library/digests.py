"""The ninety seconds of a call as its text is now: reads what `library/digest.py` chooses from, and keeps nothing.

A text that is corrected, recognised again or masked further has other stretches the next time, from the moment its
summary is made anew; an erased one has none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from library.digest import NOTHING, UNSURE, Digest, DigestFacts, digest
from ringback.store.erasing import ERASED
from summary.extract import POINTS
from summary.models import CallSummary
from summary.sentences import SaidSentence, sentences
from transcripts.engines.recogniser import Word
from transcripts.models import Segment, Transcript
from transcripts.text.moments import moments_of
from transcripts.text.raw_recognition import unpacked
from transcripts.text.turns import Turn

BY_RANK = (0.9, 0.7, 0.5)
"""What the sentences of a summary weigh that was made before weights were kept."""
LONGEST = 45 * 60.0
"""Seconds of a call that has ninety: a minute of it takes 1.4 ms of its page's time."""


@dataclass(frozen=True, slots=True)
class CallDigest:
    """The stretches, and the sentences that they are made of."""

    digest: Digest
    said: Sequence[SaidSentence]


EMPTY = CallDigest(NOTHING, ())


def digest_of(session: Session, call_id: str, begin: float, end: float | None) -> CallDigest:
    """Of what of a call lies between two seconds; nothing where its summary is not made yet."""
    call = session.scalar(select(Call).where(Call.call_id == call_id, Call.ended_at.is_not(None)))
    transcript = session.scalar(select(Transcript).where(Transcript.call_id == call_id))
    if call is None or transcript is None or transcript.state == ERASED or end is None or end - begin > LONGEST:
        return EMPTY
    summary = session.scalar(
        select(CallSummary).where(
            CallSummary.transcript_id == transcript.id, CallSummary.revision == transcript.revision
        )
    )
    if summary is None:
        return EMPTY
    rows = session.execute(
        select(Segment.seq, Segment.speaker, Segment.words)
        .where(Segment.transcript_id == transcript.id)
        .order_by(Segment.seq)
    )
    turns = {row.seq: Turn(row.speaker, tuple(unpacked(row.words))) for row in rows if row.words}
    said = [each for each in sentences(turns.items()) if begin <= each.start and each.end <= end]
    words: dict[str, list[Word]] = {}
    for turn in turns.values():
        words.setdefault(turn.speaker, []).extend(turn.words)
    facts = DigestFacts(
        said=said,
        unsure={at: _unsure(turns[each.seq], each) for at, each in enumerate(said)},
        likely=_likely(summary, said),
        moments=[each for each in moments_of(session, call, words) if begin <= each.at <= end],
        language=transcript.language,
        begin=begin,
        end=end,
    )
    return CallDigest(digest(facts), said)


def _unsure(turn: Turn, sentence: SaidSentence) -> int:
    return sum(word.confidence < UNSURE for word in turn.words[sentence.first : sentence.last])


def _likely(summary: CallSummary, said: Sequence[SaidSentence]) -> Mapping[str, Mapping[int, float]]:
    places = {(each.seq, each.first): at for at, each in enumerate(said)}
    found: dict[str, dict[int, float]] = {}
    for point in POINTS:
        rows: list[list[Any]] = (summary.likely or {}).get(point) or [
            [*place[:2], weight] for place, weight in zip(summary.sentences.get(point, []), BY_RANK, strict=False)
        ]
        known = ((places.get((int(seq), int(first))), float(weight)) for seq, first, weight in rows)
        found[point] = {at: weight for at, weight in known if at is not None}
    return found
