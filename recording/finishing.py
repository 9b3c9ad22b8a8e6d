"""One call's raw file becomes a finished recording, or a row that says why there is none.

The row is the truth: it is `spooled` until the finished file lies verified in the library, and the raw file goes only
after the row says so. A try that is killed anywhere leaves nothing but temporary files and a raw file, from which the
next try makes the same result (FLAC of the same sound is the same file).
"""

import logging
import os
import time
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from outbox.service import publish
from recording import encoding, files, genuine, policy
from recording.errors import NameRefused, NotAFile
from recording.facts import RecordingFacts, facts_of, is_asked_for
from recording.models import Recording
from recording.names import is_safe, library_name, raw_name
from recording.notes import Note, note, say
from ringback.config import Settings
from ringback.messages import Message, message, words_of
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7
from ringback.store.lease import Lease
from ringback.store.leased import Terms, renewing, take, told, work_on

log = logging.getLogger("ringback.recording")

SETTLED_SECONDS = 0.7
"""A raw file that was written to more recently may still grow: Asterisk closes it after the hangup."""
LATE_SECONDS = 3.0
"""A raw file that is not there so long after the end of the call will not come."""
CLOCK_SECONDS = 10.0
"""A raw file of the future is taken for closed so long after the end of its call."""
TERMS = Terms(log)


def finish(sessions: sessionmaker[Session], settings: Settings, call_id: str) -> str | None:
    """Finishes one call's recording; the state it is in now, or None: not yet, or somebody else does it."""
    with sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.call_id == call_id)).one()
        if call.ended_at is None or call.snapshot is not None or not _has_settled(settings, call):
            return None
        facts = facts_of(session, settings, call)
        if facts.rule == "on_demand" and not facts.asked and utcnow() < facts.requested_until:
            _row_of(session, facts, facts.requested_until)
            return None
        held = _claim(session, facts)
    if held is None:
        return None
    terms = replace(TERMS, say=partial(_said, settings))
    return work_on(sessions, held, f"recording {call_id}", terms, partial(_finish, sessions, settings, facts, held))


def _said(settings: Settings, error: Exception) -> Message:
    if isinstance(error, OSError):
        return message("recording.tried_again", file=error.filename or settings.recordings, why=words_of(error))
    return told(error)


class _Requested(Exception):
    """Somebody asked to keep the sound while it was being thrown away."""


def _finish(sessions: sessionmaker[Session], settings: Settings, facts: RecordingFacts, held: Lease) -> str:
    raw: Path | None = None
    notes: list[Note]
    values: dict[str, Any]
    try:
        raw = settings.spool / raw_name(facts.call_id)
        if not facts.is_kept:
            values, notes = {"state": "not_recorded"}, [note(f"rule_{facts.rule}")]
        else:
            values, notes = _finish_file(settings, facts, raw, held, renewing(sessions, held))
    except NameRefused:
        values, notes = {"state": "missing"}, [note("bad_name")]
    except NotAFile as error:
        values, notes, raw = {"state": "missing"}, [note("not_a_file", kind=error.kind)], None
    values |= {"answered_seconds": facts.answered, "keep_until": facts.keep_until}
    values |= {"notes": notes or None, "reason": say(notes)}
    try:
        with sessions() as session, session.begin():
            held.release(session, **values)  # from here on who asks waits, and is told that it is too late
            if not facts.is_kept and facts.rule == "on_demand" and is_asked_for(session, facts.call_id):
                raise _Requested
            _tell(session, facts, values)
    except _Requested:
        return _finish(sessions, settings, replace(facts, asked=True), held)
    if raw is not None and files.kind_of(raw) in ("file", "link"):
        raw.unlink(missing_ok=True)
    log.info("recording %s: %s %s", facts.call_id, values["state"], values["reason"] or "")
    return str(values["state"])


def _tell(session: Session, facts: RecordingFacts, values: dict[str, Any]) -> None:
    """Systems beside are told that there is sound to listen to."""
    if "path" not in values:
        return
    named = {name: values[name] for name in ("state", "seconds", "size", "sha256")}
    body = {"call_id": facts.call_id, **named, "keep_until": facts.keep_until.isoformat()}
    publish(session, "recording.ready", f"call:{facts.call_id}", body)


