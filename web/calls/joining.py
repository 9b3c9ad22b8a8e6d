"""A call goes to the ticket that it is about, as its agent says."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ringback.errors import RingbackError
from ringback.store.base import utc
from tickets import merging
from tickets.errors import TicketError
from tickets.models import Ticket
from web import access
from web.calls import blueprint
from web.calls.views import document_for
from web.context import db, needs, now, person
from web.i18n import told


@blueprint.post("/calls/<call_id>/ticket")
@needs("work")
def join_ticket(call_id: str) -> ResponseReturnValue:
    """The call goes to the ticket that the form names; what went wrong is said on the call's page."""
    document_for(call_id)
    typed = request.form.get("other", "").strip().lstrip("#")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
    try:
        if db().get(Ticket, number) is None or not access.may_work_on(db(), person(), number):
            raise TicketError("tickets.none", number=typed[:12] or "?")
        merging.join_call(db(), call_id, number, person().name, at=utc(now()))
    except RingbackError as error:
        db().rollback()
        flash(told(error.message))
        return redirect(url_for("calls.call", call_id=call_id, _anchor="ticket-title"), 303)
    db().commit()
    flash(_("The call is on ticket %(n)d now.", n=number))
    return redirect(url_for("tickets.ticket", number=number), 303)
