"""Every kind of alarm there is: what owners may name in the settings, and what pages and messages treat apart.

It stands in the ground because the settings are checked against it. Rooms raise alarms with their own words
(`ringback/store/alarms.py`); a test holds this list to what they raise. Who is told of which is the room `alarms`'.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class AlarmKind:
    """What is the same for all alarms of a kind."""

    lasts: bool = False
    """Whoever raised it clears it when it is over. Others end when somebody has seen to them."""
    quotes: bool = False
    """It tells what somebody said on the phone, or is one person's own: told to nobody who does not name it."""


_LASTS = AlarmKind(lasts=True)
ALARM_KINDS: dict[str, AlarmKind] = {
    "agent.overstay": AlarmKind(),
    "alarm.unsent": _LASTS,
    "app.self_call_failed": _LASTS,
    "backup.old": _LASTS,
    "callback.broken": AlarmKind(),
    "calls.nearly_full": _LASTS,
    "calls.refused": _LASTS,
    "certificate.ends": _LASTS,
    "connector.unread": _LASTS,
    "channel.apart": _LASTS,
    "channel.inbox": _LASTS,
    "dispute.late": _LASTS,
    "erasure.failed": _LASTS,
    "letter.unsent": _LASTS,
    "life.unheard": _LASTS,
    "live.word": AlarmKind(quotes=True),
    "lookup.away": _LASTS,
    "message.unseen": _LASTS,
    "phones.guessed": _LASTS,
    "process.away": _LASTS,
    "promise.unseen": _LASTS,
    "queue.nobody": _LASTS,
    "queue.wait": _LASTS,
    "receiver.away": _LASTS,
    "receiver.unsent": _LASTS,
    "recording.damaged": AlarmKind(),
    "recording.garbled": AlarmKind(),
    "recording.orphans": AlarmKind(),
    "recording.space_low": _LASTS,
    "recording.space_out": _LASTS,
    "recording.storage": _LASTS,
    "recording.strangers": AlarmKind(),
    "recording.stuck": _LASTS,
    "redaction.failed": AlarmKind(),
    "rows.refused": AlarmKind(),
    "search.match": AlarmKind(quotes=True),
    "settings.refused": _LASTS,
    "switch.away": _LASTS,
    "ticket.overdue": _LASTS,
    "trunk.trouble": _LASTS,
    "work.set_aside": AlarmKind(),
}


def lasts(kind: str) -> bool:
    """Whether an alarm goes on after somebody has seen to it, until its cause is gone."""
    return ALARM_KINDS.get(kind, AlarmKind()).lasts


def is_wanted(kind: str, patterns: Iterable[str]) -> bool:
    """Whether one of `patterns` (`trunk.trouble`, `recording.*`, `*`) means the kind; `*` means none that quotes."""
    quotes = ALARM_KINDS.get(kind, AlarmKind()).quotes
    return any(fnmatchcase(kind, pattern) and not (quotes and pattern == "*") for pattern in patterns)
