"""What erasing takes from contacts: everything. The person's own row is the calls room's, which goes after this one.

A number that other persons have, too, stays theirs; a file that waits for a yes loses the person's lines.
"""

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from calls.models import Contact
from contacts.models import ContactImport, ContactMerge, ContactPoint, ContactWord
from contacts.service import pass_on, settle
from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope, changed, quietly


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    removed = _waiting(session, {*scope.numbers, *scope.addresses}) if scope.person else []
    if not scope.contacts or scope.kept:
        return removed
    mine = select(ContactPoint).where(ContactPoint.contact_id.in_(scope.contacts))
    points = [(point.kind, point.value) for point in session.scalars(mine)]
    quietly(session, update(Contact).where(Contact.id.in_(scope.contacts)).values(number=None))
    quietly(session, delete(ContactWord).where(ContactWord.contact_id.in_(scope.contacts)))
    gone = delete(ContactPoint).where(ContactPoint.contact_id.in_(scope.contacts))
    removed += changed("number or address", quietly(session, gone))
    merged = or_(ContactMerge.winner_id.in_(scope.contacts), ContactMerge.loser_id.in_(scope.contacts))
    removed += changed("merge", quietly(session, delete(ContactMerge).where(merged)))
    session.expire_all()
    for kind, value in points:
        heir = pass_on(session, kind, value)
        if heir is not None:
            settle(session, heir)
    return removed


def _waiting(session: Session, values: set[str]) -> list[Removed]:
    """The lines of files that wait for a yes, with any of these numbers and addresses."""
    # A file that is still coming is not read yet: nobody knows who is in it, and its sender sends it again.
    count = quietly(session, delete(ContactImport).where(ContactImport.raw.is_not(None))).rowcount
    for row in session.scalars(select(ContactImport).where(ContactImport.done_at.is_(None))).all():
        records = row.records or []
        rest = [each for each in records if values.isdisjoint(point["value"] for point in each["points"])]
        if len(rest) < len(records):
            count += len(records) - len(rest)
            here = update(ContactImport).where(ContactImport.id == row.id)
            quietly(session, here.values(records=rest, unread=[]))
    return [Removed("line of a file", count)] if count else []


ROOM = Room(
    name="contacts",
    erased={
        "contact_point": "the person's numbers and addresses are deleted",
        "contact_word": "the words that found the person are deleted",
        "contact_merge": "merges of the person are deleted, with the names before them",
        "contact_import": "a file that waits for a yes loses the person's lines",
    },
    harmless={},
    erase=erase,
)
