"""A lost password has a way back on the machine, and leaves a trace there."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app import people
from ringback.config import Settings
from ringback.store.base import utcnow
from web import service
from web.context import Person
from web.models import SignInFailure, User

Sessions = sessionmaker[Session]


@pytest.fixture
def admin(sqlite_store: Sessions) -> str:
    """What the session of an admin who is signed in rests on."""
    with sqlite_store() as session, session.begin():
        service.ensure_admin(session, "the old one")
        session.add(SignInFailure(name="admin", address="192.0.2.1", at=utcnow()))
        return str(Person(session.scalars(select(User)).one()).get_id())


def test_a_new_password_is_made_and_sessions_end(settings: Settings, sqlite_store: Sessions, admin: str) -> None:
    password = people.reset(settings, " Admin ")
    with sqlite_store() as session:
        user = session.scalars(select(User)).one()
        assert service.verify(user, password)
        assert not service.verify(user, "the old one")
        assert Person(user).get_id() != admin, "who is signed in with the old one is signed in no more"
        assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0, "nobody has to wait"


def test_that_it_was_done_is_written_down_without_the_password(settings: Settings, admin: str) -> None:
    password = people.reset(settings, "admin")
    written = (settings.data / "log" / "people.log").read_text()
    assert "the password of 'admin' was reset on the machine by " in written
    assert password not in written


def test_an_unknown_name_is_one_sentence_and_changes_nothing(settings: Settings, admin: str) -> None:
    with pytest.raises(people.NoSuchPerson, match="ringback people list"):
        people.reset(settings, "nobody\x1b[2J")
    assert not (settings.data / "log" / "people.log").exists()


def test_people_are_listed(settings: Settings, admin: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = people.listed(settings)
    assert [(row["name"], row["role"]) for row in rows] == [("admin", "admin")]
    people.show(rows)
    assert "admin" in capsys.readouterr().out
