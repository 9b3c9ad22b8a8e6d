"""Topics are looked for: as soon as there are calls enough, then when many have come since, at most once an hour.

One worker at a time does it, by a lease. Topics and centres are written in one transaction, then every call is put to
its nearest topic, a few thousand at a time: memory and transactions stay as they are however many calls there are. A
worker that dies leaves the row due, and the next one does all of it again, to the same end.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from ringback.store import lease
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow
from ringback.store.leased import Terms, renewing, take, work_on
from summary.service import summaries_of
from topics import clusters, vectors
from topics.centres import Centres
from topics.clusters import Clusters
from topics.matching import same_centres
from topics.models import CallTopic, Topic, TopicCentre, TopicClustering, TopicRise
from topics.words import telling_words

log = logging.getLogger("ringback.topics")

THE_ROW = 1
GROWN = 1.2
"""So many times the calls of the last time, and topics are looked for again ..."""
RESTS, AT_LATEST = timedelta(hours=1), timedelta(days=7)
"""... at most so often; and after so long, where anything has come at all."""
MOST_CALLS = 20_000
"""The newest calls, of which topics are found: 40 MB. All others are only put to what these tell."""
READ = 200
"""Calls of a topic whose words are looked at, in each language."""
CHUNK = 4000
TERMS = Terms(log)


@dataclass
class Clustering:
    """A stage of the worker."""

    sessions: sessionmaker[Session]

    def due(self, session: Session, full: bool) -> list[str]:
        """Looked at now and then: nobody waits for it."""
        if not full:
            return []
        calls = session.scalar(select(func.count()).select_from(CallTopic)) or 0
        row = session.get(TopicClustering, THE_ROW)
        if row is not None and (lease.is_held(row, utcnow()) or self._failed_lately(row)):
            return []
        if row is None or row.finished_at is None:
            return [str(THE_ROW)] if calls >= clusters.LEAST_CALLS else []
        age = utcnow() - row.finished_at
        grown = calls >= GROWN * row.calls and age >= RESTS
        return [str(THE_ROW)] if grown or (calls > row.calls and age >= AT_LATEST) else []

    def work(self, _key: str) -> str | None:
        """ "done"; None: somebody else does it, or it is tried again."""
        with self.sessions() as session, session.begin():
            session.execute(insert_or_leave(TopicClustering).values(id=THE_ROW, calls=0, attempts=0))
            row = session.get_one(TopicClustering, THE_ROW)
            if lease.is_spent(row) and not self._failed_lately(row):
                row.attempts, row.error = 0, None
            held = take(session, row, TERMS)
        if held is None:
            return None
        return work_on(self.sessions, held, "topics", TERMS, lambda: self._find(held))

    @staticmethod
    def _failed_lately(row: TopicClustering) -> bool:
        """What failed three times is left alone for a while: other calls may come."""
        return lease.is_spent(row) and row.lease_until is not None and row.lease_until + RESTS > utcnow()

    def _find(self, held: lease.Lease) -> str:
        begun, tick = time.monotonic(), renewing(self.sessions, held)
        with self.sessions() as session:
            calls = session.scalar(select(func.count()).select_from(CallTopic)) or 0
            known = Centres.load(session)
            query = select(CallTopic.call_id, CallTopic.language, CallTopic.vector)
            rows = session.execute(query.order_by(CallTopic.arrived_at.desc()).limit(MOST_CALLS)).tuples().all()
        meanings = vectors.unpacked([vector for _, _, vector in rows])
        found = clusters.find(meanings, tick)
        if found is not None:
            places, _ = clusters.nearest(meanings, found.centres, found.reaches)
            of_each: list[list[tuple[str, str]]] = [[] for _ in found.centres]
            for (call_id, language, _), place in zip(rows, places, strict=True):
                if place >= 0:
                    of_each[place].append((call_id, language))
            words = self._words(of_each, tick)
            with self.sessions() as session, session.begin():
                held.renew(session, utcnow())
                write(session, found, known, words)
            self._put_all(tick)
        took = time.monotonic() - begun
        with self.sessions() as session, session.begin():
            held.release(session, calls=calls, finished_at=utcnow(), took_seconds=took, attempts=0, error=None)
        return "done"

    def _words(self, of_each: list[list[tuple[str, str]]], tick: Callable[[], None]) -> list[dict[str, list[str]]]:
        """The words of each topic, from what its calls say of their problem."""
        said: list[dict[str, list[str]]] = []
        for calls in of_each:
            tick()
            languages = dict(calls)
            some = [
                call_id
                for language in set(languages.values())
                for call_id in [each for each in languages if languages[each] == language][:READ]
            ]
            said.append({})
            with self.sessions() as session:
                for found in summaries_of(session, some).values():
                    text = " ".join(each.text for each in found.points["problem"])
                    said[-1].setdefault(found.language, []).append(text)
        return telling_words(said)

    def _put_all(self, tick: Callable[[], None]) -> None:
        """Every call to its nearest topic."""
        after = ""
        while True:
            tick()
            with self.sessions() as session, session.begin():
                after = put(session, after)
            if not after:
                return


def put(session: Session, after: str) -> str:
    """The next CHUNK calls behind one, by call_id, to their nearest topics; the last of them, empty: there are none."""
    query = select(CallTopic.call_id, CallTopic.vector, CallTopic.topic_id, CallTopic.likeness)
    query = query.where(CallTopic.call_id > after).order_by(CallTopic.call_id).limit(CHUNK)
    rows = session.execute(query).tuples().all()
    near = Centres.load(session).nearest(vectors.unpacked([vector for _, vector, _, _ in rows]))
    changes = [
        {"the_call": call_id, "topic_id": topic, "likeness": likeness}
        for (call_id, _, was, was_like), (topic, likeness) in zip(rows, near, strict=True)
        if (topic, likeness) != (was, was_like)
    ]
    if changes:
        table: Any = CallTopic.__table__
        session.connection().execute(update(table).where(table.c.call_id == bindparam("the_call")), changes)
    return rows[-1][0] if len(rows) == CHUNK else ""


def write(session: Session, found: Clusters, known: Centres, words: list[dict[str, list[str]]]) -> None:
    """Makes the topics and centres of the store those that were found. What people named or merged stays."""
    same = same_centres(found.centres, known.vectors)
    kept = set(session.scalars(select(Topic.id).where(Topic.kept)))
    stays = kept | {known.topics[place] for place in same if place is not None}
    for gone in set(session.scalars(select(Topic.id))) - stays:
        forget(session, gone)
    replaced = [
        key
        for place, (key, topic_id) in enumerate(zip(known.ids, known.topics, strict=True))
        if topic_id not in kept or place in same
    ]
    session.execute(delete(TopicCentre).where(TopicCentre.id.in_(replaced)))
    told: dict[UUID, dict[str, list[str]]] = {}
    for place, old in enumerate(same):
        topic_id = known.topics[old] if old is not None else _new(session)
        told[topic_id] = _both(told.get(topic_id, {}), words[place])
        vector, reach = vectors.packed(found.centres[place]), float(found.reaches[place])
        session.add(TopicCentre(topic_id=topic_id, vector=vector, reach=reach))
    for topic_id, of_topic in told.items():
        session.execute(update(Topic).where(Topic.id == topic_id).values(words=of_topic))
    session.flush()


def forget(session: Session, topic_id: UUID) -> None:
    """The topic is no more; its calls are of none until they are put to another."""
    session.execute(update(CallTopic).where(CallTopic.topic_id == topic_id).values(topic_id=None, likeness=None))
    session.execute(delete(TopicCentre).where(TopicCentre.topic_id == topic_id))
    session.execute(delete(TopicRise).where(TopicRise.topic_id == topic_id))
    session.execute(delete(Topic).where(Topic.id == topic_id))


def _new(session: Session) -> UUID:
    row = Topic(words={})
    session.add(row)
    session.flush()
    return row.id


def _both(first: dict[str, list[str]], then: dict[str, list[str]]) -> dict[str, list[str]]:
    """The words of two centres of one topic, in turns."""
    return {
        language: list(dict.fromkeys(_in_turns(first.get(language, []), then.get(language, []))))
        for language in {**first, **then}
    }


def _in_turns(first: list[str], then: list[str]) -> Iterator[str]:
    for place in range(max(len(first), len(then))):
        yield from first[place : place + 1]
        yield from then[place : place + 1]
