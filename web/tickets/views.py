"""A ticket: who, about what, which calls, what happened; and calling its customer back."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from alarms import looks
from callback.models import Callback
from web import access
from web.callbacks.form import About, CallBack, form_about, give, line_of, open_promise, outcome
from web.calls.summary import SummaryPart, summaries_seen
from web.context import db, needs, person
from web.documents.facts import Document
from web.documents.tickets import ticket_document
from web.tickets import blueprint


@blueprint.get("/tickets/<int:number>")
def ticket(number: int) -> ResponseReturnValue:
    document = _document(number)
    if looks.ticket_opened(db(), number, person().name):
        db().commit()
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


@dataclass(frozen=True)
class TicketPage:
    """Everything that tickets/ticket.html shows."""

    ticket: Document
    seen: set[str]
    """Its calls whose page who asks may open."""
    summaries: dict[str, SummaryPart]
    """By call what it was about, of those that who asks may read."""
    may_hold: bool
    """Whether who asks may put it under a legal hold, and there is a customer to hold it for."""
    back: CallBack
    back_to: str
    back_open: Callback | None
    """The promise that the customer has already."""


def _page(document: Document, form: CallBack) -> str:
    about = _about(document)
    page = TicketPage(
        ticket=document,
        seen=access.seen_calls(db(), person(), [call["call_id"] for call in document["calls"]]),
        summaries=summaries_seen(call["call_id"] for call in document["calls"]),
        may_hold=person().may("hold") and document["contact"] is not None,
        back=form,
        back_to=url_for("tickets.call_back", number=document["number"]),
        back_open=open_promise(about.number, about.line.default_country),
    )
    return render_template("tickets/ticket.html", **vars(page))
