"""Answers that go on: no thread is held, there are only so many, and an end on either side is an end on both."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ringback import certificates
from ringback.certificates import CertificateFiles
from tests.support.front import RunningFront
from tests.support.stream import Stream
from web.front import FrontLimits
from web.streaming import hand_over

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Until = Callable[..., object]


class Words:
    """Says "hello", then what it is told to, until it is ended."""

    def __init__(self, source: str, size: int) -> None:
        self.source, self._size = source, size
        self._over = asyncio.Event()
        self.is_left = threading.Event()

    async def parts(self) -> AsyncIterator[bytes]:
        try:
            yield b"data: hello\n\n"
            while self._size and not self._over.is_set():
                yield b"x" * self._size
            await self._over.wait()
            yield b"data: bye\n\n"
        finally:
            self.is_left.set()

    def end(self) -> None:
        self._over.set()


class Pages:
    """An application whose /words go on, and which says elsewhere that it is there."""

    def __init__(self) -> None:
        self.given: list[Words] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/page":
            start_response("200 OK", [("Content-Length", "4")])
            return [b"page"]
        words = Words(environ.get("HTTP_X_FROM", environ["REMOTE_ADDR"]), 65536 if path == "/endless" else 0)
        assert hand_over(environ, words)
        self.given.append(words)
        status = "500 No" if path == "/fails" else "200 OK"
        start_response(status, [("Content-Type", "text/event-stream"), ("X-Kept", "yes")])
        return [b"never sent"]


@contextmanager
def running(**limits: Any) -> Iterator[tuple[RunningFront, Pages]]:
    pages = Pages()
    front = RunningFront(pages, limits=FrontLimits(**limits), threads=1)
    try:
        yield front, pages
    finally:
        front.end()


def test_answers_that_go_on_hold_no_thread() -> None:
    with running() as (front, _), ExitStack() as held:
        for _ in range(50):
            stream = held.enter_context(Stream(front.port, "/words"))
            assert (stream.status, stream.headers["X-Kept"], stream.line()) == (200, "yes", "data: hello")
            assert "Content-Length" not in stream.headers
        status, said, _ = front.get("/page")
        assert (status, said) == (200, b"page")


def test_one_that_ends_ends_the_answer_and_the_connection_goes_on() -> None:
    with running() as (front, pages), Stream(front.port, "/words") as stream:
        assert stream.line() == "data: hello"
        front.call(pages.given[0].end)
        assert stream.line() == "data: bye"
        assert stream.line() == ""
        assert pages.given[0].is_left.wait(10)


def test_a_browser_that_goes_ends_it() -> None:
    with running() as (front, pages):
        with Stream(front.port, "/words") as stream:
            assert stream.line() == "data: hello"
        assert pages.given[0].is_left.wait(10)


def test_they_go_on_over_tls_too(tmp_path: Path) -> None:
    certificates.make(tmp_path, ["localhost"], certificates.utc_now())
    files, pages = CertificateFiles(tmp_path / "server.pem", tmp_path / "server.key"), Pages()
    front = RunningFront(pages, threads=1, context=files.context())
    trusting = ssl.create_default_context(cafile=str(tmp_path / "authority.pem"))
    try:
        with trusting.wrap_socket(front.connect(), server_hostname="localhost") as browser:
            browser.sendall(b"GET /words HTTP/1.1\r\nHost: localhost\r\n\r\n")
            said = b""
            while b"data: hello" not in said:
                said += browser.recv(65536)
            front.call(pages.given[0].end)
            while b"data: bye" not in said:
                said += browser.recv(65536)
        assert pages.given[0].is_left.wait(10)
    finally:
        front.end()


def test_an_old_browser_is_told_by_the_end_of_the_connection() -> None:
    with running() as (front, pages), front.connect() as old:
        old.sendall(b"GET /words HTTP/1.0\r\n\r\n")
        said = b""
        while b"hello" not in said:
            said += old.recv(65536)
        assert b"chunked" not in said
        front.call(pages.given[0].end)
        while part := old.recv(65536):
            said += part
        assert said.endswith(b"data: hello\n\ndata: bye\n\n")


def test_one_who_takes_nothing_is_dropped() -> None:
    with running(stalled_seconds=0.3) as (front, pages), front.connect() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        deaf.recv(100)
        assert pages.given[0].is_left.wait(10)


def test_there_are_only_so_many_of_an_address_and_in_all(until: Until) -> None:
    with running(streams=3, streams_of_address=2) as (front, pages), ExitStack() as held:

        def stream(source: str) -> Stream:
            return held.enter_context(Stream(front.port, "/words", X_From=source))

        first = stream("a")
        assert (first.status, stream("a").status) == (200, 200)
        refused = stream("a")
        assert (refused.status, refused.headers["Retry-After"], refused.headers["X-Kept"]) == (503, "60", "yes")
        assert refused.headers["Content-Type"] is None
        assert stream("127.0.0.1").status == 200
        assert stream("c").status == 503, "three in all"
        assert front.get("/page")[0] == 200
        first.close()
        assert pages.given[0].is_left.wait(10)
        assert until(lambda: stream("a").status == 200), "there is room again"


def test_a_proxy_that_does_not_say_for_whom_it_asks_stands_for_many() -> None:
    with running(streams=3, streams_of_address=1) as (front, _), ExitStack() as held:
        found = [held.enter_context(Stream(front.port, "/words", X_From="127.0.0.1")).status for _ in range(4)]
        assert found == [200, 200, 200, 503]


def test_a_page_that_fails_after_all_is_answered_as_it_says() -> None:
    with running(streams=1) as (front, pages):
        status, said, _ = front.get("/fails")
        assert (status, said) == (500, b"never sent")
        with Stream(front.port, "/words") as stream:
            assert stream.status == 200, "no place is taken by it"
        assert not pages.given[0].is_left.is_set()


def test_all_end_with_the_front() -> None:
    with running() as (front, pages), Stream(front.port, "/words") as stream:
        stream.line()
        front.end()
        assert pages.given[0].is_left.wait(10)
        with pytest.raises((ConnectionError, AssertionError, OSError, ValueError)):
            assert stream.line() != ""


def test_whoever_comes_while_the_front_ends_is_refused_at_once(until: Until) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def slow(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        asked.set()
        may_answer.wait(10)
        start_response("200 OK", [])
        return [b""]

    front = RunningFront(slow)
    with front.connect() as browser:
        browser.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert asked.wait(10)
        ending = threading.Thread(target=front.end)
        ending.start()

        def is_refused() -> bool:
            try:
                front.connect().close()
            except ConnectionError:
                return True
            return False

        assert until(is_refused) and ending.is_alive(), "the page is still being answered"
        may_answer.set()
        ending.join(10)


def test_a_server_that_is_none_of_ours_cannot_go_on() -> None:
    assert not hand_over({}, Words("", 0))
    assert not hand_over({"asgi.scope": {}}, Words("", 0))
