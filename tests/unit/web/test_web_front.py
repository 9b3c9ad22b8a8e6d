"""The front of the pages against slow, large and many: real sockets, and an application of a few lines behind it."""

import json
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ringback import certificates
from ringback.certificates import CertificateFiles
from ringback.config import Settings, Web
from tests.support.front import RunningFront
from web.front import FrontLimits
from web.shown_certificate import ShownCertificate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Until = Callable[..., object]
BIG = b"x" * 400_000


def pages(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Says what it was asked."""
    start_response("200 OK", [("Content-Type", "application/json")])
    if environ["PATH_INFO"] == "/big":
        return [BIG]
    if environ["PATH_INFO"] == "/endless":
        return (BIG for _ in range(1000))
    body = environ["wsgi.input"].read()
    said = {name: value for name, value in environ.items() if isinstance(value, str)}
    return [json.dumps({**said, "body": len(body)}).encode()]


@contextmanager
def running(threads: int = 2, context: Any = None, **limits: Any) -> Iterator[RunningFront]:
    front = RunningFront(pages, limits=FrontLimits(**limits), threads=threads, context=context)
    try:
        yield front
    finally:
        front.end()


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side ended it; waits for what there is to read."""
    try:
        return connection.recv(65536) == b""
    except ConnectionError:
        return True


HALF = [
    b"",
    b"GET / HTTP/1.1\r\nHost: x\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nname=",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n",
]


def test_three_hundred_slow_connections_keep_nobody_waiting() -> None:
    with running(threads=1) as front, ExitStack() as held:
        for number in range(300):
            slow = held.enter_context(front.connect())
            slow.sendall(HALF[number % len(HALF)])
        for _ in range(3):
            status, _, seconds = front.get()
            assert (status, seconds < 2) == (200, True), seconds


@pytest.mark.parametrize("begins", HALF)
def test_a_request_that_does_not_get_finished_ends(begins: bytes) -> None:
    with running(request_seconds=0.3) as front, front.connect() as slow:
        slow.sendall(begins)
        assert is_closed(slow)


def test_a_byte_now_and_then_is_no_way_to_stay(until: Until) -> None:
    with running(request_seconds=0.5, idle_seconds=5) as front, front.connect() as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")  # the second request is held to the same time as the first
        slow.recv(65536)

        def drips() -> bool:
            try:
                slow.sendall(b"X")
            except ConnectionError:
                return True
            return False

        assert until(drips, 8), "the connection is closed while its bytes still drip"


def test_where_all_places_are_taken_the_longest_waiting_gives_its_own_up() -> None:
    with running(connections=10) as front, ExitStack() as held:
        slow = [held.enter_context(front.connect()) for _ in range(10)]
        status, _, _ = front.get()
        assert status == 200
        assert is_closed(slow[0])


def test_one_address_has_only_so_many_and_takes_none_from_others() -> None:
    with running(of_address=3) as front, ExitStack() as held:
        other = held.enter_context(front.connect("127.0.0.3"))
        slow = [held.enter_context(front.connect("127.0.0.2")) for _ in range(3)]
        assert front.get(address="127.0.0.2")[0] == 200
        assert is_closed(slow[0])
        other.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert other.recv(65536).startswith(b"HTTP/1.1 200")
        for _ in range(8):  # a proxy of ours stands for many
            held.enter_context(front.connect()).sendall(HALF[1])
        assert front.get()[0] == 200


@pytest.mark.parametrize("length", [65_537, 50_000_000])
def test_a_body_that_is_too_large_is_not_read(length: int) -> None:
    with running() as front, front.connect() as sender:
        sender.sendall(f"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        if length < 1_000_000:
            sender.sendall(b"x" * length)
        answer = b""
        while part := sender.recv(65536):
            answer += part
        said = json.loads(
            answer.partition(b"\r\n\r\n")[2].split(b"\r\n")[1]
            if b"chunked" in answer
            else answer.partition(b"\r\n\r\n")[2]
        )
        assert (said["body"], said["CONTENT_LENGTH"]) == (0, str(length)), "the application says what is wrong"


def test_a_body_without_a_length_is_bounded_too() -> None:
    with running() as front, front.connect() as sender:
        sender.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(OSError):  # noqa: PT012 - whichever chunk it is
            for _ in range(400):
                sender.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            sender.sendall(b"0\r\n\r\n")
            if is_closed(sender) or is_closed(sender):
                raise OSError


def test_a_whole_body_arrives_however_it_was_cut() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    with running() as front, front.connect() as sender:
        for part in (head, b"\r\n3\r\nabc\r\n", b"4\r\ndefg\r\n", b"0\r\n\r\n"):
            sender.sendall(part)
        answer = sender.recv(65536)
        while b'"body": 7' not in answer:
            answer += sender.recv(65536)
        assert b'"CONTENT_LENGTH": "7"' in answer


def test_answers_that_nobody_takes_keep_no_thread() -> None:
    with running(threads=1) as front, ExitStack() as held:
        for _ in range(5):
            deaf = held.enter_context(front.connect())
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        assert front.get()[0] == 200


def test_an_endless_answer_that_nobody_takes_gives_its_thread_back() -> None:
    with running(threads=1, stalled_seconds=0.3) as front, front.connect() as deaf:
        deaf.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        assert deaf.recv(100).startswith(b"HTTP/1.1 200")
        assert front.get()[0] == 200


def test_headers_that_would_pass_for_those_of_a_proxy_are_dropped() -> None:
    with running() as front:
        _, said, _ = front.get(**{"X_Forwarded_For": "1.2.3.4", "X-Kept": "yes"})
        assert "HTTP_X_FORWARDED_FOR" not in said
        assert said["HTTP_X_KEPT"] == "yes"


def test_several_requests_of_one_connection_are_answered_in_order() -> None:
    with running() as front, front.connect() as browser:
        browser.sendall(b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while part := browser.recv(65536):
            answer += part
        assert answer.count(b"HTTP/1.1 200") == 2
        assert answer.index(b'"/1"') < answer.index(b'"/2"')
        assert b"\r\nserver:" not in answer.lower() and b"\r\ndate:" in answer.lower()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> CertificateFiles:
    where = tmp_path_factory.mktemp("tls")
    certificates.make(where, ["localhost", "127.0.0.1"], certificates.utc_now())
    return CertificateFiles(where / "server.pem", where / "server.key")


def trusting(certificate: CertificateFiles) -> ssl.SSLContext:
    """A browser that was told of the authority."""
    return ssl.create_default_context(cafile=str(certificate.certificate.with_name("authority.pem")))


def test_pages_are_served_encrypted_to_who_trusts_the_authority(certificate: CertificateFiles) -> None:
    with running(context=certificate.context()) as front:
        trusts = trusting(certificate)
        with trusts.wrap_socket(front.connect(), server_hostname="localhost") as browser:
            browser.sendall(b"GET /1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b""
            while part := browser.recv(65536):
                answer += part
            assert b"200 OK" in answer and b'"wsgi.url_scheme": "https"' in answer
            assert browser.version() in ("TLSv1.2", "TLSv1.3")
        with front.connect() as stranger, pytest.raises(ssl.SSLCertVerificationError):
            ssl.create_default_context().wrap_socket(stranger, server_hostname="localhost")


def test_a_request_that_comes_with_the_end_of_the_handshake_is_answered(certificate: CertificateFiles) -> None:
    with running(context=certificate.context()) as front, front.connect() as browser:
        coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = trusting(certificate).wrap_bio(coming, going, server_hostname="localhost")
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                browser.sendall(going.read())
                coming.write(browser.recv(65536))
        tls.write(b"GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        browser.sendall(going.read())
        answer = b""
        while b'"/1"' not in answer:
            coming.write(browser.recv(65536))
            with suppress(ssl.SSLWantReadError):
                while part := tls.read(65536):
                    answer += part
        assert answer.startswith(b"HTTP/1.1 200")


def test_handshakes_that_do_not_come_are_counted_and_end(certificate: CertificateFiles) -> None:
    limits = {"connections": 10, "handshake_seconds": 0.5}
    with running(context=certificate.context(), **limits) as front, ExitStack() as held:
        silent = [held.enter_context(front.connect()) for _ in range(10)]
        plain = held.enter_context(front.connect())
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        with trusting(certificate).wrap_socket(front.connect(), server_hostname="localhost") as browser:
            browser.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert browser.recv(65536).startswith(b"HTTP/1.1 200")
        assert is_closed(silent[0]), "it made room"
        assert is_closed(silent[9]), "its time was over"
        assert is_closed(plain) or is_closed(plain), "an alert at most"


def test_a_certificate_that_has_changed_is_shown_to_who_comes_then(tmp_path: Path) -> None:
    settings, now = Settings(data=tmp_path, web=Web(https=True)), certificates.utc_now()
    certificates.ensure(settings, now)
    shown = ShownCertificate(settings)
    with running(context=shown.context) as front:
        before = ssl.get_server_certificate(("127.0.0.1", front.port))
        certificates.make(certificates.folder(settings), certificates.names_of(settings), now, anew=True)
        shown.look()
        after = ssl.get_server_certificate(("127.0.0.1", front.port))
        assert after != before
        certificates.files_of(settings).key.write_text("broken")
        shown.look()
        assert ssl.get_server_certificate(("127.0.0.1", front.port)) == after, "what cannot be read changes nothing"


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nA: " + b"b" * 70_000]
)
def test_what_is_no_request_is_answered_with_400_and_ends(sent: bytes) -> None:
    with running() as front, front.connect() as stranger:
        stranger.sendall(sent)
        assert stranger.recv(65536).startswith(b"HTTP/1.1 400")
