"""What erasing takes from recordings: the sound with every copy, its waveform, and the words of those who kept it.

That there was a recording and how long it was stays. A recording that somebody is finishing or sending just now
cannot be erased: `busy` tells, and the erasure waits.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from calls.models import Call
from recording import copies
from recording.models import KeepRequest, Recording, RecordingLeftover, RecordingUpload
from recording.names import is_safe, library_name, owners, raw_name
from ringback.config import Settings
from ringback.store import lease
from ringback.store.alarms import insert_or_leave
from ringback.store.base import uuid7
from ringback.store.erasing import ERASED, Doomed, Removed, Room, Scope, changed, quietly

NEVER = ("missing", "not_recorded")
"""States of a recording without sound."""
RAW = "raw:"
"""How `Doomed.name` of a raw file begins; others are as recording/copies.py names them."""


def busy(session: Session, call_ids: Iterable[str], now: datetime) -> set[str]:
    """Those of these calls whose recording a worker that may well be alive has in its hands."""
    ids = list(call_ids)
    rows: list[Any] = [*session.scalars(select(Recording).where(Recording.call_id.in_(ids)))]
    rows += session.scalars(select(RecordingUpload).where(RecordingUpload.call_id.in_(ids)))
    return {row.call_id for row in rows if lease.is_held(row, now)}


def erase(session: Session, settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    removed = _recordings(session, settings, scope) if scope.call_ids else []
    if scope.person and scope.call_ids:
        requested = update(KeepRequest).where(KeepRequest.call_id.in_(scope.call_ids), KeepRequest.reason != "")
        removed += changed("reason", quietly(session, requested.values(reason="")))
    return removed


def _recordings(session: Session, settings: Settings, scope: Scope) -> list[Removed]:
    for sent in (RecordingUpload, RecordingLeftover):
        quietly(session, delete(sent).where(sent.call_id.in_(scope.call_ids)))
    values: dict[str, Any] = {
        "state": ERASED,
        "reason": None,
        "notes": None,
        "path": None,
        "peaks_path": None,
        "sha256": None,
        "size": None,
        "levels": None,
        "gaps": None,
        "fault": None,
        "checked_at": None,
        "remote_url": None,
        "remote_at": None,
        "error": None,
        "keep_until": None,
        "lease_owner": None,
        "lease_until": None,
        "attempts": Recording.attempts + 1,
    }
    for call_id in scope.call_ids:  # one that nobody has begun to finish must not be begun later
        new = insert_or_leave(Recording).values(id=uuid7(), call_id=call_id, state="spooled", attempts=0)
        session.execute(new)
    # What never was stays what it is, with its reason, unless its raw file came late. Its day is over all the same.
    late = [raw.stem for raw in _raw_files(settings, scope)]
    never = Recording.call_id.in_(scope.call_ids), Recording.state.in_(NEVER), Recording.call_id.not_in(late)
    quietly(session, update(Recording).where(*never).values(keep_until=None))
    there = Recording.call_id.in_(scope.call_ids), Recording.state != ERASED, ~and_(*never)
    return changed("recording", quietly(session, update(Recording).where(*there).values(values)))


def files(session: Session, settings: Settings, scope: Scope) -> list[Doomed]:
    """Sound and waveform wherever they lie, here and in the storage, what tries that were killed left of them, and a
    raw file that was not finished yet."""
    found: dict[str, Doomed] = {}
    uploads = session.scalars(select(RecordingUpload).where(RecordingUpload.call_id.in_(scope.call_ids)))
    sending = {upload.call_id: upload for upload in uploads}
    rows = list(session.scalars(select(Recording).where(Recording.call_id.in_(scope.call_ids))))
    for row in rows:
        for name in copies.names(row, sending.get(row.call_id)):
            if not name.endswith(str(row.peaks_path)):
                found[name] = Doomed("sound", name, row.sha256)
            else:
                found[name] = Doomed("waveform", name, copies.digest_of(settings.recordings / name))
    left = select(RecordingLeftover.url).where(RecordingLeftover.call_id.in_(scope.call_ids))
    for name in (*session.scalars(left), *_beside(session, settings, scope, rows)):
        found.setdefault(name, Doomed(_kind(name), name))
    raws = [Doomed("raw sound", f"{RAW}{raw.name}") for raw in _raw_files(settings, scope)]
    return [*found.values(), *raws]


def _beside(session: Session, settings: Settings, scope: Scope, rows: list[Recording]) -> list[str]:
    """What lies in the folders of these calls under their names, as `copies.remove` takes it: drafts of finishers and
    maskers that were killed, masked copies, what was fetched from the storage."""
    arrived = select(Call.call_id, Call.arrived_at).where(Call.call_id.in_(scope.call_ids))
    folders = {library_name(call_id, at).parent for call_id, at in session.execute(arrived) if is_safe(call_id)}
    folders |= {PurePosixPath(row.path).parent for row in rows if row.path}
    wanted, found = set(scope.call_ids), {}
    for folder in folders:
        for base in (settings.recordings, settings.recordings_cache):
            for name in _files_in(base, folder):
                if any(owner in wanted for owner in owners(name)):
                    found[(folder / name).as_posix()] = owners(name)
    # `1.2.3.flac` is a draft of the call 1.2, unless there is a call 1.2.3.
    named = {owner for all_owners in found.values() for owner in all_owners} - wanted
    others = set(session.scalars(select(Call.call_id).where(Call.call_id.in_(named)))) if named else set()
    return sorted(
        name for name, all_owners in found.items() if next(o for o in all_owners if o in wanted | others) in wanted
    )


def _files_in(base: Path, folder: PurePosixPath) -> list[str]:
    """Names of plain files in a folder of the library; none where it is no folder of it."""
    here = (base / folder).resolve()
    if not here.is_relative_to(base.resolve()) or not here.is_dir():
        return []
    return [entry.name for entry in os.scandir(here) if entry.is_file(follow_symlinks=False) and entry.name.isascii()]


def _kind(name: str) -> str:
    if name.endswith((".json", ".peaks.part")):
        return "waveform"
    return "masked sound" if ".masked." in name or name.endswith(".masking") else "sound"


def remove(settings: Settings, name: str) -> str | None:
    """Deletes one file; see ringback.store.erasing.Room.remove. Raises OSError, RecordingError."""
    if not name.startswith(RAW):
        return copies.remove(settings, name)
    raw = settings.spool / raw_name(name.removeprefix(RAW).removesuffix(".raw"))
    digest = copies.digest_of(raw)
    raw.unlink(missing_ok=True)
    return digest


def _raw_files(settings: Settings, scope: Scope) -> list[Path]:
    """Raw recordings of these calls; no file is looked for under a name that Asterisk does not give."""
    raws = [settings.spool / raw_name(call_id) for call_id in scope.call_ids if is_safe(call_id)]
    return [raw for raw in raws if raw.is_file()]


ROOM = Room(
    name="recording",
    erased={
        "recording": "sound and waveform go with the call's content; lengths stay",
        "recording_upload": "deleted with the call's content",
        "recording_leftover": "deleted with the call's content, and with it what was left in a storage",
        "recording_wish": "the reason in words goes with the person",
    },
    harmless={},
    erase=erase,
    files=files,
    remove=remove,
)
