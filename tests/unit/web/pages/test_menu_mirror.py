"""The mirror of the menus: what callers do in each one, and what they say first."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from calls.models import Call, CallSegment, QueueVisit
from ringback.store.base import utcnow
from tests.support.calls import EVIL, EVIL_NAME, WHOLE, Store
from tests.support.pages import Client
from transcripts.models import Segment, Transcript
from web.documents.menu_mirror import mirror_document

COUNTED = "/menu-mirror?counted=1"


def test_the_page_asks_for_its_figures_by_itself(signed: Client) -> None:
    client = signed("eva")
    first = client.get("/menu-mirror?days=30").text
    assert 'hx-get="/menu-mirror?days=30"' in first and "Counting" in first
    assert "/menu-mirror?counted=1&amp;days=30" in first, "a way without scripts"
    assert "Took it" not in first
    assert "Took it" in client.get("/menu-mirror?days=30", headers={"HX-Request": "true"}).text


def test_an_option_shows_its_callers_and_what_they_said_first(signed: Client, store: Store) -> None:
    page = signed("eva").get(COUNTED).text
    assert "Something does not work" in page and "An order or a bill" in page
    assert f'href="/calls/{WHOLE}?at=25.2"' in page
    assert "Since this morning the router shows a red light" in page
    assert re.search(r'href="/calls\?[^"]*menu=main:1[^"]*"', page), "the calls behind a figure"
    assert "Anything else" not in page and "that was quick" not in page, "only the beginning of the talk"


def test_what_callers_call_themselves_is_text(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        path = [{"menu": EVIL_NAME, "key": "7", "label": EVIL_NAME}, {"menu": "main", "key": "9", "label": EVIL_NAME}]
        session.execute(update(Call).where(Call.call_id == EVIL).values(menu_path=path))
    page = signed("eva").get(COUNTED).text
    assert EVIL_NAME not in page and "&lt;img src=x" in page
    assert "No longer in the settings" in page


def test_who_was_passed_on_and_to_whom(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        at = utcnow()
        for seq, came_by in enumerate(("menu", "transfer")):
            session.add(QueueVisit(call_id=WHOLE, seq=seq, queue="billing", entered_at=at, came_by=came_by))
        session.execute(delete(CallSegment).where(CallSegment.call_id == EVIL))
        session.add(CallSegment(call_id=EVIL, seq=0, kind="talk", agent="gone", started_at=at, why="blind"))
    with store.sessions() as session:
        since = utcnow() - timedelta(days=1)
        document = mirror_document(session, store.settings, since, utcnow(), None, "en")
    [main] = [menu for menu in document["menus"] if menu["name"] == "main"]
    options = {option["key"]: option for option in main["options"]}
    assert options["1"]["passed_on_to"] == [{"kind": "queue", "name": "billing", "calls": 1}]
    assert options["2"]["passed_on_to"] == [{"kind": "agent", "name": "gone", "calls": 1}]
    page = signed("eva").get(COUNTED).text
    assert "Was passed on" in page and "gone" in page


def test_the_language_of_who_reads_and_what_an_option_was_called(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        renamed = [{"menu": "main", "key": "1", "label": "Sales of before"}]
        session.execute(update(Call).where(Call.call_id == WHOLE).values(menu_path=renamed))
    with store.sessions() as session:
        since = utcnow() - timedelta(days=1)
        document = mirror_document(session, store.settings, since, utcnow(), None, "ru")
    first, second = document["menus"][0]["options"][:2]
    assert (first["label"], first["was_called"]) == ("Что-то не работает", "Sales of before")
    assert (second["label"], second["was_called"]) == ("Заказ или счёт", None)


def test_options_that_nobody_took_and_menus_that_nobody_heard_are_there(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        session.execute(update(Call).values(menu_path=[]))
    page = signed("eva").get(COUNTED).text
    assert "Nobody heard this menu in this time." in page and "Something does not work" in page


def test_nobody_called(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        session.execute(update(Call).values(arrived_at=utcnow() - timedelta(days=40)))
    page = signed("eva").get(f"{COUNTED}&days=30&line=1000").text
    assert "Nobody called in this time" in page


def test_texts_that_were_erased_are_not_quoted(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        session.execute(delete(Segment))
        session.execute(update(Transcript).values(state="none"))
    page = signed("eva").get(COUNTED).text
    assert "No call of this time has a text yet." in page and "router" not in page


@pytest.mark.parametrize("query", ["days=0", "days=-1", "days=x", "line=%27%3B--", "days=7&days=1", "line=9999"])
def test_an_address_that_means_nothing_is_the_usual_page(signed: Client, query: str) -> None:
    answer = signed("eva").get(f"{COUNTED}&{query}")
    assert answer.status_code == 200 and "Something does not work" in answer.text


@pytest.mark.parametrize(("name", "status"), [("tom", 200), ("admin", 200), ("anna", 403)])
def test_it_is_for_those_who_may_see_all_calls(signed: Client, name: str, status: int) -> None:
    client = signed(name)
    assert client.get("/menu-mirror").status_code == status
    assert ("/menu-mirror" in client.get("/now").text) is (status == 200)
