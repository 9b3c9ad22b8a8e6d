"""Other queues, agents and rules while people wait, ring and talk: nobody is lost, nobody is overtaken."""

from random import Random

import pytest

from queueing.agents import AgentMode, Device
from queueing.decisions import Announcement, Kind, Offer, Overflow, Overstay, Reason
from queueing.errors import UnknownAgent, UnknownQueue
from queueing.router import Router
from ringback.config import Settings
from tests.unit.queueing.test_router_properties import SETTINGS, WEIGHTS, RandomFloor, somebody

T = 1_800_000_000.0


def made(**changes: object) -> Settings:
    """Two queues; anna serves both, boris the second."""
    given = {
        "agents": [
            {"name": "anna", "display": "Anna", "extension": "201"},
            {"name": "boris", "display": "Boris", "extension": "202"},
        ],
        "queues": {
            "support": {"name": "Support", "agents": ["anna"]},
            "billing": {"name": "Billing", "agents": ["anna", "boris"]},
        },
    }
    return Settings.model_validate(given | changes)


ONE_QUEUE = made(
    queues={"support": {"name": "Support", "agents": ["anna"]}},
    menus={"main": {"prompt": "menu-main", "operator_queue": "support", "options": {"1": {"label": "x", "say": "y"}}}},
)
NO_BORIS = made(
    agents=[{"name": "anna", "display": "Anna", "extension": "201"}],
    queues={
        "support": {"name": "Support", "agents": ["anna"]},
        "billing": {"name": "Billing", "agents": ["anna"]},
    },
)


def to_support(_call: str, _queue: str) -> str:
    return "support"


@pytest.fixture
def router() -> Router:
    return Router(made())


def test_who_waits_in_a_queue_that_goes_keeps_the_place_in_another(router: Router) -> None:
    router.join("first", "billing", T, T + 5)
    router.join("second", "support", T + 1, T + 5)
    router.join("third", "billing", T + 2, T + 5)
    moved = router.take_settings(ONE_QUEUE, to_support, T + 6)
    assert moved == [
        Overflow("first", "support", Reason.QUEUE_GONE, "billing"),
        Overflow("third", "support", Reason.QUEUE_GONE, "billing"),
    ]
    assert router.calls_in("support") == ["first", "second", "third"]
    assert router.device("anna", Device.IDLE, T + 7) == [Offer("first", "anna")]


def test_a_promise_whose_queue_goes_waits_on_without_a_word(router: Router) -> None:
    router.join("promise", "billing", T, T, kind=Kind.CALLBACK)
    assert router.take_settings(ONE_QUEUE, to_support, T + 1) == []
    assert router.device("anna", Device.IDLE, T + 2) == [Offer("promise", "anna", kind=Kind.CALLBACK)]


def test_a_talk_in_a_queue_that_goes_goes_on_to_its_wrap_up(router: Router) -> None:
    router.device("anna", Device.IDLE, T)
    router.join("call", "billing", T, T)
    router.connected("call", "anna", T + 1)
    router.take_settings(ONE_QUEUE, to_support, T + 2)
    assert router.agents["anna"].mode is AgentMode.TALKING
    router.leave("call", T + 60)
    assert router.agents["anna"].mode is AgentMode.WRAP_UP


@pytest.mark.parametrize("answers", [True, False])
def test_an_agent_who_goes_finishes_the_call_that_rings(router: Router, answers: bool) -> None:
    router.device("boris", Device.IDLE, T)
    router.join("call", "billing", T, T)
    router.take_settings(NO_BORIS, to_support, T + 1)
    assert router.agents["boris"].mode is AgentMode.RINGING
    if answers:
        router.connected("call", "boris", T + 2)
        assert router.agents["boris"].mode is AgentMode.TALKING
        assert [agent.name for agent in router.take_changes()] == ["anna", "boris"]
        router.leave("call", T + 60)
    else:
        router.missed("call", "billing", T, "boris", T + 20)
        assert router.calls_in("billing") == ["call"], "the caller keeps the place"
    assert "boris" not in router.agents
    assert [agent.name for agent in router.take_left()] == ["boris"]
    assert [agent.name for agent in router.take_changes()] in (["anna"], [])
    with pytest.raises(UnknownAgent):
        router.login("boris", T + 61)


