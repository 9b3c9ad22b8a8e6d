"""The controller's rows on both databases."""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from callback.models import Callback
from calls.models import AgentStateChange, Call, CallEvent, CallSegment, LegQuality, RefusedCalls
from calls.quality import Direction, Quality
from controller.output import CallWrite, LegEnd, Output, Wanted
from controller.simulated import Channel, World
from controller.store import ControllerStore
from ivr.caller import read_from
from queueing.agents import AgentChoice
from queueing.router import Device
from ringback.config import Settings
from ringback.messages import Message, text
from ringback.store.alarms import standing_alarms
from ringback.store.bus import AgentState, Request
from survey.models import SurveyAnswer

SETTINGS = Settings()


@pytest.fixture
def engine(store: sessionmaker[Session]) -> Engine:
    bind = store.kw["bind"]
    assert isinstance(bind, Engine)
    return bind


def served_call(controller_store: ControllerStore) -> World:
    world = World(SETTINGS, write=controller_store.write)
    world.switch.device("anna", Device.IDLE)
    world.switch.dial("c-1", "1000", "=cmd|' /C calc'!A0", "<img src=x onerror=alert(1)>")
    world.settle()
    world.switch.press("c-1", "2")
    world.settle()
    world.switch.answer("anna")
    world.run(5)
    return world


def test_a_call_is_one_row_from_its_first_event_to_its_last(engine: Engine) -> None:
    controller_store = ControllerStore(engine, SETTINGS)
    world = served_call(controller_store)
    [(snapshot, seq)] = controller_store.unfinished()
    assert snapshot["memory"]["state"] == "talking"
    world.switch.agent_hangs_up("anna")
    world.run(3)
    world.switch.press("c-1", "1")
    world.run(10)
    assert controller_store.unfinished() == []
    with Session(engine) as session:
        call = session.scalars(select(Call)).one()
        assert (call.result, call.agent, call.state) == ("served", "anna", "ended")
        assert call.caller_name == "<img src=x onerror=alert(1)>"
        assert call.snapshot is None
        assert call.arrived_at.tzinfo is not None
        assert session.scalars(select(SurveyAnswer.key)).all() == ["1"]
        anna = session.get(AgentState, "anna")
        assert anna is not None
        assert (anna.state, anna.call_id) == ("wrap-up", None)
    assert seq > 0


def test_what_turns_out_in_the_menu_is_in_the_row(engine: Engine) -> None:
    settings = Settings.model_validate(
        {
            "lines": [{"number": "1000", "name": "Support", "languages": ["ru"]}],
            "menus": {
                "main": {
                    "prompt": "menu-main",
                    "operator_queue": "support",
                    "options": {"1": {"label": "Russian", "language": "ru"}},
                }
            },
        }
    )
    world = World(settings, write=ControllerStore(engine, settings).write)
    world.switch.dial("c-1", "1000", "+12025550123")
    world.run(3)
    for key in ("1", "9"):
        world.switch.press("c-1", key)
        world.run(1)
    world.switch.hang_up("c-1")
    world.run(2)
    with Session(engine) as session:
        call = session.scalars(select(Call)).one()
    assert (call.language, call.menus) == ("ru", [["main", 3, 0, 1]])


@pytest.mark.parametrize(
    "sent", ['"a" <sip:%00@x>', '"nul %00 here" <sip:12%00345@x>', '"\ud800\u202e" <sip:%F0%9F@x>']
)
def test_whatever_a_caller_writes_into_from_the_call_has_its_row(engine: Engine, sent: str) -> None:
    controller_store = ControllerStore(engine, SETTINGS)
    world = World(SETTINGS, write=controller_store.write)
    world.switch.dial("c-1", "1000", *read_from(quote(sent, safe="", errors="surrogatepass")))
    world.settle()
    world.switch.hang_up("c-1")
    world.run(3)
    with Session(engine) as session:
        call = session.scalars(select(Call)).one()
    assert call.state == "ended" and "\0" not in call.caller_number + call.caller_name


