"""Queues that record always, on demand or never: what is kept, and what is said of what is not."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from calls.models import Call, QueueVisit
from recording import service
from recording.errors import RecordingError, TooLate
from recording.models import Recording
from ringback.config import Settings
from ringback.store import lease
from ringback.store.base import utcnow
from tests.support.recordings import CALL_ID, Sessions, add_call, due, noise, put_raw, row_of, sweep_spool

SOUND = noise(5).tobytes()


@pytest.fixture
def ruled(settings: Settings) -> Settings:
    """support records on demand, billing never, and there is a third that always does."""
    queues = {
        "support": settings.queues["support"].model_copy(update={"recording": "on_demand"}),
        "billing": settings.queues["billing"].model_copy(update={"recording": "never"}),
        "sales": settings.queues["billing"],
    }
    return settings.model_copy(update={"queues": queues})


def finish(store: Sessions, settings: Settings, **facts: Any) -> Recording:
    raw = put_raw(settings, SOUND)
    add_call(store, 5.0, **facts)
    service.finish(store, settings, CALL_ID)
    row = row_of(store)
    assert raw.exists() is (row.state == "spooled")
    return row


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"queue": "billing"}, "not_recorded"),
        ({"queue": "support"}, "not_recorded"),
        ({"queue": "sales"}, "stored"),
        ({"queue": None}, "stored"),  # chose nothing: the mildest rule of all
        ({"queue": "gone from the settings"}, "stored"),
        ({"queue": "billing", "result": "message"}, "stored"),  # who leaves a message wants it heard
        ({"queue": "billing", "result": "promised"}, "stored"),
    ],
)
def test_the_queue_says_what_is_kept(
    sqlite_store: Sessions, ruled: Settings, facts: dict[str, Any], state: str
) -> None:
    row = finish(sqlite_store, ruled, **facts)
    assert row.state == state
    if state == "not_recorded":
        assert (row.path, row.sha256, row.seconds) == (None, None, None)
        assert "thrown away" in str(row.reason)
        assert not list(ruled.recordings.iterdir())


def test_where_no_queue_records_nobody_is_recorded(sqlite_store: Sessions, ruled: Settings) -> None:
    never = {"billing": ruled.queues["billing"]}
    row = finish(sqlite_store, ruled.model_copy(update={"queues": never}), queue=None)
    assert row.state == "not_recorded"


@pytest.mark.parametrize("outcome", ["overflow", "closed", "answered"])
def test_a_call_that_was_in_a_queue_that_never_records_is_not_kept(
    sqlite_store: Sessions, ruled: Settings, outcome: str
) -> None:
    """It went on from there, and the strictest of its queues counts."""
    add_call(sqlite_store, 5.0, queue="sales")
    with sqlite_store() as session, session.begin():
        for seq, queue in enumerate(("billing", "sales")):
            visit = QueueVisit(call_id=CALL_ID, seq=seq, queue=queue, entered_at=utcnow(), came_by="menu")
            visit.left_at, visit.outcome = utcnow(), outcome
            session.add(visit)
    put_raw(ruled, SOUND)
    assert service.finish(sqlite_store, ruled, CALL_ID) == "not_recorded"


def test_on_demand_is_kept_where_somebody_asked(store: Sessions, ruled: Settings) -> None:
    put_raw(ruled, SOUND)
    add_call(store, 5.0)
    with store() as session, session.begin():
        service.request_keep(session, CALL_ID, "anna", " the caller promised something ")
        service.request_keep(session, CALL_ID, "eva")
    assert service.finish(store, ruled, CALL_ID) == "stored"


def just_ended(store: Sessions, settings: Settings, call_id: str = CALL_ID, over: float = 5.0) -> None:
    """A call whose agent wraps up, 15 s long; its recording is there."""
    now = utcnow()
    put_raw(settings, SOUND, call_id)
    facts = {"arrived_at": now - timedelta(seconds=over + 5), "ended_at": now - timedelta(seconds=over)}
    add_call(store, 5.0, call_id, **facts)


def wrapped_up(store: Sessions) -> None:
    """Lets the time to ask be over."""
    with store() as session, session.begin():
        session.execute(update(Call).values(ended_at=utcnow() - timedelta(seconds=16)))
        session.execute(update(Recording).values(lease_until=utcnow()))


def test_there_is_time_to_ask_until_the_wrap_up_ends(store: Sessions, ruled: Settings) -> None:
    just_ended(store, ruled)
    assert due(store) == [CALL_ID]
    assert service.finish(store, ruled, CALL_ID) is None
    row = row_of(store)
    assert row.state == "spooled" and row.lease_until is not None and row.attempts == 0
    assert due(store) == [], "it keeps no other waiting"
    assert (ruled.spool / f"{CALL_ID}.raw").exists()
    wrapped_up(store)
    assert due(store) == [CALL_ID]
    assert service.finish(store, ruled, CALL_ID) == "not_recorded"


def test_who_asks_while_the_agent_wraps_up_gets_it_at_once(store: Sessions, ruled: Settings) -> None:
    just_ended(store, ruled)
    service.finish(store, ruled, CALL_ID)
    with store() as session, session.begin():
        service.request_keep(session, CALL_ID, "anna")
    assert due(store) == [CALL_ID]
    assert service.finish(store, ruled, CALL_ID) == "stored"


def test_very_many_calls_that_wait_for_a_wish_keep_no_other_waiting(sqlite_store: Sessions, ruled: Settings) -> None:
    for number in range(100):
        just_ended(sqlite_store, ruled, f"1.{number}", over=8.0)
    just_ended(sqlite_store, ruled, "2.1", over=2.0)
    assert "2.1" not in due(sqlite_store)
    for call_id in due(sqlite_store):
        service.finish(sqlite_store, ruled, call_id)
    assert due(sqlite_store) == ["2.1"]


def test_a_wish_that_comes_while_the_sound_is_being_thrown_away_counts(
    store: Sessions, ruled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_raw(ruled, SOUND)
    add_call(store, 5.0)
    release = lease.Lease.release
    asked: list[bool] = []

    def after_a_wish(self: lease.Lease, session: Session, **result: object) -> None:
        if not asked:
            asked.append(True)
            with store() as other, other.begin():
                service.request_keep(other, CALL_ID, "anna")
        release(self, session, **result)

    monkeypatch.setattr(lease.Lease, "release", after_a_wish)
    assert service.finish(store, ruled, CALL_ID) == "stored"
    assert row_of(store).path is not None


def test_a_wish_that_comes_too_late_by_a_moment_is_told_so(
    store: Sessions, ruled: Settings, monkeypatch: pytest.MonkeyPatch, until: Callable[..., Any]
) -> None:
    """The row says already that the sound goes, and nobody can read that yet."""
    put_raw(ruled, SOUND)
    add_call(store, 5.0)
    release = lease.Lease.release
    said: list[str] = []

    def ask() -> None:
        try:
            with store() as session, session.begin():
                service.request_keep(session, CALL_ID, "anna")
            said.append("kept")
        except TooLate:
            said.append("too late")

    asking = threading.Thread(target=ask)

    def before_a_wish(self: lease.Lease, session: Session, **result: object) -> None:
        release(self, session, **result)
        asking.start()
        if session.get_bind().dialect.name == "postgresql":
            with store() as other:
                until(lambda: other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))

    monkeypatch.setattr(lease.Lease, "release", before_a_wish)
    assert service.finish(store, ruled, CALL_ID) == "not_recorded"
    asking.join()
    assert said == ["too late"]


def test_whether_a_wish_can_change_anything_is_known(sqlite_store: Sessions, ruled: Settings) -> None:
    for call_id, queue in (("1.1", "support"), ("1.2", "billing"), ("1.3", "sales")):
        add_call(sqlite_store, 5.0, call_id, queue=queue)
    with sqlite_store() as session:
        assert [service.keeps(session, ruled, call_id) for call_id in ("1.1", "1.2", "1.3", "1.4")] == [
            True, False, True, False,
        ]  # fmt: skip


def test_never_is_never(sqlite_store: Sessions, ruled: Settings) -> None:
    put_raw(ruled, SOUND)
    add_call(sqlite_store, 5.0, queue="billing")
    with sqlite_store() as session, session.begin():
        service.request_keep(session, CALL_ID, "anna", "please")
    assert service.finish(sqlite_store, ruled, CALL_ID) == "not_recorded"
    with sqlite_store() as session, pytest.raises(TooLate, match="already been deleted"):
        service.request_keep(session, CALL_ID, "anna")


def test_nothing_is_kept_of_a_call_that_is_not_there(sqlite_store: Sessions) -> None:
    with sqlite_store() as session, pytest.raises(RecordingError, match="no call"):
        service.request_keep(session, "../1.1", "anna")


def test_killed_between_the_row_and_the_raw_file_the_sweep_throws_it_away(
    sqlite_store: Sessions, ruled: Settings
) -> None:
    finish(sqlite_store, ruled, queue="billing")
    raw = put_raw(ruled, SOUND)
    sweep_spool(sqlite_store, ruled)
    assert not raw.exists()
