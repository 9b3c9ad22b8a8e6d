"""Looks for what fell through: raw files without a call, rows without their file, files without a row.

What belongs to nobody is kept and raised as an alarm, which goes when the cause has gone. Two things go: what belongs
to a call that was erased, and raw files that nobody has claimed for as long as any call is kept.
The library is looked through little by little, so that it costs the same however large it is.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from recording import alarms, files
from recording.checks import READY, check_library, fault_here
from recording.encoding import FRAME_BYTES
from recording.errors import NotAFile
from recording.facts import last_day, longest_days
from recording.models import Recording
from recording.names import is_safe, owners
from ringback.config import Settings
from ringback.messages import Message, message
from ringback.store import lease
from ringback.store.base import utcnow

log = logging.getLogger("ringback.recording")

ORPHAN_SECONDS = 60.0
"""A raw file without a call so old is an orphan; a younger one is a call that is just beginning."""
DAY = 86_400.0
LIBRARY_SECONDS = 3600.0
"""A file of the library without a row so old is an orphan; a younger one is being finished."""
FOLDERS = 40
"""So many folders of the library are listed in one look."""
STUCK = timedelta(minutes=10)
"""A recording that is not finished so long after its call is an alarm."""
GARBLED_WITHIN, GARBLED_SEVERAL = timedelta(days=1), 3
"""So many garbled recordings within this time are an alarm."""
SHOWN = 5
"""Names in an alarm."""


@dataclass(frozen=True, slots=True)
class Spool:
    """What lies in the spool and is not a call's raw file."""

    orphans: list[str]
    """Raw files of no call."""
    strangers: list[str]
    """Whatever else: wrong names, links, folders, pipes."""


@dataclass
class Sweep:
    """Looks again each time it is called; remembers how far it is in the library."""

    sessions: sessionmaker[Session]
    settings: Settings
    held: Callable[[Session], bool]
    """Whether sound of which nobody knows whose it is may be under a legal hold: then none of it goes."""
    _walk: Iterator[tuple[str, list[str], list[str]]] | None = None
    _found: list[str] = field(default_factory=list)
    _last_round: list[str] = field(default_factory=list)

    def __call__(self) -> Spool:
        """Raises OSError at the end where the spool cannot be read: nothing else waits for it."""
        found, trouble = Spool([], []), None
        try:
            found = sweep_spool(self.sessions, self.settings, self.held)
        except OSError as error:
            trouble = error
        check_library(self.sessions, self.settings)
        self._look_for_strangers()
        self._tell(utcnow())
        if trouble is not None:
            raise trouble
        return found

    def _tell(self, now: datetime) -> None:
        with self.sessions() as session, session.begin():
            _give_last_days(session, self.settings)
            _tell_stuck(session, now)
            _tell_damaged(session, now)
            _tell_garbled(session, now)
            lost = sorted({*self._last_round, *self._found})
            said = Message("recording.orphans_library", _facts(self.settings.recordings, lost)) if lost else None
            alarms.keep_alarm(session, alarms.ORPHANS, "library", said, "yellow", now)

    def _look_for_strangers(self) -> None:
        folder = self.settings.recordings
        for _ in range(FOLDERS):
            if self._walk is None:
                self._walk = os.walk(folder)
            try:
                here, _folders, names = next(self._walk)
            except StopIteration:
                self._last_round, self._found, self._walk = self._found, [], None
                return
            old = [name for name in names if _is_old(Path(here) / name, LIBRARY_SECONDS)]
            with self.sessions() as session:
                asked = {owner for name in old for owner in owners(name)}
                known, erased = _known(session, asked), _erased(session, asked)
            for name in old:
                if known & set(owners(name)):
                    continue
                if not (erased & set(owners(name)) and _drop(Path(here, name))):
                    self._found.append(_shown(str(Path(here, name).relative_to(folder))))


