"""What no person and no proper program sends: refused with a sentence, before a page or the store meets it."""

import re
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.calls import TICKET, WHOLE, Store
from tests.support.pages import Client, app_of, cookie_name, post
from web import keys

ODD = [
    ("text=" + "a" * 60_000, "web.argument_long"),
    ("text=%00", "web.odd_text"),
    ("%00=x", "web.odd_text"),
    ("before=0001-01-01T00:00:00%2B14:00~a", "web.bad_cursor"),
    ("before=9999-12-31T23:59:59-14:00~a", "web.bad_cursor"),
    ("before=never", "web.bad_cursor"),
]


@pytest.mark.parametrize(("query", "code"), ODD)
@pytest.mark.parametrize("path", ["/api/calls", "/calls"])
def test_an_odd_question_is_refused_with_a_sentence(signed: Client, path: str, query: str, code: str) -> None:
    answer = signed("eva").get(f"{path}?{query}")
    assert answer.status_code == 400
    if path.startswith("/api"):
        assert answer.json is not None and answer.json["code"] == code and len(answer.json["error"]) > 20
    else:
        assert "<h1>" in answer.text and "Traceback" not in answer.text


@pytest.fixture
def program(app: Flask, store: Store) -> FlaskClient:
    """A payment page with its key."""
    with store.sessions() as session, session.begin():
        _, key = keys.make(session, "payment page", ["record"], "admin")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"reason": "\\ud800"}', "web.odd_text"),
        ('{"\\u0000": 1}', "web.odd_text"),
        ('{"reason": ["a", {"b": "\\udfff"}]}', "web.odd_text"),
        ("[" * 20_000, "web.json_deep"),
        ("[" * 900 + "1" + "]" * 900, None),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "web.json_deep"),
        ("{", "web.no_json"),
        ("\xff", "web.no_json"),
        ('{"reason": "card"}', None),
        ("[]", None),
        ("", None),
    ],
)
def test_json_is_read_or_refused_with_a_sentence(program: FlaskClient, body: str, code: str | None) -> None:
    answer = program.post(
        f"/api/calls/{WHOLE}/recording/keep", data=body.encode("latin-1"), content_type="application/json"
    )
    said = answer.get_json().get("code")
    if code is None:
        assert said not in ("web.odd_text", "web.json_deep", "web.no_json")
    else:
        assert (answer.status_code, said) == (400, code)


def test_a_form_with_a_nul_changes_nothing(signed: Client) -> None:
    assert post(signed("eva"), "/look", theme="dark\0").status_code == 400


VALUES = [
    "-1",
    "9" * 30,
    "1e999",
    "nan",
    "%25%27",
    "(" * 1900,
    "*" * 1900,
    '"',
    "\\",
    "٣",
    "0001-01-01",
    "9999-12-31",
    "\u202e\u2066😀",
    "talk>" + "9" * 400,
]
ARGUMENTS = (
    "q",
    "text",
    "before",
    "limit",
    "page",
    "order",
    "result",
    "agent",
    "from",
    "to",
    "ticket",
    "number",
    "talk_min",
    "talk_max",
    "silence",
    "speaker",
    "survey",
    "line",
    "at",
    "original",
    "correct",
    "next",
    "lang",
    "embed",
)
PART = re.compile(r"<(?:\w+:)?(\w+)>")
PLACES = {"call_id": [WHOLE, "x" * 300, "%F0%9F%98%80", "1.1%0d%0aX"], "number": [str(TICKET), "9" * 30, "0"]}


@pytest.mark.parametrize("value", VALUES)
def test_whatever_an_address_asks_there_is_an_answer(signed: Client, value: str) -> None:
    admin = signed("admin")
    asked = dict.fromkeys(ARGUMENTS, value)
    for path in (
        "/calls",
        "/search",
        "/heard",
        "/callback",
        f"/calls/{WHOLE}",
        f"/calls/{WHOLE}/sound",
        "/api/calls",
        "/api/search",
    ):
        assert admin.get(path, query_string=asked).status_code < 500, path


def test_whatever_stands_in_the_place_of_a_name_there_is_an_answer(signed: Client, app: Flask) -> None:
    admin = signed("admin")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.arguments & set(PLACES):
            continue
        for which in range(4):
            path = PART.sub(partial(_value, which), rule.rule)
            assert admin.get(path).status_code < 500, path


def _value(which: int, part: re.Match[str]) -> str:
    values = PLACES.get(part[1], ["txt", "json"])
    return values[which % len(values)]


def test_files_that_are_passed_on_name_us_as_the_settings_do(app: Flask, store: Store, cookies: dict[str, str]) -> None:
    def link(app: Flask) -> str:
        forged = {
            "Host": "evil.example",
            "X-Forwarded-Host": "evil.example",
            "Cookie": f"{cookie_name(app)}={cookies['eva']}",
        }
        found = app.test_client(use_cookies=False).get(f"/calls/{WHOLE}/transcript.vcon", headers=forged)
        return str(found.get_json(force=True)["dialog"][0]["url"])

    assert link(app) == f"http://127.0.0.1:8080/calls/{WHOLE}/sound"
    web = store.settings.web.model_copy(update={"public_url": "https://ringback.example:8443"})
    assert link(app_of(store, web=web)) == f"https://ringback.example:8443/calls/{WHOLE}/sound"
