"""Reports as tables for files and letters, made of the document that pages show.

Owns in whose zone the times of a table are: hours are told on the clock of who reads it, days are the house's, because
the figures of a day are the same for everybody.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from sqlalchemy.orm import Session

from reports.asking import Asked
from reports.exports.table import WITHIN, ReportTable, TableColumn, TableRow, one_line
from reports.schedules.recipients import ReportPerson
from reports.schedules.sending import language_of
from reports.schedules.service import zone_of
from reports.slots import day_of
from ringback.config import Settings
from ringback.messages import message
from web.documents.report_views import ReportRange, view_of
from web.documents.report_words import by_title, interval_title, moment_words, time_words, value_words
from web.documents.reports import ReportDocument, ReportLine, report_document

APART = ("weekday", "hour_of_day", "week_hours")
"""Intervals whose rows lie apart and have no date."""


def table_of(
    document: ReportDocument, title: str, settings: Settings, language: str, zone: ZoneInfo, now: datetime
) -> ReportTable:
    """`title`: empty for the report's own; `zone`: the reader's."""
    asked = document.asked
    told_in = zone if asked.interval in WITHIN else ZoneInfo(settings.timezone)
    name = get_timezone_name(told_in, locale=language)
    total = message("reports.total").worded(language)
    return ReportTable(
        title=one_line(title) or document.title,
        period=document.period,
        interval=asked.interval,
        time_title="" if asked.interval == "all" else interval_title(asked.interval).worded(language),
        value_title="" if asked.by == "total" else by_title(asked.by).worded(language),
        columns=tuple(TableColumn(each.name, each.title, each.unit, each.rule) for each in document.columns),
        rows=tuple(_row(line, asked, told_in, language) for line in document.rows if line.counted),
        total=TableRow(total, None, "", document.total.cells),
        notes=(message("reports.note_zone", zone=f"{name} ({told_in.key})").worded(language), *document.notes),
        language=language,
        made=f"{moment_words(now, zone, language)} ({zone.key})",
        tell=value_words,
    )


def _row(line: ReportLine, asked: Asked, zone: ZoneInfo, language: str) -> TableRow:
    time = line.time
    if time is None or asked.interval == "all":
        return TableRow("", None, one_line(line.label), line.cells)
    begins = None if asked.interval in APART else time.begins.astimezone(zone)
    return TableRow(time_words(time, asked, zone, language), begins, one_line(line.label), line.cells)


def scheduled_table(
    session: Session,
    settings: Settings,
    view: Mapping[str, Any],
    title: str,
    days: tuple[date, date],
    who: ReportPerson,
    now: datetime,
) -> ReportTable:
    """See `reports.schedules.sending.TableOf`: as the person would see it on the page, in its language and zone."""
    chosen = {str(name): str(value) for name, value in view["fields"].items() if name not in ("period", "compare")}
    chosen |= {"since": days[0].isoformat(), "until": days[1].isoformat()}
    zone, language = zone_of(who, settings), language_of(who)
    today = day_of(now, ZoneInfo(settings.timezone))
    asked = view_of(str(view["name"]), chosen, settings, today, ReportRange(who.queues))
    return table_of(report_document(session, asked, settings, language, now), title, settings, language, zone, now)
