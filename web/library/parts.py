"""The sound of a part: an address that is nobody else's, the receipt, the cut, and what the player tells of it.

The address is signed, names what is played, by which right and for what reason, and is good for one person and half a
day. Rights are asked again with every request: a part that was taken back, narrowed or erased is silent at once.
Nothing outside the part is ever sent. A receipt is written before the first byte, as for any sound of a call.
"""

import logging
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from flask import Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from library import assignments
from library.models import Assignment, Clip, PlaylistItem
from library.policy import length, read_ranges, within
from recording.clips import cut
from recording.errors import NameRefused, NoSound, StorageError
from recording.models import Recording
from retention import receipts
from ringback.store.base import utc
from web import access
from web.calls.masking import sound_for
from web.calls.playback_access import OVER
from web.calls.sound import sound_response, waveform_of
from web.context import db, now, person, settings
from web.errors import NotHeard
from web.library import blueprint
from web.library.page import percent

log = logging.getLogger(__name__)
SALT = "part"
GOOD_FOR = 12 * 3600
"""Seconds."""
Kind = Literal["clip", "item", "lent"]


@dataclass(frozen=True)
class PlayedPart:
    """What is played, by whose right."""

    call_id: str
    begin: float
    end: float | None
    """None: the whole call."""
    reason: str
    assignment: Assignment | None = None
    item: PlaylistItem | None = None
    """With the assignment."""


def address_of(kind: Kind, key: UUID, reason: str, item: UUID | None = None) -> str:
    """The part of the sound's address that nobody can guess or change. `key`: of the clip, the entry or the
    assignment, whose entry is `item`."""
    return str(_signer().dumps([kind, key.hex, item.hex if item else "", person().row.id.hex, reason]))


@blueprint.get("/library/sound/<token>")
def sound(token: str) -> ResponseReturnValue:
    """The part, whole or in ranges, or the whole call where the whole call may be heard."""
    part = _part(token)
    row = db().scalars(select(Recording).where(Recording.call_id == part.call_id)).one_or_none()
    if row is None or not row.path:
        abort(404)
    heard = sound_for(row, original=False)
    response = sound_response(heard) if part.end is None else _cut(heard, part.begin, part.end)
    at = utc(now())
    receipt = receipts.open_for(db(), part.call_id, person().name, at)
    if receipt is None:
        receipt = receipts.give(
            db(),
            settings(),
            part.call_id,
            person=person().name,
            role=person().role,
            what="listen",
            reason=part.reason,
            address=request.remote_addr or "",
            seconds=row.seconds,
            now=at,
        )
    receipts.note_fetched(db(), receipt, at)
    if part.assignment is not None and part.item is not None:
        assignments.sent(db(), part.assignment.id, part.item.id, at)
    db().commit()
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/library/sound/<token>/quiet")
def quiet(token: str) -> ResponseReturnValue:
    """`{"silences": [[from, to], ...]}`: seconds of the sound of this part in which nobody says anything."""
    part = _part(token)
    row = db().scalars(select(Recording).where(Recording.call_id == part.call_id)).one_or_none()
    if row is None:
        abort(404)
    begin = 0.0 if part.end is None else part.begin
    end = part.end if part.end is not None else row.seconds or 0.0
    heard = sound_for(row, original=False)
    known = waveform_of(heard).silences if heard.peaks_path else []
    found = within(((a, b) for a, b in known), begin, end)
    return jsonify(silences=[[round(a - begin, 2), round(b - begin, 2)] for a, b in found])


@blueprint.post("/library/sound/<token>/heard")
def heard(token: str) -> ResponseReturnValue:
    """The player tells which seconds were played; of an assignment the answer says how far it is now."""
    part, at = _part(token), utc(now())
    told = read_ranges(request.form.get("ranges", ""))
    receipt = receipts.open_for(db(), part.call_id, person().name, at)
    if receipt is not None:
        receipts.note_played(receipt, length(told), at)
    if part.assignment is None or part.item is None:
        db().commit()
        return jsonify({})
    assignments.note_heard(db(), part.assignment, part.item, told, at)
    found = assignments.progress_of(db(), [part.assignment])[part.assignment.id].items[part.item.id]
    db().commit()
    return jsonify(percent=percent(found.share), heard=found.heard)


def lent_part(assignment: Assignment, item: PlaylistItem) -> PlayedPart | None:
    """An entry of what was given to who asks; None: it may not be heard, or no more."""
    if item.call_id not in access.lent_calls(db(), person(), assignment, [item.call_id]):
        return None
    return PlayedPart(item.call_id, item.begin, item.end, receipts.ASSIGNED, assignment, item)


def _part(token: str) -> PlayedPart:
    """What the address names, for its person, with the right asked again; NotHeard says that its time is over."""
    try:
        kind, key, item, user, reason = _signer().loads(token, max_age=GOOD_FOR)
    except SignatureExpired:
        raise NotHeard(OVER) from None
    except (BadSignature, ValueError, TypeError):
        abort(404)
    if user != person().row.id.hex:
        abort(404)
    part = _found(kind, UUID(hex=key), item, reason)
    if part is None:
        abort(404)
    if part.assignment is None and not access.may_hear(db(), person(), part.call_id):
        abort(403)
    return part


def _found(kind: str, key: UUID, item: str, reason: str) -> PlayedPart | None:
    if kind == "clip":
        clip = db().get(Clip, key)
        return PlayedPart(clip.call_id, clip.begin, clip.end, reason) if clip else None
    if kind == "item":
        entry = db().get(PlaylistItem, key)
        return PlayedPart(entry.call_id, entry.begin, entry.end, reason) if entry else None
    assignment, entry = db().get(Assignment, key), db().get(PlaylistItem, UUID(hex=item))
    if assignment is None or entry is None or entry.playlist_id != assignment.playlist_id:
        return None
    return lent_part(assignment, entry)


def _cut(row: Recording, begin: float, end: float) -> Response:
    """404: there is no such sound, 503: not now."""
    try:
        data = cut(settings(), row, begin, end)
    except NoSound:
        abort(404)
    except (StorageError, NameRefused) as error:
        log.warning("part of %s: %s", row.call_id, error)
        abort(503)
    response = Response(data, mimetype="audio/flac")
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=len(data))
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return response


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt=SALT)
