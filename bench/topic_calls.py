"""Invented calls with a known topic: what callers say of their problem, in two languages, by templates with noise.

A topic has ways of saying it (ten in each language) with slots; slots are filled, small talk is put around, and a
recogniser is stood in for: a third of the calls has no marks and capitals, and in a third every tenth longer word is
another one. The same number always makes the same call. Of each call there is what `topics` gets: the sentences of its
problem, one to three, not always the best ones.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

WORDS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "data" / "topic_calls.yaml").read_text(encoding="utf-8")
)
TOPICS: dict[str, dict[str, list[str]]] = WORDS["topics"]
SLOTS: dict[str, dict[str, list[str]]] = WORDS["slots"]
TALK: dict[str, list[str]] = WORDS["talk"]


@dataclass(frozen=True)
class LabelledCall:
    """What a caller said of a problem, and what it was."""

    language: str
    topic: str
    sentences: tuple[str, ...]


def labelled_calls(count: int, seed: int = 0, topics: tuple[str, ...] = tuple(TOPICS)) -> list[LabelledCall]:
    """As many calls, half of them in each language, topics of different sizes."""
    return list(_calls(random.Random(seed), count, topics))


def _calls(chance: random.Random, count: int, topics: tuple[str, ...]) -> Iterator[LabelledCall]:
    weights = [1.0 + at % 3 for at in range(len(topics))]
    for number in range(count):
        language = ("en", "ru")[number % 2]
        topic = chance.choices(topics, weights)[0]
        ways = chance.sample(TOPICS[topic][language], chance.choice((1, 2, 2)))
        said = [_filled(way, language, chance) for way in ways]
        if chance.random() < 0.5:
            said.insert(chance.randrange(len(said) + 1), chance.choice(TALK[language]))
        heard = chance.choice(("clean", "bare", "misheard"))
        yield LabelledCall(language, topic, tuple(_heard(each, language, heard, chance) for each in said))


def _filled(way: str, language: str, chance: random.Random) -> str:
    text = re.sub(r"\{(\w+)\}", lambda slot: chance.choice(SLOTS[language][slot[1]]), way)
    text = re.sub(r"\s+([.,?])", r"\1", " ".join(text.split()))
    return text[:1].upper() + text[1:]


def _heard(text: str, language: str, heard: str, chance: random.Random) -> str:
    if heard == "bare":
        return re.sub(r"[^\w\s'-]", "", text).lower()
    if heard == "misheard":
        other = [word for each in TALK[language] for word in re.findall(r"\w{4,}", each.lower())]
        return re.sub(r"\w{4,}", lambda word: word[0] if chance.random() > 0.1 else chance.choice(other), text)
    return text
