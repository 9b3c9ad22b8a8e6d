"""Reports by mail: what is sent to whom and when; making one, pausing, asking for one now; and where one's own go."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from reports.errors import ReportError
from reports.schedules import service
from reports.schedules.models import ReportLetter, ReportSchedule
from reports.schedules.policy import Rhythm
from reports.schedules.recipients import ReportPerson
from reports.slots import day_of
from ringback.messages import Message
from ringback.store.base import utc
from web.context import db, needs, now, person, settings
from web.documents.report_people import as_person, person_of, readers
from web.documents.report_views import FIELDS, FIGURE_SETS, ReportRange, chosen_in, set_title, view_of
from web.documents.report_words import by_title, interval_title
from web.sending import blueprint

EVERY = ("day", "week", "month")
SENT_FIELDS = tuple(name for name in FIELDS if name not in ("period", "since", "until", "agent", "compare"))
"""What of a report's address a schedule keeps: its days are others each time."""
INTERVALS = ("hour", "day", "week", "all")
BY = ("total", "queue", "line", "agent", "topic")


@dataclass(frozen=True)
class ScheduleLine:
    """One schedule as the page shows it."""

    id: str
    title: str
    report: str
    every: str
    weekday: int
    day: int
    at: str
    file_format: str
    names: list[str]
    owner: str
    paused: bool
    may_change: bool


@dataclass(frozen=True)
class LetterLine:
    """What became of one letter."""

    id: str
    title: str
    name: str
    purpose: str
    state: str
    at: object
    days: tuple[object, object]
    error: Message | None


@dataclass(frozen=True)
class SendingPage:
    """Everything that sending/sending.html shows."""

    schedules: list[ScheduleLine]
    letters: list[LetterLine]
    people: Sequence[ReportPerson]
    sets: list[tuple[str, str]]
    intervals: list[tuple[str, str]]
    bys: list[tuple[str, str]]
    queues: list[tuple[str, str]]
    me: ReportPerson
    house_zone: str
    has_server: bool
    """Whether the settings name a mail server."""
    fault: Message | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    chosen: list[str] = field(default_factory=list)
    """Ids of people."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Of the report that is to be sent, as its address has them."""
    changes: str = ""
    """The id of the schedule that the form changes; empty: it makes one."""


@blueprint.get("/reports/sending")
@needs("reports")
def sending() -> ResponseReturnValue:
    """`report` and the fields of its address: the form proposes that one. `change`: a schedule, which it changes."""
    if (row := _asked_for(request.args.get("change", ""))) is not None:
        name, chosen = str(row.view.get("name", "")), list(row.recipients)
        typed = {"title": row.title, "report": name, "every": row.every, "at": row.at, "format": row.file_format}
        typed |= {"weekday": str(row.weekday), "day": str(row.day)}
        return _page(typed=typed, chosen=chosen, fields=row.view.get("fields", {}), changes=str(row.id))
    fields = {name: value for name, value in chosen_in(request.args.to_dict(flat=False)).items() if name in SENT_FIELDS}
    report = request.args.get("report", "")
    return _page(typed={"report": report} if report in FIGURE_SETS else {}, fields=fields)


@blueprint.post("/reports/sending")
@needs("reports")
def make() -> ResponseReturnValue:
    """What is typed is tried as its page would be, before it is kept. `schedule`: the one that is changed."""
    form = request.form
    row = _asked_for(form.get("schedule", ""))
    if row is None and form.get("schedule"):
        flash(_("This schedule was removed."))
        return redirect(url_for("sending.sending"), 303)
    typed = {name: form.get(name, "")[:200] for name in ("title", "report", "every", "at", "weekday", "day", "format")}
    fields = chosen_in({name: form.getlist(name) for name in SENT_FIELDS})
    chosen = form.getlist("person")
    me, moment = as_person(person().row), utc(now())
    people = {str(each.id): each for each in readers(db())}
    try:
        today = day_of(moment, ZoneInfo(settings().timezone))
        if typed["report"] not in FIGURE_SETS:
            raise ReportError("reports.schedule_report", value=typed["report"][:60])
        view_of(typed["report"], fields, settings(), today, ReportRange(me.queues))
        rhythm = Rhythm(typed["every"], typed["at"], _whole(typed["weekday"], 0), _whole(typed["day"], 1))  # type: ignore[arg-type]
        wanted = [people[each] for each in chosen if each in people]
        view = {"name": typed["report"], "fields": fields}
        service.save(db(), row, typed["title"], view, rhythm, typed["format"], wanted, me, moment)
    except ReportError as error:
        db().rollback()
        return make_response(_page(error.message, typed, chosen, fields, form.get("schedule", "")), 400)
    db().commit()
    flash(_("It is sent from now on.") if row is None else _("Changed: it is sent so from now on."))
    return redirect(url_for("sending.sending"), 303)


