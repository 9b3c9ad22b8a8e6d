"""A server on the loopback that speaks the protocol of OpenAI, as far as a test wants it to."""

import json
import socket
import socketserver
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

Behaviour = Callable[[socket.socket], object]
"""Answers on the connection as it likes."""


class ModelServer:
    """`answer` is what it does with each request."""

    def __init__(self) -> None:
        self.answer: Behaviour = answering({})
        self.asked: list[dict[str, Any]] = []
        """The bodies, in order."""
        self.path = ""
        self.headers: dict[str, str] = {}
        """Of the last request, names in small letters."""

    def __enter__(self) -> "ModelServer":
        outer = self

        class _Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.path = self.rfile.readline().decode().split()[1]
                lines = iter(lambda: self.rfile.readline().decode().strip(), "")
                outer.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
                outer.asked.append(json.loads(self.rfile.read(int(outer.headers["content-length"]))))
                outer.answer(self.connection)

        class _Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_args: object) -> None:
                """Whoever asks may go away at any moment."""

        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"


def answering(told: object) -> Behaviour:
    """What a model says, as JSON in its message."""
    body = json.dumps({"choices": [{"message": {"role": "assistant", "content": json.dumps(told)}}]}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return lambda connection: connection.sendall(head + body)
