"""Commands for channels of our own on their way to Asterisk.

Owns what has to be asked before an agent is rung (which phones are registered) and what has to be at hand (why the
customer wants a call). What is asked of channels is `callback`'s, AMI's words are `pbx/legs.py`'s.
"""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from callback.commands import DialAgent
from controller.promise_rows import promise_of
from pbx.ami import AmiLink, Headers
from pbx.codec import Action
from pbx.errors import AmiError
from pbx.legs import LegCommand, ask_phones, encode_leg, phones_of
from pbx.reports import OUR_CHANNELS
from ringback.config import Settings

log = logging.getLogger(__name__)

Answer = Callable[[str, dict[str, str | list[str]]], Awaitable[Headers]]


class LegSender:
    """Of one controller."""

    def __init__(
        self,
        settings: Settings,
        link: AmiLink,
        ask: Answer,
        spread: Callable[[str, int], list[str]],
        failed: Callable[[str], None],
    ) -> None:
        """`ask` asks Asterisk; `spread` names a channel for each of so many phones that shall ring instead of the one
        (none: nobody is to be rung any more); `failed` gets a channel for which nothing could be sent."""
        self._settings, self._link = settings, link
        self._ask, self._spread, self._failed = ask, spread, failed

    def take_settings(self, settings: Settings) -> None:
        """Whoever is dialled from now on is dialled by these."""
        self._settings = settings

    def send(self, leg: str, command: LegCommand) -> None:
        """What cannot be dialled has failed."""
        self._post(leg, command, encode_leg(leg, command, self._settings, spoken_reason(self._settings, leg)))

    async def ring(self, command: DialAgent) -> None:
        """Rings every phone of the agent."""
        try:
            phones = phones_of(await self._ask(*ask_phones(command.agent)), command.agent)
        except (AmiError, TimeoutError) as error:
            log.warning("%s: nobody says which phones %s has: %s", command.leg, command.agent, error)
            phones = phones_of({}, command.agent)
        for leg, phone in zip(self._spread(command.leg, len(phones)), phones, strict=False):
            self._post(leg, command, encode_leg(leg, command, self._settings, phone=phone))

    def _post(self, leg: str, command: LegCommand, actions: list[Action]) -> None:
        try:
            for action, headers in actions:
                self._link.post(action, headers)
        except AmiError as error:
            log.warning("%s: %s was not sent: %s", leg, type(command).__name__, error)
            actions = []
        if not actions:
            self._failed(leg)


def spoken_reason(settings: Settings, leg: str) -> Path | None:
    """The sound in which the customer of this channel's promise said why a call is wanted; None: there is none."""
    sound = settings.callback_reasons.resolve() / f"{promise_of(leg).removeprefix(OUR_CHANNELS)}.wav"
    return sound if sound.exists() else None
