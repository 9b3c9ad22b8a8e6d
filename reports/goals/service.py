"""Goals as others use them: setting and withdrawing, how they stand, and what became of them."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reports.asking import Asked
from reports.errors import ReportError
from reports.figures import FIGURES, FigureValue
from reports.goals import policy
from reports.goals.models import ReportGoal
from reports.goals.policy import GoalState
from reports.service import Report, answer
from reports.slots import day_of, start_of
from ringback.config import Settings

HISTORY = 100
"""Goals that are over, the latest, which are shown."""
MOST_OPEN = 100


def set_goal(
    session: Session,
    settings: Settings,
    figure: str,
    queue: str,
    typed: tuple[str, str],
    by_date: date,
    by: str,
    now: datetime,
) -> ReportGoal:
    """`typed`: the target, and at_least or at_most where the figure leaves it open. The caller commits. Raises
    ReportError."""
    if figure not in FIGURES:
        raise ReportError("reports.goal_no_figure", value=figure[:60])
    if queue and queue not in settings.queues:
        raise ReportError("reports.goal_no_queue", queue=queue[:60])
    definition = FIGURES[figure]
    target, at_least = policy.target_of(typed[0], definition.unit), policy.direction(definition, typed[1])
    policy.check_day(by_date, day_of(now, ZoneInfo(settings.timezone)))
    if len(session.scalars(select(ReportGoal.id).where(ReportGoal.state == "open")).all()) >= MOST_OPEN:
        raise ReportError("reports.goal_too_many", count=MOST_OPEN)
    row = ReportGoal(
        figure=figure, queue=queue, target=target, at_least=at_least, by_date=by_date, set_by=by, set_at=now
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise ReportError("reports.goal_there") from error
    return row


def withdraw(session: Session, key: uuid.UUID, by: str, now: datetime) -> bool:
    """False: it was over before. The caller commits."""
    gone = update(ReportGoal).where(ReportGoal.id == key, ReportGoal.state == "open")
    values = {"state": "withdrawn", "ended_at": now, "ended_by": by}
    done = session.execute(gone.values(values), execution_options={"synchronize_session": False})
    return bool(done.rowcount)  # type: ignore[attr-defined]


def goals_for(
    session: Session, asked: Asked, settings: Settings, now: datetime, figures: Collection[str] | None = None
) -> tuple[GoalState, ...]:
    """Open goals that belong to a report: of its queues, or where it is of all, of any. The next day first."""
    if asked.agents is not None:
        return ()
    return open_goals(session, settings, now, asked.queues, figures)


def open_goals(
    session: Session,
    settings: Settings,
    now: datetime,
    queues: frozenset[str] | None = None,
    figures: Collection[str] | None = None,
) -> tuple[GoalState, ...]:
    """Of these queues alone; None: all, also those of all queues together. Of these figures alone; None: of any."""
    query = select(ReportGoal).where(ReportGoal.state == "open").order_by(ReportGoal.by_date, ReportGoal.id)
    rows = [row for row in session.scalars(query) if queues is None or row.queue in queues]
    measured = _WeeksFigures(session, settings, now)
    wanted = FIGURES.keys() if figures is None else FIGURES.keys() & set(figures)
    return tuple(_state(row, measured, settings, now) for row in rows if row.figure in wanted)


def targets(session: Session, queue: str) -> dict[str, tuple[float, bool]]:
    """Open targets of one queue, or ("") of all together, by figure: the value, and whether more is better.

    Numbers of a week are not among them: a day cannot be held to them.
    """
    rows = session.scalars(select(ReportGoal).where(ReportGoal.state == "open", ReportGoal.queue == queue))
    found = (row for row in rows if row.figure in FIGURES and FIGURES[row.figure].unit != "count")
    return {row.figure: (row.target, row.at_least) for row in found}


def history(session: Session, queues: frozenset[str] | None = None) -> Sequence[ReportGoal]:
    """Goals that are over, the latest first."""
    query = select(ReportGoal).where(ReportGoal.state != "open").order_by(ReportGoal.ended_at.desc())
    return [row for row in session.scalars(query.limit(HISTORY)) if queues is None or row.queue in queues]


def settle(session: Session, settings: Settings, now: datetime) -> int:
    """Writes down what became of goals whose day is over and counted; how many. The caller commits."""
    zone = ZoneInfo(settings.timezone)
    over = select(ReportGoal).where(ReportGoal.state == "open", ReportGoal.by_date < day_of(now, zone))
    measured, count = _WeeksFigures(session, settings, now), 0
    for row in session.scalars(over).all():
        found = measured.of(row.figure, row.queue, row.by_date) if row.figure in FIGURES else FigureValue(None, 0)
        if found is None:
            continue
        met = found.value is not None and policy.is_met(found.value, row.target, row.at_least)
        row.state = "not_known" if found.value is None else "reached" if met else "missed"
        row.ended_at, row.value, row.n = now, found.value, found.n
        count += 1
    return count


class _WeeksFigures:
    """Figures of seven days; each week is asked for once, whatever is measured by it."""

    def __init__(self, session: Session, settings: Settings, now: datetime) -> None:
        self._session, self._settings, self._now = session, settings, now
        self._zone = ZoneInfo(settings.timezone)
        self._asked: dict[tuple[date, date, str], Report] = {}

    def of(self, figure: str, queue: str, until: date) -> FigureValue | None:
        """On the evening of `until`; None: it is not counted yet."""
        since, last = policy.window(until, figure, self._settings.reports.first_contact_hours)
        report = self._report(since, last, queue)
        begins, ends = start_of(since, self._zone), start_of(last + timedelta(days=1), self._zone)
        if report.counted_until is None or report.counted_until < ends:
            return None
        if report.counted_from is not None and report.counted_from > begins:
            return None
        return FIGURES[figure].compute(report.total, self._settings)

    def _report(self, since: date, until: date, queue: str) -> Report:
        key = (since, until, queue)
        if key not in self._asked:
            asked = Asked(since, until, "all", queues=frozenset({queue}) if queue else None)
            self._asked[key] = answer(self._session, asked, self._settings, self._now)
        return self._asked[key]


def _state(row: ReportGoal, measured: _WeeksFigures, settings: Settings, now: datetime) -> GoalState:
    zone = ZoneInfo(settings.timezone)
    today, set_on, nothing = day_of(now, zone), day_of(row.set_at, zone), FigureValue(None, 0)
    evenings = (today - timedelta(days=back) for back in (1, 2))  # yesterday is counted within minutes
    value = next(filter(None, (measured.of(row.figure, row.queue, each) for each in evenings)), nothing)
    start = measured.of(row.figure, row.queue, set_on - timedelta(days=1)) or nothing
    done = policy.way_done(start.value, value.value, row.target, row.at_least)
    return GoalState(
        id=str(row.id),
        figure=row.figure,
        queue=row.queue,
        target=row.target,
        at_least=row.at_least,
        by_date=row.by_date,
        set_on=set_on,
        set_by=row.set_by,
        value=value,
        start=start,
        share=done,
        standing=policy.standing(done, set_on, row.by_date, today),
        days_left=max((row.by_date - today).days, 0),
    )
