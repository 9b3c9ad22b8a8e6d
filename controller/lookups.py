"""What calls want to know of others: who calls, and what callers look up. Each answer is an event of its call."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from ivr import commands as cmd
from ivr.events import Event, LookedUp
from pbx.reports import ChannelEvent, Decoded
from ringback.clock import Clock
from ringback.config import TICKET

log = logging.getLogger(__name__)
T = TypeVar("T")


class KnowingStore(Protocol):
    """What is asked of the store: see `controller.store.ControllerStore`."""

    def who_calls(self, number: str, now: float) -> list[Event]: ...
    def ticket_status(self, ticket: int, caller: str) -> str | None: ...


class Lookups:
    """Asks, and feeds what it hears to the calls."""

    def __init__(
        self,
        store: KnowingStore,
        in_store: Callable[..., Awaitable[Any]],
        feed: Callable[[Iterable[Decoded]], None],
        clock: Clock,
    ) -> None:
        """`in_store` runs something of the store on its thread."""
        self._store = store
        self._in_store = in_store
        self._feed = feed
        self._clock = clock

    async def who_calls(self, call_id: str, number: str) -> None:
        """Who the caller is, and what about: known before the menu, where the store is quick."""
        try:
            known = await self._in_store(self._store.who_calls, number, self._clock.now())
        except SQLAlchemyError as error:
            log.warning("%s: the caller could not be looked up: %s", call_id, error)
            return
        self._feed([ChannelEvent(call_id, event) for event in known])

    async def look_up(self, call_id: str, question: cmd.LookUp) -> None:
        """What a caller looks up; whatever goes wrong, the call hears of it in time."""
        outcome, answer = "failed", ""
        try:
            async with asyncio.timeout(question.about.seconds):
                if question.name == TICKET:
                    status = await self._in_store(self._store.ticket_status, int(question.value), question.caller)
                    outcome, answer = ("unknown", "") if status is None else ("found", status)
        except (SQLAlchemyError, TimeoutError) as error:
            log.warning("%s: %s could not be looked up: %r", call_id, question.name, error)
        self._feed([ChannelEvent(call_id, LookedUp(self._clock.now(), question.id, outcome, answer))])
