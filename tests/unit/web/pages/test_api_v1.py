"""What every address of /api/v1 has in common: keys with scopes and an end, problems, pages of lists, counting."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from callback.models import Callback
from calls.models import Contact
from ringback.store.base import utcnow
from tests.support.api import key_for
from tests.support.calls import EVIL, EVIL_NAME, EVIL_TICKET, OPEN, TICKET, WHOLE, Store
from tests.support.pages import Client, app_of, post
from tickets.models import TicketEntry
from web import keys
from web.api.v1 import queues
from web.api.v1.idempotency import UnderWay
from web.api.v1.limits import Buckets
from web.api.v1.operations import OPERATIONS
from web.models import ApiAnswer, ApiKey
from web.policy import SCOPES
from web.problem_details import ApiProblem

Asking = Callable[..., FlaskClient]


@pytest.fixture
def asking(app: Flask, store: Store) -> Asking:
    """`asking(*scopes)`: a program with a key for these; for all of them if none is said."""

    def made(*scopes: str, name: str = "program", of: Flask | None = None) -> FlaskClient:
        client = (of or app).test_client()
        header = key_for(store, scopes or SCOPES, name)
        client.environ_base["HTTP_AUTHORIZATION"] = header["Authorization"]
        return client

    return made


# keys


def test_a_key_opens_what_its_scopes_say_and_nothing_else(asking: Asking) -> None:
    client = asking("queues:read")
    assert client.get("/api/v1/queues").status_code == 200
    answer = client.get("/api/v1/calls")
    assert (answer.status_code, answer.json["code"]) == (403, "web.key_without_scope")
    assert "calls:read" in answer.json["detail"]
    assert client.get("/api/calls").status_code == 403, "nor the older addresses"


def test_keys_from_before_there_were_scopes_read_everything_that_they_read_before(app: Flask, store: Store) -> None:
    with store.sessions() as session, session.begin():
        _, token = keys.make(session, "report", ["all_calls"], "admin")
    client, header = app.test_client(), {"Authorization": f"Bearer {token}"}
    for where in ("/api/calls", "/api/v1/calls", f"/api/v1/calls/{WHOLE}", "/api/v1/surveys/answers"):
        assert client.get(where, headers=header).status_code == 200, where
    assert client.post("/api/v1/callbacks", headers=header, json={"number": "+14155550123"}).status_code == 403


def test_a_key_whose_time_is_over_is_refused_everywhere_and_says_so(asking: Asking, store: Store) -> None:
    client = asking()
    with store.sessions() as session, session.begin():
        session.execute(update(ApiKey).values(expires_at=utcnow() - timedelta(seconds=1)))
    answer = client.get("/api/v1/calls")
    assert (answer.status_code, answer.json["code"]) == (401, "web.key_over")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/api/calls").status_code == 401


def test_a_key_is_made_with_scopes_and_a_last_day_on_the_page(signed: Client, store: Store) -> None:
    admin, tomorrow = signed("admin"), (utcnow() + timedelta(days=1)).date()
    made = post(admin, "/keys", page="/keys", name="report", scopes="calls:read", until=tomorrow.isoformat())
    assert made.status_code == 303
    page = admin.get("/keys").text
    assert "read calls and their texts" in page
    with store.sessions() as session, session.begin():
        row = session.scalars(select(ApiKey)).one()
        assert row.scopes == ["calls:read"] and row.rights == []
        assert row.expires_at is not None and timedelta() < row.expires_at - utcnow() < timedelta(days=3)
        row.expires_at = utcnow() - timedelta(days=1)
    assert "over since" in admin.get("/keys").text
    assert post(admin, "/keys", page="/keys", name="late", scopes="calls:read", until="2020-01-01").status_code == 409
    assert post(admin, "/keys", page="/keys", name="odd", scopes="calls:read", until="tomorrow").status_code == 400


def test_people_read_what_their_pages_show_and_change_nothing_by_a_cookie(signed: Client) -> None:
    anna = signed("anna")
    listed = anna.get("/api/v1/calls").json["items"]
    assert {each["id"] for each in listed} == {WHOLE}
    assert anna.get(f"/api/v1/calls/{EVIL}").status_code == 404
    answer = signed("admin").post(f"/api/v1/calls/{OPEN}/end")
    assert (answer.status_code, answer.json["code"]) == (401, "web.needs_key")


# problems


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"),
    [
        ("GET", "/api/v1/nothing", {}, 404, "web.http_nothing_there"),
        ("GET", "/api/v1/calls/none", {}, 404, "web.no_call"),
        ("DELETE", "/api/v1/calls", {}, 405, "web.http_method"),
        ("POST", "/api/v1/callbacks", {"data": b"x" * 70_000}, 413, "web.http_too_large"),
        ("POST", "/api/v1/callbacks", {"data": "number=1"}, 415, "web.http_not_json"),
        ("POST", "/api/v1/callbacks", {"json": {"number": 1}}, 422, "web.body_wrong"),
        ("POST", "/api/v1/callbacks", {"json": {"number": "1", "colour": "red"}}, 422, "web.body_wrong"),
        ("POST", "/api/v1/callbacks", {"json": {"number": "112"}}, 422, "callback.short_number"),
        ("POST", "/api/v1/callbacks", {"json": {"number": "+1 415 555 0123", "line": "9"}}, 422, "web.body_wrong"),
        ("POST", "/api/v1/callbacks", {"json": {"number": "+14155550123", "ticket": 10**400}}, 422, "web.body_wrong"),
        ("POST", "/api/v1/callbacks", {"data": "{", "content_type": "application/json"}, 400, "web.no_json"),
        ("POST", "/api/v1/callbacks", {"data": "[" * 9000, "content_type": "application/json"}, 400, "web.json_deep"),
        (
            "POST",
            "/api/v1/callbacks",
            {"data": '{"number": "\\ud800"}', "content_type": "application/json"},
            400,
            "web.odd_text",
        ),
        ("GET", "/api/v1/calls?limit=0", {}, 400, "web.query_wrong"),
        ("GET", "/api/v1/calls?limit=5&limit=6", {}, 400, "web.query_wrong"),
        ("GET", "/api/v1/calls?limits=5", {}, 400, "web.query_wrong"),
        ("GET", "/api/v1/calls?from=1764500000", {}, 400, "web.query_wrong"),
        ("GET", "/api/v1/calls?text=%00", {}, 400, "web.odd_text"),
        ("GET", "/api/v1/calls?cursor=x", {}, 400, "web.cursor_wrong"),
        ("GET", "/api/v1/surveys/results?from=0001-01-01&to=0001-01-02", {}, 400, "web.query_wrong"),
        ("GET", "/api/v1/queues?x=1", {}, 400, "web.query_wrong"),
    ],
)
def test_whatever_is_wrong_is_told_as_a_problem(
    asking: Asking, method: str, path: str, sent: dict[str, object], status: int, code: str
) -> None:
    answer = asking().open(path, method=method, headers={"Accept-Language": "ru"}, **sent)
    assert answer.content_type == "application/problem+json"
    told = answer.json
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert told["type"] == f"urn:ringback:problem:{code}" and told["detail"].isascii() and len(told["detail"]) > 15
    assert status != 405 or "GET" in answer.headers["Allow"]


def test_who_sends_no_key_is_told_so_as_a_problem(app: Flask) -> None:
    for header, code in (({}, "web.sign_in"), ({"Authorization": "Bearer rb_x"}, "web.unknown_key")):
        answer = app.test_client().get("/api/v1/calls", headers=header)
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
        assert answer.json["code"] == code


def test_a_store_that_is_away_is_a_problem_that_passes(
    asking: Asking, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = asking()

    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT secret FROM row", {}, Exception("server closed the connection"))

    monkeypatch.setattr(queues, "queues_document", away)
    answer = client.get("/api/v1/queues", headers={"Accept-Language": "ru"})
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "5" and "secret" not in answer.text and answer.text.isascii()


def test_a_fault_of_ours_is_a_problem_without_its_reasons(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    client = asking()
    monkeypatch.setattr(queues, "queues_document", lambda *_: 1 / 0)
    answer = client.get("/api/v1/queues")
    assert (answer.status_code, answer.json["code"]) == (500, "web.our_fault") and "Zero" not in answer.text


# lists


def test_a_list_is_read_to_its_end_page_by_page(asking: Asking) -> None:
    client, found, cursor = asking(), list[str](), ""
    while True:
        page = client.get(f"/api/v1/calls?limit=2{cursor}").json
        found += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    everything = [each["id"] for each in client.get("/api/v1/calls").json["items"]]
    assert found == everything and len(set(found)) == len(found) == 5
    other = client.get(f"/api/v1/calls?limit=2&order=oldest{cursor}")
    assert (other.status_code, other.json["code"]) == (400, "web.cursor_wrong"), "a cursor of another order"


def test_hostile_names_are_text(asking: Asking) -> None:
    call = asking().get(f"/api/v1/calls/{EVIL}")
    assert call.content_type == "application/json" and call.json["caller_name"] == EVIL_NAME


# what has changed


def test_what_has_not_changed_is_not_sent_again(asking: Asking, store: Store) -> None:
    client = asking()
    first = client.get(f"/api/v1/calls/{WHOLE}")
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"/api/v1/calls/{WHOLE}", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    with store.sessions() as session, session.begin():
        session.add(
            Callback(
                source="form",
                source_key="x",
                number="+14155550123",
                language="en",
                line="1000",
                queue="support",
                arrived_at=utcnow(),
                due_at=utcnow(),
                expires_at=utcnow(),
                asked_call_id=WHOLE,
            )
        )
    assert client.get(f"/api/v1/calls/{WHOLE}", headers=known).status_code == 200


# once


def promised(store: Store) -> int:
    with store.sessions() as session:
        return len(session.scalars(select(Callback)).all())


def test_a_request_with_a_name_is_done_once(asking: Asking, store: Store) -> None:
    client, named = asking(), {"Idempotency-Key": "order-17"}
    first = client.post("/api/v1/callbacks", json={"number": "+14155550199"}, headers=named)
    assert first.status_code == 201 and first.headers["Location"] == f"/api/v1/callbacks/{first.json['id']}"
    again = client.post("/api/v1/callbacks", json={"number": "+14155550199"}, headers=named)
    assert (again.status_code, again.json, again.headers["Location"]) == (201, first.json, first.headers["Location"])
    assert again.headers["Idempotency-Replayed"] == "true" and promised(store) == 1
    other = client.post("/api/v1/callbacks", json={"number": "+14155550198"}, headers=named)
    assert (other.status_code, other.json["code"]) == (422, "web.idempotency_other")
    stranger = asking("callbacks:write", name="another")
    assert stranger.post("/api/v1/callbacks", json={"number": "+14155550198"}, headers=named).status_code == 201
    with store.sessions() as session, session.begin():
        session.execute(update(ApiAnswer).values(at=utcnow() - timedelta(hours=25)))
    later = client.post("/api/v1/callbacks", json={"number": "+14155550197"}, headers=named)
    assert later.status_code == 201 and "Idempotency-Replayed" not in later.headers
    with store.sessions() as session:
        assert len(session.scalars(select(ApiAnswer)).all()) == 1, "what is too old is forgotten"


def test_a_request_that_failed_may_come_again_under_its_name(asking: Asking) -> None:
    client, named = asking(), {"Idempotency-Key": "order-18"}
    assert client.post("/api/v1/callbacks", json={"number": "112"}, headers=named).status_code == 422
    assert client.post("/api/v1/callbacks", json={"number": "+14155550199"}, headers=named).status_code == 201
    for odd in ("", "x" * 256, "a b"):
        answer = client.post("/api/v1/callbacks", json={"number": "112"}, headers={"Idempotency-Key": odd})
        assert (answer.status_code, answer.json["code"]) == (400, "web.idempotency_key_wrong")


def test_the_twin_of_a_request_that_is_being_worked_on_is_refused() -> None:
    under_way, named = UnderWay(), (uuid.uuid4(), "order-19")
    with under_way.alone(named):
        with pytest.raises(ApiProblem) as refused, under_way.alone(named):
            pass
        assert (refused.value.status, refused.value.headers["Retry-After"]) == (409, "1")
    with under_way.alone(named):
        assert True, "it is over: the next one is let in"


# counting


def test_a_key_that_asks_too_often_waits_and_no_other_does(asking: Asking, store: Store) -> None:
    web = store.settings.web.model_copy(update={"api_requests_per_minute": 2})
    slow = app_of(store, web=web)
    client = asking(of=slow)
    left = [client.get("/api/v1/queues").headers["RateLimit-Remaining"] for _ in range(2)]
    refused = client.get("/api/v1/queues")
    assert left == ["1", "0"] and refused.status_code == 429
    assert refused.json["code"] == "web.too_many_requests" and 0 < int(refused.headers["Retry-After"]) <= 30
    assert refused.headers["RateLimit-Limit"] == "2"
    assert asking("queues:read", name="another", of=slow).get("/api/v1/queues").status_code == 200


def test_a_bucket_fills_evenly() -> None:
    buckets = Buckets()
    assert [buckets.take("a", 60, 100.0).wait for _ in range(61)] == [0] * 60 + [1]
    taken = buckets.take("a", 60, 101.0)
    assert (taken.wait, taken.remaining, taken.full_in) == (0, 0, 60)
    assert buckets.take("a", 60, 90.0).wait == 1, "a clock that goes back gives nothing"
    assert buckets.take("b", 60, 101.0).remaining == 59


# tickets


def test_a_ticket_is_changed_as_it_was_read_and_each_change_stands_in_its_history(asking: Asking) -> None:
    client, where = asking(), f"/api/v1/tickets/{TICKET}"
    read = client.get(where)
    assert read.json["subject"] == "Something does not work" and read.json["calls"][0]["id"] == WHOLE
    seen = {"If-Match": read.headers["ETag"]}
    wanted = {"owner": "anna", "status": "waiting", "next_step": "Call =cmd|x", "due_at": "2027-01-02T10:00:00+03:00"}
    changed = client.patch(where, json=wanted, headers=seen)
    assert changed.status_code == 200, changed.json
    assert changed.json["owner"] == "anna" and changed.json["due_at"] == "2027-01-02T07:00:00Z"
    assert {each["author"] for each in changed.json["entries"]} >= {"key:program"}
    late = client.patch(where, json={"owner": "boris"}, headers=seen)
    assert (late.status_code, late.json["code"]) == (412, "web.changed_since")
    assert client.get(where).json["owner"] == "anna"
    now = {"If-Match": changed.headers["ETag"]}
    assert client.patch(where, json={"owner": None}, headers=now).json["owner"] is None


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"owner": "nobody"}, 422, "web.body_wrong"),
        ({"status": None}, 422, "web.body_wrong"),
        ({"status": "gone"}, 422, "web.body_wrong"),
        ({"queue": "none"}, 422, "tickets.not_among"),
        ({"due_at": "tomorrow"}, 422, "web.body_wrong"),
        ({"due_at": "2027-01-02T10:00:00"}, 422, "web.body_wrong"),
        ({"subject": " "}, 422, "web.body_wrong"),
        ({"status": "solved", "next_step": "x"}, 422, "tickets.done_has_no_step"),
        ({"number": 7}, 422, "web.body_wrong"),
        ([], 422, "web.body_wrong"),
    ],
)
def test_what_a_ticket_cannot_be_is_refused(asking: Asking, body: object, status: int, code: str) -> None:
    client = asking()
    before = client.get(f"/api/v1/tickets/{TICKET}").json
    answer = client.patch(f"/api/v1/tickets/{TICKET}", json=body)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert client.get(f"/api/v1/tickets/{TICKET}").json == before


def test_a_note_mentions_people_and_is_written_once(asking: Asking, store: Store) -> None:
    client, where = asking(), f"/api/v1/tickets/{TICKET}/notes"
    for _ in range(2):
        made = client.post(where, json={"text": f"@anna see {EVIL_NAME}"}, headers={"Idempotency-Key": "n1"})
        assert (made.status_code, made.json["mentioned"]) == (201, ["anna"])
    with store.sessions() as session:
        notes = session.scalars(
            select(TicketEntry).where(TicketEntry.kind == "note", TicketEntry.text.contains("anna"))
        )
        assert [each.author for each in notes] == ["key:program"]
    assert client.post("/api/v1/tickets/9999/notes", json={"text": "x"}).status_code == 404


def test_a_callback_may_belong_to_a_ticket(asking: Asking) -> None:
    client, body = asking("callbacks:write"), {"number": "+14155550188", "ticket": TICKET}
    assert client.post("/api/v1/callbacks", json=body).json["ticket"] == TICKET
    wrong = client.post("/api/v1/callbacks", json={**body, "number": "+14155550187", "ticket": 9999})
    assert (wrong.status_code, wrong.json["errors"][0]["name"]) == (422, "ticket")


def test_tickets_are_listed_by_views(asking: Asking, signed: Client) -> None:
    client = asking("tickets:read")
    found = client.get("/api/v1/tickets?limit=1").json
    rest = client.get(f"/api/v1/tickets?limit=1&cursor={found['next']}").json
    assert {each["number"] for page in (found, rest) for each in page["items"]} == {TICKET, EVIL_TICKET}
    assert client.get("/api/v1/tickets?view=closed").json == {"items": [], "next": None}
    other = client.get(f"/api/v1/tickets?view=closed&cursor={found['next']}")
    assert (other.status_code, other.json["code"]) == (400, "web.cursor_wrong")
    assert client.patch(f"/api/v1/tickets/{TICKET}", json={"owner": "anna"}).status_code == 403


# contacts


def test_a_person_is_made_found_changed_and_given_numbers(asking: Asking) -> None:
    client = asking()
    wanted = {"name": f"Ada {EVIL_NAME}", "points": [{"kind": "phone", "value": "(415) 555-0166", "label": "work"}]}
    made = client.post("/api/v1/contacts", json=wanted)
    assert made.status_code == 201, made.json
    where = made.headers["Location"]
    assert [(each["kind"], each["value"]) for each in made.json["points"]] == [("phone", "+14155550166")]
    assert [each["id"] for each in client.get("/api/v1/contacts?text=0166").json["items"]] == [made.json["id"]]
    more = client.post(f"{where}/points", json={"kind": "email", "value": "ada@example.com"})
    assert (more.status_code, len(more.json["points"])) == (201, 2)
    read = client.get(where)
    seen = {"If-Match": read.headers["ETag"]}
    changed = client.patch(where, json={"name": "Ada Lovelace"}, headers=seen)
    assert (changed.status_code, changed.json["name"]) == (200, "Ada Lovelace")
    assert client.patch(where, json={"notes": "x"}, headers=seen).status_code == 412
    point = changed.json["points"][1]["id"]
    left = client.post(f"{where}/points/{point}/remove")
    assert [each["kind"] for each in left.json["points"]] == ["phone"]


@pytest.mark.parametrize(
    ("point", "status", "code"),
    [
        ({"kind": "phone", "value": "+14155550123"}, 409, "contacts.of_another"),
        ({"kind": "phone", "value": "=cmd|' /C calc'!A0"}, 422, "contacts.no_phone"),
        ({"kind": "email", "value": "a\r\nBcc: b@example.com"}, 422, "contacts.no_email"),
        ({"kind": "fax", "value": "1"}, 422, "web.body_wrong"),
    ],
)
def test_a_number_that_is_none_or_anothers_makes_nobody(
    asking: Asking, store: Store, point: dict[str, str], status: int, code: str
) -> None:
    answer = asking().post("/api/v1/contacts", json={"name": "Eve", "points": [point]})
    assert (answer.status_code, answer.json["code"]) == (status, code)
    with store.sessions() as session:
        assert session.scalars(select(Contact).where(Contact.name == "Eve")).all() == []


# the page of it


def test_the_page_shows_every_address_and_every_shape_that_it_names(signed: Client) -> None:
    page = signed("anna").get("/api-reference").text
    for each in OPERATIONS:
        assert f'id="{each.name}"' in page and f"<code>{each.method} /api/v1{each.path}</code>" in page, each.name
    named, shown = set(re.findall(r'href="#(shape-\w+)"', page)), set(re.findall(r'id="(shape-\w+)"', page))
    assert named <= shown and len(shown) > 30
    assert page.count("curl -") == len(OPERATIONS) and "`" not in page
