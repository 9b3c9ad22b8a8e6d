"""The controller's way into the store: everything that one step brought, in one transaction.

Kept to a few prepared statements because it runs several times a call. Implements `pbx.controller.Store`.
Reading calls and opening tickets is left to the rooms.
"""

import logging
import time
import uuid
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import max as sql_max

from callback import service as promises
from callback.models import Callback
from callback.promise import Promise
from callback.wishes import ON_THE_PHONE, Wish
from ivr.events import PlaceKept
from ivr.facts import Facts
from pbx.outbound import Origin, PromiseWrite, key_of
from pbx.runner import CallWrite, Output, Wanted
from queueing.agents import Left
from queueing.expected_wait import Outcome
from queueing.line import Agent, AgentMode
from ringback.config import Queue, Settings
from ringback.store.alarms import raise_alarm
from ringback.store.base import utc, utcnow, uuid7
from ringback.store.bus import AgentState, Process, Request
from ringback.store.waits import LineMemory, WaitTold
from survey.models import Answer
from tickets.models import Call, CallEvent, Contact

log = logging.getLogger(__name__)

_CHANGING = (
    "state",
    "result",
    "menu_path",
    "queue",
    "agent",
    "survey_outcome",
    "queued_at",
    "connected_at",
    "released_at",
    "ended_at",
    "snapshot",
)
_call, _event, _answer, _wait_told = (cast("Table", model.__table__) for model in (Call, CallEvent, Answer, WaitTold))
_UPDATE_CALL = (
    update(_call)
    .where(_call.c.linkedid == bindparam("call_linkedid"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)


class Journal:
    """Writes calls, agents' states and signs of life; reads back what a new controller needs."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._agents = {agent.name: agent for agent in settings.agents}
        self._known: set[str] = set()
        """Calls whose row exists and may still change."""
        self._answered: set[str] = set()
        self._reasoned: set[str] = set()
        """Calls whose spoken reason is written; writing it again changes nothing."""

    # -- calls -------------------------------------------------------------------------------------

    def unfinished(self) -> list[tuple[dict[str, Any], int]]:
        """Snapshots of calls that had not settled, each with its last event's number."""
        last = sql_max(CallEvent.seq)
        query = (
            select(Call.linkedid, Call.snapshot, last)
            .outerjoin(CallEvent, CallEvent.linkedid == Call.linkedid)
            .where(Call.snapshot.is_not(None))
            .group_by(Call.id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
            self._known = {linkedid for linkedid, _, _ in rows}
            self._answered = set(connection.scalars(select(Answer.linkedid).where(Answer.linkedid.in_(self._known))))
        return [(snapshot, seq or 0) for _, snapshot, seq in rows]

    def write(self, out: Output) -> set[uuid.UUID]:
        """All of it or nothing; returns promises that had ended before, elsewhere.

        Raises sqlalchemy.exc.SQLAlchemyError; may then be called again with the same.
        """
        writes = out.writes
        new = [write for write in writes if write.facts.linkedid not in self._known]
        old = [write for write in writes if write.facts.linkedid in self._known]
        events = [
            {
                "linkedid": write.facts.linkedid,
                "seq": seq,
                "at": utc(event.at),
                "kind": type(event).__name__,
                "data": event.to_dict(),
            }
            for write in writes
            for seq, event in write.events
        ]
        answers = [
            write.facts
            for write in writes
            if write.facts.survey_key is not None and write.facts.linkedid not in self._answered
        ]
        reasons = [
            write.facts
            for write in writes
            if write.facts.reason_to is not None and write.facts.linkedid not in self._reasoned
        ]
        with self._engine.begin() as connection:
            if new:
                connection.execute(insert(_call), [_new_row(write) for write in new])
            if old:
                connection.execute(_UPDATE_CALL, [_changed_row(write) for write in old])
            if events:
                connection.execute(insert(_event), events)
            if answers:
                connection.execute(insert(_answer), [_answer_row(facts) for facts in answers])
            for agent in out.agents:
                self._publish(connection, agent)
            for wanted in out.wishes:
                self._promise(connection, wanted)
            if out.outcomes:
                connection.execute(insert(_wait_told), [_told_row(outcome) for outcome in out.outcomes])
            for overstay in out.overstays:
                name = self._agents[overstay.agent].display
                text = f"{name} is on a break ({overstay.reason}) for longer than it is meant to last."
                facts = {"reason": overstay.reason}
                raise_alarm(connection, "agent.overstay", overstay.agent, text, "yellow", utcnow(), **facts)
            for facts in reasons:
                promises.note_reason(connection, _key_of(facts), facts.linkedid, *_reason_of(facts))
            ended = promises.apply(connection, map(_applied, out.promises))
        self._known.update(write.facts.linkedid for write in new)
        self._answered.update(facts.linkedid for facts in answers)
        self._reasoned.update(facts.linkedid for facts in reasons)
        settled = {write.facts.linkedid for write in writes if write.snapshot is None}
        self._known -= settled
        self._answered -= settled
        self._reasoned -= settled
        return ended

    def _promise(self, connection: Connection, wanted: Wanted) -> None:
        # The caller has been told: what a limit of the day forbids by now goes to a person.
        promises.promise_given(connection, self._settings, _wish_of(wanted), time.time())

    # -- promises ------------------------------------------------------------------------------------

    def promises(self, *, new: bool) -> list[tuple[uuid.UUID, Promise, Origin]]:
        """Live promises as their rows say: those that changed since a controller took them in (`new`), or all
        that one has taken in, as it left them."""
        with Session(self._engine) as session:
            if new:
                queues = self._settings.queues
                return [(row.id, _fresh_promise(row, queues), _origin_of(row)) for row in promises.news(session)]
            return [
                (row.id, Promise.restore(row.snapshot), _origin_of(row))
                for row in promises.live(session)
                if row.snapshot is not None
            ]

    def dialled_today(self, now: float) -> list[tuple[str, float]]:
        """Numbers that were dialled for promises, and when."""
        with self._engine.connect() as connection:
            return promises.calls_today(connection, now, self._settings)

    # -- what the line has learned -------------------------------------------------------------------

    def memory(self) -> dict[str, dict[str, Any]]:
        """What `save_memory` wrote last; empty at the first start."""
        with self._engine.connect() as connection:
            return dict(connection.execute(select(LineMemory.name, LineMemory.data)).tuples().all())

    def save_memory(self, memory: dict[str, dict[str, Any]]) -> None:
        with self._engine.begin() as connection:
            for name, data in memory.items():
                values = {"data": data, "saved_at": utcnow()}
                changed = connection.execute(update(LineMemory).where(LineMemory.name == name).values(values))
                if changed.rowcount == 0:
                    connection.execute(insert(LineMemory).values(name=name, **values))

    def last_agent(self, number: str) -> str | None:
        """Who talked last with the contact who has this number."""
        query = (
            select(Call.agent)
            .join(Contact, Contact.id == Call.contact_id)
            .where(Contact.number == number, Call.connected_at.is_not(None), Call.agent.is_not(None))
            .order_by(Call.connected_at.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def cut_off(self, now: float) -> list[tuple[str, str, float, float]]:
        """Callers who were cut off in the line lately, oldest first: number as it arrived, line, place, end."""
        lately = utc(now - self._settings.redial_seconds)
        query = (
            select(Call.linkedid, Call.caller_number, Call.line, Call.arrived_at, Call.ended_at)
            .where(Call.ended_at >= lately, Call.result == "abandoned")
            .order_by(Call.ended_at)
        )
        kept = select(CallEvent.linkedid, CallEvent.data).where(CallEvent.kind == PlaceKept.__name__)
        with self._engine.connect() as connection:
            calls = connection.execute(query).all()
            names = [linkedid for linkedid, *_ in calls]
            places = {
                linkedid: float(data["place_at"])
                for linkedid, data in connection.execute(kept.where(CallEvent.linkedid.in_(names)))
            }
        return [
            (number, line, places.get(linkedid, arrived_at.timestamp()), ended_at.timestamp())
            for linkedid, number, line, arrived_at, ended_at in calls
        ]

    # -- agents, requests, signs of life -------------------------------------------------------------

    def agents(self) -> list[Left]:
        """Queues, pauses and logouts as agents chose them: they outlive the controller."""
        query = select(AgentState.agent, AgentState.queues, AgentState.reason, AgentState.state)
        with self._engine.connect() as connection:
            return [
                Left(agent, None if queues is None else tuple(queues), reason, state == AgentMode.LOGGED_OUT)
                for agent, queues, reason, state in connection.execute(query)
            ]

    def requests(self) -> list[tuple[Any, str, str, dict[str, Any]]]:
        """Wishes that nobody has answered, oldest first: id, kind, subject, args."""
        query = (
            select(Request.id, Request.kind, Request.subject, Request.args)
            .where(Request.done_at.is_(None))
            .order_by(Request.asked_at)
        )
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def answer_request(self, request_id: Any, error: str | None) -> None:
        """`error` None: it was done."""
        query = update(Request).where(Request.id == request_id).values(done_at=utcnow(), error=error)
        with self._engine.begin() as connection:
            connection.execute(query)

    def beat(self, pid: int, started_at: datetime, trouble: str | None) -> None:
        """The controller lives."""
        values = {"pid": pid, "started_at": started_at, "beat_at": utcnow(), "trouble": trouble}
        with self._engine.begin() as connection:
            changed = connection.execute(update(Process).where(Process.name == "controller").values(values))
            if changed.rowcount == 0:
                connection.execute(insert(Process).values(name="controller", **values))

    def forget_agents(self) -> None:
        """Removes the states of agents who are no longer in the settings."""
        with self._engine.begin() as connection:
            connection.execute(delete(AgentState).where(AgentState.agent.not_in(self._agents)))

    def _publish(self, connection: Connection, agent: Agent) -> None:
        known = self._agents[agent.name]
        values = {
            "display": known.display,
            "extension": known.extension,
            "state": agent.mode.value,
            "reason": agent.paused,
            "since": utc(agent.since),
            "linkedid": agent.call,
            "queues": None if agent.chosen is None else sorted(agent.chosen),
        }
        changed = connection.execute(update(AgentState).where(AgentState.agent == agent.name).values(values))
        if changed.rowcount == 0:
            connection.execute(insert(AgentState).values(agent=agent.name, **values))


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else utc(seconds)


def _new_row(write: CallWrite) -> dict[str, Any]:
    facts = write.facts
    assert facts.arrived_at is not None
    fixed = {
        "id": uuid7(),
        "linkedid": facts.linkedid,
        "line": facts.line,
        "language": facts.language,
        "caller_number": facts.caller_number,
        "caller_name": facts.caller_name,
        "arrived_at": utc(facts.arrived_at),
    }
    return fixed | _changes(write)


def _changed_row(write: CallWrite) -> dict[str, Any]:
    return {"call_linkedid": write.facts.linkedid} | {f"new_{key}": value for key, value in _changes(write).items()}


def _changes(write: CallWrite) -> dict[str, Any]:
    facts = write.facts
    return {
        "state": write.state,
        "result": facts.result,
        "menu_path": facts.menu_path,
        "queue": facts.queue,
        "agent": facts.agent,
        "survey_outcome": facts.survey_outcome,
        "queued_at": _time(facts.queued_at),
        "connected_at": _time(facts.connected_at),
        "released_at": _time(facts.released_at),
        "ended_at": _time(facts.ended_at),
        "snapshot": write.snapshot,
    }


def _fresh_promise(row: Callback, queues: dict[str, Queue]) -> Promise:
    by_phone = row.source in ON_THE_PHONE
    return Promise(
        key=key_of(row.id),
        number=row.number,
        queue=row.queue,
        language=row.language,
        line=row.line,
        arrived_at=row.arrived_at.timestamp(),
        expires_at=row.expires_at.timestamp(),
        not_before=row.due_at.timestamp(),
        asked_at=row.requested_at.timestamp() if by_phone else None,
        revision=row.revision,
        customer_first=row.queue in queues and queues[row.queue].callback == "customer_first",
    )


def _origin_of(row: Callback) -> Origin:
    path = tuple((step["menu"], step["key"], step["label"]) for step in row.menu_path)
    return Origin(menu_path=path)


def _applied(write: PromiseWrite) -> promises.PromiseWrite:
    promise = Promise.restore(write.snapshot)
    return promises.PromiseWrite(
        id=write.id,
        state=promise.state.value,
        attempts=promise.attempts,
        agent=promise.agent,
        last_outcome=promise.last_outcome,
        last_attempt_at=promise.dialled_at,
        next_attempt_at=promise.not_before or None,
        connected_linkedid=promise.connected_call,
        ended_at=promise.ended_at,
        end_reason=promise.end_reason,
        snapshot=write.snapshot,
        revision=promise.revision,
    )


def _wish_of(wanted: Wanted) -> Wish:
    facts = wanted.facts
    assert facts.promised_number is not None
    return Wish(
        number=facts.promised_number,
        line=facts.line,
        source="closed" if facts.closed else "queue",
        source_key=_key_of(facts),
        queue=facts.queue,
        language=facts.language,
        arrived_at=wanted.place_at,
        menu_path=facts.menu_path,
        linkedid=facts.linkedid,
        not_before=wanted.not_before,
    )


def _key_of(facts: Facts) -> str:
    """What makes a caller's wish the same wish."""
    return f"call:{facts.linkedid}"


def _reason_of(facts: Facts) -> tuple[float, float]:
    """From and to, in seconds of the recording, which begins as the call arrives."""
    assert facts.arrived_at is not None and facts.reason_from is not None and facts.reason_to is not None
    return facts.reason_from - facts.arrived_at, facts.reason_to - facts.arrived_at


def _told_row(outcome: Outcome) -> dict[str, Any]:
    forecast = outcome.forecast
    return {
        "id": uuid7(),
        "linkedid": forecast.call,
        "queue": forecast.queue,
        "at": utc(forecast.at),
        "position": forecast.position,
        "expected_seconds": forecast.expected,
        "bound_minutes": forecast.bound,
        "told": forecast.told,
        "waited_seconds": outcome.waited,
        "served": outcome.served,
    }


def _answer_row(facts: Facts) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "linkedid": facts.linkedid,
        "survey": facts.survey,
        "question": facts.survey_question,
        "key": facts.survey_key,
        "label": facts.survey_label,
        "at": _time(facts.survey_at),
    }
