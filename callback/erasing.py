"""What erasing takes from promises: number, reason in words and in sound, what the controller remembers of them,
and what was written down and recorded of a call that asked for one while the controller was away.

That a promise was made, when, and what became of it stays for the figures. An open promise of the person is ended
first: nobody is called whose number is not to be known. The controller learns it as it learns of every end.
"""

import hashlib
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, String, and_, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from callback.models import LIVE_STATES, OPEN_STATES, Callback, CallbackAttempt, JoinedRequest
from callback.spool import FILE_NAME, MOST_BYTES
from ringback.config import Settings
from ringback.messages import message
from ringback.store.base import utcnow
from ringback.store.erasing import ERASED, Doomed, ErasingWaits, Removed, Room, Scope, changed, quietly

RAW_NAME = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z_-]|\.(?=[0-9A-Za-z])){0,79}\.raw")
NAMES = {
    "reason": re.compile(r"[0-9a-f]{32}\.[A-Za-z0-9]{1,20}"),
    "away": RAW_NAME,
    "wish": FILE_NAME,
    "rejected": FILE_NAME,
}
"""How `Doomed.name` begins, up to a colon, and what follows: a spoken reason, a raw recording that was made while the
controller was away, what the fallback wrote down then and nobody has taken in, or could."""
WHY = message("callback.erased")


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    removed = []
    if scope.person and (scope.call_ids or scope.numbers):
        which = _of_person(scope)
        if session.scalar(select(Callback.id).where(which, Callback.state == "connected").limit(1)):
            raise ErasingWaits("callback.waits_for_call")
        ids = list(session.scalars(select(Callback.id).where(which, Callback.number != ERASED)))
        ended = update(Callback).where(Callback.id.in_(ids), Callback.state.in_(OPEN_STATES))
        quietly(session, ended.values(state="cancelled", ended_at=utcnow(), end_reason=WHY))
        values: dict[str, Any] = {
            "number": ERASED,
            "notes": "",
            "reason_call_id": None,
            "reason_from": None,
            "reason_to": None,
            "snapshot": None,
            "revision": Callback.revision + 1,
        }
        named = [type_coerce(Callback.end_reason, String).contains(number, autoescape=True) for number in scope.numbers]
        if named:
            reasons = update(Callback).where(Callback.id.in_(ids), or_(*named))
            quietly(session, reasons.values(end_reason=WHY))
        over = Callback.id.in_(ids), Callback.state.not_in(LIVE_STATES)
        removed += changed("promise", quietly(session, update(Callback).where(*over).values(values)))
        tries = update(CallbackAttempt).where(
            or_(CallbackAttempt.callback_id.in_(ids), CallbackAttempt.number.in_(scope.numbers)),
            CallbackAttempt.number != ERASED,
        )
        removed += changed("attempt", quietly(session, tries.values(number=ERASED)))
    return removed


def files(session: Session, settings: Settings, scope: Scope) -> list[Doomed]:
    """Spoken reasons, which are cut from the sound of these calls, and raw recordings of which only a promise knows."""
    spoken: ColumnElement[bool] = Callback.reason_call_id.in_(scope.call_ids)
    whose = select(Callback.id).where(_of_person(scope), Callback.number != ERASED)
    theirs = list(session.scalars(whose)) if scope.person else []
    promises = session.scalars(select(Callback.id).where(or_(spoken, Callback.id.in_(theirs))))
    names = [f"{id_.hex}.*" for id_ in promises]
    found = [Doomed("sound", f"reason:{path.name}") for name in names for path in settings.callback_reasons.glob(name)]
    first = Callback.id.in_(theirs), Callback.source == "fallback"
    keys = list(session.scalars(select(Callback.source_key).where(*first)))
    requests = JoinedRequest.callback_id.in_(theirs), JoinedRequest.source == "fallback"
    keys += session.scalars(select(JoinedRequest.source_key).where(*requests))
    if scope.person:
        left = _requests_left(settings, scope.numbers)
        found += [Doomed("promise", name) for name in left]
        keys += [name.partition(":")[2] for name in left]
    for call_id in dict.fromkeys(key.removesuffix(".json") for key in keys):
        raw = f"{call_id}.raw"
        if call_id not in scope.kept and RAW_NAME.fullmatch(raw) and (settings.spool / raw).is_file():
            found.append(Doomed("raw sound", f"away:{raw}"))
    return found


def _requests_left(settings: Settings, numbers: Iterable[str]) -> list[str]:
    """Files of the fallback that tell one of these numbers, as `Doomed.name`."""
    told = [f'"{number}"'.encode() for number in numbers]
    found = []
    for kind in ("wish", "rejected"):
        for path in sorted(_place(settings, kind).glob("*.json")) if told else ():
            try:
                small = FILE_NAME.fullmatch(path.name) and stat.S_ISREG(path.lstat().st_mode)
                text = path.read_bytes() if small and path.lstat().st_size <= MOST_BYTES else b""
            except FileNotFoundError:
                continue  # taken in just now: it is a promise, or a part of one
            if any(number in text for number in told):
                found.append(f"{kind}:{path.name}")
    return found


def _place(settings: Settings, kind: str) -> Path:
    folders = {"reason": settings.callback_reasons, "away": settings.spool, "wish": settings.fallback_spool}
    return folders.get(kind, settings.fallback_spool / "rejected")


def remove(settings: Settings, name: str) -> str | None:
    """Deletes one of `files`; see ringback.store.erasing.Room.remove. Raises OSError."""
    kind, _, file = name.partition(":")
    if kind not in NAMES or not NAMES[kind].fullmatch(file):
        return None  # not one that `files` gives
    path = _place(settings, kind) / file
    digest: str | None
    try:
        with path.open("rb") as sound:
            digest = hashlib.file_digest(sound, "sha256").hexdigest()
    except OSError:  # not there; or not to be read, which keeps nobody from removing it
        digest = None
    path.unlink(missing_ok=True)
    return digest


def _of_person(scope: Scope) -> ColumnElement[bool]:
    """Promises that these calls asked for or kept, or to these numbers; never those of a call that is kept."""
    theirs = or_(
        Callback.number.in_(scope.numbers),
        Callback.asked_call_id.in_(scope.call_ids),
        Callback.connected_call_id.in_(scope.call_ids),
    )
    kept = [
        or_(column.is_(None), column.not_in(scope.kept))
        for column in (Callback.asked_call_id, Callback.connected_call_id)
        if scope.kept
    ]
    return and_(theirs, *kept)


ROOM = Room(
    name="callback",
    erased={
        "callback": "number, reason and memory go with the person; the sound of a reason goes with its call",
        "callback_attempt": "the number goes with the person",
    },
    harmless={"callback_wish": "which form or call joined a promise: names of events, no number"},
    erase=erase,
    files=files,
    remove=remove,
)
