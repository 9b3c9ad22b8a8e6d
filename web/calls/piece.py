"""A piece of a call's sound alone, for who may hear just that: under a receipt, masked as all sound is.

Owns what every such piece has in common. Leaves which seconds of which call to the pages that offer them.
"""

from flask import Response, abort, request

from recording import clips
from recording.errors import NoSound, StorageError
from recording.models import Recording
from retention import receipts
from retention.models import AccessReceipt
from ringback.store.base import utc
from web.calls.masking import sound_for
from web.context import db, now, person, settings


def heard_now(call_id: str | None) -> AccessReceipt | None:
    """The receipt under which who asks may hear it just now."""
    return receipts.open_for(db(), call_id, person().name, utc(now())) if call_id else None


def give_receipt(call_id: str, reason: str, seconds: float) -> None:
    """Writes that who asks listens to so many seconds of the call. Raises RetentionError where the reason is none."""
    receipts.give(
        db(),
        settings(),
        call_id,
        person=person().name,
        role=person().role,
        what="listen",
        reason=reason,
        address=request.remote_addr or "",
        seconds=seconds,
        now=utc(now()),
    )
    db().commit()


def piece_of(recording: Recording, begin: float, end: float, side: str | None = None) -> Response:
    """FLAC of these seconds: 404 where there is no sound, 503 where it cannot be fetched just now."""
    try:
        sound = clips.cut(settings(), sound_for(recording, original=False), begin, end, side)
    except NoSound:
        abort(404)
    except StorageError:
        abort(503)
    return Response(sound, mimetype="audio/flac", headers={"Cache-Control": "private, no-store"})
