"""Settings in a folder of files: one text, whose mistakes are told with the file that they stand in."""

from pathlib import Path

import pytest

from ringback.config import ConfigError, in_force, load, read
from ringback.config.folder import joined, parts_of
from ringback.config.reading import read_text

FILES = {
    "10-lines.yaml": 'lines:\n- {number: "1000", name: Support, menu: main}\n',
    "20-more-lines.yml": 'lines:\n- {number: "1001", name: Orders, menu: orders}\n',
    "menus.yaml": (
        "menus:\n  main:\n    prompt: menu-main\n    operator_queue: support\n"
        "    options: {1: {label: Orders, menu: orders}}\n"
    ),
    "orders.yaml": (
        "# What callers with an order hear.\nmenus:\n  orders:\n    prompt: menu-main\n    operator_queue: support\n"
        "    options:\n      1: {label: A bill, queue: billing}\n"
    ),
    "sip.yaml": "sip: {port: 5070}\ndata: calls\n",
    "README.md": "not: settings: at all\n",
    "flow-tests.yaml": "- name: no settings\n",
    ".draft.yaml": "sip: {port: 1}\n",
}


def folder(path: Path, **changed: str) -> Path:
    there = path / "conf"
    there.mkdir()
    for name, text in {**FILES, **{f"{name}.yaml": text for name, text in changed.items()}}.items():
        (there / name).write_text(text, encoding="utf-8")
    return there


def test_the_files_of_a_folder_are_one_settings_file(tmp_path: Path) -> None:
    settings = load(folder(tmp_path))
    assert [line.number for line in settings.lines] == ["1000", "1001"]
    assert set(settings.menus) == {"main", "orders"}
    assert (settings.sip.port, settings.data) == (5070, tmp_path / "calls")


@pytest.mark.parametrize(
    ("name", "text", "place", "told"),
    [
        ("orders", FILES["orders.yaml"].replace("queue: billing", "queue: biling"), "orders.yaml:7:26", "biling"),
        ("sip", "data: calls\nsip:\n  port: x\n", "sip.yaml:3:3", "sip.port"),
        ("sip", "data: calls\nsip: [\n", "sip.yaml:3:1", "closing bracket"),
        ("zz", "menus:\n  main: {prompt: a}\n", "zz.yaml:2:3", "menus.main stands in two files, first at menus.yaml:2"),
        ("zz", "sip: 5\n", "zz.yaml:1:1", "sip stands in two files, first at sip.yaml:1"),
        ("zz", 'lines:\n- {number: "1002", name: N, menu: nowhere}\n', "zz.yaml:2:29", "nowhere is not in menus"),
        ("zz", "- a list\n", "zz.yaml:1:3", "names"),
    ],
)
def test_a_mistake_is_told_with_its_file(tmp_path: Path, name: str, text: str, place: str, told: str) -> None:
    there = folder(tmp_path, **{name: text})
    with pytest.raises(ConfigError) as caught:
        load(there)
    assert f"{there}/{place}" in str(caught.value)
    assert told in str(caught.value)


def test_the_copy_in_force_and_a_version_are_one_text(tmp_path: Path) -> None:
    there = folder(tmp_path)
    settings = load(there)
    copy = in_force.keep(there, settings)
    assert load(copy) == settings
    assert not in_force.differs(there, settings)
    (there / "sip.yaml").write_text("sip: {port: 5071}\ndata: calls\n", encoding="utf-8")
    assert in_force.differs(there, settings)


def test_in_a_page_the_lines_are_those_of_the_whole_text(tmp_path: Path) -> None:
    text = joined(folder(tmp_path)).replace(b"queue: billing", b"queue: biling")
    [error] = read_text(text, Path("ringback.yaml"), tmp_path, notes=False).errors
    assert text.decode().splitlines()[error.line - 1].strip() == "1: {label: A bill, queue: biling}"


def test_what_is_written_before_the_first_file_counts(tmp_path: Path) -> None:
    text = b"sip: {port: 5099}\n" + joined(folder(tmp_path)).replace(b"sip: {port: 5070}\n", b"")
    reading = read_text(text, Path("ringback.yaml"), tmp_path)
    assert reading.settings is not None
    assert reading.settings.sip.port == 5099


def test_a_folder_without_files_is_the_defaults(tmp_path: Path) -> None:
    assert [line.number for line in load(tmp_path).lines] == ["1000", "1001"]
    assert read(tmp_path).errors == []
    assert parts_of("") == []