def sweep_spool(sessions: sessionmaker[Session], settings: Settings, held: Callable[[Session], bool]) -> Spool:
    """Looks at everything in the spool. A raw file whose finished one is in the library, or whose sound is not to be
    kept, goes; one that came after its row said `missing` is finished after all. `held`: as in Sweep.
    """
    ours, orphans, strangers = [], [], []
    for path in sorted(settings.spool.iterdir()):
        call_id = path.name.removesuffix(".raw")
        if path.name != call_id and is_safe(call_id) and _is_file(path):
            ours.append(call_id)
        elif _is_old(path, ORPHAN_SECONDS):
            strangers.append(_shown(path.name))
    for begin in range(0, len(ours), 500):
        orphans += _sweep_raw(sessions, settings, ours[begin : begin + 500])
    orphans = _last_day(sessions, settings, orphans, held)
    spool, now, days = settings.spool, utcnow(), longest_days(settings)
    with sessions() as session, session.begin():
        said = Message("recording.orphans_spool", {**_facts(spool, orphans), "days": days}) if orphans else None
        alarms.keep_alarm(session, alarms.ORPHANS, "spool", said, "yellow", now)
        said = Message("recording.strangers", _facts(spool, strangers)) if strangers else None
        alarms.keep_alarm(session, alarms.STRANGERS, "spool", said, "yellow", now)
    if orphans:
        log.warning("%d raw recordings in %s belong to no call and are kept: %s", len(orphans), spool, _some(orphans))
    return Spool(orphans, strangers)


def _sweep_raw(sessions: sessionmaker[Session], settings: Settings, call_ids: list[str]) -> list[str]:
    """The orphans among raw files."""
    with sessions() as session:
        calls = set(session.scalars(select(Call.call_id).where(Call.call_id.in_(call_ids))))
        rows = {row.call_id: row for row in session.scalars(select(Recording).where(Recording.call_id.in_(calls)))}
    orphans = []
    for call_id in call_ids:
        raw, row = settings.spool / f"{call_id}.raw", rows.get(call_id)
        if call_id not in calls:
            if _is_old(raw, ORPHAN_SECONDS):
                orphans.append(raw.name)
        elif row is not None:
            try:
                _sweep_with_row(sessions, settings, raw, row)
            except (OSError, NotAFile) as error:
                log.warning("%s stays for now: %s", raw, error)
    return orphans


def _last_day(
    sessions: sessionmaker[Session], settings: Settings, orphans: list[str], held: Callable[[Session], bool]
) -> list[str]:
    """Those that stay: no sound is kept for longer than callers were told, but for what may be under a legal hold."""
    old = {name for name in orphans if _age(settings.spool / name) > longest_days(settings) * DAY}
    if old:
        with sessions() as session:
            old = set() if held(session) else old
    for name in sorted(old):
        try:
            (settings.spool / name).unlink(missing_ok=True)
            log.info("%s belonged to no call and its time was up: it is removed", name)
        except OSError as error:
            log.warning("%s stays: %s", name, error)
            old.discard(name)
    return [name for name in orphans if name not in old]


def _sweep_with_row(sessions: sessionmaker[Session], settings: Settings, raw: Path, row: Recording) -> None:
    if row.state == "missing" and (files.size_of(raw) or 0) >= FRAME_BYTES:
        with sessions() as session, session.begin():
            _spool_again(session, row)
    elif row.state in ("not_recorded", "erased") or (row.state in READY and _is_safe_to_drop(settings, row)):
        raw.unlink(missing_ok=True)


def _is_safe_to_drop(settings: Settings, row: Recording) -> bool:
    """Whether the finished file is where it should be and is the one that was written. Asks no storage: a copy there
    was read back before the row named it."""
    if row.remote_at is not None and not row.local:
        return row.fault is None
    return fault_here(settings, row) is None


