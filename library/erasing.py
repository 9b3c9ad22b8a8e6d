"""What erasing takes from the library: all that was marked, cut, listed and answered of a call, with the call.

The playlist stays and says how many entries left. What is under a legal hold is not erased, and neither are its marks.
"""

from sqlalchemy import Delete, delete, func, select, update
from sqlalchemy.orm import Session

from library.drill.models import Drill, DrillAttempt, DrillVersion, DrillVoice
from library.models import AssignmentProgress, Clip, Exemplar, Mark, MarkAnswer, MarkMention, Playlist, PlaylistItem
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.erasing import Removed, Room, Scope, changed, quietly


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    if not scope.call_ids:
        return []
    marks = select(Mark.id).where(Mark.call_id.in_(scope.call_ids))
    items = select(PlaylistItem.id).where(PlaylistItem.call_id.in_(scope.call_ids))
    drills = select(Drill.id).where(Drill.call_id.in_(scope.call_ids))
    attempts = select(DrillAttempt.id).where(DrillAttempt.drill_id.in_(drills))
    example = Exemplar.call_id.in_(scope.call_ids), Exemplar.erased_at.is_(None)
    for beside in (
        update(Exemplar).where(*example).values(words="", erased_at=utcnow()),
        delete(DrillVoice).where(DrillVoice.attempt_id.in_(attempts)),
        delete(DrillAttempt).where(DrillAttempt.drill_id.in_(drills)),
        delete(DrillVersion).where(DrillVersion.drill_id.in_(drills)),
        delete(MarkAnswer).where(MarkAnswer.mark_id.in_(marks)),
        delete(MarkMention).where(MarkMention.mark_id.in_(marks)),
        delete(AssignmentProgress).where(AssignmentProgress.item_id.in_(items)),
    ):
        quietly(session, beside)
    _say_that_they_leave(session, scope)
    gone: list[tuple[str, Delete]] = [
        ("mark", delete(Mark).where(Mark.call_id.in_(scope.call_ids))),
        ("clip", delete(Clip).where(Clip.call_id.in_(scope.call_ids))),
        ("drill", delete(Drill).where(Drill.call_id.in_(scope.call_ids))),
        ("playlist entry", delete(PlaylistItem).where(PlaylistItem.call_id.in_(scope.call_ids))),
    ]
    return [line for kind, statement in gone for line in changed(kind, quietly(session, statement))]


def _say_that_they_leave(session: Session, scope: Scope) -> None:
    counted = (
        select(PlaylistItem.playlist_id, func.count())
        .where(PlaylistItem.call_id.in_(scope.call_ids))
        .group_by(PlaylistItem.playlist_id)
    )
    for playlist, count in session.execute(counted).tuples().all():
        values = {"gone": Playlist.gone + count, "items": Playlist.items - count}
        quietly(session, update(Playlist).where(Playlist.id == playlist).values(values))


ROOM = Room(
    name="library",
    erased={
        "mark": "deleted with the call's content",
        "mark_answer": "deleted with its mark",
        "mark_mention": "deleted with its mark",
        "clip": "deleted with the call's content",
        "playlist_item": "deleted with the call's content; the playlist counts it",
        "exemplar": "why it was chosen is deleted with the call's content; that it was one, and until when, is kept",
        "drill": "deleted with the call's content",
        "drill_version": "deleted with its drill",
        "drill_attempt": "deleted with its drill",
        "drill_voice": "deleted with its drill, and by its speaker at any time",
        "assignment_progress": "what was heard and answered goes with the entry",
    },
    harmless={
        "playlist": "what our own people call a list of calls",
        "assignment": "which of our own people is to hear which list",
    },
    erase=erase,
)
