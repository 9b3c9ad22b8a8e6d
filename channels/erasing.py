"""What erasing takes from messages: their words and addresses, and whatever a customer wrote.

States, times and channels stay for the figures, and whether somebody wanted to be written to: a fingerprint that nobody
can read, because to forget a no would be to write to the very person who said it. What a mailbox, a gateway or a chat
outside holds is not ours to erase.
"""

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from channels.models import ChannelMessage, InboundMessage, ShortLink, TelegramChat
from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope, changed, quietly
from tickets.models import Ticket


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    if not scope.person:
        return []
    own = select(Ticket.number).where(Ticket.contact_id.in_(scope.contacts))
    chats = select(TelegramChat.chat).where(TelegramChat.contact_id.in_(scope.contacts))
    theirs: list[ColumnElement[bool]] = [
        ChannelMessage.ticket_number.in_(own),
        func.lower(ChannelMessage.address).in_((*scope.numbers, *scope.addresses)),
        ChannelMessage.call_id.in_(scope.call_ids),
    ]
    written = select(ChannelMessage.id, ChannelMessage.address).where(or_(*theirs), ChannelMessage.address != "")
    found = session.execute(written).tuples().all()
    messages, addresses = [id_ for id_, _ in found], {*scope.addresses, *(address.lower() for _, address in found)}
    came = or_(
        InboundMessage.ticket_number.in_(own), InboundMessage.sender.in_(chats), InboundMessage.sender.in_(addresses)
    )
    inbound = update(InboundMessage).where(came, InboundMessage.sender != "")
    removed = changed(
        "message to us",
        quietly(session, inbound.values(sender="", sender_name="", subject="", text="", why=None)),
    )
    gone = {"address": "", "subject": "", "text": "", "error": None}
    blank = update(ChannelMessage).where(ChannelMessage.id.in_(messages))
    removed += changed("message to a customer", quietly(session, blank.values(**gone)))
    quietly(session, delete(ShortLink).where(ShortLink.message_id.in_(messages)))
    quietly(session, delete(TelegramChat).where(TelegramChat.contact_id.in_(scope.contacts)))
    return removed


ROOM = Room(
    name="channels",
    erased={
        "channel_message": "address and words go with the person; one that waits is not sent",
        "inbound_message": "what was written on the person's tickets, and from their chats, goes with the person",
        "short_link": "those in the person's messages are deleted",
        "telegram_chat": "goes with the person",
    },
    harmless={
        "message_consent": "a fingerprint that nobody can read: it keeps people from being written to who said no",
        "channel_inbox": "how far our own mailboxes are read",
    },
    erase=erase,
)
