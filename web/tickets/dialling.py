"""Click to call: the customer of a ticket is called with an agent's phone, for pages and for programs.

Which number that is, and to which line and queue the call belongs, is decided here; whether it may be called is the
dialling rules' (`callback/`). What becomes of it stands in the callback that this makes.
"""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callback.asked_calls import call_now
from callback.errors import CallbackError
from callback.requests import CallbackRequest
from callback.service import RequestOutcome
from tickets.models import Ticket
from web.callbacks.form import explain, line_of
from web.context import db, needs, now, person, settings
from web.i18n import told
from web.tickets import blueprint
from web.tickets.page import ticket_of


def dial(ticket: Ticket, agent: str, number: str | None, by: str, source_key: str | None = None) -> RequestOutcome:
    """Has the agent's phone ring, and then the customer's. Raises CallbackError with what is wrong."""
    newest = ticket.calls[-1] if ticket.calls else None
    line = line_of(newest.line if newest else None)
    known = ticket.contact.number if ticket.contact else None
    queue = next((name for name in (ticket.queue, newest and newest.queue) if name in settings().queues), None)
    wanted = CallbackRequest(
        number=number or known or (newest.caller_number if newest else ""),
        line=line.number,
        source="click",
        source_key=source_key,
        queue=queue,
        language=newest.language if newest else None,
        menu_path=newest.menu_path if newest else [],
        ticket_number=ticket.merged_into or ticket.number,
        created_by=by,
        for_agent=agent,
    )
    return call_now(db(), settings(), wanted, now())


@blueprint.post("/tickets/<int:number>/call")
@needs("promise")
def call_customer(number: int) -> ResponseReturnValue:
    """The phone of the agent who asks rings, then the customer's; an empty `number` is the customer's own."""
    ticket_of(number)
    row, back = db().get_one(Ticket, number), redirect(url_for("tickets.ticket", number=number), 303)
    if person().name not in {agent.name for agent in settings().agents}:
        flash(_("Only agents have a phone here that can ring: ask for a callback instead."))
        return back
    typed = request.form.get("number", "").strip()[:60]
    try:
        made = dial(row, person().name, typed or None, person().name)
    except CallbackError as error:
        db().rollback()
        known = error.code == "callback.being_called"
        flash(told(error.message) if known else explain(error, typed, line_of(None), now())[1])
        return back
    db().commit()
    flash(_("Your phone rings now; once you answer, %(number)s is called.", number=made.number))
    return back
