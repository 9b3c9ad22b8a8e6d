"""The ways in which a line's number is dialled: worked out for real numbers, and never two lines by one."""

from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.install import reached
from ringback.config import EntryPoint, Settings
from ringback.config.spellings import full_number, spellings
from ringback.numbers import readings

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)


def settings_of(*lines: dict[str, Any]) -> Settings:
    return Settings.model_validate({"lines": [{"name": "x", **line} for line in lines]})


@given(st.sampled_from(COUNTRIES))
def test_every_spelling_means_the_number_in_its_country_or_is_dialled_from_abroad(country: str) -> None:
    number = phonenumbers.format_number(phonenumbers.example_number(country), phonenumbers.PhoneNumberFormat.E164)
    ways = spellings(number)
    assert ways[:2] == (number, number[1:])
    assert {f"00{number[1:]}", f"011{number[1:]}", f"810{number[1:]}"} <= set(ways)
    national = [way for way in ways if not way.endswith(number[1:])]
    assert all(number in readings(way, country) for way in national)


@pytest.mark.parametrize(
    "written", ["+12025550100", "+1 (202) 555-0100", "12025550100", "(202) 555-0100", "tel:+12025550100"]
)
def test_an_owner_writes_the_number_in_any_way(written: str) -> None:
    settings = settings_of({"number": written})
    assert set(settings.reach) >= {"+12025550100", "12025550100", "2025550100", "0012025550100", "01112025550100"}
    assert set(settings.reach.values()) == {settings.lines[0].number}
    assert settings.lines[0].number in ("12025550100", "2025550100")


def test_a_plus_decides_whatever_the_country_of_the_line() -> None:
    assert "+4912025550100" not in settings_of({"number": "+12025550100", "default_country": "DE"}).reach
    assert settings_of({"number": "+49 (0)30 12345678"}).lines[0].number == "493012345678"


def test_numbers_inside_are_dialled_as_they_are_written() -> None:
    assert settings_of({"number": "1000"}, {"number": "1001"}).reach == {"1000": "1000", "1001": "1001"}
    assert full_number("1000", "RU") == ""


def test_several_numbers_are_one_line() -> None:
    reach = settings_of({"number": "1000", "also": ["+12025550100", "(202) 555-0101"]}).reach
    assert {reach[way] for way in ("1000", "2025550100", "+12025550101", "12025550101")} == {"1000"}


def test_what_an_owner_wrote_goes_before_what_is_worked_out() -> None:
    berlin = {"number": "+493012345678", "default_country": "DE"}
    reach = settings_of(berlin, {"number": "3012345678", "default_country": "US"}).reach
    assert reach["3012345678"] == "3012345678", "in Maryland"
    assert reach["03012345678"] == "493012345678" and reach["+13012345678"] == "3012345678"


def test_what_would_reach_two_lines_reaches_neither() -> None:
    berlin = {"number": "+493012345678", "default_country": "DE"}
    reach = settings_of(berlin, {"number": "+543012345678", "default_country": "AR"}).reach
    assert {"03012345678", "3012345678"} <= set(spellings("+543012345678")), "in Argentina, too"
    assert "03012345678" not in reach and "3012345678" not in reach
    assert reach["+493012345678"] == "493012345678" and reach["+543012345678"] == "543012345678"


def test_numbers_of_agents_and_queues_are_theirs() -> None:
    settings = Settings.model_validate(
        {
            "lines": [{"number": "+12025550100", "name": "x"}],
            "agents": [{"name": "anna", "display": "Anna", "extension": "2025550100"}],
            "queues": {
                "support": {"name": "Support", "agents": ["anna"]},
                "billing": {"name": "B", "agents": ["anna"]},
            },
        }
    )
    assert "2025550100" not in settings.reach and "+12025550100" in settings.reach


@pytest.mark.parametrize(
    "lines",
    [
        ({"number": "+12025550100"}, {"number": "2025550100"}),
        ({"number": "12025550100"}, {"number": "(202) 555-0100"}),
        ({"number": "1000", "also": ["+12025550100"]}, {"number": "12025550100"}),
        ({"number": "1000", "also": ["1001"]}, {"number": "1001"}),
    ],
)
def test_two_lines_that_one_number_reaches_are_refused(lines: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(ValueError, match="a number is one line's"):
        settings_of(*lines)


@pytest.mark.parametrize("number", ["", "x", "1", "+", "12 ext 3", "1000;npdi", "1" * 16, "${EXTEN}", "1000,1"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match=r"lines\.0\.number"):
        settings_of({"number": number})
    with pytest.raises(ValueError, match="digits"):
        EntryPoint(number="1000", name="x", also=[number])


def test_check_tells_which_spellings_reach_a_line() -> None:
    told = reached(settings_of({"number": "+12025550100", "name": "Support"}, {"number": "1000"}))
    ways = "+12025550100, 12025550100, 2025550100, 0012025550100, 01112025550100, 81012025550100"
    assert told == [f"Line Support is reached by {ways}"]
