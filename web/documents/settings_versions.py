"""Versions of the settings, and which part of Ringback works with which: as the page and the command line show them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from publishing import history
from publishing.models import SettingsTaken
from ringback.config import Settings
from ringback.messages import Message, as_document
from ringback.processes import CONTROLLER, PROCESSES
from ringback.store.bus import Process
from web.documents.facts import Document


def versions_document(session: Session, in_force: int) -> list[Document]:
    """All that are kept, newest first."""
    return [
        {
            "number": row.number,
            "at": row.at.isoformat(timespec="seconds"),
            "by": row.by,
            "why": row.why,
            "source": row.source,
            "rolls_back_to": row.rolls_back_to,
            "digest": row.digest,
            "in_force": row.number == in_force,
        }
        for row in history.versions(session)
    ]


def not_taken_document(session: Session, settings: Settings, in_force: int, now: datetime) -> list[Document]:
    """Parts that work with another version than the one in force, or of which it is not known, in the order of their
    list; Asterisk last."""
    taken = history.parts(session)
    processes = {row.name: row for row in session.scalars(select(Process))}
    expected = [spec.name for spec in PROCESSES if spec.runs(settings) and (spec.is_needed or spec.name in taken)]
    found: list[Document] = []
    for part in [*expected, *([] if settings.ami.external else [history.ASTERISK])]:
        row = taken.get(part)
        if row is not None and row.number == in_force and row.trouble is None:
            continue
        # Asterisk is told by the controller, which says where it is away.
        process = processes.get(CONTROLLER.name if part == history.ASTERISK else part)
        found.append(
            {
                "part": part,
                "works_with": None if row is None else row.number,
                "away": process is None or process.is_away(now),
                **as_document("trouble", _trouble(part, row, process)),
            }
        )
    return found


def _trouble(part: str, row: SettingsTaken | None, process: Process | None) -> Message | None:
    if row is not None and row.trouble is not None:
        return row.trouble
    return process.trouble if part == history.ASTERISK and process is not None else None
