"""Scripted callers: what they meet in the menus, what a test may say, and how a failing one is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app import cli
from app.flow_tests.service import FlowTestResult, run_flow_tests
from app.publishing_parts import flow_test_that_fails
from ringback.config import ConfigError, Settings, load

SETTINGS = """
timezone: Europe/Berlin
trunk: {host: sip.example}
vips: {"+12025550199": 7}
lines:
- {number: "1000", name: Support, hours: office, languages: [ru], greets_known: true}
- {number: "1001", name: VIP, languages: [ru], start: [{when: {vip: true}, queue: billing, priority: 3}]}
hours: {office: {week: {mon-fri: "09:00-18:00"}}}
queues:
  support: {name: Support, agents: [anna, boris]}
  billing: {name: Billing, agents: [boris]}
lookups:
  order:
    url: https://shop.example/{value}
    ask: fallback-enter
    answers: {sent: {en: It is on its way to you, ru: Он уже в пути}}
menus:
  main:
    prompt:
      en: "Broken: press 1. Bills: press 2. По-русски нажмите 3. A callback: press 4. A courier: press 5."
      ru: "Сломалось: нажмите 1. Счёт: нажмите 2. Перезвонить: нажмите 4. Курьер: нажмите 5."
    long: Two languages in one.
    operator_queue: support
    options:
      1: {label: Broken, queue: support, priority: 5, words: {en: [It is broken], ru: [сломалось]}}
      2: {label: Bills, menu: bills}
      3: {label: Russian, language: ru}
      4: {label: Call me, callback: support}
      5: {label: Courier, transfer: "+12025550142"}
  bills:
    prompt: menu-main
    operator_queue: billing
    options:
      1: {label: Paid, end: goodbye}
      3: {label: My request, lookup: ticket}
      4: {label: My order, lookup: order}
      2: {label: Question, cases: [{when: {nobody: billing}, message: billing}, {queue: billing}]}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "ringback.yaml"
    file.write_text(SETTINGS, encoding="utf-8")
    return load(file)


def run(settings: Settings, *tests: dict[str, Any]) -> list[FlowTestResult]:
    file = settings.data.parent / "flow-tests.yaml"
    file.write_text(json.dumps([{"name": f"Test {at}", **test} for at, test in enumerate(tests)]), encoding="utf-8")
    return run_flow_tests(settings, file).results


