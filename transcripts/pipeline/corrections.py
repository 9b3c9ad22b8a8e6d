"""What people corrected in a transcript: put into the turns, undone, and put in again after a machine's new run.

Owns the rows `correction`; they are the history. The segments are always made of what was heard and of the corrections
that stand (`build.py`), so nothing that a machine does again loses one: a change is put in where the same words stand
at the same place, else it is `lost` and shown to be looked at. Who may correct is decided by who calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ringback.store.base import utcnow
from transcripts.engines.recogniser import Word
from transcripts.errors import TranscriptError
from transcripts.models import Correction, Segment, Transcript
from transcripts.redaction import rows
from transcripts.redaction.detect import RedactionRules
from transcripts.redaction.intervals import SecretInterval
from transcripts.redaction.masks import Finding, marker, redact_turns
from transcripts.text.align import Change, aligned, changes, plain, put_in
from transcripts.text.raw_recognition import unpacked
from transcripts.text.turns import Turn

LONGEST = 4000
"""Characters of a corrected turn."""
AROUND = 60.0
"""Seconds around a turn in which others tell what its numbers are."""


class CorrectionRefused(TranscriptError):
    """A correction that cannot be put in."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants a turn to say."""

    seq: int
    revision: int
    """Transcript.revision that the person saw."""
    text: str
    by: str
    """Name of the person's account."""


def correct(session: Session, transcript: Transcript, edit: Edit, rules: RedactionRules) -> Correction | None:
    """Writes a correction down, with the secrets in it masked by `rules`; None: nothing is different.

    A secret that only the correction tells gets a place of its own: what was heard there does not name it, and its
    sound is to be masked all the same.
    The caller makes the segments anew then (`pipeline/build.py`). Raises CorrectionRefused where the
    text changed meanwhile, is too long or empty.
    """
    segments = session.scalars(select(Segment).where(Segment.transcript_id == transcript.id)).all()
    segment = next((each for each in segments if each.seq == edit.seq), None)
    if segment is None or transcript.revision != edit.revision:
        raise CorrectionRefused("transcripts.correction_stale")
    after = clean(edit.text)
    if len(after) > len(segment.text) + LONGEST:
        raise CorrectionRefused("transcripts.correction_long")
    if not after:
        raise CorrectionRefused("transcripts.correction_empty")
    words = unpacked(segment.words)
    texts = after.split()
    secrets: list[SecretInterval] = []
    if words:
        turn = Turn(segment.speaker, _put(words, texts, segment))
        others = [Turn(each.speaker, tuple(unpacked(each.words))) for each in segments if each is not segment]
        texts, secrets = _masked(turn, [each for each in others if each.words], rules)
    found = changes(words, texts, segment.start, segment.end)
    if not found:
        return None
    rows.add_places(session, transcript.id, [rows.place_row(transcript.id, secret) for secret in secrets])
    row = Correction(
        transcript_id=transcript.id,
        speaker=segment.speaker,
        start=segment.start,
        end=segment.end,
        before=segment.text,
        after=" ".join(texts),
        changes=[_packed(change) for change in found],
        by=edit.by,
    )
    session.add(row)
    session.flush()
    return row


def _put(words: list[Word], texts: list[str], segment: Segment) -> tuple[Word, ...]:
    """`texts` with the times of `words` where these stay; all spread over the turn where that cannot be told."""
    said: list[Turn] | None = [Turn(segment.speaker, tuple(words))]
    for change in changes(words, texts, segment.start, segment.end):
        said = said and put_in(said, segment.speaker, change)
    if said and [word.text for word in said[0].words] == texts:
        return said[0].words
    return aligned(words, texts)


def _masked(turn: Turn, others: list[Turn], rules: RedactionRules) -> tuple[list[str], list[SecretInterval]]:
    """The words of a turn with its secrets masked, as all of the talk tells them, and where they are."""
    said = sorted([*others, turn], key=lambda each: each.start)
    at = next(number for number, each in enumerate(said) if each is turn)
    masked, places = redact_turns(said, rules, frozenset([at]))
    intervals = []
    for place in places:
        inside = [word for word in place.words if word in turn.words] if place.speaker == turn.speaker else []
        if inside:
            start, end = min(word.start for word in inside), max(word.end for word in inside)
            intervals.append(SecretInterval(place.kind, place.speaker, start, end, rows.CORRECTED))
    return [word.text for word in masked[at].words], intervals


def mask_again(
    session: Session,
    transcript_id: UUID,
    said: Sequence[Turn],
    rules: RedactionRules,
    secrets: Sequence[Finding],
) -> None:
    """Masks what the rules of today find in the history; with the text that it changed, a change is masked as well.

    `said`: the turns as they are read now. `secrets`: what is masked there, however it was found.
    """
    for row in history(session, transcript_id):
        old = row.before, row.after
        row.before, row.after = (_again(row, text, said, rules, secrets) for text in old)
        if (row.before, row.after) != old and row.changes:
            # One change of the whole turn: the single ones hold the words that are to go.
            before, after = row.before.split(), row.after.split()
            row.changes = [_packed(Change(row.start, row.end, tuple(before), tuple(after)))]
    session.flush()


def _again(row: Correction, text: str, said: Sequence[Turn], rules: RedactionRules, secrets: Sequence[Finding]) -> str:
    """A text of the history, masked."""
    texts = text.split()
    if not texts:
        return text
    for place in secrets:
        if place.speaker == row.speaker and place.start <= row.end and place.end >= row.start:
            texts = _without(texts, place)
    spread = aligned([Word(row.start, row.end, 1.0, text)], texts)
    others = [
        turn
        for turn in said
        if row.start - AROUND <= turn.end
        and turn.start <= row.end + AROUND
        and not (turn.speaker == row.speaker and turn.start < row.end and row.start < turn.end)
    ]
    masked, _ = _masked(Turn(row.speaker, spread), others, rules)
    return " ".join(masked) if masked != text.split() else text


def _without(texts: list[str], secret: Finding) -> list[str]:
    """`texts` with a marker for the words of a secret, where they stand in a row."""
    wanted = plain([part for word in secret.words for part in word.text.split()])
    there = plain(texts)
    for at in range(len(there) - len(wanted) + 1):
        if there[at : at + len(wanted)] == wanted and any(wanted):
            return [*texts[:at], marker(secret.kind), *texts[at + len(wanted) :]]
    return texts


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
    touched = [
        row
        for row in history(session, transcript_id)
        if row.speaker == speaker and row.start <= end and row.end >= start
    ]
    for row in touched:
        row.before = row.after = text
        row.changes, row.state = [], "undone"
    return len(touched)


def clean(text: str) -> str:
    """A person's text as one line without characters that cannot be seen."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


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
    return {"start": change.start, "end": change.end, "before": list(change.before), "after": list(change.after)}


def _unpacked(row: dict[str, Any]) -> Change:
    return Change(float(row["start"]), float(row["end"]), tuple(row["before"]), tuple(row["after"]))
