"""`ringback forecast`: days in a terminal, half hours for programs, and what is said where too little is known."""

import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from typer.testing import CliRunner

from app.cli import app
from ringback.store.base import utcnow
from tests.support.calls import open_empty
from tests.support.staffing import DAILY, seed_weeks


def test_the_forecast_is_told_by_days_and_to_programs_by_half_hours(tmp_path: Path) -> None:
    store = open_empty(tmp_path / "data")
    zone, queue = ZoneInfo(store.settings.timezone), next(iter(store.settings.queues))
    file = tmp_path / "ringback.yaml"
    file.write_text(f"data: {store.settings.data}\n", encoding="utf-8")
    asked = ["forecast", queue, "--config", str(file), "--weeks", "1"]
    empty = CliRunner().invoke(app, asked)
    assert empty.exit_code == 1 and "nobody has called it yet" in empty.output
    seed_weeks(store.sessions, queue, utcnow().astimezone(zone).date() - timedelta(days=1), 4, zone)
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0 and str(DAILY) in told.output and "agent hours" in told.output
    document = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    busiest = max(document["half_hours"], key=lambda each: each["calls"])
    assert busiest["from"] in ("10:00", "10:30", "11:00", "11:30") and busiest["planned"] > busiest["agents"]
    store.sessions.kw["bind"].dispose()
