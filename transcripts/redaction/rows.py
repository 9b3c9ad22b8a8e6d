"""Masks the text of a call and writes down where its secrets are: rows `redaction` and `redaction_place`.

`transcripts/pipeline/build.py` calls it while it makes the turns, in one transaction with them. What is found is
decided in `detect.py`; what the places mean for the sound is `step.py`'s.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ringback.config import Settings
from transcripts.engines.recogniser import Word
from transcripts.redaction import proof
from transcripts.redaction.detect import RedactionRules
from transcripts.redaction.intervals import SecretInterval, listen_again
from transcripts.redaction.masks import Finding, mask_intervals, redact_turns, rules_of
from transcripts.redaction.models import Redaction, RedactionPlace
from transcripts.redaction.speakers import Talk
from transcripts.text.turns import Turn

CORRECTED = "corrected"
"""Source of a place whose words nobody understood until a person wrote them."""
FROM_TEXT = ("text", CORRECTED)
"""Sources of places that reading tells; the others are found by listening."""
NEAR = 60.0
"""Seconds around a corrected turn in which its words may tell what others mean."""


def rules(settings: Settings) -> RedactionRules:
    """What is looked for in calls here."""
    return rules_of(settings.redaction, [line.default_country for line in settings.lines])


def mask_turns(session: Session, transcript_id: UUID, turns: list[Turn], settings: Settings) -> list[Turn]:
    """The turns as heard with every secret replaced by a marker; writes the places down and whether sound is masked.

    Places that were found by listening stay masked whatever the words say. Those that only a correction told are
    masked after the corrections (`mask_corrected`), which look for the words that were heard.
    """
    row = row_of(session, transcript_id)
    mine = RedactionPlace.transcript_id == transcript_id
    session.execute(delete(RedactionPlace).where(mine, RedactionPlace.source == "text"))
    if not settings.redaction.is_on:
        row.state = "passed" if row.originals_gone else "clean"
        return turns
    known = known_intervals(session, transcript_id)
    # Looked for in all words: the rest of a number is told by the part of it that is known already.
    masked, places = redact_turns(turns, rules(settings))
    masked = mask_intervals(masked, [interval for interval in known if interval.source != CORRECTED])
    session.add_all(place_row(transcript_id, place) for place in places)
    talk = Talk.of(_by_speaker(turns))
    suspicious = listen_again((), talk, proof.wanted_kinds(rules(settings)), float("inf"))
    if row.originals_gone:
        row.state = "passed"  # what is heard has no secrets left, but for those that nobody looked for then
        if places:
            begin_again(row)
    else:
        row.state = "waiting" if places or known or suspicious else "clean"
    return masked


def mask_corrected(
    session: Session, transcript_id: UUID, before: Sequence[Turn], after: list[Turn], settings: Settings
) -> list[Turn]:
    """The turns `after` people's corrections with the secrets that these tell replaced by markers, with their places.

    `before`: the turns without corrections.
    """
    if not settings.redaction.is_on:
        return after
    unchanged = frozenset(before)
    changed = [turn for turn in after if turn not in unchanged]
    masked = after
    if changed:
        near = [
            number
            for number, turn in enumerate(after)
            if any(turn.start <= other.end + NEAR and turn.end >= other.start - NEAR for other in changed)
        ]
        masked, places = redact_turns(after, rules(settings), frozenset(near))
        add_places(session, transcript_id, [place_row(transcript_id, place) for place in places])
    corrected = [interval for interval in known_intervals(session, transcript_id) if interval.source == CORRECTED]
    return mask_intervals(masked, corrected)


def add_places(session: Session, transcript_id: UUID, places: Sequence[RedactionPlace]) -> None:
    """Places that became known after the sound was looked at: it is masked (again)."""
    if not places:
        return
    session.add_all(places)
    row = row_of(session, transcript_id)
    if row.originals_gone:
        begin_again(row)
    row.state = "waiting"
    session.flush()


def begin_again(row: Redaction) -> None:
    """A secret is heard in what was left when the originals went: that is masked as any recording, and goes too."""
    row.state, row.originals_gone = "waiting", False
    row.path = row.peaks_path = row.sha256 = row.of_sha256 = None


def known_intervals(session: Session, transcript_id: UUID) -> list[SecretInterval]:
    """Every place that is written down."""
    mine = RedactionPlace.transcript_id == transcript_id
    return [interval_of(place) for place in session.scalars(select(RedactionPlace).where(mine))]


def findings_in(turns: Iterable[Turn], intervals: Sequence[SecretInterval]) -> list[Finding]:
    """What stands in each of `intervals`, turn by turn."""
    found = []
    by_speaker: dict[str, list[SecretInterval]] = {}
    for interval in sorted(intervals, key=lambda each: each.start):
        by_speaker.setdefault(interval.speaker, []).append(interval)
    ends = {who: list(accumulate((each.end for each in own), max)) for who, own in by_speaker.items()}
    for turn in turns:
        own = by_speaker.get(turn.speaker, [])
        at = bisect_right(own, turn.end, key=lambda each: each.start) - 1
        while at >= 0 and ends[turn.speaker][at] >= turn.start:  # whatever begins earlier has ended
            interval, at = own[at], at - 1
            words = tuple(w for w in turn.words if interval.start <= (w.start + w.end) / 2 <= interval.end)
            if words:
                found.append(Finding(interval.kind, interval.speaker, interval.start, interval.end, words))
    return found


def row_of(session: Session, transcript_id: UUID) -> Redaction:
    """The row of a transcript, made where there is none."""
    found = session.scalars(select(Redaction).where(Redaction.transcript_id == transcript_id)).one_or_none()
    if found is None:
        found = Redaction(transcript_id=transcript_id)
        session.add(found)
        session.flush()
    return found


def interval_of(place: RedactionPlace) -> SecretInterval:
    return SecretInterval(place.kind, place.speaker, place.start, place.end, place.source)


def place_row(transcript_id: UUID, place: Finding | SecretInterval) -> RedactionPlace:
    source = place.source if isinstance(place, SecretInterval) else "text"
    return RedactionPlace(
        transcript_id=transcript_id,
        kind=place.kind,
        speaker=place.speaker,
        start=round(place.start, 3),
        end=round(place.end, 3),
        source=source,
    )


def _by_speaker(turns: Sequence[Turn]) -> Mapping[str, list[Word]]:
    words: dict[str, list[Word]] = {}
    for turn in turns:
        words.setdefault(turn.speaker, []).extend(turn.words)
    return words
