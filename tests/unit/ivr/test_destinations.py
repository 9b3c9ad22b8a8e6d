"""Where a choice leads: another menu, another language, a promise, a message, a number outside, an end; by cases."""

from typing import Any

import pytest

from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import Adopted, Arrived, CallerKnown, Done, HungUp, KeyPressed
from ivr.flow import Flow, Numbers, Surroundings, flows
from ivr.table import CallState
from ringback.config import Settings
from ringback.config.spoken import Spoken

T = 1_800_000_000.0
NUMBER = "+12025550100"
NUMBERS = Numbers(
    lambda text, _country: text if text.startswith("+") else None,
    lambda _number: None,
    lambda number, _country: number.strip("+"),
    lambda: True,
)
TRUNK = {"host": "sip.example"}
MENUS: dict[str, Any] = {
    "main": {
        "prompt": "menu-main",
        "operator_queue": "support",
        "options": {
            "1": {"label": "Orders", "labels": {"ru": "Заказы"}, "menu": "orders"},
            "2": {"label": "Russian", "language": "ru"},
            "3": {"label": "Call me", "callback": "billing"},
            "4": {
                "label": "Sales",
                "cases": [
                    {"when": {"vip": True}, "queue": "billing", "priority": 7},
                    {"when": {"nobody": "billing"}, "message": "billing"},
                    {"when": {"known": True}, "queue": "support"},
                ],
            },
        },
    },
    "orders": {
        "prompt": {"en": "For an invoice, press 1.", "ru": "По счёту нажмите 1."},
        "operator_queue": "billing",
        "tries": 2,
        "options": {
            "1": {"label": "An invoice", "labels": {"ru": "Счёт"}, "queue": "billing", "priority": 3},
            "2": {"label": "The courier", "transfer": "+12025550142"},
            "3": {"label": "Opening hours", "end": "goodbye"},
        },
    },
}
ORDERS = Spoken.of(MENUS["orders"]["prompt"])
LINE = {"number": "1000", "name": "Support", "notice": None, "languages": ["ru"]}


NOWHERE = Surroundings()


def flow(around: Surroundings = NOWHERE, **line: Any) -> Flow:
    settings = Settings.model_validate(
        {"menus": MENUS, "lines": [{**LINE, **line}], "vips": {"+12025550199": 1}, "trunk": TRUNK}
    )
    return flows(settings, NUMBERS, around)["1000"]


def begun(known: Flow | None = None, number: str = NUMBER) -> CallDriver:
    """A caller who hears greeting and menu, whatever came before them."""
    call = CallDriver("1", known or flow())
    call.receive(Arrived(T, "1000", number, ""), T)
    while call.memory.pending is not None and call.memory.pending.startswith("opening"):
        moment = call.next_timer()
        assert moment is not None
        call.handle_timer(moment)
    return call


def press(call: CallDriver, *keys: str, at: float = T + 5) -> list[cmd.Command]:
    """Each key answers what is asked just then."""
    commands: list[cmd.Command] = []
    for key in keys:
        assert call.memory.pending is not None
        commands = call.receive(Done(at, call.memory.pending, key), at)
    return commands


def test_a_menu_leads_to_a_menu_whose_tries_are_its_own() -> None:
    call = begun()
    assert press(call, "9", "1") == [cmd.Ask("ask-3", (ORDERS,), 10)]
    assert (call.state, call.memory.wrong_keys) == (CallState.MENU, 0)
    assert press(call, "9") == [cmd.Ask("ask-4", ("menu-invalid", ORDERS), 5)]
    press(call, "9")
    assert (call.state, call.facts.queue) == (CallState.WAITING, "billing"), "two tries, and a person of that menu"


def test_the_path_and_the_priority_are_those_of_the_menus() -> None:
    call = begun()
    [_, joined] = press(call, "1", "1")
    assert joined == cmd.JoinQueue("billing", T, key="1", joined_at=T + 5, priority=3)
    path = [(step["menu"], step["key"], step["label"]) for step in call.facts.menu_path]
    assert path == [("main", "1", "Orders"), ("orders", "1", "An invoice")]


def test_after_a_restart_the_caller_is_in_the_menu_of_before_and_has_its_priority() -> None:
    call = begun()
    press(call, "1")
    call = CallDriver.restore(call.snapshot(), flow())
    call.receive(Adopted(T + 9, None), T + 9)
    assert call.receive(Done(T + 9, "probe-1", ""), T + 9) == [cmd.Ask("ask-3", (ORDERS,), 10)]
    press(call, "1", at=T + 12)
    call = CallDriver.restore(call.snapshot(), flow())
    [joined, _] = call.receive(Adopted(T + 20, None), T + 20)
    assert joined == cmd.JoinQueue("billing", T, key="1", joined_at=T + 12, priority=3)


