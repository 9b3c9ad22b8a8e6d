"""What a search found, and the searches that somebody keeps, as JSON documents.

Reads only. An agent finds his or her own calls (`calls.service.OwnCalls`) and no others, whatever is asked.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from calls.service import OwnCalls, belongs_to
from ringback.config import Settings
from ringback.store.base import utc
from transcripts.search.form import asked_of, given, query_of
from transcripts.search.query import Query
from transcripts.search.saved import Kept
from transcripts.search.service import CallHit, Order, SearchResults, search, wider
from web.documents.facts import Document, iso
from web.documents.segments import talked_at, talks_of_calls


def search_document(
    session: Session, asked: Mapping[str, str], now: float, settings: Settings, only: OwnCalls | None
) -> Document:
    """Keys: asked, order, notices, total, page, pages, older, calls, wider.

    `asked` has the fields of `transcripts.search.form.NAMES`, and order, page, before. Each of `calls` has the call's
    own facts and `turns`, each with `at`, the second of the recording where the first word that was found is said, and
    `pieces`, its words with what is marked. `older`: as `before` of the next request, for calls older than all pages.
    """
    zone = ZoneInfo(settings.timezone)
    query = query_of(asked, utc(now).astimezone(zone).date())
    order: Order = "newest" if asked.get("order") == "newest" or not query.groups else "best"
    page = min(max(_number(asked.get("page")) or 1, 1), 1000)
    found = search(
        session,
        query,
        utc(now),
        zone,
        only=only,
        order=order,
        page=page,
        before=_number(asked.get("before")),
    )
    nothing = not found.total and not query.asks_nothing
    return {
        "asked": given(asked),
        "order": order,
        "notices": [{"code": notice.code, "piece": notice.piece} for notice in query.notices],
        "total": found.total,
        "page": page,
        "pages": found.pages,
        "older": str(found.older) if found.older is not None else None,
        "calls": _calls(session, found, only),
        "wider": _wider(session, query, only) if nothing else [],
    }


def saved_document(kept: Kept) -> Document:
    """A saved search with how many calls it has told of."""
    row = kept.row
    return {
        "id": str(row.id),
        "name": row.name,
        "asked": row.asked,
        "alert": row.alert,
        "alert_since": iso(row.alert_since),
        "found": kept.matches,
        "new": kept.fresh,
        "created_at": iso(row.created_at),
    }


def matches_document(session: Session, call_ids: list[str], only: OwnCalls | None) -> list[Document]:
    """The calls that a saved search told of, in the order given, as far as who asks may find them."""
    return _calls(session, SearchResults([CallHit(call_id, [], 0) for call_id in call_ids]), only)


def _calls(session: Session, found: SearchResults, only: OwnCalls | None) -> list[Document]:
    wanted = select(Call).where(Call.call_id.in_([hit.call_id for hit in found.hits]))
    if only is not None:
        wanted = wanted.where(belongs_to(only))  # the index follows the rows within moments: these decide
    rows = {call.call_id: call for call in session.scalars(wanted)}
    talks = talks_of_calls(session, rows)
    return [_hit(rows[hit.call_id], hit, talks.get(hit.call_id, [])) for hit in found.hits if hit.call_id in rows]


def _hit(call: Call, hit: CallHit, talks: list[Document]) -> Document:
    over = call.released_at or call.ended_at
    talk = None if call.connected_at is None or over is None else max(0.0, (over - call.connected_at).total_seconds())
    return {
        "call_id": call.call_id,
        "arrived_at": iso(call.arrived_at),
        "caller_name": call.caller_name,
        "caller_number": call.caller_number,
        "line": call.line,
        "language": call.language,
        "queue": call.queue,
        "agent": call.agent,
        "result": call.result,
        "ticket": call.ticket_number,
        "talk_seconds": talk,
        "turns": [
            {
                "speaker": turn.speaker,
                "agent": talked_at(talks, turn.start, call.agent) if turn.speaker == "agent" else None,
                "start": turn.start,
                "at": turn.at,
                "pieces": [{"text": piece.text, "marked": piece.marked} for piece in turn.pieces],
            }
            for turn in hit.turns
        ],
        "turns_found": hit.turns_found,
    }


def _wider(session: Session, query: Query, only: OwnCalls | None) -> list[Document]:
    """What to ask instead of a question that found nothing."""
    choices = wider(session, query, only=only)
    return [{"kind": each.kind, "total": each.total, "asked": asked_of(each.query)} for each in choices]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
