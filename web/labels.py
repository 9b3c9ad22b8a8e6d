"""The words people read for the codes that rows carry: states, results, roles, processes.

A code without a word here is shown as it is, so that a new one is seen and not hidden.
"""

from typing import Any

from babel import Locale, UnknownLocaleError
from flask import Flask
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from recording.notes import messages_of
from ringback.messages import Message, say
from ringback.processes import PROCESSES
from transcripts.redaction.masks import shown
from web.channels.words import CHANNEL_ENTRIES, CHANNEL_STAGES, CHANNEL_TONES, CHANNEL_WORDS
from web.context import settings
from web.i18n import said
from web.privacy.words import PRIVACY, PRIVACY_TONES
from web.scoring.words import SCORING
from web.systems.words import SYSTEM_TONES, SYSTEMS


def _said(message: Message) -> str:
    """A message of another room in the reader's language."""
    return say(message.code, message.facts, str(get_locale() or "en"))


LABELS: dict[str, dict[str, LazyString]] = {
    "state": {
        "greeting": _("Greeting"),
        "menu": _("In the menu"),
        "saying": _("Hears an announcement"),
        "problem": _("Hears of a known problem"),
        "subscribing": _("Wants to be told when it is fixed"),
        "telling": _("Is told that a problem is fixed"),
        "confirming": _("Is asked what was meant"),
        "ticket": _("Is asked about the open ticket"),
        "outside": _("Connected outside"),
        "lookup": _("Looks something up"),
        "waiting": _("Waiting"),
        "offered": _("Ringing an agent"),
        "talking": _("Talking"),
        "survey": _("Survey"),
        "closing": _("Goodbye"),
        "callback": _("Requesting a callback"),
        "reason": _("Giving the reason"),
        "closed": _("Calling outside hours"),
        "message": _("Leaving a message"),
        "ended": _("Ended"),
    },
    "result": {
        "open": _("In progress"),
        "unanswered": _("Not answered yet"),
        "served": _("Served"),
        "abandoned": _("Hung up while waiting"),
        "left": _("Hung up in the menu"),
        "left_at_once": _("Hung up at once"),
        "fallback": _("Came while the program was away"),
        "promised": _("Callback promised"),
        "message": _("Left a message"),
        "spared": _("Heard of the problem, will be told"),
        "told": _("Told that a problem is fixed"),
        "closed": _("Called outside hours"),
        "self_service": _("Answered by the menu"),
        "outside": _("Connected outside"),
        "no_sound": _("No sound and no key"),
        "pbx_lost": _("Cut off: Asterisk stopped"),
        "failed": _("Failed"),
        "self_call": _("Ringback called itself"),
    },
    "recording": {
        "recording": _("Being recorded"),
        "spooled": _("Being processed"),
        "complete": _("Complete"),
        "truncated": _("Cut short"),
        "garbled": _("Garbled"),
        "missing": _("Missing"),
        "not_recorded": _("Not recorded"),
        "erased": _("Erased"),
    },
    "thing": {
        "folder": _("a folder"),
        "link": _("a link"),
        "pipe": _("a pipe"),
        "socket": _("a socket"),
        "device": _("a device"),
    },
    "text": {
        "waiting": _("text waiting its turn"),
        "running": _("text being written"),
        "done": _("text ready"),
        "failed": _("text failed"),
        "none": _("no text"),
        "erased": _("text erased"),
    },
    "agent": {
        "away": _("Away"),
        "phone lost": _("Phone unreachable"),
        "free": _("Free"),
        "ringing": _("Ringing"),
        "talking": _("Talking"),
        "wrap-up": _("Wrap-up"),
        "paused": _("Paused"),
        "busy": _("On another call"),
        "logged out": _("Logged out"),
    },
    "promise": {
        "requested": _("Waiting for its time"),
        "due": _("Waiting for an agent"),
        "provider": _("Waiting for the provider"),
        "dialling_agent": _("Agent's phone is ringing"),
        "dialling_customer": _("Customer's phone is ringing"),
        "connected": _("Talking"),
        "done": _("Kept"),
        "failed": _("Not reached"),
        "cancelled": _("Cancelled"),
        "expired": _("Expired"),
    },
    "voicemail": {
        "new": _("Not heard yet"),
        "heard": _("Heard"),
        "owned": _("Taken"),
        "answered": _("Replied to"),
    },
    "inbox": {
        "open": _("To be answered"),
        "mine": _("Mine"),
        "answered": _("Replied to"),
        "silent": _("Nothing said"),
    },
    "column": {
        "late": _("Overdue"),
        "due": _("Due now"),
        "later": _("Later"),
        "broken": _("Broken today"),
        "kept": _("Kept today"),
        "cancelled": _("Cancelled today"),
    },
    "outcome": {
        "answered": _("answered"),
        "busy": _("busy"),
        "no_answer": _("no answer"),
        "machine": _("answering machine"),
        "refused": _("call refused"),
        "unreachable": _("not reachable"),
        "wrong_number": _("no such number"),
        "provider": _("not carried by the provider"),
        "served": _("talked with an agent"),
        "promised": _("asked for another callback"),
        "message": _("left a message"),
        "told": _("was told"),
        "spared": _("will be told when the problem is fixed"),
        "abandoned": _("hung up while waiting"),
        "left": _("hung up before talking"),
        "left_at_once": _("hung up at once"),
        "fallback": _("the program was away"),
        "closed": _("answered after hours"),
        "no_sound": _("nobody was on the line"),
        "failed": _("the call failed"),
        "pbx_lost": _("Asterisk stopped"),
        "agent left": _("the agent hung up"),
        "called in": _("the customer called in"),
    },
    "source": {
        "queue": _("by a key while waiting"),
        "closed": _("by a key outside opening hours"),
        "form": _("through the web form"),
        "agent": _("by a colleague"),
        "fallback": _("while the program was away"),
        "problem": _("to be told that a problem is fixed"),
        "survey": _("by a key after the talk"),
    },
    "visit": {
        "left": _("hung up"),
        "callback": _("took a callback"),
        "overflow": _("moved to another queue"),
        "message": _("left a message"),
        "closed": _("the queue was closed"),
        "transferred": _("connected by an agent"),
        "lost": _("cut off"),
    },
    "wait": {
        "kept": _("On time"),
        "longer": _("Longer"),
        "wrong": _("Much longer"),
        "left": _("Hung up first"),
    },
    "silent": {
        "off": _("The settings say so: announce_wait is off for this queue."),
        "wrong": _(
            "3 of the last 10 waits were far longer than announced. Waits are told again when the forecast is right."
        ),
        "nobody": _("No agents are working in this queue, so the wait is unknown."),
        "new": _("There have been too few calls so far to announce a wait."),
    },
    "level": {"red": _("Urgent"), "yellow": _("Alert")},
    "speaker": {"caller": _("Caller"), "agent": _("Agent"), "ours": _("Prompts and music")},
    "role": {
        "agent": _("Agent"),
        "supervisor": _("Supervisor"),
        "trainer": _("Trainer"),
        "admin": _("Admin"),
    },
    "key_right": {
        "record": _("pause, resume and keep recordings"),
        "end_call": _("end calls in progress"),
        "all_calls": _("read calls, transcripts, promises and what is happening now"),
    },
    "key_scope": {
        "calls:read": _("read calls and their texts, and hear of calls as they happen"),
        "calls:end": _("end calls in progress"),
        "calls:dial": _("have an agent call a ticket's customer"),
        "tickets:read": _("read tickets"),
        "tickets:write": _("change tickets and write notes"),
        "contacts:read": _("read contacts"),
        "contacts:write": _("change contacts"),
        "callbacks:read": _("read promised callbacks"),
        "callbacks:write": _("promise and cancel callbacks"),
        "queues:read": _("read the state of queues and who answers them"),
        "surveys:read": _("read survey results and answers"),
        "library:read": _("read shared marks, clips, playlists, drills, exemplars, and how far assignments are"),
        "library:write": _("make marks, clips, playlists and drills, give them to people, and decide on exemplars"),
        "metrics:read": _("read metrics for monitoring (Prometheus)"),
    },
    "process": {spec.name: LazyString(_said, spec.title) for spec in PROCESSES},
    "away": {spec.name: LazyString(_said, spec.when_away) for spec in PROCESSES},
    "redaction": {
        "waiting": _("Not checked yet"),
        "clean": _("Nothing to mask"),
        "passed": _("Passed"),
        "failed": _("Check failed"),
    },
    "masked_by": {
        "sound": _("found by listening again"),
        "unheard": _("an answer that could not be understood"),
        "corrected": _("found by a correction"),
    },
    "secret": {
        "card": _("card number"),
        "code": _("security code"),
        "expiry": _("expiry date"),
        "pin": _("PIN"),
        "one_time_code": _("one-time code"),
        "password": _("password"),
        "bank_account": _("bank account number"),
        "phone": _("phone number"),
        "email": _("email address"),
        "name": _("name"),
    },
    "survey": {
        "offered": _("Being asked"),
        "hung_up": _("Asked, hung up before answering"),
        "answered": _("Answered"),
        "silent": _("Asked, no key pressed"),
        "opted_out": _("Wants to be asked no more"),
        "not_asked": _("Not asked"),
    },
    "not_asked": {
        "opted_out": _("The number is not to be asked"),
        "lately": _("The number was asked a few days ago"),
        "share": _("Only a share of callers is asked"),
    },
    "moment": {
        "hold": _("Longest on hold"),
        "silence": _("Longest silence"),
        "overlap": _("Talked over each other"),
        "transfer": _("Passed on"),
    },
    "ticket": {
        "open": _("Open"),
        "waiting": _("Waiting for the customer"),
        "solved": _("Solved"),
        "closed": _("Closed"),
    },
    "ticket_view": {
        "mine": _("Mine"),
        "mentions": _("I am mentioned"),
        "queues": _("My queues"),
        "unowned": _("Nobody's"),
        "due": _("Planned"),
        "overdue": _("Overdue"),
        "waiting": _("Waiting for the customer"),
        "open": _("All open"),
        "closed": _("Solved and closed"),
    },
    "priority": {"low": _("Low"), "normal": _("Normal"), "high": _("High"), "urgent": _("Urgent")},
    "point": {"phone": _("Phone"), "email": _("Email"), "telegram": _("Telegram")},
    "consent": {"unknown": _("not asked"), "yes": _("agreed"), "no": _("refused")},
    "consent_answer": {"unknown": _("Not known"), "yes": _("Yes"), "no": _("No")},
    "entry": {
        "opened": _("Opened"),
        "call": _("Call"),
        "callback": _("Callback"),
        "answer": _("Survey answer"),
        "poor": _("Poor answer in the survey"),
        "transcript": _("Transcript"),
        "note": _("Note"),
        "change": _("Changed"),
        "edit": _("Changed"),
        "merged": _("Merged"),
        "split": _("Split"),
        "outside": _("Other system"),
        **CHANNEL_ENTRIES,
    },
    **CHANNEL_WORDS,
    "stage": {
        "promises": _("Promises"),
        "tickets": _("Ticket"),
        "history": _("Ticket's history"),
        "poor answers": _("Poor answers in surveys"),
        "ended tickets": _("Tickets that are closed by themselves"),
        "merged tickets": _("What came late to merged tickets"),
        "outside tickets": _("Tickets in other systems"),
        "recordings": _("Recording"),
        "transcripts": _("Transcript"),
        "speech": _("Transcript"),
        "recognise": _("Transcript"),
        "turns": _("Conversation turns"),
        "redact": _("Masking of the text"),
        "mask": _("Masking of the sound"),
        "measure": _("Conversation figures"),
        "index": _("Search"),
        "summary": _("Summary"),
        **CHANNEL_STAGES,
        "topic": _("Topic of the call"),
        "retell": _("Summary by a model"),
        "topics": _("Topics"),
        "rising topics": _("Rising topics"),
    },
    "change": {
        "made": _("Added"),
        "name": _("Renamed"),
        "role": _("Role changed"),
        "language": _("Language changed"),
        "email": _("Mail address changed"),
        "password": _("New password"),
        "own_password": _("Changed their own password"),
        "signed_out": _("Signed out everywhere"),
        "deactivated": _("Deactivated"),
        "activated": _("Activated"),
        "removed": _("Removed"),
    },
    "vocabulary": {
        "used": _("In use"),
        "unused": _("Not in use"),
        "unmeasured": _("Not measured yet"),
        "off": _("Switched off"),
    },
    "correction": {"applied": _("applied"), "lost": _("needs review"), "undone": _("undone by")},
    "reason": {"missed": _("missed a call")},
    "segment": {
        "talk": _("Talk"),
        "hold": _("On hold"),
        "consult": _("Consulting a colleague"),
        "unrecorded": _("Recording paused"),
    },
    "talk_why": {
        "blind": _("transferred"),
        "attended": _("transferred after consulting"),
        "callback": _("called back"),
    },
    "prompt_whose": {
        "own": _("Own recording"),
        "made": _("Made here"),
        "shipped": _("Shipped"),
        "borrowed": _("In English"),
        "missing": _("Missing"),
        "draft": _("Draft waiting"),
    },
    "prompt_source": {
        "upload": _("Uploaded"),
        "browser": _("Recorded in the browser"),
        "phone": _("Recorded by phone"),
        "before": _("Was in use"),
    },
    "language": {"": _("Same as the browser"), "en": _("English"), "ru": _("Russian")},
    **PRIVACY,
    **SCORING,
    **SYSTEMS,
}

