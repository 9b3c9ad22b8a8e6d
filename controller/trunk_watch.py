"""Asks the switch how it is with the trunk: when we are connected, when the trunk fell silent, when it refused us.

Owns what is sent for that and the look into Asterisk's log. What the answers mean is `callback/trunk.py`'s.
"""

import asyncio
import logging
from pathlib import Path

from callback.trunk import Registration, TrunkHealth
from pbx.ami import AmiLink
from pbx.errors import AmiError
from pbx.reports import Decoded, TrunkRegistration
from pbx.trunk_events import decode_trunk, questions, registration_answer, request
from ringback.config import Settings

log = logging.getLogger(__name__)

LOG_BYTES = 16384
"""Of the end of Asterisk's log: the provider's last answer stands there."""


def trunk_of(settings: Settings) -> TrunkHealth | None:
    """What is to be known of the trunk of the settings; None: there is none."""
    trunk = settings.trunk
    if trunk is None:
        return None
    return TrunkHealth(trunk.described(), trunk.registers, trunk.qualify_seconds > 0)


class TrunkWatch:
    """The questions of one controller."""

    def __init__(self, settings: Settings, trunk: TrunkHealth | None, link: AmiLink) -> None:
        self._trunk = trunk
        self._link = link
        self._log = None if settings.ami.external else settings.data / "log" / "asterisk.log"

    async def connected(self) -> list[Decoded]:
        """What the switch knows of the trunk at this moment; nothing where it does not know it or is gone again."""
        if self._trunk is None:
            return []
        found: list[Decoded] = []
        for action, headers in questions(self._trunk.registers):
            try:
                messages = await self._link.request(action, headers)
            except AmiError as error:
                log.warning("%s was not answered: %s", action, error)
                continue
            found += [report for message in messages if (report := decode_trunk(message)) is not None]
        return [await self.told(report) for report in found]

    async def told(self, report: Decoded) -> Decoded:
        """The report, with what the provider answered where it refused us."""
        if not isinstance(report, TrunkRegistration) or report.state is not Registration.REFUSED or self._log is None:
            return report
        answer = registration_answer(await asyncio.to_thread(end_of, self._log))
        if answer == "":
            return TrunkRegistration(Registration.SILENT)
        return TrunkRegistration(Registration.REFUSED, answer or "")

    def ask(self, now: float) -> None:
        """Sends what a trunk that is awaited should be asked now."""
        for what in () if self._trunk is None else self._trunk.to_ask(now):
            action, headers = request(what)
            self._link.post(action, headers)


def end_of(path: Path) -> str:
    """The last lines of a log; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - LOG_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
