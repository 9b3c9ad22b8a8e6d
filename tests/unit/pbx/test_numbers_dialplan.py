"""How the dialplan reads numbers: each spelling of a line's, and what the trunk's headers say."""

import re
from pathlib import Path

import pytest

from tests.unit.pbx.test_asterisk_conf import rendered, section, settings_in


def test_what_the_trunk_sends_is_an_argument_as_digits_or_encoded_alone(tmp_path: Path) -> None:
    trunk = {"host": "sip.example.com", "user": "4711", "caller_number": "p-asserted-identity"}
    text = (rendered(settings_in(tmp_path, trunk=trunk)).etc / "extensions.conf").read_text()
    sent = re.findall(r"(\S*)\$\{(?:PJSIP_HEADER\(read,[a-zA-Z-]+\)|EXTEN)\}", text)
    assert len(sent) >= 5
    wrapped = ("${URIENCODE(", "${FILTER(0-9+,", "${FILTER(a-z,${TOLOWER(")
    assert [before for before in sent if not before.endswith(wrapped)] == []


def test_a_line_is_reached_by_each_spelling_of_its_number(tmp_path: Path) -> None:
    lines = [
        {"number": "+49 (0)30 12345678", "name": "Berlin", "default_country": "DE"},
        {"number": "1000", "name": "x"},
    ]
    place = rendered(settings_in(tmp_path, lines=lines, trunk={"host": "sip.example.com", "user": "4711"}))
    text = (place.etc / "extensions.conf").read_text()
    ways = ["+493012345678", "3012345678", "03012345678", "00493012345678", "011493012345678", "810493012345678"]
    assert [line for line in section(text, "ringback-lines") if line.endswith("Goto(493012345678,1)")] == [
        *(f"exten => {way},1,Goto(493012345678,1)" for way in ways),
        "exten => ringback,1,Goto(493012345678,1)",
    ]
    assert "exten => n1000,1,Goto(ringback-lines,1000,known)" in section(text, "ringback-spellings")
    assert "exten => 4711,1,Set(RINGBACK_REQUEST=4711)" in section(text, "ringback-trunk")


HEADERS = ("p-called-party-id", "to", "diversion")


@pytest.mark.parametrize(
    ("chosen", "account", "number"),
    [
        (
            "auto",
            ["p-called-party-id", "to", "diversion", "request"],
            ["request", "p-called-party-id", "to", "diversion"],
        ),
        ("request", ["request"], ["request"]),
        ("to", ["to", "request"], ["to", "request"]),
        ("x-called-number", ["x-called-number", "request"], ["x-called-number", "request"]),
    ],
)
def test_where_the_called_number_stands_is_a_setting(
    tmp_path: Path, chosen: str, account: list[str], number: list[str]
) -> None:
    trunk = {"host": "sip.example.com", "user": "4711", "called_number": chosen}
    text = (rendered(settings_in(tmp_path, trunk=trunk)).etc / "extensions.conf").read_text()
    plan = "\n".join(section(text, "ringback-trunk"))
    to_account, to_number = plan.split("exten => called,1")
    assert re.findall(r"Gosub\(ringback-called,([a-z-]+),1\)", to_account) == account
    assert re.findall(r"Gosub\(ringback-called,([a-z-]+),1\)", to_number) == number
