"""Webhooks: a system of the owner's is told by POST what happened, in the form of Standard Webhooks.

Owns what is said and what an answer means. Where it may lead to is `outbox/outside.py`'s, when it is tried again the
courier's. https://www.standardwebhooks.com
"""

import json
import time
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from outbox.outside import OutsideAnswer, OutsideAway, OutsideHttp, PrivateAddress
from outbox.receivers import WEBHOOK, Delivered, DeliveryResult, Gone, Later, Outgoing, Refused
from outbox.signatures import headers, key_of
from ringback.config import Webhook
from ringback.event_kinds import is_told
from ringback.messages import Message, message

MOST_BYTES = 20 * 1024
"""Of a message, as Standard Webhooks advises."""
OVERWORKED = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
"""It is given less at once."""


class WebhookReceiver:
    """One of `webhooks` of the settings."""

    def __init__(
        self, name: str, webhook: Webhook, secrets_of: Callable[[str], str], now: Callable[[], float] = time.time
    ) -> None:
        """`secrets_of` gives what the system knows us by, one or two with a space between."""
        self._name, self._webhook = name, webhook
        self._secrets_of, self._now = secrets_of, now
        self._http = OutsideHttp(allow_private=webhook.allow_private, at_once=webhook.at_once)

    @property
    def name(self) -> str:
        return f"{WEBHOOK}{self._name}"

    @property
    def most_at_once(self) -> int:
        return self._webhook.at_once

    def wants(self, kind: str) -> bool:
        return is_told(kind, self._webhook.events)

    async def deliver(self, event: Outgoing) -> DeliveryResult:
        body = body_of(event)
        if len(body) > MOST_BYTES:
            return Refused(message("outbox.body_too_large", bytes=len(body), most=MOST_BYTES))
        keys = [key for each in self._secrets_of(self._name).split() if (key := key_of(each)) is not None]
        if not keys:
            return Later(message("outbox.no_secret", name=self._name))
        signed = headers(str(event.id), int(self._now()), body, keys)
        try:
            answer = await self._http.request(
                "POST",
                self._webhook.url,
                seconds=self._webhook.seconds,
                headers={"Content-Type": "application/json", **signed},
                body=body,
            )
        except (OutsideAway, PrivateAddress) as error:
            return Later(error.message)
        return result_of(answer, self._now())

    async def close(self) -> None:
        await self._http.close()


def body_of(event: Outgoing) -> bytes:
    """The message as it is sent. What is no character (half of one, from a broken name) becomes a question mark."""
    told = {"type": event.kind, "timestamp": event.at.astimezone(UTC).isoformat(), "data": dict(event.body)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def result_of(answer: OutsideAnswer, now: float) -> DeliveryResult:
    """What the status means; what else was answered does not matter."""
    status = answer.status
    if 200 <= status < 300:
        return Delivered()
    if status == HTTPStatus.GONE:
        return Gone(_said(status))
    seconds = retry_after(answer.headers.get("Retry-After", ""), now)
    if 300 <= status < 400:
        return Later(message("outbox.redirects", status=status))
    return Later(_said(status), seconds, eases=status in OVERWORKED or seconds is not None)


def retry_after(value: str, now: float) -> float | None:
    """Seconds that the other side wants to be left alone (RFC 9110, section 10.2.3); None: it named no time."""
    text = value.strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        at = parsedate_to_datetime(text)
        return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _said(status: int) -> Message:
    return message("outbox.status", status=status)
