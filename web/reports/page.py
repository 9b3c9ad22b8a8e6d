"""A report as its page shows it: what the template would otherwise have to decide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from reports.asking import BYS, INTERVALS
from reports.behind_kinds import has_calls
from reports.figures import FIGURES, FigureValue
from ringback.store.base import utc
from web.context import db, now, settings
from web.documents.report_changes import intervals_differ
from web.documents.report_goals import GoalLine, goals_of_report
from web.documents.report_views import FIGURE_SETS, PERIODS, ReportRange, ReportView, set_title
from web.documents.report_words import (
    amount,
    by_title,
    interval_title,
    interval_words,
    period_title,
    value_words,
)
from web.documents.reports import ReportColumn, ReportDocument, ReportLine
from web.reports.picture import BarChart, HeatMap, TimeChart, bar_charts, heat_maps, time_charts

MOST_ROWS = 400
"""Rows of the table; a file has all of them."""


@dataclass(frozen=True)
class CellPart:
    """One number with what is known of it."""

    words: str
    interval: str
    n: str
    """Of how many; empty: the number says it itself."""
    link: str
    change: str
    tone: str
    """Of the change: good, bad, or plain."""
    title: str
    """Of its column."""


@dataclass(frozen=True)
class RowPart:
    time: str
    value: str
    gone: bool
    counted: bool
    cells: list[CellPart]


@dataclass(frozen=True)
class ReportPage:
    """Everything that reports/report.html shows."""

    endpoint: str
    name: str
    title: str
    own: bool
    """It is about who asks alone."""
    chosen: Mapping[str, str]
    """The form, as it was filled in."""
    fault: str
    found: ReportDocument | None
    """None: it could not be asked so."""
    tabs: list[tuple[str, str, bool]]
    periods: list[tuple[str, str, bool]]
    """Usual ones: address, words, whether it is chosen."""
    choices: Mapping[str, list[tuple[str, str]]]
    figures: list[tuple[str, str, bool]]
    """All that can be chosen: name, words, whether it is."""
    times: list[TimeChart]
    bars: list[BarChart]
    heat: list[HeatMap]
    tiles: list[CellPart]
    rows: list[RowPart]
    left_out: int
    by: str
    """What a row's value is called."""
    files: list[tuple[str, str]]
    """What it is called, and the address, of the same report as a file."""
    send: str
    """Where it can be sent by mail; empty: nowhere."""
    goals: list[GoalLine]
    """Of its figures and queues."""


def address(endpoint: str, values: Mapping[str, str]) -> str:
    """With those that say something."""
    said: dict[str, Any] = {name: value for name, value in values.items() if value}
    return url_for(endpoint, **said)


def language() -> str:
    return str(get_locale() or "en")


def today() -> date:
    return utc(now()).astimezone(ZoneInfo(settings().timezone)).date()


def report_page(
    endpoint: str,
    name: str,
    chosen: Mapping[str, str],
    may: ReportRange,
    found: ReportDocument | None,
    fault: str = "",
) -> ReportPage:
    """`chosen`: what was typed, which the form has again."""
    own = name == "own"
    view = None if found is None else found.view
    words = language()
    link = partial(calls_link, view) if view is not None else None
    pictures: tuple[list[TimeChart], list[BarChart], list[HeatMap]] = ([], [], [])
    if found is not None and link is not None and not found.is_empty:
        pictures = _pictures(found, words, link)
    return ReportPage(
        endpoint=endpoint,
        name=name,
        title=set_title(name).worded(words),
        own=own,
        chosen={**(_form(view) if view else {}), **chosen},
        fault=fault,
        found=found,
        tabs=[] if own else _tabs(name, view),
        periods=[] if view is None else _periods(endpoint, view),
        choices=_choices(may, own),
        figures=_figures(view),
        times=pictures[0],
        bars=pictures[1],
        heat=pictures[2],
        tiles=[] if found is None else _cells(found, found.total, words),
        rows=[] if found is None else [_row(found, row, words) for row in found.rows[:MOST_ROWS]],
        left_out=0 if found is None else max(0, len(found.rows) - MOST_ROWS),
        by="" if view is None else by_title(view.asked.by).worded(words),
        files=[] if view is None else _files(view),
        send="" if view is None or own else address("sending.sending", {**view.fields(), "report": name}),
        goals=[] if view is None or own else _goals(view, words),
    )


def _files(view: ReportView) -> list[tuple[str, str]]:
    if view.name == "own":
        kinds = ("csv", "xlsx", "pdf")
        return [(kind.upper(), address("sending.own_report", {**view.fields(), "which": kind})) for kind in kinds]
    endpoints = {
        "CSV": "sending.lines_of_report",
        "XLSX": "sending.workbook_of_report",
        "PDF": "sending.document_of_report",
    }
    fields = {**view.fields(), "which": view.name}
    return [(kind, address(endpoint, fields)) for kind, endpoint in endpoints.items()]


def _goals(view: ReportView, words: str) -> list[GoalLine]:
    return goals_of_report(db(), settings(), words, utc(now()), view.asked, view.figures)


