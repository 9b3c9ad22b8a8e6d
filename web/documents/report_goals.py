"""Goals as lines of a page: each with its figure and queue by name, its target in words, and how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from sqlalchemy.orm import Session

from reports.asking import Asked
from reports.figures import FIGURES, Unit
from reports.goals import service
from reports.goals.models import ReportGoal
from reports.goals.policy import GoalState
from ringback.config import Settings
from ringback.messages import Message, message
from web.documents.report_names import ValueNames
from web.documents.report_words import amount, value_words


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal that is open or over."""

    id: str
    figure: str
    """Its name in code."""
    title: str
    queue: str
    """By its name of today; empty: all."""
    wanted: str
    """"at least 80 %"."""
    by_day: str
    set_by: str
    set_on: str
    value: str
    """What it is, or was in the end."""
    n: int | None
    start: str
    percent: int | None
    """How much of the way is done; None: not known."""
    standing: str
    """`reports.goals.policy.Standing`, or how it ended."""
    days_left: int
    rule: str
    ended_by: str = ""


def goal_lines(
    session: Session, settings: Settings, language: str, now: datetime, queues: frozenset[str] | None
) -> list[GoalLine]:
    """Open ones, the next day first."""
    names = ValueNames(session, settings, language)
    return [_open(goal, settings, language, names) for goal in service.open_goals(session, settings, now, queues)]


def goals_of_report(
    session: Session, settings: Settings, language: str, now: datetime, asked: Asked, figures: Sequence[str]
) -> list[GoalLine]:
    """Those of the figures and queues that a report shows."""
    names = ValueNames(session, settings, language)
    found = service.goals_for(session, asked, settings, now, figures)
    return [_open(goal, settings, language, names) for goal in found]


def past_goals(session: Session, settings: Settings, language: str, queues: frozenset[str] | None) -> list[GoalLine]:
    """Those that are over, the latest first."""
    names = ValueNames(session, settings, language)
    rows = service.history(session, queues)
    return [_past(row, settings, language, names) for row in rows if row.figure in FIGURES]


def wanted_words(target: float, at_least: bool, unit: Unit, language: str) -> Message:
    """A target with its direction."""
    value = amount(target, unit, language)
    return message("reports.goal_at_least", value=value) if at_least else message("reports.goal_at_most", value=value)


def _open(goal: GoalState, settings: Settings, language: str, names: ValueNames) -> GoalLine:
    figure = FIGURES[goal.figure]
    return GoalLine(
        id=goal.id,
        figure=goal.figure,
        title=figure.title().worded(language),
        queue=names.of("queue", goal.queue).words if goal.queue else "",
        wanted=wanted_words(goal.target, goal.at_least, figure.unit, language).worded(language),
        by_day=str(format_date(goal.by_date, "d MMM y", language)),
        set_by=goal.set_by,
        set_on=str(format_date(goal.set_on, "d MMM y", language)),
        value=value_words(goal.value, figure.unit, language),
        n=goal.value.n,
        start=value_words(goal.start, figure.unit, language),
        percent=None if goal.share is None else int(goal.share * 100),
        standing=goal.standing,
        days_left=goal.days_left,
        rule=figure.rule(settings).worded(language),
    )


def _past(row: ReportGoal, settings: Settings, language: str, names: ValueNames) -> GoalLine:
    figure = FIGURES[row.figure]
    return GoalLine(
        id=str(row.id),
        figure=row.figure,
        title=figure.title().worded(language),
        queue=names.of("queue", row.queue).words if row.queue else "",
        wanted=wanted_words(row.target, row.at_least, figure.unit, language).worded(language),
        by_day=str(format_date(row.by_date, "d MMM y", language)),
        set_by=row.set_by,
        set_on="",
        value="–" if row.value is None else amount(row.value, figure.unit, language),
        n=row.n,
        start="",
        percent=None,
        standing=row.state,
        days_left=0,
        rule=figure.rule(settings).worded(language),
        ended_by=row.ended_by or "",
    )
