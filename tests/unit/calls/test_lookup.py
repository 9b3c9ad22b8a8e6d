"""What is typed into the list of calls is a name or a number as people write them."""

import pytest

from calls.lookup import LONGEST, found_by, typed_numbers, typed_words

COUNTRIES = ["RU", "US"]


@pytest.mark.parametrize(
    ("name", "number", "kept"),
    [
        ("Пётр Кузнецов", "+7 (912) 345-67-89", " петр кузнецов 79123456789"),
        ("DANA O’Neil", "12025550115", " dana o neil 12025550115"),
        ("", "anonymous", " anonymous"),
        ("", "", ""),
        ("<img src=x>", "=cmd|' /C calc'!A0", " img src x cmd c calc a0"),
        ("é" * 500, "", f" {'e' * (LONGEST - 1)}"),
        ("a\0b", "1", " a b 1"),
    ],
)
def test_a_row_keeps_folded_words_and_digits(name: str, number: str, kept: str) -> None:
    assert found_by(name, number) == kept


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+1 202 555 0115", ["2025550115"]),
        ("(202) 555-0115", ["2025550115"]),
        ("2025550115", ["2025550115"]),
        ("1-202-555-0115", ["2025550115"]),
        ("8 912 345-67-89", ["9123456789"]),
        ("+7 912 345 67 89", ["9123456789"]),
        ("\u202a+1\u00a0202\u2011555\u20110115\u202c", ["2025550115"]),
        ("0115", ["0115"]),
        ("11", []),
        ("202 555 0115 Dana", []),
        ("call", []),
        ("", []),
        ("()", []),
    ],
)
def test_a_number_is_looked_for_without_its_countrys_code(text: str, digits: list[str]) -> None:
    assert typed_numbers(text, COUNTRIES) == digits


def test_words_are_folded_and_few() -> None:
    assert typed_words(" Кузнецов,  ПЁТР ") == ["кузнецов", "петр"]
    assert typed_words("_ % ' --") == []
    assert len(typed_words("word " * 100)) == 6
