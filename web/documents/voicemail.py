"""Messages that callers left as JSON documents: where each stands, who has it, its words. Reads only."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session

from callback.models import Callback
from calls.models import Call
from calls.service import OwnCalls, belongs_to
from recording.models import Recording
from voicemail.models import VoiceMessage
from voicemail.service import is_answered, is_kept, is_new
from web.documents.facts import Document, call_facts, iso
from web.documents.reasons import spoken_words
from web.documents.recordings import state_of as sound_state

SHOWN = ("open", "mine", "answered", "silent")
"""What a list may be of: waits for an answer, is mine, was answered, has nothing in it."""
MOST = 100
WHOLE = 1e6
"""Where a message ends of which nobody noted where."""


def messages_document(
    session: Session, shown: str, who: str, own: OwnCalls | None, queue: str = "", most: int = MOST
) -> Document:
    """`{"shown": "open", "count": n, "new": n, "messages": [...]}`: what waits the oldest first, all else the newest.

    `own`: whose calls alone are listed; None: all.
    """
    mine = [] if own is None else [belongs_to(own)]
    wanted = [*mine, _wanted(shown, who), *([Call.queue == queue] if queue else [])]
    order = VoiceMessage.left_at.asc() if shown in ("open", "mine") else VoiceMessage.left_at.desc()
    rows = session.execute(_messages().where(*wanted).order_by(order, VoiceMessage.id).limit(most)).tuples().all()
    return {
        "shown": shown,
        "count": _count(session, wanted),
        "new": count_new(session, own),
        "messages": _documents(session, rows),
    }


def message_document(session: Session, key: uuid.UUID) -> Document | None:
    """One message; None: there is none."""
    found = _documents(session, session.execute(_messages().where(VoiceMessage.id == key)).tuples().all())
    return next(iter(found), None)


def count_new(session: Session, own: OwnCalls | None) -> int:
    """How many of the messages that somebody may see nobody has heard or taken."""
    return _count(session, [is_new(), *([] if own is None else [belongs_to(own)])])


def _wanted(shown: str, who: str) -> ColumnElement[bool]:
    waits = and_(not_(is_answered()), VoiceMessage.silent.is_(False))
    mine = and_(not_(is_answered()), VoiceMessage.owner == who)
    return {"mine": mine, "answered": is_answered(), "silent": VoiceMessage.silent.is_(True)}.get(shown, waits)


def _messages() -> Any:
    kept = is_kept()
    return (
        select(VoiceMessage, Call, Callback, kept, Recording.state)
        .join(Call, Call.call_id == VoiceMessage.call_id)
        .outerjoin(Callback, Callback.id == VoiceMessage.callback_id)
        .outerjoin(Recording, Recording.call_id == VoiceMessage.call_id)
    )


def _count(session: Session, wanted: list[ColumnElement[bool]]) -> int:
    query = select(func.count()).select_from(VoiceMessage).join(Call, Call.call_id == VoiceMessage.call_id)
    return session.scalar(query.where(*wanted)) or 0


def _documents(session: Session, rows: Any) -> list[Document]:
    intervals = [
        (row.call_id, row.from_seconds or 0.0, WHOLE if row.to_seconds is None else row.to_seconds, call.language)
        for row, call, *_ in rows
    ]
    words = spoken_words(session, intervals)
    return [_document(row, said) for row, said in zip(rows, words, strict=True)]


def _document(found: tuple[VoiceMessage, Call, Callback | None, bool | None, str | None], words: Document) -> Document:
    row, call, callback, kept, sound = found
    by_call = callback if kept and row.answered_at is None else None
    answered_at = by_call.ended_at if by_call else row.answered_at
    facts = call_facts(call)
    return {
        "id": str(row.id),
        **{name: facts[name] for name in ("call_id", "line", "language", "caller_number", "caller_name", "queue")},
        "menu_path": call.menu_path,
        "ticket": call.ticket_number,
        "left_at": iso(row.left_at),
        "from": row.from_seconds,
        "to": row.to_seconds,
        "seconds": None if row.from_seconds is None or row.to_seconds is None else row.to_seconds - row.from_seconds,
        "silent": row.silent,
        "state": _state(row, answered=answered_at is not None),
        "heard_at": iso(row.heard_at),
        "heard_by": row.heard_by,
        "owner": row.owner,
        "owned_at": iso(row.owned_at),
        "answered_at": iso(answered_at),
        "answered_by": by_call.agent if by_call else row.answered_by,
        "how": row.how,
        "by_callback": by_call is not None,
        "callback": None if callback is None else {"id": str(callback.id), "state": callback.state},
        "sound": sound_state(call, sound),
        "words": words,
    }


def _state(row: VoiceMessage, *, answered: bool) -> str:
    if answered:
        return "answered"
    if row.owner is not None:
        return "owned"
    return "heard" if row.heard_at is not None else "new"
