"""Visits to queues, changes of agents' states, quality of legs, and who ended a call.

Visits of past calls are derived from what was stored of them: the call's row and events say when it entered the line and
what became of it. Which queue a key or a transfer led to is in no event: where the call went on to another queue, other
calls of that time tell, whose only queue is in their row. What nothing tells stays out: the position at entry, the limit
that moved a call, who hung up. Of a call that is erased the same is left as of others, as its times are.
"""

import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from ringback.store.base import UtcTime, uuid7

revision = '0021'
down_revision = '0020'

BATCH = 2000
"""Calls read and written at a time."""
KINDS = (
    "CalledBack", "Done", "AgentAnswered", "Moved", "Transferred", "Offered", "MessageProposed", "ClosedNow",
    "PositionDue", "HungUp", "PbxLost",
)
COMMANDS = ("ask", "callback", "offer")
"""Whose ends tell something: a choice in the menu, a number confirmed, a phone that rang."""
NOBODY_LOOKED = "ended while nobody listened"

CALL = sa.table(
    "call", sa.column("id", sa.Uuid()), sa.column("call_id", sa.String()), sa.column("line", sa.String()),
    sa.column("state", sa.String()), sa.column("result", sa.String()), sa.column("menu_path", sa.JSON()),
    sa.column("queue", sa.String()), sa.column("agent", sa.String()), sa.column("arrived_at", UtcTime()),
    sa.column("queued_at", UtcTime()), sa.column("connected_at", UtcTime()), sa.column("ended_at", UtcTime()),
    sa.column("snapshot", sa.JSON(none_as_null=True)),
)
EVENT = sa.table(
    "call_event", sa.column("call_id", sa.String()), sa.column("seq", sa.Integer()), sa.column("at", UtcTime()),
    sa.column("kind", sa.String()), sa.column("data", sa.JSON()),
)
TALK = sa.table(
    "call_segment", sa.column("call_id", sa.String()), sa.column("seq", sa.Integer()), sa.column("kind", sa.String()),
    sa.column("agent", sa.String()), sa.column("started_at", UtcTime()), sa.column("why", sa.String()),
)
VISIT = sa.table(
    "queue_visit", sa.column("id", sa.Uuid()), sa.column("call_id", sa.String()), sa.column("seq", sa.Integer()),
    sa.column("queue", sa.String()), sa.column("entered_at", UtcTime()), sa.column("came_by", sa.String()),
    sa.column("left_at", UtcTime()), sa.column("outcome", sa.String()), sa.column("position", sa.Integer()),
    sa.column("told_minutes", sa.Integer()), sa.column("agent", sa.String()), sa.column("reason", sa.String()),
)


