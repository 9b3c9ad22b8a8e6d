"""Every kind of event that systems beside may be told: what owners may name in the settings.

It stands in the ground because the settings are checked against it. Rooms publish events where they write the rows that
changed (`outbox/service.py`); what stands in their bodies is listed in docs/webhooks.md.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

EVENT_KINDS = (
    "call.arrived",
    "call.answered",
    "call.ended",
    "callback.promised",
    "callback.kept",
    "callback.broken",
    "message.left",
    "recording.ready",
    "survey.answered",
    "ticket.opened",
    "ticket.changed",
    "ticket.merged",
    "ticket.note",
    "transcript.ready",
)


def is_told(kind: str, patterns: Iterable[str]) -> bool:
    """Whether one of `patterns` (`call.ended`, `ticket.*`, `*`) means the kind."""
    return any(fnmatchcase(kind, pattern) for pattern in patterns)
