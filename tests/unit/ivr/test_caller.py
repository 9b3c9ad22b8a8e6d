"""The From header: whatever a caller writes there is a number and a name, and nothing more."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.caller import read_from, shown_number


@pytest.mark.parametrize(
    ("header", "number", "name"),
    [
        ('"Alice" <sip:+12025550100@10.0.0.1>', "+12025550100", "Alice"),
        ("Alice <sip:1000@x:5060;transport=udp>", "1000", "Alice"),
        ("<sip:1000@x>", "1000", ""),
        ("sip:1000@x;tag=4", "1000", ""),
        (r'"say \"hi\" \\ there" <sip:1@x>', "1", r'say "hi" \ there'),
        ('"<img src=x onerror=alert(1)>" <sip:=cmd@x>', "=cmd", "<img src=x onerror=alert(1)>"),
        ('"Мария" <sip:%2B7495@x>', "+7495", "Мария"),
        ('"a" <sip:1%0d%0a%0d%0aEvent%3a%20Hangup@x>', "1 Event: Hangup", "a"),
        ('"a\u202eb" <sip:%00@x>', "", "ab"),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', "", "Anonymous"),
        (r"\"Alice\" <sip:1@x>", "1", "Alice"),
        ('"<sip:1@evil>" <sip:2@x>', "2", "<sip:1@evil>"),
        ("", "", ""),
        ("nonsense", "", ""),
        ('"Unavailable" <sip:Unavailable@10.0.0.1>', "", "Unavailable"),
        ("<sip:0000000000@x>", "", ""),
        ("<sip:+266696687@x>", "", ""),
        ("<sip:asterisk@x>", "", ""),
        ("sip:x", "x", ""),
        ("<tel:+12025550100;phone-context=x>", "+12025550100", ""),
        ("<sip:+12025550100;npdi@x;user=phone>", "+12025550100", ""),
        ('"A" <sip:+12025550100@x>;party=calling;privacy=full', "", "A"),
        ('"A" <sip:+12025550100@x>;party=calling;privacy=off', "+12025550100", "A"),
    ],
)
def test_number_and_name(header: str, number: str, name: str) -> None:
    assert read_from(quote(header)) == (number, name)


@given(st.text())
def test_any_text_is_read_without_a_word(text: str) -> None:
    number, name = read_from(text)
    assert len(number) <= 200
    assert len(name) <= 200


@given(st.text())
def test_other_phones_are_told_digits_alone(text: str) -> None:
    assert set(shown_number(text)) <= set("+0123456789")


def test_a_number_is_shown() -> None:
    assert shown_number("+12025550100") == "+12025550100"
    assert shown_number("1000&PJSIP/trunk") == ""
