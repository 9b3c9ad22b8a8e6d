"""A report as a document: what pages, spreadsheets and mails show alike, in the words of who reads it.

Reads only. Owns which rows there are and what is noted beside them; what is asked for is `report_views`', the words of
figures and times `report_words`', those of values `report_names`'. Cells are figures, with how many they are of and
between what the true value lies, so that a spreadsheet has numbers and a page has words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from reports.asking import Asked, Time
from reports.figures import FIGURES, Better, FigureValue, Unit
from reports.service import Report, ReportRow, answer
from reports.tally import Tally
from ringback.config import Settings
from ringback.messages import message
from web.documents.report_names import ValueNames
from web.documents.report_views import ReportView, compared
from web.documents.report_words import days_words, moment_words, time_words

LATE = timedelta(minutes=20)
"""What is counted no later than this is told without saying until when: a slot is counted when it is over."""


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A figure of the report."""

    name: str
    title: str
    unit: Unit
    better: Better
    rule: str
    """By which it is counted, with the thresholds in force."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A time, a value, or both; the sum of all has neither."""

    time: Time | None
    time_label: str
    """Empty: it is of the whole time."""
    value: str | None
    """As rows have it: what links say. None: of all values."""
    label: str
    """What the value is called; empty: of all values."""
    gone: bool
    """The settings have the value no more."""
    counted: bool
    """Whether its time was counted, at least in part: what was not is no zero."""
    cells: tuple[FigureValue, ...]
    """One for each column."""
    before: tuple[FigureValue, ...] | None = None
    """The same of the report beside; None: there is none."""


@dataclass(frozen=True, slots=True)
class ReportDocument:
    view: ReportView
    title: str
    period: str
    """Its days in words."""
    zone: str
    compared_with: str
    """The days of the report beside; empty: there is none."""
    columns: tuple[ReportColumn, ...]
    rows: tuple[ReportLine, ...]
    """By time, then value; with one value those times, too, in which nothing happened."""
    total: ReportLine
    notes: tuple[str, ...]
    is_empty: bool
    """Nothing happened, or nothing is counted yet."""

    @property
    def asked(self) -> Asked:
        return self.view.asked


def report_document(
    session: Session, view: ReportView, settings: Settings, language: str, now: datetime
) -> ReportDocument:
    """Raises ReportError where it cannot be asked so."""
    report = answer(session, view.asked, settings, now)
    beside_asked = compared(view)
    beside = None if beside_asked is None else answer(session, beside_asked, settings, now)
    made = _Lines(session, view, settings, language, report, beside, now)
    rows = tuple(made.rows())
    return ReportDocument(
        view=view,
        title=view.title().worded(language),
        period=days_words(view.asked.since, view.asked.until, language),
        zone=settings.timezone,
        compared_with="" if beside_asked is None else days_words(beside_asked.since, beside_asked.until, language),
        columns=columns_of(view.figures, settings, language),
        rows=rows,
        total=made.total(),
        notes=tuple(_notes(report, rows, settings, language, now)),
        is_empty=not report.rows,
    )


def columns_of(figures: Sequence[str], settings: Settings, language: str) -> tuple[ReportColumn, ...]:
    return tuple(
        ReportColumn(
            name,
            FIGURES[name].title().worded(language),
            FIGURES[name].unit,
            FIGURES[name].better,
            FIGURES[name].rule(settings).worded(language),
        )
        for name in figures
    )


def figures_of_row(row: ReportRow, figures: Sequence[str], settings: Settings) -> tuple[FigureValue, ...]:
    return tuple(FIGURES[name].compute(row, settings) for name in figures)


class _Lines:
    def __init__(
        self,
        session: Session,
        view: ReportView,
        settings: Settings,
        language: str,
        report: Report,
        beside: Report | None,
        now: datetime,
    ) -> None:
        self._view, self._settings, self._language, self._now = view, settings, language, now
        self._report, self._beside = report, beside
        self._zone = ZoneInfo(settings.timezone)
        self._names = ValueNames(session, settings, language)
        self._before = {} if beside is None else {(row.time, row.value): row for row in beside.rows}

    def rows(self) -> Iterator[ReportLine]:
        for row in self._every():
            time = self._report.times[row.time]
            line = self._line(row, time)
            says_something = line.value is None or any(figure.n for figure in line.cells)
            if time.begins < self._now and says_something:
                yield line

    def _every(self) -> Iterator[ReportRow]:
        """With times in which nothing happened, where that is told by one row each."""
        if self._view.asked.by != "total":
            yield from self._report.rows
            return
        found = {row.time: row for row in self._report.rows}
        for number in range(len(self._report.times)):
            yield found.get(number) or nothing_at(number)

    def total(self) -> ReportLine:
        beside = None if self._beside is None else self._beside.total
        cells = self._cells(self._report.total)
        return ReportLine(None, "", None, "", False, True, cells, None if beside is None else self._cells(beside))

    def _line(self, row: ReportRow, time: Time) -> ReportLine:
        asked = self._view.asked
        named = self._names.of(asked.by, row.value)
        before = None
        if self._beside is not None:
            before = self._cells(self._before.get((row.time, row.value)) or nothing_at(row.time))
        return ReportLine(
            time=time,
            time_label="" if asked.interval == "all" else time_words(time, asked, self._zone, self._language),
            value=None if asked.by == "total" else row.value,
            label="" if asked.by == "total" else named.words,
            gone=named.gone,
            counted=self._is_counted(time),
            cells=self._cells(row),
            before=before,
        )

    def _is_counted(self, time: Time) -> bool:
        report = self._report
        if report.counted_until is None:
            return False
        return time.begins < report.counted_until and (report.counted_from is None or time.ends > report.counted_from)

    def _cells(self, row: ReportRow) -> tuple[FigureValue, ...]:
        return figures_of_row(row, self._view.figures, self._settings)


def nothing_at(time: int) -> ReportRow:
    """A row of a time in which nothing happened."""
    return ReportRow(time, "", Tally(), Tally())


def _notes(
    report: Report, rows: Sequence[ReportLine], settings: Settings, language: str, now: datetime
) -> Iterator[str]:
    zone = ZoneInfo(settings.timezone)
    until = report.counted_until
    if until is None:
        yield message("web.reports_nothing_counted").worded(language)
        return
    if report.counted_from is not None and report.counted_from > report.times[0].begins:
        at = moment_words(report.counted_from, zone, language)
        yield message("web.reports_not_counted_before", at=at).worded(language)
    if until < min(report.times[-1].ends, now - LATE) or report.times[-1].ends > until:
        yield message("web.reports_as_of", at=moment_words(until, zone, language)).worded(language)
    gone: Mapping[str, None] = dict.fromkeys(row.label for row in rows if row.gone)
    if gone:
        yield message("web.reports_gone", values=", ".join(gone)).worded(language)
    asked = report.asked
    if asked.queues is not None and asked.agents is None and asked.by in ("total", "agent"):
        yield message("web.reports_agents_of_queues").worded(language)
