"""Zammad's interface for telephone systems: digits alone, in order, and nothing of a call that has ended."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from connectors.cti import CtiReceiver
from outbox.models import OutboxDelivery, OutboxEvent
from outbox.receivers import Delivered, DeliveryResult, Later, LockedOut, Outgoing
from ringback.config import Settings
from ringback.config.connectors import Connector
from ringback.messages import message
from ringback.store.base import utcnow, uuid7
from tests.support.desk_servers import PASSWORD, DeskServer, answers


@pytest.fixture
def server() -> Iterator[DeskServer]:
    with DeskServer("zammad") as made:
        yield made


def add_call(
    store: sessionmaker[Session], call_id: str, number: str = "+49 (30) 555-7", agent: str | None = None
) -> None:
    with store() as session, session.begin():
        call = Call(
            call_id=call_id,
            line="1000",
            language="en",
            caller_number=number,
            caller_name="=cmd",
            state="talking",
            arrived_at=utcnow(),
            agent=agent,
        )
        call.connected_at = utcnow() if agent else None
        session.add(call)


def event(kind: str, call_id: str = "1.2", age: float = 0) -> Outgoing:
    return Outgoing(uuid7(), kind, f"call:{call_id}", utcnow() - timedelta(seconds=age), {})


def deliver(
    store: sessionmaker[Session], server: DeskServer, told: Outgoing, password: str = PASSWORD
) -> DeliveryResult:
    connector = Connector(kind="zammad_cti", url=server.url, allow_private=True, seconds=2)

    async def run() -> DeliveryResult:
        receiver = CtiReceiver("pop", connector, Settings(), store, lambda: password)
        assert receiver.wants(told.kind)
        assert not receiver.wants("ticket.changed")
        try:
            return await receiver.deliver(told)
        finally:
            await receiver.close()

    return asyncio.run(run())


def test_a_call_is_told_from_ring_to_end_in_digits(sqlite_store: sessionmaker[Session], server: DeskServer) -> None:
    add_call(sqlite_store, "1.2", agent="anna")
    for kind in ("call.arrived", "call.answered", "call.ended"):
        assert deliver(sqlite_store, server, event(kind)) == Delivered()
    both = {"from": "49305557", "to": "1000", "direction": "in", "callId": "1.2"}
    anna = {"user": "Anna", "answeringNumber": "201"}
    assert [body for _, _, body in server.asked] == [
        {"event": "newCall", **both},
        {"event": "answer", **both, **anna},
        {"event": "hangup", **both, **anna, "cause": "normalClearing"},
    ]


def test_a_withheld_number_has_none_and_a_missed_call_says_so(
    sqlite_store: sessionmaker[Session], server: DeskServer
) -> None:
    add_call(sqlite_store, "1.2", number="")
    deliver(sqlite_store, server, event("call.ended"))
    ((_, path, body),) = server.asked
    assert path == f"/api/v1/cti/{PASSWORD}"
    assert (body["from"], body["cause"]) == ("anonymous", "cancel")
    assert "user" not in body


def test_nothing_is_told_of_a_call_after_its_end_or_of_long_ago(
    sqlite_store: sessionmaker[Session], server: DeskServer
) -> None:
    add_call(sqlite_store, "1.2")
    with sqlite_store() as session, session.begin():
        ended = OutboxEvent(kind="call.ended", key="call:1.2")
        session.add(ended)
        session.flush()
        row = OutboxDelivery(
            event_id=ended.id, receiver="connector:pop", key="call:1.2", due_at=utcnow(), state="delivered"
        )
        session.add(row)
    assert deliver(sqlite_store, server, event("call.answered")) == Delivered()
    add_call(sqlite_store, "1.3")
    assert deliver(sqlite_store, server, event("call.arrived", "1.3", age=3600)) == Delivered()
    assert deliver(sqlite_store, server, event("call.arrived", "of nobody")) == Delivered()
    assert server.asked == []
    assert deliver(sqlite_store, server, event("call.arrived", "1.3")) == Delivered()
    assert len(server.asked) == 1


def test_a_token_that_it_does_not_know_is_a_wrong_password(
    sqlite_store: sessionmaker[Session], server: DeskServer
) -> None:
    add_call(sqlite_store, "1.2")
    server.instead = answers(404, '{"error": "No route matches /api/v1/cti/other"}')
    assert deliver(sqlite_store, server, event("call.arrived"), "other") == LockedOut(message("connectors.wrong_token"))


def test_what_it_says_of_an_error_is_told_without_the_token(
    sqlite_store: sessionmaker[Session], server: DeskServer
) -> None:
    add_call(sqlite_store, "1.2")
    server.instead = answers(500, f'{{"error": "POST /api/v1/cti/{PASSWORD} failed"}}')
    result = deliver(sqlite_store, server, event("call.arrived"))
    assert isinstance(result, Later)
    assert result.why.facts["said"] == "POST /api/v1/cti/… failed"
