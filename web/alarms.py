"""Alarms as people read them: the sentence in the reader's language, and where it leads.

The words are those of the room that raised it (`ringback/messages.py`). An alarm without a code, or with one that
this version does not know, shows the English sentence of its row.
"""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from ringback.messages import Message, is_known, text
from web import access
from web.context import db, person
from web.i18n import said, told
from web.labels import agent_name


@dataclass(frozen=True)
class AlarmLink:
    """Where to see to an alarm."""

    name: str
    """Tells it from the other links of the alarm, in the page's ids."""
    words: str
    address: str


@dataclass(frozen=True)
class AlarmLine:
    """An alarm in a list of them."""

    id: str
    level: str
    tone: str
    words: Markup
    told: str
    """The same without marks, for those who do not see where the button stands."""
    links: list[AlarmLink]
    raised_at: str
    may_end: bool
    """Whether who looks may say that it is seen to."""


def alarm_line(alarm: dict[str, Any]) -> AlarmLine:
    """For the person who looks."""
    return AlarmLine(
        id=alarm["id"],
        level=alarm["level"],
        tone="bad" if alarm["level"] == "red" else "warn",
        words=alarm_said(alarm),
        told=alarm_told(alarm),
        links=[AlarmLink(*link) for link in links_of(alarm)],
        raised_at=alarm["raised_at"],
        may_end=person().may("alarms"),
    )


def alarm_told(alarm: dict[str, Any]) -> str:
    """One sentence in the reader's language."""
    return told(_message(alarm))


def alarm_said(alarm: dict[str, Any]) -> Markup:
    """`alarm_told` for a page, which marks what stays English."""
    return said(_message(alarm))


def _message(alarm: dict[str, Any]) -> Message:
    code, facts = alarm["code"], alarm["args"] or {}
    return Message(code, facts) if code and is_known(code, facts) else text(str(alarm["text"]))


def links_of(alarm: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Where to see to it, as far as who asks may go: [(short name, words, address), ...]."""
    facts, kind, links = alarm["args"] or {}, alarm["kind"], []
    if access.may_see_ticket(db(), person(), facts.get("ticket")):
        links.append(
            ("ticket", _("Ticket %(n)d", n=facts["ticket"]), url_for("tickets.ticket", number=facts["ticket"]))
        )
    if kind == "callback.broken":
        links.append(("promise", _("The promise"), url_for("callbacks.promise", key=alarm["subject"])))
    if kind == "search.match" and facts.get("owner") == person().name:
        links.append(("search", _("What it found"), url_for("search.search_matches", key=alarm["subject"])))
    call_id = alarm["subject"] if kind == "redaction.failed" else None
    if kind in ("live.word", "search.match"):
        call_id = facts.get("call_id")
    if call_id and access.may_see(db(), person(), call_id):
        links.append(("call", _("Call"), url_for("calls.call", call_id=call_id)))
    if kind == "agent.overstay" and access.may_set(person(), alarm["subject"]):
        links.append(("agent", agent_name(alarm["subject"]), url_for("desk.agent_page", agent=alarm["subject"])))
    if kind == "erasure.failed" and person().may("hold"):
        links.append(("erasure", _("Erasure"), url_for("privacy.erasure_page", key=alarm["subject"])))
    if kind == "work.set_aside" and person().may("again"):
        links.append(("jobs", _("Failed jobs"), url_for("admin.failed_jobs")))
    return links
