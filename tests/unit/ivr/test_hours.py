"""Opening hours: when it is open, when it opens and closes, and what is said about that."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ivr.hours import Schedule
from ringback.config import OpeningHours

BERLIN, MOSCOW = "Europe/Berlin", "Europe/Moscow"


def schedule(zone: str = BERLIN, **given: Any) -> Schedule:
    return Schedule(OpeningHours(**({"week": {"mon-fri": ["09:00-18:00"]}} | given)), zone)


def moment(text: str, zone: str = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def clock(seconds: float | None, zone: str = BERLIN) -> str | None:
    return None if seconds is None else f"{datetime.fromtimestamp(seconds, ZoneInfo(zone)):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("now", "opens", "closes"),
    [
        ("2026-11-20 08:59", "2026-11-20 09:00", None),  # a Friday
        ("2026-11-20 09:00", "2026-11-20 09:00", "2026-11-20 18:00"),
        ("2026-11-20 17:59", "2026-11-20 17:59", "2026-11-20 18:00"),
        ("2026-11-20 18:00", "2026-11-23 09:00", None),
        ("2026-11-22 12:00", "2026-11-23 09:00", None),
    ],
)
def test_a_week(now: str, opens: str, closes: str | None) -> None:
    hours = schedule()
    assert clock(hours.opens_at(moment(now))) == opens
    assert clock(hours.closes_at(moment(now))) == closes
    assert (hours.closed(moment(now)) is None) == (opens == now)


def test_a_night_is_one_stretch_across_midnight() -> None:
    night = schedule(week={"fri": ["22:00-24:00"], "sat": ["00:00-06:00", "22:00-24:00"]})
    assert clock(night.closes_at(moment("2026-11-20 23:30"))) == "2026-11-21 06:00"
    assert clock(night.closes_at(moment("2026-11-21 05:59"))) == "2026-11-21 06:00"
    assert clock(night.opens_at(moment("2026-11-21 06:00"))) == "2026-11-21 22:00"


def test_what_is_open_day_and_night_never_closes() -> None:
    always = schedule(week={"mon-sun": ["00:00-24:00"]})
    assert always.closes_at(moment("2026-11-20 12:00")) is None
    assert always.closed(moment("2026-11-20 00:00")) is None


def test_days_around_the_week_can_be_given_from_one_to_the_other() -> None:
    weekend = schedule(week={"sat-mon": ["10:00-12:00"]})
    assert [weekend.closed(moment(f"2026-11-{day} 11:00")) is None for day in range(20, 25)] == [
        False, True, True, True, False,
    ]  # fmt: skip


def test_special_days_go_before_all_else() -> None:
    hours = schedule(holidays="DE", days={"2026-12-25": ["10:00-12:00"], "2026-11-20": []})
    assert hours.closed(moment("2026-12-25 11:00")) is None, "a holiday on which we open"
    closed = hours.closed(moment("2026-11-20 11:00"))
    assert closed is not None and closed.prompts[0] == "closed-holiday"


def test_public_holidays_and_working_days_that_are_moved() -> None:
    hours = schedule(MOSCOW, holidays="RU")
    holiday = hours.closed(moment("2024-05-09 12:00", MOSCOW))
    assert holiday is not None and holiday.prompts[0] == "closed-holiday"
    # 27 April 2024 was a Saturday that was worked instead of Monday 29 (Government decree 1314 of 10.08.2023).
    assert hours.closed(moment("2024-04-27 12:00", MOSCOW)) is None
    assert hours.closed(moment("2024-04-29 12:00", MOSCOW)) is not None
    assert hours.closed(moment("2024-04-20 12:00", MOSCOW)) is not None, "a Saturday like others"


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    bavaria, all_germany = schedule(holidays="DE-BY"), schedule(holidays="DE")
    epiphany = moment("2026-01-06 12:00")
    assert bavaria.closed(epiphany) is not None
    assert all_germany.closed(epiphany) is None


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-20 07:00", ("closed", "opens-today", "at-9-00")),
        ("2026-11-19 19:00", ("closed", "opens-tomorrow", "at-9-00")),
        ("2026-11-20 19:00", ("closed", "opens-mon", "at-9-00")),
    ],
)
def test_when_we_open_is_said(now: str, said: tuple[str, ...]) -> None:
    closed = schedule().closed(moment(now))
    assert closed is not None and closed.prompts == said


def test_what_has_no_prompt_is_left_out() -> None:
    odd = schedule(week={"mon": ["13:15-14:00"]}).closed(moment("2026-11-22 10:00"))
    assert odd is not None and odd.prompts == ("closed", "opens-tomorrow")
    far = schedule(days={f"2026-11-{day}": [] for day in range(23, 30)}).closed(moment("2026-11-22 10:00"))
    assert far is not None and far.prompts == ("closed",), "which Monday, nobody would know"


def test_summer_time_moves_the_clock_and_not_the_hours() -> None:
    hours = schedule(week={"sun": ["01:00-09:00"]})
    assert hours.closes_at(moment("2026-03-29 01:30")) - moment("2026-03-29 01:30") == 6.5 * 3600  # type: ignore[operator]
    assert clock(hours.closes_at(moment("2026-10-25 01:30"))) == "2026-10-25 09:00"


@given(now=st.floats(1.7e9, 1.9e9), zone=st.sampled_from([BERLIN, MOSCOW, "America/New_York"]))
@settings(max_examples=200, deadline=None)
def test_it_is_open_exactly_from_opening_to_closing(now: float, zone: str) -> None:
    hours = schedule(zone, week={"mon-thu": ["08:30-12:00", "13:00-24:00"], "fri": ["00:00-02:00"]}, holidays="US")
    opens = hours.opens_at(now)
    assert opens is not None and opens >= now
    assert hours.closed(opens) is None
    closes = hours.closes_at(opens)
    assert closes is not None and closes > opens
    assert hours.closed(closes) is not None
    assert (hours.closed(now) is None) == (opens == now)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"week": {}}, "at least 1 item"),
        ({"week": {"mon": []}}, "No day of the week has hours"),
        ({"week": {"mon": ["18:00-09:00"]}}, "write 18:00-24:00 on one day"),
        ({"week": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "Two intervals of one day overlap"),
        ({"week": {"monday": ["09:00-12:00"]}}, "write mon"),
        ({"week": {"mon": ["09:00-12:00"]}, "holidays": "XX"}, "holidays of XX are not known"),
        ({"week": {"mon": ["09:00-12:00"]}, "holidays": "DE-ZZ"}, "DE has no part ZZ: use one of Augsburg, BB"),
        ({"week": {"mon": ["09:00-12:00"]}, "timezone": "Mars/Base"}, "Timezone Mars/Base is not known"),
    ],
)
def test_hours_that_cannot_be_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        OpeningHours(**wrong)
