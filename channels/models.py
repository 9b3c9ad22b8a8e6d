"""Rows of what is written to customers and by them, of links, and of who agreed to be written to."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7

KEPT, SENT, DELIVERED, FAILED, NOT_SENT = "kept", "sent", "delivered", "failed", "not_sent"
"""States of a message: it waits for its time or for the other side; the other side has taken it; the customer has it,
as the other side says; it will not get there; it was not even tried."""
ON_ITS_WAY = (KEPT, SENT)
TAKEN, APART, AUTOMATIC, BOUNCE, LEFT_OUT = "taken", "apart", "automatic", "bounce", "left_out"
"""States of what came in: on its ticket; kept until somebody says where it belongs; written by a program, and nobody's
answer; a report about a message of ours; not wanted by whoever looked."""


class ChannelMessage(Base):
    """Something that is written to one customer, by one way."""

    __tablename__ = "channel_message"
    __table_args__ = (
        Index("ix_channel_message_ticket", "ticket_number", "created_at"),
        Index(
            "ix_channel_message_kept",
            "not_before",
            sqlite_where=sql("state = 'kept'"),
            postgresql_where=sql("state = 'kept'"),
        ),
        Index("ix_channel_message_address", "channel", "address_print", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    channel: Mapped[str]
    """mail, text_message, telegram, or a service's name"""
    address: Mapped[str]
    """A mail address, a number in E.164, a chat's id; empty once the person is erased."""
    address_print: Mapped[str]
    """The fingerprint of the address (`ringback/fingerprints.py`), which stays for limits and consent."""
    ticket_number: Mapped[int | None] = mapped_column(ForeignKey("ticket.number"), default=None)
    """None: it belongs to no ticket, e.g. to somebody who waits for a known problem's end."""
    call_id: Mapped[str | None] = mapped_column(default=None, index=True)
    """The call that it goes back to: of a survey, of a known problem."""
    language: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    """All of it, with its link."""
    purpose: Mapped[str] = mapped_column(default="person")
    """person (somebody wrote it), survey, problem, invitation"""
    token: Mapped[str] = mapped_column(unique=True)
    """Stands in addresses and references by which answers and reports find back. Random: nobody can make one up."""
    source_key: Mapped[str | None] = mapped_column(unique=True, default=None)
    """What makes the same cause the same message, e.g. survey:CALL_ID."""
    state: Mapped[str] = mapped_column(default=KEPT)
    """See KEPT, SENT, ..."""
    error: Mapped[Message | None] = mapped_column(default=None)
    """Why it waits, failed, or was not sent."""
    not_before: Mapped[datetime | None] = mapped_column(default=None)
    """It is kept until then: quiet hours, or too many at once."""
    event_id: Mapped[uuid.UUID | None] = mapped_column(default=None, index=True)
    """With the outbox under this id; None: not handed to it yet."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    created_by: Mapped[str | None] = mapped_column(default=None)
    """None: by itself."""
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    failed_at: Mapped[datetime | None] = mapped_column(default=None)


class ShortLink(Base):
    """An address of ours that stands in a message, and where it leads."""

    __tablename__ = "short_link"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    token: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    """site, document, survey, stop (no more messages), telegram (opens a chat with the bot)"""
    target: Mapped[str]
    """The address on one of the owner's sites, the document's file name, the survey's name; empty: there is none."""
    ticket_number: Mapped[int | None] = mapped_column(ForeignKey("ticket.number"), default=None, index=True)
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("channel_message.id"), default=None, index=True)
    call_id: Mapped[str | None] = mapped_column(default=None, index=True)
    """Of a survey: the call that is asked about."""
    language: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    expires_at: Mapped[datetime]
    clicked_at: Mapped[datetime | None] = mapped_column(default=None)
    """When a person first went on from it."""
    clicks: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was used up, of links that are good for once."""


class MessageConsent(Base):
    """Whether somebody agreed to be written to by a way, or said no; without a row nobody knows."""

    __tablename__ = "message_consent"
    __table_args__ = (UniqueConstraint("channel", "address_print"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    channel: Mapped[str]
    address_print: Mapped[str]
    """As `ChannelMessage.address_print`."""
    agreed: Mapped[bool]
    how: Mapped[str]
    """said (to one of us), wrote (wrote to us first), link (by the link in a message), stop (wrote that word)"""
    by: Mapped[str | None] = mapped_column(default=None)
    """Who noted it; None: the customer did it."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class InboundMessage(Base):
    """Something that came in by a way, once."""

    __tablename__ = "inbound_message"
    __table_args__ = (
        Index("ix_inbound_message_state", "state", "received_at"),
        Index("ix_inbound_message_sender", "channel", "sender", "received_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    channel: Mapped[str]
    source_key: Mapped[str] = mapped_column(unique=True)
    """What makes the same mail the same row, however often it comes."""
    sender: Mapped[str]
    """A mail address in small letters, a chat's id."""
    sender_name: Mapped[str] = mapped_column(default="")
    """As the sender writes it: hostile text."""
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    """Plain and bounded."""
    received_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    size: Mapped[int] = mapped_column(default=0)
    is_cut: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It was longer than what is kept here; all of it lies in the mailbox. `size` is in bytes."""
    attachments: Mapped[int] = mapped_column(default=0)
    """So many files came along; they stay in the mailbox."""
    state: Mapped[str]
    """See TAKEN, APART, ..."""
    why: Mapped[Message | None] = mapped_column(default=None)
    """Why it is kept apart, or what a report says."""
    ticket_number: Mapped[int | None] = mapped_column(ForeignKey("ticket.number"), default=None, index=True)
    """The ticket that it is on; kept apart: the one that its token names, if any."""
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("channel_message.id"), default=None, index=True)
    """The message of ours that it answers or reports about."""
    settled_by: Mapped[str | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)


class TelegramChat(Base):
    """A chat with the bot that a customer began."""

    __tablename__ = "telegram_chat"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    chat: Mapped[str] = mapped_column(unique=True)
    """Telegram's id."""
    name: Mapped[str] = mapped_column(default="")
    ticket_number: Mapped[int | None] = mapped_column(ForeignKey("ticket.number"), default=None, index=True)
    """The ticket whose link began it last; what is written in the chat comes there."""
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"), default=None, index=True)
    started_at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class ChannelInbox(Base):
    """How far one place has been read from which customers' answers come; whoever holds the lease reads it."""

    __tablename__ = "channel_inbox"

    id: Mapped[str] = mapped_column(primary_key=True)
    """mail, telegram"""
    place: Mapped[str] = mapped_column(default="")
    """Which one it is: with another server, account or folder reading begins anew."""
    validity: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of a mailbox: what its numbers hold for (UIDVALIDITY)."""
    last: Mapped[int] = mapped_column(BigInteger, default=0)
    """The number of the last mail, or update, that was taken in."""
    looked_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was last read to its end."""
    failing_since: Mapped[datetime | None] = mapped_column(default=None)
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Message | None] = mapped_column(default=None)
    """Why it cannot be read."""
