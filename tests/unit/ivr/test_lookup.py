"""A menu option that looks something up by a number: what is said, whom the caller gets, and that nothing is lost."""

from typing import Any

import pytest

from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import Adopted, Arrived, Done, Event, HungUp, KeyPressed, LookedUp, event_from_dict
from ivr.flow import Flow, Numbers, flows
from ivr.states.lookup import MOST_PIECES
from ivr.table import CallState
from pbx.ami import LINE_LIMIT
from pbx.codec import encode
from prompts.files import value_texts
from ringback.config import TICKET, TICKETS, Settings, Spoken

T = 1_800_000_000.0
NUMBER = "+12025550100"
NUMBERS = Numbers(
    lambda text, _country: text if text.startswith("+") else None,
    lambda _number: None,
    lambda number, _country: number.strip("+"),
    lambda: True,
)
SUPPORT = {"label": "Support", "queue": "support"}
MENUS: dict[str, Any] = {
    "main": {
        "prompt": "menu-main",
        "operator_queue": "support",
        "options": {
            "1": {"label": "A request", "lookup": "ticket"},
            "2": {"label": "An order", "lookup": "order"},
            "3": SUPPORT,
        },
    }
}
LOOKUPS = {
    "order": {
        "url": "https://shop.example/orders/{value}",
        "ask": "ask-order",
        "digits": 6,
        "answers": {"sent": "order-sent"},
        "values": {"day": "digits"},
        "fallback": "order-failed",
    }
}


def flow(lookups: dict[str, Any] = LOOKUPS, **changes: Any) -> Flow:
    return flows(Settings.model_validate({"menus": MENUS, "lookups": lookups, **changes}), NUMBERS)["1000"]


FLOW = flow()
ORDER = FLOW.lookups["order"]


def menu_call(known: Flow = FLOW, number: str = NUMBER) -> CallDriver:
    call = CallDriver("1", known)
    call.receive(Arrived(T, "1000", number, ""), T)
    call.receive(Done(T + 1, "notice", ""), T + 1)
    return call


def done(call: CallDriver, value: str, at: float) -> list[cmd.Command]:
    assert call.memory.pending is not None
    return call.receive(Done(at, call.memory.pending, value), at)


def asking_call(key: str = "2", number: str = NUMBER) -> CallDriver:
    """The number has been entered and is looked up."""
    call = menu_call(number=number)
    done(call, key, T + 5)
    done(call, "4711", T + 9)
    return call


def keys(call: CallDriver) -> list[str]:
    return [step["key"] for step in call.facts.menu_path]


def result(call: CallDriver, at: float) -> str | None:
    call.receive(HungUp(at, "Normal Clearing"), at)
    call.handle_timer(at + 2)
    return call.record().result


def test_what_is_found_is_said_and_the_menu_goes_on() -> None:
    call = menu_call()
    assert done(call, "2", T + 5) == [cmd.Ask("enter-1", ("ask-order",), 8, 6)]
    assert done(call, "4711", T + 9) == [cmd.LookUp("look-up-2", "order", ORDER, "4711", NUMBER)]
    commands = call.receive(LookedUp(T + 9.2, "look-up-2", "found", "sent", (("digits", "42"),)), T + 9.2)
    assert commands == [cmd.Ask("ask-2", ("order-sent", "digit-4", "digit-2", "menu-main"), 10)]
    assert (call.state, keys(call)) == (CallState.SAYING, ["2"])
    assert result(call, T + 12) == "self_service"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2027-03-05", ("value-month-3", "value-day-5")),
        ("2028-03-05", ("value-month-3", "value-day-5", "value-20", "value-20", "value-8")),
    ],
)
def test_a_date_is_said_with_its_year_where_that_is_another(value: str, said: tuple[str, ...]) -> None:
    call = asking_call()
    [asked] = call.receive(LookedUp(T + 9.2, "look-up-2", "found", "sent", (("date", value),)), T + 9.2)
    assert asked == cmd.Ask("ask-2", ("order-sent", *said, "menu-main"), 10)


@pytest.mark.parametrize("values", [(("date", "soon"),), (("hue", "1"),), (("digits", "1" * 20), ("digits", "2" * 20))])
def test_what_cannot_be_said_is_a_person(values: tuple[tuple[str, str], ...]) -> None:
    call = asking_call()
    commands = call.receive(LookedUp(T + 9.2, "look-up-2", "found", "sent", values), T + 9.2)
    assert commands[-1] == cmd.Ask("say-1", ("order-failed", "to-person"), 0)
    assert not call.memory.helped


