"""Whom we may call, when, and what came of it: properties over numbers, hours and the turns of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callback.policy import (
    DiallingRules,
    Outcome,
    Refusal,
    allowed_from,
    dial_string,
    expires_at,
    midnight,
    next_attempt,
    number_to_call,
    outcome_of,
    read_number,
    refusal,
)
from callback.zones import zone_of
from ringback.config import Callbacks, EntryPoint, Settings, Trunk
from ringback.messages import say

NEW_YORK, MOSCOW, LONDON, SYDNEY = "+12025550123", "+74951234567", "+442079460018", "+61291234567"
RUSSIAN_MOBILE, TOLL_FREE, SATELLITE = "+79161234567", "+18005551234", "+870773111632"
NUMBERS = (NEW_YORK, MOSCOW, LONDON, SYDNEY, RUSSIAN_MOBILE, TOLL_FREE)
MOMENTS = st.floats(datetime(2025, 1, 1, tzinfo=UTC).timestamp(), datetime(2028, 1, 1, tzinfo=UTC).timestamp())
CHANGES = st.sampled_from(
    [datetime(*day, tzinfo=UTC).timestamp() for day in ((2026, 3, 8), (2026, 11, 1), (2026, 3, 29), (2026, 10, 4))]
).flatmap(lambda day: st.floats(day - 86400, day + 86400))
"""Around the days on which the clocks of New York, London and Sydney are changed."""


@st.composite
def hours(draw: st.DrawFn) -> str:
    """Hours that begin after the clocks are changed, by which nobody is called anyway."""
    first = draw(st.integers(5 * 4, 22 * 4))
    last = draw(st.integers(first + 4, 24 * 4))
    return f"{first // 4:02}:{first % 4 * 15:02}-{last // 4:02}:{last % 4 * 15:02}"


def settings_with(**changes: object) -> Settings:
    return Settings(callbacks=Callbacks.model_validate(changes))


def at(year: int, month: int, day: int, hour: int, minute: int = 0, zone: str = "UTC") -> float:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp()


def is_open(number: str, moment: float, settings: Settings) -> bool:
    """Written apart from the policy: whether the number's clock shows an allowed hour."""
    first, last = settings.callbacks.hours.split("-")
    return first <= f"{datetime.fromtimestamp(int(moment), zone_of(number, settings)):%H:%M}" < last


# -- time --------------------------------------------------------------------------------------------------


