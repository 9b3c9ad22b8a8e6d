"""Who is behind a number: one person however many workers ask at once, several where people say so, nobody assumed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Contact
from contacts import editing
from contacts.errors import ContactError
from contacts.listing import list_contacts
from contacts.models import ContactPoint
from contacts.service import find_by_number, names_of, person_of, points_of, the_one_of
from ringback.store.base import utcnow
from tests.support.contacts import add_person

NUMBER, OTHER, EMAIL = "+12025550123", "+12025550124", "ann@example.com"
Sessions = sessionmaker[Session]


def names(session: Session, text: str = "") -> list[str | None]:
    return [person.name for person in list_contacts(session, text).persons]


def test_one_person_is_made_of_a_number_however_many_ask_at_once(store: Sessions) -> None:
    together = Barrier(4)

    def ask(at: int) -> object:
        together.wait()
        with store.begin() as session:
            return person_of(session, "phone" if at % 2 else "email", NUMBER if at % 2 else EMAIL, name="Ann")

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, range(4)))
    assert None not in found and len(set(found)) == 2
    with store() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 2
        assert session.scalar(select(func.count()).select_from(ContactPoint)) == 2


def test_a_name_is_the_networks_until_somebody_corrects_it(sqlite_store: Sessions) -> None:
    with sqlite_store.begin() as session:
        first = person_of(session, "phone", NUMBER, name="ANN 7")
        assert person_of(session, "phone", NUMBER, name="Ann S\0\u202emith\r\n") == first
        assert person_of(session, "phone", NUMBER) == first
        assert first is not None and names(session, "smith") == ["Ann Smith"]
        editing.change(session, first, "eva", {"name": "Ann Smith"}, {"name": "Anna Smith"})
        person_of(session, "phone", NUMBER, name="CALLER 9")
        assert names(session) == ["Anna Smith"] and names(session, "caller") == []


def test_of_a_number_that_a_family_shares_nobody_is_assumed(store: Sessions) -> None:
    with store.begin() as session:
        mother = add_person(session, NUMBER, name="Ann", named_by="eva")
        son = add_person(session, OTHER, name="Bob", named_by="eva")
        assert the_one_of(session, NUMBER) == mother.id
        with pytest.raises(ContactError) as refused:
            editing.add_point(session, son, "phone", NUMBER, "eva", country="US")
        assert refused.value.message.code == "contacts.of_another"
        editing.add_point(session, son, "phone", NUMBER, "eva", country="US", shared=True, label="home")
        assert find_by_number(session, NUMBER) == [mother.id, son.id]
        assert the_one_of(session, NUMBER) is None and person_of(session, "phone", NUMBER, name="NEW") is None
        assert names_of(session, [NUMBER, OTHER]) == {OTHER: "Bob"}
        assert sorted(filter(None, names(session, "555 0123"))) == ["Ann", "Bob"]


def test_a_number_that_its_first_person_gives_up_is_the_next_ones(store: Sessions) -> None:
    with store.begin() as session:
        mother, son = add_person(session, NUMBER, name="Ann"), add_person(session, NUMBER, name="Bob")
        assert (mother.number, son.number) == (NUMBER, None)
        (point,) = points_of(session, [mother.id])[mother.id]
        for _ in range(2):
            editing.remove_point(session, mother, point.id)
        assert (mother.number, son.number) == (None, NUMBER)
        assert person_of(session, "phone", NUMBER) == son.id


def test_two_who_correct_a_person_at_once_lose_nothing(store: Sessions) -> None:
    with store.begin() as session:
        person = add_person(session, NUMBER, name="Ann", notes="calls late").id
    base = {"name": "Ann", "language": "", "notes": "calls late"}
    with store.begin() as session:
        assert editing.change(session, person, "eva", base, base | {"name": "Anna"}).applied == ("name",)
    with store.begin() as session:
        came = editing.change(session, person, "tom", base, base | {"name": "Anne", "notes": "calls late\nis deaf"})
        assert (came.applied, came.conflicts) == (("notes",), {"name": "Anna"})
    with store() as session:
        row = session.get_one(Contact, person)
        assert (row.name, row.named_by, row.notes, row.version) == ("Anna", "eva", "calls late\nis deaf", 3)


def test_an_answer_about_an_address_says_when_and_how_it_came(sqlite_store: Sessions) -> None:
    with sqlite_store.begin() as session:
        person, now = add_person(session, EMAIL), utcnow()
        (point,) = points_of(session, [person.id])[person.id]
        with pytest.raises(ContactError):
            editing.set_consent(session, point.id, "yes", " ", "eva", now)
        editing.set_consent(session, point.id, "yes", "by phone", "eva", now)
        assert (point.consent, point.consent_how, point.consent_by, point.consent_at) == ("yes", "by phone", "eva", now)
        editing.set_consent(session, point.id, "unknown", "", "eva", now)
        assert (point.consent, point.consent_at) == ("unknown", None)


def test_the_list_is_read_page_by_page_and_each_person_comes_once(store: Sessions) -> None:
    with store.begin() as session:
        for at in range(7):
            add_person(session, f"+1202555010{at}", name=f"Ivan Ivanov {at}")
        add_person(session, "+12025550199")
    for text, many in (("", 8), ("iva", 7), ("ivan 3", 1), ("555010", 0), ("202555010", 7), ("0103", 1)):
        found, cursor = [], None
        with store() as session:
            while True:
                page = list_contacts(session, text, cursor, 3)
                found += [person.id for person in page.persons]
                if (cursor := page.next) is None:
                    break
        assert (len(found), len(set(found))) == (many, many), text
