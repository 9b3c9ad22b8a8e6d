"""The library: what is assigned to whom, playlists and clips; made, filled from any list of calls, put in order."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from library import assignments, exemplars, first_day, marks, playlists
from library.errors import LibraryError
from library.models import Clip, Playlist
from library.playlists import NewItem
from ringback.messages import Message
from ringback.store.base import utc
from scoring import evaluations
from web import access
from web.context import db, needs, now, person, settings
from web.documents.library import mark_documents
from web.i18n import told
from web.library import blueprint
from web.library.call_marks import MarkRow, mark_row
from web.library.form import calls, key_asked, key_of, place, times
from web.library.page import (
    CLIPS,
    GIVEN,
    PAGE,
    AssignmentRow,
    ClipRow,
    PlaylistRow,
    assignment_rows,
    clip_rows,
    heard_items,
    playlist_page,
    playlist_rows,
    recording_seconds,
)


@dataclass(frozen=True)
class LibraryPage:
    """Everything that library/library.html shows."""

    mine: list[AssignmentRow]
    """What who asks is to hear."""
    mentions: list[MarkRow]
    trains: bool
    playlists: list[PlaylistRow]
    given: list[AssignmentRow]
    """What others are to hear and have not yet."""
    clips: list[ClipRow]
    older: str | None
    newest: bool
    """Whether this is the first page of the playlists."""
    unseen_scores: int = 0
    """Evaluations of calls of the own that who asks has not looked at."""
    fault: Message | None = None


@blueprint.get("/library")
def home() -> ResponseReturnValue:
    return render_template("library/library.html", **vars(_home()))


def open_assignments() -> int:
    """How many playlists who asks has still to hear."""
    return assignments.count_open(db(), person().name)


@blueprint.post("/library/playlists")
@needs("train")
def new_playlist() -> ResponseReturnValue:
    try:
        row = playlists.create(db(), request.form.get("title", ""), person().name, utc(now()))
    except LibraryError as error:
        db().rollback()
        return make_response(render_template("library/library.html", **vars(_home(error.message))), 400)
    db().commit()
    return _to(row.id)


@blueprint.post("/library/first-day")
@needs("train")
def make_first_day() -> ResponseReturnValue:
    """A playlist of calls at hand, each with the reason for it."""
    found = first_day.candidates(db(), exemplars.standing(db(), settings(), utc(now())))
    heard = access.heard_calls(db(), person(), [each.call_id for each in found])
    chosen = first_day.choose([each for each in found if each.call_id in heard])
    if not chosen:
        fault = LibraryError("library.too_few").message
        return make_response(render_template("library/library.html", **vars(_home(fault))), 409)
    row = playlists.create(db(), _("First day"), person().name, utc(now()))
    playlists.append(db(), row.id, chosen, utc(now()))
    db().commit()
    return _to(row.id)


@blueprint.post("/library/add")
@needs("train")
def add() -> ResponseReturnValue:
    """Calls that were chosen in a list, or a part of one, go to the end of a playlist, or into a new one."""
    chosen, key = calls(), key_of("playlist")
    heard = access.heard_calls(db(), person(), playlists.known(db(), chosen))
    taken = [call_id for call_id in chosen if call_id in heard]
    try:
        if not taken:
            raise LibraryError("library.no_calls")
        begin, end = times()
        title = request.form.get("title", "").strip()
        if key is None:
            title = title or _("Calls of %(day)s", day=f"{utc(now()):%Y-%m-%d}")
            key = playlists.create(db(), title, person().name, utc(now())).id
        playlists.append(db(), key, [NewItem(call_id, begin, end) for call_id in taken], utc(now()))
    except LibraryError as error:
        db().rollback()
        flash(told(error.message))
        return redirect(_back(), 303)
    db().commit()
    flash(ngettext("%(num)d call added.", "%(num)d calls added.", len(taken)))
    return _to(key)


@blueprint.get("/library/playlists/<uuid:playlist_id>")
@needs("train")
def playlist(playlist_id: uuid.UUID) -> ResponseReturnValue:
    return render_template("library/playlist.html", **vars(playlist_page(_there(playlist_id))))


@blueprint.post("/library/playlists/<uuid:playlist_id>/<any(describe,copy,delete):action>")
@needs("train")
def change_playlist(playlist_id: uuid.UUID, action: str) -> ResponseReturnValue:
    row, at = _there(playlist_id), utc(now())
    title, note = request.form.get("title", ""), request.form.get("note", "")
    try:
        if action == "describe":
            playlists.describe(db(), playlist_id, title, note, at)
        elif action == "copy":
            items = playlists.items_of(db(), playlist_id)
            heard = access.heard_calls(db(), person(), {item.call_id for item in items})
            playlist_id = playlists.copy(db(), playlist_id, title, person().name, at, heard).id
        else:
            playlists.remove(db(), playlist_id)
    except LibraryError as error:
        return _refused(row.id, error, action)
    db().commit()
    if action == "delete":
        flash(_("The playlist is deleted."))
        return redirect(url_for("library.home"), 303)
    return _to(playlist_id)


@blueprint.post("/library/playlists/<uuid:playlist_id>/<uuid:item_id>/<any(edit,up,down,remove):action>")
@needs("train")
def change_item(playlist_id: uuid.UUID, item_id: uuid.UUID, action: str) -> ResponseReturnValue:
    _there(playlist_id)
    at = utc(now())
    if item_id not in {item.id for item in heard_items(playlist_id)[0]}:
        abort(404)

    def edit() -> None:
        begin, end = times()
        call_id = playlists.item(db(), playlist_id, item_id).call_id
        note, question = request.form.get("note", ""), request.form.get("question", "")
        playlists.edit(db(), playlist_id, item_id, NewItem(call_id, begin, end, note, question), at)

    does: dict[str, Callable[[], None]] = {
        "edit": edit,
        "up": lambda: playlists.move(db(), playlist_id, item_id, -1, at),
        "down": lambda: playlists.move(db(), playlist_id, item_id, 1, at),
        "remove": lambda: playlists.remove_item(db(), playlist_id, item_id, at),
    }
    try:
        does[action]()
    except LibraryError as error:
        return _refused(playlist_id, error, str(item_id))
    db().commit()
    anchor = "entries" if action == "remove" else f"entry-{item_id}"
    return redirect(url_for("library.playlist", playlist_id=playlist_id, _anchor=anchor), 303)


@blueprint.post("/library/clips")
@needs("train")
def new_clip() -> ResponseReturnValue:
    """A part of a call with a name; from the page of the call."""
    call_id = request.form.get("call", "")
    if not playlists.known(db(), [call_id]) or not access.may_hear(db(), person(), call_id):
        abort(404)
    try:
        begin, end = place()
        title = request.form.get("title", "")
        row = playlists.add_clip(
            db(), call_id, begin, end, title, person().name, utc(now()), recording_seconds(call_id)
        )
    except LibraryError as error:
        db().rollback()
        flash(told(error.message))
        return redirect(url_for("calls.call", call_id=call_id, _anchor="marks"), 303)
    db().commit()
    return redirect(url_for("library.clip", clip_id=row.id), 303)


@blueprint.post("/library/clips/<uuid:clip_id>/delete")
@needs("train")
def delete_clip(clip_id: uuid.UUID) -> ResponseReturnValue:
    row = db().get(Clip, clip_id)
    if row is None or not access.may_hear(db(), person(), row.call_id):
        abort(404)
    try:
        playlists.remove_clip(db(), row, person().name)
    except LibraryError as error:
        db().rollback()
        flash(told(error.message))
        return redirect(url_for("library.clip", clip_id=clip_id), 303)
    db().commit()
    flash(_("The clip is deleted."))
    return redirect(url_for("library.home"), 303)


def _home(fault: Message | None = None) -> LibraryPage:
    name, trains = person().name, person().may("train")
    unseen = marks.unseen(db(), name)
    seen = access.seen_calls(db(), person(), {row.call_id for row in unseen})
    mentions = mark_documents(db(), [row for row in unseen if row.call_id in seen], name)
    before = _before()
    found = playlists.listing(db(), limit=PAGE + 1, before=before) if trains else []
    last = found[PAGE - 1] if len(found) > PAGE else None
    return LibraryPage(
        mine=assignment_rows(assignments.of_person(db(), name)),
        mentions=[mark_row(each) for each in mentions],
        trains=trains,
        playlists=playlist_rows(found[:PAGE]),
        given=assignment_rows(assignments.given(db(), limit=GIVEN)) if trains else [],
        clips=clip_rows(playlists.clips(db(), limit=CLIPS)) if trains else [],
        older=url_for("library.home", before=last.id, at=last.changed_at.isoformat()) if last else None,
        newest=before is None,
        unseen_scores=0 if trains else evaluations.count_unseen(db(), name),
        fault=fault,
    )


def _before() -> tuple[datetime, uuid.UUID] | None:
    """Where the next page of playlists begins."""
    key = key_asked("before")
    try:
        at = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError:
        return None
    return None if key is None or at.tzinfo is None else (at, key)


def _there(key: uuid.UUID) -> Playlist:
    row = db().get(Playlist, key)
    if row is None:
        abort(404)
    return row


def _refused(key: uuid.UUID, error: LibraryError, form: str) -> ResponseReturnValue:
    """The playlist's page with what is wrong, beside the form that was sent."""
    db().rollback()
    page = playlist_page(_there(key), error.message, form, typed=request.form.to_dict())
    return make_response(render_template("library/playlist.html", **vars(page)), 400)


def _back() -> str:
    """To the list that the calls were chosen in: an address of ours alone."""
    back = request.form.get("back", "")
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) else url_for("library.home")


def _to(key: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("library.playlist", playlist_id=key), 303)
