"""What agents did, and how legs sounded: written once each, by whichever controller."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from calls import service as calls
from calls.models import AgentStateChange, LegQuality
from calls.quality import Direction, Quality
from controller.simulated import World
from controller.store import ControllerStore
from ivr.events import HungUp
from pbx.reports import ChannelEvent
from queueing.router import Device
from ringback.config import Settings
from ringback.store.alarms import standing_alarms

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
SETTINGS = Settings.model_validate(
    {
        "queues": {
            "support": {"name": "Support", "agents": ["anna"], "wrap_up_seconds": 15},
            "billing": {"name": "Billing", "agents": ["anna"]},
        },
        "agents": [{"name": "anna", "display": "Anna", "extension": "201"}],
    }
)
GOOD = Quality(Direction(0.0, 0.001), Direction(0.25, 0.002), 0.04)


@pytest.fixture
def engine(store: sessionmaker[Session]) -> Engine:
    bind = store.kw["bind"]
    assert isinstance(bind, Engine)
    return bind


def changes(engine: Engine) -> list[tuple[float, str, str | None, bool]]:
    """Seconds since noon, state, reason and whether the phone could be reached, of anna."""
    with Session(engine) as session:
        rows = session.scalars(select(AgentStateChange).order_by(AgentStateChange.at, AgentStateChange.id)).all()
        assert {row.agent for row in rows} == {"anna"}
        return [(round(row.at.timestamp() - NOON, 3), row.state, row.reason, row.reachable) for row in rows]


def world_of(engine: Engine) -> World:
    controller_store = ControllerStore(engine, SETTINGS)
    controller_store.unfinished()
    return World(SETTINGS, start=NOON, write=controller_store.write)


def talk(world: World) -> None:
    """c-1 talks with anna."""
    world.switch.device("anna", Device.IDLE)
    world.switch.dial("c-1", "1000", "+12025550123", "Carol")
    world.settle()
    world.switch.press("c-1", "1")
    world.run(5)
    world.switch.answer("anna")
    world.run(10)


def test_every_change_of_an_agent_is_one_row(engine: Engine) -> None:
    world = world_of(engine)
    talk(world)
    world.runner.pause("anna", "lunch", world.now)
    world.run(5)
    world.switch.agent_hangs_up("anna")
    world.run(20)
    world.runner.resume("anna", world.now)
    world.run(5)
    world.runner.login("anna", world.now, ["billing"])
    world.run(5)
    world.switch.device("anna", Device.UNREACHABLE)
    world.run(5)
    world.runner.logout("anna", world.now)
    world.run(5)
    world.switch.device("anna", Device.IDLE)
    world.run(5)
    assert changes(engine) == [
        (0, "free", None, True),
        (0, "ringing", None, True),
        (5, "talking", None, True),
        (15, "talking", "lunch", True),
        (20, "paused", "lunch", True),
        (40, "free", None, True),
        (45, "free", None, True),
        (50, "away", None, False),
        (55, "logged out", None, False),
        (60, "logged out", None, True),
    ]
    with Session(engine) as session:
        queues = [row.queues for row in session.scalars(select(AgentStateChange).order_by(AgentStateChange.at))]
    assert queues[5:7] == [["billing", "support"], ["billing"]]


def test_a_restart_is_no_change_of_an_agent(engine: Engine) -> None:
    world = world_of(engine)
    talk(world)
    before = changes(engine)
    world.kill_controller()
    again = ControllerStore(engine, SETTINGS)
    again.unfinished()
    world._write = again.write
    world.run(3)
    world.start_controller()
    world.run(3)
    assert changes(engine) == before


def test_what_asterisk_knows_of_a_leg_is_written_with_its_call(engine: Engine) -> None:
    world = world_of(engine)
    talk(world)
    world.runner.feed([ChannelEvent("anna's phone", HungUp(world.now, "", 16), GOOD)], world.now)
    world.runner.feed([ChannelEvent("somebody", HungUp(world.now, "", 16), GOOD)], world.now)
    world.settle()
    only_received = Quality(Direction(0.5, 0.0), None, None)
    world.runner.feed([ChannelEvent("c-1", HungUp(world.now + 1, "", 16), only_received)], world.now)
    world.run(5)
    with Session(engine) as session:
        legs = {leg.agent: leg for leg in session.scalars(select(LegQuality))}
        documents = calls.quality_document(session, "c-1")
    assert {leg.call_id for leg in legs.values()} == {"c-1"}
    assert (legs["anna"].sent_lost, legs["anna"].round_trip) == (0.25, 0.04)
    assert 4.3 < (legs["anna"].received_mos or 0) < 4.45
    assert (legs["anna"].sent_mos or 0) < (legs["anna"].received_mos or 0)
    assert (legs[None].received_lost, legs[None].sent_lost, legs[None].sent_mos) == (0.5, None, None)
    assert [document["agent"] for document in documents] == [None, "anna"]


def test_a_leg_whose_end_is_told_twice_is_one_row(engine: Engine) -> None:
    world = world_of(engine)
    talk(world)
    for _ in range(2):
        world.runner.feed([ChannelEvent("c-1", HungUp(world.now, "", 16), GOOD)], world.now)
        world.settle()
    world.runner.feed([ChannelEvent("c-1", HungUp(world.now, "", 16), GOOD)] * 2, world.now)
    world.run(5)
    with Session(engine) as session:
        assert [leg.channel for leg in session.scalars(select(LegQuality))] == ["c-1"]
        assert standing_alarms(session) == []


def test_no_figures_are_no_row(engine: Engine) -> None:
    world = world_of(engine)
    talk(world)
    world.switch.hang_up("c-1")
    world.run(5)
    with Session(engine) as session:
        assert session.scalars(select(LegQuality)).all() == []


def test_after_a_restart_a_leg_is_still_known_as_the_agents(engine: Engine) -> None:
    world = world_of(engine)
    talk(world)
    world.kill_controller()
    world.start_controller()
    world.runner.feed([ChannelEvent("anna's phone", HungUp(world.now, "", 16), GOOD)], world.now)
    world.settle()
    with Session(engine) as session:
        assert [leg.agent for leg in session.scalars(select(LegQuality))] == ["anna"]
