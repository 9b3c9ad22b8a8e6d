"""Numbers, addresses and words of persons: what is typed, what is stored, what is found."""

import pytest

from contacts.points import kind_of, value_of
from contacts.words import asked, words_of


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("phone", "(202) 555-0123", "+12025550123"),
        ("phone", "tel:+49 30 901820", "+4930901820"),
        ("phone", "=cmd|' /C calc'!A0", None),
        ("email", " Anna.Petrova+shop@Example.COM ", "anna.petrova+shop@example.com"),
        ("email", "mailto:a@b.org", "a@b.org"),
        ("email", "иван@пример.рф", "иван@xn--e1afmkfd.xn--p1ai"),
        ("email", "straße@a.de", "straße@a.de"),
        ("email", "a@b", None),
        ("email", "a b@c.de", None),
        ("email", "a@b.de\r\nBcc: all@b.de", None),
        ("email", "a..b@c.de", None),
        ("email", f"{'a' * 65}@c.de", None),
        ("email", f"a@{'b' * 300}.de", None),
        ("email", "a\0@c.de", None),
        ("telegram", "https://t.me/Anna_P", "@anna_p"),
        ("telegram", "@anna_p", "@anna_p"),
        ("telegram", "123456789", "123456789"),
        ("telegram", "@a", None),
        ("fax", "123", None),
    ],
)
def test_the_same_point_is_the_same_text_and_what_is_none_is_refused(kind: str, typed: str, value: str | None) -> None:
    assert value_of(kind, typed, "US") == value


def test_what_is_typed_is_known_for_what_it_is() -> None:
    assert [kind_of(each) for each in ("a@b.de", "+49 30 1", "@anna", "12345")] == [
        "email",
        "phone",
        "telegram",
        "phone",
    ]


def test_each_thing_that_is_typed_is_the_beginning_of_a_word_of_the_person() -> None:
    words = words_of("Ёлкина, Zoë", [("phone", "+74951234567"), ("email", "zoe@example.com")])

    def finds(text: str) -> bool:
        groups = asked(text, ["RU"])
        return bool(groups) and all(any(word.startswith(each) for word in words for each in group) for group in groups)

    found = ["елк", "Zoe ел", "8 (495) 123-45-67", "+7 495", "4567", "zoe@exam", "EXAMPLE"]
    assert [each for each in found if not finds(each)] == []
    assert [each for each in ("zoe maria", "5551", "zoe@other", "!?", "12345") if finds(each)] == []


def test_what_is_endless_ends() -> None:
    assert len(words_of("x " * 5000 + "y" * 10_000, [])) <= 12
    assert all(len(word) <= 60 for word in words_of("y" * 10_000, [("email", "z" * 250 + "@a.de")]))
