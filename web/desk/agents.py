"""One agent, as a supervisor or the agent sets it: which queues, on a break or not, logged in or out.

Nothing is decided here: each request is a row that the controller takes up, and its answer shows beside the agent.
"""

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ringback.store.bus import Request
from web import access
from web.context import db, now, person
from web.desk import blueprint
from web.desk.page import MOST_REASON, agent_page_of, given, offered
from web.documents.facts import Document
from web.documents.now import agent_document
from web.i18n import plain
from web.now.views import now_page
from web.security import is_htmx


@blueprint.get("/agents/<agent>")
def agent_page(agent: str) -> ResponseReturnValue:
    """What one may set of an agent; the state at its top asks again by itself."""
    return _page(_known(agent))


@blueprint.post("/agents/<agent>/<any(pause, resume, login, logout, queues):action>")
def ask(agent: str, action: str) -> ResponseReturnValue:
    """Writes the request down; `queues` is a login with the queues that were ticked."""
    _known(agent)
    args: dict[str, object] = {}
    if action == "pause":
        reason = " ".join(plain(request.form.get("reason", "")).split())
        if len(reason) > MOST_REASON:
            return _refused(agent, _("Use at most %(n)d characters.", n=MOST_REASON))
        args = {"reason": reason} if reason else {}
    elif action == "queues":
        chosen = request.form.getlist("queue")
        if not chosen or not set(chosen) <= set(offered(agent)):
            return _refused(agent, _("Tick at least one of these queues."))
        args = {} if set(chosen) == set(given(agent)) else {"queues": sorted(set(chosen))}
    kind = "agent.login" if action == "queues" else f"agent.{action}"
    db().add(Request(kind=kind, subject=agent, args=args, asked_by=person().name))
    db().commit()
    if is_htmx():
        return now_page()
    if request.form.get("from") == "agent":
        return redirect(url_for("desk.agent_page", agent=agent))
    return redirect(url_for("now.now_page"))


def _known(agent: str) -> Document:
    if not access.may_set(person(), agent):
        abort(403)
    found = agent_document(db(), agent, now())
    if found is None:
        abort(404)
    return found


def _page(found: Document, fault: str = "") -> ResponseReturnValue:
    page = render_template("desk/agent.html", **vars(agent_page_of(found, now(), fault)))
    return make_response(page, 400 if fault else 200)


def _refused(agent: str, fault: str) -> ResponseReturnValue:
    return _page(_known(agent), fault)
