"""What is found in words and what stands there afterwards: pure, no sound and no store."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.engines.recogniser import Word
from transcripts.redaction.detect import RedactionRules
from transcripts.redaction.masks import redact, redact_turns, shown
from transcripts.redaction.numbers import digits_of, number_in, passes_luhn
from transcripts.text.turns import turns

ALL = RedactionRules(phones=True, emails=True, names=("Анна Кузнецова", "Jonathan Fairbanks", "Павел"))
CARDS = RedactionRules()
EN = "zero one two three four five six seven eight nine".split()
RU = "ноль один два три четыре пять шесть семь восемь девять".split()


def words(text: str, start: float = 0.0) -> list[list[object]]:
    """Each word of `text` takes 0.4 s."""
    return [[start + at * 0.4, start + at * 0.4 + 0.35, 0.9, word] for at, word in enumerate(text.split())]


def masked(text: str, rules: RedactionRules = ALL, other: str = "") -> str:
    """What is left of `text`, said after `other` asked."""
    asked = words(other)
    begin = asked[-1][1] + 0.3 if asked else 0.0  # type: ignore[operator]
    return " ".join(str(word[3]) for word in redact(words(text, begin), rules, asked))


def luhn(body: str) -> str:
    return next(body + str(d) for d in range(10) if passes_luhn(body + str(d)))


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("double four oh", "440"),
        ("forty two seven", "427"),
        ("forty-one eleven", "4111"),
        ("one hundred twenty three", "123"),
        ("сорок два", "42"),
        ("девятьсот шестнадцать сто двадцать три", "916123"),
        ("восемьсот пять", "805"),
        ("три нуля два", "0002"),
        ("4,1,1,1, 1-1", "411111"),
        ("triple nine", "999"),
    ],
)
def test_numbers_are_read_as_they_are_said(said: str, digits: str) -> None:
    numbers = [number_in(word) for word in said.split()]
    assert digits_of([number for number in numbers if number is not None]) == digits


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("my card number is 4111 1111 1111 1111 thanks", "my card number is •card• thanks"),
        ("it is 4111-1111-1111-1111.", "it is •card•"),
        ("four one one one uh one one one one", "four one one one uh one one one one"),
        ("the security code is one two three okay", "the security code is •code• okay"),
        ("123 is the security code", "•code• is the security code"),
        ("card 4111 1111 no sorry 1112 1111 1111", "card •card•"),
        ("мой код безопасности сорок два семь", "мой код безопасности •code•"),
        ("номер карты двадцать два ноль ноль сорок два одиннадцать", "номер карты •card•"),
        ("call me at 212 555 0143 please", "call me at •phone• please"),
        ("плюс семь девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь", "плюс •phone•"),
        ("write to anna dot smith at example dot com please", "write to •email• please"),
        ("почта анна точка иванова собака пример точка ру спасибо", "почта •email• спасибо"),
        ("my email is john@example.com.", "my email is •email•"),
        ("я говорил с Анной Кузнецовой вчера", "я говорил с •name• вчера"),
        ("раньше я говорил про Анну и Кузнецовой с оператором", "раньше я говорил про •name• с оператором"),
        ("я и Кузнецова", "я и •name•"),
        ("this is Mister Fairbank's house", "this is Mister •name• house"),
        ("скажите Павлу что", "скажите •name• что"),
    ],
)
def test_secrets_are_masked(said: str, left: str) -> None:
    assert masked(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "my order number is 4 5 1 2 5 6 7 8",
        "the invoice says two hundred thirty three dollars and eight cents",
        "I ordered it on the 15th of March 2025",
        "error code four oh four on the screen",
        "between nine and twelve o'clock",
        "one moment please",
        "номер моего заказа 5 2 4 2 2 2 4 9",
        "на счету осталось двести сорок четыре рубля",
        "я заказал это второго марта две тысячи двадцать пятого года",
        "одну минуту пожалуйста",
        "Anna, look at this",
        "Анна слушает вас",
    ],
)
def test_harmless_numbers_stay(said: str) -> None:
    assert masked(said) == said


@pytest.mark.parametrize(
    ("asked", "said", "left"),
    [
        ("what are the three digits on the back", "it is 4 2 8", "it is •code•"),
        ("какой код безопасности", "два два восемь", "•code•"),
        ("when does the card expire", "April thirty one", "•expiry•"),
        ("what is your email address?", "it is marriottessmail.org", "it is •email•"),
        ("what number can we reach you at", "five five five oh one", "•phone•"),
    ],
)
def test_the_question_tells_what_the_answer_is(asked: str, said: str, left: str) -> None:
    assert masked(said, other=asked) == left


def test_only_what_is_wanted_is_masked() -> None:
    assert masked("call me at 212 555 0143", CARDS) == "call me at 212 555 0143"
    assert masked("the security code is 123", RedactionRules(codes=False)) == "the security code is 123"
    assert masked("4111 1111 1111 1111", RedactionRules(cards=False, codes=False)) == "4111 1111 1111 1111"


def test_a_number_is_one_over_turns_and_the_others_yes() -> None:
    def said(text: str, start: float) -> list[Word]:
        return [Word(*word) for word in words(text, start)]  # type: ignore[arg-type]

    caller = said("my card is four one one one", 0) + said("1111", 6) + said("one one one one 1111 thanks", 9)
    agent = said("yes", 4) + said("okay go on", 7.5)
    found, places = redact_turns(turns({"caller": caller, "agent": agent}), CARDS)
    assert [turn.text for turn in found if turn.speaker == "caller"] == ["my card is •card•", "•card•", "•card• thanks"]
    (place,) = places
    assert (place.kind, place.speaker, len(place.words)) == ("card", "caller", 10)


def test_a_marker_is_shown_in_the_readers_language() -> None:
    assert shown("это •card• да", {"card": "карта"}.__getitem__) == "это •••• карта да"


def test_what_was_masked_stays_masked() -> None:
    once = redact(words("card 4111 1111 1111 1111 code 123"), ALL)
    assert redact(once, ALL) == once


def spell(digits: str, language: list[str], manner: int) -> str:
    return digits if manner == 0 else " ".join(language[int(d)] for d in digits)


@given(
    body=st.text("0123456789", min_size=12, max_size=18),
    cuts=st.sets(st.integers(1, 18), max_size=8),
    manners=st.lists(st.integers(0, 2), min_size=9, max_size=9),
    fillers=st.lists(st.sampled_from(["", "uh", "then", "так", "и", "-"]), min_size=9, max_size=9),
    lead=st.sampled_from(["", "so it is", "номер такой"]),
)
def test_every_card_number_is_found_in_any_grouping(
    body: str, cuts: set[int], manners: list[int], fillers: list[str], lead: str
) -> None:
    digits = luhn(body)
    marks = [0, *sorted(c for c in cuts if c < len(digits)), len(digits)]
    groups = [digits[a:b] for a, b in pairwise(marks)]
    spoken = []
    for group, manner, filler in zip(groups, manners, fillers, strict=False):
        spoken += [spell(group, EN if manner == 1 else RU, manner), filler]
    said = " ".join([lead, *spoken, "thank you"])
    left = masked(said, CARDS)
    assert "•card•" in left
    assert not any(number_in(word) for word in left.split())


@given(st.lists(st.text(max_size=8), max_size=30))
def test_any_words_are_taken(said: list[str]) -> None:
    found = redact([[at, at + 0.5, 0.5, word] for at, word in enumerate(said)], ALL)
    assert len(found) <= len(said)


@pytest.mark.parametrize(
    ("asked", "said", "left"),
    [
        ("what are the three digits on the back", "free sex bar", "•code•"),
        ("", "the three digits on the back is free sex bar", "the three digits on the back is •code•"),
        ("what is the security code", "it is on the back of my card", "it is on the back of my card"),
        ("какой код безопасности", "сейчас посмотрю подождите минуту я ищу карту", None),
    ],
)
def test_a_code_of_which_no_digit_was_understood_is_masked(asked: str, said: str, left: str | None) -> None:
    assert masked(said, other=asked) == (left or said)
