"""What a question looks for in the index, and whether a part answers it. Pure functions on tokens and text.

A question is a tree of tokens (`wanted`) that both stores answer from their index alone, words and facts together,
however common each of them is. Three words and more in quotes are looked up pair by pair and then checked in the text
(`holds`). What is written apart by one and as one word by another (log in, 415-555-0123) is another choice beside what
was typed (`choices`). What tokens and texts of a call are is `document.py`'s.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from calls.service import OwnCalls
from transcripts.search.document import (
    BETWEEN,
    EVERY,
    SIDES,
    SILENCE_STEPS,
    TALK_STEPS,
    FactName,
    IndexedPart,
    as_one,
    fact,
    left_line,
    pairs,
)
from transcripts.search.forms import apart, asked_keys
from transcripts.search.query import FactFilter, Query, Term


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


def wanted(query: Query, only: OwnCalls | None = None) -> Node:
    """The tokens that answer a question, as far as tokens can. `only`: whose calls alone may be found."""
    facts = query.facts
    # Who asks for short talks asks for talks.
    talk_min = facts.talk_min if facts.talk_max is None else facts.talk_min or 0.0
    named: list[tuple[FactName, str | None]] = [
        ("agent", facts.agent), ("queue", facts.queue), ("line", facts.line),
        ("language", facts.language), ("result", facts.result), ("survey", facts.survey),
        ("ticket", None if facts.ticket is None else str(facts.ticket)),
        ("talk", _reached(TALK_STEPS, talk_min)), ("silence", _reached(SILENCE_STEPS, facts.silence_min)),
    ]  # fmt: skip
    must: list[Node] = [_any([_term(term) for term in group]) for group in choices(query)]
    must += [Token(fact(name, value)) for name, value in named if value is not None]
    if only is not None:
        must.append(_own(only))
    if facts.number is not None:
        must.append(Token(fact("number", facts.number[::-1]), prefix=True))
    found: Node = _all(must or [Token(EVERY)])
    if facts.talk_max is not None and (beyond := [step for step in TALK_STEPS if step > facts.talk_max]):
        found = Without(found, Token(fact("talk", str(beyond[0]))))
    unsaid = [_term(term) for term in query.without if not _loose(term)]  # the text is asked for the others
    return Without(found, _any(unsaid), whole_call=True) if unsaid else found


def _own(only: OwnCalls) -> Node:
    left = [*only.queues, *map(left_line, only.lines)] if only.queues else []
    return _any([Token(fact("own", only.agent)), *(Token(fact("left", each)) for each in left)])


def _reached(steps: tuple[int, ...], least: float | None) -> str | None:
    reached = [step for step in steps if least is not None and step <= least]
    return str(reached[-1]) if reached else None


def _term(term: Term) -> Node:
    sides = [SIDES[term.speaker]] if term.speaker else list(SIDES.values())
    return _any([_said(term, side) for side in sides])


def _said(term: Term, side: str) -> Node:
    word = term.words[0]
    if term.kind == "word":
        return _any([*_one(word, side), *_apart(word, side)])
    if term.kind == "one":
        return _any(_one(word, side))
    if term.kind == "prefix":
        return Token(f"{side}x{word}", prefix=True)
    if len(term.words) == 1:
        return Token(f"{side}x{word}")
    one = as_one(term.words) if term.kind == "compound" else None
    if one and one.isdecimal():
        return Token(f"{side}x{one}")
    in_a_row = _all([Token(pair) for pair in dict.fromkeys(pairs(term.words, side))])
    return _any([in_a_row, *_one(one, side), *_apart(one, side)]) if one else in_a_row


def _apart(word: str, side: str) -> list[Node]:
    return [Token(f"{side}p{first}_{second}") for first, second in apart(word)]


def _one(word: str, side: str) -> list[Node]:
    if word.isdecimal():
        return [Token(f"{side}x{word}")]
    return [Token(f"{side}s{key}") for key in asked_keys(word)]


def choices(query: Query) -> list[list[Term]]:
    """The groups of a question, with what neighbours among its words are as one: log in is login, 415 555 is 415555."""
    found = [list(group) for group in query.groups]
    alone = [group[0] if len(group) == 1 and group[0].kind == "word" else None for group in query.groups]
    for begin, end in _neighbours(alone):
        row = [term for term in alone[begin:end] if term]
        one = as_one([term.words[0] for term in row])
        if one:
            for group in found[begin:end]:
                group.append(Term("one", (one,), row[0].speaker))
    return found


def _neighbours(alone: Sequence[Term | None]) -> Iterator[tuple[int, int]]:
    """Where words begin and end that may be written as one: two that `apart` parts, and runs of digits."""
    for at, (one, two) in enumerate(pairwise(alone)):
        if one and two and one.speaker == two.speaker:
            pair = one.words[0], two.words[0]
            if pair in apart("".join(pair)):
                yield at, at + 2
    for _, row in groupby(range(len(alone)), lambda at: _number_of(alone[at]) or at):
        places = list(row)
        if len(places) > 1:
            yield places[0], places[-1] + 1


def _number_of(term: Term | None) -> tuple[str | None] | None:
    """Who says it, if it is a number."""
    return (term.speaker,) if term and term.words[0].isdecimal() else None


def _all(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def _any(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Either(tuple(nodes))


# -- whether a part answers it -------------------------------------------------------------------------


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
    return len(term.words) > 2 and not (term.kind == "compound" and (as_one(term.words) or "").isdecimal())


def holds(query: Query, said: str, stems: str) -> bool:
    """Whether a part that the tokens found says what was asked, word after word."""
    for group in query.groups:
        if any(map(_loose, group)) and not any(each.count(said, stems) for term in group for each in needles(term)):
            return False
    return not says_unwanted(query, said, stems)


def says_unwanted(query: Query, said: str, stems: str) -> bool:
    """Whether a part says what nobody may say anywhere in the call, as far as tokens do not tell."""
    return any(_loose(term) and any(each.count(said, stems) for each in needles(term)) for term in query.without)


def is_answer(query: Query, only: OwnCalls | None, made: Sequence[IndexedPart]) -> bool:
    """Whether a call of these parts answers a question, but for its day: a part with all that is asked for is one
    of a call that says nothing unwanted in any part."""
    tree = wanted(query, only)
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
    """What packed texts have where a term is said in one of its writings; made once and looked for in many of them."""

    text: str
    in_stems: bool
    """Among the stems; not so: among the words."""
    side: int | None
    """Which of the sides that BETWEEN parts; None: both."""

    def is_among(self, stems: str) -> bool:
        """Whether a part's stems say it: sooner told than how often."""
        if not self.in_stems:
            return False
        return self.text in (stems if self.side is None else stems.split(BETWEEN)[self.side])

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


