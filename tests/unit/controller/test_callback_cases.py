"""Promises when people do what they do: call in before, leave too early, call at night; on the fake switch."""

from typing import Any

import pytest

from controller.output import Output
from controller.simulated import World
from queueing.router import Device
from ringback.config import Settings
from tests.unit.controller.test_promised_calls import NOON, NUMBER, SETTINGS, promised, the_promise, waiting

OFFICE = {"office": {"timezone": "America/New_York", "week": {"mon-fri": ["09:00-18:00"]}}}
FRIDAY_EVENING = 1_800_000_000.0 + 14 * 3600 + 55 * 60
"""15 January 2027, 17:55 in New York."""


def world_with(start: float = NOON, **changes: Any) -> World:
    raw = SETTINGS.model_dump(mode="json")
    for path, value in changes.items():
        place = raw
        *folders, name = path.split("__")
        for folder in folders:
            place = place[folder]
        place[name] = value
    return World(Settings.model_validate(raw), start=start)


def reach_customer(world: World, agent: str = "anna") -> None:
    """The agent's phone rings first and is answered; then the customer's rings."""
    world.switch.device(agent, Device.IDLE)
    world.settle()
    world.switch.answer_leg(agent)
    world.run(3)
    assert the_promise(world)["state"] == "dialling_customer"


# -- who calls in ----------------------------------------------------------------------------------------


def test_who_calls_in_and_is_not_served_is_called_back_all_the_same() -> None:
    world = promised()
    world.switch.dial("c-2", "1000", NUMBER)
    world.settle()
    world.switch.hang_up("c-2")
    world.run(5)
    assert world.rows["c-2"].facts.result == "left"
    assert the_promise(world)["state"] == "due"
    reach_customer(world)


def test_a_promise_for_another_time_outlives_a_talk_of_today() -> None:
    world = promised()
    [write] = world.promises.values()
    world.runner.outbound.change(write.id, _changed(write.snapshot, not_before=world.now + 86400), world.now)
    waiting(NUMBER, "c-2", world)
    world.switch.device("anna", Device.IDLE)
    world.settle()
    world.switch.answer("anna")
    world.settle()
    world.switch.agent_hangs_up("anna")
    world.run(60)
    assert world.rows["c-2"].facts.result == "served"
    assert the_promise(world)["state"] == "requested"


def test_who_calls_in_while_we_dial_is_not_called_at_the_same_time() -> None:
    world = promised()
    reach_customer(world)
    world.switch.dial("c-2", "1000", NUMBER)
    world.settle()
    world.switch.press("c-2", "1")
    world.settle()
    assert not world.switch.legs, "neither phone rings any more"
    row = the_promise(world)
    assert (row["state"], row["attempts"], row["spared"]) == ("requested", 1, 1)
    assert world.rows["c-2"].state == "offered", "the agent who was to call is there for the caller"


def test_a_promise_made_elsewhere_while_the_customer_waits_is_settled_by_the_talk() -> None:
    world = waiting()
    promised_to = promised(World(SETTINGS, start=NOON))
    [write] = promised_to.promises.values()
    world.runner.outbound.add(_changed(write.snapshot, key="cb-form"), write.id, write.origin, world.now)
    world.settle()
    assert not world.switch.dialled
    world.switch.device("anna", Device.IDLE)
    world.settle()
    world.switch.answer("anna")
    world.settle()
    assert the_promise(world)["state"] == "cancelled"


def test_who_is_promised_again_what_stands_hears_so() -> None:
    world = promised()
    waiting(NUMBER, "c-2", world)
    for _ in range(2):
        world.switch.press("c-2", "1")
        world.settle()
    world.run(4)
    assert "callback-already" in world.switch.channels["c-2"].heard


# -- who leaves too early --------------------------------------------------------------------------------


def test_an_agent_who_leaves_does_not_make_the_phone_ring_again_and_again() -> None:
    world = promised()
    for attempt in (1, 2):
        reach_customer(world)
        [agent_leg] = [leg for leg, whom in world.switch.legs.items() if whom == "anna"]
        world.switch.end_leg(agent_leg)
        world.run(30)
        row = the_promise(world)
        assert (row["state"], row["attempts"], row["spared"]) == ("requested", attempt, attempt)
        assert world.switch.dialled.count(NUMBER) == attempt
        world.run(40)
    reach_customer(world)


