"""One scripted caller: the call as it goes on the fake switch, by an invented clock, and what became of it.

Owns when a step of the script is done: a caller answers what is asked, once it is asked. What a script may say is
`scripts.py`'s; how a call goes is decided where it always is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.flow_tests.scripts import AGENT_ENDS, ANSWERED, HANG_UP, KEYS, NO_ANSWERS, SILENCE, WAIT, FlowTest
from controller.simulated import World
from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import CallerKnown, LookedUp
from ivr.flow import Flow
from ivr.states.words import UNKNOWN
from ivr.table import CallState
from prompts import files
from queueing.router import Device
from ringback.config import TICKET, Settings
from ringback.config.spoken import MADE, spoken_in
from ringback.messages import Message, message
from ringback.phrases import Phrases, stems

CALL = "scripted"
PROBLEM = "known-problem"
"""Stands for the words of a known problem, which are those of the day."""
STEPS = 500
"""Things that may happen until a caller is asked something."""
IN_MENU = (CallState.GREETING, CallState.MENU, CallState.SAYING)
IN_LINE = (CallState.WAITING, CallState.OFFERED, CallState.TALKING)
SPEAKS = (CallState.MESSAGE, CallState.REASON, CallState.CLOSING)
"""Nothing more is asked: what is left of the call goes by itself."""
LATER = 0.05
"""Seconds after a moment at which a key would mean nothing yet."""


@dataclass(frozen=True)
class WhatHappened:
    """One thing, for who reads why a test failed."""

    seconds: float
    """Since the call began."""
    what: Message


@dataclass(frozen=True)
class NotAsExpected:
    """Something that was expected and is not so."""

    what: Message
    way: tuple[str | int, ...]
    """Which part of the test says so."""


@dataclass
class TrialOutcome:
    """What became of one scripted caller."""

    happened: list[WhatHappened] = field(default_factory=list)
    wrong: list[NotAsExpected] = field(default_factory=list)


@dataclass(frozen=True)
class SpokenTexts:
    """The words behind the prompts, by language."""

    own: Path | None
    said: Mapping[str, Mapping[str, str]]
    """Those that stand in the settings, by name."""

    @classmethod
    def of(cls, settings: Settings) -> "SpokenTexts":
        """Of these settings and the owner's texts."""
        own = files.own_folder(settings)
        return cls(own if own.exists() else None, {str(each): each.words for _, each in spoken_in(settings)})

    def text(self, name: str, language: str) -> str:
        """Empty: nobody knows the words."""
        said = self.said.get(name, {}).get(language)
        return said or files.text_of(language, name, self.own) or ""

    def shown(self, name: str, language: str) -> str:
        """A prompt as people know it: by its name, or by the words that have none."""
        return f"“{self.text(name, language)}”" if name.startswith(MADE) else name


