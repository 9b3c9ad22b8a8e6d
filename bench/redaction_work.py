"""What redaction costs for callers who say, or whose keys sound like, nothing but secrets: CPU a word, few and many.

A caller may dictate digits for hours, or play a recording of them, to keep the worker busy. Each of the invented calls
below is one way of it; what is measured is all that is made of its words: secrets found, the text masked, sound to be
silenced and to be listened to again, leaks looked for. Nothing is spoken or recognised. Wanted: a word of a call of
20,000 costs at most 1.25 times as much as one of a call of 5,000. Every figure is the best of several runs.

    python -m bench.redaction_work
"""

import json
import time
from collections.abc import Callable
from random import Random
from typing import Any

from bench import report
from transcripts.engines.recogniser import Word
from transcripts.redaction import proof
from transcripts.redaction.detect import RedactionRules
from transcripts.redaction.intervals import SecretInterval, listen_again, silences
from transcripts.redaction.masks import mask_intervals, redact_turns
from transcripts.redaction.speakers import Talk
from transcripts.text.turns import turns

WORDS = (5_000, 20_000)
QUICK_WORDS = (1_000, 4_000)
RUNS = 3
MOST_TIMES = 1.25
STEP = 0.4
"""Seconds from one word to the next: nobody says digits faster for long."""
RULES = RedactionRules(phones=True, emails=True, names=("Анна Кузнецова", "Jonathan Fairbanks"))
DIGITS = "zero one two three four five six seven eight nine".split()

Words = dict[str, list[Word]]


def _digit(random: Random) -> str:
    return random.choice(DIGITS)


def _two(text: str) -> Callable[[Random], str]:
    """Digits, and between them words that name them."""
    parts = text.split()
    return lambda random: random.choice([*parts, _digit(random), _digit(random)])


CALLS: dict[str, tuple[Callable[[Random], str], Callable[[Random], str] | None]] = {
    "digits alone": (_digit, None),
    "digits of both": (_digit, _digit),
    "figures": (lambda random: str(random.randrange(10**4)), None),
    "sums": (lambda random: f"${random.randrange(10**4)}.", _two("code?")),
    "cards and codes": (_two("card code cvv number"), _two("what card code please?")),
    "PINs and accounts": (_two("pin bank account iban A B"), _two("your pin bank account please?")),
    "passwords": (_two("password is it's blue"), _two("what is your password?")),
    "addresses": (_two("at dot mail com email"), _two("what is your email?")),
    "misheard": (_two("my pen is for to a tree"), _two("your pee by end please? кот из смс")),
    "dates": (_two("may of first twentieth"), _two("when does the card expire?")),
    "doubles": (lambda random: random.choice(["double", "triple", "hundred", "thousand", _digit(random)]), None),
}
"""By name: what the caller says next, and what the agent says meanwhile."""


def call(name: str, count: int) -> Words:
    """The words of one of CALLS, `count` in all; the same in every run."""
    random = Random(name)
    caller, agent = CALLS[name]
    sides = {"caller": caller} | ({"agent": agent} if agent is not None else {})
    found: Words = {"caller": [], "agent": []}
    for at in range(count):
        who = list(sides)[at % len(sides)]
        start = at * STEP / len(sides) + 4.0 * (at // 50)
        found[who].append(Word(round(start, 3), round(start + 0.9 * STEP, 3), 0.9, sides[who](random)))
    return found


def work(words: Words) -> int:
    """All that redaction makes of a call's words; how many places it found."""
    said = turns(words)
    masked, places = redact_turns(said, RULES)
    intervals = [SecretInterval(each.kind, each.speaker, each.start, each.end) for each in places]
    mask_intervals(masked, intervals)
    seconds = max(word.end for some in words.values() for word in some) + 1.0
    ranges = {who: [[word.start, word.end] for word in some[::7]] for who, some in words.items()}
    suspicious = proof.suspects(words, ranges, RULES)
    silent = silences([*intervals, *suspicious], words, seconds, 0.25)
    listen_again(intervals, Talk.of(words), proof.wanted_kinds(RULES), seconds)
    leaks = proof.leaks_in(words, intervals, silent, RULES, words)
    return len(places) + len(leaks)


def run(quick: bool) -> dict[str, Any]:
    few, many = QUICK_WORDS if quick else WORDS
    figures, details = [], {}
    for name in CALLS:
        short, long = _best(call(name, few)), _best(call(name, many))
        each = 1e6 * short / few, 1e6 * long / many
        times = each[1] / each[0]
        figures.append(
            report.Figure(
                f"CPU a word, {many} words: {name}",
                each[1],
                "us",
                f"{few} words",
                each[0],
                times,
                "x",
                f"at most {MOST_TIMES} x",
                times <= MOST_TIMES,
            )
        )
        details[name] = {"words": [few, many], "cpu_seconds": [short, long]}
    return {"figures": figures, "details": details}


def _best(words: Words) -> float:
    """CPU seconds of the quickest of RUNS: what disturbs a run only ever makes it longer."""
    spent = []
    for _ in range(RUNS):
        began = time.process_time()
        work(words)
        spent.append(time.process_time() - began)
    return min(spent)


if __name__ == "__main__":
    found = run(quick=False)
    report.table("Redaction of nothing but secrets", found["figures"])
    print(json.dumps(found["details"], indent=2))
