"""Whether a call goes on with an earlier conversation, whose ticket it joins. Reads only.

Five do: the call that was promised, the customer who calls in before it, the caller who says in the menu that it is
about the open ticket, the one who was cut off while waiting and calls again within the time for which the line keeps
the place, and the one who calls a second time while the first call still goes on. The last two only where one person
alone has the number. Promises are the callback room's: what it knows of a call comes from a function that is handed in.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from calls.models import Call
from calls.numbers import contact_number
from contacts.service import has, is_shared
from ringback.config import Settings
from tickets.models import Ticket

LONGEST_CALL = timedelta(hours=12)
"""A row whose call seems to go on for longer is one whose end nobody wrote."""
LAST_DIGITS = 4
"""So many are alike in every spelling of a number."""
CUT_OFF = ("abandoned", "pbx_lost")
"""Results of calls that ended while their caller still waited, or that Asterisk ended."""


@dataclass(frozen=True, slots=True)
class CallbackOfCall:
    """The promise to call back that a call belongs to."""

    ticket_number: int | None
    asked_call_id: str | None
    """The call that asked."""
    kept: bool
    """This call is the one that was promised; False: its caller called in before."""
    away: bool = False
    """This call is the one in which it was promised, while the controller was away."""


FindCallback = Callable[[Session, str, str | None, datetime], CallbackOfCall | None]
"""call_id, number (E.164) and arrival of a call -> its promise, if it has one."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The conversation that a call goes on with."""

    code: str
    """Of the sentence that says how it goes on."""
    ticket_number: int | None
    """None: that of the call `call_id`."""
    call_id: str | None


def earlier_of(
    session: Session, call: Call, number: str | None, settings: Settings, promised: FindCallback | None
) -> Earlier | None:
    """None: the call begins a conversation. `number` is the caller's as `contact_number` reads it."""
    promise = promised(session, call.call_id, number, call.arrived_at) if promised else None
    if promise is not None:
        code = "tickets.kept" if promise.kept else "tickets.away" if promise.away else "tickets.took_back"
        asked = None if promise.asked_call_id == call.call_id else promise.asked_call_id
        return Earlier(code, promise.ticket_number, asked)
    if not number:
        return None
    if call.about_ticket is not None and _is_of(session, call.about_ticket, number):
        return Earlier("tickets.about", call.about_ticket, None)
    if is_shared(session, number):
        return None  # who calls again may be another one of the family
    if cut_off := _cut_off(session, call, number, settings):
        return Earlier("tickets.redialled", None, cut_off)
    other = _at_once(session, call, number, settings)
    return None if other is None else Earlier("tickets.at_once", None, other)


def _is_of(session: Session, ticket: int, number: str) -> bool:
    """Whether the ticket is of somebody who has this number: it may have been erased meanwhile."""
    return has(session, session.scalar(select(Ticket.contact_id).where(Ticket.number == ticket)), number)


def _cut_off(session: Session, call: Call, number: str, settings: Settings) -> str | None:
    """The newest call of the same number that was cut off in the line a moment before this one came."""
    since = call.arrived_at - timedelta(seconds=settings.reconnect_seconds)
    query = _calls().where(
        Call.ended_at.between(since, call.arrived_at),
        Call.result.in_(CUT_OFF),
        Call.queued_at.is_not(None),
        Call.connected_at.is_(None),
        Call.id != call.id,
    )
    return _of_number(session.execute(query.order_by(Call.ended_at.desc())).tuples(), number, settings)


def _at_once(session: Session, call: Call, number: str, settings: Settings) -> str | None:
    """The first call of the same number that still went on when this one came."""
    # By their ends alone, of which few fit: by arrivals each ticket would go through half a day's calls.
    query = select(Call.arrived_at, Call.call_id, Call.caller_number, Call.line).where(
        or_(Call.ended_at.is_(None), Call.ended_at.between(call.arrived_at, call.arrived_at + LONGEST_CALL)),
        Call.caller_number.endswith(number[-LAST_DIGITS:], autoescape=True),
    )
    rows = sorted(session.execute(query).tuples())
    there = (rest for at, *rest in rows if timedelta(0) < call.arrived_at - at < LONGEST_CALL)
    return _of_number(there, number, settings)


def _calls() -> Select[tuple[str, str, str]]:
    return select(Call.call_id, Call.caller_number, Call.line)


def _of_number(calls: Iterable[Sequence[str]], number: str, settings: Settings) -> str | None:
    """The first of these calls that is of this number, in whatever way it was written."""
    countries = {line.number: line.default_country for line in settings.lines}
    for call_id, raw, line in calls:
        if contact_number(raw, countries.get(line, "US")) == number:
            return call_id
    return None
