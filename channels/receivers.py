"""Channels as receivers of the outbox: one message to one customer, handed to a server, a gateway, a bot, a service.

What a state means is said on the message's row, in the transaction that learnt it: `sent` once the other side has
taken it, `delivered` only where it says so. A message is handed over at least once; the mail's Message-ID and the
gateway's `{id}` are the same at each try, by which the other side can know it.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from channels import consent, links, service
from channels.letters import answer_address, letter_of
from channels.models import DELIVERED, FAILED, KEPT, SENT, ChannelMessage, ShortLink
from channels.policy import plain_text
from outbox.receivers import Delivered, DeliveryResult, Later, LockedOut, Outgoing, Refused
from ringback import secrets
from ringback.config import Settings
from ringback.config.channels import ADDRESS, MAIL, MailChannel, ServiceChannel
from ringback.errors import RingbackError
from ringback.handover import services, smtp
from ringback.handover.errors import HandoverError, OtherSideAway, RefusesAddress, RefusesMessage, RefusesUs
from ringback.messages import message
from ringback.store.base import utcnow

MOST_SECONDS = 50.0
"""Of one try: less than the courier gives it."""
RESTS = timedelta(minutes=1)
"""How long a message is kept when the channel has sent as many as it may."""


@dataclass(frozen=True)
class Handed:
    """What the other side said."""

    delivered: bool = False
    """It says itself that the customer has it."""


class ChannelReceiver(ABC):
    """What all channels have in common."""

    most_at_once = 4

    def __init__(self, channel: str, settings: Settings, sessions: sessionmaker[Session]) -> None:
        self.channel = channel
        self.settings = settings
        self.sessions = sessions

    @property
    def name(self) -> str:
        return f"{service.RECEIVER}:{self.channel}"

    def wants(self, kind: str) -> bool:  # noqa: ARG002 - of what happens, channels are told nothing
        return False

    async def deliver(self, event: Outgoing) -> DeliveryResult:
        row = await asyncio.to_thread(self._begun, event)
        if row is None:
            return Delivered()
        result = await self._tried(row)
        return await asyncio.to_thread(self._noted, event, result)

    async def close(self) -> None:  # noqa: B027 - those that hold something say so
        """Nothing is held open."""

    @abstractmethod
    async def hand_over(self, row: ChannelMessage) -> Handed:
        """Hands one message over. Raises HandoverError, or `Waits`."""

    async def _tried(self, row: ChannelMessage) -> Handed | DeliveryResult:
        try:
            return await self.hand_over(row)
        except Waits as waits:
            return Later(waits.message, waits.seconds, eases=True)
        except RefusesUs as error:
            return LockedOut(error.message)
        except (RefusesAddress, RefusesMessage) as error:
            return Refused(error.message)
        except RingbackError as error:
            return Later(error.message)

    def _begun(self, event: Outgoing) -> ChannelMessage | None:
        """The message to be sent now; None: it has been, or is somebody else's, or is kept for later."""
        now = utcnow()
        with self.sessions(expire_on_commit=False) as session, session.begin():
            row = session.get(ChannelMessage, UUID(str(event.body["message"])), with_for_update=True)
            if row is None or row.event_id != event.id or row.state not in (KEPT, FAILED) or not row.address:
                return None
            until = service.quiet_end(self.settings, row, now)
            terms = self.settings.channels.all.get(self.channel)
            if until is not None:
                row.not_before, row.error, row.event_id = until, message("channels.quiet"), None
                return None
            if terms is not None and consent.sent_lately(session, self.channel, now) >= terms.per_minute:
                row.not_before, row.error, row.event_id = now + RESTS, message("channels.minute_limit"), None
                return None
            session.expunge(row)
            return row

    def _noted(self, event: Outgoing, result: Handed | DeliveryResult) -> DeliveryResult:
        now = utcnow()
        with self.sessions() as session, session.begin():
            row = session.get(ChannelMessage, UUID(str(event.body["message"])), with_for_update=True)
            if row is None or row.event_id != event.id:
                return Delivered()
            if isinstance(result, Handed):
                row.state = DELIVERED if result.delivered else SENT
                row.sent_at, row.error, row.failed_at = row.sent_at or now, None, None
                row.delivered_at = now if result.delivered else row.delivered_at
                service.tell_problem(session, row)
                return Delivered()
            if isinstance(result, Refused):
                # Told on the ticket, where it can be sent again: nothing is left for the outbox to do.
                service.failed(session, row, result.why, now)
                return Delivered()
            if isinstance(result, Later | LockedOut):
                row.error = result.why
            return result


class Waits(HandoverError):
    """The other side has too much to do."""

    seconds: float | None = None
    """For how long, where it says so."""

    def after(self, seconds: float | None) -> Self:
        """The same, for as long."""
        self.seconds = seconds
        return self


class MailReceiver(ChannelReceiver):
    """Mail, by the server of the settings."""

    def __init__(self, mail: MailChannel, settings: Settings, sessions: sessionmaker[Session]) -> None:
        super().__init__(MAIL, settings, sessions)
        self._mail = mail

    async def hand_over(self, row: ChannelMessage) -> Handed:
        await asyncio.to_thread(self._send, row)
        return Handed()

    def _send(self, row: ChannelMessage) -> None:
        stop, earlier = self._beside(row)
        from_name = self.settings.channels.from_name
        letter = letter_of(row, self._mail, from_name, utcnow(), stop=stop, earlier=earlier)
        until = time.monotonic() + MOST_SECONDS

        def still_here() -> None:
            if time.monotonic() > until:
                raise OtherSideAway("ringback.mail_slow", host=self._mail.server.host)

        reports_to = answer_address(self._mail, row.token)
        password = secrets.channel_secret(self.settings, MAIL)
        smtp.send(self._mail.server, password, letter, row.address, still_here, reports_to=reports_to)

    def _beside(self, row: ChannelMessage) -> tuple[str, list[str]]:
        """The address that ends these mails, and the tokens of those before."""
        with self.sessions() as session:
            ends = select(ShortLink).where(ShortLink.message_id == row.id, ShortLink.kind == "stop")
            stop = session.scalars(ends.limit(1)).one_or_none()
            before = select(ChannelMessage.token).where(
                ChannelMessage.ticket_number == row.ticket_number,
                ChannelMessage.channel == MAIL,
                ChannelMessage.address == row.address,
                ChannelMessage.created_at < row.created_at,
            )
            earlier = list(session.scalars(before.order_by(ChannelMessage.created_at))) if row.ticket_number else []
            return (links.address_of(self.settings, stop) if stop else ""), earlier


class ServiceReceiver(ChannelReceiver):
    """A service that apprise speaks; it says yes or no, and nothing afterwards."""

    most_at_once = 1

    async def hand_over(self, row: ChannelMessage) -> Handed:
        found = self.settings.channels.services.get(self.channel)
        if not isinstance(found, ServiceChannel):
            raise OtherSideAway("channels.no_channel", name=self.channel)
        url = service_url(found, row.address)
        secret = secrets.channel_secret(self.settings, self.channel)
        title = row.subject or self.settings.channels.from_name
        await asyncio.to_thread(services.send, url, secret, title, plain_text(row.text, service.LONGEST_CHAT))
        return Handed()


def service_url(channel: ServiceChannel, address: str) -> str:
    """The URL for one customer; an address stays one piece of it, whatever it has in it."""
    return channel.url.replace(ADDRESS, quote(address.removeprefix("+"), safe=""))
