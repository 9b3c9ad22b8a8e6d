"""Erasing a person: who called goes, and the histories that are left name nobody."""

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls import erasing
from calls.models import AgentStateChange, Call, CallEvent, CallSegment, Contact, LegQuality, QueueVisit
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.erasing import ERASED, Removed, Scope

NUMBER, NAME = "+12025550123", "Carol Reed"
NOW = utcnow()
HISTORIES = (QueueVisit, LegQuality, AgentStateChange)


def add_call(session: Session) -> Contact:
    contact = Contact(number=NUMBER, name=NAME)
    session.add(contact)
    session.flush()
    call = Call(
        call_id="c-1",
        line="1000",
        language="en",
        caller_number=NUMBER,
        caller_name=NAME,
        state="ended",
        result="served",
        agent="anna",
        arrived_at=NOW,
        ended_by="caller",
        contact_id=contact.id,
    )
    session.add(call)
    session.flush()
    session.add_all(
        [
            CallEvent(call_id="c-1", seq=1, at=NOW, kind="Arrived", data={"line": "1000", "caller_number": NUMBER}),
            CallSegment(call_id="c-1", seq=0, kind="unrecorded", agent="anna", started_at=NOW, why="card of Carol"),
            QueueVisit(
                call_id="c-1", seq=0, queue="support", entered_at=NOW, came_by="menu", left_at=NOW,
                outcome="answered", agent="anna", position=2, told_minutes=5,
            ),
            LegQuality(call_id="c-1", channel="c-1", at=NOW, received_lost=0.0, received_mos=4.4),
            AgentStateChange(agent="anna", at=NOW, state="talking", reachable=True),
        ]
    )  # fmt: skip
    session.flush()
    return contact


def texts(session: Session) -> str:
    """Every value of every row that is left."""
    models = (Call, CallEvent, CallSegment, Contact, *HISTORIES)
    return str([row for model in models for row in session.execute(select(*model.__table__.columns)).all()])


def test_who_called_goes_and_what_reports_count_stays(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        contact = add_call(session)
        assert NUMBER in texts(session) and "Carol" in texts(session)
        before = [session.execute(select(*model.__table__.columns)).all() for model in HISTORIES]
        scope = Scope(call_ids=("c-1",), person=True, numbers=(NUMBER,), contacts=(contact.id,))
        removed = erasing.erase(session, Settings(), scope)
        assert removed == [Removed("caller", 1), Removed("call event", 1), Removed("contact", 1)]
        assert NUMBER not in texts(session) and "Carol" not in texts(session)
        assert [session.execute(select(*model.__table__.columns)).all() for model in HISTORIES] == before
        assert session.scalars(select(Call.caller_number)).all() == [ERASED]
        assert erasing.erase(session, Settings(), scope) == [], "nothing the second time"


def test_a_call_whose_time_is_up_keeps_its_number(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        add_call(session)
        assert erasing.erase(session, Settings(), Scope(call_ids=("c-1",))) == []
        assert session.scalars(select(Call.caller_number)).all() == [NUMBER]
