"""What erasing takes from the outbox: events that tell of a call or a person, with all their deliveries.

What has left cannot be called back: the owner of the receiver has it.
"""

from sqlalchemy import ColumnElement, String, cast, delete, or_
from sqlalchemy.orm import Session

from outbox.models import OutboxEvent
from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope, changed, quietly


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    told = [*scope.call_ids, *(scope.numbers if scope.person else ())]
    if not told:
        return []
    gone = delete(OutboxEvent).where(or_(*(_tells(each) for each in told)))
    return changed("outbox event", quietly(session, gone))


def forget(session: Session, key: str) -> int:
    """Events about `key`, e.g. of a ticket whose words are erased; how many. For the `erasing.py` of other rooms."""
    return int(quietly(session, delete(OutboxEvent).where(OutboxEvent.key == key)).rowcount)


def _tells(fact: str) -> ColumnElement[bool]:
    return cast(OutboxEvent.body, String).contains(fact, autoescape=True)


ROOM = Room(
    name="outbox",
    erased={
        "outbox_event": "those that tell of an erased call, or the person's number, are deleted",
        "outbox_delivery": "goes with its event",
    },
    harmless={"outbox_receiver": "how it is with the owner's own systems"},
    erase=erase,
)
