"""Words of calls that go on as JSON: what `transcripts.live` has heard of them so far. Reads, never writes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from transcripts.live import service
from web.documents.segments import talked_at, talks_of_calls

LAST = 4
"""Phrases that the page of what happens now shows of each call."""
OLD_SECONDS = 60.0
"""Phrases that began so long before the last one are not shown there."""


def last_words(session: Session, call_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By call: `words`, the last phrases, oldest first, and `alerts`, the words that raised a flag."""
    phrases = service.phrases_of(session, call_ids, LAST)
    alerts = service.alerts_of(session, call_ids)
    talks = talks_of_calls(session, call_ids)
    found: dict[str, dict[str, Any]] = {}
    for call_id in call_ids:
        said = [_phrase(phrase, talks.get(call_id, [])) for phrase in phrases.get(call_id, [])]
        recent = [each for each in said if said[-1]["start"] - each["start"] < OLD_SECONDS]
        found[call_id] = {"words": recent, "alerts": alerts.get(call_id, [])}
    return found


def all_words(session: Session, call_id: str) -> list[dict[str, Any]]:
    """Every phrase of a call; empty once its transcript is there."""
    talks = talks_of_calls(session, [call_id]).get(call_id, [])
    return [_phrase(phrase, talks) for phrase in service.phrases_of(session, [call_id]).get(call_id, [])]


def _phrase(row: Any, talks: list[dict[str, Any]]) -> dict[str, Any]:
    """With the agent who says it: a call that is passed on has several; None: the caller, or nobody knows."""
    return {
        "seq": row.seq,
        "speaker": row.speaker,
        "agent": talked_at(talks, row.start, None) if row.speaker == "agent" else None,
        "start": row.start,
        "end": row.end,
        "text": row.text,
        "settled": row.settled,
        "skipped": row.skipped,
    }
