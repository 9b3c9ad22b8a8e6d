"""Poor answers on both databases: when the ticket is to tell them, and that it does so once."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, CallSegment
from ringback.store.base import utcnow
from survey.models import SurveyAnswer, SurveyRun
from tickets import poor_answers
from tickets.models import Ticket, TicketEntry
from transcripts.models import Transcript
from transcripts.text.measures import measure
from transcripts.text.models import CallMeasure

Sessions = sessionmaker[Session]


def add(session: Session, call_id: str, *, ended: datetime, poor: bool = True, language: str = "en") -> None:
    """A call that was passed on, with an answer."""
    ticket = Ticket(subject="Help", contact_id=None)
    ticket.status = "closed"
    session.add(ticket)
    session.flush()
    arrived = ended - timedelta(seconds=100)
    session.add(
        Call(
            call_id=call_id,
            line="1000",
            language=language,
            caller_number="",
            caller_name="",
            state="ended",
            result="served",
            arrived_at=arrived,
            connected_at=arrived,
            released_at=ended,
            ended_at=ended,
            ticket_number=ticket.number,
        )
    )
    session.flush()
    for seq, agent in enumerate(("anna", "boris")):
        began = arrived + timedelta(seconds=40 * seq)
        row = CallSegment(call_id=call_id, seq=seq, kind="talk", agent=agent, started_at=began, why="blind")
        row.ended_at = began + timedelta(seconds=40)
        session.add(row)
    means = "poor" if poor else "good"
    session.add(SurveyRun(call_id=call_id, survey="solved", at=ended, outcome="answered", poor=poor))
    session.add(
        SurveyAnswer(
            call_id=call_id, survey="solved", name="a", question="Решили?", key="3", label="Нет", means=means, at=ended
        )
    )


def transcribed(session: Session, call_id: str, state: str, *, measured: bool = False) -> None:
    row = Transcript(call_id=call_id, state=state, language="en")
    session.add(row)
    session.flush()
    if measured:
        session.add(CallMeasure(transcript_id=row.id, revision=1, **vars_of(measure({}, [], []))))


def vars_of(found: object) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}  # type: ignore[attr-defined]


def test_it_is_told_when_the_words_are_there_or_will_not_come(store: Sessions) -> None:
    now = utcnow()
    with store() as session, session.begin():
        for call_id in ("1.waits", "1.measured", "1.unmeasured", "1.silent", "1.failed", "1.content"):
            add(session, call_id, ended=now - timedelta(minutes=5), poor=call_id != "1.content")
        add(session, "1.late", ended=now - timedelta(hours=2))
        add(session, "1.old", ended=now - timedelta(days=3))
        transcribed(session, "1.measured", "done", measured=True)
        transcribed(session, "1.unmeasured", "done")
        transcribed(session, "1.silent", "none")
        transcribed(session, "1.failed", "failed")
    with store() as session:
        assert sorted(poor_answers.due(session, full=False)) == ["1.failed", "1.late", "1.measured", "1.silent"]
        assert "1.old" in poor_answers.due(session, full=True)


def test_it_is_told_once_in_the_language_of_the_call(store: Sessions) -> None:
    with store() as session, session.begin():
        add(session, "1.1", ended=utcnow() - timedelta(hours=2), language="ru")
    for _ in range(2):
        with store() as session, session.begin():
            poor_answers.tell(session, "1.1")
    with store() as session:
        entry = session.scalars(select(TicketEntry).where(TicketEntry.kind == "poor")).one()
        assert entry.text == "Плохая оценка в опросе: Решили? Нет.\nПередача другому сотруднику в 0:40."
        assert session.scalars(select(Ticket.status)).one() == "open"
        assert poor_answers.due(session, full=True) == []