def test_as_much_as_is_ever_said_fits_into_one_line_to_asterisk() -> None:
    longest = max(value_texts("ru"), key=len)
    said = (Spoken.of({"en": "sent"}), *[longest] * MOST_PIECES, Spoken.of({"en": "menu"}))
    [read, _] = encode("1700000000.1", cmd.Ask("ask-1000", said, 10))
    assert len(f"Command: {read[1]['Command']}") + 2 <= LINE_LIMIT


def test_who_then_waits_for_a_person_was_not_helped_by_the_menu_alone() -> None:
    call = asking_call()
    call.receive(LookedUp(T + 9.2, "look-up-2", "found", "sent"), T + 9.2)
    done(call, "3", T + 12)
    assert call.state is CallState.WAITING
    assert result(call, T + 15) == "abandoned"


@pytest.mark.parametrize("answer", [("unknown", ""), ("found", "lost"), ("found", "")])
def test_what_is_not_known_is_told_and_may_be_tried_again(answer: tuple[str, str]) -> None:
    call = asking_call()
    assert call.receive(LookedUp(T + 9.2, "look-up-2", *answer), T + 9.2) == [
        cmd.Ask("ask-2", ("lookup-unknown", "menu-main"), 10)
    ]
    assert done(call, "2", T + 14) == [cmd.Ask("enter-3", ("ask-order",), 8, 6)]
    assert keys(call) == ["2"], "it stands once in the menu path"
    assert result(call, T + 15) == "left"


def test_where_nobody_can_say_a_person_is_next() -> None:
    call = asking_call()
    commands = call.receive(LookedUp(T + 9.2, "look-up-2", "failed"), T + 9.2)
    assert commands == [
        cmd.MusicOn("default"),
        cmd.JoinQueue("support", T, joined_at=T + 9.2),
        cmd.Ask("say-1", ("order-failed", "to-person"), 0),
    ]
    assert (call.state, call.facts.queue) == (CallState.WAITING, "support")


def test_a_late_answer_is_waited_for_with_a_word_and_one_that_never_comes_is_a_failure() -> None:
    call = asking_call()
    assert call.next_timer() == T + 10
    assert call.handle_timer(T + 10) == [cmd.Say("", ("lookup-moment",))]
    assert call.next_timer() == T + 12, "the two seconds of the settings, and one more"
    assert cmd.Ask("say-1", ("order-failed", "to-person"), 0) in call.handle_timer(T + 12)
    assert call.receive(LookedUp(T + 13, "look-up-2", "found", "sent"), T + 13) == []
    assert call.state is CallState.WAITING


def test_an_answer_after_the_word_still_counts() -> None:
    call = asking_call()
    call.handle_timer(T + 10)
    [said] = call.receive(LookedUp(T + 11, "look-up-2", "found", "sent"), T + 11)
    assert said == cmd.Ask("ask-2", ("order-sent", "menu-main"), 10)


@pytest.mark.parametrize(
    ("entry", "said"), [("", "menu-silent"), ("*", "lookup-no-number"), ("12*", "lookup-no-number")]
)
def test_two_entries_that_are_no_number_lead_back_to_the_menu(entry: str, said: str) -> None:
    call = menu_call()
    done(call, "2", T + 5)
    assert done(call, entry, T + 9) == [cmd.Ask("enter-2", (said, "ask-order"), 8, 6)]
    assert done(call, entry, T + 15) == [cmd.Ask("ask-2", ("menu-main",), 10)]
    assert call.state is CallState.MENU


def test_zero_alone_is_a_person_here_too() -> None:
    call = menu_call()
    done(call, "2", T + 5)
    assert done(call, "0", T + 9)[-1] == cmd.Ask("say-1", ("to-person",), 0)
    assert call.state is CallState.WAITING


def test_a_key_of_the_menu_that_was_pressed_twice_is_no_digit() -> None:
    call = menu_call()
    call.receive(KeyPressed(T + 5, "2"), T + 5)
    done(call, "2", T + 5.01)
    call.receive(KeyPressed(T + 5.15, "2"), T + 5.15)
    [asked] = done(call, "24711", T + 9)
    assert isinstance(asked, cmd.LookUp)
    assert asked.value == "4711"
    call.receive(LookedUp(T + 9.1, "look-up-2", "unknown"), T + 9.1)
    done(call, "1", T + 12)
    call.receive(KeyPressed(T + 12.2, "1"), T + 12.2)
    [asked] = done(call, "14711", T + 16)
    assert isinstance(asked, cmd.LookUp)
    assert (asked.name, asked.value) == (TICKET, "4711")


