"""Scoring with 100,000 evaluations on SQLite and PostgreSQL: how long its pages take, whole, as a browser gets them.

Asked are the front of scoring with a goal and ten pages further down, the team, one evaluation and the page of a call
that was scored, as a trainer; the own scores as an agent. Each as it is asked over HTTP, without the network.

    python -m bench --only scoring [--quick]      (quick: a tenth of everything)
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bench import pages
from bench.pages import Took
from bench.report import Figure
from ringback.store.base import uuid7
from scoring import candidates, cards
from scoring.models import Evaluation, EvaluationDispute, EvaluationPoint
from scoring.policy import Criterion

EVALUATIONS, CALLS, DISPUTES = 100_000, 20_000, 50
QUEUES = ("support", "billing", "sales")
CRITERIA = ("Greets", "Checks", "Solves")
AGENTS = [f"agent{number}" for number in range(38)] + ["anna", "boris"]


def run(quick: bool) -> dict[str, Any]:
    part = 10 if quick else 1
    figures: list[Figure] = []
    details: dict[str, Any] = {}
    with pages.stores() as stores:
        for which, url in stores.items():
            lists, others = _asked(url, part)
            of = f"{EVALUATIONS // part:,} evaluations, {which}"
            figures += pages.figures("a list of scoring", of, [each for times in lists.values() for each in times])
            figures += pages.figures("the team's page", of, others["/scoring/team"])
            details |= {f"{which}: {path}": each for path, each in pages.details(lists | others).items()}
    return {"figures": figures, "details": details}


def _asked(url: str | None, part: int) -> tuple[dict[str, list[Took]], dict[str, list[Took]]]:
    """By page the times of each answer: lists, and the others."""
    with pages.installation(lambda session: _rows(session, part), url) as place:
        tom, anna = pages.signed_in(place.app, "tom"), pages.signed_in(place.app, "anna")
        lists = {
            "/scoring, trainer": pages.measure(tom, "/scoring"),
            "/scoring, ten pages": pages.turned(tom, "/scoring"),
            "/scoring, agent": pages.measure(anna, "/scoring"),
        }
        paths = {
            "/scoring/team": "/scoring/team",
            "an evaluation": f"/scoring/evaluations/{place.filled}",
            "the page of a call": "/calls/1000.0",
        }
        return lists, {what: pages.measure(tom, path) for what, path in paths.items()}


def _rows(session: Session, part: int) -> UUID:
    """Calls of the last half year; every fifth one was never scored. The key of one evaluation."""
    now = datetime.now(UTC)
    pages.add_people(session, {"tom": "trainer", "anna": "agent"})
    card = cards.create(session, "Support", "tom", now)
    for title in CRITERIA:
        cards.put(session, card.id, Criterion("", title, points=5), "tom", now)
    version = cards.publish(session, card.id, "tom", now)
    candidates.set_goal(session, "tom", 5, "tom", now)
    calls, evaluations = CALLS // part, EVALUATIONS // part
    step = timedelta(days=180) / calls
    times = [(now - step * (number + 1), AGENTS[number % len(AGENTS)]) for number in range(calls)]
    names = pages.add_calls(session, times, with_text=True)
    scored = [each for number, each in enumerate(names) if number % 5 or number == 0]
    rows = [
        {
            "id": uuid7(),
            "call_id": scored[number % len(scored)],
            "version_id": version.id,
            "kind": "review",
            "person": f"trainer{number % 7}",
            "agent": AGENTS[number % len(AGENTS)],
            "queue": QUEUES[number % len(QUEUES)],
            "begun_at": now,
            "done_at": now - timedelta(days=180) * number / evaluations,
            "percent": float(number % 101),
            "suggestions": [],
        }
        for number in range(evaluations)
    ]
    pages.add_rows(session, Evaluation, rows)
    keys = [each.key for each in cards.criteria_of(version)]
    pages.add_rows(session, EvaluationPoint, _points(rows, keys))
    disputed = [
        {
            "id": uuid7(),
            "evaluation_id": row["id"],
            "criterion": keys[0],
            "person": row["agent"],
            "reason": "I said it.",
            "at": now,
            "due_at": now + timedelta(days=7),
            "points_before": 1.0,
        }
        for row in rows[:DISPUTES]
    ]
    pages.add_rows(session, EvaluationDispute, disputed)
    return UUID(str(rows[0]["id"]))


def _points(rows: list[dict[str, Any]], keys: list[str]) -> list[dict[str, Any]]:
    """Some agents do better than others, by less than one of five points on the average."""
    chance = Random(5)
    skill = {agent: chance.uniform(3.6, 4.4) for agent in AGENTS}
    return [
        {
            "id": uuid7(),
            "evaluation_id": row["id"],
            "criterion": key,
            "points": float(min(5, max(0, round(chance.gauss(skill[row["agent"]], 1.2))))),
            "causes": [],
        }
        for row in rows
        for key in keys
    ]
