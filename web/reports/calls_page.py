"""The calls behind a number, as their page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _

from reports.asking import Time, times_of
from reports.behind import SIDES, Behind, BehindAsked, Place, Side
from reports.behind_kinds import has_calls, has_sides, page
from reports.errors import ReportError
from reports.figures import FIGURES
from reports.imported import knows_visits
from ringback.store.base import utc
from web import access
from web.context import db, now, person, settings
from web.documents.call_list import calls_of
from web.documents.facts import Document
from web.documents.report_names import ValueNames
from web.documents.report_views import FIGURE_SETS, ReportRange, ReportView, chosen_in, view_of
from web.documents.report_words import days_words, time_words
from web.errors import BadCursor
from web.reports.page import NO_VALUE, address, language, today

ROWS = 50
OF_IMPORTS = ("total", "queue", "line", "agent")
"""What imported visits are told apart by."""
VALUE_MAX = 300


@dataclass(frozen=True)
class BehindRow:
    at: datetime
    call: Document | None
    """None: there is none, or who asks may not see it."""
    counted: bool
    promise: str
    """The address of the promise; empty: it is none."""


@dataclass(frozen=True)
class BehindCalls:
    """Everything that reports/calls.html shows."""

    title: str
    rule: str
    when: str
    of: str
    """What the value is called; empty: of all."""
    sides: list[tuple[str, str, bool]]
    """Words, address, whether it is chosen; of a figure that is no share, none."""
    side: Side
    rows: list[BehindRow]
    hidden: int
    """Rows whose calls who asks may not see."""
    brought: bool
    """Visits of the system before may be in the figure: there are no calls of them."""
    older: str
    newest: str
    back: str


def behind_page(args: "Mapping[str, str]", may: ReportRange) -> BehindCalls:
    """Raises ReportError for what cannot be asked, BadCursor for a place that there is not."""
    typed = {name: str(args.get(name, "")).replace("\0", "")[:VALUE_MAX] for name in FIELDS}
    name, figure = typed["view"], typed["figure"]
    if (name != "own" and name not in FIGURE_SETS) or (may.agents is not None) != (name == "own"):
        raise ReportError("web.reports_no_choice", value=name)
    if not has_calls(figure):
        raise ReportError("web.reports_no_figure", value=figure)
    view = view_of(name, chosen_in({key: [value] for key, value in args.items()}), settings(), today(), may)
    time = _time(view, typed)
    side: Side = next((each for each in SIDES if each == typed["side"]), "all")
    value = {"": None, NO_VALUE: ""}.get(typed["value"], typed["value"])
    wanted = BehindAsked(figure, time.begins, time.ends, view.asked, value, time.name, side)
    found = page(db(), wanted, settings(), utc(now()), _place(typed["older"]), ROWS)
    rows = _rows(found.rows)
    definition, words = FIGURES[figure], language()
    fields = {key: item for key, item in {**view.fields(), **typed, "older": ""}.items() if item}
    names = ValueNames(db(), settings(), words)
    return BehindCalls(
        title=definition.title().worded(words),
        rule=definition.rule(settings()).worded(words),
        when=_when(view, time, typed, words),
        of="" if value is None or view.asked.by == "total" else names.of(view.asked.by, value).words,
        sides=_sides(fields, side) if has_sides(figure) else [],
        side=side,
        rows=[row for row in rows if row.call is not None or row.promise],
        hidden=sum(1 for row in rows if row.call is None and not row.promise),
        brought=bool(view.asked.by in OF_IMPORTS and knows_visits(db(), time.begins, time.ends)),
        older="" if found.older is None else _address(fields, older=_cursor(found.older)),
        newest=_address(fields) if typed["older"] else "",
        back=_back(view),
    )


FIELDS = ("view", "figure", "begins", "ends", "value", "name", "side", "older")


def _address(fields: Mapping[str, str], **other: str) -> str:
    return address("reports.calls", {**fields, **other})


def _back(view: ReportView) -> str:
    if view.name == "own":
        return address("reports.mine", view.fields())
    return address("reports.report", {**view.fields(), "which": view.name})


def _sides(fields: Mapping[str, str], side: Side) -> list[tuple[str, str, bool]]:
    words = {"all": _("All that it is of"), "counted": _("Counted"), "rest": _("Not counted")}
    return [(words[each], _address(fields, side="" if each == "all" else each), each == side) for each in SIDES]


def _time(view: ReportView, typed: Mapping[str, str]) -> Time:
    """A row's time, within the report's; without one, all of it."""
    times = times_of(replace(view.asked, interval="all"), ZoneInfo(settings().timezone))
    begins, ends = _moment(typed["begins"]) or times[0].begins, _moment(typed["ends"]) or times[-1].ends
    return Time(max(begins, times[0].begins), min(ends, times[-1].ends), typed["name"])


def _moment(typed: str) -> datetime | None:
    if not typed:
        return None
    try:
        found = datetime.fromisoformat(typed)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ReportError("web.reports_not_a_day", value=typed[:40]) from None


def _when(view: ReportView, time: Time, typed: Mapping[str, str], words: str) -> str:
    asked = view.asked
    days = days_words(asked.since, asked.until, words)
    if not typed["begins"] or asked.interval == "all":
        return days
    try:
        part = time_words(time, asked, ZoneInfo(settings().timezone), words)
    except (ValueError, IndexError, KeyError):
        raise ReportError("web.reports_no_choice", value=typed["name"]) from None
    return part if asked.interval in ("day", "week", "month", "year") else f"{part}, {days}"


def _cursor(place: Place) -> str:
    return f"{place.at.isoformat()}~{place.key}"


def _place(cursor: str) -> Place | None:
    if not cursor:
        return None
    at, separator, key = cursor.partition("~")
    try:
        if not separator or not key:
            raise ValueError(cursor)
        return Place(datetime.fromisoformat(at).astimezone(UTC), key)
    except (ValueError, OverflowError) as error:
        raise BadCursor() from error


def _rows(found: tuple[Behind, ...]) -> list[BehindRow]:
    ids = {row.call_id for row in found if row.call_id is not None}
    seen = access.seen_calls(db(), person(), ids)
    calls = calls_of(db(), seen)
    return [
        BehindRow(
            row.at,
            calls.get(row.call_id or ""),
            row.counted,
            "" if row.promise is None else url_for("callbacks.promise", key=row.promise),
        )
        for row in found
    ]
