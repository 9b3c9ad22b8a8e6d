"""What other rooms may ask of recordings: having the sound, and keeping one that would be thrown away.

The work itself is in `finishing` (raw file to library), `sweep` (what fell through), `space` (the disk), `uploads` (the
storage) and `copies` (where the sound can be had).
"""

from datetime import timedelta

from sqlalchemy import Select, and_, exists, select, update
from sqlalchemy.orm import Session

from calls.models import Call
from recording.copies import SoundStream, borrow, content_type, open_stream, read_peaks, sound_path
from recording.errors import RecordingError, TooLate
from recording.facts import rule_of
from recording.finishing import finish
from recording.models import KeepRequest, Recording
from ringback.config import Settings
from ringback.store import lease
from ringback.store.base import utcnow

__all__ = [
    "SoundStream",
    "borrow",
    "content_type",
    "due",
    "finish",
    "keeps",
    "open_stream",
    "read_peaks",
    "request_keep",
    "sound_path",
]

LATELY = timedelta(hours=1)
"""What `full=False` looks back on."""
REASON = 200
"""Characters of a reason that are kept."""


def due(session: Session, *, full: bool) -> list[str]:
    """call_ids of settled calls whose recording is not finished, oldest first."""
    now = utcnow()
    fresh = list(session.scalars(_without_row(None if full else now - LATELY)))
    spooled = session.scalars(select(Recording).where(Recording.state == "spooled"))
    return fresh + [row.call_id for row in spooled if lease.is_free(row, now)]


def keeps(session: Session, settings: Settings, call_id: str) -> bool:
    """Whether a request to keep this call's recording changes or finds anything: no queue that it was in forbids it."""
    call = session.scalars(select(Call).where(Call.call_id == call_id)).one_or_none()
    return call is not None and rule_of(session, settings, call) != "never"


def request_keep(session: Session, call_id: str, by: str, reason: str = "") -> None:
    """Wants the recording of a call kept whose queue records on demand; once is enough, and anybody may.

    Raises TooLate where the sound is gone, RecordingError where there is no such call. Where the queue never records,
    which `keeps` tells, or always, it changes nothing.
    """
    call = session.scalars(select(Call).where(Call.call_id == call_id)).one_or_none()
    if call is None:
        raise RecordingError("recording.no_call", call=call_id[:60])
    # At once: nothing is to be waited for any more. It also keeps whoever throws it away from doing so meanwhile.
    waiting = update(Recording).where(Recording.call_id == call_id, Recording.lease_owner.is_(None))
    session.execute(
        waiting.where(Recording.state == "spooled").values(lease_until=None),
        execution_options={"synchronize_session": False},
    )
    state = session.scalar(select(Recording.state).where(Recording.call_id == call_id).with_for_update())
    if state in ("not_recorded", "erased"):
        raise TooLate
    session.add(KeepRequest(call_id=call_id, by=by, reason=reason.strip()[:REASON]))


def _without_row(since: object) -> Select[tuple[str]]:
    has_row = exists().where(Recording.call_id == Call.call_id)
    query = select(Call.call_id).where(and_(Call.ended_at.is_not(None), Call.snapshot.is_(None)), ~has_row)
    if since is not None:
        query = query.where(Call.ended_at >= since)
    return query.order_by(Call.ended_at).limit(100)
