"""Mail to who asks: where it goes, on whose clock, and of what none is wanted."""

from dataclasses import dataclass
from zoneinfo import available_timezones

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from letters.kinds import TOPICS, LetterTopic
from ringback.messages import Message
from web.context import db, person, settings
from web.documents.report_people import address_fault
from web.service import change_mail
from web.session import blueprint

WORDS: dict[LetterTopic, LazyString] = {
    "assignments": _l("Playlists that are given to me"),
    "reminders": _l("Reminders of what I have still to hear"),
    "scores": _l("Evaluations of my calls"),
    "disputes": _l("Disputes and answers to them"),
}


@dataclass(frozen=True)
class OwnMailPage:
    """Everything that session/mail.html shows."""

    address: str
    zone: str
    topics: list[tuple[str, str, bool]]
    """Name, words, whether mail of it is wanted."""
    zones: list[str]
    house_zone: str
    has_server: bool
    fault: Message | None = None


@blueprint.get("/mail")
def own_mail() -> ResponseReturnValue:
    row = person().row
    return _page(row.email, row.timezone, set(map(str, row.unwanted_mail)))


@blueprint.post("/mail")
def change_own_mail() -> ResponseReturnValue:
    """What is not ticked is wanted no more."""
    address, zone = request.form.get("email", "").strip(), request.form.get("zone", "").strip()
    wanted = request.form.getlist("topic")
    unwanted = [name for name in TOPICS if name not in wanted]
    if (fault := address_fault(address, zone)) is not None:
        return make_response(_page(address, zone, set(unwanted), fault), 400)
    row = db().merge(person().row)
    change_mail(db(), row, address, row.name)
    row.timezone, row.unwanted_mail = zone, unwanted
    db().commit()
    flash(_("Saved."))
    return redirect(url_for("session.own_mail"), 303)


def _page(address: str, zone: str, unwanted: set[str], fault: Message | None = None) -> str:
    page = OwnMailPage(
        address=address,
        zone=zone,
        topics=[(name, str(WORDS[name]), name not in unwanted) for name in TOPICS],
        zones=sorted(available_timezones()),
        house_zone=settings().timezone,
        has_server=settings().alarms.mail is not None,
        fault=fault,
    )
    return render_template("session/mail.html", **vars(page))
