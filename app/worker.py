"""The worker's loop: finds what is due and does it, stage by stage, for as long as the process lives.

Knows no room: what a stage looks for and does is given by `bootstrap`. Rows are the truth; nothing is
queued anywhere else (docs/adr/0006), and what failed too often is a row too (`ringback/store/dead_letters.py`).
Every stage has a thread, so that a ticket never waits for a transcript; any number of workers may run,
because a stage's work is claimed on its row. There is no shutdown: the process is killed, and the next one
finds what is due.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from ringback.environment import is_environment
from ringback.messages import Message, in_one_line, message, together
from ringback.processes import WORKER
from ringback.store import dead_letters
from ringback.store.base import utcnow
from ringback.store.bus import beat
from ringback.store.engine import STORE_FAULTS
from ringback.store.load import is_busy
from ringback.store.told import tell

log = logging.getLogger("app.worker")

POLL_SECONDS = 0.4
"""How long a stage with nothing to do waits before it looks again, where calls and people bring its work."""
RARELY_SECONDS = 2.0
"""So long a stage waits whose work other stages bring, which wake it, or the clock."""
FULL_SECONDS = 60.0
"""How often a stage looks at everything and not only at what is recent."""
BEAT_SECONDS = 1.0
STAND_BACK_SECONDS = 60.0
"""The longest that work which can wait is kept from one more piece while callers need the whole machine."""


@dataclass(frozen=True)
class Stage:
    """One kind of work after a call."""

    name: str
    due: Callable[[Session, bool], list[str]]
    """(session, full) -> keys of what is due. Cheap unless `full`."""
    work: Callable[[str], object]
    """Does one. Expected trouble is its own affair (a message on the row); what it raises is a fault of ours."""
    niceness: int = 0
    """Added to the stage's thread alone: 0 is as urgent as the rest of the machine. Any other can wait: it stands back
    while callers need the whole machine (`ringback/store/load.py`)."""
    tidy: Callable[[], object] | None = None
    """Done with every full look, e.g. a sweep of files. What it raises is told and keeps nothing waiting."""
    poll_seconds: float = POLL_SECONDS
    """How long it waits with nothing to do, unless a stage wakes it."""
    wakes: frozenset[str] = frozenset()
    """The stages that may have something to do when this one did something. All others wait for their time: looks of
    every stage after every piece of work cost more than the work."""


@dataclass
class Worker:
    """Runs stages until `stop` is set (tests) or the process ends."""

    sessions: sessionmaker[Session]
    stages: list[Stage]
    stop: threading.Event = field(default_factory=threading.Event)
    started_at: datetime = field(default_factory=utcnow)
    retry_seconds: float = dead_letters.WAIT_SECONDS
    """Before the second try of what failed; the third waits twice as long."""
    renew: Callable[[], list[Stage] | None] = lambda: None
    """The same stages for other settings; None: nothing has changed. A piece of work that is begun is finished as it
    was begun."""

    def __post_init__(self) -> None:
        self._stages = {stage.name: stage for stage in self.stages}
        self._wake = {stage.name: threading.Event() for stage in self.stages}
        self._trouble: dict[str, Message] = {}
        self._due: dict[str, int] = {}
        """How many pieces of each stage were due at its last look, and were not done in it."""
        self._callers_first = False
        """As the controller said when this was looked at last, each second."""
        self._did_at: dict[str, float] = {}
        """When stages that can wait did their last piece."""

    def run(self) -> None:
        """Blocks; signs of life are written from this thread."""
        threads = [
            threading.Thread(target=self._live, args=(stage,), name=stage.name, daemon=True) for stage in self.stages
        ]
        for thread in threads:
            thread.start()
        while not self.stop.wait(BEAT_SECONDS if self._beat() else BEAT_SECONDS / 4):
            self._renew()
        for stage in self.stages:
            self._wake[stage.name].set()
        for thread in threads:
            thread.join()

    def _renew(self) -> None:
        try:
            stages = self.renew()
        except Exception as error:
            log.exception("other settings cannot be taken")
            self._trouble["settings"] = in_one_line(error)
            return
        if stages is not None:
            self._trouble.pop("settings", None)
            self._stages |= {stage.name: stage for stage in stages if stage.name in self._wake}

    def _live(self, stage: Stage) -> None:
        """One stage's thread. Nothing that goes wrong with one piece of work, or with the store, ends it."""
        if stage.niceness:
            # Linux keeps niceness by thread; threads that engines start here inherit it.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), stage.niceness)
        looked_full: float | None = None
        while not self.stop.is_set():
            full = looked_full is None or time.monotonic() - looked_full >= FULL_SECONDS
            did_something, stage = False, self._stages[stage.name]
            try:
                did_something = self._look(stage, full)
                if full:
                    looked_full = time.monotonic()
                self._trouble.pop(stage.name, None)
            except Exception as error:  # the store is away, or a fault of ours: say so and look again
                log.exception("stage %s cannot look for work", stage.name)
                self._trouble[stage.name] = message("app.cannot_look", stage=stage.name, why=in_one_line(error))
            if not did_something:
                self._wake[stage.name].wait(stage.poll_seconds)
            self._wake[stage.name].clear()

    def _look(self, stage: Stage, full: bool) -> bool:
        """Does all that is due once; whether anything was done."""
        if full:
            self._tidy(stage)
        with self.sessions() as session:
            due = stage.due(session, full)
            failed = dead_letters.of_stage(session, stage.name) if due else {}
        now = utcnow()
        self._due[stage.name] = sum(key not in failed or not failed[key].rests(now) for key in due)
        did_something = False
        for key in due:
            if key in failed and failed[key].rests(utcnow()):
                continue
            if self.stop.is_set() or self._stands_back(stage):
                break
            done = self._do(stage, key)
            self._due[stage.name] -= done
            if done and key in failed:
                with self.sessions() as session, session.begin():
                    dead_letters.forget(session, stage.name, key, utcnow())
            did_something |= done
        if did_something:
            for name in self._wake.keys() & stage.wakes:
                self._wake[name].set()
        return did_something

    def _stands_back(self, stage: Stage) -> bool:
        if stage.niceness == 0:
            return False
        now = time.monotonic()
        if self._callers_first and now - self._did_at.setdefault(stage.name, now) < STAND_BACK_SECONDS:
            return True
        self._did_at[stage.name] = now
        return False

    def _tidy(self, stage: Stage) -> None:
        """What goes wrong with it is told until it went well; work that is due does not wait for it."""
        if stage.tidy is None:
            return
        name = f"{stage.name}, tidying"
        try:
            stage.tidy()
            self._trouble.pop(name, None)
        except Exception as error:
            log.exception("stage %s cannot tidy", stage.name)
            self._trouble[name] = message("app.cannot_tidy", stage=stage.name, why=in_one_line(error))

    def _do(self, stage: Stage, key: str) -> bool:
        try:
            return stage.work(key) is not None
        except Exception as error:
            if isinstance(error, STORE_FAULTS):
                raise  # the store's trouble, not this key's
            # Poison: it must not stop what waits behind it. A storage that is away is waited for.
            counts = not is_environment(error)
            with self.sessions() as session, session.begin():
                tries = dead_letters.note(
                    session, stage.name, key, in_one_line(error), utcnow(), self.retry_seconds, counts=counts
                )
            log.exception("stage %s, %s, try %d of %d", stage.name, key, tries, dead_letters.TRIES)
        return False

    def _beat(self) -> bool:
        """Writes the worker's row; whether that went well. Several workers share the row: any of them is life."""
        trouble = together(list(self._trouble.values()))
        try:
            with self.sessions() as session, session.begin():
                beat(session, WORKER.name, self.started_at, trouble)
                tell(session, WORKER.name, {"due": dict(self._due)}, utcnow())
                self._callers_first = is_busy(session, utcnow())
        except SQLAlchemyError as error:
            log.warning("no sign of life written: %s", in_one_line(error))
            return False
        return True


def run(
    sessions: sessionmaker[Session], stages: list[Stage], renew: Callable[[], list[Stage] | None] = lambda: None
) -> None:
    """The whole life of the worker process."""
    Worker(sessions, stages, renew=renew).run()
