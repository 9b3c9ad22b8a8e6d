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
  can be changed, the place in line stays. An agent who gets free meanwhile goes before all that. A customer
  whom we call back comes in with the agent already there (`offered`) and goes on like any caller.
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
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ivr import commands as cmd
from ivr.events import (
    Adopted,
    AgentAnswered,
    Arrived,
    Bridged,
    CalledBack,
    CallerKnown,
    Done,
    Event,
    HungUp,
    KeyPressed,
    Offered,
    PbxLost,
    PositionDue,
    event_from_dict,
)
from ivr.facts import Facts
from ivr.flow import Flow
from ivr.prompts import digits_prompts, position_prompts
from ivr.table import TRANSITIONS, Signal, State

SETTLE_SECONDS = 1.0
PROMPT_LIMIT_SECONDS = 90.0
"""Longer than any prompt: a command that takes more has been lost."""
INBOX_LIMIT = 64


KEYS_KEPT = 8
"""Keys that may wait in the inbox for the waiting line; more say nothing."""
CALLBACK_KEY = "1"
CALLBACK_TRIES = 3


@dataclass
class Memory:
    """What the state machine has to remember besides the facts; all of it is in the snapshot."""

    state: State = State.RINGING
    asks: int = 0
    wrong_keys: int = 0
    silences: int = 0
    offers: int = 0
    offered_agents: list[str] = field(default_factory=list)
    announcements: int = 0
    bridging: bool = False
    """The agent is on a channel of the own, which the caller's is connected with."""
    place_at: float | None = None
    """The place in line, where it is not that of this call's arrival."""
    last_agent: str | None = None
    callback_asks: int = 0
    callback_tries: int = 0
    callback_number: str | None = None
    """E.164, read back and to be confirmed; None: to be entered."""
    promised: bool = False
    survey_asks: int = 0
    probes: int = 0
    probed: str | None = None
    """What was pending when the last probe was sent: only that can have been lost."""
    pending: str | None = None
    """The id of the command whose answer the state waits for."""
    deadline: float | None = None
    """When that command counts as lost."""
    hung_up: bool = False
    pbx_lost: bool = False
    failed: bool = False
    settle_at: float | None = None
    seen: list[str] = field(default_factory=list)


