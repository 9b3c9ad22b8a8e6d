"""The stage of the worker that sends what was kept: quiet hours that are over, a channel that may send again; and that
says on a message that the outbox has given it up.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, sessionmaker

from channels import service
from channels.models import KEPT, ChannelMessage
from outbox.models import OutboxDelivery
from ringback.config import Settings
from ringback.messages import message
from ringback.store.base import utcnow

MOST_AT_ONCE = 200


@dataclass
class KeptMessages:
    """A stage of the worker."""

    sessions: sessionmaker[Session]
    settings: Settings

    def due(self, session: Session, full: bool) -> list[str]:
        """Messages whose time has come; with `full` those that were given up, too."""
        may_go = and_(
            ChannelMessage.state == KEPT,
            ChannelMessage.event_id.is_(None),
            or_(ChannelMessage.not_before.is_(None), ChannelMessage.not_before <= utcnow()),
        )
        query = select(ChannelMessage.id).where(may_go).order_by(ChannelMessage.not_before, ChannelMessage.id)
        keys = list(session.scalars(query.limit(MOST_AT_ONCE)))
        if full:
            keys += session.scalars(self._given_up().limit(MOST_AT_ONCE))
        return [str(key) for key in dict.fromkeys(keys)]

    def send(self, key: str) -> str | None:
        """The state of a message after it; None: there was nothing to do."""
        now = utcnow()
        with self.sessions() as session, session.begin():
            row = session.get(ChannelMessage, UUID(key), with_for_update=True)
            if row is None or row.state != KEPT:
                return None
            if row.event_id is None:
                if row.channel not in self.settings.channels.all:
                    service.failed(session, row, message("channels.no_channel", name=row.channel), now)
                else:
                    service.hand_over(session, self.settings, row, now)
            elif session.scalar(self._given_up().where(ChannelMessage.id == row.id)) is not None:
                service.failed(session, row, row.error or message("channels.given_up"), now)
            return row.state

    @staticmethod
    def _given_up() -> Select[tuple[UUID]]:
        dead = and_(OutboxDelivery.event_id == ChannelMessage.event_id, OutboxDelivery.state == "dead")
        return select(ChannelMessage.id).join(OutboxDelivery, dead).where(ChannelMessage.state == KEPT)
