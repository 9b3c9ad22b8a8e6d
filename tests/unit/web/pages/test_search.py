"""The page and the API of the search: what is found, for whom, in which words; searches that are kept."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from calls.models import Call, CallSegment
from ringback.store.alarms import standing_alarms
from ringback.store.base import utcnow
from tests.support.calls import EVIL, EVIL_NAME, WHOLE, Store, open_copy
from tests.support.pages import Client, post
from tests.support.search import index_all
from transcripts import stages
from transcripts.models import Transcript
from transcripts.search import saved
from transcripts.search.models import SavedSearch
from web.models import User
from web.service import remove_user


@pytest.fixture(scope="module")
def indexed(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evening with its calls made findable."""
    made = open_copy(evening, tmp_path_factory.mktemp("indexed") / "data")
    index_all(made)
    made.sessions.kw["bind"].dispose()
    return made.settings.data


@pytest.fixture
def store(indexed: Path, tmp_path: Path) -> Iterator[Store]:
    made = open_copy(indexed, tmp_path / "data")
    yield made
    made.sessions.kw["bind"].dispose()


def test_each_hit_is_a_link_to_its_word(signed: Client) -> None:
    page = signed("eva").get("/search?q=routers+red").text
    assert re.search(rf'href="/calls/{WHOLE}\?at=(2\d\.\d+)"', page)
    assert "<mark>router</mark>" in page
    assert "<mark>red</mark>" in page
    found = signed("tom").get("/api/search?q=router").json
    (call,) = found["calls"]
    assert call["call_id"] == WHOLE
    turn = call["turns"][0]
    assert [piece["text"] for piece in turn["pieces"] if piece["marked"]] == ["router"]
    assert turn["at"] == pytest.approx(turn["start"] + 6 * 0.37, abs=0.05)


def test_text_of_callers_is_never_markup(signed: Client) -> None:
    page = signed("eva").get("/search", query_string={"q": "onerror", "number": EVIL_NAME}).text
    assert "<img" not in page
    found = signed("eva").get("/search?q=onerror").text
    assert f"/calls/{EVIL}" in found
    assert "<img" not in found


def test_an_agent_finds_own_calls_alone(signed: Client) -> None:
    anna = signed("anna")
    (found,) = anna.get("/api/search?q=router").json["calls"]
    assert found["call_id"] == WHOLE
    assert {turn["agent"] for turn in found["turns"] if turn["speaker"] == "agent"} <= {"anna"}, "and not Boris"
    assert anna.get("/api/search?q=onerror").json["total"] == 0
    assert anna.get("/api/search?agent=boris").json["calls"] == []
    assert anna.get("/api/search?q=onerror").json["wider"] == []
    assert 'name="agent"' not in anna.get("/search").text
    assert signed("eva").get("/api/search?agent=Boris").json["total"] == 1


def test_an_agent_who_talked_for_a_part_of_a_call_finds_it(signed: Client, store: Store) -> None:
    at = utcnow()
    with store.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == WHOLE).values(agent="boris"))
        session.add(
            CallSegment(call_id=WHOLE, seq=90, kind="talk", agent="anna", started_at=at, ended_at=at, why="queue")
        )
        key = session.scalars(select(Transcript.id).where(Transcript.call_id == WHOLE)).one()
        stages.changed(session, key, done=("turns", "redact"))
    index_all(store)
    anna = signed("anna")
    assert [call["call_id"] for call in anna.get("/api/search?q=router").json["calls"]] == [WHOLE]
    with store.sessions() as session, session.begin():
        session.execute(delete(CallSegment).where(CallSegment.call_id == WHOLE))
    assert anna.get("/api/search?q=router").json["calls"] == []  # the rows decide until the index follows


HOSTILE = [
    "", "q=%22", "q=*", "q=-", "q=((((", "q=a%27b%5C", "page=-5&q=router", "page=99999999999999999999&q=router",
    "before=abc&q=router", "before=9999999999999999999999&q=router", "before=999999999999999999&q=router",
    "q=NEAR(a+b)", "from=x&talk_min=y&ticket=z&number=1", "from=0001-01-01&to=9999-12-31", "q=router&page=7",
    "order=%F0%9F%98%80&q=router", "q=" + "x" * 2000, "q=%ff%fe", "ticket=999999999999999",
]  # fmt: skip


