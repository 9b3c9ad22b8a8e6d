"""Promises on the fake switch: asked for by key, kept at the place of the call, exactly once."""

import pytest

from callback.promise import CallbackMachine
from controller.simulated import World
from queueing.router import Device
from ringback.config import Settings
from ringback.messages import message

NUMBER = "+12025550123"
NOON = 1_800_000_000.0 + 9 * 3600
"""In Washington, where the number is."""
SETTINGS = Settings.model_validate(
    {
        "queues": {
            "support": {"name": "Support", "agents": ["anna", "boris"], "wrap_up_seconds": 0},
            "billing": {"name": "Billing", "agents": ["boris"]},
        },
        "trunk": {"host": "127.0.0.1"},
    }
)


def waiting(number: str = NUMBER, name: str = "c-1", world: World | None = None) -> World:
    world = world or World(SETTINGS, start=NOON)
    world.switch.dial(name, "1000", number, "Carol")
    world.settle()
    world.switch.press(name, "1")
    world.run(3)
    assert world.rows[name].state == "waiting"
    return world


def promised(world: World | None = None) -> World:
    world = waiting(world=world)
    world.switch.press("c-1", "1")
    world.run(1)
    assert world.rows["c-1"].state == "callback"
    world.switch.press("c-1", "1")
    world.run(10)
    assert world.rows["c-1"].facts.result == "promised"
    return world


def the_promise(world: World) -> dict:
    [write] = world.promises.values()
    return write.snapshot


def test_a_key_while_waiting_makes_a_promise_at_the_place_of_the_call() -> None:
    world = promised()
    row = the_promise(world)
    assert (row["state"], row["number"], row["queue"]) == ("due", NUMBER, "support")
    assert row["arrived_at"] == world.rows["c-1"].facts.arrived_at
    assert not world.switch.channels


def test_the_number_is_read_back_and_can_be_changed() -> None:
    world = waiting()
    world.switch.press("c-1", "1")
    world.run(1)
    heard = world.switch.channels["c-1"].heard
    assert heard[-12:] == ["fallback-number", *(f"digit-{d}" for d in "2025550123"), "fallback-confirm"]
    world.switch.press("c-1", "2")
    world.run(1)
    assert world.switch.channels["c-1"].heard[-1] == "fallback-enter"
    world.switch.press("c-1", "12")
    world.run(1)
    assert world.switch.channels["c-1"].heard[-2:] == ["fallback-bad-number", "fallback-enter"]
    world.switch.press("c-1", "2025550177")
    world.run(1)
    world.switch.press("c-1", "1")
    world.run(10)
    assert the_promise(world)["number"] == "+12025550177"


def test_who_says_nothing_waits_on() -> None:
    world = waiting()
    world.switch.press("c-1", "1")
    world.run(60)
    assert world.rows["c-1"].state == "waiting"
    assert world.switch.channels["c-1"].music == "default"
    assert not world.promises


def test_an_agent_who_gets_free_goes_before_the_question() -> None:
    world = waiting()
    world.switch.press("c-1", "1")
    world.run(0.1)
    world.switch.device("anna", Device.IDLE)
    world.settle()
    assert world.rows["c-1"].state == "offered"


def test_the_key_that_chose_in_the_menu_is_no_wish_for_a_callback() -> None:
    world = waiting()
    world.run(60)
    assert world.rows["c-1"].state == "waiting"


def customer_rings() -> tuple[World, str]:
    """A promise whose agent has answered: the customer's phone rings. The world, and the channel."""
    world = promised()
    world.switch.device("anna", Device.IDLE)
    world.settle()
    world.switch.answer_leg("anna")
    world.run(3)
    return world, next(leg for leg, whom in world.switch.legs.items() if whom == NUMBER)


def kept(world: World) -> World:
    world.switch.device("anna", Device.IDLE)
    world.settle()
    assert world.switch.dialled == ["anna"]
    world.switch.answer_leg("anna")
    world.run(3)
    assert world.switch.dialled == ["anna", NUMBER]
    world.switch.answer_leg(NUMBER)
    world.run(3)
    return world


