"""Calls that an agent asks for, in the store: within the dialling rules, one a number, and never a broken promise."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from callback import broken
from callback.asked_calls import call_now
from callback.board import board
from callback.errors import CallbackError
from callback.models import Callback
from callback.requests import TRIED_SECONDS, CallbackRequest
from callback.service import RequestOutcome, promise
from tests.unit.callback.test_callback_service import NOW, NUMBER, SETTINGS, rows

Sessions = sessionmaker[Session]
NIGHT = NOW + 10 * 3600


def click(store: Sessions, now: float = NOW, **changes: Any) -> RequestOutcome:
    wanted = {
        "number": NUMBER,
        "line": "1000",
        "source": "click",
        "for_agent": "anna",
        "ticket_number": None,
        **changes,
    }
    with store() as session, session.begin():
        return call_now(session, SETTINGS, CallbackRequest(**wanted), now)


def test_it_is_tried_now_or_not_at_all(store: Sessions) -> None:
    click(store)
    [row] = rows(store)
    assert (row.for_agent, row.once, row.state, row.due_at.timestamp()) == ("anna", True, "requested", NOW)
    assert row.expires_at.timestamp() == NOW + TRIED_SECONDS and row.told_by is None
    with store() as session:
        counts = board(session, NOW, SETTINGS)["counts"]
    assert set(counts.values()) == {0}, "nobody was promised anything"


@pytest.mark.parametrize(
    ("changes", "now", "code"),
    [
        ({"number": "+12642355555"}, NOW, "callback.not_our_country"),
        ({"number": "112"}, NOW, "callback.short_number"),
        ({"number": "+19002345678"}, NOW, "callback.premium"),
        ({}, NIGHT, "callback.hours"),
    ],
)
def test_the_dialling_rules_hold(store: Sessions, changes: dict[str, Any], now: float, code: str) -> None:
    with pytest.raises(CallbackError) as refused:
        click(store, now, **changes)
    assert refused.value.code == code and rows(store) == []


@pytest.mark.parametrize("state", ["dialling_agent", "dialling_customer", "connected"])
def test_a_number_that_is_being_called_is_not_called_twice(store: Sessions, state: str) -> None:
    click(store)
    with store() as session, session.begin():
        session.execute(update(Callback).values(state=state))
    with pytest.raises(CallbackError) as refused:
        click(store, for_agent="boris")
    assert refused.value.code == "callback.being_called" and len(rows(store)) == 1


def test_a_promise_that_stands_is_called_now_and_stays_one(store: Sessions) -> None:
    with store() as session, session.begin():
        promise(session, SETTINGS, CallbackRequest(number=NUMBER, line="1000", source="form", at=NOW + 7200), NOW)
    [before] = rows(store)
    assert click(store).joined
    [row] = rows(store)
    assert (row.for_agent, row.once, row.due_at.timestamp()) == ("anna", False, NOW)
    assert row.expires_at == before.expires_at and row.revision == 2 and row.reported_at is None


def test_what_was_tried_becomes_a_promise_when_the_customer_asks_for_one(store: Sessions) -> None:
    click(store)
    with store() as session, session.begin():
        promise(session, SETTINGS, CallbackRequest(number=NUMBER, line="1000", source="form"), NOW + 5)
    [row] = rows(store)
    assert (row.once, row.reported_at) == (False, None) and row.expires_at.timestamp() > NOW + 3600


def test_one_that_no_controller_took_up_ends_without_an_alarm(store: Sessions) -> None:
    made, told = click(store), list[str]()

    def tell(_session: Session, _promise: Callback, subject: str, _text: str) -> int:
        told.append(subject)
        return 1

    with store() as session, session.begin():
        assert broken.due(session, NOW + TRIED_SECONDS + 1) == [made.id]
        assert not broken.settle(session, made.id, NOW + TRIED_SECONDS + 1, tell)
    [row] = rows(store)
    assert (row.state, told) == ("cancelled", [])
    with store() as session:
        assert broken.due(session, NOW + 9999) == []
