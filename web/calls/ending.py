"""Ending a call that goes on: a request to the controller. For a phone that is stuck, or a caller who is nobody."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from web.calls import blueprint
from web.calls.views import document_for
from web.context import db, needs, person
from web.documents.requests import ask


@blueprint.post("/calls/<call_id>/end")
@needs("end_call")
def end_call(call_id: str) -> ResponseReturnValue:
    """By whom is kept with the call."""
    document_for(call_id)
    ask(db(), "call.end", call_id, person().name)
    db().commit()
    return redirect(url_for("calls.call", call_id=call_id))