def needles(term: Term) -> list[Needle]:
    """Every writing of a term; those among the words that `apart` makes are the last."""
    side = None if term.speaker is None else ("caller", "agent").index(term.speaker)
    word, found = term.words[0], []
    one = word if term.kind in ("word", "one") else as_one(term.words) if term.kind == "compound" else None
    if term.kind == "prefix":
        return [Needle(f" {word}", False, side)]
    if one:
        found = [Needle(f" {key} ", True, side) for key in (asked_keys(one) if one.isalpha() else (one,))]
    if term.kind == "exact" or (term.kind == "compound" and not (one and one.isdecimal())):
        found.append(Needle("".join(f" {each} " for each in term.words), False, side))
    if one and term.kind != "one":
        found += [Needle(f" {first}  {second} ", False, side) for first, second in apart(one)]
    return found


def within(facts: FactFilter, talk_seconds: float | None, silence_seconds: float | None) -> bool:
    """Whether the measures are in their limits exactly; tokens know them by steps."""
    talk, silence = talk_seconds, silence_seconds
    return (
        (facts.talk_min is None or (talk is not None and talk >= facts.talk_min))
        and (facts.talk_max is None or (talk is not None and talk <= facts.talk_max))
        and (facts.silence_min is None or (silence is not None and silence >= facts.silence_min))
    )
