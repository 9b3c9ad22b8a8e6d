"""Pages timed whole, as a browser is sent them: an installation of the benchmark's own, people who sign in, one answer
after the other over HTTP without the network. Rows that several benchmarks begin with are made here, too.

A time is what passed until the answer was there, and what this process spent of the processor for it: on PostgreSQL
the database spends more beside it.
"""

import gc
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text
from sqlalchemy.orm import Session, sessionmaker

from bench import postgres
from bench.report import Figure, percentile
from calls.models import Call
from recording.models import Recording
from ringback import secrets
from ringback.config import Settings
from ringback.store import migrate
from ringback.store.base import uuid7
from ringback.store.engine import open_store, sessions
from transcripts.models import Transcript
from web.app import create_app
from web.models import User
from web.service import HASHER

LIMIT_MS = 100.0
ROUNDS = 12
PASSWORD = "correct horse battery"
CHUNK = 20_000
"""Rows that are sent to the store at once."""
Took = tuple[float, float]
"""Milliseconds of a page: until it was there, and of the processor."""
T = TypeVar("T")


@dataclass(frozen=True)
class Installation(Generic[T]):
    """What the pages of a benchmark come from."""

    settings: Settings
    store: sessionmaker[Session]
    app: Flask
    filled: T
    """What the store's filling gave."""


@contextmanager
def stores() -> Iterator[dict[str, str | None]]:
    """By name the URL of each store that there is; None: the SQLite of the installation's folder."""
    if not postgres.available():
        yield {"SQLite": None}
        return
    with postgres.server() as url:
        yield {"SQLite": None, "PostgreSQL": url}


@contextmanager
def installation(fill: Callable[[Session], T], url: str | None = None) -> Iterator[Installation[T]]:
    """The application over a store that `fill` fills. The store knows how its rows are spread, as
    PostgreSQL finds out by itself after a minute."""
    with tempfile.TemporaryDirectory(prefix="ringback-bench-") as name:
        settings = Settings(data=Path(name))
        engine = open_store(url or settings.store_url)
        migrate.upgrade(engine)
        store = sessions(engine)
        with store.begin() as session:
            filled = fill(session)
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        app = create_app(settings, secrets.load_or_create(settings)[0], store)
        gc.freeze()  # as the pages' process does
        try:
            yield Installation(settings, store, app, filled)
        finally:
            gc.unfreeze()
            engine.dispose()


# -- rows ------------------------------------------------------------------------------------------------


def add_rows(session: Session, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    """As many at once as a store takes well."""
    for at in range(0, len(rows), CHUNK):
        session.execute(insert(model.__table__), rows[at : at + CHUNK])


def add_people(session: Session, people: dict[str, str]) -> None:
    """By name with the role."""
    hashed = HASHER.hash(PASSWORD)
    session.add_all(User(name=name, password_hash=hashed, role=role) for name, role in people.items())
    session.flush()


def add_calls(session: Session, calls: Sequence[tuple[datetime, str]], *, with_text: bool = False) -> list[str]:
    """Served calls of five minutes with sound: when each came, and its agent; their ids."""
    names = [f"{1000 + number}.0" for number in range(len(calls))]
    rows = [
        {
            "id": uuid7(),
            "call_id": call_id,
            "line": "1000",
            "language": "en",
            "caller_number": "",
            "caller_name": "",
            "state": "ended",
            "menu_path": [],
            "agent": agent,
            "queue": "support",
            "result": "served",
            "arrived_at": at,
            "connected_at": at,
            "released_at": at + timedelta(minutes=5),
            "ended_at": at + timedelta(minutes=5),
        }
        for call_id, (at, agent) in zip(names, calls, strict=True)
    ]
    add_rows(session, Call, rows)
    add_rows(
        session, Recording, [{"id": uuid7(), "call_id": each, "state": "stored", "seconds": 300.0} for each in names]
    )
    if with_text:
        texts = [{"id": uuid7(), "call_id": each, "state": "done", "language": "en"} for each in names]
        add_rows(session, Transcript, texts)
    return names


# -- asking ----------------------------------------------------------------------------------------------


def signed_in(app: Flask, name: str) -> FlaskClient:
    """Raises RuntimeError where the page for signing in has no form."""
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    if token is None:
        raise RuntimeError("the page for signing in has no form")
    client.post("/sign-in", data={"name": name, "password": PASSWORD, "csrf_token": token[1]})
    return client


def timed(client: FlaskClient, path: str, headers: dict[str, str] | None = None) -> tuple[Took, bytes]:
    """Raises RuntimeError where the page does not come."""
    began, spent = time.perf_counter(), time.process_time()
    answer = client.get(path, headers=headers)
    took = 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - spent)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} was answered with {answer.status_code}")
    return took, answer.data


def measure(client: FlaskClient, path: str, rounds: int = ROUNDS) -> list[Took]:
    """The first one reads the templates and is left out."""
    return [timed(client, path)[0] for _ in range(rounds + 1)][1:]


def turned(client: FlaskClient, path: str, pages: int = 10) -> list[Took]:
    """So many pages of a list, each by the link of the one before to older ones."""
    times, link = [], re.compile(rf'href="({re.escape(path)}\?[^"]*before=[^"]+)"')
    for _ in range(pages):
        took, body = timed(client, path)
        times.append(took)
        older = link.search(body.decode())
        if older is None:
            break
        path = older[1].replace("&amp;", "&")
    return times


def p95(times: Sequence[float]) -> float:
    return round(percentile(times, 0.95), 1)


def figures(what: str, of: str, times: Sequence[Took]) -> list[Figure]:
    """Both times of a page at p95, held against the limit."""
    return [
        _figure(f"{what}, {of}, p95", [wall for wall, _ in times]),
        _figure(f"the same in time of the processor, {of}, p95", [cpu for _, cpu in times]),
    ]


def _figure(what: str, times: list[float]) -> Figure:
    worst = p95(times)
    share = round(worst / LIMIT_MS, 3)
    return Figure(what, worst, "ms", "limit", LIMIT_MS, share, "x", "at most 1 x", worst <= LIMIT_MS)


def details(took: dict[str, list[Took]]) -> dict[str, dict[str, float]]:
    """By page both times at p95."""
    return {
        what: {"wall": p95([wall for wall, _ in times]), "cpu": p95([cpu for _, cpu in times])}
        for what, times in took.items()
    }
