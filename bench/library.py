"""The library with 1,000 playlists and 100,000 marks on SQLite and PostgreSQL: how long its pages take, whole.

Asked are the first page of the library as a trainer and as an agent with an assignment, the list of all marks, of one
tag and ten pages further down, a playlist of 50 entries, and a call with 200 marks; each as it is asked over HTTP,
without the network. A tenth of the marks is private.

    python -m bench --only library [--quick]      (quick: a tenth of everything)
"""

import gc
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from bench import postgres
from bench.report import Figure, percentile
from calls.models import Call
from library.models import Assignment, Mark, Playlist, PlaylistItem
from recording.models import Recording
from ringback import secrets
from ringback.config import Settings
from ringback.store import migrate
from ringback.store.base import uuid7
from ringback.store.engine import open_store, sessions
from web.app import create_app
from web.models import User
from web.service import HASHER

LIMIT_MS = 100.0
ROUNDS = 12
PLAYLISTS, MARKS, CALLS = 1000, 100_000, 5000
ON_ONE_CALL, ENTRIES, TAGS = 200, 50, 20
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"
Took = tuple[float, float]
"""Milliseconds of a page: until it was there, and of the processor."""


def run(quick: bool) -> dict[str, Any]:
    part = 10 if quick else 1
    figures, details = _on("SQLite", None, part)
    if postgres.available():
        with postgres.server() as url:
            more, of = _on("PostgreSQL", url, part)
        figures, details = figures + more, details | of
    return {"figures": figures, "details": details}


def _on(which: str, url: str | None, part: int) -> tuple[list[Figure], dict[str, Any]]:
    """Everything, on one store. The processor's time is that of the pages' process alone."""
    with (
        tempfile.TemporaryDirectory(prefix="ringback-bench-") as name,
        _filled(Path(name), part, url) as (app, playlist),
    ):
        took: dict[str, list[Took]] = {}
        for who, paths in _asked(playlist).items():
            client = _signed_in(app, who)
            took |= {f"{path}, {who}": _measure(client, path) for path in paths}
            took[f"/marks, ten pages, {who}"] = list(_pages(client))
    of = f"{PLAYLISTS // part:,} playlists, {MARKS // part:,} marks, {which}, p95"
    lists = [each for path, times in took.items() if not path.startswith("/calls") for each in times]
    figures = [
        _figure(f"a list of the library, {of}", [wall for wall, _ in lists]),
        _figure(f"the same in time of the processor, {of}", [cpu for _, cpu in lists]),
    ]
    details = {
        f"{which}: {path}": {"wall": _p95([wall for wall, _ in times]), "cpu": _p95([cpu for _, cpu in times])}
        for path, times in took.items()
    }
    return figures, details


def _p95(times: list[float]) -> float:
    return round(percentile(times, 0.95), 1)


def _figure(what: str, times: list[float]) -> Figure:
    p95 = _p95(times)
    return Figure(what, p95, "ms", "limit", LIMIT_MS, round(p95 / LIMIT_MS, 3), "x", "at most 1 x", p95 <= LIMIT_MS)


def _asked(playlist: UUID) -> dict[str, list[str]]:
    return {
        "tom": ["/library", "/marks?tag=tag3", f"/library/playlists/{playlist}", "/calls/1000.0"],
        "anna": ["/library", "/marks?tag=tag3"],
    }


def _timed(client: FlaskClient, path: str) -> tuple[Took, str]:
    """Raises RuntimeError where the page does not come."""
    began, spent = time.perf_counter(), time.process_time()
    answer = client.get(path)
    took = 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - spent)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} was answered with {answer.status_code}")
    return took, answer.text


def _measure(client: FlaskClient, path: str) -> list[Took]:
    """The first one reads the templates and is left out."""
    return [_timed(client, path)[0] for _ in range(ROUNDS + 1)][1:]


def _pages(client: FlaskClient) -> Iterator[Took]:
    """Ten pages of all marks, one after the other."""
    path = "/marks"
    for _ in range(10):
        took, page = _timed(client, path)
        yield took
        older = re.search(r'href="(/marks\?before=[^"]+)"', page)
        if older is None:
            return
        path = older[1]


