"""Who listened: an agent sees it of the calls he or she talked in, a supervisor and an admin of all."""

import uuid

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from retention import receipts
from web import access
from web.context import db, person
from web.privacy import blueprint

PAGE = 50


@blueprint.get("/heard")
def heard() -> ResponseReturnValue:
    """Newest first; others' listening to one's own calls, or everybody's to every call."""
    if not access.sees_receipts(person()):
        abort(403)
    own = None if person().may("receipts") else person().name
    try:
        before = uuid.UUID(request.args.get("before", ""))
    except ValueError:
        before = None
    found = receipts.listing(db(), agent=own, limit=PAGE + 1, before=before)
    older = url_for("privacy.heard", before=found[PAGE - 1][0].id) if len(found) > PAGE else None
    return render_template(
        "privacy/heard.html", found=found[:PAGE], everything=own is None, older=older, further=before
    )
