"""Keeping the recording of a call whose queue records on demand: a button, as long as there is something to keep."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from recording.errors import TooLate
from recording.service import keeps, request_keep
from web.calls import blueprint
from web.calls.views import document_for
from web.context import db, needs, person, settings
from web.errors import WebError
from web.i18n import plain


@blueprint.post("/calls/<call_id>/recording/keep")
@needs("record")
def keep_recording(call_id: str) -> ResponseReturnValue:
    """Whoever may see the call may want it kept; who did is kept with it."""
    document = document_for(call_id)
    if document["recording"]["state"] not in ("recording", "spooled"):
        abort(404)
    if not keeps(db(), settings(), call_id):
        raise WebError("recording.rule_never")
    try:
        request_keep(db(), call_id, person().name, plain(request.form.get("reason", "")))
    except TooLate as error:
        raise WebError(error.code) from error
    db().commit()
    flash(_("The recording of this call will be kept."))
    return redirect(url_for("calls.call", call_id=call_id))
