"""Secrets that are shown once: a new password or key waits here for the page that shows it, and is forgotten with that.

A form that makes one answers with a redirect, so that reloading the page makes no second one. In between the secret is
nowhere but in this process's memory; where that is gone, nothing is shown and another one has to be made.
"""

import secrets
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

KEPT_SECONDS = 120.0
"""A browser follows a redirect at once."""


@dataclass(frozen=True)
class HandedSecret:
    """What is handed over: whose it is, and the secret."""

    name: str
    secret: str


@dataclass
class HandedOnce:
    """The secrets that wait; each for one person, and taken once."""

    clock: Callable[[], float] = time.monotonic
    _waiting: dict[str, tuple[float, uuid.UUID, HandedSecret]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, owner: uuid.UUID, handed: HandedSecret) -> str:
        """A ticket, with which `owner` takes it within `KEPT_SECONDS`."""
        ticket, now = secrets.token_urlsafe(16), self.clock()
        with self._lock:
            self._waiting = {key: each for key, each in self._waiting.items() if each[0] > now}
            self._waiting[ticket] = (now + KEPT_SECONDS, owner, handed)
        return ticket

    def take(self, owner: uuid.UUID, ticket: str | None) -> HandedSecret | None:
        """None: there is no such ticket, it is somebody else's, or its secret was taken."""
        with self._lock:
            until, whose, handed = self._waiting.pop(ticket or "", (0.0, None, None))
        return handed if whose == owner and until > self.clock() else None
