"""The work after calls that failed too often: each piece with its reason, to be tried again."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from web.admin import blueprint
from web.context import db, needs
from web.documents.dead_letters import dead_letters_document, try_again
from web.documents.facts import Document
from web.i18n import said
from web.labels import label


@dataclass(frozen=True)
class FailedJob:
    """A piece of work in admin/failed_jobs.html."""

    stage: str
    key: str
    title: str
    """What kind of work it is."""
    address: str
    """The page of the call that it is about; empty: it is about none."""
    at: str | None
    """When it failed; None: nobody knows."""
    why: Markup


@blueprint.get("/set-aside")
@needs("again")
def failed_jobs() -> ResponseReturnValue:
    """All work after calls that failed too often, each with its reason and a button."""
    return render_template("admin/failed_jobs.html", jobs=[_job(row) for row in dead_letters_document(db())])


@blueprint.post("/set-aside")
@needs("again")
def retry() -> ResponseReturnValue:
    """Lets one piece of work be tried again."""
    if try_again(db(), request.form.get("stage", ""), request.form.get("key", "")):
        db().commit()
        flash(_("It will be tried again."))
    else:
        flash(_("It has already been tried again, or has succeeded in the meantime."))
    return redirect(url_for("admin.failed_jobs"))


def _job(row: Document) -> FailedJob:
    return FailedJob(
        stage=row["stage"],
        key=row["key"],
        title=str(label("stage", row["stage"])),
        address=url_for("calls.call", call_id=row["call_id"]) if row["call_id"] else "",
        at=row["at"],
        why=said(row["error_code"], row["error_facts"]),
    )
