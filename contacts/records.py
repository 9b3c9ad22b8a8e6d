"""A person as a file tells of one: what reading makes, imports compare and apply. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from calls.numbers import clean_name
from contacts.points import NONE_OF_KIND, value_of
from ringback.messages import Message, message

MOST = 10_000
"""Persons of one file that a page takes; the command takes more."""
POINTS_MOST = 40
NOTES_MOST = 4000


@dataclass(frozen=True, slots=True)
class PointRecord:
    """A number or an address in a file."""

    kind: str
    value: str
    """As it is stored."""
    label: str = ""
    consent: str = "unknown"


@dataclass(frozen=True, slots=True)
class Record:
    """A person in a file."""

    line: int
    """Where it begins, from 1."""
    name: str = ""
    points: tuple[PointRecord, ...] = ()
    language: str = ""
    notes: str = ""
    id: str = ""
    """The key by which an export of ours names the person."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Unread:
    """A line of a file, or a part of one, that was not understood."""

    line: int
    why: Message

    def as_json(self) -> list[Any]:
        return [self.line, self.why.code, self.why.facts]


@dataclass(frozen=True, slots=True)
class Read:
    """What a file is read as."""

    records: list[Record]
    unread: list[Unread]


def from_json(found: Mapping[str, Any]) -> Record:
    """A record as `as_json` wrote it."""
    return Record(**{**found, "points": tuple(PointRecord(**each) for each in found["points"])})


def record_of(
    line: int,
    name: str,
    typed: list[tuple[str, str, str]],
    country: str,
    *,
    language: str = "",
    notes: str = "",
    key: str = "",
    agreed: frozenset[str] = frozenset(),
    refused: frozenset[str] = frozenset(),
) -> tuple[Record | None, list[Unread]]:
    """A record of cells as they stood in a file, and what of them was not understood; no record: there is nobody.

    `typed`: kind, text, label of each point. `agreed` and `refused` are points as they stood in the file.
    """
    points: dict[tuple[str, str], PointRecord] = {}
    unread = []
    for kind, text, label in typed:
        value = value_of(kind, text, country)
        if value is None:
            unread.append(Unread(line, message(NONE_OF_KIND[kind], typed=shortened(text))))
            continue
        consent = "no" if text in refused else "yes" if text in agreed else "unknown"
        points.setdefault(
            (kind, value), PointRecord(kind, value, " ".join((clean_name(label) or "").split())[:60], consent)
        )
    called = clean_name(name) or ""
    if len(points) > POINTS_MOST:
        return None, [*unread, Unread(line, message("contacts.enough_points", most=POINTS_MOST))]
    if not points:
        why = message("contacts.no_points", name=called) if called else message("contacts.nobody")
        return None, unread or [Unread(line, why)]
    made = Record(line, called, tuple(points.values()), id=key)
    kept = "".join(c for c in notes.replace("\r\n", "\n") if c == "\n" or c.isprintable()).strip()
    is_code = language.isascii() and language.isalpha() and len(language) <= 8
    return replace(made, notes=kept[:NOTES_MOST], language=language.lower() if is_code else ""), unread


def shortened(text: str) -> str:
    """A piece of a file as a sentence quotes it."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown if len(shown) <= 60 else shown[:57] + "..."
