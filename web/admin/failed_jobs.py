"""The work after calls that failed too often: each piece with its reason, to be tried again."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from web.admin import blueprint
from web.context import db, needs
from web.documents.dead_letters import dead_letters_document, try_again


@blueprint.get("/set-aside")
@needs("again")
def failed_jobs() -> ResponseReturnValue:
    """All work after calls that failed too often, each with its reason and a button."""
    return render_template("admin/failed_jobs.html", rows=dead_letters_document(db()))


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
