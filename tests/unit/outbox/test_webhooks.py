"""Webhooks: signed as Standard Webhooks says, and what hostile, broken and hanging systems make of them."""

import asyncio
import base64
import json
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import pytest
import standardwebhooks

from outbox.outside import OutsideHttp, PrivateAddress, is_private
from outbox.receivers import Delivered, DeliveryResult, Gone, Later, Outgoing, Refused
from outbox.remarks import remarks
from outbox.signatures import headers, key_of
from outbox.webhooks import MOST_BYTES, WebhookReceiver, body_of, retry_after
from ringback.config import Settings, Webhook
from ringback.secrets import load_or_create, new_webhook_secret, set_named
from ringback.store.base import utcnow
from tests.support.beside_system import Behaviour, drips, head, says
from tests.support.hooks import HookServer

SECRET, OTHER = new_webhook_secret(), new_webhook_secret()
EVENT = Outgoing(UUID(int=7), "ticket.changed", "ticket:12", utcnow(), {"ticket": 12, "status": "решено"})


def deliver(url: str, event: Outgoing = EVENT, secret: str = SECRET, **wanted: Any) -> DeliveryResult:
    webhook = Webhook.model_validate({"url": url, "allow_private": True, "seconds": 2, **wanted})

    async def once() -> DeliveryResult:
        receiver = WebhookReceiver("crm", webhook, lambda name: secret if name == "crm" else "")
        try:
            return await receiver.deliver(event)
        finally:
            await receiver.close()

    return asyncio.run(once())


# what is sent


