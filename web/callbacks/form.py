"""Promises to call back as pages make and explain them: the staff's form, times on a clock, why something is refused.

What may be promised is the callback room's; here its codes become one sentence in the reader's language beside the
field that it is about.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString, force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from callback.errors import CallbackError
from callback.models import Callback
from callback.policy import allowed_from, known_number, other_readings, read_number
from callback.requests import FARTHEST_DAYS, MOST_NOTES, CallbackRequest
from callback.service import RequestOutcome, open_for, promise
from callback.zones import zone_of
from ringback.config import EntryPoint
from ringback.numbers import written
from tickets.entries import add_entry
from web.callbacks.clock import NoTime, on_clock, read_local, window_of
from web.context import db, now, person, settings
from web.labels import queue_name

NUMBER_MOST = 60
"""Characters: a number with an extension, pasted with marks around it."""
NO_NUMBER = _l("This number cannot be called: give all its digits, with the country code, e.g. +12025550123.")
TOO_LONG = _l("Use at most %(n)d characters.", n=MOST_NOTES)
_COUNTRY = _l("We do not call numbers in this country or region: give another number.")
SENTENCES: dict[str, tuple[str, LazyString]] = {
    "callback.no_number": ("number", NO_NUMBER),
    "callback.no_country": ("number", NO_NUMBER),
    "callback.wrong_digits": ("number", NO_NUMBER),
    "callback.short_number": (
        "number",
        _l("Short and emergency numbers are never called back: give another number."),
    ),
    "callback.premium": ("number", _l("This is a premium-rate number, which we do not call: give another number.")),
    "callback.not_allowed": ("number", _COUNTRY),
    "callback.not_our_country": ("number", _COUNTRY),
    "callback.number_limit": (
        "number",
        _l("This number has been called as often as is allowed today: try again tomorrow."),
    ),
    "callback.day_limit": ("", _l("No more callbacks can be promised today: try again tomorrow, or call us.")),
    "callback.no_line": ("", _l("The line that the call would belong to is gone: reload the page.")),
    "callback.no_queue": ("queue", _l("There is no such queue: choose one from the list.")),
    "callback.off": ("queue", _l("This queue does not offer callbacks: choose another one.")),
    "callback.past": ("at", _l("This time has passed: choose a later one.")),
    "callback.far": (
        "at",
        _l("A callback can be promised at most %(n)d days ahead: choose an earlier time.", n=FARTHEST_DAYS),
    ),
    "callback.nuisance": ("number", _l("This number cannot be called back.")),
    "callback.notes": ("note", TOO_LONG),
    "callback.unknown": ("", _l("There is no such promise.")),
    "callback.ended": ("", _l("This promise has already ended: nothing was changed.")),
    "callback.talking": ("", _l("An agent is talking to the customer right now: the promise is being kept.")),
}
"""The field of the form that a refusal is about, and what is said beside it. Words of their own, because strangers
read them too: neither our settings nor how often somebody was called is theirs to know."""
TROUBLE = ("", _l("The promise could not be saved: try again."))


@dataclass(frozen=True)
class About:
    """What a promise made at a page belongs to."""

    line: EntryPoint
    number: str = ""
    queue: str | None = None
    language: str | None = None
    ticket: int | None = None
    call_id: str | None = None
    """The call that asked."""
    arrived_at: float | None = None
    """Its place in line; None: now."""
    menu_path: list[dict[str, Any]] = field(default_factory=list)


class CallBack(FlaskForm):
    """Whom to call, when, by whom, why."""

    number = StringField(
        _l("Number"),
        validators=[
            InputRequired(_l("Enter the number to call.")),
            Length(max=NUMBER_MOST, message=NO_NUMBER),
        ],
        render_kw={"type": "tel", "maxlength": NUMBER_MOST},
    )
    at = StringField(_l("When (empty: as soon as someone is free)"), render_kw={"type": "datetime-local"})
    queue = SelectField(_l("Who calls"), validate_choice=False)
    note = TextAreaField(
        _l("Note for the agent"),
        validators=[Length(max=MOST_NOTES, message=TOO_LONG)],
        render_kw={"rows": 2, "maxlength": MOST_NOTES},
    )
    once = HiddenField()
    """Makes a form that is sent twice one request."""
    trouble: str = ""
    """What is wrong beyond any one field."""


def line_of(number: str | None) -> EntryPoint:
    """The line of that number; the first where the settings have it no longer."""
    return next((line for line in settings().lines if line.number == number), settings().lines[0])


def form_about(about: About) -> CallBack:
    """The form, filled in from what the page is about, or with what was sent."""
    form = CallBack(prefix="back-")
    names = [name for name, queue in settings().queues.items() if queue.callback != "off"]
    form.queue.choices = [SelectChoice(name, queue_name(name)) for name in names]
    if not form.is_submitted():
        usual = settings().menus[about.line.menu].operator_queue
        form.number.data = about.number
        form.queue.data = next((name for name in (about.queue, usual) if name in names), names[0] if names else None)
        form.once.data = uuid.uuid4().hex
    return form


def asks_which(part: StringField, line: EntryPoint) -> bool:
    """Whether the field's digits are valid as more than one number: the field asks which, and has the likelier one."""
    text = str(part.data)
    others = other_readings(text, line.default_country, settings())
    likelier = known_number(text, line.default_country)
    if not others or not isinstance(likelier, str):
        return False
    part.errors = [
        _(
            "This may be %(number)s or %(other)s: send the form again for the first, or enter the second.",
            number=likelier,
            other=others[0],
        )
    ]
    found = written(text)
    part.data = f"{likelier} ext. {found.extension}" if found and found.extension else likelier
    return True


