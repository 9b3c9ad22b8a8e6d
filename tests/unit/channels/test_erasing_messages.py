"""What erasing takes from messages: words and addresses go with the person, a no and the figures stay."""

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from channels import consent
from channels.erasing import ROOM
from channels.models import ChannelMessage, InboundMessage, MessageConsent, ShortLink
from ringback.config import Settings
from ringback.store.base import utcnow, uuid7
from ringback.store.erasing import Scope
from tests.support.channels import DANA, add_message, ticket
from tickets.models import Ticket


def test_a_persons_messages_lose_words_and_addresses(store: sessionmaker[Session], settings: Settings) -> None:
    own, other = ticket(store), ticket(store, "Another")
    with store() as session, session.begin():
        add_message(session, uuid7(), own, error=None)
        add_message(session, uuid7(), other, address="other@example.org")
        for at, (number, sender) in enumerate(((own, DANA), (None, DANA), (other, "other@example.org"))):
            state = {"state": "taken", "text": "Secret", "sender_name": "Dana", "source_key": str(at)}
            session.add(InboundMessage(channel="mail", sender=sender, ticket_number=number, **state))
        consent.note(session, "mail", "print", "link", utcnow(), agreed=False)
        contact = session.get_one(Ticket, own).contact_id
        assert contact is not None
    scope = Scope(person=True, contacts=(contact,), numbers=("+12025550123",))
    with store() as session, session.begin():
        removed = {each.kind: each.count for each in ROOM.erase(session, settings, scope)}
        assert ROOM.erase(session, settings, scope) == []
    assert removed == {"message to us": 2, "message to a customer": 1}
    with store() as session:
        messages = {row.ticket_number: (row.address, row.text) for row in session.scalars(select(ChannelMessage))}
        texts = [row.text for row in session.scalars(select(InboundMessage).order_by(InboundMessage.source_key))]
        links = [row.ticket_number for row in session.scalars(select(ShortLink))]
        kept = [row.agreed for row in session.scalars(select(MessageConsent))]
    assert messages == {own: ("", ""), other: ("other@example.org", "Hi")}
    assert (texts, links, kept) == (["", "", "Secret"], [other], [False])
