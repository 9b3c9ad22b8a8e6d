"""Who may do what, and how long a guesser waits: decisions without a page."""

import pytest

from web.policy import FREE_TRIES, LONGEST_SECONDS, may, password_fault, wait_seconds


def test_the_first_tries_are_free() -> None:
    assert wait_seconds("both", [100.0] * (FREE_TRIES["both"] - 1), 100.0) == 0.0


def test_the_wait_doubles_and_has_an_end() -> None:
    waits = [wait_seconds("both", [100.0] * count, 100.0) for count in range(5, 16)]
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == LONGEST_SECONDS["both"]


def test_the_wait_counts_from_the_last_failure() -> None:
    assert wait_seconds("both", [90.0] * 7, 92.5) == pytest.approx(1.5)
    assert wait_seconds("both", [90.0] * 7, 94.0) == 0.0


def test_old_failures_are_forgotten() -> None:
    assert wait_seconds("both", [0.0] * 50, 15 * 60.0) == 0.0


def test_an_address_that_an_office_shares_has_more_tries() -> None:
    assert wait_seconds("source", [100.0] * 10, 100.0) == 0.0
    assert wait_seconds("source", [100.0] * 15, 100.0) == 1.0


def test_a_name_that_many_places_try_waits_late_and_briefly() -> None:
    assert wait_seconds("name", [100.0] * 59, 100.0) == 0.0
    assert wait_seconds("name", [100.0] * 500, 100.0) == 60.0


def test_rights_of_roles() -> None:
    assert may("admin", "people") and not may("supervisor", "people")
    assert may("supervisor", "pause") and not may("trainer", "pause")
    assert may("trainer", "all_calls") and not may("agent", "all_calls")
    assert not may("nobody we know", "all_calls")


@pytest.mark.parametrize(
    ("password", "fault"),
    [("short", "short"), ("x" * 300, "long"), ("Annabelle-1", "name"), ("four plain words", None)],
)
def test_new_passwords(password: str, fault: str | None) -> None:
    assert password_fault(password, "annabelle-1") == fault
