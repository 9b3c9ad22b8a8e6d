"""How ways to customers stand, and what came in that nobody could place: for supervisors."""

import uuid

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from channels import inbox, incoming
from channels.errors import ChannelError
from channels.models import InboundMessage
from ringback.config.channels import MAIL, TELEGRAM
from ringback.store.base import utc
from web.channels import blueprint
from web.channels.page import channels_page
from web.context import db, needs, now, person, settings


@blueprint.get("/channels")
@needs("alarms")
def channels() -> ResponseReturnValue:
    """How they stand."""
    return render_template("channels/channels.html", **vars(channels_page()))


@blueprint.post("/channels/inboxes/<name>/look")
@needs("alarms")
def look(name: str) -> ResponseReturnValue:
    """Somebody has mended something: it is looked at once."""
    if name not in (MAIL, TELEGRAM):
        abort(404)
    inbox.ask_at_once(db(), name)
    db().commit()
    flash(_("It is looked at now; this page says in a moment whether it works."))
    return redirect(url_for("channels.channels"), 303)


@blueprint.post("/channels/apart/<uuid:key>/<any(ticket, open, leave):action>")
@needs("alarms")
def settle(key: uuid.UUID, action: str) -> ResponseReturnValue:
    """Somebody says where something belongs: on a ticket, on a new one, nowhere."""
    if db().get(InboundMessage, key) is None:
        abort(404)
    moment, who = utc(now()), person().name
    try:
        if action == "ticket":
            number = _number()
            incoming.put_on(db(), settings(), key, number, who, moment)
            flash(_("It is on ticket %(n)d.", n=number))
        elif action == "open":
            flash(_("Ticket %(n)d is opened.", n=incoming.open_ticket(db(), settings(), key, who, moment)))
        else:
            incoming.leave_out(db(), key, who, moment)
            flash(_("It is left out. It stays in the mailbox."))
    except ChannelError as error:
        db().rollback()
        page = channels_page(error.message, str(key))
        return make_response(render_template("channels/channels.html", **vars(page)), 400)
    db().commit()
    return redirect(url_for("channels.channels"), 303)


def _number() -> int:
    typed = request.form.get("number", "").strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
