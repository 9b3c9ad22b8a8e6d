"""Promises that were broken become one alarm and one entry on a ticket each, whoever ended them."""

import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.bootstrap import worker_stages
from callback import broken
from callback.models import Callback
from callback.requests import CallbackRequest
from callback.service import promise
from calls.models import Call
from ringback.config import Settings
from ringback.messages import text
from ringback.store.alarms import clear_alarm, raise_alarm, standing_alarms
from ringback.store.base import utc
from ringback.store.bus import Alarm
from tickets.callbacks import callback_ticket
from tickets.models import Ticket, TicketEntry

Sessions = sessionmaker[Session]

SETTINGS = Settings()
NOW = datetime(2026, 11, 18, 17, 0, tzinfo=UTC).timestamp()
DAY = 86400.0
NUMBER = "+12025550123"


def ask(store: Sessions, **changes: Any) -> UUID:
    wish = CallbackRequest(**{"number": NUMBER, "line": "1000", "source": "form", **changes})
    with store() as session, session.begin():
        return promise(session, SETTINGS, wish, NOW).id


def tell(session: Session, row: Callback, subject: str, text: str) -> int:
    return callback_ticket(
        session, key=f"promise:{row.id}", number=row.number, language=row.language, line=row.line,
        arrived_at=row.arrived_at, ticket_number=row.ticket_number, call_id=row.asked_call_id,
        subject=subject, text=text, settings=SETTINGS,
    )  # fmt: skip


def expire(store: Sessions, now: float) -> list[UUID]:
    with store() as session, session.begin():
        return [id_ for id_ in broken.due(session, now) if broken.settle(session, id_, now, tell)]


def row_of(store: Sessions, promise_id: UUID) -> Callback:
    with store() as session:
        return session.get_one(Callback, promise_id)


def told(store: Sessions) -> tuple[list[Alarm], list[Ticket], list[str]]:
    """Standing alarms, tickets, and the texts of entries about promises."""
    with store() as session:
        tickets = list(session.scalars(select(Ticket).order_by(Ticket.number)))
        entries = select(TicketEntry.text).where(TicketEntry.kind == "callback")
        return standing_alarms(session), tickets, list(session.scalars(entries))


def test_a_promise_that_expired_is_one_alarm_and_one_ticket(store: Sessions) -> None:
    promise_id = ask(store)
    assert expire(store, NOW + DAY - 1) == []
    assert expire(store, NOW + DAY) == [promise_id]
    for later in range(3):
        assert expire(store, NOW + DAY + later) == []
    [alarm], [ticket], [text] = told(store)
    row = row_of(store, promise_id)
    assert (row.state, row.ended_at, row.reported_at) == ("expired", utc(NOW + DAY), utc(NOW + DAY))
    assert (row.ticket_number, ticket.priority, ticket.status) == (ticket.number, "high", "open")
    assert ticket.subject == f"A promised call was not made: please call {NUMBER}"
    assert text == f"The promise to call {NUMBER} back has expired: nobody could call in time."
    assert (alarm.kind, alarm.subject, alarm.level) == ("callback.broken", str(promise_id), "red")
    assert {name: alarm.args[name] for name in ("number", "state", "reason", "ticket")} == {
        "number": NUMBER,
        "state": "expired",
        "reason": "Nobody could call in time.",
        "ticket": ticket.number,
    }


def test_one_that_the_controller_gave_up_is_told_in_its_own_language(store: Sessions) -> None:
    promise_id = ask(store, line="1001", number="+74951234567")
    with store() as session, session.begin():
        values = {"state": "failed", "ended_at": utc(NOW), "attempts": 3, "last_outcome": "machine"}
        session.execute(update(Callback).where(Callback.id == promise_id).values(**values))
    assert expire(store, NOW) == [promise_id]
    [alarm], [ticket], [text] = told(store)
    assert ticket.subject == "Обратный звонок не состоялся: позвоните на номер +74951234567"
    assert text.endswith("дозвониться не удалось. Попыток: 3; последняя: автоответчик.")
    assert (alarm.level, alarm.text.endswith("Attempts: 3; the last: answering machine.")) == ("yellow", True)


