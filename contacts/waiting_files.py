"""A file of persons from its first piece to the yes: what is in it is kept until then, a day at most.

What a file says is `contacts/importing.py`'s to read and to bring. Works inside the caller's transaction.
"""

import uuid
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from contacts.errors import ContactError
from contacts.models import ContactImport
from contacts.records import Read, Record, from_json
from ringback.store.base import utcnow
from ringback.store.erasing import quietly

BYTES_MOST = 3 * 1024 * 1024
WAITS = timedelta(days=1)
"""A preview that nobody said yes to is thrown away after this."""


def add_piece(session: Session, key: uuid.UUID, by: str, at: int, data: bytes) -> int:
    """Puts a piece at byte `at` of a file, and returns how much of it is there; one that comes twice does no harm.

    Raises ContactError: too large, out of order, or another one's.
    """
    row = session.get(ContactImport, key)
    if row is None:
        tidy(session)
        row = ContactImport(id=key, by=by, raw=b"")
        session.add(row)
    if row.by != by or row.raw is None:
        raise ContactError("contacts.import_over")
    if at + len(data) > BYTES_MOST:
        raise ContactError("contacts.big_file", most=BYTES_MOST // 1024**2)
    if at > len(row.raw):
        raise ContactError("contacts.piece_missing")
    row.raw = row.raw[:at] + data
    session.flush()
    return len(row.raw)


def take_pieces(session: Session, key: uuid.UUID, by: str) -> bytes:
    """The whole file, whose pieces are kept no longer. Raises ContactError: there is none."""
    row = session.get(ContactImport, key)
    if row is None or row.by != by or row.raw is None:
        raise ContactError("contacts.import_over")
    data = row.raw
    session.delete(row)
    session.flush()
    return data


def keep(session: Session, by: str, file: str, read: Read) -> ContactImport:
    """Keeps what a file says until somebody brings or withdraws it; older ones that nobody brought go."""
    tidy(session)
    row = ContactImport(
        by=by,
        file=file,
        records=[record.as_json() for record in read.records],
        unread=[each.as_json() for each in read.unread],
    )
    session.add(row)
    session.flush()
    return row


def tidy(session: Session) -> None:
    """Throws away what was previewed and never brought."""
    old = ContactImport.at < utcnow() - WAITS, ContactImport.done_at.is_(None)
    quietly(session, delete(ContactImport).where(*old))


def records_of(row: ContactImport) -> list[Record]:
    """What is still to be brought."""
    return [from_json(each) for each in row.records or []]


def done(session: Session, key: uuid.UUID, counts: dict[str, int]) -> None:
    """Forgets what was in the file; what came of it stays."""
    here = update(ContactImport).where(ContactImport.id == key)
    quietly(session, here.values(done_at=utcnow(), counts=counts, records=None, unread=[]))


def withdraw(session: Session, key: uuid.UUID) -> None:
    """Forgets the file."""
    quietly(session, delete(ContactImport).where(ContactImport.id == key, ContactImport.done_at.is_(None)))
