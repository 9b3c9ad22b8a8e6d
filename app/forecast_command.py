"""`ringback forecast support`: calls expected by day with the agents that they take, in a terminal or for programs.

Owns how that is asked for and told; what is expected is `staffing/service.py`'s.
"""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.options import ConfigOption, JsonOption, print_json
from ringback import config

if TYPE_CHECKING:
    from staffing.service import StaffedHalfHour, StaffPlan


def add_to(app: typer.Typer) -> None:
    """Makes it a command of the program."""
    app.command()(forecast)


def forecast(
    queue: Annotated[str, typer.Argument(help="Name of a queue in the settings.")],
    weeks: Annotated[int, typer.Option(min=1, max=8, help="Ahead, today included.")] = 2,
    percent: Annotated[float, typer.Option(min=1, max=99.9, help="So many callers are to be answered in time.")] = 80.0,
    seconds: Annotated[float, typer.Option(min=0, max=3600, help="In time: within so many.")] = 20.0,
    shrinkage: Annotated[float, typer.Option(min=0, max=80, help="Percent of the planned who are not there.")] = 30.0,
    path: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Says how many calls are expected and how many agents they take; exit status 1 where too little is known."""
    from app.opened import opened
    from staffing.goals import Goal
    from staffing.service import staff_plan

    settings = config.load(path)
    goal = Goal("service_level", percent / 100, seconds)
    with opened(settings) as session:
        plan = staff_plan(session, settings, queue, weeks, goal, shrinkage / 100, datetime.now(UTC))
    if as_json:
        print_json(document(plan))
    else:
        show(plan)
    if not plan.half_hours:
        raise typer.Exit(1)


def document(plan: "StaffPlan") -> dict[str, Any]:
    """For programs: each half hour ahead that is open, and how far the forecast was off."""
    return {
        "queue": plan.queue,
        "learned_days": plan.learned_days,
        "handling_seconds": round(plan.handling.mean, 1),
        "patience_seconds": None if plan.patience is None else round(plan.patience, 1),
        "missed": None if plan.missed is None else asdict(plan.missed),
        "half_hours": [_half_hour(each) for each in plan.half_hours if each.is_open],
    }


def _half_hour(each: "StaffedHalfHour") -> dict[str, Any]:
    expected, needed = each.expected, each.needed
    return {
        "day": expected.half_hour.day.isoformat(),
        "from": expected.half_hour.clock,
        "begins": datetime.fromtimestamp(expected.half_hour.begins, UTC).isoformat(),
        "calls": round(expected.calls, 2),
        "low": expected.low,
        "high": expected.high,
        "agents": needed.agents,
        "planned": needed.planned,
    }


def show(plan: "StaffPlan") -> None:
    """A line for each day."""
    from rich.console import Console
    from rich.table import Table

    from staffing.forecast import together

    if not plan.half_hours:
        since = "nobody has called it yet" if plan.known is None else f"its first call was on {plan.known.first}"
        typer.echo(f"Too little is known of {plan.queue}: a forecast needs two weeks of calls, and {since}.")
        return
    table = Table(title=f"{plan.queue}: calls expected, agents on the plan", title_justify="left")
    for name in ("day", "calls", "at least", "at most", "most agents", "from", "agent hours"):
        table.add_column(name, justify="left" if name == "day" else "right")
    for day in plan.days:
        mine = [each for each in plan.half_hours if each.expected.half_hour.day == day]
        calls, low, high = together([each.expected for each in mine])
        peak = max(mine, key=lambda each: each.needed.planned)
        hours = sum(each.needed.planned for each in mine) / 2
        begins = peak.expected.half_hour.clock if peak.needed.planned else ""
        figures = (f"{calls:.0f}", f"{low:.0f}", f"{high:.0f}", str(peak.needed.planned), begins, f"{hours:g}")
        table.add_row(_day(day) + (" holiday" if day in plan.holidays else ""), *figures)
    Console().print(table)
    if plan.missed is not None:
        ours, naive = (f"{100 * share:.0f} %" for share in (plan.missed.ours, plan.missed.naive))
        typer.echo(f"In the last two weeks it missed {ours} of the calls by half hours; the week before, {naive}.")


def _day(day: date) -> str:
    return f"{day:%a %Y-%m-%d}"
