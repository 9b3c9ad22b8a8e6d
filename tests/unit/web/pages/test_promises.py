"""Promises at the pages: the board, cancelling, calling somebody back, alarms."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from callback.models import Callback
from calls.models import Call
from ringback.messages import message, text
from ringback.store.alarms import raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm, Request
from tests.support.calls import EVIL_NAME, OPEN, TICKET, WHOLE, Store, open_copy
from tests.support.pages import PEOPLE, Client, app_of, signed_in, token
from tests.support.promises import add, seed_promises
from tickets.models import TicketEntry


@pytest.fixture
def store(evening: Path, tmp_path: Path) -> Iterator[Store]:
    """With the hours open all day: these tests run at night too."""
    made = open_copy(evening, tmp_path / "data")
    callbacks = made.settings.callbacks.model_copy(update={"hours": "00:00-24:00"})
    yield Store(made.settings.model_copy(update={"callbacks": callbacks}), made.sessions)
    made.sessions.kw["bind"].dispose()


def call_back(client: FlaskClient, page: str, language: str = "en", **fields: str) -> Any:
    """Fills in the form of `page` and sends it."""
    text = client.get(page).text
    found = re.search(r'<details[^>]*id="call-back".*?</details>', text, re.DOTALL)
    assert found is not None
    values = dict(re.findall(r'name="(back-\w+)" type="\w*-?\w*" value="([^"]*)"', found.group()))
    values |= dict(re.findall(r'name="(back-\w+)"[^>]*?value="([^"]*)"', found.group()))
    values |= {"back-queue": "support", **{f"back-{name}": value for name, value in fields.items()}}
    return client.post(f"{page}/callback", data=values, headers={"Accept-Language": language})


def promises_in(store: Store) -> list[Callback]:
    with store.sessions() as session:
        return list(session.scalars(select(Callback).order_by(Callback.requested_at)))


# the board


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_of_the_house_reads_the_board(signed: Client, store: Store, name: str) -> None:
    found = seed_promises(store)
    page = signed(name).get("/promises")
    assert page.status_code == 200
    for number in ("+14155550123", "+14155550133", "+14155550155", "+14155550188", "+14155550199"):
        assert number in page.text
    assert "no answer" in page.text and f"/tickets/{TICKET}" in page.text and "Dana Whitfield" in page.text
    assert ("/calls/" in page.text) == (name != "agent")
    for key in found.values():
        one = signed(name).get(f"/promises/{key}")
        assert one.status_code == 200
        assert ('id="cancel-form"' in one.text) == (
            name in ("eva", "admin") and key not in (found["kept"], found["broken"])
        )


@pytest.mark.parametrize("page", ["/promises", "/alarms", f"/promises/{uuid.UUID(int=1)}"])
def test_nobody_else_does(app: Flask, page: str) -> None:
    assert app.test_client().get(page).location.startswith("/sign-in")


def test_an_empty_board_says_so(signed: Client) -> None:
    page = signed("eva").get("/promises").text
    assert "Nobody is waiting for a callback" in page and "<table" not in page


def test_what_a_caller_wrote_stays_text(signed: Client, store: Store) -> None:
    found = seed_promises(store)
    with store.sessions() as session, session.begin():
        session.scalars(select(Call).where(Call.call_id == WHOLE)).one().caller_name = EVIL_NAME
    for page in ("/promises", f"/promises/{found['late']}", "/now", "/alarms"):
        text = signed("eva").get(page).text
        assert EVIL_NAME not in text
    assert "&lt;img src=x" in signed("eva").get(f"/promises/{found['late']}").text


def test_a_board_that_did_not_change_is_not_sent_again(signed: Client, store: Store) -> None:
    found = seed_promises(store)
    client, htmx = signed("eva"), {"HX-Request": "true"}
    for page in ("/promises", f"/promises/{found['late']}", "/alarms", "/now"):
        text = client.get(page, headers=htmx).text
        tag = re.findall(r"If-None-Match&#34;: &#34;\\&#34;(\w+)", text)[-1]  # the strip of alarms has its own
        headers = {**htmx, "If-None-Match": f'"{tag}"'}
        assert client.get(page, headers=headers).status_code == 304, page
        changed = select(Callback).where(Callback.id == found["late"])
        with store.sessions() as session, session.begin():
            session.scalars(changed).one().attempts += 1
        if page.startswith("/promises"):
            assert client.get(page, headers=headers).status_code == 200


def test_the_api_has_the_board_and_the_floor_its_counts(signed: Client, store: Store) -> None:
    found = seed_promises(store)
    board = signed("tom").get("/api/promises").json
    assert board is not None
    assert board["counts"] == {"due": 2, "late": 1, "later": 1, "kept": 1, "broken": 1, "cancelled": 0}
    due = next(promise for promise in board["due"] if promise["number"] == "+14155550123")
    assert due["asked"]["call_id"] == WHOLE and due["ticket"] == TICKET and due["name"] == "Dana Whitfield"
    one = signed("tom").get(f"/api/promises/{found['later']}").json
    assert one is not None and one["place"] == "later"
    assert [(each["attempt"], each["outcome"]) for each in one["tries"]] == [(1, "no_answer")]
    assert signed("tom").get(f"/api/promises/{uuid.uuid4()}").status_code == 404
    live = signed("tom").get("/api/now").json
    assert live is not None
    assert live["promises"] == {"due": 2, "late": 1, "later": 1}
    assert [alarm["level"] for alarm in live["alarms"]] == ["red", "yellow"]


# cancelling


def cancel(client: FlaskClient, key: uuid.UUID, reason: str = "The customer wrote") -> Any:
    data = {"reason": reason, "csrf_token": token(client, "/now")}
    return client.post(f"/promises/{key}/cancel", data=data)


def test_a_promise_that_waits_is_cancelled_at_once(signed: Client, store: Store) -> None:
    key = add(store, "+14155550123")
    client = signed("eva")
    answer = cancel(client, key)
    assert answer.status_code == 302
    assert "The promise is cancelled" in client.get(answer.location).text
    row = promises_in(store)[0]
    assert (row.state, row.end_reason) == ("cancelled", text("eva: The customer wrote"))
    with store.sessions() as session:  # the controller may have it in its memory
        told = session.scalars(select(Request)).one()
    assert (told.kind, told.subject, told.args) == ("callback.cancel", str(key), {"reason": "The customer wrote"})


@pytest.mark.parametrize("state", ["dialling_agent", "dialling_customer"])
def test_one_that_is_dialled_is_the_controllers_to_end(signed: Client, store: Store, state: str) -> None:
    key = add(store, "+14155550123", state)
    client = signed("admin")
    answer = cancel(client, key)
    assert "Cancelling" in client.get(answer.location).text
    assert promises_in(store)[0].state == state
    with store.sessions() as session, session.begin():
        asked = session.scalars(select(Request)).one()
        assert (asked.kind, asked.subject, asked.asked_by) == ("callback.cancel", str(key), "admin")
        asked.asked_at -= timedelta(seconds=9)
    assert "the controller is not running" in client.get(f"/promises/{key}").text
    with store.sessions() as session, session.begin():
        asked = session.scalars(select(Request)).one()
        asked.done_at, asked.error = utcnow(), message("controller.callback_over")
    assert "Not done: This callback is over" in client.get(f"/promises/{key}").text
    russian = client.get(f"/promises/{key}", headers={"Accept-Language": "ru"}).text
    assert "Не выполнено: Этот обратный звонок уже завершён" in russian


@pytest.mark.parametrize(
    ("state", "ended", "words"),
    [
        ("connected", False, "talking to the customer right now"),
        ("done", True, "already ended"),
        ("expired", True, "already ended"),
    ],
)
def test_what_cannot_be_cancelled_says_why(signed: Client, store: Store, state: str, ended: bool, words: str) -> None:
    key = add(store, "+14155550123", state, ended_at=utcnow() if ended else None)
    answer = cancel(signed("eva"), key)
    assert answer.status_code == 409
    assert words in answer.text
    with store.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Request)) == 0


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_cancelling_needs_a_reason(signed: Client, store: Store, reason: str) -> None:
    key = add(store, "+14155550123")
    answer = cancel(signed("eva"), key, reason)
    assert answer.status_code == 400 and 'id="reason-fault"' in answer.text
    assert promises_in(store)[0].state == "due"


@pytest.mark.parametrize("name", ["anna", "tom"])
def test_agents_and_trainers_cancel_nothing(signed: Client, store: Store, name: str) -> None:
    key = add(store, "+14155550123")
    assert cancel(signed(name), key).status_code == 403
    assert promises_in(store)[0].state == "due"


def test_a_forged_cancel_is_refused(signed: Client, store: Store) -> None:
    key = add(store, "+14155550123")
    assert signed("eva").post(f"/promises/{key}/cancel", data={"reason": "x"}).status_code == 400
    assert promises_in(store)[0].state == "due"
    assert cancel(signed("eva"), uuid.uuid4()).status_code == 404


# calling somebody back


@pytest.mark.parametrize("name", ["anna", "eva", "admin"])
@pytest.mark.parametrize("page", [f"/tickets/{TICKET}", f"/calls/{WHOLE}"])
def test_a_person_is_promised_a_call(signed: Client, store: Store, name: str, page: str) -> None:
    client = signed(name)
    assert 'value="+14155550123"' in client.get(page).text
    answer = call_back(client, page, note="Ask whether the light is green")
    assert answer.status_code == 302, answer.text
    after = client.get(answer.location).text
    assert "Promised: +14155550123 will be called back" in after and "is already promised" in after
    row = promises_in(store)[0]
    assert (row.source, row.created_by, row.queue, row.notes) == (
        "agent",
        name,
        "support",
        "Ask whether the light is green",
    )
    assert row.ticket_number == TICKET
    assert f'href="/promises/{row.id}"' in client.get(f"/tickets/{TICKET}").text
    assert f'href="/promises/{row.id}"' in client.get(f"/calls/{WHOLE}").text
    assert row.asked_call_id == WHOLE and row.menu_path[0]["key"] == "1"
    with store.sessions() as session:
        noted = session.scalars(select(TicketEntry).where(TicketEntry.kind == "callback")).one()
    assert "as soon as somebody is free" in noted.text and noted.author == name


def test_a_time_is_read_by_our_clock(store: Store, cookies: dict[str, str]) -> None:
    client = signed_in(app_of(store, timezone="America/New_York"), cookies, "anna")
    day = (utcnow() + timedelta(days=3)).date()
    answer = call_back(client, f"/tickets/{TICKET}", at=f"{day}T15:30")
    assert answer.status_code == 302
    row = promises_in(store)[0]
    assert row.due_at.astimezone(UTC).hour in (19, 20) and row.due_at.minute == 30


def test_a_form_sent_twice_is_one_promise_and_one_note(signed: Client, store: Store) -> None:
    client = signed("anna")
    page = client.get(f"/tickets/{TICKET}").text
    once = re.search(r'name="back-once"[^>]*value="(\w+)"', page)
    assert once is not None
    for _ in range(3):
        assert call_back(client, f"/tickets/{TICKET}", once=once.group(1)).status_code == 302
    assert len(promises_in(store)) == 1
    with store.sessions() as session:
        assert len(session.scalars(select(TicketEntry).where(TicketEntry.kind == "callback")).all()) == 1
    assert "is already promised" in client.get(f"/tickets/{TICKET}").text


def past() -> str:
    return f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("fields", "field", "english", "russian"),
    [
        ({"number": "call me"}, "number", "This number cannot be called", "На этот номер нельзя позвонить"),
        ({"number": ""}, "number", "Enter the number to call", "Укажите номер"),
        ({"number": "+1" + "5" * 60}, "number", "This number cannot be called", "На этот номер"),
        ({"number": "911"}, "number", "Short and emergency numbers", "На короткие и экстренные"),
        ({"number": "+19002345678"}, "number", "premium-rate number", "платный номер"),
        ({"number": "+88213300"}, "number", "This number cannot be called", "На этот номер"),
        ({"number": "+442071838750"}, "number", "this country or region", "этой страны"),
        ({"number": "500&PJSIP/trunk/1900"}, "number", "This number cannot be called", "На этот номер"),
        ({"at": past()}, "at", "This time has passed", "Это время уже прошло"),
        ({"at": "2199-01-01T10:00"}, "at", "60 days ahead", "на 60 дней"),
        ({"at": "9999-12-31T23:59"}, "at", "This is not a time", "Укажите дату и время"),
        ({"at": "tea time"}, "at", "This is not a time", "Укажите дату и время"),
        ({"queue": "nobody"}, "queue", "There is no such queue", "Такой очереди нет"),
        ({"note": "x" * 1001}, "note", "Use at most 1000 characters", "Не больше 1000"),
    ],
)
def test_one_sentence_beside_the_field_and_nothing_done(
    signed: Client, store: Store, fields: dict[str, str], field: str, english: str, russian: str
) -> None:
    client = signed("anna")
    for language, words in (("en", english), ("ru", russian)):
        answer = call_back(client, f"/tickets/{TICKET}", language, **fields)
        assert answer.status_code == 400
        fault = re.search(rf'id="back-{field}-fault">([^<]*)<', answer.text)
        assert fault is not None and words in fault.group(1), answer.text
        assert '<details class="card fold" id="call-back" open>' in answer.text
    assert promises_in(store) == []
    with store.sessions() as session:
        assert session.scalars(select(TicketEntry).where(TicketEntry.kind == "callback")).all() == []


def test_hours_name_the_next_time(store: Store, cookies: dict[str, str]) -> None:
    callbacks = store.settings.callbacks.model_copy(update={"hours": "09:00-21:00"})
    client = signed_in(app_of(store, callbacks=callbacks, timezone="America/Los_Angeles"), cookies, "anna")
    day = (utcnow() + timedelta(days=3)).date()
    answer = call_back(client, f"/tickets/{TICKET}", at=f"{day}T04:00")
    assert answer.status_code == 400
    assert "That number can be called from 09:00–21:00 only. The next possible time is" in answer.text
    assert ", 09:00 (Pacific" in answer.text
    assert promises_in(store) == []


def test_queues_that_make_no_promises_are_not_offered(store: Store, cookies: dict[str, str]) -> None:
    off = {name: queue.model_copy(update={"callback": "off"}) for name, queue in store.settings.queues.items()}
    one = {**off, "billing": store.settings.queues["billing"]}
    client = signed_in(app_of(store, queues=one), cookies, "anna")
    form = client.get(f"/tickets/{TICKET}").text.partition('id="call-back"')[2].partition("</details>")[0]
    assert 'value="billing"' in form and 'value="support"' not in form
    assert "does not offer callbacks" in call_back(client, f"/tickets/{TICKET}", queue="support").text
    none = signed_in(app_of(store, queues=off), cookies, "anna")
    assert "No queue offers callbacks" in none.get(f"/tickets/{TICKET}").text


def test_trainers_promise_nothing(signed: Client, store: Store) -> None:
    client = signed("tom")
    assert "call-back" not in client.get(f"/tickets/{TICKET}").text
    data = {"csrf_token": token(client, "/now"), "back-number": "+14155550123"}
    assert client.post(f"/tickets/{TICKET}/callback", data=data).status_code == 403
    assert promises_in(store) == []


def test_an_agent_calls_nobody_back_whose_call_was_a_colleagues(signed: Client, store: Store) -> None:
    client = signed("anna")
    data = {"csrf_token": token(client, "/now"), "back-number": "+14155550123"}
    assert client.post(f"/calls/{OPEN}/callback", data=data).status_code == 404
    assert client.post("/tickets/999/callback", data=data).status_code == 404
    assert promises_in(store) == []


def test_who_hung_up_in_the_line_keeps_the_place(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.call_id == OPEN)).one()
        call.state, call.result, call.ended_at = "ended", "abandoned", utcnow()
        arrived = call.arrived_at
    assert call_back(signed("eva"), f"/calls/{OPEN}").status_code == 302
    assert promises_in(store)[0].arrived_at == arrived


# alarms, pauses


def test_alarms_stand_until_somebody_has_seen_to_them(signed: Client, store: Store) -> None:
    seed_promises(store)
    client = signed("eva")
    for page in ("/now", "/calls", "/promises", f"/calls/{WHOLE}", f"/tickets/{TICKET}", "/alarms"):
        text = client.get(page).text
        assert "has expired: nobody could call in time" in text and "Urgent:" in text and "Alert:" in text, page
    with store.sessions() as session:
        key = session.scalars(select(Alarm.id).where(Alarm.level == "red")).one()
    data = {"csrf_token": token(client, "/now")}
    assert client.post(f"/alarms/{key}/seen", data=data).status_code == 302
    assert client.post(f"/alarms/{key}/seen", data=data).status_code == 302
    strip = client.post(f"/alarms/{key}/seen", data=data, headers={"HX-Request": "true"})
    assert strip.status_code == 200 and "Urgent:" not in strip.text and "Alert:" in strip.text
    with store.sessions() as session:
        row = session.get_one(Alarm, key)
    assert row.cleared_by == "eva" and row.cleared_at is not None
    assert client.post(f"/alarms/{uuid.uuid4()}/seen", data=data).status_code == 404


def test_alarms_are_told_in_russian(signed: Client, store: Store) -> None:
    seed_promises(store)
    page = signed("eva").get("/now", headers={"Accept-Language": "ru"}).text
    assert "Обратный звонок на +14155550199 просрочен" in page and "Срочно:" in page


def test_every_alarm_there_is_has_its_sentence_and_its_way(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        said = message("controller.overstay", name="Boris")
        raise_alarm(session, "agent.overstay", "boris", said, "yellow", utcnow())
        said = message("transcripts.word_of_caller", word="lawyer")
        raise_alarm(session, "live.word", f"{WHOLE}:lawyer", said, "red", utcnow(), call_id=WHOLE, speaker="caller")
        facts = {"kind": "callback.broken", "subject": "x", "level": "red", "text": "Without its facts."}
        session.add(Alarm(code="callback.broken.expired", **facts))
    page = signed("eva").get("/now").text
    assert "Boris is on a break for longer" in page and "Without its facts." in page
    assert "The caller said “lawyer”." in page and f'href="/calls/{WHOLE}"' in page and 'href="/agents/boris"' in page
    assert 'href="/agents/boris"' not in signed("anna").get("/now").text
    assert "перерыве дольше" in signed("eva").get("/now", headers={"Accept-Language": "ru"}).text


@pytest.mark.parametrize("name", ["anna", "tom"])
def test_agents_and_trainers_see_alarms_and_leave_them(signed: Client, store: Store, name: str) -> None:
    seed_promises(store)
    client = signed(name)
    assert "has expired" in client.get("/now").text and "/seen" not in client.get("/now").text
    with store.sessions() as session:
        key = session.scalars(select(Alarm.id)).first()
    data = {"csrf_token": token(client, "/now")}
    assert client.post(f"/alarms/{key}/seen", data=data).status_code == 403


def test_many_alarms_leave_room_for_the_page(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        for number in range(9):
            session.add(Alarm(kind="test", subject=str(number), text=f"Alarm {number}.", level="yellow"))
    page = signed("eva").get("/now").text
    assert page.count('class="alarm ') == 8 and "<summary>9 alarms</summary>" in page
    assert signed("eva").get("/alarms").text.count('class="alarm ') == 9
