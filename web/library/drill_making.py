"""Drills are made from a call, changed in the same form, and copied, by those who train and may hear the call."""

import uuid

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from library import playlists
from library.drill import service
from library.drill.models import Drill
from library.drill.service import NewDrill
from library.errors import LibraryError
from ringback.store.base import utc
from web import access
from web.context import db, needs, now, person
from web.i18n import told
from web.library import blueprint
from web.library.drill_page import BEFORE, drill_form, new_drill_page
from web.library.drills import drill_there
from web.library.form import time_of
from web.library.page import recording_seconds
from web.library.people import names


@blueprint.get("/library/drills/of/<call_id>")
@needs("train")
def new_drill(call_id: str) -> ResponseReturnValue:
    """The form that makes one from a call."""
    _heard(call_id)
    return render_template("library/new_drill.html", **vars(new_drill_page(call_id)))


@blueprint.post("/library/drills/of/<call_id>")
@needs("train")
def make_drill(call_id: str) -> ResponseReturnValue:
    _heard(call_id)
    try:
        row = service.make(db(), _asked(call_id), person().name, utc(now()), recording_seconds(call_id))
    except LibraryError as error:
        db().rollback()
        page = new_drill_page(call_id, error.message, request.form.to_dict(), request.form.getlist("person"))
        return make_response(render_template("library/new_drill.html", **vars(page)), 400)
    db().commit()
    flash(_("The drill is there. Try it yourself before you give it to anybody."))
    return redirect(url_for("library.drill", drill_id=row.id), 303)


@blueprint.get("/library/drills/<uuid:drill_id>/edit")
@needs("train")
def edit_drill(drill_id: uuid.UUID) -> ResponseReturnValue:
    """The same form, with what stands."""
    row = _mine_to_change(drill_id)
    page = new_drill_page(row.call_id, typed=drill_form(row), drill=service.as_it_is(row), key=str(row.id))
    return render_template("library/new_drill.html", **vars(page))


@blueprint.post("/library/drills/<uuid:drill_id>/edit")
@needs("train")
def save_drill(drill_id: uuid.UUID) -> ResponseReturnValue:
    """What somebody else changed meanwhile is shown beside what was typed, and saved over on the second try alone."""
    row = _mine_to_change(drill_id)
    seen = request.form.get("version", "")
    try:
        asked = _asked(row.call_id)
        number = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0
        seconds = recording_seconds(row.call_id)
        service.change(db(), row.id, asked, number, person().name, utc(now()), seconds)
    except LibraryError as error:
        db().rollback()
        row = _mine_to_change(drill_id)
        meanwhile = error.code == "library.drill_changed"
        page = new_drill_page(
            row.call_id,
            error.message,
            request.form.to_dict(),
            drill=service.as_it_is(row),
            key=str(row.id),
            meanwhile=meanwhile,
        )
        return make_response(render_template("library/new_drill.html", **vars(page)), 409 if meanwhile else 400)
    db().commit()
    flash(_("Saved."))
    return redirect(url_for("library.drill", drill_id=drill_id), 303)


@blueprint.post("/library/drills/<uuid:drill_id>/copy")
@needs("train")
def copy_drill(drill_id: uuid.UUID) -> ResponseReturnValue:
    """Another one like it, given to nobody; leads to its form."""
    row = _mine_to_change(drill_id)
    title = request.form.get("title", "") or row.title
    try:
        made = service.copy(db(), row, title, person().name, utc(now()), recording_seconds(row.call_id))
    except LibraryError as error:
        db().rollback()
        flash(told(error.message))
        return redirect(url_for("library.drill", drill_id=drill_id), 303)
    db().commit()
    flash(_("This is the copy. It is given to nobody yet."))
    return redirect(url_for("library.edit_drill", drill_id=made.id), 303)


def _mine_to_change(key: uuid.UUID) -> Drill:
    """One whose call who asks may hear, whoever made it."""
    row = drill_there(key)
    _heard(row.call_id)
    return row


def _heard(call_id: str) -> None:
    if not playlists.known(db(), [call_id]) or not access.may_hear(db(), person(), call_id):
        abort(404)


def _asked(call_id: str) -> NewDrill:
    """Raises LibraryError."""
    first, _dash, last = request.form.get("stop", "").partition("-")
    try:
        stop, end = float(first), float(last)
    except ValueError:
        raise LibraryError("library.drill_place", most=5) from None
    begin = time_of("begin")
    known = names()
    return NewDrill(
        call_id,
        request.form.get("title", ""),
        max(0.0, stop - BEFORE) if begin is None else begin,
        stop,
        end,
        request.form.get("points", ""),
        request.form.get("hint", ""),
        tuple(name for name in request.form.getlist("person") if name in known),
        request.form.get("everyone") == "yes",
    )
