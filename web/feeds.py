"""Who listens to what happens, and what each is sent: server-sent events, made once for all who see the same.

While anybody listens one thread looks, and else none. What it finds becomes a `Shown` for each kind of viewer:
all that such a page shows, with what has changed since the one before. A browser is sent that change if it has what was
before, else all of it; nothing waits in line for a slow one. What is looked for, and what a viewer may see, is given
(`now/stream.py`).
"""

import asyncio
import itertools
import json
import logging
import random
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Hashable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from ringback.store.engine import STORE_FAULTS
from web.pieces import Section, changes, whole

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""Between two looks."""
PEEK_SECONDS = 0.1
"""Between two glances at what is not to wait for the next look."""
GATHER_SECONDS = 0.1
"""Who comes just then is shown the same look."""
BEAT_SECONDS = 5.0
"""After so long without news a browser is told that it still is connected."""
LIFE_SECONDS = (3000.0, 3600.0)
"""A stream ends by itself and the browser asks for the next: so its session is looked at again, and stays in use."""
BLIND_SECONDS = 5.0
"""Streams end when nothing could be looked at for so long: a page must not pass for what is now."""
AGAIN_MS = 2000
"""After how long a browser that has no script of ours comes back."""

V = TypeVar("V", bound=Hashable)


@dataclass(frozen=True)
class Looked(Generic[V]):
    """What one look found."""

    kinds: dict[V, Hashable]
    """By viewer which of `pages` it is shown; a viewer without one may listen no more."""
    pages: dict[Hashable, Sequence[Section]]


Look = Callable[[Collection[V]], Looked[V]]


class Shown:
    """What a page shows from one look until something changes."""

    def __init__(self, serial: int, follows: int, sections: Sequence[Section], change: bytes) -> None:
        """`follows` is the serial of the one that `change` leads here from."""
        self.serial, self.follows, self.sections, self.change = serial, follows, sections, change

    @cached_property
    def all(self) -> bytes:
        """The event for a page that shows something else, or nobody knows what."""
        return event(whole(self.sections))


def event(parts: dict[str, str]) -> bytes:
    """Elements to replace, by id; none: a sign of life. With the server's clock, by which those of the page go."""
    told = json.dumps({"at": round(time.time(), 3), "parts": list(parts.items())}, ensure_ascii=False)
    return f"data: {told}\n\n".encode()


class Feed(Generic[V]):
    """The stream of one browser; a `streaming.Broadcast`. Lives on the front's event loop but for its making."""

    def __init__(self, feeds: "Feeds[V]", viewer: V, source: str) -> None:
        self.viewer, self.source = viewer, source
        self._feeds = feeds
        self._news = asyncio.Event()
        self._latest: Shown | None = None
        self._sent: Shown | None = None
        self._is_over = False

    async def parts(self) -> AsyncIterator[bytes]:
        """Begins with all that the page shows."""
        loop = asyncio.get_running_loop()
        until = loop.time() + random.uniform(*LIFE_SECONDS)
        self._feeds.join(self, loop)
        try:
            yield f"retry: {AGAIN_MS}\n\n".encode()
            while not self._is_over and loop.time() < until:
                try:
                    async with asyncio.timeout(BEAT_SECONDS):
                        await self._news.wait()
                except TimeoutError:
                    yield event({})
                    continue
                self._news.clear()
                if news := self._take():
                    yield news
        finally:
            self._feeds.leave(self)

    def end(self) -> None:
        self._is_over = True
        self._news.set()

    def show(self, shown: Shown) -> None:
        """From now on it is this."""
        if shown is not self._latest:
            self._latest = shown
            self._news.set()

    def _take(self) -> bytes:
        before, latest = self._sent, self._latest
        if self._is_over or latest is None or latest is before:
            return b""
        self._sent = latest
        return latest.change if before is not None and latest.follows == before.serial else latest.all


