"""Topics as a document: what calls are about, how often, and what rises; with words and names, never with calls."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from topics.clusters import LEAST_CALLS
from topics.figures import counts_between
from topics.models import CallTopic, Topic, TopicClustering, TopicRise
from web.documents.facts import Document, iso

WEEKS = 8
"""Of which calls are counted."""


def topics_document(session: Session, now: datetime) -> Document:
    """Keys: topics (the largest first), calls and of_none in the last WEEKS, rising, found_at, wanted (calls without
    which no topics are found), there (calls that say a problem, of whatever age)."""
    ends = [now - timedelta(weeks=back) for back in range(WEEKS)]
    weeks = [counts_between(session, end - timedelta(weeks=1), end) for end in ends]
    every = sum(count for _, count in weeks)
    rows = session.scalars(select(Topic)).all()
    topics = [_topic(row, [counts.get(str(row.id), 0) for counts, _ in reversed(weeks)], every) for row in rows]
    clustering = session.scalars(select(TopicClustering)).one_or_none()
    return {
        "topics": sorted(topics, key=lambda each: (-each["calls"], each["id"])),
        "calls": every,
        "of_none": every - sum(each["calls"] for each in topics),
        "rising": [_rise(rise, topic) for rise, topic in _rising(session)],
        "found_at": iso(clustering.finished_at) if clustering is not None else None,
        "wanted": LEAST_CALLS,
        "there": session.scalar(select(func.count()).select_from(CallTopic)) or 0,
    }


def names_of_topics(session: Session) -> list[Document]:
    """Of all topics id, name and words, as filters and forms offer them."""
    return [{"id": str(row.id), "name": row.name, "words": row.words} for row in session.scalars(select(Topic))]


def _topic(row: Topic, weeks: list[int], every: int) -> Document:
    """`weeks`: its calls of each week, the oldest first; `usual`: of a week before the last one."""
    calls, before = sum(weeks), weeks[:-1]
    return {
        "id": str(row.id),
        "name": row.name,
        "words": row.words,
        "calls": calls,
        "share": calls / every if every else 0.0,
        "weeks": weeks,
        "usual": sum(before) / len(before),
        "changed_by": row.changed_by,
    }


def _rising(session: Session) -> Iterable[tuple[TopicRise, Topic]]:
    query = select(TopicRise, Topic).join(Topic, Topic.id == TopicRise.topic_id).where(TopicRise.state == "proposed")
    return session.execute(query.order_by(TopicRise.found_at.desc())).tuples().all()


def _rise(rise: TopicRise, topic: Topic) -> dict[str, Any]:
    return {
        "id": str(rise.id),
        "topic": str(topic.id),
        "name": topic.name,
        "words": topic.words,
        "since": iso(rise.since),
        "calls": rise.calls,
        "expected": rise.expected,
    }
