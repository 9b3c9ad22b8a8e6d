"""/api/v1/library/exemplars: calls that show how it is done, with the reasons; accepted and refused as on the page."""

from library import exemplars
from library.errors import LibraryError
from library.exemplars import WhyWithdrawn
from library.models import Exemplar
from ringback.store.base import utc
from web import access
from web.access import Asker
from web.api.v1 import cursors
from web.api.v1.library import all_heard, refused, trains
from web.api.v1.operations import operation
from web.api.v1.shapes.library_exemplars import (
    ApiExemplar,
    ApiExemplarPage,
    ApiExemplarReason,
    ApiExemplarsAsked,
    ApiSuggestedCall,
    ApiSuggestedCalls,
)
from web.context import db, now, settings

EXEMPLARS = "exemplars"
"""The list, by what its cursors are told apart."""


@operation(
    "GET",
    "/library/exemplars",
    scope="library:read",
    summary="List exemplars",
    query=ApiExemplarsAsked,
    answers=ApiExemplarPage,
)
def list_exemplars(asker: Asker, query: ApiExemplarsAsked) -> ApiExemplarPage:
    """Calls that somebody decided on, of those that may be heard: what stands, what was refused, and what was withdrawn
    by its facts, when and why."""
    trains(asker)
    before = None if query.cursor is None else cursors.read_moment(EXEMPLARS, query.cursor)
    found = exemplars.decided(db(), limit=query.limit + 1, before=before)
    following = None
    if len(found) > query.limit:
        last = found[query.limit - 1]
        following = cursors.write(EXEMPLARS, last.at.isoformat(), str(last.id))
    shown = found[: query.limit]
    heard = access.heard_calls(db(), asker, {row.call_id for row in shown})
    rows = [row for row in shown if row.call_id in heard]
    gone = exemplars.withdrawn(db(), settings(), rows, utc(now()))
    items = [_exemplar(row, gone.get(row.call_id)) for row in rows]
    return ApiExemplarPage(items=[each for each in items if query.state in (None, each.state)], next=following)


@operation(
    "GET",
    "/library/exemplars/suggestions",
    scope="library:read",
    summary="List suggested exemplars",
    answers=ApiSuggestedCalls,
)
def list_suggestions(asker: Asker) -> ApiSuggestedCalls:
    """Chosen by what came of them; nobody has listened yet."""
    trains(asker)
    found = exemplars.suggestions(db(), settings(), utc(now()))
    heard = access.heard_calls(db(), asker, {each.call_id for each in found})
    return ApiSuggestedCalls(
        items=[
            ApiSuggestedCall(
                call_id=each.call_id,
                arrived_at=each.arrived_at,
                good=each.good,
                sure=round(each.sure, 4),
                topic=each.topic,
            )
            for each in found
            if each.call_id in heard
        ]
    )


@operation(
    "POST",
    "/library/exemplars/<call_id>/<any(accept,refuse):decision>",
    scope="library:write",
    summary="Decide on an exemplar",
    body=ApiExemplarReason,
    answers=ApiExemplar,
    problems=(404, 409),
)
def decide_on_exemplar(asker: Asker, call_id: str, decision: str, body: ApiExemplarReason) -> ApiExemplar:
    """With a reason, which is kept. What is refused is suggested no more, and what was accepted before is withdrawn so.
    Either may be decided anew."""
    all_heard(asker, [call_id])
    at = utc(now())
    try:
        row = exemplars.decide(db(), call_id, accepted=decision == "accept", by=asker.name, words=body.words, at=at)
    except LibraryError as error:
        raise refused(error) from None
    return _exemplar(row, exemplars.withdrawn(db(), settings(), [row], at).get(call_id))


def _exemplar(row: Exemplar, gone: WhyWithdrawn | None) -> ApiExemplar:
    return ApiExemplar(
        call_id=row.call_id,
        state="refused" if not row.accepted else "withdrawn" if gone else "standing",
        person=row.person,
        words=row.words,
        at=row.at,
        withdrawn_at=gone.at if gone else None,
        withdrawn_code=gone.why.code if gone else None,
        withdrawn_reason=str(gone.why) if gone else None,
    )
