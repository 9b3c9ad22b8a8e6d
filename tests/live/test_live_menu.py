"""The menu on the real switch: keys cut prompts, tries are counted apart, nobody is left alone."""

from tests.support.installation import SECONDS, Installation


def test_any_key_cuts_the_prompt(house: Installation) -> None:
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    call = house.wait_call(caller.number, "waiting")
    caller.phone.hangup()
    caller.phone.wait("disconnected", SECONDS)
    assert not caller.heard("menu-main")
    assert [step["key"] for step in call.menu_path] == ["1"]
    assert house.wait_ended(caller.number).result == "abandoned"


def test_wrong_keys_and_silences_are_counted_apart(house: Installation) -> None:
    caller = house.dial("1002")
    after = caller.hear("welcome")
    for _ in range(2):
        caller.press("9")
        after = caller.hear("menu-invalid", after=after + 0.5)
    for _ in range(2):
        after = caller.hear("menu-silent", after=after + 0.5)
    caller.press("1")
    call = house.wait_call(caller.number, "waiting")
    assert [step["key"] for step in call.menu_path] == ["1"]
    assert not caller.heard("to-person")


def test_an_agent_who_does_not_answer_costs_the_caller_nothing(house: Installation) -> None:
    anna = house.sign_in("anna")
    caller = house.dial("1003")
    caller.hear("welcome")
    caller.press("1")
    anna.wait("incoming", SECONDS)
    before = house.wait_call(caller.number, "offered")
    anna.wait("disconnected", SECONDS)  # rang for the queue's ring_seconds in vain
    waiting = house.wait_call(caller.number, "waiting")
    assert waiting.queued_at == before.queued_at, "the place in line is kept"
    assert house.wait_agent("anna", "paused").reason == "missed"

    boris = house.sign_in("boris", "ringing")
    house.talk(caller, boris)
    boris.hangup()
    caller.hear("survey-solved")
    caller.press("1")
    caller.phone.wait("disconnected", SECONDS)
    call = house.wait_ended(caller.number)
    assert (call.agent, call.result) == ("boris", "served")


def test_the_longest_waiting_caller_comes_first(house: Installation) -> None:
    first, second = house.dial("1000"), house.dial("1000")
    for caller in (first, second):
        caller.hear("notice")
        caller.press("1")
        house.wait_call(caller.number, "waiting")
    second.hear("position-2")
    anna = house.sign_in("anna", "ringing")
    house.talk(first, anna)
    anna.hangup()
    anna.wait("disconnected", SECONDS)
    assert house.talk(second, anna).agent == "anna"
