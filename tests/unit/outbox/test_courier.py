"""The courier: in order, at least once, nobody slower because of another; doubled, without a store, without a clock."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from outbox import deliveries, service
from outbox.models import OutboxDelivery, OutboxEvent, OutboxReceiver
from outbox.receivers import Delivered, DeliveryResult, Gone, Later, LockedOut, Outgoing, Refused
from ringback.messages import text
from ringback.store.alarms import raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from tests.support.hooks import ScriptedReceiver, courier_of

WHY = text("says no")
Until = Callable[..., Any]
ELSEWHERE = "elsewhere:1:1"
"""A courier on a machine of which nobody here knows whether it lives."""


@pytest.fixture
def until(until: Until) -> Until:
    """With a deadline that a busy machine keeps."""
    return lambda found, seconds=30.0: until(found, seconds)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the sake of politeness."""
    monkeypatch.setattr("outbox.courier.END_SECONDS", 0.1)
    monkeypatch.setattr("outbox.courier.RENEW_SECONDS", 0.2)


def publish(store: sessionmaker[Session], *keys: str, kind: str = "ticket.changed") -> None:
    with store() as session, session.begin():
        for at, key in enumerate(keys):
            service.publish(session, kind, key, {"at": at})


def send(store: sessionmaker[Session], receiver: str, *keys: str) -> None:
    with store() as session, session.begin():
        for key in keys:
            service.send(session, receiver, key, {"text": key})


def rows(store: sessionmaker[Session], receiver: str = "webhook:crm") -> list[OutboxDelivery]:
    with store() as session:
        mine = select(OutboxDelivery).where(OutboxDelivery.receiver == receiver)
        return list(session.scalars(mine.order_by(OutboxDelivery.id)))


def states(store: sessionmaker[Session], receiver: str = "webhook:crm") -> list[str]:
    return [row.state for row in rows(store, receiver)]


def of_receiver(store: sessionmaker[Session], name: str = "webhook:crm") -> OutboxReceiver:
    with store() as session:
        return session.get(OutboxReceiver, name) or OutboxReceiver(name=name)


def alarms(store: sessionmaker[Session]) -> list[tuple[str, str | None]]:
    with store() as session:
        standing = select(Alarm.kind, Alarm.code).where(Alarm.cleared_at.is_(None)).order_by(Alarm.kind)
        return [(kind, code) for kind, code in session.execute(standing).tuples()]


# who gets what, in which order


def test_each_gets_what_it_wants_in_order_by_key(store: sessionmaker[Session], until: Until) -> None:
    everything = ScriptedReceiver()
    tickets = ScriptedReceiver("webhook:desk", kinds=("ticket.changed",))
    mail = ScriptedReceiver("channel:email", kinds=())
    with courier_of(store, everything, tickets, mail):
        until(lambda: of_receiver(store, "channel:email").lease_owner)
        publish(store, *(f"ticket:{at % 7}" for at in range(70)))
        publish(store, "call:1", kind="call.ended")
        send(store, "channel:email", "ticket:1")
        until(lambda: len(everything.got) == 71 and len(tickets.got) == 70 and len(mail.got) == 1)
        until(lambda: set(states(store)) == {"delivered"})
    for key in range(7):
        assert [each.body["at"] for each in tickets.got if each.key == f"ticket:{key}"] == list(range(key, 70, 7))
    assert everything.most <= 8
    assert [(each.kind, each.body) for each in mail.got] == [("message", {"text": "ticket:1"})]
    assert everything.got[0].id == tickets.got[0].id, "everybody is told the same event"


