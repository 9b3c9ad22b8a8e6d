"""The pages as one Flask application, and the process that serves them.

Wires the pages (`routes`) with what protects and words them; decides nothing itself.
"""

import asyncio
import gc
import logging
import threading
from collections.abc import Callable

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from publishing.followed import FollowedSettings
from publishing.service import Publisher
from ringback.config import Settings
from ringback.messages import message, words_of
from ringback.processes import WEB
from ringback.secrets import Secrets
from ringback.store.base import utcnow
from ringback.store.bus import beat
from web import access, assets, build_assets, compression, error_pages, front, i18n, labels, routes, security
from web.api.v1 import serving
from web.channels.form import ticket_channels
from web.context import Parts, close_session, person
from web.desk.pop import screen_pop
from web.errors import PortError
from web.library.views import open_assignments
from web.metrics import views as metrics
from web.now import stream
from web.now.alarms import alarm_strip
from web.proxies import BehindProxy
from web.service import ensure_admin
from web.shown_certificate import ShownCertificate
from web.signed_in import LIFETIME
from web.voicemail.views import new_messages

log = logging.getLogger(__name__)
BEAT_SECONDS = 1.0


MakePublisher = Callable[[Callable[[], Settings], sessionmaker[Session]], Publisher]
"""(what is in force, the store) -> who puts other settings in force, with what rooms above have to say."""


def create_app(
    settings: Settings,
    secret: Secrets,
    sessions: sessionmaker[Session],
    publisher: MakePublisher = Publisher,
    followed: FollowedSettings | None = None,
) -> Flask:
    """The application."""
    app = assemble()
    wire(app, settings, secret, sessions, publisher, followed)
    return app


def assemble() -> Flask:
    """All pages with what protects and words them: the same for every store and all settings."""
    app = Flask("web", static_folder=None, template_folder="templates")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    close_session(app)
    compression.init(app)
    security.init(app)
    assets.init(app)
    i18n.init(app)
    labels.init(app)
    error_pages.init(app)
    for blueprint in routes.BLUEPRINTS:
        app.register_blueprint(blueprint)
    for blueprint in routes.WITHOUT_COOKIES:
        app.extensions["csrf"].exempt(blueprint)
    app.config["WITHOUT_COOKIES"] = frozenset(blueprint.name for blueprint in routes.WITHOUT_COOKIES)
    app.add_template_global(alarm_strip)
    app.add_template_global(screen_pop)
    app.add_template_global(lambda: access.sees_receipts(person()), "sees_receipts")
    app.add_template_global(new_messages)
    app.add_template_global(open_assignments)
    app.add_template_global(ticket_channels)
    app.jinja_env.globals["LANGUAGES"] = i18n.LANGUAGES
    app.add_template_global(build_assets.missing, "missing_parts")
    app.add_url_rule("/", "home", _home)
    return app


def wire(
    app: Flask,
    settings: Settings,
    secret: Secrets,
    sessions: sessionmaker[Session],
    publisher: MakePublisher = Publisher,
    followed: FollowedSettings | None = None,
) -> None:
    """Gives assembled pages what they work on; nothing of it is theirs before."""
    followed = followed or FollowedSettings(settings, WEB.name, sessions)
    app.config.update(
        SECRET_KEY=secret.web_key,
        SESSION_COOKIE_NAME=f"ringback-{settings.web.port}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LIFETIME,
        MAX_CONTENT_LENGTH=front.FrontLimits.body_bytes,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # where a form comes from is asked in `web/origins.py`
    )
    changes = publisher(lambda: followed.settings, sessions)
    app.extensions["ringback"] = Parts(followed.current, sessions, changes, secret.number_key)
    app.wsgi_app = BehindProxy(app.wsgi_app, settings.web.proxies, settings.web.public_url)  # type: ignore[method-assign]
    stream.init(app)
    serving.init(app)
    metrics.init(app)


def _home() -> ResponseReturnValue:
    return redirect(url_for("now.now_page"))


def serve(
    settings: Settings, secret: Secrets, sessions: sessionmaker[Session], publisher: MakePublisher = Publisher
) -> None:
    """Serves the pages until the process is told to end. Raises PortError."""
    followed = FollowedSettings(settings, WEB.name, sessions)
    settings = followed.settings
    with sessions() as opened, opened.begin():
        if ensure_admin(opened, secret.admin_password):
            log.info("made the first account: admin")
    app = create_app(settings, secret, sessions, publisher, followed)
    for name in build_assets.missing():
        log.warning("%s is missing: run `python -m web.build_assets`", name)
    where, stop, shown = settings.web, threading.Event(), ShownCertificate(settings)
    beating = threading.Thread(target=_beat, args=(sessions, stop, followed), name="beat", daemon=True)
    gc.freeze()  # what is there by now stays: looking through it again and again would be half of a long page's time
    serving = front.serve(
        app,
        where.address,
        where.port,
        threads=where.threads,
        trusts=BehindProxy(app, where.proxies, where.public_url).trusts_address,
        context=shown.context,
        each_second=shown.follow,
        listening=lambda _port: beating.start(),
    )
    try:
        asyncio.run(serving)
    except OSError as error:
        raise PortError("web.port_taken", port=where.port, address=where.address, why=words_of(error)) from error
    finally:
        stop.set()


def _beat(sessions: sessionmaker[Session], stop: threading.Event, followed: FollowedSettings) -> None:
    """The sign of life, each second until `stop`. A store that is away makes it miss, not end."""
    started = utcnow()
    while True:
        missing = build_assets.missing()
        trouble = message("web.no_parts", names=missing) if missing else None
        try:
            with sessions() as opened, opened.begin():
                beat(opened, WEB.name, started, trouble)
            followed.look()
        except SQLAlchemyError as error:
            log.warning("no sign of life could be written: %s", error)
        if stop.wait(BEAT_SECONDS):
            return
