"""Recordings that were set aside after their tries, finishing or sending, and giving them new ones. Owns no rows."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from recording.models import Recording, RecordingUpload
from ringback.store import lease
from ringback.store.base import utcnow

_SPENT = and_(
    Recording.state == "spooled",
    or_(Recording.attempts >= lease.CLAIMS, and_(Recording.attempts >= lease.TRIES, Recording.error.is_not(None))),
)
_NOT_SENT = RecordingUpload.attempts >= lease.CLAIMS
"""Failures of a sending do not count; what is left is what killed its workers."""


def dead_letters(session: Session) -> list[Recording | RecordingUpload]:
    """Recordings that no worker finishes any more, and copies that none sends; each has `call_id` and `error`."""
    now = utcnow()
    rows: list[Recording | RecordingUpload] = [*session.scalars(select(Recording).where(_SPENT))]
    rows += session.scalars(select(RecordingUpload).where(_NOT_SENT))
    return [row for row in rows if not lease.is_held(row, now)]


def retry(session: Session, call_id: str) -> bool:
    """Gives a recording that was set aside, or its copy, the tries back. False: there is none."""
    finished = lease.again(session, Recording, Recording.call_id == call_id, _SPENT)
    sent = lease.again(session, RecordingUpload, RecordingUpload.call_id == call_id, _NOT_SENT)
    return bool(finished or sent)
