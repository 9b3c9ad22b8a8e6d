"""Whether the notice was read is told by what was stored of that call, and where nothing was, by nobody."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, CallEvent
from controller.simulated import World
from controller.store import ControllerStore
from publishing.models import SettingsVersion
from ringback.config import Settings
from ringback.store.base import utcnow
from scoring.notices import StoredNotice, notice_of
from tests.support.recordings import add_call

CALL = "1700000000.1"
NUMBER = "5550100"
SILENT, TOLD = "notice: null", "notice: notice"
CUT = "notice: notice, notice_can_be_skipped: true"


@pytest.fixture
def call(sqlite_store: sessionmaker[Session]) -> Any:
    add_call(sqlite_store, 60.0, CALL)
    with sqlite_store.begin() as session:
        row = session.scalars(select(Call)).one()
        row.line, row.arrived_at = NUMBER, utcnow() - timedelta(days=9)
        yield session, row


def stored(session: Session, row: Call, *events: tuple[str, float, dict[str, Any]]) -> None:
    """What the controller wrote: kind, seconds after the arrival, data."""
    for seq, (kind, after, data) in enumerate(events):
        session.add(
            CallEvent(call_id=row.call_id, seq=seq, at=row.arrived_at + timedelta(seconds=after), kind=kind, data=data)
        )
    session.flush()


def published(session: Session, number: int, at: datetime, line: str) -> None:
    text = f'lines: [{{number: "{NUMBER}", name: Support, {line}}}]\n'
    session.add(
        SettingsVersion(number=number, text=text, digest="", by="x", why="", source="file", at=at, state="published")
    )
    session.flush()


def done(after: float, **data: object) -> tuple[str, float, dict[str, Any]]:
    return "Done", after, {"command": "notice", "value": "", "failed": False} | data


ARRIVED = ("Arrived", 0.0, {})


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([ARRIVED, done(6.5)], StoredNotice("notice", 6.5)),
        ([ARRIVED, done(1.5, failed=True)], StoredNotice("notice_cut")),
        ([ARRIVED, done(1.5, command="menu-1")], StoredNotice("notice_unknown")),
        ([("Missed", 0.0, {"by_fallback": True})], StoredNotice("notice_unknown")),
        ([], StoredNotice("notice_unknown")),
    ],
)
def test_what_was_stored_of_the_call_comes_first(call: Any, events: list[Any], expected: StoredNotice) -> None:
    session, row = call
    stored(session, row, *events)
    published(session, 1, row.arrived_at - timedelta(days=1), TOLD)
    assert notice_of(session, row) == expected


def test_else_the_settings_of_its_time_tell_and_not_those_of_today(call: Any) -> None:
    session, row = call
    stored(session, row, ARRIVED)
    assert notice_of(session, row).kind == "notice_unknown", "nothing was kept"
    published(session, 1, row.arrived_at - timedelta(days=1), SILENT)
    published(session, 2, row.arrived_at + timedelta(days=1), TOLD)
    assert notice_of(session, row).kind == "no_notice"
    published(session, 3, row.arrived_at + timedelta(days=2), TOLD)
    session.delete(session.get_one(SettingsVersion, 2))
    session.flush()
    assert notice_of(session, row).kind == "notice_unknown", "what came after is not kept: it may have been that"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [(SILENT, CUT, "notice_unknown"), (CUT, CUT, "notice_set"), (SILENT, SILENT, "no_notice")],
)
def test_within_a_minute_of_a_publish_only_what_both_versions_say_is_known(
    call: Any, before: str, after: str, kind: str
) -> None:
    session, row = call
    stored(session, row, ARRIVED)
    published(session, 4, row.arrived_at - timedelta(days=1), before)
    published(session, 5, row.arrived_at - timedelta(seconds=20), after)
    assert notice_of(session, row).kind == kind


def test_a_notice_of_a_call_that_we_made_is_one_of_the_settings(call: Any) -> None:
    session, row = call
    stored(session, row, ("CalledBack", 0.0, {}))
    published(session, 1, row.arrived_at - timedelta(days=1), TOLD)
    assert notice_of(session, row).kind == "notice_set"
    row.line = "9999"
    assert notice_of(session, row).kind == "notice_unknown", "a line that these settings do not know"


def test_the_controller_stores_how_the_notice_ended(sqlite_store: sessionmaker[Session]) -> None:
    store = ControllerStore(sqlite_store.kw["bind"], Settings())
    world = World(Settings(), write=store.write)
    world.switch.dial("c-1", "1000", "+12025550123")
    world.run(3)
    world.switch.press("c-1", "2")
    world.settle()
    with sqlite_store() as session:
        found = notice_of(session, session.scalars(select(Call)).one())
    assert found == StoredNotice("notice", 0.0), "prompts of the simulated switch take no time"
