"""The order of what was found: the formula of `ranking.py`, worked out here for every candidate."""

import math
from random import Random

import pytest

from tests.support.search import NOW
from transcripts.search.document import IndexedTurn, packed
from transcripts.search.forms import keys
from transcripts.search.query import Query, parse
from transcripts.search.ranking import RankedPart, best_first
from transcripts.search.words import stem

DAY = 86400
WORDS = ("refund", "order", "router", "late", "please", "thanks")


def candidate(random: Random, number: int) -> RankedPart:
    """A call of some days before NOW; the higher its number the newer."""
    turns = [
        IndexedTurn(seq, random.choice(("caller", "agent")), tuple(random.choices(WORDS, k=random.randint(1, 5))))
        for seq in range(random.randint(1, 6))
    ]
    at = (int(NOW.timestamp()) - random.randint(0, 400) * DAY) * 256 + number
    many = sum(len(turn.words) for turn in turns)
    return RankedPart(at, f"{number}.x", many, packed(turns, lambda word: (word,)), packed(turns, keys))


def lines_of(each: RankedPart) -> list[list[str]]:
    return [line.split()[1:] for side in each.stems.split("\f") for line in side.split("\n") if line]


def by_formula(query: Query, found: list[RankedPart]) -> list[RankedPart]:
    wanted = [{stem(term.words[0]) for term in group} for group in query.groups]
    counts = {
        each.id: [sum(word in group for line in lines_of(each) for word in line) for group in wanted] for each in found
    }
    mean = sum(each.words for each in found) / len(found)
    weights = [
        1 + math.log(len(found) / max(1, sum(row[at] > 0 for row in counts.values()))) for at in range(len(wanted))
    ]

    def score(each: RankedPart) -> float:
        norm = 1.2 * (0.25 + 0.75 * each.words / mean)
        plain = sum(weight * many * 2.2 / (many + norm) for weight, many in zip(weights, counts[each.id], strict=True))
        together = max(sum(any(word in group for word in line) for group in wanted) for line in lines_of(each))
        share = 0.0 if len(wanted) == 1 else (max(together, 1) - 1) / (len(wanted) - 1)
        age = NOW.timestamp() - each.id / 256
        return plain * (1 + share) * (0.5 + 0.5 * 2 ** (-age / (90 * DAY)))

    return sorted(found, key=lambda each: (-round(score(each), 9), -each.id))


@pytest.mark.parametrize("asked", ["refund", "refund order", "refund OR router order late"])
def test_the_order_is_that_of_the_formula(asked: str) -> None:
    random = Random(asked)
    query = parse(asked, NOW.date())
    for _ in range(50):
        found = [candidate(random, number) for number in range(random.randint(1, 30))]
        got = [each.call_id for each in best_first(query, found, NOW.timestamp())]
        assert got == [each.call_id for each in by_formula(query, found)]


def test_facts_alone_come_newest_first_and_nothing_is_nothing() -> None:
    found = [candidate(Random(number), number) for number in range(9)]
    query = parse("agent:anna", NOW.date())
    got = list(best_first(query, found, NOW.timestamp()))
    assert got == sorted(found, key=lambda each: -each.id)
    assert list(best_first(query, [], 0.0)) == []
    assert list(best_first(parse("refund", NOW.date()), [], 0.0)) == []
