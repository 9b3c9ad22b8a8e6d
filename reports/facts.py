"""Facts of calls in a time, read from the rows: the one place where it is decided what counts.

Cells and brute-force recounts both come from here. Owns what a visit, a talk, a call and a promise add, and to which
moment; agents' times are `agent_time`'s, the addition `tally`'s. Reads a whole time with a few queries, whatever its
length.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from callback.models import BROKEN_STATES, Callback
from calls.models import Call, CallSegment, LegQuality, QueueVisit
from calls.service import of_customers
from recording.models import Recording
from reports import imported
from reports import measures as m
from reports.collecting import Collected, Told
from reports.slots import slot_of
from reports.talks import Stretch, wrap_ups
from reports.tally import Tally
from survey.models import SurveyAnswer, SurveyRun
from tickets.models import Ticket
from topics.models import CallTopic
from transcripts.models import Transcript
from transcripts.redaction.models import Redaction

Slots = dict[datetime, Collected]
Into = Callable[[datetime, str | None, Told], Sequence[Tally]]
NEXT_SECONDS = m.NEXT_HOURS * 3600
A_BIT = timedelta(seconds=2)
"""A talk begins about when the visit before it ends: rows of two moments of one step."""
MOST_IDS = 900
"""As many in one query: SQLite takes no more of some things."""


@dataclass(slots=True)
class ToldApart:
    """What a call is told apart by, in all its facts."""

    line: str
    menu: str | None
    topic: str | None
    language: str
    disposition: str | None
    queue: str | None
    agent: str | None

    def by(self, agent: str | None) -> Told:
        """With the agent whose fact it is."""
        return {
            "line": self.line,
            "agent": agent,
            "menu": self.menu,
            "topic": self.topic,
            "language": self.language,
            "disposition": self.disposition,
        }


@dataclass(frozen=True, slots=True)
class FactsRead:
    """What a time had to tell."""

    slots: Slots
    going_on: frozenset[datetime]
    """Slots of which something is not over yet that no row will tell: they are to be read again."""


def read(session: Session, begins: datetime, ends: datetime, now: datetime) -> FactsRead:
    """Everything of [begins, ends), whole slots, by slot: without agents' times."""
    slots: Slots = defaultdict(Collected)

    def into(at: datetime, queue: str | None, told: Told) -> Sequence[Tally]:
        return slots[slot_of(at)].into(queue, told)

    told = _told(session, begins, ends)
    _visits(session, begins, ends, told, into)
    calls = _calls(session, begins, ends)
    _results(calls, told, into)
    going_on = _talks(session, calls, told, into, now)
    _further_contacts(session, calls, told, into)
    ids = {call.call_id: call for call in calls}
    _surveys(session, ids, told, into)
    _work_after(session, ids, told, into)
    _sound(session, ids, told, into)
    _promises(session, begins, ends, into)
    imported.visits(session, begins, ends, into, add_visit)
    return FactsRead(dict(slots), going_on)


def path_of(menu_path: Sequence[dict[str, Any]]) -> str | None:
    """What was chosen, as names of menus and keys: `main 1 > orders 2`; None: nothing was."""
    return " > ".join(f"{step['menu']} {step['key']}" for step in menu_path) or None


# -- calls -----------------------------------------------------------------------------------------------


def _calls(session: Session, begins: datetime, ends: datetime) -> Sequence[Row[Any]]:
    """Those that arrived then and are over, but for Ringback's own to itself."""
    query = (
        select(
            Call.call_id,
            Call.arrived_at,
            Call.ended_at,
            Call.queue,
            Call.agent,
            Call.result,
            Call.ended_by,
            Call.contact_id,
            Call.caller_number,
            Call.ticket_number,
            Call.connected_at,
            Call.released_at,
        )
        .where(Call.arrived_at >= begins, Call.arrived_at < ends, Call.ended_at.is_not(None), of_customers())
        .order_by(Call.arrived_at)
    )
    return session.execute(query).all()


