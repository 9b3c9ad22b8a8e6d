"""Rows of calls: contact, call, its segments, events, visits to queues and quality; what agents did.

Written by the controller. The histories (`QueueVisit`, `AgentStateChange`, `LegQuality`) are what reports are counted
from: they are written in the transaction of the change itself, because nobody can make them up later.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calls.lookup import found_by, sorted_by
from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7

BY_BYTES = String().with_variant(String(collation="C"), "postgresql")
"""Text whose order is that of its letters' codes on every store: what begins with a word is one range of an index."""


def _sorted_by(context: DefaultExecutionContext) -> str | None:
    row = context.get_current_parameters()
    return sorted_by(row.get("name"), row.get("number"))


class Contact(Base):
    """A person we talk with; the numbers and addresses are rows of their own (`contacts.models.ContactPoint`)."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_sorted_by", "sorted_by", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    number: Mapped[str | None] = mapped_column(unique=True, default=None)
    """The one to show and to call: E.164 with its plus; a short internal number as it is. None: the caller gave none
    that can be called, or all numbers of this person were somebody else's first. Of several who share a number one
    alone has it here, so who is behind a number is asked of the points (`contacts.service.find`)."""
    name: Mapped[str | None] = mapped_column(default=None)
    """Hostile text, to be escaped wherever it is shown: as the network gave it until a person corrects it."""
    named_by: Mapped[str | None] = mapped_column(default=None)
    """Who corrected the name, or brought it with a file; None: the network gave it, and may give another."""
    language: Mapped[str | None] = mapped_column(default=None)
    notes: Mapped[str] = mapped_column(default="")
    sorted_by: Mapped[str | None] = mapped_column(BY_BYTES, init=False, insert_default=_sorted_by)
    """As `calls.lookup.sorted_by` says: the place in the list of contacts; None: is in no list."""
    merged_into: Mapped[uuid.UUID | None] = mapped_column(default=None, index=True)
    """The contact that has all that was of this row, which is the same person; None: a person of its own."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Counts what people changed."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)


def seconds_of(start: datetime | None, *ends: datetime | None) -> float | None:
    """From `start` to the first of `ends` that there is; None: it did not begin, or goes on."""
    end = next((end for end in ends if end is not None), None)
    return None if start is None or end is None else max(0.0, round((end - start).total_seconds(), 3))


def _found_by(context: DefaultExecutionContext) -> str:
    row = context.get_current_parameters()
    return found_by(row["caller_name"], row["caller_number"])


def _wait(context: DefaultExecutionContext) -> float | None:
    row = context.get_current_parameters()
    return seconds_of(row.get("queued_at"), row.get("connected_at"), row.get("ended_at"))


def _talk(context: DefaultExecutionContext) -> float | None:
    row = context.get_current_parameters()
    return seconds_of(row.get("connected_at"), row.get("released_at"), row.get("ended_at"))