def test_an_idle_agent_who_goes_is_gone_at_once_and_may_come_back(router: Router) -> None:
    router.device("boris", Device.IDLE, T)
    router.take_settings(NO_BORIS, to_support, T + 1)
    assert list(router.agents) == ["anna"]
    assert router.join("call", "billing", T + 2, T + 2) == []
    router.take_settings(made(), to_support, T + 3)
    assert router.agents["boris"].mode is AgentMode.AWAY, "the phone is to be heard of first"
    assert router.device("boris", Device.IDLE, T + 4) == [Offer("call", "boris")]


def test_new_queues_and_agents_serve_at_once() -> None:
    router = Router(ONE_QUEUE)
    with pytest.raises(UnknownQueue):
        router.join("early", "billing", T, T)
    router.take_settings(made(), to_support, T + 1)
    router.join("call", "billing", T + 2, T + 2)
    assert router.device("boris", Device.IDLE, T + 3) == [Offer("call", "boris")]


def test_skills_needs_and_queues_of_agents_are_those_of_now(router: Router) -> None:
    needing = {"name": "Support", "agents": ["anna", "boris"], "needs": [{"skill": "english", "level": 50}]}
    able = {"name": "boris", "display": "Boris", "extension": "202", "skills": {"english": 80}}
    router.device("anna", Device.IDLE, T)
    router.device("boris", Device.IDLE, T)
    router.pause("anna", "coffee", T)
    router.join("call", "support", T, T)
    settings = made(
        agents=[{"name": "anna", "display": "Anna", "extension": "201"}, able],
        queues={"support": needing, "billing": {"name": "Billing", "agents": ["anna"]}},
    )
    assert router.take_settings(settings, to_support, T + 1) == [Offer("call", "boris")]
    assert router.agents["anna"].paused == "coffee"


def test_limits_are_those_of_now(router: Router) -> None:
    router.join("call", "support", T, T)
    limited = {"name": "Support", "agents": ["anna"], "longest_wait": {"seconds": 30, "to": "callback"}}
    settings = made(queues={"support": limited, "billing": {"name": "Billing", "agents": ["anna"]}})
    router.take_settings(settings, to_support, T + 10)
    assert router.tick(T + 29) == [Announcement("call", 1)]
    assert router.tick(T + 30) == [Overflow("call", "callback", Reason.LONGEST_WAIT, "support")]


def test_a_pause_has_the_limit_of_now_and_is_reported_once(router: Router) -> None:
    router.device("anna", Device.IDLE, T)
    router.pause("anna", "coffee", T)
    router.take_settings(made(pause_limits={"coffee": 60}), to_support, T + 90)
    assert router.tick(T + 90) == [Overstay("anna", "coffee", T)]
    router.take_settings(made(pause_limits={"coffee": 80}), to_support, T + 95)
    assert router.tick(T + 95) == []


SMALLER = SETTINGS.model_copy(
    update={
        "agents": SETTINGS.agents[:2],
        "queues": {
            name: queue.model_copy(
                update={"agents": [n for n in queue.agents if n in ("anna", "boris")], "longest_wait": None}
            )
            for name, queue in SETTINGS.queues.items()
            if name != "billing"
        },
    }
)
SKILLED = SETTINGS.model_copy(
    update={"agents": [agent.model_copy(update={"skills": {"english": 90}}) for agent in SETTINGS.agents]}
)


@pytest.mark.parametrize("seed", range(4))
def test_a_long_day_on_which_settings_change(seed: int) -> None:
    """As any busy day (`test_router_properties.py`), with other queues and agents every few moments."""
    random, floor = Random(seed), RandomFloor()
    versions = [SETTINGS, SMALLER, SKILLED]
    for step in range(1500):
        floor.now += random.choice([0.0, 0.0, random.expovariate(1 / 4)])
        if step % 25 == 24:
            floor.do("take_settings", random.choice(versions), to_support, floor.now, twin_every=10**9)
        what = random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        try:
            name, args, more = somebody(random, floor, what)
            floor.do(name, *args, twin_every=10**9, **more)
        except (UnknownAgent, UnknownQueue):
            assert floor.router.settings is SMALLER, "all that is named is there"
        if len(floor.router.waiting) > 40:
            floor.do("leave", random.choice(sorted(floor.router.waiting)), floor.now, twin_every=10**9)
        assert floor.router.agents.keys() >= {agent.name for agent in floor.router.settings.agents}
        known = {agent.name for agent in floor.router.settings.agents}
        assert all(agent.call for agent in floor.router.agents.values() if agent.name not in known)
    assert floor.callers > 200
