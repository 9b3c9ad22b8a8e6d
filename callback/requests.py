"""What somebody asks for when asking to be called back, and whether it can be promised. Pure: no store, no clock.

Everything that is wrong with a request is found here, before anything is written: `planned` gives the row of the
promise or raises CallbackError with what is wrong.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callback.errors import CallbackError
from callback.models import SOURCES
from callback.policy import Refusal, allowed_from, expires_at, read_number, refusal
from callback.zones import zone_of
from ringback.config import EntryPoint, Settings
from ringback.messages import say
from ringback.numbers import written
from ringback.store.base import utc

MOST_NOTES = 1000
"""Characters of a reason in words; what is longer is refused at a page and never comes from a phone."""
FARTHEST_DAYS = 60
WINDOW_SECONDS = 1800.0
"""Whoever chooses a time is told that the call comes within so long after it; later is late."""
TRIED_SECONDS = 120.0
"""A call that an agent asks for begins within so long, or not at all."""
JUST_NOW_SECONDS = 60.0
"""A chosen time so little in the past is now: forms take a while to fill in."""
ON_THE_PHONE = ("queue", "fallback", "survey")
"""Sources of requests of people who are on the phone right then, and so awake."""
TRUSTED_ORIGINS = ("trunk", "127.0.0.1", "")
"""Where calls come from whose caller's number somebody answers for: the provider, and this machine. Anybody else writes
into From what they like. Where nobody knows (an agent's phone, an owner's own Asterisk) the number is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequest:
    """One request to be called back. Times are seconds since the epoch."""

    number: str
    """As given: a caller's number, keys pressed, a field of a form. Read as in the line's country."""
    line: str
    extension: str = ""
    """Digits to dial once the other side has answered; empty: those that `number` brings along. Told, never dialled."""
    source: str
    """See `callback.models.SOURCES`."""
    source_key: str | None = None
    """The same key is the same request, however often it comes; None: each is a request of its own."""
    queue: str | None = None
    """None: the operator queue of the line's menu."""
    language: str | None = None
    """None: the line's."""
    arrived_at: float | None = None
    """When the call that asked arrived, the place in line; None: now."""
    requested_at: float | None = None
    """None: now."""
    at: float | None = None
    """A chosen time; None: as soon as somebody is free."""
    not_before: float | None = None
    """Without a chosen time: as soon as somebody is free from then on, e.g. when we open; None: from now on."""
    told_by: float | None = None
    """Until when the customer was told the call would come; None: WINDOW_SECONDS after a chosen time, else no time."""
    menu_path: list[dict[str, Any]] = field(default_factory=list)
    notes: str = ""
    call_id: str | None = None
    """The call that asked."""
    caller_number: str | None = None
    """Of the call that asked, as it came; None: nobody is on the phone, or the fallback has asked for it."""
    came_from: str = ""
    """Where the call that asked came from: see `ivr.events.Arrived.came_from`."""
    reason_from: float | None = None
    """Seconds into that call's recording at which the caller begins to say why; None: was not asked, or was silent."""
    reason_to: float | None = None
    own_number: bool | None = None
    """Whether the number is of whoever asks, where that was found out before; None: `caller_number` tells."""
    tells: bool = False
    """Nobody wants to talk: the customer is to be told something."""
    ticket_number: int | None = None
    """The ticket that the call belongs to; None: that of the call that asked, if there is one."""
    created_by: str | None = None
    """The person who asked for the customer."""
    for_agent: str | None = None
    """The agent who wants to call now. Nothing is promised, unless there is a promise already, which is kept so."""


def planned(request: CallbackRequest, settings: Settings, now: float) -> dict[str, Any]:
    """The values of the promise's row, without id and key. Raises CallbackError with its code.

    The limits a day are left to whoever knows what was called today.
    """
    line = _line(request, settings)
    number = read_number(request.number, line.default_country)
    if isinstance(number, Refusal):
        raise CallbackError(number.code, **number.facts)
    if refused := refusal(number, settings, 0, 0):
        raise CallbackError(refused.code, **refused.facts)
    requested_at = now if request.requested_at is None else min(request.requested_at, now)
    own = is_own_number(request, number, line.default_country)
    due_at = _due_at(request, number, settings, now, requested_at, own)
    once = request.for_agent is not None
    if once and due_at > now:
        later = _clock(due_at, number, settings)
        raise CallbackError("callback.hours", hours=settings.callbacks.hours, number=number, later=later)
    asked_at = _due_at(request, number, settings, requested_at, requested_at, own)
    return {
        "source": request.source,
        "number": number,
        "language": request.language or line.language,
        "line": line.number,
        "state": "requested",
        "queue": _queue(request, line, settings),
        "menu_path": request.menu_path,
        "notes": _notes(request, request.language or line.language),
        **spoken_reason(request),
        "arrived_at": utc(requested_at if request.arrived_at is None else min(request.arrived_at, requested_at)),
        "requested_at": utc(requested_at),
        "due_at": utc(due_at),
        "own_number": own,
        "tells": request.tells,
        "told_by": _told_by(request, due_at),
        "expires_at": utc(now + TRIED_SECONDS if once else expires_at(asked_at, settings)),
        "for_agent": request.for_agent,
        "once": once,
        "reported_at": utc(now) if once else None,
        "attempts": 0,
        "asked_call_id": request.call_id,
        "ticket_number": request.ticket_number,
        "created_by": request.created_by,
    }


