"""Promises to numbers that nobody vouches for: few, in their hours alone, and the others a person's."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from callback import service
from callback.models import Callback
from callback.policy import STRANGERS_ALIKE, STRANGERS_IN_ALL, STRANGERS_OF_ONE
from callback.requests import CallbackRequest
from callback.service import RequestOutcome
from calls.models import Call, CallEvent
from ivr.events import Arrived
from ringback.config import Settings
from ringback.store.base import utc

Sessions = sessionmaker[Session]
SETTINGS = Settings()
NOW = datetime(2026, 11, 18, 17, 0, tzinfo=UTC).timestamp()


def rows(store: Sessions) -> list[Callback]:
    with store() as session:
        return list(session.scalars(select(Callback).order_by(Callback.id)))


def by_phone(
    store: Sessions, number: str, came_from: str, now: float = NOW, caller: str | None = None
) -> RequestOutcome:
    """A caller on the phone asks for a call, by default to the number that From names."""
    call_id = f"{now}.{number}.{came_from}"
    arrived = Arrived(now, "1000", caller or number, "", came_from)
    with store() as session, session.begin():
        session.add(
            Call(
                call_id=call_id,
                line="1000",
                language="en",
                arrived_at=utc(now),
                state="waiting",
                caller_number="",
                caller_name="",
            )
        )
        session.flush()
        session.add(CallEvent(call_id=call_id, seq=1, at=utc(now), kind="Arrived", data=arrived.to_dict()))
        wish = CallbackRequest(
            number=number,
            line="1000",
            source="queue",
            source_key=f"call:{call_id}",
            call_id=call_id,
            caller_number=caller or number,
            came_from=came_from,
        )
        return service.promise_given(session, SETTINGS, wish, now)


def test_only_the_callers_own_number_is_rung_at_night(store: Sessions) -> None:
    night = NOW - 12 * 3600
    own = by_phone(store, "+12025550111", "trunk", night)
    for number, came_from, caller in (
        ("+12025550122", "203.0.113.9", None),
        ("+12025550133", "trunk", "+12025550144"),
    ):
        by_phone(store, number, came_from, night, caller)
    found = {row.number: (row.own_number, row.due_at == utc(night)) for row in rows(store)}
    assert found.pop(own.number) == (True, True)
    assert set(found.values()) == {(False, False)}


def test_where_nobody_knows_whence_a_call_came_its_number_is_believed(store: Sessions) -> None:
    for n in range(6):
        by_phone(store, f"+120255512{n:02}", "", NOW - 12 * 3600 + n)
    assert [(row.own_number, row.state) for row in rows(store)] == [(True, "requested")] * 6


def test_one_address_that_invents_numbers_has_few_of_them_rung(store: Sessions) -> None:
    for n in range(40):
        by_phone(store, f"+1202555{1000 + 37 * n}", "203.0.113.9", NOW + n)
    made = rows(store)
    assert [row.state for row in made].count("requested") == STRANGERS_OF_ONE
    reasons = {row.end_reason.code for row in made if row.end_reason is not None}
    assert reasons == {"callback.stranger_source"}, "a person sees to the others"
    assert service.open_for(store(), by_phone(store, "+12025559999", "trunk", NOW + 50).number) is not None
    by_phone(store, "+12025558888", "203.0.113.9", NOW + 3700)
    assert rows(store)[-1].state == "requested", "an hour later"


def test_numbers_that_look_invented_and_numbers_of_many_strangers_are_few(store: Sessions) -> None:
    for n in range(8):
        by_phone(store, f"+120255512{n:02}", f"203.0.113.{n}", NOW + n)
    assert [row.state for row in rows(store)] == ["requested"] * STRANGERS_ALIKE + ["failed"] * (8 - STRANGERS_ALIKE)
    for n in range(40):
        by_phone(store, f"+1202555{2000 + 100 * n}", f"198.51.100.{n}", NOW + 100 + n)
    assert [row.state for row in rows(store)].count("requested") <= STRANGERS_IN_ALL
    assert {row.end_reason.code for row in rows(store) if row.end_reason} >= {
        "callback.stranger_alike",
        "callback.stranger_all",
    }


def test_a_stranger_joins_a_promise_that_stands_and_changes_nothing_of_its_hours(store: Sessions) -> None:
    by_phone(store, "+12025550111", "trunk")
    for n in range(6):
        assert by_phone(store, "+12025550111", "203.0.113.9", NOW + n).joined
    [row] = rows(store)
    assert row.own_number
