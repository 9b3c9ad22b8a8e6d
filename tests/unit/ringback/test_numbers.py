"""Numbers as people and providers write them: read in every country, and never as somebody's who withheld it."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callback.policy import Refusal, known_number, other_readings
from calls.numbers import contact_number, typed_contact
from ringback.config import EntryPoint, Settings
from ringback.numbers import Written, is_nobody, plain, readings, written

E164 = phonenumbers.PhoneNumberFormat.E164
COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)


@st.composite
def real(draw: st.DrawFn) -> tuple[str, str]:
    """A country and a valid number of it, of any kind and with other last digits than the textbook's."""
    country = draw(st.sampled_from(COUNTRIES))
    kind = draw(st.sampled_from([phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE]))
    example = phonenumbers.example_number_for_type(country, kind) or phonenumbers.example_number(country)
    text = phonenumbers.format_number(example, E164)
    other = text[:-3] + f"{draw(st.integers(0, 999)):03}"
    return country, other if phonenumbers.is_valid_number(phonenumbers.parse(other)) else text


@given(real(), st.sampled_from(COUNTRIES))
def test_with_its_plus_a_number_is_the_same_everywhere(given_: tuple[str, str], where: str) -> None:
    _, number = given_
    assert readings(number, where) == (number,)


@given(real())
def test_with_the_own_countrys_code_and_no_plus_it_is_that_number(given_: tuple[str, str]) -> None:
    country, number = given_
    read = readings(number.removeprefix("+"), country)
    if read and read[0] != number:
        # The digits begin with what is dialled before national numbers there, and are valid as one.
        prefix = phonenumbers.ndd_prefix_for_region(country, strip_non_digits=True)
        assert (prefix and number[1:].startswith(prefix)) or number[1:].startswith("0")
    else:
        assert read[:1] == (number,)


@given(real())
def test_as_one_dials_it_at_home_it_is_that_number(given_: tuple[str, str]) -> None:
    country, number = given_
    national = phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.NATIONAL)
    found = written(national)
    assert found is not None and number in readings(found.digits, country), national


@given(real(), st.sampled_from(["\u202a{}\u202c", "\u2066{}\u2069", "\u200e{}", "{}\u200f", "\ufeff{}\u200b", " {} "]))
def test_marks_that_nobody_sees_are_no_part_of_it(given_: tuple[str, str], around: str) -> None:
    _, number = given_
    pretty = phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    for dash in "\u2011\u2010\u2013\u2212-":
        for space in "\u00a0\u202f\u2009 ":
            found = written(around.format(pretty.replace("-", dash).replace(" ", space)))
            assert found == Written(number)


@given(real(), st.sampled_from([0xFF10, 0x0660, 0x06F0, 0x0966]))
def test_digits_of_any_script_are_digits(given_: tuple[str, str], zero: int) -> None:
    _, number = given_
    assert written("\uff0b" + "".join(chr(zero + int(digit)) for digit in number[1:])) == Written(number)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_without_a_word(text: str) -> None:
    found = written(text)
    assert found is None or found.digits.removeprefix("+").isdecimal()
    assert isinstance(is_nobody(text), bool)
    assert isinstance(known_number(text, "DE"), str | Refusal)


