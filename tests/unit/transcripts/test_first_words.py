"""What callers said first, and which words tell one group of callers from the others."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from ringback.store.base import utcnow
from transcripts.models import Segment, Transcript
from transcripts.search import first_words as module
from transcripts.search.first_words import FirstWords, TellingWord, first_words, telling

Turn = tuple[str, float, str]


def add(session: Session, call_id: str, *turns: Turn, state: str = "done") -> None:
    now = utcnow()
    session.add(
        Call(
            call_id=call_id, line="1000", language="en", caller_number="", caller_name="", state="ended", arrived_at=now
        )
    )
    session.flush()
    transcript = Transcript(call_id=call_id, state=state, language="en")
    for seq, (speaker, start, text) in enumerate(turns):
        segment = Segment(seq=seq, speaker=speaker, start=start, end=start + 2, text=text, confidence=0.9, words=[])
        transcript.segments.append(segment)
    session.add(transcript)
    session.flush()


def test_it_is_the_caller_in_the_first_twenty_seconds_of_the_talk(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        turns = (
            ("caller", 3.0, "in the menu"),
            ("agent", 30.0, "Anna here"),
            ("caller", 31.5, "My router is dead."),
            ("caller", 44.0, "Since Monday."),
            ("caller", 50.0, "too late"),
        )
        add(session, "a", *turns)
        add(session, "b", ("caller", 100.0, "hello"), state="running")
        add(session, "c", ("agent", 5.0, "nobody else speaks"))
        found = first_words(session, {"a": 30.0, "b": 100.0, "c": 5.0, "none": 0.0})
    assert found == {"a": FirstWords("a", 31.5, "My router is dead. Since Monday.")}


def test_calls_are_read_in_batches_and_none_is_lost(
    store: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    with store.begin() as session:
        talks = {f"c{number}": float(number * 7) for number in range(5)}
        for call_id, begins in talks.items():
            add(session, call_id, ("caller", begins + 1, f"I am {call_id}"))
        found = first_words(session, talks)
    assert {call_id: each.text for call_id, each in found.items()} == {call_id: f"I am {call_id}" for call_id in talks}


def test_a_group_is_known_by_what_the_others_do_not_say() -> None:
    billing = [
        "hello, where is my delivery",
        "Hello the deliveries are late",
        "my parcel: no delivery",
        "hello, an invoice",
    ]
    support = ["hello, my router is dead", "hello the router blinks", "hello no internet on my router"] * 2
    found = telling({"billing": billing * 3, "support": support * 2})
    assert found["billing"][0] == TellingWord("delivery", 9)
    assert found["support"][0] == TellingWord("router", 12)
    said = {each.word for words in found.values() for each in words}
    assert said.isdisjoint({"hello", "my", "the", "invoice"}), "what all say, or one alone, tells nothing"


def test_russian_forms_are_one_word() -> None:
    found = telling({"a": ["где моя посылка", "нет посылки", "жду посылку"] * 2, "b": ["нет интернета"] * 6})
    assert found["a"][0].calls == 6 and found["a"][0].word.startswith("посылк")


@pytest.mark.parametrize("groups", [{}, {"a": []}, {"a": ["one group alone"] * 9}, {"a": ["12 34"] * 9, "b": ["..."]}])
def test_without_anything_to_compare_nothing_is_told(groups: dict[str, list[str]]) -> None:
    assert [words for words in telling(groups).values() if words] == []


def test_a_word_counts_once_in_a_call() -> None:
    found = telling({"a": ["refund refund refund refund"] + ["nothing"] * 9, "b": ["other things"] * 10})
    assert "refund" not in {each.word for each in found["a"]}
