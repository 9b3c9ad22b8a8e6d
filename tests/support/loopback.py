"""What the servers of tests on the loopback have in common: a thread, a port, and connections that may be cut off."""

import socket
import socketserver
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Self


class LoopbackServer(ABC):
    """Serves while it is entered; who makes one says how a request is answered."""

    connections = 0
    """That were ever made."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        """0: one that is free."""

    def __enter__(self) -> Self:
        outer = self

        class _Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.connections += 1
                while outer.answer_one(self.rfile, self.connection):
                    pass

        class _Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 256

            def handle_error(self, *_args: object) -> None:
                """Whoever asks may go away at any moment."""

        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @abstractmethod
    def answer_one(self, source: Any, connection: socket.socket) -> bool:
        """Reads a request and answers it; whether another may follow on the connection."""
