"""A report as an address has it: which figures, of when, told apart by what, of which queues, compared with what.

Owns the fields of addresses, the ready-made sets of figures, and periods like "last week", which are other days each
week. A mail that is sent each Monday keeps the same fields. Pure but for the time, which is an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeVar, get_args

from reports.asking import BYS, INTERVALS, Asked, By, Interval, before, weeks_before
from reports.errors import ReportError
from reports.figures import FIGURES
from ringback.config import Settings
from ringback.messages import Message, message

Period = Literal[
    "today",
    "yesterday",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "this_quarter",
    "last_quarter",
    "this_year",
    "last_year",
]
PERIODS: tuple[Period, ...] = get_args(Period)
Compared = Literal["", "before", "weekdays"]
COMPARED: tuple[Compared, ...] = get_args(Compared)
"""before: with the time before; weekdays: with the same weekdays before."""
Choice = TypeVar("Choice", bound=str)
FIELDS = ("period", "since", "until", "interval", "by", "figures", "queue", "agent", "compare")
MOST_FIGURES = 20
"""Columns of one report."""
VALUE_MAX = 2000

FIGURE_SETS: dict[str, tuple[str, ...]] = {
    "line": (
        "offered",
        "answered",
        "abandoned",
        "short_abandons",
        "flow_outs",
        "lost",
        "service_level",
        "abandoned_share",
        "asa",
        "wait_median",
        "wait_p90",
        "patience",
        "told_kept",
    ),
    "agents": (
        "handled",
        "aht",
        "aht_median",
        "aht_p90",
        "talk",
        "hold",
        "wrap_up",
        "transfers",
        "caller_hung_up",
        "agent_hung_up",
        "logged_in",
        "occupancy",
        "utilisation",
        "breaks_kept",
    ),
    "callbacks": ("promises", "promises_kept", "promises_broken", "promise_wait"),
    "first_contact": (
        "first_contact",
        "first_contact_number",
        "first_contact_ticket",
        "first_contact_topic",
        "repeats",
        "not_known_yet",
        "anonymous",
    ),
    "survey": ("survey_response", "csat", "nps"),
    "sound": ("calls", "recorded", "transcribed", "masked", "mos_caller", "mos_agent"),
}
"""What there is a ready-made report of; the first figures stand first and are drawn."""
OWN = (
    "handled",
    "aht",
    "aht_median",
    "talk",
    "hold",
    "wrap_up",
    "transfers",
    "logged_in",
    "occupancy",
    "breaks_kept",
    "first_contact",
    "csat",
)
"""What agents see of themselves."""
PICTURED: dict[str, tuple[str, ...]] = {
    "line": ("offered", "service_level", "abandoned_share", "asa"),
    "agents": ("handled", "aht", "occupancy", "transfers"),
    "own": ("handled", "aht", "occupancy", "first_contact"),
}
"""What is drawn of a ready-made set; of others the first figures are."""
HEAT: tuple[str, ...] = ("offered", "service_level", "abandoned_share")
"""What the week is drawn in squares of."""


def set_title(name: str) -> Message:
    return {
        "line": message("web.reports_line"),
        "agents": message("web.reports_agents"),
        "callbacks": message("web.reports_callbacks"),
        "first_contact": message("web.reports_first_contact"),
        "survey": message("web.reports_survey"),
        "sound": message("web.reports_sound"),
        "own": message("web.reports_own"),
    }[name]


@dataclass(frozen=True, slots=True)
class ReportRange:
    """What somebody may see of reports; None: everything."""

    queues: frozenset[str] | None = None
    agents: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ReportView:
    """An address, understood."""

    name: str
    """One of FIGURE_SETS, or `own`."""
    figures: tuple[str, ...]
    period: Period | Literal[""]
    """Empty: the days stand in the address themselves."""
    asked: Asked
    compare: Compared = ""
    every_queue: bool = True
    """Whether no queue was chosen: what is asked for may be narrowed by the right to see them."""

    def title(self) -> Message:
        return set_title(self.name)

    def fields(self) -> dict[str, str]:
        """What its address says; what would be the same without is left out."""
        asked = self.asked
        found = {
            "period": self.period,
            "since": "" if self.period else asked.since.isoformat(),
            "until": "" if self.period else asked.until.isoformat(),
            "interval": asked.interval,
            "by": asked.by,
            "figures": "" if self.figures == figures_of(self.name) else ",".join(self.figures),
            "queue": "" if self.every_queue or asked.queues is None else ",".join(sorted(asked.queues)),
            "agent": ",".join(sorted(asked.agents or ())) if self.name != "own" else "",
            "compare": self.compare,
        }
        return {name: value for name, value in found.items() if value}


def figures_of(name: str) -> tuple[str, ...]:
    return OWN if name == "own" else FIGURE_SETS[name]


def chosen_in(args: Mapping[str, list[str]]) -> dict[str, str]:
    """The fields of an address as they were typed; one that stands there several times is a list with commas."""
    found = {name: ",".join(args.get(name, [])).replace("\0", "").strip(" ,")[:VALUE_MAX] for name in FIELDS}
    return {name: value for name, value in found.items() if value}


def view_of(name: str, chosen: Mapping[str, str], settings: Settings, today: date, may: ReportRange) -> ReportView:
    """Raises ReportError with what cannot be. `name`: one of FIGURE_SETS, or `own`."""
    figures = tuple(dict.fromkeys(_some(chosen, "figures"))) or figures_of(name)
    for figure in figures:
        if figure not in FIGURES:
            raise ReportError("web.reports_no_figure", value=figure)
    if len(figures) > MOST_FIGURES:
        raise ReportError("web.reports_too_many_figures", count=len(figures), most=MOST_FIGURES)
    period, since, until = _when(chosen, today)
    by: By = _one_of(BYS, chosen.get("by", "total"))
    interval: Interval = _one_of(INTERVALS, chosen.get("interval", _usual(since, until)))
    compare: Compared = _one_of(COMPARED, chosen.get("compare", ""))
    agents = frozenset(_some(chosen, "agent")) or None
    if may.agents is not None:
        agents = may.agents
    queues, every = _queues(chosen, settings, may)
    asked = Asked(since, until, interval, by, queues, agents).checked()
    return ReportView(name, figures, period, asked, compare, every)


def _one_of(choices: tuple[Choice, ...], typed: str) -> Choice:
    for choice in choices:
        if choice == typed:
            return choice
    raise ReportError("web.reports_no_choice", value=typed)


def _some(chosen: Mapping[str, str], name: str) -> list[str]:
    return [part for each in chosen.get(name, "").split(",") if (part := each.strip())]


def _queues(chosen: Mapping[str, str], settings: Settings, may: ReportRange) -> tuple[frozenset[str] | None, bool]:
    """A queue that the settings have no more may be asked for by who sees all."""
    wanted = frozenset(_some(chosen, "queue"))
    if not wanted:
        return may.queues, True
    for queue in sorted(wanted):
        if may.queues is not None and queue not in may.queues:
            raise ReportError("web.reports_no_queue", value=queue)
        if queue not in settings.queues:
            raise ReportError("web.reports_no_queue", value=queue)
    return wanted, False


# -- days ------------------------------------------------------------------------------------------------


def _when(chosen: Mapping[str, str], today: date) -> tuple[Period | Literal[""], date, date]:
    typed = chosen.get("period", "")
    if chosen.get("since") or chosen.get("until"):
        since, until = _day(chosen.get("since", "")), _day(chosen.get("until", ""))
        days = since or until or today, until or max(today, since or today)
        # A form has both: the days of a period that nobody changed are the period.
        period = next((each for each in PERIODS if each == typed and days_of(each, today) == days), None)
        return (period or "", *days)
    wanted: Period = _one_of(PERIODS, typed or "this_week")
    return (wanted, *days_of(wanted, today))


def _day(typed: str) -> date | None:
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise ReportError("web.reports_not_a_day", value=typed[:40]) from None


def days_of(period: Period, today: date) -> tuple[date, date]:
    """The first and the last day; what goes on ends today."""
    monday, month = today - timedelta(days=today.weekday()), today.replace(day=1)
    quarter = month.replace(month=(today.month - 1) // 3 * 3 + 1)
    day = timedelta(days=1)
    match period:
        case "today":
            return today, today
        case "yesterday":
            return today - day, today - day
        case "this_week":
            return monday, today
        case "last_week":
            return monday - 7 * day, monday - day
        case "this_month":
            return month, today
        case "last_month":
            return _months_back(month, 1), month - day
        case "this_quarter":
            return quarter, today
        case "last_quarter":
            return _months_back(quarter, 3), quarter - day
        case "this_year":
            return today.replace(month=1, day=1), today
        case _:
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)


def _months_back(first: date, months: int) -> date:
    """The first of the month so many before a first."""
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def _usual(since: date, until: date) -> Interval:
    days = (until - since).days
    return "hour" if days < 2 else "day" if days < 62 else "week" if days < 200 else "month"


def compared(view: ReportView) -> Asked | None:
    """The report beside which this one is put; None: none. What goes on is put beside as many days of the week, month,
    quarter or year before."""
    asked = view.asked
    if not view.compare:
        return None
    if view.compare == "weekdays":
        return weeks_before(asked, (asked.until - asked.since).days // 7 + 1)
    days = (asked.until - asked.since).days
    months = {"this_month": 1, "last_month": 1, "this_quarter": 3, "last_quarter": 3, "this_year": 12, "last_year": 12}
    if view.period == "this_week":
        return weeks_before(asked)
    if view.period in months:
        since = _months_back(asked.since, months[view.period])
        until = since + timedelta(days=days) if view.period.startswith("this") else asked.since - timedelta(days=1)
        return replace(asked, since=since, until=min(until, asked.since - timedelta(days=1)))
    return before(asked)
