"""The list of calls as a table for spreadsheets (CSV, RFC 4180), in the words of the page.

What callers send, names above all, must not become a formula where the file is opened: a cell that begins like one has
an apostrophe before it, as OWASP's "CSV Injection" advises. Telephone numbers have it for the same reason; it also
keeps a spreadsheet from making a sum of them.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from ringback.config import Settings
from web.documents.facts import Document
from web.labels import label

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""What begins a formula, in one spreadsheet or another."""
BOM = "\ufeff"
"""By which spreadsheets know UTF-8."""


def lines(calls: Iterable[Document], settings: Settings) -> Iterator[str]:
    """Line after line, the head first."""
    head = [
        _("Time"),
        _("Caller"),
        _("Number"),
        _("Line"),
        _("Queue"),
        _("Menu path"),
        _("Wait, seconds"),
        _("Talk, seconds"),
        _("Agent"),
        _("Result"),
        _("Survey"),
        _("Ticket"),
        _("Subject"),
        _("Recording"),
        _("Text"),
        _("Call"),
    ]
    yield BOM + csv_line(head)
    displays = {agent.name: agent.display for agent in settings.agents}
    queues = {name: queue.name for name, queue in settings.queues.items()}
    zone = ZoneInfo(settings.timezone)
    for call in calls:
        arrived_at = datetime.fromisoformat(call["arrived_at"]).astimezone(zone)
        yield csv_line(
            [
                f"{arrived_at:%Y-%m-%d %H:%M:%S}",
                call["caller_name"],
                call["caller_number"],
                call["line"],
                queues.get(call["queue"], call["queue"]),
                " > ".join(str(step["label"]) for step in call["menu_path"]),
                call["wait_seconds"],
                call["talk_seconds"],
                displays.get(call["agent"], call["agent"]),
                label("result", call["result"] or "open"),
                call["answer"],
                call["ticket"],
                call["subject"],
                label("recording", call["recording"]),
                label("text", call["transcript"] or "none"),
                call["call_id"],
            ]
        )


def csv_line(cells: Sequence[object]) -> str:
    """One line; no cell of it is a formula."""
    written = io.StringIO()
    csv.writer(written).writerow([_safe(cell) for cell in cells])
    return written.getvalue()


def _safe(cell: object) -> str:
    """Text that is no formula. What only looks empty at its beginning does not hide one."""
    text = "" if cell is None else str(cell).replace("\0", "")
    begin = text.lstrip(" \u00a0\u200b\ufeff")
    return f"'{text}" if begin.startswith(FORMULA) or text.startswith(FORMULA) else text
