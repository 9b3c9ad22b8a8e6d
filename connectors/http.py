"""JSON to and from a system beside, and what each answer says of the request: done, not done, or nobody knows.

Owns that judgement, on which "exactly one ticket" rests. The connection itself, how much is read and where it may lead,
is `outbox/outside.py`'s.
"""

import json
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from connectors.errors import OutsideTicketGone, SystemAway, SystemBusy, SystemRefuses, WrongPassword
from connectors.marks import one_line
from outbox.outside import OutsideAnswer, OutsideAway, OutsideHttp, PrivateAddress
from outbox.webhooks import retry_after
from ringback.config.connectors import Connector

MOST_AT_ONCE = 4
"""Requests on their way to one system."""
LONGEST_SAID = 300
"""Characters of what a system says of an error."""
GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
UNSURE = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY)
"""Statuses below 500 that do not say that nothing was done."""


class SystemHttp:
    """Of one connector. Every request raises what `connectors/errors.py` has."""

    def __init__(
        self,
        connector: Connector,
        headers: Callable[[], Mapping[str, str]],
        now: Callable[[], float] = time.time,
    ) -> None:
        """`headers` say who we are."""
        self._base, self._seconds = connector.url.rstrip("/"), connector.seconds
        self._headers, self._now = headers, now
        self._http = OutsideHttp(
            allow_private=connector.allow_private, at_once=MOST_AT_ONCE, certificates=connector.certificates
        )

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """What is there. Raises OutsideTicketGone for nothing."""
        return await self.ask("GET", path, query=query)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        silent: bool = False,
    ) -> Any:
        """Its JSON. `path` begins with a slash. `silent`: the answer may be empty or anything."""
        url = f"{self._base}{path}" + (f"?{urlencode(query, quote_via=quote)}" if query else "")
        sent = {"Accept": "application/json", **self._headers(), **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            answer = await self._http.request(
                method,
                url,
                seconds=self._seconds,
                headers=sent,
                body=b"" if body is None else json.dumps(body).encode(),
            )
        except OutsideAway as error:
            raise SystemAway(error.code, **error.facts) from error
        except PrivateAddress as error:
            raise SystemRefuses(error.code, **error.facts) from error
        self._judge(answer)
        if silent:
            return None
        try:
            if answer.is_whole:
                return json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise SystemAway("connectors.no_json", begins=_beginning(answer)) from error
        raise SystemAway("connectors.too_long", bytes=len(answer.body))

    def _judge(self, answer: OutsideAnswer) -> None:
        status = answer.status
        if 200 <= status < 300:
            return
        said = _said(answer) or f"HTTP {status}"
        if status == HTTPStatus.UNAUTHORIZED:
            raise WrongPassword("connectors.wrong_password", said=said)
        if status in GONE:
            raise OutsideTicketGone("connectors.not_there", said=said)
        seconds = retry_after(answer.headers.get("Retry-After", ""), self._now())
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise SystemBusy("connectors.busy", status=status).after(seconds)
        if 300 <= status < 400:
            raise SystemRefuses("outbox.redirects", status=status)
        if status in UNSURE or status >= 500 or status < 200:
            raise SystemAway("connectors.failed", status=status, said=said)
        raise SystemRefuses("connectors.refused", status=status, said=said)

    async def close(self) -> None:
        """Lets go of its connections."""
        await self._http.close()


def wanted(found: Any, kind: type | tuple[type, ...], *names: str | int) -> Any:
    """A value deep in an answer. Raises SystemAway where there is none of the kind: what was done then is not known."""
    for name in names:
        try:
            found = found[name]
        except (KeyError, IndexError, TypeError) as error:
            raise SystemAway("connectors.no_field", field=".".join(map(str, names))) from error
    if not isinstance(found, kind) or isinstance(found, bool):
        raise SystemAway("connectors.no_field", field=".".join(map(str, names)))
    return found


def id_in(found: Any, *names: str | int) -> str:
    """A number of theirs, however it is written. Raises SystemAway."""
    value = wanted(found, (str, int), *names)
    if not str(value).isascii() or not str(value).isalnum() or len(str(value)) > 40:
        raise SystemAway("connectors.no_field", field=".".join(map(str, names)))
    return str(value)


def in_path(word: str) -> str:
    """A word of theirs as a part of an address."""
    return quote(word, safe="")


def _said(answer: OutsideAnswer) -> str:
    """What it says of an error, in one line; nothing where that is a page."""
    words = answer.body.decode("utf-8", "replace")
    if words.lstrip()[:1] == "<":
        return ""
    try:
        found = json.loads(words)
    except (ValueError, RecursionError):
        return one_line(words)[:LONGEST_SAID]
    return one_line("; ".join(_texts(found)))[:LONGEST_SAID]


def _texts(found: Any, deeper: int = 3) -> list[str]:
    """The texts in what it says, as far as they are no deeper than systems put them."""
    if isinstance(found, str):
        return [found] if found else []
    inside = list(found.values()) if isinstance(found, dict) else found if isinstance(found, list) else []
    return [text for each in inside[:10] for text in _texts(each, deeper - 1)] if deeper else []


def _beginning(answer: OutsideAnswer) -> str:
    return one_line(answer.body[:120].decode("utf-8", "replace"))
