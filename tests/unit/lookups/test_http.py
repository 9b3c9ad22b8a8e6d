"""A system beside is asked over a real connection: well, slow, hostile, away; and by many callers at once."""

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from lookups.answers import FAILED, UNKNOWN, SystemAnswer
from lookups.errors import LookupFailed
from lookups.http import HttpAsker
from lookups.service import MOST_AT_ONCE, Systems
from ringback.config import Lookup
from ringback.messages import Message
from tests.support.beside_system import Behaviour, BesideServer, drips, head, late, says

T = TypeVar("T")
SENT = SystemAnswer("found", "sent")
SECONDS = 0.5


@pytest.fixture
def server() -> Iterator[BesideServer]:
    with BesideServer() as server:
        server.answers["4711"] = {"status": "sent"}
        yield server


def lookup(url: str, **changes: object) -> Lookup:
    given = {"url": url, "ask": "ask-order", "answers": {"sent": "order-sent"}, "seconds": SECONDS}
    return Lookup.model_validate(given | changes)


def asked(ask: Callable[[HttpAsker], Awaitable[T]]) -> T:
    async def run() -> T:
        client = HttpAsker()
        try:
            return await ask(client)
        finally:
            await client.close()

    return asyncio.run(run())


def test_an_answer_comes_over_one_connection_for_many_callers(server: BesideServer) -> None:
    async def thrice(client: HttpAsker) -> list[SystemAnswer]:
        return [await client.ask(lookup(server.url), number, "") for number in ("4711", "4712", "4711")]

    assert asked(thrice) == [SENT, UNKNOWN, SENT]
    assert (server.asked, server.connections) == (["4711", "4712", "4711"], 1)
    assert "authorization" not in server.headers


def test_the_secret_of_the_lookup_is_sent_in_its_header(server: BesideServer) -> None:
    asked(lambda client: client.ask(lookup(server.url), "4711", "s3cret"))
    assert server.headers["authorization"] == "Bearer s3cret"
    asked(lambda client: client.ask(lookup(server.url, header="X-Api-Key: {secret}"), "4711", "s3cret"))
    assert (server.headers["x-api-key"], "authorization" in server.headers) == ("s3cret", False)


