"""Keys as phones send them: pressed twice, again and again, and typed ahead, by real phones on the real Asterisk."""

from tests.support.installation import SECONDS, Installation


def test_keys_again_and_again_promise_nothing_that_was_not_heard(house: Installation) -> None:
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1111")
    call = house.wait_call(caller.number, "waiting")
    after = caller.hear("please-wait")
    house.wait_event(call.call_id, "KeyPressed")
    assert house.wait_call(caller.number, "waiting").result is None, "nobody asked for a callback"
    caller.press("1")
    after = caller.hear("fallback-number", after=after)
    caller.press("11")
    after = caller.hear("digit-2", "fallback-confirm", after=after)
    assert house.wait_call(caller.number, "callback").result is None, "no key counts before the number was heard"
    caller.press("1")
    caller.hear("callback-reason", after=after)
    caller.phone.hangup()
    assert house.wait_ended(caller.number).result == "promised"


def test_a_key_in_the_notice_answers_the_menu_and_the_notice_is_heard_to_its_end(house: Installation) -> None:
    caller = house.dial("1000")
    caller.press("2")
    call = house.wait_call(caller.number, "waiting")
    assert call.queue == "billing"
    caller.hear("notice", last=True)
    assert not caller.heard("welcome")
    caller.phone.hangup()
    house.wait_ended(caller.number)


def test_a_key_as_the_agent_hangs_up_is_no_answer(house: Installation) -> None:
    anna = house.sign_in("anna")
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    call = house.talk(caller, anna)
    anna.hangup()
    caller.press("1")
    caller.hear("survey-solved", last=True, seconds=SECONDS * 3)
    assert house.answers_of(call.call_id) == []
    caller.press("2")
    caller.hear("survey-thanks")
    house.wait_ended(caller.number)
    assert house.answers_of(call.call_id) == ["2"]
