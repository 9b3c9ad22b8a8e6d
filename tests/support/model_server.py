"""A server on the loopback that speaks the protocol of OpenAI, as far as a test wants it to."""

import json
import socket
from collections.abc import Callable
from typing import Any

from tests.support.loopback import LoopbackServer

Behaviour = Callable[[socket.socket], object]
"""Answers on the connection as it likes."""


class ModelServer(LoopbackServer):
    """`answer` is what it does with each request."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: Behaviour = answering({})
        self.asked: list[dict[str, Any]] = []
        """The bodies, in order."""
        self.path = ""
        self.headers: dict[str, str] = {}
        """Of the last request, names in small letters."""

    def answer_one(self, source: Any, connection: socket.socket) -> bool:
        self.path = source.readline().decode().split()[1]
        lines = iter(lambda: source.readline().decode().strip(), "")
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        self.asked.append(json.loads(source.read(int(self.headers["content-length"]))))
        self.answer(connection)
        return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


def answering(told: object) -> Behaviour:
    """What a model says, as JSON in its message."""
    body = json.dumps({"choices": [{"message": {"role": "assistant", "content": json.dumps(told)}}]}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return lambda connection: connection.sendall(head + body)
