"""Who talked in a call, which queues it was in, who talked last with a caller."""

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls import service
from calls.models import Call, CallSegment, Contact, QueueVisit
from ringback.store.base import utcnow

NOW = utcnow()


def add_call(session: Session, call_id: str, agent: str | None, *talks: str, minutes: int = 0, **more: object) -> Call:
    call = Call(
        call_id=call_id,
        line="1000",
        language="en",
        caller_number="",
        caller_name="",
        state="ended",
        agent=agent,
        arrived_at=NOW,
        connected_at=NOW + timedelta(minutes=minutes),
        **more,  # type: ignore[arg-type]
    )
    session.add(call)
    session.flush()
    for seq, name in enumerate(talks):
        session.add(CallSegment(call_id=call_id, seq=seq, kind="talk", agent=name, started_at=NOW))
    session.flush()
    return call


def test_everybody_who_had_a_part_of_the_call_talked_in_it(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        add_call(session, "c-1", "boris", "anna", "boris")
        add_call(session, "c-2", "anna")
        add_call(session, "c-3", None)
        found = service.agents_of(session, ["c-1", "c-2", "c-3"])
        assert found == {"c-1": ["boris", "anna"], "c-2": ["anna"], "c-3": []}
        of_anna = session.scalars(select(Call.call_id).where(service.talked_in("anna")).order_by(Call.call_id)).all()
        assert of_anna == ["c-1", "c-2"]
        assert not session.scalars(select(Call.call_id).where(service.talked_in("clara"))).all()


def test_the_queues_of_a_call_are_those_it_visited(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        call = add_call(session, "c-1", "boris", queue="billing")
        for seq, queue in enumerate(("support", "sales", "support", "billing")):
            session.add(QueueVisit(call_id="c-1", seq=seq, queue=queue, entered_at=NOW, came_by="menu"))
        assert service.queues_of(session, call) == ["support", "sales", "billing"]
        assert service.queues_of(session, add_call(session, "c-2", None, queue="sales")) == ["sales"]
        assert service.queues_of(session, add_call(session, "c-3", None)) == []


def test_the_last_agent_is_of_the_last_talk_with_this_person(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        contact = Contact(number="+12025550123")
        session.add(contact)
        session.flush()
        add_call(session, "c-1", "anna", minutes=5, contact_id=contact.id)
        add_call(session, "c-2", "boris", minutes=1, contact_id=contact.id)
        assert service.last_agent(session, contact.id) == "anna"
        assert service.last_agent(session, uuid.uuid4()) is None
