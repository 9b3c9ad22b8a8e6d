"""Visits to queues, and who ended the call: read off a call after each event that it has taken in. Decides nothing.

What each field means stands at `calls.models.QueueVisit` and `Call.ended_by`. The visits lie in the call's facts, so
that they are in its snapshot: a controller that was killed goes on with them. Events may come late or in another order
than they happened: until the call has settled, its last visit is judged anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import Adopted, AgentAnswered, Bridged, Done, Event, HungUp, Moved
from ivr.facts import CallRecord
from ivr.segments import JOINED, LEFT, TO_AGENT, TO_QUEUE
from ivr.table import SERVED, WAITS, CallState

PROVISIONAL = ("abandoned", "lost")
"""Outcomes at a hang-up, after which it may turn out that something else happened before."""
NOBODY_LOOKED = "ended while nobody listened"
"""The cause of a hang-up that is known only because the channel is no longer there."""
GOODBYE = "goodbye"
"""The id of the last prompt of a call."""
_WHERE = {CallState.OFFERED: "ringing", CallState.CALLBACK: "number"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit; the fields are those of `calls.models.QueueVisit`, times in seconds since the epoch."""

    queue: str
    entered_at: float
    came_by: str
    left_at: float | None = None
    outcome: str | None = None
    position: int | None = None
    told_minutes: int | None = None
    agent: str | None = None
    reason: str | None = None


_values = attrgetter(*(field.name for field in fields(Visit)))


def visits(facts: CallRecord) -> list[Visit]:
    """In the order in which they began; the last may go on."""
    return [Visit(*values) for values in facts.visits]


