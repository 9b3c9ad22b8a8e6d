"""What Whisper invents is left out, and what is really said stays: the list, and the sound under it."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.support.live_words import spoken
from transcripts.engines.inventions import is_circle, is_invented, speech_under
from transcripts.engines.recogniser import RATE


def seconds(of_speech: float) -> Callable[[], float]:
    return lambda: of_speech


NOBODY, SOMEBODY = seconds(0.1), seconds(6.0)
SURE, MIDDLING = -0.2, -0.7


@pytest.mark.parametrize(
    "text",
    [
        "Субтитры сделал DimaTorzok",
        " Субтитры создавал DimaTorzok.",
        "Редактор субтитров А.Семкин Корректор А.Егорова",
        "Subtitles by the Amara.org community",
    ],
)
def test_names_of_subtitlers_are_never_said(text: str) -> None:
    assert is_invented(text, SURE, 0.0, SOMEBODY)
    assert not is_invented("Субтитры на видео не работают", SURE, 0.0, SOMEBODY)
    assert not is_invented("Позовите Семкина", SURE, 0.0, NOBODY)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching!",
        "Thank you so much for watching. See you next time.",
        "Please subscribe to my channel.",
        "Subtitles by Anna",
        "Субтитры подготовил Иван",
        "Спасибо за просмотр!",
        "Подписывайтесь на канал",
        "Продолжение следует...",
        "ДИНАМИЧНАЯ МУЗЫКА",
    ],
)
def test_ends_of_films_need_a_voice_and_to_be_sure(text: str) -> None:
    assert is_invented(text, MIDDLING, 0.3, SOMEBODY), "middling probability"
    assert is_invented(text, SURE, 0.3, NOBODY), "noise"
    assert not is_invented(text, SURE, 0.0, SOMEBODY), "somebody says it"


@pytest.mark.parametrize("text", ["Thank you.", "you", "Bye. Bye.", "Спасибо.", "Да.", "Ну, да."])
def test_what_is_said_every_day_needs_a_voice(text: str) -> None:
    assert is_invented(text, SURE, 0.2, seconds(0.0))
    assert not is_invented(text, MIDDLING, 0.2, seconds(0.9))


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for waiting",
        "The end of the contract is in May",
        "Спасибо за помощь",
        "Музыка играет вместо гудков",
        "Да, мой адрес",
        "So, I pressed it",
    ],
)
def test_other_sentences_are_not_looked_at(text: str) -> None:
    def unasked() -> float:
        raise AssertionError("the sound was asked for")

    assert not is_invented(text, MIDDLING, 0.3, unasked)


def test_the_same_word_again_and_again_is_kept_where_it_is_said() -> None:
    again = "Алло, алло, алло, алло, алло, алло."
    assert not is_invented(again, SURE, 0.1, seconds(2.4))
    assert not is_circle("Hello, hello, hello, hello, hello, hello, hello, hello?", seconds(3.0))
    assert not is_circle("Вы меня слышите? Вы меня слышите? Вы меня слышите? Вы меня слышите?", seconds(5.0))
    assert is_invented(again, SURE, 0.1, seconds(0.3)), "nobody speaks that fast"
    assert is_circle("алло, " * 60, seconds(20.0)), "nobody says it that often"
    assert is_circle("и вот тогда мы с ним пошли домой, " * 8, seconds(20.0)), "nor a whole sentence"
    assert is_invented(again, SURE, 0.1, seconds(2.4), repeating=False) is False


def test_speech_under_a_text_is_that_of_the_sound() -> None:
    rng = np.random.default_rng(7)
    noise = (rng.standard_normal(4 * RATE) * 900).astype(np.int16)
    voice = spoken("wait-long")
    sound = np.concatenate([noise, voice, noise])
    begin, end = 4.0, 4.0 + len(voice) / RATE
    assert speech_under(sound, 0.0, 3.5) < 0.2
    assert speech_under(sound, begin, end) > 0.4 * (end - begin)
    assert speech_under(sound, 100.0, 101.0) == 0.0
