"""Recordings that were set aside after their tries, and giving them new ones. Owns no rows of its own."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from recording.models import Recording
from ringback.store import lease
from ringback.store.base import utcnow

_SPENT = and_(
    Recording.state == "spooled",
    or_(Recording.attempts >= lease.CLAIMS, and_(Recording.attempts >= lease.TRIES, Recording.error.is_not(None))),
)


def set_aside(session: Session) -> list[Recording]:
    """Recordings that no worker tries any more."""
    now = utcnow()
    return [row for row in session.scalars(select(Recording).where(_SPENT)) if not lease.is_held(row, now)]


def again(session: Session, linkedid: str) -> bool:
    """Gives a recording that was set aside its tries back. False: there is none."""
    return bool(lease.again(session, Recording, Recording.linkedid == linkedid, _SPENT))
