"""Nuisance callers at the door: who is on the list is told to Asterisk, which refuses them before anybody answers.

Owns what Asterisk knows of the list, in a family of its database that outlives it and us, and who calls too often just
now. Who is on the list is `nuisance/`'s; what refused callers hear the dialplan's (asterisk-conf/extensions.conf.j2).
Calls from where nobody answers for their numbers are counted with their address, so that whoever makes up somebody's
number from elsewhere has no call of that somebody refused (docs/adr/0050).
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol
from uuid import UUID

from ivr.events import Arrived, HungUp, Missed
from nuisance.policy import CallRate, Read, keys_of
from nuisance.service import VOUCHED
from pbx.ami import Headers
from pbx.errors import AmiError
from pbx.reports import ChannelEvent, Decoded, NuisanceRefused
from ringback.config import Settings

log = logging.getLogger(__name__)

FAMILY = "ringback-nuisance"
"""Where the dialplan looks."""
FLAG = "RINGBACK_NUISANCE"
"""Set while there is anything to look for."""
TOO_OFTEN = "too-often"
"""In the place of an entry's id: a number that calls too often."""
Entries = Iterable[tuple[UUID, str, str]]
"""Of the list: id, number (E.164), the address that is meant, empty for none."""
Exchange = Callable[[dict[UUID, int]], Awaitable[Entries]]


class AskAsterisk(Protocol):
    """What is needed of `pbx.ami.AmiLink`."""

    async def request(
        self, action: str, headers: dict[str, str | list[str]], timeout: float = 5.0
    ) -> list[Headers]: ...


class NuisanceDoor:
    """Keeps Asterisk's copy of the list in line with the store, and counts."""

    def __init__(self, settings: Settings, link: AskAsterisk, read: Read, exchange: Exchange) -> None:
        """`read` is how callers' numbers are read: text and country. `exchange` writes down how many calls of each
        entry were refused, and gives the list."""
        self._link = link
        self._read = read
        self._exchange = exchange
        self._rate: CallRate | None = None
        self.take_settings(settings)
        self._told: dict[str, str] | None = None
        """What Asterisk has, by key; None: nobody knows."""
        self._flag: str | None = None
        """What the flag says; None: nobody knows."""
        self._refused: Counter[UUID] = Counter()
        self._counted: set[str] = set()
        """Calls that go on and are counted."""

    def take_settings(self, settings: Settings) -> None:
        """Those that are in force from now on."""
        self._settings = settings
        self._country = {line.number: line.default_country for line in settings.lines}
        most = settings.nuisance.calls_per_minute
        if most is None or self._rate is None or self._rate.most != most:
            self._rate = None if most is None else CallRate(most)
        self._keys: dict[tuple[UUID, str, str], list[str]] = {}

    def take(self, items: Iterable[Decoded], now: float) -> None:
        """Who came, and who was refused."""
        for item in items:
            if isinstance(item, NuisanceRefused):
                self._was_refused(item, now)
            elif self._rate is not None and isinstance(item, ChannelEvent):
                self._count(self._rate, item, now)

    def up(self) -> None:
        """Asterisk is there, and may know what is no longer so."""
        self._told = self._flag = None
        self._counted.clear()

    async def second(self, now: float) -> None:
        """Once a second. Raises AmiError, SQLAlchemyError; the next time goes on from there."""
        refused, self._refused = self._refused, Counter()
        try:
            entries = await self._exchange(dict(refused))
        except Exception:
            self._refused.update(refused)
            raise
        await self.tell(entries, now)

    async def tell(self, entries: Entries, now: float) -> None:
        """Brings Asterisk's copy in line. Raises AmiError."""
        wanted = self._wanted(entries, now)
        if self._told is None:
            await self._forget_all()
            self._told = {}
        for key in [key for key in self._told if key not in wanted]:
            await self._ask("DBDel", Key=key)
            del self._told[key]
        for key, value in wanted.items():
            if self._told.get(key) != value:
                await self._ask("DBPut", Key=key, Val=value)
                self._told[key] = value
        flag = "1" if wanted else ""
        if self._flag != flag:
            await self._link.request("Setvar", {"Variable": FLAG, "Value": flag})
            self._flag = flag

    # -- between -------------------------------------------------------------------------------------

    def _wanted(self, entries: Entries, now: float) -> dict[str, str]:
        hears = self._settings.nuisance.hears
        found = {}
        listed = list(entries)
        self._keys = {entry: self._keys.get(entry) or self._keys_of(entry) for entry in listed}
        for caller in self._rate.too_many(now) if self._rate is not None else ():
            number, _, address = caller.partition("@")
            for key in keys_of(number, address, self._country.values(), self._read):
                found[key] = f"{hears}:{TOO_OFTEN}"
        for entry, keys in self._keys.items():
            found |= dict.fromkeys(keys, f"{hears}:{entry[0].hex}")
        return found

    def _keys_of(self, entry: tuple[UUID, str, str]) -> list[str]:
        _, number, address = entry
        return keys_of(number, address, self._country.values(), self._read)

    def _count(self, rate: CallRate, item: ChannelEvent, now: float) -> None:
        """Each call once: when it is taken up, or when it is gone before that."""
        came: Arrived | Missed | None = None
        if isinstance(item.event, Arrived):
            came = item.event
            self._counted.add(item.call_id)
        elif isinstance(item.event, HungUp):
            came = None if item.call_id in self._counted else item.missed
            self._counted.discard(item.call_id)
        caller = None if came is None else self._caller(came)
        if caller is not None:
            rate.called(caller, now)

    def _caller(self, arrived: Arrived | Missed) -> str | None:
        """Number and, where nobody answers for it, the address; None: nobody who may be refused."""
        number = self._read(arrived.caller_number, self._country.get(arrived.line, ""))
        if number is None or number in self._settings.vips:
            return None
        return number if arrived.came_from in VOUCHED else f"{number}@{arrived.came_from}"

    def _was_refused(self, refused: NuisanceRefused, now: float) -> None:
        _, _, entry = refused.entry.partition(":")
        try:
            self._refused[UUID(hex=entry)] += 1
        except ValueError:
            if self._rate is not None and (caller := self._named(refused.key)) is not None:
                self._rate.called(caller, now)

    def _named(self, key: str) -> str | None:
        """The caller whom a key means that calls too often."""
        country, _, rest = key.partition("/")
        text, _, address = rest.partition("@")
        number = self._read(text.replace("p", "+"), country)
        return None if number is None else f"{number}@{address}" if address else number

    async def _forget_all(self) -> None:
        try:
            await self._link.request("DBDelTree", {"Family": FAMILY})
        except AmiError as error:
            if error.code not in ("pbx.refused", "pbx.refused_silently"):
                raise
            # It says so where there is nothing to forget.

    async def _ask(self, action: str, **headers: str) -> None:
        try:
            await self._link.request(action, {"Family": FAMILY, **headers})
        except AmiError as error:
            if action == "DBPut" or error.code not in ("pbx.refused", "pbx.refused_silently"):
                raise
            # Not there any more.
