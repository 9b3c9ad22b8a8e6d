"""Rising topics as rows: found each minute, kept up while they rise, over when they do not.

One that people have seen to, told or dismissed, is proposed again only after RESTS.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from ringback.store.base import utcnow
from topics import rising
from topics.figures import counts_between
from topics.models import CallTopic, Topic, TopicRise
from topics.rising import Counts

LOOK_SECONDS = 60.0
RESTS = timedelta(hours=24)
SETTLES = timedelta(hours=2)
"""How long after it rose last a topic is over."""


@dataclass
class Rising:
    """A stage of the worker. Of several workers each looks: what they find is the same."""

    sessions: sessionmaker[Session]
    _looked_at: float = -LOOK_SECONDS

    def due(self, session: Session, _full: bool) -> list[str]:
        if time.monotonic() < self._looked_at + LOOK_SECONDS:
            return []
        return ["all"] if session.scalar(select(Topic.id).limit(1)) is not None else []

    def look(self, _key: str) -> None:
        """Returns None: nothing that other stages wait for."""
        self._looked_at = time.monotonic()
        with self.sessions() as session, session.begin():
            propose(session, utcnow())


def propose(session: Session, now: datetime) -> None:
    """Makes the rows say what rises at `now`."""
    first = session.scalar(select(func.min(CallTopic.arrived_at)))
    if first is None or first > now - timedelta(weeks=rising.LEAST_WEEKS):
        return
    topics = {str(key): key for key in session.scalars(select(Topic.id))}
    weeks = min(rising.WEEKS, max(rising.LEAST_WEEKS, (now - first) // timedelta(weeks=1)))
    ever, all_ever = counts_between(session, now - timedelta(weeks=weeks), now - timedelta(hours=max(rising.HOURS)))
    open_rows = {row.topic_id: row for row in _rows(session, now)}
    for hours in rising.HOURS:
        since = now - timedelta(hours=hours)
        counts = _window(session, since, now, weeks, (ever, all_ever))
        for rise in rising.rises(counts, len(topics) * len(rising.HOURS)):
            key = topics[rise.topic]
            row = open_rows.get(key)
            if row is None:
                row = TopicRise(topic_id=key, since=since, calls=rise.calls, expected=rise.expected, found_at=now)
                session.add(row)
                open_rows[key] = row
            elif row.state == "proposed" and rise.calls >= row.calls:
                row.since, row.calls, row.expected = since, rise.calls, rise.expected
            row.seen_at = now
    for row in open_rows.values():
        if row.state == "proposed" and row.seen_at < now - SETTLES:
            row.state = "over"
    session.flush()


def _rows(session: Session, now: datetime) -> list[TopicRise]:
    """What is proposed, and what people saw to lately: each topic's newest."""
    query = select(TopicRise).where((TopicRise.state == "proposed") | (TopicRise.seen_at > now - RESTS))
    rows = session.scalars(query.where(TopicRise.state != "over").order_by(TopicRise.found_at))
    return list({row.topic_id: row for row in rows}.values())


def _window(session: Session, since: datetime, until: datetime, weeks: int, ever: tuple[dict[str, int], int]) -> Counts:
    now, all_now = counts_between(session, since, until)
    same: dict[str, int] = {}
    all_same = 0
    if now:
        for back in range(1, weeks + 1):
            then, count = counts_between(session, since - timedelta(weeks=back), until - timedelta(weeks=back))
            all_same += count
            for topic, calls in then.items():
                same[topic] = same.get(topic, 0) + calls
    return Counts(now, all_now, same, all_same, *ever)
