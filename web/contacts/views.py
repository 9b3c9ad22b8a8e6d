"""The list of persons, and one person: corrected, given numbers and addresses, merged."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from calls.models import Contact
from contacts import editing, merging
from contacts.errors import ContactError
from contacts.listing import PAGE, list_contacts
from contacts.models import KINDS
from contacts.points import kind_of
from ringback.store.base import utc
from web import access
from web.contacts import blueprint
from web.contacts.page import RefusedChange, countries, person_page
from web.context import db, needs, now, person, settings
from web.documents.contacts import persons_document
from web.documents.facts import Document
from web.errors import BadCursor
from web.i18n import told

TEXT_MOST = 100


@dataclass(frozen=True)
class ContactsPage:
    """Everything that contacts/contacts.html shows."""

    persons: list[Document]
    text: str
    """What was searched."""
    top: str | None
    """Back to the top of the list; None: this is it."""
    more: str | None
    """To those after these; None: there are none."""
    may_files: bool
    """Whether who asks may bring and take files."""
    everybody: bool
    """Whether who asks sees all persons."""


@blueprint.get("/contacts")
def contacts() -> ResponseReturnValue:
    """By names, or who was searched; each search is a link of its own."""
    text, after = request.args.get("text", "")[:TEXT_MOST].strip(), request.args.get("after") or None
    only = access.own_contacts(db(), person())
    try:
        found = list_contacts(db(), text, after, PAGE, countries=countries(), only=only)
    except ValueError as error:
        raise BadCursor() from error
    asked: dict[str, Any] = {"text": text} if text else {}
    page = ContactsPage(
        persons=persons_document(db(), found.persons),
        text=text,
        top=url_for("contacts.contacts", **asked) if after else None,
        more=url_for("contacts.contacts", **asked, after=found.next) if found.next else None,
        may_files=person().may("contact_files"),
        everybody=only is None,
    )
    return render_template("contacts/contacts.html", **vars(page))


@blueprint.get("/contacts/<uuid:key>")
def contact(key: uuid.UUID) -> ResponseReturnValue:
    """One person; of one who was merged into another, the other's page."""
    row = row_of(key)
    if row.id != key:
        return redirect(url_for("contacts.contact", key=row.id))
    page = person_page(row, wanted=request.args.get("with", "")[:TEXT_MOST])
    return render_template("contacts/contact.html", **vars(page))


@blueprint.post("/contacts/<uuid:key>")
@needs("contacts")
def edit(key: uuid.UUID) -> ResponseReturnValue:
    """Name, language, notes. What somebody else changed meanwhile stands beside what was typed."""
    row = row_of(key)
    new = {name: request.form.get(name, "") for name in editing.FIELDS}
    base = {name: request.form.get(f"base-{name}", "") for name in editing.FIELDS}
    try:
        came = editing.change(db(), row.id, person().name, base, new)
    except ContactError as error:
        return refused(row.id, "edit", error)
    db().commit()
    if came.conflicts:
        seen = RefusedChange("edit", None, new, came.conflicts)
        page = person_page(db().get_one(Contact, row.id, populate_existing=True), seen)
        return make_response(render_template("contacts/contact.html", **vars(page)), 409)
    flash(_("Saved.") if came.applied else _("Nothing was changed."))
    return redirect(url_for("contacts.contact", key=row.id), 303)


@blueprint.post("/contacts/<uuid:key>/points")
@needs("contacts")
def add_point(key: uuid.UUID) -> ResponseReturnValue:
    """One more number or address."""
    row, form = row_of(key), request.form
    typed = form.get("value", "")[:300]
    kind = form.get("kind", "")
    try:
        editing.add_point(
            db(),
            row,
            kind if kind in KINDS else kind_of(typed),
            typed,
            person().name,
            country=settings().lines[0].default_country,
            label=form.get("label", ""),
            shared=form.get("shared") == "yes",
        )
    except ContactError as error:
        return refused(row.id, "point", error)
    db().commit()
    return redirect(url_for("contacts.contact", key=row.id, _anchor="points"), 303)


@blueprint.post("/contacts/<uuid:key>/points/<uuid:point>/remove")
@needs("contacts")
def remove_point(key: uuid.UUID, point: uuid.UUID) -> ResponseReturnValue:
    row = row_of(key)
    try:
        editing.remove_point(db(), row, point)
    except ContactError as error:
        return refused(row.id, "point", error)
    db().commit()
    return redirect(url_for("contacts.contact", key=row.id, _anchor="points"), 303)


@blueprint.post("/contacts/<uuid:key>/points/<uuid:point>/consent")
@needs("contacts")
def consent(key: uuid.UUID, point: uuid.UUID) -> ResponseReturnValue:
    """Whether the person agreed to be written to there."""
    row, form = row_of(key), request.form
    if str(point) not in [each["id"] for each in person_page(row).person["points"]]:
        abort(404)
    try:
        editing.set_consent(db(), point, form.get("consent", ""), form.get("how", ""), person().name, utc(now()))
    except ContactError as error:
        return refused(row.id, f"consent-{point}", error)
    db().commit()
    return redirect(url_for("contacts.contact", key=row.id, _anchor="points"), 303)


@blueprint.post("/contacts/<uuid:key>/merge")
@needs("contacts")
def merge(key: uuid.UUID) -> ResponseReturnValue:
    """Says that another one, whom who asks may see too, is this person."""
    row = row_of(key)
    try:
        other = row_of(uuid.UUID(request.form.get("other", "")))
    except ValueError:
        abort(400)
    try:
        merging.merge(db(), row.id, other.id, person().name)
    except ContactError as error:
        return refused(row.id, "merge", error)
    db().commit()
    flash(_("The two are one person now. This can be undone below."))
    return redirect(url_for("contacts.contact", key=row.id), 303)


@blueprint.post("/contacts/<uuid:key>/merges/<uuid:merge>/undo")
@needs("contacts")
def undo(key: uuid.UUID, merge: uuid.UUID) -> ResponseReturnValue:
    row = row_of(key)
    try:
        if merge not in [each.id for each in merging.merges_of(db(), row.id)]:
            raise ContactError("contacts.undone")
        again = merging.undo(db(), merge, person().name)
    except ContactError as error:
        return refused(row.id, "merge", error)
    db().commit()
    flash(_("They are two persons again."))
    return redirect(url_for("contacts.contact", key=again), 303)


def row_of(key: uuid.UUID) -> Contact:
    """The person, or the one into whom it was merged; 404 for those whom who asks may not see."""
    row = db().get(Contact, key)
    while row is not None and row.merged_into is not None:
        row = db().get(Contact, row.merged_into)
    if row is None or not access.may_see_contact(db(), person(), row.id):
        abort(404)
    return row


def refused(key: uuid.UUID, form: str, error: ContactError) -> ResponseReturnValue:
    """The page with what is wrong beside the form, as it was typed."""
    db().rollback()
    row = db().get(Contact, key)
    if row is None or row.merged_into is not None:
        flash(told(error.message))
        return redirect(url_for("contacts.contacts"), 303)
    page = person_page(row, RefusedChange(form, error.message, request.form))
    return make_response(render_template("contacts/contact.html", **vars(page)), 400)
