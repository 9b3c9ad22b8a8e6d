"""Asks a system of the owner's by HTTP, within a time that is kept whatever it does.

Owns the connection: how long, how much, how many. Leaves what the answer means to `lookups/answers.py`. The address is
the settings'; of the caller's there are digits in it and nothing else.
"""

import asyncio
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from lookups.answers import MOST_BYTES, SystemAnswer, read_answer
from lookups.errors import LookupFailed
from ringback.config import Lookup
from ringback.messages import words_of

NAMES_KEPT_SECONDS = 60
"""How long the address of a name is taken for true."""
RESOLVING_THREADS = 4
"""A name server that does not answer holds each of them for many seconds."""
NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
_DIGITS = re.compile(r"[0-9]{1,20}", re.ASCII)
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Ringback"}


class NameResolver(AbstractResolver):
    """Addresses of names, found on threads of its own: the loop's are for what callers at the door wait for."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVING_THREADS, "names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises OSError for a name that nobody knows."""
        look = partial(socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look)
        return [
            ResolveResult(hostname=host, host=str(at[0]), port=int(at[1]), family=kind, proto=proto, flags=NUMERIC)
            for kind, _, proto, _, at in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class HttpAsker:
    """One client for all lookups. Nothing of the environment (proxies, .netrc) changes whom it asks."""

    def __init__(self) -> None:
        """Within the loop that asks. How many connections there are is for whoever asks."""
        connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=NAMES_KEPT_SECONDS, resolver=NameResolver())
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), headers=_HEADERS, auto_decompress=False
        )

    async def ask(self, lookup: Lookup, number: str, secret: str) -> SystemAnswer:
        """What the system says of a number. Raises LookupFailed where that is nothing that can be told."""
        if not _DIGITS.fullmatch(number):
            raise ValueError("a number of digits alone is asked about")
        headers = {}
        if secret:
            name, _, value = lookup.header.partition(":")
            headers = {name: value.strip().replace("{secret}", secret)}
        try:
            async with asyncio.timeout(lookup.seconds):
                status, body = await self._get(lookup.url.replace("{value}", number), headers)
        except TimeoutError as error:
            raise LookupFailed("lookups.late", seconds=lookup.seconds) from error
        except OSError as error:
            cause = getattr(error, "os_error", None) or error  # without aiohttp's words around it
            raise LookupFailed("lookups.unreachable", why=words_of(cause)) from error
        except LookupFailed:
            raise
        except Exception as error:
            # Whatever a foreign server makes of the library stays with this number, which is in no log.
            raise LookupFailed("lookups.unreachable", why=type(error).__name__) from error
        return read_answer(lookup, status, body)

    async def _get(self, url: str, headers: dict[str, str]) -> tuple[int, bytes]:
        # A redirect is an answer like any other: where it leads to, nobody has named in the settings.
        async with self._session.get(url, headers=headers, allow_redirects=False) as response:
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > MOST_BYTES:
                    response.close()
                    raise LookupFailed("lookups.too_long", most=MOST_BYTES)
            return response.status, bytes(body)

    async def close(self) -> None:
        await self._session.close()
