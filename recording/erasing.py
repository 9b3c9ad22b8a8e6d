"""What erasing takes from recordings: the sound with every copy, its waveform, and the words of who kept or heard it.

That there was a recording, how long it was and who heard it stays. A recording that somebody is finishing or sending
just now cannot be erased: `busy` tells, and the erasure waits.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from recording import flac
from recording.errors import NameRefused, RecordingError
from recording.keeping_models import AccessReceipt, Hold
from recording.models import Recording, RecordingUpload, RecordingWish
from recording.names import raw_name
from ringback.config import Settings
from ringback.store import lease
from ringback.store.erasing import ERASED, Doomed, Removed, Room, Scope, changed, quietly

LIBRARY, SPOOL = "library", "spool"
"""Where a file lies; `Doomed.name` is `<place>:<name below it>`."""


def busy(session: Session, linkedids: Iterable[str], now: datetime) -> bool:
    """Whether a worker that may well be alive has one of these recordings in its hands."""
    ids = list(linkedids)
    rows: list[Any] = [*session.scalars(select(Recording).where(Recording.linkedid.in_(ids)))]
    rows += session.scalars(select(RecordingUpload).where(RecordingUpload.linkedid.in_(ids)))
    return any(lease.is_held(row, now) for row in rows)


def erase(session: Session, settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    removed = _recordings(session, scope) if scope.linkedids else []
    if scope.person and scope.linkedids:
        removed += _words_about(session, settings, scope)
    if scope.person and scope.numbers:
        released = Hold.released_at.is_not(None), Hold.kind == "number", Hold.subject.in_(scope.numbers)
        values = {"subject": ERASED, "reason": ERASED, "release_reason": ERASED}
        removed += changed("hold", quietly(session, update(Hold).where(*released).values(values)))
    return removed


def _recordings(session: Session, scope: Scope) -> list[Removed]:
    quietly(session, delete(RecordingUpload).where(RecordingUpload.linkedid.in_(scope.linkedids)))
    values: dict[str, Any] = {
        "state": ERASED, "reason": None, "notes": None, "path": None, "peaks_path": None, "sha256": None, "size": None,
        "levels": None, "gaps": None, "fault": None, "checked_at": None, "remote_url": None, "remote_at": None,
        "error": None, "lease_owner": None, "lease_until": None, "attempts": Recording.attempts + 1,
    }  # fmt: skip
    there = Recording.linkedid.in_(scope.linkedids), Recording.state != ERASED
    return changed("recording", quietly(session, update(Recording).where(*there).values(values)))


def _words_about(session: Session, settings: Settings, scope: Scope) -> list[Removed]:
    """Reasons in somebody's own words may name the caller; one from the list does not."""
    own = AccessReceipt.reason.not_in([*settings.listening.reasons, "own", ERASED])
    heard = update(AccessReceipt).where(AccessReceipt.linkedid.in_(scope.linkedids), own)
    removed = changed("reason", quietly(session, heard.values(reason=ERASED)))
    wished = update(RecordingWish).where(RecordingWish.linkedid.in_(scope.linkedids), RecordingWish.reason != "")
    removed += changed("reason", quietly(session, wished.values(reason="")))
    held = update(Hold).where(
        Hold.kind == "call", Hold.subject.in_(scope.linkedids), Hold.released_at.is_not(None), Hold.reason != ERASED
    )
    return removed + changed("reason", quietly(session, held.values(reason=ERASED, release_reason=ERASED)))


def files(session: Session, settings: Settings, scope: Scope) -> list[Doomed]:
    """The finished file and its waveform, here and in the storage, and a raw file that was not finished yet."""
    found = []
    for row in session.scalars(select(Recording).where(Recording.linkedid.in_(scope.linkedids))):
        if row.path:
            found.append(Doomed("sound", f"{LIBRARY}:{row.path}", row.sha256))
        if row.peaks_path:
            peaks = settings.recordings / row.peaks_path
            digest = flac.sha256_of(peaks, _nothing) if peaks.is_file() else None
            found.append(Doomed("waveform", f"{LIBRARY}:{row.peaks_path}", digest))
    for linkedid in scope.linkedids:
        try:
            raw = settings.spool / raw_name(linkedid)
        except NameRefused:
            continue  # no file was ever looked for under such a name
        if raw.is_file():
            found.append(Doomed("raw sound", f"{SPOOL}:{raw.name}"))
    return found


def remove(settings: Settings, name: str) -> str | None:
    """Deletes one file; see ringback.store.erasing.Room.remove. Raises OSError, RecordingError."""
    place, _, below = name.partition(":")
    folder = {LIBRARY: settings.recordings, SPOOL: settings.spool}[place].resolve()
    path = (folder / below).resolve()
    if not path.is_relative_to(folder):
        raise RecordingError(f"{below} lies outside {folder}: it is not deleted; delete it by hand if it is yours.")
    for draft in path.parent.glob(f"{path.stem}.*.part"):
        draft.unlink(missing_ok=True)
    return _digest_and_unlink(path)


def _digest_and_unlink(path: Path) -> str | None:
    try:
        digest = flac.sha256_of(path, _nothing)
        path.unlink()
    except FileNotFoundError:
        return None
    return digest


def _nothing() -> None:
    """No lease to renew here: a file is hashed in seconds."""


ROOM = Room(
    name="recording",
    erased={
        "recording": "sound and waveform go with the call's content; lengths stay",
        "recording_upload": "deleted with the call's content",
        "recording_wish": "the reason in words goes with the person",
        "access_receipt": "a reason in somebody's own words goes with the person; who heard it and when stays",
        "hold": "of released ones: number and reasons go with the person",
    },
    harmless={
        "erasure": "the number goes when it is done; what is left is the certificate",
        "erased_file": "names of files that are gone, with their sha256, for the certificate",
    },
    erase=erase,
    files=files,
    remove=remove,
)
