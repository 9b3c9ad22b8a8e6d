"""Asks the store's index for the parts that have certain tokens: the one place that speaks to each store's own.

Both answer with the same numbers. A part's number grows with the time of its call, so days are a stretch of numbers
and the newest come first without sorting anything by time.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from transcripts.search.answering import All, Node, Token, Without
from transcripts.search.document import MANY

SQLITE = "SELECT rowid, NULL FROM search_token WHERE search_token MATCH :tree{limits} ORDER BY rowid DESC LIMIT :limit"
SQLITE_COUNT = "SELECT count(*) FROM search_token WHERE search_token MATCH :tree{limits}"
# Sorted and counted as one list of numbers: going through the rows once more, to count them, would cost twice as much.
POSTGRESQL = """
    SELECT unnest((array_agg(id ORDER BY id DESC))[1:CAST(:limit AS integer)]), count(*) FROM search_part
    WHERE array_to_tsvector(string_to_array(tokens, ' ')) @@ CAST(:tree AS tsquery){limits}"""
POSTGRESQL_COUNT = """
    SELECT count(*) FROM search_part
    WHERE array_to_tsvector(string_to_array(tokens, ' ')) @@ CAST(:tree AS tsquery){limits}"""


# One statement whatever is asked: the stores need not read 500 numbers in it anew.
ROWS = """
    SELECT id, call_id, words, talk_seconds, silence_seconds, {said} AS said, {stems} AS stems FROM search_part
    WHERE id {these}"""
SQLITE_THESE = "IN (SELECT value FROM json_each(:ids))"
POSTGRESQL_THESE = "= ANY(:ids)"

# Parts of calls in which another part is found; one part alone is judged by the tree itself.
_ELSEWHERE = """ AND {number} NOT IN (
    SELECT part.id FROM search_part AS part JOIN search_part AS other ON other.call_id = part.call_id
    WHERE {found})"""
SQLITE_ELSEWHERE = _ELSEWHERE.format(
    number="rowid", found="other.id IN (SELECT rowid FROM search_token WHERE search_token MATCH :elsewhere)"
)
POSTGRESQL_ELSEWHERE = _ELSEWHERE.format(
    number="id", found="array_to_tsvector(string_to_array(other.tokens, ' ')) @@ CAST(:elsewhere AS tsquery)"
)


@dataclass(frozen=True)
class Matching:
    """The newest parts that answer."""

    ids: list[int]
    total: int | None
    """How many there are in all between the limits; None: the store counts them apart (`counted`)."""


def matching(
    session: Session, tree: Node, *, limit: int, first: int | None = None, before: int | None = None
) -> Matching:
    """Numbers of the newest parts that answer `tree`, from `first` up to `before` (not included)."""
    statement = POSTGRESQL if _is_postgresql(session) else SQLITE
    rows = _execute(session, statement, tree, first, before, limit=limit).all()
    return Matching([row[0] for row in rows], rows[0][1] if rows else 0)


def counted(session: Session, tree: Node, *, first: int | None = None, before: int | None = None) -> int:
    """How many parts answer `tree`."""
    statement = POSTGRESQL_COUNT if _is_postgresql(session) else SQLITE_COUNT
    return int(_execute(session, statement, tree, first, before).scalar_one())


def rows_of(session: Session, ids: list[int], *, said: bool, stems: bool) -> Sequence[Any]:
    """These parts, the newest first, as ROWS names their columns; texts that nobody wants are empty."""
    is_postgresql = _is_postgresql(session)
    texts = {name: name if wanted else "''" for name, wanted in (("said", said), ("stems", stems))}
    statement = ROWS.format(these=POSTGRESQL_THESE if is_postgresql else SQLITE_THESE, **texts)
    rows = session.execute(text(statement), {"ids": ids if is_postgresql else json.dumps(ids)})
    # Asked for an order SQLite goes through the whole table in it instead of looking these up.
    return sorted(rows, key=itemgetter(0), reverse=True)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _execute(session: Session, statement: str, tree: Node, first: int | None, before: int | None, **values: Any) -> Any:
    # Not the bare column: the planner would go through the days by the primary key and take each row's tokens apart.
    number = "id + 0" if _is_postgresql(session) else "rowid"
    limits = ""
    written = as_tsquery if _is_postgresql(session) else as_match
    values["tree"] = written(tree)
    if isinstance(tree, Without) and tree.whole_call:
        limits = POSTGRESQL_ELSEWHERE if _is_postgresql(session) else SQLITE_ELSEWHERE
        values["elsewhere"] = written(All((Token(MANY), tree.unwanted)))
    if first is not None:
        limits, values["first"] = f"{limits} AND {number} >= :first", first
    if before is not None:
        limits, values["before"] = f"{limits} AND {number} < :before", before
    if _is_postgresql(session):
        # A common word makes reading every row look cheap to the planner, which does not know that a row's tokens
        # would have to be fetched and taken apart: the index is never the slower way.
        session.execute(text("SET LOCAL enable_seqscan = off"))
    return session.execute(text(statement.format(limits=limits)), values)


def as_match(node: Node) -> str:
    """The tree as SQLite's FTS5 reads it."""
    if isinstance(node, Token):
        return f'"{node.text}"{"*" if node.prefix else ""}'
    if isinstance(node, Without):
        return f"({as_match(node.wanted)} NOT {as_match(node.unwanted)})"
    return f"({(' AND ' if isinstance(node, All) else ' OR ').join(map(as_match, node.of))})"


def as_tsquery(node: Node) -> str:
    """The tree as PostgreSQL's type tsquery reads it."""
    if isinstance(node, Token):
        return f"'{node.text}'{':*' if node.prefix else ''}"
    if isinstance(node, Without):
        return f"({as_tsquery(node.wanted)} & !{as_tsquery(node.unwanted)})"
    return f"({(' & ' if isinstance(node, All) else ' | ').join(map(as_tsquery, node.of))})"