class Call(Base):
    """One call as the controller records it. Facts are null until they happened."""

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_open", "ended_at", "arrived_at"),
        Index("ix_call_arrived", "arrived_at", "call_id"),
        # What the list of calls is narrowed and sorted by: each page of it is read from one of these.
        Index("ix_call_line", "line", "arrived_at", "call_id"),
        Index("ix_call_result", "result", "arrived_at", "call_id"),
        Index("ix_call_agent", "agent", "arrived_at", "call_id"),
        Index("ix_call_queue", "queue", "arrived_at", "call_id"),
        Index("ix_call_wait", "wait_seconds", "arrived_at", "call_id"),
        Index("ix_call_talk", "talk_seconds", "arrived_at", "call_id"),
        Index("ix_call_found_by", "found_by", "call_id"),
        Index("ix_call_contact", "contact_id", "arrived_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(unique=True)
    """Asterisk's name of the conversation; also the name of the raw recording."""
    line: Mapped[str]
    """The dialled number."""
    language: Mapped[str]
    """In which the caller was served last: that of the line, unless another was chosen."""
    caller_number: Mapped[str]
    """As it arrived: hostile text."""
    caller_name: Mapped[str]
    """As it arrived: hostile text."""
    state: Mapped[str] = mapped_column(index=True)
    """One of `ivr.table.CallState`."""
    result: Mapped[str | None] = mapped_column(default=None)
    """served, abandoned (hung up while waiting), left (hung up before that), left_at_once (hung up before anything
    was said), fallback (the controller was away, and the fallback had the caller), promised (a callback), message
    (left one), spared (heard of a known problem, and will be told when it is fixed), told (we called and said that it
    is), closed (hung up, or was told, outside hours), self_service (the menu answered), outside (was connected
    with a number outside), no_sound (neither a sound nor a key came), pbx_lost, failed; None: goes on"""
    menu_path: Mapped[list[Any]] = mapped_column(default_factory=list)
    """[{"menu": name, "key": "1", "label": "..."}, ...]"""
    menus: Mapped[list[Any] | None] = mapped_column(default=None)
    """[[name, how often it was asked, silent tries, wrong keys], ...]; None: from before this was counted."""
    queue: Mapped[str | None] = mapped_column(default=None)
    agent: Mapped[str | None] = mapped_column(default=None)
    survey_outcome: Mapped[str | None] = mapped_column(default=None)
    """As `survey.models.SurveyRun.outcome`; None: was not asked"""
    arrived_at: Mapped[datetime]
    """Answered by Ringback; the recording starts here."""
    queued_at: Mapped[datetime | None] = mapped_column(default=None)
    connected_at: Mapped[datetime | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    """The talk with the agent ended."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    wait_seconds: Mapped[float | None] = mapped_column(init=False, insert_default=_wait)
    """From the first queue to the agent or the end: what the list of calls is sorted by."""
    talk_seconds: Mapped[float | None] = mapped_column(init=False, insert_default=_talk)
    """From the agent to the end of the talk: the same."""
    found_by: Mapped[str] = mapped_column(init=False, insert_default=_found_by, server_default="")
    """The caller's name and number as `calls.lookup.found_by` folds them."""
    ended_by: Mapped[str | None] = mapped_column(default=None)
    """Who ended the whole call. caller: hung up, wherever that was; agent: hung up, and nothing but our goodbye came
    after the talk; us: we hung up, after the last word of the survey, a promise, a message, closed hours or a fault.
    After a talk with a survey it is whoever ended the survey's part. None: goes on, or nobody knows (Asterisk or the
    controller was gone), or from before this was stored."""
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """ivr.call.CallDriver.snapshot() of a call that goes on; null once it has settled."""
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"), default=None)
    ticket_number: Mapped[int | None] = mapped_column(ForeignKey("ticket.number"), default=None, index=True)
    about_ticket: Mapped[int | None] = mapped_column(default=None)
    """The caller said in the menu that the call is about this ticket."""
    contact: Mapped[Contact | None] = relationship(init=False)
    events: Mapped[list["CallEvent"]] = relationship(init=False, order_by="CallEvent.seq")


class SelfCall(Base):
    """A call that Ringback makes to a line of its own, to hear whether it answers as it should: of no customer.

    Written before it is dialled; the call is known by its caller's number, which is `token`."""

    __tablename__ = "self_call"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    token: Mapped[str] = mapped_column(unique=True)
    """What nobody else can guess, as the number of who calls."""
    line: Mapped[str] = mapped_column(index=True)
    """The dialled number."""
    slot: Mapped[str] = mapped_column(unique=True)
    """Which of the calls by schedule it is, so that several workers make one; of others the token."""
    started_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: it goes on, or whoever made it was killed."""
    good: Mapped[bool | None] = mapped_column(default=None)
    """Whether all was as it should be."""
    trouble: Mapped[Message | None] = mapped_column(default=None)
    """The first thing that was not."""


class CallSegment(Base):
    """A stretch of a call: who talked, when somebody was on hold, what is silent in the recording on purpose."""

    __tablename__ = "call_segment"
    __table_args__ = (UniqueConstraint("call_id", "seq"), Index("ix_call_segment_agent", "agent", "call_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    seq: Mapped[int]
    """In the order in which they began: 0, 1, ..."""
    kind: Mapped[str]
    """talk (with `agent`), hold (the caller hears music), consult (`agent` asks another while the caller is on hold),
    unrecorded (the recording was paused: silent in place)"""
    agent: Mapped[str | None]
    """Of talk: who talked; of hold and consult: whose phone did it; of unrecorded: who asked; None: not a person."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: it goes on."""
    why: Mapped[str | None] = mapped_column(default=None)
    """Of talk: queue, callback, blind (transfer), attended (transfer); of unrecorded: the reason that was given."""


class QueueVisit(Base):
    """A call in the line of one queue: from the moment it enters until it leaves, one row each time.

    What a call is offered to, and what service levels are counted from. A call that is moved by a limit or passed on to
    a queue begins another visit; one that is back in the line because an agent did not answer goes on with the same.
    A caller who finds the chosen queue closed has a visit of no length. Nobody who finds the whole line closed, or
    hangs up in the menu, has visited a queue.
    """

    __tablename__ = "queue_visit"
    __table_args__ = (
        UniqueConstraint("call_id", "seq"),
        Index("ix_queue_visit_queue", "queue", "call_id"),
        Index("ix_queue_visit_entered", "entered_at", "queue"),
        Index("ix_queue_visit_open", "left_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    seq: Mapped[int]
    """Of the call's visits: 0, 1, ..."""
    queue: Mapped[str]
    entered_at: Mapped[datetime]
    came_by: Mapped[str]
    """menu (a key, or a person after tries without one), overflow (a limit of the queue before), transfer (an agent
    passed the call on to this queue), back (passed on to an agent who did not answer), callback (we called, as we had
    promised: such visits are counted apart from those of callers)"""
    left_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: still there, or ringing at an agent's phone."""
    outcome: Mapped[str | None] = mapped_column(default=None)
    """How it ended; None: it goes on. Offered is the sum of all of them.

    answered: an agent of the queue, `agent`, talks with the caller; ringing is part of the wait.
    abandoned: the caller hung up in the line, also while a phone rang or a number was asked for.
    The flow-outs, which are neither answered nor abandoned: callback (the caller was promised a call), overflow (a
    limit moved the caller to another queue), message (a limit had the caller leave a message), closed (the queue was
    closed, or closed with nobody left), transferred (a person connected the caller with somebody whom the line had not
    chosen).
    lost: the call is over and nobody wrote how: Asterisk or the controller was gone, or a fault of ours ended it."""
    position: Mapped[int | None] = mapped_column(default=None)
    """At entry, 1 is next; None: not known, or never in the line (closed, called back)."""
    told_minutes: Mapped[int | None] = mapped_column(default=None)
    """How long the wait is at most, as it was announced first; 61 is more than an hour; None: no wait was told."""
    agent: Mapped[str | None] = mapped_column(default=None)
    """Of answered and transferred: who talks with the caller; None: not known."""
    reason: Mapped[str | None] = mapped_column(default=None)
    """Of abandoned, where the caller was: waiting, ringing, number (asked for one to be called back). Of overflow and
    message, and of a callback that a limit proposed: longest_wait, most_callers, no_agents; of overflow also queue_gone
    (new settings have no such queue); of a callback asked for by
    key: key. Of lost: switch (Asterisk was gone), away (it ended while no controller looked), fault (ours), unknown."""


class AgentStateChange(Base):
    """An agent's state from `at` on, until the next row of this agent: one row for each change, none for a restart."""

    __tablename__ = "agent_state_change"
    __table_args__ = (Index("ix_agent_state_change_agent", "agent", "at"), Index("ix_agent_state_change_at", "at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    agent: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]
    """As `queueing.agents.AgentMode`: logged out, away, phone lost, free, ringing, talking, wrap-up, paused, busy."""
    reason: Mapped[str | None] = mapped_column(default=None)
    """The pause code that stands, also while a talk goes on before the pause; None: no pause."""
    queues: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Those whose calls the agent takes while logged in, sorted."""
    reachable: Mapped[bool]
    """Whether the agent's phone could be reached."""


class LegQuality(Base):
    """How good the sound of one leg of a call was, as Asterisk has it at the leg's end; no row: it has no figures.

    Received is what Asterisk got from the phone, sent what the phone says of what it got (its RTCP reports); a figure
    that is not known is None. Legs that ended while no controller looked have no row.
    """

    __tablename__ = "leg_quality"
    __table_args__ = (UniqueConstraint("call_id", "channel"), Index("ix_leg_quality_at", "at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    channel: Mapped[str]
    """Asterisk's unique id of the leg; of the caller's leg it is the call_id."""
    agent: Mapped[str | None] = mapped_column(default=None)
    """Whose phone it was; None: the caller's."""
    at: Mapped[datetime]
    """The end of the leg."""
    received_lost: Mapped[float | None] = mapped_column(default=None)
    """The share of packets, 0..1."""
    received_jitter: Mapped[float | None] = mapped_column(default=None)
    """Seconds."""
    received_mos: Mapped[float | None] = mapped_column(default=None)
    """1..4.5 by the E-model: see `calls.quality`."""
    sent_lost: Mapped[float | None] = mapped_column(default=None)
    sent_jitter: Mapped[float | None] = mapped_column(default=None)
    sent_mos: Mapped[float | None] = mapped_column(default=None)
    round_trip: Mapped[float | None] = mapped_column(default=None)
    """Seconds."""


class CallEvent(Base):
    """A domain event of a call; only ever appended."""

    __tablename__ = "call_event"
    __table_args__ = (UniqueConstraint("call_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    seq: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]


class RefusedCalls(Base):
    """Callers who were refused before they were answered, because more came than can be served. Nothing else is known
    of them."""

    __tablename__ = "refused_calls"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    """In which they called."""
    count: Mapped[int]