class ScriptedCall:
    """A caller who does what the script says."""

    def __init__(self, test: FlowTest, settings: Settings, flow: Flow, start: float, texts: SpokenTexts) -> None:
        self.test, self.flow, self.texts = test, flow, texts
        self.outcome = TrialOutcome()
        self.heard: list[tuple[str, str]] = []
        """Every prompt that was begun, with the language of the call then."""
        self._start = start
        self._world = World(settings, start=start, who=self._known)
        self._world.answer = self._answer
        if test.problem:
            self._world.runner.problems.take([(PROBLEM, PROBLEM, [flow.line.number])])
        self._staff(settings, list(settings.queues) if test.staffed is None else test.staffed)
        self._channel = self._world.switch.dial(CALL, flow.line.number, test.caller.number, "")
        self._world.settle()
        self.call: CallDriver = self._world.runner.calls[CALL]
        self._state = self.call.state
        facts = {"line": flow.line.number, "number": test.caller.number or "–"}
        self._note(message("app.flow_calls", **facts))
        self._look()

    def run(self) -> TrialOutcome:
        """Does the whole script, then compares."""
        for at, step in enumerate(self.test.do):
            self._until_asked()
            if self._is_over:
                self.outcome.wrong.append(NotAsExpected(message("app.flow_over_before", step=step), ("do", at)))
                break
            if not self._do(step):
                self.outcome.wrong.append(NotAsExpected(message("app.flow_not_now", step=step), ("do", at)))
                break
            self._look()
        self._until_asked()
        self.outcome.wrong += self._compared()
        return self.outcome

    def _staff(self, settings: Settings, queues: list[str]) -> None:
        """An agent is there for each of these queues, and for no other."""
        for agent in settings.agents:
            own = [name for name in queues if agent.name in settings.queues[name].agents]
            if own:
                self._world.runner.login(agent.name, self._world.now, own)
                self._world.switch.device(agent.name, Device.IDLE)
        self._world.settle()

    # -- the script --------------------------------------------------------------------------------

    def _do(self, step: str) -> bool:
        """False: it cannot be done where the call is."""
        switch = self._world.switch
        if step == HANG_UP:
            self._note(message("app.flow_hangs_up"))
            switch.hang_up(CALL)
            self._world.settle()
        elif wait := WAIT.fullmatch(step):
            self._world.run(float(wait[1]))
        elif step == SILENCE:
            self._note(message("app.flow_silent"))
            self._be_silent()
        elif step == ANSWERED:
            if not self._channel.ringing:
                return False
            switch.answer(self._channel.ringing[0])
            self._world.settle()
        elif step == AGENT_ENDS:
            if self._channel.talking_to is None:
                return False
            switch.agent_hangs_up(self._channel.talking_to)
            self._world.settle()
        elif KEYS.fullmatch(step):
            self._press(step)
        else:
            return self._say(step)
        return True

    def _press(self, keys: str) -> None:
        """Each as the answer to what is asked then; a number as a whole."""
        self._note(message("app.flow_presses", keys=keys))
        while keys and not self._is_over:
            deaf_until = self.call.memory.deaf_until
            if deaf_until is not None and self._world.now < deaf_until:
                self._world.run(deaf_until - self._world.now + LATER)
            asked = self._channel.current
            many = isinstance(asked, cmd.Ask) and asked.digits > 1
            now, keys = (keys.rstrip("#"), "") if many else (keys[0], keys[1:])
            self._world.switch.press(CALL, now)
            self._world.settle()
            self._look()
            self._until_asked()

    def _say(self, words: str) -> bool:
        """What may be said for an answer is the key of that answer; other words are none that anybody understands."""
        asked = self._channel.current
        if not isinstance(asked, cmd.Ask) or not asked.words:
            return False
        self._note(message("app.flow_says", words=words))
        self._world.switch.speak(CALL, key_for(words, asked.words, asked.language) or UNKNOWN)
        self._world.settle()
        return True

    def _be_silent(self) -> None:
        """Until what is asked has been asked in vain."""
        generation = self._channel.generation
        for _ in range(STEPS):
            if self._is_over or self._channel.generation != generation or not self._pass_time():
                return

    # -- time --------------------------------------------------------------------------------------

    @property
    def _is_over(self) -> bool:
        return CALL not in self._world.switch.channels

    def _until_asked(self) -> None:
        """Lets everything happen until the caller is asked something, waits, or the call is over."""
        for _ in range(STEPS):
            self._look()
            asked = self._channel.current
            is_asked = isinstance(asked, cmd.Ask) and asked.seconds > 0
            if self._is_over or is_asked or self.call.state in IN_LINE:
                return
            if not self._pass_time():
                return

    def _pass_time(self) -> bool:
        """To the next thing that happens by itself; False: nothing does."""
        timers = (self._world.switch.next_timer(), self._world.runner.next_timer())
        due = min((time for time in timers if time is not None), default=None)
        if due is None:
            return False
        self._world.run(max(0.0, due - self._world.now))
        return True

    def _known(self, _number: str, at: float) -> CallerKnown:
        """What the store would say of the caller."""
        caller = self.test.caller
        return CallerKnown(
            at,
            looked_up=True,
            called_before=caller.known,
            language=caller.language,
            ticket=caller.ticket,
            ticket_queue=caller.ticket_queue,
        )

    def _answer(self, question: cmd.LookUp) -> LookedUp:
        """What the systems beside would say."""
        answer = self.test.lookups.get(question.name, "unknown" if question.name == TICKET else "failed")
        if answer in NO_ANSWERS:
            return LookedUp(self._world.now, question.id, answer)
        return LookedUp(self._world.now, question.id, "found", answer)

    # -- what happened -----------------------------------------------------------------------------

    def _note(self, what: Message) -> None:
        self.outcome.happened.append(WhatHappened(round(self._world.now - self._start, 1), what))

    def _look(self) -> None:
        """Notes what was heard since, and where the call is."""
        language = self.call.facts.language
        new = self._channel.heard[len(self.heard) :]
        self.heard += [(name, language) for name in new]
        if new:
            self._note(message("app.flow_hears", prompts=[self.texts.shown(name, language) for name in new]))
        state, facts = self.call.state, self.call.facts
        if state is self._state:
            return
        self._state = state
        match state:
            case CallState.WAITING:
                self._note(message("app.flow_waits", queue=facts.queue))
            case CallState.OFFERED:
                self._note(message("app.flow_rings", queue=facts.queue, agents=list(self.call.memory.offered_agents)))
            case CallState.TALKING:
                self._note(message("app.flow_talks", agent=facts.agent))
            case CallState.OUTSIDE:
                self._note(message("app.flow_outside", number=self._channel.outside))
            case CallState.ENDED:
                self._note(message("app.flow_ended"))

    @property
    def menu(self) -> str:
        """The menu that the caller is in, or was in last."""
        there = self.call.memory.menu
        return there if there is not None and there in self.flow.menus else self.flow.menu_name

    # -- compared ----------------------------------------------------------------------------------

    def _compared(self) -> Iterator[NotAsExpected]:
        expected, memory, facts = self.test.expect, self.call.memory, self.call.facts
        in_menu = self.call.state in IN_MENU and not self._is_over
        message_left = memory.message_left or self.call.memory.state is CallState.MESSAGE
        found = {
            "queue": facts.queue,
            "priority": self._priority(),
            "menu": self.menu if in_menu else None,
            "language": facts.language,
            "ticket": facts.about_ticket,
            "promise": memory.promised or facts.promised_number is not None,
            "message": message_left,
            "transfer": self._channel.outside or None,
            "closed": facts.closed,
            "over": self._is_over,
        }
        for name, value in found.items():
            if name in expected.model_fields_set and getattr(expected, name) != value:
                told = {"name": name, "expected": _told(getattr(expected, name)), "found": _told(value)}
                yield NotAsExpected(message("app.flow_not_so", **told), ("expect", name))
        yield from self._compared_with_heard()

    def _compared_with_heard(self) -> Iterator[NotAsExpected]:
        left = list(self.heard)
        for at, wanted in enumerate(self.test.expect.hears):
            place = next((place for place, each in enumerate(left) if self._is_heard(wanted, *each)), None)
            if place is None:
                yield NotAsExpected(message("app.flow_not_heard", wanted=wanted), ("expect", "hears", at))
                break
            left = left[place + 1 :]
        for at, unwanted in enumerate(self.test.expect.never_hears):
            if any(self._is_heard(unwanted, *each) for each in self.heard):
                yield NotAsExpected(message("app.flow_heard", wanted=unwanted), ("expect", "never_hears", at))

    def _is_heard(self, wanted: str, name: str, language: str) -> bool:
        return wanted == name or (" " in wanted and wanted.casefold() in self.texts.text(name, language).casefold())

    def _priority(self) -> int:
        chosen = self.call.memory.chosen
        destination = None if chosen is None else self.flow.chosen(chosen)
        own = 0 if destination is None else destination.priority
        number = self.flow.numbers.read(self.call.facts.caller_number, self.flow.line.default_country)
        return max(own, self._world.settings.vips.get(number or "", 0))


def key_for(given: str, answers: Phrases, language: str) -> str | None:
    """The key of the answer for which these words may be said, in any of their forms; None: there is none."""
    said = stems(given, language)
    return next((key for key, phrases in answers if any(stems(each, language) == said for each in phrases)), None)


def _told(value: object) -> object:
    """As it is written in the file."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else value
