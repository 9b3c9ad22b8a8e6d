"""The door before the dialplan: Asterisk itself refuses callers for whom there is no room, and people are told.

Owns what is said to Asterisk about it (the rate for the dialplan, the door of the endpoint that anybody may call), and
counting who was refused. Whether there is room is `controller/admission.py`'s.

A shut door answers 503 with `Retry-After` in well under a millisecond and makes no channel: Asterisk's maintenance mode
of an endpoint, 22.10 and later. It is used for unknown callers alone: a provider would take `Retry-After` for all its
calls, and maintenance mode would keep promised customers from being dialled. Those are held to the same limits by the
dialplan, whose 503 can carry no such header (docs/adr/0031).
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from controller.admission import Admission
from ivr.events import Arrived, HungUp
from pbx.ami import Headers
from pbx.errors import AmiError
from pbx.reports import ChannelEvent, Decoded, LineEntered, LiveChannel

log = logging.getLogger(__name__)

ENDPOINT = "anonymous"
"""The endpoint of pjsip.conf by which unknown callers come in."""
REFUSED_LINE = b"is in maintenance mode; rejecting new INVITE"
"""What Asterisk logs of each caller at a shut door."""
MINUTE = 60.0
BUSY_SECONDS = 3.0
"""How long work that can wait goes on waiting after the last sign of too much."""
LOOK_BYTES = 1 << 20
"""Of the log at a time: more than a second of any flood."""


class Link(Protocol):
    """What is needed of `pbx.ami.AmiLink`."""

    async def request(
        self, action: str, headers: dict[str, str | list[str]], timeout: float = 5.0
    ) -> list[Headers]: ...


class Gate:
    """Shuts and opens the door; counts."""

    def __init__(
        self,
        admission: Admission,
        link: Link,
        log_file: Path,
        tell: Callable[[int, int, bool], Awaitable[None]],
    ) -> None:
        """`tell` gets, each second in which something is new, how many were refused since it was told last, how many in
        the last minute, and whether work that can wait shall wait."""
        self.admission = admission
        self._link = link
        self._log_file = log_file
        self._tell = tell
        self._is_shut = False
        self._wanted = False
        self._can_shut = True
        self._moving: asyncio.Task[None] | None = None
        self._look_again: asyncio.TimerHandle | None = None
        self._read_to: int | None = None
        self._counted: int | None = None
        self._refusals: deque[tuple[float, int]] = deque()
        """Of the last minute: when, how many."""
        self._untold = 0
        self._told = (False, False)
        """Whether callers were refused lately, and whether work waits: as people and processes were told last."""
        self._busy_until = 0.0

    # -- what happens --------------------------------------------------------------------------------

    def take(self, items: list[Decoded], now: float) -> None:
        """Who came and who left."""
        for item in items:
            if isinstance(item, LineEntered):
                self.admission.entered(item.call_id, now)
            elif isinstance(item, ChannelEvent):
                if isinstance(item.event, Arrived):
                    self.admission.arrived(item.call_id, now)
                elif isinstance(item.event, HungUp):
                    self.admission.left(item.call_id)
        self.look(now)

    def messages_came(self, messages: list[Headers]) -> None:
        """How long the oldest of these was on its way."""
        stamp = messages[0].get("Timestamp") if messages else None
        if stamp is not None:
            self.admission.late(time.time() - float(stamp))

    async def up(self, channels: list[LiveChannel]) -> None:
        """Asterisk is there; whoever was before us may have left the door shut."""
        self.admission.found(channel.call_id for channel in channels if not channel.ours)
        self._counted = self._read_to = None
        await self._refused_by_dialplan()
        await asyncio.to_thread(self._refused_at_door)
        self._is_shut = self._wanted = False
        await self._move(shut=False)
        await self._say_rate()

    async def again(self) -> None:
        """Asterisk has read its settings anew: the door is as it was, and so is the rate."""
        if self._is_shut:
            await self._move(shut=True)
        await self._say_rate()

    def look(self, now: float) -> None:
        """Moves the door if it has to be moved; returns at once."""
        if self._look_again is not None:
            self._look_again.cancel()
            self._look_again = None
        self._wanted = self._can_shut and self.admission.is_shut(now)
        if self._wanted != self._is_shut and (self._moving is None or self._moving.done()):
            self._moving = asyncio.ensure_future(self._follow())
        opens_at = self.admission.opens_at(now)
        if opens_at is not None:
            self._look_again = asyncio.get_running_loop().call_later(
                max(0.005, opens_at - now), lambda: self.look(max(now, opens_at))
            )

    async def second(self) -> None:
        """Once a second: how many were refused, what rate follows, who must know. Raises AmiError, OSError."""
        asked = time.monotonic()
        refused = await self._refused_by_dialplan()
        self.admission.late(time.monotonic() - asked)
        refused += await asyncio.to_thread(self._refused_at_door)
        before = self.admission.rate
        too_much = self.admission.second_over(refused)
        if self.admission.rate != before:
            await self._say_rate()
        await self._tell_news(refused, too_much, time.monotonic())

    async def _tell_news(self, refused: int, too_much: bool, now: float) -> None:
        self._untold += refused
        if refused:
            self._refusals.append((now, refused))
        while self._refusals and self._refusals[0][0] < now - MINUTE:
            self._refusals.popleft()
        if refused or too_much:
            self._busy_until = now + BUSY_SECONDS
        said = bool(self._refusals), now < self._busy_until
        if self._untold or said != self._told:
            await self._tell(self._untold, sum(count for _, count in self._refusals), said[1])
            self._untold, self._told = 0, said

    async def open(self) -> None:
        """Nobody is there any more who would open it."""
        if self._is_shut or self._wanted:
            self._can_shut = False
            try:
                await self._move(shut=False)
            except AmiError as error:
                log.warning("the door could not be opened: %s", error)

    # -- what is said to Asterisk --------------------------------------------------------------------

    async def _follow(self) -> None:
        while self._wanted != self._is_shut:
            shut = self._wanted
            try:
                await self._move(shut=shut)
            except AmiError as error:
                log.warning("the door could not be %s: %s", "shut" if shut else "opened", error)
                return
            self._is_shut = shut

    async def _move(self, *, shut: bool) -> None:
        try:
            await self._link.request("PJSIPSetMaintenance", {"Endpoint": ENDPOINT, "State": "on" if shut else "off"})
        except AmiError as error:
            if error.code not in ("pbx.refused", "pbx.refused_silently"):
                raise
            if shut or "already" not in str(error).lower():
                log.info("this Asterisk shuts no door: the dialplan alone refuses callers (%s)", error)
                self._can_shut = self._wanted = False

    async def _say_rate(self) -> None:
        for name, seconds in (("RINGBACK_SPACE", self.admission.space), ("RINGBACK_BURST", self.admission.burst)):
            await self._link.request("Setvar", {"Variable": name, "Value": str(max(1, round(seconds * 1000)))})

    # -- counting ------------------------------------------------------------------------------------

    async def _refused_by_dialplan(self) -> int:
        answer = await self._link.request("Getvar", {"Variable": "RINGBACK_REFUSED"})
        value = answer[0].get("Value", "")
        total = int(value) if value.isdecimal() else 0
        before, self._counted = self._counted, total
        return 0 if before is None or total < before else total - before

    def _refused_at_door(self) -> int:
        try:
            size = self._log_file.stat().st_size
            start = self._read_to
            self._read_to = size
            if start is None or size <= start:
                return 0
            with self._log_file.open("rb") as file:
                file.seek(max(start, size - LOOK_BYTES))
                return file.read(LOOK_BYTES).count(REFUSED_LINE)
        except FileNotFoundError:
            return 0  # an Asterisk of the owner's own, whose log is elsewhere
