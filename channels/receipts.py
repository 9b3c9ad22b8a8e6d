"""What a gateway says became of a text message, in its answer or afterwards.

A receipt comes to an address that only the gateway was told, with the message's own token in it. A message is called
delivered where the gateway says one of the settings' words for it, and by nothing else. In the caller's transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels import links, service
from channels.errors import NoSuchLink
from channels.models import DELIVERED, FAILED, KEPT, SENT, ChannelMessage
from ringback.config import Settings
from ringback.config.channels import TEXT_MESSAGE, TextGateway
from ringback.foreign_text import one_line
from ringback.messages import message

PREFIX = "/m/"
FATE_DELIVERED, FATE_FAILED = "delivered", "failed"


def receipt_address(settings: Settings, row: ChannelMessage) -> str:
    """Where the gateway may say what became of it; empty: our pages cannot be reached from outside."""
    base = links.public_base(settings)
    return f"{base}{PREFIX}{row.token}" if base else ""


def fate_of(gateway: TextGateway, value: Any) -> str | None:
    """What a gateway's word means; None: nothing, it is on its way."""
    word = str(value).casefold() if isinstance(value, str | int) else ""
    if word in {each.casefold() for each in gateway.delivered}:
        return FATE_DELIVERED
    return FATE_FAILED if word in {each.casefold() for each in gateway.failed} else None


def value_at(document: Any, way: str) -> Any:
    """What stands at a dotted way in a JSON value; None: nothing. The first of a list is meant."""
    for name in way.split("."):
        document = document[0] if isinstance(document, list) and document else document
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def take_receipt(session: Session, settings: Settings, token: str, told: Mapping[str, Any], now: datetime) -> str:
    """The message's state after a receipt. Raises NoSuchLink: no message has this token."""
    gateway = settings.channels.text_message
    one = select(ChannelMessage).where(ChannelMessage.token == token, ChannelMessage.channel == TEXT_MESSAGE)
    row = session.scalars(one.with_for_update()).one_or_none()
    if row is None or gateway is None:
        raise NoSuchLink("channels.no_link")
    value = value_at(told, gateway.state_field)
    fate = fate_of(gateway, value)
    if fate == FATE_DELIVERED and row.state in (KEPT, SENT, FAILED):
        row.state, row.delivered_at, row.sent_at, row.error = DELIVERED, now, row.sent_at or now, None
        row.failed_at = None
        service.tell_problem(session, row)
    elif fate == FATE_FAILED and row.state in (KEPT, SENT):
        service.failed(session, row, message("channels.gateway_says", answer=one_line(str(value), 100)), now)
    session.flush()
    return row.state