def test_the_agent_is_rung_first_and_the_customer_goes_through_the_same_life() -> None:
    world = kept(promised())
    [(name, call)] = [(name, row) for name, row in world.rows.items() if name != "c-1"]
    assert (call.state, call.facts.agent, call.facts.queue) == ("talking", "anna", "support")
    assert call.facts.menu_path == world.rows["c-1"].facts.menu_path
    assert world.switch.channels[name].heard[:2] == ["notice", "callback-connecting"], "recorded after the notice alone"
    assert world.runner.router.agents["anna"].mode == "talking"
    agent_leg = next(leg for leg, whom in world.switch.legs.items() if whom == "anna")
    world.switch.end_leg(agent_leg)
    world.settle()
    assert world.rows[name].state == "survey"
    world.run(3)
    world.switch.press(name, "1")
    world.run(10)
    assert (world.rows[name].facts.result, [a["key"] for a in world.rows[name].facts.survey_answers]) == (
        "served",
        ["1"],
    )
    row = the_promise(world)
    assert (row["state"], row["end_reason"], row["attempts"]) == ("done", message("callback.kept.served").as_json(), 1)
    assert world.runner.router.agents["anna"].mode == "free"


def test_the_customer_hangs_up_first() -> None:
    world = kept(promised())
    [name] = world.switch.channels
    world.switch.hang_up(name)
    world.run(5)
    assert the_promise(world)["state"] == "done"
    assert not world.switch.legs
    assert world.runner.router.agents["anna"].mode == "free"


def test_an_agent_who_does_not_answer_costs_the_promise_nothing() -> None:
    world = promised()
    world.switch.device("anna", Device.IDLE)
    world.settle()
    [leg] = world.switch.legs
    world.switch.end_leg(leg, 19)
    world.settle()
    row = the_promise(world)
    assert (row["state"], row["attempts"]) == ("due", 0)
    assert world.runner.router.agents["anna"].paused == "missed"
    world.switch.device("boris", Device.IDLE)
    world.settle()
    assert world.switch.dialled == ["anna", "boris"]


@pytest.mark.parametrize(("code", "outcome"), [(17, "busy"), (19, "no_answer")])
def test_who_is_not_reached_is_tried_again_and_then_no_more(code: int, outcome: str) -> None:
    world = promised()
    world.switch.device("anna", Device.IDLE)
    for attempt in (1, 2, 3):
        world.run(3600)
        assert world.switch.dialled[-1] == "anna"
        world.switch.answer_leg("anna")
        world.run(3)
        leg = next(leg for leg, whom in world.switch.legs.items() if whom == NUMBER)
        world.switch.end_leg(leg, code)
        world.settle()
        row = the_promise(world)
        assert (row["attempts"], row["last_outcome"]) == (attempt, outcome)
        assert world.unused[attempt - 1 :] == [leg], "what may have been recorded goes"
        world.run(3)  # the agent hears why
        assert world.runner.router.agents["anna"].mode == "free"
    assert row["state"] == "failed"
    world.run(86400)
    assert world.switch.dialled.count(NUMBER) == 3


def test_an_answering_machine_is_not_a_kept_promise() -> None:
    world, leg = customer_rings()
    world.switch.answer_leg(NUMBER, machine=True)
    world.settle()
    row = the_promise(world)
    assert (row["state"], row["last_outcome"]) == ("requested", "machine")
    world.run(3)  # the agent hears why
    assert not world.switch.legs
    assert world.unused == [leg]


def test_the_call_begins_when_the_customer_answered_and_not_when_that_was_known() -> None:
    world, _ = customer_rings()
    world.run(7)
    known_at = world.now
    world.switch.answer_leg(NUMBER, ago=2.5)
    world.run(3)
    [name] = world.switch.channels
    assert world.rows[name].facts.arrived_at == known_at - 2.5
    world.switch.hang_up(name)
    world.run(5)
    assert the_promise(world)["state"] == "done"
    assert world.unused == [], "a call's recording is kept"


@pytest.mark.parametrize("restarted", [False, True])
def test_of_a_customer_who_hung_up_before_it_was_a_call_nothing_is_kept(restarted: bool) -> None:
    world, leg = customer_rings()
    if restarted:
        world.kill_controller()
        world.start_controller()
    world.switch.end_leg(leg)
    world.run(1)
    assert world.unused == [leg]


def test_what_was_recorded_while_nobody_looked_is_kept() -> None:
    world, leg = customer_rings()
    world.kill_controller()
    world.switch.end_leg(leg)
    world.start_controller()
    world.run(60)
    assert the_promise(world)["state"] != "dialling_customer"
    assert world.unused == [], "it may have been a talk whose rows could not be written"


