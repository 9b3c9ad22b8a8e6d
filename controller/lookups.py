"""What calls want to know of others: who calls, and what callers look up. Each answer is an event of its call."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from ivr import commands as cmd
from ivr.events import Event, LookedUp
from lookups.answers import FAILED, UNKNOWN, SystemAnswer
from lookups.service import Systems
from pbx.reports import ChannelEvent, Decoded
from ringback.clock import Clock
from ringback.config import Lookup, Settings
from ringback.messages import Message
from ringback.secrets import lookup_secret

log = logging.getLogger(__name__)

GRACE_SECONDS = 0.3
"""How much longer than the settings say an answer may take, until it is given up from outside."""


class KnowingStore(Protocol):
    """What is asked of the store: see `controller.store.ControllerStore`."""

    def who_calls(self, number: str, now: float) -> list[Event]: ...
    def ticket_status(self, ticket: int, caller: str) -> str | None: ...
    def lookup_is(self, name: str, said: Message | None) -> None: ...
    def keep_lookups(self, names: Iterable[str]) -> None: ...


class Lookups:
    """Asks, and feeds what it hears to the calls."""

    def __init__(
        self,
        settings: Settings,
        store: KnowingStore,
        in_store: Callable[..., Coroutine[Any, Any, Any]],
        feed: Callable[[Iterable[Decoded]], None],
        clock: Clock,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`in_store` runs something of the store on its thread; `seconds` never goes back."""
        self._store = store
        self._in_store = in_store
        self._feed = feed
        self._clock = clock
        self._told: list[tuple[str, Message | None]] = []
        """What people are to be told of systems, not written yet."""
        self._systems = Systems(partial(lookup_secret, settings), self._tell, seconds)
        self._names: list[str] | None = list(settings.lookups)
        """Lookups of settings that are new; None: those of before."""

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
        answer = FAILED
        try:
            async with asyncio.timeout(question.about.seconds + GRACE_SECONDS):
                answer = await self._answer(question)
        except (SQLAlchemyError, TimeoutError) as error:
            log.warning("%s: %s could not be looked up: %r", call_id, question.name, error)
        except Exception:
            log.exception("%s: %s could not be looked up", call_id, question.name)
        told = LookedUp(self._clock.now(), question.id, answer.outcome, answer.answer, answer.values)
        self._feed([ChannelEvent(call_id, told)])

    async def _answer(self, question: cmd.LookUp) -> SystemAnswer:
        if isinstance(question.about, Lookup):
            return await self._systems.ask(question.name, question.about, question.value)
        status = await self._in_store(self._store.ticket_status, int(question.value), question.caller)
        return UNKNOWN if status is None else SystemAnswer("found", status)

    def take_settings(self, settings: Settings) -> None:
        """What is not looked up any more is nobody's trouble."""
        self._systems.keep(settings.lookups)
        self._names = list(settings.lookups)

    async def look_after(self) -> None:
        """Once a second: systems that are away are asked again, and people are told."""
        await self._systems.look_after()
        if self._names is not None:
            await self._in_store(self._store.keep_lookups, self._names)
            self._names = None
        while self._told:
            await self._in_store(self._store.lookup_is, *self._told[0])
            self._told.pop(0)

    def _tell(self, name: str, why: Message | None) -> None:
        self._told.append((name, why))

    async def close(self) -> None:
        await self._systems.close()
