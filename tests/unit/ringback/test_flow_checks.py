"""What a caller could fall into on the way through the menus is told with its line before anybody calls."""

from pathlib import Path

import pytest

from ringback.config import Diagnostic, read

FLOW = """
timezone: Europe/Berlin
trunk: {host: sip.example, user: u}
lines:
- number: "1000"
  name: Support
  hours: office
hours:
  office: {week: {mon-fri: "09:00-18:00"}}
  evening: {week: {mon-fri: "17:00-20:00"}}
queues:
  support: {name: Support, agents: [anna]}
  billing: {name: Billing, agents: [boris], hours: evening}
menus:
  main:
    prompt: menu-main
    operator_queue: support
    options:
      1: {label: Something is broken, queue: support}
      2: {label: Bills, menu: second}
  second:
    prompt: menu-main
    operator_queue: support
    options:
      1: {label: A courier, transfer: "+12025550100"}
      2: {label: More, menu: third}
  third:
    prompt: menu-main
    operator_queue: support
    options:
      1: {label: Somebody calls, callback: billing}
      2: {label: Back, menu: main}
"""


def told(folder: Path, text: str, level: str = "error") -> list[Diagnostic]:
    file = folder / "ringback.yaml"
    file.write_text(text, encoding="utf-8")
    reading = read(file)
    return [each for each in reading.located(reading.remarks) if each.level == level]


def test_a_flow_that_is_well_is_told_nothing_of(tmp_path: Path) -> None:
    assert (told(tmp_path, FLOW), told(tmp_path, FLOW, "note")) == ([], [])


DEEP = FLOW.replace("      2: {label: Back, menu: main}", "      2: {label: On, menu: fourth}")
FOURTH = """
  fourth:
    prompt: menu-main
    operator_queue: support
    options: {1: {label: At last, queue: support}}
"""


@pytest.mark.parametrize(
    ("text", "setting", "code", "line"),
    [
        (DEEP + FOURTH, "menus.fourth", "menu_deep", 34),
        (FLOW.replace("trunk:", "#"), "menus.second.options.1.transfer", "transfer_no_trunk", 25),
        (
            FLOW.replace("[boris]", "[boris], callback: off"),
            "menus.third.options.1.callback",
            "callback_off",
            31,
        ),
        (
            FLOW.replace("callback: billing", "language: ru"),
            "menus.third.options.1.language",
            "language_not_served",
            31,
        ),
        (
            FLOW.replace("17:00-20:00", "18:00-20:00"),
            "lines.0.hours",
            "hours_apart",
            7,
        ),
    ],
)
def test_what_callers_would_fall_into_is_an_error(
    tmp_path: Path, text: str, setting: str, code: str, line: int
) -> None:
    [found] = told(tmp_path, text)
    assert (found.setting, found.what.code, found.line) == (setting, f"ringback.{code}", line)


def test_a_menu_that_says_why_may_lie_deeper(tmp_path: Path) -> None:
    assert told(tmp_path, DEEP + FOURTH + "    long: Installers know the way by heart.\n") == []


def test_hours_that_have_a_special_day_may_share_it(tmp_path: Path) -> None:
    special = FLOW.replace('"17:00-20:00"}', '"18:00-20:00"}, days: {2026-12-24: "09:00-12:00"}')
    assert told(tmp_path, special) == []


REACHED = {
    "all in the end": "[{when: {vip: true}, queue: support}, {when: {hours: office}, menu: third}, {message: billing}]",
    "another's opposite": "[{when: {known: true}, queue: support}, {when: {known: false}, queue: billing}]",
    "inside of another": "[{when: {known: true}, cases: [{when: {vip: true}, queue: support}, {queue: billing}]}]",
    "two hours": "[{when: {hours: office}, queue: support}, {when: {hours: evening}, queue: billing}]",
}
UNREACHED = {
    "behind one that always holds": ("case_never", "1", "[{queue: support}, {when: {vip: true}, queue: billing}]"),
    "asks for more than one before": (
        "case_never",
        "1",
        "[{when: {known: true}, queue: support}, {when: {known: true, vip: true}, queue: billing}]",
    ),
    "both answers were taken": (
        "case_never",
        "2",
        "[{when: {known: true}, queue: support}, {when: {known: false}, queue: billing}, {menu: third}]",
    ),
    "the opposite of what is around it": (
        "case_contradicts",
        "0.cases.0",
        "[{when: {vip: true}, cases: [{when: {vip: false}, queue: support}, {queue: billing}]}, {queue: support}]",
    ),
}


