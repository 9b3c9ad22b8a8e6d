"""The mirror of the menus as its page shows it: which time and line are meant, and all words and addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _

from ringback.store.base import utc
from web import i18n
from web.calls.listing import address
from web.context import db, now, settings
from web.documents.facts import Document
from web.documents.flow import DaysShown
from web.documents.menu_mirror import mirror_document
from web.labels import agent_name, queue_name

PERIODS = (1, 7, 30)
"""Days that can be looked at, with today: by the days of the flow's page, so that both tell the same."""
USUAL = 7


@dataclass(frozen=True)
class AskedMirror:
    """An address, understood."""

    days: int
    line: str | None
    """None: all lines together."""

    @property
    def address(self) -> dict[str, Any]:
        """What of it is not the usual, for links."""
        return {
            **({} if self.days == USUAL else {"days": self.days}),
            **({} if self.line is None else {"line": self.line}),
        }


@dataclass(frozen=True)
class MirrorPage:
    """Everything that menus/mirror.html shows."""

    asked: AskedMirror
    found: Document | None
    """None: still to be counted."""
    periods: list[tuple[int, str]]
    lines: list[tuple[str, str]]
    is_empty: bool
    """Nobody called in this time."""


def asked_in(args: Mapping[str, str]) -> AskedMirror:
    """What is no period or no line of the settings is the usual one."""
    days = args.get("days", "")
    line = args.get("line", "")
    return AskedMirror(
        days=int(days) if days in map(str, PERIODS) else USUAL,
        line=line if line in {each.number for each in settings().lines} else None,
    )


def mirror_page(asked: AskedMirror, *, counts: bool) -> MirrorPage:
    """With its figures, or with their place alone."""
    found = _counted(asked) if counts else None
    words = {1: _("Today"), 7: _("Last 7 days"), 30: _("Last 30 days")}
    return MirrorPage(
        asked=asked,
        found=found,
        periods=[(days, words[days]) for days in PERIODS],
        lines=[(line.number, f"{line.name} {line.number}") for line in settings().lines],
        is_empty=found is not None and not found["calls"],
    )


def _counted(asked: AskedMirror) -> Document:
    """The figures, with the addresses of the calls behind them."""
    shown, zone = DaysShown.until(utc(now()), asked.days, settings()), ZoneInfo(settings().timezone)
    since, until = (datetime.combine(day, time(), zone) for day in (shown.first, shown.last + timedelta(days=1)))
    found = mirror_document(db(), settings(), since, until, asked.line, i18n.choose_language())
    base = {"from": str(shown.first), "to": str(shown.last), **({} if asked.line is None else {"line": asked.line})}
    for menu in found["menus"]:
        menu["calls"] = address("calls.calls", base | {"menu": menu["name"]})
        for option in menu["options"]:
            option["calls"] = address("calls.calls", base | {"menu": f"{menu['name']}:{option['key']}"})
            _dress(option)
    return found


def _dress(option: Document) -> None:
    """Names and addresses of what stands below one option."""
    for target in option["passed_on_to"]:
        known = queue_name(target["name"]) if target["kind"] == "queue" else agent_name(target["name"])
        target["words"] = known or _("Unknown")
    for each in option["said"]:
        each["page"] = url_for("calls.call", call_id=each["call_id"], at=each["at"])
