"""The form for everybody: what it takes, what it refuses, and that a flood of it makes one promise."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select, text

import web.context
from callback.models import Callback
from callback.zones import zone_of
from ringback.config import EntryPoint, Settings, Web
from ringback.store.base import utc
from tests.support.calls import EVIL_NAME, Store, open_empty
from tests.support.pages import app_of
from web.callbacks.clock import NoTime, read_day_time
from web.models import PublicRequest
from web.policy import PUBLIC_LIMITS, public_wait_seconds
from web.public.service import count_in, new_token, read_token
from web.tries import network_of

NUMBER = "+14155550123"
NOON = datetime(2026, 11, 18, 20, 0, tzinfo=UTC).timestamp()
"""In San Francisco, where NUMBER is."""


class PageClock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> PageClock:
    """The pages' clock stands at noon."""
    made = PageClock()
    monkeypatch.setattr(web.context, "time", SimpleNamespace(time=made))
    return made


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_empty(tmp_path / "data")


@pytest.fixture
def app(store: Store, clock: PageClock) -> Flask:
    return app_of(store)


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def send(
    app: Flask,
    clock: PageClock,
    path: str = "/callback",
    language: str = "en",
    address: str = "192.0.2.7",
    **fields: str,
) -> Any:
    """A visitor opens the form, fills it in within half a minute and sends it."""
    client, headers = app.test_client(), {"Accept-Language": language}
    values = {"number": NUMBER, "when": "soon", "at": "", "note": "", "website": "", **fields}
    if "token" not in values:
        values["token"] = token_of(client.get(path, headers=headers).text)
        clock.now += 30
    return client.post(path, data=values, headers=headers, environ_base={"REMOTE_ADDR": address})


def promises_in(store: Store) -> list[Callback]:
    with store.sessions() as session:
        return list(session.scalars(select(Callback).order_by(Callback.requested_at)))


def test_a_visitor_is_promised_a_call(app: Flask, clock: PageClock, store: Store) -> None:
    answer = send(app, clock, note="The light is red")
    assert answer.status_code == 200
    assert "Promised: we will call +14155550123." in answer.text and "as soon as someone is free" in answer.text
    row = promises_in(store)[0]
    assert (row.number, row.source, row.line, row.language, row.queue) == (NUMBER, "form", "1000", "en", "support")
    assert row.notes == "The light is red" and row.state == "requested" and row.created_by is None
    assert "Set-Cookie" not in answer.headers


def test_in_russian(app: Flask, clock: PageClock, store: Store) -> None:
    page = app.test_client().get("/callback", headers={"Accept-Language": "ru"}).text
    assert "Мы вам перезвоним" in page and '<html lang="ru"' in page
    answer = send(app, clock, language="ru", number="8 (495) 555-01-10")
    assert "Договорились: перезвоним на +74955550110." in answer.text
    row = promises_in(store)[0]
    assert (row.number, row.line, row.language) == ("+74955550110", "1001", "ru")


def test_a_number_is_pasted_as_it_stood_elsewhere_and_its_extension_is_told(
    app: Flask, clock: PageClock, store: Store
) -> None:
    answer = send(app, clock, number="\u202atel:+1\u2011415\u2013555\u202f0123;ext=12\u202c", note="The light is red")
    assert "Promised: we will call +14155550123." in answer.text
    assert promises_in(store)[0].notes == "Extension 12.\nThe light is red"
    assert send(app, clock, language="ru", number="8 (495) 555-01-10 доб. 7").status_code == 200
    assert promises_in(store)[-1].notes == "Добавочный 7."


def test_digits_that_are_two_numbers_are_asked_about(store: Store, clock: PageClock) -> None:
    lines = [EntryPoint(number="1000", name="Hilfe", default_country="DE"), EntryPoint(number="1001", name="x")]
    app = app_of(store, lines=lines)
    for language, words in (("en", "This may be"), ("ru", "Это может быть")):
        answer = send(app, clock, "/callback?line=1000", language, number="4915112345678")
        assert answer.status_code == 400 and words in answer.text
        assert "+4915112345678" in answer.text and "+494915112345678" in answer.text
        assert 'value="+4915112345678"' in answer.text, "sent again it is the likelier one"
    assert promises_in(store) == []
    assert send(app, clock, "/callback?line=1000", number="+4915112345678").status_code == 200
    assert send(app, clock, "/callback?line=1000", number="0151 12345679").status_code == 200
    assert [row.number for row in promises_in(store)] == ["+4915112345678", "+4915112345679"]