def test_a_number_may_begin_with_the_key_of_the_choice() -> None:
    call = menu_call()
    call.receive(KeyPressed(T + 5, "2"), T + 5)
    done(call, "2", T + 5.01)
    call.receive(KeyPressed(T + 6.5, "2"), T + 6.5)
    [asked] = done(call, "24711", T + 9)
    assert isinstance(asked, cmd.LookUp)
    assert asked.value == "24711"


# -- tickets -------------------------------------------------------------------------------------------


def test_a_ticket_is_asked_for_with_the_number_of_who_calls() -> None:
    call = menu_call()
    assert done(call, "1", T + 5) == [cmd.Ask("enter-1", ("ticket-number",), 8, 9)]
    assert done(call, "1042", T + 9) == [cmd.LookUp("look-up-2", TICKET, TICKETS, "1042", NUMBER)]
    [said] = call.receive(LookedUp(T + 9.1, "look-up-2", "found", "open"), T + 9.1)
    assert said == cmd.Ask("ask-2", ("ticket-open", "menu-main"), 10)


def test_nobody_is_asked_for_a_ticket_whose_number_is_not_known() -> None:
    call = menu_call(number="")
    assert done(call, "1", T + 5) == []
    assert call.next_timer() == T + 5, "at once"
    assert cmd.Ask("say-1", ("ticket-who", "to-person"), 0) in call.handle_timer(T + 5)
    assert call.state is CallState.WAITING


# -- faults --------------------------------------------------------------------------------------------


def test_what_was_lost_with_the_controller_is_looked_up_again() -> None:
    call = CallDriver.restore(asking_call().snapshot(), FLOW)
    assert call.receive(Adopted(T + 30, None), T + 30) == [cmd.Probe("probe-1")]
    assert call.handle_timer(T + 30) == [cmd.Say("", ("lookup-moment",))], "its time was over long before"
    assert call.receive(Done(T + 30.1, "probe-1", ""), T + 30.1) == [
        cmd.LookUp("look-up-3", "order", ORDER, "4711", NUMBER)
    ]
    [said] = call.receive(LookedUp(T + 30.2, "look-up-3", "found", "sent"), T + 30.2)
    assert said == cmd.Ask("ask-2", ("order-sent", "menu-main"), 10)


def test_a_number_that_was_being_entered_is_asked_for_again() -> None:
    call = menu_call()
    done(call, "2", T + 5)
    call = CallDriver.restore(call.snapshot(), FLOW)
    call.receive(Adopted(T + 30, None), T + 30)
    assert call.receive(Done(T + 31, "probe-1", ""), T + 31) == [cmd.Ask("enter-2", ("ask-order",), 8, 6)]


def test_a_lookup_that_the_settings_have_no_longer_is_a_person() -> None:
    gone = flow({"another": LOOKUPS["order"]}, menus={"main": {**MENUS["main"], "options": {"3": SUPPORT}}})
    call = CallDriver.restore(asking_call().snapshot(), gone)
    call.receive(Adopted(T + 30, None), T + 30)
    call.receive(Done(T + 30.1, "probe-1", ""), T + 30.1)
    call.handle_timer(T + 31)
    assert call.state is CallState.WAITING


def test_who_hangs_up_meanwhile_is_gone() -> None:
    call = asking_call()
    assert call.receive(HungUp(T + 10, ""), T + 10) == [cmd.LeaveQueue()]
    assert call.receive(LookedUp(T + 10.1, "look-up-2", "found", "sent"), T + 10.1) == []
    call.handle_timer(T + 20)
    assert call.record().result == "left"


def test_where_the_operators_are_closed_the_caller_hears_so() -> None:
    hours = {"shut": {"week": {"mon": "09:00-10:00"}}}
    call = menu_call(flow(hours=hours, queues={"support": {"name": "Support", "agents": [], "hours": "shut"}}))
    done(call, "2", T + 5)
    done(call, "4711", T + 9)
    commands = call.receive(LookedUp(T + 9.2, "look-up-2", "failed"), T + 9.2)
    assert isinstance(commands[0], cmd.Say)
    assert commands[0].prompts[0] == "order-failed"
    assert (call.state, call.record().closed) == (CallState.CLOSED, True)


def test_an_answer_is_kept_as_it_was_through_a_snapshot() -> None:
    event: Event = LookedUp(T, "look-up-2", "found", "sent", (("digits", "42"),))
    assert event_from_dict(event.to_dict()) == event
