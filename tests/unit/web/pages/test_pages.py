"""The pages as a browser gets them: hostile text stays text, each state of a call, lists, languages and times."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from calls.models import Call
from ringback.store.base import utcnow
from ringback.store.bus import AgentState
from tests.support.calls import EVIL, EVIL_NAME, EVIL_TICKET, MISSING, OPEN, TRUNCATED, WHOLE, Store, open_empty
from tests.support.pages import PASSWORD, Client, app_of, come_in, post
from web.service import ensure_admin


@pytest.mark.parametrize("page", [
    "/calls", f"/calls/{EVIL}", "/calls?text=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E", f"/tickets/{EVIL_TICKET}", "/now",
])  # fmt: skip
def test_hostile_text_stays_text(signed: Client, store: Store, page: str) -> None:
    with store.sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.call_id == OPEN)).one()
        call.caller_name, call.caller_number, call.line = EVIL_NAME, "=cmd", "\u202e<b>"
        agent = session.get(AgentState, "boris")
        assert agent is not None
        agent.reason = EVIL_NAME
    text = signed("eva").get(page).text
    assert "<img" not in text and "<b>" not in text and "\u202e" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_the_api_gives_hostile_text_as_json_only(signed: Client) -> None:
    answer = signed("eva").get(f"/api/calls/{EVIL}")
    assert answer.mimetype == "application/json"
    assert answer.json is not None and answer.json["call"]["caller_name"] == EVIL_NAME


@pytest.mark.parametrize(("call_id", "words"), [
    (WHOLE, ["Dana Whitfield", "+14155550123", "Something does not work", "router", "1042", "Complete", "Yes"]),
    (MISSING, ["There is no recording", "The disk was full when it began.", "Missing"]),
    (TRUNCATED, ["Cut short", "Hung up while waiting"]),
    (OPEN, ["The call is in progress and being recorded", 'hx-trigger="every 1s"']),
])  # fmt: skip
def test_one_call_in_each_state(signed: Client, call_id: str, words: list[str]) -> None:
    text = signed("eva").get(f"/calls/{call_id}").text
    assert [word for word in words if word not in text] == []


def test_a_finished_call_stops_asking(signed: Client) -> None:
    page = signed("eva").get(f"/calls/{WHOLE}").text
    assert "every 1s" not in page and "every 2s" not in page


def test_the_list_pages_through_links(signed: Client, store: Store) -> None:
    at = utcnow() - timedelta(days=1)
    with store.sessions() as session, session.begin():
        for number in range(60):
            session.add(
                Call(call_id=f"9.{number:03}", line="1000", language="en", caller_number=f"+1777{number:04}",
                     caller_name="", state="ended", result="left", arrived_at=at + timedelta(seconds=number),
                     ended_at=at + timedelta(seconds=number + 1))
            )  # fmt: skip
    eva = signed("eva")
    first = eva.get("/calls?result=left").text
    link = re.search(r'href="(/calls\?before=[^"]+)"', first)
    assert link is not None
    second = eva.get(link.group(1).replace("&amp;", "&")).text
    shown = re.findall(r"1777\d{4}", first + second)
    assert len(set(shown)) == 60
    assert "Back to the top" in second and "More calls" not in second


def test_empty_lists_say_what_to_do(signed: Client, tmp_path: Path, store: Store) -> None:
    assert "No calls match" in signed("eva").get("/calls?text=nothing+like+this").text
    empty = open_empty(tmp_path / "empty")
    with empty.sessions() as session, session.begin():
        ensure_admin(session, PASSWORD)
    client = app_of(empty).test_client()
    come_in(client, "admin")
    assert "No calls yet" in client.get("/calls").text and "1000" in client.get("/calls").text
    assert "Nobody is on the line" in client.get("/now").text


def test_the_living_part_is_sent_only_when_something_changed(signed: Client, store: Store) -> None:
    eva = signed("eva")
    part = eva.get("/now", headers={"HX-Request": "true"}).text
    tag = re.search(r"&#34;If-None-Match&#34;: &#34;\\&#34;(\w+)\\&#34;", part)
    assert tag is not None
    headers = {"HX-Request": "true", "If-None-Match": f'"{tag.group(1)}"'}
    assert eva.get("/now", headers=headers).status_code == 304
    with store.sessions() as session, session.begin():
        agent = session.get(AgentState, "anna")
        assert agent is not None
        agent.state = "talking"
    changed = eva.get("/now", headers=headers)
    assert changed.status_code == 200 and "Talking" in changed.text and "<html" not in changed.text


@pytest.mark.parametrize(
    "page", ["/calls/1.1", "/tickets/99999", "/tickets/99999999999999999999", "/nothing", "/api/calls/1.1"]
)
def test_what_is_not_there(signed: Client, page: str) -> None:
    answer = signed("eva").get(page)
    assert answer.status_code == 404
    assert "There is no such page, call or ticket" in answer.text


def test_a_bad_place_in_the_list(signed: Client) -> None:
    assert signed("eva").get("/calls?before=x").status_code == 400
    assert signed("eva").get("/api/calls?before=x").status_code == 400


@pytest.mark.parametrize("page", ["/now", "/calls", "/api/now", "/sign-in"])
def test_a_store_that_is_away_is_a_readable_page(signed: Client, store: Store, page: str) -> None:
    eva = signed("eva")
    engine = store.sessions.kw["bind"]
    engine.dispose()
    database = store.settings.data / "ringback.db"
    for name in ("ringback.db", "ringback.db-wal", "ringback.db-shm"):
        (store.settings.data / name).unlink(missing_ok=True)
    database.mkdir()
    answer = eva.get(page)
    assert answer.status_code == 503
    assert "cannot read the database" in answer.text and "Traceback" not in answer.text


def test_a_nul_is_refused_before_any_store_sees_it(signed: Client) -> None:
    eva = signed("eva")
    for page in ("/calls?text=a%00b", "/calls/1%00", "/api/calls?agent=%00"):
        assert eva.get(page).status_code == 400


def test_an_agent_sees_now_without_the_callers_of_others(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        session.scalars(select(Call).where(Call.call_id == OPEN)).one().agent = "boris"
    anna, eva = signed("anna"), signed("eva")
    for page in ("/now", "/api/now"):
        assert "Sam Ortiz" not in anna.get(page).text
        assert "Sam Ortiz" in eva.get(page).text


# languages and times


def test_the_browser_chooses_the_language_and_the_switch_overrules_it(client: FlaskClient) -> None:
    assert "Войти" in client.get("/sign-in", headers={"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.5"}).text
    assert "Sign in" in client.get("/sign-in", headers={"Accept-Language": "fr, en;q=0.5"}).text
    post(client, "/look", "/sign-in", language="ru", next="/sign-in")
    answer = client.get("/sign-in", headers={"Accept-Language": "en"})
    assert "Войти" in answer.text and '<html lang="ru"' in answer.text


def test_the_language_stays_with_the_account(signed: Client) -> None:
    post(signed("eva"), "/look", language="ru", next="/calls")
    assert "Звонки" in signed("eva").get("/calls").text


def test_light_and_dark(client: FlaskClient) -> None:
    assert 'data-theme="auto"' in client.get("/sign-in").text
    post(client, "/look", "/sign-in", theme="dark", next="/sign-in")
    assert 'data-theme="dark"' in client.get("/sign-in").text
    post(client, "/look", "/sign-in", theme='"><script>', next="/sign-in")
    assert 'data-theme="dark"' in client.get("/sign-in").text


def test_times_are_those_of_the_settings_zone(tmp_path: Path) -> None:
    made = open_empty(tmp_path, timezone="Asia/Tokyo")
    at = utcnow().replace(year=2025, month=6, day=1, hour=20, minute=30, second=5, microsecond=0)
    with made.sessions() as session, session.begin():
        ensure_admin(session, PASSWORD)
        session.add(
            Call(call_id="1.1", line="1000", language="en", caller_number="1", caller_name="", state="ended",
                 result="left", arrived_at=at, ended_at=at)
        )  # fmt: skip
    client = app_of(made).test_client()
    come_in(client, "admin")
    text = client.get("/calls").text
    assert "05:30:05" in text and "2 Jun 2025" in text
