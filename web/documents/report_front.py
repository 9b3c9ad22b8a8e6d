"""The owner's front page of reports as a document: today beside its goal and the same weekday before, what got worse,
and three calls worth hearing. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callback.models import BROKEN_STATES, Callback
from calls.models import Call, CallSegment, QueueVisit
from calls.service import of_customers
from reports.asking import Asked, before, weeks_before
from reports.cells import SummedTally
from reports.figures import FIGURES, FigureValue
from reports.goals import policy as goals_policy
from reports.goals.service import targets
from reports.service import Report, ReportRow, answer
from reports.slots import slot_of
from reports.tally import Histogram, Tally, histogram
from ringback.config import Settings
from survey.models import SurveyRun
from web.documents.report_changes import FigureChange, change_of
from web.documents.report_views import ReportRange
from web.documents.reports import ReportColumn, columns_of, figures_of_row

TODAY = ("offered", "answered", "abandoned", "service_level", "asa", "promises_kept")
"""Figures of the day so far."""
DAYS = 7
"""Whole days that are put beside as many before."""
MOST_WORSE = 6
HEARD_DAYS = 7
"""Calls worth hearing are not older."""
MOST_LOOKED_AT = 5000
"""Holds and waits of which the longest is found: the newest."""
Why = Literal["poor_answer", "long_hold", "gave_up", "broken_promise"]


@dataclass(frozen=True, slots=True)
class TodayFigure:
    column: ReportColumn
    now: FigureValue
    week_ago: FigureValue
    """Of the same weekday a week ago, until the same time of day."""
    goal: tuple[float, bool] | None
    """What is wanted, and whether more is better; None: nothing is."""
    reached: bool | None
    """Whether it is there; None: nothing is wanted, or it is not known."""


@dataclass(frozen=True, slots=True)
class WorseFigure:
    column: ReportColumn
    change: FigureChange


@dataclass(frozen=True, slots=True)
class WorthHearing:
    why: Why
    call_id: str
    at: datetime
    seconds: float | None
    """Of the hold or the wait."""
    agent: str | None


@dataclass(frozen=True, slots=True)
class ReportFront:
    today: tuple[TodayFigure, ...]
    until: datetime | None
    """What of today is counted; None: nothing is counted yet."""
    worse: tuple[WorseFigure, ...]
    last_days: Asked
    days_before: Asked
    worth: tuple[WorthHearing, ...]
    """At most three."""
    is_empty: bool
    """Nothing happened today nor in the days before."""


def report_front(session: Session, settings: Settings, may: ReportRange, language: str, now: datetime) -> ReportFront:
    """What of `may` is seen; its agents are not looked at: agents have no front page."""
    zone = ZoneInfo(settings.timezone)
    day = now.astimezone(zone).date()
    today = Asked(day, day, "quarter", "total", may.queues)
    report, ago = answer(session, today, settings, now), answer(session, weeks_before(today), settings, now)
    until = min(slot_of(now), report.counted_until or now)
    clock = until.astimezone(zone).time() if until > report.times[0].begins else None
    so_far = _until(report, [time.begins < until for time in report.times])
    then = _until(ago, [clock is not None and time.begins.astimezone(zone).time() < clock for time in ago.times])
    last = Asked(day - timedelta(days=DAYS), day - timedelta(days=1), "all", "total", may.queues)
    week, week_before = answer(session, last, settings, now), answer(session, before(last), settings, now)
    return ReportFront(
        today=tuple(_today(so_far, then, _wanted(session, settings, may), settings, language)),
        until=None if report.counted_until is None else until,
        worse=tuple(_worse(week.total, week_before.total, settings, language)),
        last_days=last,
        days_before=before(last),
        worth=tuple(worth_hearing(session, now - timedelta(days=HEARD_DAYS), may)),
        is_empty=not (report.rows or week.rows or week_before.rows),
    )


def _wanted(session: Session, settings: Settings, may: ReportRange) -> dict[str, tuple[float, bool]]:
    """Goals that people set, of all queues or of the only one that is seen; of the service level else the settings'."""
    wanted = {"service_level": (settings.reports.service_level.goal, True)}
    if may.queues is None:
        return wanted | targets(session, "")
    return wanted | (targets(session, *may.queues) if len(may.queues) == 1 else {})


def _today(
    so_far: ReportRow, then: ReportRow, wanted: dict[str, tuple[float, bool]], settings: Settings, language: str
) -> Iterator[TodayFigure]:
    now, ago = figures_of_row(so_far, TODAY, settings), figures_of_row(then, TODAY, settings)
    for column, figure, was in zip(columns_of(TODAY, settings, language), now, ago, strict=True):
        goal = wanted.get(column.name)
        reached = None if goal is None or figure.value is None else goals_policy.is_met(figure.value, *goal)
        yield TodayFigure(column, figure, was, goal, reached)


