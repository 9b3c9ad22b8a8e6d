"""What erasing takes from versions of the settings: nothing. They are what owners wrote, and no caller's words.

A number in `vips` is there because an owner named it; whoever erases a person takes it from the settings as well.
"""

from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope


def erase(_session: Session, _settings: Settings, _scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    return []


ROOM = Room(
    name="publishing",
    erased={},
    harmless={
        "settings_version": "what our own people wrote into the settings, and why",
        "settings_draft": "what our own people are writing",
        "settings_taken": "which of our own processes works with which version",
    },
    erase=erase,
)
