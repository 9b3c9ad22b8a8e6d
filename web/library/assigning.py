"""Assignments: a playlist is given to people, they are reminded, it is taken back; questions are answered."""

import uuid

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from letters.policy import hindrance
from library import assignments, playlists
from library.errors import LibraryError
from library.models import Assignment, Playlist
from ringback.messages import message
from ringback.store.base import utc
from web.context import db, needs, now, person, settings
from web.documents.colleagues import colleague_of
from web.i18n import told
from web.library import blueprint
from web.library.form import end_of_day
from web.library.page import playlist_page
from web.library.people import names


@blueprint.post("/library/playlists/<uuid:playlist_id>/give")
@needs("train")
def give(playlist_id: uuid.UUID) -> ResponseReturnValue:
    """To everybody who is ticked, until the same day."""
    row = db().get(Playlist, playlist_id)
    if row is None:
        abort(404)
    known = names()
    people = [name for name in request.form.getlist("person") if name in known]
    try:
        found = assignments.give(db(), playlist_id, people, person().name, end_of_day("due"), utc(now()))
    except LibraryError as error:
        db().rollback()
        page = playlist_page(row, error.message, "give", people, request.form.to_dict())
        return make_response(render_template("library/playlist.html", **vars(page)), 400)
    db().commit()
    flash(ngettext("Given to %(num)d person.", "Given to %(num)d people.", len(found)))
    return redirect(url_for("library.playlist", playlist_id=playlist_id, _anchor="given"), 303)


@blueprint.post("/library/assignments/<uuid:assignment_id>/<any(remind,end):action>")
@needs("train")
def change_assignment(assignment_id: uuid.UUID, action: str) -> ResponseReturnValue:
    row = db().get(Assignment, assignment_id)
    if row is None:
        abort(404)
    playlist = row.playlist_id
    try:
        if action == "remind":
            words = _reminded(row, assignments.remind(db(), assignment_id, utc(now())))
        else:
            assignments.take_back(db(), assignment_id, utc(now()))
            words = _("The assignment is taken back.")
    except LibraryError as error:
        db().rollback()
        flash(told(error.message))
    else:
        db().commit()
        flash(words)
    return redirect(url_for("library.playlist", playlist_id=playlist, _anchor="given"), 303)


def _reminded(row: Assignment, is_new: bool) -> str:
    """What became of a reminder."""
    who = colleague_of(db(), row.person)
    why = message("letters.no_account") if who is None else hindrance(_has_server(), who, "reminder")
    if why is not None:
        return _("The reminder is on the person's page alone. %(why)s", why=told(why))
    if is_new:
        return _("The reminder is on the person's page, and a mail is on its way.")
    return _("The reminder is on the person's page. A mail went today already.")


def _has_server() -> bool:
    return settings().alarms.mail is not None


@blueprint.post("/library/assignments/<uuid:assignment_id>/<uuid:item_id>/answer")
def answer(assignment_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """To the question after an entry; leads to what is left to be heard."""
    row = db().get(Assignment, assignment_id)
    if row is None or row.person != person().name or row.ended_at is not None:
        abort(404)
    try:
        entry = playlists.item(db(), row.playlist_id, item_id)
        assignments.answer(db(), row, entry, request.form.get("answer", ""), utc(now()))
    except LibraryError as error:
        db().rollback()
        flash(told(error.message))
        return redirect(
            url_for("library.assignment", assignment_id=assignment_id, item=item_id, _anchor="question"), 303
        )
    db().commit()
    return redirect(url_for("library.assignment", assignment_id=assignment_id, play=1), 303)
