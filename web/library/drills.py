"""Drills: heard until the stop, answered by voice or by typing, then the real answer; whom they are given to."""

import io
import logging
import uuid

from flask import Response, abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from calls.models import Call
from library.drill import service
from library.drill.hearing import LONGEST, hear
from library.drill.models import Drill
from library.drill.points import HeardWord
from library.errors import LibraryError
from recording.clips import cut
from recording.errors import NameRefused, NoSound, StorageError
from recording.models import Recording
from retention import receipts
from ringback.messages import Message, message
from ringback.store.base import utc
from transcripts.engines.recogniser import RATE
from web import access
from web.calls.masking import sound_for
from web.context import db, needs, now, person, settings
from web.errors import NotHeard
from web.i18n import told
from web.library import blueprint
from web.library.drill_page import drill_page, drills_page
from web.library.form import key_asked
from web.library.people import names
from web.library.voices import VoicesOnTheirWay

log = logging.getLogger(__name__)
VOICES = VoicesOnTheirWay()


@blueprint.get("/library/drills")
def drills() -> ResponseReturnValue:
    """Those that who asks may try."""
    return render_template("library/drills.html", **vars(drills_page()))


@blueprint.get("/library/drills/<uuid:drill_id>")
def drill(drill_id: uuid.UUID) -> ResponseReturnValue:
    return _shown(drill_there(drill_id))


@blueprint.post("/library/drills/<uuid:drill_id>/<any(give,delete):action>")
@needs("train")
def change_drill(drill_id: uuid.UUID, action: str) -> ResponseReturnValue:
    row = drill_there(drill_id)
    if action == "delete":
        service.remove(db(), row.id)
        db().commit()
        flash(_("The drill is deleted, with what was said in it."))
        return redirect(url_for("library.drills"), 303)
    known = names()
    people = [name for name in request.form.getlist("person") if name in known]
    service.give(row, people, request.form.get("everyone") == "yes")
    db().commit()
    flash(_("Saved."))
    return redirect(url_for("library.drill", drill_id=drill_id, _anchor="given"), 303)


@blueprint.post("/library/drills/<uuid:drill_id>/say")
def say(drill_id: uuid.UUID) -> ResponseReturnValue:
    """What was typed; the page then says which points it has, and plays the real answer."""
    row, words = drill_there(drill_id), request.form.get("words", "")
    try:
        said = service.typed(words)
        made = service.attempt(
            db(), row, person().name, said, _language(row), utc(now()), spoken=False, shown=_number(request.form)
        )
    except LibraryError as error:
        db().rollback()
        return make_response(_shown(row, error.message, words), 400)
    db().commit()
    return redirect(_result(row, made.id), 303)


@blueprint.post("/library/drills/<uuid:drill_id>/voice/<int:at>")
def voice_piece(drill_id: uuid.UUID, at: int) -> ResponseReturnValue:
    """A piece of what is said, as its body: answers how much is there. It stays in memory."""
    drill_there(drill_id)
    try:
        return jsonify(bytes=VOICES.add(_whose(drill_id), at, request.get_data()))
    except LibraryError as error:
        return jsonify(fault=told(error.message)), 400


@blueprint.post("/library/drills/<uuid:drill_id>/spoken")
def spoken(drill_id: uuid.UUID) -> ResponseReturnValue:
    """What was said becomes words, and the words an attempt; the sound is kept where its speaker asks for that."""
    row = drill_there(drill_id)
    language, keep = _language(row), request.form.get("keep") == "yes"
    db().rollback()  # nothing of the store is held while the recogniser hears
    try:
        sound = VOICES.take(_whose(drill_id))
        said: list[HeardWord] = hear(settings(), language, sound).words
        row = drill_there(drill_id)
        kept = _flac(sound) if keep else None
        made = service.attempt(
            db(), row, person().name, said, language, utc(now()), spoken=True, voice=kept, shown=_number(request.form)
        )
    except LibraryError as error:
        db().rollback()
        return jsonify(fault=told(error.message)), 400
    db().commit()
    return jsonify(at=_result(row, made.id))


