"""Callers who try to be more than data: their name and number are text everywhere, and nothing else."""

import html
import urllib.parse

import pytest

from calls.models import Call
from tests.support.installation import SECONDS, Installation
from tests.support.page import Page
from web.documents.calls import call_document

NAMES = [
    "<img src=x onerror=alert(1)>",
    "'\"; DROP TABLE call; --",
    '=HYPERLINK("http://example.org")',
    "${SHELL(touch owned)} $[1+1]",
    "Имя 名前 \u202egnp.exe",
]
NUMBERS = [
    "=cmd",
    "500&PJSIP/anna",
    "1\r\nAction: Originate\r\nChannel: Local/1000@ringback-lines\r\n\r\n",
    "../../etc/passwd",
    '"><script>alert(1)</script>',
]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_only_text(house: Installation, name: str) -> None:
    caller = house.dial("1000", name=name)
    caller.hear("notice")
    caller.phone.hangup()
    call = house.wait_ended(caller.number)
    # SIP puts a backslash before a quote, and Asterisk one more: both stay. What changes directions does not.
    assert call.caller_name.replace("\\", "") == name.replace("\u202e", "")
    shown_safely(house, call, call.caller_name)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_hostile_number_is_only_text(house: Installation, number: str) -> None:
    name = f"Hostile {NUMBERS.index(number)}"
    caller = house.dial("1000", number=urllib.parse.quote(number, safe=""), name=name)
    caller.hear("notice")
    caller.phone.hangup()
    caller.phone.wait("disconnected", SECONDS)
    call = house.wait_ended(name, by_name=True)
    assert call.result == "left"
    if number.isprintable():
        assert call.caller_number == number
    shown_safely(house, call, call.caller_number)


def shown_safely(house: Installation, call: Call, text: str) -> None:
    """The store and the API have the text as it is; pages have it escaped; Asterisk and the parts are unharmed."""
    with house.trial.sessions()() as session:
        document = call_document(session, call.call_id)
    assert document is not None and text in (document["call"]["caller_name"], document["call"]["caller_number"])
    page = Page(house.trial)
    page.sign_in()
    for path in ("/calls", f"/calls/{call.call_id}", f"/tickets/{call.ticket_number}"):
        shown = page.get(path)
        assert "<img src=x" not in shown and "<script>alert" not in shown, path
        if path == "/calls":
            assert text in html.unescape(shown)
    assert house.channels() == 0, "nobody was called"
    assert not list(house.trial.folder.rglob("owned"))