@pytest.mark.parametrize("state", ["done", "cancelled", "connected"])
def test_what_is_kept_or_no_longer_wanted_alarms_nobody(store: Sessions, state: str) -> None:
    promise_id = ask(store)
    with store() as session, session.begin():
        session.execute(update(Callback).where(Callback.id == promise_id).values(state=state))
    assert expire(store, NOW + 9 * DAY) == []
    assert told(store) == ([], [], [])


def test_a_promise_that_is_being_dialled_is_ended_only_when_its_controller_is_gone(store: Sessions) -> None:
    promise_id = ask(store)
    with store() as session, session.begin():
        session.execute(update(Callback).where(Callback.id == promise_id).values(state="dialling_customer"))
    assert expire(store, NOW + DAY + 60) == []
    assert expire(store, NOW + DAY + broken.UNDER_WAY_SECONDS) == [promise_id]


def test_it_goes_on_the_ticket_of_the_call_in_which_it_was_given(store: Sessions) -> None:
    with store() as session, session.begin():
        session.add(
            Call(
                call_id="1.1",
                line="1000",
                language="en",
                caller_number=NUMBER,
                caller_name="",
                state="ended",
                result="promised",
                arrived_at=utc(NOW),
            )
        )
    promise_id = ask(store, source="queue", call_id="1.1")
    assert expire(store, NOW + DAY) == [promise_id]
    _, [ticket], [_] = told(store)
    with store() as session:
        assert session.scalars(select(Call.ticket_number)).one() == ticket.number
    assert row_of(store, promise_id).ticket_number == ticket.number
    assert ticket.priority == "high"


def test_a_call_that_was_erased_leaves_a_ticket_of_its_own(store: Sessions) -> None:
    ask(store, source="queue", call_id="9.9")
    expire(store, NOW + DAY)
    assert len(told(store)[1]) == 1


def test_a_ticket_that_cannot_be_written_leaves_the_promise_for_the_next_time(store: Sessions) -> None:
    promise_id = ask(store)

    def refuse(*_: Any) -> int:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError), store() as session, session.begin():
        broken.settle(session, promise_id, NOW + DAY, refuse)
    assert row_of(store, promise_id).state == "requested"
    assert told(store) == ([], [], [])
    assert expire(store, NOW + DAY) == [promise_id]


def test_two_workers_at_once_tell_it_once(store: Sessions) -> None:
    promise_id = ask(store)
    start, answers = threading.Barrier(4), []

    def run() -> None:
        start.wait(10)
        with store() as session, session.begin():
            answers.append(broken.settle(session, promise_id, NOW + DAY, tell))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [False, False, False, True]
    assert [len(part) for part in told(store)] == [1, 1, 1]


def test_the_worker_does_it(sqlite_store: Sessions, settings: Settings) -> None:
    promise_id = ask(sqlite_store)
    with sqlite_store() as session, session.begin():
        session.execute(update(Callback).values(expires_at=utc(NOW - DAY * 400)))
    stage = next(stage for stage in worker_stages(settings, sqlite_store) if stage.name == "promises")
    with sqlite_store() as session:
        keys = stage.due(session, False)
    assert keys == [str(promise_id)]
    assert stage.work(keys[0]) is True
    assert [len(part) for part in told(sqlite_store)] == [1, 1, 1]
    with sqlite_store() as session:
        assert stage.due(session, False) == []


def test_an_alarm_stands_once_until_somebody_saw_to_it(store: Sessions) -> None:
    def ring(subject: str) -> bool:
        with store() as session, session.begin():
            return raise_alarm(session, "disk.full", subject, text("No room."), "yellow", utc(NOW), free=1)

    assert [ring("a"), ring("a"), ring("b")] == [True, False, True]
    with store() as session, session.begin():
        assert clear_alarm(session, "disk.full", "a", utc(NOW), by="anna")
        assert not clear_alarm(session, "disk.full", "a", utc(NOW))
    with store() as session:
        assert [alarm.subject for alarm in standing_alarms(session)] == ["b"]
    assert ring("a")
