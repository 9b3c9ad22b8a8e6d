"""The stages between what a recogniser heard and what people use, each of which can be run again by itself.

    speech ranges -> recognise -> turns -> redact -> measure
      (rows `heard`, one a speaker)   |      |
                                      |      +-> mask (sound)
                                      +-> (rows `segment`)   index, summary -> topic, retell

Ranges and recognition belong to `pipeline/recognise.py` and the row `transcript`; all after it is a `Step` with a
row `transcript_stage` for each transcript: its state, tries, error and lease. A step says what it `needs`; it is due
when those are done for the transcript's present revision. What changes the segments calls `changed` in the same
transaction: the revision goes up and every step after the turns waits again. A step that fails is tried again, and
after three tries set aside with its error: the other steps and the other calls go on. What the machine is to blame for
(`ringback/environment.py`: raise it as it is, or from it) does not count as a try.

To plug a stage in:

1. put its name, and what it needs, into `NEEDS` below;
2. write `make(work: Work) -> None` in a module of its own. Read what you need with `work.sessions()`, call
   `work.tick()` between pieces of long work (it keeps the lease; it may raise to stop you), and write what you made in
   `with work.finish() as session:`. That is one transaction with the stage's row becoming done; it raises LeaseLost
   where somebody else took the stage over, and Stale where the turns changed meanwhile (the stage is then made again).
   Rows that are made for a revision replace those of an older one;
3. add `Step(name, make)` to the list in `transcripts/pipeline/steps.py`; the worker gives each step a thread. One that
   listens to sound again gets `lock=engines.lock`.

A step that rewrites segments in place (masked text) does not call `changed`: later steps wait for it by `NEEDS`.
`is_current` says whether what a stage made is of the turns as they are now, e.g. before unmasked text is shown.
"""

import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased, sessionmaker

from calls.models import Call
from ringback.config import Settings
from ringback.store import lease
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7
from ringback.store.leased import Terms, is_over, renewing, take, work_on
from transcripts.errors import LanguageError, ModelError
from transcripts.models import Transcript, TranscriptStage

log = logging.getLogger("ringback.transcripts.pipeline")

NEEDS: dict[str, tuple[str, ...]] = {
    "turns": (),
    "redact": ("turns",),
    "mask": ("redact",),
    "measure": ("turns",),
    "index": ("redact",),
    "summary": ("redact",),
    "topic": ("summary",),
    "retell": ("summary",),
}
"""Each stage after the recognition, and the stages that must be done before it."""

TERMS = Terms(log, ended_state="failed", ends=(ModelError, LanguageError))
MOST, REMADE = 20, 5
"""Keys that one look finds, and of those that are listened to again: the rest is found by the next look. All that one
finds is done before the next, so a call that ends meanwhile waits for so many and no more."""
LOOKED_AT = 50
"""Rows of which those are found: other workers may hold the first of them."""
LISTENING = ("mask",)
"""Stages that take long, because they listen."""


class Stale(lease.LeaseLost):
    """The turns changed while something was made of them: nothing of it is kept, and it is made again."""

    code = "transcripts.stale"


@dataclass(frozen=True)
class Work:
    """One transcript in the hands of one step."""

    sessions: sessionmaker[Session]
    settings: Settings
    call_id: str
    transcript_id: UUID
    revision: int
    """Of the turns that the step works on."""
    held: lease.Lease
    tick: Callable[[], None]
    """Keeps the lease; cheap however often it is called. Raises LeaseLost."""
    began: float = field(default_factory=time.monotonic)

    @contextmanager
    def finish(self) -> Iterator[Session]:
        """One transaction for what was made; the stage is done with it. Raises LeaseLost, Stale."""
        with self.sessions() as session, session.begin():
            current = session.scalar(
                select(Transcript.revision).where(Transcript.id == self.transcript_id).with_for_update()
            )
            if current != self.revision:
                raise Stale
            self.held.release(
                session,
                state="done",
                revision=self.revision,
                took_seconds=time.monotonic() - self.began,
                finished_at=utcnow(),
            )
            yield session


@dataclass(frozen=True)
class Step:
    """One stage of the pipeline."""

    name: str
    """One of NEEDS."""
    make: Callable[[Work], None]
    niceness: int = 10
    lock: AbstractContextManager[object] = field(default_factory=nullcontext)
    """Held from before the claim until the end, e.g. `engines.lock` of a step that listens."""


def changed(session: Session, transcript_id: UUID, *, done: tuple[str, ...] = ("turns",)) -> int:
    """Tells that the segments changed, in the transaction that changes them; the new revision.

    Every stage but those in `done` waits to be made again, with all its tries; whoever works on one loses it.
    """
    revision = session.execute(
        update(Transcript)
        .where(Transcript.id == transcript_id)
        .values(revision=Transcript.revision + 1)
        .returning(Transcript.revision),
        execution_options={"synchronize_session": False},
    ).scalar_one()
    _ask(session, transcript_id)
    mine = TranscriptStage.transcript_id == transcript_id
    lease.again(session, TranscriptStage, mine, state="waiting")
    ready = {"state": "done", "revision": revision, "finished_at": utcnow()}
    session.execute(update(TranscriptStage).where(mine, TranscriptStage.stage.in_(done)).values(**ready))
    return int(revision)


def is_current(session: Session, call_id: str, stage: str) -> bool:
    """Whether `stage` is done for the turns of the call as they are now."""
    query = (
        select(TranscriptStage.id)
        .join(Transcript, Transcript.id == TranscriptStage.transcript_id)
        .where(Transcript.call_id == call_id, TranscriptStage.stage == stage, TranscriptStage.state == "done")
        .where(TranscriptStage.revision == Transcript.revision)
    )
    return session.scalar(query) is not None


