"""The page of the settings and what its buttons do."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from publishing import drafts
from publishing.errors import DraftTaken, PublishRefused
from publishing.service import PublishedVersion
from ringback.config import Diagnostic
from web.context import db, needs, parts, person, settings
from web.i18n import told
from web.settings import blueprint
from web.settings.page import settings_page, source_words, taken_page, version_page

LONGEST_WHY = 300
"""Characters."""


@blueprint.get("/settings")
@needs("settings")
def edit() -> ResponseReturnValue:
    return _page()


@blueprint.get("/settings/taken")
@needs("settings")
def taken() -> ResponseReturnValue:
    """What is in force, and who has not taken it: asked again while somebody has not."""
    return render_template("settings/_taken.html", taken=taken_page(db(), parts().publisher, settings()))


@blueprint.post("/settings/draft")
@needs("settings")
def save_draft() -> ResponseReturnValue:
    """Saves and checks; with `over` on top of what somebody else has saved meanwhile."""
    text = request.form.get("text", "")
    try:
        base = parts().publisher.now().version if request.form.get("on") == "now" else _number("base")
        drafts.save(db(), text, _number("revision"), base, person().name)
    except DraftTaken as error:
        db().rollback()
        return _page(mine=text, fault=told(error.message)), 409
    db().commit()
    return redirect(url_for("settings.edit", _anchor="draft"), 303)


@blueprint.post("/settings/draft/drop")
@needs("settings")
def drop_draft() -> ResponseReturnValue:
    try:
        drafts.drop(db(), _number("revision"))
    except DraftTaken as error:
        db().rollback()
        return _page(fault=told(error.message)), 409
    db().commit()
    flash(_("The draft is gone. Below is what is in force."))
    return redirect(url_for("settings.edit"), 303)


@blueprint.post("/settings/publish")
@needs("settings")
def publish() -> ResponseReturnValue:
    """Puts the draft in force as it was saved."""
    row, why = drafts.draft(db()), request.form.get("why", "")[:LONGEST_WHY]
    if row is None or row.revision != _number("revision"):
        error = DraftTaken(by="" if row is None else row.by)
        return _page(fault=told(error.message), why=why), 409
    text, base, revision = row.text, row.base, row.revision
    db().rollback()  # what is written of a version is written by itself
    try:
        made = parts().publisher.publish(text, base=base, by=person().name, why=why, source="page")
    except PublishRefused as refused:
        return _page(fault=told(refused.message), why=why, found=refused.diagnostics), 409
    drafts.drop(db(), revision)
    db().commit()
    _tell(made)
    return redirect(url_for("settings.edit"), 303)


@blueprint.get("/settings/<int:number>")
@needs("settings")
def version(number: int) -> ResponseReturnValue:
    return _version(number)


@blueprint.post("/settings/<int:number>/rollback")
@needs("settings")
def roll_back(number: int) -> ResponseReturnValue:
    """Puts an earlier version in force again, as a new one."""
    why = request.form.get("why", "")[:LONGEST_WHY]
    try:
        made = parts().publisher.roll_back(number, base=_number("base"), by=person().name, why=why, source="page")
    except PublishRefused as refused:
        if refused.code == "publishing.no_version":
            abort(404)
        return _version(number, told(refused.message), refused, why), 409
    _tell(made)
    return redirect(url_for("settings.edit"), 303)


def _tell(made: PublishedVersion) -> None:
    flash(_("Version %(number)d is in force.", number=made.number))


def _number(name: str) -> int:
    given = request.form.get(name, "")
    if not given.isdecimal() or len(given) > 9:
        abort(400)
    return int(given)


def _page(*, mine: str | None = None, fault: str = "", why: str = "", found: tuple[Diagnostic, ...] = ()) -> str:
    try:
        page = settings_page(db(), parts().publisher, settings(), mine=mine, fault=fault, why=why, found=found)
    except PublishRefused as error:
        return render_template("settings/none.html", words=told(error.message))
    return render_template("settings/settings.html", **vars(page), source_words=source_words)


def _version(number: int, fault: str = "", refused: PublishRefused | None = None, why: str = "") -> str:
    try:
        page = version_page(db(), parts().publisher, number, fault, refused.diagnostics if refused else (), why)
    except PublishRefused:
        page = None
    if page is None:
        abort(404)
    return render_template("settings/version.html", **vars(page), source_words=source_words)
