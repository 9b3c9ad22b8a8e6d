"""Answers that go on: how a page hands its request over to the front, which sends what comes without holding a thread.

The page decides who may listen and gives a `Broadcast`; its own answer has the headers and no body. Owns how many such
answers there may be, so that they leave room for pages. What is sent is the page's matter; a connection that takes
nothing of it is `front`'s, which ends it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HANDED = "ringback.broadcast"
"""Where in a request's scope a page puts what goes on."""
AGAIN_SECONDS = 60
"""When one who was too many may try again."""


class Broadcast(Protocol):
    """What goes on after a page has answered, for one browser."""

    source: str
    """The address that listens, as the page knows it: that of the browser, also behind a proxy."""

    def parts(self) -> AsyncIterator[bytes]:
        """Comes to its end soon after `end`; may be given up at any part."""
        ...

    def end(self) -> None:
        """Nobody listens any more."""
        ...


def hand_over(environ: "WSGIEnvironment", broadcast: Broadcast) -> bool:
    """Has the front go on with `broadcast` behind the headers of the answer. False: what is before us cannot."""
    scope = environ.get("asgi.scope")
    if scope is None or HANDED not in scope:
        return False
    scope[HANDED] = broadcast
    return True


class OpenAnswers:
    """Gives an application requests of which it may hand the answer over."""

    def __init__(self, app: Application, most: int, most_of_address: int, trusts: Callable[[str], bool]) -> None:
        """`trusts` tells whether an address is a proxy of ours, which stands for many if it does not say for whom."""
        self._app, self._most, self._most_of_address, self._trusts = app, most, most_of_address, trusts
        self._open: dict[str, int] = {}
        """How many go on, by the address that listens."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope = {**scope, HANDED: None}
        begun: list[Message] = []

        async def sent(message: Message) -> None:
            if scope[HANDED] is None or (not begun and message.get("status") != 200):
                scope[HANDED] = None
                await send(message)
            elif not begun:
                begun.append(message)

        await self._app(scope, receive, sent)
        if not begun:
            return
        broadcast, start = scope[HANDED], begun[0]
        if not self._has_room(broadcast.source):
            await _refuse(start, send)
            return
        self._open[broadcast.source] = self._open.get(broadcast.source, 0) + 1
        try:
            await _go_on(broadcast, start, receive, send)
        finally:
            self._open[broadcast.source] -= 1
            if not self._open[broadcast.source]:
                del self._open[broadcast.source]

    def _has_room(self, source: str) -> bool:
        few = self._trusts(source) or self._open.get(source, 0) < self._most_of_address
        return few and sum(self._open.values()) < self._most


async def _go_on(broadcast: Broadcast, start: Message, receive: Receive, send: Send) -> None:
    await send(start)
    watching = asyncio.create_task(_when_gone(receive, broadcast.end))
    try:
        async with aclosing(broadcast.parts()) as parts:  # type: ignore[type-var]
            async for part in parts:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        watching.cancel()


async def _when_gone(receive: Receive, end: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    end()


async def _refuse(start: Message, send: Send) -> None:
    """With the headers of the page, but for what it would have sent."""
    kept = [(name, value) for name, value in start["headers"] if name != b"content-type"]
    more = [(b"retry-after", str(AGAIN_SECONDS).encode()), (b"content-length", b"0")]
    await send({**start, "status": 503, "headers": kept + more})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