@blueprint.get("/library/drills/<uuid:drill_id>/<any(scene,answer):which>.flac")
def drill_sound(drill_id: uuid.UUID, which: str) -> ResponseReturnValue:
    """The scene, or the real answer for who has tried; masked, under a receipt, and nothing else of the call. Of an
    earlier version, which is named in the address, both are for those who tried that one."""
    row, number = drill_there(drill_id), _number(request.args)
    text = service.as_it_is(row) if number is None else service.version(db(), row, number)
    if text is None:
        abort(404)
    is_free = which == "scene" and text.until is None
    if not is_free and not person().may("train") and not service.has_tried(db(), row.id, person().name, text.number):
        abort(404)
    recording = db().scalars(select(Recording).where(Recording.call_id == row.call_id)).one_or_none()
    if recording is None or not recording.path:
        abort(404)
    heard = sound_for(recording, original=False)
    begin, end = (text.begin, text.stop) if which == "scene" else (text.stop, text.end)
    try:
        data = cut(settings(), heard, begin, end)
    except NoSound:
        abort(404)
    except (StorageError, NameRefused) as error:
        log.warning("drill %s: %s", row.id, error)
        abort(503)
    moment = utc(now())
    receipt = receipts.open_for(db(), row.call_id, person().name, moment)
    if receipt is None:
        receipt = receipts.give(
            db(),
            settings(),
            row.call_id,
            person=person().name,
            role=person().role,
            what="listen",
            reason=receipts.ASSIGNED,
            address=request.remote_addr or "",
            seconds=recording.seconds,
            now=moment,
        )
    receipts.note_fetched(db(), receipt, moment)
    db().commit()
    return _sound(data)


@blueprint.get("/library/drills/voices/<uuid:attempt_id>.flac")
def own_voice(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """One's own, which nobody else hears."""
    found = service.voice(db(), attempt_id, person().name)
    if found is None:
        abort(404)
    return _sound(found)


@blueprint.post("/library/drills/voices/<any(one,all):which>")
def forget_voice(which: str) -> ResponseReturnValue:
    """One's own voice, of one attempt or of all; leads back to the drills. What is another's or gone stays as it is."""
    if which == "all":
        gone = service.forget_voices(db(), person().name) > 0
    else:
        attempt = key_of_attempt()
        gone = attempt is not None and service.forget_voice(db(), attempt, person().name)
    db().commit()
    if gone:
        flash(_("Your voice is deleted."))
    return redirect(url_for("library.drills"), 303)


def key_of_attempt() -> uuid.UUID | None:
    """Of the form."""
    try:
        return uuid.UUID(request.form.get("attempt", ""))
    except ValueError:
        return None


def _number(sent: MultiDict[str, str]) -> int | None:
    """The version of the drill that the page had; None: it named none."""
    text = sent.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _shown(row: Drill, fault: Message | None = None, words: str = "") -> str:
    page = drill_page(row, _why_not(row), round(LONGEST) - 5, key_asked("attempt"), fault, words)
    return render_template("library/drill.html", **vars(page))


def drill_there(key: uuid.UUID) -> Drill:
    """One that who asks may try."""
    row = db().get(Drill, key)
    if row is None or not access.may_try_drill(db(), person(), row):
        abort(404)
    return row


def _language(row: Drill) -> str:
    """Of the call: it is answered in the same one."""
    return str(db().scalar(select(Call.language).where(Call.call_id == row.call_id)))


def _why_not(row: Drill) -> Message | None:
    """Why nothing can be heard now; None: it can."""
    recording = db().scalars(select(Recording).where(Recording.call_id == row.call_id)).one_or_none()
    if recording is None or not recording.path:
        return message("library.no_sound")
    try:
        sound_for(recording, original=False)
    except NotHeard as error:
        return error.message
    return None


def _result(row: Drill, attempt: uuid.UUID) -> str:
    return url_for("library.drill", drill_id=row.id, attempt=attempt, _anchor="result")


def _whose(drill_id: uuid.UUID) -> str:
    return f"{person().row.id.hex} {drill_id.hex}"


def _flac(sound: bytes) -> bytes:
    import numpy as np
    import soundfile

    target = io.BytesIO()
    soundfile.write(target, np.frombuffer(sound[: len(sound) // 2 * 2], "<i2"), RATE, format="FLAC", subtype="PCM_16")
    return target.getvalue()


def _sound(data: bytes) -> Response:
    response = Response(data, mimetype="audio/flac")
    response.make_conditional(request, accept_ranges=True, complete_length=len(data))
    response.headers["Cache-Control"] = "private, no-store"
    return response
