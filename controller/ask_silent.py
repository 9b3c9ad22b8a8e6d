"""Asks phones from which nothing comes any more whether they are still there, for one controller.

When that is, and whom, is `controller/silence.py`'s; how it is asked is `pbx/silent_phones.py`'s.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable

from controller.silence import SilenceWatch
from pbx import silent_phones
from pbx.ami import Headers

log = logging.getLogger(__name__)

Answer = Callable[[str, dict[str, str | list[str]]], Awaitable[Headers]]


class SilentPhones:
    """Of one controller."""

    def __init__(self, seconds: float, ask: Answer, now: Callable[[], float]) -> None:
        """`seconds`: as `SilenceWatch.seconds`."""
        self.watch = SilenceWatch(seconds)
        self._ask = ask
        self._now = now

    async def look(self, channels: Iterable[str]) -> None:
        """Counts what came of each channel since the last look, and asks those of which nothing did. Called often: most
        of the times nothing is due."""
        if not self.watch.is_due(self._now()):
            return
        packets = {}
        for channel in self.watch.to_count(channels):
            count = silent_phones.packets_of(await self._ask(*silent_phones.count_packets(channel)))
            if count is not None:
                packets[channel] = count
        for channel in self.watch.counted(packets, self._now()):
            known = [await self._ask(*action) for action in silent_phones.ask_about_phone(channel)]
            log.info("%s: nothing is heard of the phone: asked whether it is there", channel)
            for action in silent_phones.ask_whether_there(channel, known):
                await self._ask(*action)
