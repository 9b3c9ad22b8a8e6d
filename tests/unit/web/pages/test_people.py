"""Accounts that are changed: names, roles, languages; deactivated, signed out, and what of it is remembered."""

import re
import uuid

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from letters.models import ColleagueLetter
from letters.service import tell
from ringback.store.base import utcnow
from tests.support.calls import Store
from tests.support.pages import Client, come_in, post
from transcripts.search import saved
from transcripts.search.models import SavedSearch
from web.handed import HandedOnce, HandedSecret
from web.models import User


def key_of(store: Store, name: str) -> str:
    with store.sessions() as session:
        return str(session.scalars(select(User.id).where(User.name == name)).one())


def keep(store: Store, owner: str, only_agent: str | None, alarms: bool) -> None:
    with store.sessions() as session, session.begin():
        user = session.scalars(select(User).where(User.name == owner)).one()
        saved.keep(
            session,
            owner,
            "Router",
            {"q": "router"},
            only_agent=only_agent,
            alert=True,
            alarms=alarms,
            now=user.created_at,
        )


def test_another_role_is_in_force_with_the_next_page(signed: Client, store: Store) -> None:
    keep(store, "eva", None, alarms=True)
    admin, eva = signed("admin"), signed("eva")
    address = f"/people/{key_of(store, 'eva')}"
    assert eva.get("/set-aside").status_code == 200
    answer = post(admin, address, name="eva", role="agent", language="ru")
    assert (answer.status_code, answer.location) == (303, address)
    assert eva.get("/set-aside").status_code == 403
    assert "Сейчас" in eva.get("/now").text
    with store.sessions() as session:
        row = session.scalars(select(SavedSearch)).one()
        assert (row.only_agent, row.alarms) == ("eva", False), "what was kept finds no more than the role may see"
    page = re.sub("<[^>]*>", "", admin.get(address).text)
    assert "Role changed: Supervisor → Agent" in page and "Language changed: Same as the browser → Russian" in page
    assert "The settings have no agent named eva" in page


def test_a_name_can_be_changed_and_what_was_kept_follows_it(signed: Client, client: FlaskClient, store: Store) -> None:
    keep(store, "anna", "anna", alarms=False)
    admin, anna = signed("admin"), signed("anna")
    address = f"/people/{key_of(store, 'anna')}"
    assert post(admin, address, name="Boris", role="agent", language="").status_code == 303
    assert anna.get("/now").status_code == 200, "who is signed in stays so"
    assert come_in(client, "boris").status_code == 302
    with store.sessions() as session:
        row = session.scalars(select(SavedSearch)).one()
        assert (row.owner, row.only_agent) == ("boris", "boris")
    assert "Renamed: anna → boris" in re.sub("<[^>]*>", "", admin.get(address).text)


@pytest.mark.parametrize(
    ("whose", "data", "status", "says"),
    [
        ("eva", {"name": "tom", "role": "agent"}, 409, "There is already a person with this name"),
        ("eva", {"name": "<b>", "role": "agent"}, 400, "A name may contain only letters"),
        ("eva", {"name": "eva", "role": "emperor"}, 400, "Not a valid choice"),
        ("admin", {"name": "admin", "role": "agent"}, 409, "You cannot change your own role"),
    ],
)
def test_changes_that_are_refused(
    signed: Client, store: Store, whose: str, data: dict[str, str], status: int, says: str
) -> None:
    answer = post(signed("admin"), f"/people/{key_of(store, whose)}", language="", **data)
    assert answer.status_code == status
    assert says in answer.text
    with store.sessions() as session:
        roles = {user.name: user.role for user in session.scalars(select(User))}
    assert roles == {"admin": "admin", "eva": "supervisor", "tom": "trainer", "anna": "agent"}


def test_a_deactivated_account_is_out_at_once_until_it_is_activated(
    signed: Client, client: FlaskClient, store: Store
) -> None:
    admin, tom = signed("admin"), signed("tom")
    address = f"/people/{key_of(store, 'tom')}"
    assert post(admin, f"{address}/deactivate").status_code == 303
    assert tom.get("/now").status_code == 302
    refused = come_in(client, "tom")
    assert (refused.status_code, "This account is deactivated" in refused.text) == (403, True)
    assert come_in(client, "tom", "wrong").status_code == 401, "only who has the password is told"
    assert "Deactivated" in admin.get("/people").text
    assert post(admin, f"{address}/activate").status_code == 303
    assert tom.get("/now").status_code == 302, "the old session stays ended"
    assert come_in(client, "tom").status_code == 302


