"""Leaving something out of the recording of a call that goes on: a request to the controller, and its answer."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from web.calls import blueprint
from web.calls.views import document_for
from web.context import db, needs, person
from web.documents.requests import ask
from web.i18n import plain

MOST_REASON = 60


@blueprint.post("/calls/<call_id>/recording/<any(pause, resume):action>")
@needs("record")
def pause_recording(call_id: str, action: str) -> ResponseReturnValue:
    """Who may see the call may keep a card number out of it; by whom and why is kept with the call."""
    document_for(call_id)
    reason = " ".join(plain(request.form.get("reason", "")).split())[:MOST_REASON]
    ask(db(), f"recording.{action}", call_id, person().name, reason)
    db().commit()
    return redirect(url_for("calls.call", call_id=call_id))
