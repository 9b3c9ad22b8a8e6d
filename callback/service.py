"""Promises to call back, in the store: made once for each number, moved on by the controller, ended once.

What may be promised is `requests.py`'s, when and whom to dial `policy.py`'s, the life of a promise `promise.py`'s.
Everything works inside the caller's transaction, on a session or a plain connection, and is safe to repeat
and to run in several processes: what must be once is a unique rule of the store (one open promise a number, a
request by its key, an attempt by its count) or one UPDATE that only the first can win (its end).
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Update, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from callback.announced import announce
from callback.errors import CallbackError, NotWritten
from callback.models import LIVE_STATES, OPEN_STATES, WAITING_STATES, Callback, CallbackAttempt, JoinedRequest
from callback.policy import STRANGERS_IN_ALL, STRANGERS_SECONDS, expires_at, midnight, refusal, refusal_of_stranger
from callback.requests import MOST_NOTES, TRUSTED_ORIGINS, CallbackRequest, planned, spoken_reason
from callback.trunk import PROVIDER
from calls.models import CallEvent
from nuisance.service import is_refused
from ringback.config import Settings
from ringback.messages import Message, message
from ringback.store.alarms import Executor, insert_or_leave
from ringback.store.base import utc, uuid7

TRIES = 5
"""A promise that ends between our insert and our look at it lets the insert be tried again."""


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """What became of a request."""

    id: UUID
    """Of the promise that the customer has now."""
    number: str
    joined: bool
    """There was a promise for this number already: it stands, and this request is part of it."""
    again: bool
    """This very request had been taken in before: nothing was changed."""


@dataclass(frozen=True, slots=True)
class CallbackUpdate:
    """What the controller writes of one promise: all of it at each step. Times are seconds since the epoch."""

    id: UUID
    state: str
    attempts: int
    agent: str | None
    last_outcome: str | None
    """Of attempt number `attempts`; None: it goes on, or there was none."""
    last_attempt_at: float | None
    """When attempt number `attempts` began to dial the customer."""
    next_attempt_at: float | None
    connected_call_id: str | None
    ended_at: float | None
    end_reason: Message | None
    snapshot: dict[str, Any] | None
    revision: int | None = None
    """The row's `revision` that is known to who writes; None: it does not follow changes."""


# -- making and joining --------------------------------------------------------------------------------


def promise(executor: Executor, settings: Settings, request: CallbackRequest, now: float) -> RequestOutcome:
    """Promises a call, or joins the promise that this number has. Raises CallbackError and writes nothing.

    A request that joins never makes the promise later, unless a person of ours chose the time; it brings its place
    in line if that is better, and its reason.
    """
    if request.source_key is not None and (known := _by_key(executor, request.source_key)):
        return known
    row = planned(request, settings, now)
    if is_refused(executor, row["number"], utc(now)):
        raise CallbackError("callback.nuisance", number=row["number"])
    _refuse_over_limit(executor, settings, row["number"], now)
    if not row["own_number"]:
        _refuse_strangers(executor, row["number"], request, now)
    key = request.source_key or f"{request.source}:{uuid7()}"
    for _ in range(TRIES):
        statement = insert_or_leave(Callback).values(id=uuid7(), source_key=key, **row)
        if made := executor.execute(statement.returning(Callback.id)).scalar_one_or_none():
            announce(executor, "callback.promised", made)
            return RequestOutcome(made, row["number"], joined=False, again=False)
        if known := _by_key(executor, key):
            return known
        joined = executor.execute(_join(row, request).returning(Callback.id)).scalar_one_or_none()
        if joined is not None:
            if request.source_key is not None:
                values = {"source_key": key, "callback_id": joined, "source": request.source}
                executor.execute(insert_or_leave(JoinedRequest).values(**values, requested_at=row["requested_at"]))
            return RequestOutcome(joined, row["number"], joined=True, again=False)
    raise NotWritten(number=row["number"])


def note_reason(executor: Executor, key: str, call_id: str, begins: float, ends: float) -> None:
    """The caller whose request has this key said why: in the recording of call `call_id`, from second to second."""
    known = _by_key(executor, key)
    if known is not None and 0 <= begins < ends:
        values = {"reason_call_id": call_id, "reason_from": begins, "reason_to": ends}
        executor.execute(_quietly(update(Callback).where(Callback.id == known.id), values))