def _line(request: CallbackRequest, settings: Settings) -> EntryPoint:
    if request.source not in SOURCES:
        raise CallbackError("callback.no_source", source=request.source, sources=SOURCES)
    for line in settings.lines:
        if line.number == request.line:
            return line
    raise CallbackError("callback.no_line", line=request.line[:20])


def _queue(request: CallbackRequest, line: EntryPoint, settings: Settings) -> str:
    name = request.queue or settings.menus[line.menu].operator_queue
    if name not in settings.queues:
        raise CallbackError("callback.no_queue", queue=name[:40])
    if settings.queues[name].callback == "off" and not request.tells and request.for_agent is None:
        raise CallbackError("callback.off", queue=name)
    return name


def is_own_number(request: CallbackRequest, number: str, country: str) -> bool:
    """Whether the number is of whoever asks, as far as anybody can know: who asks in writing is not rung at once, and
    of a caller it is the number that the provider vouches for. A number of others is rung in its hours alone."""
    if request.own_number is not None:
        return request.own_number
    if request.caller_number is None:
        return True
    return request.came_from in TRUSTED_ORIGINS and read_number(request.caller_number, country) == number


def _due_at(
    request: CallbackRequest, number: str, settings: Settings, now: float, requested_at: float, own: bool
) -> float:
    """When the number may first be called, seen from `now`; raises CallbackError for a time that is none."""
    if request.at is None:
        asked_at = requested_at if request.source in ON_THE_PHONE and own else None
        return allowed_from(number, max(now, request.not_before or now), settings, asked_at=asked_at)
    if request.at < now - JUST_NOW_SECONDS:
        raise CallbackError("callback.past", time=_clock(request.at, number, settings))
    if request.at > now + FARTHEST_DAYS * 86400:
        raise CallbackError("callback.far", count=FARTHEST_DAYS)
    moment = max(request.at, now)
    allowed = allowed_from(number, moment, settings)
    if allowed > moment:
        later = _clock(allowed, number, settings)
        raise CallbackError("callback.hours", hours=settings.callbacks.hours, number=number, later=later)
    return moment


def _clock(moment: float, number: str, settings: Settings) -> str:
    """A time as the customer's clock shows it."""
    zone = zone_of(number, settings)
    return f"{datetime.fromtimestamp(moment, zone):%Y-%m-%d %H:%M} ({zone.key})"


def _told_by(request: CallbackRequest, due_at: float) -> datetime | None:
    """Until when the call was promised; None: no time was told."""
    if request.told_by is not None:
        return utc(request.told_by)
    return None if request.at is None else utc(due_at + WINDOW_SECONDS)


def spoken_reason(request: CallbackRequest) -> dict[str, Any]:
    """The row's values of where the spoken reason lies; None each where it lies in no recording."""
    begins, ends = request.reason_from, request.reason_to
    if request.call_id is None or begins is None or ends is None or not 0 <= begins < ends:
        return dict.fromkeys(("reason_call_id", "reason_from", "reason_to"))
    return {"reason_call_id": request.call_id, "reason_from": begins, "reason_to": ends}


def _notes(request: CallbackRequest, language: str) -> str:
    """The reason in words, with the extension before it: whoever calls asks for that, or dials it."""
    notes = "".join(character for character in request.notes if character.isprintable() or character == "\n").strip()
    if len(notes) > MOST_NOTES:
        raise CallbackError("callback.notes", length=len(notes), most=MOST_NOTES)
    found = written(request.number)
    extension = request.extension or (found.extension if found else "")
    if not extension:
        return notes
    return "\n".join(part for part in (say("callback.extension", {"extension": extension}, language), notes) if part)
