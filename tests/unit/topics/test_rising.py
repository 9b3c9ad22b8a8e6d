"""A rising topic: told from chance, from a busy day and from its own busy hours; proposed once, over by itself."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.support.topics import add_about
from topics import rising, service
from topics.models import Topic, TopicRise
from topics.proposals import propose
from topics.rising import Counts, rises

Sessions = sessionmaker[Session]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def counts(now: int, all_now: int, same: int, all_same: int, ever: int = 300, all_ever: int = 6000) -> Counts:
    return Counts({"a": now}, all_now, {"a": same}, all_same, {"a": ever}, all_ever)


def test_many_more_calls_than_ever_rise() -> None:
    (rise,) = rises(counts(14, 40, 8, 180), 30)
    assert (rise.topic, rise.calls) == ("a", 14)
    assert 1 < rise.expected < 3


def test_a_busy_day_makes_nothing_rise() -> None:
    assert rises(counts(14, 280, 8, 180), 30) == []


def test_what_is_always_so_at_these_hours_does_not_rise() -> None:
    assert rises(counts(14, 40, 70, 200), 30) == []
    assert rises(counts(14, 40, 8, 200), 30) != []


def test_a_few_calls_are_nothing_and_a_topic_that_never_was_may_rise() -> None:
    assert rises(counts(4, 5, 0, 200, 0), 30) == []
    assert [rise.topic for rise in rises(counts(9, 40, 0, 200, 0), 30)] == ["a"]


def test_chance_alone_makes_hardly_anything_rise() -> None:
    """A year of days with 30 topics whose shares change from day to day."""
    chance = np.random.default_rng(1)
    shares = chance.dirichlet(np.full(30, 2.0))
    found = 0
    for _ in range(365):
        today = chance.dirichlet(shares * rising.BELIEVED)
        now = chance.multinomial(200, today)
        past = chance.multinomial(1200, shares)
        ever = chance.multinomial(8400, shares)
        named = [dict(zip(map(str, range(30)), map(int, each), strict=True)) for each in (now, past, ever)]
        found += len(rises(Counts(named[0], 200, named[1], 1200, named[2], 8400), 90))
    assert found <= 2


def weeks(store: Sessions) -> UUID:
    """Three weeks of calls about two things, a few a day; the topic of one of them."""
    with store() as session, session.begin():
        topics = [Topic(words={"en": [word]}) for word in ("router", "refund")]
        session.add_all(topics)
        session.flush()
        keys = [topic.id for topic in topics]
    days = [NOW - timedelta(days=day, hours=hour) for day in range(1, 22) for hour in (0, 5)]
    add_about(store, keys[0], days)
    add_about(store, keys[1], [day - timedelta(minutes=at) for day in days for at in (1, 2, 3)])
    return keys[0]


def rows(store: Sessions) -> list[tuple[str, int]]:
    with store() as session:
        found = session.scalars(select(TopicRise).order_by(TopicRise.found_at))
        return [(row.state, row.calls) for row in found]


def look(store: Sessions, now: datetime) -> None:
    with store() as session, session.begin():
        propose(session, now)


def test_a_rising_topic_is_proposed_once_and_over_by_itself(store: Sessions) -> None:
    key = weeks(store)
    look(store, NOW)
    assert rows(store) == []
    add_about(store, key, [NOW - timedelta(minutes=3 * at + 1) for at in range(12)])
    look(store, NOW)
    look(store, NOW + timedelta(minutes=5))
    assert rows(store) == [("proposed", 13)]
    with store() as session:
        row = session.scalars(select(TopicRise)).one()
        clips = service.clips_of(session, row.topic_id, row.since)
        assert len(clips) == service.CLIPS and {clip.at for clip in clips} == {21.0}
        assert row.expected < 4
    look(store, NOW + timedelta(days=2))
    assert rows(store) == [("over", 13)]


def test_what_people_dismissed_rests_for_a_day(sqlite_store: Sessions) -> None:
    key = weeks(sqlite_store)
    add_about(sqlite_store, key, [NOW - timedelta(minutes=3 * at + 1) for at in range(12)])
    look(sqlite_store, NOW)
    with sqlite_store() as session, session.begin():
        row = session.scalars(select(TopicRise)).one()
        assert service.end_rise(session, row.id, "dismissed", "eva")
        assert not service.end_rise(session, row.id, "told", "tom")
    look(sqlite_store, NOW + timedelta(minutes=10))
    assert rows(sqlite_store) == [("dismissed", 13)]


def test_without_a_past_nothing_rises(sqlite_store: Sessions) -> None:
    look(sqlite_store, NOW)
    with sqlite_store() as session, session.begin():
        topic = Topic(words={})
        session.add(topic)
        session.flush()
        key = topic.id
    add_about(sqlite_store, key, [NOW - timedelta(minutes=at) for at in range(12)])
    look(sqlite_store, NOW)
    assert rows(sqlite_store) == []
