"""Live words for everybody else: reading them, and taking them away when the transcript has replaced them."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.store.alarms import clear_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from transcripts.live.models import LivePhrase
from transcripts.models import Transcript

ALARM = "live.word"
"""Kind of the alarm that a word of `live.alerts` raises; its args: call_id, word (as it was said),
alert (as it is set), speaker, second."""
WORD_SAID = {"caller": "transcripts.word_of_caller", "agent": "transcripts.word_of_agent"}
"""The alarm's sentence, by who spoke."""
ALARM_STANDS = timedelta(hours=1)
"""After the end of its call an alarm that nobody has seen to goes by itself: the call can be read then."""
ALERTS_SHOWN = timedelta(days=1)
"""No call lasts longer."""
WORDS_STAND = timedelta(hours=1)
"""Live words of a call whose transcript does not come are gone so long after its end."""


def alarm_subject(call_id: str, word: str) -> str:
    """One alarm a call and word."""
    return f"{call_id} {word}"


def phrases_of(session: Session, call_ids: Sequence[str], newest: int | None = None) -> dict[str, list[LivePhrase]]:
    """The live phrases of calls in the order they began; `newest`: only so many last ones of each call."""
    if not call_ids:
        return {}
    query = select(LivePhrase).where(LivePhrase.call_id.in_(call_ids))
    found: dict[str, list[LivePhrase]] = {}
    for phrase in session.scalars(query.order_by(LivePhrase.call_id, LivePhrase.start, LivePhrase.seq)):
        found.setdefault(phrase.call_id, []).append(phrase)
    return {call_id: phrases[-newest:] for call_id, phrases in found.items()} if newest else found


def alerts_of(session: Session, call_ids: Sequence[str]) -> dict[str, list[str]]:
    """The alert words that were said in calls of the last day, whether somebody has seen to the alarm or not."""
    if not call_ids:
        return {}
    found: dict[str, list[str]] = {}
    wanted = set(call_ids)
    since = utcnow() - ALERTS_SHOWN
    raised = select(Alarm).where(Alarm.kind == ALARM, Alarm.raised_at > since).order_by(Alarm.raised_at)
    for alarm in session.scalars(raised):
        call_id = str(alarm.args.get("call_id"))
        if call_id in wanted:
            found.setdefault(call_id, []).append(str(alarm.args.get("word")))
    return found


def due(session: Session) -> list[str]:
    """call_ids whose live words are not needed any more."""
    late = utcnow() - WORDS_STAND
    query = (
        select(LivePhrase.call_id)
        .join(Call, Call.call_id == LivePhrase.call_id)
        .outerjoin(Transcript, Transcript.call_id == LivePhrase.call_id)
        .where(Call.ended_at.is_not(None))
        .where(or_(Transcript.state.in_(("done", "failed", "none", "erased")), Call.ended_at < late))
        .distinct()
    )
    return list(session.scalars(query))


def clear(session: Session, call_id: str) -> str:
    """Deletes the live words of a call."""
    session.execute(delete(LivePhrase).where(LivePhrase.call_id == call_id))
    return call_id


def clear_old_alarms(session: Session) -> None:
    """Ends the alarms of calls that are over for longer than ALARM_STANDS."""
    standing = session.scalars(select(Alarm).where(Alarm.kind == ALARM, Alarm.cleared_at.is_(None))).all()
    for alarm in standing:
        call = session.scalar(select(Call).where(Call.call_id == str(alarm.args.get("call_id"))))
        if call is None or (call.ended_at is not None and call.ended_at < utcnow() - ALARM_STANDS):
            clear_alarm(session, alarm.kind, alarm.subject, utcnow())
