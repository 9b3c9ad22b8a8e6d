"""Follows the settings in force for one controller and its Asterisk, while calls go on.

The order: Asterisk's files and sounds are written, then callers are served by the new settings, then Asterisk reads its
files. So a number that is new leads to a line that is known already, and who dialled one that is gone is still served.
Whatever fails is tried again with the next look; what has not been taken yet, and why, is a row.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from callback import destinations
from pbx import asterisk
from pbx.errors import AsteriskError
from pbx.reloading import reload_changed
from publishing.history import ASTERISK
from ringback import secrets
from ringback.config import Settings
from ringback.config.current import Current
from ringback.errors import RingbackError
from ringback.messages import Message, in_one_line
from ringback.processes import CONTROLLER

log = logging.getLogger(__name__)

Take = Callable[[Settings, int], Awaitable[None]]
Note = Callable[[str, int, Message | None], Awaitable[None]]
"""(part, number of the version that it works with, why not with the next) is written."""


class SettingsWatch:
    """Of one controller; `look` a few times a second."""

    def __init__(self, current: Current, take: Take, read_anew: Callable[[], Awaitable[None]], note: Note) -> None:
        """`take` puts settings in force in the controller; `read_anew` follows when Asterisk has read its files."""
        self._current = current
        self._take, self._read_anew, self._note = take, read_anew, note
        self._taken = current.version
        self._content = current.content
        self._in_asterisk: int | None = None
        """The version whose files Asterisk has read; None: nobody knows."""
        self._asterisk_is_there = False
        self._noted: dict[str, tuple[int, Message | None]] = {}
        self._place: asterisk.AsteriskDirs | None = None

    def asterisk_came(self) -> None:
        """It may have been started anew."""
        self._asterisk_is_there, self._in_asterisk = True, None

    def asterisk_went(self) -> None:
        self._asterisk_is_there = False

    async def look(self) -> None:
        """Takes up what is new. Raises RingbackError, OSError, SQLAlchemyError; then the next look tries again."""
        current = self._current
        if current.is_behind():
            await asyncio.to_thread(current.look)
        if not current.content:
            return  # a part by itself: nothing was ever in force
        trouble = current.trouble
        try:
            if current.content != self._content:
                await self._take_up()
            if self._asterisk_is_there and self._in_asterisk != self._taken and not current.settings.ami.external:
                await self._have_read()
        except (RingbackError, OSError) as error:
            trouble = in_one_line(error)
            raise
        finally:
            await self._tell(
                CONTROLLER.name, self._taken, trouble if self._taken != current.version else current.trouble
            )
            if self._in_asterisk is not None:
                await self._tell(ASTERISK, self._in_asterisk, None)

    async def _take_up(self) -> None:
        settings, version, content = self._current.settings, self._current.version, self._current.content
        await asyncio.to_thread(self._prepare, settings)
        await self._take(settings, version)
        self._taken, self._content = version, content
        log.info("version %d of the settings is taken", version)

    def _prepare(self, settings: Settings) -> None:
        """What lies on the disk: for the fallback, and for Asterisk."""
        destinations.write(destinations.allowed_destinations(settings), settings.fallback_spool)
        if settings.ami.external:
            return
        program = asterisk.find(settings) if self._place is None else self._place.program
        if program is None:
            raise AsteriskError("pbx.nothing_to_run")
        self._place = asterisk.render(settings, secrets.load_or_create(settings)[0], program)

    async def _have_read(self) -> None:
        settings, version = self._current.settings, self._taken
        if self._place is None:
            await asyncio.to_thread(self._prepare, settings)
        assert self._place is not None
        password = secrets.load_or_create(settings)[0].ami_password
        if await reload_changed(settings, password, self._place.etc):
            await self._read_anew()
        self._in_asterisk = version

    async def _tell(self, part: str, number: int, trouble: Message | None) -> None:
        if self._noted.get(part) != (number, trouble):
            await self._note(part, number, trouble)
            self._noted[part] = (number, trouble)
