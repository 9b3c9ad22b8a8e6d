"""The summary in the store: made with the text, made again with it, shown only for the text as it is, gone with it."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from ringback.config import Settings
from ringback.store.erasing import Scope
from summary import step
from summary.erasing import erase
from summary.models import CallSummary
from summary.service import summaries_of
from tests.support.search import add, say
from transcripts import stages
from transcripts.models import Segment, Transcript

Sessions = sessionmaker[Session]
CALL_ID = "1700000000.1"
STEP = stages.Step("summary", step.make)
TALK = [
    ("agent", "Good morning, this is Anna. How can I help you?"),
    ("caller", "My internet has been down since last night."),
    ("agent", "I am sorry. One moment, please."),
    ("agent", "I will send a technician to you tomorrow morning."),
    ("caller", "Okay, then I will wait for him tomorrow. Goodbye."),
]


def summarise(store: Sessions, settings: Settings) -> None:
    with store() as session:
        (call_id,) = stages.due(session, "summary", full=True)
    assert stages.run(STEP, store, settings, call_id) == "done"


def problem(store: Sessions) -> list[tuple[str, float, str]]:
    with store() as session:
        found = summaries_of(session, [CALL_ID])[CALL_ID]
    return [(each.speaker, each.start, each.text) for each in found.points["problem"]]


def test_a_summary_quotes_the_call_with_its_seconds(store: Sessions, settings: Settings) -> None:
    add(store, CALL_ID, TALK)
    summarise(store, settings)
    assert problem(store)[0] == ("caller", 25.5, "My internet has been down since last night.")
    with store() as session:
        found = summaries_of(session, [CALL_ID, "another"])
    assert list(found) == [CALL_ID]
    assert found[CALL_ID].points["promised"][0].text == "I will send a technician to you tomorrow morning."


def test_it_is_made_again_of_other_words_and_says_nothing_meanwhile(store: Sessions, settings: Settings) -> None:
    add(store, CALL_ID, TALK)
    summarise(store, settings)
    with store() as session, session.begin():
        transcript = session.scalars(select(Transcript)).one()
        say(session, transcript, [("caller", "My card •card• does not work in your shop."), *TALK[2:]])
        assert summaries_of(session, [CALL_ID]) == {}
    summarise(store, settings)
    assert problem(store)[0][2] == "My card •card• does not work in your shop."


def test_it_holds_no_words_of_its_own(store: Sessions, settings: Settings) -> None:
    add(store, CALL_ID, TALK)
    summarise(store, settings)
    with store() as session:
        row = session.scalars(select(CallSummary)).one()
        assert row.sentences["problem"][0] == [1, 0, 8, 25.5, 29.4]
        assert {type(part) for places in row.sentences.values() for place in places for part in place} <= {int, float}


@pytest.mark.parametrize("turns", [[], [("agent", "Hello.")]])
def test_a_call_in_which_nothing_was_said_has_none(
    sqlite_store: Sessions, settings: Settings, turns: list[tuple[str, str]]
) -> None:
    add(sqlite_store, CALL_ID, turns)
    summarise(sqlite_store, settings)
    with sqlite_store() as session:
        assert session.scalars(select(CallSummary)).all() == []
        assert stages.is_current(session, CALL_ID, "summary")


def test_it_is_erased_with_its_call_and_not_made_again(store: Sessions, settings: Settings) -> None:
    add(store, CALL_ID, TALK)
    summarise(store, settings)
    with store() as session, session.begin():
        assert [(each.kind, each.count) for each in erase(session, settings, Scope(call_ids=(CALL_ID,)))] == [
            ("summary", 1)
        ]
        assert erase(session, settings, Scope(call_ids=(CALL_ID,))) == []
        session.execute(update(Transcript).values(state="erased"))
        assert stages.reprocess(session, "summary", call_id=CALL_ID) == 0
        assert session.scalars(select(Segment)).all() != []
    with store() as session:
        assert session.scalars(select(CallSummary)).all() == []