def test_of_one_key_nothing_overtakes_what_is_tried_again(store: sessionmaker[Session], until: Until) -> None:
    tries = {"ticket:1": 0}

    def answer(event: Outgoing) -> DeliveryResult:
        if event.key == "ticket:1" and tries["ticket:1"] == 0:
            tries["ticket:1"] += 1
            return Later(WHY)
        return Delivered()

    receiver = ScriptedReceiver(answer=answer)
    with courier_of(store, receiver):
        until(lambda: of_receiver(store).lease_owner)
        publish(store, "ticket:1", "ticket:1", "ticket:2")
        until(lambda: states(store) == ["waiting", "waiting", "delivered"])
        first, second, _ = rows(store)
        assert (first.attempts, str(first.error), second.attempts) == (1, "says no", 0)
        assert timedelta(seconds=4) < first.due_at - utcnow() < timedelta(seconds=6)
        with store() as session, session.begin():
            assert service.ask_again(session, "webhook:crm", utcnow())
        until(lambda: states(store) == ["delivered"] * 3)
    assert [(each.key, each.body["at"], each.attempt) for each in receiver.got if each.key == "ticket:1"] == [
        ("ticket:1", 0, 1),
        ("ticket:1", 0, 2),
        ("ticket:1", 1, 1),
    ]


def test_a_receiver_that_hangs_or_is_slow_holds_up_no_other(store: sessionmaker[Session], until: Until) -> None:
    hanging = ScriptedReceiver("webhook:hangs", answer=lambda _event: asyncio.get_running_loop().create_future())
    raising = ScriptedReceiver("webhook:raises", answer=lambda event: {}[event.key])  # type: ignore[return-value]
    fine = ScriptedReceiver("webhook:fine")
    with courier_of(store, hanging, raising, fine):
        until(lambda: of_receiver(store, "webhook:fine").lease_owner)
        publish(store, *(f"call:{at}" for at in range(50)))
        until(lambda: set(states(store, "webhook:fine")) == {"delivered"})
        until(lambda: of_receiver(store, "webhook:raises").away_at)
        assert hanging.now == 8, "no more than it may have"
    assert str(of_receiver(store, "webhook:raises").error).startswith("it could not be delivered because of an error")
    assert set(states(store, "webhook:hangs")) == {"waiting"}, "what was on its way is delivered again"


# what a receiver says


def test_given_up_is_dead_and_can_be_sent_again(store: sessionmaker[Session], until: Until) -> None:
    answers: list[DeliveryResult] = [Refused(WHY)]
    receiver = ScriptedReceiver(answer=lambda _event: answers[0])
    with courier_of(store, receiver):
        until(lambda: of_receiver(store).lease_owner)
        publish(store, "ticket:1")
        until(lambda: states(store) == ["dead"])
        assert until(lambda: alarms(store)) == [("receiver.unsent", "outbox.alarm_unsent")]
        answers[0] = Later(WHY)
        publish(store, "ticket:2")
        until(lambda: len(rows(store)) == 2 and rows(store)[1].attempts == 1)
        with store() as session, session.begin():  # nine tries have come to nothing
            session.execute(update(OutboxDelivery).where(OutboxDelivery.key == "ticket:2").values(attempts=9))
            service.ask_again(session, "webhook:crm", utcnow())
        until(lambda: states(store) == ["dead", "dead"])
        answers[0] = Delivered()
        first, second = rows(store)
        assert (second.attempts, of_receiver(store).away_at) == (10, None)
        with store() as session, session.begin():
            assert service.resend(session, "webhook:crm", utcnow(), first.id) == 1
        assert alarms(store), "one is left"
        until(lambda: states(store) == ["delivered", "dead"])
        with store() as session, session.begin():
            assert service.resend(session, "webhook:crm", utcnow()) == 1
        until(lambda: states(store) == ["delivered", "delivered"])
    assert alarms(store) == []
    assert len({each.id for each in receiver.got if each.key == "ticket:1"}) == 1, "it is the same message"