@blueprint.post("/reports/sending/<uuid:key>/<any(pause, resume, now, remove):action>")
@needs("reports")
def change(key: uuid.UUID, action: str) -> ResponseReturnValue:
    """Its owner and admins may change it; whoever is sent it may have one now."""
    row, moment = db().get(ReportSchedule, key), utc(now())
    if row is None or not _is_seen(row):
        flash(_("This schedule was removed."))
        return redirect(url_for("sending.sending"), 303)
    if action != "now" and not _may_change(row):
        abort(403)
    try:
        if action == "now":
            service.send_now(db(), row, as_person(person().row), ZoneInfo(settings().timezone), moment)
            flash(_("It is on its way to you."))
        elif action == "remove":
            service.remove(db(), row)
            flash(_("Removed: nothing is sent any more."))
        else:
            service.pause(row, moment, resume=action == "resume")
            flash(_("It is sent again.") if action == "resume" else _("Paused: nothing is sent until it is resumed."))
    except ReportError as error:
        db().rollback()
        return make_response(_page(error.message), 400)
    db().commit()
    return redirect(url_for("sending.sending"), 303)


def _asked_for(typed: str) -> ReportSchedule | None:
    """The schedule of this id, for who may change it; None: there is none of it, or no more. Else 403."""
    try:
        row = db().get(ReportSchedule, uuid.UUID(typed)) if typed else None
    except ValueError:
        row = None
    if row is not None and not _may_change(row):
        abort(403)
    return row


def _whole(typed: str, usual: int) -> int:
    """Raises ReportError."""
    if not typed:
        return usual
    if not (typed.isascii() and typed.isdigit() and len(typed) < 3):
        raise ReportError("reports.schedule_when")
    return int(typed)


def _may_change(row: ReportSchedule) -> bool:
    return person().role == "admin" or row.owner_id == person().row.id


def _is_seen(row: ReportSchedule) -> bool:
    return _may_change(row) or str(person().row.id) in row.recipients


def _page(
    fault: Message | None = None,
    typed: Mapping[str, str] | None = None,
    chosen: list[str] | None = None,
    fields: Mapping[str, str] | None = None,
    changes: str = "",
) -> str:
    language = str(get_locale() or "en")
    rows = [row for row in service.schedules(db()) if _is_seen(row)]
    me = as_person(person().row)
    page = SendingPage(
        schedules=[_line(row, language) for row in rows],
        letters=[_letter(each, {row.id: row.title for row in rows}) for each in _letters(rows)],
        people=readers(db()),
        sets=[(name, set_title(name).worded(language)) for name in FIGURE_SETS],
        intervals=[(name, interval_title(name).worded(language)) for name in INTERVALS],  # type: ignore[arg-type]
        bys=[(name, by_title(name).worded(language)) for name in BY],  # type: ignore[arg-type]
        queues=[
            (name, queue.name_in(language))
            for name, queue in settings().queues.items()
            if me.queues is None or name in me.queues
        ],
        me=me,
        house_zone=settings().timezone,
        has_server=settings().alarms.mail is not None,
        fault=fault,
        typed=typed or {},
        chosen=[str(me.id)] if chosen is None else chosen,
        fields=fields or {},
        changes=changes,
    )
    return render_template("sending/sending.html", **vars(page))


def _letters(rows: Sequence[ReportSchedule]) -> list[ReportLetter]:
    seen = {row.id for row in rows}
    return [each for each in service.letters(db()) if each.schedule_id in seen]


def _line(row: ReportSchedule, language: str) -> ScheduleLine:
    people = [person_of(db(), uuid.UUID(each)) for each in row.recipients]
    name = str(row.view.get("name", ""))
    return ScheduleLine(
        id=str(row.id),
        title=row.title,
        report=set_title(name).worded(language) if name in FIGURE_SETS else name,
        every=row.every,
        weekday=row.weekday,
        day=row.day,
        at=row.at,
        file_format=row.file_format,
        names=[each.name for each in people if each is not None],
        owner=row.owner,
        paused=row.paused_at is not None,
        may_change=_may_change(row),
    )


def _letter(row: ReportLetter, titles: Mapping[uuid.UUID, str]) -> LetterLine:
    return LetterLine(
        id=str(row.id),
        title=titles[row.schedule_id],
        name=row.name,
        purpose=row.purpose,
        state=row.state,
        at=row.finished_at or row.created_at,
        days=(row.since, row.until),
        error=row.error,
    )