def test_a_promise_is_kept_by_a_talk_and_not_by_an_answer() -> None:
    world = promised(world_with(queues__support__callback="customer_first"))
    world.switch.device("anna", Device.IDLE)
    world.settle()
    world.switch.answer_leg(NUMBER)
    world.run(25)
    [call] = [row for name, row in world.rows.items() if name != "c-1"]
    assert call.state == "waiting", "the agent did not answer"
    world.switch.hang_up(call.facts.call_id)
    world.run(5)
    row = the_promise(world)
    assert (row["state"], row["last_outcome"], row["attempts"]) == ("requested", "abandoned", 1)
    world.run(400)
    assert the_promise(world)["state"] == "due"


def test_a_customer_whose_agent_does_not_answer_is_told_as_callers_are() -> None:
    world = promised(world_with(queues__support__callback="customer_first"))
    world.switch.device("anna", Device.IDLE)
    world.settle()
    world.switch.answer_leg(NUMBER)
    world.run(60)
    [channel] = world.switch.channels.values()
    assert "position-1" in channel.heard


def test_only_one_phone_rings_for_a_promise_where_several_ring_for_callers() -> None:
    world = promised(world_with(queues__support__ring_together=2, queues__support__callback="customer_first"))
    for agent in ("anna", "boris"):
        world.switch.device(agent, Device.IDLE)
    world.settle()
    assert sorted(agent.mode for agent in world.runner.router.agents.values()) == ["free", "ringing"]


@pytest.mark.parametrize("killed", [False, True])
def test_what_the_store_learns_of_a_promised_call_has_the_calls_own_name(killed: bool) -> None:
    told: list[Output] = []
    settings = world_with(queues__support__callback="customer_first").settings
    world = promised(World(settings, start=NOON, write=told.append))
    world.switch.device("anna", Device.IDLE)
    world.settle()
    assert agents_in(told)["anna"] == ("ringing", None), "there is no call yet"
    world.switch.answer_leg(NUMBER)
    world.run(3)
    if killed:
        world.kill_controller()
        world.start_controller()
    world.switch.answer("anna")
    world.run(1)
    [call] = [name for name in world.rows if name != "c-1"]
    assert agents_in(told)["anna"] == ("talking", call)
    world.runner.pause("anna", "lunch", world.now)
    world.switch.agent_hangs_up("anna")
    world.run(60)
    assert agents_in(told)["anna"] == ("paused", None)


def agents_in(told: list[Output]) -> dict[str, tuple[str, str | None]]:
    """Each agent as the store knows it: state and call."""
    return {agent.name: (agent.mode.value, agent.call) for out in told for agent in out.agents}


# -- our hours -------------------------------------------------------------------------------------------


def test_nobody_is_rung_after_hours_and_the_promise_lives_over_the_weekend() -> None:
    world = world_with(FRIDAY_EVENING, hours=OFFICE, queues__support__hours="office")
    promised(world)
    world.run(600)
    row = the_promise(world)
    assert row["state"] == "requested"
    world.switch.device("anna", Device.IDLE)
    world.run(62 * 3600)
    assert world.switch.dialled == []
    assert the_promise(world)["state"] == "requested"
    world.run(1.2 * 3600)
    assert the_promise(world)["state"] == "dialling_agent", "Monday, 9 o'clock"


def test_hours_that_never_meet_the_customers_end_in_an_alarm() -> None:
    night = {"night": {"timezone": "America/New_York", "week": {"mon-sun": ["02:00-04:00"]}}}
    world = promised()
    hours = world_with(world.now, hours=night, queues__support__hours="night", callbacks__awake_minutes=0)
    [write] = world.promises.values()
    hours.runner.outbound.add(_changed(write.snapshot, state="requested"), write.id, write.origin, hours.now)
    hours.switch.device("anna", Device.IDLE)
    hours.run(3 * 86400)
    assert (the_promise(hours)["state"], hours.switch.dialled) == ("expired", [])


# -- settings and limits that change ---------------------------------------------------------------------


