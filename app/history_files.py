"""The history of the system before, for `ringback import`: reads the files, shows what they say, has it written."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import inspect, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from history import bringing, service
from history.errors import HistoryError
from history.models import HistoryImport, ImportedVisit
from history.names import MAP_MOST, NameMap, read_map
from history.reading import ImportKind, ImportSource, source
from history.records import OUTCOMES
from history.understood import Understood
from ringback import secrets
from ringback.config import Settings
from ringback.messages import words_of
from ringback.store.engine import open_store, sessions
from ringback.yielding import give_way

BY = "command line"
TOLD_EACH = 100_000
"""Visits between two lines of progress."""
SHOWN = 15
Tell = Callable[[str], None]


@dataclass(frozen=True)
class HistoryReport:
    """What files say, and what was done with them."""

    kind: ImportKind
    files: list[str]
    understood: Understood
    is_written: bool
    import_id: uuid.UUID | None
    """None: nothing was written, or nothing of it was new."""
    overlaps: list[str]
    """What the store has of the same days already, in sentences."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "files": self.files,
            "written": self.is_written,
            "import": None if self.import_id is None else str(self.import_id),
            "overlaps": self.overlaps,
            **self.understood.as_dict(),
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        found = self.understood
        told = found.as_dict()
        yield f"{', '.join(self.files)}: {found.seen.lines} lines, {found.visits} visits to queues."
        if found.visits:
            days = found.days
            usual = f"{found.visits / len(days):.0f} visits on each"
            yield f"From {min(days)} to {max(days)}: {len(days)} days with calls, {usual}."
            yield "Outcomes: " + _listed((each, found.outcomes[each]) for each in OUTCOMES if found.outcomes[each])
            yield "Queues: " + _listed(found.queues.most_common(SHOWN))
            if found.agents:
                yield "Agents: " + _listed(found.agents.most_common(SHOWN))
        yield "Read: " + _listed(list(told["kinds"].items())[:SHOWN])
        for kind, names in found.names.unknown.items():
            if names:
                yield f"Not in the settings, kept under its own name ({kind}): " + _listed(names.most_common(SHOWN))
        if found.withheld:
            yield f"Without a number by which the caller is known again: {found.withheld}"
        yield from (str(each) for each in found.said())
        if found.seen.broken:
            yield f"Lines that were not understood: {found.seen.broken}"
        for line in found.seen.broken_lines:
            yield f"  {line.file}, line {line.line}: {line.why}"
        yield from self.overlaps
        yield from self._end()

    def _end(self) -> Iterator[str]:
        found = self.understood
        new = found.visits - found.known
        if self.import_id is not None:
            yield f"Imported: {new} visits are new, {found.known} were there."
            yield f"To take it back: ringback import undo {self.import_id}"
        elif self.is_written:
            yield f"All {found.visits} visits were there already: nothing was written."
        else:
            yield f"Nothing was written: {new} visits would be new, {found.known} are there. To import them: --yes"


def run(
    settings: Settings,
    kind: str,
    files: list[Path],
    map_file: Path | None,
    zone: str | None,
    encoding: str,
    yes: bool,
    tell: Tell,
) -> HistoryReport:
    """Shows what the files say, and imports them if `yes`. Raises HistoryError."""
    assert kind in get_args(ImportKind)
    what = source(cast("ImportKind", kind), files, _zone(zone or settings.timezone), encoding, _map(map_file, settings))
    names = [each.name for each in what.files]
    with _store(settings) as store:
        if not yes:
            key = secrets.number_key(settings) or "nobody's"
            found = bringing.preview(store, settings, what, key, _progress(tell))
            return HistoryReport(what.kind, names, found, False, None, _overlaps(store, what, found, None))
        if store is None:
            raise HistoryError("history.no_store", folder=settings.data)
        give_way()
        key = secrets.load_or_create(settings)[0].number_key
        made, found = bringing.bring(store, settings, what, key, BY, _progress(tell))
        id_ = None if made is None else made.id
        return HistoryReport(what.kind, names, found, True, id_, _overlaps(store, what, found, id_))


def imports(settings: Settings) -> list[dict[str, Any]]:
    """Raises HistoryError."""
    with _needed(settings) as store, store() as session:
        return [
            {
                "id": str(each.id),
                "kind": each.kind,
                "files": [file["name"] for file in each.files],
                "state": each.state,
                "by": each.by,
                "started_at": each.started_at.isoformat(timespec="seconds"),
                "begins": None if each.begins is None else each.begins.isoformat(timespec="seconds"),
                "ends": None if each.ends is None else each.ends.isoformat(timespec="seconds"),
                "counts": each.counts,
            }
            for each in service.imports(session)
        ]


def undo(settings: Settings, id_: uuid.UUID) -> tuple[int, list[str]]:
    """How many visits went, and the files that have to be imported again. Raises HistoryError."""
    with _needed(settings) as store:
        give_way()
        gone, later = bringing.undo(store, settings, id_, BY)
    return gone, [names_of(each) for each in later]


def names_of(each: HistoryImport) -> str:
    """Of its files."""
    return ", ".join(file["name"] for file in each.files)


def _overlaps(
    store: sessionmaker[Session] | None, what: ImportSource, found: Understood, mine: uuid.UUID | None
) -> list[str]:
    """The same calls told by another kind of file would count twice."""
    if store is None or found.begins is None or found.ends is None:
        return []
    with store() as session:
        return [
            f"Visits of these days are there from {names_of(each)} ({each.kind}), too: if they are the same calls they "
            f"count twice. Back: ringback import undo {each.id}"
            for each in service.imports(session)
            if each.state == "complete" and each.id != mine and each.kind != what.kind and _meets(each, found)
        ]


def _meets(each: HistoryImport, found: Understood) -> bool:
    assert found.begins is not None and found.ends is not None
    if each.begins is None or each.ends is None:
        return False
    return each.begins.timestamp() <= found.ends and each.ends.timestamp() >= found.begins


def _map(file: Path | None, settings: Settings) -> NameMap:
    if file is None:
        return NameMap()
    try:
        with file.open("rb") as opened:
            return read_map(opened.read(MAP_MOST), settings)
    except OSError as error:
        raise HistoryError("history.no_file", file=file, why=words_of(error)) from error


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise HistoryError("history.no_zone", value=name[:60]) from error
    return name


def _progress(tell: Tell) -> Callable[[int], None]:
    told = 0

    def progress(visits: int) -> None:
        nonlocal told
        if visits - told >= TOLD_EACH:
            told = visits
            tell(f"{visits} visits ...")

    return progress


def _listed(counts: Any) -> str:
    return ", ".join(f"{name or '–'} {count}" for name, count in counts) or "–"


@contextmanager
def _needed(settings: Settings) -> Iterator[sessionmaker[Session]]:
    with _store(settings) as store:
        if store is None:
            raise HistoryError("history.no_store", folder=settings.data)
        yield store


@contextmanager
def _store(settings: Settings) -> Iterator[sessionmaker[Session] | None]:
    """None where there is none that this program can work on; none is made."""
    url = make_url(settings.store_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        yield None
        return
    engine = open_store(settings.store_url)
    try:
        try:
            there = inspect(engine).has_table(ImportedVisit.__tablename__)
        except SQLAlchemyError:
            there = False
        yield sessions(engine) if there else None
    finally:
        engine.dispose()
