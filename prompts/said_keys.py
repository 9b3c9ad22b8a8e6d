"""Which keys a prompt names: "press 1", "нажмите два". Pure: words in, keys out.

Owns the words by which a key is told, in the languages of WORDS. In another language nothing is known, and nothing is
said of its prompts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class KeyWords:
    """How a language tells keys."""

    verbs: tuple[str, ...]
    """What stands before a key that is to be pressed."""
    between: tuple[str, ...]
    """What may stand between the verb and the key."""
    joins: tuple[str, ...]
    """Between two keys of one verb."""
    numbers: Mapping[str, str]
    """Number words, as they stand after the verb."""


WORDS: Mapping[str, KeyWords] = {
    "en": KeyWords(
        ("press", "pressing", "dial", "hit", "push", "enter", "choose", "select", "say"),
        ("the", "on", "key", "button", "number", "digit", "or", "say", "press"),
        ("or", "and"),
        {word: str(n) for n, word in enumerate("zero one two three four five six seven eight nine".split())},
    ),
    "ru": KeyWords(
        ("нажмите", "нажать", "нажав", "нажимайте", "наберите", "набрав", "выберите", "выбрав", "скажите"),
        ("на", "клавишу", "кнопку", "цифру", "номер", "или", "скажите", "нажмите"),
        ("или", "и"),
        {
            form: str(n)
            for n, forms in enumerate(
                (
                    "ноль нуль",
                    "один единицу",
                    "два двойку",
                    "три тройку",
                    "четыре четвёрку четверку",
                    "пять пятёрку пятерку",
                    "шесть шестёрку шестерку",
                    "семь семёрку семерку",
                    "восемь восьмёрку восьмерку",
                    "девять девятку",
                )
            )
            for form in forms.split()
        },
    ),
}
_TOKEN = re.compile(r"[\w]+|[^\w\s]")
_SENTENCE = re.compile(r"[.!?;]+(?:\s|$)")


@dataclass(frozen=True)
class SaidKey:
    """A key that a text tells to press."""

    key: str
    end: int
    """Where in the text its name ends."""


def told(text: str, language: str) -> list[SaidKey]:
    """The keys that a text tells to press, in order: right after a verb, or joined to such a key."""
    known = WORDS.get(language)
    found: list[SaidKey] = []
    if known is None:
        return found
    after = False  # a verb, and nothing since but what may stand between
    joined = False  # a key that was told, and nothing since but a join
    for token in _TOKEN.finditer(text):
        word = token[0].casefold()
        key = _key(word, known)
        if key is not None and (after or joined):
            found.append(SaidKey(key, token.end()))
            after, joined = False, True
        elif word in known.verbs:
            after, joined = True, False
        elif not (after and word in known.between) and not (joined and (word in known.joins or word == ",")):
            after = joined = False
    return found


def mentioned(text: str, language: str) -> set[str]:
    """The keys that a text names at all, in sentences that tell to press something: "Press 1 for yes, 2 for no"."""
    known = WORDS.get(language)
    if known is None:
        return set()
    found: set[str] = set()
    for sentence in _SENTENCE.split(text):
        words = [word.casefold() for word in _TOKEN.findall(sentence)]
        if any(word in known.verbs for word in words):
            found |= {key for word in words if (key := _key(word, known)) is not None}
    return found


def is_known(language: str) -> bool:
    """Whether keys can be read in texts of this language."""
    return language in WORDS


def _key(word: str, known: KeyWords) -> str | None:
    return word if re.fullmatch("[0-9]", word) else known.numbers.get(word)