def test_a_menu_that_the_settings_have_no_longer_is_the_lines_own() -> None:
    call = begun()
    press(call, "1")
    settings = Settings.model_validate({"menus": {"main": MENUS["orders"]}, "lines": [LINE], "trunk": TRUNK})
    call = CallDriver.restore(call.snapshot(), flows(settings, NUMBERS)["1000"])
    press(call, "1")
    assert (call.state, call.facts.queue) == (CallState.WAITING, "billing")


def test_a_language_is_heard_and_written_from_then_on() -> None:
    call = begun()
    assert press(call, "2") == [cmd.SetLanguage("ru"), cmd.Ask("ask-2", ("welcome", "menu-main"), 10)]
    press(call, "1", "1")
    assert call.facts.language == "ru"
    assert [step["label"] for step in call.facts.menu_path] == ["Russian", "Заказы", "Счёт"]


def test_a_callback_is_promised_without_a_wait() -> None:
    call = begun()
    press(call, "3", "")
    commands = press(call, "1")
    assert cmd.PromiseCallback(NUMBER) in commands
    assert (call.facts.queue, call.facts.queued_at, call.facts.promised_number) == ("billing", None, NUMBER)


def test_who_rather_has_no_callback_is_back_in_the_menu() -> None:
    call = begun()
    press(call, "3", "")
    assert press(call, "") == [cmd.Ask("ask-2", ("menu-main",), 10)]
    assert call.state is CallState.MENU


def test_hanging_up_before_the_number_is_confirmed_is_no_abandoned_wait() -> None:
    call = begun()
    press(call, "3", "")
    assert call.receive(HungUp(T + 9, ""), T + 9) == [cmd.LeaveQueue(cut_off=False)]
    call.handle_timer(T + 60)
    assert call.record().result == "left"


def test_where_nobody_may_be_called_back_the_choice_is_a_wait() -> None:
    none_left = Numbers(NUMBERS.read, NUMBERS.refused, NUMBERS.spoken, lambda: False)
    settings = Settings.model_validate({"menus": MENUS, "lines": [LINE], "trunk": TRUNK})
    call = begun(flows(settings, none_left)["1000"])
    press(call, "3")
    assert (call.state, call.facts.queue) == (CallState.WAITING, "billing")


@pytest.mark.parametrize(
    ("number", "staffed", "known", "state", "queue"),
    [
        ("+12025550199", True, False, CallState.WAITING, "billing"),
        ("+12025550199", False, False, CallState.WAITING, "billing"),
        (NUMBER, False, True, CallState.MESSAGE, "billing"),
        (NUMBER, True, True, CallState.WAITING, "support"),
        (NUMBER, True, False, CallState.WAITING, "support"),
    ],
)
def test_the_first_case_that_holds_is_taken_and_without_one_a_person(
    number: str, staffed: bool, known: bool, state: CallState, queue: str
) -> None:
    call = begun(flow(Surroundings(anybody=lambda _queue: staffed)), number)
    call.receive(CallerKnown(T + 1, looked_up=True, called_before=known), T + 1)
    press(call, "4")
    assert (call.state, call.facts.queue) == (state, queue)


def test_a_number_outside_is_connected_and_the_call_ends_with_it() -> None:
    call = begun()
    assert press(call, "1", "2") == [cmd.DialOutside("outside", "+12025550142")]
    assert call.state is CallState.OUTSIDE
    assert press(call, "ANSWER", at=T + 99) == [cmd.Ask("goodbye", ("goodbye",), 0), cmd.HangUp()]
    call.receive(HungUp(T + 101, ""), T + 101)
    call.handle_timer(T + 110)
    assert call.record().result == "outside"


@pytest.mark.parametrize("answer", ["BUSY", "NOANSWER", "CHANUNAVAIL", ""])
def test_where_nobody_answers_outside_a_person_is_next(answer: str) -> None:
    call = begun()
    press(call, "1", "2")
    commands = press(call, answer)
    assert cmd.JoinQueue("billing", T, joined_at=T + 5) in commands
    assert commands[-1] == cmd.Ask("say-1", ("to-person",), 0)


def test_after_a_restart_how_the_talk_outside_ended_is_asked() -> None:
    call = begun()
    press(call, "1", "2")
    call = CallDriver.restore(call.snapshot(), flow())
    call.receive(Adopted(T + 30, None), T + 30)
    assert call.receive(Done(T + 31, "probe-1", ""), T + 31) == [cmd.ReadRingStatus("outside")]


def test_the_menu_itself_may_be_all_that_was_needed() -> None:
    call = begun()
    assert press(call, "1", "3") == [cmd.Ask("goodbye", ("goodbye",), 0), cmd.HangUp()]
    call.receive(HungUp(T + 9, ""), T + 9)
    call.handle_timer(T + 60)
    assert (call.record().result, call.record().queue) == ("self_service", None)


# -- before the menu -----------------------------------------------------------------------------------

