"""`ringback self-call` for people: which lines are called, and what was found as a table."""

from collections.abc import Callable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app import self_call
from ringback.config import Settings
from ringback.errors import RingbackError
from ringback.store.engine import open_store, sessions


class NoSuchLine(RingbackError):
    """The number is no line of the settings."""


def run(settings: Settings, number: str | None, tell: Callable[[str], None]) -> list[self_call.LineTrial]:
    """Calls one line or all, one after another. Raises NoSuchLine."""
    lines = [line for line in settings.lines if number in (None, line.number)]
    if not lines:
        raise NoSuchLine("app.self_call_no_line", line=number)
    engine = open_store(settings.store_url)
    found = []
    try:
        for line in lines:
            tell(f"Calling {line.number} ({line.name})")
            trial = self_call.run(sessions(engine), settings, line)
            if trial is not None:
                found.append(trial)
    finally:
        engine.dispose()
    return found


def show(trials: list[self_call.LineTrial]) -> None:
    """A line of the table for each thing that was looked for."""
    table = Table(show_header=False, box=None, padding=(0, 1))
    for trial in trials:
        for step in trial.steps:
            mark = "[green]good[/green]" if step.good else "[red bold]BAD[/red bold]"
            table.add_row(mark, trial.line, escape(str(step.said)))
    Console().print(table)
