"""The work list and one ticket as their pages show them: views, fields with what may be chosen, what can be undone."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort, render_template, url_for
from flask_babel import gettext as _

from callback.models import Callback
from ringback.config.tickets import TicketWord
from tickets.listing import MOST_COUNTED
from tickets.models import ACTIVE, PRIORITIES, STATUSES
from web import access, policy
from web.callbacks.form import About, CallBack, form_about, line_of, open_promise
from web.calls.summary import SummaryPart, summaries_seen
from web.contacts.card import PersonCard, card_of
from web.context import db, person, settings
from web.documents.facts import Document
from web.documents.tickets import ticket_document
from web.i18n import choose_language
from web.labels import label, queue_name
from web.library.call_marks import AddTo, add_to
from web.service import people
from web.tickets.outside import OutsideShown, outside_shown

Choices = list[tuple[str, str]]
"""What may be chosen in a field: (value, words)."""


@dataclass
class WorkForm:
    """What was typed, and what came of it."""

    values: dict[str, str] = field(default_factory=dict)
    """As typed, of fields that were not taken."""
    faults: dict[str, str] = field(default_factory=dict)
    """What is wrong, by field or form; "" for what is wrong with the fields together."""
    theirs: dict[str, str] = field(default_factory=dict)
    """What somebody else made of a field meanwhile, in words."""
    note: str = ""
    """A note that was not taken."""


@dataclass(frozen=True)
class WorkField:
    """One field of the form."""

    name: str
    words: str
    value: str
    """As the form has it."""
    was: str
    """What its reader saw; a time with its zone and seconds."""
    kind: str
    """choice, words, time"""
    choices: Choices = field(default_factory=list)
    fault: str = ""
    theirs: str = ""
    """What somebody else made of it meanwhile."""


@dataclass(frozen=True)
class TicketListPage:
    """Everything that tickets/tickets_live.html shows."""

    view: str
    tabs: list[tuple[str, str, str]]
    """(view, how many as far as they are counted, address)"""
    tickets: list[Document]
    next_page: str | None
    """The address of the next page; None: this is the last."""
    first_page: str | None
    """The address of the first page; None: this is it."""
    queue: str
    queues: list[tuple[str, str]]
    """What the list can be narrowed to: (name, address); "" for all."""
    this_page: str
    may_work: bool
    moment: float


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
    may_work: bool
    fields: list[WorkField]
    form: WorkForm
    calls: str
    """The number that one press calls with the phone of who asks; empty: who asks has none here, or nobody can be
    called."""
    back: CallBack
    back_to: str
    back_open: Callback | None
    """The promise that the customer has already."""
    card: PersonCard
    outside: list[OutsideShown]
    """The ticket in systems beside."""
    add_to: AddTo | None
    """The form that adds its calls to a playlist; None: who asks does not train."""


def workers() -> list[str]:
    """Who can own a ticket and be named in a note: everybody who signs in and may work on tickets, and every agent."""
    signed = {each.name for each in people(db()) if each.deactivated_at is None and policy.may(each.role, "work")}
    return sorted(signed | {agent.name for agent in settings().agents})


def counted(count: int) -> str:
    """How many, as far as it was counted."""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)


def ticket_of(number: int) -> Document:
    """The document of a ticket that who asks may see; 404 for any other."""
    document = ticket_document(db(), number) if 0 < number < 1 << 31 else None
    if document is None or not access.may_see_ticket(db(), person(), number):
        abort(404)
    return document


def about(document: Document) -> About:
    """Whom a call back would be to; the newest call tells line, queue and language."""
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


def ticket_page(number: int, form: WorkForm | None = None, back: CallBack | None = None) -> str:
    """The page of a ticket, with what was typed where something was not taken."""
    document = ticket_of(number)
    form, whom = form or WorkForm(), about(document)
    page = TicketPage(
        ticket=document,
        seen=access.seen_calls(db(), person(), [call["call_id"] for call in document["calls"]]),
        summaries=summaries_seen(call["call_id"] for call in document["calls"]),
        may_hold=person().may("hold") and document["contact"] is not None,
        may_work=person().may("work") and document["merged_into"] is None,
        fields=_fields(document, form),
        form=form,
        calls=_calls(whom),
        back=back or form_about(whom),
        back_to=url_for("tickets.call_back", number=document["number"]),
        back_open=open_promise(whom.number, whom.line.default_country),
        card=card_of(document["number"]),
        outside=outside_shown(document["number"]),
        add_to=add_to(),
    )
    return render_template("tickets/ticket.html", **vars(page))


def _calls(whom: About) -> str:
    has_phone = person().may("promise") and any(agent.name == person().name for agent in settings().agents)
    return whom.number if has_phone and settings().trunk is not None else ""


def local_time(at: datetime) -> str:
    """A time as a field for day and time has it, by the clock of the settings."""
    return at.astimezone(ZoneInfo(settings().timezone)).strftime("%Y-%m-%dT%H:%M")


def _fields(document: Document, form: WorkForm) -> list[WorkField]:
    queue = settings().queues.get(document["queue"] or "")
    owners: Choices = [(name, settings().agent_called(name)) for name in workers()]
    choices: dict[str, Choices] = {
        "status": [(code, str(label("ticket", code))) for code in STATUSES],
        "owner": [("", _("Nobody")), *owners],
        "queue": [("", "–"), *((name, queue_name(name)) for name in settings().queues)],
        "priority": [(code, str(label("priority", code))) for code in PRIORITIES],
        "category": _words(queue.categories if queue else {}),
        "disposition": _words(queue.dispositions if queue else {}),
    }
    names = {
        "subject": _("Subject"),
        "status": _("Status"),
        "owner": _("Owner"),
        "priority": _("Priority"),
        "queue": _("Queue"),
        "category": _("Category"),
        "disposition": _("Disposition"),
        "next_step": _("Next step"),
        "due_at": _("Due"),
    }
    found = []
    for name, words in names.items():
        now, among = document[name] or "", choices.get(name)
        if among is not None and len(among) < 2 and not now:
            continue  # the queue has no such words
        if document["status"] not in ACTIVE and name in ("next_step", "due_at"):
            continue
        shown = local_time(datetime.fromisoformat(now)) if name == "due_at" and now else now
        if among is not None and now and now not in dict(among):
            among = [*among, (now, now)]
        value = form.values.get(name, shown)
        kind = "time" if name == "due_at" else "words" if among is None else "choice"
        theirs = form.theirs.get(name)
        told = None if theirs is None else dict(among or ()).get(theirs, theirs) or _("nothing")
        found.append(WorkField(name, words, value, now, kind, among or [], form.faults.get(name, ""), told or ""))
    return found


def _words(among: dict[str, TicketWord]) -> Choices:
    language = choose_language()
    return [("", "–"), *((name, word.name_in(language)) for name, word in among.items())]
