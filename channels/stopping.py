"""A customer wants no more messages: by the link of a mail, or the button that mail programs make of it (RFC 8058)."""

from datetime import datetime

from sqlalchemy.orm import Session

from channels import consent, links, service
from channels.errors import NoSuchLink
from channels.models import ChannelMessage, ShortLink
from ringback.config import Settings
from ringback.messages import message


def stop(session: Session, settings: Settings, link: ShortLink, now: datetime) -> None:
    """Nobody writes to this address by this channel any more. Once and again it means the same. Raises NoSuchLink."""
    row = session.get(ChannelMessage, link.message_id) if link.message_id else None
    if row is None or row.channel not in settings.channels.all:
        raise NoSuchLink("channels.no_link")
    consent.note(session, row.channel, row.address_print, "link", now, agreed=False)
    links.clicked(session, link, now)
    service.note(session, row, "link", message("channels.clicked_stop"), f"click:{link.id}", now)
