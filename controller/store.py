"""The controller's way into the store: everything that one step brought, in one transaction.

Kept to a few prepared statements because it runs several times a call. Implements `controller.store_protocol.Store`.
Reading calls and opening tickets is left to the rooms.
"""

import logging
import time
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import max as sql_max

from callback import service as promises
from callback import trunk_state
from callback.promise import CallbackMachine
from calls.models import AgentStateChange, Call, CallEvent, LegQuality, QueueVisit
from calls.numbers import country_of
from contacts.service import names_of
from controller import left_behind
from controller import store_rows as rows
from controller.agent_history import AgentChange
from controller.known_caller import caller_known, surveys_known
from controller.output import CallWrite, Output, Wanted
from controller.promise_rows import Origin
from controller.store_load import write_refused
from controller.store_news import NewsBook
from controller.store_parts import Book, segment_book, visit_book
from controller.store_survey import SurveyBook
from history.service import PastVisit, past
from ivr.events import Event, PlaceKept
from ivr.facts import CallRecord
from nuisance import service as nuisance
from pbx.reports import ChannelEvent
from problems import service as problems
from publishing import history
from publishing.service import settings_of
from queueing.agents import AgentChoice
from queueing.router import AgentMode, Overstay, PoolAgent
from recording.unused import throw_away
from ringback.config import Settings
from ringback.fingerprints import fingerprint
from ringback.messages import Message, message, text
from ringback.processes import CONTROLLER
from ringback.store.alarms import clear_alarm, insert_or_leave, raise_alarm
from ringback.store.base import utc, utcnow
from ringback.store.bus import AgentState, Alarm, Process, Request, beat
from ringback.store.told import tell
from ringback.store.waits import LineMemory, WaitTold
from survey import service as surveys
from tickets.known import status_of, who_calls
from voicemail.service import note_left

log = logging.getLogger(__name__)
LOOKUP_AWAY = "lookup.away"
"""The kind of the alarm about a lookup's system; its subject is the lookup's name."""