TONES = {
    **CHANNEL_TONES,
    "served": "good",
    "promised": "good",
    "spared": "good",
    "told": "good",
    "complete": "good",
    "passed": "good",
    "done": "good",
    "solved": "good",
    "urgent": "bad",
    "high": "warn",
    "free": "good",
    "here": "good",
    "talking": "busy",
    "survey": "busy",
    "busy": "busy",
    "open": "busy",
    **dict.fromkeys(("waiting", "offered", "ringing", "wrap-up", "abandoned", "left", "left_at_once"), "warn"),
    "fallback": "warn",
    "truncated": "warn",
    "troubled": "warn",
    "paused": "warn",
    "pbx_lost": "bad",
    "failed": "bad",
    "missing": "bad",
    "garbled": "bad",
    "expired": "bad",
    "late": "bad",
    "kept": "good",
    "own": "good",
    "borrowed": "warn",
    "draft": "warn",
    "longer": "warn",
    "wrong": "bad",
    "red": "bad",
    "lost": "warn",
    "used": "good",
    "yellow": "warn",
    "due": "warn",
    "new": "warn",
    "owned": "busy",
    "answered": "good",
    **dict.fromkeys(("dialling_agent", "dialling_customer", "connected"), "busy"),
    **PRIVACY_TONES,
    **SYSTEM_TONES,
}
"""Colour of a code's badge; the word beside it says the same, so that colour is never alone."""