class VisitLog:
    """Keeps the visits of one call. What it remembers besides the facts only makes times more exact."""

    def __init__(self, call: CallDriver) -> None:
        self._call = call
        self._visits = visits(call.facts)
        self._answers: list[tuple[float, str | None]] = []
        """When phones were picked up, and whose: they may be heard of after what follows from them."""
        self._goodbye: Done | None = None
        self._cause: str | None = None
        self._limit: str | None = None
        """The limit that was reached last for this visit."""
        self._is_entering = False
        """The last visit has begun, and the line has not said yet at which position."""

    def limit_reached(self, name: str) -> None:
        """What was decided next follows from this limit of the queue."""
        self._limit = name

    def entered_line(self, position: int | None) -> None:
        """The line has taken the call in, or moved it."""
        last = self._last()
        if last is not None and last.left_at is None and self._is_entering and last.came_by != "callback":
            self._is_entering = False
            self._change(position=position)

    def announced(self, minutes: int | None) -> None:
        """The caller was told this."""
        last = self._last()
        if last is not None and last.left_at is None and last.told_minutes is None:
            self._change(told_minutes=minutes)

    def follow(self, event: Event, asked: Iterable[cmd.Command]) -> None:
        """`event` has been taken in (of a timer: an Event that says only when), and `asked` is what the call wants."""
        self._note(event)
        for command in asked:
            match command:
                case cmd.Connected(agent):
                    self._answered(agent, event.at)
                case cmd.JoinQueue(queue, joined_at=joined_at) if self._is_out and not isinstance(event, Adopted):
                    came_by = "transfer" if self._visits else "menu"
                    self._begin(queue, event.at if joined_at is None else joined_at, came_by)
                case cmd.RejoinQueue(queue) if self._is_out:
                    self._begin(queue, event.at, "back")
        self._look(event)

    def settle(self) -> None:
        """Nothing more will be heard of the call."""
        if not self._is_out:
            self._end("lost", self._call.facts.ended_at or 0.0, reason="unknown")

    # -- the last visit ----------------------------------------------------------------------------

    def _last(self) -> Visit | None:
        return self._visits[-1] if self._visits else None

    @property
    def _is_out(self) -> bool:
        last = self._last()
        return last is None or last.left_at is not None

    def _begin(self, queue: str, at: float, came_by: str) -> None:
        self._visits.append(Visit(queue, at, came_by))
        self._is_entering = True
        self._write()

    def _change(self, **changes: object) -> None:
        self._visits[-1] = replace(self._visits[-1], **changes)  # type: ignore[arg-type]
        self._write()

    def _write(self) -> None:
        self._call.facts.visits = tuple(_values(visit) for visit in self._visits)

    def _end(self, outcome: str, at: float, agent: str | None = None, reason: str | None = None) -> None:
        last = self._last()
        assert last is not None
        self._change(left_at=max(at, last.entered_at), outcome=outcome, agent=agent, reason=reason)
        self._limit = None

    def _answered(self, agent: str | None, at: float) -> None:
        """The talk has begun; `at` stands in where it is not known when."""
        last = self._last()
        if last is None or (last.left_at is not None and last.outcome not in PROVISIONAL):
            return
        facts = self._call.facts
        known = [time for time, who in self._answers if time >= last.entered_at and who in (agent, None)]
        first = len(self._visits) == 1 and facts.connected_at is not None and facts.connected_at >= last.entered_at
        self._end("answered", facts.connected_at if first and facts.connected_at else min(known, default=at), agent)

    # -- what the call tells -----------------------------------------------------------------------

    def _note(self, event: Event) -> None:
        match event:
            case AgentAnswered(at, agent):
                self._answers.append((at, agent))
            case Bridged(at) if self._call.memory.bridging:
                self._answers.append((at, None))
            case Done(command=command) if command == GOODBYE:
                self._goodbye = event
            case HungUp(cause=cause):
                self._cause = cause

    def _look(self, event: Event) -> None:
        call = self._call
        facts, state = call.facts, call.memory.state
        if state is CallState.ENDED:
            return
        last = self._last()
        if facts.queue is not None:
            if last is None and (facts.queued_at is not None or facts.closed):
                at = event.at if facts.queued_at is None else facts.queued_at
                self._begin(facts.queue, at, "callback" if facts.called_back else "menu")
            elif last is not None and self._is_out and state is CallState.WAITING and last.outcome not in PROVISIONAL:
                self._find_in_line(event, last)
        last = self._last()
        if last is not None and (last.left_at is None or (last.outcome in PROVISIONAL and last.reason != "fault")):
            self._judge(last, event)
        elif last is not None and isinstance(event, AgentAnswered):
            self._answer_heard_late(last, event)
        if call.memory.hung_up:
            facts.ended_by = self._who_ended()

    def _find_in_line(self, event: Event, last: Visit) -> None:
        """The caller waits, and no command has said so: the channel is gone, or a person let go of the caller again."""
        facts = self._call.facts
        assert facts.queue is not None
        if self._joined(last.entered_at) is None:
            self._begin(facts.queue, event.at, "transfer" if facts.queue != last.queue else "back")

    def _judge(self, last: Visit, event: Event) -> None:
        """How the last visit has ended, if it has."""
        facts, memory = self._call.facts, self._call.memory
        in_line = memory.state in WAITS and not (memory.state is CallState.CALLBACK and facts.closed)
        if in_line and not memory.hung_up:
            joined = self._joined(last.entered_at) if memory.state is CallState.WAITING and facts.moves else None
            if isinstance(event, Moved) and facts.queue is not None and facts.queue != last.queue:
                self._end("overflow", event.at, reason=self._limit)
                self._begin(facts.queue, event.at, "overflow")
            elif joined is not None:
                self._end("transferred", event.at, joined)
        elif in_line and last.left_at is None:
            self._hung_up_in_line(event)
        elif in_line:
            return
        elif memory.failed:
            self._end("lost", event.at, reason="fault")
        elif facts.closed:
            self._end("closed", event.at)
        elif memory.promised:
            self._end("callback", event.at, reason=self._limit or "key")
        elif memory.message_left or memory.state is CallState.MESSAGE:
            self._end("message", event.at, reason=self._limit)
        elif memory.state in SERVED:
            rung = memory.offered_agents
            self._answered(facts.agent or (rung[0] if len(rung) == 1 else None), event.at)

    def _hung_up_in_line(self, event: Event) -> None:
        call = self._call
        ended_at = call.facts.ended_at or event.at
        if call.memory.pbx_lost:
            self._end("lost", ended_at, reason="switch")
        elif self._cause == NOBODY_LOOKED:
            self._end("lost", ended_at, reason="away")
        else:
            self._end("abandoned", ended_at, reason=_WHERE.get(call.memory.state, "waiting"))

    def _answer_heard_late(self, last: Visit, event: AgentAnswered) -> None:
        """The talk began before what told us of it."""
        if last.outcome == "answered" and last.left_at is not None and last.agent in (event.agent, None):
            first = self._call.facts.connected_at if len(self._visits) == 1 else None
            at = min(last.left_at, event.at) if first is None else first
            self._change(left_at=max(last.entered_at, at), agent=event.agent)

    def _joined(self, since: float) -> str | None:
        """An agent who was connected with the caller `since` then and still is, as far as is known."""
        there: dict[str, None] = {}
        for at, what, agent, _ in sorted(self._call.facts.moves, key=lambda move: float(move[0])):
            if what == JOINED and at >= since:
                there[agent] = None
            elif what == LEFT:
                there.pop(agent, None)
            elif what in (TO_AGENT, TO_QUEUE):
                there.clear()
        return next(iter(there), None)

    # -- the end -----------------------------------------------------------------------------------

    def _who_ended(self) -> str | None:
        facts, memory = self._call.facts, self._call.memory
        if memory.pbx_lost or self._cause in (None, NOBODY_LOOKED):
            return facts.ended_by
        if memory.end_asked_by is not None:
            return "us"
        if memory.in_fallback or memory.by_fallback:
            return None  # the fallback's conversation has an end of its own, which nobody tells us
        if memory.state is not CallState.CLOSING:
            return "caller"
        after_talk = facts.connected_at is not None and not (memory.promised or memory.message_left or facts.closed)
        if after_talk and facts.survey is None and not memory.failed:
            return "agent"
        said = self._goodbye
        if memory.failed or (memory.pending is None if said is None else not said.failed):
            return "us"
        return "caller"
