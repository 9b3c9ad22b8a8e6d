"""How many calls each topic has."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from topics.models import CallTopic


def counts_between(session: Session, since: datetime, until: datetime) -> tuple[dict[str, int], int]:
    """Calls that arrived then, by topic, and all that say a problem, those of no topic too."""
    query = select(CallTopic.topic_id, func.count()).where(CallTopic.arrived_at >= since, CallTopic.arrived_at < until)
    found: dict[UUID | None, int] = dict(session.execute(query.group_by(CallTopic.topic_id)).tuples().all())
    return {str(key): count for key, count in found.items() if key is not None}, sum(found.values())