def test_one_that_wants_nothing_more_is_disabled_until_somebody_enables_it(
    store: sessionmaker[Session], until: Until
) -> None:
    answers: list[DeliveryResult] = [Gone(WHY)]
    receiver = ScriptedReceiver(answer=lambda _event: answers[0], most_at_once=1)
    with courier_of(store, receiver):
        until(lambda: of_receiver(store).lease_owner)
        publish(store, "ticket:1", "ticket:2")
        until(lambda: of_receiver(store).disabled_at)
        assert until(lambda: alarms(store)) == [("receiver.away", "outbox.alarm_disabled")]
        publish(store, "ticket:3")
        until(lambda: states(store) == ["waiting"] * 3)
        assert len(receiver.got) == 1
        answers[0] = Delivered()
        with store() as session, session.begin():
            service.ask_again(session, "webhook:crm", utcnow())
        until(lambda: states(store) == ["delivered"] * 3)
        until(lambda: alarms(store) == [])
    assert receiver.keys == ["ticket:1", "ticket:1", "ticket:2", "ticket:3"]


def test_a_refused_password_loses_nothing_and_costs_no_try(store: sessionmaker[Session], until: Until) -> None:
    answers: list[DeliveryResult] = [LockedOut(WHY)]
    receiver = ScriptedReceiver(answer=lambda _event: answers[0], most_at_once=1)
    with courier_of(store, receiver):
        until(lambda: of_receiver(store).lease_owner)
        publish(store, "ticket:1", "ticket:2")
        until(lambda: of_receiver(store).locked_out_at)
        assert until(lambda: alarms(store)) == [("receiver.away", "outbox.alarm_locked_out")]
        assert [(row.state, row.attempts) for row in rows(store)] == [("waiting", 0)] * 2
    again = ScriptedReceiver(answer=lambda _event: answers[0])
    with courier_of(store, again):  # another courier knows
        until(lambda: again.got)
        answers[0] = Delivered()
        with store() as session, session.begin():
            service.ask_again(session, "webhook:crm", utcnow())
        until(lambda: states(store) == ["delivered"] * 2)
        until(lambda: alarms(store) == [] and of_receiver(store).locked_out_at is None)
    assert len(receiver.got) == 1


