"""What programs were answered, on both stores: kept once, found again, forgotten after a day and with the person."""

import json
import uuid
from datetime import timedelta

import pytest
from flask import Response
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.erasing import Scope
from web import erasing
from web.api.v1.idempotency import KEPT, answered, fingerprint, keep
from web.models import ApiAnswer
from web.problem_details import ApiProblem

Sessions = sessionmaker[Session]
NAMED = uuid.UUID(int=5), "order-1"
PRINT = fingerprint("POST", "/api/v1/callbacks?", b"{}")


def answer(text: str = "{}") -> Response:
    return Response(text, 201, {"Location": "/api/v1/callbacks/1", "X-Other": "1"}, mimetype="application/json")


def write(store: Sessions, named: tuple[uuid.UUID, str] = NAMED, text: str = "{}") -> None:
    with store() as session, session.begin():
        keep(session, named, PRINT, answer(text))


def test_an_answer_is_kept_once_and_found_again(store: Sessions) -> None:
    write(store, text='{"name": "Павел \U0001f600"}')
    with store() as session:
        again = answered(session, NAMED, PRINT)
        assert again is not None and (again.status_code, json.loads(again.data)) == (201, {"name": "Павел \U0001f600"})
        assert again.headers["Location"] == "/api/v1/callbacks/1" and "X-Other" not in again.headers
        assert answered(session, (NAMED[0], "order-2"), PRINT) is None
        assert answered(session, (uuid.UUID(int=6), "order-1"), PRINT) is None
        with pytest.raises(ApiProblem) as other:
            answered(session, NAMED, fingerprint("POST", "/api/v1/callbacks?", b"{ }"))
    assert other.value.status == 422
    with pytest.raises(ApiProblem) as twin:
        write(store)
    assert twin.value.status == 409


def test_it_is_forgotten_after_a_day(store: Sessions) -> None:
    write(store)
    with store() as session, session.begin():
        session.execute(update(ApiAnswer).values(at=utcnow() - KEPT - timedelta(seconds=1)))
        assert answered(session, NAMED, PRINT) is None
    write(store)
    with store() as session:
        assert len(session.scalars(select(ApiAnswer)).all()) == 1


def test_an_answer_that_names_a_person_goes_with_the_person(store: Sessions) -> None:
    write(store, text='{"number": "+14155550123"}')
    write(store, (NAMED[0], "order-2"), '{"number": "+14155550124"}')
    contact = uuid.UUID(int=9)
    write(store, (NAMED[0], "order-3"), json.dumps({"id": str(contact), "name": "Ada"}))
    with store() as session, session.begin():
        erasing.erase(session, Settings(), Scope(person=True, numbers=("+14155550123",), contacts=(contact,)))
    with store() as session:
        assert [each.idempotency_key for each in session.scalars(select(ApiAnswer))] == ["order-2"]
