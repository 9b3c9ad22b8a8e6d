"""The outbox: deliveries that are prepared a second, and what a dead receiver costs the others.

Prepared: events that were published are fanned out to ten receivers, loaded and handed to them, and what came of each
is written, as fast as one courier can; the receivers take everything at once. Then 20 events a second go to ten
receivers for a while, on SQLite as the controller writes them, without and with two more that are dead: one that
refuses connections, and one that hangs. Told is how long the ten wait for an event, from the moment it was published.

    python -m bench --only outbox [--quick]
"""

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bench import postgres
from bench.report import Figure, percentile
from outbox.courier import OutboxCourier
from outbox.models import OutboxDelivery
from outbox.receivers import Delivered, DeliveryResult, Later, Outgoing, Receiver
from outbox.service import publish, register
from ringback.messages import text
from ringback.store import migrate
from ringback.store.base import utcnow
from ringback.store.engine import open_store, sessions

RECEIVERS = 10
WANTED = 1000.0
"""Deliveries a second."""
RATE = 20.0
"""Events a second while latency is measured."""
ANSWER_SECONDS = 0.02
"""What a receiver takes to answer."""
MOST_RATIO = 1.5
"""Of latencies with and without the dead ones."""


class BenchReceiver:
    """Takes everything after a while, or nothing."""

    most_at_once = 16

    def __init__(self, name: str, how: str = "takes", seconds: float = 0.0) -> None:
        self.name, self.how, self.seconds = name, how, seconds
        self.late: list[float] = []
        """Seconds from each event to its arrival."""

    def wants(self, _kind: str) -> bool:
        return True

    async def deliver(self, event: Outgoing) -> DeliveryResult:
        if self.how == "hangs":
            await asyncio.sleep(15)
        elif self.seconds:
            await asyncio.sleep(self.seconds)
        if self.how != "takes":
            return Later(text("it is dead"))
        self.late.append((utcnow() - event.at).total_seconds())
        return Delivered()

    async def close(self) -> None:
        """Nothing is open."""


def run(quick: bool) -> dict[str, Any]:
    """Both stores for what is prepared, or SQLite alone where there is no PostgreSQL."""
    figures, details = [], {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ringback-bench-")))
        urls = {"sqlite": f"sqlite:///{folder / 'prepared.db'}"}
        if postgres.available():
            urls["postgresql"] = stack.enter_context(postgres.server())
        for name, url in urls.items():
            rate = _prepared(url, 200 if quick else 1000)
            what = f"deliveries prepared a second by one courier, {name}"
            figures.append(
                Figure(what, rate, "/s", "a limit", WANTED, rate / WANTED, "x", "at least 1.0 x", rate >= WANTED)
            )
        seconds = 6.0 if quick else 12.0
        alone = _latency(f"sqlite:///{folder / 'alone.db'}", seconds, [])
        dead = [BenchReceiver("bench:refuses", "refuses"), BenchReceiver("bench:hangs", "hangs")]
        beside = _latency(f"sqlite:///{folder / 'beside.db'}", seconds, dead)
        for share in (0.5, 0.95):
            before, after = (1000 * percentile(each, share) for each in (alone, beside))
            what, ratio = f"an event reaches a receiver beside two dead ones, p{100 * share:.0f}", after / before
            figures.append(
                Figure(
                    what,
                    after,
                    "ms",
                    "without them",
                    before,
                    ratio,
                    "x",
                    f"at most {MOST_RATIO} x",
                    ratio <= MOST_RATIO,
                )
            )
        details = {"alone_ms": _spread(alone), "beside_dead_ms": _spread(beside)}
    return {"figures": figures, "details": details}


def _prepared(url: str, events: int) -> float:
    """Deliveries a second, from a full outbox to the last result that is written."""
    receivers = [BenchReceiver(f"bench:{at}") for at in range(RECEIVERS)]
    with _store(url, receivers) as store:
        _publish(store, events)
        began = time.perf_counter()
        with _courier(store, receivers):
            _until(lambda: _count(store, "delivered") == events * RECEIVERS)
        return events * RECEIVERS / (time.perf_counter() - began)


def _latency(url: str, seconds: float, dead: Sequence[BenchReceiver]) -> list[float]:
    """Of every delivery to one that takes what it is given."""
    receivers = [BenchReceiver(f"bench:{at}", seconds=ANSWER_SECONDS) for at in range(RECEIVERS)]
    events = int(seconds * RATE)
    with _store(url, [*receivers, *dead]) as store, _courier(store, [*receivers, *dead]):
        began = time.perf_counter()
        for at in range(events):
            _publish(store, 1, at)
            time.sleep(max(0.0, began + (at + 1) / RATE - time.perf_counter()))
        _until(lambda: sum(len(each.late) for each in receivers) >= events * RECEIVERS)
    return [late for each in receivers for late in each.late]


def _publish(store: sessionmaker[Session], events: int, first: int = 0) -> None:
    with store() as session, session.begin():
        for at in range(first, first + events):
            publish(
                session, "call.ended", f"call:{at}", {"call_id": str(at), "number": "+12025550123", "queue": "support"}
            )


@contextmanager
def _store(url: str, receivers: Sequence[Receiver]) -> Iterator[sessionmaker[Session]]:
    engine = open_store(url)
    try:
        migrate.upgrade(engine)
        store = sessions(engine)
        with store() as session, session.begin():
            register(session, [each.name for each in receivers], utcnow())
        yield store
    finally:
        engine.dispose()


@contextmanager
def _courier(store: sessionmaker[Session], receivers: Sequence[Receiver]) -> Iterator[None]:
    ahead = [list(receivers)]
    courier = OutboxCourier(store, lambda: ahead.pop() if ahead else None)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(courier.run(),))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(courier.stop)
        thread.join()
        loop.close()


def _count(store: sessionmaker[Session], state: str) -> int:
    with store() as session:
        return session.scalar(select(func.count()).where(OutboxDelivery.state == state)) or 0


def _until(is_so: Any, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError("the courier does not keep up")
        time.sleep(0.02)


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {f"p{100 * share:.0f}": round(1000 * percentile(values, share), 1) for share in (0.5, 0.9, 0.95, 0.99)}
