"""What came of surveys as rows on both databases, and what is known of a number from then on."""

from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from controller.simulated import World
from controller.store import ControllerStore
from ivr.events import SurveyKnown
from queueing.router import Device
from ringback.config import Settings
from survey.models import SurveyAnswer, SurveyOptOut, SurveyRun
from survey.service import may_be_asked_again, wish_of

NUMBER = "+12025550123"
OPTIONS: dict[str, Any] = {"1": {"label": "Yes", "means": "good"}, "2": {"label": "No", "means": "poor"}}
SETTINGS = Settings.model_validate(
    {
        "trunk": {"host": "sip.example.com"},
        "callbacks": {"hours": "00:00-24:00", "allowed_prefixes": ["+1"]},
        "surveys": {
            "solved": {
                "questions": [
                    {"name": name, "question": "Well?", "prompt": "survey-solved", "options": OPTIONS}
                    for name in ("solved", "friendly")
                ],
                "comment": {},
                "follow_up": {},
            }
        },
    }
)


@pytest.fixture
def engine(store: sessionmaker[Session]) -> Engine:
    bind = store.kw["bind"]
    assert isinstance(bind, Engine)
    return bind


def store_of(engine: Engine) -> ControllerStore:
    return ControllerStore(engine, SETTINGS, "key")


def talk_over(controller_store: ControllerStore, number: str = NUMBER) -> World:
    """Anna has hung up, and the caller hears the first question."""
    world = World(SETTINGS, write=controller_store.write)
    world.switch.device("anna", Device.IDLE)
    world.switch.dial("c-1", "1000", number)
    world.settle()
    world.switch.press("c-1", "1")
    world.settle()
    world.switch.answer("anna")
    world.run(5)
    world.switch.agent_hangs_up("anna")
    world.run(3)
    return world


def press(world: World, *keys: str) -> None:
    for key in keys:
        world.switch.press("c-1", key)
        world.run(2)


def run_of(engine: Engine) -> SurveyRun:
    with Session(engine) as session:
        return session.scalars(select(SurveyRun)).one()


def told(controller_store: ControllerStore, number: str) -> list[SurveyKnown]:
    """What the next call from this number is told of surveys."""
    return [event for event in controller_store.who_calls(number, 0.0) if isinstance(event, SurveyKnown)]


def answers_of(engine: Engine) -> list[tuple[str, str, str | None]]:
    with Session(engine) as session:
        rows = session.scalars(select(SurveyAnswer).order_by(SurveyAnswer.at))
        return [(row.name, row.key, row.means) for row in rows]


def test_a_survey_is_a_run_with_its_answers(engine: Engine) -> None:
    world = talk_over(store_of(engine))
    assert (run_of(engine).outcome, run_of(engine).agent, run_of(engine).queue) == ("offered", "anna", "support")
    press(world, "1")
    assert answers_of(engine) == [("solved", "1", "good")], "what was answered is there while the next one is asked"
    press(world, "2")
    world.run(60)
    run = run_of(engine)
    assert (run.survey, run.outcome, run.poor, run.follow_up) == ("solved", "answered", True, False)
    assert run.comment_from is not None and run.comment_to is not None
    assert 0 < run.comment_from < run.comment_to < 60
    assert answers_of(engine) == [("solved", "1", "good"), ("friendly", "2", "poor")]
    with Session(engine) as session:
        assert session.scalars(select(Call.survey_outcome)).one() == "answered"


def test_a_controller_that_dies_in_a_survey_leaves_no_row_twice(engine: Engine) -> None:
    world = talk_over(store_of(engine))
    press(world, "1")
    again = store_of(engine)
    [(snapshot, _)] = again.unfinished()
    assert [answer["key"] for answer in snapshot["facts"]["survey_answers"]] == ["1"]
    world._write = again.write
    press(world, "2")
    world.run(60)
    assert answers_of(engine) == [("solved", "1", "good"), ("friendly", "2", "poor")]
    assert run_of(engine).outcome == "answered"
    assert again.unfinished() == []


def test_an_opt_out_is_known_of_the_number_until_it_is_taken_back(engine: Engine) -> None:
    controller_store = store_of(engine)
    world = talk_over(controller_store)
    press(world, "9")
    world.run(30)
    [known] = told(controller_store, NUMBER)
    assert (known.opted_out, known.asked_at) == (True, run_of(engine).at.timestamp())
    assert told(controller_store, "+12025550124") == []
    caller = run_of(engine).caller
    assert caller is not None and NUMBER not in caller
    with Session(engine) as session, session.begin():
        assert session.scalars(select(SurveyOptOut.caller)).all() == [caller]
        assert may_be_asked_again(session, caller)
        assert not may_be_asked_again(session, caller)
        assert not wish_of(session, caller).opted_out


@pytest.mark.parametrize("number", ["201", "anonymous", ""])
def test_who_has_no_number_outside_is_asked_each_time(engine: Engine, number: str) -> None:
    world = talk_over(store_of(engine), number)
    press(world, "9")
    world.run(30)
    assert (run_of(engine).outcome, run_of(engine).caller) == ("opted_out", None)
    with Session(engine) as session:
        assert session.scalars(select(SurveyOptOut)).all() == []


def test_why_a_caller_was_not_asked_is_a_row_too_and_asks_nobody(engine: Engine) -> None:
    controller_store = store_of(engine)
    world = World(SETTINGS, write=controller_store.write)
    world.switch.device("anna", Device.IDLE)
    world.switch.dial("c-1", "1000", NUMBER)
    world.settle()
    world.runner._receive("c-1", SurveyKnown(world.now, asked_at=world.now - 3600), world.now)
    press(world, "1")
    world.switch.answer("anna")
    world.run(5)
    world.switch.agent_hangs_up("anna")
    world.run(30)
    run = run_of(engine)
    assert (run.survey, run.outcome, run.not_asked, run.agent) == ("solved", "not_asked", "lately", "anna")
    assert told(controller_store, NUMBER) == [], "to be not asked is not to be asked"
