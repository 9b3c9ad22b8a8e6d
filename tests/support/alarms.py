"""Recipients of alarms in settings, and the worker's part in it done by hand, a step at a time."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from alarms.deliver import Courier
from alarms.models import AlarmMessage, AlarmTold
from alarms.plan import Planner
from ringback.config import Settings
from ringback.messages import message, text
from ringback.store.alarms import Level, clear_alarm, raise_alarm, see_to
from ringback.store.base import utcnow
from ringback.store.bus import Alarm

Sessions = sessionmaker[Session]
OPS = "ops@example.com"


def with_recipients(
    settings: Settings, port: int, recipients: dict[str, Any] | None = None, hours: str | None = None, **more: Any
) -> Settings:
    """The settings with a mail server on loopback, and somebody who is told everything; `hours`: the days on which
    `office` is open."""
    mail = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "ringback@example.com"}
    alarms = {"mail": mail, "recipients": recipients or {"ops": {"email": OPS}}, **more}
    office = {"hours": {"office": {"week": {hours: "00:00-24:00"}}}} if hours else {}
    return Settings.model_validate({"data": settings.data, "alarms": alarms, **office})


def raised(
    store: Sessions, kind: str = "trunk.trouble", subject: str = "trunk", level: Level = "red", words: str = ""
) -> None:
    """An alarm that stands."""
    said = text(words) if words else message("callback.broken.expired", number="+14155550199")
    with store() as session, session.begin():
        raise_alarm(session, kind, subject, said, level, utcnow())


def cleared(store: Sessions, kind: str = "trunk.trouble", subject: str = "trunk") -> None:
    with store() as session, session.begin():
        assert clear_alarm(session, kind, subject, utcnow())


def done(store: Sessions, kind: str = "trunk.trouble", by: str = "eva") -> None:
    """Somebody presses Done."""
    with store() as session, session.begin():
        alarm = session.scalars(select(Alarm).where(Alarm.kind == kind, Alarm.cleared_at.is_(None))).one()
        see_to(session, alarm, by, utcnow())


def round_of(store: Sessions, settings: Settings, *, tidy: bool = False) -> list[str | None]:
    """What the worker does once: plans, and delivers; the states of messages that it had in hand."""
    planner = Planner(store, settings)
    if tidy:
        planner.tidy()
    with store() as session:
        due = planner.due(session, False)
    for key in due:
        planner.plan(key)
    return deliver(store, settings)


def deliver(store: Sessions, settings: Settings) -> list[str | None]:
    states: list[str | None] = []
    for by_mail in (True, False):
        courier = Courier(store, settings, by_mail)
        with store() as session:
            keys = courier.due(session, False)
        states += [courier.deliver(key) for key in keys]
    return states


def earlier(store: Sessions, by: Any) -> None:
    """Makes all that was told and tried so much earlier, as if time had gone by."""
    with store() as session, session.begin():
        for row in session.scalars(select(AlarmTold)):
            row.at -= by
        for message_row in session.scalars(select(AlarmMessage)):
            message_row.created_at -= by
            message_row.lease_until = None
        session.execute(update(Alarm).values(raised_at=utcnow() - by))


def messages(store: Sessions) -> list[AlarmMessage]:
    with store() as session:
        return list(session.scalars(select(AlarmMessage).order_by(AlarmMessage.id)))


def standing(store: Sessions, kind: str) -> list[Alarm]:
    with store() as session:
        found = select(Alarm).where(Alarm.kind == kind, Alarm.cleared_at.is_(None))
        return list(session.scalars(found))
