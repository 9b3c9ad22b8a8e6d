"""A round of the courier in the store's thread: plans in, what was found out. Short transactions, one after another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from outbox import deliveries
from outbox.queues import QueueFound, QueuePlan
from outbox.receivers import Receiver
from outbox.service import RECEIVER_AWAY, register
from ringback.store.alarms import clear_alarm, raise_alarm
from ringback.store.base import utcnow


@dataclass(frozen=True)
class RoundFound:
    """What one round found."""

    queues: dict[str, QueueFound]
    """Of the receivers that are ours; others are not."""
    more: bool
    """Whether there are more new events than one round takes."""


@dataclass
class Rounds:
    """Of one courier."""

    store: sessionmaker[Session]
    owner: str

    def work(
        self, plans: Sequence[QueuePlan], receivers: Sequence[Receiver], held: set[str], renew: bool
    ) -> RoundFound:
        """One round. `held`: the receivers that were ours at the last one; with `renew` their leases begin anew, and
        those that nobody has are taken. Raises SQLAlchemyError; whatever was not written is done again."""
        now = utcnow()
        if renew or any(plan.results or plan.values or plan.revived or plan.alarm_changed for plan in plans):
            held = self._write(plans, now)
        with self.store() as session, session.begin():
            count = deliveries.fan_out(session, receivers, now)
        with self.store() as session:
            found = self._find(session, [plan for plan in plans if plan.name in held], now)
        return RoundFound(found, count == deliveries.MOST_EVENTS)

    def _write(self, plans: Sequence[QueuePlan], now: datetime) -> set[str]:
        """What came of tries and how receivers are, of those that are still ours, in the transaction that says so."""
        with self.store() as session, session.begin():
            held = deliveries.hold(session, [plan.name for plan in plans], self.owner, now)
            mine = [plan for plan in plans if plan.name in held]
            deliveries.write_results(session, [each for plan in mine for each in plan.results])
            for plan in mine:
                _write_state(session, plan, now)
        return held

    def _find(self, session: Session, plans: Sequence[QueuePlan], now: datetime) -> dict[str, QueueFound]:
        states = deliveries.states(session, [plan.name for plan in plans])
        return {plan.name: _look(session, plan, states[plan.name], now) for plan in plans if plan.name in states}

    def register(self, names: Sequence[str]) -> None:
        """See outbox.service.register."""
        with self.store() as session, session.begin():
            register(session, names, utcnow())

    def tidy(self) -> int:
        """See deliveries.tidy."""
        with self.store() as session, session.begin():
            return deliveries.tidy(session, utcnow())

    def let_go(self, plans: Sequence[QueuePlan]) -> None:
        """The end: what came back is written, and others may deliver at once."""
        self._write(plans, utcnow())
        with self.store() as session, session.begin():
            deliveries.let_go(session, self.owner)


def _write_state(session: Session, plan: QueuePlan, now: datetime) -> None:
    if plan.values:
        deliveries.write_state(session, plan.name, plan.values)
    if plan.revived:
        deliveries.all_due(session, plan.name, now)
    if plan.alarm_changed:
        clear_alarm(session, RECEIVER_AWAY, plan.name, now)
        if plan.alarm is not None:
            raise_alarm(session, RECEIVER_AWAY, plan.name, plan.alarm, "red", now)
    if any(each.state == "dead" for each in plan.results):
        deliveries.tell_unsent(session, plan.name, now)


def _look(session: Session, plan: QueuePlan, state: deliveries.WrittenState, now: datetime) -> QueueFound:
    due = next_due = None
    if plan.most > 0 and (plan.looks or state.newest > plan.newest):
        due = tuple(deliveries.due(session, plan.name, plan.most, now, but=plan.but, early=plan.early))
        if len(due) < plan.most:
            next_due = deliveries.next_due(session, plan.name, now)
    return QueueFound(due, next_due, state)
