"""The waiting line: who gets whom, and when."""

import pytest

from queueing.router import AgentMode, Announcement, Device, Offer, Router
from ringback.config import Settings

SETTINGS = Settings.model_validate(
    {
        "queues": {
            "support": {"name": "Support", "agents": ["anna", "boris"]},
            "billing": {"name": "Billing", "agents": ["boris"]},
        }
    }
)
T = 1_800_000_000.0


def router_with(*agents: str) -> Router:
    router = Router(SETTINGS)
    for number, agent in enumerate(agents):
        assert router.device(agent, Device.IDLE, T + number) == []
    return router


def test_the_longest_waiting_is_next() -> None:
    router = router_with()
    router.join("late", "support", T + 2, T + 2)
    router.join("early", "support", T + 1, T + 3)
    assert router.device("anna", Device.IDLE, T + 4) == [Offer("early", "anna")]
    assert router.device("boris", Device.IDLE, T + 5) == [Offer("late", "boris")]


def test_the_longest_idle_agent_is_next() -> None:
    router = router_with("boris", "anna")
    assert router.join("a", "support", T + 5, T + 5) == [Offer("a", "boris")]


def test_an_agent_serves_only_the_own_queues() -> None:
    router = router_with("anna")
    assert router.join("a", "billing", T, T) == []
    assert router.join("b", "support", T + 1, T + 1) == [Offer("b", "anna")]


def test_who_misses_is_paused_and_the_caller_keeps_the_place() -> None:
    router = router_with("anna")
    router.join("early", "support", T, T)
    router.join("late", "support", T + 1, T + 1)
    assert router.missed("early", "support", T, "anna", T + 20) == []
    assert (router.agents["anna"].mode, router.agents["anna"].paused) == (AgentMode.PAUSED, "missed")
    assert router.device("boris", Device.IDLE, T + 21) == [Offer("early", "boris")]
    assert router.resume("anna", T + 22) == [Offer("late", "anna")]


def test_after_a_talk_comes_wrap_up() -> None:
    router = router_with("anna")
    router.join("a", "support", T, T)
    router.connected("a", "anna", T + 5)
    router.join("b", "support", T + 6, T + 6)
    assert router.leave("a", T + 60) == []
    assert router.agents["anna"].mode is AgentMode.WRAP_UP
    assert router.next_timer() == T + 26  # b hears the position first
    assert router.tick(T + 75) == [Offer("b", "anna")]


def test_who_hung_up_while_it_rang_costs_the_agent_nothing() -> None:
    router = router_with("anna")
    router.join("a", "support", T, T)
    router.join("b", "support", T + 1, T + 1)
    assert router.leave("a", T + 5) == [Offer("b", "anna")]


def test_the_position_is_told_at_20_s_and_then_every_minute() -> None:
    router = router_with()
    router.join("a", "support", T, T)
    router.join("b", "support", T + 1, T + 1)
    assert router.tick(T + 19) == []
    assert router.tick(T + 21) == [Announcement("a", 1), Announcement("b", 2)]
    assert router.tick(T + 22) == []
    assert router.next_timer() == T + 81


def test_a_phone_in_use_elsewhere_is_busy() -> None:
    router = router_with("anna")
    router.device("anna", Device.IN_USE, T)
    assert router.agents["anna"].mode is AgentMode.BUSY
    assert router.join("a", "support", T, T) == []


def test_a_pause_is_told_even_while_the_phone_is_away() -> None:
    router = router_with()
    router.tick(T)
    router.take_changes()
    router.pause("anna", "lunch", T)
    assert [(agent.name, agent.mode, agent.paused) for agent in router.take_changes()] == [
        ("anna", AgentMode.AWAY, "lunch")
    ]


@pytest.mark.parametrize("act", ["pause", "resume"])
def test_an_agent_who_does_not_exist_is_an_error(act: str) -> None:
    router = router_with()
    with pytest.raises(KeyError):
        router.pause("nobody", "x", T) if act == "pause" else router.resume("nobody", T)
