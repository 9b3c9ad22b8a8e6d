"""The life of one call. Everything that affects its state is in this file; nothing here does I/O.

The rules:

- The dialplan has answered and records before we hear of a call (`ringing`). We play the notice, the
  greeting and the menu as one prompt (`greeting`); any key cuts it. A wrong key or silence asks again
  without the greeting (`menu`); the two kinds of tries are counted apart, and a caller whose tries are
  used up gets a person, never a hang-up. 0 always reaches a person.
- A caller in the line (`waiting`) hears music. The line tells us when a position is to be announced
  and when an agent is free (`offered`); while the phone rings the caller still has the place. An agent
  who does not answer costs the caller nothing: back to `waiting` with the place of the arrival.
- A waiting caller may press 1 at any moment and be called back (`callback`): the number is read back and
  can be changed, the place in line stays. An agent who gets free meanwhile goes before all that. The promise
  stands from the moment the number is confirmed; then the caller may say why (`reason`). A customer whom we
  call back comes in with the agent already there (`offered`) and goes on like any caller.
- Who finds the line or the chosen queue closed hears why and until when (`closed`), and may be called back
  when it opens or leave a `message`. Who waits already is served as long as anybody is there; shortly
  before the end a callback is offered, and when the last agent has gone those who still wait are told too.
- Talking, the agent may put the caller on hold, ask a colleague, pause the recording, and pass the caller on:
  to an agent, who is rung for and gets the call at once; to a queue, at the place of the arrival; or to the
  colleague who was asked, by connecting the two. Whoever is connected has the call. An agent who was rung for
  and does not answer leaves the caller in the line, at the old place.
- When the agent hangs up (`talking` is over) the caller who stays hears one question (`survey`), then
  goodbye (`closing`). When the caller hangs up, the call ends there (`ended`), wherever that is.
- Events may come twice, late, or in another order than they happened. A second copy is dropped. An
  event that the state does not know yet is kept until the call gets there; after the hangup the call
  stays open for late events for SETTLE_SECONDS, but nothing is sent to its channel any more. Facts
  carry the time they happened, not the time we heard of them. So the order of events decides nothing.
- After the controller was away, `Adopted` sends a probe. When its answer arrives every command given
  before has ended; one that has not been answered by then was lost, and its step is taken again.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ivr import commands as cmd
from ivr.answers import CALLBACK_KEY, Answers
from ivr.events import (
    Adopted,
    AgentAnswered,
    AgentJoined,
    Arrived,
    Bridged,
    CallbackProposed,
    CalledBack,
    CallerKnown,
    ClosedNow,
    ClosingSoon,
    Done,
    Event,
    HungUp,
    KeyPressed,
    MessageProposed,
    Moved,
    Offered,
    PbxLost,
    PlaceKept,
    PositionDue,
    RecordingPaused,
    RecordingResumed,
    Transferred,
    event_from_dict,
)
from ivr.facts import Facts
from ivr.flow import Flow
from ivr.memory import Memory
from ivr.spans import JOINED
from ivr.states.talk import MOVES
from ivr.steps import ACTIONS
from ivr.table import TRANSITIONS, Signal, State

SETTLE_SECONDS = 1.0
INBOX_LIMIT = 64
SEEN_KEPT = 256
"""Events whose second copies are known: somebody who holds a key down must not make each snapshot longer."""
KEYS_KEPT = 8
"""Keys that may wait in the inbox for the waiting line; more say nothing."""


class Call(Answers):
    """One caller's call: `receive` events, do the commands, call `handle_timer` at `next_timer`."""

    # -- what the runner calls ---------------------------------------------------------------------

    @property
    def state(self) -> State:
        """As people should see it: a caller who has hung up is gone, though late events may come."""
        return State.ENDED if self.memory.hung_up else self.memory.state

    @property
    def settled(self) -> bool:
        """Nothing will change any more: the call can be forgotten."""
        return self.memory.state is State.ENDED

    def receive(self, event: Event, now: float) -> list[cmd.Command]:
        """Takes an event in; returns the commands that follow from it, in order."""
        if event.key in self.memory.seen or self.settled:
            self.ignored.append(event)
            return []
        self.memory.seen.append(event.key)
        del self.memory.seen[:-SEEN_KEPT]
        if isinstance(event, HungUp | PbxLost):
            self._hung_up(event, now)
        elif len(self._inbox) < INBOX_LIMIT:
            self._inbox.append(event)
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
            if memory.state is State.CLOSING:
                return [cmd.HangUpNow()]
            if memory.pending is not None:
                return self.receive(Done(now, memory.pending, "", failed=True), now)
        return []

    def give_up(self, now: float) -> list[cmd.Command]:
        """For a call that our own fault has broken: an apology and the end, so that only this call suffers."""
        self._out.clear()
        self._inbox.clear()
        self.memory.state, self.memory.failed = State.CLOSING, True
        self._out += [cmd.LeaveLine(), cmd.CutPrompt()]
        self._say_goodbye("trouble", now)
        return self._drain(now)

    def snapshot(self) -> dict[str, Any]:
        """All that `restore` needs, as JSON-ready data."""
        return {
            # Not asdict: this runs with every event, and copying these few lists is all that is needed.
            "facts": vars(self.facts)
            | {"menu_path": [dict(step) for step in self.facts.menu_path], "moves": list(self.facts.moves)},
            "memory": vars(self.memory)
            | {"seen": list(self.memory.seen), "offered_agents": list(self.memory.offered_agents)},
            "inbox": [event.to_dict() for event in self._inbox],
        }

    @classmethod
    def restore(cls, data: dict[str, Any], flow: Flow) -> "Call":
        """The call as it was when `snapshot` was taken."""
        call = cls(data["facts"]["call_id"], flow)
        call.facts = Facts(**data["facts"])
        memory = dict(data["memory"])
        memory["state"] = State(memory["state"])
        call.memory = Memory(**memory)
        call._inbox = [event_from_dict(event) for event in data["inbox"]]
        return call

    def record(self) -> Facts:
        """The facts as of now, with the result that they mean."""
        path = list(self.facts.menu_path)
        return replace(
            self.facts,
            menu_path=path,
            moves=list(self.facts.moves),
            agent=self._last_agent(),
            result=self._result(),
            released_at=self._released_at(),
            reason_to=self._reason_to(),
        )

    # -- events to signals -------------------------------------------------------------------------

    def _drain(self, now: float) -> list[cmd.Command]:
        """Applies every event in the inbox that the state asks for, until none is left."""
        while True:
            taken = next((event for event in self._inbox if self._take(event, now)), None)
            if taken is None:
                break
            self._inbox.remove(taken)
        out, self._out = self._out, []
        if self.memory.hung_up:
            # Only the line is told, and a promise that was made stands; the channel is gone.
            return [command for command in out if isinstance(command, cmd.LeaveLine | cmd.PromiseCallback)]
        return out

    def _take(self, event: Event, now: float) -> bool:
        """Whether the event was for this state; then it has been applied."""
        plain = _PLAIN_SIGNALS.get(type(event))
        if plain is not None:
            return self._signal(plain, event, now)
        taking = _TAKING.get(type(event))
        if taking is not None:
            return taking(self, event, now)
        match event:
            case Arrived():
                closed = self.flow.closed(None, event.at)
                return self._signal(Signal.ARRIVED if closed is None else Signal.ARRIVED_CLOSED, event, now)
            case PositionDue():
                # Stale when it could not be said at once.
                return self._signal(Signal.POSITION_DUE, event, now) or True
            case ClosingSoon():
                # What is said just now is said first.
                return self.memory.pending is None and self._signal(Signal.CLOSING_SOON, event, now)
            case Transferred(number=number):
                return self._signal(self._transfer_signal(number), event, now)
            case Offered(number=number):
                return number == self.memory.offers + 1 and self._signal(Signal.OFFER, event, now)
            case Done(command=command) if command == f"probe-{self.memory.probes}":
                self._take_step_again(now)
                return True
            case Done(command=command) if command == self.memory.pending:
                return self._answer(event, now)
        return False

    def _answer(self, event: Done, now: float) -> bool:
        """The pending command has ended."""
        self.memory.pending = None
        self.memory.deadline = None
        match self.memory.state:
            case State.GREETING | State.MENU:
                return self._signal(self._menu_signal(event), event, now)
            case State.WAITING:
                return self._signal(Signal.ANNOUNCED, event, now)
            case State.CALLBACK:
                return self._signal(self._callback_signal(event), event, now)
            case State.REASON:
                return self._signal(Signal.REASON_SAID, event, now)
            case State.CLOSED:
                return self._signal(self._closed_signal(event), event, now)
            case State.MESSAGE:
                return self._signal(Signal.MESSAGE_LEFT, event, now)
            case State.OFFERED | State.TALKING:
                return self._signal(self._ring_signal(event), event, now)
            case State.SURVEY:
                return self._signal(self._survey_signal(event), event, now)
            case State.CLOSING:
                return self._signal(Signal.SAID_GOODBYE, event, now)
        return False

    def _agent_answered(self, event: AgentAnswered, now: float) -> bool:
        """A fact that may also arrive when the talk is already over."""
        if event.agent not in self.memory.offered_agents:
            return False
        if self.memory.state is State.OFFERED:
            return self._signal(Signal.ANSWERED, event, now)
        if self.memory.state in (State.SURVEY, State.CLOSING) and self.facts.connected_at is None:
            self.facts.connected_at = event.at
            self.facts.agent = event.agent
            return True
        return False

    def _key_pressed(self, event: KeyPressed, now: float) -> bool:
        """A key matters by itself only to a caller who waits; before that it may be early."""
        if self.memory.state in (State.RINGING, State.GREETING, State.MENU):
            kept = sum(isinstance(other, KeyPressed) for other in self._inbox)
            return kept > KEYS_KEPT
        if self.memory.state is State.WAITING:
            assert self.facts.queue is not None and self.facts.queued_at is not None
            wanted = event.key_pressed == CALLBACK_KEY and event.at > self.facts.queued_at
            if wanted and self.flow.offers_callback(self.facts.queue):
                return self._signal(Signal.WANTS_CALLBACK, event, now)
        return True

    def _caller_known(self, event: CallerKnown, _now: float) -> bool:
        self.memory.place_at = self.memory.place_at if event.place_at is None else event.place_at
        self.memory.last_agent = event.last_agent or self.memory.last_agent
        self.memory.standing = event.promised or self.memory.standing
        return True

    def _place_kept(self, event: PlaceKept, now: float) -> bool:
        """Said to a caller who waits; who talks already has no more use for it."""
        if self.memory.state in (State.RINGING, State.GREETING, State.MENU):
            return False
        self.memory.place_at = event.place_at
        if self.memory.state is State.WAITING and self.memory.pending is None:
            self._announce(("redial-place",), now)
        return True

    def _bridged(self, event: Bridged, now: float) -> bool:
        """Says that the talk has begun where the agent's own channel was connected; Dial says it otherwise."""
        if self.memory.state is State.OFFERED and self.memory.bridging:
            return self._agent_answered(AgentAnswered(event.at, self.memory.offered_agents[0]), now)
        return True

    def _signal(self, signal: Signal, event: Event, now: float) -> bool:
        """Makes the transition that the table has for this signal; False where it has none."""
        target = TRANSITIONS[self.memory.state].get(signal)
        if target is None:
            return False
        self.memory.state = target
        ACTIONS[signal](self, event, now)
        return True

    # -- the controller was away -------------------------------------------------------------------

    def _adopted(self, event: Adopted, now: float) -> bool:
        memory = self.memory
        if event.talking_to is not None and memory.state is State.OFFERED:
            self._agent_answered(AgentAnswered(event.at, event.talking_to), now)
        if event.talking_to is not None and memory.state is State.TALKING and event.talking_to != self.facts.agent:
            self._moved_in_talk(AgentJoined(event.at, event.talking_to), now)
        if memory.state is State.TALKING:
            # Either may have been lost with the controller that asked.
            self._out.append(cmd.PauseRecording() if memory.unrecorded else cmd.ResumeRecording())
        self._take_up_place()
        memory.probes += 1
        memory.probed = memory.pending
        self._out.append(cmd.Probe(f"probe-{memory.probes}"))
        return True

    def _take_up_place(self) -> None:
        """Tells the line where the call stands: it waits, a phone rings for it, or it talks."""
        memory, facts = self.memory, self.facts
        agents: tuple[str, ...] = ()
        match memory.state:
            case State.WAITING | State.CALLBACK if not facts.closed:
                pass
            case State.OFFERED if memory.offered_agents:
                agents = tuple(memory.offered_agents)
            case State.TALKING if facts.agent or memory.offered_agents:
                agents = (facts.agent or memory.offered_agents[0],)
            case _:
                return
        assert facts.queue is not None
        since = facts.queued_at if memory.joined_at is None else memory.joined_at
        talking = memory.state is State.TALKING or memory.bridging  # who is bridged has answered already
        self._out.append(
            cmd.JoinLine(facts.queue, self._place_at(), memory.last_agent, memory.option, since, agents, talking)
        )

    def _take_step_again(self, now: float) -> None:
        """The probe came back: what is still pending was lost with the controller that asked."""
        memory = self.memory
        if memory.pending != memory.probed:
            return  # the call has gone on meanwhile: what is pending now was asked after the probe
        match memory.state:
            case State.GREETING | State.MENU if memory.pending is not None:
                self._ask_menu((), self.flow.menu.first_key_seconds, now)
            case State.WAITING:
                memory.pending = memory.deadline = None
                self._music()
            case State.OFFERED | State.TALKING if memory.pending is not None:
                self._expect(memory.pending, now + 5)
                self._out.append(cmd.ReadRingStatus(memory.pending, memory.bridging))
            case State.CALLBACK if memory.pending is not None:
                self._ask_callback((), now)
            case State.CLOSED if memory.pending is not None:
                self._ask_closed((), now)
            case State.MESSAGE if memory.pending is not None:
                self._take_message(now)
            case State.REASON if memory.pending is not None:
                self._signal(Signal.REASON_SAID, Done(now, memory.pending, ""), now)
            case State.SURVEY if memory.pending is not None:
                self._ask_survey((), now)
            case State.CLOSING:
                self._out.append(cmd.HangUp())
                self._expect(None, now + 5)

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
        waiting = memory.state in (State.WAITING, State.CALLBACK, State.OFFERED)
        self._out.append(cmd.LeaveLine(cut_off=waiting))

    def _settle(self) -> None:
        self.facts.result = self._result()
        self.facts.released_at = self._released_at()
        self.facts.agent = self._last_agent()
        self.facts.reason_to = self._reason_to()
        self.ignored.extend(self._inbox)
        self._inbox.clear()
        self.memory.settle_at = self.memory.deadline = self.memory.pending = None
        self.memory.state = TRANSITIONS[self.memory.state][Signal.SETTLED]

    def _last_agent(self) -> str | None:
        """Who had the call last."""
        joined = [move for move in self.facts.moves if move[1] == JOINED]
        return sorted(joined, key=lambda move: float(move[0]))[-1][2] if joined else self.facts.agent

    def _released_at(self) -> float | None:
        if self.facts.connected_at is not None and self.facts.released_at is None:
            return self.facts.ended_at
        return self.facts.released_at

    def _reason_to(self) -> float | None:
        if self.facts.reason_from is not None and self.facts.reason_to is None:
            return self.facts.ended_at
        return self.facts.reason_to

    def _result(self) -> str | None:
        """What became of the call: see `tickets.models.Call.result`."""
        if self.facts.result is not None or not self.memory.hung_up:
            return self.facts.result
        if self.memory.pbx_lost:
            return "pbx_lost"
        if self.memory.failed:
            return "failed"
        if self.memory.promised:
            return "promised"
        if self.memory.message_left or self.memory.state is State.MESSAGE:
            return "message"
        if self.facts.closed:
            return "closed"
        match self.memory.state:
            case State.TALKING | State.SURVEY | State.CLOSING:
                return "served"
            case State.WAITING | State.CALLBACK | State.OFFERED:
                return "abandoned"
        return "left"


_PLAIN_SIGNALS: dict[type[Event], Signal] = {
    CalledBack: Signal.CALLED_BACK,
    Moved: Signal.MOVED,
    CallbackProposed: Signal.CALLBACK_PROPOSED,
    MessageProposed: Signal.MESSAGE_PROPOSED,
    ClosedNow: Signal.CLOSED_NOW,
}
"""Events that mean the same in every state that knows them."""
_TAKING: dict[type[Event], Callable[[Call, Any, float], bool]] = {
    KeyPressed: Call._key_pressed,
    CallerKnown: Call._caller_known,
    PlaceKept: Call._place_kept,
    Bridged: Call._bridged,
    **dict.fromkeys(MOVES, Call._moved_in_talk),
    RecordingPaused: Call._recording_paused,
    RecordingResumed: Call._recording_resumed,
    AgentAnswered: Call._agent_answered,
    Adopted: Call._adopted,
}
"""Events that are more than a signal."""
