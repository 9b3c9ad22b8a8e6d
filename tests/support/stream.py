"""A browser's stream of server-sent events, read by a test: what comes, in the order in which it does."""

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any

PATIENCE = 15.0
"""Seconds; signs of life come more often."""


@dataclass(frozen=True)
class Told:
    """One event."""

    at: float
    parts: dict[str, str]
    """HTML by the id of the element; empty: a sign of life."""

    @property
    def html(self) -> str:
        return "".join(self.parts.values())


class Stream:
    """Open from the beginning to `close`, or as long as the server wants."""

    def __init__(self, port: int, path: str, cookie: str = "", address: str = "127.0.0.1", **headers: str) -> None:
        self._asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE, source_address=(address, 0))
        more = {"Cookie": cookie} if cookie else {}
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        self._asked.request("GET", path, headers={"Accept": "text/event-stream", **more, **said})
        self._answer = self._asked.getresponse()
        self.status, self.headers = self._answer.status, self._answer.headers

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._answer.close()
        self._asked.close()

    def line(self) -> str:
        """The next line that is not empty; an empty one: the server ended the stream."""
        while True:
            line = self._answer.readline().decode()
            if line != "\n":
                return line.rstrip("\n")

    def next(self) -> Told | None:
        """The next event; None: the server ended the stream."""
        while line := self.line():
            if line.startswith("data: "):
                told: Any = json.loads(line.removeprefix("data: "))
                return Told(told["at"], dict(told["parts"]))
        return None

    def until(self, words: str) -> Told:
        """The first event that says so; those before it are passed over."""
        deadline = time.monotonic() + PATIENCE
        while True:
            told = self.next()
            assert told is not None, f"the stream ended before it said {words!r}"
            if words in told.html:
                return told
            assert time.monotonic() < deadline, f"the stream does not say {words!r}"

    def is_ended(self) -> bool:
        """Waits until the server ends it, whatever it says before."""
        deadline = time.monotonic() + PATIENCE
        while self.next() is not None:
            if time.monotonic() > deadline:
                return False
        return True
