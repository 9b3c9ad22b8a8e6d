"""Calls as scripts that run on every switch: on the fake one in no time, on the real Asterisk as SIP calls.

A script says what people do and what must be true in between; a ScenarioStage does it. What the fake switch
claims about Asterisk is thereby what Asterisk does: tests/unit and tests/live run the same list.
"""

from collections.abc import Callable
from typing import Any, Protocol


class ScenarioStage(Protocol):
    """Where a script is played. Callers are named by the script; agents by the settings."""

    def dial(self, caller: str, line: str) -> None: ...
    def dial_without_sound(self, caller: str, line: str) -> None:
        """A caller from whom not a packet of sound ever comes, and who hears nothing."""

    def hear(self, caller: str, prompt: str) -> None:
        """Waits until the caller hears the beginning of this prompt."""

    def press(self, caller: str, key: str) -> None: ...
    def hang_up(self, caller: str) -> None: ...
    def sign_in(self, agent: str) -> None:
        """The agent's phone registers."""

    def wait_ringing(self, agent: str) -> None: ...
    def answer(self, agent: str) -> None: ...
    def agent_hangs_up(self, agent: str) -> None: ...
    def speaks(self, agent: str, caller: str) -> None:
        """The agent says a sentence, and the caller hears its end."""

    def caller_speaks(self, caller: str) -> None:
        """The caller says a sentence, and then nothing."""

    def hold(self, agent: str) -> None:
        """The agent puts the caller on hold."""

    def transfer(self, agent: str, number: str) -> None:
        """The agent passes the caller on and is out of it."""

    def consult(self, agent: str, colleague: str) -> None:
        """The agent, with the caller on hold, calls a colleague, who answers."""

    def transfer_to_colleague(self, agent: str) -> None:
        """The agent puts the caller and the colleague together and is out of it."""

    def wait_state(self, caller: str, state: str) -> None: ...
    def ended(self, caller: str) -> dict[str, Any]:
        """Waits until the call is over for good; its facts: result, keys, queue, agent, answer, outcome, and
        the talks as (kind, agent, why), the visits to queues as (queue, came_by, outcome, agent, reason), ended_by."""


def whole_call(stage: ScenarioStage) -> dict[str, Any]:
    stage.dial("carol", "1000")
    stage.hear("carol", "notice")
    stage.press("carol", "1")
    stage.wait_state("carol", "waiting")
    stage.hear("carol", "please-wait")
    stage.sign_in("anna")
    stage.wait_ringing("anna")
    stage.answer("anna")
    stage.wait_state("carol", "talking")
    stage.agent_hangs_up("anna")
    stage.hear("carol", "survey-solved")
    stage.press("carol", "2")
    stage.hear("carol", "survey-thanks")
    return stage.ended("carol")


def zero_is_a_person(stage: ScenarioStage) -> dict[str, Any]:
    stage.dial("carol", "1000")
    stage.hear("carol", "notice")
    stage.press("carol", "0")
    stage.wait_state("carol", "waiting")
    stage.hang_up("carol")
    return stage.ended("carol")


def three_wrong_keys_are_a_person(stage: ScenarioStage) -> dict[str, Any]:
    stage.dial("carol", "1000")
    stage.hear("carol", "notice")
    stage.press("carol", "7")
    stage.hear("carol", "menu-invalid")
    stage.press("carol", "#")
    stage.hear("carol", "menu-main")
    stage.press("carol", "*")
    stage.hear("carol", "to-person")
    stage.hang_up("carol")
    return stage.ended("carol")


def silence_is_a_person(stage: ScenarioStage) -> dict[str, Any]:
    stage.dial("carol", "1002")
    stage.hear("carol", "menu-silent")
    stage.wait_state("carol", "waiting")
    stage.hear("carol", "to-person")
    stage.hang_up("carol")
    return stage.ended("carol")


def without_sound_and_key_is_nobody(stage: ScenarioStage) -> dict[str, Any]:
    stage.sign_in("anna")
    stage.dial_without_sound("scanner", "1002")
    return stage.ended("scanner")


def a_sentence_is_said_and_the_menu_goes_on(stage: ScenarioStage) -> dict[str, Any]:
    stage.dial("carol", "1004")
    stage.hear("carol", "welcome")
    stage.press("carol", "3")
    stage.hear("carol", "redial-place")
    stage.wait_state("carol", "saying")
    stage.hear("carol", "menu-main")
    stage.press("carol", "3")
    stage.hear("carol", "redial-place")
    stage.press("carol", "1")
    stage.wait_state("carol", "waiting")
    stage.hang_up("carol")
    return stage.ended("carol")


def looks_up(stage: ScenarioStage, key: str) -> None:
    stage.dial("carol", "1006")
    stage.hear("carol", "welcome")
    stage.press("carol", key)
    stage.hear("carol", "ticket-number")
    stage.press("carol", "9")
    stage.wait_state("carol", "lookup")
    stage.press("carol", "7")
    stage.press("carol", "#")


