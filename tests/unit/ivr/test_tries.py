"""How often each menu was asked, and which tries came to nothing, as the facts of a call have it."""

import json

from ivr.call import CallDriver
from ivr.events import Arrived, Done, HungUp
from ivr.flow import flows
from ringback.config import Settings

T = 1_800_000_000.0
SETTINGS = Settings.model_validate(
    {
        "menus": {
            "main": {
                "prompt": "menu-main",
                "operator_queue": "support",
                "options": {"1": {"label": "Orders", "menu": "orders"}},
            },
            "orders": {
                "prompt": "menu-main",
                "operator_queue": "billing",
                "tries": 2,
                "options": {"1": {"label": "A bill", "queue": "billing"}},
            },
        },
        "lines": [{"number": "1000", "name": "Support", "notice": None}],
    }
)
FLOW = flows(SETTINGS)["1000"]


def called(*values: str) -> CallDriver:
    """A call whose questions got these answers, one after another; empty: no key."""
    call = CallDriver("1", FLOW)
    call.receive(Arrived(T, "1000", "", ""), T)
    for value in values:
        assert call.memory.pending is not None
        call.receive(Done(T, call.memory.pending, value), T)
    return call


def test_each_menu_has_its_own_tries() -> None:
    call = called("", "9", "1", "")
    assert call.facts.menus == (("main", 3, 1, 1), ("orders", 2, 1, 0))


def test_the_try_that_was_one_too_many_counts() -> None:
    assert called("1", "9", "9").facts.menus == (("main", 1, 0, 0), ("orders", 2, 0, 2))


def test_silence_that_may_be_nobody_counts_once() -> None:
    call = called("", "", "")
    assert call.memory.pending == "sound-3"
    assert call.facts.menus == (("main", 3, 3, 0),)
    call.receive(Done(T, "sound-3", "5"), T)
    assert call.facts.queue == "support"
    assert call.facts.menus == (("main", 3, 3, 0),)


def test_a_question_that_was_cut_off_is_no_try() -> None:
    call = called()
    call.receive(Done(T, "ask-1", "", failed=True), T)
    call.receive(HungUp(T, "gone"), T)
    assert call.facts.menus == (("main", 2, 0, 0),)


def test_they_outlive_the_controller() -> None:
    call = called("9", "1")
    call = CallDriver.restore(json.loads(json.dumps(call.snapshot())), FLOW)
    call.receive(Done(T, "ask-3", ""), T)
    assert [tuple(each) for each in call.facts.menus] == [("main", 2, 0, 1), ("orders", 2, 1, 0)]
