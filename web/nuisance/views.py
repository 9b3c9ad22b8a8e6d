"""The list of nuisance callers: who is on it and why, how often they called, one press to answer them again."""

import uuid
from dataclasses import dataclass

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from nuisance import service as nuisance
from nuisance.errors import NuisanceError
from ringback.messages import Message
from ringback.store.base import utc
from web import access
from web.calls.views import document_for, page_with
from web.context import db, needs, now, person, settings
from web.documents.facts import Document
from web.documents.nuisance import nuisance_document
from web.nuisance import blueprint
from web.nuisance.form import number_of, offered, refuse, said_of
from web.polling import answer
from web.security import is_htmx

NUMBER_MOST = 60


@dataclass(frozen=True)
class NuisancePage:
    """Everything that nuisance/nuisance.html shows."""

    standing: list[Document]
    over: list[Document]
    count: int
    days: list[int]
    usual: int
    per_minute: int | None
    """More calls than so many within a minute are refused, whoever calls."""
    hears_busy: bool
    seen: set[str]
    """The calls whose page who asks may open."""
    fault: Message | None = None
    number: str = ""
    """As it was typed."""
    reason: str = ""


@blueprint.get("/nuisance")
@needs("block")
def nuisance_callers() -> ResponseReturnValue:
    """The list, or for htmx its living part; 304 while nothing changed."""
    return _page()


@blueprint.post("/nuisance")
@needs("block")
def add() -> ResponseReturnValue:
    """A number that somebody typed, read as on the first line."""
    typed = request.form.get("number", "")[:NUMBER_MOST]
    try:
        entry, ended = refuse(number_of(typed, settings().lines[0].number))
    except NuisanceError as error:
        db().rollback()
        return make_response(_page(error.message, typed, request.form.get("nuisance-reason", "")), 400)
    db().commit()
    flash(said_of(entry, ended))
    return redirect(url_for("nuisance.nuisance_callers"), 303)


@blueprint.post("/nuisance/<uuid:key>/undo")
@needs("block")
def undo(key: uuid.UUID) -> ResponseReturnValue:
    """Calls from this number are answered again; who did it stays on the list."""
    try:
        nuisance.undo(db(), key, person().name, utc(now()))
    except NuisanceError as error:
        db().rollback()
        return make_response(_page(error.message), 409)
    db().commit()
    flash(_("Calls from this number are answered again."))
    return redirect(url_for("nuisance.nuisance_callers"), 303)


@blueprint.post("/calls/<call_id>/nuisance")
@needs("block")
def refuse_caller(call_id: str) -> ResponseReturnValue:
    """The caller of a call that may be seen."""
    call = document_for(call_id)["call"]
    try:
        came_from = nuisance.came_from(db(), call_id)
        entry, ended = refuse(number_of(call["caller_number"], call["line"]), came_from, call_id)
    except NuisanceError as error:
        db().rollback()
        return make_response(page_with(call_id, nuisance_fault=error.message), 400)
    db().commit()
    flash(said_of(entry, ended))
    return redirect(url_for("calls.call", call_id=call_id), 303)


def _page(fault: Message | None = None, number: str = "", reason: str = "") -> ResponseReturnValue:
    document = nuisance_document(db(), utc(now()))
    days, usual = offered()
    calls = [each["call_id"] for each in (*document["standing"], *document["over"])]
    page = NuisancePage(
        standing=document["standing"],
        over=document["over"],
        count=document["count"],
        days=days,
        usual=usual,
        per_minute=settings().nuisance.calls_per_minute,
        hears_busy=settings().nuisance.hears == "busy",
        seen=access.seen_calls(db(), person(), calls),
        fault=fault,
        number=number,
        reason=reason,
    )
    template = "nuisance/nuisance_live.html" if is_htmx() else "nuisance/nuisance.html"
    return answer(template, document, **vars(page))
