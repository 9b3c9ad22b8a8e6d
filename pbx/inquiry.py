"""What a running Asterisk says of itself: its version, and which codecs its endpoints may agree on.

Owns one short look over AMI, for those who are not the controller: the doctor, `check`, whoever writes configuration
for an Asterisk of the owner's own. Changes nothing there.
"""

import asyncio
from dataclasses import dataclass, field

from pbx import versions
from pbx.ami import Headers, Session
from pbx.errors import AmiError
from ringback.config import Settings

SECONDS = 4.0
"""For all of it: whoever asks is waited for by a person."""
MOST_ENDPOINTS = 500
"""So many are looked at."""


@dataclass(frozen=True)
class RunningAsterisk:
    """One look at it."""

    version: str | None
    """E.g. 22.10.1; None: it gives none that is understood."""
    wide: dict[str, list[str]] = field(default_factory=dict)
    """Endpoints that may agree on codecs above 8 kHz, and on which."""

    @property
    def garbles(self) -> list[str]:
        """The endpoints whose calls would be recorded garbled."""
        return sorted(self.wide) if versions.garbles_wideband(self.version) else []


def ask(settings: Settings, password: str) -> RunningAsterisk:
    """Looks once. Raises AmiError or OSError where Asterisk does not answer or lets nobody in."""
    return asyncio.run(_ask(settings, password))


async def _ask(settings: Settings, password: str) -> RunningAsterisk:
    ami = settings.ami
    session = Session(asyncio.get_running_loop(), ami.address, ami.port, lambda _events: None, lambda _error: None)
    try:
        async with asyncio.timeout(SECONDS):
            await session.open(ami.user, password, "off")
            core = await session.request("CoreSettings", {})
            return RunningAsterisk(versions.version_in(core[0].get("AsteriskVersion", "")), await _wide(session))
    except TimeoutError:
        raise AmiError("pbx.no_answer", action="CoreSettings", seconds=SECONDS) from None
    finally:
        session.close()


async def _wide(session: Session) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in [each["ObjectName"] for each in await _listed(session, "PJSIPShowEndpoints", "EndpointList", {})]:
        for detail in await _listed(session, "PJSIPShowEndpoint", "EndpointDetail", {"Endpoint": name}):
            if wide := versions.above_8_khz(detail.get("Allow", "")):
                found[name] = wide
    return found


async def _listed(session: Session, action: str, event: str, headers: dict[str, str | list[str]]) -> list[Headers]:
    """The events of a list; none where there is nothing to list (Asterisk calls that an error)."""
    try:
        answer = await session.request(action, headers)
    except AmiError as error:
        if error.message.code == "pbx.refused":
            return []
        raise
    return [each for each in answer if each.get("Event") == event][:MOST_ENDPOINTS]
