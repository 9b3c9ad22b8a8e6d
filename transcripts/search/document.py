"""What the index holds of a call, and whether a part answers a question. Pure functions on text.

A part of a call (`IndexedPart`) is known by tokens, each a plain word of ASCII letters and characters without spaces:

    cs refund -> `csrefund`        the caller says a word with this stem        (as.. the agent)
    `cxrefunded`                   the caller says exactly this word; beginnings of words are looked for here
    `cpwhere_is`                   the caller says these two words one after the other
    `fr_served`, `f`               a fact of the call (`fact`); `f` has every part

So a question is a tree of tokens (`wanted`) that both stores answer from their index alone, words and facts together,
however common each of them is. Three words and more in quotes are looked up pair by pair and then checked in the
text (`holds`), which is kept in a shape in which searching is a matter of finding a string.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from transcripts.redaction.masks import MARKER
from transcripts.search.query import FactFilter, Query, Term
from transcripts.search.words import VERSION, fold, stem, words

PART_WORDS = 2500
"""A call with more words is searched in parts of so many, some twenty minutes of talk: PostgreSQL takes no more than
1 MiB of tokens."""
TALK_STEPS = (0, 10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200)
SILENCE_STEPS = (0, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
"""Seconds: a part has a token for each step that its call reaches, so that a limit is looked up and not computed."""
SLOTS = 256
"""Parts that may begin in the same second."""
SIDES = {"caller": "c", "agent": "a"}
MASKED = "•"
"""Stands where something was masked: a phrase does not reach across it."""
BETWEEN = "\f"
"""Parts what the caller said from what the agent said in a packed text."""

FactName = Literal[
    "agent", "own", "queue", "line", "language", "result", "survey", "ticket", "number", "talk", "silence"
]
_CODES: dict[FactName, str] = {
    "agent": "a", "own": "o", "queue": "q", "line": "l", "language": "g", "result": "r", "survey": "s", "ticket": "t",
    "number": "n", "talk": "d", "silence": "z",
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


def parts(turns: Iterable[IndexedTurn], facts: CallFacts) -> list[IndexedPart]:
    """The parts of a call; one without words still has one, which its facts find."""
    chunks = list(_chunks(turns))
    known = _fact_tokens(facts) + [MANY] * (len(chunks) > 1)
    return [_part(chunk, known, facts) for chunk in chunks]


def _part(turns: list[IndexedTurn], known: list[str], facts: CallFacts) -> IndexedPart:
    found = dict.fromkeys(known)
    for turn in turns:
        side = _side(turn)
        found.update(dict.fromkeys(f"{side}s{stem(word)}" for word in turn.words))
        found.update(dict.fromkeys(f"{side}x{word}" for word in turn.words))
        found.update(dict.fromkeys(pairs(turn.words, side)))
    return IndexedPart(
        words=sum(len(turn.words) for turn in turns),
        facts=" ".join(known),
        said=packed(turns, lambda word: word),
        stems=packed(turns, stem),
        tokens=" ".join(found),
        talk_seconds=facts.talk_seconds,
        silence_seconds=facts.silence_seconds,
    )


def pairs(said: tuple[str, ...], side: str) -> Iterator[str]:
    return (f"{side}p{one}_{two}" for one, two in pairwise(said))


def packed(turns: list[IndexedTurn], form: Callable[[str], str]) -> str:
    """The turns as one text: the caller's lines, BETWEEN, the agent's lines; each begins with its number.

    Every word has a space of its own on both sides, so that ` word ` is found as often as it is said.
    """
    sides: dict[str, list[str]] = {"c": [], "a": []}
    for turn in turns:
        sides[_side(turn)].append(f"{turn.seq}" + "".join([f" {form(word)} " for word in turn.words]))
    return "\n".join(sides["c"]) + BETWEEN + "\n".join(sides["a"])


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
        chunk.append(IndexedTurn(turn.seq, turn.speaker, rest))
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
        ("own", facts.own), ("agent", facts.agents), ("queue", facts.queues), ("line", facts.lines),
        ("survey", facts.survey),
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


# What a question looks for.


@dataclass(frozen=True)
class Token:
    text: str
    prefix: bool = False


@dataclass(frozen=True)
class All:
    of: tuple["Node", ...]


@dataclass(frozen=True)
class Either:
    of: tuple["Node", ...]


@dataclass(frozen=True)
class Without:
    """What `wanted` finds and `unwanted` does not."""

    wanted: "Node"
    unwanted: "Node"
    whole_call: bool = False
    """Nor may `unwanted` find any other part of the same call; `has`, which knows one part, leaves this to others."""


Node = Token | All | Either | Without


def wanted(query: Query, only_agent: str | None = None) -> Node:
    """The tokens that answer a question, as far as tokens can. `only_agent`: whose calls alone may be found."""
    facts = query.facts
    # Who asks for short talks asks for talks.
    talk_min = facts.talk_min if facts.talk_max is None else facts.talk_min or 0.0
    named: list[tuple[FactName, str | None]] = [
        ("own", only_agent), ("agent", facts.agent), ("queue", facts.queue), ("line", facts.line),
        ("language", facts.language), ("result", facts.result), ("survey", facts.survey),
        ("ticket", None if facts.ticket is None else str(facts.ticket)),
        ("talk", _reached(TALK_STEPS, talk_min)), ("silence", _reached(SILENCE_STEPS, facts.silence_min)),
    ]  # fmt: skip
    must: list[Node] = [_any([_term(term) for term in group]) for group in query.groups]
    must += [Token(fact(name, value)) for name, value in named if value is not None]
    if facts.number is not None:
        must.append(Token(fact("number", facts.number[::-1]), prefix=True))
    found: Node = _all(must or [Token(EVERY)])
    if facts.talk_max is not None and (beyond := [step for step in TALK_STEPS if step > facts.talk_max]):
        found = Without(found, Token(fact("talk", str(beyond[0]))))
    unsaid = [_term(term) for term in query.without if not _loose(term)]  # the text is asked for the others
    return Without(found, _any(unsaid), whole_call=True) if unsaid else found


def _reached(steps: tuple[int, ...], least: float | None) -> str | None:
    reached = [step for step in steps if least is not None and step <= least]
    return str(reached[-1]) if reached else None


def _term(term: Term) -> Node:
    sides = [SIDES[term.speaker]] if term.speaker else list(SIDES.values())
    return _any([_said(term, side) for side in sides])


def _said(term: Term, side: str) -> Node:
    if term.kind == "word":
        return Token(f"{side}s{stem(term.words[0])}")
    if term.kind == "prefix":
        return Token(f"{side}x{term.words[0]}", prefix=True)
    if len(term.words) == 1:
        return Token(f"{side}x{term.words[0]}")
    return _all([Token(pair) for pair in dict.fromkeys(pairs(term.words, side))])


def _all(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def _any(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Either(tuple(nodes))


# Whether a part answers it.


def has(tokens: frozenset[str], node: Node) -> bool:
    """Whether a part with these tokens is one that the index would find."""
    if isinstance(node, Token):
        return any(token.startswith(node.text) for token in tokens) if node.prefix else node.text in tokens
    if isinstance(node, All):
        return all(has(tokens, each) for each in node.of)
    if isinstance(node, Either):
        return any(has(tokens, each) for each in node.of)
    return has(tokens, node.wanted) and not has(tokens, node.unwanted)


def is_loose(query: Query) -> bool:
    """Whether tokens alone may find too much: three words and more in quotes."""
    return any(_loose(term) for group in (*query.groups, query.without) for term in group)


def is_loosely_without(query: Query) -> bool:
    """Whether three words and more in quotes may not be said."""
    return any(_loose(term) for term in query.without)


def _loose(term: Term) -> bool:
    return len(term.words) > 2


def holds(query: Query, said: str, stems: str) -> bool:
    """Whether a part that the tokens found says what was asked, word after word."""
    for group in query.groups:
        if any(map(_loose, group)) and not any(Needle.of(term).count(said, stems) for term in group):
            return False
    return not says_unwanted(query, said, stems)


def says_unwanted(query: Query, said: str, stems: str) -> bool:
    """Whether a part says what nobody may say anywhere in the call, as far as tokens do not tell."""
    return any(_loose(term) and Needle.of(term).count(said, stems) for term in query.without)


def is_answer(query: Query, only_agent: str | None, made: Sequence[IndexedPart]) -> bool:
    """Whether a call of these parts answers a question, but for its day: a part with all that is asked for is one
    of a call that says nothing unwanted in any part."""
    tree = wanted(query, only_agent)
    known = [(part, frozenset(part.tokens.split(" "))) for part in made]
    if isinstance(tree, Without) and tree.whole_call and any(has(tokens, tree.unwanted) for _, tokens in known):
        return False
    if any(says_unwanted(query, part.said, part.stems) for part in made):
        return False
    return any(
        has(tokens, tree)
        and within(query.facts, part.talk_seconds, part.silence_seconds)
        and holds(query, part.said, part.stems)
        for part, tokens in known
    )


@dataclass(frozen=True, slots=True)
class Needle:
    """What packed texts have where a term is said; made once and looked for in many of them."""

    text: str
    in_stems: bool
    """Among the stems; not so: among the words."""
    side: int | None
    """Which of the sides that BETWEEN parts; None: both."""

    @classmethod
    def of(cls, term: Term) -> "Needle":
        """For one term of a question."""
        side = None if term.speaker is None else ("caller", "agent").index(term.speaker)
        if term.kind == "word":
            return cls(f" {stem(term.words[0])} ", True, side)
        if term.kind == "prefix":
            return cls(f" {term.words[0]}", False, side)
        return cls("".join(f" {word} " for word in term.words), False, side)

    def count(self, said: str, stems: str) -> int:
        """How often a part says it."""
        text = stems if self.in_stems else said
        return (text if self.side is None else text.split(BETWEEN)[self.side]).count(self.text)

    def turns(self, said: str, stems: str) -> list[int]:
        """The numbers of a part's turns that say it."""
        sides = (stems if self.in_stems else said).split(BETWEEN)
        return [
            int(line[: line.index(" ")])
            for side in (sides if self.side is None else [sides[self.side]])
            if self.text in side
            for line in side.split("\n")
            if self.text in line
        ]


def within(facts: FactFilter, talk_seconds: float | None, silence_seconds: float | None) -> bool:
    """Whether the measures are in their limits exactly; tokens know them by steps."""
    talk, silence = talk_seconds, silence_seconds
    return (
        (facts.talk_min is None or (talk is not None and talk >= facts.talk_min))
        and (facts.talk_max is None or (talk is not None and talk <= facts.talk_max))
        and (facts.silence_min is None or (silence is not None and silence >= facts.silence_min))
    )


def spoken(entries: Sequence[Any], text: str) -> tuple[str, ...]:
    """The folded words of a segment: of its words with their times, or of its text where it has none."""
    shown = [str(entry[3]) for entry in entries] or text.split()
    return tuple(word for each in shown for word in of_word(each))


@lru_cache(maxsize=100_000)
def of_word(shown: str) -> tuple[str, ...]:
    """The folded words of one word as it is shown. What was masked is a word that nobody can ask for."""
    return (MASKED,) if MARKER.search(shown) else tuple(words(shown))
