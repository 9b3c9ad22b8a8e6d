"""The sign of life: sent while calls can be taken, and an alarm where the service does not take it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy.orm import Session, sessionmaker

from alarms.sign_of_life import TOLERATED, SignOfLife
from ringback.config import Settings
from ringback.messages import Message, message
from ringback.processes import CONTROLLER
from ringback.store.base import utcnow
from ringback.store.bus import Process
from tests.support.alarms import standing

Sessions = sessionmaker[Session]


class Watcher(ThreadingHTTPServer):
    """The service: notes what it was asked and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.status = 200
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/ping/"


class _Answers(BaseHTTPRequestHandler):
    server: Watcher

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["User-Agent"]))
        self.send_response(self.server.status)
        self.send_header("Location", "/ping/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nowhere."""


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    server = Watcher()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def sign_of(store: Sessions, settings: Settings, url: str) -> SignOfLife:
    values = {**settings.model_dump(exclude_unset=True), "alarms": {"sign_of_life": {"url": url, "minutes": 5}}}
    return SignOfLife(store, Settings.model_validate(values))


def controller(store: Sessions, trouble: Message | None = None) -> None:
    now = utcnow()
    with store.begin() as session:
        session.merge(Process(name=CONTROLLER.name, pid=1, started_at=now, beat_at=now, trouble=trouble))


def said(store: Sessions) -> list[str]:
    return [str(alarm.text) for alarm in standing(store, "life.unheard")]


def test_a_sign_goes_out_when_it_is_time_with_the_secret_in_its_address(
    sqlite_store: Sessions, settings: Settings, watcher: Watcher
) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    (settings.data / "secrets.yaml").write_text("alarm_secrets: {sign_of_life: my-code}\n")
    controller(sqlite_store)
    sign = sign_of(sqlite_store, settings, watcher.url + "{secret}")
    with sqlite_store() as session:
        (key,) = sign.due(session, False)
        sign.send(key)
        assert sign.due(session, True) == []
    assert watcher.asked == [("/ping/my-code", "Ringback")]
    assert said(sqlite_store) == []


@pytest.mark.parametrize("trouble", ["controller.no_asterisk_yet", "away"])
def test_where_no_call_can_be_taken_there_is_no_sign(
    sqlite_store: Sessions, settings: Settings, watcher: Watcher, trouble: str
) -> None:
    sign = sign_of(sqlite_store, settings, watcher.url)
    if trouble != "away":
        controller(sqlite_store, message(trouble))
    sign.send("sign_of_life")
    assert watcher.asked == []
    controller(sqlite_store, message("controller.store_slow"))
    sign.send("sign_of_life")
    assert len(watcher.asked) == 1


@pytest.mark.parametrize(("status", "why"), [(404, "404 Not Found"), (301, "301 Moved Permanently"), (500, "500")])
def test_a_service_that_does_not_take_it_is_an_alarm_until_it_does(
    sqlite_store: Sessions, settings: Settings, watcher: Watcher, status: int, why: str
) -> None:
    controller(sqlite_store)
    sign = sign_of(sqlite_store, settings, watcher.url + "my-code")
    watcher.status = status
    for _ in range(TOLERATED):
        sign.send("sign_of_life")
    assert said(sqlite_store) == []
    sign.send("sign_of_life")
    (alarm,) = said(sqlite_store)
    assert why in alarm and "my-code" not in alarm
    assert len(watcher.asked) == TOLERATED + 1, "nobody is followed elsewhere"
    watcher.status = 204
    sign.send("sign_of_life")
    assert said(sqlite_store) == []


def test_a_service_that_is_away_is_told_without_its_address(sqlite_store: Sessions, settings: Settings) -> None:
    controller(sqlite_store)
    sign = sign_of(sqlite_store, settings, "http://127.0.0.1:9/my-code")
    for _ in range(TOLERATED + 1):
        sign.send("sign_of_life")
    (alarm,) = said(sqlite_store)
    assert "Connection refused" in alarm and "my-code" not in alarm


def test_without_the_setting_nothing_is_due(sqlite_store: Sessions, settings: Settings) -> None:
    sign = SignOfLife(sqlite_store, settings)
    with sqlite_store() as session:
        assert sign.due(session, True) == []
