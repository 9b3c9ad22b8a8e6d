"""The process that Asterisk asks, by real sockets: many questions, one engine, and whatever may come to a port."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from recogniser.engines import SpokenQuestion
from recogniser.matching import HeardAnswer, Hypothesis
from recogniser.server import LOOPBACK, PROTOCOL, RecogniserDesk
from recogniser.wire import packed
from ringback.phrases import Phrases
from tests.support.live_words import spoken
from transcripts.engines.recogniser import Sound

SECONDS = 10.0
OPTIONS: Phrases = (("1", ("support",)), ("2", ("billing",)))


class Parrot:
    """An engine that hears the same in every sound, when it may."""

    engine = "parrot"

    def __init__(self, text: str = "billing") -> None:
        self.text = text
        self.may = threading.Event()
        self.may.set()
        self.questions: list[SpokenQuestion] = []

    def hear(self, sound: Sound, question: SpokenQuestion) -> HeardAnswer:
        assert self.may.wait(SECONDS)
        assert len(sound)
        self.questions.append(question)
        said = Hypothesis(self.text, -0.1)
        return HeardAnswer((said,), said)


@asynccontextmanager
async def running(engine: Parrot | Exception, most: int = 10) -> AsyncIterator[tuple[RecogniserDesk, str]]:
    """A desk at a free port."""

    def given(_question: SpokenQuestion) -> Parrot:
        if isinstance(engine, Exception):
            raise engine
        return engine

    desk = RecogniserDesk(given, most=most)
    async with await desk.listen(0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        work = asyncio.create_task(desk.work())
        try:
            yield desk, f"ws://{LOOPBACK}:{port}"
        finally:
            work.cancel()


def run(what: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(what(), 3 * SECONDS)

    asyncio.run(bounded())


async def ask(url: str, codec: str = "slin") -> ClientConnection:
    """As Asterisk asks, up to the sound."""
    asterisk = await connect(url, subprotocols=[PROTOCOL], compression=None)
    assert asterisk.subprotocol == PROTOCOL
    await tell(asterisk, {"request": "setup", "id": "1", "codecs": [{"name": codec}]})
    for piece in packed("en", OPTIONS):
        await tell(asterisk, {"request": "set", "id": "2", "params": {"question": piece}})
    return asterisk


async def tell(asterisk: ClientConnection, message: dict[str, Any]) -> dict[str, Any]:
    await asterisk.send(json.dumps(message))
    answer: dict[str, Any] = json.loads(await asterisk.recv())
    assert answer["response"] == message["request"], answer
    assert "error_msg" not in answer
    return answer


async def speak(asterisk: ClientConnection) -> None:
    sound = np.concatenate([np.zeros(4000, np.int16), spoken("digit-2"), np.zeros(9000, np.int16)]).astype("<i2")
    for begin in range(0, len(sound), 160):
        await asterisk.send(sound[begin : begin + 160].tobytes())


async def result(asterisk: ClientConnection) -> str:
    message = json.loads(await asterisk.recv())
    assert list(message["params"]) == ["results"], "Asterisk reads the first alone"
    return str(message["params"]["results"][0]["text"])


def test_what_is_said_comes_back_as_its_key() -> None:
    parrot = Parrot()

    async def scene() -> None:
        async with running(parrot) as (_, url), await ask(url) as asterisk:
            await speak(asterisk)
            assert await result(asterisk) == "2"

    run(scene)
    assert parrot.questions[0].options == OPTIONS


def test_silence_ends_when_its_time_is_over() -> None:
    async def scene() -> None:
        async with running(Parrot()) as (_, url), await ask(url) as asterisk:
            await tell(asterisk, {"request": "set", "id": "3", "params": {"waits": "0.2"}})
            assert await result(asterisk) == ""

    run(scene)


def test_requests_are_answered_while_an_engine_works() -> None:
    parrot = Parrot()
    parrot.may.clear()

    async def scene() -> None:
        async with running(parrot) as (_, url), await ask(url) as busy, await ask(url) as other:
            await speak(busy)
            await tell(busy, {"request": "set", "id": "4", "params": {"dtmf": "1"}})
            await tell(other, {"request": "set", "id": "5", "params": {"waits": "9"}})
            await speak(other)
            await tell(other, {"request": "set", "id": "6", "params": {"dtmf": "1"}})
            parrot.may.set()
            assert [await result(busy), await result(other)] == ["2", "2"]

    run(scene)


@pytest.mark.parametrize("fault", [OSError("no model"), RuntimeError("broken"), MemoryError()])
def test_an_engine_that_cannot_hear_is_told_of_and_nobody_is_answered(fault: Exception) -> None:
    async def scene() -> None:
        async with running(fault) as (desk, url):
            async with await ask(url) as asterisk:
                await speak(asterisk)
                await tell(asterisk, {"request": "set", "id": "7", "params": {"waits": "0.5"}})
                assert await result(asterisk) == ""
            assert desk.fault is not None
            assert list(desk.faults) == ["en"], "another language may have another engine"

    run(scene)


def test_an_engine_that_could_not_hear_is_tried_again_when_nobody_asks() -> None:
    engines: list[Parrot] = []

    def given(_question: SpokenQuestion) -> Parrot:
        return engines[0]

    desk = RecogniserDesk(given)
    desk.warm_up(["en"])
    assert desk.fault is not None
    engines.append(Parrot())
    desk.warm_up(["en"])
    assert desk.fault is not None, "not at once again"
    desk.faults["en"] = 0.0, desk.faults["en"][1]
    desk.warm_up(["en"])
    assert desk.fault is None


def test_callers_who_are_too_many_are_refused_and_the_next_is_heard() -> None:
    async def scene() -> None:
        async with running(Parrot(), most=1) as (_, url):
            async with await ask(url):
                with pytest.raises(InvalidStatus):
                    await ask(url)
            async with await ask(url) as asterisk:
                await speak(asterisk)
                assert await result(asterisk) == "2"

    run(scene)


def test_a_page_in_a_browser_cannot_ask() -> None:
    async def scene() -> None:
        async with running(Parrot()) as (_, url):
            with pytest.raises(InvalidStatus):
                await connect(url, origin="https://evil.example", subprotocols=[PROTOCOL])  # type: ignore[arg-type]

    run(scene)


def test_hostile_bytes_end_their_own_connection_alone() -> None:
    async def scene() -> None:
        async with running(Parrot()) as (_, url):
            port = int(url.rpartition(":")[2])
            raw = await asyncio.to_thread(socket.create_connection, (LOOPBACK, port), SECONDS)
            raw.sendall(b"\x00\xff" * 500 + b"\r\n\r\n")
            async with await ask(url) as asterisk:
                await asterisk.send("x" * 200_000)
                with pytest.raises(ConnectionClosed):
                    await asterisk.recv()
            async with await ask(url) as asterisk:
                await speak(asterisk)
                assert await result(asterisk) == "2"
            raw.close()

    run(scene)


def test_a_caller_who_hangs_up_in_the_middle_keeps_nobody_waiting() -> None:
    parrot = Parrot()
    parrot.may.clear()

    async def scene() -> None:
        async with running(parrot) as (_, url):
            async with await ask(url) as gone:
                await speak(gone)
            async with await ask(url) as asterisk:
                await speak(asterisk)
                parrot.may.set()
                assert await result(asterisk) == "2"

    run(scene)
