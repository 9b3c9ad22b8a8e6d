"""HTTP to systems outside, with suspicion: where a name really leads, how long, how much, and no step further.

Owns the connection for every receiver that speaks HTTP. An address is looked at when it is connected to, whatever the
name meant a moment before; a redirect is an answer and is not followed; of an answer only its beginning is read.
"""

import asyncio
import errno
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from lookups.http import NAMES_KEPT_SECONDS, NameResolver
from outbox.errors import OutboxError
from ringback.environment import Away
from ringback.messages import words_of

MOST_ANSWER_BYTES = 64 * 1024
BODY_SECONDS = 3.0
"""What an answer is given after its head has come: the status alone says how it went."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PRIVATE = "it is a private address"


class OutsideAway(OutboxError, Away):
    """The other side cannot be reached, or does not answer in time."""


class PrivateAddress(OutboxError):
    """The name leads into our own network, which the settings do not allow."""


@dataclass(frozen=True)
class OutsideAnswer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names in any case."""
    body: bytes
    """Its beginning."""
    is_whole: bool


def is_private(address: str) -> bool:
    """Whether an IP address is not one of the public internet, in whatever way it is written."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_private(str(inner))
    return not found.is_global or found.is_multicast


class OutsideHttp:
    """Of one receiver: no other waits for a connection because of it."""

    def __init__(self, *, allow_private: bool, at_once: int, certificates: Path | None = None) -> None:
        """`certificates`: the authorities that are trusted, in one file; None: those of the system."""
        self._allow_private = allow_private
        self._certificates = certificates
        self._at_once = at_once
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self, method: str, url: str, *, seconds: float, headers: Mapping[str, str], body: bytes = b""
    ) -> OutsideAnswer:
        """One request and its answer, within `seconds`. Raises OutsideAway, PrivateAddress."""
        try:
            async with asyncio.timeout(seconds):
                return await self._request(method, url, headers, body)
        except TimeoutError as error:
            raise OutsideAway("outbox.late", seconds=seconds) from error
        except OSError as error:
            cause = getattr(error, "os_error", None) or error  # without aiohttp's words around it
            if _PRIVATE in str(cause):
                raise PrivateAddress("outbox.private", host=_host(url)) from error
            raise OutsideAway("outbox.unreachable", why=words_of(cause)) from error
        except Exception as error:
            # Whatever a foreign server makes of the library is its answer.
            raise OutsideAway("outbox.unreachable", why=type(error).__name__) from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _request(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> OutsideAnswer:
        session = self._opened()
        async with session.request(method, url, data=body or None, headers=headers, allow_redirects=False) as response:
            begun, is_whole = await _beginning(response)
            if not is_whole:
                response.close()
            return OutsideAnswer(response.status, response.headers, begun, is_whole)

    def _opened(self) -> aiohttp.ClientSession:
        """Within the loop that asks. Nothing of the environment (proxies, .netrc) changes whom it asks."""
        if self._session is None:
            trusted = self._certificates and ssl.create_default_context(cafile=self._certificates)
            connector = aiohttp.TCPConnector(
                ssl=trusted or True,
                limit=self._at_once,
                ttl_dns_cache=NAMES_KEPT_SECONDS,
                resolver=NameResolver(),
                socket_factory=self._socket,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "identity", "User-Agent": "Ringback"},
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session

    def _socket(self, address: tuple[Any, ...]) -> socket.socket:
        """For one address that is about to be connected to."""
        family, kind, protocol, _, where = address
        if not self._allow_private and is_private(str(where[0])):
            raise OSError(errno.EACCES, _PRIVATE)
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made


async def _beginning(response: aiohttp.ClientResponse) -> tuple[bytes, bool]:
    """Of the body: what is kept, and whether that is all."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > MOST_ANSWER_BYTES:
                    return bytes(body[:MOST_ANSWER_BYTES]), False
    except (TimeoutError, aiohttp.ClientError):
        return bytes(body), False
    return bytes(body), True


def _host(url: str) -> str:
    return url.partition("//")[2].partition("/")[0]
