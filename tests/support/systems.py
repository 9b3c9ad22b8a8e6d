"""Connected systems in every state, with what they did not take, for pages."""

from datetime import timedelta

from sqlalchemy import select, update

from outbox import deliveries, service
from outbox.models import OutboxDelivery, OutboxReceiver
from ringback.messages import message, text
from ringback.store.base import utcnow
from tests.support.calls import EVIL_NAME, Store
from tests.support.hooks import ScriptedReceiver

STATES = {
    "webhook:crm": {},
    "webhook:slow": {"slow_until": utcnow() + timedelta(days=1)},
    "webhook:away": {"away_at": utcnow() - timedelta(hours=3)},
    "webhook:disabled": {"disabled_at": utcnow() - timedelta(days=1)},
    "connector:rt": {"locked_out_at": utcnow() - timedelta(minutes=9)},
}


def seed_systems(store: Store) -> None:
    """One receiver in each state; all but the first have something that waits and something that was given up."""
    now = utcnow()
    with store.sessions() as session, session.begin():
        service.register(session, STATES, now)
        service.publish(session, "ticket.changed", "ticket:12", {"ticket": 12})
        service.publish(session, "call.ended", f"call:{EVIL_NAME}", {"caller_name": EVIL_NAME})
        deliveries.fan_out(session, [ScriptedReceiver(name) for name in STATES], now)
        first = select(OutboxDelivery.id).where(OutboxDelivery.key == "ticket:12")
        why = message("outbox.status", status=503)
        tried = {"error": why, "tried_at": now}
        session.execute(update(OutboxDelivery).values(attempts=2, due_at=now + timedelta(hours=2), **tried))
        session.execute(update(OutboxDelivery).where(OutboxDelivery.id.in_(first)).values(state="dead", attempts=10))
        crm = update(OutboxDelivery).where(OutboxDelivery.receiver == "webhook:crm")
        session.execute(crm.values(state="delivered", error=None))
        for name, values in STATES.items():
            known = {"error": text(EVIL_NAME) if name == "webhook:away" else why, "failed_at": now, "delivered_at": now}
            session.execute(update(OutboxReceiver).where(OutboxReceiver.name == name).values(**known, **values))
