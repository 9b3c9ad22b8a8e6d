"""The waiting line: who gets whom, and when."""

import pytest

from queueing.router import AgentMode, Announcement, Device, Line, Offer
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


def line_with(*agents: str) -> Line:
    line = Line(SETTINGS)
    for number, agent in enumerate(agents):
        assert line.device(agent, Device.IDLE, T + number) == []
    return line


def test_the_longest_waiting_is_next() -> None:
    line = line_with()
    line.join("late", "support", T + 2, T + 2)
    line.join("early", "support", T + 1, T + 3)
    assert line.device("anna", Device.IDLE, T + 4) == [Offer("early", "anna")]
    assert line.device("boris", Device.IDLE, T + 5) == [Offer("late", "boris")]


def test_the_longest_idle_agent_is_next() -> None:
    line = line_with("boris", "anna")
    assert line.join("a", "support", T + 5, T + 5) == [Offer("a", "boris")]


def test_an_agent_serves_only_the_own_queues() -> None:
    line = line_with("anna")
    assert line.join("a", "billing", T, T) == []
    assert line.join("b", "support", T + 1, T + 1) == [Offer("b", "anna")]


def test_who_misses_is_paused_and_the_caller_keeps_the_place() -> None:
    line = line_with("anna")
    line.join("early", "support", T, T)
    line.join("late", "support", T + 1, T + 1)
    assert line.missed("early", "support", T, "anna", T + 20) == []
    assert (line.agents["anna"].mode, line.agents["anna"].paused) == (AgentMode.PAUSED, "missed")
    assert line.device("boris", Device.IDLE, T + 21) == [Offer("early", "boris")]
    assert line.resume("anna", T + 22) == [Offer("late", "anna")]


def test_after_a_talk_comes_wrap_up() -> None:
    line = line_with("anna")
    line.join("a", "support", T, T)
    line.connected("a", "anna", T + 5)
    line.join("b", "support", T + 6, T + 6)
    assert line.leave("a", T + 60) == []
    assert line.agents["anna"].mode is AgentMode.WRAP_UP
    assert line.next_timer() == T + 26  # b hears the position first
    assert line.tick(T + 75) == [Offer("b", "anna")]


def test_who_hung_up_while_it_rang_costs_the_agent_nothing() -> None:
    line = line_with("anna")
    line.join("a", "support", T, T)
    line.join("b", "support", T + 1, T + 1)
    assert line.leave("a", T + 5) == [Offer("b", "anna")]


def test_the_position_is_told_at_20_s_and_then_every_minute() -> None:
    line = line_with()
    line.join("a", "support", T, T)
    line.join("b", "support", T + 1, T + 1)
    assert line.tick(T + 19) == []
    assert line.tick(T + 21) == [Announcement("a", 1), Announcement("b", 2)]
    assert line.tick(T + 22) == []
    assert line.next_timer() == T + 81


def test_a_phone_in_use_elsewhere_is_busy() -> None:
    line = line_with("anna")
    line.device("anna", Device.IN_USE, T)
    assert line.agents["anna"].mode is AgentMode.BUSY
    assert line.join("a", "support", T, T) == []


def test_a_pause_is_told_even_while_the_phone_is_away() -> None:
    line = line_with()
    line.tick(T)
    line.take_changes()
    line.pause("anna", "lunch", T)
    assert [(agent.name, agent.mode, agent.paused) for agent in line.take_changes()] == [
        ("anna", AgentMode.AWAY, "lunch")
    ]


@pytest.mark.parametrize("act", ["pause", "resume"])
def test_an_agent_who_does_not_exist_is_an_error(act: str) -> None:
    line = line_with()
    with pytest.raises(KeyError):
        line.pause("nobody", "x", T) if act == "pause" else line.resume("nobody", T)
