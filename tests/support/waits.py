"""Announced waits and the waits that followed, as the controller store writes them: for the tests of the pages."""

import itertools
import uuid
from datetime import datetime, timedelta

from ringback.store.base import utcnow
from ringback.store.waits import WaitTold
from tests.support.calls import WHOLE, Store

_ORDER = itertools.count(1)
"""Keys rise with every row, however quick the machine is."""


def tell(store: Store, waited: float, bound: int = 5, now: datetime | None = None, **values: object) -> None:
    """One announcement whose wait is over now."""
    now = now or utcnow()
    row = {
        "id": uuid.UUID(int=next(_ORDER)), "call_id": WHOLE, "queue": "support", "position": 2,
        "at": now - timedelta(seconds=waited), "expected_seconds": 40.0 * bound, "bound_minutes": bound,
        "told": True, "waited_seconds": waited, "served": True,
    }  # fmt: skip
    with store.sessions() as session, session.begin():
        session.add(WaitTold(**{**row, **values}))  # type: ignore[arg-type]


def seed_waits(store: Store, now: datetime | None = None) -> None:
    """Support was right until three waits grew; billing always was."""
    for waited in (100, 150, 220, 290, 130, 310, 80):
        tell(store, waited, now=now)
    for waited, bound in ((30.0, 1), (3700.0, 61), (12.0, 1)):
        tell(store, waited, bound, now=now, queue="billing")
    for waited in (460, 500, 620):
        tell(store, waited, now=now)
    tell(store, 90, now=now, served=False)
    tell(store, 200, now=now, told=False)
