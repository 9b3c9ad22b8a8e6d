"""Hearing why a promised call is wanted: the caller's own words, cut out of the call that asked.

Whoever may listen to that call does so on its page. The agent who is to make the promised call hears this interval
alone, masked as all sound is; the receipt says so, and whoever sees receipts sees it.
"""

import uuid

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callback.models import Callback
from recording import clips
from recording.errors import NoSound, StorageError
from recording.models import Recording
from retention import receipts
from retention.models import AccessReceipt
from ringback.store.base import utc
from web import access
from web.callbacks import blueprint
from web.calls.masking import sound_for
from web.context import db, now, person, settings

FOR_THE_CALL = "promise"
"""The reason on the receipt: see `web.privacy.words`."""


def heard_now(call_id: str | None) -> AccessReceipt | None:
    """The receipt under which who asks may hear it just now."""
    return receipts.open_for(db(), call_id, person().name, utc(now())) if call_id else None


@blueprint.post("/promises/<uuid:key>/reason")
def hear_reason(key: uuid.UUID) -> ResponseReturnValue:
    """Writes the receipt and leads back to the page, which has the player then."""
    promise, recording = _interval(key)
    sound_for(recording, original=False)
    receipts.give(
        db(),
        settings(),
        recording.call_id,
        person=person().name,
        role=person().role,
        what="listen",
        reason=FOR_THE_CALL,
        address=request.remote_addr or "",
        seconds=(promise.reason_to or 0.0) - (promise.reason_from or 0.0),
        now=utc(now()),
    )
    db().commit()
    return redirect(f"{url_for('callbacks.promise', key=key)}#why", 303)


@blueprint.get("/promises/<uuid:key>/reason.flac")
def reason_sound(key: uuid.UUID) -> ResponseReturnValue:
    """The interval, under an open receipt."""
    promise, recording = _interval(key)
    receipt = heard_now(recording.call_id)
    if receipt is None:
        abort(403)
    try:
        sound = clips.cut(
            settings(), sound_for(recording, original=False), promise.reason_from or 0.0, promise.reason_to or 0.0
        )
    except NoSound:
        abort(404)
    except StorageError:
        abort(503)
    if receipts.note_fetched(db(), receipt, utc(now())):
        db().commit()
    return Response(sound, mimetype="audio/flac", headers={"Cache-Control": "private, no-store"})


def _interval(key: uuid.UUID) -> tuple[Callback, Recording]:
    """The promise and the recording its reason lies in, for its agent; 404 where there is none."""
    promise = db().get(Callback, key) or abort(404)
    if promise.reason_call_id is None:
        abort(404)
    if not access.may_hear_reason(person(), promise.agent):
        abort(403)
    row = db().scalars(select(Recording).where(Recording.call_id == promise.reason_call_id)).one_or_none()
    if row is None or not row.path:
        abort(404)
    return promise, row
