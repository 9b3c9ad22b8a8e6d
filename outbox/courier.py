"""The courier: the process that takes what happened out of the house, to each receiver by itself.

Owns the rounds: it takes the leases of receivers, writes deliveries for new events, begins those that are due, and
writes what came of them. One thread does all that the store is asked, in short transactions, while the loop delivers;
what a receiver may be given is its health's (`outbox/policy.py`), so that one that is away or slow takes no room of
another. A courier that is killed loses nothing: what it had not written yet is delivered again (docs/adr/0055).

New events are found by one look at a small index, a few times a second: that is how processes tell one another things
here (`ringback/store/bus.py`), and it works on either store.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from outbox import deliveries
from outbox.queues import QueuePlan, ReceiverQueue
from outbox.receivers import Receiver
from outbox.rounds import Rounds
from ringback.messages import in_one_line
from ringback.processes import COURIER
from ringback.store import lease
from ringback.store.base import utcnow
from ringback.store.bus import beat

log = logging.getLogger("ringback.courier")

LOOK_SECONDS = 0.2
"""Between looks for new events while nothing happens."""
BEAT_SECONDS = 1.0
AWAY_SECONDS = 1.0
"""Between tries while the store is away."""
RENEW_SECONDS = 5.0
"""Between renewals of leases, and looks for receivers that another courier has let go."""
TIDY_SECONDS = 60.0
END_SECONDS = 3.0
"""What deliveries on their way get when the process is to end."""

Receivers = Callable[[], Sequence[Receiver] | None]
"""Those of the settings, where they are others than at the last call; None: the same."""
T = TypeVar("T")


class OutboxCourier:
    """Of one process."""

    def __init__(
        self,
        store: sessionmaker[Session],
        receivers: Receivers,
        *,
        owner: str | None = None,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """`receivers` is asked each second; its first answer is not None. `owner` tells couriers apart; None: by their
        process."""
        self._store = store
        self._receivers = receivers
        self._look_seconds = look_seconds
        self._rounds = Rounds(store, owner or lease.owner())
        self._known: Sequence[Receiver] = ()
        self._queues: dict[str, ReceiverQueue] = {}
        self._thread = ThreadPoolExecutor(1, "outbox")
        self._wake = asyncio.Event()
        self._stopping = False
        self._renewed_at = self._tidied_at = self._asked_at = float("-inf")
        self._is_registered = False

    async def run(self) -> None:
        """Until `stop`; then what is on its way gets a moment."""
        beating = asyncio.create_task(self._beat(utcnow()))
        try:
            while not self._stopping:
                self._wake.clear()
                if not await self._round():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), self._look_seconds)
            await self._end()
        finally:
            beating.cancel()
            await asyncio.gather(*(queue.close() for queue in self._queues.values()))
            self._thread.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        """The process is to end."""
        self._stopping = True
        self._wake.set()

    async def _round(self) -> bool:
        """Whether another one has something to do at once."""
        plans: list[QueuePlan] = []
        try:
            now = time.monotonic()
            await self._take_receivers(now)
            if not self._is_registered:
                await self._in_store(self._rounds.register, list(self._queues))
                self._is_registered = True
            renews = now >= self._renewed_at + RENEW_SECONDS
            plans = [queue.plan() for queue in self._queues.values()]
            held = {name for name, queue in self._queues.items() if queue.is_held}
            found = await self._in_store(self._rounds.work, plans, self._known, held, renews)
            self._renewed_at = now if renews else self._renewed_at
            if now >= self._tidied_at + TIDY_SECONDS:
                gone = await self._in_store(self._rounds.tidy)
                self._tidied_at = now if gone < deliveries.MOST_FORGOTTEN else self._tidied_at
        except SQLAlchemyError as error:
            # What was not written is written with the next round; leases outlive a short absence of the store.
            for plan in plans:
                self._queues[plan.name].give_back(plan)
            log.warning("the store is away: %s", in_one_line(error))
            await asyncio.sleep(AWAY_SECONDS)
            return False
        for plan in plans:
            queue = self._queues[plan.name]
            queue.take(plan, found.queues.get(plan.name))
            queue.begin()
        return found.more or any(queue.is_busy for queue in self._queues.values())

    async def _take_receivers(self, now: float) -> None:
        """Other settings: new receivers begin, those that are named no more end."""
        if now < self._asked_at + BEAT_SECONDS:
            return
        self._asked_at = now
        receivers = self._receivers()
        if receivers is None:
            return
        by_name = {receiver.name: receiver for receiver in receivers}
        for name in self._queues.keys() - by_name.keys():
            await self._queues.pop(name).close()
        for name, receiver in by_name.items():
            if name in self._queues:
                self._queues[name].replace(receiver)
            else:
                self._queues[name] = ReceiverQueue(receiver, self._wake.set, time.monotonic)
        self._known, self._renewed_at, self._is_registered = list(receivers), float("-inf"), False

    async def _end(self) -> None:
        await asyncio.gather(*(queue.end(END_SECONDS) for queue in self._queues.values()))
        with suppress(SQLAlchemyError):
            await self._in_store(self._rounds.let_go, [queue.plan() for queue in self._queues.values()])

    async def _beat(self, started_at: datetime) -> None:
        def write() -> None:
            with self._store() as session, session.begin():
                beat(session, COURIER.name, started_at, None)

        while True:
            with suppress(SQLAlchemyError):
                await asyncio.to_thread(write)
            await asyncio.sleep(BEAT_SECONDS)

    async def _in_store(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)


async def run(store: sessionmaker[Session], receivers: Receivers) -> None:
    """The whole life of the process, until it is asked to end."""
    courier = OutboxCourier(store, receivers)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, courier.stop)
    await courier.run()
