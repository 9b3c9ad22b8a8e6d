"""Promises in the store, on a real SQLite and a real PostgreSQL: made once, moved on, ended once."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from callback import service
from callback.board import LATE_AFTER, board, place_of
from callback.errors import CallbackError
from callback.models import Callback, CallbackAttempt, JoinedRequest
from callback.requests import FARTHEST_DAYS, MOST_NOTES, WINDOW_SECONDS, CallbackRequest
from callback.service import CallbackUpdate, RequestOutcome, promise
from ringback.config import Callbacks, Queue, Settings
from ringback.messages import message, text
from ringback.store.base import utc
from tickets.service import open_callback_ticket

Sessions = sessionmaker[Session]

SETTINGS = Settings()
NOW = datetime(2026, 11, 18, 17, 0, tzinfo=UTC).timestamp()
"""Noon in New York, eight in the evening in Moscow."""
NUMBER, OTHER = "+12025550123", "+12025550124"
MOSCOW = "+74951234567"


def ask(store: Sessions, now: float = NOW, settings: Settings = SETTINGS, **changes: Any) -> RequestOutcome:
    wish = CallbackRequest(**{"number": NUMBER, "line": "1000", "source": "form", **changes})
    with store() as session, session.begin():
        return promise(session, settings, wish, now)


def rows(store: Sessions) -> list[Callback]:
    with store() as session:
        return list(session.scalars(select(Callback).order_by(Callback.id)))


def count(store: Sessions, kind: Any) -> int:
    with store() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def write(promise_id: UUID, state: str, **changes: Any) -> CallbackUpdate:
    nothing = dict.fromkeys(CallbackUpdate.__dataclass_fields__)
    return CallbackUpdate(**{**nothing, "id": promise_id, "state": state, "attempts": 0, **changes})


def move(store: Sessions, *writes: CallbackUpdate) -> set[UUID]:
    """As the controller does it: on a plain connection."""
    with store.kw["bind"].begin() as connection:
        return service.apply(connection, writes)


# -- making ------------------------------------------------------------------------------------------------


def test_a_wish_becomes_a_promise_with_all_that_is_known(store: Sessions) -> None:
    path = [{"menu": "main", "key": "2", "label": "An order or a bill"}]
    made = ask(
        store, number="202 555 0123", source="queue", source_key="call:1.1", queue="billing", language="ru",
        arrived_at=NOW - 300, told_by=NOW + 600, menu_path=path, call_id="1.1", notes=" My bill\x00 is wrong. ",
    )  # fmt: skip
    [row] = rows(store)
    assert made == RequestOutcome(row.id, NUMBER, joined=False, again=False)
    assert (row.number, row.line, row.queue, row.language, row.state) == (NUMBER, "1000", "billing", "ru", "requested")
    assert (row.arrived_at, row.requested_at, row.due_at) == (utc(NOW - 300), utc(NOW), utc(NOW))
    assert (row.told_by, row.expires_at) == (utc(NOW + 600), utc(NOW + 86400))
    assert (row.menu_path, row.asked_call_id, row.notes) == (path, "1.1", "My bill is wrong.")
    assert (row.attempts, row.snapshot, row.ended_at, row.reported_at) == (0, None, None, None)


def test_a_spoken_reason_is_a_stretch_of_the_call_that_asked_and_the_newest_counts(store: Sessions) -> None:
    ask(store, source="queue", call_id="1.1", reason_from=12.0, reason_to=20.5)
    ask(store, source="form", call_id=None, reason_from=1.0, reason_to=2.0)
    ask(store, source="queue", call_id="1.2", reason_from=5.0, reason_to=5.0)
    [row] = rows(store)
    found = (row.reason_call_id, row.reason_from, row.reason_to)
    assert found == ("1.1", 12.0, 20.5), "what is no stretch of a call changes nothing"
    ask(store, source="queue", call_id="1.3", reason_from=3.0, reason_to=9.0)
    [row] = rows(store)
    assert (row.asked_call_id, row.reason_call_id, row.reason_from) == ("1.1", "1.3", 3.0)


def test_a_promise_is_on_the_ticket_that_it_was_made_for_first(store: Sessions) -> None:
    with store() as session, session.begin():
        opened = [
            open_callback_ticket(session, NUMBER, "en", "1000", utc(NOW), "A bill", settings=SETTINGS).number
            for _ in range(2)
        ]
    ask(store, source="form")
    for ticket in opened:
        ask(store, source="agent", ticket_number=ticket)
    [row] = rows(store)
    assert row.ticket_number == opened[0]


def test_without_a_queue_it_is_that_of_a_person_and_the_lines_language(store: Sessions) -> None:
    ask(store, line="1001", number="8 495 123-45-67")
    [row] = rows(store)
    assert (row.number, row.queue, row.language) == (MOSCOW, "support", "ru")


def test_a_wish_at_night_is_due_in_the_morning_unless_it_comes_by_phone(store: Sessions) -> None:
    night = NOW + 11 * 3600
    ask(store, night)
    ask(store, night, number=OTHER, source="queue")
    by_form, by_phone = rows(store)
    assert by_form.due_at == datetime(2026, 11, 19, 14, 0, tzinfo=UTC)
    assert by_phone.due_at == utc(night)


def test_who_asks_at_closed_hours_is_called_when_we_are_open_and_the_customer_is_up(store: Sessions) -> None:
    monday = NOW + 5 * 86400 - 5 * 3600
    ask(store, source="closed", not_before=monday)
    [row] = rows(store)
    assert row.due_at == datetime(2026, 11, 23, 14, 0, tzinfo=UTC), "nine where the number is"
    assert row.expires_at == row.due_at + timedelta(days=1), "a weekend does not break it"


def test_a_wish_that_lay_in_the_spool_for_long_expires_a_day_after_it_was_made(store: Sessions) -> None:
    ask(store, source="fallback", requested_at=NOW - 20 * 3600)
    [row] = rows(store)
    assert (row.requested_at, row.due_at) == (utc(NOW - 20 * 3600), utc(NOW))
    assert row.expires_at == utc(NOW + 4 * 3600)


def test_a_chosen_time_is_kept_and_expires_a_day_after_it(store: Sessions) -> None:
    chosen = NOW + 3 * 86400
    ask(store, source="agent", created_by="anna", at=chosen)
    [row] = rows(store)
    assert (row.due_at, row.expires_at, row.created_by) == (utc(chosen), utc(chosen + 86400), "anna")
    assert row.told_by == utc(chosen + WINDOW_SECONDS)
    for passed, place in ((-1, "later"), (WINDOW_SECONDS, "due"), (WINDOW_SECONDS + 1, "late")):
        assert place_of(row, chosen + passed) == place
    row.attempts, row.next_attempt_at = 1, utc(chosen + WINDOW_SECONDS + 300)
    assert place_of(row, chosen + WINDOW_SECONDS + 1) == "later", "what was told was tried"


OFF = Settings(
    queues={
        "support": Queue(name="Support", agents=["anna"]),
        "billing": Queue(name="Billing", agents=["anna"], callback="off"),
    }
)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("wrong_digits", {"number": "12345678"}),
        ("no_number", {"number": ""}),
        ("no_number", {"number": "500&PJSIP/trunk/1900"}),
        ("no_number", {"number": "<img src=x onerror=alert(1)>"}),
        ("short_number", {"number": "911"}),
        ("premium", {"number": "+19005550123"}),
        ("not_our_country", {"number": "+442079460018"}),
        ("not_our_country", {"number": "+18765551234"}),
        ("no_line", {"line": "4711"}),
        ("no_source", {"source": "carrier pigeon"}),
        ("no_queue", {"queue": "nowhere"}),
        ("off", {"queue": "billing"}),
        ("past", {"at": NOW - 3600}),
        ("far", {"at": NOW + (FARTHEST_DAYS + 1) * 86400}),
        ("hours", {"at": NOW + 10 * 3600}),
        ("notes", {"notes": "x" * (MOST_NOTES + 1)}),
    ],
)
def test_what_cannot_be_promised_is_told_in_a_sentence_and_nothing_is_half_done(
    store: Sessions, code: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(CallbackError) as caught:
        ask(store, settings=OFF, **changes)
    assert caught.value.code == f"callback.{code}"
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    assert (count(store, Callback), count(store, JoinedRequest)) == (0, 0)


def test_a_form_that_took_a_while_to_fill_in_is_not_in_the_past(store: Sessions) -> None:
    ask(store, at=NOW - 30)
    assert rows(store)[0].due_at == utc(NOW)


@pytest.mark.parametrize(("limit", "code"), [("per_number_per_day", "number_limit"), ("per_day", "day_limit")])
def test_nobody_is_promised_a_call_that_todays_limits_forbid(store: Sessions, limit: str, code: str) -> None:
    settings = Settings(callbacks=Callbacks.model_validate({limit: 2}))
    first = ask(store)
    with store() as session, session.begin():
        for attempt in (1, 2):
            service.record_attempt(session, first.id, attempt, NUMBER, NOW - attempt, "anna", "busy")
        service.record_attempt(session, first.id, 3, NUMBER, NOW - 86400, "anna", "busy")
    assert ask(store, settings=settings).joined, "the promise that stands may be joined"
    with store() as session, session.begin():
        service.cancel(session, first.id, text("enough"), NOW)
    with pytest.raises(CallbackError) as caught:
        ask(store, settings=settings)
    assert caught.value.code == f"callback.{code}"
    assert count(store, Callback) == 1
    ask(store, NOW + 86400, settings=settings)


# -- one open promise a number -----------------------------------------------------------------------------


def test_a_form_sent_a_hundred_times_is_one_promise(store: Sessions) -> None:
    first = ask(store, notes="It burns.")
    for again in range(100):
        assert ask(store, NOW + again, notes="It burns.") == RequestOutcome(first.id, NUMBER, joined=True, again=False)
    [row] = rows(store)
    assert (row.requested_at, row.notes) == (utc(NOW), "It burns.")
    assert count(store, JoinedRequest) == 0


def test_a_wish_that_joins_brings_a_better_place_and_an_earlier_time_never_a_worse(store: Sessions) -> None:
    ask(store, at=NOW + 7200, notes="first")
    ask(store, source="queue", source_key="call:2.2", arrived_at=NOW - 60, call_id="2.2", notes="second")
    ask(store, at=NOW + 3600, notes="third")
    [row] = rows(store)
    assert (row.arrived_at, row.due_at, row.asked_call_id) == (utc(NOW - 60), utc(NOW), "2.2")
    assert row.notes == "first\nsecond\nthird"


def test_a_person_of_ours_may_choose_a_later_time(store: Sessions) -> None:
    ask(store)
    assert ask(store, source="agent", at=NOW + 86400, created_by="anna").joined
    [row] = rows(store)
    assert (row.due_at, row.expires_at) == (utc(NOW + 86400), utc(NOW + 2 * 86400))


def test_notes_that_join_have_an_end(store: Sessions) -> None:
    for wish in range(10):
        ask(store, notes=f"{wish}" * MOST_NOTES)
    assert len(rows(store)[0].notes) == 2 * MOST_NOTES


def test_the_same_wish_again_changes_nothing_even_when_its_promise_is_over(store: Sessions) -> None:
    first = ask(store, source="fallback", source_key="1.json")
    second = ask(store, source="fallback", source_key="2.json")
    assert (first.joined, second.joined, second.again) == (False, True, False)
    with store() as session, session.begin():
        service.cancel(session, first.id, text("called in"), NOW)
    for key, joined in (("1.json", False), ("2.json", True)):
        assert ask(store, source="fallback", source_key=key) == RequestOutcome(
            first.id, NUMBER, joined=joined, again=True
        )
    assert count(store, Callback) == 1
    assert ask(store, source="fallback", source_key="3.json").joined is False


def test_while_two_people_talk_another_call_may_be_promised(store: Sessions) -> None:
    first = ask(store)
    move(store, write(first.id, "connected", connected_call_id="c"))
    later = ask(store, source="agent", at=NOW + 86400)
    assert not later.joined
    assert [row.state for row in rows(store)] == ["connected", "requested"]


def at_once(run: Any, times: int) -> list[Any]:
    """What `run` gave, called in so many threads at the same moment."""
    start, answers = threading.Barrier(times), []

    def one() -> None:
        start.wait(10)
        answers.append(run())

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == times
    return answers


def test_wishes_at_the_same_moment_are_one_promise(store: Sessions) -> None:
    answers = at_once(lambda: ask(store), 8)
    assert [row.state for row in rows(store)] == ["requested"]
    assert sorted(answer.joined for answer in answers) == [False] + [True] * 7
    assert {answer.id for answer in answers} == {rows(store)[0].id}


def test_the_same_wish_at_the_same_moment_is_taken_in_once(store: Sessions) -> None:
    answers = at_once(lambda: ask(store, source_key="one"), 8)
    assert sorted(answer.again for answer in answers) == [False] + [True] * 7
    assert count(store, Callback) == 1


def test_an_error_while_it_is_written_leaves_nothing(store: Sessions) -> None:
    ask(store)

    def refuse(*_: Any) -> None:
        raise RuntimeError("the lights went out")

    event.listen(store.class_, "before_commit", refuse)
    try:
        with pytest.raises(RuntimeError):
            ask(store, number=OTHER, source_key="x")
        with pytest.raises(RuntimeError):
            ask(store, source_key="y", notes="joined")
    finally:
        event.remove(store.class_, "before_commit", refuse)
    [row] = rows(store)
    assert (row.number, row.notes, count(store, JoinedRequest)) == (NUMBER, "", 0)


def test_who_was_told_already_gets_a_promise_or_a_person(store: Sessions) -> None:
    def given(**changes: Any) -> RequestOutcome:
        wish = CallbackRequest(**{"number": NUMBER, "line": "1000", "source": "queue", **changes})
        with store.kw["bind"].begin() as connection:
            return service.promise_given(connection, SETTINGS, wish, NOW)

    assert not given(source_key="a").joined
    assert given(source_key="b").joined
    forbidden = given(source_key="c", number="+442079460018", call_id="1.1", queue="support")
    assert given(source_key="c", number="+442079460018") == RequestOutcome(
        forbidden.id, "+442079460018", joined=False, again=True
    )
    row = next(row for row in rows(store) if row.id == forbidden.id)
    assert (row.state, row.ended_at, row.asked_call_id) == ("failed", utc(NOW), "1.1")
    assert "may not be called" in str(row.end_reason)


def test_a_controller_sees_what_a_later_wish_has_changed(store: Sessions) -> None:
    def seen() -> list[tuple[str, int]]:
        with store() as session:
            return [(row.number, row.revision) for row in service.news(session)]

    made = ask(store)
    assert seen() == [(NUMBER, 1)]
    move(store, write(made.id, "requested", revision=1))
    assert seen() == []
    ask(store, arrived_at=NOW - 60)
    assert seen() == [(NUMBER, 2)]
    move(store, write(made.id, "due", revision=1))
    assert seen() == [(NUMBER, 2)], "what was written meanwhile did not know of it"
    move(store, write(made.id, "due", revision=2))
    assert seen() == []


# -- moving and ending -------------------------------------------------------------------------------------


def test_the_controller_writes_each_step_and_each_attempt_once(store: Sessions) -> None:
    made = ask(store)
    dialling = write(made.id, "dialling_customer", attempts=1, agent="anna", last_attempt_at=NOW, snapshot={"a": 1})
    for _ in range(2):
        assert move(store, dialling) == set()
    with store() as session:
        [attempt] = service.attempts_of(session, made.id)
        assert (attempt.number, attempt.at, attempt.agent, attempt.outcome) == (NUMBER, utc(NOW), "anna", None)
        assert service.calls_made(session, NUMBER, NOW, SETTINGS) == (1, 1)
    busy = write(
        made.id,
        "requested",
        attempts=1,
        agent="anna",
        last_attempt_at=NOW,
        last_outcome="busy",
        next_attempt_at=NOW + 300,
    )
    move(store, busy)
    [row] = rows(store)
    assert (row.state, row.attempts, row.last_outcome, row.next_attempt_at) == ("requested", 1, "busy", utc(NOW + 300))
    again = NOW + 300
    move(store, write(made.id, "dialling_customer", attempts=2, agent="boris", last_attempt_at=again))
    move(store, write(made.id, "done", attempts=2, last_outcome="answered", last_attempt_at=again, ended_at=NOW + 400))
    with store() as session:
        assert [each.outcome for each in service.attempts_of(session, made.id)] == ["busy", "answered"]
        assert service.calls_today(session, NOW, SETTINGS) == [(NUMBER, NOW), (NUMBER, again)]
        assert service.live(session) == []


@pytest.mark.parametrize("end", ["done", "failed", "cancelled", "expired"])
def test_an_end_is_the_end(store: Sessions, end: str) -> None:
    made = ask(store)
    assert move(store, write(made.id, end, ended_at=NOW, end_reason=text("so"))) == set()
    for state in ("requested", "due", "dialling_agent", "connected", "done", "failed", "cancelled", "expired"):
        attempt = {"attempts": 1, "last_attempt_at": NOW}
        assert move(store, write(made.id, state, ended_at=NOW + 5, **attempt)) == {made.id}
    [row] = rows(store)
    assert (row.state, row.ended_at, row.end_reason) == (end, utc(NOW), text("so"))
    assert count(store, CallbackAttempt) == 0
    with store() as session, session.begin(), pytest.raises(CallbackError) as caught:
        service.cancel(session, made.id, text("no"), NOW)
    assert caught.value.code == "callback.ended"


def test_what_is_not_there_is_refused(store: Sessions) -> None:
    missing = UUID(int=7)
    assert move(store, write(missing, "due")) == {missing}
    with store() as session, session.begin(), pytest.raises(CallbackError) as caught:
        service.cancel(session, missing, text("no"), NOW)
    assert caught.value.code == "callback.unknown"


def test_who_is_being_talked_with_cannot_be_cancelled(store: Sessions) -> None:
    made = ask(store)
    move(store, write(made.id, "connected"))
    with store() as session, session.begin(), pytest.raises(CallbackError) as caught:
        service.cancel(session, made.id, text("no"), NOW)
    assert caught.value.code == "callback.talking"


def test_a_promise_in_whose_call_nobody_talked_gives_way_to_a_newer_one(store: Sessions) -> None:
    first = ask(store)
    move(store, write(first.id, "connected", connected_call_id="1.5"))
    second = ask(store)
    assert second.id != first.id, "while they are connected another may be asked for"
    refused = move(store, write(first.id, "requested", connected_call_id="1.5"))
    assert refused == {first.id}, "the controller forgets it"
    states = {row.id: (row.state, row.end_reason) for row in rows(store)}
    assert states[first.id] == ("cancelled", message("callback.newer"))
    assert states[second.id] == ("requested", None)


def test_only_one_of_many_ends_it(store: Sessions) -> None:
    made = ask(store)

    def end() -> bool:
        try:
            with store() as session, session.begin():
                service.cancel(session, made.id, text("at once"), NOW)
        except CallbackError:
            return False
        return True

    assert sorted(at_once(end, 6)) == [False] * 5 + [True]


def test_promises_are_found_by_the_calls_that_asked_or_kept_them(store: Sessions) -> None:
    first = ask(store, source="queue", call_id="1.1")
    move(store, write(first.id, "done", connected_call_id="1.9", ended_at=NOW))
    ask(store, number=OTHER)
    with store() as session:
        for call_id in ("1.1", "1.9"):
            assert [row.id for row in service.of_calls(session, [call_id])] == [first.id]
        assert service.of_calls(session, ["1.5"]) == []
        assert [row.number for row in service.live(session)] == [OTHER]


# -- the board ---------------------------------------------------------------------------------------------


def test_the_board_shows_each_promise_in_one_place(store: Sessions) -> None:
    numbers = [f"+120255501{n:02}" for n in range(10)]
    due, late, told, later, tried, kept, broken, cancelled, yesterday, talking = (
        ask(store, number=number, told_by=NOW - 1 if n == 2 else None, at=NOW + 3600 if n == 3 else None)
        for n, number in enumerate(numbers)
    )
    with store() as session, session.begin():
        session.get_one(Callback, late.id).due_at = utc(NOW) - LATE_AFTER - timedelta(seconds=1)
    move(
        store,
        write(tried.id, "requested", attempts=1, last_attempt_at=NOW, last_outcome="busy", next_attempt_at=NOW + 300),
        write(kept.id, "done", ended_at=NOW),
        write(broken.id, "expired", ended_at=NOW, end_reason=text("nobody")),
        write(cancelled.id, "cancelled", ended_at=NOW),
        write(yesterday.id, "done", ended_at=NOW - 86400),
        write(talking.id, "connected"),
    )
    with store() as session:
        shown = board(session, NOW, SETTINGS)
    places = {
        row["id"]: place for place in ("due", "late", "later", "kept", "broken", "cancelled") for row in shown[place]
    }
    expected = {
        due: "due", talking: "due", late: "late", told: "late", later: "later", tried: "later", kept: "kept",
        broken: "broken", cancelled: "cancelled",
    }  # fmt: skip
    assert places == {str(made.id): place for made, place in expected.items()}
    assert shown["counts"] == {"due": 2, "late": 2, "later": 2, "kept": 1, "broken": 1, "cancelled": 1}
    [row] = shown["broken"]
    assert (row["number"], row["end_reason"], row["ended_at"]) == (numbers[6], "nobody", utc(NOW).isoformat())
