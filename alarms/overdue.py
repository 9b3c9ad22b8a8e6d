"""What was not done by its time: next steps of tickets, one alarm for each person who is to take them and one for those
of nobody; answers to disputes about scores, one for all of them, since any second person may give them."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alarms.condition import Condition
from ringback.config import Settings
from ringback.messages import message
from scoring.models import EvaluationDispute
from tickets.models import Ticket


def overdue(session: Session, settings: Settings, now: datetime) -> Iterator[Condition]:
    """Of each owner how many there are, with the one that waits longest; a new one is news."""
    late = select(Ticket.owner, func.count(), func.min(Ticket.due_at), func.max(Ticket.due_at)).where(
        Ticket.due_at < now
    )
    for owner, count, first, newest in session.execute(late.group_by(Ticket.owner)).tuples():
        oldest = select(Ticket.number).where(Ticket.owner.is_not_distinct_from(owner), Ticket.due_at == first)
        ticket = session.scalar(oldest.order_by(Ticket.number).limit(1))
        who = message("alarms.nobody") if owner is None else settings.agent_called(owner)
        said = message("alarms.tickets_overdue", who=who, count=count)
        yield Condition(
            "ticket.overdue", owner or "-", said, "yellow", {"ticket": ticket, "owner": owner}, newest=newest
        )


def late_disputes(session: Session, now: datetime) -> Iterator[Condition]:
    """How many nobody answered in time; a new one is news."""
    late = EvaluationDispute.state == "open", EvaluationDispute.due_at < now
    count, newest = session.execute(select(func.count(), func.max(EvaluationDispute.due_at)).where(*late)).one()
    if count:
        said = message("alarms.disputes_late", count=count)
        yield Condition("dispute.late", "disputes", said, "yellow", newest=newest)
