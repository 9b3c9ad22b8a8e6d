"""/api/v1/tickets: the work list, one ticket, changing it, notes.

Of two who change the same ticket at once neither loses anything: a change is refused where it was not seen (If-Match),
and each field is written only if it still is what was read for it (`tickets/work.py`).
"""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callback.errors import CallbackError
from callback.models import Callback
from ringback.store.base import utc
from tickets import work
from tickets.errors import TicketError
from tickets.listing import TicketFilter, list_tickets
from tickets.models import Ticket
from web import access
from web.access import Asker
from web.api.v1 import cursors
from web.api.v1.callbacks import callback_shape, refused
from web.api.v1.operations import ApiReply, operation, still_as
from web.api.v1.reading import wrong_field
from web.api.v1.shapes.callbacks import ApiCallback
from web.api.v1.shapes.tickets import (
    ApiDial,
    ApiNewNote,
    ApiNote,
    ApiTicket,
    ApiTicketChange,
    ApiTicketPage,
    ApiTicketsAsked,
    ApiWholeTicket,
)
from web.context import db, now, settings
from web.documents.tickets import ticket_document
from web.problem_details import UNDER, ApiProblem
from web.tickets.dialling import dial
from web.tickets.page import workers

CURSOR = "tickets"
A_TICKET = 1042
MUST_BE = frozenset({"subject", "status", "priority"})
"""Fields that cannot be nothing."""


@operation(
    "GET",
    "/tickets",
    scope="tickets:read",
    summary="List tickets",
    query=ApiTicketsAsked,
    answers=ApiTicketPage,
)
def list_of_tickets(asker: Asker, query: ApiTicketsAsked) -> ApiTicketPage:
    """A view of the work list. Tickets that were merged into others are in none."""
    kind = f"{CURSOR}.{query.view}"
    after = None if query.cursor is None else str(cursors.read(kind, query.cursor, (str,))[0])
    only = TicketFilter(
        queue=query.queue or None,
        owner=query.owner or None,
        priority=query.priority,
        category=query.category or None,
        contact=query.contact,
    )
    seen = access.ticket_range(db(), asker)
    try:
        found, more = list_tickets(db(), query.view, seen, utc(now()), only=only, limit=query.limit, after=after)
    except TicketError:
        raise ApiProblem(400, "web.cursor_wrong") from None
    return ApiTicketPage(
        items=[_shape(each) for each in found], next=None if more is None else cursors.write(kind, more)
    )


@operation(
    "GET",
    "/tickets/<int:number>",
    scope="tickets:read",
    summary="Read a ticket",
    answers=ApiWholeTicket,
    problems=(404,),
    tagged=True,
    examples={"number": A_TICKET},
)
def read_ticket(asker: Asker, number: int) -> ApiWholeTicket:
    """A ticket with its history."""
    return _whole(ticket_seen(asker, number))


@operation(
    "PATCH",
    "/tickets/<int:number>",
    scope="tickets:write",
    summary="Change a ticket",
    body=ApiTicketChange,
    answers=ApiWholeTicket,
    problems=(404, 409),
    tagged=True,
    matched=True,
    examples={"number": A_TICKET},
)
def change_ticket(asker: Asker, number: int, body: ApiTicketChange) -> ApiWholeTicket:
    """Changes the fields that are sent, and writes each change into the history under the key's name. 412: it is not
    what If-Match says; 409: it was merged into another, or somebody changed one of the fields at the same moment."""
    ticket = ticket_seen(asker, number)
    still_as(_whole(ticket))
    new = {name: getattr(body, name) for name in body.model_fields_set}
    for name in MUST_BE & new.keys():
        if new[name] is None:
            raise wrong_field(name, "This cannot be nothing.")
    if (owner := new.get("owner")) is not None and owner not in workers():
        raise wrong_field("owner", "There is nobody of this name.")
    base = {name: getattr(ticket, name) for name in new}
    try:
        done = work.change(db(), number, asker.name, base, new, settings=settings(), at=utc(now()))
    except TicketError as error:
        raise _refused(error) from None
    if done.conflicts:
        raise ApiProblem(409, "web.changed_since")
    return _whole(ticket_seen(asker, number))


@operation(
    "POST",
    "/tickets/<int:number>/notes",
    scope="tickets:write",
    summary="Write a note",
    body=ApiNewNote,
    answers=ApiNote,
    status=201,
    problems=(404, 409),
    examples={"number": A_TICKET},
)
def write_note(asker: Asker, number: int, body: ApiNewNote) -> ApiReply:
    """A line in the history of the ticket, in the key's name."""
    ticket_seen(asker, number)
    try:
        named = work.note(db(), number, asker.name, body.text, people=workers(), at=utc(now()))
    except TicketError as error:
        raise _refused(error) from None
    return ApiReply(ApiNote(ticket=number, text=body.text.strip(), author=asker.name, mentioned=list(named)))


@operation(
    "POST",
    "/tickets/<int:number>/calls",
    scope="calls:dial",
    summary="Call a ticket's customer",
    body=ApiDial,
    answers=ApiCallback,
    status=202,
    problems=(404, 409),
    examples={"number": A_TICKET},
)
def call_customer(asker: Asker, number: int, body: ApiDial) -> ApiReply:
    """Click to call: the agent's phone rings at once; when it is answered, the customer's number is called, hears the
    notice and is recorded; the call is on this ticket. Within the dialling rules, the customer's hours and the limits a
    day. What becomes of it stands in the callback that is answered, and in the events of calls. It is tried once: 409
    where the number is being called already. A number that has an open promise is called in its place."""
    ticket = ticket_seen(asker, number)
    if body.agent not in {agent.name for agent in settings().agents}:
        raise wrong_field("agent", "There is no agent of this name.")
    try:
        made = dial(ticket, body.agent, body.number, asker.name)
    except CallbackError as error:
        raise refused(error) from None
    row = db().get_one(Callback, made.id, populate_existing=True)
    return ApiReply(callback_shape(row), headers={"Location": f"{UNDER}/callbacks/{made.id}"})


def ticket_seen(asker: Asker, number: int) -> Ticket:
    """The ticket, as far as who asks may see it. Raises ApiProblem."""
    query = select(Ticket).where(Ticket.number == number).options(selectinload(Ticket.contact))
    row = db().scalar(query.execution_options(populate_existing=True))
    if row is None or not access.may_see_ticket(db(), asker, number):
        raise ApiProblem(404, "tickets.none", number=number)
    return row


def _shape(row: Ticket) -> ApiTicket:
    return ApiTicket.model_validate(_facts(row))


def _whole(row: Ticket) -> ApiWholeTicket:
    found = ticket_document(db(), row.number)
    assert found is not None
    entries = [{name: each[name] for name in ("kind", "text", "at", "author")} for each in found["entries"]]
    calls = [
        {"id": each["call_id"], **{name: each[name] for name in ("arrived_at", "result")}} for each in found["calls"]
    ]
    callbacks = [each["id"] for each in found["promises"]]
    return ApiWholeTicket.model_validate({**_facts(row), "calls": calls, "callbacks": callbacks, "entries": entries})


def _facts(row: Ticket) -> dict[str, object]:
    names = [name for name in ApiTicket.model_fields if name != "contact"]
    contact = row.contact
    whose = None if contact is None else {"id": str(contact.id), "number": contact.number, "name": contact.name}
    return {**{name: getattr(row, name) for name in names}, "contact": whose}


def _refused(error: TicketError) -> ApiProblem:
    status = {"tickets.none": 404, "tickets.merged_away": 409}.get(error.code, 422)
    return ApiProblem(status, error.code, **error.facts)
