"""What `ringback doctor` says of those who are told of alarms."""

from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.alarm_check import alarm_checks, letter_checks
from ringback.config import Settings
from tests.support.alarms import with_recipients
from tests.support.mail import Mailbox, mail_server
from web.models import User


def found(settings: Settings) -> tuple[str, str]:
    (check,) = alarm_checks(settings)
    return check.state, check.found


def test_nobody_is_worth_a_note(settings: Settings) -> None:
    assert found(settings) == ("note", "nobody is told of alarms outside the pages")


def test_a_server_that_takes_mail_and_one_that_is_away(settings: Settings) -> None:
    with mail_server(Mailbox()) as box:
        told = with_recipients(settings, box.port)
        assert found(told) == ("good", f"127.0.0.1:{box.port} takes mail; told are ops")
        assert box.mails == []
    state, words = found(told)
    assert state == "bad" and "cannot be reached" in words


@pytest.mark.parametrize(
    ("alarms", "state", "words"),
    [
        ({"recipients": {"chat": {"urls": "ntfys://x"}}}, "good", "chat told by services"),
        (
            {
                "mail": {"host": "mail.example.com", "sender": "a@b.c", "user": "ringback"},
                "recipients": {"ops": {"email": "a@b.c"}},
            },
            "bad",
            "wants a password for ringback",
        ),
    ],
)
def test_what_the_settings_alone_tell(settings: Settings, alarms: dict[str, Any], state: str, words: str) -> None:
    told = found(Settings.model_validate({"data": settings.data, "alarms": alarms}))
    assert told[0] == state and words in told[1]


def test_addresses_without_a_mail_server_are_worth_a_note(
    settings: Settings, sqlite_store: sessionmaker[Session]
) -> None:
    assert list(letter_checks(settings)) == []
    with sqlite_store.begin() as session:
        session.add(User(name="anna", password_hash="x", role="agent", email="anna@example.com"))
        session.add(User(name="boris", password_hash="x", role="agent"))
    (check,) = letter_checks(settings)
    assert check.state == "note" and check.found.startswith("1 with a mail address, and no mail server is named")
    assert list(letter_checks(with_recipients(settings, 25))) == []
