"""What people do on a ticket's page: change its fields, write notes, take it, merge, split, link, undo.

A form carries what its reader saw beside what the reader wants (`was-...`): of two who change the same field the second
is shown what it is now, keeps what was typed, and decides (`tickets/work.py`).
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ringback.errors import RingbackError
from ringback.store.base import utc
from tickets import merging, work
from tickets.errors import TicketError
from tickets.models import Ticket
from web import access
from web.callbacks.clock import NoTime, read_local
from web.context import db, needs, now, person, settings
from web.i18n import told
from web.tickets import blueprint
from web.tickets.page import WorkForm, local_time, ticket_page, workers


@blueprint.post("/tickets/<int:number>/change")
@needs("work")
def change(number: int) -> ResponseReturnValue:
    """Changes the fields that the form has; what somebody else changed first is shown beside what was typed."""
    _workable(number)
    form = WorkForm()
    try:
        base = {name: _read(name, request.form[f"was-{name}"]) for name in work.FIELDS if f"was-{name}" in request.form}
        new = {name: _read(name, request.form[name]) for name in work.FIELDS if name in request.form}
        if "due_at" in new and _shown(new["due_at"]) == _shown(base.get("due_at")):
            new["due_at"] = base.get("due_at")  # the field knows minutes alone
        if (owner := new.get("owner")) and owner != base.get("owner") and owner not in workers():
            raise NoTime(_("There is nobody called %(name)s.", name=owner))
        done = work.change(db(), number, person().name, base, new, settings=settings(), at=utc(now()))
    except NoTime as error:
        db().rollback()
        return _again(number, WorkForm(_typed(), {"due_at": str(error)}))
    except RingbackError as error:
        db().rollback()
        return _again(number, WorkForm(_typed(), {"": told(error.message)}))
    db().commit()
    if not done.conflicts:
        if done.applied:
            flash(_("Saved."))
        return _to(number)
    for name, conflict in done.conflicts.items():
        form.values[name] = request.form[name]
        form.theirs[name] = _shown(conflict.theirs)
    return _again(number, form, 409)


@blueprint.post("/tickets/<int:number>/note")
@needs("work")
def note(number: int) -> ResponseReturnValue:
    _workable(number)
    words = request.form.get("note", "")

    def write() -> None:
        work.note(db(), number, person().name, words, people=workers(), at=utc(now()))

    return _do(number, write, WorkForm(note=words), anchor="history")


@blueprint.post("/tickets/<int:number>/take")
@needs("work")
def take(number: int) -> ResponseReturnValue:
    """Who asks sees to it from now on; of two at once one does."""
    _workable(number)
    who = person().name
    done = work.change(db(), number, who, {"owner": None}, {"owner": who}, settings=settings(), at=utc(now()))
    db().commit()
    if done.conflicts:
        flash(_("%(name)s has taken it already.", name=settings().agent_called(_shown(done.conflicts["owner"].theirs))))
    back = request.form.get("next", "")
    return redirect(back if _is_list(back) else url_for("tickets.ticket", number=number), 303)


@blueprint.post("/tickets/<int:number>/merge")
@needs("work")
def merge(number: int) -> ResponseReturnValue:
    """Everything of this ticket goes to another one, which is shown then."""
    into = _other(number)

    def move() -> None:
        merging.merge(db(), number, _seen(into), person().name, utc(now()))

    return _do(number, move, WorkForm(), leads_to=into)


@blueprint.post("/tickets/<int:number>/split")
@needs("work")
def split(number: int) -> ResponseReturnValue:
    """The calls that were chosen get a ticket of their own."""
    _workable(number)
    calls = access.seen_calls(db(), person(), request.form.getlist("call"))
    try:
        new = merging.split(db(), number, calls, person().name, settings=settings(), at=utc(now()))
    except RingbackError as error:
        db().rollback()
        return _again(number, WorkForm(faults={"split": told(error.message)}))
    db().commit()
    return _to(new)


@blueprint.post("/tickets/<int:number>/<any(link, unlink):action>")
@needs("work")
def link(number: int, action: str) -> ResponseReturnValue:
    other = _other(number)

    def connect() -> None:
        {"link": merging.link, "unlink": merging.unlink}[action](db(), number, _seen(other), person().name, utc(now()))

    return _do(number, connect, WorkForm())


@blueprint.post("/tickets/<int:number>/undo/<uuid:key>")
@needs("work")
def undo(number: int, key: uuid.UUID) -> ResponseReturnValue:
    """Moves back what was moved to or from this ticket."""
    _workable(number)

    def back() -> None:
        if key not in {move.id for move in merging.moves_of(db(), number)}:
            raise TicketError("tickets.no_move")
        merging.undo(db(), key, person().name, utc(now()))

    return _do(number, back, WorkForm())


# -- what they have in common ----------------------------------------------------------------------------


def _workable(number: int) -> None:
    if not 0 < number < 1 << 31 or db().get(Ticket, number) is None or not access.may_work_on(db(), person(), number):
        abort(404)


def _other(number: int) -> int:
    """The ticket that a form names; 0: its words name none."""
    _workable(number)
    typed = request.form.get("other", "").strip().lstrip("#")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def _seen(other: int) -> int:
    """Raises TicketError for a ticket that who asks may not see, as for one that there is not."""
    if db().get(Ticket, other) is None or not access.may_see_ticket(db(), person(), other):
        raise TicketError("tickets.none", number=request.form.get("other", "").strip()[:12] or "?")
    return other


def _do(
    number: int, what: Callable[[], None], form: WorkForm, leads_to: int | None = None, anchor: str | None = None
) -> ResponseReturnValue:
    try:
        what()
    except RingbackError as error:
        db().rollback()
        form.faults[request.endpoint.rpartition(".")[2] if request.endpoint else ""] = told(error.message)
        return _again(number, form)
    db().commit()
    return _to(number if leads_to is None else leads_to, anchor)


def _to(number: int, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("tickets.ticket", number=number, _anchor=anchor), 303)


def _again(number: int, form: WorkForm, status: int = 400) -> ResponseReturnValue:
    """The page once more, with what was typed and what is wrong."""
    return ticket_page(number, form), status


def _typed() -> dict[str, str]:
    return {name: request.form[name] for name in work.FIELDS if name in request.form}


def _read(name: str, typed: str) -> work.Value:
    """What a field of the form says. Raises NoTime with what is wrong."""
    if name != "due_at":
        return typed.strip() or (None if name not in ("subject", "status", "priority") else "")
    try:
        moment = read_local(typed, ZoneInfo(settings().timezone))
    except NoTime as error:
        raise NoTime(_("%(words)s is not a date and a time.", words=typed)) from error
    return None if moment is None else utc(moment)


def _shown(value: work.Value) -> str:
    """A value as the form names it: a time as its field has it."""
    if isinstance(value, datetime):
        return local_time(value)
    return value or ""


def _is_list(where: str) -> bool:
    """Whether an address is one of the list of tickets: nobody is led elsewhere by a form."""
    return where.startswith(url_for("tickets.tickets") + "?")
