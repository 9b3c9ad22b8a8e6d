"""A call's text: corrected, taken away in other formats, made again."""

import hashlib
import uuid
from pathlib import PurePosixPath

from flask import Response, abort, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from recording import service as recordings
from recording.errors import NameRefused, NoSound, StorageError
from recording.models import Recording
from ringback.store.base import utcnow
from tickets import transcript_line
from transcripts.exports import formats
from transcripts.exports.vcon import SoundLink, vcon
from transcripts.models import Correction, Transcript
from transcripts.pipeline import corrections, reprocess
from transcripts.pipeline.corrections import CorrectionRefused, Edit
from transcripts.redaction import rows as masking
from transcripts.redaction import service as redaction
from web.calls import blueprint
from web.calls import views as calls
from web.context import db, needs, person, settings
from web.i18n import told
from web.labels import agent_name, label, masked

TYPES = {
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "txt": "text/plain",
    "json": "application/json",
    "vcon": "application/vcon+json",
}
"""What a transcript can be taken away as."""
BLOCK = 1 << 20


@blueprint.get("/calls/<call_id>/transcript.<kind>")
def export(call_id: str, kind: str) -> Response:
    """The transcript in another format, for whoever may see the call."""
    document = calls.document_for(call_id)
    if kind not in TYPES or document["transcript"] is None:
        abort(404)
    call, turns, language = document["call"], document["transcript"]["turns"], document["transcript"]["language"]
    names = {
        "caller": call["caller_name"].strip() or call["caller_number"].strip() or str(label("speaker", "caller")),
        "agent": agent_name(call["agent"]) or str(label("speaker", "agent")),
        **{f"agent:{agent}": agent_name(agent) for agent in document["agents"]},
    }
    if kind == "vtt":
        body = formats.vtt(turns, names, language, masked)
    elif kind == "srt":
        body = formats.srt(turns, names, masked)
    elif kind == "txt":
        body = formats.text(turns, names, masked)
    elif kind == "vcon":
        body = formats.dumped(vcon(document, names, utcnow().isoformat(), _sound(call_id)))
    else:
        body = formats.as_json(document)
    response = make_response(body)
    response.headers["Content-Type"] = f"{TYPES[kind]}; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=f"{call_id}.{kind}")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _sound(call_id: str) -> SoundLink | None:
    """The sound that is given to whoever may hear the call, with its hash; None: there is none just now."""
    row = db().scalars(select(Recording).where(Recording.call_id == call_id)).one_or_none()
    given = redaction.audible_recording(db(), settings(), row).recording if row is not None else None
    if given is None or given.path is None:
        return None
    digest = hashlib.sha512()
    try:
        stream = recordings.open_stream(settings(), given)
        with stream.file as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except (NameRefused, NoSound, StorageError):
        return None
    # By the settings: whoever asks writes the Host header, and a file that is passed on would name a machine of theirs.
    url = settings().web.base_url + url_for("calls.sound", call_id=call_id)
    return SoundLink(url, stream.content_type, PurePosixPath(given.path).name, digest.digest())


@blueprint.post("/calls/<call_id>/turns/<int:seq>")
@needs("correct")
def correct(call_id: str, seq: int) -> ResponseReturnValue:
    """Puts a person's text in place of a turn's; refused where the text changed meanwhile."""
    transcript = _transcript(call_id)
    edit = Edit(seq, request.form.get("revision", -1, type=int), request.form.get("text", ""), person().name)
    try:
        made = corrections.correct(db(), transcript, edit, masking.rules(settings()))
    except CorrectionRefused as error:
        db().rollback()
        return _refused(call_id, seq, error, edit.text)
    if made is not None:
        transcript_line.rebuild(db(), transcript.id, settings())
        db().commit()
    return redirect(url_for("calls.call", call_id=call_id, _anchor=f"turn-{seq}"))


@blueprint.post("/calls/<call_id>/corrections/<uuid:key>/undo")
@needs("correct")
def undo_correction(call_id: str, key: uuid.UUID) -> ResponseReturnValue:
    """Takes a correction back; it stays in the history."""
    transcript = _transcript(call_id)
    row = db().get(Correction, key)
    if row is None or row.transcript_id != transcript.id:
        abort(404)
    if corrections.undo(db(), row, person().name):
        transcript_line.rebuild(db(), transcript.id, settings())
        db().commit()
    return redirect(url_for("calls.call", call_id=call_id, _anchor="transcript"))


@blueprint.post("/calls/<call_id>/again")
@needs("again")
def make_again(call_id: str) -> ResponseReturnValue:
    """Lets a stage of the call's transcript be made again."""
    stage = request.form.get("stage", "")
    calls.document_for(call_id)
    if stage not in reprocess.STAGES:
        abort(400)
    reprocess.reprocess(db(), stage, call_id=call_id)
    db().commit()
    flash(_("It is being made again. The page will show it when it is ready."))
    return redirect(url_for("calls.call", call_id=call_id, _anchor="transcript"))


def _transcript(call_id: str) -> Transcript:
    """The row, for somebody who may see the call; locked, so that two corrections follow one another."""
    calls.document_for(call_id)
    db().rollback()
    row = db().scalars(select(Transcript).where(Transcript.call_id == call_id).with_for_update()).one_or_none()
    return row or abort(404)


def _refused(call_id: str, seq: int, error: CorrectionRefused, text: str) -> ResponseReturnValue:
    page = calls.page_of(call_id, seq=seq, trouble=told(error.message), written=text)
    return make_response(page, 409 if error.code == "transcripts.correction_stale" else 400)
