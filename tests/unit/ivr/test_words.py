"""Answers that are said: they are choices as keys are; what was heard uncertainly is asked, and keys always count."""

from typing import Any

import pytest

from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import Adopted, Arrived, Done, HungUp
from ivr.flow import Flow, flows
from ivr.table import CallState
from ringback.config import Settings
from ringback.config.spoken import Spoken

T = 1_800_000_000.0
WORDS: dict[str, Any] = {
    "1": {"label": "Support", "queue": "support", "words": {"en": ["support"], "ru": ["поддержка"]}},
    "2": {"label": "Bill", "queue": "billing", "words": {"en": ["billing", "invoice"]}},
    "3": {"label": "Hours", "say": "redial-place"},
}
BILLING = str(Spoken.of({"en": "billing"}))
MENU = {"prompt": "menu-main", "operator_queue": "support", "options": WORDS}
LINE = {"number": "1000", "name": "Support", "notice": None, "greeting": "welcome", "languages": ["ru"]}


def flow(menu: dict[str, Any] = MENU, **line: Any) -> Flow:
    return flows(Settings.model_validate({"menus": {"main": menu}, "lines": [{**LINE, **line}]}))["1000"]


def asked(call: CallDriver, commands: list[cmd.Command]) -> cmd.Ask:
    (found,) = [each for each in commands if isinstance(each, cmd.Ask)]
    assert call.memory.pending == found.id
    return found


class Caller:
    """A caller who hears the menu."""

    def __init__(self, known: Flow | None = None) -> None:
        self.flow = known or flow()
        self.call = CallDriver("1", self.flow)
        self.now = T
        self.ask = asked(self.call, self.call.receive(Arrived(T, "1000", "+12025550100", ""), T))

    def answers(self, value: str) -> list[cmd.Command]:
        """The key, or what the recogniser made of words."""
        self.now += 3
        commands = self.call.receive(Done(self.now, self.ask.id, value), self.now)
        found = [each for each in commands if isinstance(each, cmd.Ask)]
        if found:
            self.ask = found[-1]
        return commands

    @property
    def state(self) -> CallState:
        return self.call.state

    @property
    def path(self) -> list[str]:
        return [step["key"] for step in self.call.facts.menu_path]


def test_options_with_words_can_be_said_and_all_of_them_by_number() -> None:
    ask = Caller().ask
    said = dict(ask.words)
    assert ask.language == "en"
    assert said["1"][0] == "support"
    assert said["2"] == ("billing", "invoice", "two")
    assert said["3"] == ("three",)
    assert "operator" in said["0"], "0 reaches a person whatever the menu is"


def test_a_menu_without_words_in_the_language_of_the_call_hears_keys_alone() -> None:
    russian = ("поддержка", "оплата", "часы")
    without = {
        key: {**option, "words": {"ru": [word]}} for (key, option), word in zip(WORDS.items(), russian, strict=True)
    }
    assert Caller(flow({**MENU, "options": without})).ask.words == ()
    ask = Caller(flow({**MENU, "options": without}, language="ru", languages=[])).ask
    assert (ask.language, dict(ask.words)["2"]) == ("ru", ("оплата", "два"))


@pytest.mark.parametrize("value", ["2", "?2"])
def test_words_are_the_choice_whose_key_they_stand_for(value: str) -> None:
    caller = Caller()
    commands = caller.answers(value)
    if value == "?2":
        assert caller.state is CallState.CONFIRMING
        assert caller.ask.prompts == ("words-meant", BILLING, "words-yes-no")
        assert dict(caller.ask.words)["1"][0] == "yes"
        assert caller.path == []
        commands = caller.answers("1")
    assert caller.state is CallState.WAITING
    assert caller.path == ["2"]
    assert cmd.JoinQueue in map(type, commands)
    assert caller.call.facts.queue == "billing"


@pytest.mark.parametrize("answer", ["2", "", "?", "?1", "7"])
def test_what_was_not_meant_leads_back_to_the_menu(answer: str) -> None:
    caller = Caller()
    caller.answers("?2")
    caller.answers(answer)
    assert caller.state is CallState.MENU
    assert caller.ask.prompts == ("words-unknown", "menu-main")
    assert caller.ask.words, "one more time it can be said"
    caller.answers("1")
    assert (caller.state, caller.path) == (CallState.WAITING, ["1"])


def test_two_failures_fall_back_to_keys_and_keys_still_lead_everywhere() -> None:
    caller = Caller()
    caller.answers("?")
    assert (caller.ask.prompts, bool(caller.ask.words)) == (("words-unknown", "menu-main"), True)
    caller.answers("?2")
    caller.answers("2")
    assert caller.ask.prompts == ("words-unknown", "words-keys", "menu-main")
    assert caller.ask.words == ()
    caller.answers("9")
    assert caller.ask.words == (), "for the rest of this menu"
    caller.answers("3")
    assert caller.state is CallState.SAYING
    caller.answers("2")
    assert (caller.state, caller.path) == (CallState.WAITING, ["3", "2"])


def test_uncertain_words_for_no_option_are_not_understood() -> None:
    caller = Caller()
    caller.answers("?8")
    assert caller.state is CallState.MENU
    assert caller.ask.prompts == ("words-unknown", "menu-main")


def test_a_person_can_be_said_and_is_asked_for_by_name() -> None:
    caller = Caller()
    caller.answers("?0")
    assert caller.ask.prompts == ("words-meant", "words-person", "words-yes-no")
    caller.answers("1")
    assert (caller.state, caller.call.facts.queue) == (CallState.WAITING, "support")
    again = Caller()
    again.answers("?2")
    again.answers("0")
    assert again.path == ["0"], "0 means a person in the question, too"


def test_whoever_speaks_is_somebody_and_is_never_taken_for_a_dead_line() -> None:
    caller = Caller()
    caller.answers("?")
    for _ in range(3):
        commands = caller.answers("")
    assert cmd.CountSound not in map(type, commands)
    assert caller.state is CallState.WAITING


def test_confirming_survives_the_controller() -> None:
    caller = Caller()
    caller.answers("?2")
    restored = CallDriver.restore(caller.call.snapshot(), caller.flow)
    probe = restored.receive(Adopted(caller.now + 1, None), caller.now + 1)
    (command,) = [each for each in probe if isinstance(each, cmd.Probe)]
    commands = restored.receive(Done(caller.now + 2, command.id, ""), caller.now + 2)
    again = asked(restored, commands)
    assert again.prompts == ("words-meant", BILLING, "words-yes-no")
    restored.receive(Done(caller.now + 4, again.id, "1"), caller.now + 4)
    assert restored.facts.queue == "billing"


def test_a_hangup_in_the_question_is_a_call_that_left() -> None:
    caller = Caller()
    caller.answers("?2")
    caller.call.receive(HungUp(caller.now + 1, "Normal Clearing"), caller.now + 1)
    timer = caller.call.next_timer()
    assert timer is not None
    caller.call.handle_timer(timer)
    assert (caller.state, caller.call.facts.result) == (CallState.ENDED, "left")
