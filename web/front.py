"""The front of the pages: connections, until a whole request is there and its answer has been taken away.

Owns what strangers can do before any page is asked, and leaves HTTP itself to uvicorn and h11. Nobody keeps a thread of
the pages by being slow: a request is read whole, bounded, and within `Limits.request_seconds` before a thread has it.
Nobody keeps others out by holding connections: where one address has too many, or all together are too many, the
connection that has waited longest for its request goes. So people who are signed in go on while somebody opens
thousands. Why this server is docs/adr/0040.
"""

import asyncio
import logging
import resource
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from web.streaming import Application, Message, OpenAnswers, Receive, Scope, Send

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HeaderList = list[tuple[bytes, bytes]]

HEAD_BYTES = 32 * 1024
"""Of a request's first line and headers together."""
DROPPED_BYTES = 2 * 1024 * 1024
"""Of a body that is too large this much is read and forgotten, so that a browser shows the answer; of a larger one the
connection ends."""
FILES_KEPT = 200
"""Open files that are no connection of the front: the store's, recordings that are sent."""
MOST_FILES = 4096
ENDING_SECONDS = 5.0
"""For what is being answered when the front ends."""


@dataclass(frozen=True)
class FrontLimits:
    """What the front allows; the defaults are for everybody."""

    connections: int = 1000
    of_address: int = 200
    """From one address that is no proxy of ours; an office, with six of each browser, may share one."""
    body_bytes: int = 64 * 1024
    request_seconds: float = 20.0
    """From the first byte, or the connection, to the last byte of a request."""
    handshake_seconds: float = 10.0
    idle_seconds: float = 15.0
    """Between two requests of one connection."""
    stalled_seconds: float = 30.0
    """An answer of which nothing was taken for so long goes nowhere."""
    streams: int = 600
    """Of the connections at most so many may be answers that go on, so that there is room for pages."""
    streams_of_address: int = 150
    """From one address, which is that of the browser, also behind a proxy of ours."""


class Door:
    """Who is connected, and who goes where there are too many."""

    def __init__(self, limits: FrontLimits, trusts: Callable[[str], bool]) -> None:
        """`trusts` tells whether an address is a proxy of ours, which stands for many people."""
        self.limits, self._trusts = limits, trusts
        self._inside: dict[FrontConnection, str] = {}
        """By when they came, with the address as it is counted; empty: not counted."""
        self._of_address: dict[str, int] = {}

    def enter(self, connection: "FrontConnection", address: str) -> None:
        counted = "" if self._trusts(address) else address
        self._inside[connection] = counted
        if counted:
            self._of_address[counted] = self._of_address.get(counted, 0) + 1
            if self._of_address[counted] > self.limits.of_address:
                self._one_less(counted)
        if len(self._inside) > self.limits.connections:
            self._one_less(None)

    def leave(self, connection: "FrontConnection") -> None:
        counted = self._inside.pop(connection, "")
        if counted:
            self._of_address[counted] -= 1
            if not self._of_address[counted]:
                del self._of_address[counted]

    def shut(self) -> None:
        """Everybody goes."""
        for connection in list(self._inside):
            connection.abort()

    def _one_less(self, address: str | None) -> None:
        """The first that waits goes; where all are being served, the newest, which is not."""
        theirs = [each for each, counted in self._inside.items() if address is None or counted == address]
        goes = next((each for each in theirs if each.is_waiting), theirs[-1])
        self.leave(goes)
        goes.abort()


class FrontConnection(H11Protocol):
    """One connection, with its deadlines."""

    def __init__(self, config: uvicorn.Config, state: ServerState, door: Door) -> None:
        super().__init__(config, state, {})
        self.door = door
        self._raw: asyncio.Transport | None = None
        """Below TLS, or the transport itself."""
        self._early = bytearray()
        """What came with the last message of the handshake, before anybody was told that it is over."""
        self._is_made, self._is_lost = False, False
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    @property
    def is_waiting(self) -> bool:
        """No request is there that is whole and not answered yet."""
        cycle = self.cycle
        return cycle is None or cycle.response_complete or cycle.more_body

    def enter(self, raw: asyncio.Transport) -> None:
        """The connection was taken, before anything was read from it."""
        self._raw = raw
        peer = raw.get_extra_info("peername")
        self.door.enter(self, str(peer[0]) if peer else "")

    def abort(self) -> None:
        if self._raw is not None:
            self._raw.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if self._is_lost:
            return
        self._is_made = True
        super().connection_made(transport)
        if self._raw is None:
            self.enter(transport)
        self._watch()
        if self._early:
            self.data_received(bytes(self._early))

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True
        self.door.leave(self)
        if not self._is_made:
            return
        for timer in (self._deadline, self._stalled):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        if not self._is_made:
            self._early += data
            return
        super().data_received(data)
        self._watch()

    def _watch(self) -> None:
        """Time runs while a request comes in, and from the connection on."""
        if not self.is_waiting and self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        elif self.is_waiting and self._deadline is None and self.timeout_keep_alive_task is None:
            self._deadline = self.loop.call_later(self.door.limits.request_seconds, self.abort)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self.door.limits.stalled_seconds, self.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


