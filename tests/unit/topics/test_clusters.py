"""Topics among meanings, and their words: pure, without a store."""

import numpy as np
import pytest

from tests.support.topics import meaning
from topics import clusters, vectors
from topics.matching import same_centres
from topics.words import telling_words


def several(subjects: int, each: int, first: int = 0) -> vectors.Vectors:
    return np.array([meaning(subject, first + call) for subject in range(subjects) for call in range(each)])


def test_a_byte_for_each_number_keeps_the_direction() -> None:
    meanings = several(3, 5)
    kept = vectors.unpacked([vectors.packed(each) for each in meanings])
    assert float((kept * meanings).sum(axis=1).min()) > 0.999
    assert len(vectors.packed(meanings[0])) == 512
    assert vectors.unpacked([]).shape == (0, 512)
    assert not vectors.unpacked([vectors.packed(np.zeros(512, np.float32))]).any()


@pytest.mark.parametrize("subjects", [3, 6])
def test_as_many_topics_are_found_as_there_are(subjects: int) -> None:
    meanings = several(subjects, 30)
    found = clusters.find(meanings)
    assert found is not None and len(found.centres) == subjects
    places, _ = clusters.nearest(meanings, found.centres, found.reaches)
    of_each = [set(places[at * 30 : at * 30 + 30].tolist()) - {-1} for at in range(subjects)]
    assert [len(each) for each in of_each] == [1] * subjects
    assert (places < 0).mean() < 0.1
    again = clusters.find(meanings)
    assert again is not None and np.array_equal(again.centres, found.centres)


def test_a_stranger_belongs_to_no_topic() -> None:
    found = clusters.find(several(3, 30))
    assert found is not None
    strangers = np.array([meaning(subject, 1) for subject in range(7, 17)])
    assert set(clusters.nearest(strangers, found.centres, found.reaches)[0].tolist()) == {-1}
    others = clusters.nearest(several(3, 30, first=500), found.centres, found.reaches)[0]
    assert (others >= 0).mean() > 0.7


def test_few_calls_have_no_topics_and_calls_that_are_alike_do_not_trouble() -> None:
    assert clusters.find(several(3, 10)) is None
    alike = clusters.find(np.repeat(meaning(0, 0)[None], 80, axis=0))
    assert alike is not None and len(alike.centres) >= 1
    assert clusters.nearest(several(1, 2), np.zeros((0, 512), np.float32), np.zeros(0, np.float32))[0].tolist() == [
        -1,
        -1,
    ]


def test_many_calls_are_gone_through_by_batches_from_what_some_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "SEARCHED", 90)
    ticks: list[int] = []
    meanings = several(3, 100)
    found = clusters.find(meanings, lambda: ticks.append(1))
    assert found is not None and len(found.centres) == 3 and ticks
    places, _ = clusters.nearest(meanings, found.centres, found.reaches)
    assert sorted(np.bincount(places[places >= 0]).tolist())[0] > 80


def test_topics_found_in_other_calls_are_known_again() -> None:
    first, then = clusters.find(several(4, 30)), clusters.find(several(4, 30, first=500))
    assert first is not None and then is not None
    same = same_centres(then.centres, first.centres)
    assert sorted(place for place in same if place is not None) == [0, 1, 2, 3]
    assert same_centres(np.array([meaning(9, 0)]), first.centres) == [None]
    assert same_centres(first.centres[:1].repeat(2, axis=0), first.centres[:1]) == [0, None]


def test_words_are_those_that_tell_a_topic_from_the_others() -> None:
    internet = ["Hello, my router is broken", "the routers do not work", "a router •card• works no more"]
    refund = ["I want a refund, hello", "refund for shoes please", "refunds of shoes", "these shoes and a refund"]
    russian = ["роутер мигает", "роутеры мигают", "с роутером беда, мигает"]
    found = telling_words([{"en": internet, "ru": russian}, {"en": refund}])
    assert found[0]["en"] == ["router"] and found[1]["en"][:2] == ["refund", "shoes"]
    assert set(found[0]["ru"]) == {"роутер", "мигает"} and "ru" not in found[1]
    assert telling_words([]) == []


def test_what_few_callers_say_is_no_word_of_a_topic() -> None:
    said = ["Whitfield Whitfield Whitfield", "Whitfield wants a refund", "refund", "refund"]
    assert telling_words([{"en": said}]) == [{"en": ["refund"]}]
