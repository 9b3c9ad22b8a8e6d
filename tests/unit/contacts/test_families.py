"""Several behind one number: calls, tickets and greetings assume nobody; each is erased alone, by any number."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.erasing_rooms import erasing_rooms
from calls.models import Call, Contact
from contacts import merging, waiting_files
from contacts.importing import read_file
from contacts.models import ContactImport, ContactPoint
from contacts.service import find_by_number
from retention import erasure, holds
from retention.errors import RetentionError
from ringback.config import Settings
from ringback.store.base import utcnow
from tests.support.contacts import add_person
from tests.support.retention import ErasureCase, everything, place_hold
from tickets import service
from tickets.known import KnownCaller, status_of, who_calls
from tickets.models import Ticket

HOME, OWN, EMAIL = "+12025550123", "+12025550124", "ann@example.com"
ARRIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Sessions = sessionmaker[Session]


def call(session: Session, at: int, number: str = HOME, **facts: object) -> int:
    """The ticket of a call that arrived `at` minutes after another one."""
    arrived = ARRIVED + timedelta(minutes=at)
    row = {
        "line": "1000",
        "language": "en",
        "caller_number": number,
        "caller_name": "HOME",
        "state": "ended",
        "result": "served",
        "agent": "anna",
        "arrived_at": arrived,
        "connected_at": arrived,
        "ended_at": arrived + timedelta(minutes=1),
    }
    session.add(Call(call_id=f"call-{at}", **{**row, **facts}))  # type: ignore[arg-type]
    session.flush()
    return service.open_ticket(session, f"call-{at}", settings=Settings()).number


def test_a_call_of_a_family_is_nobodys_until_a_person_says_whose(store: Sessions) -> None:
    with store.begin() as session:
        ann = add_person(session, HOME, OWN, name="Ann", named_by="eva")
        known = call(session, 0)
        assert who_calls(session, HOME, ARRIVED).ticket == known
        bob = add_person(session, HOME, name="Bob", named_by="eva")
        # Cut off, and calls again at once: one person's second call joins the first, a family's does not.
        cut = {"result": "abandoned", "queued_at": ARRIVED + timedelta(minutes=9), "connected_at": None}
        first, second = call(session, 9, **cut), call(session, 10)
        assert len({known, first, second}) == 3
        rows = session.scalars(select(Ticket).where(Ticket.number.in_((first, second))))
        assert [row.contact_id for row in rows] == [None, None]
        assert who_calls(session, HOME, ARRIVED) == KnownCaller()
        assert who_calls(session, OWN, ARRIVED).ticket == known
        assert status_of(session, known, HOME) == "open" and status_of(session, first, HOME) is None
        assert {ann.id, bob.id} == set(find_by_number(session, HOME))


def erased(case: ErasureCase, key: object) -> None:
    assert case.run() == ["previewed"]
    with case.sessions.begin() as session:
        erasure.confirm(session, key, "admin", utcnow())  # type: ignore[arg-type]
    assert case.run()[-1] == "done"


@pytest.fixture
def family(store: Sessions, settings: Settings) -> ErasureCase:
    """Ann and Bob behind one number, each with a call; Ann has more, a row merged into hers, and stands in a file."""
    with store.begin() as session:
        ann = add_person(session, HOME, OWN, EMAIL, "@ann_s", name="Ann", named_by="eva", notes="is forgetful")
        bob = add_person(session, HOME, name="Bob", named_by="eva")
        stray = add_person(session, "+12025550125", name="ANN S")
        for at, person in ((0, ann), (20, bob), (40, stray)):
            ticket = call(session, at, person.number or HOME)
            for row in (
                session.get_one(Ticket, ticket),
                session.scalars(select(Call).where(Call.call_id == f"call-{at}")).one(),
            ):
                row.contact_id = person.id
        call(session, 60)  # nobody said whose
        merging.merge(session, ann.id, stray.id, "eva")
        read = read_file(f"name,phone\nAnn,{OWN}\nCarl,+12025550177\n".encode(), "US")
        waiting_files.keep(session, "eva", "list.csv", read)
    return ErasureCase(store, settings, erasure.Eraser(store, settings, erasing_rooms()), (), "")


@pytest.mark.parametrize("by", [OWN, "+1 202 555 0125", EMAIL, "contact"])
def test_one_of_a_family_is_erased_with_everything_and_the_other_keeps_all(family: ErasureCase, by: str) -> None:
    with family.sessions.begin() as session:
        with pytest.raises(RetentionError):
            erasure.ask_person(session, family.settings, HOME, "admin", "letter 7")
        ann = session.scalars(select(Contact.id).where(Contact.name == "Ann")).one()
        if by == "contact":
            key = erasure.ask_contact(session, ann, "admin", "letter 7").id
        else:
            key = erasure.ask_person(session, family.settings, by, "admin", "letter 7").id
    erased(family, key)
    left = everything(family)
    for word in (OWN, "+12025550125", EMAIL, "@ann_s", "Ann", "ANN S", "forgetful", ann.hex, str(ann)):
        assert word not in left, word
    assert "Bob" in left and "Carl" in left
    with family.sessions() as session:
        bob = session.scalars(select(Contact).where(Contact.name == "Bob")).one()
        assert bob.number == HOME, "the number is Bob's alone now"
        numbers = dict(session.execute(select(Call.call_id, Call.caller_number)).tuples().all())
        assert numbers == {"call-0": "erased", "call-20": HOME, "call-40": "erased", "call-60": HOME}
        assert session.scalars(select(ContactPoint.value)).all() == [HOME]
        assert [len(row.records or []) for row in session.scalars(select(ContactImport))] == [1]


def test_a_hold_on_any_number_of_a_person_keeps_all(family: ErasureCase) -> None:
    with family.sessions.begin() as session:
        place_hold(session, family.settings, "number", OWN, "court", "admin", utcnow())
        assert holds.held_among(session, ["call-0", "call-20", "call-40", "call-60"]) == ["call-0", "call-40"]
        erasure.ask_person(session, family.settings, "+12025550125", "admin", "letter 7")
    assert family.run() == ["refused"]
    with family.sessions() as session:
        assert session.scalars(select(Contact.name).where(Contact.name == "Ann")).one() == "Ann"
