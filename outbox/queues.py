"""What one receiver is given: deliveries that are ready, those on their way, what came of them, and how it is with it.

Belongs to the courier's loop alone. The store is asked by `outbox/rounds.py`, for which `plan` says what is wanted and
`take` is what was found.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from outbox.deliveries import DueDelivery, TriedDelivery, WrittenState
from outbox.policy import LONGEST_PAUSE, SLOW_SECONDS, TOLD_AFTER_SECONDS, TRIES, ReceiverHealth, pause_after
from outbox.receivers import MOST_SECONDS, Delivered, DeliveryResult, Later, LockedOut, Receiver, Refused
from ringback.messages import Message, message, text
from ringback.store.base import utcnow

log = logging.getLogger("ringback.courier")

READY = 4
"""As many times what goes at once is loaded ahead."""
RARELY_SECONDS = 60.0
"""Between looks at what waits for a receiver, when nothing says that there is anything."""

Clock = Callable[[], float]


@dataclass(frozen=True)
class QueuePlan:
    """What one round is to do for a receiver."""

    name: str
    results: tuple[TriedDelivery, ...]
    values: dict[str, Any]
    """Of the receiver's row, where something has changed."""
    alarm: Message | None
    """What is wrong with it, and people are to be told; None: nothing."""
    alarm_changed: bool
    revived: bool
    """It is back: all that waits is due."""
    most: int
    """Deliveries to load."""
    looks: bool
    """Whether to look for them even where no new one has come ..."""
    newest: int
    """... since this one, by its id."""
    early: bool
    but: frozenset[str]


@dataclass(frozen=True)
class QueueFound:
    """What a round found of a receiver that is ours."""

    due: tuple[DueDelivery, ...] | None
    """None: nobody looked."""
    next_due: datetime | None
    state: WrittenState


