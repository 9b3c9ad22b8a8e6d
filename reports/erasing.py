"""Nothing of reports is anybody's: sums, and moments at which something is to be counted again."""

from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope


def erase(_session: Session, _settings: Settings, _scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    return []


ROOM = Room(
    name="reports",
    erased={},
    harmless={
        "report_cell": "sums of many calls; what erasing takes from a call is counted again without it",
        "report_due": "moments, of nobody",
        "report_counting": "how far counting has come",
        "report_goal": "what our own people want of figures",
        "report_schedule": "which of our own people are sent which figures",
        "report_letter": "that our own people were sent figures; no figure is kept in it",
    },
    erase=erase,
)
