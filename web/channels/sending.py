"""Writing to a ticket's customer, trying again, and inviting to a chat."""

import uuid

from flask import abort, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from channels import service
from channels.errors import ChannelError
from channels.models import KEPT, ChannelMessage
from ringback.store.base import utc
from web.channels import blueprint, form
from web.context import db, needs, now, person, settings
from web.i18n import told
from web.tickets.page import ticket_of, ticket_page


@blueprint.post("/tickets/<int:number>/messages")
@needs("promise")
def write(number: int) -> ResponseReturnValue:
    """Writes to the customer; without a script also fills in the chosen template."""
    document, typed = ticket_of(number), form.read_form()
    if form.wants_template():
        form.fill_in(document, typed)
        return _shown(number, typed)
    return _answer(number, typed, form.write(document, typed))


@blueprint.post("/tickets/<int:number>/messages/invite")
@needs("promise")
def invite(number: int) -> ResponseReturnValue:
    """Invites the customer to a chat in Telegram, by text message."""
    document, typed = ticket_of(number), form.read_form()
    return _answer(number, typed, form.invite(document, typed))


@blueprint.post("/tickets/<int:number>/messages/<uuid:key>/again")
@needs("promise")
def again(number: int, key: uuid.UUID) -> ResponseReturnValue:
    """Sends a message that failed once more."""
    document = ticket_of(number)
    row = db().get(ChannelMessage, key)
    if row is None or row.ticket_number != document["number"]:
        abort(404)
    try:
        service.try_again(db(), settings(), row, person().name, utc(now()))
    except ChannelError as error:
        db().rollback()
        return _shown(number, form.TypedMessage(faults={"": error.message})), 409
    db().commit()
    flash(_("It is sent again."))
    return redirect(_back(number), 303)


def _answer(number: int, typed: form.TypedMessage, row: ChannelMessage | None) -> ResponseReturnValue:
    if row is None:
        return _shown(number, typed), 400
    kept = row.state == KEPT and row.error is not None
    flash(told(row.error.code, row.error.facts) if kept and row.error else _("It is on its way."))
    return redirect(_back(number), 303)


def _shown(number: int, typed: form.TypedMessage) -> str:
    g.typed_message = typed
    return ticket_page(number)


def _back(number: int) -> str:
    return f"{url_for('tickets.ticket', number=number)}#messages"
