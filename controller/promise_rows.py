"""Promises between the runner and the store: how they are named, where they come from, what is to be written. Pure."""

import uuid
from dataclasses import dataclass
from typing import Any

from callback.events import Changed
from callback.promise import CallbackMachine
from ivr.events import CallerKnown
from pbx.reports import OUR_CHANNELS


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a promise comes from: what the customer's call is told of the one that asked."""

    caller_name: str = ""
    menu_path: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PromiseChange:
    """What is to be written of one promise."""

    id: uuid.UUID
    snapshot: dict[str, Any]
    """`CallbackMachine.snapshot()`: all its fields."""
    origin: Origin


def known_by(promise: CallbackMachine, number: str, now: float) -> CallerKnown:
    """What a caller's own promise means for the call: the place that was kept, or what the caller is to be told."""
    if promise.tells:
        return CallerKnown(now, fixed=True)
    return CallerKnown(now, None if promise.is_for_later(now) else promise.arrived_at, promised=number)


def change_to(fresh: CallbackMachine, now: float) -> Changed:
    """What is different in the row of a promise that is known."""
    return Changed(
        now,
        fresh.arrived_at,
        fresh.not_before,
        fresh.expires_at,
        fresh.revision,
        tells=fresh.tells,
        for_agent=fresh.for_agent,
        once=fresh.once,
    )


def promise_of(leg: str) -> str:
    """The name of the promise for which a channel of ours was made."""
    return leg.rpartition("-")[0]


def key_of(row: uuid.UUID) -> str:
    """The name of a promise in the line and in its channels."""
    return f"{OUR_CHANNELS}{row.hex}"
