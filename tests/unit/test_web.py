"""The pages as a browser gets them: who comes in, what each role sees, that hostile text stays text."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from recording.models import Recording
from ringback import secrets
from ringback.store.base import utcnow
from ringback.store.bus import AgentState, Request
from tests.house_of_calls import (
    EVIL,
    EVIL_NAME,
    EVIL_TICKET,
    MISSING,
    OPEN,
    TICKET,
    TRUNCATED,
    WHOLE,
    Store,
    open_copy,
    open_empty,
    seed,
)
from tickets.models import Call
from web.app import create_app
from web.errors import WebError
from web.models import SignInFailure, User
from web.service import HASHER, Throttled, authenticate, ensure_admin

PASSWORD = "correct horse battery"
HASH = HASHER.hash(PASSWORD)
Client = Callable[[str], FlaskClient]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the calls of an evening, made once and copied for each test."""
    made = open_empty(tmp_path_factory.mktemp("evening"))
    seed(made)
    with made.sessions() as session, session.begin():
        for name, role in (("admin", "admin"), ("eva", "supervisor"), ("tom", "trainer"), ("anna", "agent")):
            session.add(User(name=name, password_hash=HASH, role=role))
    secrets.load_or_create(made.settings)
    made.sessions.kw["bind"].dispose()
    return made.settings.data


@pytest.fixture
def store(evening: Path, tmp_path: Path) -> Store:
    return open_copy(evening, tmp_path / "data")


