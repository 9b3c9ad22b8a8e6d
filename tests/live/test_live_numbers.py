"""Numbers as providers write them, on the real Asterisk: which line is reached, and who is said to call."""

import itertools
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import pytest
from sqlalchemy import select

from app.trial.trial import until
from calls.models import Call
from tests.support.installation import Installation
from tests.support.raw_caller import RawCall

PROVIDER = "127.0.0.2"
"""Where the trunk is: loopback has many addresses, and anybody else calls from another one."""
SUPPORT, BILLING, BERLIN = "+12025550100", "+12025550101", "+493012345678"
CHANGES: dict[str, Any] = {
    "lines": [
        {"number": SUPPORT, "name": "Support"},
        {"number": "(202) 555-0101", "name": "Billing", "also": ["+1 202 555 0102"]},
        {"number": BERLIN, "name": "Berlin", "default_country": "DE"},
        {"number": "1000", "name": "Inside"},
    ],
    "trunk": {
        "host": PROVIDER,
        "port": 9,
        "user": "4711",
        "registration": True,
        "qualify_seconds": 0,
        "caller_number": "p-asserted-identity",
    },
}
ROW_SECONDS = 40.0
"""A row is there in no time; a machine that is busy with other things takes longer."""
_callers = itertools.count(3000)

House = Callable[[dict[str, Any]], Installation]


@pytest.fixture
def numbers(house_with: House) -> Installation:
    return house_with(CHANGES)


class Dialler:
    """Places calls from one address, and asks the store what became of them while they go on."""

    def __init__(self, house: Installation, source: str) -> None:
        self.house, self.source = house, source
        self.open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.open.close()

    def code(self, uri: str, *, caller: str, to: str = "", headers: tuple[str, ...] = ()) -> int:
        """The answer to a call, which goes on until all are over."""
        port = self.house.trial.settings.sip.port
        return self.open.enter_context(
            RawCall(port, uri, caller=caller, to=to, headers=headers, source=self.source)
        ).code

    def line(self, uri: str, to: str = "", headers: tuple[str, ...] = ()) -> str:
        """The line that answers, or the code of the refusal."""
        caller = f"+1202555{next(_callers)}"
        code = self.code(uri, caller=caller, to=to, headers=headers)
        return found(self.house, caller).line if code == 200 else str(code)


def found(house: Installation, caller: str) -> Call:
    return until(f"a row of the call of {caller}", ROW_SECONDS, lambda: house.call(caller))


SPELLINGS = {
    "sip:+12025550100@x": "12025550100",
    "sip:12025550100@x": "12025550100",
    "sip:2025550100@x": "12025550100",
    "sip:0012025550100@x": "12025550100",
    "sip:01112025550100@x": "12025550100",
    "sip:81012025550100@x": "12025550100",
    "sip:12025550100;npdi@x": "12025550100",
    "sip:+12025550100;npdi=yes;rn=+12025550199;cic=+1777@x;user=phone": "12025550100",
    "sip:2025550100;phone-context=+1@x;user=phone": "12025550100",
    "sip:%2B12025550100@x": "12025550100",
    "sip:+1-202-555-0100@x": "12025550100",
    "tel:+12025550100": "12025550100",
    "tel:+1-202-555-0100;phone-context=example.com": "12025550100",
    "sip:+12025550101@x": "2025550101",
    "sip:12025550102@x": "2025550101",
    "sip:03012345678@x": "493012345678",
    "sip:493012345678@x": "493012345678",
    "sip:00493012345678@x": "493012345678",
    "sip:1000@x": "1000",
    "sip:+12025550199@x": "",
    "sip:5550100@x": "",
}


@pytest.mark.parametrize(("source", "no_line"), [(PROVIDER, "404"), ("127.0.0.1", "401")])
def test_a_line_answers_however_its_number_is_written(numbers: Installation, source: str, no_line: str) -> None:
    with Dialler(numbers, source) as dialler:
        lines = {dialled: dialler.line(dialled) for dialled in SPELLINGS}
    assert lines == {dialled: line or no_line for dialled, line in SPELLINGS.items()}


