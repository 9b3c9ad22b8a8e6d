"""Every code that any room raises, writes or says has its sentence, in every language, made of the facts given."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import get_args

import pytest
from babel import Locale

from callback.models import BROKEN_STATES
from callback.policy import Outcome
from callback.promise import KEPT
from history import records
from library import digest
from recording.files import KINDS
from reports.figures import FIGURES, Unit
from ringback.messages import ROOMS, TEXT, Form, say
from ringback.processes import BY_NAME
from scoring.sampling import Risk
from tests.support.codes import ROOT, Source, Use
from tickets import work
from tickets.models import PRIORITIES, STATUSES
from tickets.service import RESULTS
from transcripts.redaction.detect import Kind
from transcripts.text.moments import MomentKind
from web.i18n import LANGUAGES

FACT = re.compile(r"\{(\w+)\}")
SPOKEN = re.compile(r"`[^`]*`|\{\w+\}|[\w.]+\.(md|yaml|lock|port)|https?://\S+")
"""What is no word of the sentence: facts, commands, names of files and settings."""


ONLY_IN_OLD_ROWS = {"callback.given_away"}
"""Written by a migration, for what an older version did."""
NOTES = "recording.*"
"""How notes of a row become messages; which notes there are is found where they are made."""
SIDES = ("caller", "agent")
MADE = {
    "callback.broken.*": BROKEN_STATES,
    "callback.outcome.*": (*Outcome, *({*RESULTS} - KEPT), "agent left", "called in"),
    "callback.kept.*": KEPT,
    "history.left_*": records.LEFT,
    "history.note_*": records.NOTES,
    "history.map_*": ("queue", "agent", "line"),
    "library.digest_*": (*get_args(digest.Kind), *get_args(MomentKind)),
    "library.letter_*": ("assigned", "assigned_undated", "reminder", "reminder_undated", "due", "overdue"),
    "library.subject_*": ("assigned", "reminder", "due", "overdue"),
    "scoring.letter_*": ("scored", "disputed", "answered"),
    "recording.rule_*": ("never", "on_demand"),
    "recording.short_*": ("disk", "switch"),
    "recording.thing.*": {*KINDS.values()},
    "recording.silent_*": SIDES,
    "recording.quiet_*": SIDES,
    "recording.clipped_*": SIDES,
    "recording.offset_*": SIDES,
    "recording.noise_*": SIDES,
    "reports.figure_*": FIGURES,
    "reports.unit_*": {*get_args(Unit)} - {"count"},
    "reports.rule_*": (*({*FIGURES} - {"service_level"}), *(f"service_level_{rule}" for rule in "abcdef")),
    "scoring.why_*": get_args(Risk),
    "ringback.process_*": BY_NAME,
    "ringback.away_*": BY_NAME,
    "tickets.result.*": RESULTS,
    "tickets.longest_*": ("hold", "silence", "overlap"),
    "tickets.name_*": work.FIELDS,
    "tickets.status_*": STATUSES,
    "tickets.priority_*": PRIORITIES,
    "tickets.masked_*": get_args(Kind),
    "transcripts.secret.*": get_args(Kind),
}
"""Codes that go on with a value, and all values that there are."""


@cache
def source() -> Source:
    """All that we wrote, read once for the tests of this file."""
    return Source()


@cache
def uses() -> tuple[Use, ...]:
    return tuple(use for use in source().uses() if use.code != TEXT)


@pytest.fixture(autouse=True, scope="module")
def forgotten() -> Iterator[None]:
    """Trees of all modules are some hundred megabytes, which no other test needs."""
    yield
    uses.cache_clear()
    source.cache_clear()


def known() -> Iterator[tuple[str, Mapping[str, Form]]]:
    for room in sorted(ROOMS):
        if (ROOT / room / "messages.py").is_file():
            yield from import_module(f"{room}.messages").SENTENCES.items()


KNOWN = dict(known())


def spoken(form: Form) -> list[str]:
    return [form] if isinstance(form, str) else list(form.values())


def facts_of(form: Form) -> set[str]:
    return set(FACT.findall(spoken(form)[0]))


def test_the_walk_finds_what_rooms_say() -> None:
    found = {use.code for use in uses()}
    assert len(found) > 200
    by_class, by_note, by_constant, by_call = "recording.too_late", "recording.empty", "web.address_over", "pbx.closed"
    assert {by_class, by_note, by_constant, by_call, "recording.thing.*"} <= found


def test_rooms_with_sentences_are_known_rooms() -> None:
    assert {path.parent.name for path in ROOT.glob("*/messages.py")} <= ROOMS
    for room in sorted({path.parent.name for path in ROOT.glob("*/messages.py")}):
        assert [code for code in import_module(f"{room}.messages").SENTENCES if code.partition(".")[0] != room] == []


def test_every_code_that_is_used_has_a_sentence() -> None:
    assert [use for use in uses() if not any(use.means(code) for code in KNOWN)] == []


def test_a_code_that_goes_on_with_a_value_has_a_sentence_for_each() -> None:
    assert {use.code for use in uses() if use.code.endswith("*")} == {*MADE, NOTES}
    assert {f"{begin[:-1]}{value}" for begin, values in MADE.items() for value in values} - KNOWN.keys() == set()


def test_whoever_makes_a_message_calls_it_by_its_bare_name() -> None:
    """The walk sees no other calls."""
    found = [
        f"{path}:{node.lineno}"
        for path, module in source().modules.items()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and (node.attr in ("message", "Message") or source().is_error(node.attr))
        if isinstance(node.value, ast.Name) and node.value.id in ("messages", "errors")
    ]
    assert found == []


def test_every_sentence_is_used() -> None:
    """Or a code stands in a table, from where it goes to a message."""
    texts = source().texts() | ONLY_IN_OLD_ROWS
    used = [use for use in uses() if use.code != NOTES]
    unused = [code for code in KNOWN if code not in texts and not any(use.means(code) for use in used)]
    assert unused == []


def test_what_stands_in_a_sentence_is_given_and_what_is_given_stands_in_it() -> None:
    wrong = [
        (use.where, code, sorted(use.facts ^ facts_of(forms["en"])))
        for use in uses()
        if use.facts is not None
        for code, forms in KNOWN.items()
        if use.means(code) and use.facts != facts_of(forms["en"])
    ]
    assert wrong == []


def test_a_sentence_is_there_in_every_language_of_the_same_facts() -> None:
    for code, forms in KNOWN.items():
        assert set(forms) == set(LANGUAGES), code
        for language, form in forms.items():
            for sentence in spoken(form):
                assert set(FACT.findall(sentence)) == facts_of(forms["en"]), code
                assert not set("{}") & set(FACT.sub("", sentence)), "braces hold names of facts and nothing else"
            if not isinstance(form, str):
                assert "count" in facts_of(form), code
                assert set(form) == {*Locale.parse(language).plural_form.tags, "other"}, code


def test_russian_is_russian_and_english_is_english() -> None:
    for code, forms in KNOWN.items():
        for sentence in spoken(forms["en"]):
            assert not re.search("[а-яё]", sentence, re.IGNORECASE), code
        for sentence in spoken(forms["ru"]):
            words = re.search(r"[^\W\d_]", SPOKEN.sub("", sentence))
            assert words is None or re.search("[а-яё]{2}", sentence, re.IGNORECASE), code
            assert '"' not in sentence and "“" not in sentence, f"{code}: Russian quotes are «»"


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_facts_are_data(language: str) -> None:
    hostile = "{x.__class__}{0!r}%(why)s<b>"
    for code, forms in KNOWN.items():
        names = facts_of(forms["en"])
        assert say(code, dict.fromkeys(names, hostile), language).count(hostile) >= len(names), code