@pytest.fixture
def app(store: Store) -> Flask:
    secret, _ = secrets.load_or_create(store.settings)
    return create_app(store.settings, secret, store.sessions)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def cookies(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A session of each person, signed in once: Argon2 is slow on purpose."""
    store = open_copy(evening, tmp_path_factory.mktemp("cookies") / "data")
    secret, _ = secrets.load_or_create(store.settings)
    app, found = create_app(store.settings, secret, store.sessions), {}
    for name in ("admin", "eva", "tom", "anna"):
        client = app.test_client()
        assert come_in(client, name).status_code == 302
        cookie = client.get_cookie(str(app.config["SESSION_COOKIE_NAME"]))
        assert cookie is not None
        found[name] = cookie.value
    return found


@pytest.fixture
def signed(app: Flask, cookies: dict[str, str]) -> Client:
    """A client signed in by name."""

    def sign_in(name: str) -> FlaskClient:
        opened = app.test_client()
        opened.set_cookie(str(app.config["SESSION_COOKIE_NAME"]), cookies[name])
        assert opened.get("/now").status_code == 200
        return opened

    return sign_in


def token(client: FlaskClient, page: str = "/sign-in") -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found.group(1)


def come_in(client: FlaskClient, name: str, password: str = PASSWORD, address: str = "127.0.0.1", to: str = "/sign-in"):  # type: ignore[no-untyped-def]
    data = {"name": name, "password": password, "csrf_token": token(client)}
    return client.post(to, data=data, environ_base={"REMOTE_ADDR": address})


def post(client: FlaskClient, path: str, page: str = "/now", **data: str):  # type: ignore[no-untyped-def]
    return client.post(path, data={**data, "csrf_token": token(client, page)})


# coming in


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/now",
        "/calls",
        f"/calls/{WHOLE}",
        f"/calls/{WHOLE}/sound",
        f"/calls/{WHOLE}/peaks",
        "/people",
        "/tickets/1042",
    ],
)
def test_nobody_sees_a_page_without_signing_in(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("page", ["/api/calls", f"/api/calls/{WHOLE}", "/api/now"])
def test_the_api_says_in_json_that_one_must_sign_in(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 401
    assert answer.json == {"error": "Sign in first."}


def test_a_part_of_a_page_leads_the_whole_page_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/now", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


def test_the_right_password_leads_to_the_page_that_was_wanted(client: FlaskClient) -> None:
    wanted = client.get("/calls?result=served").location
    answer = come_in(client, " Eva ", to=wanted)
    assert answer.location == "/calls?result=served"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie


def test_the_cookie_is_secure_behind_https(client: FlaskClient) -> None:
    answer = client.get("/sign-in", base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize(
    "next_", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\n/x"]
)
def test_no_link_leads_people_away_after_sign_in(client: FlaskClient, next_: str) -> None:
    data = {"name": "eva", "password": PASSWORD, "csrf_token": token(client)}
    assert client.post("/sign-in", data=data, query_string={"next": next_}).location == "/"


@pytest.mark.parametrize("name", ["eva", "nobody", "' OR 1=1 --", "<b>"])
def test_wrong_name_and_wrong_password_are_answered_alike(client: FlaskClient, name: str) -> None:
    answer = come_in(client, name, "wrong")
    assert answer.status_code == 401
    assert "Name or password is wrong." in answer.text


def fail(store: Store, count: int, name: str = "x", address: str = "x") -> None:
    """`count` failed tries a moment ago."""
    with store.sessions() as session, session.begin():
        session.add_all(SignInFailure(name=name, address=address) for _ in range(count))


def test_a_failed_try_is_counted_and_the_sixth_waits(store: Store) -> None:
    with store.sessions() as session:
        for number in range(5):
            assert authenticate(session, "Eva", "wrong", f"10.0.0.{number}", 1000.0) is None
        with pytest.raises(Throttled) as refused:
            authenticate(session, "eva", PASSWORD, "10.0.0.99", 1000.4)
        assert refused.value.seconds == pytest.approx(0.6)
        assert authenticate(session, "eva", PASSWORD, "10.0.0.99", 1001.0) is not None
        assert session.scalars(select(SignInFailure)).all() == [], "success forgets the failures"


def test_guessing_one_name_gets_slower_from_any_address(client: FlaskClient, store: Store) -> None:
    fail(store, 12, name="eva")
    answer = come_in(client, "eva", PASSWORD, "10.0.0.99")
    assert answer.status_code == 429
    assert "Too many failed tries: wait 1" in answer.text
    assert come_in(client, "tom").status_code == 302


def test_guessing_many_names_from_one_address_gets_slower(client: FlaskClient, store: Store) -> None:
    fail(store, 25, address="10.1.1.1")
    assert come_in(client, "eva", PASSWORD, "10.1.1.1").status_code == 429
    assert come_in(client, "eva", PASSWORD, "10.1.1.2").status_code == 302


def test_signing_in_starts_a_new_session(client: FlaskClient) -> None:
    before = token(client)
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    come_in(client, "eva")
    with client.session_transaction() as session:
        assert "planted" not in session
    assert token(client, "/now") != before


def test_signing_out_ends_it(signed: Client) -> None:
    eva = signed("eva")
    assert post(eva, "/sign-out").status_code == 302
    assert eva.get("/now").status_code == 302


def test_the_first_account_is_made_once(tmp_path: Path) -> None:
    made = open_empty(tmp_path)
    with made.sessions() as session, session.begin():
        assert ensure_admin(session, PASSWORD)
        assert not ensure_admin(session, "another")
        assert session.scalars(select(User)).one().password_hash.startswith("$argon2id$")


# forged requests


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/sign-in", {"name": "eva", "password": PASSWORD}),
        ("/sign-out", {}),
        ("/look", {"language": "ru"}),
        ("/password", {"current": PASSWORD, "new": "x" * 12, "again": "x" * 12}),
        ("/agents/anna/pause", {}),
        ("/people", {"name": "mallory", "role": "admin"}),
    ],
)
def test_a_form_from_elsewhere_changes_nothing(signed: Client, store: Store, path: str, data: dict[str, str]) -> None:
    admin = signed("admin")
    assert admin.post(path, data={**data, "csrf_token": "forged"}).status_code == 400
    assert admin.post(path, data=data, headers={"HX-Request": "true"}).status_code == 400
    assert admin.get("/now").status_code == 200
    with store.sessions() as session:
        assert session.scalars(select(Request)).all() == []
        assert session.scalar(select(User).where(User.name == "mallory")) is None


def test_htmx_carries_the_token_in_a_header(signed: Client, store: Store) -> None:
    eva = signed("eva")
    headers = {"HX-Request": "true", "X-CSRFToken": token(eva, "/now")}
    answer = eva.post("/agents/anna/pause", headers=headers)
    assert answer.status_code == 200
    assert "Pause asked for" in answer.text
    with store.sessions() as session:
        request = session.scalars(select(Request)).one()
    assert (request.kind, request.subject, request.asked_by, request.done_at) == ("agent.pause", "anna", "eva", None)


# headers


@pytest.mark.parametrize("page", ["/sign-in", "/nothing-here", "/static/app.css", "/api/now"])
def test_every_answer_is_protected(client: FlaskClient, page: str) -> None:
    with client.get(page) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_are_kept_out_of_caches(signed: Client) -> None:
    assert signed("eva").get("/calls").headers["Cache-Control"] == "no-store"


def test_no_page_has_a_script_or_a_style_written_into_it(signed: Client) -> None:
    admin = signed("admin")
    for page in ("/now", "/calls", f"/calls/{WHOLE}", f"/tickets/{TICKET}", "/people", "/password"):
        text = admin.get(page).text
        assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
        assert re.findall(r"<[^>]*\son\w+=|<[^>]*\sstyle=|<style|javascript:", text) == []


# roles


@pytest.mark.parametrize(
    ("name", "page", "status"),
    [
        ("admin", "/people", 200), ("eva", "/people", 403), ("tom", "/people", 403), ("anna", "/people", 403),
        ("tom", f"/calls/{EVIL}", 200), ("anna", f"/calls/{WHOLE}", 200), ("anna", f"/calls/{EVIL}", 404),
        ("anna", f"/calls/{WHOLE}/sound", 200), ("anna", f"/calls/{EVIL}/sound", 404),
        ("anna", f"/api/calls/{EVIL}", 404), ("anna", f"/tickets/{TICKET}", 200),
    ],
)  # fmt: skip
def test_what_roles_see(signed: Client, name: str, page: str, status: int) -> None:
    with signed(name).get(page) as answer:
        assert answer.status_code == status


def test_an_agent_lists_the_own_calls_only(signed: Client) -> None:
    anna = signed("anna")
    listed = anna.get("/api/calls?agent=boris").json
    assert listed is not None
    assert [call["linkedid"] for call in listed["calls"]] == [WHOLE]
    assert "Павел" not in anna.get("/calls").text


@pytest.mark.parametrize(("name", "agent", "status"), [
    ("eva", "anna", 302), ("admin", "boris", 302), ("anna", "anna", 302),
    ("anna", "boris", 403), ("tom", "anna", 403), ("eva", "nobody", 404),
])  # fmt: skip
def test_who_pauses_whom(signed: Client, name: str, agent: str, status: int) -> None:
    assert post(signed(name), f"/agents/{agent}/pause").status_code == status


def test_an_admin_adds_resets_and_removes_people(signed: Client, client: FlaskClient, store: Store) -> None:
    admin = signed("admin")
    added = post(admin, "/people", name="Zoe", role="trainer", language="ru")
    first = re.search(r'class="handed">([^<]+)<', added.text)
    assert first is not None
    assert come_in(client, "zoe", first.group(1)).status_code == 302
    assert 'lang="ru"' in client.get("/now").text

    with store.sessions() as session:
        key = session.scalars(select(User.id).where(User.name == "zoe")).one()
    second = re.search(r'class="handed">([^<]+)<', post(admin, f"/people/{key}/password").text)
    assert second is not None and second.group(1) != first.group(1)
    assert client.get("/now").status_code == 302, "the old password's session has ended"
    assert come_in(client, "zoe", second.group(1)).status_code == 302

    assert post(admin, f"/people/{key}/remove").status_code == 302
    assert client.get("/now").status_code == 302
    assert come_in(client, "zoe", second.group(1)).status_code == 401


@pytest.mark.parametrize(("data", "status"), [
    ({"name": "eva", "role": "agent", "language": ""}, 409),
    ({"name": "<script>", "role": "agent", "language": ""}, 400),
    ({"name": "", "role": "agent", "language": ""}, 400),
    ({"name": "zoe", "role": "emperor", "language": ""}, 400),
])  # fmt: skip
def test_people_who_cannot_be_added(signed: Client, data: dict[str, str], status: int) -> None:
    assert post(signed("admin"), "/people", **data).status_code == status


def test_an_admin_always_remains(signed: Client, store: Store) -> None:
    with store.sessions() as session:
        own = session.scalars(select(User.id).where(User.name == "admin")).one()
    assert post(signed("admin"), f"/people/{own}/remove").status_code == 409


def test_changing_the_password_ends_other_sessions(signed: Client, client: FlaskClient) -> None:
    here, elsewhere = signed("eva"), signed("eva")
    new = "another long password"
    assert post(here, "/password", current="wrong", new=new, again=new).status_code == 400
    assert post(here, "/password", current=PASSWORD, new=new, again=new + "x").status_code == 400
    assert post(here, "/password", current=PASSWORD, new="short", again="short").status_code == 400
    assert post(here, "/password", current=PASSWORD, new=new, again=new).status_code == 302
    assert here.get("/now").status_code == 200
    assert elsewhere.get("/now").status_code == 302
    assert come_in(client, "eva").status_code == 401
    assert come_in(client, "eva", new).status_code == 302


# sound


def test_sound_comes_whole_and_in_ranges(signed: Client, store: Store) -> None:
    eva = signed("eva")
    file = (store.settings.recordings / "whole.flac").read_bytes()
    with eva.get(f"/calls/{WHOLE}/sound") as whole:
        assert (whole.status_code, whole.mimetype, whole.data) == (200, "audio/flac", file)
        assert "private" in whole.headers["Cache-Control"]
    with eva.get(f"/calls/{WHOLE}/sound", headers={"Range": "bytes=100-199"}) as part:
        assert (part.status_code, part.data) == (206, file[100:200])
        assert part.headers["Content-Range"] == f"bytes 100-199/{len(file)}"
    with eva.get(f"/calls/{WHOLE}/sound", headers={"Range": f"bytes={len(file)}-"}) as past:
        assert past.status_code == 416
    with eva.get(f"/calls/{WHOLE}/sound", headers={"If-None-Match": whole.headers["ETag"]}) as again:
        assert again.status_code == 304


def test_the_waveform_has_two_lanes(signed: Client) -> None:
    eva = signed("eva")
    answer = eva.get(f"/calls/{WHOLE}/peaks")
    assert answer.json is not None
    caller, agent = answer.json["channels"]
    assert len(caller) == len(agent) <= 2000
    assert all(0 <= value <= 1 for value in caller + agent) and max(caller) > 0.1
    assert caller[: len(caller) // 4] == [0] * (len(caller) // 4), "the caller listens first"
    assert eva.get(f"/calls/{WHOLE}/peaks", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["../secrets.yaml", "/etc/passwd", "a/../../secrets.yaml"])
def test_a_row_that_leads_out_of_the_folder_is_not_served(signed: Client, store: Store, path: str) -> None:
    with store.sessions() as session, session.begin():
        session.scalars(select(Recording).where(Recording.linkedid == WHOLE)).one().path = path
    assert signed("eva").get(f"/calls/{WHOLE}/sound").status_code == 400


@pytest.mark.parametrize(
    "page",
    [f"/calls/{MISSING}/sound", f"/calls/{OPEN}/sound", "/calls/1.1/sound", "/calls/..%2f..%2fsecrets.yaml/sound"],
)
def test_sound_that_is_not_there(signed: Client, page: str) -> None:
    assert signed("eva").get(page).status_code == 404


# pages


@pytest.mark.parametrize("page", [
    "/calls", f"/calls/{EVIL}", "/calls?text=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E", f"/tickets/{EVIL_TICKET}", "/now",
])  # fmt: skip
def test_hostile_text_stays_text(signed: Client, store: Store, page: str) -> None:
    with store.sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.linkedid == OPEN)).one()
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


@pytest.mark.parametrize(("linkedid", "words"), [
    (WHOLE, ["Dana Whitfield", "+14155550123", "Something does not work", "router", "1042", "Complete", "Yes"]),
    (MISSING, ["There is no recording", "The disk was full when it began.", "Missing"]),
    (TRUNCATED, ["Cut short", "Hung up while waiting"]),
    (OPEN, ["The call goes on and is being recorded", 'hx-trigger="every 2s"']),
])  # fmt: skip
def test_one_call_in_each_state(signed: Client, linkedid: str, words: list[str]) -> None:
    text = signed("eva").get(f"/calls/{linkedid}").text
    assert [word for word in words if word not in text] == []


def test_a_finished_call_stops_asking(signed: Client) -> None:
    assert "every 2s" not in signed("eva").get(f"/calls/{WHOLE}").text


def test_the_list_pages_through_links(signed: Client, store: Store) -> None:
    at = utcnow() - timedelta(days=1)
    with store.sessions() as session, session.begin():
        for number in range(60):
            session.add(
                Call(linkedid=f"9.{number:03}", line="1000", language="en", caller_number=f"+1777{number:04}",
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
    assert "Back to the newest" in second and "Older calls" not in second


def test_empty_lists_say_what_to_do(signed: Client, tmp_path: Path, store: Store) -> None:
    assert "No call matches" in signed("eva").get("/calls?text=nothing+like+this").text
    empty = open_empty(tmp_path / "empty")
    with empty.sessions() as session, session.begin():
        ensure_admin(session, PASSWORD)
    secret, _ = secrets.load_or_create(empty.settings)
    client = create_app(empty.settings, secret, empty.sessions).test_client()
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
        session.scalars(select(Call).where(Call.linkedid == OPEN)).one().agent = "boris"
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
            Call(linkedid="1.1", line="1000", language="en", caller_number="1", caller_name="", state="ended",
                 result="left", arrived_at=at, ended_at=at)
        )  # fmt: skip
    secret, _ = secrets.load_or_create(made.settings)
    client = create_app(made.settings, secret, made.sessions).test_client()
    come_in(client, "admin")
    text = client.get("/calls").text
    assert "05:30:05" in text and "2 Jun 2025" in text


def test_a_time_zone_that_does_not_exist_is_named(tmp_path: Path) -> None:
    made = open_empty(tmp_path, timezone="Mars/Olympus")
    secret, _ = secrets.load_or_create(made.settings)
    with pytest.raises(WebError, match="Mars/Olympus"):
        create_app(made.settings, secret, made.sessions)
