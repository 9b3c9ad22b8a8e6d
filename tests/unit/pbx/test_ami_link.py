"""The link while nothing good is at the other end: it waits, tries again, and is there as soon as Asterisk is."""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pbx.ami import AmiClient, AmiLink, Headers, Session
from pbx.codec import decode_start
from pbx.errors import AmiError
from ringback.messages import Message
from tests.support.ami_server import AmiServer

SECONDS = 20.0
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: the connection is reset when it is closed."""
BAD_BEGINNINGS = {
    "closes": b"",
    "is no Asterisk": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "greets and closes": b"Asterisk Call Manager/11.0.0\r\n",
    "refuses": b"Asterisk Call Manager/11.0.0\r\nResponse: Error\r\nMessage: Authentication failed\r\n\r\n",
}


@contextmanager
def bad_server(says: bytes, *, reset: bool = False) -> Iterator[int]:
    """Accepts, says this and closes; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                there, _ = listener.accept()
            except OSError:
                return
            if reset:
                there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            there.sendall(says)
            there.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


async def reasons_of(port: int, tries: int = 3) -> list[Message]:
    """What the link says went wrong, so many times."""
    reasons: list[Message] = []
    enough = asyncio.Event()

    async def up() -> None:
        raise AssertionError("nothing good is there")

    def down(reason: Message) -> None:
        reasons.append(reason)
        if len(reasons) == tries:
            enough.set()

    link = AmiLink("127.0.0.1", port, "u", "s", ("Hangup",))
    running = asyncio.create_task(link.run(lambda _: None, up, down))
    waiting = asyncio.create_task(enough.wait())
    await asyncio.wait([running, waiting], timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
    assert not running.done(), "the link has given up"
    running.cancel()
    waiting.cancel()
    return reasons


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as there:
        return int(there.getsockname()[1])


def test_refused_while_connecting_it_tries_again() -> None:
    reasons = asyncio.run(reasons_of(free_port()))
    assert len(reasons) == 3
    assert all("127.0.0.1" in str(reason.facts) for reason in reasons)


@pytest.mark.parametrize("how", BAD_BEGINNINGS)
@pytest.mark.parametrize("reset", [False, True], ids=["", "reset"])
def test_a_bad_beginning_is_tried_again(how: str, reset: bool) -> None:
    with bad_server(BAD_BEGINNINGS[how], reset=reset) as port:
        assert len(asyncio.run(reasons_of(port))) == 3


def test_it_is_up_as_soon_as_asterisk_is_there() -> None:
    async def live() -> list[str]:
        seen: list[str] = []
        up = asyncio.Event()
        first_down = asyncio.Event()
        port = free_port()

        async def came() -> None:
            seen.append("up")
            up.set()

        def went(_reason: Message) -> None:
            seen.append("down")
            first_down.set()

        link = AmiLink("127.0.0.1", port, "u", "s", ("Hangup",))
        running = asyncio.create_task(link.run(lambda _: None, came, went))
        await asyncio.wait_for(first_down.wait(), SECONDS)
        with AmiServer(port) as server:
            await asyncio.wait_for(up.wait(), SECONDS)
            running.cancel()
            server.shutdown()
        return seen

    seen = asyncio.run(live())
    assert seen[0] == "down"
    assert seen[-1] == "up"


@pytest.mark.parametrize("status", [{}, {"CoreStartupDate": "soon", "CoreStartupTime": "00:00:00"}])
def test_what_does_not_say_when_it_was_started_is_no_asterisk_yet(status: Headers) -> None:
    with pytest.raises(AmiError):
        decode_start(status)


def test_what_is_sent_in_one_turn_of_the_loop_goes_out_together_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    send_bytes = AmiClient.send_bytes

    def noted(client: AmiClient, data: bytes) -> None:
        sent.append(data)
        send_bytes(client, data)

    async def live() -> list[str]:
        with AmiServer() as server:
            session = Session(asyncio.get_running_loop(), "127.0.0.1", server.port, lambda _: None, lambda _: None)
            await session.open("u", "s", "off")
            monkeypatch.setattr(AmiClient, "send_bytes", noted)
            answers = [session.post("Ping", {"ActionID": f"ping-{number}"}) for number in range(3)]
            told = [(await asyncio.wait_for(answer, SECONDS))[0]["ActionID"] for answer in answers]
            session.close()
            server.shutdown()
        return told

    assert asyncio.run(live()) == ["ping-0", "ping-1", "ping-2"]
    assert [data.count(b"Action: Ping") for data in sent] == [3]


def test_what_can_no_longer_be_sent_is_answered_as_lost() -> None:
    async def live() -> None:
        lost = asyncio.Event()
        with AmiServer() as server:
            session = Session(
                asyncio.get_running_loop(), "127.0.0.1", server.port, lambda _: None, lambda _: lost.set()
            )
            await session.open("u", "s", "off")
            session.close()
            with pytest.raises(AmiError, match="lost"):
                await asyncio.wait_for(session.post("Ping", {}), SECONDS)
            await asyncio.wait_for(lost.wait(), SECONDS)
            server.shutdown()

    asyncio.run(live())
