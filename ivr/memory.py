"""What a call remembers, and how it asks: the ground under `ivr/states/`.

Owns `Memory`, which together with the facts is all that a snapshot keeps, and `Dialogue`, the call as its states see
it. Leaves what is asked and when to the states, and the order of events to `ivr/call.py`.
"""

from dataclasses import dataclass, field
from typing import Any

from ivr import commands as cmd
from ivr.facts import CallRecord
from ivr.flow import Flow
from ivr.table import CallState
from ringback.config import Menu
from ringback.phrases import Phrases

PROMPT_LIMIT_SECONDS = 90.0
"""Longer than any prompt: a command that takes more has been lost."""


EARLY_SECONDS = 1.0
"""A key so soon after a question that comes by itself has begun is no answer: it was meant for somebody else."""
ANEW, MOST_ANEW = "-anew", 4
"""A question that is asked from its beginning, and how often at most."""


@dataclass
class Memory:
    """What the state machine has to remember besides the facts; all of it is in the snapshot."""

    state: CallState = CallState.RINGING
    asks: int = 0
    wrong_keys: int = 0
    silences: int = 0
    pressed: bool = False
    """The caller has pressed a key, whatever it meant."""
    meant: str | None = None
    """The key whose words were heard uncertainly last: the caller is asked, or was."""
    misheard: int = 0
    """How often the caller spoke in this menu and was not understood."""
    offers: int = 0
    offered_agents: list[str] = field(default_factory=list)
    refusals: list[list[str]] = field(default_factory=list)
    """Of the present offer: [agent, how] of each phone that was rung and did not answer."""
    talks_since: float | None = None
    """When the present talk began, as the switch saw it."""
    announcements: int = 0
    bridging: bool = False
    """The agent is on a channel of their own, with which the caller's is connected."""
    place_at: float | None = None
    """The place in line, where it is not that of this call's arrival."""
    last_agent: str | None = None
    joined_at: float | None = None
    """When the wait in the present queue began."""
    menu: str | None = None
    """The menu that the caller is in; None: the line's own."""
    chosen: list[str | int] | None = None
    """The choice by which the caller waits (`ivr.flow.Way`); None: by another way."""
    said: list[str] = field(default_factory=list)
    """The prompts of the choice that was made last to be said before the menu goes on."""
    looked_up: bool = False
    """All that the store knows of the caller is known here."""
    called_before: bool = False
    ticket: int | None = None
    """The caller's open ticket."""
    ticket_queue: str | None = None
    steps: int = 0
    """Of the opening that were waited for."""
    ticket_offered: bool = False
    """The caller was asked whether the call is about it."""
    notice_said: bool = False
    """The notice was said together with what came first."""
    problem_said: str | None = None
    """The prompt of the known problem that was said."""
    fixed: bool = False
    """The caller was to be called because a problem is fixed, and is to hear it now."""
    told: bool = False
    """The customer whom we called has heard that the problem is fixed."""
    outside: bool = False
    """Somebody outside has talked with the caller."""
    helped: bool = False
    """The menu has answered what the caller wanted to know."""
    lookup: str | None = None
    """What the caller looks up, or did last."""
    lookup_key: str = ""
    """The key by which it was chosen; empty: by none."""
    lookup_value: str | None = None
    """The digits that are looked up; None: to be entered."""
    lookup_steps: int = 0
    lookup_tries: int = 0
    """Entries that were no number, for this choice."""
    standing: str | None = None
    """The number (E.164) to which a call is promised already."""
    closed_tries: int = 0
    callback_asks: int = 0
    callback_tries: int = 0
    callback_number: str | None = None
    """E.164, read back and to be confirmed; None: to be entered."""
    unrecorded: bool = False
    """The recording is paused."""
    by_fallback: bool = False
    """The fallback has talked with the caller."""
    promised: bool = False
    message_left: bool = False
    survey_asks: int = 0
    """How often something was asked in the survey: the commands are told apart by it."""
    survey_step: int = 0
    """As `survey.questionnaire` counts them."""
    survey_tries: int = 0
    """How often the present question was asked."""
    survey_asked_at: float | None = None
    """When this number was asked last, in another call."""
    survey_opted_out: bool = False
    probes: int = 0
    probed: str | None = None
    """What was pending when the last probe was sent: only that can have been lost."""
    pending: str | None = None
    """The id of the command whose answer the state waits for."""
    deadline: float | None = None
    """When that command counts as lost."""
    in_fallback: bool = False
    """The fallback has the caller: nothing that happens there is for us, but the end."""
    deaf_until: float | None = None
    """A key before that was not pressed in answer to what plays; None: any key counts."""
    asked: list[Any] = field(default_factory=list)
    """What plays then: [prompts, seconds, digits, words]."""
    entering_since: float | None = None
    """When the caller was asked for a number last."""
    key_at: float = 0.0
    """When the caller pressed a key last."""
    first_key_at: float | None = None
    """When the first key of the number was pressed that is being entered."""
    end_asked_by: str | None = None
    """Who of ours ended the call, at a page or through a program."""
    hung_up: bool = False
    pbx_lost: bool = False
    failed: bool = False
    settle_at: float | None = None
    seen: list[str] = field(default_factory=list)

    @classmethod
    def taken_up(cls, data: dict[str, Any], menu: str) -> "Memory":
        """From a snapshot, also of a version that knew one `menu` alone."""
        data = dict(data)
        option, sentence = data.pop("option", None), data.pop("sentence", None)
        if option is not None:
            data["chosen"] = [menu, option]
        if sentence is not None:
            data["said"] = [sentence]
        return cls(**data | {"state": CallState(data["state"])})


