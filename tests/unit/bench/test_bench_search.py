"""The calls that the search's benchmark asks are the same in every run, and as skewed as speech is."""

from datetime import date
from itertools import islice

from bench.search_corpus import TURNS, Corpus, questions
from transcripts.search.form import query_of


def test_the_same_calls_in_every_run() -> None:
    corpus = Corpus()
    calls = list(islice(corpus.calls(50_000), 200))
    assert calls == list(islice(Corpus().calls(50_000), 200))
    turns = [turn for call in calls for turn in call.turns]
    assert len(turns) == 200 * TURNS
    english = [turn for call in calls if call.language == "en" for turn in call.turns]
    for word, least in (("i", 0.3), ("the", 0.3), ("order", 0.01)):
        assert sum(word in said for *_, said in english) > least * len(english)
    asked = questions(corpus, calls)
    assert len(asked) == 200
    for _, typed, fields in asked:
        query = query_of({"q": typed, **fields}, date(2026, 11, 1))
        assert query.groups
        assert not query.notices