def promise_given(executor: Executor, settings: Settings, request: CallbackRequest, now: float) -> RequestOutcome:
    """`promise` for somebody who was told already that we call: it is never refused.

    `request.number` is in E.164. What the rules forbid becomes a failed promise, of which `broken.py` tells a person.
    Raises CallbackError only where the store could not take it now.
    """
    try:
        return promise(executor, settings, request, now)
    except NotWritten:
        raise
    except CallbackError as error:
        reason = error.message
    requested_at = request.requested_at or now
    row = {
        "source": request.source,
        "number": request.number,
        "language": request.language or "en",
        "line": request.line,
        "queue": request.queue or "",
        "state": "failed",
        "menu_path": request.menu_path,
        "arrived_at": utc(request.arrived_at or requested_at),
        "requested_at": utc(requested_at),
        "due_at": utc(requested_at),
        "expires_at": utc(expires_at(requested_at, settings)),
        "asked_call_id": request.call_id,
        "ticket_number": request.ticket_number,
        **spoken_reason(request),
        "ended_at": utc(now),
        "end_reason": reason,
        "attempts": 0,
        "notes": "",
        "tells": request.tells,
        "own_number": request.caller_number is None,
    }
    key = request.source_key or f"{request.source}:{uuid7()}"
    statement = insert_or_leave(Callback).values(id=uuid7(), source_key=key, **row)
    made = executor.execute(statement.returning(Callback.id)).scalar_one_or_none()
    if made is not None:
        announce(executor, "callback.promised", made)
        return RequestOutcome(made, request.number, joined=False, again=False)
    if known := _by_key(executor, key):
        return known
    raise NotWritten(number=request.number)


def _refuse_over_limit(executor: Executor, settings: Settings, number: str, now: float) -> None:
    """Nobody is promised a new call that today's limits forbid; a promise that stands may be joined."""
    refused = refusal(number, settings, *calls_made(executor, number, now, settings))
    if refused is not None and not _stands(executor, number):
        raise CallbackError(refused.code, **refused.facts)


def _stands(executor: Executor, number: str) -> bool:
    """Whether the number has a promise that can be joined."""
    open_one = select(Callback.id).where(Callback.number == number, Callback.state.in_(OPEN_STATES))
    return executor.execute(open_one).first() is not None


def _refuse_strangers(executor: Executor, number: str, request: CallbackRequest, now: float) -> None:
    """Numbers that nobody vouches for are few an hour: the others go to a person. Raises CallbackError."""
    arrival = select(CallEvent.data).where(CallEvent.call_id == Callback.asked_call_id, CallEvent.kind == "Arrived")
    recent = (
        select(Callback.number, arrival.limit(1).scalar_subquery())
        .where(Callback.own_number.is_(False), Callback.requested_at > utc(now - STRANGERS_SECONDS))
        .order_by(Callback.requested_at.desc())
        .limit(STRANGERS_IN_ALL)
    )
    others = [(other, _origin((data or {}).get)) for other, data in executor.execute(recent)]
    own = {"came_from": request.came_from, "caller_number": request.caller_number}
    refused = refusal_of_stranger(number, _origin(own.get), others)
    if refused is not None and not _stands(executor, number):
        raise CallbackError(refused.code, **refused.facts)


def _origin(fact: Callable[[str], Any]) -> str:
    """What promises to numbers of others are counted by: the address, or of the provider's callers the caller."""
    came_from = fact("came_from") or ""
    return f"{came_from} {fact('caller_number')}" if came_from in TRUSTED_ORIGINS else came_from


def _by_key(executor: Executor, key: str) -> RequestOutcome | None:
    first = select(Callback.id, Callback.number).where(Callback.source_key == key)
    found = executor.execute(first).first()
    if found is not None:
        return RequestOutcome(found.id, found.number, joined=False, again=True)
    later = select(Callback.id, Callback.number).join(JoinedRequest).where(JoinedRequest.source_key == key)
    found = executor.execute(later).first()
    return None if found is None else RequestOutcome(found.id, found.number, joined=True, again=True)