@given(st.sampled_from(NUMBERS), MOMENTS | CHANGES, hours())
def test_a_call_is_allowed_at_the_first_moment_inside_the_customers_hours(number: str, now: float, when: str) -> None:
    settings = settings_with(hours=when)
    found = allowed_from(number, now, settings)
    assert found >= now
    assert is_open(number, found, settings)
    assert found - now < 25 * 3600, "the hours begin every day"
    earlier = range(int((found - now) // 300))
    assert not any(is_open(number, now + 300 * step, settings) for step in earlier)
    assert allowed_from(number, found, settings) == found


@pytest.mark.parametrize(
    ("number", "own", "zone"),
    [
        (RUSSIAN_MOBILE, "Asia/Novosibirsk", "Asia/Novosibirsk"),
        (RUSSIAN_MOBILE, "Europe/Moscow", "Europe/Moscow"),
        (RUSSIAN_MOBILE, "UTC", "Europe/Moscow"),
        (RUSSIAN_MOBILE, "Europe/Berlin", "Europe/Moscow"),
        (RUSSIAN_MOBILE, "Asia/Almaty", "Europe/Moscow"),
        ("+73832180000", "Europe/Moscow", "Asia/Novosibirsk"),
        ("+77011234567", "Europe/Moscow", "Asia/Almaty"),
        ("+77011234567", "Asia/Aqtobe", "Asia/Aqtobe"),
        (TOLL_FREE, "America/Los_Angeles", "America/Los_Angeles"),
        (TOLL_FREE, "Europe/Berlin", "America/New_York"),
        ("+80012345678", "Europe/Berlin", "Europe/Berlin"),
        ("+14155550123", "America/New_York", "America/Los_Angeles"),
        ("+14165550123", "America/Vancouver", "America/Toronto"),
        ("+16135550123", "UTC", "America/Toronto"),
        ("+5511912345678", "UTC", "America/Sao_Paulo"),
        ("+559231234567", "America/Sao_Paulo", "America/Manaus"),
        ("+61412345678", "UTC", "Australia/Sydney"),
        ("+61412345678", "Australia/Perth", "Australia/Perth"),
        ("+61731234567", "Australia/Sydney", "Australia/Brisbane"),
        ("+6281234567890", "Asia/Makassar", "Asia/Jakarta"),
        ("+34612345678", "Europe/Berlin", "Europe/Madrid"),
        ("+34612345678", "Atlantic/Canary", "Atlantic/Canary"),
        ("+12684641234", "America/Los_Angeles", "America/Puerto_Rico"),
    ],
)
def test_the_clock_of_a_number_is_its_own_then_ours_then_the_likeliest(number: str, own: str, zone: str) -> None:
    assert zone_of(number, Settings(timezone=own)).key == zone


def test_the_hours_of_a_line_are_a_zone_of_ours_too() -> None:
    hours = {"office": {"timezone": "Asia/Novosibirsk", "week": {"mon-fri": ["09:00-18:00"]}}}
    lines = [{"number": "1000", "name": "x", "hours": "office", "default_country": "RU"}]
    settings = Settings.model_validate({"timezone": "Europe/Berlin", "lines": lines, "hours": hours})
    assert zone_of(RUSSIAN_MOBILE, settings).key == "Asia/Novosibirsk"


def test_a_russian_mobile_asks_at_half_past_noon_in_moscow_and_is_called_then() -> None:
    settings = settings_with().model_copy(update={"timezone": "Europe/Moscow"})
    noon = at(2026, 6, 1, 12, 30, zone="Europe/Moscow")
    assert allowed_from(RUSSIAN_MOBILE, noon, settings) == noon
    assert allowed_from(RUSSIAN_MOBILE, noon + 2.5 * 3600, settings) == noon + 2.5 * 3600, "today at 15:00"
    assert allowed_from(RUSSIAN_MOBILE, noon, Settings()) == noon, "wherever the line is"


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.sampled_from(["UTC", "Europe/Moscow", "Asia/Tokyo"]))
def test_every_countrys_mobiles_have_one_clock(country: str, own: str) -> None:
    kind = phonenumbers.PhoneNumberType.MOBILE
    example = phonenumbers.example_number_for_type(country, kind) or phonenumbers.example_number(country)
    number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    now = at(2026, 6, 1, 3)
    found = allowed_from(number, now, Settings(timezone=own))
    assert now <= found < now + 24 * 3600
    assert 9 <= datetime.fromtimestamp(found, zone_of(number, Settings(timezone=own))).hour < 21


def test_a_number_without_a_place_has_our_own_clock() -> None:
    settings = settings_with().model_copy(update={"timezone": "Europe/Berlin"})
    assert zone_of(SATELLITE, settings) == ZoneInfo("Europe/Berlin")
    assert zone_of(SATELLITE, settings.model_copy(update={"timezone": "No/Where"})) == ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("night", "morning"),
    [
        (at(2026, 3, 7, 23, zone="America/New_York"), at(2026, 3, 8, 9, zone="America/New_York")),
        (at(2026, 10, 31, 23, zone="America/New_York"), at(2026, 11, 1, 9, zone="America/New_York")),
    ],
)
def test_the_night_in_which_the_clock_is_changed_ends_at_nine(night: float, morning: float) -> None:
    assert allowed_from(NEW_YORK, night, Settings()) == morning
    assert morning - night in (9 * 3600, 11 * 3600)


def test_who_has_just_asked_on_the_phone_is_awake() -> None:
    night = at(2026, 6, 1, 23, zone="America/New_York")
    assert allowed_from(NEW_YORK, night, Settings()) == night + 10 * 3600
    assert allowed_from(NEW_YORK, night, Settings(), asked_at=night - 3599) == night
    assert allowed_from(NEW_YORK, night, Settings(), asked_at=night - 3600) == night + 10 * 3600
    assert allowed_from(NEW_YORK, night, settings_with(awake_minutes=0), asked_at=night) == night + 10 * 3600