WELL: dict[str, dict[str, Any]] = {
    "a key": {
        "do": ["1"],
        "expect": {"queue": "support", "priority": 5, "hears": ["notice", "welcome", "Bills: press 2"], "over": False},
    },
    "words that the owner allows": {"do": ["it is broken!"], "expect": {"queue": "support"}},
    "the number of a key": {"do": ["two"], "expect": {"menu": "bills"}},
    "words for nothing": {"do": ["hello", "it is broken"], "expect": {"hears": ["words-unknown"], "queue": "support"}},
    "a language, a wrong key, words": {
        "do": ["3", "9", "Сломалось"],
        "expect": {"queue": "support", "language": "ru", "hears": ["Сломалось: нажмите", "menu-invalid"]},
    },
    "keys one after another": {"do": ["22"], "expect": {"queue": "billing", "priority": 0, "promise": False}},
    "still in a menu": {"do": ["2"], "expect": {"menu": "bills", "queue": None, "never_hears": ["goodbye"]}},
    "nobody is there": {
        "staffed": ["support"],
        "do": ["2", "2"],
        "expect": {"message": True, "over": True, "queue": "billing"},
    },
    "a talk and its question": {
        "do": ["2", "2", "agent answers", "agent hangs up", "1"],
        "expect": {"hears": ["survey-solved", "survey-thanks"], "over": True},
    },
    "a callback at another number": {
        "do": ["4", "2", "12025550155#", "1"],
        "expect": {"promise": True, "hears": ["digit-5", "fallback-confirm", "callback-thanks"]},
    },
    "about an open ticket": {
        "caller": {"ticket": 1042, "ticket_queue": "billing"},
        "do": ["1"],
        "expect": {"ticket": 1042, "queue": "billing", "never_hears": ["welcome"]},
    },
    "the language of the last call": {"caller": {"language": "ru"}, "expect": {"language": "ru", "menu": "main"}},
    "closed at night": {"at": "2027-01-11 22:00", "do": ["2"], "expect": {"closed": True, "message": True}},
    "closed on a day without hours": {"at": "2027-01-10 12:00", "expect": {"closed": True, "hears": ["closed"]}},
    "never a key": {"do": ["silence"] * 3, "expect": {"queue": "support", "hears": ["menu-silent", "to-person"]}},
    "the end": {"do": ["2", "1"], "expect": {"over": True, "hears": ["goodbye"]}},
    "somebody outside": {"do": ["5"], "expect": {"transfer": "+12025550142"}},
    "nobody outside, then a person": {"do": ["5", "wait 31"], "expect": {"queue": "support"}},
    "hangs up": {"do": ["2", "hang up"], "expect": {"over": True, "queue": None}},
    "a callback while waiting": {"staffed": [], "do": ["1", "wait 25", "1", "1"], "expect": {"promise": True}},
    "a ticket is looked up": {
        "lookups": {"ticket": "open"},
        "do": ["2", "3", "1042#"],
        "expect": {"hears": ["ticket-open"]},
    },
    "an order is looked up": {
        "lookups": {"order": "sent"},
        "do": ["2", "4", "77#"],
        "expect": {"hears": ["fallback-enter", "on its way to you", "menu-main"], "menu": "bills"},
    },
    "a system is away": {
        "do": ["2", "4", "77#"],
        "expect": {"hears": ["lookup-failed", "to-person"], "queue": "billing"},
    },
    "a known problem is told first": {"problem": True, "expect": {"hears": ["known-problem"]}},
    "a VIP": {
        "line": "1001",
        "caller": {"number": "+1 202 555 0199"},
        "expect": {"queue": "billing", "priority": 7, "never_hears": ["welcome"]},
    },
    "no VIP": {"line": "1001", "caller": {"number": ""}, "expect": {"menu": "main"}},
}


@pytest.mark.parametrize("test", WELL.values(), ids=WELL)
def test_a_caller_does_what_the_script_says(settings: Settings, test: dict[str, Any]) -> None:
    [result] = run(settings, test)
    assert [str(each.what) for each in result.outcome.wrong] == [], [str(e.what) for e in result.outcome.happened]


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ({"do": ["1"], "expect": {"queue": "billing"}}, ["queue should be billing, and is support."]),
        ({"do": ["1"], "expect": {"priority": 9}}, ["priority should be 9, and is 5."]),
        ({"do": ["1"], "expect": {"over": True}}, ["over should be true, and is false."]),
        ({"do": ["1"], "expect": {"menu": "bills"}}, ["menu should be bills, and is null."]),
        ({"expect": {"hears": ["goodbye"]}}, ["“goodbye” should be heard, and is not, or not at this place."]),
        (
            {"expect": {"hears": ["welcome", "notice"]}},
            ["“notice” should be heard, and is not, or not at this place."],
        ),
        ({"expect": {"never_hears": ["Bills: press"]}}, ["“Bills: press” is heard, and should not be."]),
        ({"do": ["2", "1", "7"], "expect": {"over": True}}, ["The call was over before this could be done: 7"]),
        (
            {"do": ["2", "hello"], "expect": {"menu": "bills"}},
            ["Nobody would understand this where the call is: hello"],
        ),
        (
            {"do": ["agent answers"], "expect": {"menu": "main"}},
            ["Nobody would understand this where the call is: agent answers"],
        ),
    ],
)
def test_what_is_not_as_expected_is_told(settings: Settings, test: dict[str, Any], told: list[str]) -> None:
    [result] = run(settings, test)
    assert [str(each.what) for each in result.outcome.wrong] == told


