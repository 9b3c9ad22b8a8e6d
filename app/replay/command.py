"""`ringback replay`: how it is called, which time and which settings are meant. The work is `app/replay/run.py`'s."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from app.options import JsonOption, print_json, tell
from ringback import config


def add_to(app: typer.Typer) -> None:
    """Makes it a command of the program."""
    app.command()(replay)


def replay(
    changed: Annotated[Path, typer.Option("--config", "-c", help="The changed settings: a file like ringback.yaml.")],
    since: Annotated[str, typer.Option(help="yesterday, today, a day or a time (2026-11-30, 2026-11-30T14:00).")],
    until: Annotated[str | None, typer.Option(help="The same; now if left out.")] = None,
    line: Annotated[str | None, typer.Option(help="Tells of this line alone; all of them are replayed.")] = None,
    longer: Annotated[float, typer.Option(min=1, help="Seconds from which a longer wait is told.")] = 30.0,
    installation: Annotated[
        Path | None, typer.Option("--installation", help="Settings file of the installation whose calls are meant.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Runs stored calls through changed settings: who would have gone elsewhere, waited longer, hung up."""
    from app.opened import opened
    from app.replay import asked, shown
    from app.replay.run import Replay

    after = config.load(changed)
    told = config.load(installation)
    zone = ZoneInfo(told.timezone)
    now = datetime.now(zone)
    begin, end = asked.moment(since, now), now if until is None else asked.moment(until, now)
    if begin >= end:
        raise asked.ReplayRefused("app.replay_no_time", since=since, until=until or "now")
    with opened(told) as session:
        asked.read_only(session)
        before, named = asked.settings_then(session, told, begin)
        lines = {each.number for given in (before, after) for each in given.lines}
        if line is not None and line not in lines:
            raise asked.ReplayRefused("app.replay_no_line", line=line, lines=sorted(lines))
        if not as_json:
            tell(f"Replays calls from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} ({told.timezone}) ...")
        done = Replay(session, before, after, begin, end, line=line, longer=longer).run()
        facts: dict[str, Any] = {
            "since": begin.isoformat(timespec="minutes"),
            "until": end.isoformat(timespec="minutes"),
            "line": line,
            "before": named,
            "after": str(changed),
            "changed_meanwhile": asked.changes_within(session, begin, end),
        }
    found = shown.document(done, facts)
    if as_json:
        print_json(found)
    else:
        shown.show(found)
