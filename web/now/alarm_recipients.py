"""Who is told of alarms, as supervisors see it: how it went last, and a test for each recipient."""

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from alarms.errors import NoRecipient
from alarms.service import AddressState, ask_test, states
from ringback.config import Settings
from web.context import db, needs, person, settings
from web.documents.facts import iso
from web.i18n import told
from web.now import blueprint
from web.polling import answer
from web.security import is_htmx


@dataclass(frozen=True)
class AddressLine:
    """One address of a recipient."""

    address: str
    tone: str
    state: str
    """How it is with it, in a few words."""
    at: str | None
    """When that was; None: no time belongs to it."""
    why: str
    """Why nothing arrives; empty: it does."""


@dataclass(frozen=True)
class RecipientLine:
    """Somebody who is told of alarms, with each address."""

    name: str
    what: str
    """Kinds, level and hours, in a few words."""
    addresses: list[AddressLine]
    waits: bool
    """Whether a test is on its way."""


def recipient_lines(session: Session, found: Settings) -> list[RecipientLine]:
    """In the order of the settings."""
    by_name: dict[str, list[AddressState]] = {}
    for state in states(session, found):
        by_name.setdefault(state.recipient, []).append(state)
    return [
        RecipientLine(
            name=name,
            what=_what(found, name),
            addresses=[_line(state) for state in by_name.get(name, [])],
            waits=any(_waits(state) for state in by_name.get(name, [])),
        )
        for name in found.alarms.recipients
    ]


def _what(found: Settings, name: str) -> str:
    recipient = found.alarms.recipients[name]
    parts = [
        _("everything") if recipient.kinds == ["*"] else ", ".join(recipient.kinds),
        _("urgent only") if recipient.level == "red" else "",
        _("hours: %(name)s", name=recipient.hours) if recipient.hours else "",
    ]
    return "; ".join(part for part in parts if part)


def _waits(state: AddressState) -> bool:
    return state.test is not None and state.test.state == "waiting" and state.test.error is None


def _line(state: AddressState) -> AddressLine:
    test, at = state.test, None if state.last_sent is None else iso(state.last_sent)
    if _waits(state):
        return AddressLine(state.address, "busy", _("A test is on its way…"), None, "")
    if state.trouble is not None:
        return AddressLine(state.address, "bad", _("nothing arrives"), at, told(state.trouble))
    if at is None:
        return AddressLine(state.address, "calm", _("nothing was sent yet"), None, "")
    was_test = test is not None and test.finished_at == state.last_sent
    return AddressLine(state.address, "good", _("a test was taken") if was_test else _("a message was taken"), at, "")


@blueprint.get("/alarms/recipients")
@needs("alarms")
def alarm_recipients() -> ResponseReturnValue:
    """The living part of the page of the alarms; whoever opens its address gets the page."""
    if not is_htmx():
        return redirect(url_for("now.alarms"))
    lines = recipient_lines(db(), settings())
    return answer("now/_alarm_recipients.html", {"recipients": [repr(line) for line in lines]}, recipients=lines)


@blueprint.post("/alarms/recipients")
@needs("alarms")
def alarm_test() -> ResponseReturnValue:
    """Sends a test to everybody whom one recipient of the settings means."""
    name = request.form.get("recipient", "")
    try:
        ask_test(db(), settings(), name, person().name)
    except NoRecipient:
        flash(_("The settings no longer have this recipient."))
    else:
        db().commit()
        flash(_("A test message is on its way to %(name)s.", name=name))
    return redirect(url_for("now.alarms", _anchor="told"))
