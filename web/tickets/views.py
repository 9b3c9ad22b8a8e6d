"""Tickets: the work list, one ticket, and calling its customer back."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from alarms import looks
from ringback.store.base import utc
from tickets import work
from tickets.errors import TicketError
from tickets.listing import VIEWS, TicketFilter, View
from web import access
from web.callbacks.form import form_about, give, outcome
from web.context import db, needs, now, person, settings
from web.documents.facts import Document
from web.documents.ticket_list import counts, ticket_list
from web.polling import answer
from web.security import is_htmx
from web.tickets import blueprint
from web.tickets.page import TicketListPage, about, counted, ticket_of, ticket_page

PAGE = 50


@blueprint.get("/tickets")
def tickets() -> ResponseReturnValue:
    """The work list, or for htmx its living part; 304 while nothing changed. The view is in the address."""
    seen, moment = access.ticket_range(db(), person()), utc(now())
    queues = list(settings().queues) if seen.queues is None else list(seen.queues)
    view: View = next((each for each in VIEWS if each == request.args.get("view")), _first_view())
    queue = request.args.get("queue", "") if request.args.get("queue") in queues else ""
    only, after = TicketFilter(queue=queue or None), request.args.get("after")
    try:
        document = ticket_list(db(), view, seen, moment, only=only, limit=PAGE, after=after)
    except TicketError:
        return redirect(_address(view, queue))
    document["counts"] = counts(db(), seen, moment, only)
    page = TicketListPage(
        view=view,
        tabs=[(each, _count(document, each), _address(each, queue)) for each in _views()],
        tickets=document["tickets"],
        next_page=_address(view, queue, document["next"]) if document["next"] else None,
        first_page=_address(view, queue) if after else None,
        queue=queue,
        queues=[(name, _address(view, name)) for name in ("", *queues)] if len(queues) > 1 else [],
        this_page=_address(view, queue, after),
        may_work=person().may("work"),
        moment=now(),
    )
    template = "tickets/tickets_live.html" if is_htmx() else "tickets/tickets.html"
    return answer(template, document, **vars(page))


@blueprint.get("/tickets/<int:number>")
def ticket(number: int) -> ResponseReturnValue:
    ticket_of(number)
    noted = looks.ticket_opened(db(), number, person().name)
    if work.seen(db(), number, person().name, utc(now())) or noted:
        db().commit()
    return ticket_page(number)


@blueprint.post("/tickets/<int:number>/callback")
@needs("promise")
def call_back(number: int) -> ResponseReturnValue:
    """Promises the ticket's customer a call."""
    whom = about(ticket_of(number))
    form = form_about(whom)
    promised = give(form, whom)
    if promised is None:
        return ticket_page(number, back=form), 400
    flash(outcome(promised))
    return redirect(url_for("tickets.ticket", number=number))


def _views() -> tuple[View, ...]:
    """The views that mean something to who asks."""
    without = {"queues"} if not access.queues_of_agent(db(), person()) else set()
    if not person().may("work"):
        without |= {"mine", "mentions"}
    return tuple(view for view in VIEWS if view not in without)


def _first_view() -> View:
    """What an agent begins with is his or her own; a supervisor sees everything."""
    return "mine" if access.is_agent(person()) else "open"


def _count(document: Document, view: View) -> str:
    return counted(document["counts"][view]) if view in document["counts"] else ""


def _address(view: View, queue: str, after: str | None = None) -> str:
    return url_for("tickets.tickets", view=view, queue=queue or None, after=after)
