"""How it is with the trunk, and whose trouble a call was that came to nothing: the rules of `callback/trunk.py`."""

import itertools
import math

import pytest

from callback import trunk as tr
from callback.trunk import Registration, TrunkHealth, Whose

A, B, C = "+12025550101", "+12025550102", "+12025550103"


def trunk(*, registers: bool = False, asked: bool = True) -> TrunkHealth:
    made = TrunkHealth({"host": "sip.example.com", "port": 5060, "transport": "UDP"}, registers, asked)
    made.restart(0.0)
    return made


def good(*, registers: bool = False) -> TrunkHealth:
    """One that answers, and has registered us where it should."""
    made = trunk(registers=registers)
    made.options(True, 1.0)
    made.registration(Registration.REGISTERED, "", 1.0)
    assert made.is_open()
    return made


@pytest.mark.parametrize("code", [404, 410, 480, 484, 486, 487, 600, 603, 604, 301, 302])
def test_what_the_customer_answers_is_the_customers(code: int) -> None:
    made = good()
    assert made.call_failed(A, code, False, 10.0) is False
    assert made.is_open()


@pytest.mark.parametrize("code", [0, 400, 401, 402, 403, 407, 408, 488, 500, 502, 503, 504, 513, 580, 606, 699])
def test_what_only_a_provider_says_is_the_providers(code: int) -> None:
    made = good()
    assert made.call_failed(A, code, False, 10.0) is True
    assert not made.is_open()
    assert made.report().trouble is not None


def test_every_answer_of_the_table_has_its_words() -> None:
    assert all(words and isinstance(kind, Whose) for kind, words in tr.WHOSE.values())


@pytest.mark.parametrize("code", [0, 408, 480, 500, 503])
def test_a_phone_that_rang_is_a_provider_that_works(code: int) -> None:
    made = good()
    assert made.call_failed(A, code, True, 10.0) is False
    assert made.is_open()


@pytest.mark.parametrize("code", [401, 402, 407])
def test_what_is_wrong_with_the_account_is_never_the_numbers(code: int) -> None:
    made = good()
    made.went_through(B, 5.0)
    assert made.call_failed(A, code, True, 10.0) is True


def test_a_number_that_is_refused_alone_costs_the_others_nothing() -> None:
    made = good()
    made.went_through(B, 5.0)
    assert made.call_failed(A, 403, False, 10.0) is False, "B was reached just now: this is about A"
    assert made.is_open()


def test_the_same_answer_to_different_numbers_is_the_providers() -> None:
    made = good()
    assert made.call_failed(A, 403, False, 10.0) is True
    assert made.call_failed(B, 403, False, 11.0) is True
    made.went_through(C, 20.0)
    assert made.is_open()
    assert made.call_failed(A, 403, False, 30.0) is False, "C was carried since"


def test_one_number_after_the_other_that_does_not_exist_is_the_providers() -> None:
    made = good()
    assert [made.call_failed(number, 404, False, 10.0) for number in (A, A, B)] == [False, False, False]
    assert made.call_failed(C, 404, False, 11.0) is True
    assert "404 Not Found" in str(made.report().trouble)
    made.went_through(A, 80.0)
    assert made.is_open()
    assert made.call_failed(C, 404, False, 90.0) is False


def test_an_overload_is_the_providers_even_right_after_a_call() -> None:
    made = good()
    made.went_through(B, 5.0)
    assert made.call_failed(A, 503, False, 6.0) is True
    made.went_through(B, 30.0)
    assert made.call_failed(A, 503, False, 31.0) is False, "B was carried after A was refused: no way to A"


def test_a_proof_grows_old() -> None:
    made = good()
    made.went_through(B, 5.0)
    assert made.call_failed(A, 403, False, 6.0 + tr.TRUSTED_SECONDS) is True


def test_it_is_tried_out_after_pauses_that_grow() -> None:
    made, now, pauses = good(), 10.0, []
    for _ in range(9):
        assert made.call_failed(A, 503, False, now)
        pauses.append(made.probe_at() - now)
        now = made.probe_at()
    assert pauses == [15, 30, 60, 120, 240, 480, 600, 600, 600]


