"""Mail to a customer and back, over a real SMTP and a real IMAP server: answers, reports, loops, strangers, trouble."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from channels import incoming, service
from channels.errors import ChannelError, NoConsent, TooMany
from channels.imap import BEGINNING
from channels.inbox import ask_at_once
from channels.keeping import KeptMessages
from channels.mail_inbox import MailInbox
from channels.models import ChannelInbox, ChannelMessage, InboundMessage
from outbox.receivers import Delivered, Later, LockedOut, Refused
from ringback.config import Settings
from ringback.store.base import utcnow
from tests.conftest import missing
from tests.support.channels import (
    DANA,
    IMAP_SECRETS,
    SUPPORT,
    HandCourier,
    alarms,
    draft,
    entries,
    imap_inbox,
    mail_channel,
    message_of,
    status,
    ticket,
    with_channels,
    written,
)
from tests.support.dovecot import ImapServer, imap_server, is_there
from tests.support.mail import Mailbox, certificate, mail_server

Sessions = sessionmaker[Session]


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    if not is_there():
        missing("dovecot 2.3 (Debian's package dovecot-imapd)")
    with imap_server() as found:
        yield found


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as found:
        yield found


@pytest.fixture
def house(sqlite_store: Sessions, settings: Settings, smtp: Mailbox, imap: ImapServer) -> "MailHouse":
    """A store whose mailbox has been looked into once, while it was empty."""
    return begun(sqlite_store, settings, smtp, imap)


@pytest.fixture
def either(store: Sessions, settings: Settings, smtp: Mailbox, imap: ImapServer) -> "MailHouse":
    """The same on SQLite and on PostgreSQL."""
    return begun(store, settings, smtp, imap)


def begun(store: Sessions, settings: Settings, smtp: Mailbox, imap: ImapServer) -> "MailHouse":
    imap.begin_anew()
    channels = {"mail": mail_channel(smtp.port, imap_inbox(imap.port))}
    made = MailHouse(store, with_channels(settings, known=IMAP_SECRETS, **channels), smtp, imap)
    assert made.look() == 0
    return made


class MailHouse:
    def __init__(self, store: Sessions, settings: Settings, smtp: Mailbox, imap: ImapServer) -> None:
        self.store, self.settings, self.smtp, self.imap = store, settings, smtp, imap

    def look(self) -> int | None:
        return MailInbox(self.store, self.settings).look("mail")

    def write(self, **facts: Any) -> tuple[int, ChannelMessage]:
        """A ticket whose customer was sent a mail."""
        number = ticket(self.store)
        row = written(self.store, self.settings, draft(ticket=number, subject="Your parcel", **facts))
        HandCourier(self.store, self.settings).round()
        return number, row

    def answer(self, row: ChannelMessage, text: str = "Thank you!", sender: str = DANA, **headers: str) -> None:
        """A mail comes in that answers the message."""
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        to = f"{SUPPORT.replace('@', f'+{row.token}@')}"
        self.imap.put(f"From: Dana <{sender}>\r\nTo: {to}\r\nSubject: Re: Your parcel\r\n{more}\r\n{text}\r\n".encode())

    def came(self) -> list[InboundMessage]:
        with self.store() as session:
            return list(session.scalars(select(InboundMessage).order_by(InboundMessage.id)))


def test_a_mail_goes_out_and_its_answer_comes_back_to_the_ticket(either: MailHouse) -> None:
    number, row = either.write()
    sent = either.smtp.mails[0]
    assert either.smtp.to == [DANA] and sent["From"] == f"Example Shop <{SUPPORT}>" and sent["Subject"] == "Your parcel"
    assert "It comes tomorrow." in sent.get_content() and f"+{row.token}@" in sent["Reply-To"]
    assert message_of(either.store, row).state == "sent" and sent["Auto-Submitted"] is None
    assert sent["List-Unsubscribe"].startswith("<https://ringback.example/l/")
    assert status(either.store, number) == "solved"
    either.answer(row, "Thank you!\n\nOn 1 May Example wrote:\n> It comes tomorrow.")
    assert either.look() == 1 and either.look() == 0
    told = entries(either.store, number)
    assert ("mail", "Re: Your parcel\nThank you!") in told and status(either.store, number) == "open"


def test_an_answer_finds_back_by_its_reference_alone(house: MailHouse) -> None:
    number, row = house.write()
    reference = f"<{row.token}@example.com>"
    house.imap.put(f"From: {DANA}\r\nTo: {SUPPORT}\r\nReferences: <a@b> {reference}\r\n\r\nYes\r\n".encode())
    assert house.look() == 1 and ("mail", "Yes") in entries(house.store, number)


def test_the_same_mail_twice_is_one_answer(either: MailHouse) -> None:
    number, row = either.write()
    for _ in range(2):
        either.answer(row, Message_ID="<1@example.org>", Date="Mon, 4 May 2026 10:00:00 +0000")
    assert either.look() == 1
    assert [kind for kind, _ in entries(either.store, number)].count("mail") == 2  # ours and the one answer


@pytest.mark.parametrize("case", ["number", "stranger", "nobody", "guessed"])
def test_nobody_writes_on_others_tickets(house: MailHouse, case: str) -> None:
    number, row = house.write()
    before = entries(house.store, number)
    if case == "number":
        house.imap.put(f"From: {DANA}\r\nTo: {SUPPORT}\r\nSubject: Re: ticket {number}\r\n\r\nClose it\r\n".encode())
    elif case == "stranger":
        house.answer(row, "Send it to me instead", sender="mallory@example.net")
    elif case == "nobody":
        house.answer(row, "Hm", sender=f"mallory@example.net>, <{DANA}")
    else:
        row.token = "0" * 24
        house.answer(row, "Hm")
    assert house.look() == 1
    assert entries(house.store, number) == before and status(house.store, number) == "solved"
    kept = house.came()[0]
    assert kept.state == "apart" and kept.why is not None
    assert alarms(house.store) == ["channel.apart"]
    with house.store() as session, session.begin():
        assert incoming.proposed(session, kept) == (number if case == "number" else None)
        incoming.put_on(session, house.settings, kept.id, number, "eva", utcnow())
    assert len(entries(house.store, number)) > len(before) and alarms(house.store) == []
    with house.store() as session, pytest.raises(ChannelError, match="already"):
        incoming.leave_out(session, kept.id, "eva", utcnow())


def test_a_mail_that_belongs_nowhere_can_open_a_ticket_of_its_own(house: MailHouse) -> None:
    house.imap.put(f"From: Dana W <{DANA}>\r\nTo: {SUPPORT}\r\nSubject: Hello\r\n\r\nA question\r\n".encode())
    house.look()
    with house.store() as session, session.begin():
        number = incoming.open_ticket(session, house.settings, house.came()[0].id, "eva", utcnow())
    assert entries(house.store, number) == [("mail", "Hello\nA question")]


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<x.example>"}, {}]
)
def test_what_a_program_wrote_opens_no_ticket(house: MailHouse, headers: dict[str, str]) -> None:
    number, row = house.write()
    if not headers:  # our own mail comes back
        headers = {"Message_ID": f"<{row.token}@example.com>"}
    house.answer(row, "I am away until Monday.", **headers)
    assert house.look() == 1 and house.came()[0].state == "automatic"
    assert status(house.store, number) == "solved" and alarms(house.store) == []
    assert len(house.smtp.mails) == 1, "nothing is answered by itself, so that nothing can loop"


def test_a_flood_from_one_address_is_kept_apart(house: MailHouse) -> None:
    _, row = house.write()
    most = house.settings.channels.mail.inbox.most_an_hour  # type: ignore[union-attr]
    for count in range(most + 2):
        house.answer(row, f"Mail {count}")
    assert house.look() == most + 2
    states = [each.state for each in house.came()]
    assert states.count("taken") == most and states.count("apart") == 2


REPORT = """From: MAILER-DAEMON@example.net
To: {to}
Content-Type: multipart/report; report-type=delivery-status; boundary=x
Subject: Undelivered

