"""What erasing takes from summaries: all of it, with the call's text."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope, changed, quietly
from summary.models import CallSummary
from transcripts.models import Transcript


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    if not scope.call_ids:
        return []
    theirs = select(Transcript.id).where(Transcript.call_id.in_(scope.call_ids))
    return changed("summary", quietly(session, delete(CallSummary).where(CallSummary.transcript_id.in_(theirs))))


ROOM = Room(
    name="summary",
    erased={"call_summary": "deleted with the call's content"},
    harmless={},
    erase=erase,
)