def upgrade() -> None:
    op.create_table(
        "queue_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("entered_at", UtcTime(), nullable=False),
        sa.Column("came_by", sa.String(), nullable=False),
        sa.Column("left_at", UtcTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("told_minutes", sa.Integer(), nullable=True),
        sa.Column("agent", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.call_id"], name=op.f("fk_queue_visit_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_visit")),
        sa.UniqueConstraint("call_id", "seq", name=op.f("uq_queue_visit_call_id")),
    )
    op.create_table(
        "agent_state_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("queues", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_state_change")),
    )
    op.create_index("ix_agent_state_change_agent", "agent_state_change", ["agent", "at"])
    op.create_index("ix_agent_state_change_at", "agent_state_change", ["at"])
    op.create_table(
        "leg_quality",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("received_lost", sa.Float(), nullable=True),
        sa.Column("received_jitter", sa.Float(), nullable=True),
        sa.Column("received_mos", sa.Float(), nullable=True),
        sa.Column("sent_lost", sa.Float(), nullable=True),
        sa.Column("sent_jitter", sa.Float(), nullable=True),
        sa.Column("sent_mos", sa.Float(), nullable=True),
        sa.Column("round_trip", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.call_id"], name=op.f("fk_leg_quality_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leg_quality")),
        sa.UniqueConstraint("call_id", "channel", name=op.f("uq_leg_quality_call_id")),
    )
    op.create_index("ix_leg_quality_at", "leg_quality", ["at"])
    op.add_column("call", sa.Column("ended_by", sa.String(), nullable=True))
    _write_past_visits()
    # Once the rows are there: keeping indexes up with each of them takes longer.
    op.create_index("ix_queue_visit_entered", "queue_visit", ["entered_at", "queue"])
    op.create_index("ix_queue_visit_open", "queue_visit", ["left_at"])


def downgrade() -> None:
    op.drop_column("call", "ended_by")
    for table in ("leg_quality", "agent_state_change", "queue_visit"):
        op.drop_table(table)


@dataclass
class Visit:
    """In the order in which a call's snapshot has these fields."""

    queue: str
    entered_at: datetime
    came_by: str
    left_at: datetime | None = None
    outcome: str | None = None
    position: int | None = None
    told_minutes: int | None = None
    agent: str | None = None
    reason: str | None = None

    def end(self, outcome: str, at: datetime, agent: str | None = None, reason: str | None = None) -> None:
        self.left_at, self.outcome, self.agent, self.reason = max(at, self.entered_at), outcome, agent, reason


@dataclass
class Known:
    """What other calls told: where a key leads, and where a number that calls are passed on to."""

    options: dict[tuple[str, str, str], str] = field(default_factory=dict)
    numbers: dict[str, str | None] = field(default_factory=dict)
    """None: an agent's."""


class NotKnownYet(Exception):
    """A later call may tell what an earlier one needs."""


@dataclass
class Past:
    """One call as its rows have it."""

    call: Any
    events: list[Any]
    talks: list[Any]

    @property
    def facts(self) -> dict[str, Any]:
        """Of a call that goes on."""
        return (self.call.snapshot or {}).get("facts", {})

    @property
    def option(self) -> tuple[str, str, str]:
        """What the caller chose; no key where a person was reached without one."""
        step = self.call.menu_path[-1] if self.call.menu_path else {}
        return self.call.line, str(step.get("menu", "")), str(step.get("key", ""))

    @property
    def promised(self) -> bool:
        return self.call.result == "promised" or bool((self.call.snapshot or {}).get("memory", {}).get("promised"))

    @property
    def found_closed(self) -> bool:
        return self.call.result == "closed" or bool(self.facts.get("closed"))

    def visits(self, known: Known, *, last_word: bool) -> list[Visit]:
        """Raises NotKnownYet, unless this is the `last_word`: then what is not known is left out."""
        walk = Walk(self, known, last_word)
        for event in self.events:
            walk.take(event)
        walk.finish()
        return walk.visits


class Walk:
    """Goes through a call's events once."""

    def __init__(self, past: Past, known: Known, last_word: bool) -> None:
        self.past, self.known, self.last_word = past, known, last_word
        self.visits: list[Visit] = []
        self.asked_at: datetime | None = None
        self.confirmed_at: datetime | None = None
        self.ringing_for_colleague = False
        self.called_agent: str | None = None
        call = past.call
        moves = [event.kind for event in past.events if event.kind in ("Moved", "Transferred")]
        called_back = any(event.kind == "CalledBack" for event in past.events)
        if call.queued_at is not None and call.queue is not None and not called_back:
            first = self._first_queue() if moves else call.queue
            if first is not None:
                self.visits.append(Visit(first, call.queued_at, "menu"))

    @property
    def open(self) -> Visit | None:
        return self.visits[-1] if self.visits and self.visits[-1].left_at is None else None

    def _first_queue(self) -> str | None:
        """Where the way through the menu led, of a call that may have gone on from there."""
        call, events = self.past.call, self.past.events
        if not any(event.kind == "Moved" for event in events) and not any(self._leads_to_queue(e) for e in events):
            return call.queue
        if self.past.option not in self.known.options and not self.last_word:
            raise NotKnownYet
        return self.known.options.get(self.past.option)

    def _leads_to_queue(self, event: Any) -> bool:
        """Whether a caller was passed on to a queue; to an agent otherwise, as far as is known."""
        if event.kind != "Transferred":
            return False
        number = json.loads(event.data).get("number")
        if number in self.known.numbers:
            return self.known.numbers[number] is not None
        later = next((talk for talk in self.past.talks if talk.started_at >= event.at), None)
        if later is not None:
            return later.why == "queue"
        if any(each.kind == "Offered" and each.at >= event.at for each in self.past.events):
            return True
        # Nobody answered there. Where nothing else is known, it was a queue whose name is in the call's row.
        talked_in = self.known.options.get(self.past.option)
        return self.past.call.result == "abandoned" and talked_in not in (None, self.past.call.queue)

    def take(self, event: Any) -> None:
        at, visit, kind = event.at, self.open, event.kind
        if kind == "Done":
            self._done(event)
        elif kind == "CalledBack":
            data = json.loads(event.data)
            self.called_agent = data.get("agent") if data.get("agent_channel") else None
            self.visits.append(Visit(data.get("queue") or self.past.call.queue, at, "callback"))
        elif kind == "AgentAnswered":
            self.ringing_for_colleague = False
            if visit is not None:
                visit.end("answered", at, json.loads(event.data).get("agent"))
        elif kind == "Moved" and visit is not None:
            queue = json.loads(event.data)["queue"]
            visit.end("overflow", at)
            self.visits.append(Visit(queue, at, "overflow"))
        elif kind == "Moved" and not self.visits:
            self.visits.append(Visit(json.loads(event.data)["queue"], at, "overflow"))
        elif kind == "Transferred":
            self._passed_on(event)
        elif kind == "MessageProposed" and visit is not None and self.past.call.result == "message":
            visit.end("message", at)
        elif kind == "ClosedNow" and visit is not None and self.past.call.result != "abandoned":
            if not self.past.call.snapshot or self.past.found_closed:
                visit.end("closed", at)
        elif kind == "PositionDue" and visit is not None and visit.told_minutes is None:
            visit.told_minutes = json.loads(event.data).get("minutes")

    def _done(self, event: Any) -> None:
        if '"ask-' in event.data:
            self.asked_at = event.at
        elif '"callback-' in event.data:
            self.confirmed_at = event.at
        elif self.ringing_for_colleague and '"offer-' in event.data and '"ANSWER"' not in event.data:
            self.ringing_for_colleague = False
            self.visits.append(Visit(self.visits[-1].queue, event.at, "back"))

    def _passed_on(self, event: Any) -> None:
        call = self.past.call
        if self.open is not None:
            self._answered(self.open, event.at)
        if not self.visits or call.result == "failed":
            return
        if not self._leads_to_queue(event):
            self.ringing_for_colleague = True
            return
        queue = self.known.numbers.get(json.loads(event.data).get("number"))
        later = [each for each in self.past.events if each.at > event.at and each.kind in ("Moved", "Transferred")]
        if queue is None and not any(each.kind == "Moved" or self._leads_to_queue(each) for each in later):
            queue = call.queue
        if queue is None and not self.last_word:
            raise NotKnownYet
        if queue is not None:
            self.visits.append(Visit(queue, event.at, "transfer"))

    def _answered(self, visit: Visit, otherwise: datetime) -> None:
        """No event says when: the row does, of the first talk."""
        call = self.past.call
        talk = next((talk for talk in self.past.talks if talk.started_at >= visit.entered_at), None)
        at = call.connected_at if call.connected_at and call.connected_at >= visit.entered_at else None
        at = at if at is not None and at <= otherwise else talk.started_at if talk is not None else otherwise
        visit.end("answered", at, self.called_agent or (talk.agent if talk is not None else call.agent))

    def finish(self) -> None:
        call = self.past.call
        if not self.visits and call.queue is not None and call.queued_at is None and self._chose_what_was_closed():
            at = self.asked_at or call.arrived_at
            self.visits.append(Visit(call.queue, at, "menu"))
            self.visits[-1].end("closed", at)
        visit = self.open
        if visit is None:
            return
        if call.snapshot and call.ended_at is None:
            self._goes_on(visit)
            return
        ended_at = call.ended_at or (self.past.events[-1].at if self.past.events else visit.entered_at)
        last = self.past.events[-1] if self.past.events else None
        if self.past.promised:
            visit.end("callback", self.confirmed_at or ended_at, reason="key")
        elif call.result == "abandoned" and last is not None and last.kind == "HungUp" and NOBODY_LOOKED in last.data:
            visit.end("lost", ended_at, reason="away")
        elif call.result == "abandoned":
            visit.end("abandoned", ended_at)
        elif call.result in ("closed", "message"):
            visit.end(call.result, ended_at)
        elif call.connected_at is not None and call.connected_at >= visit.entered_at:
            self._answered(visit, ended_at)
        else:
            visit.end("lost", ended_at, reason={"pbx_lost": "switch", "failed": "fault"}.get(call.result, "unknown"))

    def _chose_what_was_closed(self) -> bool:
        return self.past.call.result in ("closed", "promised", "message") or self.past.found_closed

    def _goes_on(self, visit: Visit) -> None:
        call = self.past.call
        if self.past.promised:
            visit.end("callback", self.confirmed_at or visit.entered_at, reason="key")
        elif self.past.found_closed:
            visit.end("closed", self.asked_at or visit.entered_at)
        elif call.state == "message":
            visit.end("message", visit.entered_at)
        elif call.connected_at is not None and call.connected_at >= visit.entered_at:
            self._answered(visit, call.connected_at)


def _write_past_visits() -> None:
    bind, known, postponed = op.get_bind(), Known(), []
    for batch in _batches(bind):
        rows: list[dict[str, Any]] = []
        for past in batch:
            _learn(past, known)
            try:
                rows += _rows(bind, past, past.visits(known, last_word=False))
            except NotKnownYet:
                postponed.append(past)
        if rows:
            bind.execute(sa.insert(VISIT), rows)
    rows = [row for past in postponed for row in _rows(bind, past, past.visits(known, last_word=True))]
    if rows:
        bind.execute(sa.insert(VISIT), rows)


def _learn(past: Past, known: Known) -> None:
    """A call that stayed in its first queue tells where its key leads; one that was passed on once, the number."""
    call = past.call
    if call.queued_at is None or call.queue is None or any(event.kind in ("CalledBack", "Moved") for event in past.events):
        return
    passed_on = [event for event in past.events if event.kind == "Transferred"]
    if not passed_on:
        known.options[past.option] = call.queue
    elif len(passed_on) == 1 and (number := json.loads(passed_on[0].data).get("number")) is not None:
        later = next((talk for talk in past.talks if talk.started_at >= passed_on[0].at), None)
        if later is not None and later.why in ("queue", "blind"):
            known.numbers[number] = call.queue if later.why == "queue" else None


def _batches(bind: sa.Connection) -> Iterator[list[Past]]:
    """Calls in the order in which they came, with their events and talks."""
    after: tuple[datetime, str] | None = None
    while True:
        query = sa.select(CALL).order_by(CALL.c.arrived_at, CALL.c.call_id).limit(BATCH)
        if after is not None:
            later = sa.and_(CALL.c.arrived_at == after[0], CALL.c.call_id > after[1])
            query = query.where(sa.or_(CALL.c.arrived_at > after[0], later))
        calls = bind.execute(query).all()
        if not calls:
            return
        after = (calls[-1].arrived_at, calls[-1].call_id)
        found = {call.call_id: Past(call, [], []) for call in calls}
        data = sa.cast(EVENT.c.data, sa.Text()).label("data")
        telling = sa.or_(EVENT.c.kind != "Done", *(data.element.like(f'%"command": "{name}-%') for name in COMMANDS))
        events = sa.select(EVENT.c.call_id, EVENT.c.at, EVENT.c.kind, data).where(
            EVENT.c.call_id.in_(list(found)), EVENT.c.kind.in_(KINDS), telling
        )
        for event in bind.execute(events.order_by(EVENT.c.call_id, EVENT.c.seq)):
            found[event.call_id].events.append(event)
        talks = sa.select(TALK).where(TALK.c.call_id.in_(list(found)), TALK.c.kind == "talk")
        for talk in bind.execute(talks.order_by(TALK.c.call_id, TALK.c.seq)):
            found[talk.call_id].talks.append(talk)
        yield list(found.values())


def _rows(bind: sa.Connection, past: Past, visits: list[Visit]) -> list[dict[str, Any]]:
    """The rows of one call; one that goes on keeps its visits in the snapshot too."""
    call = past.call
    if call.snapshot:
        told = [[_seconds(value) for value in astuple(visit)] for visit in visits]
        snapshot = {**call.snapshot, "facts": {**call.snapshot["facts"], "visits": told}}
        bind.execute(sa.update(CALL).where(CALL.c.id == call.id).values(snapshot=snapshot))
    return [{"id": uuid7(), "call_id": call.call_id, "seq": seq, **vars(visit)} for seq, visit in enumerate(visits)]


def _seconds(value: Any) -> Any:
    return value.astimezone(UTC).timestamp() if isinstance(value, datetime) else value
