"""The list of nuisance callers as JSON documents: who is on it, and who was. Reads only."""

from datetime import datetime

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from contacts.service import names_of
from nuisance.models import NuisanceCaller
from nuisance.service import count_standing, stands
from web.documents.facts import Document, iso

MOST = 500
MOST_OVER = 50


def nuisance_document(session: Session, now: datetime) -> Document:
    """`{"count": n, "standing": [...], "over": [...]}`: what stands, the newest first, and what is over, the latest."""
    standing = select(NuisanceCaller).where(stands(now)).order_by(NuisanceCaller.created_at.desc()).limit(MOST)
    over = select(NuisanceCaller).where(not_(stands(now))).order_by(NuisanceCaller.created_at.desc()).limit(MOST_OVER)
    rows = [*session.scalars(standing)], [*session.scalars(over)]
    names = names_of(session, {row.number for part in rows for row in part})
    return {
        "count": count_standing(session, now),
        "standing": [entry_document(row, names.get(row.number, "")) for row in rows[0]],
        "over": [entry_document(row, names.get(row.number, "")) for row in rows[1]],
    }


def entry_document(row: NuisanceCaller, name: str = "") -> Document:
    return {
        "id": str(row.id),
        "number": row.number,
        "name": name,
        "came_from": row.came_from,
        "reason": row.reason,
        "call_id": row.call_id,
        "created_by": row.created_by,
        "created_at": iso(row.created_at),
        "expires_at": iso(row.expires_at),
        "ended_at": iso(row.ended_at or row.expires_at),
        "ended_by": row.ended_by,
        "refused": row.refused,
        "refused_at": iso(row.refused_at),
    }