class Call:
    """One caller's call: `receive` events, do the commands, call `handle_timer` at `next_timer`."""

    def __init__(self, linkedid: str, flow: Flow) -> None:
        self.flow = flow
        self.facts = Facts(linkedid, language=flow.line.language)
        self.memory = Memory()
        self.ignored: list[Event] = []
        """Events that changed nothing: second copies, and those no state ever asked for."""
        self._inbox: list[Event] = []
        self._out: list[cmd.Command] = []

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
            "facts": asdict(self.facts),
            "memory": asdict(self.memory),
            "inbox": [event.to_dict() for event in self._inbox],
        }

    @classmethod
    def restore(cls, data: dict[str, Any], flow: Flow) -> "Call":
        """The call as it was when `snapshot` was taken."""
        call = cls(data["facts"]["linkedid"], flow)
        call.facts = Facts(**data["facts"])
        memory = dict(data["memory"])
        memory["state"] = State(memory["state"])
        call.memory = Memory(**memory)
        call._inbox = [event_from_dict(event) for event in data["inbox"]]
        return call

    def record(self) -> Facts:
        """The facts as of now, with the result that they mean."""
        path = list(self.facts.menu_path)
        return replace(self.facts, menu_path=path, result=self._result(), released_at=self._released_at())

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
        match event:
            case Arrived():
                return self._signal(Signal.ARRIVED, event, now)
            case Offered(number=number):
                return number == self.memory.offers + 1 and self._signal(Signal.OFFER, event, now)
            case PositionDue():
                return self._signal(Signal.POSITION_DUE, event, now)
            case KeyPressed():
                return self._key_pressed(event, now)
            case CallerKnown(place_at=place_at, last_agent=last_agent):
                self.memory.place_at, self.memory.last_agent = place_at, last_agent
                return True
            case CalledBack():
                return self._signal(Signal.CALLED_BACK, event, now)
            case Bridged():
                return self._bridged(event, now)
            case AgentAnswered():
                return self._agent_answered(event, now)
            case Adopted():
                return self._adopted(event, now)
            case Done(command=command) if command == f"probe-{self.memory.probes}":
                self._take_step_again(event, now)
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
            case State.OFFERED | State.TALKING:
                return self._signal(self._ring_signal(event), event, now)
            case State.SURVEY:
                return self._signal(self._survey_signal(event), event, now)
            case State.CLOSING:
                return self._signal(Signal.SAID_GOODBYE, event, now)
        return False

    def _menu_signal(self, event: Done) -> Signal:
        memory = self.memory
        if event.value and self.flow.queue_of(event.value):
            return Signal.CHOICE
        if event.value:
            memory.wrong_keys += 1
        else:
            memory.silences += 1
        if max(memory.wrong_keys, memory.silences) >= self.flow.menu.tries:
            return Signal.TRIES_USED_UP
        return Signal.WRONG_KEY if event.value else Signal.SILENCE

    def _ring_signal(self, event: Done) -> Signal:
        talked = event.value in ("ANSWER", "SUCCESS") or self.memory.state is State.TALKING
        if not talked:
            return Signal.NOT_ANSWERED
        assert self.facts.queue is not None
        return Signal.AGENT_LEFT if self.flow.survey_of(self.facts.queue) else Signal.AGENT_LEFT_NO_SURVEY

    def _callback_signal(self, event: Done) -> Signal:
        memory = self.memory
        entering = memory.callback_number is None
        if event.value == "":
            return Signal.RATHER_WAITS
        if entering:
            memory.callback_number = self.flow.numbers.to_call(event.value, self.flow.line.redial_country)
            if memory.callback_number is not None:
                return Signal.NUMBER_GIVEN
        elif event.value == CALLBACK_KEY:
            return Signal.NUMBER_CONFIRMED
        elif event.value == "2":
            return Signal.OTHER_NUMBER
        memory.callback_tries += 1
        if memory.callback_tries >= CALLBACK_TRIES:
            return Signal.RATHER_WAITS
        return Signal.BAD_NUMBER if entering else Signal.WRONG_KEY

    def _survey_signal(self, event: Done) -> Signal:
        assert self.facts.queue is not None
        chosen = self.flow.survey_of(self.facts.queue)
        if chosen and event.value in chosen[1].options:
            return Signal.ANSWER_GIVEN
        again = event.value and self.memory.survey_asks < 2
        return Signal.WRONG_KEY if again else Signal.NO_ANSWER

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
        _ACTIONS[signal](self, event, now)
        return True

    # -- what a transition does --------------------------------------------------------------------

    def _on_arrived(self, event: Event, now: float) -> None:
        assert isinstance(event, Arrived)
        facts, line = self.facts, self.flow.line
        facts.line, facts.caller_number, facts.caller_name = event.line, event.caller_number, event.caller_name
        facts.arrived_at = event.at
        notice = (line.notice,) if line.notice else ()
        self._ask_menu((*notice, line.greeting), self.flow.menu.first_key_seconds, now)

    def _on_called_back(self, event: Event, now: float) -> None:
        assert isinstance(event, CalledBack)
        facts, memory = self.facts, self.memory
        facts.line, facts.caller_number, facts.caller_name = event.line, event.caller_number, event.caller_name
        facts.arrived_at = facts.queued_at = event.at
        facts.queue = event.queue
        facts.menu_path = [{"menu": menu, "key": key, "label": label} for menu, key, label in event.menu_path]
        memory.place_at, memory.offers, memory.offered_agents = event.place_at, 1, [event.agent]
        memory.bridging = True
        self._out.append(cmd.Ask("hello", ("callback-connecting",), 0))
        self._expect("offer-1", now + PROMPT_LIMIT_SECONDS)
        self._out.append(cmd.Bridge("offer-1", event.agent_channel))

    def _on_wrong_key(self, event: Event, now: float) -> None:
        match self.memory.state:
            case State.SURVEY:
                self._ask_survey(("menu-invalid",), now)
            case State.CALLBACK:
                self._ask_callback(("menu-invalid",), now)
            case _:
                self._ask_menu(("menu-invalid",), self.flow.menu.key_seconds, now)

    def _on_silence(self, event: Event, now: float) -> None:
        self._ask_menu(("menu-silent",), self.flow.menu.key_seconds, now)

    def _on_choice(self, event: Event, now: float) -> None:
        assert isinstance(event, Done)
        chosen = self.flow.queue_of(event.value)
        assert chosen is not None
        label, queue = chosen
        self.facts.menu_path.append({"menu": self.flow.menu_name, "key": event.value, "label": label})
        self._enter_line(queue, event)

    def _on_tries_used_up(self, event: Event, now: float) -> None:
        self._enter_line(self.flow.menu.person, event)
        self._announce(("to-person",), now)

    def _enter_line(self, queue: str, event: Event) -> None:
        self.facts.queue = queue
        self.facts.queued_at = event.at
        self._out.append(cmd.MusicOn(self.flow.queues[queue].music))
        self._join_line()

    def _join_line(self) -> None:
        assert self.facts.queue is not None
        key = self.facts.menu_path[-1]["key"] if self.facts.menu_path else None
        self._out.append(cmd.JoinLine(self.facts.queue, self._place_at(), self.memory.last_agent, key))

    def _on_position_due(self, event: Event, now: float) -> None:
        assert isinstance(event, PositionDue)
        assert self.facts.queue is not None
        if self.memory.pending is None:
            first = ("please-wait",) if self.memory.announcements == 0 else ()
            offer = ("callback-offer",) if self.flow.offers_callback(self.facts.queue) else ()
            self._announce((*first, *position_prompts(event.position), *offer), now)

    def _announce(self, prompts: tuple[str, ...], now: float) -> None:
        self.memory.announcements += 1
        self._ask(f"say-{self.memory.announcements}", prompts, 0, now)

    def _on_announced(self, event: Event, now: float) -> None:
        self._music()

    def _on_wants_callback(self, event: Event, now: float) -> None:
        if self.memory.pending is not None:
            self._out.append(cmd.CutPrompt())
        numbers, country = self.flow.numbers, self.flow.line.redial_country
        self.memory.callback_number = numbers.to_call(self.facts.caller_number, country)
        self.memory.callback_tries = 0
        self._ask_callback((), now)

    def _on_other_number(self, event: Event, now: float) -> None:
        self.memory.callback_number = None
        self._ask_callback((), now)

    def _on_bad_number(self, event: Event, now: float) -> None:
        self._ask_callback(("fallback-bad-number",), now)

    def _on_number_given(self, event: Event, now: float) -> None:
        self._ask_callback((), now)

    def _on_number_confirmed(self, event: Event, now: float) -> None:
        number = self.memory.callback_number
        assert number is not None
        self.facts.promised_number = number
        self.memory.promised = True
        self._out.append(cmd.PromiseCallback(number))
        self._out.append(cmd.LeaveLine())
        self._say_goodbye("callback-thanks", now)

    def _on_offer(self, event: Event, now: float) -> None:
        assert isinstance(event, Offered) and self.facts.queue is not None
        queue = self.flow.queues[self.facts.queue]
        self.memory.offers = event.number
        self.memory.offered_agents = list(event.agents)
        if self.memory.pending is not None:
            # A prompt still plays: an agent is worth more than the rest of it.
            self._out.append(cmd.CutPrompt())
        self._expect(f"offer-{event.number}", now + PROMPT_LIMIT_SECONDS + queue.ring_seconds)
        self._out.append(cmd.Ring(f"offer-{event.number}", event.agents, queue.ring_seconds, queue.music))

    def _on_not_answered(self, event: Event, now: float) -> None:
        assert self.facts.queue is not None
        missed_by, self.memory.offered_agents = tuple(self.memory.offered_agents), []
        self._music()
        self.memory.bridging = False
        self._out.append(cmd.RejoinLine(self.facts.queue, self._place_at(), missed_by))

    def _on_answered(self, event: Event, now: float) -> None:
        assert isinstance(event, AgentAnswered)
        self.facts.agent = event.agent
        self.facts.connected_at = event.at
        self.memory.deadline = None  # a talk lasts as long as it lasts
        self._out.append(cmd.Connected(event.agent))

    def _on_agent_left(self, event: Event, now: float) -> None:
        self._agent_left(event)
        assert self.facts.queue is not None
        chosen = self.flow.survey_of(self.facts.queue)
        assert chosen is not None
        self.facts.survey, self.facts.survey_question = chosen[0], chosen[1].question
        self.facts.survey_outcome = "offered"
        self._ask_survey((), now)

    def _on_agent_left_no_survey(self, event: Event, now: float) -> None:
        self._agent_left(event)
        self._say_goodbye("goodbye", now)

    def _agent_left(self, event: Event) -> None:
        self.facts.released_at = event.at
        if self.facts.agent is None and len(self.memory.offered_agents) == 1:
            self.facts.agent = self.memory.offered_agents[0]
        self._out.append(cmd.LeaveLine())

    def _on_answer_given(self, event: Event, now: float) -> None:
        assert isinstance(event, Done) and self.facts.queue is not None
        chosen = self.flow.survey_of(self.facts.queue)
        assert chosen is not None
        self.facts.survey_outcome = "answered"
        self.facts.survey_key = event.value
        self.facts.survey_label = chosen[1].options[event.value].label
        self.facts.survey_at = event.at
        self._say_goodbye("survey-thanks", now)

    def _on_no_answer(self, event: Event, now: float) -> None:
        assert isinstance(event, Done)
        if not event.failed:
            self.facts.survey_outcome = "silent"
        self._say_goodbye("goodbye", now)

    def _on_said_goodbye(self, event: Event, now: float) -> None:
        self._expect(None, now + 5)

    # -- asking ------------------------------------------------------------------------------------

    def _ask_menu(self, before: tuple[str, ...], seconds: float, now: float) -> None:
        self.memory.asks += 1
        self._ask(f"ask-{self.memory.asks}", (*before, self.flow.menu.prompt), seconds, now)

    def _ask_survey(self, before: tuple[str, ...], now: float) -> None:
        assert self.facts.queue is not None
        chosen = self.flow.survey_of(self.facts.queue)
        assert chosen is not None
        self.memory.survey_asks += 1
        self._ask(f"survey-{self.memory.survey_asks}", (*before, chosen[1].prompt), chosen[1].key_seconds, now)

    def _ask_callback(self, before: tuple[str, ...], now: float) -> None:
        """Reads the number back, or asks for one."""
        memory = self.memory
        memory.callback_asks += 1
        command = f"callback-{memory.callback_asks}"
        if memory.callback_number is None:
            self._ask(command, (*before, "fallback-enter"), 10, now, digits=18)
            return
        said = digits_prompts(self.flow.numbers.spoken(memory.callback_number, self.flow.line.redial_country))
        self._ask(command, (*before, "fallback-number", *said, "fallback-confirm"), 8, now)

    def _say_goodbye(self, prompt: str, now: float) -> None:
        self._ask("goodbye", (prompt,), 0, now)
        self._out.append(cmd.HangUp())

    def _ask(self, command: str, prompts: tuple[str, ...], seconds: float, now: float, digits: int = 1) -> None:
        self._expect(command, now + PROMPT_LIMIT_SECONDS + seconds)
        self._out.append(cmd.Ask(command, prompts, seconds, digits))

    def _expect(self, command: str | None, deadline: float) -> None:
        self.memory.pending = command
        self.memory.deadline = deadline

    def _music(self) -> None:
        assert self.facts.queue is not None
        self._out.append(cmd.MusicOn(self.flow.queues[self.facts.queue].music))

    # -- the controller was away -------------------------------------------------------------------

    def _adopted(self, event: Adopted, now: float) -> bool:
        memory = self.memory
        if event.talking_to is not None and memory.state is State.OFFERED:
            self._agent_answered(AgentAnswered(event.at, event.talking_to), now)
        if memory.state in (State.WAITING, State.CALLBACK):
            self._join_line()
        elif memory.state in (State.OFFERED, State.TALKING) and memory.offered_agents:
            self._out.append(cmd.Connected(self.facts.agent or memory.offered_agents[0]))
        memory.probes += 1
        memory.probed = memory.pending
        self._out.append(cmd.Probe(f"probe-{memory.probes}"))
        return True

    def _take_step_again(self, event: Done, now: float) -> None:
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
        self.ignored.extend(self._inbox)
        self._inbox.clear()
        self.memory.settle_at = self.memory.deadline = self.memory.pending = None
        self.memory.state = TRANSITIONS[self.memory.state][Signal.SETTLED]

    def _released_at(self) -> float | None:
        if self.facts.connected_at is not None and self.facts.released_at is None:
            return self.facts.ended_at
        return self.facts.released_at

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
        match self.memory.state:
            case State.TALKING | State.SURVEY | State.CLOSING:
                return "served"
            case State.WAITING | State.CALLBACK | State.OFFERED:
                return "abandoned"
        return "left"

    def _place_at(self) -> float:
        assert self.facts.arrived_at is not None
        return self.facts.arrived_at if self.memory.place_at is None else self.memory.place_at


