"""/api/v1/library: clips, playlists and assignments, with the rights of the pages; the rest is `library_marks`',
`library_drills`' and `library_exemplars`'.

Sound is heard on the pages. What is given by a program opens calls by the right of the
person who made its key, and no longer than that person has it.
"""

import uuid
from collections.abc import Sequence

from library import assignments, playlists
from library.errors import LibraryError
from library.models import Assignment, Clip, Mark, Playlist
from library.playlists import NewItem
from ringback.store.base import utc
from web import access
from web.access import Asker
from web.api.v1 import cursors
from web.api.v1.operations import ApiReply, operation
from web.api.v1.reading import wrong_field
from web.api.v1.shapes.base import ApiPageAsked
from web.api.v1.shapes.library import (
    ApiAssignment,
    ApiAssignmentPage,
    ApiAssignmentsAsked,
    ApiClip,
    ApiClipPage,
    ApiEntryProgress,
    ApiGiven,
    ApiNewAssignments,
    ApiNewClip,
    ApiNewEntries,
    ApiNewEntry,
    ApiNewPlaylist,
    ApiPlaylist,
    ApiPlaylistEntry,
    ApiPlaylistPage,
    ApiWholeAssignment,
    ApiWholePlaylist,
)
from web.context import db, now, program
from web.library.form import last_second
from web.library.people import names
from web.problem_details import UNDER, ApiProblem

IN_THE_WAY = frozenset(
    {"library.held", "library.full", "library.assignment_over", "library.empty", "library.drill_changed"}
)
GONE = frozenset({"library.playlist_gone", "library.item_gone", "library.drill_gone"})
CLIPS, PLAYLISTS, GIVEN = "clips", "playlists", "assignments"
"""Lists, by what their cursors are told apart."""


# -- clips ---------------------------------------------------------------------------------------------


@operation("GET", "/library/clips", scope="library:read", summary="List clips", query=ApiPageAsked, answers=ApiClipPage)
def list_clips(asker: Asker, query: ApiPageAsked) -> ApiClipPage:
    """The newest come first; of calls that may be heard."""
    trains(asker)
    before = None if query.cursor is None else cursors.read_id(CLIPS, query.cursor)
    found = playlists.clips(db(), limit=query.limit + 1, before=before)
    heard = access.heard_calls(db(), asker, {row.call_id for row in found})
    shown = [_clip(row) for row in found[: query.limit] if row.call_id in heard]
    return ApiClipPage(items=shown, next=next_page(CLIPS, found, query))


@operation(
    "POST",
    "/library/clips",
    scope="library:write",
    summary="Make a clip",
    body=ApiNewClip,
    answers=ApiClip,
    status=201,
    problems=(404, 409),
)
def make_clip(asker: Asker, body: ApiNewClip) -> ApiClip:
    """A part of a call, ten minutes at the most."""
    all_heard(asker, [body.call_id])
    try:
        row = playlists.add_clip(
            db(), body.call_id, body.begin, body.end, body.title, asker.name, utc(now()), seconds_of(body.call_id)
        )
    except LibraryError as error:
        raise refused(error) from None
    return _clip(row)


# -- playlists -----------------------------------------------------------------------------------------


@operation(
    "GET",
    "/library/playlists",
    scope="library:read",
    summary="List playlists",
    query=ApiPageAsked,
    answers=ApiPlaylistPage,
)
def list_playlists(asker: Asker, query: ApiPageAsked) -> ApiPlaylistPage:
    """Those that were changed last come first."""
    trains(asker)
    before = None if query.cursor is None else cursors.read_moment(PLAYLISTS, query.cursor)
    found = playlists.listing(db(), limit=query.limit + 1, before=before)
    following = None
    if len(found) > query.limit:
        last = found[query.limit - 1]
        following = cursors.write(PLAYLISTS, last.changed_at.isoformat(), str(last.id))
    return ApiPlaylistPage(items=[_playlist(row) for row in found[: query.limit]], next=following)


@operation(
    "POST",
    "/library/playlists",
    scope="library:write",
    summary="Make a playlist",
    body=ApiNewPlaylist,
    answers=ApiWholePlaylist,
    status=201,
    problems=(404, 409),
)
def make_playlist(asker: Asker, body: ApiNewPlaylist) -> ApiReply:
    """With its entries, all of them or none."""
    try:
        row = playlists.create(db(), body.title, asker.name, utc(now()), body.note)
        _append(asker, row.id, body.entries)
    except LibraryError as error:
        raise refused(error) from None
    return ApiReply(_whole(asker, row), headers={"Location": f"{UNDER}/library/playlists/{row.id}"})


