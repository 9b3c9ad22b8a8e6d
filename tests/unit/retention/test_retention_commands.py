"""How long things are kept and what a number looks like on a certificate; erasing from the command line."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app import retention_commands
from recording.models import Recording
from retention.errors import RetentionError
from retention.policy import listening_until, masked, plausible_played, shortened, worth_beginning
from ringback.config import Settings
from tests.support.retention import NUMBER, build, place_hold
from tests.unit.app.test_cli import ringback

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DOT = "\N{BULLET}"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+14155550123", f"+1{DOT * 8}23"),
        ("+74955550110", f"+7{DOT * 8}10"),
        ("+4930123456", f"+49{DOT * 6}56"),
        ("+999", f"+{DOT * 3}"),
        ("201", DOT * 3),
        ("12345", f"{DOT * 3}45"),
    ],
)
def test_a_number_is_known_to_its_owner_alone(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_a_batch_goes_at_once_and_a_few_wait_for_the_hour() -> None:
    assert not worth_beginning(0, 200, None, NOW)
    assert worth_beginning(1, 200, None, NOW)
    assert not worth_beginning(199, 200, NOW - timedelta(minutes=59), NOW)
    assert worth_beginning(200, 200, NOW - timedelta(minutes=1), NOW)
    assert worth_beginning(1, 200, NOW - timedelta(hours=1), NOW)


def test_nothing_is_kept_for_longer_than_was_told() -> None:
    told = NOW + timedelta(days=30)
    assert shortened(NOW, 10, told) == NOW + timedelta(days=10)
    assert shortened(NOW, 30, told) is None
    assert shortened(NOW, 365, told) is None


def test_a_reason_lasts_longer_for_a_longer_call() -> None:
    assert listening_until(NOW, 15, None) == NOW + timedelta(minutes=15)
    assert listening_until(NOW, 15, 3600.0) == NOW + timedelta(hours=3, minutes=15)
    assert plausible_played(1e9, NOW, NOW + timedelta(seconds=10)) == 40.0
    assert plausible_played(-3, NOW, NOW + timedelta(seconds=10)) == 0.0


def test_erasing_and_shorter_days_from_the_command_line(
    settings: Settings, sqlite_store: sessionmaker[Session]
) -> None:
    case = build(sqlite_store, settings)
    folder = settings.data.parent
    (folder / "ringback.yaml").write_text(yaml.safe_dump({"data": settings.data.name}), encoding="utf-8")
    done = ringback("erase", "--number", NUMBER, "--request", "letter of 3 March", "--yes", folder=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["state"] == "done" and document["certificate"]["calls"] == list(case.calls)
    assert '"calls": 2' in done.stderr and NUMBER not in done.stdout
    neither = ringback("erase", "--wish", "letter", folder=folder)
    assert neither.returncode == 2

    queues = {
        "support": {"name": "S", "agents": ["anna"], "keep_days": 7},
        "billing": {"name": "B", "agents": ["anna"]},
    }
    (folder / "ringback.yaml").write_text(yaml.safe_dump({"data": settings.data.name, "queues": queues}), "utf-8")
    kept = ringback("keep", "--yes", folder=folder)
    assert kept.returncode == 0, kept.stderr
    assert "1 calls would be erased earlier" in kept.stderr
    with sqlite_store() as session:
        row = session.scalars(select(Recording).where(Recording.call_id == case.stranger)).one()
    assert row.keep_until is not None and row.keep_until < datetime.now(UTC) + timedelta(days=7)
    assert "0 calls have" in ringback("keep", "--yes", folder=folder).stderr


def test_a_hold_that_comes_while_somebody_thinks_about_the_preview_is_said(
    settings: Settings, sqlite_store: sessionmaker[Session]
) -> None:
    case = build(sqlite_store, settings)

    def sure(preview: dict[str, Any]) -> bool:
        with sqlite_store() as session, session.begin():
            place_hold(session, settings, "number", NUMBER, "court case 7", "admin", NOW)
        return bool(preview["calls"] == 2)

    with pytest.raises(RetentionError, match="legal hold"):
        retention_commands.erase(settings, NUMBER, None, "letter of 3 March", sure)
    assert case.sound(case.calls[0]).exists()


def test_a_store_that_is_not_there_is_said(settings: Settings) -> None:
    folder = settings.data.parent
    (folder / "ringback.yaml").write_text(yaml.safe_dump({"data": "nowhere"}), encoding="utf-8")
    said = ringback("erase", "--number", NUMBER, "--wish", "letter", "--yes", folder=folder)
    assert said.returncode == 1 and "not there" in said.stderr and "Traceback" not in said.stderr