@given(
    st.sampled_from(NUMBERS),
    MOMENTS | CHANGES,
    hours(),
    st.integers(1, 10),
    st.lists(st.floats(0.1, 1440), min_size=1, max_size=4),
    st.floats(0.5, 72),
    st.lists(st.floats(0, 300), min_size=10, max_size=10),
)
def test_attempts_come_later_and_later_in_allowed_hours_and_before_the_expiry(
    number: str, now: float, when: str, most: int, minutes: list[float], expiry: float, took: list[float]
) -> None:
    settings = settings_with(hours=when, attempts=most, retry_minutes=minutes, expiry_hours=expiry)
    end = expires_at(now, settings)
    assert end == now + expiry * 3600
    attempts = [allowed_from(number, now, settings)]
    for made, seconds in enumerate(took, start=1):
        ended = attempts[-1] + seconds
        following = next_attempt(made, ended, settings, number=number, expires_at=end)
        if following is None:
            break
        assert following >= ended + 60 * minutes[min(made, len(minutes)) - 1]
        attempts.append(following)
    assert len(attempts) <= most
    assert all(moment < end for moment in attempts[1:])
    assert all(allowed_from(number, moment, settings) == moment for moment in attempts)


def test_the_defaults_try_three_times_after_5_and_30_minutes() -> None:
    assert [next_attempt(made, 0.0, Settings()) for made in (1, 2, 3)] == [300, 1800, None]
    assert next_attempt(3, 0.0, settings_with(attempts=5)) == 1800, "the last pause counts for all that follow"


@given(MOMENTS, st.sampled_from(["UTC", "America/New_York", "Asia/Tokyo", "No/Where"]))
@example(1830297599.9999998, "UTC")
def test_the_day_of_the_limits_begins_at_our_midnight(now: float, zone: str) -> None:
    began = midnight(now, Settings().model_copy(update={"timezone": zone}))
    assert 0 <= now - began < 25 * 3600
    clock = datetime.fromtimestamp(began, ZoneInfo(zone if zone != "No/Where" else "UTC"))
    assert (clock.hour, clock.minute, clock.second) == (0, 0, 0)


# -- the dialling rules ------------------------------------------------------------------------------------


def code_of(found: Refusal | None) -> str | None:
    return None if found is None else found.code


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (NEW_YORK, None),
        ("+16135550123", None),  # Canada is called like the United States
        (MOSCOW, None),
        (RUSSIAN_MOBILE, None),
        (TOLL_FREE, None),
        ("+18765551234", "callback.not_our_country"),  # Jamaica shares +1 and is not cheap
        (LONDON, "callback.not_our_country"),
        (SATELLITE, "callback.not_our_country"),
        ("+19005550123", "callback.premium"),
        ("+78091234567", "callback.premium"),
        ("+1202555012", "callback.wrong_digits"),
        ("12025550123", "callback.wrong_digits"),
        ("+1202555012x", "callback.wrong_digits"),
        ("+12025550123&PJSIP/1900", "callback.wrong_digits"),
        ("", "callback.wrong_digits"),
    ],
)
def test_the_lines_own_countries_are_called_and_nothing_costly(number: str, code: str | None) -> None:
    assert code_of(refusal(number, Settings(), 0, 0)) == code


def test_prefixes_of_the_settings_replace_the_countries() -> None:
    settings = settings_with(allowed_prefixes=["+44", "+7495"])
    assert [refusal(number, settings, 0, 0) is None for number in (LONDON, MOSCOW, RUSSIAN_MOBILE, NEW_YORK)] == [
        True, True, False, False,
    ]  # fmt: skip
    refused = refusal(NEW_YORK, settings, 0, 0)
    assert refused == Refusal("callback.not_allowed", {"number": NEW_YORK, "allowed": ["+44", "+7495"]})
    british = Settings(lines=[EntryPoint(number="1000", name="x", default_country="GB")])
    assert refusal(LONDON, british, 0, 0) is None
    assert refusal(NEW_YORK, british, 0, 0) is not None


def test_limits_a_day_are_for_one_number_and_for_all() -> None:
    def code(made: int, total: int) -> str | None:
        return code_of(refusal(NEW_YORK, settings_with(per_number_per_day=2, per_day=10), made, total))

    assert [code(1, 9), code(2, 9), code(1, 10)] == [None, "callback.number_limit", "callback.day_limit"]


@pytest.mark.parametrize(
    ("text", "country", "found"),
    [
        ("8 (495) 123-45-67", "RU", MOSCOW),
        ("112", "RU", "callback.short_number"),
        ("911", "US", "callback.short_number"),
        ("999", "GB", "callback.short_number"),
        ("101", "RU", "callback.short_number"),
        ("19005550123", "US", "callback.premium"),
        ("123456789", "US", "callback.wrong_digits"),
        ("one two", "US", "callback.no_number"),
        ("+1202555\n0123", "US", "callback.no_number"),
        ("", "US", "callback.no_number"),
        ("0" * 500, "US", "callback.no_number"),
    ],
)
def test_what_is_no_number_to_call_is_told_in_a_sentence(text: str, country: str, found: str) -> None:
    answer = read_number(text, country)
    if isinstance(answer, Refusal):
        assert answer.code == found
        assert say(answer.code, answer.facts, "en").endswith(".")
        assert number_to_call(text, country) is None
    else:
        assert answer == found == number_to_call(text, country)