TOLD = Surroundings(tells_who=True)
KNOWN = CallerKnown(
    T + 0.1, looked_up=True, called_before=True, language="ru", ticket=1042, ticket_queue="billing", last_agent="anna"
)


def arrived(known: Flow) -> tuple[CallDriver, list[cmd.Command]]:
    call = CallDriver("1", known)
    return call, call.receive(Arrived(T, "1000", NUMBER, ""), T)


def step(call: CallDriver) -> list[cmd.Command]:
    moment = call.next_timer()
    assert moment is not None
    return call.handle_timer(moment)


def test_a_caller_is_served_in_the_language_of_the_last_call() -> None:
    call, commands = arrived(flow(TOLD))
    assert commands == []
    assert call.receive(KNOWN, T + 0.1) == [cmd.SetLanguage("ru")]
    assert step(call) == [cmd.Ask("ask-1", ("welcome", "menu-main"), 10)]


def test_a_slow_store_costs_the_caller_half_a_second() -> None:
    call, _ = arrived(flow(TOLD))
    assert call.next_timer() == T + 0.5
    assert step(call) == [cmd.Ask("ask-1", ("welcome", "menu-main"), 10)]
    assert call.receive(KNOWN, T + 3) == [], "nothing is changed in the middle of the menu"
    assert call.facts.language == "en"


def test_a_notice_covers_the_looking_up() -> None:
    call, commands = arrived(flow(TOLD, notice="notice", greets_known=True))
    assert commands == [cmd.Say("notice", ("notice",))]
    assert call.receive(KNOWN, T + 0.1) == [cmd.SetLanguage("ru")]
    call.receive(Done(T + 4, "notice", ""), T + 4)
    [asked] = step(call)
    digits = tuple(f"digit-{digit}" for digit in "1042")
    assert asked == cmd.Ask("ticket", ("ticket-about", *digits, "ticket-press"), 4)


def ticket_call() -> CallDriver:
    call, _ = arrived(flow(TOLD, greets_known=True))
    call.receive(KNOWN, T + 0.1)
    step(call)
    assert call.state is CallState.TICKET
    return call


def test_a_caller_who_calls_about_the_ticket_is_spared_the_menu() -> None:
    call = ticket_call()
    [_, joined] = press(call, "1")
    assert joined == cmd.JoinQueue("billing", T, last_agent="anna", joined_at=T + 5)
    assert (call.facts.about_ticket, call.facts.menu_path) == (1042, [])


@pytest.mark.parametrize("key", ["", "2", "0"])
def test_a_caller_with_another_matter_hears_the_menu(key: str) -> None:
    call = ticket_call()
    assert press(call, key) == [cmd.Ask("ask-1", ("welcome", "menu-main"), 10)]
    assert (call.state, call.facts.about_ticket) == (CallState.GREETING, None)


def test_a_key_pressed_ahead_does_not_say_what_the_call_is_about() -> None:
    call = ticket_call()
    press(call, "1", at=T + 0.6)
    assert (call.state, call.facts.about_ticket) == (CallState.TICKET, None), "asked anew"


def test_the_line_begins_with_the_first_case_that_holds() -> None:
    start = [{"when": {"open_ticket": True}, "menu": "orders"}, {"when": {"known": True}, "queue": "billing"}]
    call, _ = arrived(flow(TOLD, start=start))
    call.receive(KNOWN, T + 0.1)
    assert step(call) == [cmd.Ask("ask-1", ("welcome", ORDERS), 10)]
    assert call.facts.menu_path == []

    call, _ = arrived(flow(TOLD, start=start))
    call.receive(CallerKnown(T + 0.1, looked_up=True, called_before=True), T + 0.1)
    assert cmd.JoinQueue("billing", T, key="1", joined_at=T + 0.1) in step(call)


def test_a_key_in_the_notice_is_one_of_the_menu_that_comes_next() -> None:
    call, _ = arrived(flow(notice="notice"))
    call.receive(KeyPressed(T + 1, "1"), T + 1)
    assert call.state is CallState.MENU, "the line's own menu: its key leads to the orders"

    start = [{"when": {}, "menu": "orders"}]
    call, _ = arrived(flow(notice="notice", start=start))
    call.receive(KeyPressed(T + 1, "1"), T + 1)
    assert call.facts.menu_path == [], "nobody can mean a menu of which nothing was heard"


def test_who_is_spared_the_menu_hears_the_notice_all_the_same() -> None:
    known = flow(notice="notice", notice_can_be_skipped=True, start=[{"queue": "billing"}])
    call, commands = arrived(known)
    assert commands == [cmd.Say("notice", ("notice",))], "there is nothing with which it could be cut"
    call.receive(Done(T + 4, "notice", ""), T + 4)
    assert cmd.JoinQueue("billing", T, key="0", joined_at=T + 4) in step(call)
