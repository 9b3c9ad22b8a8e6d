"""Legal holds and erasures: placed, asked for, looked at and confirmed here; done by the worker.

Nothing is erased by a page. A request is a row, the worker counts what would go, and only those who have seen that can
confirm.
"""

import json
import uuid

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from retention import certificate, erasure, holds
from retention.errors import RetentionError
from retention.models import Erasure
from ringback.messages import as_document
from ringback.store import lease
from ringback.store.base import utc
from tickets.service import has_ticket
from web.context import db, needs, now, person, settings
from web.errors import WebError
from web.i18n import told
from web.polling import answer
from web.privacy import blueprint
from web.privacy.page import erasure_page_of, refused_form, retention_page
from web.session.views import local


@blueprint.get("/keeping")
@needs("hold")
def retention() -> ResponseReturnValue:
    """Legal holds that stand and that stood; erasures that people asked for and that the clock made."""
    page = retention_page(request.args.get("number", ""), contact=request.args.get("contact", ""))
    return render_template("privacy/retention.html", **vars(page))


@blueprint.post("/holds")
@needs("hold")
def hold() -> ResponseReturnValue:
    """What is wrong stands beside its field, and what was typed is kept."""
    form = request.form
    try:
        placed = holds.place(
            db(),
            settings(),
            form.get("kind", ""),
            form.get("subject", ""),
            form.get("reason", ""),
            person().name,
            utc(now()),
            has_ticket=has_ticket,
        )
    except RetentionError as error:
        return _refused("hold", error)
    db().commit()
    flash(_("The legal hold is in place: none of this is erased until someone releases it."))
    return redirect(
        local(form.get("next")) if form.get("next") else url_for("privacy.retention") + f"#hold-{placed.id}"
    )


@blueprint.post("/holds/<uuid:key>/release")
@needs("hold")
def release(key: uuid.UUID) -> ResponseReturnValue:
    try:
        holds.release(db(), key, request.form.get("reason", ""), person().name, utc(now()))
    except RetentionError as error:
        return _refused("release", error, str(key))
    db().commit()
    flash(_("The legal hold was released."))
    return redirect(local(request.form.get("next")) if request.form.get("next") else url_for("privacy.retention"))


@blueprint.post("/erasures")
@needs("erase")
def ask_erasure() -> ResponseReturnValue:
    """For a number, or for one call."""
    on_request_of, call_id = request.form.get("wish", ""), request.form.get("call_id", "")
    try:
        if call_id:
            row = erasure.ask_call(db(), call_id, person().name, on_request_of)
        elif contact_id := request.form.get("contact", ""):
            row = erasure.ask_contact(db(), contact_key(contact_id), person().name, on_request_of)
        else:
            row = erasure.ask_person(db(), settings(), request.form.get("number", ""), person().name, on_request_of)
    except RetentionError as error:
        return _refused("erase", error)
    db().commit()
    return redirect(url_for("privacy.erasure_page", key=row.id), 303)


@blueprint.get("/erasures/<uuid:key>")
@needs("hold")
def erasure_page(key: uuid.UUID) -> ResponseReturnValue:
    """What would go, how far it is, or the certificate; asks again by itself while the worker works."""
    return _erasure(key)


def _erasure(key: uuid.UUID, fault: str = "") -> ResponseReturnValue:
    row = _row(key)
    document = {
        "state": row.state,
        **as_document("error", row.error),
        "spent": lease.is_spent(row),
        "preview": row.preview,
        "fault": fault,
    }
    return answer("privacy/erasure.html", document, **vars(erasure_page_of(row, fault)))


@blueprint.post("/erasures/<uuid:key>/<any(confirm, withdraw, again):step>")
@needs("erase")
def move_erasure(key: uuid.UUID, step: str) -> ResponseReturnValue:
    """One that has moved on meanwhile is shown as it is now."""
    try:
        if step == "confirm":
            if request.form.get("sure") != "yes":
                raise WebError("web.erasure_unread")
            erasure.confirm(db(), key, person().name, utc(now()))
        elif step == "withdraw":
            erasure.withdraw(db(), key)
        else:
            erasure.try_again(db(), key)
    except (RetentionError, WebError) as error:
        db().rollback()
        return make_response(_erasure(key, told(error.message)), 400)
    db().commit()
    return redirect(url_for("privacy.erasure_page", key=key), 303)


@blueprint.get("/erasures/<uuid:key>/certificate.json")
@needs("hold")
def certificate_file(key: uuid.UUID) -> ResponseReturnValue:
    """The certificate with its sha256, as a file to hand over."""
    row = _row(key)
    if row.certificate is None:
        abort(404)
    text = json.dumps({"certificate": row.certificate, "sha256": row.sha256}, ensure_ascii=False, indent=2)
    response = Response(text + "\n", mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"erasure-{row.id}.json")
    return response


@blueprint.get("/erasures/<uuid:key>/certificate")
@needs("hold")
def certificate_page(key: uuid.UUID) -> ResponseReturnValue:
    """The certificate for the printer."""
    row = _row(key)
    if row.certificate is None:
        abort(404)
    intact = certificate.digest(row.certificate) == row.sha256
    return render_template("privacy/certificate.html", row=row, facts=row.certificate, intact=intact)


def _refused(form: str, error: RetentionError, key: str = "") -> ResponseReturnValue:
    """The page of retention with the form as it was sent, also where it was sent from the page of a call or ticket."""
    db().rollback()
    page = retention_page("", refused_form(form, error, request.form, key))
    return make_response(render_template("privacy/retention.html", **vars(page)), 400)


def contact_key(text: str) -> uuid.UUID:
    """The key of a person in a form. Raises RetentionError: it is none."""
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise RetentionError("retention.no_contact") from error


def _row(key: uuid.UUID) -> Erasure:
    return db().get(Erasure, key) or abort(404)