def test_a_wrong_password_is_not_sent_again_soon() -> None:
    made = good()
    made.call_failed(A, 407, False, 10.0)
    assert made.probe_at() == 70.0


def test_only_one_promise_tries_it_out() -> None:
    made = good()
    made.call_failed(A, 503, False, 10.0)
    made.probing = "cb-1"
    assert made.probe_at() == math.inf
    made.probe_ended(30.0)
    assert made.probe_at() == 45.0


def test_one_that_fell_silent_is_waited_for_and_not_called() -> None:
    made = good()
    made.options(False, 100.0)
    assert not made.is_open()
    assert made.probe_at() == math.inf
    made.options(True, 200.0)
    assert made.is_open()
    assert made.report().trouble is None


def test_calls_that_nothing_answered_are_forgiven_when_it_answers_again() -> None:
    made = good()
    made.call_failed(A, 408, False, 90.0)
    made.options(False, 100.0)
    made.options(True, 200.0)
    assert made.is_open()


def test_calls_that_it_refused_are_tried_at_once_when_it_answers_again() -> None:
    made = good()
    made.call_failed(A, 503, False, 90.0)
    made.options(False, 100.0)
    made.options(True, 101.0)
    assert (made.is_open(), made.probe_at()) == (False, 101.0)


def test_one_that_never_answers_options_is_tried_out_and_then_believed() -> None:
    made = trunk()
    made.options(False, 4.0)
    assert (made.is_open(), made.probe_at()) == (False, 64.0)
    made.went_through(A, 70.0)
    assert made.is_open()
    report = made.report()
    assert (report.trouble, report.answers, report.waits) == (None, False, False)


def test_a_refused_registration_lets_promises_wait_and_is_told() -> None:
    made = trunk(registers=True)
    made.options(True, 1.0)
    made.registration(Registration.REFUSED, "403 Forbidden", 2.0)
    said = str(made.report().trouble)
    assert not made.is_open() and "403 Forbidden" in said and "sip.example.com:5060" in said
    made.registration(Registration.REGISTERED, "", 60.0)
    assert made.is_open() and made.report().trouble is None


def test_calls_that_go_through_without_a_registration_go_on_but_the_trouble_stands() -> None:
    made = trunk(registers=True)
    made.options(True, 1.0)
    made.registration(Registration.REFUSED, "403 Forbidden", 2.0)
    made.went_through(A, 20.0)
    report = made.report()
    assert (report.waits, report.trouble is None) == (False, False)


def test_nothing_goes_out_before_the_first_answers_and_not_for_ever() -> None:
    made = trunk(registers=True)
    assert not made.is_open() and made.settling
    assert made.next_timer() == tr.SETTLE_SECONDS
    made.options(True, 1.0)
    assert made.settling
    made.settle(tr.SETTLE_SECONDS)
    assert not made.settling and not made.is_open(), "nothing was answered to our registration"
    assert made.report().registration is Registration.SILENT
    unasked = trunk(asked=False)
    unasked.settle(0.0)
    assert unasked.is_open()


def test_the_switch_is_told_to_ask_a_silent_one_again_and_again_but_less_often() -> None:
    made = good(registers=True)
    made.options(False, 100.0)
    made.registration(Registration.SILENT, "", 101.0)
    asked = [now for now in range(100, 220) if "options" in made.to_ask(float(now))]
    gaps = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert gaps[0] <= 2 and gaps == sorted(gaps) and max(gaps) <= 30
    made.options(True, 220.0)
    assert made.to_ask(220.0) == ("register",)
    assert made.to_ask(221.0) == ()


def test_what_refused_calls_is_remembered_over_a_restart() -> None:
    made = trunk()
    made.remember(403, 5.0, 100.0)
    made.options(True, 101.0)
    assert not made.is_open()
    assert made.report().since == 5.0


def test_promises_go_on_one_after_the_other() -> None:
    turns = tr.in_turn(["a", "b", "c"], 100.0)
    assert turns == [("a", 100.0), ("b", 103.0), ("c", 106.0)]