def _worse(now: ReportRow, then: ReportRow, settings: Settings, language: str) -> Iterator[WorseFigure]:
    found = [change_of(name, now, then, settings) for name, each in FIGURES.items() if each.better is not None]
    worse = sorted((change for change in found if change.trend == "worse"), key=lambda change: -change.size)
    for change in worse[:MOST_WORSE]:
        yield WorseFigure(columns_of([change.name], settings, language)[0], change)


def _until(report: Report, inside: Sequence[bool]) -> ReportRow:
    """The sum of some of the times."""
    rows = [row for row in report.rows if inside[row.time]]
    return ReportRow(0, "", _together([row.tally for row in rows]), _together([row.known for row in rows]))


def _together(tallies: Sequence[Tally]) -> Tally:
    counts: dict[str, int] = {}
    for tally in tallies:
        for name, count in tally.counts.items():
            counts[name] = counts.get(name, 0) + count

    def chart(name: str) -> Histogram:
        bins: dict[int, int] = {}
        for each in (tally.histogram(name) for tally in tallies):
            for at, count in zip(each.bins.tolist(), each.counts.tolist(), strict=True):
                bins[at] = bins.get(at, 0) + count
        return histogram(bins)

    return SummedTally(counts, chart)


# -- calls worth hearing ---------------------------------------------------------------------------------


def worth_hearing(session: Session, since: datetime, may: ReportRange, most: int = 3) -> list[WorthHearing]:
    """One of each kind, as long as there is room; none twice."""
    found: dict[str, WorthHearing] = {}
    for kind in (_poor_answer, _long_hold, _gave_up, _broken_promise):
        one = kind(session, since, may)
        if one is not None and len(found) < most:
            found.setdefault(one.call_id, one)
    return list(found.values())


def _poor_answer(session: Session, since: datetime, may: ReportRange) -> WorthHearing | None:
    query = (
        select(SurveyRun.call_id, SurveyRun.at, SurveyRun.agent)
        .join(Call, Call.call_id == SurveyRun.call_id)
        .where(SurveyRun.poor, SurveyRun.at >= since)
    )
    if may.queues is not None:
        query = query.where(SurveyRun.queue.in_(may.queues))
    row = session.execute(query.order_by(SurveyRun.at.desc()).limit(1)).first()
    return None if row is None else WorthHearing("poor_answer", row.call_id, row.at, None, row.agent)


def _long_hold(session: Session, since: datetime, may: ReportRange) -> WorthHearing | None:
    query = (
        select(CallSegment.call_id, CallSegment.started_at, CallSegment.ended_at, Call.agent)
        .join(Call, Call.call_id == CallSegment.call_id)
        .where(CallSegment.kind == "hold", CallSegment.ended_at.is_not(None), Call.arrived_at >= since)
    )
    if may.queues is not None:
        query = query.where(Call.queue.in_(may.queues))
    rows = session.execute(query.order_by(Call.arrived_at.desc()).limit(MOST_LOOKED_AT)).all()
    row = max(rows, key=lambda each: each.ended_at - each.started_at, default=None)
    if row is None:
        return None
    seconds = (row.ended_at - row.started_at).total_seconds()
    return WorthHearing("long_hold", row.call_id, row.started_at, seconds, row.agent)


def _gave_up(session: Session, since: datetime, may: ReportRange) -> WorthHearing | None:
    query = (
        select(QueueVisit.call_id, QueueVisit.entered_at, QueueVisit.left_at)
        .join(Call, Call.call_id == QueueVisit.call_id)
        .where(QueueVisit.outcome == "abandoned", QueueVisit.entered_at >= since, QueueVisit.left_at.is_not(None))
        .where(of_customers())
    )
    if may.queues is not None:
        query = query.where(QueueVisit.queue.in_(may.queues))
    rows = session.execute(query.order_by(QueueVisit.entered_at.desc()).limit(MOST_LOOKED_AT)).all()
    row = max(rows, key=lambda each: each.left_at - each.entered_at, default=None)
    if row is None:
        return None
    return WorthHearing("gave_up", row.call_id, row.entered_at, (row.left_at - row.entered_at).total_seconds(), None)


def _broken_promise(session: Session, since: datetime, may: ReportRange) -> WorthHearing | None:
    query = select(Callback.asked_call_id, Callback.requested_at).where(
        Callback.state.in_(BROKEN_STATES),
        Callback.requested_at >= since,
        Callback.asked_call_id.is_not(None),
        Callback.once.is_(False),
        Callback.tells.is_(False),
    )
    if may.queues is not None:
        query = query.where(Callback.queue.in_(may.queues))
    row = session.execute(query.order_by(Callback.requested_at.desc()).limit(1)).first()
    if row is None or row.asked_call_id is None:
        return None
    return WorthHearing("broken_promise", row.asked_call_id, row.requested_at, None, None)
