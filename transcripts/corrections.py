"""What people corrected in a transcript: put into the turns, undone, and put in again after a machine's new run.

Owns the rows `correction`; they are the history. The segments are always made of what was heard and of the corrections
that stand (`build.py`), so nothing that a machine does again loses one: a change is put in where the same words stand
at the same place, else it is `lost` and shown to be looked at. Who may correct is decided by who calls.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ringback.store.base import utcnow
from transcripts.align import Change, aligned, changes, put_in
from transcripts.errors import TranscriptError
from transcripts.heard import packed, unpacked
from transcripts.models import Correction, Segment, Transcript
from transcripts.redaction.detect import Rules
from transcripts.redaction.masks import redact
from transcripts.turns import Turn

LONGEST = 4000
"""Signs of a corrected turn."""


class CorrectionRefused(TranscriptError):
    """A correction that cannot be put in, in a sentence for who made it; `code` is its key in SAYS."""

    def __init__(self, code: str) -> None:
        super().__init__(SAYS[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a turn to say."""

    seq: int
    revision: int
    """Transcript.revision that the person saw."""
    text: str
    by: str
    """Name of the person's account."""


def correct(session: Session, transcript: Transcript, wish: Wish, rules: Rules) -> Correction | None:
    """Writes a correction down, with the secrets in it masked by `rules`; None: nothing is different.

    Who calls makes the segments anew then (`build.rebuild`). Raises CorrectionRefused, with a sentence of SAYS, where
    the text changed meanwhile, is too long or empty.
    """
    segments = session.scalars(select(Segment).where(Segment.transcript_id == transcript.id)).all()
    segment = next((each for each in segments if each.seq == wish.seq), None)
    if segment is None or transcript.revision != wish.revision:
        raise CorrectionRefused("stale")
    after = clean(wish.text)
    if len(after) > LONGEST:
        raise CorrectionRefused("long")
    if not after:
        raise CorrectionRefused("empty")
    words = unpacked(segment.words)
    texts = after.split()
    if words:
        others = [word for each in segments if each.speaker != segment.speaker for word in each.words]
        texts = [each[3] for each in redact(packed(list(aligned(words, texts))), rules, others)]
    found = changes(words, texts, segment.start, segment.end)
    if not found:
        return None
    row = Correction(
        transcript_id=transcript.id, speaker=segment.speaker, start=segment.start, end=segment.end,
        before=segment.text, after=" ".join(texts), changes=[_packed(change) for change in found], by=wish.by,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def undo(session: Session, correction: Correction, by: str) -> bool:
    """Takes a correction back, or drops one that is lost; rebuild then. False: it was undone already."""
    if correction.state == "undone":
        return False
    correction.state, correction.ended_by, correction.ended_at = "undone", by, utcnow()
    session.flush()
    return True


def history(session: Session, transcript_id: UUID) -> list[Correction]:
    """All corrections of a transcript in the order in which they were made."""
    query = select(Correction).where(Correction.transcript_id == transcript_id).order_by(Correction.at, Correction.id)
    return list(session.scalars(query))


def mask(session: Session, transcript_id: UUID, speaker: str, start: float, end: float, text: str) -> int:
    """Blackens every correction of a speaker that touches two times, its history with it; how many."""
    rows = [
        row
        for row in history(session, transcript_id)
        if row.speaker == speaker and row.start <= end and row.end >= start
    ]
    for row in rows:
        row.before = row.after = text
        row.changes, row.state = [], "undone"
    return len(rows)


def clean(text: str) -> str:
    """A person's text as one line without signs that cannot be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def applied(session: Session, transcript_id: UUID, said: list[Turn]) -> list[Turn]:
    """`said` with the corrections that stand; a row whose words are not there any more becomes `lost`."""
    for row in history(session, transcript_id):
        if row.state == "undone":
            continue
        found = [put_in(said, row.speaker, _unpacked(each)) for each in row.changes]
        row.state = "applied" if all(each is not None for each in found) else "lost"
        if row.state == "lost":
            continue  # all of it or nothing: half a correction is a third text that nobody wrote
        for each in row.changes:
            said = put_in(said, row.speaker, _unpacked(each)) or said
    return [turn for turn in said if turn.words]


def _packed(change: Change) -> dict[str, Any]:
    return {
        "start": change.start, "end": change.end, "before": list(change.before), "after": list(change.after)
    }  # fmt: skip


def _unpacked(row: dict[str, Any]) -> Change:
    return Change(float(row["start"]), float(row["end"]), tuple(row["before"]), tuple(row["after"]))


SAYS = {
    "stale": "The text changed while you wrote: look at it and correct it again.",
    "long": "This is longer than a turn can be: correct it in parts.",
    "empty": "A turn cannot be emptied: undo instead, or leave it.",
}
"""The sentences of CorrectionRefused; the pages have them in other languages."""
