"""The alarms that stand: their page, and the strip of them on every page of what goes on."""

import uuid
from dataclasses import dataclass

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from ringback.store.alarms import see_to
from ringback.store.base import utc
from ringback.store.bus import Alarm
from web import access
from web.alarms import AlarmLine, alarm_line
from web.context import db, needs, now, person
from web.documents.facts import Document
from web.documents.promises import alarms_document
from web.now import blueprint
from web.polling import answer, poll_headers
from web.security import is_htmx

STRIP = 3
"""Alarms that every page shows; the rest is on the page of the alarms."""


@dataclass(frozen=True)
class AlarmStrip:
    """Everything that now/_alarms.html shows."""

    shown: list[AlarmLine]
    more: int
    """How many more stand."""
    poll_headers: str
    """With which it asks again."""


@blueprint.get("/alarms")
def alarms() -> ResponseReturnValue:
    """All that stand; for htmx the strip that every page of the floor has at its top."""
    found = standing()
    if is_htmx():
        return answer("now/_alarms.html", {"alarms": found})
    return answer("now/alarms.html", {"alarms": found}, alarms=[alarm_line(alarm) for alarm in found])


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
    """The alarms that stand, as far as who asks is told of them."""
    return [alarm for alarm in alarms_document(db()) if access.may_know_of_alarm(person(), alarm["kind"])]


def alarm_strip() -> AlarmStrip:
    """For the person who looks, on every page that has the strip."""
    found = standing()
    shown = [alarm_line(alarm) for alarm in found[:STRIP]]
    return AlarmStrip(shown, max(0, len(found) - STRIP), poll_headers({"alarms": found}))