def test_a_new_controller_goes_on_with_the_numbers_of_the_old(engine: Engine) -> None:
    served_call(ControllerStore(engine, SETTINGS))
    controller_store = ControllerStore(engine, SETTINGS)
    [(snapshot, last)] = controller_store.unfinished()
    world = World(SETTINGS, write=controller_store.write)
    world.runner.restore([(snapshot, last)])
    world.switch.channels["c-1"] = Channel("c-1", "1000", "", "", world.now)
    world.switch.hang_up("c-1")
    world.run(5)
    with Session(engine) as session:
        numbers = session.scalars(select(CallEvent.seq).order_by(CallEvent.seq)).all()
    assert numbers[-1] > last
    assert len(numbers) == len(set(numbers))


def test_a_step_is_written_whole_or_not_at_all(engine: Engine) -> None:
    controller_store = ControllerStore(engine, SETTINGS)
    served_call(controller_store)
    good = World(SETTINGS)
    good.switch.dial("c-2", "1000")
    good.settle()
    write = good.rows["c-2"]
    doubled = CallWrite(write.facts, write.state, write.snapshot, write.events + write.events)
    controller_store.write(Output(writes=[doubled]))
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 1, "nothing of what the store refuses"
    controller_store.write(Output(writes=[write]))
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 2


def test_rows_that_the_store_refuses_take_no_others_with_them(engine: Engine) -> None:
    """Here a leg of a call that has no row, in one step with a promise and what an agent did."""
    steps: list[Output] = []
    world = World(SETTINGS, write=steps.append)
    world.switch.device("anna", Device.IDLE)
    world.switch.dial("c-1", "1000", "+12025550123")
    world.run(1)
    whole = reduce(Output.followed_by, steps)
    facts = replace(world.rows["c-1"].facts, promised_number="+12025550123", queue="support")
    whole.callback_requests.append(Wanted(facts, world.now))
    whole.leg_ends.append(LegEnd("nobody", "nobody", None, world.now, Quality(Direction(0.0, 0.0))))
    ControllerStore(engine, SETTINGS).write(whole)
    with Session(engine) as session:
        assert session.scalars(select(Call.call_id)).all() == ["c-1"]
        assert session.scalars(select(Callback.number)).all() == ["+12025550123"]
        assert session.scalars(select(AgentStateChange.agent)).all() == ["anna"]
        assert session.get(AgentState, "anna") is not None
        assert session.scalars(select(LegQuality)).all() == []
        assert [alarm.kind for alarm in standing_alarms(session)] == ["rows.refused"]


def whole_call(write: Callable[[Output], object]) -> None:
    world = World(SETTINGS, write=write)
    world.switch.device("anna", Device.IDLE)
    world.switch.dial("c-1", "1000")
    world.settle()
    world.switch.press("c-1", "2")
    world.settle()
    world.switch.answer("anna")
    world.run(5)
    world.switch.agent_hangs_up("anna")
    world.run(3)
    world.switch.press("c-1", "1")
    world.run(10)


@pytest.mark.parametrize("together", [1, 2, 3, 1000])
def test_steps_that_are_written_together_mean_the_same(engine: Engine, together: int) -> None:
    """A slow moment puts steps together, and several of them are of one call."""
    steps: list[Output] = []
    whole_call(steps.append)
    controller_store = ControllerStore(engine, SETTINGS)
    for first in range(0, len(steps), together):
        controller_store.write(reduce(Output.followed_by, steps[first : first + together]))
    with Session(engine) as session:
        assert session.scalars(select(Call.result)).all() == ["served"]
        assert session.scalars(select(SurveyAnswer.key)).all() == ["1"]
        assert session.scalars(select(CallSegment.kind)).all() == ["talk"]
        numbers = session.scalars(select(CallEvent.seq).order_by(CallEvent.seq)).all()
    assert numbers == list(range(1, len(numbers) + 1))


