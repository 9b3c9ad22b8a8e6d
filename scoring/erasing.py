"""What erasing takes from scoring."""

from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope


def erase(_session: Session, _settings: Settings, _scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    return []


ROOM = Room(
    name="scoring",
    erased={},
    harmless={
        "scorecard": "by what our own people score calls",
        "scorecard_version": "the same, as it stood for a while",
    },
    erase=erase,
)