def test_sessions_can_be_ended_alone(signed: Client, client: FlaskClient, store: Store) -> None:
    admin, tom = signed("admin"), signed("tom")
    assert post(admin, f"/people/{key_of(store, 'tom')}/sessions").status_code == 303
    assert tom.get("/now").status_code == 302
    assert come_in(client, "tom").status_code == 302


@pytest.mark.parametrize("action", ["deactivate", "remove"])
def test_nobody_shuts_himself_out(signed: Client, store: Store, action: str) -> None:
    admin = signed("admin")
    assert post(admin, f"/people/{key_of(store, 'admin')}/{action}").status_code == 409
    assert admin.get("/people").status_code == 200


def test_the_page_without_access_says_what_is_true(signed: Client) -> None:
    page = signed("eva").get("/people")
    assert page.status_code == 403
    assert "An admin can change roles on the People page." in page.text
    assert 'name="role"' in signed("admin").get("/people").text


def test_a_secret_is_shown_once_to_whom_it_was_given_and_not_for_long() -> None:
    moment = [0.0]
    waiting, admin, other = HandedOnce(lambda: moment[0]), uuid.uuid4(), uuid.uuid4()
    secret = HandedSecret("zoe", "s3cret")
    ticket = waiting.keep(admin, secret)
    assert waiting.take(admin, ticket) == secret
    assert waiting.take(admin, ticket) is None
    assert waiting.take(other, waiting.keep(admin, secret)) is None
    late = waiting.keep(admin, secret)
    moment[0] = 121.0
    assert waiting.take(admin, late) is None
    assert waiting.take(admin, None) is None


# mail


def test_everybody_says_where_mail_goes_and_of_what_none_is_wanted(signed: Client, store: Store) -> None:
    anna = signed("anna")
    page = anna.get("/mail").text
    assert "The settings name no mail server" in page and page.count("checked") == 4
    asked = {"email": " anna@example.com ", "zone": "Asia/Tokyo", "topic": "scores"}
    assert post(anna, "/mail", **asked).status_code == 303
    page = anna.get("/mail").text
    assert 'value="anna@example.com"' in page and page.count("checked") == 1 and "<option selected>Asia/Tokyo" in page
    with store.sessions() as session:
        row = session.scalars(select(User).filter_by(name="anna")).one()
        assert row.unwanted_mail == ["assignments", "reminders", "disputes"]
    for wrong in ("anna@example.com\r\nBcc: x@y.z", "<script>@x", "a" * 300 + "@example.com"):
        refused = post(anna, "/mail", email=wrong, zone="")
        assert refused.status_code == 400 and "<script>@x" not in refused.text
    assert "Mail address changed" in signed("admin").get(f"/people/{key_of(store, 'anna')}").text


def test_who_manages_people_gives_them_an_address(signed: Client, store: Store) -> None:
    admin, address = signed("admin"), f"/people/{key_of(store, 'anna')}"
    same = {"name": "anna", "role": "agent", "language": ""}
    assert post(admin, address, **same, email="anna@example.com").status_code == 303
    assert "anna@example.com" in admin.get(address).text
    assert post(admin, address, **same, email="anna").status_code == 400
    assert post(admin, address, **same).status_code == 303
    made = post(admin, "/people", name="nina", role="agent", language="", email="nina@example.com")
    assert made.status_code == 303
    with store.sessions() as session:
        found = {row.name: row.email for row in session.scalars(select(User))}
    assert (found["anna"], found["nina"]) == ("anna@example.com", "nina@example.com")


@pytest.mark.parametrize("data", [None, {"name": "hanna", "role": "agent", "language": ""}])
def test_letters_are_forgotten_with_the_name(signed: Client, store: Store, data: dict[str, str] | None) -> None:
    admin, address = signed("admin"), f"/people/{key_of(store, 'anna')}"
    with store.sessions.begin() as session:
        tell(session, "scored", "anna", uuid.uuid4(), utcnow())
    post(admin, address, **data) if data else post(admin, f"{address}/remove")
    with store.sessions() as session:
        assert session.scalars(select(ColleagueLetter)).all() == []
