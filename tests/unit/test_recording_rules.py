"""Queues that record always, on demand or never: what is kept, and what is said of what is not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from recording import service
from recording.errors import RecordingError, TooLate
from recording.models import Recording
from recording.sweep import sweep_spool
from ringback.config import Settings
from ringback.store.base import utcnow
from tests.house_of_recordings import LINKEDID, Sessions, add_call, due, noise, put_raw, row_of
from tickets.models import Call, CallEvent

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
    service.finish(store, settings, LINKEDID)
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
        ({"queue": "sales", "menu_path": [{"menu": "main", "key": "2", "label": ""}]}, "not_recorded"),
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


def test_a_call_that_was_in_a_queue_that_never_records_is_not_kept(sqlite_store: Sessions, ruled: Settings) -> None:
    """It was moved on by a limit; the strictest of its queues counts."""
    add_call(sqlite_store, 5.0, queue="billing")
    with sqlite_store() as session, session.begin():
        session.execute(update(Call).values(queue="sales"))
        session.add(
            CallEvent(linkedid=LINKEDID, seq=0, at=utcnow(), kind="Moved", data={"kind": "Moved", "queue": "billing"})
        )
    put_raw(ruled, SOUND)
    assert service.finish(sqlite_store, ruled, LINKEDID) == "not_recorded"


def test_on_demand_is_kept_where_somebody_asked(store: Sessions, ruled: Settings) -> None:
    put_raw(ruled, SOUND)
    add_call(store, 5.0)
    with store() as session, session.begin():
        service.ask_to_keep(session, LINKEDID, "anna", " the caller promised something ")
        service.ask_to_keep(session, LINKEDID, "eva")
    assert service.finish(store, ruled, LINKEDID) == "stored"


def test_there_is_time_to_ask_until_the_wrap_up_ends(sqlite_store: Sessions, ruled: Settings) -> None:
    now = utcnow()
    raw = put_raw(ruled, SOUND)
    add_call(sqlite_store, 5.0, arrived_at=now - timedelta(seconds=10), ended_at=now - timedelta(seconds=5))
    assert service.finish(sqlite_store, ruled, LINKEDID) is None
    assert due(sqlite_store) == [LINKEDID]
    assert raw.exists()
    with sqlite_store() as session, session.begin():
        session.execute(update(Call).values(ended_at=now - timedelta(seconds=16)))
    assert service.finish(sqlite_store, ruled, LINKEDID) == "not_recorded"


def test_never_is_never(sqlite_store: Sessions, ruled: Settings) -> None:
    put_raw(ruled, SOUND)
    add_call(sqlite_store, 5.0, queue="billing")
    with sqlite_store() as session, session.begin():
        service.ask_to_keep(session, LINKEDID, "anna", "please")
    assert service.finish(sqlite_store, ruled, LINKEDID) == "not_recorded"
    with sqlite_store() as session, pytest.raises(TooLate, match="thrown away already"):
        service.ask_to_keep(session, LINKEDID, "anna")


def test_nothing_is_kept_of_a_call_that_is_not_there(sqlite_store: Sessions) -> None:
    with sqlite_store() as session, pytest.raises(RecordingError, match="no call"):
        service.ask_to_keep(session, "../1.1", "anna")


def test_killed_between_the_row_and_the_raw_file_the_sweep_throws_it_away(
    sqlite_store: Sessions, ruled: Settings
) -> None:
    finish(sqlite_store, ruled, queue="billing")
    raw = put_raw(ruled, SOUND)
    sweep_spool(sqlite_store, ruled)
    assert not raw.exists()
