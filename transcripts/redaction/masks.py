"""What stands in a text where a secret was: `redact` and the marker it leaves. Pure.

A marker is one word, `•card•`: it says the kind in a code that pages and exports translate (`shown`), and has the
times of the words it stands for.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ringback.config.redaction import RedactionSettings
from transcripts.engines.recogniser import Word
from transcripts.redaction.detect import RedactionRules, find
from transcripts.redaction.intervals import SecretInterval
from transcripts.redaction.speakers import MARKER as MARKER
from transcripts.text.turns import Turn


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret in a call: what was masked, and the words that stood there."""

    kind: str
    speaker: str
    start: float
    """Of its first word, in seconds from the start of the recording."""
    end: float
    words: tuple[Word, ...]


def rules_of(settings: RedactionSettings, regions: Sequence[str] = ("US", "RU")) -> RedactionRules:
    """What the settings want to be looked for; `regions` are the countries of the lines."""
    return RedactionRules(
        cards=settings.cards,
        codes=settings.codes,
        pins=settings.pins,
        one_time_codes=settings.one_time_codes,
        passwords=settings.passwords,
        bank_accounts=settings.bank_accounts,
        phones=settings.phones,
        emails=settings.emails,
        names=tuple(settings.names),
        regions=tuple(dict.fromkeys(regions)),
    )


def marker(kind: str) -> str:
    return f"•{kind}•"


def kind_of(text: str) -> str | None:
    """The kind that a marker stands for; None: the word is none."""
    found = MARKER.fullmatch(text.strip())
    return found.group(1) if found else None


def shown(text: str, name: Callable[[str], str]) -> str:
    """A text with its markers as people read them: `•••• card`; `name` gives the word for a kind."""
    return MARKER.sub(lambda found: f"•••• {name(found.group(1))}", text) if "•" in text else text


def redact_turns(
    turns: Sequence[Turn], rules: RedactionRules, near: frozenset[int] | None = None
) -> tuple[list[Turn], list[Finding]]:
    """The turns of a call with every secret replaced by a marker, and what was replaced, in the order it was said.

    `near`: only secrets of which words stand in these turns (their numbers).
    """
    stream = _streams(turns)
    words = {speaker: [turns[n].words[at] for n, at in places] for speaker, places in stream.items()}
    found = [
        each
        for each in find(words, rules)
        if near is None or any(n in near for n, _ in stream[each.speaker][each.first : each.last])
    ]
    masked = _masked(turns, [(each.kind, stream[each.speaker][each.first : each.last]) for each in found])
    places = []
    for each in found:
        said = tuple(words[each.speaker][each.first : each.last])
        start, end = min(word.start for word in said), max(word.end for word in said)
        places.append(Finding(each.kind, each.speaker, start, end, said))
    return masked, sorted(places, key=lambda place: place.start)


def mask_intervals(turns: Sequence[Turn], intervals: Sequence[SecretInterval]) -> list[Turn]:
    """The turns with a marker for all words whose middle lies in one of the places."""
    secrets: list[tuple[str, Sequence[tuple[int, int]]]] = []
    for speaker, stream in _streams(turns).items() if intervals else ():
        middles = [(turns[n].words[at].start + turns[n].words[at].end) / 2 for n, at in stream]
        order = sorted(range(len(stream)), key=middles.__getitem__)
        sorted_middles = [middles[at] for at in order]
        for kind, start, end in _apart(interval for interval in intervals if interval.speaker == speaker):
            inside = order[bisect_left(sorted_middles, start) : bisect_right(sorted_middles, end)]
            if inside:
                secrets.append((kind, [stream[at] for at in sorted(inside)]))
    return _masked(turns, secrets)


def _apart(intervals: Iterable[SecretInterval]) -> list[tuple[str, float, float]]:
    """(kind, start, end) in order, overlapping ones made one of the kind of the first."""
    found: list[tuple[str, float, float]] = []
    for interval in sorted(intervals, key=lambda each: each.start):
        if found and interval.start <= found[-1][2]:
            kind, start, end = found[-1]
            found[-1] = (kind, start, max(end, interval.end))
        else:
            found.append((interval.kind, interval.start, interval.end))
    return found


def _streams(turns: Sequence[Turn]) -> dict[str, list[tuple[int, int]]]:
    """(turn, word) of all words of each speaker, in order."""
    streams: dict[str, list[tuple[int, int]]] = {}
    for number, turn in enumerate(turns):
        streams.setdefault(turn.speaker, []).extend((number, at) for at in range(len(turn.words)))
    return streams


def _masked(turns: Sequence[Turn], secrets: Sequence[tuple[str, Sequence[tuple[int, int]]]]) -> list[Turn]:
    """The turns with one marker in each turn for the words of each secret: (kind, [(turn, word), ...])."""
    fresh: list[list[Word | None]] = [list(turn.words) for turn in turns]
    for kind, words in secrets:
        by_turn: dict[int, list[int]] = {}
        for number, at in words:
            by_turn.setdefault(number, []).append(at)
        for number, ats in by_turn.items():
            inside = [turns[number].words[at] for at in ats]
            start, end = min(word.start for word in inside), max(word.end for word in inside)
            fresh[number][ats[0]] = Word(start, end, min(word.confidence for word in inside), marker(kind))
            for at in ats[1:]:
                fresh[number][at] = None
    return [
        Turn(turn.speaker, tuple(word for word in kept if word is not None))
        for turn, kept in zip(turns, fresh, strict=True)
    ]


def redact(
    words: Sequence[Sequence[Any]], rules: RedactionRules, other: Sequence[Sequence[Any]] = ()
) -> list[list[Any]]:
    """One speaker's words, `[start, end, confidence, "word"]`, with every secret replaced by a marker.

    `other` are the words of the other speaker, who may have asked for the number. For words that go on arriving
    give all of the last minute again: digits may turn out to be a card's only with the next ones.
    """
    turns = [Turn("own", tuple(Word(*word) for word in words))] if words else []
    if other:
        turns.append(Turn("other", tuple(Word(*word) for word in other)))
    masked, _ = redact_turns(turns, rules)
    return [[w.start, w.end, w.confidence, w.text] for turn in masked if turn.speaker == "own" for w in turn.words]
