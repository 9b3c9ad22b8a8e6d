"""A real S3 server (moto's) on loopback, with a door that can be watched, slowed and shut."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from ringback.config import Settings
from ringback.config.recordings import Recordings, Storage


class S3Server:
    """Notes what is asked of it. Requests of `stop_at` wait until `go`; those of `refuse_at` get status `refuse`."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._door, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.asked: list[tuple[str, str]] = []
        """(method, path with its query) of each request."""
        self.refuse: HTTPStatus | None = None
        self.refuse_at: Callable[[str, str], bool] = _always
        self.stop_at: Callable[[str, str], bool] = _never
        self.stopped, self.go = threading.Event(), threading.Event()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def run(self) -> Iterator["S3Server"]:
        self._thread.start()
        try:
            yield self
        finally:
            self.go.set()
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def bucket(self) -> str:
        """The name of a new one."""
        name = f"b{uuid4().hex}"
        urlopen(Request(f"{self.url}/{name}", method="PUT")).close()
        return name

    def open_door(self) -> None:
        """As it was at the beginning."""
        self.asked.clear()
        self.refuse, self.refuse_at, self.stop_at = None, _always, _never
        self.stopped.clear()
        self.go.clear()

    def parts(self) -> list[str]:
        """The numbers of the parts that were sent, in order."""
        return [path.split("partNumber=")[1].split("&")[0] for method, path in self.asked
                if method == "PUT" and "partNumber=" in path]  # fmt: skip

    def _door(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        path = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
        self.asked.append((method, path))
        if self.stop_at(method, path):
            self.stopped.set()
            self.go.wait(60)
        if self.refuse is not None and self.refuse_at(method, path):
            start_response(f"{self.refuse.value} {self.refuse.phrase}", [("Content-Length", "0")])
            return [b""]
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer


def _always(_method: str, _path: str) -> bool:
    return True


def _never(_method: str, _path: str) -> bool:
    return False


def stored_at(settings: Settings, url: str, endpoint: str = "", **options: Any) -> Settings:
    """`settings` with a storage, and its keys in the secrets file."""
    path = settings.data / "secrets.yaml"
    path.write_text("storage_key: key\nstorage_secret: secret\n", encoding="utf-8")
    path.chmod(0o600)
    storage = Storage(url=url, endpoint_url=endpoint, region="us-east-1" if endpoint else "", part_mb=5, **options)
    return settings.model_copy(update={"recording": Recordings(storage=storage, yellow="0 GB", red="0 GB")})
