"""What erasing takes from promises: number, reason in words, and what the controller remembers of them.

That a promise was made, when, and what became of it stays for the figures. An open promise of the person is ended
first: nobody is called whose number is not to be known. The controller learns it as it learns of every end.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from callback.models import LIVE_STATES, OPEN_STATES, Callback, CallbackAttempt
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.erasing import ERASED, ErasingWaits, Removed, Room, Scope, changed, quietly

WHY = "the customer's data was erased on request"


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    removed = []
    if scope.person and (scope.linkedids or scope.numbers):
        which = _of_person(scope)
        if session.scalar(select(Callback.id).where(which, Callback.state == "connected").limit(1)):
            raise ErasingWaits("It waits for a promised call that is being made.")
        ids = list(session.scalars(select(Callback.id).where(which, Callback.number != ERASED)))
        ended = update(Callback).where(Callback.id.in_(ids), Callback.state.in_(OPEN_STATES))
        quietly(session, ended.values(state="cancelled", ended_at=utcnow(), end_reason=WHY))
        values: dict[str, Any] = {
            "number": ERASED, "notes": "", "reason_linkedid": None, "reason_from": None, "reason_to": None,
            "snapshot": None, "revision": Callback.revision + 1,
        }  # fmt: skip
        over = Callback.id.in_(ids), Callback.state.not_in(LIVE_STATES)
        removed += changed("promise", quietly(session, update(Callback).where(*over).values(values)))
        tries = update(CallbackAttempt).where(
            or_(CallbackAttempt.callback_id.in_(ids), CallbackAttempt.number.in_(scope.numbers)),
            CallbackAttempt.number != ERASED,
        )
        removed += changed("attempt", quietly(session, tries.values(number=ERASED)))
    return removed


def _of_person(scope: Scope) -> ColumnElement[bool]:
    """Promises that these calls asked for or kept, or to these numbers; never those of a call that is kept."""
    theirs = or_(
        Callback.number.in_(scope.numbers),
        Callback.asked_linkedid.in_(scope.linkedids),
        Callback.connected_linkedid.in_(scope.linkedids),
    )
    kept = [
        or_(column.is_(None), column.not_in(scope.kept))
        for column in (Callback.asked_linkedid, Callback.connected_linkedid)
        if scope.kept
    ]
    return and_(theirs, *kept)


ROOM = Room(
    name="callback",
    erased={
        "callback": "number, reason and memory go with the person; a spoken reason is part of its call",
        "callback_attempt": "the number goes with the person",
    },
    harmless={"callback_wish": "which form or call joined a promise: names of events, no number"},
    erase=erase,
)
