"""The page of topics: what calls are about, names and merges, what rises with its clips, and the way to callers."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from calls.models import Call
from tests.support.calls import EVIL_NAME, WHOLE, Store
from tests.support.pages import Client
from tests.support.topics import seed_rising
from topics.models import CallTopic, Topic, TopicRise


@pytest.fixture(autouse=True)
def no_tokens(app: Any) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def topic(store: Store) -> UUID:
    """One that rises."""
    return seed_rising(store).id


def rise(store: Store) -> TopicRise:
    with store.sessions() as session:
        return session.scalars(select(TopicRise)).one()


def test_without_topics_the_page_says_what_is_waited_for(signed: Client) -> None:
    page = signed("tom").get("/topics").text
    assert "No topics yet" in page and "when 60 calls" in page
    assert "Тем пока нет" in signed("tom").get("/topics", headers={"Accept-Language": "ru"}).text


def test_a_topic_has_its_words_its_calls_and_its_weeks(topic: UUID, signed: Client) -> None:
    page = signed("tom").get("/topics").text
    assert "router, internet, light" in page and f'href="/calls?topic={topic}"' in page
    assert "Calls by week, the oldest first: 0, 0, 0, 0, 0, 0, 0, 1" in page
    assert EVIL_NAME not in page and "&lt;img" in page
    assert "Keep the name" not in page  # a trainer reads
    russian = signed("eva").get("/topics", headers={"Accept-Language": "ru"}).text
    assert "роутер, интернет" in russian and "Сохранить название" in russian


def test_what_rises_has_clips_and_leads_to_the_form_filled_in(topic: UUID, store: Store, signed: Client) -> None:
    page = signed("eva").get("/topics").text
    assert "12 calls" in page and "Usual at these hours: 1.4" in page
    assert f"/calls/{WHOLE}?at=25.9" in page and "the router shows a red light" in page
    (form,) = re.findall(r'href="(/problems\?rise=[^"]+)"', page)
    filled = signed("eva").get(form).text
    assert "We know about the problem with: router, internet, light. We are working on it." in filled
    assert "Мы знаем о проблеме: роутер, интернет. Уже работаем над ней." in filled
    assert re.search(r'value="1000" checked', filled) and not re.search(r'value="2000" checked', filled)
    assert f'name="rise" value="{rise(store).id}"' in filled
    assert "We know about the problem with" not in signed("eva").get("/problems?rise=x").text
    assert "Tell callers about it" not in signed("tom").get("/topics").text


def test_what_callers_are_told_is_proposed_no_more(topic: UUID, store: Store, signed: Client, monkeypatch: Any) -> None:
    from prompts import service as prompts

    class Made:
        def refuse(self) -> None:
            """Sounds are there."""

    monkeypatch.setattr(prompts, "make_sounds", lambda *_: Made())
    words = {"words-en": "We know it.", "words-ru": "Мы знаем.", "line": ["1000", "2000"]}
    refused = signed("eva").post("/problems", data={"words-en": "", "line": "1000", "rise": str(rise(store).id)})
    assert refused.status_code == 400 and f'value="{rise(store).id}"' in refused.text
    assert signed("eva").post("/problems", data={**words, "rise": str(rise(store).id)}).status_code == 303
    assert (rise(store).state, rise(store).ended_by) == ("told", "eva")
    assert "Rising" not in signed("eva").get("/topics").text


def test_it_is_dismissed_named_and_merged_by_who_may(topic: UUID, store: Store, signed: Client) -> None:
    assert signed("tom").post(f"/topics/rising/{rise(store).id}/dismiss").status_code == 403
    assert signed("eva").post(f"/topics/rising/{rise(store).id}/dismiss").status_code == 303
    assert rise(store).state == "dismissed"
    assert signed("eva").post(f"/topics/{topic}/name", data={"name": ""}).status_code == 400
    assert signed("eva").post(f"/topics/{topic}/name", data={"name": "<b>No net</b>"}).status_code == 303
    page = signed("eva").get("/topics").text
    assert "&lt;b&gt;No net" in page and "<b>No net" not in page
    with store.sessions() as session:
        other = session.scalars(select(Topic.id).where(Topic.id != topic)).one()
    assert signed("eva").post(f"/topics/{topic}/merge", data={"into": "x"}).status_code == 400
    assert signed("eva").post(f"/topics/{topic}/merge", data={"into": str(topic)}).status_code == 400
    assert signed("eva").post(f"/topics/{topic}/merge", data={"into": str(other)}).status_code == 303
    assert signed("eva").post(f"/topics/{topic}/merge", data={"into": str(other)}).status_code == 400
    with store.sessions() as session:
        row = session.scalars(select(Topic)).one()
        assert (row.id, row.name) == (other, "<b>No net</b>")
        assert session.scalars(select(CallTopic.topic_id)).one() == other


def test_calls_of_a_topic_are_a_list(topic: UUID, store: Store, signed: Client) -> None:
    page = signed("eva").get(f"/calls?topic={topic}").text
    with store.sessions() as session:
        others = session.scalars(select(Call.call_id).where(Call.call_id != WHOLE)).all()
    assert f"/calls/{WHOLE}" in page and others
    assert not any(f"/calls/{call_id}" in page for call_id in others)
    assert re.search(rf'<option value="{topic}" selected>\s*router, internet, light', page)
    assert "/calls/1" not in signed("eva").get("/calls?topic=x").text
