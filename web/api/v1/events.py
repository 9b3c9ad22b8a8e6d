"""/api/v1/calls/events: what happens to calls, told as it happens, from where a program stopped listening.

An event is a row of the call's own history, which is written in the transaction of the change, and its id is the row's:
so nothing is lost while a program is away, and nothing has to be kept for it. The controller alone writes these rows,
one transaction after the other, so that ids appear in their order. While nothing happens one look serves all streams.
Whether the key still opens anything is asked for again and again: a stream ends with it. How an answer goes on is
`web/streaming.py`'s.
"""

import asyncio
import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

from flask import Response, current_app, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, CallEvent
from calls.service import of_customers
from ringback.store.engine import STORE_FAULTS
from web import keys
from web.access import Asker
from web.api.v1.operations import operation
from web.api.v1.shapes.events import ApiCallEvent
from web.context import db, parts, program
from web.models import ApiKey
from web.problem_details import ApiProblem
from web.streaming import hand_over

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.5
KEY_SECONDS = 2.0
"""So long a stream outlives its key, at most."""
BEAT_SECONDS = 15.0
"""After so long without news a program is told that it still is connected."""
LIFE_SECONDS = 3600.0
"""A stream ends by itself, and the program comes back for the rest."""
AT_ONCE = 200
AGAIN_MS = 2000
MOST_OF_KEY = 10
"""Streams that one key may have open."""
LAST = "Last-Event-ID"
KINDS = {
    "Arrived": "call.arrived",
    "Missed": "call.missed",
    "CalledBack": "call.reached",
    "Offered": "call.offered",
    "AgentRefused": "call.refused",
    "AgentAnswered": "call.answered",
    "AgentJoined": "call.joined",
    "AgentParted": "call.parted",
    "Held": "call.held",
    "Unheld": "call.resumed",
    "Moved": "call.moved",
    "Transferred": "call.transferred",
    "HungUp": "call.ended",
    "PbxLost": "call.ended",
}
"""Of `ivr.events`, those that are told; the others are how a call is led."""


@dataclass
class OpenStreams:
    """How many streams each key has open, and the one look at the store that serves all of them while nothing happens.
    Safe in several threads."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    of_key: Counter[uuid.UUID] = field(default_factory=Counter)
    newest: int = 0
    """The id of the newest event, as it was at `looked_at`."""
    looked_at: float = -LOOK_SECONDS

    def change(self, key: uuid.UUID, by: int) -> None:
        with self.lock:
            self.of_key[key] += by

    def newest_event(self, sessions: sessionmaker[Session]) -> int:
        """Its id, at most half a look old. Whoever comes meanwhile waits for the answer that is on its way."""
        with self.lock:
            if time.monotonic() - self.looked_at > LOOK_SECONDS / 2:
                with sessions() as session:
                    self.newest = session.scalar(select(func.max(CallEvent.id))) or 0
                self.looked_at = time.monotonic()
            return self.newest

    def are_too_many(self, key: uuid.UUID) -> bool:
        with self.lock:
            return self.of_key[key] >= MOST_OF_KEY


class CallEventStream:
    """What one program is sent; a `web.streaming.Broadcast`. Lives on the front's event loop but for its making."""

    def __init__(
        self, sessions: sessionmaker[Session], key: uuid.UUID, last: int, source: str, streams: OpenStreams
    ) -> None:
        """`last`: the id of the event after which to begin."""
        self.source = source
        self._sessions, self._key, self._last, self._streams = sessions, key, last, streams
        self._over = asyncio.Event()
        self._key_seen_at = time.monotonic()
        """When the key was found good last."""

    async def parts(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        until, beat_at = loop.time() + LIFE_SECONDS, loop.time() + BEAT_SECONDS
        self._streams.change(self._key, 1)
        try:
            yield f"retry: {AGAIN_MS}\n\n".encode()
            while not self._over.is_set() and loop.time() < until:
                found = await asyncio.to_thread(self._look)
                if found is None:
                    return
                for told in found:
                    yield told
                if found:
                    beat_at = loop.time() + BEAT_SECONDS
                elif loop.time() >= beat_at:
                    beat_at = loop.time() + BEAT_SECONDS
                    yield b": here\n\n"
                if len(found) < AT_ONCE:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._over.wait(), LOOK_SECONDS)
        finally:
            self._streams.change(self._key, -1)

    def end(self) -> None:
        self._over.set()

    def _look(self) -> list[bytes] | None:
        """What happened since; None: the stream is over, because its key is, or the store does not answer. Whoever
        comes back goes on behind the last event."""
        try:
            if time.monotonic() - self._key_seen_at > KEY_SECONDS and not self._is_key_good():
                return None
            newest = self._streams.newest_event(self._sessions)
            if newest <= self._last:
                return []
            with self._sessions() as session:
                query = (
                    select(CallEvent, Call)
                    .join(Call, Call.call_id == CallEvent.call_id)
                    .where(CallEvent.id > self._last, CallEvent.kind.in_(KINDS), of_customers())
                    .order_by(CallEvent.id)
                    .limit(AT_ONCE)
                )
                found = session.execute(query).tuples().all()
                told = [_framed(event, call) for event, call in found]
                last = found[-1][0].id if found else 0
                self._last = last if len(found) == AT_ONCE else max(last, newest)
                return told
        except STORE_FAULTS as error:
            log.warning("events of calls could not be looked at: %s", error)
            return None

    def _is_key_good(self) -> bool:
        with self._sessions() as session:
            key = session.get(ApiKey, self._key)
            self._key_seen_at = time.monotonic()
            return key is not None and not keys.is_over(key) and "calls:read" in keys.scopes_of(key)