@pytest.mark.parametrize("cases", REACHED.values(), ids=REACHED)
def test_cases_that_some_caller_comes_to(tmp_path: Path, cases: str) -> None:
    text = FLOW.replace("{label: More, menu: third}", f"{{label: More, cases: {cases}}}")
    assert [each for each in told(tmp_path, text, "note") if "case" in each.what.code] == []


@pytest.mark.parametrize(("code", "place", "cases"), UNREACHED.values(), ids=UNREACHED)
def test_a_case_that_nobody_comes_to_is_told(tmp_path: Path, code: str, place: str, cases: str) -> None:
    text = FLOW.replace("{label: More, menu: third}", f"{{label: More, cases: {cases}}}")
    [found] = [each for each in told(tmp_path, text, "note") if "case" in each.what.code]
    assert (found.what.code, found.setting) == (f"ringback.{code}", f"menus.second.options.2.cases.{place}")


def test_more_conditions_than_can_be_gone_through_are_left_alone(tmp_path: Path) -> None:
    hours = "".join(f"  h{n}: {{week: {{mon-fri: '09:00-18:00'}}}}\n" for n in range(12))
    cases = ", ".join(f"{{when: {{hours: h{n}}}, queue: support}}" for n in range(12))
    text = FLOW.replace("queues:", f"{hours}queues:").replace("menu: third}", f"cases: [{{queue: support}}, {cases}]}}")
    assert [each for each in told(tmp_path, text, "note") if "case" in each.what.code] == []


def test_a_choice_has_words_in_each_language_in_which_it_is_heard(tmp_path: Path) -> None:
    text = FLOW.replace("  name: Support\n", "  name: Support\n  languages: [ru]\n")
    text = text.replace("queue: support}\n      2", "queue: support, words: {en: [broken]}}\n      2")
    [found] = [each for each in told(tmp_path, text, "note") if each.setting.endswith("words")]
    assert (found.setting, found.what.facts) == ("menus.main.options.1.words", {"language": "ru"})


@pytest.mark.parametrize(
    ("language", "first", "second", "alike"),
    [
        ("en", "bill", "bills", True),
        ("en", "account", "a count", True),
        ("en", "repairs", "a bill", False),
        ("ru", "счёт", "счета", True),
        ("ru", "ремонт", "счёт", False),
    ],
)
def test_words_for_two_choices_that_sound_alike_are_refused(
    tmp_path: Path, language: str, first: str, second: str, alike: bool
) -> None:
    text = FLOW.replace(
        "queue: support}\n      2", f"queue: support, words: {{{language}: [other, {first}]}}}}\n      2"
    )
    text = text.replace("menu: second}", f"menu: second, words: {{{language}: [{second}]}}}}")
    found = [each.setting for each in told(tmp_path, text)]
    assert found == ([f"menus.main.options.2.words.{language}"] if alike else [])


@pytest.mark.parametrize("second", ["1", '"1"'])
def test_a_key_that_is_used_twice_is_refused(tmp_path: Path, second: str) -> None:
    text = FLOW.replace("      2: {label: Bills", f"      {second}: {{label: Bills")
    assert "ringback.settings_twice" in {each.what.code for each in told(tmp_path, text)}


@pytest.mark.parametrize("url", ["ftp://shop.example/{value}", "https://shop.example/orders", "shop.example/{value}"])
def test_a_lookup_asks_an_address_that_can_be_asked_for_what_was_entered(tmp_path: Path, url: str) -> None:
    lookup = f"lookups: {{order: {{url: '{url}', ask: fallback-enter, answers: {{sent: goodbye}}}}}}\n"
    [found] = told(tmp_path, FLOW + lookup)
    assert (found.setting, found.what.code) == ("lookups.order.url", "ringback.settings_form")