@operation(
    "GET",
    "/library/playlists/<uuid:playlist_id>",
    scope="library:read",
    summary="Read a playlist",
    answers=ApiWholePlaylist,
    problems=(404,),
    tagged=True,
)
def read_playlist(asker: Asker, playlist_id: uuid.UUID) -> ApiWholePlaylist:
    """With those of its entries whose calls may be heard."""
    return _whole(asker, _there(asker, playlist_id))


@operation(
    "POST",
    "/library/playlists/<uuid:playlist_id>/entries",
    scope="library:write",
    summary="Add entries to a playlist",
    body=ApiNewEntries,
    answers=ApiWholePlaylist,
    status=201,
    problems=(404, 409),
)
def add_entries(asker: Asker, playlist_id: uuid.UUID, body: ApiNewEntries) -> ApiWholePlaylist:
    """At its end, all of them or none."""
    row = _there(asker, playlist_id)
    try:
        _append(asker, playlist_id, body.entries)
    except LibraryError as error:
        raise refused(error) from None
    return _whole(asker, row)


@operation(
    "POST",
    "/library/playlists/<uuid:playlist_id>/entries/<uuid:item_id>/remove",
    scope="library:write",
    summary="Remove an entry of a playlist",
    answers=ApiWholePlaylist,
    problems=(404, 409),
)
def remove_entry(asker: Asker, playlist_id: uuid.UUID, item_id: uuid.UUID) -> ApiWholePlaylist:
    """Nobody to whom the playlist was given may hear it any more."""
    row = _there(asker, playlist_id)
    try:
        all_heard(asker, [playlists.item(db(), playlist_id, item_id).call_id])
        playlists.remove_item(db(), playlist_id, item_id, utc(now()))
    except LibraryError as error:
        raise refused(error) from None
    return _whole(asker, row)


# -- assignments ---------------------------------------------------------------------------------------


@operation(
    "POST",
    "/library/playlists/<uuid:playlist_id>/assignments",
    scope="library:write",
    summary="Give a playlist to people",
    body=ApiNewAssignments,
    answers=ApiGiven,
    status=201,
    problems=(404, 409),
)
def give_playlist(asker: Asker, playlist_id: uuid.UUID, body: ApiNewAssignments) -> ApiGiven:
    """They may hear its entries by the right of the person who made the key, while that person has it."""
    _there(asker, playlist_id)
    who = program()
    strangers = sorted(set(body.people) - names())
    if strangers or who is None:
        raise wrong_field("people", f"Nobody is called so: {', '.join(strangers)[:200]}.")
    due = None if body.due is None else last_second(body.due)
    try:
        found = assignments.give(db(), playlist_id, body.people, who.row.made_by, due, utc(now()))
    except LibraryError as error:
        raise refused(error) from None
    return ApiGiven(items=_assignments(found))


@operation(
    "GET",
    "/library/assignments",
    scope="library:read",
    summary="List assignments",
    query=ApiAssignmentsAsked,
    answers=ApiAssignmentPage,
)
def list_assignments(asker: Asker, query: ApiAssignmentsAsked) -> ApiAssignmentPage:
    """Those that stand, and how far their people are. Who does not train is told of the own ones."""
    person = query.person if asker.may("train") else asker.name
    found = assignments.listing(
        db(),
        limit=query.limit + 1,
        before=None if query.cursor is None else cursors.read_id(GIVEN, query.cursor),
        person=person,
        playlist=query.playlist_id,
        only_open=query.open,
    )
    return ApiAssignmentPage(items=_assignments(found[: query.limit]), next=next_page(GIVEN, found, query))


@operation(
    "GET",
    "/library/assignments/<uuid:assignment_id>",
    scope="library:read",
    summary="Read an assignment",
    answers=ApiWholeAssignment,
    problems=(404,),
    tagged=True,
)
def read_assignment(asker: Asker, assignment_id: uuid.UUID) -> ApiWholeAssignment:
    """How far it is, entry by entry, with what was answered."""
    row = _given(asker, assignment_id)
    (shape,) = _assignments([row])
    tally = assignments.progress_of(db(), [row])[row.id]
    progress = [
        ApiEntryProgress(entry_id=key, share=round(each.share, 4), heard=each.heard, answer=each.answer, done=each.done)
        for key, each in tally.items.items()
    ]
    return ApiWholeAssignment(**shape.model_dump(), progress=progress)