--x
Content-Type: text/plain

Sorry.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 No such user

--x
Content-Type: message/rfc822

From: {to}
Message-ID: <{token}@example.com>

Hi
--x--
"""


@pytest.mark.parametrize(("action", "state"), [("failed", "failed"), ("delayed", "sent"), ("delivered", "delivered")])
def test_a_report_is_told_on_the_message(house: MailHouse, action: str, state: str) -> None:
    number, row = house.write()
    told = {"to": SUPPORT, "recipient": DANA, "action": action, "token": row.token}
    house.imap.put(REPORT.format(**told).replace("\n", "\r\n").encode())
    assert house.look() == 1
    now = message_of(house.store, row)
    assert now.state == state and (now.error is None or "550 No such user" in str(now.error))
    undelivered = [text for kind, text in entries(house.store, number) if kind == "undelivered"]
    assert bool(undelivered) == (action == "failed")
    if action == "failed":
        with house.store() as session, session.begin():
            service.try_again(session, house.settings, session.get_one(ChannelMessage, row.id), "anna", utcnow())
        HandCourier(house.store, house.settings).round()
        assert message_of(house.store, row).state == "sent" and len(house.smtp.mails) == 2


@pytest.mark.parametrize("wrong", ["token", "recipient"])
def test_a_made_up_report_changes_nothing(house: MailHouse, wrong: str) -> None:
    _, row = house.write()
    told = {"to": SUPPORT, "recipient": DANA, "action": "failed", "token": row.token}
    told[wrong] = "f" * 24 if wrong == "token" else "other@example.org"
    house.imap.put(REPORT.format(**told).replace("\n", "\r\n").encode())
    house.look()
    assert message_of(house.store, row).state == "sent" and house.came()[0].state == "bounce"


def test_a_mail_of_50_mb_is_read_by_its_beginning(house: MailHouse) -> None:
    number, row = house.write()
    file = b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    words = b"Content-Type: text/plain\r\n\r\nThe pictures are below.\r\n"
    head = f"From: {DANA}\r\nTo: {SUPPORT.replace('@', f'+{row.token}@')}\r\n".encode()
    body = b"\r\n--x\r\n" + words + b"--x\r\n" + file + b"QUFB\r\n" * (50 * 1024 * 1024 // 6) + b"--x--\r\n"
    house.imap.put(head + b"Content-Type: multipart/mixed; boundary=x\r\n" + body)
    assert house.look() == 1
    came = house.came()[0]
    assert came.is_cut and came.size > 50_000_000 and came.state == "taken" and len(came.text) < BEGINNING
    assert any("The pictures are below." in text for _, text in entries(house.store, number))


def test_a_wrong_password_is_told_and_nothing_is_lost(either: MailHouse) -> None:
    number, row = either.write()
    either.answer(row)
    wrong = with_channels(either.settings, known={"mail_inbox": "wrong"}, mail=either.settings.channels.mail)
    assert MailInbox(either.store, wrong).look("mail") is None
    with either.store() as session:
        inbox = session.get_one(ChannelInbox, "mail")
        assert inbox.error is not None and inbox.error.code == "channels.inbox_login" and inbox.lease_until is not None
        assert MailInbox(either.store, wrong).due(session, False) == []  # no account is locked by us
    assert alarms(either.store) == ["channel.inbox"]
    with_channels(either.settings, known=IMAP_SECRETS, mail=either.settings.channels.mail)
    with either.store() as session, session.begin():
        ask_at_once(session, "mail")
    assert either.look() == 1 and alarms(either.store) == []
    assert ("mail", "Re: Your parcel\nThank you!") in entries(either.store, number)


def test_a_mailbox_that_is_away_is_an_alarm_after_a_while(house: MailHouse) -> None:
    _, row = house.write()
    house.imap.stop()
    try:
        assert house.look() is None and alarms(house.store) == []
        long_ago = update(ChannelInbox).values(failing_since=utcnow() - timedelta(minutes=3), lease_until=None)
        with house.store() as session, session.begin():
            session.execute(long_ago)
        assert house.look() is None and alarms(house.store) == ["channel.inbox"]
    finally:
        house.imap.start()
    house.answer(row)
    with house.store() as session, session.begin():
        session.execute(update(ChannelInbox).values(lease_until=None))
    assert house.look() == 1 and alarms(house.store) == []


def test_a_mailbox_with_new_numbers_is_read_on_without_doubles(house: MailHouse) -> None:
    number, row = house.write()
    house.answer(row, "First", Message_ID="<1@x>")
    assert house.look() == 1
    house.imap.begin_anew()
    house.answer(row, "First", Message_ID="<1@x>")
    house.answer(row, "Second", Message_ID="<2@x>")
    assert house.look() == 1
    assert [text for kind, text in entries(house.store, number) if "Second" in text] == ["Re: Your parcel\nSecond"]


def test_mails_from_before_we_came_stay_where_they_are(
    sqlite_store: Sessions, settings: Settings, imap: ImapServer
) -> None:
    imap.begin_anew()
    imap.put(b"From: a@b.cc\r\n\r\nOld\r\n")
    own = with_channels(settings, known=IMAP_SECRETS, mail=mail_channel(1, imap_inbox(imap.port)))
    assert MailInbox(sqlite_store, own).look("mail") == 0
    imap.put(b"From: a@b.cc\r\n\r\nNew\r\n")
    assert MailInbox(sqlite_store, own).look("mail") == 1


# -- sending -------------------------------------------------------------------------------------------


def test_no_typed_word_breaks_a_header(house: MailHouse) -> None:
    evil = "Hi\r\nBcc: everybody@example.com\r\n\r\nbody\u202e"
    number = ticket(house.store)
    written(house.store, house.settings, draft(ticket=number, subject=evil))
    HandCourier(house.store, house.settings).round()
    sent = house.smtp.mails[0]
    assert sent["Subject"] == "Hi Bcc: everybody@example.com body" and sent["Bcc"] is None and house.smtp.to == [DANA]


def test_a_refused_address_is_a_failure_and_a_refused_password_waits(house: MailHouse) -> None:
    house.smtp.refused[DANA] = "550 No such user"
    number, row = house.write()
    assert message_of(house.store, row).state == "failed"
    assert any("550 No such user" in text for kind, text in entries(house.store, number) if kind == "undelivered")
    house.smtp.refused[DANA] = "450 Busy"
    row = written(house.store, house.settings, draft(ticket=number))
    assert isinstance(HandCourier(house.store, house.settings).round()[-1], Later)
    assert message_of(house.store, row).state == "kept"
    del house.smtp.refused[DANA]
    assert isinstance(HandCourier(house.store, house.settings).round()[-1], Delivered)


def test_a_wrong_password_locks_the_channel_and_keeps_its_messages(
    sqlite_store: Sessions, settings: Settings, tmp_path: Path
) -> None:
    files = certificate(tmp_path / "certificate")
    with mail_server(Mailbox(), security="starttls", files=files, login=True) as box:
        channel = mail_channel(box.port)
        channel["server"] |= {"security": "starttls", "ca": str(files[0]), "user": "ringback"}
        own = with_channels(settings, known={"mail": "wrong"}, mail=channel)
        row = written(sqlite_store, own, draft())
        assert isinstance(HandCourier(sqlite_store, own).round()[0], LockedOut)
        assert message_of(sqlite_store, row).state == "kept" and not isinstance(row.error, Refused)


def test_quiet_hours_keep_a_message_until_they_end(store: Sessions, settings: Settings, smtp: Mailbox) -> None:
    night, morning = datetime(2026, 3, 10, 23, tzinfo=UTC), datetime(2026, 3, 11, 8, tzinfo=UTC)
    own = with_channels(settings, mail=mail_channel(smtp.port, quiet="21:00-08:00"))
    row = written(store, own, draft(), night)
    assert HandCourier(store, own).round() == [] and row.not_before == morning and row.error is not None
    kept = KeptMessages(store, own)
    with store() as session:
        assert kept.due(session, False) == [str(row.id)]  # it is past that morning by now
    free = with_channels(settings, mail=mail_channel(smtp.port))
    assert KeptMessages(store, free).send(str(row.id)) == "kept"
    HandCourier(store, free).round()
    assert message_of(store, row).state == "sent" and len(smtp.mails) == 1


def test_consent_and_limits_are_kept(store: Sessions, settings: Settings, smtp: Mailbox) -> None:
    own = with_channels(settings, mail=mail_channel(smtp.port, consent="needed", per_day=2))
    with pytest.raises(NoConsent):
        written(store, own, draft())
    written(store, own, draft(agreed=True))
    written(store, own, draft())
    with pytest.raises(TooMany):
        written(store, own, draft())
    written(store, own, draft(address="other@example.org", agreed=True))
