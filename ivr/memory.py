"""What a call remembers and how it asks: the ground under `ivr/states/callback.py` and `ivr/steps.py`.

The three and `ivr/call.py` are one class, split by subject because of its size; nothing else uses them.
"""

from dataclasses import dataclass, field

from ivr import commands as cmd
from ivr.events import Event
from ivr.facts import Facts
from ivr.flow import Flow
from ivr.table import State
from prompts.names import digits_prompts

PROMPT_LIMIT_SECONDS = 90.0
"""Longer than any prompt: a command that takes more has been lost."""


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
    joined_at: float | None = None
    """When the wait in the present queue began."""
    option: str | None = None
    """The key of the menu option by which the caller waits; None: by another way."""
    standing: str | None = None
    """The number (E.164) to which a call is promised already."""
    closed_tries: int = 0
    callback_asks: int = 0
    callback_tries: int = 0
    callback_number: str | None = None
    """E.164, read back and to be confirmed; None: to be entered."""
    unrecorded: bool = False
    """The recording is paused."""
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


class Asking:
    """The part of a call that asks the caller something."""

    def __init__(self, call_id: str, flow: Flow) -> None:
        self.flow = flow
        self.facts = Facts(call_id, language=flow.line.language)
        self.memory = Memory()
        self.ignored: list[Event] = []
        """Events that changed nothing: second copies, and those no state ever asked for."""
        self._inbox: list[Event] = []
        self._out: list[cmd.Command] = []

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

    def _join_line(self, at: float) -> None:
        """Waits from `at` on, at the place of the arrival."""
        assert self.facts.queue is not None
        memory = self.memory
        memory.joined_at = at
        self._out.append(cmd.JoinLine(self.facts.queue, self._place_at(), memory.last_agent, memory.option, at))

    def _place_at(self) -> float:
        assert self.facts.arrived_at is not None
        return self.facts.arrived_at if self.memory.place_at is None else self.memory.place_at

    def _announce(self, prompts: tuple[str, ...], now: float) -> None:
        self.memory.announcements += 1
        self._ask(f"say-{self.memory.announcements}", prompts, 0, now)

    def _listen(self, command: str, silence_seconds: float, seconds: float, now: float) -> None:
        self._expect(command, now + PROMPT_LIMIT_SECONDS + seconds)
        self._out.append(cmd.Listen(command, silence_seconds, seconds))
