"""What erasing takes from the rows of who was told of alarms: nothing, because none quotes a caller.

An alarm that tells a number is deleted by the store's part (`ringback/store/erasing.py`), and what was told of it goes
with it. What has left by mail or a service cannot be called back.
"""

from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope


def erase(_session: Session, _settings: Settings, _scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    return []


ROOM = Room(
    name="alarms",
    erased={"alarm_told": "goes with its alarm, which is deleted where it tells the person's number"},
    harmless={
        "alarm_message": "addresses of our own people, and whether they were reached",
        "first_look": "which of our own people opened a promise first",
    },
    erase=erase,
)