def test_one_that_is_away_is_asked_with_one_and_given_all_when_it_is_back(
    store: sessionmaker[Session], until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outbox.queues.TOLD_AFTER_SECONDS", 0.0)
    monkeypatch.setattr("outbox.policy.PROBE_SECONDS", 0.05)
    answers: list[DeliveryResult] = [Later(WHY)]
    receiver = ScriptedReceiver(answer=lambda _event: answers[0], most_at_once=1)
    with courier_of(store, receiver):
        until(lambda: of_receiver(store).lease_owner)
        publish(store, *(f"ticket:{at}" for at in range(30)))
        until(lambda: of_receiver(store).away_at)
        assert until(lambda: alarms(store)) == [("receiver.away", "outbox.alarm_away")]
        until(lambda: len(receiver.got) > 4)
        assert max(row.attempts for row in rows(store)) <= 1, "to be asked costs nothing"
        assert len(receiver.got) < 12
        answers[0] = Delivered()
        until(lambda: states(store) == ["delivered"] * 30)
        until(lambda: alarms(store) == [] and of_receiver(store).away_at is None)


def test_retry_after_is_kept_for_the_whole_receiver(store: sessionmaker[Session], until: Until) -> None:
    receiver = ScriptedReceiver(answer=lambda _event: Later(WHY, 600.0, eases=True), most_at_once=1)
    with courier_of(store, receiver):
        until(lambda: of_receiver(store).lease_owner)
        publish(store, "ticket:1", "ticket:2")
        until(lambda: rows(store) and rows(store)[0].attempts == 1)
        assert rows(store)[0].due_at - utcnow() > timedelta(seconds=590)
        slow_until = of_receiver(store).slow_until
        assert slow_until is not None
        assert slow_until - utcnow() > timedelta(seconds=590)
    assert receiver.keys == ["ticket:1"]


# couriers, the store, the clock


def test_of_two_couriers_one_delivers_and_the_other_takes_over(store: sessionmaker[Session], until: Until) -> None:
    first, second = ScriptedReceiver(), ScriptedReceiver()
    with courier_of(store, second):
        with courier_of(store, first, owner=ELSEWHERE):
            until(lambda: of_receiver(store).lease_owner)
            theirs = first if of_receiver(store).lease_owner == ELSEWHERE else second
            publish(store, *(f"ticket:{at}" for at in range(20)))
            until(lambda: states(store) == ["delivered"] * 20)
            assert len(theirs.got) == 20, "and nobody else has any"
        publish(store, "ticket:99")
        until(lambda: states(store) == ["delivered"] * 21)
    assert second.keys[-1] == "ticket:99"
    assert len(first.got) + len(second.got) == 21


def test_whoever_has_lost_the_lease_writes_nothing(store: sessionmaker[Session], until: Until) -> None:
    go_on = threading.Event()

    async def slowly(_event: Outgoing) -> DeliveryResult:
        await asyncio.to_thread(go_on.wait, 10)
        return Delivered()

    receiver = ScriptedReceiver(answer=slowly)
    with courier_of(store, receiver):
        until(lambda: of_receiver(store).lease_owner)
        publish(store, "ticket:1")
        until(lambda: receiver.got)
        with store() as session, session.begin():
            other = {"lease_owner": ELSEWHERE, "lease_until": utcnow() + timedelta(seconds=60)}
            session.execute(update(OutboxReceiver).values(**other))
        go_on.set()
        until(lambda: receiver.now == 0)
    assert states(store) == ["waiting"], "the other one delivers it"
    assert of_receiver(store).lease_owner == ELSEWHERE


def test_without_the_store_nothing_is_lost(
    sqlite_store: sessionmaker[Session], until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outbox.courier.AWAY_SECONDS", 0.02)
    away = threading.Event()
    tried = threading.Event()
    hold = deliveries.hold

    def held(*arguments: Any) -> set[str]:
        if away.is_set():
            tried.set()
            raise OperationalError("UPDATE", {}, Exception("the disk is full"))
        return hold(*arguments)

    monkeypatch.setattr(deliveries, "hold", held)
    receiver = ScriptedReceiver(answer=lambda _event: away.set() or Delivered())  # type: ignore[func-returns-value]
    with courier_of(sqlite_store, receiver):
        until(lambda: of_receiver(sqlite_store).lease_owner)
        publish(sqlite_store, "ticket:1", "ticket:2")
        assert tried.wait(10)
        assert states(sqlite_store) == ["waiting"] * 2
        receiver.answer = lambda _event: Delivered()
        away.clear()
        until(lambda: states(sqlite_store) == ["delivered"] * 2)
    assert sorted(receiver.keys) == ["ticket:1", "ticket:2"], "delivered once, though it was written later"


def test_a_clock_that_was_set_back_keeps_nothing_waiting(store: sessionmaker[Session], until: Until) -> None:
    receiver = ScriptedReceiver()
    with store() as session, session.begin():
        service.register(session, [receiver.name], utcnow())
    publish(store, "ticket:1")
    with store() as session, session.begin():
        deliveries.fan_out(session, [receiver], utcnow() + timedelta(days=400))
    with courier_of(store, receiver):
        until(lambda: states(store) == ["delivered"])
    assert receiver.keys == ["ticket:1"]


def test_other_settings_are_taken_up_and_a_receiver_that_is_gone_ends(
    store: sessionmaker[Session], until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outbox.courier.BEAT_SECONDS", 0.05)
    before, after, new = ScriptedReceiver(), ScriptedReceiver(), ScriptedReceiver("webhook:new")
    changes: list[Any] = []
    with courier_of(store, before, ScriptedReceiver("webhook:old"), changes=changes):
        until(lambda: of_receiver(store, "webhook:old").lease_owner)
        changes.append([after, new])
        until(lambda: before.closed and of_receiver(store, "webhook:old").gone_at)
        until(lambda: of_receiver(store, "webhook:new").lease_owner)
        publish(store, "ticket:1")
        until(lambda: states(store) + states(store, "webhook:new") == ["delivered"] * 2)
    assert (before.keys, after.keys, new.keys) == ([], ["ticket:1"], ["ticket:1"])
    assert states(store, "webhook:old") == []


def test_what_is_in_hand_when_settings_change_ends_as_it_began(
    store: sessionmaker[Session], until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outbox.courier.BEAT_SECONDS", 0.05)
    go_on = threading.Event()

    async def slowly(_event: Outgoing) -> DeliveryResult:
        await asyncio.to_thread(go_on.wait, 30)
        return Later(WHY) if before.closed else Delivered()

    before, after = ScriptedReceiver(answer=slowly), ScriptedReceiver()
    changes: list[Any] = []
    with courier_of(store, before, changes=changes):
        until(lambda: of_receiver(store).lease_owner)
        publish(store, "ticket:1", "ticket:1")
        until(lambda: before.got)
        changes.append([after])
        until(lambda: not changes)
        publish(store, "ticket:2")
        until(lambda: after.keys == ["ticket:2"])
        assert not before.closed
        go_on.set()
        until(lambda: states(store) == ["delivered"] * 3 and before.closed)
    assert (before.keys, after.keys) == (["ticket:1"], ["ticket:2", "ticket:1"])


# what is kept, and for how long


def test_what_was_kept_for_long_enough_goes(store: sessionmaker[Session]) -> None:
    receiver = ScriptedReceiver()
    now = utcnow()
    with store() as session, session.begin():
        service.register(session, [receiver.name], now)
    publish(store, "new", "delivered", "dead", "dead for long", "waiting", "waits for too long")
    ages = {"delivered": 8, "dead": 8, "dead for long": 61, "waiting": 8, "waits for too long": 31}
    with store() as session, session.begin():
        deliveries.fan_out(session, [receiver], now)
        for key, days in ages.items():
            aged = update(OutboxEvent).where(OutboxEvent.key == key).values(at=now - timedelta(days=days))
            session.execute(aged)
            state = key.split()[0] if key.split()[0] in ("delivered", "dead") else "waiting"
            session.execute(update(OutboxDelivery).where(OutboxDelivery.key == key).values(state=state))
        assert deliveries.tidy(session, now) == 2
    assert alarms(store) == [("receiver.unsent", "outbox.alarm_unsent")], "what waited for too long is given up aloud"
    left = {row.key: row.state for row in rows(store)}
    assert left == {"new": "waiting", "dead": "dead", "waiting": "waiting", "waits for too long": "dead"}
    with store() as session, session.begin():
        session.execute(delete(OutboxEvent))  # as erasing does
        deliveries.tidy(session, now)
    assert alarms(store) == []


def test_what_the_settings_name_no_more_is_nobodys_alarm(store: sessionmaker[Session]) -> None:
    with store() as session, session.begin():
        service.register(session, ["webhook:crm"], utcnow())
        raise_alarm(session, service.RECEIVER_AWAY, "webhook:crm", WHY, "red", utcnow())
        service.register(session, [], utcnow())
    assert alarms(store) == []


def test_two_couriers_write_each_delivery_once(store: sessionmaker[Session]) -> None:
    receiver = ScriptedReceiver()
    with store() as session, session.begin():
        service.register(session, [receiver.name], utcnow())
    publish(store, "ticket:1", "ticket:2")
    with store() as session, session.begin():
        assert deliveries.fan_out(session, [receiver], utcnow()) == 2
        session.execute(update(OutboxEvent).values(fanned_at=None))  # as the other one, who read before, saw it
        assert deliveries.fan_out(session, [receiver], utcnow()) == 2
    assert [row.key for row in rows(store)] == ["ticket:1", "ticket:2"]
    publish(store, "nobody", kind="call.ended")
    with store() as session, session.begin():
        assert deliveries.fan_out(session, [ScriptedReceiver(kinds=())], utcnow()) == 1
        assert session.scalar(select(OutboxEvent.id).where(OutboxEvent.key == "nobody")) is None, "nobody wants it"
