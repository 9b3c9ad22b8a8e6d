"""The front of scoring: what an agent was scored, or what those who train have to do and have done."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from scoring import cards, disputes, evaluations
from scoring.models import Evaluation
from web import access
from web.context import db, person
from web.documents.facts import Document
from web.documents.library import heard_documents
from web.library.form import key_asked
from web.scoring import blueprint
from web.scoring.evaluation_page import DisputeRow, dispute_row
from web.scoring.team import ReviewWeek, review_week

PAGE = 50


@dataclass(frozen=True)
class EvaluationRow:
    """An evaluation as lists show it."""

    page: str
    call: Document
    person: str
    agent: str
    percent: float | None
    failed: bool
    at: str
    fresh: bool
    """Its agent has not looked at it."""
    answered: bool


@dataclass(frozen=True)
class ScoringPage:
    """Everything that scoring/scoring.html shows."""

    trains: bool
    leads: bool
    """Whether who asks may set goals."""
    week: ReviewWeek | None
    """What who asks has to score this week; None: no goal."""
    drafts: list[EvaluationRow]
    disputes: list[DisputeRow]
    """To be answered, also those that who asks may not answer."""
    rows: list[EvaluationRow]
    newest: bool
    older: str | None


@blueprint.get("/scoring")
def home() -> ResponseReturnValue:
    return render_template("scoring/scoring.html", **vars(_page()))


def evaluation_rows(found: list[Evaluation]) -> list[EvaluationRow]:
    """Of evaluations that who asks may see."""
    calls = heard_documents(db(), {row.call_id for row in found})
    return [
        EvaluationRow(
            page=url_for("scoring.evaluation", evaluation_id=row.id),
            call=calls[row.call_id],
            person=row.person,
            agent=row.agent,
            percent=row.percent,
            failed=row.failed,
            at=(row.done_at or row.begun_at).isoformat(),
            fresh=row.seen_at is None,
            answered=row.answered_at is not None,
        )
        for row in found
    ]


def _page() -> ScoringPage:
    name, trains, before = person().name, person().may("train"), _before()
    if trains:
        found = evaluations.listing(db(), limit=PAGE + 1, before=before)
    else:
        found = evaluations.of_agent(db(), name, limit=PAGE + 1, before=before)
    last = found[PAGE - 1] if len(found) > PAGE else None
    older = url_for("scoring.home", before=last.id, at=last.done_at.isoformat()) if last and last.done_at else None
    return ScoringPage(
        trains=trains,
        leads=person().may("grade"),
        week=review_week() if trains and before is None else None,
        drafts=evaluation_rows(evaluations.drafts_of(db(), name)) if trains else [],
        disputes=_disputes() if trains else [],
        rows=evaluation_rows(access.seen_evaluations(db(), person(), found[:PAGE])),
        newest=before is None,
        older=older,
    )


def _disputes() -> list[DisputeRow]:
    found = disputes.open_ones(db(), limit=PAGE)
    seen = {row.id for row in access.seen_evaluations(db(), person(), [scored for _, scored in found])}
    titles = cards.titles_of(db(), {scored.version_id for _, scored in found})
    return [
        dispute_row(row, scored, titles[scored.version_id].get(row.criterion, ""))
        for row, scored in found
        if scored.id in seen
    ]


def _before() -> tuple[datetime, uuid.UUID] | None:
    """Where the next page begins."""
    key = key_asked("before")
    try:
        at = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError:
        return None
    return None if key is None or at.tzinfo is None else (at, key)
