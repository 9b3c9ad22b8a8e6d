"""Planning as its page shows it: the picture, the agents by half hours, what a change would make in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask import url_for
from flask_babel import format_date, format_decimal, get_locale
from flask_babel import gettext as _

from ringback.messages import Message
from ringback.store.base import utc
from staffing.forecast import together
from staffing.half_hours import clock_of
from staffing.plans import Compared, PlanAnswer
from staffing.service import MOST_DAYS, MOST_WEEKS, StaffedHalfHour, StaffPlan, staff_plan, what_if
from web.context import db, now, settings
from web.i18n import span
from web.staffing.asked import AskedChange, AskedStaffing, queue_choices

WIDTH, HEIGHT = 720.0, 180.0
"""Of the picture, in its own units."""
SHADES = 5


@dataclass(frozen=True)
class DayShown:
    """A day in the picture and in its table."""

    name: str
    is_past: bool
    came: int | None
    expected: str
    low: str
    high: str
    holiday: bool
    bar_x: float
    """Of what came."""
    bar_y: float
    bar_height: float
    bar_width: float


@dataclass(frozen=True)
class Picture:
    """Calls by day: bars of what came, a line of what was or is expected, a band of its interval."""

    days: tuple[DayShown, ...]
    band: str
    """Points of a polygon."""
    line: str
    """Points of a line."""
    today: float
    """Where the days ahead begin."""
    most: int
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True)
class CellShown:
    """Agents on the plan in one half hour of one day."""

    planned: int | None
    """None: closed, or no such half hour on this day."""
    shade: int
    words: str


@dataclass(frozen=True)
class WeekShown:
    """The plan of a week by half hours."""

    days: tuple[tuple[str, bool], ...]
    """Name, and whether it is a holiday."""
    rows: tuple[tuple[str, tuple[CellShown, ...]], ...]
    """By the clock."""
    hours: tuple[str, ...]
    """Agent hours of each day."""
    links: tuple[tuple[str, str, bool], ...]
    """Words, address and whether it is this one, of each week."""


@dataclass(frozen=True)
class ChangeShown:
    """What a change would make, in sentences."""

    intro: str
    rows: tuple[tuple[str, str, str, str], ...]
    """What, before, after, and the difference with how sure it is."""
    note: str


@dataclass(frozen=True)
class StaffingPage:
    """Everything that staffing/staffing.html shows."""

    queues: list[tuple[str, str]]
    asked: AskedStaffing
    value: str
    """Of the goal, as the form shows it."""
    plan: StaffPlan | None
    """None: there is no queue."""
    known_since: str
    tiles: list[tuple[str, str, str]]
    """Words, figure, small words under it."""
    rule: str
    """By which the agents are counted, in words."""
    picture: Picture | None
    week: WeekShown | None
    table: str
    """The address of the CSV."""
    change: AskedChange
    answer: ChangeShown | None
    faults: list[Message]
    most_weeks: int = MOST_WEEKS
    most_days: int = MOST_DAYS


def plan_of(asked: AskedStaffing) -> StaffPlan | None:
    if not asked.queue:
        return None
    return staff_plan(db(), settings(), asked.queue, asked.weeks, asked.goal, asked.shrinkage, utc(now()))


def staffing_page(
    asked: AskedStaffing, change: AskedChange, answer: PlanAnswer | None, faults: list[Message]
) -> StaffingPage:
    plan = plan_of(asked)
    known = plan.known if plan is not None else None
    return StaffingPage(
        queues=queue_choices(str(get_locale() or "en")),
        asked=asked,
        value=_decimal(asked.goal.value * (1 if asked.goal.kind == "mean_wait" else 100)),
        plan=plan,
        known_since=_day(known.first) if known is not None else "",
        tiles=_tiles(plan, asked) if plan is not None and plan.half_hours else [],
        rule=_rule(plan) if plan is not None else "",
        picture=_picture(plan) if plan is not None and plan.half_hours else None,
        week=_week(plan, asked) if plan is not None and plan.half_hours else None,
        table=_address("staffing.table", asked.chosen),
        change=change,
        answer=_answer(answer, change) if answer is not None else None,
        faults=[*asked.faults, *change.faults, *faults],
    )


def tried(change: AskedChange) -> PlanAnswer | None:
    """Raises StaffingError with what cannot be."""
    return None if change.wanted is None else what_if(db(), settings(), change.wanted, utc(now()))


def _tiles(plan: StaffPlan, asked: AskedStaffing) -> list[tuple[str, str, str]]:
    mine = _of_week(plan, asked.week)
    calls = sum(each.expected.calls for each in mine)
    peak = max(mine, key=lambda each: each.needed.planned)
    hours = sum(each.needed.planned for each in mine) / 2
    tiles = [
        (_("Calls expected in this week"), _decimal(calls, 0), ""),
        (_("Most agents on the plan"), str(peak.needed.planned), _at(peak)),
        (
            _("Agent hours in this week"),
            _decimal(hours),
            _("with %(share)s %% who are not there", share=_decimal(100 * plan.shrinkage)),
        ),
    ]
    if plan.missed is not None:
        tiles.append(
            (
                _("Missed in the last two weeks"),
                f"{_decimal(100 * plan.missed.ours, 0)} %",
                _(
                    "of the calls, by half hours; the week before as a forecast: %(share)s %%",
                    share=_decimal(100 * plan.missed.naive, 0),
                ),
            )
        )
    return tiles


def _at(half_hour: StaffedHalfHour) -> str:
    at = half_hour.expected.half_hour
    return f"{format_date(at.day, 'EEE d MMM')}, {at.clock}"


def _rule(plan: StaffPlan) -> str:
    handling = span(plan.handling.mean)
    if plan.patience is None:
        return _(
            "Agents by Erlang C, in which nobody gives up: too few did to know how patient callers are. "
            "A call takes an agent %(handling)s on the average, wrap-up included.",
            handling=handling,
        )
    return _(
        "Agents by Erlang A: callers give up after %(patience)s on the average, and a call takes an agent "
        "%(handling)s, wrap-up included.",
        patience=span(plan.patience),
        handling=handling,
    )


# -- the picture -------------------------------------------------------------------------------


def _picture(plan: StaffPlan) -> Picture:
    ahead = [_ahead(plan, day) for day in plan.days]
    days: list[tuple[date, float, float, float, int | None]] = [
        *((each.day, each.expected, each.low, each.high, each.came) for each in plan.past),
        *ahead,
    ]
    most = max(1.0, *(max(high, came or 0) for _day_, _mean, _low, high, came in days))
    step = WIDTH / len(days)
    shown, tops, bottoms, line = [], [], [], []
    for at, (day, mean, low, high, came) in enumerate(days):
        middle = (at + 0.5) * step
        tops.append(_point(middle, high, most))
        bottoms.append(_point(middle, low, most))
        line.append(_point(middle, mean, most))
        height = HEIGHT * (came or 0) / most
        shown.append(
            DayShown(
                _day(day),
                came is not None,
                came,
                _decimal(mean, 0),
                _decimal(low, 0),
                _decimal(high, 0),
                day in plan.holidays,
                round(at * step + step * 0.15, 1),
                round(HEIGHT - height, 1),
                round(height, 1),
                round(step * 0.7, 1),
            )
        )
    return Picture(
        tuple(shown),
        " ".join([*tops, *reversed(bottoms)]),
        " ".join(line),
        round(len(plan.past) * step, 1),
        round(most),
    )


def _ahead(plan: StaffPlan, day: date) -> tuple[date, float, float, float, None]:
    mine = [each.expected for each in plan.half_hours if each.expected.half_hour.day == day]
    return day, *together(mine), None


def _point(x: float, value: float, most: float) -> str:
    return f"{x:.1f},{HEIGHT * (1 - value / most):.1f}"


# -- the week ----------------------------------------------------------------------------------


def _of_week(plan: StaffPlan, week: int) -> list[StaffedHalfHour]:
    days = set(plan.days[7 * week : 7 * week + 7])
    return [each for each in plan.half_hours if each.expected.half_hour.day in days]


def _week(plan: StaffPlan, asked: AskedStaffing) -> WeekShown:
    mine = _of_week(plan, asked.week)
    days = sorted({each.expected.half_hour.day for each in mine})
    most = max(1, *(each.needed.planned for each in mine))
    there = [each.expected.half_hour.slot for each in mine if each.needed.planned] or [18, 35]
    rows = []
    for slot in range(min(there), max(there) + 1):
        cells = tuple(
            _cell(
                [each for each in mine if each.expected.half_hour.day == day and each.expected.half_hour.slot == slot],
                most,
            )
            for day in days
        )
        rows.append((clock_of(slot), cells))
    links = tuple(
        (_day(plan.days[7 * at]), _address("staffing.staffing", {**asked.chosen, "week": str(at)}), at == asked.week)
        for at in range(asked.weeks)
    )
    hours = tuple(
        _decimal(sum(each.needed.planned for each in mine if each.expected.half_hour.day == day) / 2) for day in days
    )
    return WeekShown(
        tuple((str(format_date(day, "EEE d")), day in plan.holidays) for day in days), tuple(rows), hours, links
    )


def _cell(half_hours: Sequence[StaffedHalfHour], most: int) -> CellShown:
    """Of an hour that comes twice the one that takes more agents."""
    half_hours = [each for each in half_hours if each.is_open]
    if not half_hours:
        return CellShown(None, 0, "")
    found = max(half_hours, key=lambda each: each.needed.planned)
    expected, needed = found.expected, found.needed
    words = _(
        "%(calls)s calls (%(low)s to %(high)s), %(agents)s agents at work, busy %(busy)s %% of the time",
        calls=_decimal(expected.calls),
        low=_decimal(expected.low),
        high=_decimal(expected.high),
        agents=needed.agents,
        busy=_decimal(100 * needed.occupancy, 0),
    )
    return CellShown(needed.planned, -(-needed.planned * SHADES // most), words)


# -- what a change would make ------------------------------------------------------------------


def _answer(answer: PlanAnswer, change: AskedChange) -> ChangeShown:
    found, wanted = answer.measures, change.wanted
    assert wanted is not None
    within = _decimal(wanted.within, 0)
    rows = [
        _row(
            _("Service level: answered within %(seconds)s s", seconds=within),
            found["service_level"],
            _percent,
            100,
            better=1,
        ),
        _row(_("Mean wait of those who were answered"), found["mean_wait"], span, 1, better=-1),
        _row(_("Nine of ten were answered within"), found["p90_wait"], span, 1, better=-1),
        _row(_("Gave up"), found["abandoned"], _percent, 100, better=-1),
    ]
    if found["promised"].before or found["promised"].after:
        rows.append(_row(_("Left the line for a call back"), found["promised"], _decimal, 1, better=0))
        rows.append(_row(_("From the call to the call back"), found["promise_wait"], span, 1, better=-1))
    intro = _(
        "%(calls)s callers came from %(first)s to %(last)s. "
        "%(pairs)s runs as it was staffed, %(pairs)s with the change:",
        calls=answer.calls,
        first=_day(wanted.first),
        last=_day(wanted.last),
        pairs=answer.pairs,
    )
    note = _(
        "“Before” is simulated, too: it has the callers, talks and shifts of these days, and what is not known (how "
        "long those who were answered would have waited) is drawn. The difference is what to look at."
    )
    return ChangeShown(intro, tuple(rows), note)


def _row(what: str, measure: Compared, shown: Any, factor: float, better: int) -> tuple[str, str, str, str]:
    before, after = (
        shown(measure.before * (factor if shown is not span else 1)),
        shown(measure.after * (factor if shown is not span else 1)),
    )
    if not measure.is_sure:
        return what, before, after, _("no difference that is sure")
    low, high = sorted((abs(measure.low), abs(measure.high)))
    grows = measure.low > 0
    amounts = {"low": _amount(low * factor, shown), "high": _amount(high * factor, shown)}
    words = _("more by %(low)s to %(high)s", **amounts) if grows else _("less by %(low)s to %(high)s", **amounts)
    if better:
        words = f"{words} ({_('better') if grows == (better > 0) else _('worse')})"
    return what, before, after, words


def _amount(value: float, shown: Any) -> str:
    if shown is span:
        return str(span(value)) if value >= 60 else _("%(seconds)s s", seconds=_decimal(value))
    return _("%(points)s points", points=_decimal(value)) if shown is _percent else _decimal(value)


def _address(endpoint: str, chosen: Mapping[str, str]) -> str:
    values: dict[str, Any] = {**chosen}
    return url_for(endpoint, **values)


def _percent(value: float) -> str:
    return f"{_decimal(value)} %"


def _decimal(value: float, places: int = 1) -> str:
    return str(format_decimal(round(value, places) if places else round(value)))


def _day(day: date) -> str:
    return str(format_date(datetime.combine(day, time()), "EEE d MMM"))
