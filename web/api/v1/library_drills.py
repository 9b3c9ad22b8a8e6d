"""/api/v1/library/drills: made, changed, given and taken away with the rights of the pages, and what was said in them.

Scene, answer and voices are heard on the pages. A drill that a program makes is open by the right of the person who
made its key, and no longer than that person has it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from library.drill import service
from library.drill.models import Drill, DrillAttempt
from library.drill.service import NewDrill
from library.errors import LibraryError
from ringback.store.base import utc
from web import access
from web.access import Asker
from web.api.v1 import cursors
from web.api.v1.library import all_heard, nothing, refused, seconds_of, trains
from web.api.v1.operations import ApiReply, operation, still_as
from web.api.v1.reading import wrong_field
from web.api.v1.shapes.base import ApiPageAsked
from web.api.v1.shapes.library_drills import (
    ApiDrill,
    ApiDrillAttempt,
    ApiDrillAttemptPage,
    ApiDrillAttemptsAsked,
    ApiDrillChange,
    ApiDrillPage,
    ApiDrillPeople,
    ApiNewDrill,
    ApiPointVerdict,
)
from web.context import db, now, program
from web.library.people import names
from web.problem_details import UNDER

DRILLS, ATTEMPTS = "drills", "drill attempts"
"""Lists, by what their cursors are told apart."""


@operation(
    "GET", "/library/drills", scope="library:read", summary="List drills", query=ApiPageAsked, answers=ApiDrillPage
)
def list_drills(asker: Asker, query: ApiPageAsked) -> ApiDrillPage:
    """Those that may be tried; the newest come first. Who does not train is told of those that are given."""
    before = None if query.cursor is None else cursors.read_moment(DRILLS, query.cursor)
    found = service.listing(db(), limit=query.limit + 1, before=before)
    shown = found[: query.limit]
    is_open = access.open_drills(db(), asker, shown)
    return ApiDrillPage(items=_drills(asker, [row for row in shown if row.id in is_open]), next=_next(found, query))


@operation(
    "POST",
    "/library/drills",
    scope="library:write",
    summary="Make a drill",
    body=ApiNewDrill,
    answers=ApiDrill,
    status=201,
    problems=(404, 409),
)
def make_drill(asker: Asker, body: ApiNewDrill) -> ApiReply:
    """Of a call that may be heard, by the right of the person who made the key."""
    all_heard(asker, [body.call_id])
    _known(body.people)
    who = program()
    if who is None:
        raise nothing()
    asked = NewDrill(
        body.call_id,
        body.title,
        body.begin,
        body.stop,
        body.end,
        service.points_text(body.points),
        body.hint,
        tuple(body.people),
        body.everyone,
    )
    try:
        row = service.make(db(), asked, who.row.made_by, utc(now()), seconds_of(body.call_id))
    except LibraryError as error:
        raise refused(error) from None
    return ApiReply(_drill(asker, row), headers={"Location": f"{UNDER}/library/drills/{row.id}"})


@operation(
    "GET",
    "/library/drills/<uuid:drill_id>",
    scope="library:read",
    summary="Read a drill",
    answers=ApiDrill,
    problems=(404,),
    tagged=True,
)
def read_drill(asker: Asker, drill_id: uuid.UUID) -> ApiDrill:
    """What must be said is told to those who train, and to who has tried it."""
    return _drill(asker, _there(asker, drill_id))


@operation(
    "PATCH",
    "/library/drills/<uuid:drill_id>",
    scope="library:write",
    summary="Change a drill",
    body=ApiDrillChange,
    answers=ApiDrill,
    problems=(404, 409),
    tagged=True,
    matched=True,
)
def change_drill(asker: Asker, drill_id: uuid.UUID, body: ApiDrillChange) -> ApiDrill:
    """Changes the fields that are sent, which makes a version. Attempts keep the one that they were made with."""
    row = _to_change(asker, drill_id)
    still_as(_drill(asker, row))
    stands = NewDrill(row.call_id, row.title, row.begin, row.stop, row.end, service.points_text(row.points), row.hint)
    sent = body.model_dump(exclude_none=True)
    if body.points is not None:
        sent["points"] = service.points_text(body.points)
    asked = replace(stands, **sent)
    try:
        row = service.change(db(), row.id, asked, row.version, asker.name, utc(now()), seconds_of(row.call_id))
    except LibraryError as error:
        raise refused(error) from None
    return _drill(asker, row)


@operation(
    "POST",
    "/library/drills/<uuid:drill_id>/people",
    scope="library:write",
    summary="Give a drill to people",
    body=ApiDrillPeople,
    answers=ApiDrill,
    problems=(404,),
)
def give_drill(asker: Asker, drill_id: uuid.UUID, body: ApiDrillPeople) -> ApiDrill:
    """To these and to nobody else, by the right of the person who made the drill."""
    row = _to_change(asker, drill_id)
    _known(body.people)
    service.give(row, body.people, body.everyone)
    db().flush()
    return _drill(asker, row)


@operation(
    "POST",
    "/library/drills/<uuid:drill_id>/remove",
    scope="library:write",
    summary="Remove a drill",
    status=204,
    problems=(404,),
)
def remove_drill(asker: Asker, drill_id: uuid.UUID) -> ApiReply:
    """With everything that was said in it. Giving it to nobody ends it and keeps that."""
    service.remove(db(), _to_change(asker, drill_id).id)
    return ApiReply(None)


@operation(
    "GET",
    "/library/drills/<uuid:drill_id>/attempts",
    scope="library:read",
    summary="List attempts at a drill",
    query=ApiDrillAttemptsAsked,
    answers=ApiDrillAttemptPage,
    problems=(404,),
)
def list_attempts(asker: Asker, drill_id: uuid.UUID, query: ApiDrillAttemptsAsked) -> ApiDrillAttemptPage:
    """What was said and which points that has. Who does not train is told of the own ones."""
    row = _there(asker, drill_id)
    person = query.person if asker.may("train") else asker.name
    before = None if query.cursor is None else cursors.read_moment(ATTEMPTS, query.cursor)
    found = service.attempts_of(db(), row.id, person or None, limit=query.limit + 1, before=before)
    return ApiDrillAttemptPage(items=[_attempt(each) for each in found[: query.limit]], next=_next(found, query))


def _next(found: Sequence[Drill] | Sequence[DrillAttempt], query: ApiPageAsked) -> str | None:
    if len(found) <= query.limit:
        return None
    last = found[query.limit - 1]
    return cursors.write(DRILLS if isinstance(last, Drill) else ATTEMPTS, last.at.isoformat(), str(last.id))


def _there(asker: Asker, key: uuid.UUID) -> Drill:
    row = db().get(Drill, key)
    if row is None or not access.may_try_drill(db(), asker, row):
        raise nothing()
    return row


def _to_change(asker: Asker, key: uuid.UUID) -> Drill:
    trains(asker)
    row = _there(asker, key)
    all_heard(asker, [row.call_id])
    return row


def _known(people: Sequence[str]) -> None:
    strangers = sorted(set(people) - names())
    if strangers:
        raise wrong_field("people", f"Nobody is called so: {', '.join(strangers)[:200]}.")


def _drill(asker: Asker, row: Drill) -> ApiDrill:
    return _drills(asker, [row])[0]


def _drills(asker: Asker, rows: Sequence[Drill]) -> list[ApiDrill]:
    is_trainer = asker.may("train")
    tried = set() if is_trainer else service.tried_versions(db(), [row.id for row in rows], asker.name)
    return [
        ApiDrill(
            id=row.id,
            call_id=row.call_id,
            title=row.title,
            hint=row.hint,
            begin=row.begin,
            stop=row.stop,
            end=row.end,
            points=row.points if is_trainer or (row.id, row.version) in tried else None,
            people=row.people if is_trainer else None,
            everyone=row.everyone,
            person=row.person,
            made_at=row.at,
            version=row.version,
            changed_by=row.changed_by,
            changed_at=row.changed_at,
        )
        for row in rows
    ]


def _attempt(row: DrillAttempt) -> ApiDrillAttempt:
    return ApiDrillAttempt(
        id=row.id,
        person=row.person,
        at=row.at,
        version=row.version,
        spoken=row.spoken,
        words=row.words,
        said=service.said_points(row.points),
        points=[
            ApiPointVerdict(verdict=verdict, wording=wording, heard=heard) for verdict, wording, heard in row.points
        ],
    )
