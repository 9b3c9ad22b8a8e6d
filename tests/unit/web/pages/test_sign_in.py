"""Who comes in, how long, and what each role may do; forged requests; the headers of every answer."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from ringback.store.base import utcnow
from ringback.store.bus import Request
from tests.support.calls import EVIL, TICKET, WHOLE, Store, open_empty
from tests.support.pages import PASSWORD, Client, come_in, post, token
from web.models import EndedSession, SignInFailure, User
from web.service import authenticate, ensure_admin
from web.signed_in import LIFETIME, NAME
from web.tries import Throttled, new_device, source_of

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
    assert answer.json == {"error": "Sign in first.", "code": "web.sign_in"}


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


def fail(store: Store, count: int, name: str = "x", address: str = "x", addresses: int = 1) -> None:
    """`count` failed tries a moment ago, from as many `addresses` in turn."""
    with store.sessions() as session, session.begin():
        session.add_all(
            SignInFailure(name=name, address=f"{address}{n % addresses}" if addresses > 1 else address)
            for n in range(count)
        )


def test_a_failed_try_is_counted_and_the_sixth_from_there_waits(store: Store) -> None:
    with store.sessions() as session:
        for _ in range(5):
            assert authenticate(session, "Eva", "wrong", "10.0.0.9", 1000.0) is None
        with pytest.raises(Throttled) as refused:
            authenticate(session, "eva", PASSWORD, "10.0.0.9", 1000.4)
        assert refused.value.seconds == pytest.approx(0.6)
        assert authenticate(session, "eva", PASSWORD, "10.0.0.9", 1001.0) is not None
        assert session.scalars(select(SignInFailure)).all() == [], "success forgets the failures"


def test_five_wrong_tries_of_a_stranger_lock_nobody_out_but_the_stranger(client: FlaskClient, store: Store) -> None:
    fail(store, 12, name="eva", address="10.0.0.66")
    answer = come_in(client, "eva", PASSWORD, "10.0.0.66")
    assert answer.status_code == 429
    assert "Too many failed attempts: wait 1" in answer.text
    assert come_in(client, "eva", PASSWORD, "10.0.0.99").status_code == 302


def test_a_name_that_is_guessed_from_everywhere_gets_slower_but_not_for_its_own_browser(
    client: FlaskClient, store: Store
) -> None:
    assert come_in(client, "eva").status_code == 302
    assert post(client, "/sign-out").status_code == 302
    fail(store, 90, name="eva", address="10.9.0.", addresses=30)
    stranger = client.application.test_client()
    assert come_in(stranger, "eva", PASSWORD, "10.0.0.99").status_code == 429
    assert come_in(stranger, "tom", PASSWORD, "10.0.0.99").status_code == 302
    assert come_in(client, "eva", PASSWORD, "10.9.0.1").status_code == 302


def test_a_known_browser_has_no_more_tries_than_others_and_none_of_another_name(
    client: FlaskClient, store: Store
) -> None:
    assert come_in(client, "eva").status_code == 302
    assert post(client, "/sign-out").status_code == 302
    assert come_in(client, "eva", "wrong").status_code == 401
    with store.sessions() as session:
        [tried] = session.scalars(select(SignInFailure.address))
    fail(store, 11, name="eva", address=tried)
    assert come_in(client, "eva", PASSWORD).status_code == 429
    device = new_device("key", "eva")
    assert source_of("key", device, "eva", "10.0.0.1").startswith("device:")
    assert source_of("key", device, "tom", "10.0.0.1") == "10.0.0.1"
    assert source_of("another key", device, "eva", "10.0.0.1") == "10.0.0.1"
    assert source_of("key", "nonsense", "eva", "2001:db8:1:2:3::4") == "2001:db8:1:2::/64"


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


def test_signing_out_ends_it_in_every_copy_of_the_cookie_and_no_other_session(
    signed: Client, client: FlaskClient
) -> None:
    eva, copy = signed("eva"), signed("eva")
    come_in(client, "eva")
    assert copy.get("/now").status_code == 200
    assert post(eva, "/sign-out").status_code == 302
    assert eva.get("/now").status_code == 302
    assert copy.get("/now").status_code == 302
    assert copy.get("/api/now").status_code == 401
    assert client.get("/now").status_code == 200


def test_sessions_that_are_over_are_forgotten_when_their_cookies_are(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        session.add(EndedSession(id="old", at=utcnow() - 3 * LIFETIME))
    post(signed("eva"), "/sign-out")
    with store.sessions() as session:
        [row] = session.scalars(select(EndedSession)).all()
    assert row.id != "old"


def test_a_cookie_that_names_no_session_opens_nothing(signed: Client) -> None:
    eva = signed("eva")
    with eva.session_transaction() as cookie:
        del cookie[NAME]
    assert eva.get("/now").status_code == 302


def test_guessing_the_password_on_its_page_gets_slower_and_keeps_nobody_out(
    signed: Client, client: FlaskClient, store: Store
) -> None:
    eva, new = signed("eva"), "another long password"
    assert post(eva, "/password", current="wrong", new=new, again=new).status_code == 400
    fail(store, 11, name="eva", address="inside")
    assert post(eva, "/password", current=PASSWORD, new=new, again=new).status_code == 429
    assert come_in(client, "eva").status_code == 302


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
    assert "Pause requested" in answer.text
    with store.sessions() as session:
        request = session.scalars(select(Request)).one()
    assert (request.kind, request.subject, request.asked_by, request.done_at) == ("agent.pause", "anna", "eva", None)


# headers


@pytest.mark.parametrize("page", ["/sign-in", "/nothing-here", "/static/old/app.css", "/api/now"])
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
        ("anna", f"/calls/{WHOLE}/sound", 403), ("anna", f"/calls/{EVIL}/sound", 404),
        ("anna", f"/api/calls/{EVIL}", 404), ("anna", f"/tickets/{TICKET}", 200),
    ],
)  # fmt: skip
def test_what_roles_see(signed: Client, name: str, page: str, status: int) -> None:
    with signed(name).get(page) as answer:
        assert answer.status_code == status


def test_an_agent_lists_the_own_calls_only(signed: Client) -> None:
    anna = signed("anna")
    for query, ids in (("", [WHOLE]), ("?agent=anna", [WHOLE]), ("?agent=boris", [])):
        listed = anna.get(f"/api/calls{query}").json
        assert listed is not None
        assert [call["call_id"] for call in listed["calls"]] == ids
    assert "Павел" not in anna.get("/calls").text


@pytest.mark.parametrize(("name", "agent", "status"), [
    ("eva", "anna", 302), ("admin", "boris", 302), ("anna", "anna", 302),
    ("anna", "boris", 403), ("tom", "anna", 403), ("eva", "nobody", 404),
])  # fmt: skip
def test_who_pauses_whom(signed: Client, name: str, agent: str, status: int) -> None:
    assert post(signed(name), f"/agents/{agent}/pause").status_code == status


def shown_once(client: FlaskClient, answer: TestResponse) -> str:
    """The password on the page to which a form leads, which has it this once."""
    assert answer.status_code == 303
    found = re.search(r'class="handed">([^<]+)<', client.get(answer.location).text)
    assert found is not None
    assert 'class="handed"' not in client.get(answer.location).text, "reloaded, it is gone, and no other one was made"
    return found.group(1)


def test_an_admin_adds_resets_and_removes_people(signed: Client, client: FlaskClient, store: Store) -> None:
    admin = signed("admin")
    first = shown_once(admin, post(admin, "/people", name="Zoe", role="trainer", language="ru"))
    assert come_in(client, "zoe", first).status_code == 302
    assert 'lang="ru"' in client.get("/now").text

    with store.sessions() as session:
        key = session.scalars(select(User.id).where(User.name == "zoe")).one()
    second = shown_once(admin, post(admin, f"/people/{key}/password"))
    assert second != first
    assert client.get("/now").status_code == 302, "the old password's session has ended"
    assert come_in(client, "zoe", second).status_code == 302

    assert post(admin, f"/people/{key}/remove").status_code == 303
    assert client.get("/now").status_code == 302
    assert come_in(client, "zoe", second).status_code == 401
    history = re.sub("<[^>]*>", "", admin.get("/people").text)
    for line in ("zoe: Added: Trainer", "zoe: New password", "zoe: Removed"):
        assert line in history


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
