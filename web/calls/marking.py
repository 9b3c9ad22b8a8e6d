"""A mark on a call, made from its page."""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from library import marks, playlists
from library.errors import LibraryError
from library.marks import NewMark
from ringback.store.base import utc
from web import access
from web.calls import blueprint
from web.calls.views import page_with_marks
from web.context import db, now, person
from web.library.form import mentioned, place
from web.library.people import blind, names


@blueprint.post("/calls/<call_id>/marks")
def add_mark(call_id: str) -> ResponseReturnValue:
    """On what was chosen in the text or on the wave."""
    if not playlists.known(db(), [call_id]) or not access.may_see(db(), person(), call_id):
        abort(404)
    words = request.form.get("words", "")
    try:
        begin, end = place()
        people = mentioned(words, names())
        if cannot := blind(call_id, people):
            raise LibraryError("library.not_seen_by", people=", ".join(cannot))
        asked = NewMark(
            call_id=call_id,
            begin=begin,
            end=end,
            speaker=request.form.get("speaker", ""),
            words=words,
            tag=request.form.get("tag", ""),
            shared=request.form.get("shared") == "yes",
            mentions=people,
        )
        seconds = playlists.seconds_of(db(), [call_id]).get(call_id)
        row = marks.add(db(), asked, person().name, utc(now()), seconds)
    except LibraryError as error:
        db().rollback()
        return page_with_marks(call_id, error.message, dict(request.form))
    db().commit()
    anchor = f"mark-{row.id}"
    return redirect(url_for("calls.call", call_id=call_id, at=round(row.begin, 1), _anchor=anchor), 303)
