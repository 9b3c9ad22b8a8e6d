"""Rules of the whole house that nobody notices in one room: each is a list that may only become shorter.

Which room may import which is import-linter's (`pyproject.toml`).
"""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS: list[str] = PROJECT["tool"]["importlinter"]["root_packages"]
BESIDE = ("tests", "bench")
FROZEN = "ringback/store/migrations/versions"
"""Migrations stay as they were when they first ran."""

TWICE: dict[str, str] = {}
"""Class names that stand for more than one thing, and which: a name goes from here when one of the two is renamed."""
SKIPS = 139
"""Places at which ruff's format is switched off; lower it with each that goes."""
LONGEST = 500
"""Lines of a file; what is longer is two subjects."""
LONGER: dict[str, str] = {}
"""Files that are longer all the same, and why."""
ASKED_OF_WEB = {
    "web.app": "the process that serves the pages",
    "web.api.old_names": "documents on the command line have the old names too",
    "web.build_assets": "the doctor looks whether page parts are there",
    "web.erasing": "erasing is one list of all rooms",
    "web.models": "who may sign in is told on the machine, too",
    "web.service": "a lost password has a way back on the machine",
    "web.documents": "facts as the command line shows them too",
}
"""All that the program around the rooms asks of pages: none of them is a page."""


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "node_modules" not in path.parts and not name.startswith(FROZEN):
                yield path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_each_class_name_stands_for_one_thing() -> None:
    found = defaultdict(list)
    for path in sources(*ROOMS):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(name_of(path))
    twice = {name: where for name, where in found.items() if len(where) > 1}
    assert {name: where for name, where in twice.items() if name not in TWICE} == {}, "call one of the two otherwise"
    assert set(TWICE) - set(twice) == set(), "take these off the list TWICE"


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_says_what_it_owns(room: str) -> None:
    rows = re.findall(r"^\| `([a-z]+)/` \| (.+) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(rows).get(room), "it has no row in README's table of rooms"
    assert f"{room}*" in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    assert room in PROJECT["tool"]["mypy"]["packages"]


def test_each_module_opens_with_what_it_owns() -> None:
    bare = [name_of(path) for path in sources(*ROOMS, *BESIDE) if tree(path).body and not ast.get_docstring(tree(path))]
    assert bare == []


def test_the_format_is_ruffs() -> None:
    mark = "# fmt: " + "skip"
    count = sum(path.read_text(encoding="utf-8").count(mark) for path in sources(*ROOMS, *BESIDE))
    assert count <= SKIPS, f"{mark} stands at {count} places"


def test_no_file_is_two_subjects() -> None:
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*ROOMS, *BESIDE)}
    assert {name: count for name, count in lines.items() if count > LONGEST and name not in LONGER} == {}
    assert [name for name in LONGER if lines.get(name, 0) <= LONGEST] == [], "take these off the list LONGER"


def test_the_program_asks_nothing_of_pages() -> None:
    asked = set()
    for path in sources("app"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                asked |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
            elif isinstance(node, ast.Import):
                asked |= {each.name for each in node.names}
    of_web = {name for name in asked if name.startswith("web.")}
    assert {name for name in of_web if not name.startswith(tuple(ASKED_OF_WEB))} == set()
    assert [
        name for name in ASKED_OF_WEB if name not in of_web and not any(n.startswith(f"{name}.") for n in of_web)
    ] == []


@pytest.mark.parametrize("page", ["docs/house.md", "README.md", "CONTRIBUTING.md"])
def test_a_page_for_newcomers_names_files_that_are_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    rooms = "|".join((*ROOMS, *BESIDE, "docs", "asterisk-conf"))
    named = re.findall(rf"`((?:{rooms})/[\w./-]*)(?:: \w+)?`", text)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
