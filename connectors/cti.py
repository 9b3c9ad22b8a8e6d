"""Zammad's interface for telephone systems: who calls, who answered, that it ended.
https://docs.zammad.org/en/latest/api/generic-cti/index.html

Its pop-up and list of callers live from it. The address has a token in it, which is the password in the secrets file.
Events of one call come in order; one that was given up and is sent again later must not make a call that has ended ring
once more.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from connectors.errors import ConnectorError, OutsideTicketGone, SystemBusy, WrongPassword
from connectors.http import SystemHttp, in_path
from connectors.marks import one_line
from connectors.receiver import SORT
from outbox.models import OutboxDelivery, OutboxEvent
from outbox.receivers import Delivered, DeliveryResult, Later, LockedOut, Outgoing
from ringback.config import Settings
from ringback.config.connectors import Connector
from ringback.messages import Message, message
from ringback.store.base import utcnow

EVENTS = {"call.arrived": "newCall", "call.answered": "answer", "call.ended": "hangup"}
LATE = timedelta(minutes=10)
"""What rang or was answered before is no news."""
AT_ONCE = 4
WITHHELD = "anonymous"


@dataclass(frozen=True)
class CallTold:
    """A call as Zammad is told of it."""

    number: str
    line: str
    agent: str
    """Who talked, as people read it; empty: nobody."""
    extension: str
    """By which Zammad may know the agent."""
    was_answered: bool


class CtiReceiver:
    """One of `connectors` of the settings; see `outbox.receivers.Receiver`."""

    def __init__(
        self,
        name: str,
        connector: Connector,
        settings: Settings,
        store: sessionmaker[Session],
        password: Callable[[], str],
        *,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self._name, self._settings, self._store, self._now = name, settings, store, now
        self._password = password
        self._http = SystemHttp(connector, dict)

    @property
    def name(self) -> str:
        return f"{SORT}{self._name}"

    @property
    def most_at_once(self) -> int:
        return AT_ONCE

    def wants(self, kind: str) -> bool:
        return kind in EVENTS

    async def deliver(self, event: Outgoing) -> DeliveryResult:
        told = await asyncio.to_thread(self._look, event)
        if told is None:
            return Delivered()
        try:
            await self._http.ask(
                "POST", f"/api/v1/cti/{in_path(self._password())}", body=body_of(event, told), silent=True
            )
        except (OutsideTicketGone, WrongPassword):
            # A token that is not known is answered as an address that is not there.
            return LockedOut(message("connectors.wrong_token"))
        except SystemBusy as error:
            return Later(error.message, error.seconds, eases=True)
        except ConnectorError as error:
            return Later(self._without_token(error.message))
        return Delivered()

    def _without_token(self, said: Message) -> Message:
        """What it says of an error may have the address in it, and in that the token."""
        token = self._password()
        hidden = {
            name: value.replace(token, "…") if isinstance(value, str) and token else value
            for name, value in said.facts.items()
        }
        return Message(said.code, hidden)

    async def check(self) -> None:
        """Whether anybody is there. The token is told apart only by a call. Raises ConnectorError."""
        await self._http.ask("GET", "/", silent=True)

    async def close(self) -> None:
        await self._http.close()

    def _look(self, event: Outgoing) -> CallTold | None:
        """The call; None: it is not to be told of (any more)."""
        with self._store() as session:
            if event.kind != "call.ended" and (self._now() - event.at > LATE or self._has_ended(session, event)):
                return None
            call = session.scalars(select(Call).where(Call.call_id == event.key.partition(":")[2])).one_or_none()
            if call is None:
                return None
            agent = next((each for each in self._settings.agents if each.name == call.agent), None)
            return CallTold(
                number=digits_of(call.caller_number) or WITHHELD,
                line=digits_of(call.line),
                agent=self._settings.agent_called(call.agent) if call.agent else "",
                extension=agent.extension if agent else "",
                was_answered=call.connected_at is not None,
            )

    def _has_ended(self, session: Session, event: Outgoing) -> bool:
        """Whether the end of this call was delivered already."""
        told = exists().where(
            OutboxDelivery.receiver == self.name,
            OutboxDelivery.key == event.key,
            OutboxDelivery.state == "delivered",
            OutboxDelivery.event_id == OutboxEvent.id,
            OutboxEvent.kind == "call.ended",
        )
        return bool(session.scalar(select(told)))


def body_of(event: Outgoing, told: CallTold) -> dict[str, str]:
    """What is sent: numbers as digits alone."""
    kind = EVENTS[event.kind]
    body = {
        "event": kind,
        "from": told.number,
        "to": told.line,
        "direction": "in",
        "callId": event.key.partition(":")[2][:250],
    }
    if kind != "newCall" and told.agent:
        body |= {"user": one_line(told.agent), "answeringNumber": told.extension}
    if kind == "hangup":
        body["cause"] = "normalClearing" if told.was_answered else "cancel"
    return body


def digits_of(number: str) -> str:
    """Without plus, spaces and everything else."""
    return "".join(char for char in number if char.isascii() and char.isdigit())