def due(session: Session, stage: str, *, full: bool) -> list[str]:
    """call_ids of transcripts that `stage` is to be made of, a few at a time: those first that it was never made of.

    Of both the newest calls first. `full` also finds those it was never asked for.
    """
    now = utcnow()
    waiting = (
        select(TranscriptStage, Transcript.call_id)
        .join(Transcript, Transcript.id == TranscriptStage.transcript_id)
        .where(TranscriptStage.stage == stage, TranscriptStage.state == "waiting")
        .where(claimable(TranscriptStage, now))
    )
    for need in NEEDS[stage]:
        before = aliased(TranscriptStage)
        waiting = waiting.where(
            exists().where(
                before.transcript_id == Transcript.id,
                before.stage == need,
                before.state == "done",
                before.revision == Transcript.revision,
            )
        )
    newest = waiting.order_by(Transcript.id.desc())
    found = free(session, newest.where(TranscriptStage.revision < 0), MOST)
    some = REMADE if stage in LISTENING else MOST
    found += free(session, newest.where(TranscriptStage.revision >= 0), some)
    return found if found or not full else _unasked(session, stage)


def free(session: Session, waiting: Select[tuple[Any, str]], most: int) -> list[str]:
    """The first call_ids of rows with a lease, each with its call_id, that can be claimed or have no tries left."""
    now = utcnow()
    rows = session.execute(waiting.limit(LOOKED_AT))
    return [call_id for row, call_id in rows if lease.is_free(row, now) or is_over(row)][:most]


def run(step: Step, sessions: sessionmaker[Session], settings: Settings, call_id: str) -> str | None:
    """Makes one step of one transcript. "done" or "failed"; None: somebody else does it, or it is tried again later."""
    with step.lock:
        return _run(step, sessions, settings, call_id)


def _run(step: Step, sessions: sessionmaker[Session], settings: Settings, call_id: str) -> str | None:
    with sessions() as session, session.begin():
        work = _claim(session, step, sessions, settings, call_id)
    if work is None:
        return None

    def make() -> str:
        step.make(work)
        return "done"

    return work_on(sessions, work.held, f"{step.name} of {call_id}", TERMS, make)


def reprocess(session: Session, stage: str, *, call_id: str | None = None, since: datetime | None = None) -> int:
    """Lets `stage`, and what needs it, be made again: of one call, of calls since a time, or of all. How many."""
    chosen = select(Transcript.id).where(Transcript.state == "done")
    if call_id is not None:
        chosen = chosen.where(Transcript.call_id == call_id)
    if since is not None:
        chosen = chosen.join(Call, Call.call_id == Transcript.call_id).where(Call.arrived_at >= since)
    lacking = chosen.where(~exists().where(TranscriptStage.transcript_id == Transcript.id))
    for transcript_id in session.scalars(lacking).all():
        _ask(session, transcript_id)
    mine = TranscriptStage.transcript_id.in_(chosen)
    found = lease.again(session, TranscriptStage, mine, TranscriptStage.stage == stage, state="waiting")
    lease.again(session, TranscriptStage, mine, TranscriptStage.stage.in_(after(stage)), state="waiting")
    return len(found)


def after(stage: str) -> set[str]:
    """The stages that need `stage`, at first or second hand."""
    direct = {name for name, needs in NEEDS.items() if stage in needs}
    return direct.union(*(after(name) for name in direct)) if direct else set()


def claimable(kind: type[Transcript] | type[TranscriptStage], now: datetime) -> ColumnElement[bool]:
    """Rows that nobody holds and whose time has come, or whose holder may have died: `lease.is_free` tells exactly."""
    here = kind.lease_owner.startswith(f"{socket.gethostname()}:", autoescape=True)
    return or_(kind.lease_until.is_(None), kind.lease_until <= now, here)


def _unasked(session: Session, stage: str) -> list[str]:
    """Transcripts from before this stage was there, a few at a time."""
    query = (
        select(Transcript.call_id)
        .outerjoin(
            TranscriptStage, and_(TranscriptStage.transcript_id == Transcript.id, TranscriptStage.stage == stage)
        )
        .where(Transcript.state == "done", TranscriptStage.id.is_(None))
        .order_by(Transcript.id.desc())
    )
    return list(session.scalars(query.limit(MOST)))


def _claim(
    session: Session, step: Step, sessions: sessionmaker[Session], settings: Settings, call_id: str
) -> Work | None:
    """Takes the step's row of the call, made if the transcript is older than the step."""
    transcript = session.scalars(select(Transcript).where(Transcript.call_id == call_id)).one()
    _ask(session, transcript.id, turns_of=transcript.revision)
    mine = (TranscriptStage.transcript_id == transcript.id, TranscriptStage.stage == step.name)
    row = session.scalars(select(TranscriptStage).where(*mine)).one()
    if row.state != "waiting":
        return None
    held = take(session, row, TERMS)
    if held is None:
        return None
    return Work(sessions, settings, call_id, transcript.id, transcript.revision, held, renewing(sessions, held))


def _ask(session: Session, transcript_id: UUID, turns_of: int | None = None) -> None:
    """Makes the rows that a transcript lacks. `turns_of`: the revision of an older transcript that has its turns."""
    for stage in NEEDS:
        there = stage == "turns" and turns_of is not None
        state, revision = ("done", turns_of) if there else ("waiting", -1)
        new = {"id": uuid7(), "transcript_id": transcript_id, "stage": stage, "state": state, "revision": revision}
        session.execute(insert_or_leave(TranscriptStage).values(**new, attempts=0))
