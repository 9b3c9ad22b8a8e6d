"""Connected systems on their page: how each is and why, and every button does what it says."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from outbox.models import OutboxDelivery, OutboxEvent, OutboxReceiver
from ringback import secrets
from ringback.messages import message
from ringback.processes import COURIER
from ringback.store.alarms import raise_alarm, standing_alarms
from ringback.store.base import utcnow
from ringback.store.bus import Process, beat
from tests.support.calls import EVIL_NAME, Store
from tests.support.pages import Client, post
from tests.support.systems import seed_systems

PAGE = "/systems"


@pytest.fixture
def systems(store: Store) -> Store:
    seed_systems(store)
    return store


def deliveries(store: Store, receiver: str) -> dict[str, str]:
    with store.sessions() as session:
        mine = select(OutboxDelivery).where(OutboxDelivery.receiver == receiver)
        return {row.key: row.state for row in session.scalars(mine)}


def receiver(store: Store, name: str) -> OutboxReceiver:
    with store.sessions() as session:
        return session.get_one(OutboxReceiver, name)


def card(page: str, title: str) -> str:
    """The part of the page about one system."""
    return next(part for part in page.split("<section")[1:] if f"</span> {title} <span" in part)


def test_without_a_system_the_page_says_how_to_connect_one(signed: Client, store: Store) -> None:
    assert "No system is connected" in signed("eva").get(PAGE).text


def test_each_system_says_how_it_is_and_why(signed: Client, systems: Store) -> None:
    page = signed("admin").get(PAGE).text
    for title, word in (("crm", "Works"), ("slow", "Slow"), ("away", "Not reachable"), ("disabled", "Disabled")):
        assert word in card(page, title)
    assert "Nothing waits" in card(page, "crm") and "What was not taken" not in card(page, "crm")
    away = card(page, "away")
    assert "1 message waits" in away and "1 not delivered" in away and "Ticket changed" in away
    assert "it answers with HTTP status 503" in away and "given up" in away
    assert EVIL_NAME not in page and "&lt;img" in page, "what strangers said is text"
    assert "Enable again" in card(page, "disabled") and "Try now" not in card(page, "disabled")
    assert "Password refused" in card(page, "rt") and 'type="password"' in card(page, "rt")
    assert "она отвечает с кодом HTTP 503" in signed("admin").get(PAGE, headers={"Accept-Language": "ru"}).text


def test_only_who_may_change_settings_sets_passwords(signed: Client, systems: Store) -> None:
    page = signed("eva").get(PAGE).text
    assert 'type="password"' not in page and "Whoever may change the settings" in card(page, "rt")
    assert post(signed("eva"), f"{PAGE}/connector:rt/password", PAGE, password="new").status_code == 403


def test_try_now_makes_all_due_and_enables(signed: Client, systems: Store) -> None:
    before = receiver(systems, "webhook:disabled").asked_at
    answer = post(signed("eva"), f"{PAGE}/webhook:disabled/try", PAGE)
    assert answer.location == PAGE
    row = receiver(systems, "webhook:disabled")
    assert row.disabled_at is None and row.asked_at != before
    with systems.sessions() as session:
        waiting = (OutboxDelivery.receiver == "webhook:disabled", OutboxDelivery.state == "waiting")
        assert session.scalars(select(OutboxDelivery.due_at).where(*waiting)).one() <= utcnow()


def test_what_was_given_up_is_sent_again(signed: Client, systems: Store) -> None:
    with systems.sessions() as session, session.begin():
        raise_alarm(
            session, "receiver.unsent", "webhook:away", message("outbox.alarm_unsent", receiver="x"), "yellow", utcnow()
        )
    eva = signed("eva")
    number = re.search(r'name="delivery" value="(\d+)"', card(eva.get(PAGE).text, "away"))
    assert number is not None
    assert "Connected systems" in eva.get("/alarms").text
    post(eva, f"{PAGE}/webhook:slow/resend", PAGE, delivery=number[1])
    assert deliveries(systems, "webhook:away")["ticket:12"] == "dead", "one of another system is left alone"
    post(eva, f"{PAGE}/webhook:away/resend", PAGE, delivery=number[1])
    assert deliveries(systems, "webhook:away")["ticket:12"] == "waiting"
    with systems.sessions() as session:
        assert [each for each in standing_alarms(session) if each.kind == "receiver.unsent"] == []
    post(eva, f"{PAGE}/webhook:slow/resend", PAGE)
    assert "1 message is sent again." in eva.get(PAGE).text
    assert set(deliveries(systems, "webhook:slow").values()) == {"waiting"}


def test_a_test_message_is_for_a_webhook_alone(signed: Client, systems: Store) -> None:
    eva = signed("eva")
    post(eva, f"{PAGE}/webhook:crm/test", PAGE)
    post(eva, f"{PAGE}/connector:rt/test", PAGE)
    with systems.sessions() as session:
        sent = session.scalars(select(OutboxEvent).where(OutboxEvent.receiver.is_not(None))).all()
    assert [(each.receiver, each.kind, each.body) for each in sent] == [("webhook:crm", "webhook.test", {"by": "eva"})]


def test_another_password_is_written_and_tried(signed: Client, systems: Store) -> None:
    admin = signed("admin")
    for wrong in ("", "  ", "a\nb", "x" * 501):
        answer = post(admin, f"{PAGE}/connector:rt/password", PAGE, password=wrong)
        assert answer.status_code == 400 and "Type the password in one line." in answer.text
    assert secrets.connector_password(systems.settings, "rt") == ""
    assert post(admin, f"{PAGE}/connector:rt/password", PAGE, password="correct horse").location == PAGE
    assert secrets.connector_password(systems.settings, "rt") == "correct horse"
    file = systems.settings.data / "secrets.yaml"
    assert file.stat().st_mode & 0o777 == 0o600
    before, _ = secrets.load_or_create(systems.settings)
    assert before.connector_passwords == {"rt": "correct horse"} and before.web_key
    assert receiver(systems, "connector:rt").asked_at is not None
    assert post(admin, f"{PAGE}/webhook:crm/password", PAGE, password="x").status_code == 404
    assert post(admin, f"{PAGE}/connector:none/password", PAGE, password="x").status_code == 404


def test_a_secrets_file_that_cannot_be_written_is_said(signed: Client, systems: Store) -> None:
    (systems.settings.data / "secrets.yaml").chmod(0o644)
    answer = post(signed("admin"), f"{PAGE}/connector:rt/password", PAGE, password="x")
    assert answer.status_code == 500 and "can be read by others" in answer.text


def test_the_page_says_when_nothing_is_delivered(signed: Client, systems: Store) -> None:
    eva = signed("eva")
    assert "Nothing is being delivered" in eva.get(PAGE).text
    with systems.sessions() as session, session.begin():
        beat(session, COURIER.name, utcnow(), None)
    page = eva.get(PAGE, headers={"HX-Request": "true"})
    assert "Nothing is being delivered" not in page.text and "<html" not in page.text
    tag = re.search(r"If-None-Match.*?([0-9a-f]{20})", page.text)
    assert tag is not None
    headers = {"HX-Request": "true", "If-None-Match": f'"{tag[1]}"'}
    assert eva.get(PAGE, headers=headers).status_code == 304
    with systems.sessions() as session, session.begin():
        session.execute(update(Process).values(beat_at=utcnow() - timedelta(minutes=1)))
    assert "Nothing is being delivered" in eva.get(PAGE, headers=headers).text


def test_a_system_that_the_settings_name_no_more_is_shown_while_something_is_left(
    signed: Client, systems: Store
) -> None:
    with systems.sessions() as session, session.begin():
        session.execute(update(OutboxReceiver).values(gone_at=utcnow()))
    page = signed("eva").get(PAGE).text
    assert "Not in the settings" in card(page, "away") and "Try now" not in card(page, "away")
    assert "</span> crm <span" not in page, "nothing is left for it"