def test_who_calls_in_is_served_there_at_the_old_place() -> None:
    world = promised()
    place = world.rows["c-1"].facts.arrived_at
    waiting("+12025550199", "c-2", world)
    waiting(NUMBER, "c-3", world)
    assert the_promise(world)["state"] == "requested", "nobody calls who is on the phone with us"
    assert world.runner.router.waiting["c-3"].arrived_at == place
    world.switch.device("anna", Device.IDLE)
    world.settle()
    assert world.rows["c-3"].state == "offered"
    world.switch.answer("anna")
    world.settle()
    row = the_promise(world)
    called_in = message("callback.called_in").as_json()
    assert (row["state"], row["end_reason"], row["connected_call"]) == ("cancelled", called_in, "c-3")


def test_a_second_wish_for_the_same_number_joins_the_first() -> None:
    world = promised()
    waiting("+12025550199", "c-2", world)
    world.switch.press("c-2", "1")
    world.run(1)
    world.switch.press("c-2", "2")
    world.run(1)
    world.switch.press("c-2", "2025550123")
    world.run(1)
    world.switch.press("c-2", "1")
    world.run(10)
    assert world.rows["c-2"].facts.result == "promised"
    assert len(world.promises) == 1


def test_a_promise_nobody_could_keep_expires() -> None:
    world = promised()
    world.run(86400 + 60)
    assert the_promise(world)["state"] == "expired"
    assert world.switch.dialled == []


@pytest.mark.parametrize("moment", ["due", "agent rings", "agent is briefed", "customer rings", "talking"])
def test_a_killed_controller_keeps_the_promise_once(moment: str) -> None:
    world = promised()
    world.switch.device("anna", Device.IDLE if moment != "due" else Device.UNREACHABLE)
    world.settle()
    if moment in ("agent is briefed", "customer rings", "talking"):
        world.switch.answer_leg("anna")
        world.run(3 if moment != "agent is briefed" else 0.1)
    if moment == "talking":
        world.switch.answer_leg(NUMBER)
        world.run(3)
    world.kill_controller()
    world.run(5)
    world.start_controller()
    if moment == "due":
        world.switch.device("anna", Device.IDLE)
    if moment in ("due", "agent rings"):
        world.settle()
        world.switch.answer_leg("anna")
    world.run(5)
    if moment != "talking":
        world.switch.answer_leg(NUMBER)
        world.run(5)
    agent_leg = next(leg for leg, whom in world.switch.legs.items() if whom == "anna")
    world.switch.end_leg(agent_leg)
    world.run(60)
    assert the_promise(world)["state"] == "done"
    assert world.switch.dialled.count(NUMBER) == 1
    assert len(world.rows) == 2


def test_a_later_wish_that_changes_the_place_is_taken_over() -> None:
    world = promised()
    waiting("+12025550199", "c-2", world)
    [write] = world.promises.values()
    fresh = CallbackMachine.restore(write.snapshot)
    fresh.arrived_at, fresh.revision = NOON - 600, 2
    world.runner.outbound.change(write.id, fresh, world.now)
    world.settle()
    row = the_promise(world)
    assert (row["state"], row["arrived_at"], row["revision"]) == ("due", NOON - 600, 2)
    assert world.runner.router.waiting[row["key"]].arrived_at == NOON - 600


def test_a_later_time_takes_it_out_of_the_line_until_then() -> None:
    world = promised()
    [write] = world.promises.values()
    fresh = CallbackMachine.restore(write.snapshot)
    fresh.not_before = world.now + 3600
    world.runner.outbound.change(write.id, fresh, world.now)
    world.settle()
    assert the_promise(world)["state"] == "requested"
    world.run(3700)
    assert the_promise(world)["state"] == "due"


def test_a_limit_of_the_day_rings_no_agent() -> None:
    world = promised()
    for _ in range(SETTINGS.callbacks.per_number_per_day):
        world.runner.outbound.rules.record(NUMBER, world.now)
    world.switch.device("anna", Device.IDLE)
    world.run(60)
    assert world.switch.dialled == []
    assert the_promise(world)["state"] == "requested"
    assert world.runner.router.agents["anna"].mode == "free"


def customer_first() -> World:
    """A promise of a queue that dials the customer first, and a free agent."""
    raw = SETTINGS.model_dump()
    raw["queues"]["support"]["callback"] = "customer_first"
    world = promised(World(Settings.model_validate(raw), start=NOON))
    world.switch.device("anna", Device.IDLE)
    world.settle()
    return world


