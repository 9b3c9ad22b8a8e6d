"""Nuisance callers on the pages: one press at a call, one on the list, who did what, and what stands against it."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from callback.models import Callback
from calls.models import Call
from nuisance.models import NuisanceCaller
from ringback.store.base import utcnow
from ringback.store.bus import Request
from tests.support.calls import EVIL, EVIL_NAME, MISSING, WHOLE, Store
from tests.support.pages import Client, app_of, post, signed_in
from tests.support.promises import add as add_promise

NUMBER = "+14155550123"
FORM = {"nuisance-reason": "Shouts and hangs up", "nuisance-days": "7"}


def entries(store: Store) -> list[NuisanceCaller]:
    with store.sessions() as session:
        return list(session.scalars(select(NuisanceCaller).order_by(NuisanceCaller.created_at)))


def test_one_press_at_a_call_refuses_its_caller_and_ends_the_promise(signed: Client, store: Store) -> None:
    promised = add_promise(store, NUMBER)
    anna, page = signed("anna"), f"/calls/{WHOLE}"
    assert "Nuisance caller" in anna.get(page).text
    assert post(anna, f"{page}/nuisance", page, **FORM).location == page
    shown = anna.get(page).text
    assert "The promised callback to it is cancelled." in shown
    assert "are refused: Shouts and hangs up" in shown and "Answer again" in shown
    [entry] = entries(store)
    assert (entry.number, entry.came_from, entry.created_by, entry.call_id) == (NUMBER, "", "anna", WHOLE)
    assert entry.expires_at is not None
    assert timedelta(days=6, hours=23) < entry.expires_at - utcnow() <= timedelta(days=7)
    with store.sessions() as session:
        row = session.get_one(Callback, promised)
        assert row.state == "cancelled" and row.end_reason is not None
        assert str(row.end_reason) == "anna put the number on the list of nuisance callers: Shouts and hangs up"
        assert session.scalars(select(Request.kind)).all() == ["callback.cancel"]
    assert "anna внёс" not in signed("eva").get(f"/promises/{promised}").text


def test_one_that_is_being_dialled_is_the_controllers_to_end(signed: Client, store: Store) -> None:
    promised = add_promise(store, NUMBER, "dialling_customer", agent="anna")
    assert post(signed("anna"), f"/calls/{WHOLE}/nuisance", f"/calls/{WHOLE}", **FORM).status_code == 303
    with store.sessions() as session:
        assert session.get_one(Callback, promised).state == "dialling_customer"
        assert session.scalars(select(Request.subject)).one() == str(promised)


def test_without_a_reason_the_calls_page_says_so(signed: Client, store: Store) -> None:
    page = f"/calls/{WHOLE}"
    answer = post(signed("anna"), f"{page}/nuisance", page, **{**FORM, "nuisance-reason": " "})
    assert answer.status_code == 400
    assert "Say in a few words why calls from this number are refused." in answer.text
    assert re.search(r'<details class="card fold" id="nuisance-caller" open', answer.text)
    answer = post(signed("anna"), f"{page}/nuisance", page, **{**FORM, "nuisance-days": "x"})
    assert answer.status_code == 400 and "1 to 3650 days" in answer.text
    assert entries(store) == []


def test_a_caller_whose_number_says_nothing_cannot_be_refused(signed: Client, store: Store) -> None:
    assert "Nuisance caller</h2>" not in signed("eva").get(f"/calls/{EVIL}").text
    answer = post(signed("eva"), f"/calls/{EVIL}/nuisance", f"/calls/{EVIL}", **FORM)
    assert answer.status_code == 400 and "there is nobody to refuse" in answer.text


def test_vips_are_refused_to_be_refused(store: Store, cookies: dict[str, str]) -> None:
    client = signed_in(app_of(store, vips={NUMBER: 5}), cookies, "anna")
    answer = post(client, f"/calls/{WHOLE}/nuisance", f"/calls/{WHOLE}", **FORM)
    assert answer.status_code == 400 and "one of the numbers that go before others" in answer.text
    assert entries(store) == []


def test_nobody_refuses_the_caller_of_a_call_that_is_not_his_to_see(signed: Client, store: Store) -> None:
    assert post(signed("anna"), f"/calls/{MISSING}/nuisance", **FORM).status_code == 404
    with store.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == WHOLE).values(agent="boris"))
    assert post(signed("anna"), f"/calls/{WHOLE}/nuisance", **FORM).status_code == 404
    assert all(entry.call_id != WHOLE for entry in entries(store))


def test_a_number_is_typed_seen_with_what_it_tried_and_answered_again(signed: Client, store: Store) -> None:
    eva, page = signed("eva"), "/nuisance"
    assert "Nobody is refused" in eva.get(page).text
    wrong = post(eva, page, page, number="abc", **FORM)
    assert wrong.status_code == 400 and 'value="abc"' in wrong.text
    asked = {"nuisance-reason": EVIL_NAME, "nuisance-days": "none"}
    assert post(eva, page, page, number="(415) 555-0199", **asked).status_code == 303
    [entry] = entries(store)
    assert (entry.number, entry.expires_at) == ("+14155550199", None)
    with store.sessions() as session, session.begin():
        session.execute(update(NuisanceCaller).values(refused=12, refused_at=utcnow()))
    shown = eva.get(page).text
    assert "+14155550199" in shown and ">12</span>" in shown and "somebody ends it" in shown
    assert EVIL_NAME not in shown and "&lt;img src=x" in shown
    twice = post(eva, page, page, number="+14155550199", **asked)
    assert twice.status_code == 400 and "are refused already" in twice.text
    assert post(signed("anna"), f"/nuisance/{entry.id}/undo").status_code == 303
    shown = eva.get(page).text
    assert "Nobody is refused" in shown and "ended by Anna" in shown and "12 calls refused" in shown
    again = post(eva, f"/nuisance/{entry.id}/undo")
    assert again.status_code == 409 and "not refused any more" in again.text
    assert post(eva, f"/nuisance/{uuid.uuid4()}/undo").status_code == 409


def test_trainers_refuse_nobody(signed: Client, store: Store) -> None:
    assert signed("tom").get("/nuisance").status_code == 403
    assert post(signed("tom"), f"/calls/{WHOLE}/nuisance", **FORM).status_code == 403
    assert "Nuisance caller</h2>" not in signed("tom").get(f"/calls/{WHOLE}").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Звонящий слышит одну вежливую фразу."),
        ({"hears": "busy", "calls_per_minute": 10}, "Если с номера звонят чаще 10 раз в минуту"),
    ],
)
def test_in_russian(store: Store, cookies: dict[str, str], changes: dict[str, object], words: str) -> None:
    nuisance = store.settings.nuisance.model_copy(update=changes)
    client = signed_in(app_of(store, nuisance=nuisance), cookies, "eva")
    post(client, "/look", language="ru")
    page = client.get("/nuisance").text
    assert "Нежелательные номера" in page and words in page
