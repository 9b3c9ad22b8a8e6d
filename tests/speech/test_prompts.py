"""Each shipped prompt says its text: a recogniser that never saw the text writes down what it hears.

Whisper base hears each prompt alone, between two quiet moments; times of day, which are never said alone, come behind
a day, and digits in rows such as a number is read back. Compared are letters without spaces, with numbers spelled out,
so that "10" and "ten", "счету" and "счёту" are the same.

What was heard is written down (tests/support/heard_prompts.py) and judged each time; only what changed since, by its
sound, its text or the model, is heard again here.
"""

import re
import warnings
from collections.abc import Callable

import jiwer
import pytest

from prompts import names as prompts
from tests.support.heard_prompts import Shipped, Utterance, ear, read
from transcripts.text.numbers import figures

pytestmark = pytest.mark.speech

MOST_WRONG = {"en": 0.15, "ru": 0.15}
"""Share of wrong letters in any single prompt: a word or an ending that the recogniser hears otherwise."""
MOST_WRONG_TOGETHER = {"en": 0.02, "ru": 0.03}
"""Share of wrong letters over all prompts of a part."""
PARTS = 4
"""All prompts of a language take a slow machine longer than a test may, where all are heard anew."""
MOST_WRONG_VALUES = {"en": 0.06, "ru": 0.06}
"""Share of wrong characters in a sample of values."""
MOST_WRONG_DIGITS = 0.1
"""Share of wrong digits in numbers that are read back."""
REFRESH = "When the prompts are right, `make hear-prompts` writes down what was heard, so that it is not heard again."
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


@pytest.fixture
def answers(request: pytest.FixtureRequest) -> Callable[[Shipped, list[Utterance]], list[str]]:
    """`answers(shipped, utterances)`: what each says, as it is written down; heard now where something changed."""

    def known_or_heard(shipped: Shipped, utterances: list[Utterance]) -> list[str]:
        heard = read()[shipped.language]
        hear = ear(lambda: request.getfixturevalue("whisper"), shipped.language)
        found = heard.answers(shipped, utterances, hear)
        if heard.anew:
            warnings.warn(f"heard anew: {', '.join(heard.anew)}. {REFRESH}", stacklevel=1)
        return found

    return known_or_heard


def plain(text: str, language: str) -> str:
    """Small letters without spaces and signs, numbers spelled out, those of four digits as times of day."""
    small = text.lower().replace("ё", "е").replace("нуль", "ноль")
    parted = re.sub(r"\b(\d\d)(\d\d)\b", r"\1 \2", small)
    return re.sub(r"[\W_]", "", re.sub(r"\d+", lambda match: spell(match.group(), language), parted))


def spell(number: str, language: str) -> str:
    return LARGER[language].get(number) or " ".join(WORDS[language][int(digit)] for digit in number)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("language", prompts.LANGUAGES)
def test_each_prompt_says_its_text(
    answers: Callable[[Shipped, list[Utterance]], list[str]], language: str, part: int
) -> None:
    shipped = Shipped.of(language)
    utterances = shipped.prompts()[part::PARTS]
    heard = answers(shipped, utterances)
    wanted = [plain(utterance.text, language) for utterance in utterances]
    got = [plain(answer, language) for answer in heard]
    wrong = {
        f"{utterance.key}: {utterance.text!r} was heard as {answer!r}": rate
        for utterance, answer, one, other in zip(utterances, heard, wanted, got, strict=True)
        if (rate := jiwer.cer(one, other)) > 0
    }
    together = jiwer.cer(wanted, got)
    print(f"\n{language}: {len(utterances)} prompts, {together:.1%} of letters wrong")
    for line, rate in wrong.items():
        print(f"  {rate:.1%} {line}")
    assert [line for line, rate in wrong.items() if rate > MOST_WRONG[language]] == [], REFRESH
    assert together <= MOST_WRONG_TOGETHER[language], REFRESH


@pytest.mark.parametrize("language", prompts.LANGUAGES)
def test_a_number_read_back_is_understood(
    answers: Callable[[Shipped, list[Utterance]], list[str]], language: str
) -> None:
    shipped = Shipped.of(language)
    digit_of = {word: str(n) for n, word in enumerate(WORDS[language])}
    wanted, got = [], []
    for utterance, answer in zip(shipped.numbers(), answers(shipped, shipped.numbers()), strict=True):
        words = re.findall(r"\d|[^\W\d]+", answer.lower())
        digits = "".join(word if word.isdigit() else digit_of.get(word, "?") for word in words)
        print(f"\n{language}: {utterance.text} was heard as {digits} ({answer!r})", end="")
        wanted.append(utterance.text)
        got.append(digits)
    assert jiwer.cer(wanted, got) <= MOST_WRONG_DIGITS, REFRESH


@pytest.mark.parametrize("language", prompts.LANGUAGES)
def test_values_put_together_of_pieces_are_understood(
    answers: Callable[[Shipped, list[Utterance]], list[str]], language: str
) -> None:
    """Numbers, dates, times, durations and money: what is said and what is heard are compared as figures."""
    shipped = Shipped.of(language)
    wrong, wanted, got = [], [], []
    for utterance, answer in zip(shipped.values(), answers(shipped, shipped.values()), strict=True):
        said, heard = (in_figures(text, language) for text in (utterance.text, answer))
        wanted.append(said)
        got.append(heard)
        if said != heard:
            wrong.append(f"{utterance.key}: {said!r} was heard as {answer!r}")
    print(f"\n{language}: {len(wanted)} values, {jiwer.cer(wanted, got):.1%} of characters wrong", *wrong, sep="\n  ")
    assert jiwer.cer(wanted, got) <= MOST_WRONG_VALUES[language], REFRESH
    assert len(wrong) <= len(wanted) / 3, REFRESH


def in_figures(text: str, language: str) -> str:
    """Small letters and figures without anything between: "one thousand", "1,000" and "1000" are the same."""
    small = {word: str(n) for n, word in enumerate(WORDS[language])} | {"одна": "1", "две": "2"}
    words = text.lower().replace("ё", "е").split()
    found = {each.start: each for each in figures(words, [0.0] * len(words), language)}
    written, at = [], 0
    while at < len(words):
        figure = found.get(at)
        word = words[at].strip(".,")
        written.append(small.get(word, word) if figure is None else figure.text)
        at = at + 1 if figure is None else figure.end
    return re.sub(r"[\W_]", "", " ".join(written))
