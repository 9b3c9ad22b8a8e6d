"""Alarms as people read them: the sentence in the reader's language, and where it leads.

The words are those of the room that raised it (`ringback/messages.py`). An alarm without a code, or with one that
this version does not know, shows the English sentence of its row.
"""

from collections.abc import Collection
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from calls.models import Call
from contacts.service import names_of
from ringback.messages import Message, is_known, text
from web import access
from web.context import db, person
from web.documents.facts import Document
from web.i18n import plain, said, told
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
    about: str
    """Whom it is about, as far as the sentence does not say: agent and caller; empty: nobody, or nobody's affair."""
    links: list[AlarmLink]
    raised_at: str
    seen_by: str
    """Who has seen to it while it goes on; empty: nobody yet."""
    may_end: bool
    """Whether who looks may say that it is seen to."""


@dataclass(frozen=True)
class AlarmSight:
    """What somebody may open of all that alarms are about. People of one role who have the same are shown the same."""

    calls: frozenset[str]
    tickets: frozenset[int]
    own: frozenset[str]
    """The alarms that are the person's own affair: of a search that was saved, of an agent who may be set."""


def sight_of(who: access.Asker, alarms: list[Document], calls: Collection[str] | None = None) -> AlarmSight:
    """Of `who`; `calls` are those of the alarms' calls that may be seen, where that is known already."""
    seen = access.seen_calls(db(), who, calls_of(alarms)) if calls is None else calls
    tickets = access.seen_tickets(db(), who, {(alarm["args"] or {}).get("ticket") for alarm in alarms})
    own = (alarm["id"] for alarm in alarms if _is_own(who, alarm))
    return AlarmSight(frozenset(seen), frozenset(tickets), frozenset(own))


def _is_own(who: access.Asker, alarm: Document) -> bool:
    if alarm["kind"] == "agent.overstay":
        return access.may_set(who, alarm["subject"])
    return alarm["kind"] == "search.match" and (alarm["args"] or {}).get("owner") == who.name


def alarm_lines(
    alarms: list[Document], who: access.Asker | None = None, sight: AlarmSight | None = None
) -> list[AlarmLine]:
    """For `who`, without it for the person who looks; calls and names are asked for once for all of them."""
    who = who or person()
    sight = sight or sight_of(who, alarms)
    names = _names(alarms, sight.calls)
    return [
        AlarmLine(
            id=alarm["id"],
            level=alarm["level"],
            tone="bad" if alarm["level"] == "red" else "warn",
            words=alarm_said(alarm),
            told=alarm_told(alarm),
            about=names.get(alarm["id"], ""),
            links=[AlarmLink(*link) for link in links_of(alarm, who, sight)],
            raised_at=alarm["raised_at"],
            seen_by=agent_name(alarm.get("seen_by")),
            may_end=who.may("alarms") and alarm.get("seen_by") is None,
        )
        for alarm in alarms
    ]


def _names(alarms: list[Document], seen: Collection[str]) -> dict[str, str]:
    """By alarm whom it is about, as far as who looks may know: the agent and the caller of its call, if that is one of
    `seen`, or the customer whose number it tells."""
    by_call = {alarm["id"]: call_of(alarm) for alarm in alarms}
    shown = {call_id for call_id in by_call.values() if call_id in seen}
    calls = {row.call_id: row for row in db().scalars(select(Call).where(Call.call_id.in_(shown)))} if shown else {}
    numbers = {alarm["id"]: str((alarm["args"] or {}).get("number") or "") for alarm in alarms}
    wanted = {number for number in numbers.values() if number}
    contacts = names_of(db(), wanted) if wanted else {}
    found = {}
    for alarm in alarms:
        call = calls.get(by_call[alarm["id"]] or "")
        if call is not None:
            who = plain(call.caller_name).strip() or plain(call.caller_number).strip() or _("no number")
            found[alarm["id"]] = ", ".join(each for each in (agent_name(call.agent), who) if each)
        elif contacts.get(numbers[alarm["id"]]):
            found[alarm["id"]] = plain(contacts[numbers[alarm["id"]]])
    return found


def calls_of(alarms: list[Document]) -> set[str]:
    """The calls that these alarms are about."""
    return {call_id for alarm in alarms if (call_id := call_of(alarm)) is not None}


def call_of(alarm: Document) -> str | None:
    """The call that an alarm is about; None: it is about none."""
    if alarm["kind"] == "redaction.failed":
        return str(alarm["subject"])
    found = (alarm["args"] or {}).get("call_id")
    return None if found is None else str(found)


def alarm_told(alarm: Document) -> str:
    """One sentence in the reader's language."""
    return told(_message(alarm))


def alarm_said(alarm: Document) -> Markup:
    """`alarm_told` for a page, which marks what stays English."""
    return said(_message(alarm))


def _message(alarm: Document) -> Message:
    code, facts = alarm["code"], alarm["args"] or {}
    return Message(code, facts) if code and is_known(code, facts) else text(str(alarm["text"]))


def links_of(alarm: Document, who: access.Asker, sight: AlarmSight) -> list[tuple[str, str, str]]:
    """Where to see to it, as far as `who` may go: [(short name, words, address), ...]."""
    facts, kind, links = alarm["args"] or {}, alarm["kind"], []
    if facts.get("ticket") in sight.tickets:
        links.append(
            ("ticket", _("Ticket %(n)d", n=facts["ticket"]), url_for("tickets.ticket", number=facts["ticket"]))
        )
    if kind == "callback.broken":
        links.append(("promise", _("The promise"), url_for("callbacks.promise", key=alarm["subject"])))
    if kind == "search.match" and alarm["id"] in sight.own:
        links.append(("search", _("What it found"), url_for("search.search_matches", key=alarm["subject"])))
    if kind == "promise.unseen" and facts.get("promise"):
        links.append(("promise", _("The promise"), url_for("callbacks.promise", key=facts["promise"])))
    if kind in ("queue.nobody", "queue.wait", "calls.nearly_full"):
        links.append(("now", _("Now"), url_for("now.now_page")))
    call_id = call_of(alarm)
    if call_id in sight.calls:
        links.append(("call", _("Call"), url_for("calls.call", call_id=call_id)))
    if kind == "agent.overstay" and alarm["id"] in sight.own:
        links.append(("agent", agent_name(alarm["subject"]), url_for("desk.agent_page", agent=alarm["subject"])))
    if kind == "erasure.failed" and who.may("hold"):
        links.append(("erasure", _("Erasure"), url_for("privacy.erasure_page", key=alarm["subject"])))
    links += _for_whoever_may(kind, who)
    return links


def _for_whoever_may(kind: str, who: access.Asker) -> list[tuple[str, str, str]]:
    """Pages that a plain right opens."""
    if kind == "alarm.unsent" and who.may("alarms"):
        return [("told", _("Who is told"), url_for("now.alarms", _anchor="told"))]
    if kind == "letter.unsent" and who.may("people"):
        return [("people", _("People"), url_for("admin.people"))]
    if kind in ("channel.apart", "channel.inbox") and who.may("alarms"):
        return [("channels", _("Channels"), url_for("channels.channels"))]
    if kind in ("receiver.away", "receiver.unsent", "connector.unread") and who.may("again"):
        return [("systems", _("Connected systems"), url_for("systems.systems"))]
    if kind == "dispute.late" and who.may("train"):
        return [("disputes", _("Disputes to answer"), url_for("scoring.home", _anchor="disputes"))]
    if kind == "work.set_aside" and who.may("again"):
        return [("jobs", _("Failed jobs"), url_for("admin.failed_jobs"))]
    return []