def _finish_file(
    settings: Settings, facts: RecordingFacts, raw: Path, held: Lease, tick: files.Tick
) -> tuple[dict[str, Any], list[Note]]:
    """The row's values and notes for what the raw file turned out to be."""
    size = files.size_of(raw)
    if size is None:
        return {"state": "missing"}, [note("no_file")]
    if size < encoding.FRAME_BYTES:
        empty = policy.judge(0.0, facts.answered, size)
        return {"state": empty.state, "seconds": 0.0}, list(empty.notes)
    name = library_name(facts.call_id, facts.arrived_at, settings.recording.format)
    target = settings.recordings / name
    peaks = target.with_suffix(".peaks.json")
    length = size / encoding.FRAME_BYTES / encoding.RATE
    most = facts.answered + policy.BEYOND_SECONDS
    silenced = policy.gaps(facts.pauses, min(length, most))
    keep = [(0.0, facts.opening.wanted), _within_talk(facts, length)]
    mark = f"{os.getpid()}-{held.attempt}"
    done = encoding.finish(raw, target, peaks, mark, tick, silenced, most, keep, is_first=held.attempt == 1)
    heard = genuine.notes_of(done.kept[0], done.kept[1], facts.opening)
    measured = policy.told_apart(done.measured, facts.talks, silenced, facts.holds)
    verdict = policy.judge(done.seconds, facts.answered, done.odd_bytes, facts.cause, max(0.0, length - most))
    values = {
        "state": "garbled" if any(each[0] in genuine.GARBLED for each in heard) else verdict.state,
        "path": name.as_posix(),
        "seconds": done.seconds,
        "sha256": done.sha256,
        "size": done.size,
        "peaks_path": peaks.relative_to(settings.recordings).as_posix(),
        "checked_at": utcnow(),
        "levels": measured.as_dict(),
        "gaps": [list(gap) for gap in silenced] or None,
        "fault": None,
    }
    return values, [*heard, *verdict.notes, *policy.remarks(measured, facts.talks, silenced, facts.holds)]


def _within_talk(facts: RecordingFacts, length: float) -> tuple[float, float]:
    """A few seconds from the middle of the first talk, on the bounds of packets."""
    begin, end = facts.talks[0] if facts.talks else (0.0, 0.0)
    begin, end = min(begin, length), min(end, length)
    first = round(max(begin, (begin + end - genuine.TALK_SECONDS) / 2), 2)
    first = int(first * 50) / 50  # a packet is a fiftieth of a second
    return first, min(end, first + genuine.TALK_SECONDS)


def _has_settled(settings: Settings, call: Call) -> bool:
    """Whether the raw file is closed, as far as one can tell from outside Asterisk."""
    if not is_safe(call.call_id):
        return True
    over = 0.0 if call.ended_at is None else (utcnow() - call.ended_at).total_seconds()
    try:
        age = time.time() - (settings.spool / raw_name(call.call_id)).lstat().st_mtime
    except FileNotFoundError:
        return over >= LATE_SECONDS
    if age < 0:  # the clock was set back since, or is another machine's: it tells nothing
        return over >= CLOCK_SECONDS
    return age >= SETTLED_SECONDS


def _claim(session: Session, facts: RecordingFacts) -> Lease | None:
    """Takes the call's recording row, made if there is none."""
    found = _row_of(session, facts)
    return take(session, found, TERMS) if found.state == "spooled" else None


def _row_of(session: Session, facts: RecordingFacts, not_before: datetime | None = None) -> Recording:
    """The call's recording row; it has its last day from the beginning, also where it is never finished."""
    row = {
        "id": uuid7(),
        "call_id": facts.call_id,
        "state": "spooled",
        "attempts": 0,
        "lease_until": not_before,
        "keep_until": facts.keep_until,
    }
    session.execute(insert_or_leave(Recording).values(row))
    found = session.scalars(select(Recording).where(Recording.call_id == facts.call_id)).one()
    if found.keep_until is None:
        dayless = update(Recording).where(Recording.id == found.id, Recording.state == "spooled")
        session.execute(
            dayless.where(Recording.keep_until.is_(None)).values(keep_until=facts.keep_until),
            execution_options={"synchronize_session": False},
        )
    return found
