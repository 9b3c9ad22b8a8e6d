"""The promises to call back: the board, one promise, cancelling it."""

import uuid

from flask import abort, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from alarms import looks
from callback.errors import CallbackError
from callback.models import WAITING_STATES, Callback
from callback.service import cancel as cancel_promise
from ringback.messages import text
from ringback.store.bus import Request
from web.callbacks import blueprint
from web.callbacks.form import SENTENCES, TROUBLE
from web.callbacks.page import board_page, promise_page
from web.context import db, needs, now, person, settings
from web.documents.promises import promise_document, promises_document
from web.polling import answer
from web.security import is_htmx

MOST_REASON = 200


@blueprint.get("/promises")
def promises() -> ResponseReturnValue:
    """The board, or for htmx its living part; 304 while nothing changed."""
    moment = now()
    board = promises_document(db(), moment, settings())
    template = "callbacks/promises_live.html" if is_htmx() else "callbacks/promises.html"
    return answer(template, board, **vars(board_page(board, moment)))


@blueprint.get("/promises/<uuid:key>")
def promise(key: uuid.UUID) -> ResponseReturnValue:
    page = _page(key)
    if looks.promise_opened(db(), str(key), person().name):
        db().commit()
    return page


@blueprint.post("/promises/<uuid:key>/cancel")
@needs("cancel_promise")
def cancel(key: uuid.UUID) -> ResponseReturnValue:
    """Ends a promise that waits at once; one that is being dialled is the controller's to end, which is asked."""
    row = db().get(Callback, key) or abort(404)
    reason = " ".join(request.form.get("reason", "").split())
    if not reason or len(reason) > MOST_REASON:
        fault = (
            _("Say in a few words why it is cancelled.")
            if not reason
            else _("Use at most %(n)d characters.", n=MOST_REASON)
        )
        return make_response(_page(key, fault, reason[: 2 * MOST_REASON]), 400)
    # The controller keeps what it has taken up in its memory: it is told in either case.
    asked = Request(kind="callback.cancel", subject=str(key), args={"reason": reason}, asked_by=person().name)
    if row.state in (*WAITING_STATES, "connected") or row.ended_at is not None:
        try:
            cancel_promise(db(), key, text(f"{person().name}: {reason}"), now())
        except CallbackError as error:
            db().rollback()
            return make_response(_page(key, str(SENTENCES.get(error.code, TROUBLE)[1]), reason), 409)
        flash(_("The promise is cancelled: nobody will be called."))
    db().add(asked)
    db().commit()
    return redirect(url_for("callbacks.promise", key=key))


def _page(key: uuid.UUID, fault: str | None = None, reason: str = "") -> ResponseReturnValue:
    moment = now()
    found = promise_document(db(), key, moment)
    if found is None:
        abort(404)
    page = promise_page(found, moment, fault, reason)
    return answer("callbacks/promise.html", {**found, "hearing": page.hearing}, **vars(page))
