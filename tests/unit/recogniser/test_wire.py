"""A question on its way through AMI and the dialplan arrives as it was, and nothing else is taken for one."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recogniser.wire import MOST_LETTERS, PIECE, QuestionReader, packed
from ringback.phrases import Phrases

OPTIONS: Phrases = (("1", ("техническая поддержка", 'a "quote", ${EXTEN}; & | (x)')), ("2", ("billing",)))
TEXTS = st.text(max_size=60)


def read(pieces: tuple[str, ...]) -> tuple[str, Phrases] | None:
    reader = QuestionReader()
    found = [reader.take(piece) for piece in pieces]
    assert found[:-1] == [None] * (len(pieces) - 1), "it is whole with its last piece"
    return found[-1]


def test_a_question_arrives_as_it_was() -> None:
    assert read(packed("ru", OPTIONS)) == ("ru", OPTIONS)


def test_a_long_question_comes_in_pieces_that_fit_a_line_of_ami() -> None:
    options = tuple((str(key), tuple(f"довольно длинная фраза номер {n}" for n in range(6))) for key in range(9))
    pieces = packed("ru", options)
    assert len(pieces) > 3
    assert all(len(piece) <= PIECE + 3 for piece in pieces)
    assert read(pieces) == ("ru", options)


@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=3).map(tuple)), max_size=5).map(tuple))
def test_no_character_of_a_question_means_anything_on_its_way(options: Phrases) -> None:
    pieces = packed("en", options)
    assert all(re.fullmatch(r"[0-9]+\.[A-Za-z0-9_-]*", piece) for piece in pieces)
    assert read(pieces) == ("en", options)


def encoded(text: str) -> str:
    return "0." + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "piece",
    [
        *("", "0", "x.abc", "².a", "0.!!!", "0.a", "0." + "a" * (MOST_LETTERS + 1)),
        *map(encoded, ("[", "{}", "[1,[]]", '["en",1]', '["en",[["1"]]]', '["en",[["1",[2]]]]')),
    ],
)
def test_what_is_no_question_is_refused(piece: str) -> None:
    with pytest.raises(ValueError):
        QuestionReader().take(piece)


def test_a_piece_that_is_not_the_next_is_refused() -> None:
    first, *_, last = packed("ru", tuple((str(key), ("слово" * 30,)) for key in range(9)))
    reader = QuestionReader()
    reader.take(first)
    with pytest.raises(ValueError):
        reader.take(last)
