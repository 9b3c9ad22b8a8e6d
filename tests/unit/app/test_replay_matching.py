"""Which key a caller of the past takes in other menus, and how long callers wait who were answered."""

import math
from random import Random
from typing import Any

import pytest

from app.replay.matching import MenuMatcher
from app.replay.plans import CallerWants, PathStep
from queueing.patience import Patience, PatienceCurve
from ringback.config import Settings

SALES: dict[str, Any] = {"label": "Sales", "labels": {"ru": "Продажи"}, "queue": "sales"}
BILLS: dict[str, Any] = {"label": "Bills", "queue": "billing", "words": {"en": ["invoice"]}}
MORE: dict[str, Any] = {"label": "Something else", "menu": "more"}


def settings(main: dict[str, Any], **menus: dict[str, Any]) -> Settings:
    made = {
        name: {"prompt": "menu-main", "operator_queue": "sales", "options": options}
        for name, options in {"main": main, **menus}.items()
    }
    queues = {name: {"name": name, "agents": []} for name in ("sales", "billing")}
    return Settings.model_validate({"menus": made, "queues": queues, "agents": []})


BEFORE = settings({"1": SALES, "2": MORE}, more={"1": BILLS, "2": {"label": "Hours", "end": "goodbye"}})


def pressed(after: Settings, *steps: tuple[str, str, str], queue: str | None = None) -> list[tuple[str, str]]:
    """Keys with their rules, from menu to menu, until the caller has left the menus."""
    matcher, menu = MenuMatcher(BEFORE, after), "main"
    wants = CallerWants(tuple(PathStep(*step) for step in steps), queue)
    keys = []
    for _ in range(5):
        choice = matcher.choose(menu, wants)
        keys.append((choice.key, choice.how))
        option = after.menus[menu].options.get(choice.key)
        if option is None or option.menu is None:
            break
        menu, wants = option.menu, choice.left
    return keys


TO_BILLS = (("main", "2", "Something else"), ("more", "1", "Bills"))


def test_in_the_same_menus_the_same_keys_are_pressed() -> None:
    assert pressed(BEFORE, *TO_BILLS, queue="billing") == [("2", "label"), ("1", "label")]
    assert pressed(BEFORE, ("main", "0", "A person"), queue="sales") == [("0", "label")]


def test_an_option_is_known_by_its_label_whatever_its_key_and_the_callers_language() -> None:
    after = settings({"1": BILLS, "3": SALES})
    assert pressed(after, ("main", "1", "Продажи"), queue="sales") == [("3", "label")]


def test_a_label_that_became_a_word_to_say_is_the_same_option() -> None:
    after = settings({"1": {"label": "Money", "queue": "sales", "words": {"en": ["bills"]}}})
    assert pressed(after, *TO_BILLS, queue="billing") == [("1", "label")]


def test_menus_between_that_are_gone_are_left_out() -> None:
    assert pressed(settings({"1": SALES, "2": BILLS}), *TO_BILLS, queue="billing") == [("2", "label")]


def test_another_label_that_leads_to_the_same_queue_will_do() -> None:
    after = settings({"1": SALES, "4": {"label": "Accounts", "queue": "billing"}})
    assert pressed(after, *TO_BILLS, queue="billing") == [("4", "destination")]


def test_what_lies_deeper_than_before_is_found_there() -> None:
    after = settings({"1": SALES, "2": {"label": "Money", "menu": "money"}}, money={"1": SALES, "7": BILLS})
    assert pressed(after, *TO_BILLS, queue="billing") == [("2", "further"), ("7", "label")]


def test_without_another_hint_the_key_counts_and_without_one_a_person() -> None:
    moved = settings({"2": {"label": "News", "end": "goodbye"}})
    assert pressed(moved, ("main", "2", "Something else"), ("more", "2", "Hours")) == [("2", "destination")]
    other = settings({"2": {"label": "News", "say": "welcome"}, "1": SALES})
    assert pressed(other, ("main", "2", "Something else"), ("more", "1", "Bills"), queue="billing") == [("2", "key")]
    assert pressed(settings({"1": SALES}), *TO_BILLS, queue="billing") == [("0", "person")]


def test_who_pressed_nothing_presses_nothing_unless_the_queue_can_be_chosen() -> None:
    assert pressed(settings({"1": BILLS})) == [("", "silent")]
    assert pressed(settings({"1": BILLS}), queue="sales") == [("", "silent")]


@pytest.mark.parametrize("steps", [(("gone", "9", ""),), (("main", "x" * 50, "\0"),), (("", "", ""),)])
def test_a_way_that_never_was_ends_with_a_person(steps: tuple[tuple[str, str, str], ...]) -> None:
    assert pressed(BEFORE, *steps) == [("0", "person")]


def test_menus_that_lead_in_circles_end() -> None:
    round_about = settings({"1": {"label": "There", "menu": "there"}}, there={"1": {"label": "Back", "menu": "main"}})
    assert pressed(round_about, *TO_BILLS, queue="billing") == [("0", "person")]


# -- patience ------------------------------------------------------------------------------------------


def test_the_curve_is_that_of_the_patience_behind_the_waits() -> None:
    lot, curve = Random(1), PatienceCurve()
    for _ in range(20_000):
        patience, wait = lot.expovariate(1 / 100), lot.expovariate(1 / 60)
        curve.add(min(patience, wait), gave_up=patience < wait)
    for wait in (20, 60, 150):
        assert curve.there(wait) == pytest.approx(math.exp(-wait / 100), abs=0.03)
    drawn = [curve.beyond(50, lot.random()) for _ in range(5000)]
    assert min(drawn) >= 50
    assert sum(each <= 50 + 100 * math.log(2) for each in drawn) / len(drawn) == pytest.approx(0.5, abs=0.03)


def test_where_nobody_gave_up_everybody_waits_on() -> None:
    patience = Patience()
    patience.add("sales", 30, gave_up=False)
    assert patience.beyond("sales", 30, "a") == math.inf
    assert patience.beyond(None, 0, "a") == math.inf


def test_a_call_draws_the_same_patience_each_time_and_a_small_queue_that_of_all() -> None:
    patience = Patience()
    for wait in range(1, 200):
        patience.add("sales", wait, gave_up=True)
    patience.add("billing", 5, gave_up=True)
    assert patience.beyond("billing", 20, "call") == patience.beyond("billing", 20, "call") > 20
    assert patience.beyond("billing", 20, "call") != patience.beyond("billing", 20, "other call")
