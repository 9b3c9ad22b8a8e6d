"""The outbox is written: with the change or not at all, for somebody or nobody, small enough, erased with a person."""

import json

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from outbox import erasing, service
from outbox.errors import BodyTooLarge
from outbox.models import OutboxDelivery, OutboxEvent, OutboxReceiver
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.erasing import Scope

NUMBER = "+12025550123"


@pytest.fixture
def told(store: sessionmaker[Session]) -> sessionmaker[Session]:
    """A store in which there is somebody to be told."""
    with store() as session, session.begin():
        service.register(session, ["webhook:crm"], utcnow())
    return store


def events(store: sessionmaker[Session]) -> list[OutboxEvent]:
    with store() as session:
        return list(session.scalars(select(OutboxEvent).order_by(OutboxEvent.id)))


def test_an_event_is_written_with_the_change_or_not_at_all(told: sessionmaker[Session]) -> None:
    with told() as session, session.begin():
        first = service.publish(session, "ticket.changed", "ticket:12", {"ticket": 12, "status": "Решено"})
    with told() as session:
        service.publish(session, "ticket.changed", "ticket:13", {"ticket": 13})
        session.rollback()
    with told() as session, session.connection() as connection:
        second = service.publish(connection, "call.ended", "call:1.2", {"call_id": "1.2"})
        connection.commit()
    found = events(told)
    assert [(row.id, row.kind, row.key, row.body) for row in found] == [
        (first, "ticket.changed", "ticket:12", {"ticket": 12, "status": "Решено"}),
        (second, "call.ended", "call:1.2", {"call_id": "1.2"}),
    ]
    assert all(row.fanned_at is None and row.receiver is None for row in found)


def test_where_nobody_is_told_nothing_is_written(store: sessionmaker[Session]) -> None:
    with store() as session, session.begin():
        assert service.publish(session, "call.ended", "call:1.2", {}) is None
        service.register(session, ["webhook:crm", "channel:email"], utcnow())
        assert service.publish(session, "call.ended", "call:1.3", {}) is not None
        service.register(session, [], utcnow())
        assert service.publish(session, "call.ended", "call:1.4", {}) is None
        service.register(session, ["channel:email"], utcnow())
        assert service.publish(session, "call.ended", "call:1.5", {}) is not None
        known = session.scalars(select(OutboxReceiver).order_by(OutboxReceiver.name))
        assert [(row.name, row.gone_at is None) for row in known] == [("channel:email", True), ("webhook:crm", False)]
    assert [row.key for row in events(store)] == ["call:1.3", "call:1.5"]


def test_what_is_sent_to_one_waits_for_it_though_it_is_not_there(store: sessionmaker[Session]) -> None:
    with store() as session, session.begin():
        sent = service.send(session, "channel:email", "ticket:12", {"to": "anna@example.com", "text": "Здравствуйте"})
        with pytest.raises(BodyTooLarge, match="300013 bytes"):
            service.send(session, "channel:email", "ticket:12", {"text": "x" * 300_001})
    (row,) = events(store)
    assert (row.id, row.receiver, row.kind) == (sent, "channel:email", "message")


@pytest.mark.parametrize(
    "body",
    [
        {"number": NUMBER, "text": "ж" * 50_000, "notes": ["кратко", "long " * 9_000]},
        {"name": "\ud800" * 20_000, "number": NUMBER},
        {f"field {at}": at for at in range(5_000)},
    ],
)
def test_news_too_large_is_cut_and_fails_nobodys_change(told: sessionmaker[Session], body: dict[str, object]) -> None:
    with told() as session, session.begin():
        assert service.publish(session, "ticket.note", "ticket:12", body) is not None
    (row,) = events(told)
    assert len(json.dumps(row.body, ensure_ascii=False).encode("utf-8", "surrogatepass")) <= service.MOST_BYTES
    assert row.body["cut"] is True
    assert row.body.get("number") == body.get("number"), "facts are not cut"


def test_news_of_the_usual_size_is_left_as_it_is() -> None:
    body = {"text": "x" * 16_000, "facts": [1, None, {"a": True}]}
    assert service.fitted(body) == body


def test_erasing_takes_what_tells_of_the_call_or_the_person(told: sessionmaker[Session], settings: Settings) -> None:
    with told() as session, session.begin():
        for key, body in (
            ("call:1.2", {"call_id": "1.2"}),
            ("call:9.9", {"call_id": "9.9", "number": NUMBER}),
            ("call:5.5", {"call_id": "5.5", "number": "+12025550188"}),
            ("ticket:7", {"ticket": 7}),
        ):
            event_id = service.publish(session, "call.ended", key, body)
            session.execute(
                insert(OutboxDelivery).values(event_id=event_id, receiver="webhook:crm", key=key, due_at=utcnow())
            )
    with told() as session, session.begin():
        content_alone = Scope(call_ids=("1.2",), numbers=(NUMBER,))
        assert [each.count for each in erasing.erase(session, settings, content_alone)] == [1]
        everything = Scope(call_ids=("1.2",), numbers=(NUMBER,), person=True)
        assert [each.count for each in erasing.erase(session, settings, everything)] == [1]
        assert erasing.erase(session, settings, everything) == [], "nothing the second time"
        assert erasing.forget(session, "ticket:7") == 1
    assert [row.key for row in events(told)] == ["call:5.5"]
    with told() as session:
        assert list(session.scalars(select(OutboxDelivery.key))) == ["call:5.5"], "deliveries go with their event"