class Dialogue:
    """One call as its states see it: they read the flow, write facts and memory, and give commands with `do`."""

    def __init__(self, flow: Flow, facts: CallRecord, memory: Memory) -> None:
        self.flow = flow
        self.facts = facts
        self.memory = memory
        self.commands: list[cmd.Command] = []
        """Given and not yet taken by the driver, in order."""

    @property
    def state(self) -> CallState:
        """Where the call is; the driver alone changes it."""
        return self.memory.state

    @property
    def queue(self) -> str:
        """The queue in which the caller waits or was served: there is one from the first choice on."""
        assert self.facts.queue is not None
        return self.facts.queue

    @property
    def place_at(self) -> float:
        """The moment by which the caller's place in line counts."""
        assert self.facts.arrived_at is not None
        return self.facts.arrived_at if self.memory.place_at is None else self.memory.place_at

    @property
    def language(self) -> str:
        """In which the caller is served."""
        return self.facts.language

    @property
    def menu_name(self) -> str:
        """The menu that the caller is in; where the settings have it no longer, the line's own."""
        there = self.memory.menu
        return there if there is not None and there in self.flow.menus else self.flow.menu_name

    @property
    def menu(self) -> Menu:
        """The menu that the caller is in."""
        return self.flow.menus[self.menu_name]

    # -- on the caller's channel -------------------------------------------------------------------

    def do(self, *commands: cmd.Command) -> None:
        """Gives commands."""
        self.commands += commands

    def expect(self, command: str | None, deadline: float) -> None:
        """Waits for the answer to this command; at `deadline` it counts as lost."""
        self.memory.pending = command
        self.memory.deadline = deadline
        self.memory.deaf_until = None

    def expect_nothing(self) -> None:
        """Whatever was asked is answered, or matters no more."""
        self.memory.pending = self.memory.deadline = self.memory.deaf_until = None

    def ask(
        self,
        command: str,
        prompts: tuple[str, ...],
        seconds: float,
        now: float,
        digits: int = 1,
        deaf_until: float | None = None,
        words: Phrases = (),
    ) -> None:
        """Plays prompts and waits `seconds` for a key, or for as many as `digits`; 0 seconds: only plays.

        `deaf_until`: a key before that was pressed when nobody could know what for (see `ask_anew`). `words`: what may
        be said instead of a key (see `ivr.commands.Ask`).
        """
        self.expect(command, now + PROMPT_LIMIT_SECONDS + seconds)
        if deaf_until is not None:
            self.memory.deaf_until = deaf_until
            self.memory.asked = [list(prompts), seconds, digits, [[key, list(said)] for key, said in words]]
        self.do(cmd.Ask(command, prompts, seconds, digits, words, self.language if words else ""))

    def ask_anew(self, command: str, deaf_until: float, now: float) -> None:
        """A key came too early: the same is asked from its beginning. `command` is the one that has ended.

        Where keys come without end, it is said to its end, and only then one counts.
        """
        prompts, seconds, digits, *said = self.memory.asked
        words: Phrases = tuple((key, tuple(phrases)) for key, phrases in (said[0] if said else ()))
        base, _, number = command.partition(ANEW)
        again = int(number or 0) + 1
        if again <= MOST_ANEW:
            self.ask(f"{base}{ANEW}{again}", tuple(prompts), seconds, now, digits, deaf_until, words)
        else:
            self.do(cmd.Say("", tuple(prompts)))
            self.ask(f"{base}{ANEW}{again}", (), seconds, now, digits)

    def say(self, command: str, prompts: tuple[str, ...], now: float) -> None:
        """Plays prompts to their end, whatever is pressed."""
        self.expect(command, now + PROMPT_LIMIT_SECONDS)
        self.do(cmd.Say(command, prompts))

    def announce(self, prompts: tuple[str, ...], now: float) -> None:
        """Tells a caller who waits something."""
        self.memory.announcements += 1
        self.ask(f"say-{self.memory.announcements}", prompts, 0, now)

    def listen(self, command: str, silence_seconds: float, seconds: float, now: float) -> None:
        """Lets the caller speak."""
        self.expect(command, now + PROMPT_LIMIT_SECONDS + seconds)
        self.do(cmd.Listen(command, silence_seconds, seconds))

    def cut_prompt(self) -> None:
        """What still plays matters less than what comes now."""
        if self.memory.pending is not None:
            self.do(cmd.CutPrompt())

    def say_goodbye(self, prompt: str, now: float) -> None:
        """The last sentence; then the channel ends."""
        self.ask("goodbye", (prompt,), 0, now)
        self.do(cmd.HangUp())

    # -- in the waiting line -----------------------------------------------------------------------

    def music(self) -> None:
        """The music of the queue, until something is said."""
        self.do(cmd.MusicOn(self.flow.queues[self.queue].music))

    def join_queue(self, at: float) -> None:
        """Waits with music from `at` on, at the place of the arrival."""
        self.memory.joined_at = at
        self.music()
        self.take_place(at)

    def take_place(self, since: float | None, agents: tuple[str, ...] = (), *, talking: bool = False) -> None:
        """Tells the line of the caller, who waits `since` then, or has `agents` already."""
        memory = self.memory
        chosen = None if memory.chosen is None else self.flow.chosen(memory.chosen)
        self.do(
            cmd.JoinQueue(
                self.queue,
                self.place_at,
                memory.last_agent,
                None if memory.chosen is None else str(memory.chosen[1]),
                since,
                agents,
                talking,
                chosen.priority if chosen is not None else 0,
                tuple(chosen.needs) if chosen is not None else (),
            )
        )
