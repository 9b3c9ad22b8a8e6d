"""The life of an erasure: asked, previewed, confirmed, rows emptied, files deleted, certified.

The web writes what is wanted; the worker does every step, each from what the row says, so that it may be killed
anywhere: rows are emptied in transactions that also write down the files to go and what was counted; files are
deleted afterwards one by one; the certificate is written when nothing is left. A preview is the same work undone:
it counts what would go. What each room has and how it goes is the rooms' (`ringback.store.erasing.Room`).
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, Contact
from calls.numbers import typed_contact
from contacts.points import email_of
from contacts.service import find, points_of
from recording.models import Recording
from retention import certificate, holds
from retention.errors import RetentionError
from retention.models import ErasedFile, Erasure
from retention.plan import Plan, plan_of
from retention.policy import masked, worth_beginning
from ringback.config import Settings
from ringback.messages import Message, message, words_of
from ringback.store import lease
from ringback.store.alarms import clear_alarm, insert_or_leave, raise_alarm
from ringback.store.base import utcnow, uuid7
from ringback.store.engine import forget_deleted
from ringback.store.erasing import ERASED, Doomed, ErasingWaits, Room, Scope, quietly
from ringback.store.leased import AWAY_SECONDS, Terms, take, told, work_on

log = logging.getLogger("ringback.erasure")

CHUNK = 20
"""Calls emptied in one transaction."""
BATCH = 200
"""Calls whose time is up that share one certificate."""
WAIT_SECONDS = 3.0
"""Until it is tried again where a call goes on, or somebody reads an older state of the database."""
WORKING = ("asked", "confirmed", "files")
"""States in which it is the worker's turn."""


@dataclass(frozen=True)
class Eraser:
    """What the worker does it with."""

    sessions: sessionmaker[Session]
    settings: Settings
    rooms: tuple[Room, ...]


# -- what the pages ask --------------------------------------------------------------------------------


def ask_person(session: Session, settings: Settings, number: str, by: str, request: str) -> Erasure:
    """Wants everything of the person gone who has a number, or an email address, with all other numbers and addresses
    of this person; the worker makes the preview. Raises RetentionError, also of a number that several persons have."""
    email = email_of(number) if "@" in number else None
    found = email or typed_contact(number, settings.lines[0].default_country)
    if found is None:
        raise RetentionError("retention.no_number")
    holders = find(session, "email" if email else "phone", found)
    if len(holders) > 1:
        raise RetentionError("retention.of_several", count=len(holders))
    if email and not holders:
        raise RetentionError("retention.no_address")
    contact_id = holders[0] if email else None
    return _add(
        session, Erasure(cause="person", number=found, contact_id=contact_id, asked_by=by, wish=_request(request))
    )


def ask_contact(session: Session, contact_id: UUID, by: str, request: str) -> Erasure:
    """`ask_person`, of one of several behind a number, or of one without any. Raises RetentionError."""
    person = session.get(Contact, contact_id)
    if person is None or person.merged_into is not None:
        raise RetentionError("retention.no_contact")
    shown = next((point.value for point in points_of(session, [contact_id])[contact_id]), "")
    return _add(
        session, Erasure(cause="person", number=shown, contact_id=contact_id, asked_by=by, wish=_request(request))
    )


def ask_call(session: Session, call_id: str, by: str, request: str) -> Erasure:
    """Wants one call's content gone, and who called. Raises RetentionError."""
    if session.scalar(select(Call.id).where(Call.call_id == call_id)) is None:
        raise RetentionError("retention.no_call")
    return _add(session, Erasure(cause="call", call_ids=[call_id], asked_by=by, wish=_request(request)))


def confirm(session: Session, erasure_id: UUID, by: str, now: datetime) -> None:
    """From here on there is no way back. Raises RetentionError unless the preview was there to be seen."""
    values = {"state": "confirmed", "confirmed_by": by, "confirmed_at": now, "attempts": 0, "error": None}
    _move(session, erasure_id, ("previewed",), values)