def _pictures(
    found: ReportDocument, words: str, link: Callable[[ReportLine, str], str]
) -> tuple[list[TimeChart], list[BarChart], list[HeatMap]]:
    asked = found.asked
    if asked.interval == "week_hours":
        return [], [], heat_maps(found, words, link) if asked.by == "total" else []
    if asked.interval == "all" or (asked.by == "total" and asked.interval in ("weekday", "hour_of_day")):
        return [], [] if asked.by == "total" and asked.interval == "all" else bar_charts(found, words, link), []
    return time_charts(found, words, link), [], []


def _tabs(name: str, view: ReportView | None) -> list[tuple[str, str, bool]]:
    """The other sets of figures, of the same time and queues."""
    fields = {} if view is None else view.fields()
    kept = {key: value for key, value in fields.items() if key not in ("figures", "by", "interval")}
    return [
        (address("reports.report", {**kept, "which": each}), set_title(each).worded(language()), each == name)
        for each in FIGURE_SETS
    ]


def _form(view: ReportView) -> dict[str, str]:
    """With the days of its period."""
    asked = view.asked
    return {**view.fields(), "since": asked.since.isoformat(), "until": asked.until.isoformat()}


def _periods(endpoint: str, view: ReportView) -> list[tuple[str, str, bool]]:
    """Of the same report; how it is cut follows from the days, but for what puts times together."""
    fields = {key: item for key, item in view.fields().items() if key not in ("since", "until")}
    if view.asked.interval not in APART:
        fields.pop("interval")
    if endpoint != "reports.mine":
        fields["which"] = view.name
    return [
        (address(endpoint, {**fields, "period": each}), period_title(each).worded(language()), each == view.period)
        for each in PERIODS
    ]


APART = ("all", "weekday", "hour_of_day", "week_hours")


def _figures(view: ReportView | None) -> list[tuple[str, str, bool]]:
    chosen = () if view is None else view.figures
    return [(name, each.title().worded(language()), name in chosen) for name, each in FIGURES.items()]


def _choices(may: ReportRange, own: bool) -> dict[str, list[tuple[str, str]]]:
    words, setup = language(), settings()
    queues = {name: queue for name, queue in setup.queues.items() if may.queues is None or name in may.queues}
    return {
        "interval": [(each, interval_title(each).worded(words)) for each in INTERVALS],
        "by": [(each, by_title(each).worded(words)) for each in BYS if not own or each == "total"],
        "queue": [(name, queue.name_in(words)) for name, queue in queues.items()] if not own else [],
        "agent": [(agent.name, agent.display) for agent in setup.agents] if not own else [],
        "compare": [
            ("", _("Nothing")),
            ("before", _("The period before")),
            ("weekdays", _("The same weekdays before")),
        ],
    }


# -- numbers ---------------------------------------------------------------------------------------------


def calls_link(view: ReportView, row: ReportLine, figure: str) -> str:
    """The address of the calls behind a number; empty: there are none."""
    place = row.cells[view.figures.index(figure)]
    if not has_calls(figure) or not place.n:
        return ""
    fields: dict[str, str] = {**view.fields(), "view": view.name, "figure": figure}
    if row.time is not None:
        fields |= {"begins": row.time.begins.isoformat(), "ends": row.time.ends.isoformat()}
        if row.time.name:
            fields["name"] = row.time.name
    if row.value is not None:
        fields |= {"value": row.value or NO_VALUE}
    fields.pop("figures", None)
    fields.pop("compare", None)
    return address("reports.calls", fields)


NO_VALUE = "-"
"""How an address says that a call has no value of its own."""


def _row(found: ReportDocument, row: ReportLine, words: str) -> RowPart:
    return RowPart(row.time_label, row.label, row.gone, row.counted, _cells(found, row, words))


def _cells(found: ReportDocument, row: ReportLine, words: str) -> list[CellPart]:
    cells = []
    for place, column in enumerate(found.columns):
        figure = row.cells[place]
        before = row.before[place] if row.before is not None else None
        change, tone = ("", "plain") if before is None else change_words(column, figure, before, words)
        cells.append(
            CellPart(
                words=value_words(figure, column.unit, words) if row.counted else "…",
                interval=interval_words(figure, column.unit, words),
                n="" if column.unit == "count" or not figure.n else _of_how_many(column, figure, words),
                link=calls_link(found.view, row, column.name),
                change=change,
                tone=tone,
                title=column.title,
            )
        )
    return cells


def _of_how_many(column: ReportColumn, figure: FigureValue, words: str) -> str:
    """Times of agents are of seconds, not of calls."""
    return "" if not has_calls(column.name) and column.name != "breaks_kept" else amount(figure.n, "count", words)


def change_words(column: ReportColumn, figure: FigureValue, before: FigureValue, words: str) -> tuple[str, str]:
    """What changed, and whether that is good: of figures with an interval, only where it is more than chance does."""
    if figure.value is None or before.value is None:
        return "", "plain"
    difference = figure.value - before.value
    if column.unit == "share":
        told = _("%(points)s points", points=_signed(100 * difference, "count", words))
        is_sure = intervals_differ(figure, before)
    else:
        told = _signed(difference, column.unit, words)
        is_sure = column.unit == "score" and intervals_differ(figure, before)
    if not is_sure or column.better is None or not difference:
        return told, "plain"
    return told, "good" if (difference > 0) == (column.better == "more") else "bad"


def _signed(value: float, unit: str, words: str) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return sign + amount(abs(value), unit, words)  # type: ignore[arg-type]
