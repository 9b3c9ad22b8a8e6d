"""A ticket: who, about what, which calls, what happened."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from web.api.documents import ticket_document
from web.context import db

blueprint = Blueprint("desk", __name__)


@blueprint.get("/tickets/<int:number>")
def ticket(number: int) -> ResponseReturnValue:
    document = ticket_document(db(), number) if number < 1 << 31 else None
    if document is None:
        abort(404)
    return render_template("ticket.html", ticket=document)