def _signed_in(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    if token is None:
        raise RuntimeError("the page for signing in has no form")
    client.post("/sign-in", data={"name": name, "password": PASSWORD, "csrf_token": token[1]})
    return client


@contextmanager
def _filled(folder: Path, part: int, url: str | None) -> Iterator[tuple[Flask, UUID]]:
    settings = Settings(data=folder)
    engine = open_store(url or settings.store_url)
    migrate.upgrade(engine)
    store = sessions(engine)
    with store.begin() as session:
        playlist = _rows(session, part)
    app = create_app(settings, secrets.load_or_create(settings)[0], store)
    gc.freeze()  # as the pages' process does
    try:
        yield app, playlist
    finally:
        gc.unfreeze()
        _closed(store)


def _closed(store: sessionmaker[Session]) -> None:
    store.kw["bind"].dispose()


def _rows(session: Session, part: int) -> UUID:
    """A tenth of the marks is private, every fifth call is the agent's. The key of the long playlist."""
    hashed = HASHER.hash(PASSWORD)
    session.add_all(
        User(name=name, password_hash=hashed, role=role) for name, role in (("tom", "trainer"), ("anna", "agent"))
    )
    calls, marks = CALLS // part, MARKS // part
    names = [f"{1000 + number}.0" for number in range(calls)]
    for number, call_id in enumerate(names):
        at = BEGAN + timedelta(minutes=number)
        agent = "anna" if number % 5 == 0 else "boris"
        call = Call(
            call_id=call_id,
            line="1000",
            language="en",
            caller_number="",
            caller_name="",
            state="ended",
            agent=agent,
            queue="support",
            result="served",
            arrived_at=at,
            connected_at=at,
            ended_at=at + timedelta(minutes=5),
        )
        session.add(call)
    session.flush()
    session.execute(insert(Recording), [_recording(call_id) for call_id in names])
    session.execute(insert(Mark), [_mark(number, names) for number in range(marks)])
    lists = [_playlist(number) for number in range(PLAYLISTS // part)]
    session.execute(insert(Playlist), lists)
    items = [
        {
            "id": uuid7(),
            "playlist_id": each["id"],
            "place": place,
            "call_id": names[place],
            "begin": 0.0,
            "end": 60.0,
            "note": "Listen.",
            "question": "",
        }
        for each in lists
        for place in range(ENTRIES if each is lists[-1] else 5)
    ]
    session.execute(insert(PlaylistItem), items)
    given = [
        {
            "id": uuid7(),
            "playlist_id": each["id"],
            "person": "anna" if number < 5 else f"newcomer{number}",
            "given_by": "tom",
            "given_at": BEGAN,
            "due_at": BEGAN + timedelta(days=number),
        }
        for number, each in enumerate(lists)
    ]
    session.execute(insert(Assignment), given)
    return UUID(str(lists[-1]["id"]))


def _recording(call_id: str) -> dict[str, Any]:
    return {"id": uuid7(), "call_id": call_id, "state": "stored", "seconds": 300.0}


def _mark(number: int, names: list[str]) -> dict[str, Any]:
    begin = float(number % 280)
    return {
        "id": uuid7(),
        "call_id": names[0] if number < ON_ONE_CALL else names[number % len(names)],
        "person": f"trainer{number % 7}",
        "begin": begin,
        "end": begin + 5,
        "speaker": "",
        "words": f"Mark {number}: this is how it is done.",
        "tag": f"tag{number % TAGS}",
        "shared": number % 10 > 0,
        "at": BEGAN,
    }


def _playlist(number: int) -> dict[str, Any]:
    at = BEGAN + timedelta(minutes=number)
    title = f"Playlist {number}"
    return {
        "id": uuid7(),
        "title": title,
        "note": "",
        "person": "tom",
        "items": 5,
        "gone": 0,
        "created_at": at,
        "changed_at": at,
    }