class Feeds(Generic[V]):
    """All streams, and the one who looks for them."""

    def __init__(self, look: Look[V], peek: Callable[[], Hashable] = lambda: None) -> None:
        """`peek` is cheap: as soon as it gives something else than at the last look, the next look is due."""
        self._look, self._peek = look, peek
        self._lock = threading.Lock()
        self._open: dict[Feed[V], asyncio.AbstractEventLoop] = {}
        self._is_looking = False
        self._came = threading.Event()
        """Somebody who has been shown nothing yet."""
        self._shown: dict[Hashable, Shown] = {}
        self._serials = itertools.count(1)

    def feed(self, viewer: V, source: str) -> Feed[V]:
        """A stream for a viewer at this address; nobody listens yet."""
        return Feed(self, viewer, source)

    def join(self, feed: Feed[V], loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            self._open[feed] = loop
            if not self._is_looking:
                self._is_looking = True
                threading.Thread(target=self._go_on_looking, name="look", daemon=True).start()
        self._came.set()

    def leave(self, feed: Feed[V]) -> None:
        with self._lock:
            self._open.pop(feed, None)

    def _go_on_looking(self) -> None:
        """Until nobody listens."""
        seen_at = time.monotonic()
        while feeds := self._listening():
            self._came.clear()
            glance = self._glance()
            try:
                looked = self._look({feed.viewer for feed in feeds})
            except STORE_FAULTS as error:
                log.warning("what happens now could not be looked at: %s", error)
                if time.monotonic() - seen_at > BLIND_SECONDS:
                    self._tell((feed, None) for feed in feeds)
            except Exception:  # a fault of ours: the pages ask again, and this goes on for the next
                log.exception("what happens now could not be looked at")
                self._tell((feed, None) for feed in feeds)
            else:
                seen_at = time.monotonic()
                self._publish(feeds, looked)
            self._wait(glance)

    def _wait(self, glance: Hashable) -> None:
        """Until the next look is due."""
        until = time.monotonic() + LOOK_SECONDS
        while (rest := until - time.monotonic()) > 0:
            if self._came.wait(min(rest, PEEK_SECONDS)):
                time.sleep(GATHER_SECONDS)
                return
            if self._glance() != glance:
                return

    def _glance(self) -> Hashable:
        try:
            return self._peek()
        except STORE_FAULTS:
            return None  # the look says so

    def _listening(self) -> dict[Feed[V], asyncio.AbstractEventLoop]:
        with self._lock:
            if not self._open:
                self._is_looking = False
                self._shown = {}
            return dict(self._open)

    def _publish(self, feeds: Iterable[Feed[V]], looked: Looked[V]) -> None:
        events: dict[tuple[str, ...], bytes] = {}
        self._shown = {kind: self._next(kind, page, events) for kind, page in looked.pages.items()}
        kinds = looked.kinds
        self._tell((feed, self._shown[kinds[feed.viewer]] if feed.viewer in kinds else None) for feed in feeds)

    def _next(self, kind: Hashable, sections: Sequence[Section], events: dict[tuple[str, ...], bytes]) -> Shown:
        """What this kind of viewer is shown now; the same as before if nothing changed."""
        before = self._shown.get(kind)
        if before is None:
            return Shown(next(self._serials), 0, sections, b"")
        changed = changes(before.sections, sections)
        if not changed:
            return before
        told = tuple(changed.values())
        if told not in events:
            events[told] = event(changed)
        return Shown(next(self._serials), before.serial, sections, events[told])

    def _tell(self, told: Iterable[tuple[Feed[V], Shown | None]]) -> None:
        """Without `Shown` a stream ends."""
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Feed[V], Shown | None]]] = {}
        with self._lock:
            for feed, shown in told:
                if (loop := self._open.get(feed)) is not None:
                    by_loop.setdefault(loop, []).append((feed, shown))
        for loop, each in by_loop.items():
            with suppress(RuntimeError):  # the front has ended
                loop.call_soon_threadsafe(_deliver, each)


def _deliver(told: Sequence[tuple[Feed[V], Shown | None]]) -> None:
    for feed, shown in told:
        if shown is None:
            feed.end()
        else:
            feed.show(shown)
