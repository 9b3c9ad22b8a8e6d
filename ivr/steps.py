"""What the transitions of a call do: facts noted, commands given. Which transition it is, `ivr/call.py` knows.

Split from the state machine by size alone: the two are one class, and nothing else uses this one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from ivr import commands as cmd
from ivr.caller import shown_number
from ivr.events import AgentAnswered, Arrived, CalledBack, Done, Event, Moved, Offered, PositionDue
from ivr.facts import Facts
from ivr.flow import Flow
from ivr.prompts import digits_prompts, position_prompts, wait_prompts
from ivr.table import Signal, State

PROMPT_LIMIT_SECONDS = 90.0
"""Longer than any prompt: a command that takes more has been lost."""
MESSAGE_SECONDS = 60.0


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
    message_left: bool = False
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


class Steps:
    """The part of a call that acts."""

    def __init__(self, linkedid: str, flow: Flow) -> None:
        self.flow = flow
        self.facts = Facts(linkedid, language=flow.line.language)
        self.memory = Memory()
        self.ignored: list[Event] = []
        """Events that changed nothing: second copies, and those no state ever asked for."""
        self._inbox: list[Event] = []
        self._out: list[cmd.Command] = []

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
        memory.bridging = bool(event.agent_channel)
        queue = self.flow.queues[event.queue]
        self._out.append(cmd.Ask("hello", ("callback-connecting",), 0))
        self._expect("offer-1", now + PROMPT_LIMIT_SECONDS + queue.ring_seconds)
        if memory.bridging:
            self._out.append(cmd.Bridge("offer-1", event.agent_channel))
        else:
            number = shown_number(event.caller_number)
            self._out.append(cmd.Ring("offer-1", (event.agent,), queue.ring_seconds, queue.music, number))

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
            wait = wait_prompts(event.minutes)
            self._announce((*first, *position_prompts(event.position), *wait, *offer), now)

    def _announce(self, prompts: tuple[str, ...], now: float) -> None:
        self.memory.announcements += 1
        self._ask(f"say-{self.memory.announcements}", prompts, 0, now)

    def _on_moved(self, event: Event, now: float) -> None:
        assert isinstance(event, Moved)
        self.facts.queue = event.queue

    def _on_callback_proposed(self, event: Event, now: float) -> None:
        assert self.facts.queue is not None
        if self.memory.pending is None and self.flow.offers_callback(self.facts.queue):
            self._announce(("callback-offer",), now)

    def _on_message_proposed(self, event: Event, now: float) -> None:
        if self.memory.pending is not None:
            self._out.append(cmd.CutPrompt())
        self._out.append(cmd.LeaveLine())
        self._ask("message", ("leave-message",), MESSAGE_SECONDS, now)

    def _on_message_left(self, event: Event, now: float) -> None:
        self.memory.message_left = True
        self._say_goodbye("message-thanks", now)

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
        self._out.append(
            cmd.Ring(
                f"offer-{event.number}",
                event.agents,
                queue.ring_seconds,
                queue.music,
                shown_number(self.facts.caller_number),
            )
        )

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

    def _place_at(self) -> float:
        assert self.facts.arrived_at is not None
        return self.facts.arrived_at if self.memory.place_at is None else self.memory.place_at


ACTIONS: dict[Signal, Callable[[Steps, Event, float], None]] = {
    Signal.ARRIVED: Steps._on_arrived,
    Signal.CALLED_BACK: Steps._on_called_back,
    Signal.MOVED: Steps._on_moved,
    Signal.CALLBACK_PROPOSED: Steps._on_callback_proposed,
    Signal.MESSAGE_PROPOSED: Steps._on_message_proposed,
    Signal.MESSAGE_LEFT: Steps._on_message_left,
    Signal.WANTS_CALLBACK: Steps._on_wants_callback,
    Signal.OTHER_NUMBER: Steps._on_other_number,
    Signal.BAD_NUMBER: Steps._on_bad_number,
    Signal.NUMBER_GIVEN: Steps._on_number_given,
    Signal.NUMBER_CONFIRMED: Steps._on_number_confirmed,
    Signal.RATHER_WAITS: Steps._on_announced,
    Signal.CHOICE: Steps._on_choice,
    Signal.WRONG_KEY: Steps._on_wrong_key,
    Signal.SILENCE: Steps._on_silence,
    Signal.TRIES_USED_UP: Steps._on_tries_used_up,
    Signal.OFFER: Steps._on_offer,
    Signal.POSITION_DUE: Steps._on_position_due,
    Signal.ANNOUNCED: Steps._on_announced,
    Signal.ANSWERED: Steps._on_answered,
    Signal.NOT_ANSWERED: Steps._on_not_answered,
    Signal.AGENT_LEFT: Steps._on_agent_left,
    Signal.AGENT_LEFT_NO_SURVEY: Steps._on_agent_left_no_survey,
    Signal.ANSWER_GIVEN: Steps._on_answer_given,
    Signal.NO_ANSWER: Steps._on_no_answer,
    Signal.SAID_GOODBYE: Steps._on_said_goodbye,
}