def _told(session: Session, begins: datetime, ends: datetime) -> dict[str, ToldApart]:
    """Of the calls that arrived then, and of those that were in a queue then, by call_id."""
    query = (
        select(
            Call.call_id,
            Call.line,
            Call.menu_path,
            CallTopic.topic_id,
            Call.language,
            Ticket.disposition,
            Call.queue,
            Call.agent,
        )
        .outerjoin(CallTopic, CallTopic.call_id == Call.call_id)
        .outerjoin(Ticket, Ticket.number == Call.ticket_number)
    )
    visited = select(QueueVisit.call_id).where(QueueVisit.entered_at >= begins, QueueVisit.entered_at < ends)
    found = {}
    for at in (query.where(Call.arrived_at >= begins, Call.arrived_at < ends), query.where(Call.call_id.in_(visited))):
        for call_id, line, path, topic, language, disposition, queue, agent in session.execute(at).tuples():
            topic_name = None if topic is None else str(topic)
            found[call_id] = ToldApart(line, path_of(path), topic_name, language, disposition, queue, agent)
    return found


def _results(calls: Iterable[Row[Any]], told: dict[str, ToldApart], into: Into) -> None:
    for call in calls:
        of = told[call.call_id]
        for tally in into(call.arrived_at, call.queue, of.by(call.agent)):
            tally.add(m.CALLS)
            tally.add(m.RESULT + (call.result or "unknown"))
            tally.add(m.ENDED_BY + (call.ended_by or "unknown"))


# -- visits to queues ------------------------------------------------------------------------------------


def _visits(session: Session, begins: datetime, ends: datetime, told: dict[str, ToldApart], into: Into) -> None:
    columns = (
        QueueVisit.call_id,
        QueueVisit.queue,
        QueueVisit.entered_at,
        QueueVisit.left_at,
        QueueVisit.came_by,
        QueueVisit.outcome,
        QueueVisit.told_minutes,
        QueueVisit.agent,
        QueueVisit.reason,
    )
    query = (
        select(*columns)
        .join(Call, Call.call_id == QueueVisit.call_id)
        .where(QueueVisit.entered_at >= begins, QueueVisit.entered_at < ends, QueueVisit.left_at.is_not(None))
        .where(of_customers())
    )
    for visit in session.execute(query):
        wait = (visit.left_at - visit.entered_at).total_seconds()
        for tally in into(visit.entered_at, visit.queue, told[visit.call_id].by(visit.agent)):
            add_visit(tally, visit.outcome or "lost", wait, visit.came_by == "callback")
            if visit.outcome == "abandoned" and visit.reason is not None:
                tally.add(m.LEFT_WHILE + visit.reason)
            if visit.told_minutes is not None and visit.came_by != "callback":
                _add_told(tally, visit.outcome, wait, visit.told_minutes)


def add_visit(tally: Tally, outcome: str, wait: float, promised: bool = False) -> None:
    """A visit of a caller, or of whom we called as promised: those wait for nothing, and are counted apart."""
    if promised:
        tally.add(m.OFFERED + "_promised")
        tally.add(m.PROMISED_OUTCOME + outcome)
        return
    tally.add(m.OFFERED)
    tally.add(m.OUTCOME + outcome)
    where = {"answered": m.WAIT_ANSWERED, "abandoned": m.WAIT_ABANDONED}.get(outcome, m.WAIT_ELSE)
    tally.spend(where, wait)


def _add_told(tally: Tally, outcome: str | None, wait: float, minutes: int) -> None:
    """A wait was told: as an upper bound, of which more than an hour (61) is none."""
    tally.add(m.TOLD)
    over = wait - minutes * 60 if minutes <= 60 else 0.0
    if over > 0:
        tally.add(m.TOLD_BROKEN)
        tally.spend(m.TOLD_OVER, over)
    elif outcome == "answered":
        tally.add(m.TOLD_KEPT)