def test_the_address_chooses_language_and_line(app: Flask, clock: PageClock, store: Store) -> None:
    page = app.test_client().get("/callback?lang=ru&line=1000&embed=1", headers={"Accept-Language": "en"})
    assert '<html lang="ru"' in page.text and "lang=ru" in page.text and "embed=1" in page.text
    assert send(app, clock, "/callback?lang=ru&line=1000").status_code == 200
    assert (promises_in(store)[0].line, promises_in(store)[0].language) == ("1000", "ru")
    for path in ("/callback?line=9999", "/callback?lang=xx", "/callback?line=<script>&embed=%22"):
        answer = app.test_client().get(path)
        assert answer.status_code == 200 and "<script>" not in answer.text


@pytest.mark.parametrize(("when", "day"), [("today", 18), ("tomorrow", 19)])
def test_a_time_is_by_the_clock_where_the_number_is(
    app: Flask, clock: PageClock, store: Store, when: str, day: int
) -> None:
    answer = send(app, clock, when=when, at="15:30")
    assert answer.status_code == 200
    due = promises_in(store)[0].due_at.astimezone(ZoneInfo("America/Los_Angeles"))
    assert (due.day, due.hour, due.minute) == (day, 15, 30)
    assert "15:30–16:00 (Pacific Standard Time)" in answer.text and "as soon after that" not in answer.text


@pytest.mark.parametrize(
    ("fields", "field", "english", "russian"),
    [
        ({"number": ""}, "number", "Enter the number we should call.", "Укажите номер"),
        ({"number": "hello"}, "number", "This number cannot be called", "нельзя позвонить"),
        ({"number": "112"}, "number", "Short and emergency", "экстренные"),
        ({"number": "+19002345678"}, "number", "premium-rate number", "платный"),
        ({"number": "+442071838750"}, "number", "this country or region", "этой страны"),
        ({"number": f"{NUMBER}&PJSIP/1900"}, "number", "This number cannot be called", "нельзя позвонить"),
        ({"when": "today", "at": "09:15"}, "at", "This time has passed", "уже прошло"),
        ({"when": "today", "at": ""}, "at", "Enter the time", "Укажите время"),
        ({"when": "tomorrow", "at": "25:99"}, "at", "Enter the time", "Укажите время"),
        ({"when": "tomorrow", "at": "03:00"}, "at", "can be called from 09:00–21:00 only", "звонят только в часы"),
        ({"note": "x" * 1001}, "note", "Use at most 1000 characters", "Не больше 1000"),
    ],
)
def test_refused_with_one_sentence_beside_the_field(
    app: Flask, clock: PageClock, store: Store, fields: dict[str, str], field: str, english: str, russian: str
) -> None:
    for language, words in (("en", english), ("ru", russian)):
        answer = send(app, clock, "/callback?line=1000", language, **fields)
        assert answer.status_code == 400
        fault = re.search(rf'id="{field}-fault"[^>]*>([^<]*)<', answer.text)
        assert fault is not None and words in fault.group(1), answer.text
    assert promises_in(store) == []


@pytest.mark.parametrize("number", ["+14155550123", "001", "<b>"])
@pytest.mark.parametrize("when", ["soon", "never", ""])
def test_nonsense_is_answered_and_never_a_fault_of_ours(app: Flask, clock: PageClock, number: str, when: str) -> None:
    assert send(app, clock, number=number, when=when, at="\u0660\u0660:00").status_code in (200, 400)


def test_hostile_text_stays_text(app: Flask, clock: PageClock, store: Store) -> None:
    refused = send(app, clock, number=EVIL_NAME, note=EVIL_NAME)
    assert EVIL_NAME not in refused.text and "&lt;img" in refused.text
    assert send(app, clock, note=EVIL_NAME).status_code == 200
    assert promises_in(store)[0].notes == EVIL_NAME
    assert app.test_client().post("/callback", data={"number": "1\0"}).status_code == 400
    assert app.test_client().post("/callback", data={"note": "x" * 70_000}).status_code == 413


