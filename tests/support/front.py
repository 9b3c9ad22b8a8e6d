"""The front of the pages in a thread of its own, on a free port of loopback, for tests with real sockets."""

import asyncio
import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from web.front import FrontLimits, serve

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class RunningFront:
    """It serves from the beginning until `end`."""

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        port: int = 0,
        threads: int = 2,
        limits: FrontLimits | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.port, self._opened = port, threading.Event()
        self._loop = asyncio.new_event_loop()
        serving = serve(
            app,
            "127.0.0.1",
            port,
            threads=threads,
            trusts=lambda address: address == "127.0.0.1",
            limits=limits,
            context=context,
            listening=self._listens,
        )
        self._task = self._loop.create_task(serving)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._opened.wait(10)

    def _listens(self, port: int) -> None:
        self.port = port
        self._opened.set()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            self._loop.close()

    def call(self, what: Callable[[], object]) -> None:
        """In the front's own thread."""
        self._loop.call_soon_threadsafe(what)

    def end(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)

    def connect(self, address: str = "127.0.0.1", timeout: float = 10) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout, source_address=(address, 0))

    def get(self, path: str = "/", address: str = "127.0.0.1", **headers: str) -> tuple[int, Any, float]:
        """Status, what was said, and how many seconds it took."""
        began = time.monotonic()
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10, source_address=(address, 0))
        asked.request("GET", path, headers={name.replace("__", "_"): value for name, value in headers.items()})
        answer = asked.getresponse()
        said = answer.read()
        asked.close()
        return answer.status, json.loads(said) if said.startswith(b"{") else said, time.monotonic() - began
