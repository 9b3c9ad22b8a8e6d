"""What erasing takes from known problems: the numbers of those who wanted to be told. That somebody did stays."""

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from problems.models import ProblemSubscriber
from ringback.config import Settings
from ringback.store.erasing import ERASED, Removed, Room, Scope, quietly

GONE = f"{ERASED}%"


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    if not scope.person:
        return []
    theirs = or_(ProblemSubscriber.number.in_(scope.numbers), ProblemSubscriber.call_id.in_(scope.call_ids))
    ids = list(session.scalars(select(ProblemSubscriber.id).where(theirs, ProblemSubscriber.number.not_like(GONE))))
    for id_ in ids:
        # A number asks once about a problem: what stands in its place is each row's own.
        values = {"number": f"{ERASED} {id_.hex}", "came_from": "", "error": None}
        quietly(session, update(ProblemSubscriber).where(ProblemSubscriber.id == id_).values(values))
    return [Removed("known problem", len(ids))] if ids else []


ROOM = Room(
    name="problems",
    erased={"problem_subscriber": "the number goes with the person"},
    harmless={"known_problem": "what we said of a problem of our own"},
    erase=erase,
)
