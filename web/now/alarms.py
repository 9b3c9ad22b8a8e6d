"""The alarms that stand: their page, and the line of them on every page of what goes on."""

import uuid
from dataclasses import dataclass

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from ringback.store.alarms import see_to
from ringback.store.base import utc
from ringback.store.bus import Alarm
from web import access
from web.alarms import AlarmLine, AlarmSight, alarm_lines, sight_of
from web.context import db, needs, now, person, settings
from web.documents.facts import Document
from web.documents.promises import alarms_document
from web.now import blueprint
from web.now.alarm_recipients import RecipientLine, recipient_lines
from web.polling import answer, poll_headers
from web.security import is_htmx

STRIP = 8
"""Alarms that the line of every page opens to; the rest is on the page of the alarms."""


@dataclass(frozen=True)
class AlarmStrip:
    """Everything that now/_alarms.html shows."""

    words: str
    """How many stand, in a line; empty: none."""
    red: bool
    """Whether any is urgent."""
    bar: AlarmLine | None
    """The newest urgent one, which stands open; None: none is."""
    shown: list[AlarmLine]
    """The others, as many as there is room for."""
    newest_red: str
    """Its id, so that the browser can tell a new one by sound; empty: there is none, or who looks is not to hear it."""
    is_heard: bool
    """Whether a new urgent one is to be heard by who looks, also where the page is not seen."""
    poll_headers: str
    """With which it asks again; empty: it came by itself."""


@dataclass(frozen=True)
class AlarmsPage:
    """Everything that now/alarms.html shows."""

    standing: list[AlarmLine]
    seen: list[AlarmLine]
    """Those that somebody has seen to, and that go on."""
    recipients: list[RecipientLine]
    may_see_past: bool
    """Whether who looks may see the past ones, and who is told."""


@blueprint.get("/alarms")
def alarms() -> ResponseReturnValue:
    """All that stand; for htmx the line that every page of the floor has at its top."""
    found = standing()
    if is_htmx():
        return answer("now/_alarms.html", {"alarms": found})
    seen = known_to(person(), alarms_document(db(), seen=True))
    leads = person().may("alarms")
    page = AlarmsPage(
        standing=alarm_lines(found),
        seen=alarm_lines(seen),
        recipients=recipient_lines(db(), settings()) if leads else [],
        may_see_past=leads,
    )
    return answer("now/alarms.html", {"alarms": [*found, *seen]}, **vars(page))


@blueprint.post("/alarms/<uuid:key>/seen")
@needs("alarms")
def seen_to(key: uuid.UUID) -> ResponseReturnValue:
    """Somebody has seen to it; one that is seen to already, or has mended itself, is no error."""
    row = db().get(Alarm, key) or abort(404)
    see_to(db(), row, person().name, utc(now()))
    db().commit()
    if is_htmx():
        return answer("now/_alarms.html", {"alarms": standing()})
    return redirect(url_for("now.alarms"))


def standing() -> list[Document]:
    """The alarms that stand and nobody has seen to, as far as who asks is told of them."""
    return known_to(person(), alarms_document(db()))


def known_to(who: access.Asker, found: list[Document]) -> list[Document]:
    """Those of the alarms of which `who` is told."""
    return [alarm for alarm in found if access.may_know_of_alarm(who, alarm["kind"])]


def alarm_strip() -> AlarmStrip:
    """For the person who looks, on every page that has the line."""
    found = standing()
    return alarm_strip_of(found, person(), sight_of(person(), found), poll_headers({"alarms": found}))


def alarm_strip_of(found: list[Document], who: access.Asker, sight: AlarmSight, headers: str = "") -> AlarmStrip:
    """Of the alarms that `who` is told of; `headers` are those with which it is asked for again."""
    red = [alarm for alarm in found if alarm["level"] == "red"]
    newest = max(red, key=lambda alarm: str(alarm["raised_at"]), default=None)
    others = [alarm for alarm in found if alarm is not newest]
    lines = alarm_lines([*([newest] if newest else []), *others[:STRIP]], who, sight)
    return AlarmStrip(
        words=_words(len(found), len(red)) if found else "",
        red=bool(red),
        bar=lines.pop(0) if newest else None,
        shown=lines,
        newest_red=newest["id"] if newest is not None and who.may("alarms") else "",
        is_heard=who.may("alarms"),
        poll_headers=headers,
    )


def _words(count: int, red: int) -> str:
    told = str(ngettext("%(num)d alarm", "%(num)d alarms", count))
    urgent = _("urgent: %(n)d", n=red)
    return f"{told}, {urgent}" if red else told
