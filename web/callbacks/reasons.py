"""Hearing why a promised call is wanted: the caller's own words, cut out of the call that asked.

Whoever may listen to that call does so on its page. The agent who is to make the promised call hears this interval
alone, masked as all sound is; the receipt says so, and whoever sees receipts sees it.
"""

import uuid

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callback.models import Callback
from recording.models import Recording
from retention import receipts
from ringback.store.base import utc
from web import access
from web.callbacks import blueprint
from web.calls.masking import sound_for
from web.calls.piece import give_receipt, heard_now, piece_of
from web.context import db, now, person

FOR_THE_CALL = "promise"
"""The reason on the receipt: see `web.privacy.words`."""


@blueprint.post("/promises/<uuid:key>/reason")
def hear_reason(key: uuid.UUID) -> ResponseReturnValue:
    """Writes the receipt and leads back to the page, which has the player then."""
    promise, recording = _interval(key)
    sound_for(recording, original=False)
    seconds = (promise.reason_to or 0.0) - (promise.reason_from or 0.0)
    give_receipt(recording.call_id, FOR_THE_CALL, seconds)
    return redirect(f"{url_for('callbacks.promise', key=key)}#why", 303)


@blueprint.get("/promises/<uuid:key>/reason.flac")
def reason_sound(key: uuid.UUID) -> ResponseReturnValue:
    """The interval, under an open receipt."""
    promise, recording = _interval(key)
    receipt = heard_now(recording.call_id)
    if receipt is None:
        abort(403)
    sound = piece_of(recording, promise.reason_from or 0.0, promise.reason_to or 0.0)
    if receipts.note_fetched(db(), receipt, utc(now())):
        db().commit()
    return sound


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
