"""The page of the settings: what is in force, one draft for all, publishing with a reason, the way back."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from publishing import drafts, history
from ringback.messages import text
from tests.support.calls import Store
from tests.support.pages import Client, token
from tests.support.publishing import (
    BROKEN,
    DRAFT,
    FIRST,
    HOSTILE,
    SECOND,
    begin_history,
    in_force_text,
    publisher_of,
    seed_settings,
)


def page_of(client: FlaskClient, path: str = "/settings") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def post(client: FlaskClient, path: str, page: str = "/settings", **fields: str) -> tuple[int, str]:
    """Sends a form as the page would; the status and the page that follows."""
    answer = client.post(path, data={"csrf_token": token(client, page), **fields})
    shown = client.get(answer.location) if answer.status_code == 303 else answer
    return answer.status_code, shown.get_data(as_text=True)


@pytest.fixture
def admin(signed: Client) -> FlaskClient:
    return signed("admin")


def test_without_settings_in_force_the_page_says_so(admin: FlaskClient) -> None:
    assert "No settings are in force yet" in page_of(admin)


def test_it_shows_what_is_in_force_since_when_by_whom_and_who_has_not_taken_it(
    admin: FlaskClient, store: Store
) -> None:
    seed_settings(store)
    shown = page_of(admin)
    assert re.search(r"Version 2</a>, since .*, by admin: <q>They call back late &lt;img", shown)
    assert HOSTILE not in shown
    assert "Asterisk: works with version 1" in re.sub(r"\s+", " ", shown)
    with store.sessions() as session, session.begin():
        history.note_taken(session, "controller", 1, text("No space left on device"))
    assert "No space left on device" in page_of(admin, "/settings/taken")


def test_a_draft_is_saved_checked_compared_and_published(admin: FlaskClient, store: Store) -> None:
    begin_history(store)
    status, shown = post(admin, "/settings/draft", text=DRAFT, revision="0", base="1")
    assert (status, "The check has found nothing." in shown) == (303, True)
    assert "<ins>callbacks: {per_day: 50}</ins>" in shown
    assert re.search(r"wait for the next start of Ringback:\s*<code>web.port</code>", shown)
    assert in_force_text(store) == FIRST
    status, shown = post(admin, "/settings/publish", revision="1", why="Fewer calls a day")
    assert (status, "Version 2 is in force." in shown) == (303, True)
    assert in_force_text(store) == DRAFT
    assert "Nobody is working at one" in shown
    with store.sessions() as session:
        row = history.versions(session)[0]
        assert (row.by, row.why, row.source) == ("admin", "Fewer calls a day", "page")


def test_errors_stand_beside_their_lines_and_nothing_can_be_published(admin: FlaskClient, store: Store) -> None:
    begin_history(store)
    _, shown = post(admin, "/settings/draft", text=BROKEN, revision="0", base="1")
    assert 'data-line="6">Line 6</a> <code>lines.0.menu</code> mian is not in menus' in re.sub(r"\s+", " ", shown)
    assert "<pre>- {number: &#39;1000&#39;, name: Support, menu: mian}</pre>" in shown
    assert 'data-errors="6"' in shown
    assert "once its errors are mended" in shown
    status, shown = post(admin, "/settings/publish", revision="1", why="all the same")
    assert (status, "Nothing was published" in shown) == (409, True)
    assert in_force_text(store) == FIRST


def test_a_reason_is_asked_for(admin: FlaskClient, store: Store) -> None:
    seed_settings(store)
    status, shown = post(admin, "/settings/publish", revision="1", why="  ")
    assert (status, "Say why" in shown) == (409, True)
    assert in_force_text(store) == SECOND


def test_the_second_of_two_who_write_is_told_and_loses_nothing(admin: FlaskClient, store: Store) -> None:
    seed_settings(store)
    mine = SECOND + "reconnect_seconds: 30\n"
    with store.sessions() as session, session.begin():
        drafts.save(session, DRAFT + "# mine too\n", 1, 2, "eva")
    status, shown = post(admin, "/settings/draft", text=mine, revision="1", base="2")
    assert (status, "eva has saved the draft meanwhile" in shown) == (409, True)
    assert "<ins>reconnect_seconds: 30</ins>" in shown
    assert "<del># mine too</del>" in shown
    with store.sessions() as session:
        row = drafts.draft(session)
        assert row is not None
        assert row.text.endswith("# mine too\n")
    status, _ = post(admin, "/settings/draft", text=mine, revision="2", base="2")
    with store.sessions() as session:
        row = drafts.draft(session)
        assert row is not None
        assert (status, row.text, row.by) == (303, mine, "admin")


def test_what_was_published_since_the_draft_was_begun_must_be_looked_at(admin: FlaskClient, store: Store) -> None:
    seed_settings(store)
    publisher_of(store).publish(SECOND + "timezone: Europe/Berlin\n", base=2, by="root", why="zone", source="terminal")
    shown = page_of(admin)
    assert "Version 3 was published by root since this draft was begun" in shown
    assert "<ins>timezone: Europe/Berlin</ins>" in shown
    status, shown = post(admin, "/settings/publish", revision="1", why="mine")
    assert (status, "root has published version 3 meanwhile" in shown) == (409, True)
    merged = DRAFT + "timezone: Europe/Berlin\n"
    assert post(admin, "/settings/draft", text=merged, revision="1", base="2", on="now")[0] == 303
    assert post(admin, "/settings/publish", revision="2", why="both")[0] == 303
    assert in_force_text(store) == merged


def test_a_version_is_shown_and_rolled_back_to(admin: FlaskClient, store: Store) -> None:
    seed_settings(store)
    shown = page_of(admin, "/settings/1")
    assert "<li>queues:</li>" in shown
    assert "<del>reconnect_seconds: 90</del>" in shown
    assert "Roll back" not in page_of(admin, "/settings/2").partition("<main")[2]
    status, shown = post(admin, "/settings/1/rollback", "/settings/1", base="2", why="Too long")
    assert (status, "Version 3 is in force." in shown) == (303, True)
    assert "back to version 1" in shown
    assert in_force_text(store) == FIRST
    status, shown = post(admin, "/settings/2/rollback", "/settings/2", base="2", why="again")
    assert (status, "has published version 3 meanwhile" in shown) == (409, True)


def test_a_version_that_fails_todays_check_is_not_rolled_back_to(admin: FlaskClient, store: Store) -> None:
    seed_settings(store)
    with store.sessions() as session, session.begin():
        row = history.version(session, 1)
        assert row is not None
        row.text = BROKEN
    status, shown = post(admin, "/settings/1/rollback", "/settings/1", base="2", why="as before")
    assert (status, "mian is not in menus" in shown) == (409, True)
    assert in_force_text(store) == SECOND


def test_a_draft_is_thrown_away(admin: FlaskClient, store: Store) -> None:
    seed_settings(store)
    assert post(admin, "/settings/draft/drop", revision="7")[0] == 409
    status, shown = post(admin, "/settings/draft/drop", revision="1")
    assert (status, "The draft is gone." in shown) == (303, True)
    assert in_force_text(store) == SECOND


def test_a_text_that_is_no_text_of_ours_is_data(admin: FlaskClient, store: Store) -> None:
    begin_history(store)
    hostile = f"agents: [\n  # {HOSTILE}\n"
    _, shown = post(admin, "/settings/draft", text=hostile, revision="0", base="1")
    assert HOSTILE not in shown
    assert "Line" in shown
    answer = admin.post(
        "/settings/draft", data={"csrf_token": token(admin, "/settings"), "text": "x", "revision": "-1"}
    )
    assert answer.status_code == 400


def test_passwords_in_addresses_are_not_shown(admin: FlaskClient, store: Store) -> None:
    begin_history(store)
    secret = FIRST + "store: {url: 'postgresql://ring:s3cret@db.example/ringback'}\n"
    _, shown = post(admin, "/settings/draft", text=secret, revision="0", base="1")
    assert "s3cret" not in shown
    assert "ring:*****@db.example" in shown


def test_pages_follow_what_is_published(app: Flask, admin: FlaskClient, store: Store) -> None:
    begin_history(store)
    before = publisher_of(store)
    before.publish(FIRST.replace("name: Support", "name: Help desk"), base=1, by="root", why="name", source="terminal")
    assert "Help desk" in admin.get("/calls").get_data(as_text=True)