ACCOUNT = "sip:ringback@x"
SERVER, OURS = "sip:4711@x", f"sip:{SUPPORT}@x"
SEVERAL = {
    "the account alone": ((ACCOUNT, SERVER, ()), "12025550100"),
    "To": ((ACCOUNT, "sip:+12025550101@x", ()), "2025550101"),
    "To, national": ((ACCOUNT, "sip:03012345678@x", ()), "493012345678"),
    "To, tel": ((ACCOUNT, "tel:+49-30-12345678", ()), "493012345678"),
    "To, by the user of the account": ((SERVER, "sip:+12025550102@x", ()), "2025550101"),
    "To, which is no line": ((ACCOUNT, "sip:+12025550177@x", ()), "12025550100"),
    "P-Called-Party-ID": (
        (ACCOUNT, SERVER, ('P-Called-Party-ID: "1000, <sip:1000@x>" <sip:+493012345678;npdi@x;user=phone>',)),
        "493012345678",
    ),
    "P-Called-Party-ID before To": (
        (ACCOUNT, OURS, ("P-Called-Party-ID: <tel:+12025550101>",)),
        "2025550101",
    ),
    "escaped": ((ACCOUNT, SERVER, ("P-Called-Party-ID: <sip:%2B493012345678@x>",)), "493012345678"),
    "Diversion": ((ACCOUNT, SERVER, ("Diversion: <sip:+12025550101@x>;reason=unconditional",)), "2025550101"),
    "a request to a number of ours": ((OURS, "sip:+12025550101@x", ()), "12025550100"),
    "a request to no number of ours": (("sip:+12025550177@x", "sip:+12025550101@x", ()), "2025550101"),
    "a server without a user": (("sip:127.0.0.1", "sip:+12025550101@x", ()), "2025550101"),
    "nothing that is ours": (("sip:+12025550177@x", "sip:+12025550178@x", ()), "404"),
    "a word": (("sip:support@x", "sip:support@x", ()), "404"),
    "hostile": (
        (ACCOUNT, SERVER, ('P-Called-Party-ID: "${SHELL(touch owned)}" <sip:1000)},1)&${EXTEN}"\'@x>',)),
        "1000",
    ),
}


def test_several_numbers_on_one_account_are_a_line_each(numbers: Installation) -> None:
    with Dialler(numbers, PROVIDER) as dialler:
        lines = {name: dialler.line(*how) for name, (how, _) in SEVERAL.items()}
    assert lines == {name: line for name, (_, line) in SEVERAL.items()}
    assert not list(numbers.trial.folder.rglob("owned"))


def test_headers_of_strangers_choose_no_line(numbers: Installation) -> None:
    headers = ("P-Called-Party-ID: <sip:+12025550101@x>", "Diversion: <sip:+12025550101@x>")
    with Dialler(numbers, "127.0.0.1") as stranger:
        lines = [stranger.line(uri, "sip:+12025550101@x", headers) for uri in (ACCOUNT, OURS, "sip:+12025550177@x")]
    assert lines == ["12025550100", "12025550100", "401"]


ANNA = "<sip:+14155550141@x;user=phone>"
NOBODY = "sip:anonymous@anonymous.invalid"
WHO = {
    "P-Asserted-Identity": ("sip:4711@x", (f'P-Asserted-Identity: "Anna" {ANNA}',), "+14155550141"),
    "two": ("sip:4711@x", ("P-Asserted-Identity: <sip:+14155550142@x>, <tel:+14155550142>",), "+14155550142"),
    "none": ("sip:+14155550143@x", (), "+14155550143"),
    "private": (NOBODY, (f"P-Asserted-Identity: {ANNA}", "Privacy: id;critical"), ""),
    "not private": (NOBODY, ("P-Asserted-Identity: <sip:+14155550145@x>", "Privacy: none"), "+14155550145"),
    "anonymous": (NOBODY, (), ""),
    "zeros": ("sip:0000000000@x", (), ""),
}


def rows(house: Installation) -> list[Call]:
    with house.trial.sessions()() as session:
        return list(session.scalars(select(Call).order_by(Call.arrived_at)))


def test_who_calls_is_read_from_the_trunks_header(numbers: Installation) -> None:
    told = {}
    with Dialler(numbers, PROVIDER) as dialler:
        for name, (sender, headers, _) in WHO.items():
            before = len(rows(numbers))
            assert dialler.code(OURS, caller=sender, headers=headers) == 200
            until(f"a row of the call with {name}", ROW_SECONDS, lambda before=before: len(rows(numbers)) > before)
            told[name] = rows(numbers)[-1].caller_number
    assert told == {name: number for name, (_, _, number) in WHO.items()}


def test_an_identity_that_a_stranger_asserts_is_not_read(numbers: Installation) -> None:
    headers = (f'P-Asserted-Identity: "Anna" {ANNA}', f'Remote-Party-ID: "Anna" {ANNA}')
    with Dialler(numbers, "127.0.0.1") as stranger:
        assert stranger.code(OURS, caller="+14155550190", headers=headers) == 200
        assert found(numbers, "+14155550190").caller_name == ""


def test_words_and_digits_for_a_withheld_number_are_nobodys(numbers: Installation) -> None:
    before = len(rows(numbers))
    with Dialler(numbers, PROVIDER) as dialler:
        for sender in ("sip:0000000000@x", "sip:9999999999@x", "sip:Unavailable@x"):
            assert dialler.code(OURS, caller=sender) == 200
        until("three rows", ROW_SECONDS, lambda: len(rows(numbers)) == before + 3)
    assert [row.caller_number for row in rows(numbers)[before:]] == ["", "", ""]