@pytest.mark.parametrize(
    ("text", "country", "number", "extension"),
    [
        ("030/12345678", "DE", "+493012345678", ""),
        ("+49 (0)30 12345678", "US", "+493012345678", ""),
        ("+49(0)30/12345678", "DE", "+493012345678", ""),
        ("49 (0)30 12345678", "DE", "+493012345678", ""),
        ("0049 (0)30 12345678", "DE", "+493012345678", ""),
        ("+39 (0)6 12345678", "DE", "+390612345678", ""),
        ("+44 (0)20 7946 0018", "GB", "+442079460018", ""),
        ("415-555-0129 x12", "US", "+14155550129", "12"),
        ("415.555.0129 ext. 12", "US", "+14155550129", "12"),
        ("(415) 555-0129, Ext: 12", "US", "+14155550129", "12"),
        ("(415) 555-0129 (ext 12)", "US", "+14155550129", "12"),
        ("+14155550129,,12", "US", "+14155550129", "12"),
        ("4155550129#12", "US", "+14155550129", "12"),
        ("8 (495) 123-45-67 доб. 12", "RU", "+74951234567", "12"),
        ("84951234567 (доб.12)", "RU", "+74951234567", "12"),
        ("8 495 123-45-67, добавочный 345", "RU", "+74951234567", "345"),
        ("030 12345678 Durchwahl 22", "DE", "+493012345678", "22"),
        ("tel:+14155550130", "DE", "+14155550130", ""),
        ("TEL:+1-415-555-0130;ext=12", "US", "+14155550130", "12"),
        ("tel:%2B14155550130", "US", "+14155550130", ""),
        ("tel:415-555-0130;phone-context=+1", "DE", "+14155550130", ""),
        ("tel:+14155550130;isub=1411;ext=7", "US", "+14155550130", "7"),
        ("callto:+14155550130", "US", "+14155550130", ""),
        ("4915112345678", "DE", "+4915112345678", ""),
        ("6281234567890", "ID", "+6281234567890", ""),
        ("38344123456", "XK", "+38344123456", ""),
        ("468123456", "SE", "+468123456", ""),
        ("79161234567", "RU", "+79161234567", ""),
        ("9161234567", "RU", "+79161234567", ""),
        ("+8 916 123-45-67", "RU", "+79161234567", ""),
        ("00 44 20 7946 0018", "US", "+442079460018", ""),
        ("011 44 20 7946 0018", "DE", "+442079460018", ""),
    ],
)
def test_as_people_write_and_paste_it(text: str, country: str, number: str, extension: str) -> None:
    found = written(text)
    assert found is not None and found.extension == extension
    assert known_number(text, country) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "one two",
        "2025550123\n",
        "2025550123\r\nAction: Originate",
        "500&PJSIP/trunk/1900",
        "=cmd",
        "12 ext 3",
        "415-555-0129 or 415-555-0130",
        "++14155550129",
        "1+4155550129",
        "tel:",
        "x12",
        "\u202a\u202c",
        "5" * 200,
    ],
)
def test_what_is_more_or_less_than_a_number_is_none(text: str) -> None:
    assert isinstance(known_number(text, "US"), Refusal)


def test_where_both_readings_are_valid_the_other_one_is_known_too() -> None:
    german = Settings(lines=[EntryPoint(number="1000", name="x", default_country="DE")])
    assert readings("4915112345678", "DE") == ("+4915112345678", "+494915112345678")
    assert other_readings("4915112345678", "DE", german) == ("+494915112345678",)
    assert other_readings("+4915112345678", "DE", german) == ()
    assert other_readings("015112345678", "DE", german) == ()
    assert readings("442079460018", "DE") == ("+49442079460018", "+442079460018")
    assert other_readings("442079460018", "DE", german) == (), "London may not be called from there"
    assert readings("2025550123", "US") == ("+12025550123",), "no trunk prefix is missing in the United States"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "+",
        "0",
        "000",
        "0000000000",
        "+0000000000",
        "00000000000000",
        "9999999999",
        "1111111",
        "+19999999999",
        "+10000000000",
        "anonymous",
        "Anonymous",
        "ANONYMOUS",
        "Anonymous@anonymous.invalid",
        "anonymous.invalid",
        "unavailable",
        "Unavailable",
        "unknown",
        "Restricted",
        "private",
        "Private Number",
        "id-withheld",
        "No Caller ID",
        "asterisk",
        "withheld",
        "+266696687",
        "266696687",
        "7378742833",
        "+86282452253",
        "Неизвестный",
        "номер скрыт",
    ],
)
def test_nobodys_number_in_any_spelling(text: str) -> None:
    assert is_nobody(text)
    assert contact_number(text, "US") is None
    assert contact_number(text, "IN") is None
    assert contact_number(text, "DE") is None


@pytest.mark.parametrize("text", ["222", "1111", "201", "+12025550123", "+919999999999", "2025550000", "=cmd", "Anna"])
def test_somebodys_number_is_not_taken_for_nobodys(text: str) -> None:
    assert not is_nobody(text)


@pytest.mark.parametrize("text", ["10000000000", "1234567890", "+1234567890", "0123456789"])
def test_made_up_digits_are_no_contact(text: str) -> None:
    assert contact_number(text, "US") is None


def test_made_up_digits_that_are_a_number_somewhere_are_one_there() -> None:
    assert contact_number("0123456789", "FR") == "+33123456789"


def test_colleagues_are_known_by_their_short_numbers() -> None:
    assert contact_number("222", "US") == "222"
    assert typed_contact("\u202a222\u202c", "US") == "222"


def test_a_pasted_number_finds_the_person() -> None:
    assert typed_contact("\u202a+1\u00a0(202)\u00a0555\u20110123\u202c", "US") == "+12025550123"
    assert plain("\uff0b1\u2013\u0662") == "+1-2"