def _spool_again(session: Session, row: Recording) -> None:
    """A raw file came late: the row begins anew."""
    session.execute(
        update(Recording)
        .where(Recording.id == row.id, Recording.state == "missing")
        .values(state="spooled", reason=None, notes=None, attempts=0, error=None, lease_owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def _known(session: Session, call_ids: set[str]) -> set[str]:
    """Those of `call_ids` that have sound, or will have."""
    found: set[str] = set()
    asked = sorted(call_ids)
    for begin in range(0, len(asked), 500):
        rows = select(Recording.call_id).where(
            Recording.call_id.in_(asked[begin : begin + 500]),
            or_(Recording.path.is_not(None), Recording.state == "spooled"),
        )
        found |= set(session.scalars(rows))
    return found


def _erased(session: Session, call_ids: set[str]) -> set[str]:
    """Those of `call_ids` of which no sound is to be anywhere any more."""
    found: set[str] = set()
    asked = sorted(call_ids)
    for begin in range(0, len(asked), 500):
        here = Recording.call_id.in_(asked[begin : begin + 500])
        found |= set(session.scalars(select(Recording.call_id).where(here, Recording.state == "erased")))
    return found


def _drop(path: Path) -> bool:
    """Removes what somebody wrote for a call while it was erased; whether it is gone."""
    try:
        if files.kind_of(path) != "file":
            return False
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s stays: %s", path, error)
        return False
    log.info("%s was left of a call that is erased and is removed", path)
    return True


def _tell_damaged(session: Session, now: datetime) -> None:
    faults = select(Recording.call_id).where(Recording.fault.is_not(None)).order_by(Recording.call_id)
    names = list(session.scalars(faults.limit(SHOWN)))
    count = session.scalar(select(func.count()).where(Recording.fault.is_not(None))) or 0
    said = message("recording.damaged", count=count, names=_named(names, count)) if count else None
    alarms.keep_alarm(session, alarms.DAMAGED, "library", said, "red", now)


def _tell_garbled(session: Session, now: datetime) -> None:
    """One may be an accident of its own; several are lost for the same reason, and the next ones will be."""
    lately = Call.ended_at >= now - GARBLED_WITHIN, Recording.state == "garbled"
    query = select(Recording.call_id).join(Call, Call.call_id == Recording.call_id).where(*lately)
    names = list(session.scalars(query.order_by(Call.ended_at.desc())))
    several = len(names) >= GARBLED_SEVERAL
    said = message("recording.garbled", count=len(names), names=_named(names, len(names))) if several else None
    alarms.keep_alarm(session, alarms.GARBLED, "library", said, "red", now)


def _tell_stuck(session: Session, now: datetime) -> None:
    """Recordings that wait for longer than finishing takes, e.g. because the disk is full, or that nobody begins."""
    over = Call.ended_at < now - STUCK, Call.snapshot.is_(None)
    rested = Recording.error.is_(None), Recording.lease_owner.is_(None), Recording.lease_until > now
    spooled = select(Recording).join(Call, Call.call_id == Recording.call_id).where(*over)
    # Not those for which somebody may still ask: a wrap-up may be long.
    rows = list(session.scalars(spooled.where(Recording.state == "spooled", ~and_(*rested)).order_by(Call.ended_at)))
    begun = exists().where(Recording.call_id == Call.call_id)
    left = list(session.scalars(select(Call.call_id).where(*over, ~begun).order_by(Call.ended_at)))
    count, spent = len(rows) + len(left), sum(lease.is_spent(row) for row in rows)
    names = _named([*(row.call_id for row in rows), *left], count)
    why = next((row.error for row in rows if row.error), None)
    if why is not None:
        said = message("recording.stuck_why", count=count, spent=spent, names=names, error=why)
    else:
        said = message("recording.stuck", count=count, spent=spent, names=names)
    alarms.keep_alarm(session, alarms.STUCK, "spool", said if count else None, "yellow", now)


def _give_last_days(session: Session, settings: Settings) -> None:
    """A recording that was begun before rows had their last day from the beginning, and never finished, gets it."""
    ended = Recording.state == "spooled", Recording.keep_until.is_(None), Call.ended_at.is_not(None)
    query = select(Recording.id, Call).join(Call, Call.call_id == Recording.call_id).where(*ended).limit(100)
    for id_, call in session.execute(query).tuples().all():
        session.execute(
            update(Recording).where(Recording.id == id_).values(keep_until=last_day(settings, call)),
            execution_options={"synchronize_session": False},
        )


def _is_file(path: Path) -> bool:
    try:
        return files.kind_of(path) == "file"
    except OSError:
        return False  # a disk that does not answer for it: it is told as a thing that is no recording


def _age(path: Path) -> float:
    """Seconds since it was written to; 0 for what is not there, and below that where a clock was wrong."""
    try:
        return time.time() - path.lstat().st_mtime
    except OSError:
        return 0.0


def _is_old(path: Path, seconds: float) -> bool:
    """Whether nobody writes to it any more. What comes from the future was written by a clock that was wrong."""
    return abs(_age(path)) > seconds


def _shown(name: str) -> str:
    """A file's name as text that can be stored and shown, whatever it is made of."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(character if character.isprintable() else "?" for character in text)[:80]


def _some(names: Iterable[str]) -> str:
    found = list(names)
    return ", ".join(found[:SHOWN]) + (", ..." if len(found) > SHOWN else "")


def _facts(folder: Path, names: list[str]) -> dict[str, object]:
    return {"count": len(names), "names": _named(names, len(names)), "folder": folder}


def _named(names: list[str], count: int) -> list[str] | Message:
    """The first names of `count`, and that there are more."""
    return names[:SHOWN] if count <= SHOWN else message("recording.names_and_more", names=names[:SHOWN])
