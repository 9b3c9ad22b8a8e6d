"""What a reviewer's attention is drawn to: places in a call, from what is known of it already. None of it is counted.

For what must be said: the sentence of the agent that is nearest in meaning to any of the given wordings
(`transcripts/engines/meaning.py`); how near is told, and whether it is near enough is for a person to say. For what a
criterion watches: the longest silence, hold or time of both talking (`transcripts/text/moments.py`), and whether the
notice was read (`notices.py`). Places, no words: what is said there is read from the text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.store.erasing import ERASED
from scoring.notices import notice_of
from scoring.policy import Criterion
from summary.sentences import SaidSentence
from summary.step import said_in
from transcripts.models import Transcript
from transcripts.text.moments import Moment, moments_of


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where to listen for one criterion."""

    criterion: str
    kind: str
    """said (the nearest sentence), silence, overlap, hold, none (nothing of that kind is in the call), or one of
    `scoring.notices.NoticeKind`"""
    begin: float = 0.0
    """Seconds of the recording."""
    end: float = 0.0
    likeness: float | None = None
    """Of said: cosine of the two meanings, 0 to 1."""

    def as_json(self) -> dict[str, Any]:
        """What `suggestion_of` reads again."""
        return asdict(self)

    @property
    def is_place(self) -> bool:
        """Whether there is something to listen to."""
        return self.end > self.begin


def suggestion_of(stored: Mapping[str, Any]) -> Suggestion:
    """Of what `as_json` gave."""
    return Suggestion(**stored)


def suggest(session: Session, call: Call, criteria: Sequence[Criterion]) -> list[Suggestion]:
    """In the order of the criteria."""
    watching = any(each.watch in ("silence", "overlap", "hold") for each in criteria)
    moments = moments_of(session, call) if watching else []
    transcript = session.scalars(select(Transcript).where(Transcript.call_id == call.call_id)).one_or_none()
    said: list[SaidSentence] = []
    if transcript is not None and transcript.state != ERASED and any(each.wordings for each in criteria):
        said = [each for each in said_in(session, transcript) if each.speaker == "agent"]
    found = nearest({each.key: each.wordings for each in criteria if each.wordings}, said)
    notice = notice_of(session, call) if any(each.watch == "notice" for each in criteria) else None
    for each in criteria:
        if each.watch in ("silence", "overlap", "hold"):
            found.append(watched(each, moments))
        elif each.watch == "notice" and notice is not None:
            found.append(Suggestion(each.key, notice.kind, 0.0, notice.end))
    order = {each.key: at for at, each in enumerate(criteria)}
    return sorted(found, key=lambda each: order[each.criterion])


def revision_of(session: Session, call_id: str) -> int:
    """Of the call's text, as `Evaluation.suggested_of`."""
    found = session.scalar(select(Transcript.revision).where(Transcript.call_id == call_id))
    return -1 if found is None else found


def nearest(wordings: Mapping[str, Sequence[str]], said: Sequence[SaidSentence]) -> list[Suggestion]:
    """For each criterion the sentence that is nearest to any of its wordings."""
    if not wordings or not said:
        return []
    from transcripts.engines.meaning import encoder  # numpy and 120 MB: only where something must be said

    meant = encoder().vectors([each.text for each in said])
    found = []
    for key, lines in wordings.items():
        alike = (encoder().vectors(list(lines)) @ meant.T).max(axis=0)
        at = int(alike.argmax())
        likeness = round(min(1.0, max(0.0, float(alike[at]))), 3)
        found.append(Suggestion(key, "said", round(said[at].start, 2), round(said[at].end, 2), likeness))
    return found


def watched(criterion: Criterion, moments: Sequence[Moment]) -> Suggestion:
    """The moment of the kind that the criterion watches; of kind none, where there is none."""
    for each in moments:
        if each.kind == criterion.watch:
            return Suggestion(criterion.key, each.kind, round(each.at, 2), round(each.at + (each.seconds or 0.0), 2))
    return Suggestion(criterion.key, "none")
