"""`ringback alarm test`: a test message to each recipient of alarms, sent from here, whether a worker runs or not."""

import time
from dataclasses import asdict, dataclass
from threading import Event
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.markup import escape
from sqlalchemy.orm import Session, sessionmaker

from alarms.addresses import shown
from alarms.deliver import Courier
from alarms.models import AlarmMessage
from alarms.service import ask_test
from app.opened import opened
from ringback.config import Settings
from ringback.store.engine import open_store, sessions

SETTLE_SECONDS = 90.0
"""For a message that a worker has in hand."""


@dataclass(frozen=True)
class TestedAddress:
    """What became of one test message."""

    recipient: str
    address: str
    sent: bool
    why: str
    """Why it was not; empty: it was."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def run(settings: Settings, recipient: str | None) -> list[TestedAddress]:
    """Raises NoRecipient, UnreadableStore."""
    with opened(settings) as session:
        asked = ask_test(session, settings, recipient, None)
    engine = open_store(settings.store_url)
    try:
        return [_result(sessions(engine), settings, key) for key in asked]
    finally:
        engine.dispose()


def _result(store: sessionmaker[Session], settings: Settings, key: UUID) -> TestedAddress:
    """Sends it, unless a worker was quicker; what it says then."""
    with store() as session:
        by_mail = session.get_one(AlarmMessage, key).address.startswith("mail:")
    Courier(store, settings, by_mail).deliver(str(key))
    deadline, pause = time.monotonic() + SETTLE_SECONDS, Event()
    while True:
        with store() as session:
            row = session.get_one(AlarmMessage, key)
        if row.state != "waiting" or row.error is not None or time.monotonic() > deadline:
            why = "" if row.state == "sent" else str(row.error or row.state)
            return TestedAddress(row.recipient, shown(row.address), row.state == "sent", why)
        pause.wait(0.2)


def show(found: list[TestedAddress]) -> None:
    """A line for each."""
    console = Console(highlight=False)
    if not found:
        console.print("Nobody is told of alarms: name people under `alarms.recipients` in ringback.yaml.")
    for each in found:
        mark = "[green]sent[/green]" if each.sent else "[red bold]NOT SENT[/red bold]"
        why = f": {escape(each.why)}" if each.why else ""
        console.print(f"{mark}  {each.recipient}  {escape(each.address)}{why}", soft_wrap=True)
