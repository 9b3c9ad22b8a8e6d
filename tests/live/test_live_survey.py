"""Surveys on the real Asterisk, as SIP calls: after transfers, with words of one's own, and who is not asked."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from app.trial.ports import LOOPBACK, free_port
from app.trial.trial import until
from callback.models import Callback
from calls.models import Call
from pbx import asterisk
from survey.models import SurveyRun
from survey.service import run_of
from tests.live.test_live_scenarios import LiveStage
from tests.support.installation import SECONDS, Installation, speech
from tests.support.survey_scenarios import CHANGES, SURVEY_SCENARIOS, passed_on_and_asked_everything
from tickets.models import TicketEntry

FOLLOW_UP_SECONDS = 15 * 60
WORKER_SECONDS = 120


@pytest.fixture(scope="module")
def nobody() -> int:
    """The port of a provider that is not there: nobody is called in these tests."""
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture
def house(house_with: Callable[[dict[str, Any]], Installation], nobody: int) -> Installation:
    return house_with({**CHANGES, "trunk": {"host": LOOPBACK, "port": nobody}})


def run(house: Installation, call_id: str) -> SurveyRun:
    with house.trial.sessions()() as session:
        found = run_of(session, call_id)
    assert found is not None
    return found


@pytest.mark.parametrize(("script", "facts"), SURVEY_SCENARIOS, ids=lambda value: getattr(value, "__name__", ""))
def test_survey(house: Installation, program: asterisk.AsteriskProgram, script: Any, facts: dict[str, Any]) -> None:
    stage = LiveStage(house, speech(program.share, "vm-newpassword"))
    with stage.end:
        ended = script(stage)
        assert {name: ended[name] for name in facts} == facts
        call = house.call_row(stage.number_of("carol"))
        found = run(house, call.call_id)
        assert (found.outcome, found.agent) == (facts["outcome"], facts["agent"])
        if script is passed_on_and_asked_everything:
            _everything_follows(house, call, found)


def _everything_follows(house: Installation, call: Call, found: SurveyRun) -> None:
    """The words are in the recording, a call is promised, and the ticket tells the poor answer with its seconds."""
    assert found.comment_from is not None and found.comment_to is not None
    assert 2 < found.comment_to - found.comment_from < 20
    recording = house.wait_recording(call.call_id, "stored")
    assert recording.seconds is not None and found.comment_to < recording.seconds
    with house.trial.sessions()() as session:
        promise = session.scalars(select(Callback).where(Callback.asked_call_id == call.call_id)).one()
    assert (promise.source, promise.number, promise.queue) == ("survey", call.caller_number, call.queue)
    assert promise.notes == "Solved? No\nFriendly? Yes"
    assert call.ended_at is not None
    assert FOLLOW_UP_SECONDS - 30 < (promise.due_at - call.ended_at).total_seconds() < FOLLOW_UP_SECONDS + 30

    def told() -> str | None:
        with house.trial.sessions()() as session:
            return session.scalar(select(TicketEntry.text).where(TicketEntry.source_key == f"poor:{call.call_id}"))

    entry = until("the ticket to tell the poor answer", WORKER_SECONDS, told)
    assert entry.startswith("A poor answer in the survey: Solved? No.") and "Passed on at" in entry


def test_a_number_is_asked_once_in_a_week(house: Installation) -> None:
    first = house.dial("1003")
    anna = house.sign_in("anna")
    first.press("1")
    house.talk(first, anna)
    anna.hangup()
    first.hear("survey-solved")
    first.press("1")
    first.hear("redial-place")
    first.phone.hangup()
    asked = house.wait_ended(first.number)
    assert run(house, asked.call_id).outcome == "answered"
    with house.trial.sessions().begin() as session:  # of one number there is one call for the helpers of these tests
        session.execute(update(Call).where(Call.call_id == asked.call_id).values(caller_number="before"))

    again = house.dial("1003", number=first.number)
    again.press("1")
    house.wait_agent("anna", "ringing")
    house.talk(again, anna)
    anna.hangup()
    again.hear("goodbye")
    again.phone.wait("disconnected", SECONDS)
    call = house.wait_settled(again.number)
    assert call.survey_outcome is None
    found = run(house, call.call_id)
    assert (found.outcome, found.not_asked) == ("not_asked", "lately")