def _join(row: dict[str, Any], request: CallbackRequest) -> Update:
    """The UPDATE that lets a request join the open promise of its number."""
    ours = request.source == "agent" and request.at is not None
    earlier = {
        name: case((getattr(Callback, name) > row[name], row[name]), else_=getattr(Callback, name))
        for name in ("arrived_at", "due_at")
    }
    waits = Callback.state.in_(WAITING_STATES)
    values: dict[str, Any] = {
        "revision": Callback.revision + 1,
        "arrived_at": earlier["arrived_at"],
        "due_at": case((waits, row["due_at"] if ours else earlier["due_at"]), else_=Callback.due_at),
        "asked_call_id": func.coalesce(Callback.asked_call_id, row["asked_call_id"]),
        "ticket_number": func.coalesce(Callback.ticket_number, row["ticket_number"]),
    }
    if row["own_number"]:
        values["own_number"] = True
    if not row["tells"]:
        values["tells"] = False  # who wants to talk is not only told something
    if row["once"]:
        values |= {"for_agent": row["for_agent"], "due_at": case((waits, row["due_at"]), else_=Callback.due_at)}
    else:  # what an agent only tried is promised from now on
        lives = case((Callback.once, row["expires_at"]), else_=Callback.expires_at)
        values |= {"once": False, "expires_at": lives, "reported_at": None}
    if row["reason_call_id"] is not None:
        # The newest reason counts.
        values |= {name: row[name] for name in ("reason_call_id", "reason_from", "reason_to")}
    if ours:
        values |= {"expires_at": row["expires_at"], "told_by": row["told_by"]}
    if row["notes"]:
        said = Callback.notes.contains(row["notes"], autoescape=True)
        longer = func.substr(Callback.notes + "\n" + row["notes"], 1, 2 * MOST_NOTES)
        values["notes"] = case((Callback.notes == "", row["notes"]), (said, Callback.notes), else_=longer)
    return _quietly(update(Callback).where(Callback.number == row["number"], Callback.state.in_(OPEN_STATES)), values)


def _quietly(statement: Update, values: dict[str, Any]) -> Update:
    """An UPDATE past the rows that a session has loaded."""
    return statement.values(**values).execution_options(synchronize_session=False)


# -- ending --------------------------------------------------------------------------------------------


def cancel(executor: Executor, promise_id: UUID, reason: Message, now: float) -> None:
    """Nobody wants the call any more. Raises CallbackError: unknown, ended, or talking just now.

    The controller sees it in `live`, and when it next writes: `apply` refuses a promise that has ended.
    """
    values = {"state": "cancelled", "ended_at": utc(now), "end_reason": reason}
    statement = _quietly(update(Callback).where(Callback.id == promise_id, Callback.state.in_(OPEN_STATES)), values)
    if executor.execute(statement.returning(Callback.id)).first() is not None:
        return
    state = executor.execute(select(Callback.state).where(Callback.id == promise_id)).scalar_one_or_none()
    if state is None:
        raise CallbackError("callback.unknown")
    if state == "connected":
        raise CallbackError("callback.talking")
    raise CallbackError("callback.ended")


# -- what the controller needs -------------------------------------------------------------------------


def live(session: Session) -> list[Callback]:
    """Every promise that has not ended, in the order of the line."""
    query = select(Callback).where(Callback.state.in_(LIVE_STATES)).order_by(Callback.arrived_at, Callback.id)
    return list(session.scalars(query))


_NEWS = (
    select(Callback)
    .where(Callback.state.in_(LIVE_STATES), Callback.taken_revision < Callback.revision)
    .order_by(Callback.arrived_at, Callback.id)
)
"""Made once: a controller asks each second."""


def news(session: Session) -> list[Callback]:
    """Live promises that the controller has not taken in as they are now: new ones, and those that a request joined.

    Of one that it knows, take over `arrived_at`, `due_at` (call from then on, whatever pause was meant) and
    `expires_at` while nothing is under way, and write it with the row's `revision`.
    """
    return list(session.scalars(_NEWS))