_ACTIONS: dict[Signal, Callable[[Call, Event, float], None]] = {
    Signal.ARRIVED: Call._on_arrived,
    Signal.CALLED_BACK: Call._on_called_back,
    Signal.WANTS_CALLBACK: Call._on_wants_callback,
    Signal.OTHER_NUMBER: Call._on_other_number,
    Signal.BAD_NUMBER: Call._on_bad_number,
    Signal.NUMBER_GIVEN: Call._on_number_given,
    Signal.NUMBER_CONFIRMED: Call._on_number_confirmed,
    Signal.RATHER_WAITS: Call._on_announced,
    Signal.CHOICE: Call._on_choice,
    Signal.WRONG_KEY: Call._on_wrong_key,
    Signal.SILENCE: Call._on_silence,
    Signal.TRIES_USED_UP: Call._on_tries_used_up,
    Signal.OFFER: Call._on_offer,
    Signal.POSITION_DUE: Call._on_position_due,
    Signal.ANNOUNCED: Call._on_announced,
    Signal.ANSWERED: Call._on_answered,
    Signal.NOT_ANSWERED: Call._on_not_answered,
    Signal.AGENT_LEFT: Call._on_agent_left,
    Signal.AGENT_LEFT_NO_SURVEY: Call._on_agent_left_no_survey,
    Signal.ANSWER_GIVEN: Call._on_answer_given,
    Signal.NO_ANSWER: Call._on_no_answer,
    Signal.SAID_GOODBYE: Call._on_said_goodbye,
}
