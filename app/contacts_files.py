"""Files of persons of any length, for `ringback contacts`: read, shown, brought, written."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from contacts import exporting, importing, tables, vcards
from contacts.errors import ContactError
from contacts.models import ContactPoint
from contacts.records import Read
from ringback.config import Settings
from ringback.messages import words_of
from ringback.spreadsheets import BOM
from ringback.store.engine import open_store, sessions

BY = "command line"


@dataclass(frozen=True)
class ImportReport:
    """What a file would do, or did."""

    done: bool
    counts: dict[str, int]
    unread: list[dict[str, Any]]
    """Lines that were not understood, each with `line` and `why`."""
    left: list[dict[str, Any]]
    """Who is left out without a word of yours, each with `line`, `name` and `why` (other, several)."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read(settings: Settings, file: Path) -> Read:
    """Raises ContactError: the file cannot be read, or is no file of persons."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ContactError("contacts.no_file_here", file=file, why=words_of(error)) from error
    return importing.read_file(data, settings.lines[0].default_country, None)


def preview(settings: Settings, found: Read, add_others: bool) -> ImportReport:
    """What the file would do."""
    with _store(settings)() as session:
        planned = importing.plan(session, found.records, "add" if add_others else "leave")
    left = [
        {"line": each.record.line, "name": each.record.name, "why": each.what}
        for each in planned
        if each.what in ("other", "several")
    ]
    unread = [{"line": each.line, "why": str(each.why)} for each in found.unread]
    return ImportReport(False, importing.counts_of(planned), unread, left)


def bring(settings: Settings, found: Read, file: str, add_others: bool) -> dict[str, int]:
    """Does it; how many are new, changed, the same, left."""
    return importing.bring(_store(settings), found.records, BY, file, "add" if add_others else "leave")


def export(settings: Settings, kind: str, file: Path | None) -> int:
    """Writes everybody to a file, or to standard output; how many there are. Raises ContactError."""
    store = _store(settings)
    try:
        with store() as session:
            return _write(file, _text(session, kind))
    except OSError as error:
        raise ContactError("contacts.no_file_here", file=file or "-", why=words_of(error)) from error


def _text(session: Session, kind: str) -> Iterator[str]:
    persons = exporting.everybody(session)
    if kind == "vcf":
        yield from vcards.cards(persons)
        return
    lines = tables.lines(persons)
    yield BOM + next(lines)
    yield from lines


def _write(file: Path | None, pieces: Iterable[str]) -> int:
    count = 0
    if file is None:
        for piece in pieces:
            sys.stdout.write(piece)
            count += 1
        return count
    beside = file.with_name(f".{file.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as opened:
            for piece in pieces:
                opened.write(piece)
                count += 1
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return count


def _store(settings: Settings) -> sessionmaker[Session]:
    """Raises ContactError where there is none that this program can work on."""
    engine = open_store(settings.store_url)
    try:
        there = inspect(engine).has_table(ContactPoint.__tablename__)
    except SQLAlchemyError:
        there = False
    if not there:
        raise ContactError("contacts.no_store", folder=settings.data)
    return sessions(engine)
