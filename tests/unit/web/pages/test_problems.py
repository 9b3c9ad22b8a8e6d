"""Known problems on the pages: told with a sound or not at all, their figures, fixed and ended, seen on Now."""

import html
import re
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update

from callback.models import Callback
from problems import service
from problems.models import KnownProblem, ProblemSubscriber
from prompts import voices
from prompts.errors import PromptBuildError
from ringback.store.base import utcnow
from tests.support.calls import EVIL_NAME, WHOLE, Store
from tests.support.pages import Client, app_of, post, signed_in

EN, RU = "We know about the outage in the north.", "Мы знаем о сбое в северном районе."
FORM = {"line": "1000", "words-en": EN}


class Hums:
    """A voice that is always there."""

    name = "hums"

    def check(self) -> None:
        return None

    def speak(self, text: str, pace: float) -> tuple[Any, int]:
        return np.sin(np.arange(8000 * max(1, len(text) // 20))).astype(np.float32), 8000


class Hoarse(Hums):
    """One that is not."""

    def check(self) -> None:
        raise PromptBuildError("prompts.no_english_voice")


@pytest.fixture(autouse=True)
def voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "VOICES", {"en": lambda _data: Hums(), "ru": lambda _data: Hums()})


def rows(store: Store) -> list[KnownProblem]:
    with store.sessions() as session:
        return list(session.scalars(select(KnownProblem).order_by(KnownProblem.id)))


def told(store: Store, **values: Any) -> uuid.UUID:
    """One that is told, which three callers have heard and two asked about."""
    with store.sessions() as session, session.begin():
        row = KnownProblem(lines=["1000"], words={"en": EN}, prompt="said-x", created_by="eva", heard=3, **values)
        session.add(row)
        session.flush()
        for number in ("+14155550123", "+14155550124"):
            facts = {"own_number": True, "came_from": "trunk", "language": "en", "line": "1000", "asked_at": utcnow()}
            service.subscribe(session, problem=str(row.id), number=number, call_id=WHOLE, **facts)
            service.subscribe(session, problem=str(row.id), number=number, call_id="again", **facts)
        return row.id


def test_words_become_a_sound_before_anybody_hears_them(signed: Client, store: Store) -> None:
    answer = post(signed("eva"), "/problems", "/problems", **FORM)
    assert answer.location == "/problems"
    [row] = rows(store)
    assert (row.lines, row.words, row.created_by) == (["1000"], {"en": EN}, "eva")
    assert (store.settings.data / "sounds" / "en" / f"{row.prompt}.wav").stat().st_size > 1000
    page = signed("eva").get("/problems").text
    assert EN in page and "Fixed" in page
    assert EN in signed("anna").get("/now").text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"words-en": EN}, "Choose at least one line."),
        ({"line": "1000", "words-en": " "}, "what callers are to hear"),
        ({"line": "1001", "words-en": EN}, "what callers are to hear"),
        ({"line": "1000", "words-en": "x" * 301}, "Use at most 300 characters"),
        ({"line": "9999", "words-en": EN}, "Choose at least one line."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    signed: Client, store: Store, form: dict[str, str], words: str
) -> None:
    answer = post(signed("eva"), "/problems", "/problems", **form)
    assert answer.status_code == 400
    assert words in html.unescape(answer.text) and form["words-en"].strip() in answer.text
    assert rows(store) == []


def test_without_a_voice_nothing_is_told(signed: Client, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "VOICES", {"en": lambda _data: Hoarse()})
    answer = post(signed("eva"), "/problems", "/problems", **FORM)
    assert answer.status_code == 400 and 'id="problem-fault"' in answer.text
    assert rows(store) == []


def test_where_no_sound_can_be_written_nothing_is_told(store: Store, signed: Client) -> None:
    folder = store.settings.data / "sounds"
    folder.mkdir(exist_ok=True)
    Path(folder / "en").write_text("in the way")
    assert post(signed("eva"), "/problems", "/problems", **FORM).status_code in (400, 503)
    assert rows(store) == []


