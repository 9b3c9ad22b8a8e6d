"""The driver of one call: events in, commands out, and the only place where the call's state changes.

Owns the order of things: second copies, what is kept for later, timers, adoption, the end, the snapshot. Leaves the
rules to `ivr/table.py`, what each state does to `ivr/states/`, and which function that is to `ivr/dispatch.py`.
Nothing here does I/O.
"""

from typing import Any

from ivr import commands as cmd
from ivr.dispatch import ACTIONS, AGAIN, READ, TAKE
from ivr.events import (
    Adopted,
    AgentAnswered,
    AgentJoined,
    Done,
    Event,
    FallbackTook,
    HungUp,
    KeyPressed,
    PbxLost,
    event_from_dict,
)
from ivr.facts import CallRecord, read_facts
from ivr.flow import Flow
from ivr.memory import EARLY_SECONDS, Dialogue, Memory
from ivr.segments import JOINED
from ivr.states.choice import NOTICE
from ivr.table import SERVED, TRANSITIONS, WAITS, CallSignal, CallState

SETTLE_SECONDS = 1.0
INBOX_LIMIT = 64
SAME_MOMENT_SECONDS = 0.3
"""Nobody hears a question and hangs up so soon: the caller hung up first, and the talk ended by that."""
SEEN_KEPT = 256
"""Events whose second copies are known: somebody who holds a key down must not make each snapshot longer."""
KEYS_KEPT = 8
"""Keys that may wait in the inbox for the waiting line; more say nothing."""


