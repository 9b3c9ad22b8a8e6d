"""What an address asks of the results: a period, filters, and what groups are told by. Every choice is a link."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from ringback.store.base import utc
from survey.results import ResultsFilter
from transcripts.search.query import days
from web.context import now, person, settings
from web.documents.surveys import BY

FIELDS = ("from", "to", "survey", "agent", "queue", "language", "path", "question", "by")
DEFAULT_DAYS = 84
"""Twelve weeks."""
MOST_DAYS = 366
VALUE_MAX = 300


@dataclass(frozen=True)
class AskedResults:
    """An address, understood."""

    chosen: dict[str, str]
    """What it says, as it was written."""
    wanted: ResultsFilter
    wrong_dates: list[str]
    """Which of the dates are none: they narrow nothing."""
    shortened: bool
    """The period was longer than what is looked at."""
    by: str
    """One of BY."""
    only_agent: str | None
    """Whose talks alone are counted; None: everybody's."""


def asked_in(args: Mapping[str, str]) -> AskedResults:
    """By whoever asks: an agent is told of his or her own talks alone."""
    chosen = {name: str(args.get(name, "")).replace("\0", "").strip()[:VALUE_MAX] for name in FIELDS}
    chosen = {name: value for name, value in chosen.items() if value}
    today = utc(now()).astimezone(ZoneInfo(settings().timezone)).date()
    wrong: list[str] = []
    first, last = _day(chosen.get("from", ""), 0, today, wrong), _day(chosen.get("to", ""), 1, today, wrong)
    last = last or today
    first = first or last - timedelta(days=DEFAULT_DAYS - 1)
    shortened = (last - first).days >= MOST_DAYS
    if shortened:
        first = last - timedelta(days=MOST_DAYS - 1)
    only = None if person().may("all_calls") else person().name
    values = {name: chosen.get(name, "") for name in ("survey", "agent", "queue", "language", "path")}
    by = chosen.get("by", "")
    return AskedResults(
        chosen,
        ResultsFilter(first, last, **values),
        wrong,
        shortened,
        by if by in BY else "week" if only else "agent",
        only,
    )


def _day(typed: str, place: int, today: date, wrong: list[str]) -> date | None:
    """The first or last day of what was typed."""
    found = days(typed, today) if typed else None
    if typed and found is None:
        wrong.append(typed)
    return found[place] if found else None


def link(chosen: Mapping[str, str], endpoint: str = "survey.results", **other: str) -> str:
    """The address of these results with other values of some fields; an empty one takes a field away."""
    values: dict[str, Any] = {name: value for name, value in {**chosen, **other}.items() if value}
    return url_for(endpoint, **values)
