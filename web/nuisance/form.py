"""Putting a number on the list, as a call's page and the list's own do it."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from callback.errors import CallbackError
from callback.models import WAITING_STATES
from callback.policy import known_number
from callback.service import cancel, open_for
from nuisance import service as nuisance
from nuisance.errors import NuisanceError
from nuisance.models import NuisanceCaller
from ringback.messages import Message
from ringback.messages import message as message_of
from ringback.store.base import utc
from ringback.store.bus import Request
from web.context import db, now, person, settings
from web.documents.facts import Document
from web.documents.nuisance import entry_document

DAYS = (1, 7, 30, 90, 365)
"""What is offered, besides the settings' own and none."""


@dataclass(frozen=True)
class CallNuisance:
    """What a call's page shows of it."""

    number: str | None
    """The caller's, as it would be on the list; None: nobody can be told by it."""
    came_from: str
    standing: Document | None
    """The entry by which such calls are refused already."""
    days: list[int]
    usual: int
    fault: Message | None
    reason: str
    """As it was typed."""


def nuisance_of(document: Document, fault: Message | None = None) -> CallNuisance | None:
    """For the person who looks at this call; None: not for this person, or there is nobody any more."""
    call = document["call"]
    if not person().may("block") or call["caller_number"] == "erased":
        return None
    number = number_of(call["caller_number"], call["line"])
    came_from = nuisance.came_from(db(), call["call_id"])
    entry = number and nuisance.standing_for(db(), number, came_from, utc(now()))
    days, usual = offered()
    return CallNuisance(
        number=number,
        came_from=came_from,
        standing=entry_document(entry) if entry else None,
        days=days,
        usual=usual,
        fault=fault,
        reason=request.form.get("nuisance-reason", ""),
    )


def offered() -> tuple[list[int], int]:
    """For how many days a number can be refused, and which of them is the usual."""
    usual = settings().nuisance.days
    return sorted({*DAYS, usual}), usual


def number_of(text: str, line: str) -> str | None:
    """A caller's number in E.164, as the line reads it."""
    country = next((each.default_country for each in settings().lines if each.number == line), "US")
    number = known_number(text, country)
    return number if isinstance(number, str) else None


def refuse(number: str | None, came_from: str = "", call_id: str | None = None) -> tuple[NuisanceCaller, bool]:
    """Puts it on the list, as the form says, and ends the promise to call it back; whether there was one. Raises
    NuisanceError. The caller commits."""
    reason, days = request.form.get("nuisance-reason", ""), request.form.get("nuisance-days", "")
    entry = nuisance.add(
        db(),
        settings(),
        number,
        reason,
        person().name,
        utc(now()),
        days=_days(days),
        came_from=came_from,
        call_id=call_id,
    )
    return entry, not came_from and _end_promise(entry)


def said_of(entry: NuisanceCaller, promise_ended: bool) -> str:
    """What was done, for who did it."""
    said = _("Calls from %(number)s are refused from now on.", number=entry.number)
    ended = _("The promised callback to it is cancelled.")
    return f"{said} {ended}" if promise_ended else said


def _days(text: str) -> int | None:
    """None: until somebody ends it."""
    if text == "none":
        return None
    try:
        return int(text) if text else settings().nuisance.days
    except ValueError:
        raise NuisanceError("nuisance.days", most=nuisance.MOST_DAYS) from None


def _end_promise(entry: NuisanceCaller) -> bool:
    """Nobody calls a number from which no calls are wanted. One that is being dialled is the controller's to end."""
    promise = open_for(db(), entry.number)
    if promise is None:
        return False
    why = message_of("nuisance.promise_cancelled", by=entry.created_by, reason=entry.reason)
    if promise.state in WAITING_STATES:
        try:
            cancel(db(), promise.id, why, now())
        except CallbackError:
            return False  # it has just ended, or been dialled
    asked = {"reason": f"{entry.created_by}: {entry.reason}"}
    db().add(Request(kind="callback.cancel", subject=str(promise.id), args=asked, asked_by=person().name))
    return True
