"""Alarms as people read them: the sentence of each kind in the reader's language, and where it leads.

Who raises an alarm writes its kind, its facts (`args`) and one English sentence; here the facts are told again in
English and Russian. A kind without a sentence here, or with facts from an older version, shows its English one.
"""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from web import access
from web.context import db, person
from web.labels import agent_name, label
from web.sentences import told

Facts = dict[str, Any]


def text_of(alarm: dict[str, Any]) -> str:
    """One sentence in the reader's language."""
    say = _SENTENCES.get(alarm["kind"])
    try:
        return str(alarm["text"]) if say is None else say(str(alarm["subject"]), alarm["args"] or {})
    except (KeyError, TypeError):
        return str(alarm["text"])


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
        links.append(("aside", _("Set aside"), url_for("admin.set_aside")))
    return links


def _overstay(agent: str, facts: Facts) -> str:
    name = agent_name(agent)
    if facts.get("reason"):
        why = str(label("reason", facts["reason"]))
        return _("%(name)s is on a break (%(why)s) for longer than it is meant to last.", name=name, why=why)
    return _("%(name)s is on a break for longer than it is meant to last.", name=name)


def _broken(_subject: str, facts: Facts) -> str:
    number = facts["number"]
    if facts.get("state") == "expired":
        return _("The promise to call %(number)s back has expired: nobody could call in time.", number=number)
    return _("%(number)s was promised a call and could not be reached.", number=number)


def _word(_subject: str, facts: Facts) -> str:
    if facts.get("speaker") == "agent":
        return _("The agent said “%(word)s”.", word=facts["word"])
    return _("The caller said “%(word)s”.", word=facts["word"])


def _search(_subject: str, facts: Facts) -> str:
    names = {"name": facts["name"], "owner": facts["owner"]}
    return str(
        ngettext(
            "The saved search “%(name)s” of %(owner)s has found %(num)d new call.",
            "The saved search “%(name)s” of %(owner)s has found %(num)d new calls.",
            facts["count"],
            **names,
        )
    )


def _heard(_subject: str, facts: Facts) -> str:
    kinds = ", ".join(str(label("secret", kind)) for kind in facts["kinds"])
    return _(
        "In the masked sound of a call something is still heard (%(kinds)s): it is kept from everybody without the "
        "right to originals.",
        kinds=kinds,
    )


def _space_low(_subject: str, facts: Facts) -> str:
    return _(
        "%(free)s GB are free where %(folder)s lies: room for %(minutes)s minutes of calls.",
        free=facts["free_gb"],
        folder=facts["folder"],
        minutes=facts["minutes"],
    )


def _space_out(_subject: str, facts: Facts) -> str:
    return _(
        "Only %(free)s GB are free where %(folder)s lies: recordings are about to be cut short. Calls go on. "
        "Make room.",
        free=facts["free_gb"],
        folder=facts["folder"],
    )


def _orphans(subject: str, facts: Facts) -> str:
    told_of = {"n": facts["count"], "folder": facts["folder"], "names": _some(facts)}
    if subject == "spool":
        return _(
            "Raw recordings in %(folder)s that belong to no call: %(n)d (%(names)s). They go after %(days)d days, "
            "unless a number is held.",
            days=facts.get("days", 365),
            **told_of,
        )
    return _("Files in %(folder)s that belong to no recording: %(n)d (%(names)s).", **told_of)


def _strangers(_subject: str, facts: Facts) -> str:
    return _(
        "Things in %(folder)s that are not recordings: %(n)d (%(names)s). Take them away.",
        n=facts["count"],
        folder=facts["folder"],
        names=_some(facts),
    )


def _damaged(_subject: str, facts: Facts) -> str:
    return _(
        "Recordings that are gone from the library, unreadable, or no longer what was written: %(n)d (%(names)s).",
        n=facts["count"],
        names=_some(facts),
    )


def _stuck(_subject: str, facts: Facts) -> str:
    text = _(
        "Recordings that wait to be finished: %(n)d, of them set aside: %(spent)d (%(names)s).",
        n=facts["count"],
        spent=facts["spent"],
        names=_some(facts),
    )
    return f"{text} {told(facts['error'])}".strip()


def _storage(_subject: str, facts: Facts) -> str:
    text = _("Recordings that wait for the storage and stay here meanwhile: %(n)d.", n=facts["count"])
    return f"{text} {told(facts['error'])}".strip()


def _some(facts: Facts) -> str:
    """The names that are listed, and that there are more."""
    names = [str(name) for name in facts["names"]]
    return ", ".join(names) + (", …" if facts["count"] > len(names) else "")


_SENTENCES: dict[str, Callable[[str, Facts], str]] = {
    "agent.overstay": _overstay,
    "callback.broken": _broken,
    "live.word": _word,
    "search.match": _search,
    "redaction.failed": _heard,
    "work.set_aside": lambda _subject, _facts: _("Work after calls failed three times and is set aside."),
    "erasure.failed": lambda _subject, _facts: _("An erasure has failed several times: somebody must look at it."),
    "rows.refused": lambda _subject, facts: _(
        "The store refused rows of calls, which are in the controller's log alone: %(why)s", why=facts["why"]
    ),
    "recording.space_low": _space_low,
    "recording.space_out": _space_out,
    "recording.orphans": _orphans,
    "recording.strangers": _strangers,
    "recording.damaged": _damaged,
    "recording.stuck": _stuck,
    "recording.storage": _storage,
}
KINDS = frozenset(_SENTENCES)
"""Every kind that is raised anywhere has a sentence; a test looks for those that have none."""
