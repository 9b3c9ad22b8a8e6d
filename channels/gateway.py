"""Text messages by the owner's gateway, and Telegram by the owner's bot: what is asked by HTTP, and what answers mean.

Where it may lead to and how long it takes is `outbox/outside.py`'s. No secret is in any sentence that comes from here.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session, sessionmaker

from channels.models import ChannelMessage
from channels.receipts import FATE_DELIVERED, FATE_FAILED, fate_of, receipt_address, value_at
from channels.receivers import ChannelReceiver, Handed, Waits
from outbox.outside import OutsideAnswer, OutsideAway, OutsideHttp, PrivateAddress
from outbox.webhooks import retry_after
from ringback import secrets
from ringback.config import Settings
from ringback.config.alarms import SECRET
from ringback.config.channels import TELEGRAM, TEXT_MESSAGE, TelegramBot, TextGateway
from ringback.handover.errors import OtherSideAway, RefusesAddress, RefusesMessage, RefusesUs
from ringback.handover.smtp import words_in
from ringback.store.base import utcnow

LOCKED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
AT_ONCE = 4
BOT_SECONDS = 15.0


class TextReceiver(ChannelReceiver):
    """Text messages, by the gateway of the settings."""

    def __init__(self, gateway: TextGateway, settings: Settings, sessions: sessionmaker[Session]) -> None:
        super().__init__(TEXT_MESSAGE, settings, sessions)
        self._gateway = gateway
        self._http = OutsideHttp(allow_private=gateway.allow_private, at_once=AT_ONCE)

    async def hand_over(self, row: ChannelMessage) -> Handed:
        secret = secrets.channel_secret(self.settings, TEXT_MESSAGE)
        headers, body = request_of(self._gateway, row, secret, receipt_address(self.settings, row))
        try:
            answer = await self._http.request(
                "POST", self._gateway.url, seconds=self._gateway.seconds, headers=headers, body=body
            )
        except (OutsideAway, PrivateAddress) as error:
            raise OtherSideAway(error.code, **error.facts) from error
        return self._meaning(answer)

    def _meaning(self, answer: OutsideAnswer) -> Handed:
        said = words_in(answer.body)
        _check(answer, said)
        if not 200 <= answer.status < 300:
            if 400 <= answer.status < 500:
                raise RefusesMessage("channels.gateway_refuses", status=answer.status, answer=said)
            raise OtherSideAway("channels.gateway_answer", status=answer.status, answer=said)
        fate = fate_of(self._gateway, value_at(_json(answer.body), self._gateway.state_field))
        if fate == FATE_FAILED:
            raise RefusesMessage("channels.gateway_refuses", status=answer.status, answer=said)
        return Handed(delivered=fate == FATE_DELIVERED)

    async def close(self) -> None:
        await self._http.close()


def request_of(gateway: TextGateway, row: ChannelMessage, secret: str, receipt: str) -> tuple[dict[str, str], bytes]:
    """Headers and body. What the customer or an agent wrote is a value in it and nothing else."""
    facts = {"to": row.address, "text": row.text, "id": row.id.hex, "receipt": receipt, "secret": secret}
    fields = {name: _filled(value, facts) for name, value in gateway.fields.items()}
    headers = {}
    if secret and gateway.header:
        name, _, value = gateway.header.partition(":")
        headers[name] = value.strip().replace(SECRET, secret)
    if gateway.body == "json":
        return {"Content-Type": "application/json", **headers}, json.dumps(fields, ensure_ascii=False).encode()
    return {"Content-Type": "application/x-www-form-urlencoded", **headers}, urlencode(fields).encode()


def _filled(value: str, facts: Mapping[str, str]) -> str:
    """In one go, so that braces in a text stay braces."""
    pieces, rest = [], value
    while rest:
        before, brace, after = rest.partition("{")
        name, closing, behind = after.partition("}")
        if brace and closing and name in facts:
            pieces += [before, facts[name]]
            rest = behind
        else:
            pieces += [before, brace]
            rest = after
    return "".join(pieces)


class TelegramReceiver(ChannelReceiver):
    """Messages to chats that customers began with the bot."""

    def __init__(self, bot: TelegramBot, settings: Settings, sessions: sessionmaker[Session]) -> None:
        super().__init__(TELEGRAM, settings, sessions)
        self._bot = bot
        self._http = OutsideHttp(allow_private=bot.allow_private, at_once=AT_ONCE)

    async def hand_over(self, row: ChannelMessage) -> Handed:
        facts = {"chat_id": row.address, "text": row.text, "link_preview_options": {"is_disabled": True}}
        answer, told = await ask_bot(self._http, self._bot, self.settings, "sendMessage", facts)
        said = words_in(str(told.get("description") or ""))
        if told.get("ok") is True:
            return Handed()
        if answer.status == HTTPStatus.FORBIDDEN:
            raise RefusesAddress("channels.bot_blocked", answer=said)
        _check(answer, said, seconds=_seconds(told))
        if 400 <= answer.status < 500:
            raise RefusesMessage("channels.gateway_refuses", status=answer.status, answer=said)
        raise OtherSideAway("channels.gateway_answer", status=answer.status, answer=said)

    async def close(self) -> None:
        await self._http.close()


async def ask_bot(
    http: OutsideHttp,
    bot: TelegramBot,
    settings: Settings,
    method: str,
    facts: Mapping[str, Any],
) -> tuple[OutsideAnswer, dict[str, Any]]:
    """One question to the server of bots, and what it says. Raises OtherSideAway, RefusesUs without a token."""
    token = secrets.channel_secret(settings, TELEGRAM)
    if not token:
        raise RefusesUs("channels.no_bot_token")
    url = f"{bot.api}/bot{token}/{method}"
    body = json.dumps(dict(facts), ensure_ascii=False).encode()
    try:
        headers = {"Content-Type": "application/json"}
        answer = await http.request("POST", url, seconds=BOT_SECONDS, headers=headers, body=body)
    except (OutsideAway, PrivateAddress) as error:
        raise OtherSideAway(error.code, **error.facts) from error
    told = _json(answer.body)
    return answer, told if isinstance(told, dict) else {}


def _check(answer: OutsideAnswer, said: str, seconds: float | None = None) -> None:
    """Raises RefusesUs where our secret is not taken, and Waits where there is too much to do."""
    if answer.status in LOCKED:
        raise RefusesUs("channels.gateway_secret", status=answer.status, answer=said)
    if answer.status in BUSY:
        wait = seconds or retry_after(answer.headers.get("Retry-After", ""), utcnow().timestamp())
        raise Waits("channels.gateway_answer", status=answer.status, answer=said).after(wait)


def _seconds(told: Mapping[str, Any]) -> float | None:
    found = value_at(told, "parameters.retry_after")
    return float(found) if isinstance(found, int) and 0 < found < 100_000 else None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
