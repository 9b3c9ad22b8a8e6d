"""Hearing a message: cut out of the call in which it was left, masked as all sound is, with a receipt as for any other
listening. The first time it is given to somebody is noted with the message."""

import uuid

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from recording.models import Recording
from retention import receipts
from ringback.store.base import utc
from voicemail import service as voicemail
from voicemail.models import VoiceMessage
from web import access
from web.calls.masking import sound_for
from web.calls.piece import give_receipt, heard_now, piece_of
from web.calls.playback_access import OF_OWN
from web.context import db, now, person, settings
from web.voicemail import blueprint


def begin(key: uuid.UUID) -> ResponseReturnValue:
    """Writes the receipt and leads to the player. Raises RetentionError where the reason is none."""
    message, recording = _interval(key)
    sound_for(recording, original=False)
    own = access.owned_by(db(), person(), message.call_id)
    chosen, words = request.form.get("reason", ""), request.form.get("words", "")
    reason = OF_OWN[own] if own else receipts.reason_of(settings(), chosen, words)
    begins, ends = message.from_seconds, message.to_seconds
    if begins is None or ends is None:
        abort(404)
    give_receipt(message.call_id, reason, ends - begins)
    return redirect(f"{url_for('voicemail.message', key=key, play=1)}#sound", 303)


@blueprint.get("/messages/<uuid:key>/sound.flac")
def message_sound(key: uuid.UUID) -> ResponseReturnValue:
    """The message alone, under an open receipt."""
    message, recording = _interval(key)
    receipt = heard_now(message.call_id)
    if receipt is None:
        abort(403)
    sound = piece_of(recording, message.from_seconds or 0.0, message.to_seconds or 0.0, "caller")
    first = receipts.note_fetched(db(), receipt, utc(now()))
    if message.heard_at is None:
        voicemail.heard(db(), message.call_id, person().name, utc(now()))
    if first or message.heard_at is None:
        db().commit()
    return sound


def _interval(key: uuid.UUID) -> tuple[VoiceMessage, Recording]:
    """The message and the recording it lies in, for whoever may hear it; 404 where there is none."""
    message = db().get(VoiceMessage, key) or abort(404)
    if not access.may_see(db(), person(), message.call_id):
        abort(404)
    if not access.may_hear(db(), person(), message.call_id):
        abort(403)
    row = db().scalars(select(Recording).where(Recording.call_id == message.call_id)).one_or_none()
    if row is None or not row.path:
        abort(404)
    return message, row
