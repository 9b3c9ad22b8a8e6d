"""Agents' phones as they are, on the real Asterisk: several of one agent, phones that redirect, phones that refuse."""

from tests.support.installation import SECONDS, CallerPhone, Installation
from tests.support.stranger import Stranger


def in_line(house: Installation, line: str = "1003") -> CallerPhone:
    caller = house.dial(line)
    caller.hear("digit-5")
    caller.press("1")
    house.wait_call(caller.number, "waiting")
    return caller


def test_all_phones_of_an_agent_ring_and_whichever_answers_has_the_caller(house: Installation) -> None:
    caller = in_line(house)
    desk = house.sign_in("anna", "ringing", "talking")
    desk.wait("incoming", SECONDS)
    desk.hangup(480)
    house.wait_agent("anna", "paused")
    pocket = house.sign_in("anna", "paused")
    desk.forget("incoming")
    house.resume("anna")
    for phone in (desk, pocket):
        phone.wait("incoming", SECONDS)
    desk.answer()
    desk.wait("confirmed", SECONDS)
    pocket.wait("disconnected", SECONDS)
    assert house.wait_call(caller.number, "talking").agent == "anna"
    caller.phone.hangup()
    house.wait_ended(caller.number)


def test_a_phone_that_sends_the_caller_on_has_declined_and_nobody_is_rung_behind_our_back(house: Installation) -> None:
    boris = house.sign_in("boris")
    house.pause("boris")
    caller = in_line(house)
    anna = house.sign_in("anna", "ringing")
    anna.wait("incoming", SECONDS)
    anna.redirect(house.trial.uri("202"))
    assert house.wait_agent("anna", "paused").reason == "missed"
    call = house.wait_call(caller.number, "waiting")
    assert boris.seen("incoming") == 0
    refusals = [event.data["how"] for event in house.events_of(call.call_id) if event.kind == "AgentRefused"]
    assert "unanswered" in refusals
    house.resume("boris")
    house.talk(caller, boris)
    caller.phone.hangup()
    assert house.wait_ended(caller.number).agent == "boris"


def test_a_phone_that_is_busy_is_not_paused_and_gets_the_caller_a_little_later(house: Installation) -> None:
    caller = in_line(house)
    anna = house.sign_in("anna", "ringing")
    anna.wait("incoming", SECONDS)
    anna.hangup(486)
    assert house.wait_agent("anna", "busy").reason is None
    house.wait_agent("anna", "ringing", seconds=2 * SECONDS)
    house.talk(caller, anna)
    caller.phone.hangup()
    assert house.wait_ended(caller.number).result == "served"


def test_a_transfer_to_a_number_that_is_nothing_is_refused_and_the_talk_goes_on(house: Installation) -> None:
    anna = house.sign_in("anna")
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    call = house.talk(caller, anna)
    for number in ("999", "+12025550199", "1000", "*11"):
        assert anna.transfer(house.trial.uri(number)) >= 400, number
    now = house.wait_call(caller.number, "talking")
    assert (now.call_id, now.agent) == (call.call_id, "anna")
    assert anna.seen("disconnected") == 0
    anna.hangup()
    caller.hear("survey-solved")
    caller.phone.hangup()
    assert house.wait_ended(caller.number).result == "served"


def test_nobody_takes_a_ringing_call_from_a_colleagues_phone_by_star_8(house: Installation) -> None:
    anna = house.sign_in("anna")
    boris = house.sign_in("boris")
    house.pause("boris")
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    anna.wait("incoming", SECONDS)
    for code in ("*8", "*8201"):
        boris.call(house.trial.uri(code))
        assert boris.wait("disconnected", SECONDS)["code"] == 404, code
    assert boris.seen("confirmed") == 0
    with Stranger(house.trial.settings.sip.port) as stranger:
        assert stranger.ask("INVITE", "stranger", house.trial.uri("*8")).startswith("SIP/2.0 401")
    assert house.wait_call(caller.number, "offered").agent is None
    anna.answer()
    assert house.wait_call(caller.number, "talking").agent == "anna"
    caller.phone.hangup()
    assert house.wait_ended(caller.number).agent == "anna"
