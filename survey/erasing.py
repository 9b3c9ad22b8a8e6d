"""What erasing takes from the survey. Which key was pressed stays, for the figures: whose it was, only the call told.

Words of one's own are a part of the call's recording and of its transcript, and go with them; here stands only where
in the recording they were.

A person who is erased is no longer known again by the survey. The wish not to be asked stays: it is a fingerprint that
nobody can read, and to forget it would be to ask the very person who wanted to be left alone.
"""

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope, changed, quietly
from survey.models import SurveyRun


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    if not scope.call_ids:
        return []
    mine = SurveyRun.call_id.in_(scope.call_ids)
    spoken = or_(SurveyRun.comment_from.is_not(None), SurveyRun.comment_to.is_not(None))
    gone = update(SurveyRun).where(mine, spoken).values(comment_from=None, comment_to=None)
    removed = changed("survey words", quietly(session, gone))
    if scope.person:
        known = update(SurveyRun).where(mine, SurveyRun.caller.is_not(None)).values(caller=None)
        removed += changed("survey caller", quietly(session, known))
    return removed


ROOM = Room(
    name="survey",
    erased={"survey_run": "where words of one's own were goes with the call, the number's fingerprint with the person"},
    harmless={
        "answer": "a key that was pressed, for the figures; the call it belongs to names nobody any more",
        "survey_opt_out": "a fingerprint that nobody can read: it keeps the number from being asked again",
    },
    erase=erase,
)