# -- talks -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _AgentTalk:
    call: Row[Any]
    agent: str | None
    begins: datetime
    ends: datetime
    why: str | None
    held: float = 0.0


def _talks(
    session: Session, calls: Sequence[Row[Any]], told: dict[str, ToldApart], into: Into, now: datetime
) -> frozenset[datetime]:
    """Adds them with what followed; the slots of those whose wrap-up goes on."""
    served = [call for call in calls if call.connected_at is not None]
    talks = talks_of(session, served)
    queues = queues_before(session, served)
    after = wrap_ups(session, [Stretch(talk.agent, talk.begins, talk.ends) for talk in talks], now)
    going_on = set()
    for talk, wrap in zip(talks, after, strict=True):
        if wrap is None:
            going_on.add(slot_of(talk.call.arrived_at))
        queue = queue_at(queues.get(talk.call.call_id, ()), talk.begins, talk.call.queue)
        whole = (talk.ends - talk.begins).total_seconds()
        held = min(talk.held, whole)
        for tally in into(talk.call.arrived_at, queue, told[talk.call.call_id].by(talk.agent)):
            tally.add(m.BEGAN_BY + (talk.why or "queue"))
            add_talk(tally, whole - held, held, wrap or 0.0)
    return frozenset(going_on)


def add_talk(tally: Tally, talk: float, hold: float, wrap: float) -> None:
    """One talk of one agent with a caller, and what it took besides."""
    tally.spend(m.TALK, talk)
    tally.spend(m.HOLD, hold)
    tally.spend(m.WRAP, wrap)
    tally.spend(m.HANDLED, talk + hold + wrap)


def talks_of(session: Session, calls: Sequence[Row[Any]]) -> list[_AgentTalk]:
    """Talks of the calls; of calls from before there were segments, the whole talk. Consulting is hold, too."""
    by_call: dict[str, list[Row[Any]]] = defaultdict(list)
    columns = (
        CallSegment.call_id,
        CallSegment.kind,
        CallSegment.agent,
        CallSegment.started_at,
        CallSegment.ended_at,
        CallSegment.why,
    )
    for some in _some([call.call_id for call in calls]):
        query = select(*columns).where(CallSegment.call_id.in_(some), CallSegment.kind != "unrecorded")
        for row in session.execute(query.order_by(CallSegment.call_id, CallSegment.seq)):
            by_call[row.call_id].append(row)
    talks = []
    for call in calls:
        rows = by_call.get(call.call_id, [])
        own = [
            _AgentTalk(call, row.agent, row.started_at, max(row.started_at, row.ended_at or call.ended_at), row.why)
            for row in rows
            if row.kind == "talk"
        ]
        if not own:
            own = [_AgentTalk(call, call.agent, call.connected_at, call.released_at or call.ended_at, "queue")]
        held = [
            (row.agent, row.started_at, row.ended_at or call.ended_at)
            for row in rows
            if row.kind in ("hold", "consult")
        ]
        for talk in own if held else ():
            talk.held = _together(
                (max(begins, talk.begins), min(ends, talk.ends))
                for agent, begins, ends in held
                if agent in (None, talk.agent)
            )
        talks += own
    return talks


def _together(stretches: Iterable[tuple[datetime, datetime]]) -> float:
    """Seconds that any of them covers."""
    covered, until = 0.0, None
    for begins, ends in sorted(stretches):
        begins = begins if until is None else max(begins, until)
        if ends > begins:
            covered += (ends - begins).total_seconds()
            until = ends
    return covered


def queues_before(session: Session, calls: Sequence[Row[Any]]) -> dict[str, list[tuple[datetime, str]]]:
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for some in _some([call.call_id for call in calls]):
        query = select(QueueVisit.call_id, QueueVisit.entered_at, QueueVisit.queue).where(QueueVisit.call_id.in_(some))
        for call_id, entered_at, queue in session.execute(query.order_by(QueueVisit.call_id, QueueVisit.seq)).tuples():
            found[call_id].append((entered_at, queue))
    return found


