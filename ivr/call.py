"""The life of one call. Everything that affects its state is in this file; nothing here does I/O.

The rules:

- The dialplan has answered and records before we hear of a call (`ringing`). We play the notice, the
  greeting and the menu as one prompt (`greeting`); any key cuts it. A wrong key or silence asks again
  without the greeting (`menu`); the two kinds of tries are counted apart, and a caller whose tries are
  used up gets a person, never a hang-up. 0 always reaches a person.
- A caller in the line (`waiting`) hears music. The line tells us when a position is to be announced
  and when an agent is free (`offered`); while the phone rings the caller still has the place. An agent
  who does not answer costs the caller nothing: back to `waiting` with the place of the arrival.
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
from enum import StrEnum
from typing import Any

from ivr import commands as cmd
from ivr.events import (
    Adopted,
    AgentAnswered,
    Arrived,
    Done,
    Event,
    HungUp,
    Offered,
    PbxLost,
    PositionDue,
    event_from_dict,
)
from ivr.facts import Facts
from ivr.flow import Flow
from ivr.prompts import position_prompts

SETTLE_SECONDS = 1.0
PROMPT_LIMIT_SECONDS = 90.0
"""Longer than any prompt: a command that takes more has been lost."""
INBOX_LIMIT = 64


class State(StrEnum):
    """Where a call is."""

    RINGING = "ringing"
    GREETING = "greeting"
    MENU = "menu"
    WAITING = "waiting"
    OFFERED = "offered"
    TALKING = "talking"
    SURVEY = "survey"
    CLOSING = "closing"
    ENDED = "ended"


class Signal(StrEnum):
    """What an event means in the state it meets."""

    ARRIVED = "arrived"
    CHOICE = "choice"
    WRONG_KEY = "wrong key"
    SILENCE = "silence"
    TRIES_USED_UP = "tries used up"
    OFFER = "offer"
    POSITION_DUE = "position due"
    ANNOUNCED = "announced"
    ANSWERED = "agent answered"
    NOT_ANSWERED = "agent did not answer"
    AGENT_LEFT = "agent hung up"
    AGENT_LEFT_NO_SURVEY = "agent hung up, no survey"
    ANSWER_GIVEN = "answer given"
    NO_ANSWER = "no answer"
    SAID_GOODBYE = "said goodbye"
    SETTLED = "hung up"


S, G = State, Signal
_MENU = {G.CHOICE: S.WAITING, G.WRONG_KEY: S.MENU, G.SILENCE: S.MENU, G.TRIES_USED_UP: S.WAITING}
_END = {G.SETTLED: S.ENDED}

TRANSITIONS: dict[State, dict[Signal, State]] = {
    S.RINGING: {G.ARRIVED: S.GREETING, **_END},
    S.GREETING: {**_MENU, **_END},
    S.MENU: {**_MENU, **_END},
    S.WAITING: {G.OFFER: S.OFFERED, G.POSITION_DUE: S.WAITING, G.ANNOUNCED: S.WAITING, **_END},
    S.OFFERED: {
        G.ANSWERED: S.TALKING,
        G.NOT_ANSWERED: S.WAITING,
        G.AGENT_LEFT: S.SURVEY,
        G.AGENT_LEFT_NO_SURVEY: S.CLOSING,
        **_END,
    },
    S.TALKING: {G.AGENT_LEFT: S.SURVEY, G.AGENT_LEFT_NO_SURVEY: S.CLOSING, **_END},
    S.SURVEY: {G.WRONG_KEY: S.SURVEY, G.ANSWER_GIVEN: S.CLOSING, G.NO_ANSWER: S.CLOSING, **_END},
    S.CLOSING: {G.SAID_GOODBYE: S.CLOSING, **_END},
    S.ENDED: {},
}


@dataclass
class Memory:
    """What the state machine has to remember besides the facts; all of it is in the snapshot."""

    state: State = State.RINGING
    asks: int = 0
    wrong_keys: int = 0
    silences: int = 0
    offers: int = 0
    offered_agent: str | None = None
    announcements: int = 0
    survey_asks: int = 0
    probes: int = 0
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
            # Only the line is told; the channel is gone.
            return [command for command in out if isinstance(command, cmd.LeaveLine)]
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
        talked = event.value == "ANSWER" or self.memory.state is State.TALKING
        if not talked:
            return Signal.NOT_ANSWERED
        assert self.facts.queue is not None
        return Signal.AGENT_LEFT if self.flow.survey_of(self.facts.queue) else Signal.AGENT_LEFT_NO_SURVEY

    def _survey_signal(self, event: Done) -> Signal:
        assert self.facts.queue is not None
        chosen = self.flow.survey_of(self.facts.queue)
        if chosen and event.value in chosen[1].options:
            return Signal.ANSWER_GIVEN
        again = event.value and self.memory.survey_asks < 2
        return Signal.WRONG_KEY if again else Signal.NO_ANSWER

    def _agent_answered(self, event: AgentAnswered, now: float) -> bool:
        """A fact that may also arrive when the talk is already over."""
        if event.agent != self.memory.offered_agent:
            return False
        if self.memory.state is State.OFFERED:
            return self._signal(Signal.ANSWERED, event, now)
        if self.memory.state in (State.SURVEY, State.CLOSING) and self.facts.connected_at is None:
            self.facts.connected_at = event.at
            self.facts.agent = event.agent
            return True
        return False

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

    def _on_wrong_key(self, event: Event, now: float) -> None:
        if self.memory.state is State.SURVEY:
            self._ask_survey(("menu-invalid",), now)
        else:
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
        self._out.append(cmd.JoinLine(queue, self._arrived_at()))

    def _on_position_due(self, event: Event, now: float) -> None:
        assert isinstance(event, PositionDue)
        if self.memory.pending is None:
            first = ("please-wait",) if self.memory.announcements == 0 else ()
            self._announce((*first, *position_prompts(event.position)), now)

    def _announce(self, prompts: tuple[str, ...], now: float) -> None:
        self.memory.announcements += 1
        self._ask(f"say-{self.memory.announcements}", prompts, 0, now)

    def _on_announced(self, event: Event, now: float) -> None:
        self._music()

    def _on_offer(self, event: Event, now: float) -> None:
        assert isinstance(event, Offered) and self.facts.queue is not None
        queue = self.flow.queues[self.facts.queue]
        self.memory.offers = event.number
        self.memory.offered_agent = event.agent
        if self.memory.pending is not None:
            # An announcement still plays: an agent is worth more than the rest of it.
            self._out.append(cmd.CutPrompt())
        self._expect(f"offer-{event.number}", now + PROMPT_LIMIT_SECONDS + queue.ring_seconds)
        self._out.append(cmd.Ring(f"offer-{event.number}", event.agent, queue.ring_seconds, queue.music))

    def _on_not_answered(self, event: Event, now: float) -> None:
        assert self.facts.queue is not None and self.memory.offered_agent is not None
        missed_by, self.memory.offered_agent = self.memory.offered_agent, None
        self._music()
        self._out.append(cmd.RejoinLine(self.facts.queue, self._arrived_at(), missed_by))

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
        self.facts.agent = self.facts.agent or self.memory.offered_agent
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

    def _say_goodbye(self, prompt: str, now: float) -> None:
        self._ask("goodbye", (prompt,), 0, now)
        self._out.append(cmd.HangUp())

    def _ask(self, command: str, prompts: tuple[str, ...], seconds: float, now: float) -> None:
        self._expect(command, now + PROMPT_LIMIT_SECONDS + seconds)
        self._out.append(cmd.Ask(command, prompts, seconds))

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
        if memory.state is State.WAITING:
            assert self.facts.queue is not None
            self._out.append(cmd.JoinLine(self.facts.queue, self._arrived_at()))
        elif memory.state in (State.OFFERED, State.TALKING) and memory.offered_agent is not None:
            self._out.append(cmd.Connected(memory.offered_agent))
        memory.probes += 1
        self._out.append(cmd.Probe(f"probe-{memory.probes}"))
        return True

    def _take_step_again(self, event: Done, now: float) -> None:
        """The probe came back: what is still pending was lost with the controller that asked."""
        memory = self.memory
        match memory.state:
            case State.GREETING | State.MENU if memory.pending is not None:
                self._ask_menu((), self.flow.menu.first_key_seconds, now)
            case State.WAITING:
                memory.pending = memory.deadline = None
                self._music()
            case State.OFFERED | State.TALKING if memory.pending is not None:
                self._expect(memory.pending, now + 5)
                self._out.append(cmd.ReadRingStatus(memory.pending))
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
        self._out.append(cmd.LeaveLine())

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
        match self.memory.state:
            case State.TALKING | State.SURVEY | State.CLOSING:
                return "served"
            case State.WAITING | State.OFFERED:
                return "abandoned"
        return "left"

    def _arrived_at(self) -> float:
        assert self.facts.arrived_at is not None
        return self.facts.arrived_at


_ACTIONS: dict[Signal, Callable[[Call, Event, float], None]] = {
    Signal.ARRIVED: Call._on_arrived,
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
