"""Brings persons from a file: what each record would do, shown before; then done, in pieces, and safe to repeat.

A record is the person who has one of its numbers or addresses and is called the same, or whom nobody has named yet.
Somebody who is called otherwise is never thrown together with it: such a record is left, or becomes a further person
behind the same number where whoever brings the file said so. What people wrote before is not overwritten.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from calls.lookup import sorted_by
from calls.models import Contact
from contacts.errors import ContactError
from contacts.models import ContactPoint, ContactWord
from contacts.records import MOST, PointRecord, Read, Record
from contacts.service import AT_ONCE, settle
from contacts.tables import read_table
from contacts.vcards import BEGIN, read_cards
from contacts.waiting_files import tidy
from contacts.words import words_of
from ringback.folding import fold
from ringback.store.base import utcnow, uuid7
from ringback.store.erasing import quietly

CHUNK = 200
"""Records brought in one transaction."""
TRIES = 3
Others = Literal["leave", "add"]
"""What becomes of somebody with a number of a person who is called otherwise."""
What = Literal["new", "changed", "same", "other", "several"]
"""other: a number of it is that of a person called otherwise; several: it fits more than one person."""
COUNTED = ("new", "changed", "same", "left")


@dataclass(slots=True)
class HeldPerson:
    """A person as far as records are compared with it."""

    id: uuid.UUID
    name: str | None
    named_by: str | None
    language: str | None
    notes: str
    points: dict[tuple[str, str], str] = field(default_factory=dict)
    """Kind and value -> consent."""


@dataclass(slots=True)
class Planned:
    """What a record does."""

    record: Record
    what: What
    person: HeldPerson | None = None
    """Who it is; of `other` and `several`: one of those whom it may be."""
    adds: list[PointRecord] = field(default_factory=list)


def read_file(data: bytes, country: str, most: int | None = MOST) -> Read:
    """What a file says, a table or vCards. Raises ContactError for what is neither."""
    if not data.strip():
        raise ContactError("contacts.empty_file")
    head = data[:400].lstrip(b"\xef\xbb\xbf \r\n\t").replace(b"\0", b"")
    first = head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").split(b"\n", 1)[0]
    is_cards = BEGIN.fullmatch(first.decode("latin-1")) is not None
    return read_cards(data, country, most) if is_cards else read_table(data, country, most)


# -- what would be done --------------------------------------------------------------------------------


def plan(session: Session, records: Sequence[Record], others: Others = "leave") -> list[Planned]:
    """What each record does, as the store is now and the records before it leave it. Reads only."""
    known = _Known(session)
    made: list[Planned] = []
    for begin in range(0, len(records), AT_ONCE):
        part = records[begin : begin + AT_ONCE]
        known.look_up(part)
        made += [_planned(known, record, others) for record in part]
    return made


def counts_of(planned: Iterable[Planned]) -> dict[str, int]:
    """How many records are new, changed, the same, left."""
    found = Counter(each.what if each.what in COUNTED else "left" for each in planned)
    return {what: found[what] for what in COUNTED}


class _Known:
    """The persons whom records may be, with what the records before made of them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.persons: dict[uuid.UUID, HeldPerson] = {}
        self.holders: dict[tuple[str, str], dict[uuid.UUID, None]] = {}

    def look_up(self, records: Sequence[Record]) -> None:
        """Reads those who have the points of these records, or whom they name."""
        values = sorted({point.value for record in records for point in record.points})
        keys = {uuid.UUID(record.id) for record in records if _is_key(record.id)}
        ids = set[uuid.UUID]()
        for begin in range(0, len(values), AT_ONCE):
            here = ContactPoint.value.in_(values[begin : begin + AT_ONCE])
            ids |= set(self._session.scalars(select(ContactPoint.contact_id).where(here)))
        for some in _some(keys):
            named = select(Contact.id, Contact.merged_into).where(Contact.id.in_(some))
            ids |= {merged or id_ for id_, merged in self._session.execute(named)}
        self._read([each for each in ids if each not in self.persons])

    def _read(self, ids: Sequence[uuid.UUID]) -> None:
        for some in _some(ids):
            for row in self._session.scalars(select(Contact).where(Contact.id.in_(some))):
                self.persons[row.id] = HeldPerson(row.id, row.name, row.named_by, row.language, row.notes)
            for point in self._session.scalars(select(ContactPoint).where(ContactPoint.contact_id.in_(some))):
                self.add(self.persons[point.contact_id], point.kind, point.value, point.consent)

    def add(self, person: HeldPerson, kind: str, value: str, consent: str) -> None:
        self.persons[person.id] = person
        person.points[kind, value] = consent
        self.holders.setdefault((kind, value), {})[person.id] = None

    def having(self, record: Record) -> list[HeldPerson]:
        """Everybody with a point of the record."""
        ids = dict.fromkeys(each for point in record.points for each in self.holders.get((point.kind, point.value), {}))
        return [self.persons[each] for each in ids]


