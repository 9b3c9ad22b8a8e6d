"""Statuses taken back: each system is asked what changed there, as often as the settings say and no more.

Two ways that make up for each other. The system's own list of what changed, from where the last look ended, in the
system's words for time, so that a clock that is wrong there changes nothing. And a few tickets each time one by one,
those first that were not looked at for longest: so a deleted one is noticed, and a system whose list is none. Both only
find candidates: what is done with one is `sync.py`'s, with its row held and its ticket looked at anew.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from connectors.errors import ConnectorError, OutsideTicketGone, SystemBusy, WrongPassword
from connectors.models import THERE, ConnectorState, OutsideTicket
from connectors.rows import OutsideRows
from connectors.sync import TicketSync
from connectors.systems import LookBack, OutsideChanges, OutsideFacts, TicketSystem
from ringback.config import Settings
from ringback.config.connectors import Connector
from ringback.messages import Message, message
from ringback.store.alarms import clear_alarm, insert_or_leave, raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from tickets.models import ACTIVE, Ticket

ALARM = "connector.unread"
"""Kind of the alarm: a system does not say what changed."""
MOST_LOOKS = 10
"""Tickets that are looked at one by one each time."""
MOST_WALKED = 200
"""Rows among which they are looked for."""
RECENT = timedelta(days=30)
"""What changed here or there within it is looked at, active or not."""
FAILURES = 3
"""In a row, until people are told; a wrong password is told at once."""


class ConnectorPoll:
    """Of one connector, for one look."""

    def __init__(
        self,
        name: str,
        connector: Connector,
        settings: Settings,
        store: sessionmaker[Session],
        system: TicketSystem,
        *,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self._name, self._connector, self._system, self._now = name, connector, system, now
        self._rows = OutsideRows(store, name, now)
        self._sync = TicketSync(name, connector, settings, self._rows, system, now)

    async def run(self) -> bool:
        """Asks, if it is time; whether anything was asked."""
        since = await self._rows.within(lambda session: take_turn(session, self._name, self._connector, self._now()))
        if since is None:
            return False
        try:
            cursor = await self._ask(since)
        except ConnectorError as error:
            await self._rows.within(lambda session, error=error: self._failed(session, error))  # type: ignore[misc]
            return True
        await self._rows.within(lambda session: self._answered(session, cursor))
        return True

    async def _ask(self, since: LookBack) -> str | None:
        """Where the next look begins."""
        changes = await self._changes(since)
        keys = await self._rows.within(lambda session: self._candidates(session, changes.found))
        for key in keys:
            try:
                async with self._rows.held(key) as row:
                    if row.state == THERE:
                        await self._sync.sync(row)
            except SystemBusy as error:
                if error.code != "connectors.held":
                    raise
        return changes.cursor or since.cursor

    async def _changes(self, since: LookBack) -> OutsideChanges:
        try:
            return await self._system.changed(since)
        except OutsideTicketGone as error:
            raise ConnectorError("connectors.wrong_address", said=error.facts.get("said", "")) from error

    def _candidates(self, session: Session, found: Sequence[OutsideFacts]) -> list[UUID]:
        statuses = {facts.id: facts.status for facts in found}
        query = select(OutsideTicket.id, OutsideTicket.outside_id, OutsideTicket.status_seen).where(
            OutsideTicket.connector == self._name,
            OutsideTicket.state == THERE,
            OutsideTicket.outside_id.in_(statuses),
        )
        changed = [row.id for row in session.execute(query) if row.status_seen != statuses[row.outside_id]]
        return list(dict.fromkeys([*changed, *self._longest_ago(session)]))

    def _longest_ago(self, session: Session) -> list[UUID]:
        """Those that nobody looked at for longest. What rests, here and there, leaves the row of those that wait for a
        look, so that it is walked past once: with the next event of it, it is back."""
        alive = or_(Ticket.status.in_(ACTIVE), Ticket.updated_at > self._now() - RECENT)
        query = (
            select(OutsideTicket.id, alive.label("is_alive"))
            .join(Ticket, Ticket.number == OutsideTicket.ticket_number)
            .where(
                OutsideTicket.connector == self._name,
                OutsideTicket.state == THERE,
                OutsideTicket.synced_at.is_not(None),
            )
            .order_by(OutsideTicket.synced_at)
            .limit(MOST_WALKED)
        )
        found = session.execute(query).all()
        resting = [row.id for row in found if not row.is_alive]
        if resting:
            session.execute(update(OutsideTicket).where(OutsideTicket.id.in_(resting)).values(synced_at=None))
        return [row.id for row in found if row.is_alive][:MOST_LOOKS]

    def _answered(self, session: Session, cursor: str | None) -> None:
        now = self._now()
        values = {"cursor": cursor, "answered_at": now, "failures": 0, "error": None}
        session.execute(update(ConnectorState).where(ConnectorState.name == self._name).values(**values))
        clear_alarm(session, ALARM, self._name, now)

    def _failed(self, session: Session, error: ConnectorError) -> None:
        row = session.get_one(ConnectorState, self._name)
        row.failures += 1
        row.error = error.message
        if row.failures >= FAILURES or isinstance(error, WrongPassword):
            raise_alarm(session, ALARM, self._name, alarm_of(self._name, error.message), "yellow", self._now())


def forget(session: Session, settings: Settings, now: datetime) -> None:
    """Alarms of connectors that the settings name no more end."""
    standing = select(Alarm.subject).where(Alarm.kind == ALARM, Alarm.cleared_at.is_(None))
    for name in session.scalars(standing).all():
        if name not in settings.connectors:
            clear_alarm(session, ALARM, name, now)


def alarm_of(name: str, why: Message) -> Message:
    """What people are told."""
    return message("connectors.alarm_unread", system=name, why=why)


def due(session: Session, settings: Settings, now: datetime) -> list[str]:
    """Names of connectors that are to be asked."""
    states = {row.name: row.polled_at for row in session.scalars(select(ConnectorState))} if settings.connectors else {}
    return [
        name
        for name, connector in settings.connectors.items()
        if connector.has_tickets and _is_due(states.get(name), connector, now)
    ]


def _is_due(polled_at: datetime | None, connector: Connector, now: datetime) -> bool:
    """A time that is still to come is of a clock that was wrong."""
    if polled_at is None:
        return True
    return not timedelta(0) <= now - polled_at < timedelta(seconds=connector.poll_seconds)


def take_turn(session: Session, name: str, connector: Connector, now: datetime) -> LookBack | None:
    """This look is ours, and how far it is to reach back. None: it is not time, or somebody
    else's."""
    session.execute(insert_or_leave(ConnectorState).values(name=name, failures=0))
    row = session.get_one(ConnectorState, name, populate_existing=True)
    was, cursor, answered_at = row.polled_at, row.cursor, row.answered_at
    if not _is_due(was, connector, now):
        return None
    turn = update(ConnectorState).where(ConnectorState.name == name, ConnectorState.polled_at.is_not_distinct_from(was))
    if session.execute(turn.values(polled_at=now).returning(ConnectorState.name)).first() is None:
        return None
    since = (now - answered_at).total_seconds() if answered_at else 0.0
    return LookBack(cursor, min(max(since, connector.poll_seconds), RECENT.total_seconds()))
