"""The listener's rows: phrases that are written and taken up again, alarms, the intervals of a talk."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from calls.models import CallSegment
from ringback.messages import message
from ringback.store.alarms import raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from transcripts.engines.recogniser import RATE, Word
from transcripts.live.call import CONTEXT, FollowedCall, Said
from transcripts.live.growing import GrowingFile
from transcripts.live.models import LivePhrase
from transcripts.live.service import ALARM, WORD_SAID, alarm_subject
from transcripts.text.align import aligned


def take_up(session: Session, row: Any, file: GrowingFile) -> FollowedCall:
    """A call (its facts as a row) that is new to this process; where another one listened before, it goes on there."""
    phrases = session.scalars(select(LivePhrase).where(LivePhrase.call_id == row.call_id)).all()
    until: dict[str, float] = {}
    for phrase in phrases:
        if phrase.settled:
            until[phrase.speaker] = max(until.get(phrase.speaker, 0.0), phrase.end)
    after = max((phrase.seq for phrase in phrases), default=-1) + 1
    stale = [phrase.id for phrase in phrases if not phrase.settled]  # heard again from their beginning
    call = FollowedCall(row.call_id, row.language, file, next_seq=after, heard_until=until, stale=stale)
    call.earlier = _words_of([phrase for phrase in phrases if phrase.settled])
    return call


def _words_of(phrases: Sequence[LivePhrase]) -> dict[str, list[Word]]:
    """The words of the last CONTEXT seconds by speaker, with times by their length; secrets in them are markers."""
    newest = max((phrase.end for phrase in phrases), default=0.0)
    found: dict[str, list[Word]] = {}
    for phrase in sorted(phrases, key=lambda each: each.start):
        texts = phrase.text.split()
        if texts and newest - phrase.end < CONTEXT:
            whole = Word(phrase.start, phrase.end, 1.0, phrase.text)
            found.setdefault(phrase.speaker, []).extend(aligned([whole], texts))
    return found


def pauses_of(session: Session, row: Any) -> list[tuple[float, float]]:
    """Intervals, in seconds of the recording, in which it is paused: what is said then is written down nowhere."""
    query = select(CallSegment).where(CallSegment.call_id == row.call_id, CallSegment.kind == "unrecorded")
    begin = row.arrived_at
    return [
        (
            (segment.started_at - begin).total_seconds(),
            (segment.ended_at - begin).total_seconds() if segment.ended_at else float("inf"),
        )
        for segment in session.scalars(query)
    ]


def write_call(session: Session, call: FollowedCall) -> list[Said]:
    """Brings the call's rows up to what may be shown; the phrases that were written, for `mark_written`."""
    if call.stale:
        session.execute(delete(LivePhrase).where(LivePhrase.id.in_(call.stale)), execution_options=_PLAIN)
    changed = [said for group in call.said.values() for said in group if said.is_news]
    new = [_values(call, said) for said in changed if said.text and said.written is None]
    if new:
        session.execute(insert(LivePhrase), new)
    for said in changed:
        if said.written is None:
            continue
        mine = LivePhrase.id == said.row
        change: Any = delete(LivePhrase).where(mine)
        if said.text:
            values = _values(call, said)
            kept = ("text", "end", "settled", "written_at")
            change = update(LivePhrase).where(mine).values(**{key: values[key] for key in kept})
        session.execute(change, execution_options=_PLAIN)
    return changed


def mark_written(call: FollowedCall, changed: list[Said]) -> None:
    """After the transaction: these rows are as they are here."""
    call.stale.clear()
    for said in changed:
        said.written = (said.text, said.settled) if said.text else None


def raise_alert(session: Session, call: FollowedCall, alert: str, speaker: str, said: Word) -> None:
    """The alarm, unless this call had one for this word already, seen to or not."""
    subject = alarm_subject(call.call_id, alert)
    known = session.scalar(select(Alarm.id).where(Alarm.kind == ALARM, Alarm.subject == subject).limit(1))
    if known is None:
        told = message(WORD_SAID[speaker], word=said.text)
        raise_alarm(
            session,
            ALARM,
            subject,
            told,
            "yellow",
            utcnow(),
            call_id=call.call_id,
            alert=alert,
            speaker=speaker,
            second=round(said.start, 1),
        )


_PLAIN = {"synchronize_session": False}


def _values(call: FollowedCall, said: Said) -> dict[str, Any]:
    phrase = said.phrase
    row: UUID = said.row
    return {
        "id": row,
        "call_id": call.call_id,
        "seq": said.seq,
        "speaker": phrase.speaker,
        "start": round(phrase.start / RATE, 2),
        "end": round(phrase.end / RATE, 2),
        "text": said.text,
        "settled": said.settled,
        "skipped": round(phrase.skipped, 1),
        "written_at": utcnow(),
    }
