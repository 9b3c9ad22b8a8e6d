"""What erasing takes from topics: what each call was about. The topics themselves are of many calls, and stay."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope, changed, quietly
from topics.models import CallTopic


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    if not scope.call_ids:
        return []
    return changed("topic", quietly(session, delete(CallTopic).where(CallTopic.call_id.in_(scope.call_ids))))


ROOM = Room(
    name="topics",
    erased={"call_topic": "deleted with the call's content"},
    harmless={
        "topic": "words that several calls have in common, and names that our own people give",
        "topic_centre": "the middle of many calls' meanings",
        "topic_rise": "numbers of calls, without any of them",
        "topic_clustering": "when topics were looked for",
    },
    erase=erase,
)
