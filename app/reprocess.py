"""What an owner asks for on the command line after something went wrong or got better: try again, make again.

Writes rows alone; the worker, whether it runs now or later, does the work.
"""

from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from app.opened import opened
from app.terminal import cell
from ringback.config import Settings
from ringback.errors import RingbackError
from transcripts.pipeline.reprocess import reprocess
from web.documents.dead_letters import dead_letters_document, try_again


class Unclear(RingbackError):
    """What is to be done again was not said clearly."""


def set_aside(settings: Settings) -> list[dict[str, Any]]:
    """All work that failed too often. Raises UnreadableStore."""
    with opened(settings) as session:
        return dead_letters_document(session)


def retry(settings: Settings, stage: str | None, key: str | None) -> int:
    """Lets what is set aside be tried again: all of it, one stage's, or one piece; how many. Raises Unclear."""
    with opened(settings) as session:
        rows = dead_letters_document(session)
        chosen = [row for row in rows if stage in (None, row["stage"]) and key in (None, row["key"])]
        if rows and not chosen:
            raise Unclear("app.not_set_aside")
        for row in chosen:
            try_again(session, row["stage"], row["key"])
        return len(chosen)


def transcribe_again(settings: Settings, stage: str, call_id: str | None, since: str | None) -> int:
    """Asks for a stage of one call, of calls since a day or a time (UTC), or of all; of how many. Raises Unclear."""
    moment = None
    if since is not None:
        try:
            moment = datetime.fromisoformat(since)
        except ValueError as error:
            raise Unclear("app.no_time", time=since) from error
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    with opened(settings) as session:
        found = reprocess(session, stage, call_id=call_id, since=moment)
    if call_id is not None and not found:
        raise Unclear("app.no_transcript", call=call_id)
    return found


def show(rows: list[dict[str, Any]]) -> None:
    """What is set aside, for people."""
    if not rows:
        Console().print("Nothing is set aside.")
        return
    table = Table("stage", "key", "since", "why")
    for row in rows:
        table.add_row(*(cell(row[name]) for name in ("stage", "key", "at", "error")))
    Console().print(table)