_CHANGING = tuple(rows.changes(CallWrite(CallRecord(""), "", None, [])))
"""What may change in the row of a call that goes on."""
_PUBLISHED = ("display", "extension", "state", "reason", "since", "call_id", "queues")
_call, _event, _wait_told, _quality, _agent_change, _agent = (
    cast("Table", model.__table__) for model in (Call, CallEvent, WaitTold, LegQuality, AgentStateChange, AgentState)
)
_UPDATE_CALL = (
    update(_call)
    .where(_call.c.call_id == bindparam("of_call_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_UPDATE_AGENT = (
    update(_agent)
    .where(_agent.c.agent == bindparam("of_agent"))
    .values({name: bindparam(f"new_{name}") for name in _PUBLISHED})
)
_INSERT_CALL, _INSERT_EVENT, _INSERT_AGENT_CHANGE = insert(_call), insert(_event), insert(_agent_change)
_INSERT_QUALITY = insert_or_leave(_quality)
_REQUESTS = (
    select(Request.id, Request.kind, Request.subject, Request.args)
    .where(Request.done_at.is_(None))
    .order_by(Request.asked_at)
)
"""Made once: a step writes with them several times a call, and requests are looked for four times a second."""


class ControllerStore:
    """Writes calls, agents' states and signs of life; reads back what a new controller needs."""

    def __init__(self, engine: Engine, settings: Settings, number_key: str = "") -> None:
        """`number_key`: see `ringback.secrets.Secrets`."""
        self._engine = engine
        self._settings = settings
        self._number_key = number_key
        self._agents = {agent.name: agent for agent in settings.agents}
        self._known: set[str] = set()
        """Calls whose row exists and may still change."""
        self._surveys = SurveyBook(settings, number_key)
        self._news = NewsBook(settings)
        self._books: tuple[Book, ...] = (segment_book(), visit_book(), self._surveys, self._news)
        self._agent_changes: dict[str, AgentChange] = {}
        """What the history says last of each agent, as far as it was looked at."""
        self._reasoned: set[str] = set()
        """Calls whose spoken reason is written; writing it again changes nothing."""

    def take_settings(self, settings: Settings) -> None:
        """Rows are written by these from now on; agents who are gone are known until their last call is over."""
        self._settings = settings
        self._agents |= {agent.name: agent for agent in settings.agents}
        self._surveys.take_settings(settings)
        self._news.take_settings(settings)
        if settings.trunk is None:
            with self._engine.begin() as connection:
                trunk_state.forget(connection)

    def note_taken(self, part: str, number: int, trouble: Message | None) -> None:
        """See `publishing.history`."""
        with self._engine.begin() as connection:
            history.note_taken(connection, part, number, trouble)

    def versions(self, numbers: set[int]) -> dict[int, Settings]:
        """Settings of earlier versions, as far as they are kept and can be read."""
        with Session(self._engine) as session:
            rows = [history.version(session, number) for number in numbers]
            found = {row.number: settings_of(row, self._settings) for row in rows if row is not None}
        return {number: settings for number, settings in found.items() if settings is not None}

    # -- calls -------------------------------------------------------------------------------------

    def unfinished(self) -> list[tuple[dict[str, Any], int]]:
        """Snapshots of calls that had not settled, each with its last event's number.

        Visits of all others are over: those that were left open end with their call, and nobody knows how.
        """
        last = sql_max(CallEvent.seq)
        query = (
            select(Call.call_id, Call.snapshot, last)
            .outerjoin(CallEvent, CallEvent.call_id == Call.call_id)
            .where(Call.snapshot.is_not(None))
            .group_by(Call.id)
        )
        with self._engine.begin() as connection:
            self._close_visits(connection)
            found = connection.execute(query).all()
            self._known = {call_id for call_id, _, _ in found}
            self._news.read(connection)
        for book in self._books:
            book.restore(self._known)
        return [(snapshot, seq or 0) for _, snapshot, seq in found]

    @staticmethod
    def _close_visits(connection: Connection) -> None:
        over = select(func.coalesce(Call.ended_at, QueueVisit.entered_at)).where(Call.call_id == QueueVisit.call_id)
        left = exists().where(Call.call_id == QueueVisit.call_id, Call.snapshot.is_not(None))
        closed = {"left_at": over.scalar_subquery(), "outcome": "lost", "reason": "unknown"}
        connection.execute(update(QueueVisit).where(QueueVisit.left_at.is_(None), ~left).values(closed))

    def left_behind(self, now: float) -> list[ChannelEvent]:
        """The ends of calls that no controller saw. Raises OSError where the spool cannot be read."""
        return left_behind.take_in(self._settings.fallback_spool, self._with_row, now)

    def _with_row(self, call_ids: Iterable[str]) -> set[str]:
        with self._engine.connect() as connection:
            return set(connection.scalars(select(Call.call_id).where(Call.call_id.in_(list(call_ids)[:500]))))

    def write(self, out: Output) -> set[uuid.UUID]:
        """Returns promises that had ended before, elsewhere. All of it is written or nothing, except for what the
        store refuses for good: that is a fault of ours, goes to the log and an alarm, and keeps nothing else waiting.

        Raises sqlalchemy.exc.SQLAlchemyError where the store cannot write now; may then be called again with the same.
        """
        try:
            return self._write(out)
        except (IntegrityError, DataError):
            log.exception("a step was refused by the store; its parts are written one by one")
        ended: set[uuid.UUID] = set()
        for part in out.rows_one_by_one():
            try:
                ended |= self._write(part)
            except (IntegrityError, DataError) as error:
                log.exception("refused by the store, and left out: %s", part)
                with self._engine.begin() as connection:
                    said = message("controller.rows_refused", why=text(str(error.orig)))
                    raise_alarm(connection, "rows.refused", "controller", said, "red", utcnow())
        return ended

    def _write(self, out: Output) -> set[uuid.UUID]:
        # Steps that were put together may have several of one call: the last says everything but the events.
        writes = list({write.facts.call_id: write for write in out.writes}.values())
        reasons = [w.facts for w in writes if w.facts.reason_to is not None and w.facts.call_id not in self._reasoned]
        with self._engine.begin() as connection:
            self._write_calls(connection, writes, out)
            said = [(book, write, book.write(connection, write.facts)) for book in self._books for write in writes]
            changes = self._write_histories(connection, out)
            for agent in out.agents:
                self._publish(connection, agent)
            if out.agents_left:
                connection.execute(delete(AgentState).where(AgentState.agent.in_(out.agents_left)))
            for wanted in out.callback_requests:
                self._promise(connection, wanted)
            for overstay in out.overstays:
                self._tell_overstay(connection, overstay)
            for facts in reasons:
                promises.note_reason(connection, rows.request_key(facts), facts.call_id, *rows.reason_of(facts))
            self._write_beside(connection, writes)
            ended = promises.apply(connection, map(rows.applied, out.promises))
            for report in out.trunk[-1:]:
                trunk_state.write(connection, report)
        settled = {write.facts.call_id for write in writes if write.snapshot is None}
        self._known |= {write.facts.call_id for write in writes}
        self._reasoned |= {facts.call_id for facts in reasons}
        self._agent_changes.update(changes)
        for book, write, parts in said:
            over = write.facts.call_id in settled
            if parts is not None or over:
                book.wrote(write.facts.call_id, parts or [], over=over)
        for ids in (self._known, self._reasoned):
            ids -= settled
        return ended

    def _write_calls(self, connection: Connection, writes: list[CallWrite], out: Output) -> None:
        new = [rows.new_row(write) for write in writes if write.facts.call_id not in self._known]
        old = [rows.changed_row(write) for write in writes if write.facts.call_id in self._known]
        events = [rows.event_row(write.facts.call_id, *event) for write in out.writes for event in write.events]
        if new:
            connection.execute(_INSERT_CALL, new)
        if old:
            connection.execute(_UPDATE_CALL, old)
        if events:
            connection.execute(_INSERT_EVENT, events)

    def _write_beside(self, connection: Connection, writes: list[CallWrite]) -> None:
        """What callers left and asked for: each is safe to repeat, or written once, as the call is over."""
        for facts, is_over in ((write.facts, write.snapshot is None) for write in writes):
            if is_over and facts.message_from is not None:
                note_left(connection, facts.call_id, *rows.message_of(facts))
            if is_over and facts.problem is not None:
                problems.note_heard(connection, facts.problem)
            if facts.problem_number is not None:
                country = country_of(self._settings, facts.line)
                problems.subscribe(connection, **rows.subscriber_of(facts, country))

    def _write_histories(self, connection: Connection, out: Output) -> dict[str, AgentChange]:
        """Returns what the history says last of agents then."""
        changes = self._new_changes(connection, out.agent_changes)
        if changes:
            connection.execute(_INSERT_AGENT_CHANGE, [rows.agent_change_row(change) for change in changes])
        if out.leg_ends:
            # The end of a leg may be told twice.
            connection.execute(_INSERT_QUALITY, [rows.quality_row(end) for end in out.leg_ends])
        if out.outcomes:
            connection.execute(insert(_wait_told), [rows.told_row(outcome) for outcome in out.outcomes])
        return {change.agent: change for change in changes}

    def _tell_overstay(self, connection: Connection, overstay: Overstay) -> None:
        said = _overstayed(self._agents[overstay.agent].display, overstay.pause_code)
        raise_alarm(connection, "agent.overstay", overstay.agent, said, "yellow", utcnow())

    def _promise(self, connection: Connection, wanted: Wanted) -> None:
        # The caller has been told: what a limit of the day forbids by now goes to a person.
        promises.promise_given(connection, self._settings, rows.request_of(wanted), time.time())

    # -- promises ------------------------------------------------------------------------------------

    def promises(self, *, new: bool) -> list[tuple[uuid.UUID, CallbackMachine, Origin]]:
        """Live promises as their rows say: those that changed since a controller took them in (`new`), or all
        that one has taken in, as it left them."""
        queues = self._settings.queues
        with Session(self._engine) as session:
            known = promises.news(session) if new else promises.live(session)
            found = [row for row in known if new or row.snapshot is not None]
            names = names_of(session, {row.number for row in found})
            return [
                (
                    row.id,
                    rows.fresh_promise(row, queues) if new else CallbackMachine.restore(row.snapshot or {}),
                    rows.origin_of(row, names.get(row.number, "")),
                )
                for row in found
            ]

    def dialled_today(self, now: float) -> list[tuple[str, float]]:
        """Numbers that were dialled for promises, and when."""
        with self._engine.connect() as connection:
            return promises.calls_today(connection, now, self._settings)

    def forget_sound(self, legs: list[str]) -> None:
        """What was recorded of channels that came to no call goes."""
        throw_away(self._settings, legs)

    # -- what the line has learned -------------------------------------------------------------------

    def memory(self) -> dict[str, dict[str, Any]]:
        """What `save_memory` wrote last; empty at the first start."""
        with self._engine.connect() as connection:
            return dict(connection.execute(select(LineMemory.name, LineMemory.data)).tuples().all())

    def past_visits(self, queues: list[str]) -> list[PastVisit]:
        """What the system before knew of these queues, the oldest first."""
        with Session(self._engine) as session:
            return list(past(session, queues))

    def save_memory(self, memory: dict[str, dict[str, Any]]) -> None:
        with self._engine.begin() as connection:
            for name, data in memory.items():
                values = {"data": data, "saved_at": utcnow()}
                changed = connection.execute(update(LineMemory).where(LineMemory.name == name).values(values))
                if changed.rowcount == 0:
                    connection.execute(insert(LineMemory).values(name=name, **values))

    def who_calls(self, number: str, now: float) -> list[Event]:
        """What a call is told of the contact who has this number (E.164), and of the surveys that it was asked in."""
        with Session(self._engine) as session:
            known = who_calls(session, number, utcnow())
            wish = surveys.wish_of(session, fingerprint(number, self._number_key))
        return [caller_known(known, now), *surveys_known(wish, now)]

    def ticket_status(self, ticket: int, caller: str) -> str | None:
        """How the caller's own ticket stands (`tickets.known.status_of`)."""
        with Session(self._engine) as session:
            return status_of(session, ticket, caller)

    def lookup_is(self, name: str, said: Message | None) -> None:
        """`said`: why callers get no answers from this lookup's system; None: they do."""
        with self._engine.begin() as connection:
            if said is None:
                clear_alarm(connection, LOOKUP_AWAY, name, utcnow())
            else:
                raise_alarm(connection, LOOKUP_AWAY, name, said, "yellow", utcnow())

    def keep_lookups(self, names: Iterable[str]) -> None:
        """Only these are asked any more."""
        gone = (Alarm.kind == LOOKUP_AWAY, Alarm.subject.not_in(list(names)), Alarm.cleared_at.is_(None))
        with self._engine.begin() as connection:
            connection.execute(update(Alarm).where(*gone).values(cleared_at=utcnow()))

    def cut_off(self, now: float) -> list[tuple[str, str, float, float]]:
        """Callers who were cut off in the line lately, oldest first: number as it arrived, line, place, end."""
        lately = utc(now - self._settings.reconnect_seconds)
        query = (
            select(Call.call_id, Call.caller_number, Call.line, Call.arrived_at, Call.ended_at)
            .where(Call.ended_at >= lately, Call.result == "abandoned")
            .order_by(Call.ended_at)
        )
        kept = select(CallEvent.call_id, CallEvent.data).where(CallEvent.kind == PlaceKept.__name__)
        with self._engine.connect() as connection:
            calls = connection.execute(query).all()
            names = [call_id for call_id, *_ in calls]
            places = {
                call_id: float(data["place_at"])
                for call_id, data in connection.execute(kept.where(CallEvent.call_id.in_(names)))
            }
        return [
            (number, line, places.get(call_id, arrived_at.timestamp()), ended_at.timestamp())
            for call_id, number, line, arrived_at, ended_at in calls
        ]

    def write_refused(self, refused: int, said: Message | None, busy: bool) -> None:
        """See `controller.store_load`."""
        with self._engine.begin() as connection:
            write_refused(connection, refused, said, busy, utcnow())

    def known_problems(self) -> list[tuple[str, str, list[str]]]:
        """What callers are told of first, the newest first: id, prompt, the numbers of its lines."""
        with self._engine.connect() as connection:
            return problems.standing(connection)

    def nuisance_callers(self, refused: dict[uuid.UUID, int]) -> list[tuple[uuid.UUID, str, str]]:
        """Writes down how many calls of each entry were refused, and gives the list: id, number, address."""
        now = utcnow()
        if refused:
            with self._engine.begin() as connection:
                nuisance.note_refused(connection, refused, now)
        with self._engine.connect() as connection:
            return nuisance.standing(connection, now)

    # -- agents, requests, signs of life -------------------------------------------------------------

    def agents(self) -> list[AgentChoice]:
        """Queues, pauses and logouts as agents chose them: they outlive the controller."""
        query = select(AgentState.agent, AgentState.queues, AgentState.reason, AgentState.state, AgentState.since)
        with self._engine.connect() as connection:
            return [
                AgentChoice(
                    agent, None if queues is None else tuple(queues), reason, state == AgentMode.LOGGED_OUT,
                    state == AgentMode.WRAP_UP, since.timestamp(), state == AgentMode.LOST,
                )
                for agent, queues, reason, state, since in connection.execute(query)
            ]  # fmt: skip

    def requests(self) -> list[tuple[Any, str, str, dict[str, Any]]]:
        """Requests that nobody has answered, oldest first: id, kind, subject, args."""
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(_REQUESTS)]

    def answer_request(self, request_id: Any, error: Message | None) -> None:
        """`error` None: it was done."""
        query = update(Request).where(Request.id == request_id).values(done_at=utcnow(), error=error)
        with self._engine.begin() as connection:
            connection.execute(query)

    def beat(self, started_at: datetime, trouble: Message | None, *, linked: bool) -> None:
        """The controller lives; `linked`: Asterisk is there."""
        with Session(self._engine) as session, session.begin():
            beat(session, CONTROLLER.name, started_at, trouble)
            tell(session, CONTROLLER.name, {"asterisk": linked}, utcnow())

    def last_beat(self) -> float | None:
        """When a controller last gave a sign of life, seconds since the epoch; None: there was none yet."""
        with self._engine.connect() as connection:
            at = connection.scalar(select(Process.beat_at).where(Process.name == CONTROLLER.name))
        return None if at is None else at.timestamp()

    def forget_agents(self) -> None:
        """Removes the states of agents who are no longer in the settings, and what stands of a trunk that is not."""
        with self._engine.begin() as connection:
            known = [agent.name for agent in self._settings.agents]
            connection.execute(delete(AgentState).where(AgentState.agent.not_in(known)))
            if self._settings.trunk is None:
                trunk_state.forget(connection)

    def _new_changes(self, connection: Connection, changes: list[AgentChange]) -> list[AgentChange]:
        """Those that say something new, also after what an earlier controller wrote."""
        last: dict[str, AgentChange] = {}
        new = []
        for change in changes:
            before = last.get(change.agent) or self._agent_changes.get(change.agent)
            if not change.says_as(before or self._last_change(connection, change.agent)):
                last[change.agent] = change
                new.append(change)
        return new

    @staticmethod
    def _last_change(connection: Connection, agent: str) -> AgentChange | None:
        """What an earlier controller wrote."""
        said = _agent_change.c
        query = select(said.at, said.state, said.reason, said.queues, said.reachable).where(said.agent == agent)
        row = connection.execute(query.order_by(said.at.desc(), said.id.desc()).limit(1)).one_or_none()
        if row is None:
            return None
        return AgentChange(agent, row.at.timestamp(), row.state, row.reason, tuple(row.queues), row.reachable)

    def _publish(self, connection: Connection, agent: PoolAgent) -> None:
        known = self._agents[agent.name]
        values = {
            "display": known.display,
            "extension": known.extension,
            "state": agent.mode.value,
            "reason": agent.paused,
            "since": utc(agent.since),
            "call_id": agent.call,
            "queues": None if agent.chosen is None else sorted(agent.chosen),
        }
        changed = connection.execute(
            _UPDATE_AGENT, {"of_agent": agent.name} | {f"new_{k}": v for k, v in values.items()}
        )
        if changed.rowcount == 0:
            connection.execute(insert(_agent).values(agent=agent.name, **values))


def _overstayed(name: str, reason: str) -> Message:
    """The reason is a person's word for the break, or why the line made one."""
    if not reason:
        return message("controller.overstay", name=name)
    why = message("controller.missed") if reason == "missed" else reason
    return message("controller.overstay_why", name=name, why=why)
