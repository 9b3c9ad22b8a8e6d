"""What erasing takes from letters to colleagues: nothing, as they quote nobody.

What they tell of is erased in its room, and a letter that still waits is dropped then.
"""

from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope


def erase(_session: Session, _settings: Settings, _scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    return []


ROOM = Room(
    name="letters",
    erased={},
    harmless={"colleague_letter": "that our own people were written to; nothing of a call is kept in it"},
    erase=erase,
)
