"""The page of a line's flow: the drawing with its numbers, the same as a list, and the calls behind each number."""

import html
import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.config import EntryPoint
from ringback.store.base import utcnow
from tests.support.calls import Store
from tests.support.pages import Client, app_of, signed_in

BROKEN = {"menu": "main", "key": "1", "label": "Something does not work"}
PERSON = {"menu": "main", "key": "0", "label": "A person"}


LINE = "1009"


@pytest.fixture
def client(store: Store, cookies: dict[str, str]) -> Client:
    """Of pages with a line that nobody has called yet."""
    lines = [*store.settings.lines, EntryPoint(number=LINE, name="Новая", language="ru")]
    return partial(signed_in, app_of(store, lines=lines), cookies)


def add(session: Session, call_id: str, line: str, *path: dict[str, str], days: float = 0.01, **more: Any) -> None:
    facts: dict[str, Any] = {"language": "en", "caller_number": "", "caller_name": "", "state": "ended"}
    facts |= {"arrived_at": utcnow() - timedelta(days=days), "menu_path": list(path), "result": "served"}
    session.add(Call(call_id=call_id, line=line, **facts | {"menus": [["main", 1, 0, 0]]} | more))


def seed_flow(store: Store) -> None:
    """Nine calls on a line that nobody had called, one of them three weeks ago."""
    with store.sessions() as session, session.begin():
        for at in range(3):
            add(session, f"f-broken-{at}", LINE, BROKEN)
        add(session, "f-old", LINE, BROKEN, days=20)
        add(session, "f-person", LINE, PERSON, menus=[["main", 3, 1, 1]])
        add(session, "f-left", LINE, result="left")
        add(session, "f-left-silent", LINE, result="left", menus=[["main", 2, 1, 0]])
        add(session, "f-left-later", LINE, result="left", menus=[["main", 1, 0, 0], ["other", 1, 0, 0]])
        add(session, "f-before", LINE, BROKEN, menus=None)


def shown(page: str) -> dict[str, str]:
    """In the drawing: the number at each link, by what it says to those who do not see it."""
    found = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)">', page)
    return {html.unescape(told): html.unescape(url) for url, told in found}


def test_numbers_lead_to_the_calls_behind_them(client: Client, store: Store) -> None:
    reader = client("eva")
    empty = reader.get("/flow?line=1009&days=30").text
    assert "Nobody has called this line in these days" in empty
    seed_flow(store)
    page = reader.get("/flow?line=1009").text
    links = shown(page)
    counts = {
        "8 calls": 8,
        "Menu main: 8 heard it": 8,
        "Menu main: 2 hung up": 2,
        "Menu main: 2 silent": 2,
        "Menu main: 1 wrong keys": 1,
        "4 calls took 1 in menu main, 50 % of those who heard it": 4,
        "1 call took 0 in menu main, 12 % of those who heard it": 1,
    }
    assert set(links) == set(counts)
    for told, count in counts.items():
        listed = reader.get(links[told]).text
        assert listed.count('class="row-link"') == count, told
    assert "Silence and wrong keys are known of 7 of 8 calls" in page
    older = shown(reader.get("/flow?line=1009&days=30").text)
    assert "5 calls took 1 in menu main, 56 % of those who heard it" in older


def test_the_list_for_phones_says_the_same_as_the_drawing(client: Client, store: Store) -> None:
    seed_flow(store)
    page = client("eva").get("/flow?line=1009").text
    rows = re.findall(r"<li class=\"flow-indent-0\">(.*?)</li>", page, re.DOTALL)
    plain = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert "1 Something does not work → Queue Support 4" in plain


def test_it_is_in_the_readers_language_and_of_a_line_that_is_there(client: Client) -> None:
    reader = client("admin")
    reader.set_cookie("language", "ru")
    page = reader.get("/flow?line=1009&days=31").text
    for words in ("Линия 1009: Новая", "Что-то не работает", "Очередь «Поддержка»", "7 дней"):
        assert words in page
    assert "Линия 1000" in reader.get("/flow?line=<script>").text, "the first one, where there is none"


def test_a_filter_of_menus_takes_any_text_for_a_text(client: Client, store: Store) -> None:
    seed_flow(store)
    reader = client("eva")
    for hostile in ("%", "_", "main%", "ma_n", '"', "main:%", "main:_", "'; drop table call; --", "/", "\\"):
        listed = reader.get("/calls", query_string={"menu": hostile})
        assert listed.status_code == 200
        assert 'class="row-link"' not in listed.text, hostile


def test_many_calls_cost_one_look(client: Client, store: Store) -> None:
    """What the store has put together is what is read: not a row for each call."""
    with store.sessions() as session, session.begin():
        for at in range(300):
            add(session, f"many-{at}", LINE, BROKEN)
    assert "300 calls took 1 in menu main" in client("eva").get("/flow?line=1009").text
