"""Looks every few seconds for what nobody else raises: Asterisk or a process away, queues without agents, long waits,
messages nobody heard, promises nobody opened, overdue tickets, disputes nobody answered, calls at their limit, guessed
passwords, backups and certificates.

Each condition is a function that yields what is wrong now; `keep` makes the alarms of its kinds stand for just that.
What is found in the controller's own course (the trunk, callers who were refused) is raised there.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from alarms import files
from alarms.condition import Condition, keep
from alarms.overdue import late_disputes, overdue
from alarms.unseen import unseen
from calls.models import Call, QueueVisit
from calls.service import of_customers
from ringback.config import Settings
from ringback.messages import message
from ringback.processes import CONTROLLER, PROCESSES, WORKER
from ringback.store.alarms import Level
from ringback.store.base import utcnow
from ringback.store.bus import AgentState, Alarm, Process

LOOK_SECONDS = 5.0
AWAY_FOR = timedelta(seconds=15)
"""Asterisk and processes are started again within seconds: nobody need be told of that."""
NOT_LOGGED_IN = ("logged out", "away", "phone lost")
BUSY = ("queue.nobody", "queue.wait", "calls.nearly_full", "phones.guessed")
"""What comes and goes with every caller, or stranger ..."""
SETTLE = timedelta(minutes=2)
"""... is over when it has not been so for this long: a busy hour is no message a minute."""
FILES_SECONDS = 60.0
"""From one look at files to the next."""


@dataclass
class Watch:
    """A stage of the worker. Of several workers each looks: what they find is the same."""

    sessions: sessionmaker[Session]
    settings: Settings
    most_calls: Callable[[], int]
    """How many callers can be served at a time."""
    guesses: Callable[[float], Iterable[Condition]] = lambda _now: ()
    """What Asterisk tells, by the monotonic clock's time, of those who would like to be phones."""
    _looked_at: float = -LOOK_SECONDS
    _files_at: float = -FILES_SECONDS
    _since: dict[str, datetime] = field(default_factory=dict)
    """What has to last for a while before it is told, and since when it does."""
    _found_at: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """When what comes and goes was found last."""

    def due(self, _session: Session, _full: bool) -> list[str]:
        return ["all"] if time.monotonic() >= self._looked_at + LOOK_SECONDS else []

    def look(self, _key: str) -> None:
        """Raises and clears. None: nothing that other stages wait for."""
        self._looked_at = time.monotonic()
        now = utcnow()
        guesses = list(self.guesses(self._looked_at))
        with self.sessions() as session, session.begin():
            self._look_at_processes(session, now)
            busy = [*self._queues(session, now), *self._calls(session), *guesses]
            self._found_at |= {(each.kind, each.subject): now for each in busy}
            keep(session, BUSY, busy, now, lambda alarm: self._has_settled(alarm, now))
            keep(session, ("message.unseen", "promise.unseen"), list(unseen(session, self.settings, now)), now)
            keep(session, ("ticket.overdue",), list(overdue(session, self.settings, now)), now)
            keep(session, ("dispute.late",), list(late_disputes(session, now)), now)
        if self._looked_at >= self._files_at + FILES_SECONDS:
            self._files_at = self._looked_at
            found = [*files.backup(self.settings, now), *files.certificates(self.settings, now)]
            with self.sessions() as session, session.begin():
                keep(session, ("backup.old", "certificate.ends"), found, now)

    # -- what is wrong -----------------------------------------------------------------------------------

    def _look_at_processes(self, session: Session, now: datetime) -> None:
        rows = {row.name: row for row in session.scalars(select(Process))}
        away = [
            spec
            for spec in PROCESSES
            if spec is not WORKER and spec.runs(self.settings) and spec.name in rows and rows[spec.name].is_away(now)
        ]
        told = [spec for spec in away if self._has_lasted(f"process {spec.name}", now)]
        self._forget("process", {f"process {spec.name}" for spec in away})
        found = [
            Condition(
                "process.away",
                spec.name,
                message("alarms.process_away", process=spec.title, means=spec.when_away),
                "red" if spec.is_needed else "yellow",
            )
            for spec in told
        ]
        keep(session, ("process.away",), found, now)
        if CONTROLLER not in away and CONTROLLER.name in rows:  # else nobody knows how it is with Asterisk
            keep(session, ("switch.away",), list(self._switch(rows[CONTROLLER.name], now)), now)

    def _switch(self, controller: Process, now: datetime) -> Iterator[Condition]:
        is_away = has_no_switch(controller)
        self._forget("switch", {"switch"} if is_away else set())
        if is_away and self._has_lasted("switch", now):
            yield Condition("switch.away", "asterisk", message("alarms.switch_away", why=controller.trouble), "red")

    def _queues(self, session: Session, now: datetime) -> Iterator[Condition]:
        waiting = _waiting(session)
        at_work = list(session.scalars(select(AgentState).where(AgentState.state.not_in(NOT_LOGGED_IN))))
        lonely = set()
        for queue, since in waiting.items():
            name = self.settings.queues[queue].name if queue in self.settings.queues else queue
            if not any(_answers(self.settings, agent, queue) for agent in at_work):
                lonely.add(f"nobody {queue}")
                if self._has_lasted(f"nobody {queue}", now, timedelta(seconds=self.settings.alarms.nobody_seconds)):
                    facts = {"queue": name, "count": len(since)}
                    yield Condition("queue.nobody", queue, message("alarms.queue_nobody", **facts), "red")
            limit = self.settings.alarms.wait_minutes
            longest = (now - min(since)).total_seconds() / 60
            if limit is not None and longest > limit:
                facts = {"queue": name, "count": len(since), "minutes": int(longest)}
                level: Level = "red" if longest > 2 * limit else "yellow"
                yield Condition("queue.wait", queue, message("alarms.queue_wait", **facts), level)
        self._forget("nobody", lonely)

    def _calls(self, session: Session) -> Iterator[Condition]:
        inside = session.scalar(select(func.count()).select_from(Call).where(Call.ended_at.is_(None), of_customers()))
        most = self.most_calls()
        if inside and inside >= most * self.settings.alarms.nearly_full_percent / 100:
            yield Condition(
                "calls.nearly_full", "line", message("alarms.nearly_full", inside=inside, most=most), "yellow"
            )

    # -- what has to last --------------------------------------------------------------------------------

    def _has_lasted(self, what: str, now: datetime, least: timedelta | None = None) -> bool:
        """For `least`, or AWAY_FOR."""
        return now - self._since.setdefault(what, now) >= (AWAY_FOR if least is None else least)

    def _has_settled(self, alarm: Alarm, now: datetime) -> bool:
        return now - self._found_at.setdefault((alarm.kind, alarm.subject), now) >= SETTLE

    def _forget(self, about: str, still: set[str]) -> None:
        for what in [each for each in self._since if each.partition(" ")[0] == about and each not in still]:
            del self._since[what]


