"""Topics in the store: found by one worker, kept by name, merged for good; each call put to the nearest, or to none."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.erasing import Scope
from tests.support.search import add
from tests.support.topics import add_calls, topics_of
from topics import clustering, service, step
from topics.clustering import Clustering
from topics.erasing import erase
from topics.errors import TopicError
from topics.models import CallTopic, Topic, TopicCentre, TopicClustering
from transcripts import stages

Sessions = sessionmaker[Session]


def find(store: Sessions) -> None:
    stage = Clustering(store)
    with store() as session:
        (key,) = stage.due(session, True)
    assert stage.work(key) == "done"


def again(store: Sessions) -> None:
    """Days later, with a few calls more."""
    with store() as session, session.begin():
        session.execute(update(TopicClustering).values(finished_at=utcnow() - timedelta(days=9)))
    add_calls(store, "internet", 1, first=1000 + len(topics_of(store)))
    find(store)


def seed(store: Sessions) -> None:
    for subject in ("internet", "refund", "password"):
        for language in ("en", "ru"):
            add_calls(store, subject, 12, first=0 if language == "en" else 100, language=language)


def test_topics_are_found_named_by_their_words_and_the_same_in_both_languages(store: Sessions) -> None:
    seed(store)
    find(store)
    of_calls = topics_of(store)
    internet = {row.id for call_id, row in of_calls.items() if row is not None and call_id.startswith("internet")}
    assert len(internet) == 1
    with store() as session:
        rows = session.scalars(select(Topic)).all()
        assert len(rows) == 3
        (row,) = [row for row in rows if row.id in internet]
        assert "router" in row.words["en"] and "роутер" in row.words["ru"]
        assert Clustering(store).due(session, True) == []


def test_a_name_and_a_merge_stay_when_topics_are_found_anew(store: Sessions) -> None:
    seed(store)
    find(store)
    of_calls = {call_id.split("-")[0]: row for call_id, row in topics_of(store).items() if row is not None}
    internet, refund, password = (of_calls[name].id for name in ("internet", "refund", "password"))
    with store() as session, session.begin():
        service.rename(session, internet, "  No   internet ", "eva")
        service.merge(session, password, refund, "eva")
    again(store)
    with store() as session:
        rows = {row.id: row for row in session.scalars(select(Topic))}
        assert set(rows) == {internet, refund}
        assert rows[internet].name == "No internet" and rows[refund].kept
        assert session.scalar(select(func.count()).select_from(TopicCentre).where(TopicCentre.topic_id == refund)) == 2
    assert {row.id for call_id, row in topics_of(store).items() if row and call_id.startswith("password")} == {refund}


def test_a_named_topic_stays_without_calls_and_one_without_a_name_goes(sqlite_store: Sessions) -> None:
    seed(sqlite_store)
    with sqlite_store() as session, session.begin():
        named, gone = Topic(words={"en": ["fax"]}, name="Fax", kept=True), Topic(words={"en": ["telex"]})
        session.add_all([named, gone])
        session.flush()
        kept_id = named.id
    find(sqlite_store)
    with sqlite_store() as session:
        names = {row.id: row.name for row in session.scalars(select(Topic))}
    assert names[kept_id] == "Fax" and len(names) == 4


def test_a_new_call_is_put_to_the_nearest_topic_or_to_none(sqlite_store: Sessions, settings: Settings) -> None:
    """With the real encoder."""
    from summary import step as summary

    said = {
        "1.1": "My internet has been down since last night.",
        "1.2": "У меня со вчерашнего вечера не работает интернет.",
        "1.3": "I want my money back for these shoes.",
    }
    for call_id, text in said.items():
        language = "ru" if call_id == "1.2" else "en"
        turns = [("agent", "Hello, how can I help you?"), ("caller", text)]
        add(sqlite_store, call_id, turns, language=language)
        assert stages.run(stages.Step("summary", summary.make), sqlite_store, settings, call_id) == "done"

    def about(call_id: str) -> None:
        with sqlite_store() as session, session.begin():
            stages.reprocess(session, "topic", call_id=call_id)
        assert stages.run(stages.Step("topic", step.make), sqlite_store, settings, call_id) == "done"

    about("1.1")
    assert topics_of(sqlite_store) == {"1.1": None}
    with sqlite_store() as session, session.begin():
        topic = Topic(words={"en": ["internet"]})
        session.add(topic)
        session.flush()
        mine = session.scalars(select(CallTopic)).one()
        session.add(TopicCentre(topic_id=topic.id, vector=mine.vector, reach=0.5))
        assert mine.at == 23.5
    about("1.2")
    about("1.3")
    found = topics_of(sqlite_store)
    assert found["1.2"] is not None and found["1.3"] is None


def test_of_two_workers_one_looks_for_topics(store: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(store)
    other: list[str | None] = []

    def meanwhile(*_: object) -> None:
        other.append(Clustering(store).work("1"))

    monkeypatch.setattr(clustering.clusters, "find", meanwhile)
    assert Clustering(store).work("1") == "done"
    assert other == [None]


def test_calls_are_put_to_topics_a_few_at_a_time(sqlite_store: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "CHUNK", 7)
    seed(sqlite_store)
    find(sqlite_store)
    assert sum(row is not None for row in topics_of(sqlite_store).values()) > 60


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_has_characters_and_not_too_many(sqlite_store: Sessions, name: str) -> None:
    with sqlite_store() as session, session.begin():
        topic, other = Topic(words={}), Topic(words={}, name="Taken", kept=True)
        session.add_all([topic, other])
        session.flush()
        with pytest.raises(TopicError):
            service.rename(session, topic.id, name, "eva")
        with pytest.raises(TopicError):
            service.rename(session, topic.id, "taken", "eva")
        with pytest.raises(TopicError):
            service.merge(session, topic.id, topic.id, "eva")
        assert topic.name is None


def test_what_a_call_was_about_is_erased_with_it(store: Sessions, settings: Settings) -> None:
    add_calls(store, "internet", 2)
    with store() as session, session.begin():
        (removed,) = erase(session, settings, Scope(call_ids=("internet-en-0",)))
        assert (removed.kind, removed.count) == ("topic", 1)
        assert erase(session, settings, Scope(call_ids=("internet-en-0",))) == []
    assert set(topics_of(store)) == {"internet-en-1"}