def test_a_queue_that_is_no_more_leaves_its_callers_and_promises_to_a_person() -> None:
    world = promised()
    waiting("+12025550199", "c-2", world)
    world.kill_controller()
    raw = SETTINGS.model_dump(mode="json")
    raw["queues"]["help"] = raw["queues"].pop("support")
    raw["menus"]["main"]["operator_queue"] = "help"
    raw["menus"]["main"]["options"]["1"]["queue"] = "help"
    world.settings = Settings.model_validate(raw)
    world.start_controller()
    assert the_promise(world)["queue"] == "help"
    assert {entry.queue for entry in world.runner.router.waiting.values()} == {"help"}
    world.switch.device("anna", Device.IDLE)
    world.settle()
    assert the_promise(world)["state"] == "dialling_agent"


def test_a_caller_is_known_whom_we_may_not_call() -> None:
    abroad = "+442079460018"
    world = waiting(world=world_with(vips={abroad: 5}))
    waiting(abroad, "c-2", world)
    assert world.runner.router.position("c-2") == 1


@pytest.mark.parametrize(
    ("keys", "said"),
    [("442079460018", "callback-forbidden"), ("9005550123", "callback-forbidden"), ("12", "fallback-bad-number")],
)
def test_why_a_number_is_not_called_is_said(keys: str, said: str) -> None:
    world = waiting()
    world.switch.press("c-1", "1")
    world.run(0.1)
    world.switch.press("c-1", "2")
    world.run(0.1)
    world.switch.press("c-1", "+" + keys if keys.startswith("44") else keys)
    world.run(0.1)
    assert world.switch.channels["c-1"].heard[-2:] == [said, "fallback-enter"]


def test_a_number_that_was_called_too_often_today_is_told_so_and_another_asked_for() -> None:
    world = waiting()
    for _ in range(SETTINGS.callbacks.per_number_per_day):
        world.runner.outbound.rules.record(NUMBER, world.now)
    world.switch.press("c-1", "1")
    world.run(0.1)
    assert world.switch.channels["c-1"].heard[-2:] == ["callback-limit", "fallback-enter"]


def test_nobody_is_offered_a_call_when_those_of_today_are_used_up() -> None:
    world = waiting(world=world_with(callbacks__per_day=1))
    world.runner.outbound.rules.record("+12025550111", world.now)
    world.run(30)
    assert "callback-offer" not in world.switch.channels["c-1"].heard
    world.switch.press("c-1", "1")
    world.run(1)
    assert world.rows["c-1"].state == "waiting"


# -- kill -9 ---------------------------------------------------------------------------------------------


def test_a_controller_killed_while_phones_ring_forgets_nothing_of_the_caller() -> None:
    vip = "+12025550150"
    world = waiting(vip, world=world_with(vips={vip: 9}))
    world.switch.device("anna", Device.IDLE)
    world.settle()
    assert world.rows["c-1"].state == "offered"
    world.kill_controller()
    world.run(3)
    world.start_controller()
    assert world.runner.router.agents["anna"].mode == "ringing"
    world.run(30)
    entry = world.runner.router.waiting["c-1"]
    assert (entry.priority, entry.phone, world.rows["c-1"].state) == (9, vip, "waiting")


def test_a_call_that_was_just_over_when_the_controller_was_killed_settles() -> None:
    world = waiting()
    world.switch.hang_up("c-1")
    world.settle()
    world.kill_controller()
    world.start_controller()
    world.run(5)
    assert world.rows["c-1"].facts.result == "abandoned" and world.rows["c-1"].snapshot is None


def test_a_recording_that_was_to_go_on_goes_on_after_a_kill() -> None:
    world = waiting()
    world.switch.device("anna", Device.IDLE)
    world.settle()
    world.switch.answer("anna")
    world.settle()
    world.switch.channels["c-1"].unrecorded = True  # the command to go on was lost with the controller
    world.kill_controller()
    world.start_controller()
    assert not world.switch.channels["c-1"].unrecorded


def test_a_key_held_down_does_not_make_each_step_longer() -> None:
    world = waiting()
    for _ in range(5000):
        world.switch.press("c-1", "5")
        world.run(0.05)
    assert len(str(world.rows["c-1"].snapshot)) < 30_000


def _changed(snapshot: dict[str, Any], **changes: Any) -> Any:
    from callback.promise import CallbackMachine

    return CallbackMachine.restore({**snapshot, **changes})
