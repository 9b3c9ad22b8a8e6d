"""The form for everybody: a number, when, why; and then we call. Needs no account, no cookie and no script.

It may stand in the owner's own site (`?embed=1`, `web.embed_origins`). Against programs it has a field that people do
not see, a least time to fill it in and limits in rows; nobody else's service is asked.
"""

import logging
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from callback.errors import CallbackError
from callback.models import Callback
from callback.policy import Refusal, read_number
from callback.requests import MOST_NOTES, CallbackRequest, planned
from callback.service import RequestOutcome, promise
from callback.zones import zone_of
from ringback.config import EntryPoint
from ringback.numbers import written
from ringback.store.engine import STORE_FAULTS
from web import i18n
from web.callbacks.clock import NoTime, read_day_time, window_of
from web.callbacks.form import NO_NUMBER, NUMBER_MOST, SENTENCES, TOO_LONG, asks_which, explain
from web.context import db, now, settings
from web.public import blueprint
from web.public.service import count_in, new_token, read_token
from web.tries import network_of

log = logging.getLogger(__name__)
SOON_SECONDS = 60.0
DAYS = {"today": 0, "tomorrow": 1}
TOKEN_FAULTS: dict[str, LazyString] = {
    "none": _l("This form was not opened from here: please send it again."),
    "old": _l("This page was open for a long time: please send it again."),
    "quick": _l("That was very fast: please send it again."),
}


class AskForCall(Form):
    """What a visitor fills in."""

    number = StringField(
        _l("Your phone number"),
        validators=[
            InputRequired(_l("Enter the number we should call.")),
            Length(max=NUMBER_MOST, message=NO_NUMBER),
        ],
        render_kw={"type": "tel", "maxlength": NUMBER_MOST},
    )
    when = RadioField(
        _l("When should we call?"),
        choices=[
            SelectChoice("soon", _l("As soon as possible")),
            SelectChoice("today", _l("Today at")),
            SelectChoice("tomorrow", _l("Tomorrow at")),
        ],
        default="soon",
    )
    at = StringField(_l("Time in your own time zone"), render_kw={"type": "time"})
    note = TextAreaField(
        _l("What is it about?"),
        validators=[Length(max=MOST_NOTES, message=TOO_LONG)],
        render_kw={"rows": 3, "maxlength": MOST_NOTES},
    )
    website = StringField()
    """Filled in by programs alone."""


@dataclass
class Answer:
    """What is said after the form was sent: nothing yet, or one of promised, already, off, away."""

    kind: str = ""
    fault: str = ""
    status: int = 200
    when: str = ""
    chosen: bool = False
    """`when` is the time that was chosen; no: when numbers there are called again."""
    number: str = ""
    wait: float = 0.0


@blueprint.route("/callback", methods=["GET", "POST"])
def form() -> ResponseReturnValue:
    """The form, and what became of it."""
    line = _line()
    sent = AskForCall(request.form if request.method == "POST" else None)
    if not settings().web.public_callback:
        return _page(sent, line, Answer("off", status=404))
    if request.method == "GET":
        return _page(sent, line, Answer())
    try:
        return _page(sent, line, _take(sent, line))
    except STORE_FAULTS as error:
        log.error("the store does not answer: %s", error)
        g.pop("db", None)
        return _page(sent, line, Answer("away", status=503))


