"""Readable text: sentences and capitals, and times that stay where they were; its numbers are in test_numbers.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.engines.recogniser import Word
from transcripts.text.number_words import LANGUAGES
from transcripts.text.readable import is_bare, readable


def heard(text: str, gap: float = 0.1) -> list[Word]:
    """Words of 0.3 s each; `|` is a pause of a second."""
    words, clock = [], 0.0
    for each in text.split():
        if each == "|":
            clock += 1.0
            continue
        words.append(Word(clock, clock + 0.3, 0.9, each))
        clock += 0.3 + gap
    return words


def read(text: str, language: str = "en", *, bare: bool = False) -> str:
    return " ".join(word.text for word in readable(heard(text), language, bare=bare))


def test_a_figure_keeps_the_time_of_its_words() -> None:
    words = heard("pay twenty three dollars and leave twenty")
    figures = [word for word in readable(words, "en", bare=False) if word.text in ("$23", "20")]
    assert [(word.start, word.end) for word in figures] == [
        (words[1].start, words[3].end),
        (words[6].start, words[6].end),
    ]


@pytest.mark.parametrize(
    ("language", "said", "written"),
    [
        ("en", "hello | i'm anna | how can i help you", "Hello. I'm anna. How can I help you?"),
        ("en", "can you hear me | yes but not well", "Can you hear me? Yes, but not well."),
        ("en", "so what is your number", "So what is your number?"),
        ("ru", "алло | скажите когда приедет мастер", "Алло. Скажите когда приедет мастер?"),
        ("ru", "я знаю что вы звонили", "Я знаю, что вы звонили."),
        ("ru", "работает ли у вас интернет", "Работает ли у вас интернет?"),
        ("ru", "с кем я говорю | так как он не работает", "С кем я говорю? Так как он не работает."),
        ("ru", "что бы выйти из меню", "Что бы выйти из меню."),
        (
            "en",
            "when i press it nothing happens | what i need is help",
            "When I press it nothing happens. What I need is help.",
        ),
    ],
)
def test_bare_words_become_sentences(language: str, said: str, written: str) -> None:
    assert is_bare(heard(said))
    assert read(said, language, bare=True) == written


def test_marks_of_the_engine_are_left_alone() -> None:
    said = "Hello, this is Anna. What happened?"
    assert not is_bare(heard(said))
    assert read(said) == said


number_like = st.sampled_from(
    [*LANGUAGES["en"].atoms, "and", "oh", "double", "point", "of", "at", "dollars", "x", "a,", "a", "to", "half"]
)


@given(st.lists(number_like, max_size=12), st.booleans())
def test_no_time_is_lost_or_invented(said: list[str], bare: bool) -> None:
    words = heard(" ".join(said))
    written = readable(words, "en", bare=bare)
    assert [w.start for w in written] == sorted(w.start for w in written)
    assert {w.start for w in written} <= {w.start for w in words}
    assert {w.end for w in written} <= {w.end for w in words}
    assert bool(written) == bool(words)
    if words:
        assert (written[0].start, written[-1].end) == (words[0].start, words[-1].end)
