"""Searching what was said in calls: a question in, calls with the turns that answer it out.

The store's index answers with parts of calls, the newest first; the newest `CANDIDATES` of them are put in order
(`ranking.py`), and the turns of the few that are shown are read. So a question costs about the same whether its words
are rare or said in every call. Older parts are reached with `before`. Who may see what is decided by whoever calls.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid, and_, bindparam, select, text
from sqlalchemy.orm import Session, aliased

from calls.service import OwnCalls
from transcripts.models import Segment, Transcript
from transcripts.search.answering import (
    Node,
    choices,
    holds,
    is_loose,
    is_loosely_without,
    needles,
    says_unwanted,
    wanted,
    within,
)
from transcripts.search.document import SLOTS
from transcripts.search.lookup import counted, matching, rows_of
from transcripts.search.models import SearchPart
from transcripts.search.query import FactFilter, Query, Term
from transcripts.search.ranking import RankedLine, RankedPart, best_first, lines
from transcripts.search.snippets import SnippetPiece, snippet

CANDIDATES = 500
"""Parts, the newest that answer a question, among which the best are found."""
LOOKS = 8
"""How often more parts are fetched where many of them prove not to say what was asked word after word."""
PAGE = 20
TURNS = 3
"""Turns shown of one call."""

Order = Literal["best", "newest"]


@dataclass(frozen=True)
class TurnHit:
    """A turn that answers the question."""

    speaker: str
    start: float
    """Of the turn, in seconds of the recording."""
    at: float
    """Of the first word that was found."""
    pieces: list[SnippetPiece]


@dataclass(frozen=True)
class CallHit:
    """A call that answers the question."""

    call_id: str
    turns: list[TurnHit]
    """The best of them in the order of the call; none where facts alone were asked for."""
    turns_found: int


@dataclass(frozen=True)
class SearchResults:
    """One page of what was found."""

    hits: list[CallHit] = field(default_factory=list)
    total: int = 0
    """Parts that answer; nearly always calls. At most a little too many where three words and more are in quotes."""
    pages: int = 0
    older: int | None = None
    """`before` for what is older than everything that these pages put in order; None: there is nothing."""


def search(
    session: Session,
    query: Query,
    now: datetime,
    zone: ZoneInfo,
    *,
    only: OwnCalls | None = None,
    order: Order = "best",
    page: int = 1,
    before: int | None = None,
) -> SearchResults:
    """Page `page` (from 1) of the calls that answer `query`. `zone` is the one whose days the question means."""
    if query.asks_nothing:
        return SearchResults()
    tree = wanted(query, only)
    first, last = bounds(query.facts, zone)
    until = last if before is None or (last is not None and last < before) else before
    taken = _candidates(session, query, tree, first, until)
    calls: dict[str, list[RankedPart]] = {}
    for each in taken.found:
        calls.setdefault(each.call_id, []).append(each)
    begin = (page - 1) * PAGE
    shown = islice(_ordered(query, taken.found, now, order), begin, begin + PAGE)
    if taken.older is None and before is None:
        total = len(calls)
    elif taken.total is not None and before is None:
        total = taken.total
    else:
        total = counted(session, tree, first=first, before=last)
    return SearchResults(
        hits=_hits(session, query, [calls[call_id] for call_id in shown]),
        total=total,
        pages=-(-len(calls) // PAGE),
        older=taken.older,
    )


def bounds(facts: FactFilter, zone: ZoneInfo) -> tuple[int | None, int | None]:
    """The parts' numbers between which the days of the question lie; the second is not included."""

    def number(day: Any) -> int:
        return int(datetime.combine(day, time.min, zone).timestamp()) * SLOTS

    first = None if facts.first is None else number(facts.first)
    return first, None if facts.last is None else number(facts.last + timedelta(days=1))


@dataclass(frozen=True)
class _Taken:
    """The newest parts that hold what was asked."""

    found: list[RankedPart]
    older: int | None
    """Where older ones begin; None: there are none."""
    total: int | None
    """How many parts have the tokens, where the store says so without being asked twice."""


def _candidates(session: Session, query: Query, tree: Node, first: int | None, before: int | None) -> _Taken:
    loose = is_loose(query)
    found: list[RankedPart] = []
    total: int | None = None
    for look in range(LOOKS):
        wanted_now = CANDIDATES - len(found)
        matches = matching(session, tree, limit=wanted_now + 1, first=first, before=before)
        total = matches.total if look == 0 else total
        taken = [
            RankedPart(number, call_id, words, said, stems)
            for number, call_id, words, talk, silence, said, stems in _texts(session, query, matches.ids[:wanted_now])
            if within(query.facts, talk, silence) and (not loose or holds(query, said, stems))
        ]
        unwanted = _saying_elsewhere(session, query, taken)
        found += _with_apart(session, query, [each for each in taken if each.call_id not in unwanted])
        if len(matches.ids) <= wanted_now:
            return _Taken(found, None, total)
        before = matches.ids[wanted_now - 1]
        if len(found) >= CANDIDATES:
            break
    return _Taken(found, before, total)


def _saying_elsewhere(session: Session, query: Query, taken: list[RankedPart]) -> set[str]:
    """Calls of several parts of which one says three words and more that may not be said: tokens cannot tell."""
    if not is_loosely_without(query):
        return set()
    second = aliased(SearchPart)
    rows = (
        select(SearchPart.call_id, SearchPart.said, SearchPart.stems)
        .join(second, and_(second.call_id == SearchPart.call_id, second.part == 1))
        .where(SearchPart.call_id.in_({each.call_id for each in taken}))
    )
    return {row.call_id for row in session.execute(rows) if says_unwanted(query, row.said, row.stems)}


