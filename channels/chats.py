"""Chats with the bot as they are kept. Loads nothing that speaks to it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.models import TelegramChat
from tickets.models import Ticket


def chat_of(session: Session, ticket: int) -> TelegramChat | None:
    """The chat of a ticket's customer: begun on it, or by the same person on another."""
    own = session.scalars(select(TelegramChat).where(TelegramChat.ticket_number == ticket).limit(1)).first()
    contact = session.scalar(select(Ticket.contact_id).where(Ticket.number == ticket))
    if own is not None or contact is None:
        return own
    return session.scalars(select(TelegramChat).where(TelegramChat.contact_id == contact).limit(1)).first()
