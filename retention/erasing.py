"""What erasing takes from retention's own rows: the words of those who held or heard a call.

Who heard it and when, and that there was a hold, stays: it is what we answer for. A hold that stands is never touched;
nothing under it is erased.
"""

from sqlalchemy import update
from sqlalchemy.orm import Session

from retention.models import AccessReceipt, LegalHold
from ringback.config import Settings
from ringback.store.erasing import ERASED, Removed, Room, Scope, changed, quietly


def erase(session: Session, settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    removed = []
    if scope.person and scope.call_ids:
        removed += _words_about(session, settings, scope)
    if scope.person and scope.numbers:
        released = LegalHold.released_at.is_not(None), LegalHold.kind == "number", LegalHold.subject.in_(scope.numbers)
        values = {"subject": ERASED, "reason": ERASED, "release_reason": ERASED}
        removed += changed("hold", quietly(session, update(LegalHold).where(*released).values(values)))
    return removed


def _words_about(session: Session, settings: Settings, scope: Scope) -> list[Removed]:
    """Reasons in somebody's own words may name the caller; one from the list does not."""
    own = AccessReceipt.reason.not_in([*settings.playback_access.reasons, "own", "assigned", ERASED])
    heard = update(AccessReceipt).where(AccessReceipt.call_id.in_(scope.call_ids), own)
    removed = changed("reason", quietly(session, heard.values(reason=ERASED)))
    held = update(LegalHold).where(
        LegalHold.kind == "call",
        LegalHold.subject.in_(scope.call_ids),
        LegalHold.released_at.is_not(None),
        LegalHold.reason != ERASED,
    )
    return removed + changed("reason", quietly(session, held.values(reason=ERASED, release_reason=ERASED)))


ROOM = Room(
    name="retention",
    erased={
        "access_receipt": "a reason in somebody's own words goes with the person; who heard it and when stays",
        "hold": "of released ones: number and reasons go with the person",
    },
    harmless={
        "erasure": "the number goes when it is done; what is left is the certificate",
        "erased_file": "names of files that are gone, with their sha256, for the certificate",
    },
    erase=erase,
)