def _texts(session: Session, query: Query, ids: list[int]) -> Sequence[Any]:
    """The rows, with the texts that the question needs: they are most of what there is to read."""
    if not ids:
        return []
    kinds = {term.kind for group in (*query.groups, query.without) for term in group}
    return rows_of(
        session, ids, said=bool(kinds & {"exact", "prefix", "compound"}), stems=bool(kinds & {"word", "compound"})
    )


def _with_apart(session: Session, query: Query, found: list[RankedPart], *, every: bool = False) -> list[RankedPart]:
    """These parts with the longer text, where stems do not say it or (`every`) anywhere, if a word may be two there."""
    groups = [[needle for term in group for needle in needles(term)] for group in choices(query)]
    if all(needle.in_stems for group in groups for needle in group):
        return found
    lacking = [
        each.id
        for each in found
        if not each.said and (every or not all(any(n.is_among(each.stems) for n in group) for group in groups))
    ]
    if not lacking:
        return found
    said = {row.id: row.said for row in rows_of(session, lacking, said=True, stems=False)}
    return [each._replace(said=said.get(each.id, each.said)) for each in found]


def _ordered(query: Query, found: list[RankedPart], now: datetime, order: Order) -> Iterator[str]:
    """Calls, the best or newest first; a call is as good as its best part."""
    seen: set[str] = set()
    for each in best_first(query, found, now.timestamp()) if order == "best" else found:
        if each.call_id not in seen:
            seen.add(each.call_id)
            yield each.call_id


def _hits(session: Session, query: Query, calls: list[list[RankedPart]]) -> list[CallHit]:
    """The calls of one page with their best turns."""
    whole: dict[str, list[RankedPart]] = {parts[0].call_id: [] for parts in calls}
    for part in _with_apart(session, query, [part for parts in calls for part in parts], every=True):
        whole[part.call_id].append(part)
    calls = list(whole.values())
    said = [_best(query, parts) for parts in calls]
    segments = _segments(session, {parts[0].call_id: shown for parts, (shown, _) in zip(calls, said, strict=True)})
    terms = tuple(term for group in choices(query) for term in group)
    return [
        CallHit(
            parts[0].call_id,
            [_turn(terms, row) for row in segments.get(parts[0].call_id, [])],
            many,
        )
        for parts, (_, many) in zip(calls, said, strict=True)
    ]


def _best(query: Query, parts: list[RankedPart]) -> tuple[list[int], int]:
    """Numbers of the turns to show, and how many there are."""
    by_seq: dict[int, RankedLine] = {}
    for line in lines(query, parts):
        if line.seq not in by_seq or by_seq[line.seq].groups < line.groups:
            by_seq[line.seq] = line
    best = sorted(by_seq.values(), key=lambda line: (-line.groups, line.seq))[:TURNS]
    return sorted(line.seq for line in best), len(by_seq)


def _segments(session: Session, shown: dict[str, list[int]]) -> dict[str, list[Any]]:
    """The turns to show, by call, in their order."""
    calls = {call_id: seqs for call_id, seqs in shown.items() if seqs}
    if not calls:
        return {}
    pairs = session.execute(select(Transcript.id, Transcript.call_id).where(Transcript.call_id.in_(calls)))
    names = dict(pairs.tuples().all())
    # Written by hand: SQLAlchemy takes longer to write it than the stores to answer. The numbers are our own.
    each = " OR ".join(
        f"(transcript_id = :of{at} AND seq IN ({', '.join(map(str, calls[name]))}))"
        for at, name in enumerate(names.values())
    )
    these = text(each).bindparams(*(bindparam(f"of{at}", key, Uuid) for at, key in enumerate(names)))
    columns = Segment.transcript_id, Segment.speaker, Segment.start, Segment.words, Segment.text
    found: dict[str, list[Any]] = {}
    for row in session.execute(select(*columns).where(these).order_by(Segment.transcript_id, Segment.seq)):
        found.setdefault(names[row.transcript_id], []).append(row)
    return found


def _turn(terms: tuple[Term, ...], row: Any) -> TurnHit:
    shown = snippet(terms, row.speaker, row.start, row.words, row.text)
    return TurnHit(row.speaker, row.start, shown.at, shown.pieces)


@dataclass(frozen=True)
class Wider:
    """A question that finds more than one that found nothing."""

    kind: Literal["without_facts", "any_word", "any_form"]
    query: Query
    total: int


def wider(session: Session, query: Query, *, only: OwnCalls | None = None) -> Iterator[Wider]:
    """What to ask instead of a question that found nothing, each with how many parts it finds."""
    words = tuple(term for group in query.groups for term in group)
    loose = tuple((replace(term, kind="word", words=(word,)),) for term in words for word in term.words)
    choices: list[tuple[Literal["without_facts", "any_word", "any_form"], Query]] = []
    if words and query.facts != FactFilter():
        choices.append(("without_facts", replace(query, facts=FactFilter())))
    if any(term.kind in ("exact", "compound") for term in words):
        choices.append(("any_form", replace(query, groups=loose)))
    if len(loose) > 1:
        choices.append(("any_word", replace(query, groups=(tuple(term for group in loose for term in group),))))
    for kind, choice in choices:
        total = counted(session, wanted(choice, only))
        if total:
            yield Wider(kind, choice, total)
