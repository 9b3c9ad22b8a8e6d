"""What erasing takes from the history of another system: by which its visits could be told to be a person's.

When somebody called, how long they waited and who answered stay, for the figures; that it was this person, only the
fingerprint told.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from history.models import ImportedVisit
from ringback.config import Settings
from ringback.fingerprints import fingerprint
from ringback.secrets import number_key
from ringback.store.erasing import ErasingWaits, Removed, Room, Scope, changed, quietly


def erase(session: Session, settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase. Waits while the key of the fingerprints cannot be read."""
    numbers = [each for each in scope.numbers if each.startswith("+")]
    if not scope.person or not numbers or scope.kept:
        return []
    key = number_key(settings)
    if not key:
        if session.scalar(select(ImportedVisit.id).where(ImportedVisit.caller.is_not(None)).limit(1)) is None:
            return []
        raise ErasingWaits("history.no_number_key", folder=settings.data)
    prints = [fingerprint(each, key) for each in numbers]
    gone = update(ImportedVisit).where(ImportedVisit.caller.in_(prints)).values(caller=None)
    return changed("imported caller", quietly(session, gone))


ROOM = Room(
    name="history",
    erased={"imported_visit": "the fingerprint of the caller's number goes with the person; times and outcome stay"},
    harmless={"history_import": "names and sums of files that our own people brought, and how much was in them"},
    erase=erase,
)