@pytest.mark.parametrize(
    ("written", "line", "told"),
    [
        ("- name: A\n  do: [1]\n", 1, "expect is missing"),
        ("- name: A\n  expect: {}\n", 2, "expects nothing"),
        ("- name: A\n  expect: {queue: suport}\n", 2, "Did you mean support?"),
        ("- name: A\n  line: '1002'\n  expect: {over: true}\n", 2, "There is no line 1002"),
        ("- name: A\n  expct: {over: true}\n", 2, "Did you mean expect?"),
        ("- name: A\n  at: tomorrow\n  expect: {over: true}\n", 2, "2027-03-01 10:30"),
        ("- name: A\n  at: 2027-02-30 10:00\n  expect: {over: true}\n", 2, "is no moment"),
        ("- name: A\n  staffed: [nobody]\n  expect: {over: true}\n", 2, "nobody"),
        ("- {name: A, expect: {over: maybe}}\n", 1, "`true` or `false`"),
        ("- {name: A, lookups: {ordr: sent}, expect: {over: true}}\n", 1, "Did you mean order?"),
        ("- {name: A, lookups: {ticket: opn}, expect: {over: true}}\n", 1, "Did you mean open?"),
        ("- name: [\n", 2, "YAML"),
        ("", 1, "There is no test in it"),
        ("[]", 1, "too little"),
        ("tests: 5", 1, "list"),
        ("- name: A\n  name: B\n  expect: {over: true}\n", 2, "a second time"),
    ],
)
def test_a_file_of_tests_that_is_wrong_is_told_as_settings_are(
    settings: Settings, written: str, line: int, told: str
) -> None:
    file = settings.data.parent / "flow-tests.yaml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        run_flow_tests(settings, file)
    assert any(each.line == line and told in str(each) for each in error.value.diagnostics), str(error.value)
    refused = flow_test_that_fails(settings, file.parent)
    assert refused is not None
    assert told in str(refused)


def test_nothing_of_one_caller_is_left_for_the_next(settings: Settings) -> None:
    every = [{"name": name, **test} for name, test in WELL.items()]
    results = run(settings, *every, *reversed(every))
    assert [each.script.test.name for each in results if not each.passed] == []


def ringback(settings: Settings, *arguments: str) -> Result:
    config = str(settings.data.parent / "ringback.yaml")
    return CliRunner().invoke(cli.app, ["flow", "test", "--config", config, *arguments])


def test_the_command_says_what_was_expected_where_and_what_happened(settings: Settings) -> None:
    file = settings.data.parent / "flow-tests.yaml"
    works, bills = "- name: Works\n  do: [1]\n  expect: {queue: support}\n\n", "- name: Bills\n  do: [2, 2]\n"
    file.write_text(f"{works}{bills}  expect:\n    queue: support\n")
    result = ringback(settings)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[:3] == [str(file), "  ok    Works", "  FAIL  Bills"]
    assert lines[3].strip() == f"{file}:8: queue should be support, and is billing."
    assert [line.split(" s  ")[1] for line in lines[4:-1]][-2:] == [
        "presses 2",
        "the phone of boris rings, for queue billing",
    ]
    assert lines[-1].startswith("1 passed, 1 failed in ")
    [_, failed] = json.loads(ringback(settings, "--json").output)
    assert (failed["line"], failed["passed"], failed["wrong"][0]["line"]) == (5, False, 8)
    assert failed["wrong"][0]["facts"] == {"name": "queue", "expected": "support", "found": "billing"}


def test_the_command_succeeds_where_all_are_well_and_wants_a_file(settings: Settings) -> None:
    missing = ringback(settings)
    assert isinstance(missing.exception, ConfigError)
    assert "flow-tests.yaml" in str(missing.exception)
    assert flow_test_that_fails(settings, settings.data.parent) is None, "no tests, nothing to refuse"
    other = settings.data.parent / "other.yaml"
    other.write_text("- {name: Works, do: [1], expect: {queue: support}}\n")
    result = ringback(settings, str(other), "--verbose")
    assert (result.exit_code, "presses 1" in result.output) == (0, True)
