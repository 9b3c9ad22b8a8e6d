"""What erasing takes from transcripts: every word, in whatever form it is kept. That there was a call stays.

Every table of this room is named in ROOM: its words go in `_words`, or it says why it holds none.
"""

from typing import Any

from sqlalchemy import and_, delete, or_, select, text, update
from sqlalchemy.orm import Session

from recording import copies
from ringback.config import Settings
from ringback.store import lease
from ringback.store.base import utcnow
from ringback.store.erasing import ERASED, Doomed, ErasingWaits, Removed, Room, Scope, changed, quietly
from transcripts.live.models import LivePhrase
from transcripts.models import Correction, Segment, Transcript, TranscriptStage
from transcripts.redaction import files as masked
from transcripts.redaction.models import Redaction, RedactionPlace
from transcripts.search import saved
from transcripts.search.models import SearchMatch, SearchPart
from transcripts.text.models import CallMeasure, RawRecognition


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase. Words always belong to a call; a number may be looked for, too."""
    removed = []
    if scope.person and (count := saved.drop_asking_for(session, scope.numbers, utcnow())):
        removed.append(Removed("saved search", count))
    return removed + _of_calls(session, scope) if scope.call_ids else removed


def _of_calls(session: Session, scope: Scope) -> list[Removed]:
    _nobody_works(session, scope)
    which = select(Transcript.id).where(Transcript.call_id.in_(scope.call_ids))
    ids = list(session.scalars(which))
    removed = _words(session, ids) if ids else []
    for kind, row in (("turn", LivePhrase), ("search index", SearchPart), ("search hit", SearchMatch)):
        removed += changed(kind, quietly(session, delete(row).where(row.call_id.in_(scope.call_ids))))
    # Whoever works on one of them loses it: the lease is nobody's, and the next count is another's.
    values: dict[str, Any] = {
        "state": ERASED,
        "error": None,
        "lease_owner": None,
        "lease_until": None,
        "attempts": Transcript.attempts + 1,
        "revision": Transcript.revision + 1,
    }
    words = Transcript.id.in_(ids), or_(Transcript.state != ERASED, Transcript.lease_owner.is_not(None))
    return removed + changed("transcript", quietly(session, update(Transcript).where(and_(*words)).values(values)))


def _nobody_works(session: Session, scope: Scope) -> None:
    """Raises ErasingWaits: who writes down words, or masks the sound, has files in hands that no row names yet."""
    stages = select(TranscriptStage).join(Transcript, Transcript.id == TranscriptStage.transcript_id)
    rows: list[Any] = [*session.scalars(select(Transcript).where(Transcript.call_id.in_(scope.call_ids)))]
    rows += session.scalars(stages.where(Transcript.call_id.in_(scope.call_ids)))
    if any(lease.is_held(row, utcnow()) for row in rows):
        raise ErasingWaits("retention.waits_for_call")


def files(session: Session, _settings: Settings, scope: Scope) -> list[Doomed]:
    """The masked copies of these calls' sound."""
    found = masked.of_calls(session, scope.call_ids) if scope.call_ids else []
    return [Doomed(kind, name, digest) for kind, name, digest in found]


def _words(session: Session, ids: list[Any]) -> list[Removed]:
    """Deletes what belongs to these transcripts."""
    removed = []
    for kind, row in (
        ("turn", Segment),
        ("turn", RawRecognition),
        ("correction", Correction),
        ("measure", CallMeasure),
    ):
        removed += changed(kind, quietly(session, delete(row).where(row.transcript_id.in_(ids))))
    for table in (TranscriptStage, RedactionPlace, Redaction):
        quietly(session, delete(table).where(table.transcript_id.in_(ids)))
    return removed


def scrub(session: Session) -> None:
    """SQLite's full-text index only marks words as deleted: merged into one piece, it has them no more."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO search_token(search_token) VALUES ('optimize')"))


ROOM = Room(
    name="transcripts",
    erased={
        "transcript": "its words are gone; engine, model and lengths stay",
        "segment": "deleted with the call's content",
        "heard": "deleted with the call's content",
        "live_phrase": "deleted with the call's content",
        "correction": "deleted with the call's content",
        "call_measure": "deleted with the call's content",
        "transcript_stage": "deleted with the call's content",
        "redaction": "deleted with the call's content, and with it the masked sound",
        "redaction_place": "deleted with the call's content",
        "search_part": "deleted with the call's content; the index forgets its words when it is merged anew",
        "search_match": "deleted with the call's content",
        "saved_search": "one that looks for the person's number is deleted with the person",
    },
    harmless={
        "vocabulary_trial": "single words without call or speaker; the next trial is made without erased corrections",
        "vocabulary_word": "single words without call or speaker, switched off by our own people",
    },
    erase=erase,
    files=files,
    remove=copies.remove,
    scrub=scrub,
)
