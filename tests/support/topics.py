"""Calls that are about something, without a recogniser or an encoder: for the tests of topics and of their page."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from ringback.store.base import utcnow
from summary import step as summary
from summary.models import CallSummary
from tests.support.calls import EVIL_NAME, WHOLE, Store
from tests.support.search import BEGAN, add
from topics import step, vectors
from topics.models import CallTopic, Topic, TopicRise
from transcripts import stages
from transcripts.engines.meaning import WIDTH, Vectors
from transcripts.models import Transcript

Sessions = sessionmaker[Session]
SUBJECTS = {
    "internet": {"en": "My internet and the router do not work.", "ru": "Не работает интернет, роутер мигает."},
    "refund": {"en": "I want a refund for the shoes.", "ru": "Хочу вернуть туфли и деньги."},
    "password": {"en": "The login refuses my password.", "ru": "Вход не принимает пароль."},
}
"""What is said of each."""
NEAR = 0.25
"""How far calls about one thing lie around its middle."""


def meaning(subject: int, call: int, near: float = NEAR) -> Vectors:
    """Of a call: near the middle of its subject, in a direction of its own."""
    chance = np.random.default_rng((subject, call))
    middle = np.zeros(WIDTH, np.float32)
    middle[subject * 7 : subject * 7 + 5] = 1
    own = chance.normal(size=WIDTH).astype(np.float32)
    return vectors.unit(vectors.unit(middle) + near * vectors.unit(own))


def add_calls(
    store: Sessions, subject: str, count: int, *, first: int = 0, at: Iterable[datetime] = (), language: str = "en"
) -> list[str]:
    """Calls about one of SUBJECTS, as the worker's stages leave them before topics are found."""
    times = list(at) or [BEGAN + timedelta(minutes=number) for number in range(count)]
    place = list(SUBJECTS).index(subject)
    names = [f"{subject}-{language}-{first + number}" for number in range(count)]
    said = SUBJECTS[subject][language]
    for number, (name, moment) in enumerate(zip(names, times, strict=True)):
        add(store, name, [("agent", "Hello."), ("caller", said)], at=moment, language=language)
        with store() as session, session.begin():
            transcript = session.scalars(select(Transcript).where(Transcript.call_id == name)).one()
            told = {"problem": [[1, 0, len(said.split()), 21.0, 24.0]], "promised": [], "outcome": []}
            session.add(CallSummary(transcript_id=transcript.id, revision=transcript.revision, sentences=told))
            vector = vectors.packed(meaning(place, first + number))
            call = session.scalars(select(Call).where(Call.call_id == name)).one()
            session.add(CallTopic(call_id=name, language=language, arrived_at=call.arrived_at, vector=vector, at=21.0))
    return names


def add_about(store: Sessions, topic_id: UUID, times: Iterable[datetime]) -> None:
    """Calls of which nothing is known but when they came and what they are about."""
    with store() as session, session.begin():
        for at in times:
            call_id = f"{topic_id.hex[-6:]}.{at.timestamp():.0f}"
            facts = {"line": "1000", "language": "en", "caller_number": "", "caller_name": "", "state": "ended"}
            session.add(Call(call_id=call_id, arrived_at=at, **facts))
            session.flush()
            vector = vectors.packed(meaning(0, 0))
            about = {"topic_id": topic_id, "likeness": 0.8, "at": 21.0}
            session.add(CallTopic(call_id=call_id, language="en", arrived_at=at, vector=vector, **about))


def seed_rising(store: Store) -> Topic:
    """What the call that every test knows was about is a topic, and it rises; there is another one, of nothing."""
    with store.sessions() as session, session.begin():
        transcript = session.scalars(select(Transcript).where(Transcript.call_id == WHOLE)).one()
        stages.changed(session, transcript.id, done=("turns", "redact"))
    for name, make in (("summary", summary.make), ("topic", step.make)):
        assert stages.run(stages.Step(name, make), store.sessions, store.settings, WHOLE) == "done"
    with store.sessions() as session, session.begin():
        rows = [
            Topic(words={"en": ["router", "internet", "light"], "ru": ["роутер", "интернет"]}),
            Topic(words={"en": [EVIL_NAME]}),
        ]
        session.add_all(rows)
        session.flush()
        about = session.scalars(select(CallTopic)).one()
        about.topic_id, about.likeness = rows[0].id, 0.9
        session.add(TopicRise(topic_id=rows[0].id, since=utcnow() - timedelta(hours=1), calls=12, expected=1.4))
    return rows[0]


def topics_of(store: Sessions) -> dict[str, Topic | None]:
    """By call its topic."""
    with store() as session:
        rows = {row.id: row for row in session.scalars(select(Topic))}
        pairs = session.execute(select(CallTopic.call_id, CallTopic.topic_id)).tuples()
        return {call_id: rows[key] if key is not None else None for call_id, key in pairs}