def test_the_library_of_standard_webhooks_reads_what_is_sent() -> None:
    with HookServer() as server:
        assert deliver(server.url) == Delivered()
    (told,) = server.told
    read = standardwebhooks.Webhook(SECRET).verify(told.body, told.headers)
    assert read == {"type": "ticket.changed", "timestamp": EVENT.at.isoformat(), "data": EVENT.body}
    assert told.headers["webhook-id"] == str(EVENT.id)
    assert "решено" in told.body.decode()
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(OTHER).verify(told.body, told.headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(told.body.replace(b"12", b"13"), told.headers)


def test_while_a_secret_is_replaced_either_proves_the_message() -> None:
    with HookServer() as server:
        assert deliver(server.url, secret=f"{OTHER} {SECRET}") == Delivered()
    (told,) = server.told
    for secret in (SECRET, OTHER):
        assert standardwebhooks.Webhook(secret).verify(told.body, told.headers)["data"] == EVENT.body


def test_the_signature_of_the_specification() -> None:
    """The example of the specification's own test suite."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert key is not None
    made = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [key])
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_é", "x y"]
)
def test_without_a_secret_nothing_is_sent(secret: str) -> None:
    with HookServer() as server:
        result = deliver(server.url, secret=secret)
    assert isinstance(result, Later)
    assert "no secret for crm" in str(result.why)
    assert server.told == []


def test_a_body_that_is_too_large_is_refused_and_broken_characters_are_sent() -> None:
    large = Outgoing(EVENT.id, "x", "x", EVENT.at, {"text": "x" * MOST_BYTES})
    assert isinstance(deliver("http://127.0.0.1:9/", large), Refused)
    broken = Outgoing(EVENT.id, "x", "x", EVENT.at, {"name": "\ud800<img src=x onerror=alert(1)>\0"})
    assert json.loads(body_of(broken))["data"] == {"name": "?<img src=x onerror=alert(1)>\0"}


# what is answered


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_status_of_success_is_one(status: int) -> None:
    with HookServer(lambda _told: status) as server:
        assert deliver(server.url) == Delivered()


@pytest.mark.parametrize(
    ("status", "more", "seconds", "eases"),
    [
        (500, [], None, False),
        (400, [], None, False),
        (404, [], None, False),
        (429, [], None, True),
        (503, ["Retry-After: 120"], 120.0, True),
        (503, ["Retry-After: soon"], None, True),
        (504, [], None, True),
    ],
)
def test_what_failed_is_tried_later(status: int, more: list[str], seconds: float | None, eases: bool) -> None:
    with HookServer(lambda _told: status) as server:
        server.more_headers = more
        result = deliver(server.url)
    assert isinstance(result, Later)
    assert (result.seconds, result.eases, str(status) in str(result.why)) == (seconds, eases, True)


def test_gone_disables_and_a_redirect_is_not_followed() -> None:
    with HookServer(lambda _told: 410) as server:
        assert isinstance(deliver(server.url), Gone)
    with HookServer() as inside, HookServer(lambda _told: 307) as server:
        server.more_headers = [f"Location: {inside.url}"]
        result = deliver(server.url)
        assert inside.told == []
    assert isinstance(result, Later)
    assert "redirect (307)" in str(result.why)


NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        (format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True), 90.0),
        (format_datetime(datetime.fromtimestamp(NOW - 90, UTC), usegmt=True), 0.0),
        ("", None),
        ("-5", None),
        ("9" * 400, None),
        ("²", None),
        ("Mon, 99 Foo 0000 99:99:99 GMT", None),
    ],
)
def test_how_long_it_wants_to_be_left_alone(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def endless(connection: socket.socket) -> None:
    """Ten gigabytes, for as long as anybody reads them."""
    connection.sendall(head(200, f"Content-Length: {10 << 30}"))
    for _ in range(10 << 14):
        connection.sendall(b"x" * 65536)


def hangs(connection: socket.socket) -> None:
    """Takes the message and says nothing until the other side goes."""
    connection.recv(1)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (endless, Delivered),
        (hangs, Later),
        (says(b"not HTTP at all"), Delivered),
        (lambda connection: connection.sendall(b"220 mail.example ESMTP\r\n"), Later),
        (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000), Later),
        (lambda connection: connection.sendall(b"HTTP/1.1 700 What\r\nContent-Length: 0\r\n\r\n"), Later),
        (lambda connection: connection.close(), Later),
    ],
)
def test_an_answer_of_any_kind_ends_in_time(answer: Behaviour, expected: type, until: Callable[..., Any]) -> None:
    before = utcnow()
    with HookServer(lambda _told: answer) as server:
        assert isinstance(deliver(server.url, seconds=1), expected)
    assert utcnow() - before < timedelta(seconds=6)


def test_a_head_that_drips_is_no_answer_and_a_body_that_drips_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("outbox.outside.BODY_SECONDS", 0.2)
    enough = threading.Event()
    with HookServer(lambda _told: drips(head(200, "Content-Length: 0"), 0.3, enough)) as server:
        assert isinstance(deliver(server.url, seconds=1), Later)
        enough.set()

    def slow_body(connection: socket.socket) -> None:
        connection.sendall(head(200, "Content-Length: 100000"))
        drips(b"x" * 1000, 0.05, done)(connection)

    done = threading.Event()
    with HookServer(lambda _told: slow_body) as server:
        assert deliver(server.url) == Delivered(), "the status says how it went"
        done.set()


def test_nobody_there_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    result = deliver(f"http://127.0.0.1:{port}/")
    assert isinstance(result, Later)
    assert str(result.why).startswith("it cannot be reached: ")
    assert isinstance(deliver("http://no-such-host.invalid/"), Later)


# where it leads


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.1.1",
    "172.16.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "2002:0a00:0001::",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "192.0.2.1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_of_the_internet(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet(address: str) -> None:
    assert not is_private(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_a_private_address_is_refused_in_whatever_way_it_is_written(host: str) -> None:
    with HookServer() as server:
        result = deliver(f"http://{host}:{server.port}/", allow_private=False)
        assert server.told == []
    assert isinstance(result, Later)
    said = str(result.why)
    assert "private network" in said or "InvalidUrl" in said, "some ways are no address to the library either"


def test_a_name_that_leads_elsewhere_the_second_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: what counts is the address that is connected to."""
    with HookServer() as server:
        answers = iter(["93.184.215.14", "127.0.0.1"])

        def resolve(_host: str, port: int, **_more: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        assert not is_private(socket.getaddrinfo("evil.example", 80)[0][4][0]), "whoever looked before saw this"

        async def ask() -> None:
            http = OutsideHttp(allow_private=False, at_once=1)
            try:
                await http.request("POST", f"http://evil.example:{server.port}/", seconds=2, headers={}, body=b"{}")
            finally:
                await http.close()

        with pytest.raises(PrivateAddress):
            asyncio.run(ask())
        assert server.told == []


# settings


def read(webhook: dict[str, Any]) -> Settings:
    return Settings.model_validate({"webhooks": {"crm": {"url": "https://crm.example/hooks", **webhook}}})


def test_settings_name_what_is_told() -> None:
    settings = read({"events": ["ticket.*", "call.ended"]})
    receiver = WebhookReceiver("crm", settings.webhooks["crm"], lambda _name: SECRET)
    assert (receiver.name, receiver.wants("ticket.note"), receiver.wants("call.ended")) == ("webhook:crm", True, True)
    assert not receiver.wants("call.arrived")
    assert settings.tells_others
    assert not Settings().tells_others


@pytest.mark.parametrize(
    ("webhook", "words"),
    [
        ({"events": ["ticket.change"]}, "No event is of the kind ticket.change"),
        ({"events": []}, "at least 1"),
        ({"url": "https://user:pass@crm.example/"}, "should match pattern"),
        ({"url": "ftp://crm.example/"}, "should match pattern"),
        ({"url": "https://crm.example/#part"}, "should match pattern"),
        ({"at_once": 0}, "greater than or equal to 1"),
        ({"secret": "whsec_x"}, "Extra inputs"),
    ],
)
def test_what_settings_refuse(webhook: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(webhook)


def test_secrets_are_random_bytes_of_a_good_length() -> None:
    made = {new_webhook_secret() for _ in range(20)}
    assert len(made) == 20
    assert {len(base64.b64decode(each.removeprefix("whsec_"))) for each in made} == {32}
    assert all(key_of(each) for each in made)


def said(settings: Settings) -> list[tuple[str, str, str]]:
    return [(each.setting, each.level, each.what.code) for each in remarks(settings)]


@pytest.mark.parametrize(
    ("url", "allowed", "code"),
    [
        ("https://crm.example/hooks", False, None),
        ("http://crm.example/hooks", False, "outbox.in_the_clear"),
        ("https://10.0.0.5/hooks", False, "outbox.private"),
        ("http://localhost:8080/", False, "outbox.private"),
        ("http://[::1]/", False, "outbox.private"),
        ("http://127.0.0.1:8080/", True, None),
    ],
)
def test_check_says_what_would_be_refused(settings: Settings, url: str, allowed: bool, code: str | None) -> None:
    made = read({"url": url, "allow_private": allowed}).model_copy(update={"data": settings.data})
    assert [each for _, _, each in said(made)] == ([code] if code else [])


def test_check_says_that_a_secret_is_none(settings: Settings) -> None:
    made = read({}).model_copy(update={"data": settings.data})
    assert said(made) == [], "it is made with the next start"
    load_or_create(made)
    assert said(made) == []
    set_named(made, "webhook_secrets", "crm", "whsec_short")
    assert said(made) == [("webhooks.crm", "error", "outbox.no_secret")]
