"""What callers may say: how phrases are compared, and which sound too much alike to be told apart."""

import pytest

from ringback.phrases import NUMBERS, YES_NO, alike, alike_among, letters, stems, with_numbers, words


@pytest.mark.parametrize(
    ("a", "b", "language", "expected"),
    [
        ("billing", "Billing!", "en", True),
        ("bill", "bills", "en", True),
        ("order", "orders", "en", True),
        ("sale", "sail", "en", False),
        ("loan", "lone", "en", False),
        ("cat", "cut", "en", True),
        ("support", "sales", "en", False),
        ("a count", "account", "en", True),
        ("счёт", "счета", "ru", True),
        ("оплата", "оплату", "ru", True),
        ("заказ", "указ", "ru", False),
        ("счёт", "учёт", "ru", True),
        ("доставка", "продажи", "ru", False),
        ("вопрос", "вопрос", "xx", True),
    ],
)
def test_phrases_are_alike_by_stems_or_one_letter(a: str, b: str, language: str, expected: bool) -> None:
    assert alike(a, b, language) is expected
    assert alike(b, a, language) is expected


def test_phrases_of_one_option_may_be_alike_those_of_two_may_not() -> None:
    options = (("1", ("bill", "bills", "invoice")), ("2", ("a bill", "order")), ("3", ("orders",)))
    found = alike_among(options, "en")
    assert ("2", "order", "3", "orders") in found
    assert all(key != other for key, _, other, _ in found)
    assert not alike_among((("1", ("billing", "invoice")), ("2", ("support",))), "en")


def test_words_are_compared_without_what_cannot_be_heard() -> None:
    assert words("  What's  NEW — счёт, Ёлка? ") == ["whats", "new", "счет", "елка"]
    assert letters("A count-balance.") == "acountbalance"
    assert stems("Orders, ordering", "en") == ["order", "order"]
    assert words("<b>&;|") == ["b"]
    assert words("") == []


def test_numbers_of_keys_can_be_said_beside_the_owners_words() -> None:
    options = with_numbers((("1", ("support",)), ("2", ("billing", "one"))), "en", person=True)
    said = dict(options)
    assert said["1"] == ("support",), "the owner gave the word to another option"
    assert said["2"] == ("billing", "one", "two")
    assert "operator" in said["0"]
    assert "0" not in dict(with_numbers((("1", ("yes",)),), "en"))
    assert with_numbers((("1", ("oui",)),), "fr") == (("1", ("oui",)),)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_number_and_no_word_of_confirming_is_taken_for_another(language: str) -> None:
    assert set(NUMBERS[language]) == set("0123456789")
    assert not alike_among(tuple(NUMBERS[language].items()), language)
    assert not alike_among(YES_NO[language], language)