def a_request_that_is_not_there_is_told_and_the_menu_goes_on(stage: ScenarioStage) -> dict[str, Any]:
    looks_up(stage, "3")
    stage.hear("carol", "ticket-unknown")
    stage.wait_state("carol", "saying")
    stage.hear("carol", "menu-main")
    stage.press("carol", "3")
    stage.hear("carol", "ticket-number")
    stage.press("carol", "*")
    stage.press("carol", "#")
    stage.hear("carol", "lookup-no-number")
    stage.hang_up("carol")
    return stage.ended("carol")


def where_nobody_can_be_asked_a_person_is_next(stage: ScenarioStage) -> dict[str, Any]:
    looks_up(stage, "4")
    stage.hear("carol", "lookup-failed")
    stage.wait_state("carol", "waiting")
    stage.hear("carol", "to-person")
    stage.hang_up("carol")
    return stage.ended("carol")


def hangs_up_in_the_greeting(stage: ScenarioStage) -> dict[str, Any]:
    stage.dial("carol", "1000")
    stage.hear("carol", "notice")
    stage.hang_up("carol")
    return stage.ended("carol")


def hangs_up_while_the_phone_rings(stage: ScenarioStage) -> dict[str, Any]:
    stage.sign_in("anna")
    stage.dial("carol", "1000")
    stage.hear("carol", "notice")
    stage.press("carol", "1")
    stage.wait_ringing("anna")
    stage.wait_state("carol", "offered")
    stage.hang_up("carol")
    return stage.ended("carol")


def missed_by_one_answered_by_the_other(stage: ScenarioStage) -> dict[str, Any]:
    stage.sign_in("anna")
    stage.dial("carol", "1003")
    stage.hear("carol", "welcome")
    stage.press("carol", "1")
    stage.wait_ringing("anna")
    stage.sign_in("boris")
    stage.wait_ringing("boris")
    stage.answer("boris")
    stage.wait_state("carol", "talking")
    stage.agent_hangs_up("boris")
    stage.hear("carol", "survey-solved")
    stage.hang_up("carol")
    return stage.ended("carol")


def talks_with_anna(stage: ScenarioStage) -> None:
    stage.sign_in("anna")
    stage.dial("carol", "1000")
    stage.hear("carol", "notice")
    stage.press("carol", "1")
    stage.wait_ringing("anna")
    stage.answer("anna")
    stage.wait_state("carol", "talking")
    stage.sign_in("boris")


def boris_says_goodbye(stage: ScenarioStage) -> dict[str, Any]:
    stage.speaks("boris", "carol")
    stage.agent_hangs_up("boris")
    stage.hear("carol", "survey-solved")
    stage.hang_up("carol")
    return stage.ended("carol")


def passed_on_to_an_agent(stage: ScenarioStage) -> dict[str, Any]:
    talks_with_anna(stage)
    stage.transfer("anna", "202")
    stage.wait_ringing("boris")
    stage.wait_state("carol", "offered")
    stage.answer("boris")
    stage.wait_state("carol", "talking")
    return boris_says_goodbye(stage)


def passed_on_to_a_queue(stage: ScenarioStage) -> dict[str, Any]:
    talks_with_anna(stage)
    stage.transfer("anna", "300")
    stage.wait_ringing("boris")
    stage.answer("boris")
    stage.wait_state("carol", "talking")
    return boris_says_goodbye(stage)


def a_colleague_is_asked_and_gets_the_caller(stage: ScenarioStage) -> dict[str, Any]:
    talks_with_anna(stage)
    stage.hold("anna")
    stage.consult("anna", "boris")
    stage.transfer_to_colleague("anna")
    return boris_says_goodbye(stage)


