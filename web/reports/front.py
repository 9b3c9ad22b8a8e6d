"""The front page of reports as it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _

from ringback.config import Settings
from web import access
from web.context import db, person, settings
from web.documents.report_front import ReportFront, TodayFigure, WorseFigure, WorthHearing
from web.documents.report_goals import GoalLine, wanted_words
from web.documents.report_views import FIGURE_SETS, PERIODS, set_title
from web.documents.report_words import (
    NOTHING,
    days_words,
    interval_words,
    moment_words,
    period_title,
    value_words,
)
from web.i18n import span
from web.labels import agent_name
from web.reports.page import address, change_words, language


@dataclass(frozen=True)
class TodayTile:
    title: str
    rule: str
    value: str
    interval: str
    ago: str
    change: str
    tone: str
    goal: str
    """What is wanted, in words; empty: nothing is."""
    reached: bool | None
    """Whether it is there; None: nothing is wanted, or it is not known."""
    link: str
    """Its report of today."""


@dataclass(frozen=True)
class WorseRow:
    title: str
    rule: str
    now: str
    before: str
    change: str
    link: str


@dataclass(frozen=True)
class HeardCall:
    why: str
    when: str
    agent: str
    link: str
    """Empty: who asks may not see the call."""


@dataclass(frozen=True)
class FrontPage:
    """Everything that reports/front.html shows."""

    tiles: list[TodayTile]
    until: str
    """Empty: nothing is counted yet."""
    goals: list[GoalLine]
    worse: list[WorseRow]
    last_days: str
    days_before: str
    worth: list[HeardCall]
    is_empty: bool
    sets: list[tuple[str, str, list[tuple[str, str]]]]
    """Title, address, and addresses of usual periods."""


def front_page(found: ReportFront, goals: list[GoalLine]) -> FrontPage:
    setup, words = settings(), language()
    return FrontPage(
        tiles=[_tile(each, words) for each in found.today],
        until="" if found.until is None else moment_words(found.until, ZoneInfo(setup.timezone), words),
        goals=goals,
        worse=[_worse(each, found, words) for each in found.worse],
        last_days=days_words(found.last_days.since, found.last_days.until, words),
        days_before=days_words(found.days_before.since, found.days_before.until, words),
        worth=_worth(found.worth, setup, words),
        is_empty=found.is_empty,
        sets=[_set(name, words) for name in FIGURE_SETS],
    )


def _set(name: str, words: str) -> tuple[str, str, list[tuple[str, str]]]:
    periods = [
        (period_title(each).worded(words), url_for("reports.report", which=name, period=each))
        for each in PERIODS
        if each in ("today", "yesterday", "last_week", "this_month", "this_year")
    ]
    return set_title(name).worded(words), url_for("reports.report", which=name), periods


def _set_of(figure: str) -> str:
    return next((name for name, figures in FIGURE_SETS.items() if figure in figures), "line")


def _tile(each: TodayFigure, words: str) -> TodayTile:
    column = each.column
    change, tone = change_words(column, each.now, each.week_ago, words)
    return TodayTile(
        title=column.title,
        rule=column.rule,
        value=value_words(each.now, column.unit, words),
        interval=interval_words(each.now, column.unit, words),
        ago=value_words(each.week_ago, column.unit, words),
        change=change,
        tone=tone,
        goal="" if each.goal is None else wanted_words(*each.goal, column.unit, words).worded(words),
        reached=each.reached,
        link=url_for("reports.report", which=_set_of(column.name), period="today", compare="weekdays"),
    )


def _worse(each: WorseFigure, found: ReportFront, words: str) -> WorseRow:
    column, change = each.column, each.change
    days = {"since": found.last_days.since.isoformat(), "until": found.last_days.until.isoformat()}
    return WorseRow(
        title=column.title,
        rule=column.rule,
        now=value_words(change.now, column.unit, words),
        before=value_words(change.before, column.unit, words),
        change=change_words(column, change.now, change.before, words)[0],
        link=address("reports.report", {"which": _set_of(column.name), "interval": "day", "compare": "before", **days}),
    )


def _worth(calls: Sequence[WorthHearing], setup: Settings, words: str) -> list[HeardCall]:
    seen = access.seen_calls(db(), person(), [each.call_id for each in calls])
    return [
        HeardCall(
            why=_why(each),
            when=moment_words(each.at, ZoneInfo(setup.timezone), words),
            agent=agent_name(each.agent) if each.agent else NOTHING,
            link=url_for("calls.call", call_id=each.call_id) if each.call_id in seen else "",
        )
        for each in calls
    ]


def _why(each: WorthHearing) -> str:
    match each.why:
        case "poor_answer":
            return _("The caller judged the talk to be poor.")
        case "long_hold":
            return _("The longest hold of the last days: %(time)s.", time=span(each.seconds))
        case "gave_up":
            return _("Gave up after the longest wait of the last days: %(time)s.", time=span(each.seconds))
    return _("We promised to call, and did not reach the caller.")