def withdraw(session: Session, erasure_id: UUID) -> None:
    """Nothing is erased, and the number is forgotten here too. Raises RetentionError when it was confirmed before."""
    row = session.get(Erasure, erasure_id)
    number = masked(row.number) if row is not None and row.number else None
    _move(
        session,
        erasure_id,
        ("asked", "previewed", "refused"),
        {"state": "withdrawn", "number": number, "contact_id": None},
    )


def try_again(session: Session, erasure_id: UUID) -> None:
    """Of an erasure that was set aside after errors."""
    values = {"attempts": 0, "error": None, "lease_owner": None, "lease_until": None}
    _move(session, erasure_id, WORKING, values)


def erasures(session: Session, *, by_age: bool, limit: int = 100) -> list[Erasure]:
    """Newest first: those that people asked for, or those that the clock made."""
    which = Erasure.cause == "keep-until" if by_age else Erasure.cause != "keep-until"
    return list(session.scalars(select(Erasure).where(which).order_by(Erasure.asked_at.desc()).limit(limit)))


def files_of(session: Session, erasure_id: UUID) -> list[ErasedFile]:
    query = select(ErasedFile).where(ErasedFile.erasure_id == erasure_id)
    return list(session.scalars(query.order_by(ErasedFile.name)))


def _add(session: Session, row: Erasure) -> Erasure:
    session.add(row)
    session.flush()
    return row


def _request(text: str) -> str:
    request = " ".join(text.split())[:500]
    if len(request) < 3:
        raise RetentionError("retention.nobody_asked")
    return request


def _move(session: Session, erasure_id: UUID, states: tuple[str, ...], values: dict[str, Any]) -> None:
    here = update(Erasure).where(Erasure.id == erasure_id, Erasure.state.in_(states))
    if not quietly(session, here.values(values)).rowcount:
        raise RetentionError("retention.moved_on")


# -- the clock -----------------------------------------------------------------------------------------


def run_out(session: Session, now: datetime) -> list[str]:
    """Calls whose time is up and that no legal hold keeps, oldest day first; a batch of them."""
    query = (
        select(Recording.call_id)
        .join(Call, Call.call_id == Recording.call_id)
        .where(Recording.keep_until <= now, Recording.state != ERASED, ~holds.is_held())
        .order_by(Recording.keep_until)
        .limit(BATCH)
    )
    return list(session.scalars(query))


def due_by_age(session: Session) -> list[str]:
    """One key when calls whose time is up are to be erased now."""
    call_ids, now = run_out(session, utcnow()), utcnow()
    if not call_ids:
        return []
    last = session.scalar(select(func.max(Erasure.asked_at)).where(Erasure.cause == "keep-until"))
    return ["keep-until"] if worth_beginning(len(call_ids), BATCH, last, now) else []


def begin_by_age(sessions: sessionmaker[Session]) -> str | None:
    """Writes down that the calls whose time is up are to go. One at a time, whatever the number of workers."""
    now = utcnow()
    with sessions() as session, session.begin():
        call_ids = run_out(session, now)
        if not call_ids:
            return None
        row = {
            "id": uuid7(),
            "cause": "keep-until",
            "call_ids": call_ids,
            "state": "confirmed",
            "asked_at": now,
            "confirmed_at": now,
            "wish": "",
            "removed": {},
            "kept": [],
            "attempts": 0,
        }
        made = session.scalar(insert_or_leave(Erasure).values(row).returning(Erasure.id))
        return None if made is None else str(made)


# -- the worker ----------------------------------------------------------------------------------------


def due(session: Session) -> list[str]:
    """Erasures that are the worker's turn, oldest first."""
    now = utcnow()
    rows = session.scalars(select(Erasure).where(Erasure.state.in_(WORKING)).order_by(Erasure.asked_at))
    return [str(row.id) for row in rows if lease.is_free(row, now)]


def work(eraser: Eraser, key: str) -> str | None:
    """Takes one erasure as far as it goes; the state it is in now, or None: somebody else does it, or it waits."""
    with eraser.sessions() as session, session.begin():
        row = session.get(Erasure, UUID(key))
        held = take(session, row, TERMS) if row is not None and row.state in WORKING else None
    if row is None or held is None:
        return None
    return work_on(eraser.sessions, held, f"erasure {key}", TERMS, partial(_advance, eraser, row, held))