def queue_at(visits: Sequence[tuple[datetime, str]], at: datetime, otherwise: str | None) -> str | None:
    """The queue through which a talk came about."""
    found = otherwise
    for entered_at, queue in visits:
        if entered_at <= at + A_BIT:
            found = queue
    return found


# -- who called again ------------------------------------------------------------------------------------


def _further_contacts(session: Session, calls: Sequence[Row[Any]], told: dict[str, ToldApart], into: Into) -> None:
    """For each served call of somebody known: hours until the same caller called again."""
    served = [call for call in calls if call.result == "served"]
    later = later_calls(session, served)
    for call in served:
        tallies = into(call.arrived_at, call.queue, told[call.call_id].by(call.agent))
        if call.contact_id is None:
            for tally in tallies:
                tally.add(m.ANONYMOUS)
            continue
        hours = hours_to(call, told[call.call_id].topic, later.get(call.contact_id, ()))
        for tally in tallies:
            tally.add(m.CONTACTS)
            for name, after in hours.items():
                tally.note(m.NEXT + name, after)


@dataclass(frozen=True, slots=True)
class _Later:
    call_id: str
    arrived_at: datetime
    number: str
    ticket: int | None
    topic: UUID | None


def later_calls(session: Session, served: Sequence[Row[Any]]) -> dict[UUID, list[_Later]]:
    """Each person's calls from the first of these on, also those that we made; none that only told something."""
    if not served:
        return {}
    begins, ends = served[0].arrived_at, served[-1].arrived_at + timedelta(seconds=NEXT_SECONDS)
    found: dict[UUID, list[_Later]] = defaultdict(list)
    query = (
        select(
            Call.contact_id, Call.call_id, Call.arrived_at, Call.caller_number, Call.ticket_number, CallTopic.topic_id
        )
        .outerjoin(CallTopic, CallTopic.call_id == Call.call_id)
        .where(Call.arrived_at >= begins, Call.arrived_at <= ends, Call.ended_at.is_not(None))
        .where(Call.result.is_distinct_from("told"))
        .order_by(Call.arrived_at)
    )
    for some in _some(list({call.contact_id for call in served if call.contact_id is not None})):
        for contact, call_id, at, number, ticket, topic in session.execute(
            query.where(Call.contact_id.in_(some))
        ).tuples():
            if contact is not None:
                found[contact].append(_Later(call_id, at, number, ticket, topic))
    return found