def has_no_switch(controller: Process) -> bool:
    """Whether a controller that lives says that Asterisk is away."""
    trouble = controller.trouble
    return trouble is not None and trouble.code.startswith(("pbx.", "controller.no_asterisk"))


def _waiting(session: Session) -> dict[str, list[datetime]]:
    """Since when callers wait, by queue; whoever was moved by a limit goes on waiting since the first queue."""
    open_visits = (
        select(QueueVisit.queue, QueueVisit.entered_at, QueueVisit.came_by, Call.queued_at)
        .join(Call, Call.call_id == QueueVisit.call_id)
        .where(QueueVisit.left_at.is_(None), QueueVisit.came_by != "callback", Call.ended_at.is_(None), of_customers())
    )
    found: dict[str, list[datetime]] = {}
    for queue, entered_at, came_by, queued_at in session.execute(open_visits).tuples():
        since = min(entered_at, queued_at) if came_by == "overflow" and queued_at is not None else entered_at
        found.setdefault(queue, []).append(since)
    return found


def _answers(settings: Settings, agent: AgentState, queue: str) -> bool:
    """Whether somebody who is logged in takes calls of a queue."""
    if agent.queues is not None:
        return queue in agent.queues
    return queue in settings.queues and agent.agent in settings.queues[queue].agents
