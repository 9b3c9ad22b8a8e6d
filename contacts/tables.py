"""Persons in tables (CSV): read as people and their other programs write them, written as spreadsheets take them.

Columns are known by their heads, in English and Russian, also those that mail programs and telephones export. Several
numbers stand in one cell, with semicolons or line breaks between them, or in several columns. Pure.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from calls.models import Contact
from contacts.errors import ContactError
from contacts.models import ContactPoint
from contacts.records import Read, Record, Unread, record_of
from ringback.folding import fold
from ringback.messages import message
from ringback.spreadsheets import csv_line, unguarded

HEADS = ("id", "name", "phone", "email", "telegram", "language", "notes", "agreed", "refused")
"""The columns of an export, as they are known again."""
_NOT_VALUES = re.compile(r"\b(type|label|тип|метка)\b")
_KNOWN = (
    ("id", re.compile(r"id|uid|ringback id")),
    ("first", re.compile(r"(first|given) name|имя")),
    ("middle", re.compile(r"(middle|additional) name|отчество")),
    ("last", re.compile(r"(last|family) name|surname|фамилия")),
    ("name", re.compile(r"(full |display )?name|фио|ф и о|контакт|полное имя|имя и фамилия|contact")),
    ("email", re.compile(r".*(e-?mail|e mail|почт).*")),
    ("telegram", re.compile(r".*(telegram|телеграм).*")),
    ("phone", re.compile(r".*(phone|mobile|\btel\b|телефон|мобильн|number|номер).*")),
    ("language", re.compile(r"language|язык")),
    ("notes", re.compile(r"notes?|comments?|заметк[аи]|примечани[ея]|комментари[йи]")),
    ("agreed", re.compile(r"agreed|согласие")),
    ("refused", re.compile(r"refused|отказ|отказано")),
)
_SEVERAL = re.compile(r"\s*(?:;|\n|:::)\s*")
CELL_MOST = 20_000
DELIMITERS = ",;\t"


def read_table(data: bytes, country: str, most: int | None = None) -> Read:
    """What a table says. Raises ContactError for a file that is none, or that is too long."""
    text = decoded(data)
    head = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    rows = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    records: list[Record] = []
    unread: list[Unread] = []
    try:
        columns = [_column(each) for each in next(rows, [])]
        if not {"phone", "email", "telegram"}.intersection(columns):
            raise ContactError("contacts.no_columns")
        begin = rows.line_num + 1
        for row in rows:
            line, begin = begin, rows.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
                unread.append(Unread(line, message("contacts.too_many_cells", cells=len(row), heads=len(columns))))
                continue
            record, faults = _record(line, columns, row, country)
            unread += faults
            if record is not None:
                records.append(record)
            if most is not None and len(records) > most:
                raise ContactError("contacts.too_long", most=most)
    except csv.Error as error:
        raise ContactError("contacts.no_table", why=str(error)) from error
    return Read(records, unread)


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, else as spreadsheets on Russian Windows write it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


def lines(persons: Iterator[tuple[Contact, Sequence[ContactPoint]]], heads: Sequence[str] = HEADS) -> Iterator[str]:
    """An export, line after line, the head first."""
    yield csv_line(heads)
    for person, points in persons:
        values = {kind: "; ".join(each.value for each in points if each.kind == kind) for kind in HEADS[2:5]}
        said = {word: "; ".join(each.value for each in points if each.consent == word) for word in ("yes", "no")}
        yield csv_line(
            [
                str(person.id),
                person.name,
                *values.values(),
                person.language,
                person.notes,
                said["yes"],
                said["no"],
            ]
        )


def _column(head: str) -> str:
    """What stands under a head; empty: nothing that is read."""
    text = " ".join(fold(unguarded(head)).replace("_", " ").replace(".", " ").replace("/", " ").split())
    if _NOT_VALUES.search(text):
        return ""
    return next((name for name, known in _KNOWN if known.fullmatch(text)), "")


def _record(line: int, columns: Sequence[str], row: Sequence[str], country: str) -> tuple[Record | None, list[Unread]]:
    cells: dict[str, list[str]] = {}
    for column, cell in zip(columns, row, strict=False):
        if column and cell.strip():
            cells.setdefault(column, []).append(unguarded(cell)[:CELL_MOST].strip())
    given = [" ".join(cells.get(part, [])) for part in ("first", "middle", "last")]
    name = " ".join(cells.get("name", [])) or " ".join(filter(None, given))
    several = {kind: _several(cells.get(kind, [])) for kind in ("phone", "email", "telegram", "agreed", "refused")}
    typed = [(kind, each, "") for kind in ("phone", "email", "telegram") for each in several[kind]]
    return record_of(
        line,
        name,
        typed,
        country,
        language=next(iter(cells.get("language", [])), ""),
        notes="\n".join(cells.get("notes", [])),
        key=next(iter(cells.get("id", [])), ""),
        agreed=frozenset(several["agreed"]),
        refused=frozenset(several["refused"]),
    )


def _several(cells: Sequence[str]) -> list[str]:
    return [unguarded(each) for cell in cells for each in _SEVERAL.split(cell) if each]
