"""Keys that prompts tell to press, read out of their words."""

import pytest

from prompts.files import texts
from prompts.said_keys import mentioned, told


@pytest.mark.parametrize(
    ("language", "text", "keys"),
    [
        ("en", "For support, press 1. For bills press two, to speak to a person, press the 0 key.", "120"),
        ("en", "Press 1 or 2, and wait for 3 minutes.", "12"),
        ("en", "Press or say one.", "1"),
        ("en", "Dial 10 for the office, or press 4.", "4"),
        ("en", "We answer within one minute. Call us at 5.", ""),
        ("ru", "Что-то сломалось — нажмите 1, по счёту нажмите клавишу два, оператор: нажмите ноль.", "120"),
        ("ru", "Нажмите единицу или двойку.", "12"),
        ("ru", "Нажмите или скажите три. Мы ответим за одну минуту.", "3"),
        ("ru", "Мы работаем с 9 до 6.", ""),
        ("de", "Drücken Sie 1.", ""),
    ],
)
def test_keys_after_the_word_that_tells_to_press_them(language: str, text: str, keys: str) -> None:
    assert "".join(each.key for each in told(text, language)) == keys


def test_a_key_may_be_named_without_the_word_once_a_sentence_has_it() -> None:
    assert mentioned("Press 1 for yes, 2 for partly, three for no. We open at 9.", "en") == {"1", "2", "3"}
    assert mentioned("Если да — нажмите 1, если нет — 2. Нам 9 лет.", "ru") == {"1", "2"}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_shipped_menu_is_read_as_it_is(language: str) -> None:
    [*keys] = told(texts(language)["menu-main"], language)
    assert [each.key for each in keys] == ["1", "2", "0"]
    assert texts(language)["menu-main"][: keys[0].end].endswith("1"), "where the first choice has been heard"