def test_whatever_the_address_says_there_is_a_page(signed: Client) -> None:
    eva = signed("eva")
    for query in HOSTILE:
        for path in ("/search", "/api/search"):
            assert eva.get(f"{path}?{query}").status_code == 200, query


def test_what_is_not_understood_is_told_in_the_readers_language(signed: Client) -> None:
    eva = signed("eva")
    assert "This is not a date" in eva.get("/search?q=router+from:someday").text
    eva.set_cookie("language", "ru")
    page = eva.get("/search?q=router+from:someday").text
    assert "from:someday" in page
    assert "Это не дата" in page


def test_who_finds_nothing_is_led_on(signed: Client) -> None:
    eva = signed("eva")
    page = eva.get("/search?q=router+giraffe").text
    assert "Nobody said this" in page
    assert "/search?q=router+OR+giraffe" in page
    assert "Enter words, or choose a filter" in eva.get("/search").text
    assert "Try another word" in eva.get("/search?q=giraffe").text


def test_htmx_gets_the_results_and_what_is_kept(signed: Client) -> None:
    page = signed("eva").get("/search?q=router", headers={"HX-Request": "true"}).text
    assert page.lstrip().startswith('<section id="results"')
    assert 'hx-swap-oob="true"' in page
    assert "<html" not in page


def keep(client: FlaskClient, name: str, **data: str) -> Any:
    return post(client, "/searches", page="/search?q=router", name=name, **data)


def test_a_search_is_kept_renamed_switched_and_deleted(signed: Client, store: Store) -> None:
    eva = signed("eva")
    assert keep(eva, "Routers", q="router", agent="anna", alert="yes").status_code == 302
    kept = eva.get("/api/searches").json["searches"]
    assert [(each["name"], each["asked"], each["alert"]) for each in kept] == [
        ("Routers", {"q": "router", "agent": "anna"}, True)
    ]
    key = kept[0]["id"]
    assert "/search?q=router&amp;agent=anna" in eva.get("/search").text
    again = keep(eva, "Routers", q="light")
    assert again.status_code == 400
    assert "You already have a search with this name" in again.text
    assert keep(eva, "Nothing", q="?").status_code == 400
    assert post(eva, f"/searches/{key}/rename", name="Red routers").status_code == 302
    assert post(eva, f"/searches/{key}/off").status_code == 302
    assert [(each["name"], each["alert"]) for each in eva.get("/api/searches").json["searches"]] == [
        ("Red routers", False)
    ]
    tom = signed("tom")
    assert tom.get("/api/searches").json["searches"] == []
    assert tom.get(f"/searches/{key}").status_code == 404
    assert post(tom, f"/searches/{key}/delete").status_code == 404
    assert post(eva, f"/searches/{key}/delete").status_code == 302
    assert eva.get("/api/searches").json["searches"] == []
    assert eva.get(f"/searches/{uuid.uuid4()}").status_code == 404


def test_a_new_call_raises_an_alarm_and_is_counted(signed: Client, store: Store) -> None:
    eva, anna = signed("eva"), signed("anna")
    keep(eva, "Routers & lights", q="router", alert="yes")
    keep(anna, "Mine", q="router", alert="yes")
    with store.sessions() as session, session.begin():
        for row in session.scalars(select(SavedSearch)):
            row.alert_since = utcnow().replace(year=2020)
        transcript = session.scalars(select(Transcript).where(Transcript.call_id == WHOLE)).one()
        stages.changed(session, transcript.id, done=("turns", "redact"))
    index_all(store)
    with store.sessions() as session:
        (alarm,) = standing_alarms(session)
    assert alarm.kind == saved.KIND
    page = eva.get("/alarms").text
    assert "Routers &amp; lights" in page
    assert f"/searches/{alarm.subject}" in page
    assert "Routers" not in anna.get("/alarms").text
    assert "1 new" in eva.get("/search").text
    assert WHOLE in eva.get(f"/searches/{alarm.subject}").text
    assert "1 new" not in eva.get("/search").text
    with store.sessions() as session:
        assert standing_alarms(session) == []
    assert [each["found"] for each in anna.get("/api/searches").json["searches"]] == [1]


def test_who_is_removed_leaves_no_search_behind(signed: Client, store: Store) -> None:
    keep(signed("eva"), "Routers", q="router", alert="yes")
    with store.sessions() as session, session.begin():
        rows = {user.name: user for user in session.scalars(select(User))}
        remove_user(session, rows["eva"], by=rows["admin"])
        assert session.scalars(select(SavedSearch)).all() == []
