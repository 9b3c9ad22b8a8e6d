"""Systems beside: each with how it is and why, tried now, sent again, enabled again, given another password."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from outbox import service as outbox
from outbox.models import OutboxReceiver
from outbox.receivers import WEBHOOK, WEBHOOK_TEST
from ringback import secrets
from ringback.messages import words_of
from ringback.processes import COURIER
from ringback.store.base import utc
from ringback.store.bus import Process
from web.context import db, needs, now, person, settings
from web.documents.facts import Document
from web.documents.systems import systems_document
from web.i18n import said
from web.labels import label
from web.polling import answer
from web.security import is_htmx
from web.systems import blueprint

PASSWORDS = {"connector": "connector_passwords"}
"""By the sort of a system the section of the secrets file that has its password: where one can be set here."""
PASSWORD_MOST = 500
"""Characters."""


@dataclass(frozen=True)
class SystemsPage:
    """Everything that systems/systems.html shows."""

    systems: list[Document]
    is_stopped: bool
    """Nothing is delivered just now: the process that does is away."""
    may_set: bool
    """Who looks may set passwords."""
    with_password: frozenset[str]
    """Sorts of systems whose password can be set here."""
    fault: Any = None
    """Why a password was not taken."""
    fault_of: str = ""
    """... of this system."""


@blueprint.get("/systems")
@needs("again")
def systems() -> ResponseReturnValue:
    """All of them, or for htmx the living part; 304 while nothing changed."""
    return _page()


@blueprint.post("/systems/<receiver>/<any(try, resend, test):step>")
@needs("again")
def act(receiver: str, step: str) -> ResponseReturnValue:
    """What a person wants done about one."""
    if db().get(OutboxReceiver, receiver) is None:
        abort(404)
    at, name = utc(now()), _name(receiver)
    if step == "try":
        outbox.ask_again(db(), receiver, at)
        flash(_("%(system)s is tried now.", system=name))
    elif step == "resend":
        count = outbox.resend(db(), receiver, at, request.form.get("delivery", type=int))
        flash(ngettext("%(num)d message is sent again.", "%(num)d messages are sent again.", count))
    elif receiver.startswith(WEBHOOK):
        outbox.send(db(), receiver, "test", {"by": person().name}, kind=WEBHOOK_TEST)
        flash(_("A test message is on its way to %(system)s.", system=name))
    else:
        flash(_("Only webhooks take a test message."))
    db().commit()
    return redirect(url_for("systems.systems"), 303)


@blueprint.post("/systems/<receiver>/password")
@needs("settings")
def set_password(receiver: str) -> ResponseReturnValue:
    """Another password; it is tried at once."""
    sort, _colon, name = receiver.partition(":")
    if sort not in PASSWORDS or db().get(OutboxReceiver, receiver) is None:
        abort(404)
    given = request.form.get("password", "")
    if not given.strip() or len(given) > PASSWORD_MOST or not given.isprintable():
        return make_response(_page(_("Type the password in one line."), receiver), 400)
    try:
        secrets.set_named(settings(), PASSWORDS[sort], name, given)
    except (OSError, secrets.SecretsError) as error:
        return make_response(_page(said(words_of(error)), receiver), 500)
    outbox.ask_again(db(), receiver, utc(now()))
    db().commit()
    flash(_("The password of %(system)s is changed; it is tried now.", system=_name(receiver)))
    return redirect(url_for("systems.systems"), 303)


def _page(fault: Any = None, fault_of: str = "") -> ResponseReturnValue:
    found = systems_document(db(), utc(now()))
    courier = db().get(Process, COURIER.name)
    is_stopped = bool(found) and (courier is None or courier.is_away(utc(now())))
    page = SystemsPage(
        systems=found,
        is_stopped=is_stopped,
        may_set=person().may("settings"),
        with_password=frozenset(PASSWORDS),
        fault=fault,
        fault_of=fault_of,
    )
    template = "systems/systems_live.html" if is_htmx() else "systems/systems.html"
    return answer(template, {"systems": found, "is_stopped": is_stopped}, event_name=event_name, **vars(page))


def _name(receiver: str) -> str:
    sort, _colon, name = receiver.partition(":")
    return f"{label('system', sort)} {name}"


def event_name(kind: str) -> str:
    """What happened, in words; a kind that has none as it is."""
    return str(label("event", kind))