@operation(
    "POST",
    "/library/assignments/<uuid:assignment_id>/end",
    scope="library:write",
    summary="Take an assignment back",
    status=204,
    problems=(404, 409),
)
def end_assignment(asker: Asker, assignment_id: uuid.UUID) -> ApiReply:
    """Its person may not hear it any more."""
    try:
        assignments.take_back(db(), _given(asker, assignment_id).id, utc(now()))
    except LibraryError as error:
        raise refused(error) from None
    return ApiReply(None)


# -- what several of them ask and give -----------------------------------------------------------------


def refused(error: LibraryError) -> ApiProblem:
    if error.code in GONE:
        return ApiProblem(404, "web.http_nothing_there")
    if error.code == "library.not_yours":
        return ApiProblem(403, error.code)
    return ApiProblem(409 if error.code in IN_THE_WAY else 422, error.code, **error.facts)


def nothing() -> ApiProblem:
    return ApiProblem(404, "web.http_nothing_there")


def next_page(kind: str, found: Sequence[Mark | Clip | Assignment], query: ApiPageAsked) -> str | None:
    """Where the next page begins, of a list in the order of ids of which one more was asked for than is shown."""
    return cursors.write(kind, str(found[query.limit - 1].id)) if len(found) > query.limit else None


def trains(asker: Asker) -> None:
    if not asker.may("train"):
        raise nothing()


def all_heard(asker: Asker, call_ids: Sequence[str]) -> None:
    """All of them are calls that may be heard. Raises ApiProblem."""
    known = playlists.known(db(), call_ids)
    if set(call_ids) - access.heard_calls(db(), asker, known):
        raise nothing()


def seconds_of(call_id: str) -> float | None:
    return playlists.seconds_of(db(), [call_id]).get(call_id)


def _clip(row: Clip) -> ApiClip:
    return ApiClip(
        id=row.id, call_id=row.call_id, title=row.title, begin=row.begin, end=row.end, person=row.person, at=row.at
    )


def _there(asker: Asker, key: uuid.UUID) -> Playlist:
    trains(asker)
    row = db().get(Playlist, key)
    if row is None:
        raise nothing()
    return row


def _append(asker: Asker, key: uuid.UUID, entries: Sequence[ApiNewEntry]) -> None:
    """Raises LibraryError, and ApiProblem where a call may not be heard."""
    all_heard(asker, [each.call_id for each in entries])
    asked = [NewItem(each.call_id, each.begin, each.end, each.note, each.question) for each in entries]
    if asked:
        playlists.append(db(), key, asked, utc(now()))


def _playlist(row: Playlist) -> ApiPlaylist:
    return ApiPlaylist(
        id=row.id,
        title=row.title,
        note=row.note,
        person=row.person,
        entries=row.items,
        gone=row.gone,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def _whole(asker: Asker, row: Playlist) -> ApiWholePlaylist:
    items = playlists.items_of(db(), row.id)
    heard = access.heard_calls(db(), asker, {item.call_id for item in items})
    shown = [
        ApiPlaylistEntry(
            id=item.id,
            call_id=item.call_id,
            begin=item.begin,
            end=item.end,
            note=item.note,
            question=item.question,
        )
        for item in items
        if item.call_id in heard
    ]
    return ApiWholePlaylist(**_playlist(row).model_dump(), items=shown)


def _given(asker: Asker, key: uuid.UUID) -> Assignment:
    row = db().get(Assignment, key)
    if row is None or row.ended_at is not None or not (asker.may("train") or row.person == asker.name):
        raise nothing()
    return row


def _assignments(rows: Sequence[Assignment]) -> list[ApiAssignment]:
    tallies = assignments.progress_of(db(), rows)
    titles = assignments.titles_of(db(), rows)
    return [
        ApiAssignment(
            id=row.id,
            playlist_id=row.playlist_id,
            title=titles[row.playlist_id],
            person=row.person,
            given_by=row.given_by,
            given_at=row.given_at,
            due_at=row.due_at,
            done_at=row.done_at,
            entries=tallies[row.id].entries,
            done=tallies[row.id].done,
            share=round(tallies[row.id].share, 4),
        )
        for row in rows
    ]
