"""Menus as owners write them: destinations, cases, words instead of prompts, and what is said of mistakes."""

from pathlib import Path

import pytest

from prompts.files import missing, spoken, used
from ringback.config import ConfigError, Settings, load
from ringback.config.spoken import Spoken

MENUS = """
lines:
- {number: "1000", name: Support, languages: [ru], start: [{when: {known: true}, menu: deep}]}
hours: {office: {week: {mon-fri: "09:00-18:00"}}}
lookups:
  order:
    url: https://shop.example/orders/{value}
    ask: {en: Enter the number of your order., ru: Введите номер заказа.}
    answers: {shipped: {en: It is on its way., ru: Он уже в пути.}}
menus:
  main:
    prompt: {en: "For orders, press 1.", ru: "По заказам нажмите 1."}
    operator_queue: support
    options:
      1: {label: Orders, menu: deep}
      2: {label: Address, say: {en: We are in Main Street., ru: Мы на Главной улице.}}
  deep:
    prompt: menu-main
    operator_queue: support
    options:
      1: {label: Where it is, lookup: order}
      2:
        label: Sales
        cases:
        - {when: {hours: office}, queue: billing}
        - {message: billing}
"""


def settings_of(folder: Path, text: str) -> Settings:
    file = folder / "ringback.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_what_is_said_may_be_a_prompt_or_words(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, MENUS)
    prompt = settings.menus["main"].prompt
    assert (settings.menus["deep"].prompt, prompt.words["ru"]) == ("menu-main", "По заказам нажмите 1.")
    assert prompt == Spoken.of({"ru": "По заказам нажмите 1.", "en": "For orders, press 1."}), "in whatever order"
    assert prompt != Spoken.of({"en": "For orders, press 2.", "ru": "По заказам нажмите 1."})


def test_words_are_made_into_sound_in_each_language_of_their_lines(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, MENUS)
    assert {language: len(found) for language, found in spoken(settings).items()} == {"en": 4, "ru": 4}
    assert not [name for names in used(settings).values() for name in names if name.startswith("said-")]
    assert missing(settings) == []


def test_a_language_without_words_is_told_with_its_place(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, MENUS.replace(', ru: "По заказам нажмите 1."', ""))
    [found] = missing(settings)
    assert (found.place, found.language) == ("menus.main.prompt", "ru")
    assert str(found.what) == "menus.main.prompt: what is said here has no words in language ru."


def test_what_no_caller_of_a_language_reaches_needs_no_words_in_it(tmp_path: Path) -> None:
    plain = "menus: {main: {prompt: menu-main, operator_queue: support, options: {1: {label: A, queue: support}}},"
    other = " ours: {prompt: {en: Press 1.}, operator_queue: support, options: {1: {label: A, queue: support}}}}"
    lines = 'lines: [{number: "1000", name: A, menu: ours}, {number: "1001", name: B, language: ru}]'
    settings = settings_of(tmp_path, f"{plain}{other}\n{lines}\n")
    assert {language: len(found) for language, found in spoken(settings).items()} == {"en": 1}
    assert missing(settings) == []


@pytest.mark.parametrize(
    ("wrong", "right", "place", "told"),
    [
        ("Orders, menu: deep}", "Orders, menu: nowhere}", "menus.main.options.1.menu", "nowhere is not in menus"),
        ("lookup: order", "lookup: oder", "menus.deep.options.1.lookup", "oder is not in lookups"),
        ("{hours: office}", "{hours: ofice}", "menus.deep.options.2.cases.0.when.hours", "ofice is not in hours"),
        ("message: billing", "message: nobody", "menus.deep.options.2.cases.1.message", "nobody is not in queues"),
        ("known: true}, menu: deep", "knwn: true}, menu: deep", "lines.0.start.0.when.knwn", "known"),
        ("menu: deep}\n      2", "menu: deep, say: x}\n      2", "menus.main.options.1", "by one of these words"),
        ("queue: billing}", "queue: billing, callback: billing}", "menus.deep.options.2.cases.0", "one of these words"),
        ("when: {hours: office}, queue: billing", "when: {hours: office}", "menus.deep.options.2.cases.0", "one of"),
        ("orders/{value}", "orders", "lookups.order.url", "curly brackets"),
        (
            "{en: Enter the number of your order., ru: Введите номер заказа.}",
            "{}",
            "lookups.order.ask",
            "Nothing is said",
        ),
        ("en: We are in Main Street.", "e1: We are in Main Street.", "menus.main.options.2.say.e1", "e1"),
    ],
)
def test_mistakes_are_told_where_they_stand(tmp_path: Path, wrong: str, right: str, place: str, told: str) -> None:
    assert wrong in MENUS
    with pytest.raises(ConfigError) as caught:
        settings_of(tmp_path, MENUS.replace(wrong, right, 1))
    assert place in str(caught.value)
    assert told in str(caught.value)


def test_a_menu_of_more_than_four_options_says_why(tmp_path: Path) -> None:
    more = "".join(f"      {key}: {{label: L{key}, say: welcome}}\n" for key in (3, 4, 5))
    long = MENUS.replace("  deep:\n", f"{more}  deep:\n", 1)
    with pytest.raises(ConfigError, match="A menu of 5 options is too long"):
        settings_of(tmp_path, long)
    reasoned = long.replace("    operator_queue: support\n", "    operator_queue: support\n    long: By law.\n", 1)
    assert len(settings_of(tmp_path, reasoned).menus["main"].options) == 5


def test_queues_and_menus_of_a_line_are_those_its_callers_reach(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, MENUS)
    [line] = settings.lines
    assert settings.menus_of(line) == ["main", "deep"]
    assert settings.queues_of(line) == {"support", "billing"}
