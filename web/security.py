"""What protects every page: headers, cookies, tokens against forged forms, and sign-in as the rule.

A page is for people who signed in unless its endpoint is listed in PUBLIC. No script and no style is ever
written into a page: the policy sent with it forbids both, so that hostile text from a call stays text.
"""

import secrets
import uuid
from typing import Any

from flask import Flask, Request, Response, current_app, g, jsonify, redirect, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import NotFound

from ringback.messages import ready, say
from web import assets, keys, origins, problem_details, sent
from web.context import Person, Program, db, settings
from web.errors import ForeignForm
from web.signed_in import person_of

FRAMED = "public.form"
"""The one page that other sites may show inside their own, those of `web.embed_origins`."""
RECORDS = frozenset({"prompts.prompt", "library.drill", "library.say"})
"""The only pages that may ask for the microphone."""
TOLD = "now.stream"
"""Asked by a script, which is no better off at the page of the sign-in."""
LINKS = frozenset({"links.link", "links.go", "links.receipt"})
"""What customers open from a message, and what gateways tell."""
MEASURED = "metrics.metrics"
"""Asks for a key of its own accord, also while the store that has them is away."""
PUBLIC = frozenset({assets.ENDPOINT, "session.sign_in", "session.look", FRAMED, MEASURED, *LINKS})


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookie, marked Secure whenever the page came over https; assets, which all share, know none."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's signature
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != assets.ENDPOINT:
            super().save_session(app, session, response)


def nonce() -> str:
    """For the one style sheet that wavesurfer writes for itself."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def may_send_form_to(origin: str) -> None:
    """The form of this page may lead to another site, one of the owner's."""
    g.form_to = origin


def wants_json() -> bool:
    return request.path.startswith("/api/")


def is_htmx() -> bool:
    """Whether a part of a page is asked for, by htmx."""
    return request.headers.get("HX-Request") == "true"


def init(app: Flask) -> None:
    """Puts the protections around `app`."""
    app.session_interface = Cookies()
    CSRFProtect(app)
    login = LoginManager(app)
    login.session_protection = None
    login.user_loader(_load)
    login.request_loader(_load_program)
    login.unauthorized_handler(_sign_in_first)
    app.before_request(_from_our_pages)
    sent.init(app)
    app.before_request(_signed_in)
    app.after_request(_headers)
    app.add_template_global(nonce, "style_nonce")


def _load(identity: str) -> Person | None:
    """The person of a session, unless that is over, or the account is gone, deactivated or has ended its sessions."""
    key, _, _trace = identity.partition(":")
    try:
        row = person_of(db(), uuid.UUID(key))
    except ValueError:
        return None
    if row is None or row.deactivated_at is not None:
        return None
    found = Person(row)
    return found if secrets.compare_digest(found.get_id(), identity) else None


def _load_program(request: Request) -> Program | None:
    """The program whose key came with a request to the API."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not wants_json() or scheme.lower() != "bearer":
        return None
    row = keys.find(db(), token.strip())
    if row is not None and keys.is_over(row):
        g.key_is_over = True
        return None
    return None if row is None else Program(row)


def _from_our_pages() -> None:
    """Refuses a form that the browser says was sent from another site. Raises ForeignForm."""
    if request.method in origins.SAFE or request.blueprint in current_app.config["WITHOUT_COOKIES"]:
        return
    site = origins.foreign(dict(request.headers), request.host, settings().web.public_url)
    if site:
        raise ForeignForm(site=site)


def _signed_in() -> ResponseReturnValue | None:
    if request.endpoint in PUBLIC or current_user.is_authenticated:
        return None
    if isinstance(request.routing_exception, NotFound):
        return None  # nothing is there, for nobody
    return _sign_in_first()


def refused(code: str, **facts: Any) -> dict[str, str]:
    """What a program is told that is refused something: the English sentence and its code."""
    return {"error": say(code, ready(facts), "en"), "code": code}


def refusal(status: int, code: str, **facts: Any) -> ResponseReturnValue:
    """`refused` as the whole answer."""
    if problem_details.is_asked():
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        return problem_details.problem_of(status, code, headers=headers, **facts)
    return jsonify(refused(code, **facts)), status


def _sign_in_first() -> ResponseReturnValue:
    if wants_json():
        unknown = "web.key_over" if g.get("key_is_over") else "web.unknown_key"
        return refusal(401, unknown if "Authorization" in request.headers else "web.sign_in")
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.endpoint == TOLD:
        return Response(status=401)
    if is_htmx():
        response = Response(status=401)
        response.headers["HX-Redirect"] = url_for("session.sign_in")
        return response
    return redirect(url_for("session.sign_in", next=None if here in ("/", None) else here))


def _headers(response: Response) -> Response:
    framed = request.endpoint == FRAMED
    origins = settings().web.embed_origins if framed else []
    ancestors = " ".join(["'self'", *origins]) if framed else "'none'"
    forms = f"'self' {g.get('form_to', '')}".strip()
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce()}'; img-src 'self' data:; media-src 'self'; connect-src 'self'; "
        f"font-src 'self'; manifest-src 'self'; form-action {forms}; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    if not origins:  # it can name no other site than ours: there the policy above speaks alone
        response.headers["X-Frame-Options"] = "SAMEORIGIN" if framed else "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if origins else "same-origin"
    microphone = "(self)" if request.endpoint in RECORDS else "()"
    response.headers["Permissions-Policy"] = f"camera=(), geolocation=(), microphone={microphone}, payment=()"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    response.headers.pop("Date", None)  # the front says it
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
        response.vary.update(["Cookie", "Accept-Language"])
    return response
