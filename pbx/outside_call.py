"""One call through the trunk to try it: dialled over AMI, listened to for some seconds, and told about.

Owns what Asterisk says of that call, from the dialling to the hangup; which numbers may be tried, and what the sound
means, is `app/call_outside.py`'s. The call runs in a context of its own (`ringback-test-calls`), where it is recorded
and says nothing, so that neither line nor agent nor promise has a part in it.
"""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from calls.quality import Quality
from pbx.ami import Headers, Session
from pbx.asterisk_conf import TEST_CALL_SECONDS, test_calls_folder
from pbx.quality import QUALITY_VARIABLE, quality_of
from ringback.config import Settings

RING_SECONDS = 40.0
"""Until an unanswered call is given up."""
CAUSE_SECONDS = 2.0
"""After it failed, for the hangup that says why."""
RINGING, UP = "5", "6"
"""ChannelState."""


@dataclass
class OutsideCall:
    """What became of it. Times are seconds after the dialling; None: it did not come to that."""

    ringing_after: float | None = None
    answered_after: float | None = None
    ended_after: float | None = None
    cause: int = 0
    """Of the hangup (Q.850); 0: none was given."""
    cause_text: str = ""
    codec: str = ""
    quality: Quality | None = None
    sound: Path | None = None
    """Stereo, 16 bit, 8 kHz, without a header; the other side is left. Whoever has read it removes it."""
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _failed: asyncio.Event = field(default_factory=asyncio.Event)


def place(settings: Settings, password: str, dialled: str, caller_id: str) -> OutsideCall:
    """Dials `dialled` (what the provider is told) and returns when the call is over. Raises AmiError, OSError."""
    folder = test_calls_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_place(settings, password, dialled, caller_id, folder))


async def _place(settings: Settings, password: str, dialled: str, caller_id: str, folder: Path) -> OutsideCall:
    channel, told = f"ringback-test-{secrets.token_hex(6)}", OutsideCall()
    begun = time.monotonic()

    def take(events: list[Headers]) -> None:
        for event in events:
            _take(told, channel, event, time.monotonic() - begun)

    session = Session(
        asyncio.get_running_loop(),
        settings.ami.address,
        settings.ami.port,
        take,
        lambda _error: told._over.set(),
    )
    try:
        await session.open(settings.ami.user, password, "call")
        headers: dict[str, str | list[str]] = {
            "Channel": f"PJSIP/{dialled}@trunk",
            "ChannelId": channel,
            "Context": "ringback-test-calls",
            "Exten": "s",
            "Priority": "1",
            "Timeout": str(round(RING_SECONDS * 1000)),
            "CallerID": caller_id,
            "Async": "true",
        }
        begun = time.monotonic()
        await session.request("Originate", headers)
        await _follow(session, told, channel)
    finally:
        session.close()
    sound = folder.resolve() / f"{channel}.raw"
    told.sound = sound if sound.exists() else None
    return told


async def _follow(session: Session, told: OutsideCall, channel: str) -> None:
    """Until it is over; asks for the codec while it goes on."""
    deadline = time.monotonic() + RING_SECONDS + TEST_CALL_SECONDS + 10
    while not told._over.is_set() and time.monotonic() < deadline:
        if told._failed.is_set():
            deadline = min(deadline, time.monotonic() + CAUSE_SECONDS)
            told._failed.clear()
        try:
            await asyncio.wait_for(told._over.wait(), 0.5)
        except TimeoutError:
            if told.answered_after is not None and not told.codec:
                asked = {"Channel": channel, "Variable": "CHANNEL(audionativeformat)"}
                told.codec = (await session.request("Getvar", {**asked}))[0].get("Value", "").strip("()")


def _take(told: OutsideCall, channel: str, event: Headers, after: float) -> None:
    name = event.get("Event")
    if name == "OriginateResponse" and event.get("Response") == "Failure" and event.get("Uniqueid") == channel:
        told._failed.set()  # the hangup with its cause comes after it, where there was a channel at all
        return
    if event.get("Uniqueid") != channel:
        return
    if name == "Newstate" and event.get("ChannelState") == RINGING:
        told.ringing_after = told.ringing_after or round(after, 1)
    elif name == "Newstate" and event.get("ChannelState") == UP:
        told.answered_after = told.answered_after or round(after, 1)
    elif name == "Hangup":
        told.ended_after = round(after, 1)
        cause = event.get("Cause", "")
        told.cause, told.cause_text = int(cause) if cause.isdecimal() else 0, event.get("Cause-txt", "")
        for line in event.get("ChanVariable", "").split("\n"):
            variable, _, value = line.partition("=")
            if variable == QUALITY_VARIABLE and value:
                told.quality = quality_of(value)
        told._over.set()