def hours_to(call: Row[Any], topic: str | None, later: Iterable[_Later]) -> dict[str, int]:
    """From the end of the call to the next one that is the same in each way; only of those that came in time."""
    found: dict[str, int] = {}
    for other in later:
        if other.arrived_at <= call.arrived_at or other.call_id == call.call_id:
            continue
        after = max(0.0, (other.arrived_at - call.arrived_at).total_seconds())
        if after > NEXT_SECONDS:
            break
        hours = max(1, -(-int(after) // 3600))
        same = {
            "contact": True,
            "number": other.number == call.caller_number,
            "ticket": other.ticket is not None and other.ticket == call.ticket_number,
            "topic": other.topic is not None and str(other.topic) == topic,
        }
        for name, is_same in same.items():
            if is_same:
                found.setdefault(name, hours)
    return found


# -- what followed a call --------------------------------------------------------------------------------


def _surveys(session: Session, calls: dict[str, Row[Any]], told: dict[str, ToldApart], into: Into) -> None:
    answers: dict[str, list[tuple[str, str, str | None]]] = defaultdict(list)
    of_answers = select(SurveyAnswer.call_id, SurveyAnswer.survey, SurveyAnswer.name, SurveyAnswer.means)
    runs = select(SurveyRun.call_id, SurveyRun.outcome, SurveyRun.agent, SurveyRun.queue)
    for some in _some(list(calls)):
        for call_id, survey, name, means in session.execute(of_answers.where(SurveyAnswer.call_id.in_(some))).tuples():
            answers[call_id].append((survey, name, means))
        for call_id, outcome, agent, queue in session.execute(runs.where(SurveyRun.call_id.in_(some))).tuples():
            for tally in into(calls[call_id].arrived_at, queue or calls[call_id].queue, told[call_id].by(agent)):
                tally.add(m.SURVEY + outcome)
                for survey, name, means in answers[call_id]:
                    tally.add(f"{m.ANSWER}{survey}/{name}/{means or '-'}")


def _work_after(session: Session, calls: dict[str, Row[Any]], told: dict[str, ToldApart], into: Into) -> None:
    """What became of recording and text."""
    recordings = select(Recording.call_id, Recording.state, Recording.fault)
    texts = select(Transcript.call_id, Transcript.state, Redaction.state).outerjoin(
        Redaction, Redaction.transcript_id == Transcript.id
    )
    for some in _some(list(calls)):
        for call_id, state, fault in session.execute(recordings.where(Recording.call_id.in_(some))).tuples():
            for tally in _of_call(calls[call_id], told, into):
                tally.add(m.RECORDING + state)
                if fault is not None:
                    tally.add(m.RECORDING + "fault")
        for call_id, state, masked in session.execute(texts.where(Transcript.call_id.in_(some))).tuples():
            for tally in _of_call(calls[call_id], told, into):
                tally.add(m.TRANSCRIPT + state)
                if masked is not None:
                    tally.add(m.REDACTION + masked)


def _of_call(call: Row[Any], told: dict[str, ToldApart], into: Into) -> Sequence[Tally]:
    return into(call.arrived_at, call.queue, told[call.call_id].by(call.agent))


def _sound(session: Session, calls: dict[str, Row[Any]], told: dict[str, ToldApart], into: Into) -> None:
    """How each leg sounded, in tenths of MOS."""
    columns = LegQuality.call_id, LegQuality.agent, LegQuality.received_mos, LegQuality.sent_mos
    for some in _some(list(calls)):
        for call_id, agent, received, sent in session.execute(
            select(*columns).where(LegQuality.call_id.in_(some))
        ).tuples():
            worse = min((mos for mos in (received, sent) if mos is not None), default=None)
            if worse is None:
                continue
            name = m.MOS_CALLER if agent is None else m.MOS_AGENT
            call = calls[call_id]
            for tally in into(call.arrived_at, call.queue, told[call_id].by(agent or call.agent)):
                tally.note(name, round(worse * 10))


# -- promises --------------------------------------------------------------------------------------------


def _promises(session: Session, begins: datetime, ends: datetime, into: Into) -> None:
    """Calls that were promised, by when that was; neither calls that an agent wanted nor those that only tell."""
    query = (
        select(
            Callback.requested_at,
            Callback.ended_at,
            Callback.state,
            Callback.queue,
            Callback.line,
            Callback.language,
            Callback.agent,
            Callback.menu_path,
            Call.connected_at,
        )
        .outerjoin(Call, Call.call_id == Callback.connected_call_id)
        .where(Callback.requested_at >= begins, Callback.requested_at < ends)
        .where(Callback.once.is_(False), Callback.tells.is_(False))
    )
    for row in session.execute(query):
        told: Told = {
            "line": row.line,
            "agent": row.agent,
            "menu": path_of(row.menu_path),
            "language": row.language,
        }
        became = "broken" if row.state in BROKEN_STATES else {"done": "kept", "cancelled": "cancelled"}.get(row.state)
        for tally in into(row.requested_at, row.queue, told):
            tally.add(m.PROMISES)
            tally.add(m.PROMISE + (became or "open"))
            talked_at = row.connected_at or row.ended_at
            if became == "kept" and talked_at is not None:
                tally.spend(m.PROMISE_WAIT, (talked_at - row.requested_at).total_seconds())


def _some(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(ids), MOST_IDS):
        yield ids[at : at + MOST_IDS]
