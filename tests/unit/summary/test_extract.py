"""Which sentences say what a call was about: sentences, the choice, and the measure on marked conversations."""

import numpy as np
import pytest

from bench.conversations import LANGUAGES, conversations
from bench.summary import WANTED, shares
from summary import extract as extracts
from summary.extract import POINTS, choose, extract
from summary.sentences import LONGEST, SaidSentence, sentences
from transcripts.engines import meaning
from transcripts.engines.recogniser import Word
from transcripts.errors import ModelError
from transcripts.text.turns import Turn


def turn(text: str, speaker: str = "caller", start: float = 0.0, pauses: dict[int, float] | None = None) -> Turn:
    words, at = [], start
    for place, word in enumerate(text.split()):
        at += (pauses or {}).get(place, 0.0)
        words.append(Word(at, at + 0.3, 0.9, word))
        at += 0.3
    return Turn(speaker, tuple(words))


def test_sentences_of_a_turn_know_their_words_and_seconds() -> None:
    said = sentences([(4, turn("It is broken. Can you “help me?” Please", start=10.0))])
    assert [(each.seq, each.first, each.last, each.text) for each in said] == [
        (4, 0, 3, "It is broken."),
        (4, 3, 7, "Can you “help me?”"),
        (4, 7, 8, "Please"),
    ]
    assert (said[1].start, said[1].end) == pytest.approx((10.9, 12.1))


def test_what_never_ends_is_cut_at_its_longest_pauses() -> None:
    said = sentences([(0, turn("word " * 3 * LONGEST, pauses={40: 0.9}))])
    assert max(each.last - each.first for each in said) <= LONGEST
    assert 40 in {each.first for each in said}
    assert [each.last for each in said[:-1]] == [each.first for each in said[1:]]


def test_two_sentences_that_say_the_same_are_not_both_shown_while_another_is_as_telling() -> None:
    meant = np.array([[1, 0], [1, 0], [0, 1], [0.6, 0.8]], np.float32)
    assert choose([0.9, 0.89, 0.8, 0.1], meant) == [0, 2, 1]


def test_a_point_of_which_nothing_is_said_has_no_sentence() -> None:
    said = [
        SaidSentence(0, 0, 3, "agent", 0, 1, "Hello, this is Anna."),
        SaidSentence(1, 0, 1, "caller", 1, 2, "Goodbye."),
    ]
    found, meant = extract(said, "en")
    assert found["promised"] == [] and found["problem"] == []
    assert meant.shape == (2, meaning.WIDTH)
    assert extract([], "en")[0] == {point: [] for point in POINTS}


@pytest.mark.parametrize("language", ["de", "xx"])
def test_a_language_without_words_of_its_own_is_read_by_meaning(language: str) -> None:
    said = sentences(
        [
            (0, turn("Guten Tag, hier ist Anna.", "agent")),
            (1, turn("Mein Internet funktioniert seit gestern nicht mehr.", "caller", 3)),
            (2, turn("Einen Moment bitte.", "agent", 6)),
        ]
    )
    assert said[extract(said, language)[0]["problem"][0]].seq == 1


def test_other_weights_than_those_that_are_known_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(meaning.SHA256, "sp.model", "0" * 64)
    with pytest.raises(ModelError, match=r"sp\.model"):
        meaning.SentenceEncoder().vectors(["hello"])


def test_every_mark_has_a_weight_for_every_point() -> None:
    assert {point: {*extracts.MARKS, "always"} == set(extracts.WEIGHTS[point]) for point in POINTS} == dict.fromkeys(
        POINTS, True
    )


def test_sixty_conversations_have_their_four_marks() -> None:
    for language in LANGUAGES:
        assert [sorted(each.point for each in one.marked) for one in conversations(language)] == [
            ["outcome", "problem", "promised", "turn"]
        ] * 30


def test_the_right_sentence_is_among_three_in_conversations_that_nothing_was_chosen_on() -> None:
    found = shares()
    assert {which: share for which, share in found.items() if share < WANTED} == {}
    assert len(found) == len(LANGUAGES) * len(POINTS)