def _advance(eraser: Eraser, row: Erasure, held: lease.Lease) -> str:
    if row.state == "asked":
        return _preview(eraser, row, held)
    if row.state == "confirmed" and not _empty_rows(eraser, row.id, held):
        return "refused"
    _delete_files(eraser, row.id, held)
    return _certify(eraser, row.id, held)


def _said(error: Exception) -> Message:
    if isinstance(error, OSError) and error.filename:
        return message("retention.cannot_delete", file=error.filename, why=words_of(error))
    if isinstance(error, OSError):
        return message("retention.cannot_delete_a_file", why=words_of(error))
    return told(error)


TERMS = Terms(log, waits={ErasingWaits: WAIT_SECONDS, OSError: AWAY_SECONDS}, quiet=(ErasingWaits,), say=_said)


def tell_dead_letters(sessions: sessionmaker[Session]) -> None:
    """Nobody may believe that something is erased which is not: what has no tries left is an alarm."""
    now = utcnow()
    with sessions() as session, session.begin():
        for row in session.scalars(select(Erasure).where(Erasure.state.in_(WORKING))):
            if lease.is_spent(row) and not lease.is_held(row, now):
                said = message("retention.failed")
                raise_alarm(session, "erasure.failed", str(row.id), said, "red", now, why=row.error)


def _preview(eraser: Eraser, row: Erasure, held: lease.Lease) -> str:
    """Does it all in a transaction that is undone, and writes down what it counted."""
    with eraser.sessions() as session:
        plan = plan_of(session, eraser.settings, row, utcnow())
        refused = _refusal(session, row, plan)
        removed: dict[str, int] = {}
        files = 0
        for begin in range(0, max(1, len(plan.todo)), CHUNK):
            part, last = plan.todo[begin : begin + CHUNK], begin + CHUNK >= len(plan.todo)
            gone, doomed = _take(session, eraser, _scope(row, plan, part, last=last))
            removed, files = _sum(removed, gone), files + len(doomed)
        session.rollback()
    preview = {
        "calls": len(plan.todo),
        "held": plan.held,
        "open": len(plan.open),
        "removed": removed,
        "files": files,
    }
    state = "refused" if refused else "previewed"
    number = masked(row.number) if refused and row.number else row.number
    contact_id = None if refused else row.contact_id
    with eraser.sessions() as session, session.begin():
        told = {"state": state, "error": refused, "preview": preview, "number": number, "contact_id": contact_id}
        held.release(session, **told, attempts=0)
    return state


def _refusal(session: Session, row: Erasure, plan: Plan) -> Message | None:
    """Why nothing at all may be erased."""
    if any(holds.on(session, "number", number) for number in (row.number, *plan.numbers) if number):
        return message("retention.held")
    return message("retention.held") if plan.held and not plan.todo and not plan.open else None


def _empty_rows(eraser: Eraser, erasure_id: UUID, held: lease.Lease) -> bool:
    """Empties rows, a few calls a transaction, and writes down the files to go. Done again it finds nothing.

    False: a legal hold on all of it came after the preview. What was emptied before it came is not to be had back: the
    erasure ends with that.
    """
    done: set[str] = set()
    while True:
        with eraser.sessions() as session, session.begin():
            held.renew(session, utcnow())  # first: from here on SQLite lets nobody else write, e.g. a legal hold
            holds.stay_as_they_are(session)
            row = session.get_one(Erasure, erasure_id)
            plan = plan_of(session, eraser.settings, row, row.confirmed_at or utcnow())
            refused = None if row.cause == "keep-until" else _refusal(session, row, plan)
            if refused and not row.removed:
                held.release(session, state="refused", error=refused, number=masked(row.number) if row.number else None)
                return False
            if plan.open:
                raise ErasingWaits("retention.waits_for_call")
            todo = [] if refused else [call_id for call_id in plan.todo if call_id not in done]
            last = len(todo) <= CHUNK
            if not refused:
                _empty(session, eraser, row, _scope(row, plan, todo[:CHUNK], last=last))
            if last:
                row.kept, row.state = plan.held, "files"
                row.number, row.contact_id = masked(row.number) if row.number else None, None
                return True
        done.update(todo[:CHUNK])


