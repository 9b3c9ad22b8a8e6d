"""Rows that must exist once: an insert that leaves what is there, on either store."""

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Contact
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7


def _contact(name: str) -> dict[str, object]:
    return {"id": uuid7(), "number": "+12025550100", "name": name, "notes": "", "created_at": utcnow()}


def test_a_row_that_is_there_stays_as_it_is(store: sessionmaker[Session]) -> None:
    with store() as session, session.begin():
        insert = insert_or_leave(Contact).returning(Contact.id)
        first, second = (session.execute(insert.values(_contact(name))).first() for name in ("Alice", "Bob"))
        assert (first is None, second is None) == (False, True)
        assert session.scalars(select(Contact.name)).all() == ["Alice"]


def test_the_text_of_such_an_insert_is_made_once() -> None:
    keys = [insert_or_leave(Contact).values(_contact("Alice"))._generate_cache_key() for _ in range(2)]
    assert keys[0] is not None and keys[0] == keys[1]
