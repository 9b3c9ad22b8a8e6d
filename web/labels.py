"""The words people read for the codes that rows carry: states, results, roles, processes.

A code without a word here is shown as it is, so that a new one is seen and not hidden.
"""

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from web.context import settings

LABELS: dict[str, dict[str, LazyString]] = {
    "state": {
        "greeting": _("Greeting"),
        "menu": _("In the menu"),
        "waiting": _("Waiting"),
        "offered": _("Ringing an agent"),
        "talking": _("Talking"),
        "survey": _("Survey"),
        "closing": _("Goodbye"),
        "ended": _("Ended"),
    },
    "result": {
        "open": _("Going on"),
        "served": _("Served"),
        "abandoned": _("Hung up while waiting"),
        "left": _("Hung up in the menu"),
        "pbx_lost": _("Cut off: Asterisk stopped"),
        "failed": _("Failed"),
    },
    "recording": {
        "recording": _("Being recorded"),
        "spooled": _("Being finished"),
        "complete": _("Complete"),
        "truncated": _("Cut short"),
        "missing": _("Missing"),
    },
    "transcript": {
        "waiting": _("Waiting its turn"),
        "running": _("Being written"),
        "done": _("Done"),
        "failed": _("Failed"),
        "none": _("None"),
    },
    "agent": {
        "away": _("Away"),
        "free": _("Free"),
        "ringing": _("Ringing"),
        "talking": _("Talking"),
        "wrap-up": _("Wrap-up"),
        "paused": _("Paused"),
        "busy": _("Own call"),
    },
    "speaker": {"caller": _("Caller"), "agent": _("Agent")},
    "role": {
        "agent": _("Agent"),
        "supervisor": _("Supervisor"),
        "trainer": _("Trainer"),
        "admin": _("Admin"),
    },
    "process": {"controller": _("Calls"), "worker": _("Recordings and transcripts"), "web": _("Pages")},
    "away": {
        "controller": _("New callers are offered a callback by the fallback script; callers inside stay on music."),
        "worker": _("Calls go on; recordings, transcripts and tickets of ended calls wait until the worker is back."),
        "web": _("Pages are not served."),
    },
    "survey": {
        "offered": _("Asked, hung up before an answer"),
        "answered": _("Answered"),
        "silent": _("Asked, no key pressed"),
    },
    "ticket": {"open": _("Open"), "closed": _("Closed")},
    "priority": {"low": _("Low"), "normal": _("Normal"), "high": _("High")},
    "entry": {
        "opened": _("Opened"),
        "call": _("Call"),
        "callback": _("Callback"),
        "answer": _("Survey answer"),
        "transcript": _("Transcript"),
        "note": _("Note"),
    },
    "reason": {"missed": _("missed a call")},
    "language": {"": _("As the browser asks"), "en": _("English"), "ru": _("Russian")},
}

TONES = {
    "served": "good",
    "complete": "good",
    "done": "good",
    "free": "good",
    "here": "good",
    "talking": "busy",
    "survey": "busy",
    "busy": "busy",
    "open": "busy",
    "waiting": "warn",
    "offered": "warn",
    "ringing": "warn",
    "wrap-up": "warn",
    "abandoned": "warn",
    "left": "warn",
    "truncated": "warn",
    "troubled": "warn",
    "paused": "warn",
    "pbx_lost": "bad",
    "failed": "bad",
    "missing": "bad",
}
"""Colour of a code's badge; the word beside it says the same, so that colour is never alone."""


def label(kind: str, code: str | None) -> LazyString | str:
    """The word for `code`; a dash for none."""
    if code is None:
        return "–"
    return LABELS[kind].get(code, code)


def tone(code: str | None) -> str:
    return TONES.get(code or "", "calm")


def line_name(number: str) -> str:
    """A line's name; empty for a line that the settings no longer have."""
    return next((line.name for line in settings().lines if line.number == number), "")


def agent_name(name: str | None) -> str:
    """How an agent is called; the bare name for one that the settings no longer have."""
    return next((agent.display for agent in settings().agents if agent.name == name), name or "")


def queue_name(name: str | None) -> str:
    queue = settings().queues.get(name or "")
    return queue.name if queue else name or ""


def init(app: Flask) -> None:
    """Makes the words known to the templates."""
    for function in (label, tone, line_name, agent_name, queue_name):
        app.add_template_global(function)