@given(st.text(max_size=30))
def test_only_digits_are_ever_dialled(text: str) -> None:
    trunk = Trunk(host="sip.example.com", dial={"+7": "8", "+": "00"})
    try:
        dialled = dial_string(text, trunk)
    except ValueError:
        return
    assert dialled.isascii()
    assert dialled.isdigit()


def test_the_longest_beginning_that_fits_is_replaced() -> None:
    trunk = Trunk(host="sip.example.com", dial={"+7": "8", "+7495": "", "+": "810"})
    assert dial_string(RUSSIAN_MOBILE, trunk) == "89161234567"
    assert dial_string(MOSCOW, trunk) == "1234567"
    assert dial_string(NEW_YORK, trunk) == "81012025550123"
    assert dial_string(NEW_YORK, Trunk(host="sip.example.com")) == "12025550123"


# -- outcomes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "status", "outcome"),
    [
        (16, "ANSWER", Outcome.ANSWERED),
        (17, "ANSWER", Outcome.ANSWERED),
        (17, "BUSY", Outcome.BUSY),
        (0, "busy", Outcome.BUSY),
        (19, "NOANSWER", Outcome.NO_ANSWER),
        (18, "CONGESTION", Outcome.NO_ANSWER),
        (0, "CANCEL", Outcome.NO_ANSWER),
        (16, "MACHINE", Outcome.MACHINE),
        (21, "CONGESTION", Outcome.REFUSED),
        (20, "CHANUNAVAIL", Outcome.UNREACHABLE),
        (34, "CONGESTION", Outcome.UNREACHABLE),
        (38, "", Outcome.UNREACHABLE),
        (1, "CONGESTION", Outcome.WRONG_NUMBER),
        (28, "CHANUNAVAIL", Outcome.WRONG_NUMBER),
        (9999, "no such word", Outcome.UNREACHABLE),
    ],
)
def test_what_an_attempt_came_to(cause: int, status: str, outcome: Outcome) -> None:
    assert outcome_of(cause, status) is outcome


# -- the rules with their counts ---------------------------------------------------------------------------


def test_calls_of_today_are_counted_and_forgotten_at_midnight() -> None:
    rules = DiallingRules(settings_with(per_number_per_day=2, per_day=3))
    day = at(2026, 6, 1, 0)
    rules.record(NEW_YORK, day - 1)
    for hour in (9, 10):
        assert rules.refusal(NEW_YORK, day + 3600 * hour) is None
        rules.record(NEW_YORK, day + 3600 * hour)
    assert code_of(rules.refusal(NEW_YORK, day + 40_000)) == "callback.number_limit"
    assert rules.refusal(MOSCOW, day + 40_000) is None
    rules.record(MOSCOW, day + 40_000)
    assert code_of(rules.refusal(RUSSIAN_MOBILE, day + 40_001)) == "callback.day_limit"
    rules.record(NEW_YORK, day - 5)
    assert rules.refusal(NEW_YORK, day + 86_400) is None


@given(st.lists(st.tuples(st.sampled_from(NUMBERS), st.floats(0, 40 * 3600), st.booleans()), max_size=20))
def test_what_the_rules_remember_is_what_they_would_work_out(asked: list[tuple[str, float, bool]]) -> None:
    start, settings = at(2026, 10, 31, 12), Settings(trunk=Trunk(host="127.0.0.1"))
    rules = DiallingRules(settings)
    for number, seconds, awake in asked:
        now = start + seconds
        asked_at = now - 60 if awake else None
        assert rules.allowed_from(number, now, asked_at) == allowed_from(number, now, settings, asked_at=asked_at)


def test_a_promise_for_a_chosen_time_expires_a_day_after_it() -> None:
    chosen = at(2026, 6, 5, 12)
    assert datetime.fromtimestamp(expires_at(chosen, Settings()), UTC) - datetime.fromtimestamp(
        chosen, UTC
    ) == timedelta(days=1)
