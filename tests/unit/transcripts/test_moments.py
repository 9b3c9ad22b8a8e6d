"""The seconds of a talk that may explain how a caller felt: what is found, and what is not worth a look."""

from hypothesis import given
from hypothesis import strategies as st

from transcripts.engines.recogniser import Word
from transcripts.text.moments import LONG_OVERLAP, Moment, moments

TALK = [(10.0, 100.0)]


def said(*intervals: tuple[float, float]) -> list[Word]:
    return [Word(start, end, 0.9, "word") for start, end in intervals]


def test_the_longest_of_each_kind_is_found_in_the_order_of_the_call() -> None:
    words = {
        "caller": said((10, 20), (40, 44), (90, 99)),
        "agent": said((20, 30), (42, 45), (46, 60), (95, 96)),
    }
    found = moments(words, TALK, [(30.0, 36.0), (60.0, 80.0)], [55.0])
    assert found == [
        Moment("overlap", 42, 2),
        Moment("transfer", 55, None),
        Moment("hold", 60, 20),
        Moment("silence", 80, 10),
    ]


def test_what_nobody_heard_is_no_silence() -> None:
    words = {"caller": said((10, 20), (95, 100)), "agent": said((20, 22))}
    assert moments(words, TALK, [], [], [(22.0, 93.0)]) == []
    [silence] = moments(words, TALK, [], [])
    assert (silence.kind, silence.at, silence.seconds) == ("silence", 22, 73)


def test_short_ones_are_not_worth_a_look() -> None:
    words = {"caller": said((10, 50), (52, 99.5)), "agent": said((50 - LONG_OVERLAP / 2, 52))}
    assert moments(words, TALK, [(20.0, 24.0)], []) == []


def test_without_words_nothing_is_said_of_silence() -> None:
    assert moments({}, TALK, [(30.0, 60.0)], [70.0]) == [Moment("hold", 30, 30), Moment("transfer", 70, None)]


SPOKEN = st.lists(st.tuples(st.floats(0, 120), st.floats(0.1, 20)), max_size=12)


@given(SPOKEN, SPOKEN, SPOKEN)
def test_every_moment_lies_in_the_talk(
    caller: list[tuple[float, float]], agent: list[tuple[float, float]], holds: list[tuple[float, float]]
) -> None:
    def ends(spoken: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return sorted((start, start + length) for start, length in spoken)

    away = [(max(start, 10.0), min(end, 100.0)) for start, end in ends(holds) if start < 100 and end > 10]
    for each in moments({"caller": said(*ends(caller)), "agent": said(*ends(agent))}, TALK, away, []):
        assert each.seconds is not None and each.seconds > 0
        assert each.at >= 10 and each.at + each.seconds <= 100.001
