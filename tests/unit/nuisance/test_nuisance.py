"""Nuisance callers: which texts a number means, who is never on the list, how long one stands, who calls too often."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from callback.errors import CallbackError
from callback.policy import known_number
from callback.requests import CallbackRequest
from callback.service import promise
from calls.models import Call, CallEvent
from nuisance import erasing, service
from nuisance.errors import NuisanceError
from nuisance.models import NuisanceCaller
from nuisance.policy import MOST_NUMBERS, CallRate, keys_of
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.erasing import Scope

NOW = utcnow()
NUMBER = "+12025550123"
SETTINGS = Settings.model_validate(
    {
        "trunk": {"host": "127.0.0.1", "user": "12025550199"},
        "vips": {"+12025550111": 10},
        "lines": [
            {"number": "12025550100", "name": "Support", "default_country": "US"},
            {"number": "1001", "name": "Поддержка", "language": "ru", "default_country": "RU"},
        ],
    }
)


def read(text: str, country: str) -> str | None:
    found = known_number(text, country)
    return found if isinstance(found, str) else None


def add(session: Session, number: str | None = NUMBER, reason: str = "Shouts", **more: object) -> NuisanceCaller:
    asked: dict[str, object] = {"days": 30, **more}
    return service.add(session, SETTINGS, number, reason, "anna", NOW, **asked)  # type: ignore[arg-type]


# what a number looks like


def test_every_way_to_write_it_that_is_read_as_it_is_meant() -> None:
    assert {"US/p12025550123", "US/12025550123", "US/2025550123"} <= set(keys_of(NUMBER, "", ["US"], read))
    russian = keys_of("+74951234567", "", ["RU", "RU"], read)
    assert {"RU/p74951234567", "RU/84951234567", "RU/4951234567"} <= set(russian)
    assert len(russian) == len(set(russian)), "a country that several lines have is one"
    assert keys_of(NUMBER, "192.0.2.7", ["US"], read)[0] == "US/p12025550123@192.0.2.7"


def test_a_text_that_is_somebody_elses_number_there_is_left_out() -> None:
    german = keys_of("+4951234567", "", ["RU"], read)
    assert "RU/p4951234567" in german
    assert "RU/4951234567" not in german, "that is a number in Moscow"
    for number in (NUMBER, "+74951234567", "+4951234567", "+33612345678"):
        for key in keys_of(number, "", ["US", "RU", "DE"], read):
            country, _, text = key.partition("/")
            assert read(text.replace("p", "+"), country) == number


# who calls too often


def test_one_call_more_than_the_limit_within_a_minute_is_too_many_until_the_minute_is_over() -> None:
    rate = CallRate(3)
    for at in (0.0, 10.0, 20.0):
        rate.called(NUMBER, at)
    assert rate.too_many(20.0) == []
    rate.called("+12025550124", 25.0)
    rate.called(NUMBER, 30.0)
    assert rate.too_many(30.0) == [NUMBER]
    assert rate.too_many(59.9) == [NUMBER]
    assert rate.too_many(60.1) == [], "the first of them is more than a minute ago"
    rate.called(NUMBER, 61.0)
    assert rate.too_many(61.0) == [NUMBER], "who goes on is refused on"
    assert rate.too_many(200.0) == []


def test_made_up_numbers_do_not_fill_the_memory() -> None:
    rate = CallRate(3)
    for number in range(MOST_NUMBERS + 100):
        rate.called(f"+1{number}", 1.0)
    assert len(rate._calls) == MOST_NUMBERS


# the list


def test_it_stands_until_its_day_and_can_be_put_on_again_then(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        entry = add(session)
        assert entry.expires_at == NOW + timedelta(days=30)
        assert service.standing(session, NOW) == [(entry.id, NUMBER, "")]
        assert service.is_refused(session, NUMBER, NOW) and not service.is_refused(session, "+12025550124", NOW)
    later = NOW + timedelta(days=31)
    with store.begin() as session:
        assert service.standing(session, later) == []
        service.add(session, SETTINGS, NUMBER, "Again", "boris", later, days=None)
        assert [row[1] for row in service.standing(session, later + timedelta(days=9999))] == [NUMBER]


def test_one_number_stands_once_for_each_place_it_comes_from(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        add(session)
        add(session, came_from="192.0.2.7")
        with pytest.raises(NuisanceError, match="refused already"):
            add(session, reason="Twice")
    with store() as session:
        assert len(service.standing(session, NOW)) == 2


@pytest.mark.parametrize(
    ("number", "reason", "days", "why"),
    [
        (None, "Shouts", 30, "gave no number"),
        (NUMBER, " \n ", 30, "Say in a few words"),
        (NUMBER, "Shouts", 0, "1 to 3650 days"),
        (NUMBER, "Shouts", 4000, "1 to 3650 days"),
        ("+12025550111", "Shouts", 30, "go before others"),
        ("+12025550100", "Shouts", 30, "a number of your own"),
        ("+12025550199", "Shouts", 30, "a number of your own"),
    ],
)
def test_who_is_not_put_on_it(
    store: sessionmaker[Session], number: str | None, reason: str, days: int, why: str
) -> None:
    with store.begin() as session:
        with pytest.raises(NuisanceError, match=why):
            add(session, number, reason, days=days)
        assert service.count_standing(session, NOW) == 0


def test_taken_off_by_one_press_with_the_name_of_who_did(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        entry = add(session)
        service.note_refused(session, {entry.id: 3}, NOW)
        service.undo(session, entry.id, "eva", NOW)
        with pytest.raises(NuisanceError, match="not refused any more"):
            service.undo(session, entry.id, "eva", NOW)
    with store() as session:
        row = session.scalars(select(NuisanceCaller)).one()
        assert (row.ended_by, row.refused, row.created_by) == ("eva", 3, "anna")
        assert service.standing(session, NOW) == []


def test_nobody_is_promised_a_call_to_a_number_that_is_refused(store: sessionmaker[Session]) -> None:
    wanted = CallbackRequest(number=NUMBER, line="12025550100", source="form", source_key="x")
    with store.begin() as session:
        add(session, came_from="192.0.2.7")
        promise(session, SETTINGS, wanted, NOW.timestamp())
    with store.begin() as session:
        add(session)
        with pytest.raises(CallbackError, match="list of nuisance callers"):
            promise(session, SETTINGS, CallbackRequest(number=NUMBER, line="1001", source="form"), NOW.timestamp())


@pytest.mark.parametrize(
    ("came", "meant"), [("trunk", ""), ("127.0.0.1", ""), ("", ""), ("203.0.113.9", "203.0.113.9")]
)
def test_a_number_that_nobody_vouches_for_is_meant_from_its_address_alone(
    store: sessionmaker[Session], came: str, meant: str
) -> None:
    with store.begin() as session:
        told = {"line": "1000", "language": "en", "caller_number": NUMBER, "caller_name": "", "state": "ended"}
        session.add(Call(call_id="1.1", arrived_at=NOW, **told))  # type: ignore[arg-type]
        session.flush()
        session.add(CallEvent(call_id="1.1", seq=1, at=NOW, kind="Arrived", data={"came_from": came}))
        session.flush()
        assert service.came_from(session, "1.1") == meant
        assert service.came_from(session, "9.9") == ""


def test_a_persons_entries_go_with_the_person(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        add(session, call_id="1.1")
        scope = Scope(call_ids=("1.1",), person=True, numbers=(NUMBER,))
        assert [each.count for each in erasing.erase(session, SETTINGS, scope)] == [1]
        assert erasing.erase(session, SETTINGS, scope) == []
