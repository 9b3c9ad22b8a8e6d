"""Two rows of one person are made one, with everything that hangs on them, and two again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, Contact
from contacts import merging
from contacts.errors import ContactError
from contacts.listing import list_contacts
from contacts.models import ContactPoint
from contacts.service import current, find_by_number, person_of, points_of
from ringback.config import Settings
from ringback.store.base import utcnow
from tests.support.contacts import add_person
from tickets.models import Ticket
from tickets.service import open_ticket

NUMBER, OTHER = "+12025550123", "+12025550124"
Sessions = sessionmaker[Session]


def two(session: Session) -> tuple[Contact, Contact]:
    """A person with a corrected name, and the same one as a stranger with another number and an address."""
    ann = add_person(session, NUMBER, "ann@example.com", name="Ann", named_by="eva", notes="is deaf", language="en")
    stranger = add_person(session, OTHER, "ann@example.com", name="CALLER 7", notes="is deaf")
    for at, person in enumerate((ann, stranger)):
        ticket = Ticket(subject=f"Matter {at}", contact_id=person.id)
        session.add(ticket)
        session.flush()
        arrived = utcnow() - timedelta(hours=at)
        session.add(
            Call(
                call_id=f"call-{at}",
                line="1000",
                language="en",
                caller_number="",
                caller_name="",
                state="ended",
                arrived_at=arrived,
                contact_id=person.id,
                ticket_number=ticket.number,
            )
        )
    for point in points_of(session, [stranger.id])[stranger.id]:
        if point.kind == "email":
            point.consent, point.consent_how = "no", "by phone"
    session.flush()
    return ann, stranger


def whose(session: Session, kind: type[Call] | type[Ticket]) -> list[object]:
    key = Call.call_id if kind is Call else Ticket.subject
    return list(session.scalars(select(kind.contact_id).order_by(key)))


def test_everything_goes_along_and_back_again(store: Sessions) -> None:
    with store.begin() as session:
        ann, stranger = two(session)
        made = merging.merge(session, ann.id, stranger.id, "eva")
        assert whose(session, Call) == whose(session, Ticket) == [ann.id, ann.id]
        points = points_of(session, [ann.id])[ann.id]
        assert [(each.value, each.consent) for each in points] == [
            (NUMBER, "unknown"),
            (OTHER, "unknown"),
            ("ann@example.com", "no"),
        ]
        assert (ann.name, ann.notes, stranger.number, stranger.sorted_by) == ("Ann", "is deaf", None, None)
        assert [each.id for each in list_contacts(session, "caller").persons] == []
        assert person_of(session, "phone", OTHER) == ann.id == current(session, stranger.id).id

        assert merging.undo(session, made.id, "tom") == stranger.id
        assert whose(session, Call) == whose(session, Ticket) == [ann.id, stranger.id]
        assert find_by_number(session, OTHER) == [stranger.id] and find_by_number(session, NUMBER) == [ann.id]
        mine = points_of(session, [stranger.id])[stranger.id]
        assert [(each.value, each.consent) for each in mine] == [(OTHER, "unknown"), ("ann@example.com", "no")]
        assert (stranger.number, stranger.name, stranger.notes) == (OTHER, "CALLER 7", "is deaf")
        assert [each.id for each in list_contacts(session, "caller").persons] == [stranger.id]
        with pytest.raises(ContactError):
            merging.undo(session, made.id, "tom")


def test_a_call_that_comes_during_a_merge_is_the_persons(store: Sessions) -> None:
    """Whoever writes first: a ticket is opened for the one while it becomes the other."""
    with store.begin() as session:
        winner, loser = add_person(session, NUMBER, name="Ann").id, add_person(session, OTHER).id
        for at in range(6):
            session.add(
                Call(
                    call_id=f"call-{at}",
                    line="1000",
                    language="en",
                    caller_number=OTHER,
                    caller_name="",
                    state="ended",
                    result="served",
                    arrived_at=utcnow() - timedelta(hours=at),
                    ended_at=utcnow() - timedelta(hours=at),
                )
            )
    together = Barrier(7)

    def work(at: int) -> None:
        together.wait()
        with store.begin() as session:
            if at == 6:
                merging.merge(session, winner, loser, "eva")
            else:
                open_ticket(session, f"call-{at}", settings=Settings())

    with ThreadPoolExecutor(7) as pool:
        list(pool.map(work, range(7)))
    with store() as session:
        assert set(whose(session, Call)) == set(whose(session, Ticket)) == {winner}


def test_what_came_or_was_corrected_since_stays_where_it_is(sqlite_store: Sessions) -> None:
    with sqlite_store.begin() as session:
        ann, stranger = two(session)
        made = merging.merge(session, stranger.id, ann.id, "eva")
        assert stranger.name == "Ann", "a corrected name goes before one of the network"
        stranger.name, stranger.named_by = "Anna", "tom"
        session.add(Ticket(subject="Matter 9", contact_id=stranger.id))
        session.flush()
        merging.undo(session, made.id, "tom")
        assert (stranger.name, ann.name) == ("Anna", "Ann")
        assert whose(session, Ticket) == [ann.id, stranger.id, stranger.id]


def test_merges_are_undone_from_the_latest_on(sqlite_store: Sessions) -> None:
    with sqlite_store.begin() as session:
        ann, stranger = two(session)
        third = add_person(session, "+12025550125")
        first = merging.merge(session, ann.id, stranger.id, "eva")
        second = merging.merge(session, third.id, ann.id, "eva")
        assert set(merging.shells_of(session, [third.id])) == {ann.id, stranger.id}
        with pytest.raises(ContactError) as refused:
            merging.undo(session, first.id, "eva")
        assert refused.value.message.code == "contacts.merged_on"
        with pytest.raises(ContactError):
            merging.merge(session, third.id, ann.id, "eva")
        with pytest.raises(ContactError):
            merging.merge(session, third.id, third.id, "eva")
        merging.undo(session, second.id, "eva")
        merging.undo(session, first.id, "eva")
        assert session.scalar(select(ContactPoint.contact_id).where(ContactPoint.value == OTHER)) == stranger.id
