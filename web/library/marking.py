"""Marks answered, shared, taken away; all of them in one list, and the address of each."""

import uuid
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from calls.models import Call
from calls.service import belongs_to
from library import marks
from library.errors import LibraryError
from library.models import Mark
from ringback.store.base import utc
from scoring import evaluations
from scoring.errors import ScoringError
from web import access
from web.context import db, now, person
from web.documents.facts import Document
from web.documents.library import heard_documents, mark_documents
from web.i18n import told
from web.library import blueprint
from web.library.call_marks import MarkRow, mark_row
from web.library.form import key_asked

PAGE = 50


@dataclass(frozen=True)
class MarksPage:
    """Everything that library/marks.html shows."""

    rows: list[tuple[MarkRow, Document]]
    """Each with its call."""
    tags: list[str]
    tag: str
    """The one that is chosen."""
    older: str | None


@blueprint.get("/marks")
def all_marks() -> ResponseReturnValue:
    """The newest first: shared ones of calls that one may see, and the own ones."""
    tag, name = request.args.get("tag", ""), person().name
    own = access.only_own(db(), person())
    only = None if own is None else select(Call.call_id).where(belongs_to(own))
    found = marks.listing(db(), name, limit=PAGE + 1, tag=tag, before=key_asked("before"), only=only)
    shown = found[:PAGE]
    calls = heard_documents(db(), {row.call_id for row in shown})
    page = MarksPage(
        rows=[(mark_row(each), calls[each["call_id"]]) for each in mark_documents(db(), shown, name)],
        tags=marks.tags(db(), name) if own is None else [],
        tag=tag,
        older=url_for("library.all_marks", tag=tag or None, before=str(shown[-1].id)) if len(found) > PAGE else None,
    )
    return render_template("library/marks.html", **vars(page))


@blueprint.get("/marks/<uuid:key>")
def mark(key: uuid.UUID) -> ResponseReturnValue:
    """Leads to its place on the page of its call."""
    return _to(_seen(key), 302)


@blueprint.post("/marks/<uuid:key>/<any(answer,share,unshare,delete):action>")
def change_mark(key: uuid.UUID, action: str) -> ResponseReturnValue:
    """Answers to a mark, or what its own person does with it."""
    row, name = _seen(key), person().name
    call_id = row.call_id
    try:
        if action in ("delete", "unshare"):
            evaluations.let_go(db(), key)
        if action == "answer":
            marks.answer(db(), row, name, request.form.get("words", ""), utc(now()))
        elif action == "delete":
            marks.remove(db(), row, name)
        else:
            marks.change(row, name, shared=action == "share")
    except (LibraryError, ScoringError) as error:
        db().rollback()
        flash(told(error.message))
        return redirect(url_for("calls.call", call_id=call_id, _anchor="marks"), 303)
    db().commit()
    if action == "delete":
        flash(_("The mark is deleted."))
        return redirect(url_for("calls.call", call_id=call_id, _anchor="marks"), 303)
    return _to(row, 303)


def _seen(key: uuid.UUID) -> Mark:
    """A mark that who asks may see, on a call that he or she may see; 404 for any other."""
    row = marks.one(db(), key, person().name)
    if row is None or not access.may_see(db(), person(), row.call_id):
        abort(404)
    return row


def _to(row: Mark, how: int) -> ResponseReturnValue:
    at = round(row.begin, 1)
    return redirect(url_for("calls.call", call_id=row.call_id, at=at, _anchor=f"mark-{row.id}"), how)
