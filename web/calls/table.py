"""The list of calls as a table for spreadsheets, in the words of the page."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from ringback.config import Settings
from ringback.spreadsheets import BOM, csv_line
from web.documents.facts import Document
from web.labels import label


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
