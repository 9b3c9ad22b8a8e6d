"""What pages and the command line ask: who is told, how it went lately, and a test on demand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from alarms.addresses import AlarmAddress, addresses_of, all_addresses, shown
from alarms.errors import NoRecipient
from alarms.models import AlarmMessage, AlarmTold
from ringback.config import Settings
from ringback.messages import Message
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7


@dataclass(frozen=True)
class AddressState:
    """How it is with one address."""

    recipient: str
    address: str
    """For people: no secret in it."""
    test: AlarmMessage | None
    """The newest test; None: there was none."""
    last_sent: datetime | None
    """When something arrived there last; None: never."""
    trouble: Message | None
    """Why the newest message does not arrive; None: it did, or nobody has tried yet."""


def states(session: Session, settings: Settings) -> list[AddressState]:
    """Every address of the settings, in their order."""
    return [_state(session, address) for address in all_addresses(settings).values()]


def _state(session: Session, address: AlarmAddress) -> AddressState:
    mine = select(AlarmMessage).where(AlarmMessage.recipient == address.recipient, AlarmMessage.address == address.name)
    newest_first = mine.order_by(AlarmMessage.id.desc()).limit(1)
    newest = session.scalars(newest_first).first()
    sent = session.scalars(newest_first.where(AlarmMessage.state == "sent")).first()
    test = session.scalars(newest_first.where(AlarmMessage.purpose == "test")).first()
    trouble = None if newest is None or newest.state == "sent" else newest.error
    return AddressState(address.recipient, address.shown, test, None if sent is None else sent.finished_at, trouble)


def ask_test(session: Session, settings: Settings, recipient: str | None, by: str | None) -> list[UUID]:
    """Writes a test for each address of a recipient (None: of all), which a worker sends; their ids. One that still
    waits is not doubled. The caller commits. Raises NoRecipient."""
    recipients = settings.alarms.recipients
    if recipient is not None and recipient not in recipients:
        raise NoRecipient("alarms.no_recipient", name=recipient, known=sorted(recipients))
    asked = [recipient] if recipient is not None else list(recipients)
    return [_test(session, address, by) for name in asked for address in addresses_of(name, recipients[name])]


def _test(session: Session, address: AlarmAddress, by: str | None) -> UUID:
    key = {"recipient": address.recipient, "address": address.name, "purpose": "test", "state": "waiting"}
    values = {"id": uuid7(), "asked_by": by, "created_at": utcnow(), "attempts": 0, **key}
    session.execute(insert_or_leave(AlarmMessage).values(**values))
    return session.scalars(select(AlarmMessage.id).filter_by(**key)).one()


@dataclass(frozen=True)
class WasTold:
    """That somebody was told of an alarm."""

    recipient: str
    address: str
    first_at: datetime


def told_of(session: Session, alarm_ids: list[UUID]) -> dict[UUID, list[WasTold]]:
    """Who was told of each of these alarms that it stood, and when first: only what has arrived."""
    rows = session.execute(
        select(AlarmTold.alarm_id, AlarmTold.recipient, AlarmTold.address, AlarmMessage.finished_at)
        .join(AlarmMessage, AlarmMessage.id == AlarmTold.message_id)
        .where(AlarmTold.alarm_id.in_(alarm_ids), AlarmMessage.state == "sent")
        .order_by(AlarmMessage.finished_at)
    ).tuples()
    found: dict[UUID, dict[tuple[str, str], datetime]] = {}
    for alarm_id, recipient, address, at in rows:
        if at is not None:
            found.setdefault(alarm_id, {}).setdefault((recipient, address), at)
    return {alarm_id: list(_was_told(each)) for alarm_id, each in found.items()}


def _was_told(found: dict[tuple[str, str], datetime]) -> Iterator[WasTold]:
    for (recipient, address), at in found.items():
        yield WasTold(recipient, shown(address), at)