def label(kind: str, code: str | None) -> LazyString | str:
    """The word for `code`; a dash for none."""
    if code is None:
        return "–"
    code = code.removeprefix("text: ") if kind == "stage" else code
    if kind == "language" and code not in LABELS[kind]:
        return language_name(code)
    return LABELS[kind].get(code, code)


def language_name(code: str) -> str:
    """What a language is called by people who read this page; its code where nobody knows it."""
    try:
        name = Locale.parse(code).get_display_name(str(get_locale() or "en"))
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:] if name else code


def tone(code: str | None) -> str:
    return TONES.get(code or "", "calm")


def line_name(number: str) -> str:
    """A line's name; empty for a line that the settings no longer have."""
    return next((line.name for line in settings().lines if line.number == number), "")


def agent_name(name: str | None) -> str:
    """How an agent is called; the bare name for one that the settings no longer have."""
    return settings().agent_called(name) if name else ""


def agent_names(names: list[str]) -> str:
    """Everybody who talked in a call, in the order of the talks."""
    return ", ".join(agent_name(name) for name in names)


def queue_name(name: str | None) -> str:
    """What a queue is called in the reader's language; the bare name of one that the settings no longer have."""
    queue = settings().queues.get(name or "")
    return queue.name_in(str(get_locale() or "en")) if queue else name or ""


def masked(text: str) -> str:
    """A text with the markers of what was masked as people read them: `•••• card number`."""
    return shown(text, lambda kind: str(label("secret", kind)))


def recording_notes(recording: dict[str, Any]) -> list[Markup]:
    """What is to be said of a recording, in sentences."""
    return [said(each) for each in messages_of(recording["notes"], recording["reason"])]


def zone_name() -> str:
    """Our own time zone, as the settings give it."""
    return settings().timezone


def init(app: Flask) -> None:
    """Makes the words known to the templates."""
    for function in (label, tone, line_name, agent_name, agent_names, queue_name, zone_name):
        app.add_template_global(function)
    app.add_template_filter(masked)
