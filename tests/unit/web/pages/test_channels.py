"""Writing to a customer from the ticket's page, what failed there, and the page of the channels."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from channels import service
from channels.models import ChannelInbox, ChannelMessage, InboundMessage, ShortLink
from ringback.messages import message
from ringback.store.base import utcnow
from tests.support.calls import EVIL_NAME, EVIL_TICKET, TICKET, Store
from tests.support.channels import DANA, NUMBER, PAGES, SITE, every_channel
from tests.support.pages import Client, app_of, post, signed_in
from tickets.models import Ticket, TicketEntry

WRITE = f"/tickets/{TICKET}/messages"


@pytest.fixture
def own(store: Store, tmp_path: Path) -> Store:
    """The evening with every way to customers."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "prices.pdf").write_bytes(b"%PDF")
    return Store(every_channel(store.settings, folder), store.sessions)


@pytest.fixture
def person(own: Store, cookies: dict[str, str]) -> Client:
    app = app_of(own)
    return lambda name: signed_in(app, cookies, name)


def written(own: Store) -> list[ChannelMessage]:
    with own.sessions() as session:
        return list(session.scalars(select(ChannelMessage).order_by(ChannelMessage.id)))


def send(client: FlaskClient, to: str = WRITE, **data: Any) -> Any:
    return post(client, to, **{"channel": "mail", "address": DANA, "text": "Hello", "agreed": "1", **data})


def test_an_agent_writes_to_the_customer_of_a_ticket(own: Store, person: Client) -> None:
    eva = person("eva")
    assert "Nothing has been written to this customer yet." in eva.get(f"/tickets/{TICKET}").text
    answer = send(eva, text="Here: {link} {odd}", link="site", site=f"{SITE}/a", subject="About it")
    assert answer.status_code == 303 and answer.location.endswith("#messages")
    [row], page = written(own), eva.get(f"/tickets/{TICKET}").text
    with own.sessions() as session:
        link = session.scalars(select(ShortLink).where(ShortLink.kind == "site")).one()
    assert row.text == f"Here: {PAGES}/l/{link.token} {{odd}}" and (row.state, row.created_by) == ("kept", "eva")
    assert "It is on its way." in page and DANA in page and f"To {DANA}:" in page


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"address": "nobody"}, "address", "Write one mail address"),
        ({"text": "  "}, "text", "Write what the customer is to read."),
        ({"agreed": ""}, "agreed", "Nobody has noted"),
        ({"channel": "pigeon"}, "channel", "no channel pigeon"),
        ({"text": "see {link}"}, "link", "has a place for a link"),
        ({"link": "site", "site": "https://evil.example/"}, "site", "only to our own sites"),
        ({"link": "document", "document": "../secret"}, "document", "There is no document"),
        ({"channel": "text_message", "address": NUMBER, "text": "я" * 300}, "text", "5 parts, at most 4"),
        ({"channel": "telegram"}, "address", "has not opened a chat yet"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    own: Store, person: Client, data: dict[str, str], field: str, words: str
) -> None:
    answer = send(person("eva"), **{"subject": "Kept", **data})
    assert answer.status_code == 400 and written(own) == []
    assert f'id="message-{field}-fault"' in answer.text and words in answer.text and 'value="Kept"' in answer.text


def test_a_template_is_filled_in_without_a_script(own: Store, person: Client) -> None:
    answer = send(person("eva"), fill="1", template="document")
    assert f"About your request {TICKET}. Here is the document we promised: {{link}}" in answer.text
    assert 'value="document" checked' in answer.text and written(own) == []


def test_a_customer_is_invited_to_a_chat(own: Store, person: Client) -> None:
    answer = send(person("eva"), f"{WRITE}/invite", channel="text_message", address=NUMBER)
    assert answer.status_code == 303 and "https://t.me/example_bot?start=" in written(own)[0].text


def test_hostile_words_are_words(own: Store, person: Client) -> None:
    send(person("eva"), text=f"{EVIL_NAME} {{{{7*7}}}}", subject=EVIL_NAME)
    page = person("eva").get(f"/tickets/{TICKET}").text
    assert EVIL_NAME not in page and "&lt;img" in page and "{{7*7}}" in page