def _planned(known: _Known, record: Record, others: Others) -> Planned:
    having = known.having(record)
    fitting = [person for person in having if _fits(person, record)]
    named = known.persons.get(uuid.UUID(record.id)) if _is_key(record.id) else None
    if named is not None:
        fitting = [named]
    if len(fitting) > 1:
        alike = [person for person in fitting if person.name and _folded(person.name) == _folded(record.name)]
        fitting = alike if len(alike) == 1 else fitting
    if len(fitting) > 1:
        return Planned(record, "several", fitting[0])
    if not fitting and having and others == "leave":
        return Planned(record, "other", having[0])
    person = fitting[0] if fitting else HeldPerson(uuid7(), None, None, None, "")
    elsewhere = {key for each in having if each is not person for key in each.points}
    adds = [
        point
        for point in record.points
        if (point.kind, point.value) not in person.points
        and (others == "add" or (point.kind, point.value) not in elsewhere)
    ]
    done = Planned(record, "changed" if fitting else "new", person, adds)
    if fitting and not adds and not _changes(person, record):
        done.what = "same"
    _do(known, done)
    return done


def _do(known: _Known, done: Planned) -> None:
    """Lets the records that follow see the person as this one leaves it."""
    assert done.person is not None
    values = _values(done.person, done.record)
    for name, value in values.items():
        setattr(done.person, name, value)
    for point in done.adds:
        known.add(done.person, point.kind, point.value, point.consent)
    for point in done.record.points:
        there = done.person.points.get((point.kind, point.value))
        if there is not None:
            done.person.points[point.kind, point.value] = _stricter(there, point.consent)


def _fits(person: HeldPerson, record: Record) -> bool:
    return not record.name or not person.name or not person.named_by or _folded(person.name) == _folded(record.name)


def _folded(name: str) -> list[str]:
    """The words of a name in any order: Petrov Ivan is Ivan Petrov."""
    return sorted(fold(name).replace(",", " ").split())


def _values(person: HeldPerson, record: Record) -> dict[str, Any]:
    """What the record changes in the person's row."""
    values: dict[str, Any] = {}
    if record.name and not person.named_by and person.name != record.name:
        values["name"] = record.name
    if record.language and not person.language:
        values["language"] = record.language
    if record.notes and record.notes not in person.notes:
        values["notes"] = f"{person.notes}\n\n{record.notes}".strip()
    if record.name and not person.named_by:
        values["named_by"] = "file"
    return values


def _stricter(there: str, told: str) -> str:
    """A no stays a no; a file's yes answers only what nobody has answered."""
    return told if told == "no" or (told == "yes" and there == "unknown") else there


def _changes(person: HeldPerson, record: Record) -> bool:
    consents = any(
        _stricter(there, point.consent) != there
        for point in record.points
        if (there := person.points.get((point.kind, point.value))) is not None
    )
    return consents or bool(_values(person, record).keys() - {"named_by"})


# -- done ----------------------------------------------------------------------------------------------


def bring(
    sessions: sessionmaker[Session], records: Sequence[Record], by: str, file: str, others: Others = "leave"
) -> dict[str, int]:
    """Brings the records, a few in each transaction; what was brought before is the same. See `counts_of`."""
    counts = Counter[str]()
    for begin in range(0, len(records), CHUNK):
        counts.update(_bring_part(sessions, records[begin : begin + CHUNK], by, file, others))
    return {what: counts[what] for what in COUNTED}


def _bring_part(
    sessions: sessionmaker[Session], records: Sequence[Record], by: str, file: str, others: Others
) -> dict[str, int]:
    for left in reversed(range(TRIES)):
        try:
            with sessions() as session, session.begin():
                _write_first(session)
                planned = plan(session, records, others)
                _write(session, planned, by, file)
                return counts_of(planned)
        except IntegrityError:  # somebody called from one of these numbers for the first time, just now
            if not left:
                raise
    raise AssertionError