@dataclass(eq=False)
class ReceiverQueue:
    """Of one receiver."""

    receiver: Receiver
    wake: Callable[[], None]
    """Called when there is something to write."""
    clock: Clock
    is_held: bool = False
    """Whether this courier delivers to it."""
    health: ReceiverHealth = field(init=False)
    _ready: list[DueDelivery] = field(default_factory=list)
    _on_their_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """By key: of one key there is one at a time."""
    _leaving: set[asyncio.Task[None]] = field(default_factory=set)
    """Receivers of earlier settings that still have something in hand."""
    _results: list[TriedDelivery] = field(default_factory=list)
    _values: dict[str, Any] = field(default_factory=dict)
    _disabled: bool = False
    _is_ending: bool = False
    _asked_at: datetime | None = None
    _away_since: float | None = None
    _trouble: Message | None = None
    """What it said last, while it takes nothing."""
    _told: str | None = ""
    """The code of the alarm that stands; None: none does; empty: nobody knows."""
    _revived: bool = False
    _look_at: float = 0.0
    _newest: int = 0

    def __post_init__(self) -> None:
        self.health = ReceiverHealth(self.receiver.most_at_once)

    # -- the round ---------------------------------------------------------------------------------------

    def plan(self) -> QueuePlan:
        """What the next round is to do. Results are handed over: `give_back` where it came to nothing."""
        now = self.clock()
        results, self._results = tuple(self._results), []
        values, self._values = self._values, {}
        revived, self._revived = self._revived, False
        if results or revived:
            self._look_at = 0.0
        alarm = self._alarm(now)
        changed = self.is_held and self._told != (alarm and alarm.code)
        return QueuePlan(
            self.receiver.name,
            results,
            values,
            alarm,
            changed,
            revived,
            self._wanted(now),
            now >= self._look_at,
            self._newest,
            self.health.asks_only,
            frozenset({*self._on_their_way, *(each.event.key for each in self._ready)}),
        )

    def give_back(self, plan: QueuePlan) -> None:
        """The round came to nothing: the next one does it."""
        self._results = [*plan.results, *self._results]
        self._values = {**plan.values, **self._values}
        self._revived |= plan.revived

    def take(self, plan: QueuePlan, found: QueueFound | None) -> None:
        """What the round found; None: the receiver is another courier's, and what was ready is, too."""
        if found is None:
            self.lose()
            return
        if not self.is_held:
            self._begin_with(found.state)
        if plan.alarm_changed:
            self._told = plan.alarm.code if plan.alarm else None
        self._hear_people(found.state)
        if found.due is not None:
            self._ready += found.due
            self._look_at = self._next_look(plan, found)
        elif found.state.newest > self._newest:
            self._look_at = 0.0
        self._newest = found.state.newest

    def _begin_with(self, state: WrittenState) -> None:
        """The receiver is ours from now on: how it is, as whoever had it before knew."""
        self.is_held, self._told, self._look_at = True, "", 0.0
        self._asked_at = state.asked_at
        self._disabled = state.disabled_at is not None
        self.health.restore(is_away=state.away_at is not None, is_locked_out=state.locked_out_at is not None)
        if self._disabled or self.health.asks_only:
            self._in_trouble(state.error or message("outbox.unknown"))

    def _hear_people(self, state: WrittenState) -> None:
        """Somebody wants it to be tried, or to be given things again."""
        enabled = self._disabled and state.disabled_at is None and "disabled_at" not in self._values
        if enabled:
            self._disabled, self._trouble, self._away_since = False, None, None
        if enabled or state.asked_at != self._asked_at:
            self._asked_at, self._look_at = state.asked_at, 0.0
            self.health.ask_at_once()

    def lose(self) -> None:
        """Another courier delivers to it, or nobody."""
        self.is_held = False
        self._ready.clear()

    def _next_look(self, plan: QueuePlan, found: QueueFound) -> float:
        now = self.clock()
        if found.due is not None and len(found.due) >= plan.most:
            return now
        seconds = RARELY_SECONDS
        if found.next_due is not None:
            seconds = min(seconds, max(0.0, (found.next_due - utcnow()).total_seconds()))
        if (wakes := self.health.next_at(now)) is not None and self.health.asks_only:
            seconds = min(seconds, wakes - now)
        return now + seconds

    def _wanted(self, now: float) -> int:
        if not self._may_begin:
            return 0
        if self.health.asks_only:
            return self.health.room(len(self._on_their_way), now)
        if self.health.next_at(now) is not None or len(self._ready) >= self.receiver.most_at_once:
            return 0
        return READY * self.receiver.most_at_once - len(self._ready)

    @property
    def _may_begin(self) -> bool:
        return self.is_held and not self._disabled and not self._is_ending

    @property
    def is_busy(self) -> bool:
        """Whether another round has something to do at once."""
        now = self.clock()
        return bool(self._results) or (now >= self._look_at and self._wanted(now) > 0)

    # -- deliveries --------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Starts as many as the receiver may be given."""
        if not self._may_begin:
            self._ready.clear()
            return
        while self._ready and self.health.room(len(self._on_their_way), self.clock()) > 0:
            one = self._ready.pop(0)
            self._on_their_way[one.event.key] = asyncio.create_task(self._deliver(one))

    async def _deliver(self, one: DueDelivery) -> None:
        receiver = self.receiver
        try:
            async with asyncio.timeout(MOST_SECONDS):
                result = await receiver.deliver(one.event)
        except TimeoutError:
            result = Later(message("outbox.late", seconds=MOST_SECONDS))
        except Exception as error:  # a receiver's fault is nobody else's
            log.exception("%s could not be given %s", receiver.name, one.event.id)
            result = Later(message("outbox.fault", what=text(type(error).__name__)))
        self._on_their_way.pop(one.event.key, None)
        self._finish(one, result)
        self.wake()
        self.begin()

    def _finish(self, one: DueDelivery, result: DeliveryResult) -> None:
        now = utcnow()
        before = one.event.attempt - 1
        was_in_trouble = self.health.asks_only
        state, attempts, due_at = "waiting", before, one.due_at
        why = None if isinstance(result, Delivered) else result.why
        if isinstance(result, Delivered | Refused):
            state, attempts = "delivered" if isinstance(result, Delivered) else "dead", before + 1
            self._works(now, was_in_trouble)
        elif isinstance(result, Later):
            if one.counts:
                attempts = before + 1
                state = "dead" if attempts >= TRIES else "waiting"
            if one.counts and attempts < TRIES:
                due_at = now + timedelta(seconds=pause_after(attempts, result.seconds))
            self._fails(now, result)
        elif isinstance(result, LockedOut):
            self.health.locked_out(self.clock())
            self._in_trouble(result.why)
            self._values |= {"locked_out_at": now, "away_at": None}
        else:
            self._disabled = True
            self._in_trouble(result.why)
            self._values["disabled_at"] = now
        if why is not None:
            self._values |= {"error": why, "failed_at": now}
        self._results.append(TriedDelivery(one.id, self.receiver.name, state, attempts, why, due_at, now))

    def _works(self, now: datetime, was_in_trouble: bool) -> None:
        self.health.delivered()
        self._values["delivered_at"] = now
        if was_in_trouble:
            self._values |= {"away_at": None, "locked_out_at": None}
            self._away_since, self._revived = None, True
        self._trouble = None

    def _fails(self, now: datetime, result: Later) -> None:
        self.health.failed(self.clock(), result.seconds, eases=result.eases)
        if result.eases:
            slow = max(SLOW_SECONDS, min(result.seconds or 0.0, LONGEST_PAUSE))
            self._values["slow_until"] = now + timedelta(seconds=slow)
        if not self.health.is_away:
            return
        if self._away_since is None:
            self._in_trouble(result.why)
            self._values["away_at"] = now
        self._trouble = result.why

    def _in_trouble(self, why: Message) -> None:
        """Nothing more is begun but to ask how it is."""
        self._trouble = why
        self._away_since = self.clock() if self._away_since is None else self._away_since
        self._ready.clear()

    def _alarm(self, now: float) -> Message | None:
        if self._trouble is None or self._away_since is None:
            return None
        facts = {"receiver": self.receiver.name, "why": self._trouble}
        if self._disabled:
            return message("outbox.alarm_disabled", **facts)
        if self.health.is_locked_out:
            return message("outbox.alarm_locked_out", **facts)
        if now - self._away_since < TOLD_AFTER_SECONDS:
            return None
        return message("outbox.alarm_away", **facts)

    # -- other settings, the end -------------------------------------------------------------------------

    def replace(self, receiver: Receiver) -> None:
        """The receiver by other settings; what is on its way ends as it began, and the old one with it."""
        before, self.receiver = self.receiver, receiver
        self.health.most_at_once = receiver.most_at_once
        self.health.ask_at_once()
        self._look_at = 0.0

        async def leave(on_their_way: list[asyncio.Task[None]]) -> None:
            if on_their_way:
                await asyncio.wait(on_their_way)
            await before.close()

        leaving = asyncio.create_task(leave(list(self._on_their_way.values())))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def end(self, seconds: float) -> None:
        """Begins nothing more, and waits a moment for what is on its way."""
        self._ready.clear()
        self._is_ending = True
        if self._on_their_way:
            await asyncio.wait(self._on_their_way.values(), timeout=seconds)

    async def close(self) -> None:
        """Ends what is still on its way: another courier delivers it again."""
        tasks = list(self._on_their_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *self._leaving, return_exceptions=True)
        await self.receiver.close()
