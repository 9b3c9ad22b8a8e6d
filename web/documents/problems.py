"""Known problems as JSON documents: what is told on which lines, how many heard it, were spared, were told."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from problems.models import KnownProblem
from problems.service import counts_of
from web.documents.facts import Document, iso

MOST_OVER = 20


def problems_document(session: Session, *, over: bool = False) -> Document:
    """`{"standing": [...], "over": [...]}`: what is told now, the newest first; `over` only where it is asked for."""
    newest = select(KnownProblem).order_by(KnownProblem.id.desc())
    standing = [*session.scalars(newest.where(KnownProblem.ended_at.is_(None)))]
    ended = newest.where(KnownProblem.ended_at.is_not(None)).limit(MOST_OVER)
    past = [*session.scalars(ended)] if over else []
    counts = counts_of(session, [row.id for row in (*standing, *past)]) if standing or past else {}

    def document(row: KnownProblem) -> Document:
        return {
            "id": str(row.id),
            "lines": row.lines,
            "words": row.words,
            "created_by": row.created_by,
            "created_at": iso(row.created_at),
            "ended_at": iso(row.ended_at),
            "ended_by": row.ended_by,
            "fixed": row.fixed,
            "heard": row.heard,
            **counts[row.id],
        }

    return {"standing": [document(row) for row in standing], "over": [document(row) for row in past]}
