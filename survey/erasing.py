"""What erasing takes from the survey: nothing. An answer is a key; whose it was, only the call's row told."""

from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope


def erase(_session: Session, _settings: Settings, _scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    return []


ROOM = Room(
    name="survey",
    erased={},
    harmless={"answer": "a key that was pressed, for the figures; the call it belongs to names nobody any more"},
    erase=erase,
)
