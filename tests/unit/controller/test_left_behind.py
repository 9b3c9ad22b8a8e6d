"""Calls that ended before anybody gave them a command: known from the first event, or from what the dialplan left."""

import os
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import select

from calls.models import Call
from controller import left_behind
from controller.runner import Runner
from controller.simulated import World
from controller.store import ControllerStore
from controller.visits import NOBODY_LOOKED
from ivr.events import Arrived, HungUp, Missed
from pbx.reports import ChannelEvent, LineEntered
from ringback.config import Settings
from tests.support.calls import open_empty
from tests.support.scenarios import SETTINGS

CALL = "1795306066.7"
AT = 1795306066.4
FROM = quote('"Alice" <sip:+12025550100@127.0.0.1>', safe="")
MISSED = Missed(1795306066.0, "1000", "+12025550100", "Alice")


def written(folder: Path, text: str, name: str = f"{CALL}.call", age: float = 10.0) -> Path:
    path = folder / name
    path.write_text(text)
    os.utime(path, (time.time() - age,) * 2)
    return path


def line(away: str = "-", number: str = "1000", header: str = FROM, came: str = "- ") -> str:
    return f"{number} {int((AT + 1) * 1000)} {away} {came}{header}\n"


def nobody_known(_call_ids: object) -> set[str]:
    return set()


def row_of(world: World) -> tuple[str | None, str | None, str, float | None, float | None]:
    facts = world.rows[CALL].facts
    return facts.result, facts.ended_by, facts.caller_number, facts.arrived_at, facts.ended_at


def told(*items: ChannelEvent | LineEntered) -> World:
    world = World(Settings.model_validate(SETTINGS), start=AT)
    world.runner.feed(items, world.now)
    world.run(2)
    return world


def test_a_caller_who_is_gone_before_a_command_is_a_call() -> None:
    gone = ChannelEvent(CALL, HungUp(AT + 0.02, "Normal Clearing", 16), missed=MISSED)
    world = told(LineEntered(CALL, "1000", AT), gone)
    assert row_of(world) == ("left_at_once", "caller", "+12025550100", AT, AT + 0.02)
    assert not world.runner.calls


def test_so_is_one_whose_beginning_nobody_heard() -> None:
    world = told(ChannelEvent(CALL, HungUp(AT, "Normal Clearing", 16), missed=MISSED))
    assert row_of(world) == ("left_at_once", "caller", "+12025550100", 1795306066.0, AT)


def test_a_channel_that_was_refused_is_none() -> None:
    world = told(LineEntered(CALL, "1000", AT), ChannelEvent(CALL, HungUp(AT, "Congestion", 42)))
    assert not world.rows
    assert not world.runner.calls


def test_its_end_told_twice_is_one_call() -> None:
    gone = ChannelEvent(CALL, HungUp(AT + 0.02, "Normal Clearing", 16), missed=MISSED)
    world = told(LineEntered(CALL, "1000", AT), gone, gone)
    events = world.seqs[CALL]
    world.runner.feed([gone, ChannelEvent(CALL, Arrived(AT, "1000", "", ""))], world.now)
    world.run(2)
    assert world.seqs[CALL] == events, "what comes after the end begins no other call"
    assert not world.runner.calls


def test_a_call_that_was_served_is_not_missed() -> None:
    arrived = ChannelEvent(CALL, Arrived(AT, "1000", "+12025550100", "Alice"))
    world = told(LineEntered(CALL, "1000", AT), arrived)
    world.runner.feed([ChannelEvent(CALL, HungUp(AT + 3, "Normal Clearing", 16), missed=MISSED)], world.now)
    world.run(2)
    assert row_of(world)[0] == "left"


def test_a_line_that_is_no_longer_there_is_nothing() -> None:
    gone = ChannelEvent(CALL, HungUp(AT, "Normal Clearing", 16), missed=Missed(AT, "4711", "", ""))
    assert not told(gone).rows


def test_what_the_dialplan_left_is_the_end_of_a_call(tmp_path: Path) -> None:
    written(tmp_path, line())
    end = HungUp(AT + 1, NOBODY_LOOKED)
    assert left_behind.take_in(tmp_path, nobody_known, time.time()) == [ChannelEvent(CALL, end, missed=MISSED)]
    assert left_behind.take_in(tmp_path, nobody_known, time.time()), "until the call has its row"
    assert left_behind.take_in(tmp_path, set, time.time()) == []
    assert not list(tmp_path.iterdir())


def test_the_fallback_had_the_caller(tmp_path: Path) -> None:
    written(tmp_path, line("yes"))
    world = told(*left_behind.take_in(tmp_path, nobody_known, time.time()))
    assert row_of(world)[:2] == ("fallback", None)


def test_a_spool_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert left_behind.take_in(tmp_path / "spool", nobody_known, time.time()) == []


def test_a_file_that_is_new_waits(tmp_path: Path) -> None:
    written(tmp_path, line(), age=0)
    assert left_behind.take_in(tmp_path, nobody_known, time.time()) == []
    assert left_behind.take_in(tmp_path, nobody_known, time.time() - 3600), "the clock was set back: it waits no hour"


@pytest.mark.parametrize(
    ("came", "at"),
    [
        pytest.param("1795306066873 ", 1795306066.873, id="to the millisecond"),
        pytest.param("- ", 1795306066.0, id="an agent's phone, to the second"),
        pytest.param("", 1795306066.0, id="as a version before wrote it"),
        pytest.param("1795306099000 ", AT + 1, id="after its end, by a clock that was set"),
    ],
)
def test_when_the_caller_came(tmp_path: Path, came: str, at: float) -> None:
    written(tmp_path, line(came=came))
    [end] = left_behind.take_in(tmp_path, nobody_known, time.time())
    assert end.missed == Missed(at, "1000", "+12025550100", "Alice")


def test_a_caller_who_gave_no_number(tmp_path: Path) -> None:
    written(tmp_path, line(header=""))
    [end] = left_behind.take_in(tmp_path, nobody_known, time.time())
    assert end.missed == Missed(1795306066.0, "1000", "", "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (f"{CALL}.call", ""),
        (f"{CALL}.call", "1000 soon - x"),
        (f"{CALL}.call", "10;00 1795306067400 - x"),
        (f"{CALL}.call", "\0" * 9000),
        ("x.y.call", line()),
        ("1795306066.call", line()),
    ],
)
def test_what_is_no_such_file_is_put_aside(tmp_path: Path, name: str, text: str) -> None:
    written(tmp_path, text, name)
    assert left_behind.take_in(tmp_path, nobody_known, time.time()) == []
    assert [path.name for path in (tmp_path / "rejected").iterdir()] == [name]


def test_the_store_says_which_calls_have_a_row(tmp_path: Path) -> None:
    store = open_empty(tmp_path)
    spool = store.settings.fallback_spool
    spool.mkdir(parents=True, exist_ok=True)
    written(spool, line())
    controller_store = ControllerStore(store.sessions.kw["bind"], store.settings)
    runner = Runner(store.settings)
    for _ in range(3):  # as two looks of the controller, or of two controllers one after the other
        runner.feed(controller_store.left_behind(time.time()), AT + 2)
        runner.tick(AT + 10)
        controller_store.write(runner.take_output())
    with store.sessions() as session:
        [call] = session.scalars(select(Call)).all()
    assert (call.result, call.line, call.caller_number, call.snapshot) == ("left_at_once", "1000", "+12025550100", None)
    assert not list(spool.iterdir())