def test_requests_are_taken_oldest_first_and_answered_once(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add(Request(kind="agent.pause", subject="anna"))
        session.flush()
        session.add(Request(kind="agent.resume", subject="anna"))
    controller_store = ControllerStore(engine, SETTINGS)
    first, second = controller_store.requests()
    assert (first[1], second[1]) == ("agent.pause", "agent.resume")
    controller_store.answer_request(first[0], None)
    controller_store.answer_request(second[0], text("No."))
    assert controller_store.requests() == []


def test_what_agents_chose_outlives_the_controller(engine: Engine) -> None:
    world = World(SETTINGS, write=ControllerStore(engine, SETTINGS).write)
    world.switch.device("anna", Device.IDLE)
    world.settle()
    world.runner.login("anna", world.now, ["billing"])
    world.runner.pause("anna", "lunch", world.now)
    world.runner.logout("boris", world.now)
    world.settle()
    lefts = {left.agent: left for left in ControllerStore(engine, SETTINGS).agents()}
    assert lefts["anna"] == AgentChoice("anna", ("billing",), "lunch", since=world.now)
    assert lefts["boris"] == AgentChoice("boris", logged_out=True, since=world.now)

    new = World(SETTINGS, write=ControllerStore(engine, SETTINGS).write)
    for left in lefts.values():
        new.runner.router.take_up(left, new.now)
    agents = new.runner.router.agents
    assert (agents["anna"].queues, agents["anna"].paused) == ({"billing"}, "lunch")
    assert not agents["boris"].logged_in
    new.runner.login("anna", new.now)
    new.settle()
    assert next(left for left in ControllerStore(engine, SETTINGS).agents() if left.agent == "anna").queues is None


def test_a_new_controller_knows_who_was_cut_off_and_at_which_place(engine: Engine) -> None:
    settings = SETTINGS.model_copy(update={"reconnect_seconds": 60})
    controller_store = ControllerStore(engine, settings)
    world = World(settings, write=controller_store.write)

    def wait_and_hang_up(name: str) -> None:
        world.switch.dial(name, "1000", "+12025550123", "Carol")
        world.settle()
        world.switch.press(name, "1")
        world.run(3)
        world.switch.hang_up(name)
        world.run(3)

    wait_and_hang_up("c-1")
    first = world.rows["c-1"].facts
    wait_and_hang_up("c-2")
    second = world.rows["c-2"].facts
    assert controller_store.cut_off(world.now) == [
        ("+12025550123", "1000", first.arrived_at, first.ended_at),
        ("+12025550123", "1000", first.arrived_at, second.ended_at),
    ]
    assert controller_store.cut_off(world.now + 100) == []
    new = World(settings, start=world.now)
    for given, line, place_at, ended_at in controller_store.cut_off(world.now):
        new.runner.keep_place(given, line, place_at, ended_at)
    assert new.runner.router.kept_place("+12025550123", new.now) == first.arrived_at


def test_rows_that_the_store_refuses_keep_no_others_waiting(engine: Engine) -> None:
    controller_store = ControllerStore(engine, SETTINGS)
    world = World(SETTINGS)
    for name in ("c-1", "c-2"):
        world.switch.dial(name, "1000")
    world.settle()
    both = Output(writes=[world.rows["c-1"], world.rows["c-2"]])
    controller_store.write(both)
    # The same events once more, as after a fault of ours, beside the first step of another call.
    world.switch.dial("c-3", "1000")
    world.settle()
    controller_store.write(Output(writes=[world.rows["c-1"], world.rows["c-3"]]))
    with Session(engine) as session:
        assert session.scalars(select(Call.call_id).order_by(Call.call_id)).all() == ["c-1", "c-2", "c-3"]
        [alarm] = standing_alarms(session)
        assert (alarm.kind, alarm.level) == ("rows.refused", "red")
    world.switch.hang_up("c-3")
    world.run(3)
    controller_store.write(Output(writes=[world.rows["c-3"]]))
    with Session(engine) as session:
        assert session.scalars(select(Call.result).where(Call.call_id == "c-3")).one() == "left"


def test_refused_callers_are_counted_by_the_minute_and_told_once(engine: Engine) -> None:
    controller_store = ControllerStore(engine, SETTINGS)
    said = Message("controller.calls_refused", {"count": 3, "inside": 5, "most": 5, "rate": 20})
    controller_store.write_refused(3, said, True)
    controller_store.write_refused(4, said, True)
    with Session(engine) as session:
        assert sum(session.scalars(select(RefusedCalls.count))) == 7
        [alarm] = standing_alarms(session)
        assert (alarm.kind, alarm.level, alarm.args["count"]) == ("calls.refused", "red", 3)
    controller_store.write_refused(0, None, False)
    with Session(engine) as session:
        assert standing_alarms(session) == []
        assert sum(session.scalars(select(RefusedCalls.count))) == 7
    assert "load" in controller_store.memory()
