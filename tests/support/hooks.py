"""A system beside on the loopback that is told things by POST, and takes them as a test says; a receiver that a test
scripts; and a courier that runs beside the test."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from outbox.courier import OutboxCourier
from outbox.receivers import Delivered, DeliveryResult, Outgoing, Receiver
from tests.support.beside_system import Behaviour, head
from tests.support.loopback import LoopbackServer


@dataclass(frozen=True)
class Told:
    """One request."""

    headers: dict[str, str]
    """Names in small letters."""
    body: bytes

    @property
    def message(self) -> dict[str, Any]:
        return json.loads(self.body)


class HookServer(LoopbackServer):
    """Answers 204, or as `answer` says: a status, or a Behaviour."""

    def __init__(self, answer: Callable[[Told], int | Behaviour] = lambda _told: 204) -> None:
        super().__init__()
        self.answer = answer
        self.told: list[Told] = []
        self.more_headers: list[str] = []
        """Of each plain answer."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    def answer_one(self, source: Any, connection: Any) -> bool:
        if not source.readline():
            return False
        lines = iter(lambda: source.readline().decode().strip(), "")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        told = Told(headers, source.read(int(headers.get("content-length", 0))))
        self.told.append(told)
        answer = self.answer(told)
        if callable(answer):
            answer(connection)
            return False
        connection.sendall(head(answer, "Content-Length: 0", *self.more_headers))
        return True


@dataclass
class ScriptedReceiver:
    """Does with each event what the test says, and remembers it."""

    name: str = "webhook:crm"
    most_at_once: int = 8
    answer: Callable[[Outgoing], DeliveryResult | Awaitable[DeliveryResult]] = lambda _event: Delivered()
    kinds: tuple[str, ...] | None = None
    """None: all."""
    got: list[Outgoing] = field(default_factory=list)
    now: int = 0
    most: int = 0
    """That were on their way at the same time."""
    closed: bool = False

    def wants(self, kind: str) -> bool:
        return self.kinds is None or kind in self.kinds

    async def deliver(self, event: Outgoing) -> DeliveryResult:
        self.got.append(event)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            result = self.answer(event)
            return result if not isinstance(result, Awaitable) else await result
        finally:
            self.now -= 1

    async def close(self) -> None:
        self.closed = True

    @property
    def keys(self) -> list[str]:
        return [event.key for event in self.got]


@contextmanager
def courier_of(
    store: sessionmaker[Session],
    *receivers: Receiver,
    owner: str | None = None,
    changes: list[Sequence[Receiver]] | None = None,
) -> Iterator[OutboxCourier]:
    """A courier in a thread of its own, until the test has seen enough; `changes`: what it is told the settings name,
    taken from the front."""
    ahead: list[Sequence[Receiver]] = changes if changes is not None else []
    ahead.insert(0, receivers)
    courier = OutboxCourier(store, lambda: ahead.pop(0) if ahead else None, owner=owner, look_seconds=0.02)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(courier.run(),))
    thread.start()
    try:
        yield courier
    finally:
        loop.call_soon_threadsafe(courier.stop)
        thread.join(10)
        assert not thread.is_alive(), "the courier does not end"
        loop.close()
