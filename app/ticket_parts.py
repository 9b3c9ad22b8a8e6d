"""Tickets as the worker has them: each conversation on one, its history, what becomes of promises and of quiet ones."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import UUID

from ringback.config import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session, sessionmaker

    from app.worker import Stage
    from callback.models import Callback
    from tickets.continuing import CallbackOfCall


def ticket_stages(settings: Settings, store: sessionmaker[Session]) -> list[Stage]:
    """Broken promises are told, every call gets its ticket, and the ticket the call's history."""
    from app.worker import RARELY_SECONDS, Stage
    from callback import broken
    from survey.service import answers_to_note
    from tickets import poor_answers
    from tickets import service as tickets
    from tickets.callbacks import callback_ticket

    def open_ticket(call_id: str) -> int:
        with store() as session, session.begin():
            return tickets.open_ticket(session, call_id, settings=settings, promised=_promised).number

    def note_call(call_id: str) -> str:
        with store() as session, session.begin():
            tickets.note_call(session, call_id, answers_to_note(session, call_id), settings=settings)
        return call_id

    def tell_poor_answer(call_id: str) -> str:
        with store() as session, session.begin():
            poor_answers.tell(session, call_id)
        return call_id

    def settle_promise(promise_id: str) -> bool:
        with store() as session, session.begin():
            return broken.settle(session, UUID(promise_id), time.time(), tell_on_ticket)

    def tell_on_ticket(session: Session, promise: Callback, subject: str, text: str) -> int:
        return callback_ticket(
            session,
            key=f"promise:{promise.id}",
            number=promise.number,
            language=promise.language,
            line=promise.line,
            arrived_at=promise.arrived_at,
            ticket_number=promise.ticket_number,
            call_id=promise.asked_call_id,
            subject=subject,
            text=text,
            settings=settings,
            promised=_promised,
        )

    return [
        Stage(
            "promises",
            lambda session, _full: [str(id_) for id_ in broken.due(session, time.time())],
            settle_promise,
            poll_seconds=RARELY_SECONDS,
        ),
        Stage(
            "tickets",
            lambda session, _full: tickets.calls_without_ticket(session),
            open_ticket,
            wakes=frozenset({"history"}),
        ),
        Stage(
            "history",
            lambda session, full: tickets.calls_to_note(session, full=full),
            note_call,
            poll_seconds=RARELY_SECONDS,
        ),
        Stage(
            "poor answers",
            lambda session, full: poor_answers.due(session, full=full),
            tell_poor_answer,
            poll_seconds=RARELY_SECONDS,
        ),
    ]


def care_stages(settings: Settings, store: sessionmaker[Session]) -> list[Stage]:
    """Tickets that end without anybody's doing, and what comes late to merged ones: looked for each minute."""
    from app.worker import RARELY_SECONDS, Stage
    from ringback.store.base import utcnow
    from tickets import merging, work

    def close_ticket(number: str) -> bool | None:
        with store() as session, session.begin():
            return work.close_by_itself(session, int(number), settings, utcnow()) or None

    def bring_along(number: str) -> bool | None:
        with store() as session, session.begin():
            return merging.bring_along(session, int(number)) or None

    return [
        Stage(
            "ended tickets",
            lambda session, full: work.to_close(session, settings, utcnow()) if full else [],
            close_ticket,
            poll_seconds=RARELY_SECONDS,
        ),
        Stage(
            "merged tickets",
            lambda session, full: merging.strays(session) if full else [],
            bring_along,
            poll_seconds=RARELY_SECONDS,
        ),
    ]


def _promised(session: Session, call_id: str, number: str | None, arrived_at: datetime) -> CallbackOfCall | None:
    """What tickets are told of the promise that a call belongs to."""
    from callback.conversations import asked_in, continued_by
    from tickets.continuing import CallbackOfCall

    row = continued_by(session, call_id, number, arrived_at)
    kept = row is not None and row.connected_call_id == call_id and row.state != "cancelled"
    if row is None:
        return None
    return CallbackOfCall(row.ticket_number, row.asked_call_id, kept, away=asked_in(session, row, call_id))
