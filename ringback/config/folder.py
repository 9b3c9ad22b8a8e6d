"""Settings in a folder: its files, in the order of their names, are one text, each behind a line that names it.

So a version, the copy in force and a page have one text whatever the owner keeps it in. Sections that stand in several
files are put together: lists one after another, mappings by their names, of which none may stand twice.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ringback.config.remarks import Remark, Way
from ringback.config.source import FolderPart, Source, read_source, written_of
from ringback.messages import message

MARK = re.compile(r"^# ===== (?P<name>[^/\n]+\.ya?ml) =====$", re.MULTILINE)
"""The line that names the file whose text follows."""
NO_SETTINGS = ("flow-tests.yaml",)
"""Files that lie beside the settings and are none."""
BOM = b"\xef\xbb\xbf"


def joined(folder: Path) -> bytes:
    """All files of a folder as one text. Raises OSError."""
    files = sorted(file for file in folder.iterdir() if file.suffix in (".yaml", ".yml") and file.is_file())
    parts = []
    for file in files:
        if file.name not in NO_SETTINGS and not file.name.startswith("."):
            content = file.read_bytes().removeprefix(BOM)
            parts.append(f"# ===== {file.name} =====\n".encode() + content.rstrip(b"\n") + b"\n")
    return b"".join(parts)


def parts_of(text: str) -> list[FolderPart]:
    """The files that a text is made of; none: it is one text. What somebody wrote before the first of them counts."""
    marks = list(MARK.finditer(text))
    if not marks:
        return []
    before = text[: marks[0].start()]
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    first = [FolderPart("", 1, before)] if any(line.strip() and line[0] != "#" for line in before.splitlines()) else []
    return first + [
        FolderPart(mark["name"], text.count("\n", 0, mark.end()) + 2, text[mark.end() + 1 : end])
        for mark, end in zip(marks, ends, strict=True)
    ]


def in_file(parts: Sequence[FolderPart], line: int) -> tuple[str, int]:
    """The file that a line of the whole stands in, and its number there."""
    part = next((part for part in reversed(parts) if part.first_line <= line + 1), parts[0])
    return part.name, max(1, line - part.first_line + 1)


def read_document(content: bytes) -> Source:
    """The document of a text, a folder's or any other. Raises UnreadableFile."""
    written = written_of(content)
    parts = parts_of(written)
    return put_together(parts, [read_source(part.in_place) for part in parts]) if parts else read_source(written)


def put_together(parts: Sequence[FolderPart], sources: Sequence[Source]) -> Source:
    """One document of several, each with its part of the text."""
    whole = Source({}, parts=parts)
    for source in sources:
        if source.document is not None and not isinstance(source.document, dict):
            whole.remarks.append(Remark((), message("ringback.settings_no_names"), spot=source.spot((0,))))
            continue
        moved = {
            name: len(whole.document.get(name, []))
            for name, value in (source.document or {}).items()
            if isinstance(value, list) and isinstance(whole.document.get(name), list)
        }
        for name, value in (source.document or {}).items():
            whole.remarks += _add(whole, source, name, value)
        whole.remarks += source.remarks
        for way, spot in source.spots.items():
            whole.spots.setdefault(_moved(way, moved), spot)
    return whole


def _add(whole: Source, source: Source, name: str, value: Any) -> Iterator[Remark]:
    there = whole.document.get(name)
    if name not in whole.document or there is None:
        whole.document[name] = value
    elif isinstance(there, list) and isinstance(value, list):
        whole.document[name] = [*there, *value]
    elif isinstance(there, dict) and isinstance(value, dict):
        for key, each in value.items():
            if key in there:
                yield _twice(whole, source, (name, key))
            else:
                there[key] = each
    else:
        yield _twice(whole, source, (name,))


def _twice(whole: Source, source: Source, way: Way) -> Remark:
    name, line = in_file(whole.parts, whole.spot(way).line)
    what = message("ringback.settings_in_two_files", name=".".join(map(str, way)), first=f"{name}:{line}")
    return Remark(way, what, spot=source.spot(way))


def _moved(way: Way, moved: dict[str, int]) -> Way:
    """Where an entry of a list stands behind those of the files before."""
    if len(way) > 1 and str(way[0]) in moved and isinstance(way[1], int):
        return (way[0], way[1] + moved[str(way[0])], *way[2:])
    return way