class TlsEntrance(asyncio.Protocol):
    """A connection before its handshake, which is counted like any other."""

    def __init__(self, connection: FrontConnection, context: ssl.SSLContext) -> None:
        self._connection, self._context = connection, context
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        raw = cast("asyncio.Transport", transport)
        raw.pause_reading()
        self._connection.enter(raw)
        self._task = self._connection.loop.create_task(self._shake_hands(raw))

    async def _shake_hands(self, raw: asyncio.Transport) -> None:
        connection = self._connection
        limits = connection.door.limits
        try:
            secured = await connection.loop.start_tls(
                raw,
                connection,
                self._context,
                server_side=True,
                ssl_handshake_timeout=limits.handshake_seconds,
                ssl_shutdown_timeout=limits.handshake_seconds,
            )
        except OSError:  # of which SSL's errors are: no handshake, no page
            secured = None
        if secured is None or secured.is_closing():
            connection.door.leave(connection)
            raw.abort()
        else:
            connection.connection_made(secured)


class WholeRequests:
    """Gives an application requests that are there as a whole, and no larger than they may be."""

    def __init__(self, app: Application, body_bytes: int) -> None:
        self._app, self._most = app, body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: HeaderList = [(name, value) for name, value in scope["headers"] if b"_" not in name]
        length = next((int(value) for name, value in headers if name == b"content-length"), None)
        body, too_large = bytearray(), length is not None and length > self._most
        read = 0
        while not too_large or (length or 0) <= DROPPED_BYTES:
            message = await receive()
            if message["type"] != "http.request":
                return  # whoever asked is gone
            read += len(message["body"])
            too_large = too_large or read > self._most
            if not too_large:
                body += message["body"]
            if not message["more_body"] or read > DROPPED_BYTES:
                break
        # WSGI writes X-Name and X_Name alike: with an underscore it would pass for what a proxy says.
        kept = [pair for pair in headers if pair[0] not in (b"content-length", b"transfer-encoding")]
        if too_large:
            # The application sees the length alone, and says so.
            kept.append((b"content-length", str(max(length or 0, read)).encode()))
            await self._app({**scope, "headers": kept}, _once(b"", receive), _then_close(send))
            return
        if body or length is not None:
            kept.append((b"content-length", str(len(body)).encode()))
        await self._app({**scope, "headers": kept}, _once(bytes(body), receive), send)


def _once(body: bytes, receive: Receive) -> Receive:
    """The body, and from then on what the connection says, which is its end."""
    bodies = [body]

    async def received() -> Message:
        return {"type": "http.request", "body": bodies.pop(), "more_body": False} if bodies else await receive()

    return received


def _then_close(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
        await send(message)

    return sent


async def serve(
    app: "WSGIApplication",
    address: str,
    port: int,
    *,
    threads: int,
    trusts: Callable[[str], bool],
    limits: FrontLimits | None = None,
    context: ssl.SSLContext | None = None,
    each_second: Callable[[], None] = lambda: None,
    listening: Callable[[int], None] = lambda _port: None,
) -> None:
    """Serves `app` until the task is cancelled. `context` makes it HTTPS. `listening` is told the port once it is open,
    `each_second` is called while it is. Raises OSError: the port cannot be had."""
    limits = limits or _for_this_process()
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # whatever strangers send is no news
    pages = cast("Application", WSGIMiddleware(cast("Any", app), workers=threads, send_queue_size=64))
    whole = WholeRequests(OpenAnswers(pages, limits.streams, limits.streams_of_address, trusts), limits.body_bytes)
    config = uvicorn.Config(
        cast("Any", whole),
        interface="asgi3",
        http=FrontConnection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=round(limits.idle_seconds),
        h11_max_incomplete_event_size=HEAD_BYTES,
    )
    config.load()
    state, door = ServerState(), Door(limits, trusts)

    def entrance() -> asyncio.Protocol:
        connection = FrontConnection(config, state, door)
        return connection if context is None else TlsEntrance(connection, context)

    state.default_headers = _date()
    async with await asyncio.get_running_loop().create_server(entrance, address, port, backlog=512) as server:
        listening(server.sockets[0].getsockname()[1])
        try:
            while True:
                await asyncio.sleep(1)
                state.default_headers = _date()
                each_second()
        finally:
            server.close()  # whoever comes now is not kept waiting for the others
            door.shut()
            if state.tasks:
                await asyncio.wait(state.tasks, timeout=ENDING_SECONDS)


def _date() -> HeaderList:
    return [(b"date", formatdate(usegmt=True).encode())]


def _for_this_process() -> FrontLimits:
    """The usual limits, and fewer connections where the process may not have so many files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    connections = max(50, min(FrontLimits.connections, soft - FILES_KEPT))
    share = FrontLimits.streams / FrontLimits.connections
    return FrontLimits(connections=connections, streams=round(share * connections))
