"""Everything that is wrong with a settings file, told at once: each with its line, its setting and the right word."""

import codecs
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ringback.config import ConfigError, Diagnostic, Settings, load, read, schema
from ringback.config.base import _FORMS
from ringback.messages import is_known


def found(folder: Path, text: str | bytes, level: str = "error") -> list[Diagnostic]:
    path = folder / "ringback.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    reading = read(path)
    return [each for each in reading.located(reading.remarks) if each.level == level]


def places(told: list[Diagnostic]) -> list[tuple[int, int, str, str]]:
    return [(each.line, each.column, each.setting, each.suggestion) for each in told]


MANY = """\
timezone: Europe/Berlin
sip: {prot: 5061, rtp_first: many}
lines:
  - {number: "1000", name: Support, menu: mian}
  - {number: "10;00", name: Sales}
agents:
  - {name: anna, display: Anna, extension: "201"}
  - name: anna
    display: Anna
    extension: "201"
queues:
  support: {name: Support, agnets: [anna], ring_seconds: 2m}
  billing: {name: Billing, agents: [ana], survey: none}
"""


def test_every_mistake_is_told_at_once_with_its_line_and_the_right_word(tmp_path: Path) -> None:
    assert places(found(tmp_path, MANY)) == [
        (2, 7, "sip.prot", "port"),
        (2, 19, "sip.rtp_first", ""),
        (4, 37, "lines.0.menu", "main"),
        (5, 6, "lines.1.number", ""),
        (8, 5, "agents.1.name", ""),
        (10, 5, "agents.1.extension", ""),
        (12, 28, "queues.support.agnets", "agents"),
        (12, 44, "queues.support.ring_seconds", "120"),
        (13, 37, "queues.billing.agents.0", "anna"),
        (13, 43, "queues.billing.survey", "null"),
    ]


def test_whoever_starts_with_a_wrong_file_is_told_the_same_list(tmp_path: Path) -> None:
    told = found(tmp_path, MANY)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "ringback.yaml")
    assert str(caught.value).splitlines() == [str(each) for each in told]
    assert str(caught.value).splitlines()[0].startswith(f"{tmp_path}/ringback.yaml:2:7: sip.prot: ")
    assert str(caught.value.message) == f"{tmp_path}/ringback.yaml has 10 mistakes."


def test_settings_that_no_file_gave_are_refused_with_every_mistake_too() -> None:
    agents = [{"name": "anna", "display": "Anna", "extension": "201"}] * 2
    with pytest.raises(ValueError, match=r"Number 201 is given twice.*There is an agent anna already.*boris"):
        Settings.model_validate({"agents": agents})


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("a: [", (1, 5), "the closing bracket is missing"),
        ("sip:\n\tport: 5061\n", (2, 1), "a tab stands here"),
        ("lines:\n  - {number: '1', name: a: b}\n", (2, 26), "a text with a colon or comma needs quotes"),
        ("timezone: UTC\nsip\n", (3, 1), "a name without a value"),
        ("timezone: UTC\n---\ntimezone: UTC\n", (2, 1), "a second document"),
        ("trunk: {host: *}\n", (1, 16), "an alias"),
        ('data: "x\nsip: {}\n', (3, 1), "not closed"),
        ("trunk: {host: *host}\n", (1, 15), "an alias"),
        ("- a\n- b\n", (1, 1), "names with values"),
        ("just words\n", (1, 1), "names with values"),
        ("sip: {port: 5061}\nsip: {port: 5062}\n", (2, 1), "the first is in line 1"),
        ("queues:\n  a: {name: A, agents: [anna]}\n  a: {name: B, agents: []}\n", (3, 3), "the first is in line 2"),
        ("x: &x\n  y: *x\n", (1, 4), "leads to itself"),
        (
            "a: &a [1,1,1,1,1,1,1,1,1]\n"
            + "".join(
                f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
            ),
            None,
            "too many others",
        ),
        ("[" * 1200, (1, 1), "too deep"),
        ("data: !secret here\n", (1, 7), "!secret is a tag"),
        ("data: !!python/name:os.system here\n", (1, 7), "is a tag"),
        ("{[a]: b}\n", (1, 2), "must be one word"),
        ("data: \x07\n", (1, 7), "U+0007"),
        (b"timezone: UTC\nname: \xcf\xf0\xe8\n", (2, 7), "UTF-8"),
        ("#" * 1_000_001, (1, 1), "larger than 1000 kB"),
    ],
)
def test_what_is_no_settings_file_is_told_in_a_sentence(
    tmp_path: Path, text: str | bytes, place: tuple[int, int] | None, told: str
) -> None:
    [first] = [each for each in found(tmp_path, text) if told in str(each)]
    assert place in (None, (first.line, first.column))
    with pytest.raises(ConfigError):
        load(tmp_path / "ringback.yaml")


