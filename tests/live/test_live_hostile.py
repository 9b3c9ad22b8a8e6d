"""Callers who try to be more than data: their name and number are text everywhere, and nothing else."""

import html
import http.cookiejar
import re
import urllib.parse
import urllib.request

import pytest

from ringback.trial import LOOPBACK
from tests.live.house import SECONDS, House
from tickets.models import Call
from web.api.documents import call_document

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


class Page:
    """A signed-in browser without scripts: what the server sends."""

    def __init__(self, house: House) -> None:
        self.base = f"http://{LOOPBACK}:{house.trial.settings.web.port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/sign-in"))
        assert token is not None
        form = {"csrf_token": token[1], "name": "admin", "password": house.trial.secrets().admin_password}
        data = urllib.parse.urlencode(form).encode()
        with self.opener.open(f"{self.base}/sign-in", data) as answer:
            assert "/sign-in" not in answer.geturl()

    def get(self, path: str) -> str:
        with self.opener.open(f"{self.base}{path}") as answer:
            return answer.read().decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_only_text(house: House, name: str) -> None:
    caller = house.dial("1000", name=name)
    caller.hear("notice")
    caller.phone.hangup()
    call = house.wait_ended(caller.number)
    # SIP puts a backslash before a quote, and Asterisk one more: both stay.
    assert call.caller_name.replace("\\", "") == name
    shown_safely(house, call, call.caller_name)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_hostile_number_is_only_text(house: House, number: str) -> None:
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


def shown_safely(house: House, call: Call, text: str) -> None:
    """The store and the API have the text as it is; pages have it escaped; Asterisk and the parts are unharmed."""
    with house.trial.sessions()() as session:
        document = call_document(session, call.linkedid)
    assert document is not None and text in (document["call"]["caller_name"], document["call"]["caller_number"])
    page = Page(house)
    for path in ("/calls", f"/calls/{call.linkedid}", f"/tickets/{call.ticket_number}"):
        shown = page.get(path)
        assert "<img src=x" not in shown and "<script>alert" not in shown, path
        if path == "/calls":
            assert text.splitlines()[0].partition("\u202e")[0] in html.unescape(shown)
    assert house.channels() == 0, "nobody was called"
    assert not list(house.trial.folder.rglob("owned"))
