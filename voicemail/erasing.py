"""What erasing takes from voice messages: their place in a recording that is gone, and words about them.

Sound and text are the call's own and go with it. That a message was left, heard and answered, and when, stays.
"""

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope, changed, quietly
from voicemail.models import VoiceMessage


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    if not scope.call_ids:
        return []
    there = or_(VoiceMessage.from_seconds.is_not(None), VoiceMessage.how != "")
    gone = update(VoiceMessage).where(VoiceMessage.call_id.in_(scope.call_ids), there)
    values = {"from_seconds": None, "to_seconds": None, "how": ""}
    return changed("voice message", quietly(session, gone.values(values)))


ROOM = Room(
    name="voicemail",
    erased={"voice_message": "its place in the recording and the words about it go with the call's sound"},
    harmless={},
    erase=erase,
)
