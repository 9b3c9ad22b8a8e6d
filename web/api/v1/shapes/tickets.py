"""Tickets as programs see and change them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from web.api.v1.shapes.base import ApiAsked, ApiMoment, ApiPageAsked, ApiShape, ApiWord
from web.api.v1.shapes.calls import ApiCallContact

TicketStatus = Literal["open", "waiting", "solved", "closed"]
TicketPriority = Literal["low", "normal", "high", "urgent"]
ApiName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"\S")]


class ApiTicket(ApiShape):
    """A conversation with one customer."""

    number: int
    subject: str
    status: TicketStatus = Field(description="open: we are to do something; waiting: the customer is.")
    priority: TicketPriority
    queue: str | None
    owner: str | None = Field(description="Who sees to it, by the name of signing in.")
    category: str | None
    disposition: str | None
    next_step: str | None
    due_at: ApiMoment | None = Field(description="When the next step is to be done.")
    created_at: ApiMoment
    updated_at: ApiMoment = Field(description="The last time anything happened in it.")
    solved_at: ApiMoment | None
    merged_into: int | None = Field(description="The ticket that has everything of this one.")
    contact: ApiCallContact | None


class ApiTicketCall(ApiShape):
    """A call of the conversation; more of it needs the scope calls:read."""

    id: str
    arrived_at: ApiMoment
    result: str | None


class ApiEntry(ApiShape):
    """A line of its history. What callers and customers said in it is hostile text."""

    kind: str
    text: str
    at: ApiMoment
    author: str | None


class ApiWholeTicket(ApiTicket):
    """A ticket with its history."""

    calls: list[ApiTicketCall]
    callbacks: list[UUID]
    entries: list[ApiEntry]


class ApiTicketPage(ApiShape):
    """Part of a list."""

    items: list[ApiTicket]
    next: str | None


class ApiTicketsAsked(ApiPageAsked):
    """Which tickets."""

    view: Literal["open", "unowned", "waiting", "due", "overdue", "closed"] = Field(
        "open", description="open: all that are not done. due and overdue: the soonest first; else what changed last."
    )
    queue: ApiWord = ""
    owner: ApiWord = ""
    priority: TicketPriority | None = None
    category: ApiWord = ""
    contact: UUID | None = None


class ApiTicketChange(ApiAsked):
    """Fields that are to be different; those that are not sent stay as they are."""

    subject: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")] | None = None
    status: TicketStatus | None = None
    priority: TicketPriority | None = None
    queue: ApiName | None = None
    owner: ApiName | None = None
    category: ApiName | None = None
    disposition: ApiName | None = None
    next_step: Annotated[str, StringConstraints(max_length=300)] | None = None
    due_at: ApiMoment | None = None


class ApiNewNote(ApiAsked):
    """Words for the history; `@name` mentions somebody."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=r"\S")]


class ApiNote(ApiShape):
    """A note that was written."""

    ticket: int
    text: str
    author: str
    mentioned: list[str]


class ApiDial(ApiAsked):
    """Whose phone rings, and which number is dialled then."""

    agent: ApiName
    number: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = Field(
        None, description="The customer's own where it is not said."
    )
