"""Calls that nobody made, for the benchmark of the search: turns of words that look real, in English and Russian.

The words follow Zipf's law (the n-th most frequent comes 1/n as often as the first), as those of a language do: the
commonest are real and stand in most turns, the others are made of real-looking syllables and endings, so that
several forms share a stem. The same seed makes the same calls.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import numpy as np

FREQUENT = {
    "en": "the i to and you a it is that of my we in have for not can this on but with be order so what your "
    "yes no do me please hello thank problem account help number working router bill refund call sorry check",
    "ru": "я и не в что на вы это у мне да как с но по а мы нет так все за заказ вас меня спасибо пожалуйста "
    "здравствуйте проблема договор помочь номер работает роутер счет возврат звонок извините проверить",
}
SYLLABLES = {
    "en": "ba be bi bo ca ce co da de di do fa fe fi ga go ha ho la le li lo ma me mi mo na ne no pa pe po ra re ri ro "
    "sa se si so ta te ti to va ve vi wa we st tr pl gr ch sh",
    "ru": "ба бе бо ва ве во га го да де до жа за зо ка ко ла ле ли ло ма ме мо на не но па пе по ра ре ро са се со та "
    "те то ту ха цо ча ша ст пр кл гр",
}
ENDINGS = {
    "en": ("", "s", "ed", "ing", "er", "ly"),
    "ru": ("", "а", "ов", "ами", "ом", "ать", "али", "ение", "ный"),
}
FORMS = 30_000
"""Different words of one language."""
TURNS = 20
"""Turns of a call."""
BEGAN = datetime(2025, 11, 1, tzinfo=UTC)
DAYS = 365
AGENTS = [f"agent{number:02}" for number in range(40)]
QUEUES = ["support", "billing", "orders", "returns", "technics", "vip"]


@dataclass(frozen=True)
class MadeCall:
    """One call with its turns: (speaker, start, end, words)."""

    call_id: str
    arrived_at: datetime
    language: str
    agent: str
    queue: str
    line: str
    result: str
    number: str
    talk_seconds: float
    turns: list[tuple[str, float, float, list[str]]]


class Corpus:
    """The words and calls of one seed."""

    def __init__(self, seed: int = 11) -> None:
        self.seed = seed
        random = Random(seed)
        self.words = {language: _vocabulary(language, random) for language in FREQUENT}
        share = 1.0 / np.arange(1, FORMS + 1)
        self._shares = np.cumsum(share / share.sum())

    def calls(self, count: int) -> Iterator[MadeCall]:
        """The calls in the order in which they came."""
        random = np.random.default_rng(self.seed)
        chance = Random(self.seed + 1)
        times = np.sort(random.random(count)) * DAYS * 86400
        for number, second in enumerate(times):
            yield self._call(number, BEGAN + timedelta(seconds=float(second)), random, chance)

    def _call(self, number: int, arrived_at: datetime, random: Any, chance: Random) -> MadeCall:
        language = "en" if chance.random() < 0.5 else "ru"
        lengths = np.clip(random.geometric(1 / 12, TURNS), 1, 40)
        drawn = np.searchsorted(self._shares, random.random(int(lengths.sum())))
        forms = self.words[language]
        turns, at, place = [], 20.0, 0
        for turn, length in enumerate(lengths.tolist()):
            said = [forms[rank] for rank in drawn[place : place + length].tolist()]
            place += length
            pause = chance.expovariate(1 / 1.5) if chance.random() < 0.97 else chance.uniform(10, 60)
            start = at + pause
            at = start + 0.37 * length
            turns.append(("caller" if turn % 2 else "agent", round(start, 2), round(at, 2), said))
        # The busiest of the agents has a tenth of the calls, the idlest one in two hundred.
        agent = AGENTS[min(int(chance.paretovariate(0.7)) - 1, chance.randrange(len(AGENTS)) + 1) % len(AGENTS)]
        result = chance.choices(("served", "promised", "failed"), (90, 8, 2))[0]
        return MadeCall(
            f"{int(arrived_at.timestamp())}.{number}", arrived_at, language, agent, chance.choice(QUEUES),
            chance.choice(("1000", "1001", "1002", "1003")), result,
            f"+1415{chance.randrange(10**7):07}", round(at - 20, 1), turns,
        )  # fmt: skip


def _vocabulary(language: str, random: Random) -> list[str]:
    """Words by rank: real ones first."""
    found = dict.fromkeys(FREQUENT[language].split())
    syllables, endings = SYLLABLES[language].split(), ENDINGS[language]
    while len(found) < FORMS:
        base = "".join(random.choices(syllables, k=random.choice((2, 2, 3, 3, 4))))
        found.update(dict.fromkeys(base + ending for ending in random.sample(endings, 3)))
    words = list(found)[:FORMS]
    real = len(FREQUENT[language].split())
    rest = words[real:]
    random.shuffle(rest)
    return words[:real] + rest


def questions(corpus: Corpus, sample: list[MadeCall], seed: int = 5) -> list[tuple[str, str, dict[str, str]]]:
    """Some 200 questions of every kind: (kind, as it would be typed, fields of the form)."""
    random = Random(seed)

    def word(low: int, high: int) -> str:
        return corpus.words[random.choice(("en", "ru"))][random.randrange(low, high)]

    def one(low: int, high: int) -> tuple[str, str]:
        words = corpus.words[random.choice(("en", "ru"))]
        return words[random.randrange(low, high)], words[random.randrange(0, 12)]

    def phrase(size: int) -> str:
        turns = [turn[3] for turn in random.choice(sample).turns if len(turn[3]) >= size]
        said = random.choice(turns) if turns else ["the", "order", "is", "not"][:size]
        begin = random.randrange(len(said) - size + 1)
        return '"' + " ".join(said[begin : begin + size]) + '"'

    def day() -> dict[str, str]:
        first = BEGAN + timedelta(days=random.randrange(DAYS - 30))
        return {"from": f"{first:%Y-%m-%d}", "to": f"{first + timedelta(days=random.choice((0, 7, 30))):%Y-%m-%d}"}

    def agent() -> str:
        return random.choice(sample).agent

    kinds: list[tuple[str, int, Any]] = [
        ("rare word", 25, lambda: (word(5000, FORMS), {})),
        ("word", 25, lambda: (word(150, 5000), {})),
        ("common word", 20, lambda: (word(0, 12), {})),
        ("common and other", 15, lambda: (" ".join(one(100, 3000)), {})),
        ("two common", 10, lambda: (" ".join(one(0, 12)), {})),
        ("phrase", 25, lambda: (phrase(random.choice((2, 2, 3, 4))), {})),
        ("beginning", 20, lambda: (word(200, FORMS)[: random.choice((3, 4, 5))] + "*", {})),
        ("either", 8, lambda: (f"{word(50, 3000)} OR {word(50, 3000)}", {})),
        ("without", 8, lambda: (f"{word(0, 12)} -{word(12, 300)}", {})),
        ("speaker", 10, lambda: (word(0, 2000), {"speaker": random.choice(("caller", "agent"))})),
        ("common, one agent", 10, lambda: (word(0, 12), {"agent": agent()})),
        ("days", 10, lambda: (word(0, 500), day())),
        ("long silence", 7, lambda: (word(0, 300), {"silence": str(random.choice((30, 45, 58)))})),
        ("several facts", 7, lambda: (word(0, 300), {"queue": "vip", "result": "failed", "talk_min": "100"})),
    ]
    return [(kind, *make()) for kind, count, make in kinds for _ in range(count)]