def test_proxies_of_the_environment_are_not_asked(server: BesideServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert asked(lambda client: client.ask(lookup(server.url), "4711", "")) == SENT


END = threading.Event()
WHOLE = b'{"status": "sent"}'
PIECE = b"4000\r\n" + b" " * 0x4000 + b"\r\n"


def sends(*pieces: bytes) -> Behaviour:
    return lambda connection: connection.sendall(b"".join(pieces))


BAD: dict[str, tuple[Behaviour, str]] = {
    "drips its body": (drips(head(200, "Content-Length: 18") + WHOLE, 0.02, END), "lookups.late"),
    "drips its headers": (drips(head(200, *(f"X-{n}: {n}" for n in range(99))), 0.02, END), "lookups.late"),
    "says nothing": (lambda _connection: END.wait(5), "lookups.late"),
    "is late": (late({"status": "sent"}, 2 * SECONDS), "lookups.late"),
    "hangs up": (lambda connection: connection.shutdown(socket.SHUT_RDWR), "lookups.unreachable"),
    "hangs up in the middle": (sends(head(200, "Content-Length: 99"), WHOLE), "lookups.unreachable"),
    "speaks no HTTP": (sends(b"220 mail.example ESMTP\r\n" * 9), "lookups.unreachable"),
    "sends a header without end": (sends(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 10**6), "lookups.unreachable"),
    "sends a gigabyte": (sends(head(200, "Content-Length: 1000000000"), b" " * 10**6), "lookups.too_long"),
    "sends pieces without end": (sends(head(200, "Transfer-Encoding: chunked"), PIECE * 9), "lookups.too_long"),
    "packs its answer": (says(b"\x1f\x8b\x08" + b"\0" * 99, "Content-Encoding: gzip"), "lookups.no_json"),
    "sends elsewhere": (sends(head(302, "Location: http://127.0.0.1:9/", "Content-Length: 0")), "lookups.status"),
    "says garbage": (says(b"<html>"), "lookups.no_json"),
}


@pytest.mark.parametrize("how", BAD)
def test_whatever_a_server_does_the_caller_is_answered_in_time(server: BesideServer, how: str) -> None:
    server.answers["666"], code = BAD[how]
    seconds = SECONDS if code == "lookups.late" else 5.0  # a busy machine takes its time with the others
    END.clear()

    async def both(client: HttpAsker) -> tuple[str, float, SystemAnswer]:
        began = time.monotonic()
        with pytest.raises(LookupFailed) as caught:
            await client.ask(lookup(server.url, seconds=seconds), "666", "")
        took = time.monotonic() - began
        return caught.value.code, took, await client.ask(lookup(server.url, seconds=5), "4711", "")

    found, took, after = asked(both)
    END.set()
    assert (found, after) == (code, SENT), "and the next number is asked as ever"
    assert code != "lookups.late" or took < 4.0, "before the server has done"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/{value}", "http://nowhere.invalid/{value}"])
def test_a_system_that_is_not_there_is_told_without_the_number(url: str) -> None:
    with pytest.raises(LookupFailed) as caught:
        asked(lambda client: client.ask(lookup(url), "4711", ""))
    assert caught.value.code in ("lookups.unreachable", "lookups.late")
    assert "4711" not in str(caught.value)


# -- many callers, a system that comes and goes -------------------------------------------------------


class Told:
    """What people are told, and a clock that the test moves."""

    def __init__(self) -> None:
        self.at = 0.0
        self.said: list[tuple[str, str | None]] = []
        self.systems = Systems(lambda _name: "", self._tell, lambda: self.at)

    def _tell(self, name: str, why: Message | None) -> None:
        self.said.append((name, None if why is None else str(why)))


def test_fifty_callers_at_once_are_answered_and_more_get_a_person_at_once(server: BesideServer) -> None:
    server.answers["1"] = late({"status": "sent"}, 0.3)
    told, order = Told(), lookup(server.url, seconds=3)

    async def flood() -> tuple[list[SystemAnswer], float]:
        began = time.monotonic()
        answers = await asyncio.gather(*(told.systems.ask("order", order, "1") for _ in range(MOST_AT_ONCE + 20)))
        took = time.monotonic() - began
        await told.systems.close()
        return list(answers), took

    answers, took = asyncio.run(flood())
    assert [answers.count(SENT), answers.count(FAILED)] == [MOST_AT_ONCE, 20]
    assert server.most_at_once <= MOST_AT_ONCE
    assert took < 2, "side by side"


def test_a_system_that_is_away_is_waited_for_by_nobody_and_is_back_before_the_next_caller() -> None:
    told = Told()

    async def story() -> None:
        with BesideServer() as server:
            url, systems = server.url, told.systems
            order = lookup(url)
        assert [await systems.ask("order", order, number) for number in ("1", "2", "3")] == [FAILED] * 3
        began = time.monotonic()
        assert await systems.ask("order", order, "4") == FAILED
        assert time.monotonic() - began < 0.05
        told.at = 6
        await systems.look_after()
        assert [name for name, _ in told.said] == ["order"]
        assert "cannot be reached" in str(told.said[0][1])
        with BesideServer(server.port) as server:
            server.answers["4"] = {"status": "sent"}
            told.at = 20
            await systems.look_after()
            assert server.asked == ["2"]
            assert told.said[1:] == [("order", None)]
            assert await systems.ask("order", order, "4") == SENT
        await systems.close()

    asyncio.run(story())


def test_what_is_asked_no_more_is_nobodys_trouble() -> None:
    told = Told()

    async def story() -> None:
        order = lookup("http://127.0.0.1:9/{value}")
        for number in ("1", "2", "3"):
            await told.systems.ask("order", order, number)
        told.systems.keep({"order": lookup("http://127.0.0.1:10/{value}")})
        assert told.said == [("order", None)]
        told.at = 100
        await told.systems.look_after()
        assert told.said == [("order", None)], "and it is asked no more"
        await told.systems.close()

    asyncio.run(story())