@pytest.mark.parametrize("written", [b"", b"# nothing\n", b"---\n", b"\n\n", b"\xef\xbb\xbf"])
def test_a_file_with_nothing_in_it_is_the_defaults(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "ringback.yaml"
    path.write_bytes(written)
    assert load(path).lines == Settings().lines


@pytest.mark.parametrize("begin", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_are_counted_as_editors_count_them(tmp_path: Path, begin: bytes, end: str) -> None:
    text = end.join(["timezone: UTC", "sip:", "  prot: 1", ""])
    assert places(found(tmp_path, begin + text.encode())) == [(3, 3, "sip.prot", "port")]


def test_a_file_in_utf_16_is_read(tmp_path: Path) -> None:
    (tmp_path / "ringback.yaml").write_bytes("queues: {support: {name: Помощь, agents: []}}\n".encode("utf-16"))
    assert read(tmp_path / "ringback.yaml").settings is not None


@pytest.mark.parametrize("given", ["011", "00", "007", "0123_4", "08", "+07"])
def test_a_number_that_begins_with_zero_is_refused_with_its_quotes(tmp_path: Path, given: str) -> None:
    for text in (f"trunk: {{host: a, dial: {{'+': {given}}}}}", f"agents: [{{name: a, extension: {given}}}]"):
        [told] = [each for each in found(tmp_path, text) if each.what.code == "ringback.settings_leading_zero"]
        assert told.suggestion == f"'{given}'"
        assert f"write '{given}'" in str(told)
    quoted = found(tmp_path, f"trunk: {{host: a, dial: {{'+': '{given}'}}}}")
    assert [each for each in quoted if each.what.code == "ringback.settings_leading_zero"] == []


def test_bare_numbers_and_words_are_the_text_that_was_written(tmp_path: Path) -> None:
    text = """
lines: [{number: 1000, name: 2026-12-24, language: ru, default_country: NO}]
agents: [{name: anna, display: 1e3, extension: 201}]
menus: {main: {prompt: menu-main, options: {1: {label: yes, queue: support}}, operator_queue: support}}
queues: {support: {name: 12:30, agents: [anna], extension: 301, callback: no, machine_detection: off}}
trunk: {host: 10.0.0.1, user: 4711, caller_id: +4930123456, dial: {+: 810, +7: 8}}
vips: {+14155550100: 10}
hours: {office: {timezone: UTC, week: {mon-fri: [09:00-18:00]}, days: {2026-12-24: [], 2026-12-31: [10:00-12:00]}}}
"""
    assert found(tmp_path, text) == []
    settings = load(tmp_path / "ringback.yaml")
    line, agent, queue, trunk = settings.lines[0], settings.agents[0], settings.queues["support"], settings.trunk
    assert (line.number, line.name, line.default_country) == ("1000", "2026-12-24", "NO")
    assert (agent.display, agent.extension) == ("1e3", "201")
    assert settings.menus["main"].options["1"].label == "yes"
    assert (queue.name, queue.extension, queue.callback, queue.machine_detection) == ("12:30", "301", "off", False)
    assert trunk is not None
    assert (trunk.user, trunk.caller_id, trunk.dial) == ("4711", "+4930123456", {"+": "810", "+7": "8"})
    assert settings.vips == {"+14155550100": 10}
    assert [str(day) for day in settings.hours["office"].days] == ["2026-12-24", "2026-12-31"]


@pytest.mark.parametrize(
    ("given", "right"),
    [("5m", "300"), ("1h", "3600"), ("90s", "90"), ("2 min", "120"), ("1,5 h", "5400"), ("01:30", "90")],
)
def test_a_duration_with_its_unit_is_turned_into_the_unit_of_the_setting(
    tmp_path: Path, given: str, right: str
) -> None:
    [told] = found(tmp_path, f"reconnect_seconds: {given}\n")
    assert (told.suggestion, told.line) == (right, 1)
    assert f"write {right}" in str(told)


@pytest.mark.parametrize("given", ["yes", ".inf", ".nan", "0x10", "[1]", "{}", "", "12:30:11", "ten"])
def test_what_is_no_number_is_none(tmp_path: Path, given: str) -> None:
    assert [each.setting for each in found(tmp_path, f"sip: {{port: {given}}}\n")] == ["sip.port"]
    assert [each.setting for each in found(tmp_path, f"reconnect_seconds: {given}\n")] == ["reconnect_seconds"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [("Ports", "port"), ("rtpFirst", "rtp_first"), ("rtp-last", "rtp_last"), ("adress", "address"), ("bananas", "")],
)
def test_a_misspelled_name_is_told_the_nearest(tmp_path: Path, given: str, meant: str) -> None:
    told = found(tmp_path, f"sip: {{{given}: 20000}}\n")
    assert [each.suggestion for each in told if each.setting == f"sip.{given}"] == [meant]


def test_a_name_that_stands_in_the_wrong_section_is_told_where_it_belongs(tmp_path: Path) -> None:
    [told] = found(tmp_path, "ring_together: 3\n")
    assert "it belongs to: queues.*.ring_together" in str(told)


def test_what_is_merged_from_elsewhere_has_the_line_where_it_is_written(tmp_path: Path) -> None:
    text = "queues:\n  support: &base\n    name: Support\n    agents: [anna]\n    musik: x\n"
    text += "  billing:\n    <<: *base\n    name: B\n"
    told = found(tmp_path, text)
    assert [each.setting for each in told] == ["queues.support.musik", "queues.billing.musik"]
    assert {each.line for each in told} == {5}


def test_hostile_text_in_a_file_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    told = found(tmp_path, 'lines: [{number: "\\e[2J\\u202e1", name: x}]\n')
    assert "\x1b" not in str(told[0])
    assert "\u202e" not in str(told[0])


def test_a_note_says_where_it_is_and_refuses_nothing(tmp_path: Path) -> None:
    notes = found(tmp_path, "timezone: UTC\nredial_seconds: 5\n", "note")
    assert places(notes) == [(2, 1, "redial_seconds", "reconnect_seconds")]
    assert load(tmp_path / "ringback.yaml").reconnect_seconds == 5


def test_programs_are_told_the_same_as_people(tmp_path: Path) -> None:
    [told] = found(tmp_path, "sip: {prot: 1}\n")
    assert json.loads(json.dumps(told.as_dict())) == {
        "file": str(tmp_path / "ringback.yaml"),
        "line": 1,
        "column": 7,
        "setting": "sip.prot",
        "code": "ringback.settings_meant",
        "message": "There is no setting prot here.",
        "facts": {"name": "prot"},
        "suggestion": "port",
        "level": "error",
    }


def patterns(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["pattern"]} if isinstance(node.get("pattern"), str) else set()
        own |= {*node.get("patternProperties", {})}
        return own.union(*(patterns(each) for each in node.values()))
    return set().union(*(patterns(each) for each in node)) if isinstance(node, list) else set()


def test_every_form_of_a_text_is_told_in_words() -> None:
    for_editors_alone = {r"^\+?[0-9 ()./-]{2,30}$"}
    assert patterns(schema()) - set(_FORMS) - for_editors_alone == set(), (
        "make them with `form` and say in words what may be written"
    )
    assert [code for code in _FORMS.values() if not is_known(code, {})] == []


@pytest.mark.parametrize(
    ("document", "well"),
    [
        ({}, True),
        ({"sip": {"port": 5061}, "lines": [{"number": 1000, "name": "S"}]}, True),
        ({"redial_seconds": 5, "lines": [{"number": "1000", "name": "S", "redial_country": "US"}]}, True),
        ({"sip": {"prot": 5061}}, False),
        ({"queues": {"support": {"name": "S"}}}, False),
        ({"lines": [{"number": "10;00", "name": "S"}]}, False),
    ],
)
def test_the_schema_for_editors_takes_what_is_right_and_marks_what_is_not(document: dict[str, Any], well: bool) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    assert validator.is_valid(document) is well
