"""All rows of all rooms as one schema: for migrations alone, which must see every table.

Rooms are named as text, so that the store imports none of them.
"""

from importlib import import_module
from typing import Any

from sqlalchemy import MetaData

from ringback.store.base import Base

MODEL_MODULES = (
    "ringback.store.bus",
    "ringback.store.dead_letters",
    "ringback.store.waits",
    "outbox.models",
    "connectors.models",
    "calls.models",
    "history.models",
    "letters.models",
    "contacts.models",
    "publishing.models",
    "tickets.models",
    "survey.models",
    "nuisance.models",
    "problems.models",
    "callback.models",
    "voicemail.models",
    "recording.models",
    "retention.models",
    "transcripts.models",
    "transcripts.text.models",
    "transcripts.live.models",
    "transcripts.redaction.models",
    "transcripts.search.models",
    "summary.models",
    "channels.models",
    "topics.models",
    "library.drill.models",
    "library.models",
    "alarms.models",
    "reports.models",
    "reports.goals.models",
    "reports.schedules.models",
    "scoring.models",
    "web.models",
)


def metadata() -> MetaData:
    """The schema with every room's rows."""
    for name in MODEL_MODULES:
        import_module(name)
    return Base.metadata


def is_described(_object: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Whether rows describe it. The search's own index differs by store and is made by statements beside its rows."""
    return not (kind in ("table", "index") and (name or "").startswith("search_token"))
