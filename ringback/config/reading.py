"""`ringback.yaml` read as a whole: the settings, and everything that is the matter with them, each with its line.

Owns the order: the words of the file, old names, each section by itself, what sections demand of one another. A part
that is wrong is told and left out, so that the others are looked at too.
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ringback.config import at_start, checks, in_force
from ringback.config.folder import in_file, joined, parts_of, read_document
from ringback.config.old_names import rename
from ringback.config.remarks import START, Level, Remark, Spot, Way
from ringback.config.settings import PARTS, Settings
from ringback.config.source import Source, UnreadableFile
from ringback.config.whole import Whole
from ringback.config.wording import meant_name, remarks_of, way_of
from ringback.errors import RingbackError
from ringback.messages import Message, message, words_of

LISTED = ("lines", "agents")
"""Sections that are lists, whose entries are counted."""
ROUNDS = 200
"""So often a wrong part is left out before the sections with it are."""
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Diagnostic:
    """A remark with its place in the file."""

    file: Path
    line: int
    """Counted from 1, as the column; 0: there is no file, the defaults hold."""
    column: int
    setting: str
    """As it is told, `lines.0.menu`; empty: the whole file."""
    what: Message
    suggestion: str
    level: Level

    def __str__(self) -> str:
        """One line, as editors and terminals know it."""
        place = f"{self.file}:{self.line}:{self.column}: " if self.line else ""
        setting = f"{self.setting}: " if self.setting else ""
        sentence = str(self.what)
        meant = self.suggestion
        if meant and f"write {meant}" not in sentence and f": {meant}." not in sentence:
            sentence += f" {message('ringback.did_you_mean', meant=self.suggestion)}"
        return f"{place}{setting}{sentence}"

    def as_dict(self) -> dict[str, Any]:
        """For programs; without a file there is no line."""
        return {
            "file": str(self.file),
            "line": self.line or None,
            "column": self.column or None,
            "setting": self.setting,
            "code": self.what.code,
            "message": str(self.what),
            "facts": self.what.facts,
            "suggestion": self.suggestion or None,
            "level": self.level,
        }


class ConfigError(RingbackError):
    """The settings file cannot be used as it is."""

    diagnostics: tuple[Diagnostic, ...] = ()
    """Every error in it."""

    def __str__(self) -> str:
        """Every error, a line for each."""
        return "\n".join(str(each) for each in self.diagnostics) or super().__str__()


@dataclass
class Reading:
    """What was read of a file."""

    file: Path
    is_there: bool = True
    settings: Settings | None = None
    """Where there are errors, what is left without the wrong parts; None: nothing of the file can be used."""
    source: Source = field(default_factory=Source)
    remarks: list[Remark] = field(default_factory=list)
    kept: dict[str, list[int]] = field(default_factory=dict)
    """Of sections that are lists, which entry of the file each entry of the settings was."""

    def add(self, remarks: Iterable[Remark]) -> None:
        """Takes in what other rooms say of the settings."""
        for each in remarks:
            self.remarks.append(replace(each, way=self.as_written(each.way)))

    def as_written(self, way: Way) -> Way:
        """A way into the settings, as it is in the file."""
        if len(way) > 1 and way[0] in self.kept and isinstance(way[1], int):
            return (way[0], self.kept[str(way[0])][way[1]], *way[2:])
        return way

    def located(self, remarks: Iterable[Remark]) -> list[Diagnostic]:
        """Remarks with their lines, in the order of the file, each once."""
        found: dict[tuple[Any, ...], Diagnostic] = {}
        for each in remarks:
            spot = (each.spot or self.source.spot(each.way, *each.also)) if self.is_there else Spot(0, 0)
            file, line = self._place(spot)
            told = Diagnostic(file, line, spot.column, each.setting, each.what, each.suggestion, each.level)
            found.setdefault((spot, each.setting, each.what.code), told)
        return [found[key] for key in sorted(found, key=lambda key: (key[0].line, key[0].column))]

    def _place(self, spot: Spot) -> tuple[Path, int]:
        """The file of a folder in which a line stands, and its number there."""
        if not self.source.parts or not self.file.is_dir():
            return self.file, spot.line
        name, line = in_file(self.source.parts, spot.line)
        return self.file / name, line

    @property
    def errors(self) -> list[Diagnostic]:
        return [each for each in self.located(self.remarks) if each.level == "error"]


def read(path: Path | None, *, notes: bool = True) -> Reading:
    """Everything about the settings in `path`, a file or a folder of files; the defaults where there is none and none
    was asked for. Without `notes` only what refuses them is certain to be told.

    Relative folders are read from the folder in which `path` lies. Raises ConfigError where what was asked for is
    missing.
    """
    chosen = path or Path("ringback.yaml")
    reading = Reading(chosen)
    if not chosen.exists():
        if path is not None:
            raise ConfigError("ringback.no_settings", file=path)
        reading.is_there = False
        reading.settings = Settings()
        reading.remarks = list(checks.remarks(Whole(reading.settings)))
        return reading
    try:
        content = joined(chosen) if chosen.is_dir() else chosen.read_bytes()
    except OSError as error:
        reading.remarks = [Remark((), message("ringback.settings_unreadable", why=words_of(error)), spot=START)]
        return reading
    if chosen.name == in_force.NAME:
        copy = in_force.parse(content, chosen)
        # With its first lines, so that what is told of it has the lines of the file that people see.
        return read_text(content, chosen, copy.folder, waiting=copy.waiting, notes=notes)
    return read_text(content, chosen, chosen.parent, notes=notes)


def read_text(
    content: bytes, file: Path, folder: Path, *, waiting: Mapping[str, Any] = NOTHING, notes: bool = True
) -> Reading:
    """The same of a text that is, or would be, in `file`, with relative folders in `folder`. `waiting` holds instead of
    what the text says (`at_start.py`)."""
    reading = Reading(file)
    try:
        reading.source = read_document(content)
    except UnreadableFile as error:
        reading.source = Source(parts=parts_of(content.decode("utf-8", "replace")))
        reading.remarks = [Remark((), error.message, spot=error.spot)]
        return reading
    _understand(reading, waiting, notes)
    if reading.settings is not None:
        reading.settings = reading.settings.model_copy(update={"data": folder / reading.settings.data})
    return reading


def load(path: Path | None) -> Settings:
    """The settings in force. Raises ConfigError with every error, each with file, line and setting."""
    return accepted(read(path, notes=False))


def accepted(reading: Reading) -> Settings:
    """The settings of a text without errors. Raises ConfigError with every error of another."""
    errors = reading.errors
    if errors or reading.settings is None:
        error = ConfigError("ringback.settings_refused", file=reading.file, count=len(errors))
        error.diagnostics = tuple(errors)
        raise error
    return reading.settings


def _understand(reading: Reading, waiting: Mapping[str, Any], notes: bool) -> None:
    source = reading.source
    if source.document is None:
        source.document = {}
    if not isinstance(source.document, dict):
        reading.remarks = [Remark((), message("ringback.settings_no_names"), spot=START)]
        return
    reading.remarks = [*source.remarks, *rename(source)]
    document = copy.deepcopy(source.document)
    at_start.put_in(document, waiting)
    parts = _Parts(document)
    whole = parts.whole(reading.remarks)
    reading.settings, reading.kept = whole.settings, parts.kept
    reading.add(checks.remarks(whole, notes=notes))


class _Parts:
    """A document from which wrong parts are taken until the rest can be used."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.wrong: dict[str, set[str]] = {}
        self.lost: set[str] = set()
        self.kept = {name: list(range(len(document[name]))) for name in LISTED if isinstance(document.get(name), list)}
        """Of each list, which entry of the file each that is left was."""

    def whole(self, remarks: list[Remark]) -> Whole:
        """What is left; `remarks` gets what is wrong with the rest."""
        for turn in range(ROUNDS):
            try:
                settings = Settings.model_validate(self.document, context=PARTS)
            except ValidationError as error:
                found = error.errors(include_url=False)
                if turn == 0:
                    remarks += remarks_of(found, Settings)
                    found = [each for each in found if not self.meant(each)]
                self.take_out({way_of(each) for each in found})
            else:
                return Whole(settings, self.wrong, self.document, self.lost)
        self.lost |= set(self.document)
        return Whole(Settings(), self.wrong, {}, self.lost)

    def meant(self, error: ErrorDetails) -> bool:
        """Whether it is a misspelled name, which is read as the one that was meant, so that the rest is looked at."""
        way = way_of(error)
        holder: Any = self.document
        for part in way[:-1]:
            holder = holder[part] if isinstance(holder, (dict, list)) else None  # type: ignore[index]
        name = meant_name(way, Settings) if error["type"] == "extra_forbidden" else ""
        if not name or name in holder:
            return error["type"] == "missing" and isinstance(holder, dict) and way[-1] in holder
        holder[name] = holder.pop(way[-1])
        return True

    def take_out(self, ways: set[Way]) -> None:
        """Each of them, or what must have it; the last first, so that the others keep their places."""
        targets = {self.deepest(way) for way in ways} - {()}
        whole = [way for way in targets if not any(way[:length] in targets for length in range(1, len(way)))]
        for way in sorted(whole, key=lambda way: [(isinstance(part, int), part) for part in way], reverse=True):
            self.remove(way)

    def deepest(self, way: Way) -> Way:
        """As much of `way` as is there; of lists only the whole, but for those whose entries are counted."""
        node: Any = self.document
        found: Way = ()
        for at, part in enumerate(way):
            named = isinstance(node, dict) and part in node
            if not (named or (isinstance(node, list) and isinstance(part, int) and part < len(node))):
                break
            if named or (at == 1 and way[0] in LISTED):
                found = way[: at + 1]
            node = node[part]
        return found

    def remove(self, way: Way) -> None:
        section = str(way[0])
        holder: Any = self.document
        for part in way[:-1]:
            holder = holder[part]
        if len(way) == 1:
            self.lost.add(section)
        elif len(way) == 2:
            entry = holder[way[1]]
            name: Any = way[1]
            if section in LISTED:
                name = entry.get("name") if isinstance(entry, dict) else entry
            self.wrong.setdefault(section, set()).add(str(name))
            if section in LISTED:
                del self.kept[section][int(way[1])]
        del holder[way[-1]]
