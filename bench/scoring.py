"""Scoring with 100,000 evaluations: how long its pages take, whole, as the browser is sent them.

Asked are the front of scoring with a goal and ten pages further down, the team, one evaluation and the page of a call
that was scored, as a trainer; the own scores as an agent. Each as it is asked over HTTP, without the network.

    python -m bench --only scoring [--quick]      (quick: a tenth of everything)
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.library import Took, _closed, _figure, _measure, _p95, _signed_in, _timed
from calls.models import Call
from recording.models import Recording
from ringback import secrets
from ringback.config import Settings
from ringback.store import migrate
from ringback.store.base import uuid7
from ringback.store.engine import open_store, sessions
from scoring import candidates, cards
from scoring.models import Evaluation, EvaluationPoint
from scoring.policy import Criterion
from transcripts.models import Transcript
from web.app import create_app
from web.models import User
from web.service import HASHER

EVALUATIONS, CALLS = 100_000, 20_000
AGENTS = [f"agent{number}" for number in range(38)] + ["anna", "boris"]
PASSWORD = "correct horse battery"


def run(quick: bool) -> dict[str, Any]:
    part = 10 if quick else 1
    with tempfile.TemporaryDirectory(prefix="ringback-bench-") as name, _filled(Path(name), part) as (app, one):
        tom, anna = _signed_in(app, "tom"), _signed_in(app, "anna")
        took: dict[str, list[Took]] = {
            "/scoring, trainer": _measure(tom, "/scoring"),
            "/scoring, ten pages": list(_pages(tom)),
            "/scoring, agent": _measure(anna, "/scoring"),
        }
        pages = {
            "/scoring/team": _measure(tom, "/scoring/team"),
            "an evaluation": _measure(tom, f"/scoring/evaluations/{one}"),
            "the page of a call": _measure(tom, "/calls/1000.0"),
        }
    of = f"{EVALUATIONS // part:,} evaluations, p95"
    lists = [each for times in took.values() for each in times]
    figures = [
        _figure(f"a list of scoring, {of}", [wall for wall, _ in lists]),
        _figure(f"the same in time of the processor, {of}", [cpu for _, cpu in lists]),
    ]
    details = {
        what: {"wall": _p95([wall for wall, _ in times]), "cpu": _p95([cpu for _, cpu in times])}
        for what, times in (took | pages).items()
    }
    return {"figures": figures, "details": details}


def _pages(client: FlaskClient) -> Iterator[Took]:
    path = "/scoring"
    for _ in range(10):
        took, page = _timed(client, path)
        yield took
        older = re.search(r'href="(/scoring\?[^"]+)"', page)
        if older is None:
            return
        path = older[1].replace("&amp;", "&")


@contextmanager
def _filled(folder: Path, part: int) -> Iterator[tuple[Flask, UUID]]:
    settings = Settings(data=folder)
    engine = open_store(settings.store_url)
    migrate.upgrade(engine)
    store = sessions(engine)
    with store.begin() as session:
        one = _rows(session, part)
    try:
        yield create_app(settings, secrets.load_or_create(settings)[0], store), one
    finally:
        _closed(store)


def _rows(session: Session, part: int) -> UUID:
    """Calls of the last half year; every fifth one was never scored. The key of one evaluation."""
    hashed, now = HASHER.hash(PASSWORD), datetime.now(UTC)
    people = (("tom", "trainer"), ("anna", "agent"))
    session.add_all(User(name=name, password_hash=hashed, role=role) for name, role in people)
    card = cards.create(session, "Support", "tom", now)
    for title in ("Greets", "Checks", "Solves"):
        cards.put(session, card.id, Criterion("", title, points=5), "tom", now)
    version = cards.publish(session, card.id, "tom", now)
    candidates.set_goal(session, "tom", 5, "tom", now)
    calls, evaluations = CALLS // part, EVALUATIONS // part
    step = timedelta(days=180) / calls
    names = [f"{1000 + number}.0" for number in range(calls)]
    for number, call_id in enumerate(names):
        at = now - step * (number + 1)
        agent = AGENTS[number % len(AGENTS)]
        session.add(
            Call(
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
        )
    session.flush()
    sound = [{"id": uuid7(), "call_id": each, "state": "stored", "seconds": 300.0} for each in names]
    session.execute(insert(Recording), sound)
    texts = [{"id": uuid7(), "call_id": each, "state": "done", "language": "en"} for each in names]
    session.execute(insert(Transcript), texts)
    scored = [each for number, each in enumerate(names) if number % 5 or number == 0]
    rows = [
        {
            "id": uuid7(),
            "call_id": scored[number % len(scored)],
            "version_id": version.id,
            "kind": "review",
            "person": f"trainer{number % 7}",
            "agent": AGENTS[number % len(AGENTS)],
            "queue": "support",
            "begun_at": now,
            "done_at": now - timedelta(days=180) * number / evaluations,
            "percent": float(number % 101),
            "suggestions": [],
        }
        for number in range(evaluations)
    ]
    session.execute(insert(Evaluation), rows)
    keys = [each.key for each in cards.criteria_of(version)]
    points = [
        {"id": uuid7(), "evaluation_id": row["id"], "criterion": key, "points": float((number + at) % 6), "causes": []}
        for number, row in enumerate(rows)
        for at, key in enumerate(keys)
    ]
    session.execute(insert(EvaluationPoint), points)
    return UUID(str(rows[0]["id"]))
