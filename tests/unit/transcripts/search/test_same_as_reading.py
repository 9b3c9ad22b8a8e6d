"""Whatever is asked, both stores and saved searches find what reading every call finds."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.search import BEGAN, BERLIN, NOW, Sessions, Turns, add
from transcripts.search.answering import is_answer
from transcripts.search.document import IndexedPart
from transcripts.search.forms import apart, asked_keys, keys
from transcripts.search.models import SearchPart
from transcripts.search.query import Query, Term, parse
from transcripts.search.service import search
from transcripts.search.words import words

VOCABULARY = {
    "en": ["refund", "refunds", "order", "orders", "ordered", "the", "is", "my", "router", "no"],
    "ru": ["заказ", "заказы", "счёт", "счета", "не", "роутер"],
}


@pytest.mark.parametrize("size", [2500, 5])
def test_both_stores_find_what_reading_every_call_finds(
    store: Sessions, work: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("transcripts.search.document.PART_WORDS", size)
    random = Random(3)
    calls: dict[str, Turns] = {}
    for number in range(40):
        said = VOCABULARY["en"] + VOCABULARY["ru"] * (number % 2)
        turns = [
            (random.choice(("caller", "agent")), " ".join(random.choices(said, k=random.randint(1, 6))))
            for _ in range(random.randint(0, 4))
        ]
        calls[f"{number}.x"] = turns
        add(store, f"{number}.x", turns, at=BEGAN + timedelta(minutes=number))
    while work():
        pass
    hits = 0
    for _ in range(150):
        query = parse(typed(random), NOW.date())
        with store() as session:
            got = search(session, query, NOW, BERLIN, order="newest")
            made = {call_id: parts_of(session, call_id) for call_id in calls}
        expected = [call_id for call_id, turns in reversed(calls.items()) if answers(query, in_parts(turns, size))]
        assert [hit.call_id for hit in got.hits] == expected[:20], query
        assert [call_id for call_id in reversed(calls) if is_answer(query, None, made[call_id])] == expected, query
        hits += len(got.hits)
    assert hits > 200


def parts_of(session: Session, call_id: str) -> list[IndexedPart]:
    """The call's rows as a saved search is tried on them."""
    rows = session.scalars(select(SearchPart).where(SearchPart.call_id == call_id).order_by(SearchPart.part))
    return [
        IndexedPart(row.words, row.facts, row.said, row.stems, row.tokens, row.talk_seconds, row.silence_seconds)
        for row in rows
    ]


def in_parts(turns: Turns, size: int) -> list[Turns]:
    """A call's turns in parts of so many words."""
    made: list[Turns] = [[]]
    room = size
    for speaker, text in turns:
        rest = words(text)
        while rest:
            if not room:
                made.append([])
                room = size
            made[-1].append((speaker, " ".join(rest[:room])))
            rest, room = rest[room:], room - len(rest[:room])
    return made


def typed(random: Random) -> str:
    every = VOCABULARY["en"] + VOCABULARY["ru"]

    def piece() -> str:
        kind = random.randrange(6)
        if kind == 0:
            return '"' + " ".join(random.choices(VOCABULARY["en"], k=random.randint(1, 3))) + '"'
        if kind == 1:
            return random.choice(every)[:3] + "*"
        if kind == 2:
            phrase = '"' + " ".join(random.choices(VOCABULARY["en"], k=random.randint(2, 3))) + '"'
            return "-" + random.choice((*every, phrase))
        if kind == 3:
            return f"speaker:{random.choice(('caller', 'agent', 'any'))} {random.choice(every)}"
        return random.choice(every) if kind == 4 else f"{random.choice(every)} OR {random.choice(every)}"

    return " ".join(piece() for _ in range(random.randint(1, 3)))


def answers(query: Query, parts: list[Turns]) -> bool:
    """Whether a call answers, by reading it: one part says all, and none says what may not be said."""
    return any(all(any(says(term, turns) for term in group) for group in query.groups) for turns in parts) and not any(
        says(term, turns) for term in query.without for turns in parts
    )


def says(term: Term, turns: Turns) -> bool:
    for speaker, text in turns:
        said = words(text)
        if term.speaker not in (None, speaker):
            continue
        if term.kind == "word" and says_word(term.words[0], said):
            return True
        if term.kind == "prefix" and any(word.startswith(term.words[0]) for word in said):
            return True
        size = len(term.words)
        if term.kind == "exact" and any(tuple(said[at : at + size]) == term.words for at in range(len(said))):
            return True
    return False


def says_word(asked: str, said: list[str]) -> bool:
    """In any form, or as two words."""
    known = {key for word in said for key in keys(word)}
    return not known.isdisjoint(asked_keys(asked)) or any(pair in apart(asked) for pair in pairwise(said))