class CallDriver:
    """One caller's call: `receive` events, do the commands, call `handle_timer` at `next_timer`."""

    def __init__(self, call_id: str, flow: Flow, facts: CallRecord | None = None, memory: Memory | None = None) -> None:
        """Begins anew, or goes on with the facts and the memory of before."""
        self.flow = flow
        self.facts = facts or CallRecord(call_id, language=flow.line.language)
        self.memory = memory or Memory()
        self._dialogue = Dialogue(flow, self.facts, self.memory)
        self.ignored: list[Event] = []
        """Events that changed nothing: second copies, and those no state ever asked for."""
        self._inbox: list[Event] = []

    # -- what the runner calls ---------------------------------------------------------------------

    @property
    def state(self) -> CallState:
        """As people should see it: a caller who has hung up is gone, though late events may come."""
        if self.memory.hung_up:
            return CallState.ENDED
        return CallState.CLOSING if self.memory.in_fallback else self.memory.state

    @property
    def settled(self) -> bool:
        """Nothing will change any more: the call can be forgotten."""
        return self.memory.state is CallState.ENDED

    def receive(self, event: Event, now: float) -> list[cmd.Command]:
        """Takes an event in; returns the commands that follow from it, in order."""
        if event.key in self.memory.seen or self.settled:
            self.ignored.append(event)
            return []
        self.memory.seen.append(event.key)
        del self.memory.seen[:-SEEN_KEPT]
        if isinstance(event, KeyPressed):
            self.memory.pressed = True
        if isinstance(event, HungUp | PbxLost):
            self._hung_up(event, now)
        elif isinstance(event, FallbackTook):
            self._left_to_fallback(event)
        elif self.memory.in_fallback:
            self.ignored.append(event)
        elif len(self._inbox) < INBOX_LIMIT:
            self._inbox.append(event)
            if isinstance(event, KeyPressed):
                self._forget_keys()
        else:
            self.ignored.append(event)
        return self._drain(now)

    def next_timer(self) -> float | None:
        """When `handle_timer` wants to be called; None: not at all."""
        return self.memory.settle_at if self.memory.hung_up else self.memory.deadline

    def handle_timer(self, now: float) -> list[cmd.Command]:
        """Does what is due at `now`."""
        memory = self.memory
        if memory.hung_up:
            if memory.settle_at is not None and now >= memory.settle_at:
                self._settle()
        elif memory.deadline is not None and now >= memory.deadline:
            memory.deadline = None
            if memory.state is CallState.CLOSING:
                return [cmd.HangUpNow()]
            if memory.pending is not None:
                return self.receive(Done(now, memory.pending, "", failed=True), now)
        return []

    def give_up(self, now: float) -> list[cmd.Command]:
        """For a call that our own fault has broken: an apology and the end, so that only this call suffers."""
        self._dialogue.commands.clear()
        self._inbox.clear()
        self.memory.state, self.memory.failed = CallState.CLOSING, True
        self._dialogue.do(cmd.LeaveQueue(), cmd.CutPrompt())
        self._dialogue.say_goodbye("trouble", now)
        return self._drain(now)

    def take_flow(self, flow: Flow) -> None:
        """The same way on, which knows more of the line than before."""
        self.flow = self._dialogue.flow = flow

    def snapshot(self) -> dict[str, Any]:
        """All that `restore` needs, as JSON-ready data."""
        return {
            # Not asdict: this runs with every event, and copying these few lists is all that is needed.
            "facts": vars(self.facts)
            | {
                "menu_path": [dict(step) for step in self.facts.menu_path],
                "moves": list(self.facts.moves),
                "survey_answers": list(self.facts.survey_answers),
            },
            "memory": vars(self.memory)
            | {
                "seen": list(self.memory.seen),
                "offered_agents": list(self.memory.offered_agents),
                "refusals": list(self.memory.refusals),
                "said": list(self.memory.said),
            },
            "inbox": [event.to_dict() for event in self._inbox],
            "version": self.flow.version,
        }

    @classmethod
    def restore(cls, data: dict[str, Any], flow: Flow) -> "CallDriver":
        """The call as it was when `snapshot` was taken."""
        facts = read_facts(data["facts"])
        memory = Memory.taken_up(data["memory"], flow.menu_name)
        call = cls(facts.call_id, flow, facts, memory)
        call._inbox = [event_from_dict(event) for event in data["inbox"]]
        return call

    def record(self) -> CallRecord:
        """The facts as of now, with the result that they mean."""
        made = CallRecord(**vars(self.facts))
        made.menu_path, made.moves = list(made.menu_path), list(made.moves)
        made.survey_answers = list(made.survey_answers)
        for name, value in self._concluded().items():
            setattr(made, name, value)
        return made

    # -- events to signals -------------------------------------------------------------------------

    def _drain(self, now: float) -> list[cmd.Command]:
        """Applies every event in the inbox that the state asks for, until none is left."""
        while True:
            taken = next((event for event in self._inbox if self._take(event, now)), None)
            if taken is None:
                break
            self._inbox.remove(taken)
        out, self._dialogue.commands = self._dialogue.commands, []
        if self.memory.hung_up:
            # Only the line is told, and a promise that was made stands; the channel is gone.
            return [command for command in out if isinstance(command, cmd.LeaveQueue | cmd.PromiseCallback)]
        return out

    def _take(self, event: Event, now: float) -> bool:
        """Whether the event was for this state; then it has been applied."""
        if isinstance(event, Done):
            return self._done(event, now)
        if isinstance(event, Adopted):
            return self._adopted(event, now)
        if isinstance(event, KeyPressed) and self.memory.pending == NOTICE:
            # Typed ahead: what the menu's answer asks for comes after the notice, which no key cuts.
            return self._done(Done(event.at, NOTICE, event.key_pressed), now)
        meant = TAKE[type(event)](self._dialogue, event, now)
        return self._signal(meant, event, now) if isinstance(meant, CallSignal) else meant

    def _done(self, event: Done, now: float) -> bool:
        """A command has ended: the pending one is understood by the state."""
        memory = self.memory
        if event.command == f"probe-{memory.probes}":
            # With something else pending the call has gone on meanwhile: that was asked after the probe.
            if memory.pending == memory.probed and memory.state in AGAIN:
                AGAIN[memory.state](self._dialogue, now)
            return True
        if event.command != memory.pending:
            return False
        is_early = bool(event.value) and memory.deaf_until is not None and event.at < memory.deaf_until
        self._dialogue.expect_nothing()
        if is_early:
            self._dialogue.ask_anew(event.command, event.at + EARLY_SECONDS, now)
            return True
        return self._signal(READ[memory.state](self._dialogue, event), event, now)

    def _signal(self, signal: CallSignal, event: Event, now: float) -> bool:
        """Makes the transition that the table has for this signal; False where it has none."""
        state = self.memory.state
        target = TRANSITIONS[state].get(signal)
        if target is None:
            return False
        self.memory.state = target
        ACTIONS[state][signal](self._dialogue, event, now)
        return True

    def _forget_keys(self) -> None:
        keys = [event for event in self._inbox if isinstance(event, KeyPressed)]
        for event in keys[:-KEYS_KEPT]:
            self._inbox.remove(event)

    # -- the controller was away -------------------------------------------------------------------

    def _adopted(self, event: Adopted, now: float) -> bool:
        memory, talking_to = self.memory, event.talking_to
        if talking_to is not None and memory.state is CallState.OFFERED:
            self._take(AgentAnswered(event.at, talking_to), now)
            memory.talks_since = None  # while the controller was away: a talk that is short from here on was longer
        if talking_to is not None and memory.state is CallState.TALKING and talking_to != self.facts.agent:
            self._take(AgentJoined(event.at, talking_to), now)
        if memory.state is CallState.TALKING:
            # Either may have been lost with the controller that asked.
            self._dialogue.do(cmd.PauseRecording() if memory.unrecorded else cmd.ResumeRecording())
        self._take_up_place()
        memory.probes += 1
        memory.probed = memory.pending
        self._dialogue.do(cmd.Probe(f"probe-{memory.probes}"))
        return True

    def _take_up_place(self) -> None:
        """Tells the line where the call stands: it waits, a phone rings for it, or it talks."""
        memory, facts, dialogue = self.memory, self.facts, self._dialogue
        agents: tuple[str, ...] = ()
        match memory.state:
            case CallState.WAITING | CallState.CALLBACK if facts.queued_at is not None and not facts.closed:
                pass
            case CallState.OFFERED if memory.offered_agents:
                agents = tuple(memory.offered_agents)
            case CallState.TALKING if facts.agent or memory.offered_agents:
                agents = (facts.agent or memory.offered_agents[0],)
            case _:
                return
        since = facts.queued_at if memory.joined_at is None else memory.joined_at
        talking = memory.state is CallState.TALKING or memory.bridging  # who is bridged has answered already
        dialogue.take_place(since, agents, talking=talking)

    def _left_to_fallback(self, event: FallbackTook) -> None:
        """The channel takes no command of ours any more, and its keys are the fallback's; only its end is ours."""
        self.memory.in_fallback = True
        if self.facts.connected_at is not None and self.facts.released_at is None:
            self.facts.released_at = event.at
        self._inbox.clear()
        self._dialogue.expect_nothing()
        self._dialogue.do(cmd.LeaveQueue(cut_off=self._waits()))

    # -- the end -----------------------------------------------------------------------------------

    def _hung_up(self, event: Event, now: float) -> None:
        memory = self.memory
        if memory.hung_up:
            self.ignored.append(event)
            return
        memory.hung_up = True
        memory.pbx_lost = isinstance(event, PbxLost)
        memory.settle_at = now + SETTLE_SECONDS
        self.facts.ended_at = event.at
        self._dialogue.do(cmd.LeaveQueue(cut_off=self._waits()))

    def _waits(self) -> bool:
        """In the line, and not only on the way to a promise that the menu offered."""
        return self.memory.state in WAITS and self.facts.queued_at is not None

    def _settle(self) -> None:
        for name, value in self._concluded().items():
            setattr(self.facts, name, value)
        self.ignored.extend(self._inbox)
        self._inbox.clear()
        self._dialogue.expect_nothing()
        self.memory.settle_at = None
        self.memory.state = TRANSITIONS[self.memory.state][CallSignal.SETTLED]

    def _concluded(self) -> dict[str, Any]:
        """What follows from the facts as they are now: what the end of the call ends, and what became of it."""
        facts = self.facts
        released_at, reason_to = facts.released_at, facts.reason_to
        if facts.connected_at is not None and released_at is None:
            released_at = facts.ended_at
        if facts.reason_from is not None and reason_to is None:
            reason_to = facts.ended_at
        comment_to = facts.ended_at if facts.comment_to is None and facts.comment_from is not None else facts.comment_to
        return {
            "agent": self._last_agent(),
            "result": self._result(),
            "released_at": released_at,
            "reason_to": reason_to,
            "comment_to": comment_to,
            **self._survey(),
        }

    def _survey(self) -> dict[str, Any]:
        """Who hangs up in a question has heard it; one that began as the caller hung up was asked of nobody."""
        facts = self.facts
        survey, outcome, began, ended = facts.survey, facts.survey_outcome, facts.survey_at, facts.ended_at
        if outcome == "offered" and ended is not None and began is not None and not self.memory.pbx_lost:
            survey, outcome = (None, None) if ended - began < SAME_MOMENT_SECONDS else (survey, "hung_up")
        return {"survey": survey, "survey_outcome": outcome}

    def _last_agent(self) -> str | None:
        """Who had the call last."""
        joined = [move for move in self.facts.moves if move[1] == JOINED]
        return sorted(joined, key=lambda move: float(move[0]))[-1][2] if joined else self.facts.agent

    def _result(self) -> str | None:
        """What became of the call: see `calls.models.Call.result`."""
        facts, memory = self.facts, self.memory
        if facts.result is not None or not memory.hung_up:
            return facts.result
        outcomes = (
            (memory.pbx_lost, "pbx_lost"),
            (memory.failed, "failed"),
            (memory.promised, "promised"),
            (memory.state is CallState.RINGING, "fallback" if memory.by_fallback else "left_at_once"),
            (memory.message_left or memory.state is CallState.MESSAGE, "message"),
            (facts.problem_number is not None, "spared"),
            (memory.told and facts.queued_at is None, "told"),
            (facts.closed, "closed"),
            (memory.outside or memory.state is CallState.OUTSIDE, "outside"),
            (memory.helped and facts.queued_at is None, "self_service"),
            (memory.state in SERVED, "served"),
            (self._waits(), "abandoned"),
        )
        return next((result for true, result in outcomes if true), "left")