@operation(
    "GET",
    "/calls/events",
    scope="calls:read",
    summary="Listen to what happens to calls",
    answers=ApiCallEvent,
    streams=True,
)
def listen(_asker: Asker) -> Response:
    """Server-sent events. `data` of each is a CallEvent as JSON, `event` its type. A program that comes back says by
    Last-Event-ID what it read last, and is sent what happened since; without it, what happens from now on. A stream
    lasts for an hour; a comment comes every 15 seconds where nothing happens."""
    who = program()
    if who is None:
        raise ApiProblem(401, "web.needs_key", headers={"WWW-Authenticate": "Bearer"})
    streams: OpenStreams = current_app.extensions["api_v1"].streams
    if streams.are_too_many(who.row.id):
        raise ApiProblem(429, "web.too_many_streams", headers={"Retry-After": "60"}, most=MOST_OF_KEY)
    response = Response(content_type="text/event-stream; charset=utf-8")
    response.automatically_set_content_length = False
    response.headers["Cache-Control"] = "no-store, no-transform"
    response.headers["X-Accel-Buffering"] = "no"
    stream = CallEventStream(parts().sessions, who.row.id, _begin(), request.remote_addr or "", streams)
    if request.method != "GET":
        return response
    return response if hand_over(request.environ, stream) else Response(status=204)


def _begin() -> int:
    """The id behind which the stream begins."""
    newest = db().scalar(select(func.max(CallEvent.id))) or 0
    said = request.headers.get(LAST, "").strip()
    if not said:
        return newest
    if not (said.isascii() and said.isdigit() and len(said) <= 18 and int(said) <= newest):
        raise ApiProblem(400, "web.event_wrong")
    return int(said)


def _framed(event: CallEvent, call: Call) -> bytes:
    data = event.data
    agents = data.get("agents") or ([data["agent"]] if data.get("agent") else [])
    told = ApiCallEvent.model_validate(
        {
            "id": event.id,
            "type": KINDS[event.kind],
            "at": event.at,
            "agents": [str(agent) for agent in agents],
            "call": {
                **{name: getattr(call, name) for name in ("line", "caller_number", "caller_name", "state", "result")},
                **{name: getattr(call, name) for name in ("queue", "agent", "arrived_at", "ended_at")},
                "id": call.call_id,
                "ticket": call.ticket_number,
            },
        }
    )
    return f"id: {event.id}\nevent: {told.type}\ndata: {told.model_dump_json()}\n\n".encode()