def test_sent_a_hundred_times_it_is_one_promise(app: Flask, clock: PageClock, store: Store) -> None:
    token = token_of(app.test_client().get("/callback").text)
    clock.now += 30
    first = send(app, clock, token=token)
    assert first.status_code == 200
    seen = [send(app, clock, token=token) for _ in range(49)] + [send(app, clock) for _ in range(50)]
    assert len(promises_in(store)) == 1
    assert {answer.status_code for answer in seen} == {200, 429}
    assert "Promised: we will call" in seen[0].text
    late = seen[-1]
    assert "Too many callbacks were requested" in late.text and int(late.headers["Retry-After"]) > 60


def test_sent_at_the_same_moment_it_is_one_promise(app: Flask, clock: PageClock, store: Store) -> None:
    token = token_of(app.test_client().get("/callback").text)
    clock.now += 30
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda at: send(app, clock, token=token, address=f"198.51.100.{at}"), range(24)))
    assert {answer.status_code for answer in answers} <= {200, 429, 503}
    assert len(promises_in(store)) <= 1
    clock.now += 3601
    assert send(app, clock).status_code == 200
    assert len(promises_in(store)) == 1


def test_another_form_for_the_same_number_joins_the_promise(app: Flask, clock: PageClock, store: Store) -> None:
    assert send(app, clock, note="first").status_code == 200
    again = send(app, clock, note="second")
    assert again.status_code == 200
    assert "A callback to +14155550123 is already promised." in again.text
    assert [row.notes for row in promises_in(store)] == ["first\nsecond"]


def test_many_numbers_from_one_address_are_stopped(app: Flask, clock: PageClock, store: Store) -> None:
    answers = [send(app, clock, number=f"+1415555{at:04}").status_code for at in range(100, 115)]
    assert answers == [200] * 10 + [429] * 5
    assert len(promises_in(store)) == 10
    assert send(app, clock, number="+14155550199", address="192.0.2.8").status_code == 200
    clock.now += 700
    assert send(app, clock, number="+14155550198").status_code == 200


def test_one_number_from_many_addresses_is_stopped(app: Flask, clock: PageClock, store: Store) -> None:
    answers = [send(app, clock, address=f"2001:db8:{at:x}::1").status_code for at in range(6)]
    assert answers == [200] * 3 + [429] * 3


def test_who_looks_for_a_time_is_not_stopped(app: Flask, clock: PageClock, store: Store) -> None:
    for hour in range(8):
        assert send(app, clock, when="tomorrow", at=f"0{hour}:00").status_code == 400
    assert send(app, clock, when="tomorrow", at="10:00").status_code == 200


def test_all_senders_together_are_stopped_and_old_rows_go(store: Store) -> None:
    most, seconds = PUBLIC_LIMITS["all"]
    with store.sessions() as session:
        session.add(PublicRequest(address="old", number="+1", at=utc(NOON - 2 * 86400)))
        session.add_all(PublicRequest(address=str(at), number=str(at), at=utc(NOON - 60)) for at in range(most))
        session.commit()
        assert count_in(session, "new", "+14155550123", NOON) == pytest.approx(seconds - 60)
        assert session.scalar(select(func.count()).select_from(PublicRequest)) == most


def test_waiting_helps() -> None:
    assert public_wait_seconds((2, 60.0), [10.0], 20.0) == 0.0
    assert public_wait_seconds((2, 60.0), [10.0, 15.0], 20.0) == 50.0
    assert public_wait_seconds((2, 60.0), [1.0, 10.0, 15.0], 20.0) == 50.0
    assert public_wait_seconds((2, 60.0), [10.0, 15.0], 70.0) == 0.0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (None, ""),
        ("unix", "unix"),
    ],
)
def test_senders(address: str | None, counted: str) -> None:
    assert network_of(address) == counted


def test_a_forged_an_old_and_a_quick_form_promise_nothing(app: Flask, clock: PageClock, store: Store) -> None:
    key = str(app.config["SECRET_KEY"])
    for token, words in (
        ("", "was not opened from here"),
        ("x.y.z", "was not opened from here"),
        (new_token("another key", clock.now - 60), "was not opened from here"),
        (new_token(key, clock.now - 13 * 3600), "was open for a long time"),
        (new_token(key, clock.now - 0.5), "That was very fast"),
        (new_token(key, clock.now + 3600), "That was very fast"),
    ):
        answer = send(app, clock, token=token, note="keep this")
        assert answer.status_code == 400 and words in answer.text and "keep this" in answer.text
        fresh = token_of(answer.text)
        assert (fresh == token) == ("fast" in words)
    assert promises_in(store) == []
    name, wrong = read_token(key, new_token(key, clock.now - 60), clock.now)
    assert len(name) == 32 and wrong == ""


