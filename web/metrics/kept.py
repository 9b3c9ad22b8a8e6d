"""One reading of the metrics for all who ask within two seconds, so that nobody loads the store by asking often.

While the store is away the reading says so (`ringback_up 0`) and has what is known without it. A store that hangs keeps
one thread of the pages: whoever else asks is told that it does not answer.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from prometheus_client import Metric
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from ringback.config import Settings
from ringback.store.base import utc
from web.metrics import floor, machine, totals
from web.metrics.totals import Key

log = logging.getLogger(__name__)
KEPT_SECONDS = 2.0
PATIENCE_SECONDS = 3.0
"""For whoever reads just now."""


class KeptMetrics:
    """What is given to who asks; a collector of prometheus_client for the registry of one answer."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        clock: Callable[[], float] = time.time,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._sessions, self._clock, self._patience = sessions, clock, patience_seconds
        self._one_at_a_time = threading.Lock()
        self._found: list[Metric] = []
        self._read_at: float | None = None
        self._highest: Counter[Key] = Counter()
        """An erasure may take away what was counted just now: what was said once stays said."""

    def metrics(self, settings: Settings) -> list[Metric]:
        """All families as they are, or were within KEPT_SECONDS."""
        if not self._one_at_a_time.acquire(timeout=self._patience):
            return list(machine.own_metrics(settings, is_up=False))
        try:
            now = self._clock()
            if self._read_at is None or not 0 <= now - self._read_at < KEPT_SECONDS:
                self._found, self._read_at = self._read(settings, now), now
            return self._found
        finally:
            self._one_at_a_time.release()

    def _read(self, settings: Settings, now: float) -> list[Metric]:
        lines = [line.number for line in settings.lines]
        self._fold(lines, now)
        try:
            with self._sessions() as session:
                self._highest |= totals.totals(session, lines, utc(now))
                return [
                    *machine.own_metrics(settings, is_up=True),
                    *floor.now_metrics(session, settings, now),
                    *floor.total_metrics(self._highest, settings),
                    *machine.stored_metrics(session, settings, utc(now)),
                ]
        except SQLAlchemyError as error:
            log.warning("metrics without the store: %s", type(error).__name__)
            return list(machine.own_metrics(settings, is_up=False))

    def _fold(self, lines: Sequence[str], now: float) -> None:
        """By itself, so that nothing of a reading is done while others wait to write. What fails is done next time."""
        try:
            with self._sessions() as session, session.begin():
                totals.fold(session, lines, utc(now))
        except SQLAlchemyError as error:
            log.info("what was counted is added up later: %s", type(error).__name__)


class GivenMetrics:
    """The families of one answer, as prometheus_client writes them."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families
