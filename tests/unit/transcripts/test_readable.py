"""Readable text: numbers in figures, sentences and capitals, and times that stay where they were."""

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


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("one moment please", "one moment please"),
        ("first of all I have two or three of them", "first of all I have two or three of them"),
        ("no one gave me a second", "no one gave me a second"),
        ("a thousand thanks", "a thousand thanks"),
        ("it is four one five | five five five | oh one two three", "it is 415 555 0123"),
        ("double five oh seven seven", "55077"),
        ("eight hundred five five five three five three five", "800 5553535"),
        ("in nineteen eighty four", "in 1984"),
        ("call me at ten thirty", "call me at 10:30"),
        ("by six oh five pm", "by 6:05 pm"),
        ("the twenty third of may", "the 23rd of may"),
        ("one hundred and twenty three dollars and fifty cents", "123 dollars and 50 cents"),
        ("three point five percent", "3.5 percent"),
        ("seven hundred fifty thousand", "750000"),
        ("Twenty-three, maybe well-known.", "23, maybe well-known."),
        ("room twelve. Three people", "room 12. Three people"),
    ],
)
def test_english_numbers(said: str, written: str) -> None:
    assert read(said) == written


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("один момент", "один момент"),
        ("два три дня", "два три дня"),
        ("первый раз тысячи людей", "первый раз тысячи людей"),
        ("двадцати трёх рублей", "23 рублей"),
        ("тысяча двести рублей", "1200 рублей"),
        ("сто пятьдесят тысяч", "150000"),
        (
            "восемь девятьсот двенадцать триста сорок пять шестьдесят семь восемьдесят девять",
            "8 912 345 67 89",
        ),
        ("восемь девятьсот двенадцать три четыре пять", "8 912 345"),
        ("двадцать третье мая в две тысячи двадцать шестом году", "23 мая в 2026 году"),
        ("пятого мая в десять тридцать", "5 мая в 10:30"),
        ("три целых пять десятых процента", "3,5 процента"),
        ("девяносто девять целых пятьдесят пять сотых", "99,55"),
    ],
)
def test_russian_numbers(said: str, written: str) -> None:
    assert read(said, "ru") == written


def test_a_figure_keeps_the_time_of_its_words() -> None:
    words = heard("pay twenty three dollars")
    figure = readable(words, "en", bare=False)[1]
    assert (figure.start, figure.end, figure.text) == (words[1].start, words[2].end, "23")


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
    [*LANGUAGES["en"].atoms, "and", "oh", "double", "point", "of", "at", "dollars", "x", "a,"]
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
