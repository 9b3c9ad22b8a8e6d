"""What the index holds of a call. Pure functions on text.

A part of a call (`IndexedPart`) is known by tokens, each a plain word of ASCII letters and characters without spaces:

    cs refund -> `csrefund`        the caller says a word with this key (`forms.py`)      (as.. the agent)
    `cxrefunded`                   the caller says exactly this word; numbers and beginnings are looked for here
    `cpwhere_is`                   the caller says these two words one after the other
    `cx4155550123`                 415-555-0123 and 415 555 0123 are this number, too; e-mail is `cxemail` and `csemail`
    `fr_served`, `f`               a fact of the call (`fact`); `f` has every part

The words are kept beside them as one text (`packed`), in a shape in which looking for several words in a row is a
matter of finding a string. What a question asks of both is `answering.py`'s.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from ringback.folding import fold
from transcripts.redaction.masks import MARKER
from transcripts.search.forms import keys
from transcripts.search.words import LONGEST, VERSION, words

PART_WORDS = 2500
"""A call with more words is searched in parts of so many, some twenty minutes of talk: PostgreSQL takes no more than
1 MiB of tokens."""
TALK_STEPS = (0, 10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200)
SILENCE_STEPS = (0, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
"""Seconds: a part has a token for each step that its call reaches, so that a limit is looked up and not computed."""
NUMBER_GROUPS, NUMBER_DIGITS = 12, 20
"""A number that is written in several groups is found by all its digits, if it has at most so many of both."""
COMPOUND_PARTS = 3
"""A word of at most so many parts (e-mail) is found as one word, too."""
SLOTS = 256
"""Parts that may begin in the same second."""
SIDES = {"caller": "c", "agent": "a"}
MASKED = "•"
"""Stands where something was masked: a phrase does not reach across it."""
BETWEEN = "\f"
"""Parts what the caller said from what the agent said in a packed text."""

FactName = Literal[
    "agent", "own", "left", "queue", "line", "language", "result", "survey", "ticket", "number", "talk", "silence"
]
_CODES: dict[FactName, str] = {
    "agent": "a", "own": "o", "left": "f", "queue": "q", "line": "l", "language": "g", "result": "r", "survey": "s",
    "ticket": "t", "number": "n", "talk": "d", "silence": "z",
}  # fmt: skip
EVERY = "f"
CURRENT = f"fv_{VERSION}"
"""Has every part that was made by the rules of today."""
MANY = "fm"
"""Has every part of a call that has several."""


@dataclass(frozen=True)
class IndexedTurn:
    """What one speaker said without the other."""

    seq: int
    speaker: str
    words: tuple[str, ...]
    """Folded."""
    compounds: tuple[str, ...] = ()
    """Words of several parts, as one word each (`compounds`)."""


@dataclass(frozen=True)
class CallFacts:
    """What is known of a call besides its words."""

    own: tuple[str, ...]
    """The names of the agents who may find the call as their own: everybody who talked with the caller."""
    agents: tuple[str, ...]
    """The same, by name and as they are called."""
    queues: tuple[str, ...]
    """The queue, by name and as it is called."""
    lines: tuple[str, ...]
    """The line, by number and as it is called."""
    language: str
    result: str | None
    survey: tuple[str, ...]
    """The outcome, and keys and labels of the answers."""
    ticket: int | None
    number: str
    talk_seconds: float | None
    silence_seconds: float | None
    left: tuple[str, ...] = ()
    """For whose agents it was left: queues by name, lines as `left_line` has them."""


@dataclass(frozen=True)
class IndexedPart:
    """What one row of the index says."""

    words: int
    facts: str
    said: str
    stems: str
    tokens: str
    talk_seconds: float | None
    silence_seconds: float | None


def fact(name: FactName, value: str) -> str:
    """The token of a fact. Characters that are neither letter nor digit are written by their number."""
    plain = "".join(character if character.isalnum() else f"_{ord(character):x}_" for character in fold(value)[:80])
    return f"f{_CODES[name]}_{plain}"


def left_line(number: str) -> str:
    """A line among the queues of `CallFacts.left`, which no queue can be called."""
    return f"line {number}"


def parts(turns: Iterable[IndexedTurn], facts: CallFacts) -> list[IndexedPart]:
    """The parts of a call; one without words still has one, which its facts find."""
    chunks = list(_chunks(turns))
    known = _fact_tokens(facts) + [MANY] * (len(chunks) > 1)
    return [_part(chunk, known, facts) for chunk in chunks]


def _part(turns: list[IndexedTurn], known: list[str], facts: CallFacts) -> IndexedPart:
    found = dict.fromkeys(known)
    for turn in turns:
        side, every = _side(turn), (*turn.words, *_joined(turn))
        found.update(dict.fromkeys(f"{side}s{key}" for word in every if not word.isdecimal() for key in keys(word)))
        found.update(dict.fromkeys(f"{side}x{word}" for word in every))
        found.update(dict.fromkeys(pairs(turn.words, side)))
    return IndexedPart(
        words=sum(len(turn.words) for turn in turns),
        facts=" ".join(known),
        said=packed(turns, lambda word: (word,)),
        stems=packed(turns, keys),
        tokens=" ".join(found),
        talk_seconds=facts.talk_seconds,
        silence_seconds=facts.silence_seconds,
    )


def pairs(said: tuple[str, ...], side: str) -> Iterator[str]:
    return (f"{side}p{one}_{two}" for one, two in pairwise(said))


def packed(turns: list[IndexedTurn], forms: Callable[[str], tuple[str, ...]]) -> str:
    """The turns as one text: the caller's lines, BETWEEN, the agent's lines; each begins with its number.

    Every word has a space of its own on both sides, so that ` word ` is found as often as it is said. What is another
    writing of words that were said follows them in their line, where no phrase reaches.
    """
    sides: dict[str, list[str]] = {"c": [], "a": []}
    for turn in turns:
        said = [f" {form} " for word in turn.words for form in forms(word)]
        said += [f" {MASKED}  {form} " for word in _joined(turn) for form in forms(word)]
        sides[_side(turn)].append(f"{turn.seq}" + "".join(said))
    return "\n".join(sides["c"]) + BETWEEN + "\n".join(sides["a"])


def _joined(turn: IndexedTurn) -> list[str]:
    """What the words of a turn are in another writing: numbers in groups as one, compounds as one word."""
    found = dict.fromkeys(turn.compounds)
    for at, word in enumerate(turn.words):
        if word.isdecimal():
            found.update(dict.fromkeys(_numbers(turn.words[at : at + NUMBER_GROUPS])))
    return list(found)


def _numbers(said: tuple[str, ...]) -> Iterator[str]:
    """The numbers that two groups of digits and more are which these words begin with."""
    number = said[0]
    for word in said[1:]:
        number += word
        if not word.isdecimal() or len(number) > NUMBER_DIGITS:
            return
        yield number


def as_one(parts: Sequence[str]) -> str | None:
    """The parts of a number or a compound as one word, which the index has as well; None: it has not."""
    one = "".join(parts)
    if one.isdecimal():
        return one if len(parts) <= NUMBER_GROUPS and len(one) <= NUMBER_DIGITS else None
    return one if one.isalpha() and len(parts) <= COMPOUND_PARTS and len(one) <= LONGEST else None


def _side(turn: IndexedTurn) -> str:
    return SIDES.get(turn.speaker, "a")


def _chunks(turns: Iterable[IndexedTurn]) -> Iterator[list[IndexedTurn]]:
    chunk: list[IndexedTurn] = []
    room = PART_WORDS
    for turn in turns:
        rest = turn.words
        while len(rest) > room:
            if room:
                chunk.append(IndexedTurn(turn.seq, turn.speaker, rest[:room]))
            yield chunk
            chunk, rest, room = [], rest[room:], PART_WORDS
        chunk.append(IndexedTurn(turn.seq, turn.speaker, rest, turn.compounds))
        room -= len(rest)
    yield chunk


def _fact_tokens(facts: CallFacts) -> list[str]:
    one: list[tuple[FactName, str | None]] = [
        ("language", facts.language), ("result", facts.result),
        ("ticket", None if facts.ticket is None else str(facts.ticket)),
        ("number", digits(facts.number)[::-1] or None),
    ]  # fmt: skip
    found = [EVERY, CURRENT] + [fact(name, value) for name, value in one if value]
    several: list[tuple[FactName, tuple[str, ...]]] = [
        ("own", facts.own), ("left", facts.left), ("agent", facts.agents), ("queue", facts.queues),
        ("line", facts.lines), ("survey", facts.survey),
    ]  # fmt: skip
    found += [fact(name, value) for name, values in several for value in values]
    for name, value, steps in (
        ("talk", facts.talk_seconds, TALK_STEPS),
        ("silence", facts.silence_seconds, SILENCE_STEPS),
    ):
        found += [fact(name, str(step)) for step in steps if value is not None and value >= step]  # type: ignore[arg-type]
    return list(dict.fromkeys(found))


def digits(number: str) -> str:
    return "".join(character for character in number if character.isascii() and character.isdigit())[:20]


def longest_silence(spoken: Iterable[tuple[float, float]]) -> float | None:
    """Seconds of the longest time between two stretches of speech (start, end); None: there is no speech."""
    longest = until = None
    for start, end in sorted(spoken):
        if until is None:
            longest, until = 0.0, end
        else:
            longest, until = max(longest or 0.0, start - until), max(until, end)
    return longest


def spoken(entries: Sequence[Any], text: str) -> tuple[str, ...]:
    """The folded words of a segment: of its words with their times, or of its text where it has none."""
    return tuple(word for each in _shown(entries, text) for word in of_word(each))


def compounds(entries: Sequence[Any], text: str) -> tuple[str, ...]:
    """The words of a segment that are shown with a hyphen or the like in them, as one word: e-mail is email."""
    several = (of_word(each) for each in _shown(entries, text))
    found = (as_one(parts) for parts in several if len(parts) > 1)
    return tuple(dict.fromkeys(one for one in found if one and not one.isdecimal()))


def _shown(entries: Sequence[Any], text: str) -> list[str]:
    return [str(entry[3]) for entry in entries] or text.split()


@lru_cache(maxsize=100_000)
def of_word(shown: str) -> tuple[str, ...]:
    """The folded words of one word as it is shown. What was masked is a word that nobody can ask for."""
    return (MASKED,) if MARKER.search(shown) else tuple(words(shown))
