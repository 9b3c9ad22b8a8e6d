"""Each shipped prompt says its text: a recogniser that never saw the text writes down what it hears.

Whisper base hears each prompt alone, between two quiet moments; times of day, which are never said alone, come behind
a day, and digits in rows such as a number is read back. Compared are letters without spaces, with numbers spelled out,
so that "10" and "ten", "счету" and "счёту" are the same.
"""

import re

import jiwer
import numpy as np
import pytest
import soundfile

from prompts import files as prompt_files
from prompts import names as prompts
from transcripts.engines.recogniser import RATE, Sound
from transcripts.engines.whisper_engine import WhisperModel, WhisperRecogniser

pytestmark = pytest.mark.speech

MOST_WRONG = {"en": 0.15, "ru": 0.15}
"""Share of wrong letters in any single prompt: a word or an ending that the recogniser hears otherwise."""
MOST_WRONG_TOGETHER = {"en": 0.02, "ru": 0.03}
"""Share of wrong letters over all prompts of a part."""
PARTS = 4
"""All prompts of a language take a slow machine longer than a test may."""
MOST_WRONG_DIGITS = 0.1
"""Share of wrong digits in numbers that are read back."""
NUMBERS = ("2025550123", "4567890123", "9161234567", "8480079366", "89055154050")
WORDS = {
    "en": "zero one two three four five six seven eight nine".split(),
    "ru": "ноль один два три четыре пять шесть семь восемь девять".split(),
}
LARGER = {
    "en": {
        "10": "ten", "11": "eleven", "12": "twelve", "15": "fifteen", "20": "twenty", "30": "thirty",
        "45": "forty five",
    },
    "ru": {
        "10": "десять", "11": "одиннадцать", "12": "двенадцать", "15": "пятнадцать", "20": "двадцать", "30": "тридцать",
        "45": "сорок пять",
    },
}  # fmt: skip
"""Numbers that are not said digit by digit."""
ENDINGS = {"одну": "один", "две": "два"}
"""Russian numbers before the word for minutes; written in digits they have no ending."""
DAY = "opens-tomorrow"
"""Said before a time of day."""
QUIET = np.zeros(RATE // 3, np.int16)


def heard(model: WhisperModel, language: str, sounds: list[Sound]) -> list[str]:
    """What each of `sounds` says."""
    padded = [np.concatenate([QUIET, sound, QUIET]) for sound in sounds]
    return [" ".join(word.text for word in words) for words in WhisperRecogniser(model, language).transcribe(padded)]


def plain(text: str, language: str) -> str:
    """Small letters without spaces and signs, numbers spelled out, those of four digits as times of day."""
    small = text.lower().replace("ё", "е").replace("нуль", "ноль")
    parted = re.sub(r"\b(\d\d)(\d\d)\b", r"\1 \2", small)
    return re.sub(r"[\W_]", "", re.sub(r"\d+", lambda match: spell(match.group(), language), parted))


def spell(number: str, language: str) -> str:
    return LARGER[language].get(number) or " ".join(WORDS[language][int(digit)] for digit in number)


def sound_of(language: str, name: str) -> Sound:
    sound, rate = soundfile.read(prompt_files.SOUNDS / language / f"{name}.wav", dtype="int16")
    assert rate == RATE
    return sound


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("language", prompts.LANGUAGES)
def test_each_prompt_says_its_text(whisper: WhisperModel, language: str, part: int) -> None:
    all_texts = prompt_files.texts(language)
    names = [name for name in all_texts if not name.startswith("digit-")][part::PARTS]
    rows = {name: (DAY, name) if name.startswith("at-") else (name,) for name in names}
    texts = {name: " ".join(all_texts[part] for part in row) for name, row in rows.items()}
    sounds = [np.concatenate([sound_of(language, part) for part in row]) for row in rows.values()]
    answers = heard(whisper, language, sounds)
    wanted = [plain(text, language) for text in texts.values()]
    got = [plain(answer, language) for answer in answers]
    wrong = {
        f"{name}: {text!r} was heard as {answer!r}": rate
        for (name, text), answer, one, other in zip(texts.items(), answers, wanted, got, strict=True)
        if (rate := jiwer.cer(one, other)) > 0
    }
    together = jiwer.cer(wanted, got)
    print(f"\n{language}: {len(texts)} prompts, {together:.1%} of letters wrong")
    for line, rate in wrong.items():
        print(f"  {rate:.1%} {line}")
    assert [line for line, rate in wrong.items() if rate > MOST_WRONG[language]] == []
    assert together <= MOST_WRONG_TOGETHER[language]


@pytest.mark.parametrize("language", prompts.LANGUAGES)
def test_a_number_read_back_is_understood(whisper: WhisperModel, language: str) -> None:
    rows = [np.concatenate([sound_of(language, name) for name in prompts.digits_prompts(number)]) for number in NUMBERS]
    digit_of = {word: str(n) for n, word in enumerate(WORDS[language])}
    wanted, got = [], []
    for number, answer in zip(NUMBERS, heard(whisper, language, rows), strict=True):
        words = re.findall(r"\d|[^\W\d]+", answer.lower())
        digits = "".join(word if word.isdigit() else digit_of.get(word, "?") for word in words)
        print(f"\n{language}: {number} was heard as {digits} ({answer!r})", end="")
        wanted.append(number)
        got.append(digits)
    assert jiwer.cer(wanted, got) <= MOST_WRONG_DIGITS
