"""Ways to customers in settings, a customer with a ticket, and the courier's part done by hand, a step at a time."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.channel_parts import channel_receivers
from calls.models import Contact
from channels import links, service
from channels.models import ChannelInbox, ChannelMessage, InboundMessage, ShortLink
from outbox.models import OutboxEvent
from outbox.receivers import Delivered, DeliveryResult, Outgoing
from ringback import secrets
from ringback.config import Settings, Web
from ringback.config.channels import MessageChannels
from ringback.messages import message, text
from ringback.store.alarms import standing_alarms
from ringback.store.base import utcnow, uuid7
from tests.support.mail import PASSWORD
from tickets.models import Ticket, TicketEntry

Sessions = sessionmaker[Session]
SUPPORT, DANA = "support@example.com", "dana@example.org"
NUMBER = "+12025550123"
"""Nobody's, of a country where numbers do not tell whether they are mobile."""
SITE = "https://shop.example"
PAGES = "https://ringback.example"


def with_channels(settings: Settings, *, known: dict[str, str] | None = None, **channels: Any) -> Settings:
    """The settings with these channels; `known` are their secrets."""
    secrets.load_or_create(settings)
    file = settings.data / "secrets.yaml"
    kept = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump({**kept, "channel_secrets": known or {}}))
    own = {"from_name": "Example Shop", "sites": [SITE], **channels}
    return Settings.model_validate({"data": settings.data, "channels": own, "web": {"public_url": PAGES}})


def mail_channel(port: int, inbox: dict[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
    """A mail server on loopback without encryption."""
    server = {"host": "127.0.0.1", "port": port, "security": "none", "sender": SUPPORT}
    return {"server": server, "consent": "assumed", "inbox": inbox, **facts}


def imap_inbox(port: int, **facts: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": port, "security": "none", "user": "ringback", "seconds": 1, **facts}


IMAP_SECRETS = {"mail_inbox": PASSWORD.replace(" ", "-")}


def ticket(store: Sessions, subject: str = "The parcel is late") -> int:
    """A new ticket of a new customer."""
    with store() as session, session.begin():
        contact = Contact(name="Dana", language="en")
        session.add(contact)
        session.flush()
        made = Ticket(subject=subject, contact_id=contact.id, status="solved")
        session.add(made)
        session.flush()
        return made.number


def draft(channel: str = "mail", address: str = DANA, text: str = "It comes tomorrow.", **facts: Any) -> service.Draft:
    return service.Draft(channel=channel, address=address, text=text, language="en", country="US", **facts)


def written(
    store: Sessions, settings: Settings, what: service.Draft, now: datetime | None = None, by: str = "anna"
) -> ChannelMessage:
    """A message that somebody wrote."""
    with store(expire_on_commit=False) as session, session.begin():
        return service.write(session, settings, what, by, now or utcnow())


def message_of(store: Sessions, row: ChannelMessage) -> ChannelMessage:
    """As it stands now."""
    with store() as session:
        return session.get_one(ChannelMessage, row.id)


@dataclass
class HandCourier:
    """Delivers by hand what is in the outbox, each once, as the courier does."""

    store: Sessions
    settings: Settings

    def round(self) -> list[DeliveryResult]:
        """What came of everything that nobody has delivered yet."""
        return asyncio.run(self._round())

    async def _round(self) -> list[DeliveryResult]:
        receivers = {each.name: each for each in channel_receivers(self.settings, self.store)}
        with self.store() as session:
            waiting = select(OutboxEvent).where(OutboxEvent.fanned_at.is_(None), OutboxEvent.receiver.is_not(None))
            events = list(session.scalars(waiting.order_by(OutboxEvent.id)))
        results = []
        for event in events:
            going = Outgoing(event.id, event.kind, event.key, event.at, event.body)
            results.append(await receivers[event.receiver or ""].deliver(going))
            if isinstance(results[-1], Delivered):
                with self.store() as session, session.begin():
                    session.get_one(OutboxEvent, event.id).fanned_at = utcnow()
        for each in receivers.values():
            await each.close()
        return results


def entries(store: Sessions, number: int) -> list[tuple[str, str]]:
    """(kind, text) of a ticket's history."""
    with store() as session:
        query = select(TicketEntry).where(TicketEntry.ticket_number == number).order_by(TicketEntry.id)
        return [(row.kind, row.text) for row in session.scalars(query)]


def status(store: Sessions, number: int) -> str:
    with store() as session:
        return session.get_one(Ticket, number).status


def alarms(store: Sessions) -> list[str]:
    """Kinds of the alarms that stand."""
    with store() as session:
        return [row.kind for row in standing_alarms(session)]


def add_message(
    session: Session, key: UUID, number: int, call_id: str | None = None, **facts: Any
) -> tuple[ChannelMessage, ShortLink]:
    """A mail that was sent to a ticket's customer, with a link to a survey in it."""
    values: dict[str, Any] = {"channel": "mail", "address": DANA, "language": "en", "text": "Hi", "state": "sent"}
    row = ChannelMessage(
        id=key, address_print=key.hex, token=uuid7().hex[-24:], ticket_number=number, **{**values, **facts}
    )
    session.add(row)
    session.flush()
    token = "".join(links.TOKEN_LETTERS[byte % len(links.TOKEN_LETTERS)] for byte in key.bytes[: links.TOKEN_LENGTH])
    link = ShortLink(
        token=token,
        kind="survey",
        target="solved",
        ticket_number=number,
        message_id=row.id,
        call_id=call_id,
        language="en",
        expires_at=utcnow() + timedelta(days=1),
    )
    session.add(link)
    session.flush()
    return row, link


def every_channel(settings: Settings, documents: Path | None = None) -> Settings:
    """The settings with every way to customers."""
    gateway = {"url": "https://gateway.example/", "quiet": None}
    mail = mail_channel(25, imap_inbox(143), consent="needed")
    facts = {"from_name": "Example Shop", "sites": [SITE], "documents": documents, "telegram": {"bot": "example_bot"}}
    services = {"whatsapp": {"title": "WhatsApp", "url": "whatsapp://{secret}@1234567890/{to}"}}
    channels = MessageChannels.model_validate({**facts, "mail": mail, "text_message": gateway, "services": services})
    return settings.model_copy(update={"channels": channels, "web": Web(public_url=PAGES)})


def furnish(session: Session, number: int, call_id: str, hostile: str) -> str:
    """Messages of every state on a ticket, what belongs nowhere, an inbox in trouble; the token of a survey's link."""
    why = message("channels.bounced", why=text(hostile))
    add_message(session, uuid7(), number, state="failed", error=why, failed_at=utcnow())
    quiet = message("channels.quiet")
    add_message(session, uuid7(), number, state="kept", error=quiet, not_before=utcnow() + timedelta(hours=8))
    add_message(session, uuid7(), number, state="not_sent", error=message("channels.landline"))
    _, link = add_message(session, uuid7(), number, call_id, sent_at=utcnow(), created_by="anna")
    login = message("channels.inbox_login", host="mail.example", user="support", answer=hostile)
    session.add(ChannelInbox(id="mail", error=login, failing_since=utcnow()))
    apart = {"channel": "mail", "source_key": "1", "sender": "mallory@example.net", "sender_name": hostile}
    words = {"subject": f"Re: {number} {hostile}", "text": f"{hostile} " * 20, "attachments": 2, "is_cut": True}
    kept = message("channels.other_sender", number=number)
    session.add(InboundMessage(**apart, **words, state="apart", why=kept, ticket_number=number))
    return link.token