def _empty(session: Session, eraser: Eraser, row: Erasure, scope: Scope) -> None:
    removed, doomed = _take(session, eraser, scope)
    row.removed = _sum(row.removed, removed)
    if row.cause == "person":
        row.call_ids = [*row.call_ids, *(each for each in scope.call_ids if each not in row.call_ids)]
    for room, file in doomed:
        values = {"erasure_id": row.id, "room": room, "kind": file.kind, "name": file.name, "sha256": file.sha256}
        session.execute(insert_or_leave(ErasedFile).values(id=uuid7(), **values))


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {kind: one.get(kind, 0) + other.get(kind, 0) for kind in {**one, **other}}


def _take(session: Session, eraser: Eraser, scope: Scope) -> tuple[dict[str, int], list[tuple[str, Doomed]]]:
    """What was removed by kind, and the files to go, each with its room.

    A file that two rooms name is the later one's, which knows more of it: e.g. a masked copy, which to recordings is
    just one of the files with the call's name.
    """
    doomed = {
        file.name: (room.name, file) for room in eraser.rooms for file in room.files(session, eraser.settings, scope)
    }
    removed: dict[str, int] = {}
    for room in eraser.rooms:
        for line in room.erase(session, eraser.settings, scope):
            removed[line.kind] = removed.get(line.kind, 0) + line.count
    return removed, list(doomed.values())


def _scope(row: Erasure, plan: Plan, call_ids: list[str], *, last: bool) -> Scope:
    """`last`: with these calls the person is done, so what hangs on the number alone goes too."""
    person = row.cause != "keep-until"
    if row.cause != "person" or not last:
        return Scope(call_ids=tuple(call_ids), person=person, kept=tuple(plan.held))
    return Scope(
        call_ids=tuple(call_ids),
        person=True,
        numbers=plan.numbers,
        addresses=plan.addresses,
        contacts=plan.contacts,
        kept=tuple(plan.held),
    )


def _delete_files(eraser: Eraser, erasure_id: UUID, held: lease.Lease) -> None:
    """One by one; each is noted before the next, so that a killed try repeats one at most.

    Copies in a storage first: after that, nobody can fetch one into the cache that was emptied.
    """
    rooms = {room.name: room for room in eraser.rooms}
    with eraser.sessions() as session:
        left = [file for file in files_of(session, erasure_id) if file.removed_at is None]
    left.sort(key=lambda file: "://" not in file.name)
    for file in left:
        remove = rooms[file.room].remove
        assert remove is not None
        digest = remove(eraser.settings, file.name)
        with eraser.sessions() as session, session.begin():
            held.renew(session, utcnow())
            values = {"removed_at": utcnow(), "sha256": digest or file.sha256}
            quietly(session, update(ErasedFile).where(ErasedFile.id == file.id).values(values))


def _certify(eraser: Eraser, erasure_id: UUID, held: lease.Lease) -> str:
    """Makes the store forget what was deleted in it, and writes the certificate."""
    for room in eraser.rooms:
        if room.scrub is not None:
            with eraser.sessions() as session, session.begin():
                held.renew(session, utcnow())
                room.scrub(session)
    with eraser.sessions() as session:
        engine = session.get_bind().engine
    tables = sorted({table for room in eraser.rooms for table in room.erased})
    if not forget_deleted(engine, tables):
        raise ErasingWaits("retention.waits_for_readers")
    with eraser.sessions() as session, session.begin():
        row = session.get_one(Erasure, erasure_id)
        finished_at = utcnow()
        document = certificate.document(row, files_of(session, erasure_id), finished_at, engine.dialect.name)
        held.release(
            session, state="done", finished_at=finished_at, certificate=document, sha256=certificate.digest(document)
        )
        clear_alarm(session, "erasure.failed", str(erasure_id), finished_at)
    log.info("erasure %s is done", erasure_id)
    return "done"
