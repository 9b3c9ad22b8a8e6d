"""The systems beside of which callers' numbers are asked: who is asked now, who is away, what people are told of it."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lookups.answers import FAILED, SystemAnswer
from lookups.errors import LookupFailed
from lookups.health import SystemHealth
from lookups.http import HttpAsker
from ringback.config import Lookup
from ringback.messages import Message, message

log = logging.getLogger(__name__)

MOST_AT_ONCE = 50
"""Numbers asked of one system at a time; who comes then gets what a caller gets whom it does not answer."""


@dataclass
class BesideSystem:
    """One address of one lookup."""

    name: str
    lookup: Lookup
    """As it was asked first, or is in the present settings."""
    health: SystemHealth = field(default_factory=SystemHealth)
    asked: int = 0
    """Numbers that it is asked about just now."""


class Systems:
    """All of them."""

    def __init__(
        self,
        secret_of: Callable[[str], str],
        tell: Callable[[str, Message | None], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`secret_of` gives what a lookup's system wants to see; `tell` is told, by the lookup's name, why it is away,
        or that it is there (None)."""
        self._secret_of = secret_of
        self._tell = tell
        self._clock = clock
        self._known: dict[tuple[str, str], BesideSystem] = {}
        """By the name of the lookup and its address."""
        self._http: HttpAsker | None = None

    async def ask(self, name: str, lookup: Lookup, number: str) -> SystemAnswer:
        """What a caller is told of the number; it takes as long as the settings allow at most."""
        system = self._known.setdefault((name, lookup.url), BesideSystem(name, lookup))
        if system.asked >= MOST_AT_ONCE or not system.health.lets_through(self._clock()):
            return FAILED
        return await self._ask(system, lookup, number)

    async def look_after(self) -> None:
        """Once a second: asks those again that are away."""
        now = self._clock()
        due = [(system, system.health.number_to_probe(now)) for system in self._known.values()]
        probes = [self._ask(system, system.lookup, number) for system, number in due if number is not None]
        for fault in await asyncio.gather(*probes, return_exceptions=True):
            if isinstance(fault, Exception):
                log.error("a system could not be asked again", exc_info=fault)  # a mistake of ours: no call's

    def keep(self, lookups: Mapping[str, Lookup]) -> None:
        """Settings were published: what is asked no more, or of another address, is nobody's trouble."""
        for key, system in list(self._known.items()):
            there = lookups.get(system.name)
            if there is None or there.url != system.lookup.url:
                del self._known[key]
                self._tell(system.name, None)
            else:
                system.lookup = there

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def _ask(self, system: BesideSystem, lookup: Lookup, number: str) -> SystemAnswer:
        """`lookup` is that of the call, which may be of settings before the present ones."""
        if self._http is None:
            self._http = HttpAsker()
        name, health = system.name, system.health
        system.asked += 1
        try:
            answer = await self._http.ask(lookup, number, self._secret_of(name))
        except LookupFailed as error:
            log.warning("the lookup %s: %s", name, error)
            health.failed(number, self._clock())
            if health.to_tell(self._clock()):
                self._tell(name, message("lookups.away", name=name, why=error.message))
            return FAILED
        finally:
            system.asked -= 1
        health.answered()
        if health.to_tell(self._clock()) is False:
            self._tell(name, None)
        return answer