def test_customer_first_keeps_the_agent_free_until_the_customer_answers() -> None:
    world = customer_first()
    assert world.switch.dialled == [NUMBER]
    waiting("+12025550199", "c-2", world)
    assert world.rows["c-2"].state == "waiting"
    world.switch.answer_leg(NUMBER)
    world.run(3)
    world.switch.answer("anna")
    world.run(3)
    [call] = [row for name, row in world.rows.items() if name not in ("c-1", "c-2")]
    assert (call.state, call.facts.agent) == ("talking", "anna")
    world.switch.agent_hangs_up("anna")
    world.run(60)
    assert the_promise(world)["state"] == "done"
    assert world.switch.dialled == [NUMBER]


def test_customer_first_who_is_busy_gives_the_agent_back() -> None:
    world = customer_first()
    [leg] = world.switch.legs
    world.switch.end_leg(leg, 17)
    world.settle()
    assert the_promise(world)["last_outcome"] == "busy"
    assert world.runner.router.agents["anna"].mode == "free"


def test_without_a_trunk_no_agent_is_rung_for_a_promise() -> None:
    raw = SETTINGS.model_dump()
    raw["trunk"] = None
    world = promised(World(Settings.model_validate(raw), start=NOON))
    world.switch.device("anna", Device.IDLE)
    world.run(3600)
    assert world.switch.dialled == []
    assert the_promise(world)["state"] == "requested"
    world.run(86400 + 60)
    assert the_promise(world)["state"] == "expired"


# -- the reason ----------------------------------------------------------------------------------------


def asked_why(say_seconds: float = 0.0) -> World:
    world = waiting()
    world.switch.press("c-1", "1")
    world.settle()
    world.switch.say_seconds = say_seconds
    world.switch.press("c-1", "1")
    world.settle()
    assert world.rows["c-1"].state == "reason"
    return world


def test_the_caller_is_asked_why_after_the_promise_stands() -> None:
    world = asked_why(say_seconds=2.0)
    assert the_promise(world)["state"] == "requested", "nobody dials a phone that is in use"
    assert world.switch.channels["c-1"].heard[-1] == "callback-reason"
    world.run(10)
    facts = world.rows["c-1"].facts
    assert facts.reason_from is not None and facts.reason_to is not None
    assert facts.connected_at is None and facts.result == "promised"
    assert facts.reason_to - facts.reason_from == 5, "the prompt and the silence after it"


def test_who_hangs_up_instead_of_saying_why_is_called_back_all_the_same() -> None:
    world = asked_why()
    world.run(1)
    world.switch.hang_up("c-1")
    world.run(5)
    assert the_promise(world)["state"] == "due", "the phone is free: the promise need not wait any longer"
    facts = world.rows["c-1"].facts
    assert facts.result == "promised"
    assert facts.reason_to == facts.ended_at


def test_a_controller_killed_while_the_caller_says_why_thanks_and_goes_on() -> None:
    world = asked_why()
    world.kill_controller()
    world.run(30)
    world.start_controller()
    world.run(10)
    assert world.rows["c-1"].facts.result == "promised"
    assert world.rows["c-1"].facts.reason_to is not None


def test_nobody_is_asked_why_where_the_settings_say_so() -> None:
    settings = SETTINGS.model_copy(update={"callbacks": SETTINGS.callbacks.model_copy(update={"ask_reason": False})})
    world = waiting(world=World(settings, start=NOON))
    for _ in range(2):
        world.switch.press("c-1", "1")
        world.settle()
    assert world.rows["c-1"].state == "closing"
    world.run(10)
    assert the_promise(world)["state"] == "due"


# -- the place of who was cut off --------------------------------------------------------------------------


def test_who_was_cut_off_hears_that_the_place_was_kept() -> None:
    world = waiting()
    arrived_at = world.rows["c-1"].facts.arrived_at
    world.switch.hang_up("c-1")
    world.run(20)
    waiting(name="c-2", world=world)
    assert "redial-place" in world.switch.channels["c-2"].heard
    assert world.runner.router.waiting["c-2"].arrived_at == arrived_at
    assert world.runner.calls["c-2"].memory.place_at == arrived_at


def test_an_agent_may_ask_a_colleague_while_the_customer_is_dialled() -> None:
    """Nobody waits on hold then: there is no call yet."""
    world, _ = customer_rings()
    world.switch.consult("anna", "boris")
    world.switch.press_as_agent("anna", "*9")
    world.settle()
    world.switch.answer_leg(NUMBER)
    world.run(3)
    [call_id] = world.switch.channels
    assert world.rows[call_id].state == "talking"
    assert {move[1] for move in world.rows[call_id].facts.moves} == {"joined"}
