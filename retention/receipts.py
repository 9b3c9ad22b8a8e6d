"""Receipts of listening: nobody is given the sound of a call without one, and the call's agent sees them.

A receipt is written before the first byte goes out. One reason opens a recording for a while (`until`), to one
person; a download is a receipt of its own. Works in the caller's transaction.
"""

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from calls.models import Call
from calls.service import talked_in
from retention.errors import RetentionError
from retention.models import AccessReceipt
from retention.policy import listening_until, plausible_played
from ringback.config import Settings

OWN = "own"
"""The reason of an agent who hears a call in which he or she talked: none is asked for."""
LEFT = "left"
"""The reason of an agent who hears what a caller left for the queue, a message for example: none is asked for."""
ASSIGNED = "assigned"
"""The reason of somebody who hears what he or she was given to hear: none is asked for."""
SHORTEST, LONGEST = 5, 200
"""Characters of a reason in one's own words."""


def reason_of(settings: Settings, chosen: str, words: str) -> str:
    """The reason for the receipt: one of the list, or somebody's own words.

    Raises RetentionError where none is given.
    """
    words = " ".join(words.split())
    if words and settings.playback_access.own_words:
        if len(words) < SHORTEST:
            raise RetentionError("retention.short_reason")
        return words[:LONGEST]
    if chosen in settings.playback_access.reasons:
        return chosen
    raise RetentionError("retention.why_listen")


def give(
    session: Session,
    settings: Settings,
    call_id: str,
    *,
    person: str,
    role: str,
    what: str,
    reason: str,
    address: str,
    seconds: float | None,
    now: datetime,
    original: bool = False,
) -> AccessReceipt:
    """A receipt for `person` and the recording of `seconds`. `what`: listen or download."""
    row = AccessReceipt(
        call_id=call_id,
        person=person,
        role=role,
        what=what,
        reason=reason,
        address=address[:64],
        until=listening_until(now, settings.playback_access.minutes, seconds),
        original=original,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def open_for(
    session: Session, call_id: str, person: str, now: datetime, *, original: bool = False
) -> AccessReceipt | None:
    """The receipt under which `person` may listen to this call now."""
    query = select(AccessReceipt).where(
        AccessReceipt.call_id == call_id,
        AccessReceipt.person == person,
        AccessReceipt.what == "listen",
        AccessReceipt.original == original,
        AccessReceipt.until > now,
    )
    return session.scalars(query.order_by(AccessReceipt.at.desc()).limit(1)).one_or_none()


def note_fetched(session: Session, receipt: AccessReceipt, now: datetime) -> bool:
    """Its first sound is sent. False: that was noted before."""
    first = update(AccessReceipt).where(AccessReceipt.id == receipt.id, AccessReceipt.fetched_at.is_(None))
    done = session.execute(first.values(fetched_at=now), execution_options={"synchronize_session": False})
    return bool(done.rowcount)  # type: ignore[attr-defined]


def note_played(receipt: AccessReceipt, told: float, now: datetime) -> None:
    """How much was played so far, as the browser tells it; a later word never makes it less."""
    played = plausible_played(told, receipt.at, now)
    if played > (receipt.played_seconds or 0.0):
        receipt.played_seconds = played


def of_call(session: Session, call_id: str) -> list[AccessReceipt]:
    """Newest first."""
    query = select(AccessReceipt).where(AccessReceipt.call_id == call_id)
    return list(session.scalars(query.order_by(AccessReceipt.at.desc()).limit(200)))


def listing(
    session: Session, *, agent: str | None, limit: int, before: uuid.UUID | None = None
) -> list[tuple[AccessReceipt, Call]]:
    """Receipts with their calls, newest first: of the calls that `agent` talked in, by others; or all of them.

    `before`: only those older than this one.
    """
    query = select(AccessReceipt, Call).join(Call, Call.call_id == AccessReceipt.call_id)
    if agent is not None:
        query = query.where(talked_in(agent), AccessReceipt.person != agent)
    if before is not None:
        query = query.where(AccessReceipt.id < before)
    found = session.execute(query.order_by(AccessReceipt.id.desc()).limit(limit))
    return [(receipt, call) for receipt, call in found]
