"""Ninety seconds of a call: what matters, in whole sentences, never more, and the same every time."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.digest import AROUND, KINDS, LEAST_SAVED, MOST, NOTHING, Digest, DigestFacts, digest
from summary.sentences import SaidSentence
from transcripts.text.moments import Moment

WORDS = ("the router is broken", "i will call you back tomorrow", "so it works now", "one moment please", "yes")


def facts(
    *said: tuple[str, float, float, str], seconds: float = 300.0, likely: dict[str, dict[int, float]] | None = None
) -> DigestFacts:
    sentences = [
        SaidSentence(at, 0, len(text.split()), who, start, end, text) for at, (who, start, end, text) in enumerate(said)
    ]
    return DigestFacts(sentences, {}, likely or {}, (), "en", 0.0, seconds)


CALL = facts(
    ("agent", 2.0, 5.0, "Good morning, how can I help you?"),
    ("caller", 6.0, 10.0, "My internet has been broken since yesterday."),
    ("agent", 90.0, 94.0, "I see that the line is faulty."),
    ("agent", 100.0, 104.0, "We will send somebody tomorrow by noon."),
    ("caller", 250.0, 254.0, "So it is settled, tomorrow by noon then."),
    likely={"problem": {1: 0.9}, "promised": {3: 0.9}, "outcome": {4: 0.8}},
)


def kinds_at(found: Digest, second: float) -> set[str]:
    return {kind for each in found.stretches if each.begin <= second <= each.end for kind in each.kinds}


def test_what_was_wanted_promised_and_settled_is_played_in_the_order_of_the_call() -> None:
    found = digest(CALL)
    assert "problem" in kinds_at(found, 8.0)
    assert "promised" in kinds_at(found, 102.0)
    assert "outcome" in kinds_at(found, 252.0)
    assert [each.begin for each in found.stretches] == sorted(each.begin for each in found.stretches)
    assert found.saved == pytest.approx(300.0 - found.seconds)
    assert digest(CALL) == found


def test_a_sentence_after_a_hold_says_so() -> None:
    held = replace(CALL, moments=[Moment("hold", 40.0, 49.0)])
    why = {each.code for part in digest(held).stretches for each in part.why if part.begin < 90.0 < part.end}
    assert "library.digest_hold" in why


def test_words_that_nobody_is_sure_of_are_played() -> None:
    found = digest(replace(CALL, unsure={0: 3}))
    assert "uncertain" in kinds_at(found, 3.0)
    assert not any("uncertain" in each.kinds for each in digest(CALL).stretches)


@pytest.mark.parametrize("seconds", [20.0, 258.0 - 230.0])
def test_a_short_call_is_heard_whole(seconds: float) -> None:
    assert digest(replace(CALL, said=CALL.said[:2], end=seconds)) == NOTHING
    assert digest(replace(CALL, said=())) == NOTHING


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("caller", "agent")),
            st.floats(0, 9),
            st.floats(0.3, 60),
            st.sampled_from(WORDS),
            st.integers(0, 4),
        ),
        max_size=40,
    ),
    st.data(),
)
def test_whatever_is_said_no_more_than_ninety_seconds_of_whole_sentences_are_played(
    rows: list[tuple[str, float, float, str, int]], data: st.DataObject
) -> None:
    at, said, unsure = 0.0, [], {}
    for place, (who, gap, lasts, text, doubted) in enumerate(rows):
        said.append((who, at + gap, at + gap + lasts, text))
        at, unsure[place] = at + gap + lasts * data.draw(st.sampled_from((1.0, 0.6))), doubted  # some overlap
    whole = max((end for _, _, end, _ in said), default=0.0) + 1
    made = replace(facts(*said, seconds=whole), unsure=unsure)
    found = digest(made)
    assert found.seconds <= MOST + 1e-6
    assert found == NOTHING or found.saved >= LEAST_SAVED
    for before, after in zip(found.stretches, found.stretches[1:], strict=False):
        assert before.end < after.begin
    for each in found.stretches:
        assert each.kinds and set(each.kinds) <= set(KINDS) and len(each.why) == len(each.kinds)
        assert 0 <= each.begin < each.end <= whole
        begins = any(abs(max(0.0, one.start - AROUND) - each.begin) < 0.011 for one in made.said)
        ends = any(abs(min(whole, one.end + AROUND) - each.end) < 0.011 for one in made.said)
        assert begins and ends, "a sentence is cut"
