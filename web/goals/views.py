"""Goals: the page that shows how they stand, setting one, withdrawing one."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from reports.errors import ReportError
from reports.figures import DEFINITIONS
from reports.goals import service
from reports.slots import day_of
from ringback.messages import Message
from ringback.store.base import utc
from web.context import db, needs, now, person, settings
from web.documents.report_goals import GoalLine, goal_lines, past_goals
from web.documents.report_people import as_person
from web.goals import blueprint

MONTHS_AHEAD = 90
"""Days until the day that the form offers."""


@dataclass(frozen=True)
class GoalsPage:
    """Everything that goals/goals.html shows."""

    goals: list[GoalLine]
    over: list[GoalLine]
    figures: list[tuple[str, str, str]]
    """Name, title, unit."""
    queues: list[tuple[str, str]]
    may_all: bool
    """Whether who looks may see all queues, and so set a goal of all."""
    first: str
    """The first day that a goal may have."""
    fault: Message | None = None
    typed: Mapping[str, str] = field(default_factory=dict)


@blueprint.get("/reports/goals")
@needs("reports")
def goals() -> ResponseReturnValue:
    return _page()


@blueprint.post("/reports/goals")
@needs("reports")
def set_goal() -> ResponseReturnValue:
    """A figure, a queue or all, a target, a day."""
    typed = {name: request.form.get(name, "")[:80] for name in ("figure", "queue", "target", "way", "by_date")}
    queues = _queues()
    if queues is not None and typed["queue"] not in queues:
        abort(403)
    try:
        wanted = typed["target"], typed["way"]
        moment = utc(now())
        service.set_goal(
            db(), settings(), typed["figure"], typed["queue"], wanted, _day(typed["by_date"]), person().name, moment
        )
    except ReportError as error:
        db().rollback()
        return make_response(_page(error.message, typed), 400)
    db().commit()
    flash(_("The goal is set."))
    return redirect(url_for("goals.goals"), 303)


@blueprint.post("/reports/goals/<uuid:key>/withdraw")
@needs("reports")
def withdraw(key: uuid.UUID) -> ResponseReturnValue:
    """It stays among those that are over, with who did it."""
    seen = {line.id for line in goal_lines(db(), settings(), _language(), utc(now()), _queues())}
    if str(key) in seen and service.withdraw(db(), key, person().name, utc(now())):
        flash(_("The goal is withdrawn."))
    else:
        flash(_("This goal was over already."))
    db().commit()
    return redirect(url_for("goals.goals"), 303)


def _queues() -> frozenset[str] | None:
    return as_person(person().row).queues


def _language() -> str:
    return str(get_locale() or "en")


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise ReportError("reports.goal_no_day", value=typed[:40]) from None


def _page(fault: Message | None = None, typed: Mapping[str, str] | None = None) -> str:
    language, queues, moment = _language(), _queues(), utc(now())
    today = day_of(moment, ZoneInfo(settings().timezone))
    page = GoalsPage(
        goals=goal_lines(db(), settings(), language, moment, queues),
        over=past_goals(db(), settings(), language, queues),
        figures=[(each.name, each.title().worded(language), each.unit) for each in DEFINITIONS],
        queues=[
            (name, queue.name_in(language))
            for name, queue in settings().queues.items()
            if queues is None or name in queues
        ],
        may_all=queues is None,
        first=(today + timedelta(days=1)).isoformat(),
        fault=fault,
        typed=typed or {"by_date": (today + timedelta(days=MONTHS_AHEAD)).isoformat()},
    )
    return render_template("goals/goals.html", **vars(page))
