"""What erasing takes from the list of nuisance callers: all of a person's entries. Calls from that number are answered
until somebody puts it on the list again."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from nuisance.models import NuisanceCaller
from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope, changed, quietly


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    if not scope.person:
        return []
    if scope.call_ids:
        quietly(
            session,
            update(NuisanceCaller).where(NuisanceCaller.call_id.in_(scope.call_ids)).values(call_id=None),
        )
    if not scope.numbers or scope.kept:
        return []
    gone = delete(NuisanceCaller).where(NuisanceCaller.number.in_(scope.numbers))
    return changed("nuisance caller", quietly(session, gone))


ROOM = Room(
    name="nuisance",
    erased={"nuisance_caller": "entries with the person's number are deleted"},
    harmless={},
    erase=erase,
)