def test_a_failed_message_is_sent_again_by_its_button(own: Store, person: Client) -> None:
    eva = person("eva")
    send(eva)
    [row] = written(own)
    again = f"{WRITE}/{row.id}/again"
    assert post(eva, again).status_code == 409
    with own.sessions() as session, session.begin():
        bounced = message("channels.bounced", why=message("channels.given_up"))
        service.failed(session, session.get_one(ChannelMessage, row.id), bounced, utcnow())
    assert again in eva.get(f"/tickets/{TICKET}").text
    assert post(eva, again).status_code == 303 and written(own)[0].state == "kept"
    assert post(eva, f"/tickets/{EVIL_TICKET}/messages/{row.id}/again").status_code == 404
    assert post(eva, f"{WRITE}/{uuid.uuid4()}/again").status_code == 404


def test_a_trainer_reads_what_was_written_and_writes_nothing(own: Store, person: Client) -> None:
    send(person("eva"))
    page = person("tom").get(f"/tickets/{TICKET}").text
    assert DANA in page and "Write to the customer" not in page
    assert send(person("tom")).status_code == 403


def test_without_channels_no_page_offers_to_write(signed: Client) -> None:
    assert 'id="messages"' not in signed("eva").get(f"/tickets/{TICKET}").text
    assert "No channel is set up" in signed("admin").get("/channels").text


def apart(own: Store, **facts: Any) -> InboundMessage:
    values = {"channel": "mail", "source_key": uuid.uuid4().hex, "sender": DANA, "state": "apart", "text": "Hello"}
    with own.sessions(expire_on_commit=False) as session, session.begin():
        row = InboundMessage(**{**values, **facts})
        session.add(row)
    return row


def test_what_belongs_nowhere_is_asked_about(own: Store, person: Client) -> None:
    eva = person("eva")
    rows = [apart(own, subject=f"Re: {TICKET} {EVIL_NAME}", text=f"Number {at}") for at in range(3)]
    page = eva.get("/channels").text
    assert f'value="{TICKET}"' in page and EVIL_NAME not in page and page.count('entry-text">Number ') == 3
    wrong = post(eva, f"/channels/apart/{rows[0].id}/ticket", number="999999")
    assert wrong.status_code == 400 and "There is no ticket 999999." in wrong.text
    assert post(eva, f"/channels/apart/{rows[0].id}/ticket", number=str(TICKET)).status_code == 303
    assert post(eva, f"/channels/apart/{rows[1].id}/open").status_code == 303
    assert post(eva, f"/channels/apart/{rows[2].id}/leave").status_code == 303
    assert "Nothing waits" in eva.get("/channels").text
    assert post(eva, f"/channels/apart/{rows[2].id}/open").status_code == 400
    with own.sessions() as session:
        texts = {
            row.ticket_number: row.text
            for row in session.scalars(select(TicketEntry).where(TicketEntry.kind == "mail"))
        }
        opened = session.scalars(select(Ticket.number).where(Ticket.subject.contains("Re: "))).all()
    assert "Number 0" in texts[TICKET] and [texts[number].endswith("Number 1") for number in opened] == [True]


def test_trouble_of_an_inbox_is_told_with_the_way_to_mend_it(own: Store, person: Client) -> None:
    why = message("channels.inbox_login", host="mail.example", user="support", answer="no <b>")
    with own.sessions() as session, session.begin():
        session.add(ChannelInbox(id="mail", error=why, failing_since=utcnow(), lease_until=utcnow()))
    eva = person("eva")
    page = eva.get("/channels").text
    assert "mail.example refuses user support" in page and "channel_secrets: mail_inbox" in page and "<b>" not in page
    assert post(eva, "/channels/inboxes/mail/look").status_code == 303
    with own.sessions() as session:
        assert session.get_one(ChannelInbox, "mail").lease_until is None
    assert post(eva, "/channels/inboxes/pigeon/look").status_code == 404
