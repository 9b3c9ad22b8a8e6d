"""A system of an owner's on the loopback, which answers for numbers as a test says: well, slowly, or with anything."""

import json
import socket
import threading
from collections.abc import Callable
from typing import Any

from tests.support.loopback import LoopbackServer

Behaviour = Callable[[socket.socket], object]
"""Answers on the connection as it likes, and then closes it."""


class BesideServer(LoopbackServer):
    """`answers` has, by number, a JSON object, a status, or a Behaviour; other numbers are unknown (404)."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.answers: dict[str, dict[str, Any] | int | Behaviour] = {}
        self.asked: list[str] = []
        """The numbers, in order."""
        self.headers: dict[str, str] = {}
        """Of the last request, names in small letters."""
        self.most_at_once = 0
        """Requests that were being answered at the same time."""
        self._now = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/orders/{{value}}?from=phone"

    def answer_one(self, source: Any, connection: socket.socket) -> bool:
        """Whether another request may follow on the connection."""
        first = source.readline().decode()
        if not first:
            return False
        number = first.split()[1].removeprefix("/orders/").partition("?")[0]
        lines = iter(lambda: source.readline().decode().strip(), "")
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        answer = self.answers.get(number, 404)
        with self._lock:
            self.asked.append(number)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            if callable(answer):
                answer(connection)
                return False
            status, body = (answer, b"") if isinstance(answer, int) else (200, json.dumps(answer).encode())
            connection.sendall(head(status, f"Content-Length: {len(body)}") + body)
            return True
        finally:
            with self._lock:
                self._now -= 1


def head(status: int = 200, *lines: str) -> bytes:
    """How an answer begins."""
    return "\r\n".join([f"HTTP/1.1 {status} Said", "Content-Type: application/json", *lines, "", ""]).encode()


def says(body: bytes, *lines: str) -> Behaviour:
    """Bytes that may be no JSON at all."""
    return lambda connection: connection.sendall(head(200, f"Content-Length: {len(body)}", *lines) + body)


def drips(text: bytes, seconds: float, until: threading.Event) -> Behaviour:
    """One byte after another, until the test has seen enough."""

    def behave(connection: socket.socket) -> None:
        for at in range(len(text)):
            connection.sendall(text[at : at + 1])
            if until.wait(seconds):
                return

    return behave


def late(body: dict[str, Any], seconds: float) -> Behaviour:
    """The answer after a while."""

    def behave(connection: socket.socket) -> None:
        threading.Event().wait(seconds)
        says(json.dumps(body).encode())(connection)

    return behave