def test_its_figures_stand_on_the_page_and_on_now(signed: Client, store: Store) -> None:
    told(store)
    for page in ("/problems", "/now"):
        text = signed("eva").get(page).text
        figures = re.findall(r'<dd class="number">(\d+)</dd>', text.partition("Heard it")[2])
        assert figures[:4] == ["3", "2", "2", "0"], page
    assert "Fixed</button>" not in signed("anna").get("/now").text
    document = signed("eva").get("/api/now").json
    assert document is not None and document["problems"][0]["spared"] == 2


def test_fixed_promises_each_a_call_that_needs_no_agent(signed: Client, store: Store) -> None:
    key = told(store)
    eva = signed("eva")
    assert post(eva, f"/problems/{key}/fixed", "/problems").location == "/problems"
    assert "2 customers will be told." in eva.get("/problems").text
    with store.sessions() as session:
        promises = list(session.scalars(select(Callback).order_by(Callback.number)))
        assert [(each.number, each.tells, each.source, each.state) for each in promises] == [
            ("+14155550123", True, "problem", "requested"),
            ("+14155550124", True, "problem", "requested"),
        ]
        [row] = session.scalars(select(KnownProblem))
        assert (row.fixed, row.ended_by) == (True, "eva")
        assert service.standing(session) == []
    assert 'id="to-promises" class="tile-link" href="/promises">0<' in eva.get("/now").text
    with store.sessions() as session, session.begin():
        session.execute(update(Callback).where(Callback.number == "+14155550123").values(state="done"))
        session.execute(update(Callback).where(Callback.number == "+14155550124").values(state="failed"))
        assert service.counts_of(session, [key])[key] == {"spared": 2, "waiting": 0, "told": 1, "not_told": 1}
    again = post(eva, f"/problems/{key}/fixed", "/problems")
    assert again.status_code == 409 and "over already" in again.text


def test_ended_without_being_fixed_nobody_is_called_and_the_list_is_kept(signed: Client, store: Store) -> None:
    key = told(store)
    post(signed("eva"), f"/problems/{key}/end", "/problems")
    with store.sessions() as session:
        assert session.scalars(select(Callback)).all() == []
        assert len(session.scalars(select(ProblemSubscriber)).all()) == 2
        assert service.counts_of(session, [key])[key]["not_told"] == 2
    assert "ended, nobody was told" in signed("eva").get("/problems").text


def test_who_wants_to_talk_as_well_is_called_by_an_agent(store: Store) -> None:
    from callback.requests import CallbackRequest
    from callback.service import promise

    key = told(store)
    with store.sessions() as session, session.begin():
        service.end(session, store.settings, key, "eva", utcnow().timestamp(), fixed=True)
        wanted = CallbackRequest(number="+14155550123", line="1000", source="form", source_key="f")
        joined = promise(session, store.settings, wanted, utcnow().timestamp())
        assert joined.joined is True
        assert session.get_one(Callback, joined.id, populate_existing=True).tells is False


def test_hostile_words_stay_words(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        session.add(KnownProblem(lines=["1000"], words={"en": EVIL_NAME}, prompt="said-x", created_by=EVIL_NAME))
    for page in ("/problems", "/now"):
        text = signed("eva").get(page).text
        assert EVIL_NAME not in text and "&lt;img src=x" in text


def test_in_russian(store: Store, cookies: dict[str, str]) -> None:
    client = signed_in(app_of(store), cookies, "eva")
    post(client, "/look", language="ru")
    assert "Ни об одной проблеме не сообщается" in client.get("/problems").text
    answer = post(client, "/problems", "/problems", **{"line": "1001", "words-en": EN})
    assert "Напишите, что услышат клиенты" in answer.text
    assert post(client, "/problems", "/problems", **{"line": "1001", "words-ru": RU}).status_code == 303
    assert RU in client.get("/now").text