def open_promise(number: str, country: str) -> Callback | None:
    """The promise that this number has now, if it is a number."""
    read = read_number(number, country) if number else None
    return open_for(db(), read) if isinstance(read, str) else None


def give(
    form: CallBack, about: About, also: Callable[[RequestOutcome], None] = lambda _promised: None
) -> RequestOutcome | None:
    """Makes the promise that the form asks for, does `also`, and commits; None: the form says what is wrong."""
    if not form.validate_on_submit():
        return None
    if asks_which(form.number, about.line):
        return None
    text, moment = str(form.number.data), now()
    try:
        at = read_local(str(form.at.data or ""), ZoneInfo(settings().timezone))
    except NoTime:
        form.at.errors = [_("This is not a time: give the day and the time.")]
        return None
    wanted = CallbackRequest(
        number=text,
        line=about.line.number,
        source="agent",
        source_key=f"agent:{person().row.id.hex}:{str(form.once.data)[:64]}" if form.once.data else None,
        queue=str(form.queue.data or ""),
        language=about.language,
        arrived_at=about.arrived_at,
        at=at,
        menu_path=about.menu_path,
        notes=str(form.note.data or ""),
        call_id=about.call_id,
        ticket_number=about.ticket,
        created_by=person().name,
    )
    try:
        promised = promise(db(), settings(), wanted, moment)
    except CallbackError as error:
        db().rollback()
        where, why = explain(error, text, about.line, at)
        if where:
            form[where].errors = [why]
        else:
            form.trouble = why
        return None
    if about.ticket is not None and not promised.again:
        _note(db(), about.ticket, promised, at, about.language or about.line.language)
    also(promised)
    db().commit()
    return promised


def outcome(promised: RequestOutcome) -> str:
    """What became of the request, for who asked."""
    row = db().get_one(Callback, promised.id, populate_existing=True)
    if row.told_by is not None:
        return _("Promised: %(number)s will be called back on %(when)s.", number=promised.number, when=window_of(row))
    if promised.joined:
        return _(
            "A callback to %(number)s is already promised: this request is now part of it.", number=promised.number
        )
    return _("Promised: %(number)s will be called back. The Promises page shows when.", number=promised.number)


def _note(session: Session, ticket: int, promised: RequestOutcome, at: float | None, language: str) -> None:
    """One line in the ticket's history, in the language of its customer."""
    with force_locale(language):
        if at is None:
            text = _("Promised to call %(number)s back as soon as somebody is free.", number=promised.number)
        else:
            when = window_of(session.get_one(Callback, promised.id, populate_existing=True))
            text = _("Promised to call %(number)s back on %(when)s.", number=promised.number, when=when)
    key = f"promise:{promised.id}:{at or 0:.0f}"
    add_entry(session, ticket, "callback", text, author=person().name, source_key=key)


def explain(error: CallbackError, number: str, line: EntryPoint, at: float | None) -> tuple[str, str]:
    """The field that the refusal is about (empty: none) and one sentence in the reader's language."""
    if error.code == "callback.hours" and at is not None:
        read = read_number(number, line.default_country)
        if isinstance(read, str):
            zone = zone_of(read, settings())
            later = on_clock(allowed_from(read, at, settings()), zone)
            hours = settings().callbacks.hours.replace("-", "–")
            return "at", _(
                "That number can be called from %(hours)s only. The next possible time is %(later)s.",
                hours=hours,
                later=later,
            )
    where, sentence = SENTENCES.get(error.code, TROUBLE)
    return where, str(sentence)
