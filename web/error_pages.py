"""What people see when something goes wrong: a page or a JSON sentence, never a traceback."""

import logging

from flask import Flask, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, InternalServerError

from retention.errors import RetentionError
from ringback.errors import RingbackError
from web import problem_details
from web.addresses import page_of
from web.errors import ForeignForm, NotHeard, WebError
from web.i18n import told
from web.security import wants_json

log = logging.getLogger(__name__)
API_CODES = {
    404: "web.http_nothing_there",
    405: "web.http_method",
    413: "web.http_too_large",
    415: "web.http_not_json",
}
"""What programs are told of errors of HTTP itself."""


def init(app: Flask) -> None:
    """Answers every kind of error of `app`."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(ForeignForm, _foreign)
    app.register_error_handler(problem_details.ApiProblem, lambda error: error.response())
    app.register_error_handler(WebError, _ours)
    app.register_error_handler(NotHeard, _not_heard)
    app.register_error_handler(RetentionError, _not_kept)
    app.register_error_handler(exc.OperationalError, _store_away)
    app.register_error_handler(exc.InterfaceError, _store_away)
    app.register_error_handler(exc.TimeoutError, _store_away)
    app.register_error_handler(Exception, _unexpected)


def _answer(
    status: int, title: str, text: str, way_out: str | None = None, code: str | None = None
) -> ResponseReturnValue:
    if problem_details.is_asked():
        return problem_details.problem(status, code or f"http.{status}", text)
    if wants_json():
        return jsonify(error=text, code=code or f"http.{status}"), status
    page = render_template("error.html", status=status, title=title, text=text, way_out=way_out)
    return page, status


def _refused(status: int, title: str, error: RingbackError) -> ResponseReturnValue:
    return _answer(status, title, told(error.message), code=error.code)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    if problem_details.is_asked():
        return _problem_of(status, error)
    if status == 405 and request.method in ("GET", "HEAD") and not wants_json():
        page = page_of(request.path)
        if page is not None:
            return redirect(page)
    words = {
        403: (_("No access"), _("Your role has no access to this page. An admin can change roles on the People page.")),
        404: (_("Page not found"), _("There is no such page, call or ticket, or you have no access to it.")),
        405: (_("This page cannot be opened directly"), _("Go back and use the button on the page.")),
        413: (_("Too large"), _("What was sent is larger than this page accepts.")),
        416: (_("Past the end"), _("The requested sound lies past the end of the recording.")),
        503: (_("Not available right now"), _("The storage of recordings does not answer: try again in a minute.")),
    }
    title, text = words.get(status, (_("This did not work"), _("The request could not be understood.")))
    return _answer(status, title, text)


def _problem_of(status: int, error: HTTPException) -> ResponseReturnValue:
    """An error of HTTP itself, with the headers that belong to it: Allow of 405, for one."""
    answer = problem_details.problem_of(status, API_CODES.get(status, "web.http_odd"))
    answer.headers.update({name: value for name, value in error.get_headers() if name not in ("Content-Type",)})
    return answer


def _forged(_error: CSRFError) -> ResponseReturnValue:
    return _answer(
        400,
        _("This form has expired"),
        _("It was opened before you signed in, or cookies are switched off. Nothing was changed: reload the page."),
        request.path if request.method == "GET" else None,
    )


def _foreign(error: ForeignForm) -> ResponseReturnValue:
    text = _(
        "Your browser says that it was sent from %(site)s, and this page is reached as %(host)s. Nothing was changed. "
        "If both are yours, set web.public_url in ringback.yaml to the address in your browser.",
        site=error.facts["site"],
        host=request.host,
    )
    return _answer(400, _("This form came from another site"), text, code=error.code)


def _ours(error: WebError) -> ResponseReturnValue:
    return _refused(400, _("This did not work"), error)


def _not_heard(error: NotHeard) -> ResponseReturnValue:
    return _refused(403, _("A reason is needed"), error)


def _not_kept(error: RetentionError) -> ResponseReturnValue:
    return _refused(400, _("This did not work"), error)


def _store_away(error: Exception) -> ResponseReturnValue:
    log.error("the store does not answer: %s", error)
    g.pop("db", None)
    if problem_details.is_asked():
        return problem_details.problem_of(503, "web.store_away", headers={"Retry-After": "5"})
    g._login_user = AnonymousUserMixin()  # flask-login would ask the store again for the page's template
    answer = _answer(
        503,
        _("The database does not answer"),
        _("Calls are not affected. The pages cannot read the database right now: this page will try again by itself."),
        request.full_path.rstrip("?") if request.method == "GET" else "/",
    )
    return (*answer, {"Retry-After": "5"}) if isinstance(answer, tuple) else answer


def _unexpected(_error: Exception) -> ResponseReturnValue:
    log.exception("a page failed: %s %s", request.method, request.path)
    if problem_details.is_asked():
        return problem_details.problem_of(500, "web.our_fault")
    g._login_user = AnonymousUserMixin()
    return _answer(
        InternalServerError.code,
        _("Something went wrong on our side"),
        _("This page failed. The log of the web process says why; calls are not affected."),
    )
