"""A legal hold keeps what it names, whenever it is placed: before the preview, after it, while an erasure works."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from callback.models import Callback
from calls.models import Call, Contact
from recording.models import Recording
from retention import certificate, erasure, holds
from retention.errors import RetentionError
from retention.models import ErasedFile, LegalHold
from ringback.messages import message
from ringback.store.base import utcnow
from ringback.store.erasing import ERASED
from tests.support.retention import (
    NAME,
    NUMBER,
    SECRET,
    ErasureCase,
    ask,
    confirm,
    erase,
    everything,
    place_hold,
    row_of,
)
from transcripts.models import Segment, Transcript


def test_a_held_call_is_left_out_and_said(case: ErasureCase) -> None:
    kept, gone = case.calls
    with case.sessions() as session, session.begin():
        place_hold(session, case.settings, "call", kept, "court case 7", "admin", utcnow())
    key = erase(case)
    assert case.sound(kept).exists() and not case.sound(gone).exists()
    with case.sessions() as session:
        row = row_of(session, key)
        assert row.preview is not None and row.preview["held"] == [kept]
        assert {"what": "hold", "call": kept, "why": certificate.REASONS["hold"]} in (row.certificate or {})["kept"]
        call = session.scalars(select(Call).where(Call.call_id == kept)).one()
        assert call.caller_number == NUMBER and call.contact is not None and call.contact.name == NAME
        words = session.scalars(select(Segment.text).join(Transcript).where(Transcript.call_id == kept)).all()
        assert SECRET in words[0]


@pytest.mark.parametrize("kind", ["number", "ticket"])
def test_a_person_who_is_held_whole_is_refused(case: ErasureCase, kind: str) -> None:
    with case.sessions() as session, session.begin():
        ticket = session.scalars(select(Call.ticket_number).where(Call.call_id == case.calls[0])).one()
        subject = NUMBER if kind == "number" else str(ticket)
        hold = place_hold(session, case.settings, kind, subject, "court case 7", "admin", utcnow())
    key = ask(case)
    assert case.run() == ["refused"]
    with case.sessions() as session, session.begin():
        assert row_of(session, key).error == message("retention.held")
        with pytest.raises(RetentionError):
            erasure.confirm(session, row_of(session, key).id, "admin", utcnow())
        holds.release(session, hold.id, "the case is over", "admin", utcnow())
    erase(case)
    with case.sessions() as session:
        released = session.scalars(select(LegalHold)).one()
        assert kind == "ticket" or (released.subject, released.reason) == (ERASED, ERASED)


def test_a_hold_that_comes_between_preview_and_work_counts(small: ErasureCase) -> None:
    key = ask(small)
    small.run()
    confirm(small, key)
    with small.sessions() as session, session.begin():
        place_hold(session, small.settings, "call", small.calls[1], "court small 7", "admin", utcnow())
    assert small.run()[-1] == "done"
    assert small.sound(small.calls[1]).exists()


def test_a_hold_on_the_number_that_comes_between_preview_and_work_keeps_all(case: ErasureCase) -> None:
    before = everything(case)
    key = ask(case)
    case.run()
    confirm(case, key)
    with case.sessions() as session, session.begin():
        place_hold(session, case.settings, "number", NUMBER, "court case 7", "admin", utcnow())
    assert case.run() == ["refused"]
    with case.sessions() as session:
        row = row_of(session, key)
        assert (row.error, row.removed) == (message("retention.held"), {}) and NUMBER not in (row.number or "")
        assert session.scalars(select(ErasedFile)).all() == []
        assert session.scalars(select(Callback.state).where(Callback.number == NUMBER)).one() == "requested"
    after = everything(case)
    assert all(after.count(word) == before.count(word) for word in (NAME, SECRET))
    assert all(case.sound(call_id).exists() for call_id in case.calls)


def test_a_hold_that_is_being_placed_is_waited_for(case: ErasureCase, until: Callable[..., Any]) -> None:
    """Placed and not committed yet when the erasure begins."""
    key = ask(case)
    case.run()
    confirm(case, key)
    came_to: list[str | None] = []
    worker = threading.Thread(target=lambda: came_to.append(erasure.work(case.eraser, key)))
    with case.sessions() as session, session.begin():
        place_hold(session, case.settings, "number", NUMBER, "court case 7", "admin", utcnow())
        worker.start()
        if session.get_bind().dialect.name == "postgresql":
            with case.sessions() as other:
                until(lambda: other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
    worker.join()
    assert came_to == ["refused"]
    assert case.sound(case.calls[0]).exists()


def test_a_hold_that_comes_when_a_part_is_gone_keeps_the_rest(
    small: ErasureCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "CHUNK", 1)
    key = ask(small)
    small.run()
    confirm(small, key)
    real, seen = erasure._empty, []

    def then_held(session: Session, *rest: Any) -> None:
        real(session, *rest)
        seen.append(rest)
        place_hold(session, small.settings, "number", NUMBER, "court case 7", "admin", utcnow())

    monkeypatch.setattr(erasure, "_empty", then_held)
    assert small.run() == ["done"]
    assert len(seen) == 1
    gone, kept = small.calls
    assert not small.sound(gone).exists() and small.sound(kept).exists()
    with small.sessions() as session:
        row = row_of(session, key)
        assert {"what": "hold", "call": kept, "why": certificate.REASONS["hold"]} in (row.certificate or {})["kept"]
        assert session.scalars(select(Contact).where(Contact.number == NUMBER)).one().name == NAME


def test_calls_whose_time_is_up_and_that_are_all_held_by_now_end_their_erasure(small: ErasureCase) -> None:
    """It must not stand in the way of the next day's."""
    with small.sessions() as session, session.begin():
        for row in session.scalars(select(Recording).where(Recording.call_id.in_(small.calls))):
            row.keep_until = utcnow() - timedelta(minutes=1)
    assert erasure.begin_by_age(small.sessions) is not None
    with small.sessions() as session, session.begin():
        place_hold(session, small.settings, "number", NUMBER, "court case 7", "admin", utcnow())
    assert small.run() == ["done"]
    assert all(small.sound(call_id).exists() for call_id in small.calls)