Facts = dict[str, Any]
NOTHING: Facts = {"talks": [], "keys": "", "queue": None, "agent": None, "answer": None, "outcome": None, "visits": []}
NOTHING |= {"ended_by": "caller"}
LEFT = [("support", "menu", "abandoned", None, "waiting")]
BY_ANNA = ("support", "menu", "answered", "anna", None)
SCENARIOS: list[tuple[Callable[[ScenarioStage], Facts], Facts]] = [
    (
        whole_call,
        {"result": "served", "keys": "1", "queue": "support", "agent": "anna", "answer": "2", "outcome": "answered"}
        | {"talks": [("talk", "anna", "queue")], "visits": [BY_ANNA], "ended_by": "us"},
    ),
    (zero_is_a_person, NOTHING | {"result": "abandoned", "keys": "0", "queue": "support", "visits": LEFT}),
    (three_wrong_keys_are_a_person, NOTHING | {"result": "abandoned", "queue": "support", "visits": LEFT}),
    (silence_is_a_person, NOTHING | {"result": "abandoned", "queue": "support", "visits": LEFT}),
    (without_sound_and_key_is_nobody, NOTHING | {"result": "no_sound", "ended_by": "us"}),
    (
        a_sentence_is_said_and_the_menu_goes_on,
        NOTHING | {"result": "abandoned", "keys": "31", "queue": "support", "visits": LEFT},
    ),
    (a_request_that_is_not_there_is_told_and_the_menu_goes_on, NOTHING | {"result": "left", "keys": "3"}),
    (
        where_nobody_can_be_asked_a_person_is_next,
        NOTHING | {"result": "abandoned", "keys": "4", "queue": "support", "visits": LEFT},
    ),
    (hangs_up_in_the_greeting, NOTHING | {"result": "left"}),
    (
        hangs_up_while_the_phone_rings,
        NOTHING
        | {"result": "abandoned", "keys": "1", "queue": "support"}
        | {"visits": [("support", "menu", "abandoned", None, "ringing")]},
    ),
    (
        missed_by_one_answered_by_the_other,
        {"result": "served", "keys": "1", "queue": "both", "agent": "boris", "answer": None, "outcome": "hung_up"}
        | {"talks": [("talk", "boris", "queue")], "visits": [("both", "menu", "answered", "boris", None)]}
        | {"ended_by": "caller"},
    ),
    (
        passed_on_to_an_agent,
        {"result": "served", "keys": "1", "queue": "support", "agent": "boris", "answer": None, "outcome": "hung_up"}
        | {"talks": [("talk", "anna", "queue"), ("talk", "boris", "blind")], "visits": [BY_ANNA]}
        | {"ended_by": "caller"},
    ),
    (
        passed_on_to_a_queue,
        {"result": "served", "keys": "1", "queue": "billing", "agent": "boris", "answer": None, "outcome": "hung_up"}
        | {"talks": [("talk", "anna", "queue"), ("talk", "boris", "queue")]}
        | {"visits": [BY_ANNA, ("billing", "transfer", "answered", "boris", None)], "ended_by": "caller"},
    ),
    (
        a_colleague_is_asked_and_gets_the_caller,
        {"result": "served", "keys": "1", "queue": "support", "agent": "boris", "answer": None, "outcome": "hung_up"}
        | {
            "talks": [
                ("talk", "anna", "queue"),
                ("hold", "anna", None),
                ("consult", "anna", None),
                ("talk", "boris", "attended"),
            ]
        }
        | {"visits": [BY_ANNA], "ended_by": "caller"},
    ),
]
"""Each script with the facts that its call must end with."""

NO_WORDS: dict[str, Any] = {"live": {"words": False}, "speech": {"engine": "vosk"}}
"""No call becomes text, as where no model is installed: loading one takes a Ringback longer than its calls do. Whoever
looks at texts takes the Ringback that all share, or `SPEECH`."""
SPEECH: dict[str, Any] = {"speech": {"engine": "auto"}}
SETTINGS: dict[str, Any] = {
    "sip": {"most_new_calls": 100},  # how busy the machine of the tests is refuses nobody
    "live": {"words": False},  # the cores are the phones'; live words have a Ringback of their own
    "lines": [
        {"number": "1000", "name": "Support"},
        {"number": "1001", "name": "Поддержка", "language": "ru"},
        {
            "number": "1002",
            "name": "Short prompts",
            "notice": None,
            "menu": "short",
        },
        {"number": "1003", "name": "Two agents", "notice": None, "menu": "two"},
        {"number": "1004", "name": "Says a sentence", "notice": None, "menu": "says"},
        {"number": "1006", "name": "Looks something up", "notice": None, "menu": "looks"},
    ],
    "lookups": {
        "order": {
            "url": "http://127.0.0.1:9/{value}",  # where nobody listens
            "ask": "ticket-number",
            "answers": {"sent": "ticket-closed"},
        },
    },
    "menus": {
        "main": {
            "prompt": "menu-main",
            "options": {
                "1": {"label": "Something does not work", "queue": "support"},
                "2": {"label": "An order or a bill", "queue": "billing"},
            },
            "operator_queue": "support",
        },
        "says": {
            "prompt": "menu-main",
            "options": {
                "1": {"label": "Something does not work", "queue": "support"},
                "3": {"label": "Opening hours", "say": "redial-place"},
            },
            "operator_queue": "support",
        },
        "looks": {
            "prompt": "menu-main",
            "options": {
                "3": {"label": "A request", "lookup": "ticket"},
                "4": {"label": "An order", "lookup": "order"},
            },
            "operator_queue": "support",
        },
        "short": {
            "prompt": "digit-5",
            "options": {"1": {"label": "Waits long", "queue": "billing"}},
            "operator_queue": "support",
            "first_key_seconds": 1,
            "key_seconds": 1,
        },
        "two": {
            "prompt": "digit-5",
            "options": {"1": {"label": "Two agents", "queue": "both"}},
            "operator_queue": "both",
        },
    },
    "queues": {
        "support": {
            "name": "Support",
            "agents": ["anna"],
            "ring_seconds": 20,
            "wrap_up_seconds": 0,
            "announce_first_seconds": 1,
        },
        "billing": {"name": "Billing", "agents": ["boris"], "wrap_up_seconds": 0, "extension": "300"},
        "both": {"name": "Both", "agents": ["anna", "boris"], "ring_seconds": 3, "wrap_up_seconds": 0},
    },
}
"""Short times; anna serves support, boris billing, and both serve `both`, whose phones ring 3 s."""
