"""All work after the calls that failed too often: for its page and for `ringback retry`."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from recording import dead_letters as recordings
from ringback.messages import as_document
from ringback.store import dead_letters
from ringback.store.base import utcnow
from transcripts.pipeline import reprocess as transcripts
from web.documents.facts import Document


def dead_letters_document(session: Session) -> list[Document]:
    """All work that failed too often, the newest first: `{"stage", "key", "error", "at", "call_id"}`.

    `stage` and `key` are what `try_again` takes; `call_id` is the call it is about, where the key is one.
    """
    found: list[Document] = [
        {"stage": row.stage, "key": row.key, "error": row.error, "at": row.failed_at}
        for row in dead_letters.standing(session)
    ]
    found += transcripts.dead_letters(session)
    found += [
        {"stage": "recordings", "key": row.call_id, "error": row.error, "at": None}
        for row in recordings.dead_letters(session)
    ]
    keys = [one["key"] for one in found]
    calls = set(session.scalars(select(Call.call_id).where(Call.call_id.in_(keys)))) if keys else set()
    for one in found:
        one["call_id"] = one["key"] if one["key"] in calls else None
        one["at"] = one["at"].isoformat() if one["at"] else None
        one |= as_document("error", one["error"])
    return sorted(found, key=lambda one: (one["at"] or "", one["stage"], one["key"]), reverse=True)


def dead_letter_counts(session: Session) -> dict[str, int]:
    """How many there are, by stage."""
    found = dead_letters.counts(session) | transcripts.dead_letter_counts(session)
    return found | {"recordings": found.get("recordings", 0) + len(recordings.dead_letters(session))}


def try_again(session: Session, stage: str, key: str) -> bool:
    """Lets a piece of work be tried again, whatever it failed on. False: no failed work of that name."""
    if not any(one["stage"] == stage and one["key"] == key for one in dead_letters_document(session)):
        return False
    dead_letters.forget(session, stage, key, utcnow())
    if stage == "recordings":
        recordings.retry(session, key)
    if stage in transcripts.STAGES:
        transcripts.reprocess(session, stage, call_id=key)
    return True