def apply(executor: Executor, writes: Iterable[CallbackUpdate]) -> set[UUID]:
    """Writes what the controller did; returns the promises it was refused for, because they had ended before.

    An attempt is noted as it begins, with the state dialling_customer: it is counted before the call leaves.
    """
    refused = set()
    for write in writes:
        values = {
            name: getattr(write, name)
            for name in ("state", "attempts", "agent", "last_outcome", "connected_call_id", "end_reason", "snapshot")
        }
        for name in ("last_attempt_at", "next_attempt_at", "ended_at"):
            seconds = getattr(write, name)
            values[name] = None if seconds is None else utc(seconds)
        if write.revision is not None:
            values["taken_revision"] = write.revision
        if superseded := write.connected_call_id is not None and _has_other(executor, write):
            values |= {"state": "cancelled", "ended_at": utc(time.time()), "end_reason": message("callback.newer")}
        statement = _quietly(update(Callback).where(Callback.id == write.id, Callback.state.in_(LIVE_STATES)), values)
        number = executor.execute(statement.returning(Callback.number)).scalar_one_or_none()
        served_before = write.state == "cancelled" and write.connected_call_id is not None
        if number is not None and (write.state == "done" or served_before):
            announce(executor, "callback.kept", write.id)
        if number is None or superseded:
            refused.add(write.id)
        elif write.last_outcome == PROVIDER:
            _take_back(executor, write)
        elif write.attempts and write.last_attempt_at is not None:
            at = write.last_attempt_at
            record_attempt(executor, write.id, write.attempts, number, at, write.agent, write.last_outcome)
    return refused


def _take_back(executor: Executor, write: CallbackUpdate) -> None:
    """The provider did not carry the call: it was no attempt, and counts for no limit."""
    later = (CallbackAttempt.callback_id == write.id, CallbackAttempt.attempt > write.attempts)
    executor.execute(delete(CallbackAttempt).where(*later))


def _has_other(executor: Executor, write: CallbackUpdate) -> bool:
    """Whether this promise opens again, after a call in which nobody talked, while its customer has a newer one."""
    mine = select(Callback.number).where(Callback.id == write.id).scalar_subquery()
    others = select(Callback.id).where(
        Callback.number == mine, Callback.id != write.id, Callback.state.in_(OPEN_STATES)
    )
    return write.state in OPEN_STATES and executor.execute(others).first() is not None


def record_attempt(
    executor: Executor,
    promise_id: UUID,
    attempt: int,
    number: str,
    at: float,
    agent: str | None = None,
    outcome: str | None = None,
) -> None:
    """Notes attempt number `attempt` of a promise, or what it came to if it is noted already."""
    values = {"callback_id": promise_id, "attempt": attempt, "number": number, "at": utc(at), "agent": agent}
    statement = insert_or_leave(CallbackAttempt).values(id=uuid7(), outcome=outcome, **values)
    if executor.execute(statement.returning(CallbackAttempt.id)).first() is None and outcome is not None:
        noted = update(CallbackAttempt).where(
            CallbackAttempt.callback_id == promise_id, CallbackAttempt.attempt == attempt
        )
        executor.execute(_quietly(noted, {"outcome": outcome}))


def calls_today(executor: Executor, now: float, settings: Settings) -> list[tuple[str, float]]:
    """Every call made since midnight, number and time: fills `policy.DiallingRules` at start."""
    since = utc(midnight(now, settings))
    query = select(CallbackAttempt.number, CallbackAttempt.at).where(CallbackAttempt.at >= since)
    return [(number, at.timestamp()) for number, at in executor.execute(query)]


def calls_made(executor: Executor, number: str, now: float, settings: Settings) -> tuple[int, int]:
    """Calls made since midnight: to `number`, and to all."""
    mine = func.coalesce(func.sum(case((CallbackAttempt.number == number, 1), else_=0)), 0)
    since = utc(midnight(now, settings))
    row = executor.execute(select(mine, func.count()).where(CallbackAttempt.at >= since)).one()
    return int(row[0]), int(row[1])


# -- what people see -----------------------------------------------------------------------------------


def open_for(session: Session, number: str) -> Callback | None:
    """The promise that `number` (E.164) has now."""
    query = select(Callback).where(Callback.number == number, Callback.state.in_(OPEN_STATES))
    return session.scalars(query).one_or_none()


def of_calls(session: Session, call_ids: Iterable[str]) -> list[Callback]:
    """The promises that these calls asked for or kept, oldest first."""
    ids = list(call_ids)
    query = select(Callback).where(or_(Callback.asked_call_id.in_(ids), Callback.connected_call_id.in_(ids)))
    return list(session.scalars(query.order_by(Callback.requested_at)))


def attempts_of(session: Session, promise_id: UUID) -> list[CallbackAttempt]:
    """The calls made for a promise, in order."""
    query = select(CallbackAttempt).where(CallbackAttempt.callback_id == promise_id)
    return list(session.scalars(query.order_by(CallbackAttempt.attempt)))
