"""A ticket: who, about what, which calls, what happened; and calling its customer back."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from web import access
from web.callbacks.form import About, CallBack, form_about, give, line_of, open_promise, outcome
from web.context import db, needs, person
from web.documents.facts import Document
from web.documents.tickets import ticket_document
from web.tickets import blueprint


@blueprint.get("/tickets/<int:number>")
def ticket(number: int) -> ResponseReturnValue:
    document = _document(number)
    return _page(document, form_about(_about(document)))


@blueprint.post("/tickets/<int:number>/callback")
@needs("promise")
def call_back(number: int) -> ResponseReturnValue:
    """Promises the ticket's customer a call."""
    document = _document(number)
    about = _about(document)
    form = form_about(about)
    promised = give(form, about)
    if promised is None:
        return _page(document, form), 400
    flash(outcome(promised))
    return redirect(url_for("tickets.ticket", number=number))


def _document(number: int) -> Document:
    document = ticket_document(db(), number) if number < 1 << 31 else None
    if document is None or not access.may_see_ticket(db(), person(), number):
        abort(404)
    return document


def _about(document: Document) -> About:
    """The newest call tells line, queue and language."""
    contact, call = document["contact"] or {}, (document["calls"] or [{}])[-1]
    return About(
        line=line_of(call.get("line")),
        number=contact.get("number") or call.get("caller_number") or "",
        queue=call.get("queue"),
        language=call.get("language") or contact.get("language"),
        ticket=document["number"],
        call_id=call.get("call_id"),
        menu_path=call.get("menu_path") or [],
    )


def _page(document: Document, form: CallBack) -> str:
    about = _about(document)
    return render_template(
        "tickets/ticket.html",
        ticket=document,
        seen=access.seen_calls(db(), person(), [call["call_id"] for call in document["calls"]]),
        back=form,
        back_to=url_for("tickets.call_back", number=document["number"]),
        back_open=open_promise(about.number, about.line.default_country),
    )
