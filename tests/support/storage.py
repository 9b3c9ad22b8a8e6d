"""A real S3 server (moto's) on loopback, with a door that can be watched, slowed and shut."""

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import numpy as np
from moto.server import DomainDispatcherApplication, create_backend_app
from sqlalchemy import select, update
from werkzeug.serving import make_server

from recording import service
from recording.files import sha256_of
from recording.models import Recording, RecordingUpload
from recording.uploads import Uploader
from ringback.config import Settings
from ringback.config.recordings import Recordings, StorageSettings
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from tests.support.recordings import CALL_ID, Sessions, add_call, noise, put_raw, row_of


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
    storage = StorageSettings(
        url=url, endpoint_url=endpoint, region="us-east-1" if endpoint else "", part_mb=5, **options
    )
    return settings.model_copy(update={"recording": Recordings(storage=storage, yellow="0 GB", red="0 GB")})


PART = 5 << 20


def finished(store: Sessions, settings: Settings, seconds: float = 5.0) -> Recording:
    put_raw(settings, noise(seconds).tobytes())
    add_call(store, seconds)
    assert service.finish(store, settings, CALL_ID) == "stored"
    return row_of(store)


def large(store: Sessions, settings: Settings, size: int) -> Recording:
    """A finished recording of `size` bytes: to the storage, bytes are bytes."""
    add_call(store, 5.0)
    path = settings.recordings / f"2026/03/01/{CALL_ID}.flac"
    path.parent.mkdir(parents=True)
    path.write_bytes(np.random.default_rng(2).bytes(size))
    with store() as session, session.begin():
        session.add(
            Recording(
                call_id=CALL_ID, state="stored", path=f"2026/03/01/{CALL_ID}.flac", size=size,
                sha256=sha256_of(path, lambda: None),
            )
        )  # fmt: skip
    return row_of(store)


def due(store: Sessions, uploader: Uploader) -> list[str]:
    with store() as session:
        return uploader.due(session, False)


def upload_row(store: Sessions) -> RecordingUpload | None:
    with store() as session:
        return session.scalars(select(RecordingUpload)).one_or_none()


def again_at_once(store: Sessions) -> None:
    with store() as session, session.begin():
        session.execute(update(RecordingUpload).values(lease_until=utcnow()))


def standing(store: Sessions) -> dict[str, Alarm]:
    with store() as session:
        return {row.kind: row for row in session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None)))}


UPLOAD = """
import sys, yaml
from pathlib import Path
from recording.uploads import Uploader
from ringback.config import Settings
from ringback.store.engine import open_store, sessions
from ringback.store.schema import metadata
metadata()
settings = Settings.model_validate_json(sys.stdin.read())
Uploader(sessions(open_store(settings.store_url)), settings).upload(sys.argv[1])
"""


def start_upload(settings: Settings) -> subprocess.Popen[bytes]:
    child = subprocess.Popen([sys.executable, "-c", UPLOAD, CALL_ID], stdin=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.write(settings.model_dump_json().encode())
    child.stdin.close()
    return child


def kill_at(s3: S3Server, settings: Settings, moment: Callable[[str, str], bool]) -> None:
    """A sender that is killed while the storage has one of its requests in its hands."""
    s3.open_door()
    s3.stop_at = moment
    child = start_upload(settings)
    assert s3.stopped.wait(60)
    child.kill()
    child.wait()
    s3.go.set()


def fail_at_part(s3: S3Server, uploader: Uploader, number: int) -> None:
    """A sender whom the storage leaves alone at one of the parts."""
    s3.refuse, s3.refuse_at = HTTPStatus.SERVICE_UNAVAILABLE, lambda _method, path: f"partNumber={number}" in path
    assert uploader.upload(CALL_ID) is None
    s3.open_door()
