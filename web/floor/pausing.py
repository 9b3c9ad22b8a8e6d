"""Leaving something out of the recording of a call that goes on: a wish to the controller, and its answer."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ringback.store.bus import Request
from web.context import db, person
from web.floor.calls import document_for
from web.floor.views import blueprint
from web.i18n import plain

MOST_REASON = 60


@blueprint.post("/calls/<linkedid>/recording/<any(pause, resume):wish>")
def pause_recording(linkedid: str, wish: str) -> ResponseReturnValue:
    """Who may see the call may keep a card number out of it; by whom and why is kept with the call."""
    document_for(linkedid)
    reason = " ".join(plain(request.form.get("reason", "")).split())[:MOST_REASON]
    args = {"by": person().name, "reason": reason} if wish == "pause" else {"by": person().name}
    db().add(Request(kind=f"recording.{wish}", subject=linkedid, args=args, asked_by=person().name))
    db().commit()
    return redirect(url_for("floor.call", linkedid=linkedid))
