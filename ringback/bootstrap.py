"""Wires the rooms together: the one place that knows which part gets which other.

Each function is the whole life of one process and returns when the process shall end.
"""

from functools import partial

from ringback import secrets
from ringback.config import Settings
from ringback.store import migrate
from ringback.store.engine import open_store, sessions


def prepare(settings: Settings) -> None:
    """Folders, secrets and the newest schema: safe to do at every start."""
    for folder in (settings.spool, settings.fallback_spool, settings.recordings):
        folder.mkdir(parents=True, exist_ok=True)
    secrets.load_or_create(settings)
    engine = open_store(settings.store_url)
    migrate.upgrade(engine)
    engine.dispose()


def run_controller(settings: Settings) -> None:
    """Calls: Asterisk's events in, commands out, rows written."""
    from callback.service import take_in
    from pbx.controller import run
    from ringback.journal import Journal
    from tickets.service import open_callback_ticket

    secret, _ = secrets.load_or_create(settings)
    engine = open_store(settings.store_url)
    take_in_fallbacks = partial(take_in, sessions(engine), settings.fallback_spool, open_callback_ticket)
    run(settings, secret, Journal(engine, settings), take_in_fallbacks)


def run_worker(settings: Settings) -> None:
    """Work after the call: tickets, recordings, transcripts."""
    from ringback.worker import run

    run(settings, sessions(open_store(settings.store_url)))


def run_web(settings: Settings) -> None:
    """Pages and API behind waitress."""
    from web.app import serve

    secret, _ = secrets.load_or_create(settings)
    serve(settings, secret, sessions(open_store(settings.store_url)))