def test_a_program_that_fills_in_everything_is_refused(app: Flask, clock: PageClock, store: Store) -> None:
    answer = send(app, clock, website="https://spam.example")
    assert answer.status_code == 400 and "A hidden field was filled in" in answer.text
    assert promises_in(store) == []


def test_other_sites_frame_it_only_where_the_owner_says_so(store: Store, clock: PageClock) -> None:
    plain = app_of(store).test_client()
    answer = plain.get("/callback")
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    shop = app_of(store, web=Web(embed_origins=["https://shop.example", "http://localhost:3000"])).test_client()
    answer = shop.get("/callback?embed=1")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://shop.example http://localhost:3000")
    assert "X-Frame-Options" not in answer.headers
    assert 'class="public embedded"' in answer.text
    for page in ("/sign-in", "/now", "/static/old/app.css"):
        inside = shop.get(page)
        assert "frame-ancestors 'none'" in inside.headers["Content-Security-Policy"]
        assert inside.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("origin", ["https://a.example; script-src *", "*", "shop.example", "https://a.example/path"])
def test_what_is_no_site_is_refused_in_the_settings(origin: str) -> None:
    with pytest.raises(ValueError, match="embed_origins"):
        Settings.model_validate({"web": {"embed_origins": [origin]}})


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_can_be_switched_off(store: Store, clock: PageClock, language: str) -> None:
    app = app_of(store, web=Web(public_callback=False))
    for answer in (
        app.test_client().get("/callback", headers={"Accept-Language": language}),
        app.test_client().post("/callback", data={"number": NUMBER}, headers={"Accept-Language": language}),
    ):
        assert answer.status_code == 404
        assert {"en": "Please call us:", "ru": "Позвоните нам:"}[language] in answer.text
        assert "<form" not in answer.text
    assert promises_in(store) == []


def test_queues_that_promise_nothing_send_people_to_the_phone(store: Store, clock: PageClock) -> None:
    off = {name: queue.model_copy(update={"callback": "off"}) for name, queue in store.settings.queues.items()}
    answer = send(app_of(store, queues=off), clock)
    assert answer.status_code == 404 and "Please call us:" in answer.text and "1000" in answer.text


def test_the_limits_of_the_day_are_told(store: Store, clock: PageClock) -> None:
    callbacks = store.settings.callbacks.model_copy(update={"per_day": 0})
    answer = send(app_of(store, callbacks=callbacks), clock)
    assert answer.status_code == 429 and "No more callbacks can be promised today" in answer.text


def test_a_store_that_is_away_promises_nothing_and_says_so(app: Flask, clock: PageClock, store: Store) -> None:
    assert "<form" in app.test_client().get("/callback").text
    with store.sessions() as session:
        session.execute(text("DROP TABLE public_request"))
        session.commit()
    for language, words in (("en", "nothing was promised"), ("ru", "обратный звонок не заказан")):
        answer = send(app, clock, language=language, note="keep this")
        assert answer.status_code == 503
        assert words in answer.text and "keep this" in answer.text
    assert promises_in(store) == []


def test_clocks_of_numbers() -> None:
    own = Settings(timezone="Europe/Moscow")
    assert zone_of("+79161234567", own).key == "Europe/Moscow", "a mobile that can be anywhere in Russia: ours"
    assert zone_of("+73832180000", own).key == "Asia/Novosibirsk"
    assert zone_of("+14155550123", own).key == "America/Los_Angeles"
    midnight = datetime(2026, 11, 18, 23, 59, tzinfo=ZoneInfo("Europe/Moscow")).timestamp()
    assert read_day_time(1, "00:10", ZoneInfo("Europe/Moscow"), midnight) == midnight + 60 * 11
    with pytest.raises(NoTime):
        read_day_time(0, "noon", ZoneInfo("UTC"), midnight)
    assert timedelta(seconds=read_day_time(0, "23:59", ZoneInfo("UTC"), midnight) - midnight) == timedelta(hours=3)
