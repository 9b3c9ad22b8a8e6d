"""/api/v1/library/marks: made, shared and removed by whose they are, listed as far as they may be seen.

A private mark is seen by whose it is and by those whom it mentions, here too: a program has marks of its own, and sees
beside them shared ones alone.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from calls.models import Call
from calls.service import belongs_to
from library import marks, playlists
from library.errors import LibraryError
from library.marks import NewMark
from library.models import Mark
from ringback.store.base import utc
from web import access
from web.access import Asker
from web.api.v1 import cursors
from web.api.v1.library import next_page, nothing, refused, seconds_of
from web.api.v1.operations import ApiReply, operation
from web.api.v1.shapes.library import ApiMark, ApiMarkChange, ApiMarkPage, ApiMarksAsked, ApiNewMark
from web.context import db, now
from web.documents.library import mark_documents
from web.library.form import mentioned
from web.library.people import blind, names
from web.problem_details import UNDER, ApiProblem

MARKS = "marks"
"""The list, by what its cursors are told apart."""


@operation(
    "GET", "/library/marks", scope="library:read", summary="List marks", query=ApiMarksAsked, answers=ApiMarkPage
)
def list_marks(asker: Asker, query: ApiMarksAsked) -> ApiMarkPage:
    """Shared marks of calls that may be seen, and the own ones."""
    own = access.only_own(db(), asker)
    found = marks.listing(
        db(),
        asker.name,
        limit=query.limit + 1,
        tag=query.tag,
        before=None if query.cursor is None else cursors.read_id(MARKS, query.cursor),
        only=None if own is None else select(Call.call_id).where(belongs_to(own)),
        call_id=query.call_id,
    )
    return ApiMarkPage(items=_marks(found[: query.limit], asker), next=next_page(MARKS, found, query))


@operation(
    "POST",
    "/library/marks",
    scope="library:write",
    summary="Make a mark",
    body=ApiNewMark,
    answers=ApiMark,
    status=201,
    problems=(404, 409),
)
def make_mark(asker: Asker, body: ApiNewMark) -> ApiReply:
    """Of the program; private unless it is shared."""
    _seen_call(asker, body.call_id)
    people = mentioned(body.words, names())
    if cannot := blind(body.call_id, people):
        raise ApiProblem(422, "library.not_seen_by", people=", ".join(cannot))
    asked = NewMark(body.call_id, body.begin, body.end, body.speaker, body.words, body.tag, body.shared, people)
    try:
        row = marks.add(db(), asked, asker.name, utc(now()), seconds_of(body.call_id))
    except LibraryError as error:
        raise refused(error) from None
    (made,) = _marks([row], asker)
    return ApiReply(made, headers={"Location": f"{UNDER}/library/marks/{row.id}"})


@operation(
    "GET",
    "/library/marks/<uuid:mark_id>",
    scope="library:read",
    summary="Read a mark",
    answers=ApiMark,
    problems=(404,),
    tagged=True,
)
def read_mark(asker: Asker, mark_id: uuid.UUID) -> ApiMark:
    """One mark, with the words as the text has them now."""
    return _marks([_mark(asker, mark_id)], asker)[0]


@operation(
    "PATCH",
    "/library/marks/<uuid:mark_id>",
    scope="library:write",
    summary="Share a mark",
    body=ApiMarkChange,
    answers=ApiMark,
    problems=(404, 409),
)
def share_mark(asker: Asker, mark_id: uuid.UUID, body: ApiMarkChange) -> ApiMark:
    """Shares an own mark, or takes that back."""
    row = _mark(asker, mark_id)
    try:
        marks.change(row, asker.name, shared=body.shared)
    except LibraryError as error:
        raise refused(error) from None
    return _marks([row], asker)[0]


@operation(
    "POST",
    "/library/marks/<uuid:mark_id>/remove",
    scope="library:write",
    summary="Remove a mark",
    status=204,
    problems=(404, 409),
)
def remove_mark(asker: Asker, mark_id: uuid.UUID) -> ApiReply:
    """An own one, with its answers. 409 while its call is under a legal hold."""
    try:
        marks.remove(db(), _mark(asker, mark_id), asker.name)
    except LibraryError as error:
        raise refused(error) from None
    return ApiReply(None)


def _seen_call(asker: Asker, call_id: str) -> None:
    if not playlists.known(db(), [call_id]) or not access.may_see(db(), asker, call_id):
        raise nothing()


def _mark(asker: Asker, key: uuid.UUID) -> Mark:
    row = marks.one(db(), key, asker.name)
    if row is None or not access.may_see(db(), asker, row.call_id):
        raise nothing()
    return row


def _marks(rows: Sequence[Mark], asker: Asker) -> list[ApiMark]:
    return [ApiMark.model_validate(each) for each in mark_documents(db(), rows, asker.name)]