def _write_first(session: Session) -> None:
    """On SQLite who has written is alone: what is read after this is not changed by anybody else."""
    if session.get_bind().dialect.name == "sqlite":
        tidy(session)


def _write(session: Session, planned: Sequence[Planned], by: str, file: str) -> None:
    now = utcnow()
    told = {"consent_how": f"file {file}"[:60], "consent_by": by, "consent_at": now}
    first = _first_of(session, planned)
    fresh: list[tuple[Planned, list[dict[str, Any]]]] = []
    for each in planned:
        if each.person is None or each.what not in ("new", "changed"):
            continue
        rows = [_point_row(each.person.id, point, first, now, told) for point in each.adds]
        if each.what == "new":
            fresh.append((each, rows))
            continue
        _write_new(session, fresh, by, now)  # one of them may be who is changed
        fresh = []
        _write_changed(session, each, rows, by, told)
    _write_new(session, fresh, by, now)


def _write_new(session: Session, fresh: Sequence[tuple[Planned, list[dict[str, Any]]]], by: str, now: datetime) -> None:
    """Many persons with three statements."""
    persons, words = [], []
    for each, rows in fresh:
        assert each.person is not None
        record = each.record
        persons.append(
            {
                "id": each.person.id,
                "name": record.name or None,
                "named_by": by if record.name else None,
                "language": record.language or None,
                "notes": record.notes,
                "number": next((row["value"] for row in rows if row["kind"] == "phone" and row["is_first"]), None),
                "sorted_by": sorted_by(record.name, next((row["value"] for row in rows), None)),
                "created_at": now,
            }
        )
        found = words_of(record.name, [(row["kind"], row["value"]) for row in rows])
        words += [{"word": word, "contact_id": each.person.id} for word in sorted(found)]
    points = [row for _, rows in fresh for row in rows]
    for kind, made in ((Contact, persons), (ContactPoint, points), (ContactWord, words)):
        if made:
            session.execute(insert(kind), made)


def _first_of(session: Session, planned: Sequence[Planned]) -> set[tuple[str, str]]:
    """The points that have a first person already, in the store."""
    values = sorted({point.value for each in planned for point in each.adds})
    query = select(ContactPoint.kind, ContactPoint.value).where(ContactPoint.is_first)
    return {
        pair for some in _some(values) for pair in session.execute(query.where(ContactPoint.value.in_(some))).tuples()
    }


def _point_row(
    person: uuid.UUID,
    point: PointRecord,
    first: set[tuple[str, str]],
    now: datetime,
    told: dict[str, Any],
) -> dict[str, Any]:
    is_first = (point.kind, point.value) not in first
    first.add((point.kind, point.value))
    row = {
        "id": uuid7(),
        "contact_id": person,
        "kind": point.kind,
        "value": point.value,
        "label": point.label,
        "is_first": is_first,
        "source": "import",
        "consent": point.consent,
        "created_at": now,
        "consent_how": "",
        "consent_by": None,
        "consent_at": None,
    }
    return row | (told if point.consent != "unknown" else {})


def _write_changed(session: Session, each: Planned, rows: list[dict[str, Any]], by: str, told: dict[str, Any]) -> None:
    assert each.person is not None
    row = session.get(Contact, each.person.id)
    if row is None:
        return
    now = HeldPerson(row.id, row.name, row.named_by, row.language, row.notes)
    values = _values(now, each.record)
    for name, value in values.items():
        setattr(row, name, by if name == "named_by" else value)
    row.version += 1
    session.flush()
    if rows:
        session.execute(insert(ContactPoint), rows)
    for point in each.record.points:
        if point.consent != "unknown":
            weaker = ("unknown", "yes") if point.consent == "no" else ("unknown",)
            here = update(ContactPoint).where(
                ContactPoint.contact_id == row.id,
                ContactPoint.kind == point.kind,
                ContactPoint.value == point.value,
                ContactPoint.consent.in_(weaker),
            )
            quietly(session, here.values(consent=point.consent, **told))
    settle(session, row)


def _is_key(text: str) -> bool:
    try:
        return bool(text) and bool(uuid.UUID(text))
    except ValueError:
        return False


def _some(values: Iterable[Any]) -> Iterator[list[Any]]:
    found = list(values)
    for begin in range(0, len(found), AT_ONCE):
        yield found[begin : begin + AT_ONCE]