def _take(sent: AskForCall, line: EntryPoint) -> Answer:
    """Takes the form in; whatever is wrong, nothing is promised."""
    moment = now()
    name, wrong = read_token(_key(), request.form.get("token", ""), moment)
    if wrong:
        return Answer(fault=str(TOKEN_FAULTS[wrong]), status=400)
    if not sent.validate():
        return Answer(status=400)
    if sent.website.data:
        return Answer(fault=_("A hidden field was filled in: please send the form again."), status=400)
    number = read_number(str(sent.number.data), line.default_country)
    if isinstance(number, Refusal):
        sent.number.errors = [str(SENTENCES[number.code][1])]
        return Answer(status=400)
    if asks_which(sent.number, line):
        return Answer(status=400)
    found = written(str(sent.number.data))
    at = _chosen(sent, number, moment)
    if sent.at.errors:
        return Answer(status=400)
    wanted = CallbackRequest(
        number=number,
        line=line.number,
        extension=found.extension if found else "",
        source="form",
        source_key=f"form:{name}",
        language=i18n.choose_language(),
        at=at,
        notes=str(sent.note.data or ""),
    )
    try:
        return _promise(wanted, moment)
    except CallbackError as error:
        db().rollback()
        return _refused(sent, line, error, number, at)


def _promise(wanted: CallbackRequest, moment: float) -> Answer:
    """Makes the promise unless there were too many. Raises CallbackError."""
    # Before it is counted: who chooses another time three times has asked for nothing yet.
    planned(wanted, settings(), moment)
    if wait := count_in(db(), network_of(request.remote_addr), wanted.number, moment):
        return Answer(status=429, wait=wait)
    promised = promise(db(), settings(), wanted, moment)
    db().commit()
    return _promised(promised, moment)


def _chosen(sent: AskForCall, number: str, moment: float) -> float | None:
    """The chosen time by the clock where the number is; None: as soon as possible. A fault lies on the field."""
    days = DAYS.get(str(sent.when.data))
    if days is None:
        return None
    try:
        return read_day_time(days, str(sent.at.data or ""), zone_of(number, settings()), moment)
    except NoTime:
        sent.at.errors = [_("Enter the time we should call, e.g. 14:30.")]
        return None


def _refused(sent: AskForCall, line: EntryPoint, error: CallbackError, number: str, at: float | None) -> Answer:
    if error.code in ("callback.no_queue", "callback.off", "callback.no_line"):
        return Answer("off", status=404)
    where, why = explain(error, number, line, at)
    if where in ("number", "at", "note"):
        sent[where].errors = [why]
        return Answer(status=400)
    return Answer(fault=why, status=429 if error.code == "callback.day_limit" else 400)


def _promised(promised: RequestOutcome, moment: float) -> Answer:
    """What happens next. Of a promise that was there already a stranger is told nothing more."""
    if promised.joined:
        return Answer("already", number=promised.number)
    row = db().get_one(Callback, promised.id)
    due = row.due_at.timestamp()
    when = window_of(row) if due > moment + SOON_SECONDS else ""
    return Answer("promised", number=promised.number, when=when, chosen=row.told_by is not None)


def _page(sent: AskForCall, line: EntryPoint, said: Answer) -> ResponseReturnValue:
    token, moment, trunk = request.form.get("token", ""), now(), settings().trunk
    if read_token(_key(), token, moment)[1] in ("none", "old"):
        token = new_token(_key(), moment)
    here: dict[str, Any] = {key: request.args[key] for key in ("line", "embed", "lang") if key in request.args}
    page = render_template(
        "public/public.html",
        form=sent,
        said=said,
        token=token,
        line=line,
        lines=[each for each in settings().lines if each.language == line.language],
        embed=request.args.get("embed") == "1",
        here=url_for("public.form", **here),
        other_languages={
            code: (name, url_for("public.form", **{**here, "lang": code}))
            for code, name in i18n.LANGUAGES.items()
            if code != i18n.choose_language()
        },
        attempts=settings().callbacks.attempts,
        caller_id=trunk.caller_id if trunk else "",
    )
    response = make_response(page, said.status)
    if said.wait:
        response.headers["Retry-After"] = str(int(said.wait) + 1)
    return response


def _line() -> EntryPoint:
    """The line that the address asks for, else the first one of the reader's language."""
    lines, wanted = settings().lines, request.args.get("line")
    of_language = [line for line in lines if line.language == i18n.choose_language()]
    return next((line for line in lines if line.number == wanted), (of_language or lines)[0])


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])
