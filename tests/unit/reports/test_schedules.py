"""Reports by mail: who gets which, when, once; and who is told where somebody gets nothing. Over a real mail server."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from reports import cells
from reports import measures as m
from reports.cells import LAYOUT
from reports.errors import ReportError
from reports.models import ReportCell, ReportCounting
from reports.schedules import service
from reports.schedules.models import ReportLetter, ReportSchedule
from reports.schedules.policy import Rhythm, days_of
from reports.schedules.sending import ReportCourier, ReportPlanner
from reports.slots import day_bounds
from reports.tally import Tally
from ringback.config import Settings
from ringback.store.base import utcnow
from tests.support.alarms import with_recipients
from tests.support.mail import Mailbox, mail_server
from web.documents.report_people import address_fault, as_person, person_of
from web.documents.report_tables import scheduled_table
from web.models import User

Sessions = sessionmaker[Session]
MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
VIEW = {"name": "line", "fields": {"figures": "service_level,offered", "interval": "hour", "by": "total"}}
SLOW = hypothesis_settings(max_examples=40, deadline=None)


# -- when ------------------------------------------------------------------------------------------------


def due(rhythm: Rhythm, since: date, days: int, zone: ZoneInfo) -> list[tuple[date, datetime]]:
    begins = datetime.combine(since, datetime.min.time(), zone).astimezone(UTC) - timedelta(seconds=1)
    return list(rhythm.occasions(begins, begins + timedelta(days=days), zone))


@pytest.mark.parametrize(
    ("at", "day", "moment"),
    [
        ("02:30", date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("02:30", date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("07:00", date(2026, 3, 28), datetime(2026, 3, 28, 6, tzinfo=UTC)),
        ("07:00", date(2026, 3, 29), datetime(2026, 3, 29, 5, tzinfo=UTC)),
    ],
)
def test_an_hour_that_is_left_out_or_comes_twice_is_once(at: str, day: date, moment: datetime) -> None:
    found = [each for each in due(Rhythm("day", at), day - timedelta(days=1), 4, BERLIN) if each[0] == day]
    assert found == [(day, moment)]


@pytest.mark.parametrize(("day", "expected"), [(31, [31, 28, 31, 30]), (30, [30, 28, 30, 30]), (1, [1, 1, 1, 1])])
def test_a_day_that_a_month_has_not_is_its_last(day: int, expected: list[int]) -> None:
    found = due(Rhythm("month", "08:00", day=day), date(2026, 1, 1), 120, BERLIN)
    assert [each.day for each, _ in found] == expected


@SLOW
@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"]),
    st.dates(date(2011, 12, 1), date(2027, 12, 1)),
    st.sampled_from(["day", "week", "month"]),
    st.times(),
    st.integers(0, 6),
    st.integers(1, 31),
    st.integers(1, 50),
)
def test_looking_often_or_seldom_finds_each_occasion_once(
    zone: str, since: date, every: str, at: object, weekday: int, day: int, steps: int
) -> None:
    rhythm = Rhythm(every, f"{at:%H:%M}", weekday, day).checked()  # type: ignore[arg-type,str-format]
    local = ZoneInfo(zone)
    begins = datetime.combine(since, datetime.min.time(), UTC)
    ends = begins + timedelta(days=70)
    whole = list(rhythm.occasions(begins, ends, local))
    parts, step = [], (ends - begins) / steps
    for number in range(steps):
        parts += list(rhythm.occasions(begins + step * number, begins + step * (number + 1), local))
    assert parts == whole
    assert len({occasion for occasion, _ in whole}) == len(whole)
    assert len(whole) >= {"day": 68, "week": 9, "month": 2}[every]


def test_the_days_are_those_of_the_house_at_the_moment_when_it_is_due() -> None:
    moment = datetime(2026, 11, 29, 20, 0, tzinfo=UTC)  # Monday in Vladivostok, Sunday in Moscow
    assert days_of("day", moment, MOSCOW) == (date(2026, 11, 28), date(2026, 11, 28))
    assert days_of("day", moment, ZoneInfo("Asia/Vladivostok")) == (date(2026, 11, 29), date(2026, 11, 29))
    assert days_of("week", moment, MOSCOW) == (date(2026, 11, 16), date(2026, 11, 22))
    assert days_of("month", datetime(2026, 3, 1, 3, tzinfo=UTC), MOSCOW) == (date(2026, 2, 1), date(2026, 2, 28))


@pytest.mark.parametrize("at", ["24:00", "7:00", "07:60", "", "07:00:00", "０７:00", "07:00\n", "-1:00"])
def test_what_is_no_time_of_day_is_refused(at: str) -> None:
    with pytest.raises(ReportError):
        Rhythm("day", at).checked()


@pytest.mark.parametrize(
    ("address", "zone"),
    [
        ("anna@example.com\r\nBcc: all@example.com", ""),
        ("anna", ""),
        ("a@b@c", ""),
        ("<anna@example.com>", ""),
        ("a" * 300 + "@example.com", ""),
        ("", "Mars/Base"),
        ("", "../../etc/passwd"),
        ("", "Europe/Berlin\0"),
    ],
)
def test_what_is_no_address_or_zone_is_refused(address: str, zone: str) -> None:
    assert address_fault(address, zone) is not None


# -- sending ---------------------------------------------------------------------------------------------


class Sending:
    """A house of three people, whose days are counted, with what plans and sends."""

    def __init__(self, sessions: Sessions, settings: Settings, port: int) -> None:
        self.sessions = sessions
        self.settings = with_recipients(settings, port).model_copy(update={"timezone": "Europe/Moscow"})
        self.planner = ReportPlanner(sessions, self.settings, person_of)
        self.courier = ReportCourier(sessions, self.settings, person_of, scheduled_table)
        with sessions() as session, session.begin():
            for name, role, language in (("eva", "supervisor", "en"), ("olga", "admin", "ru"), ("anna", "agent", "en")):
                session.add(
                    User(name=name, password_hash="x", role=role, language=language, email=f"{name}@example.com")
                )
            session.add(
                ReportCounting(
                    id=1,
                    counted_from=utcnow() - timedelta(days=400),
                    counted_until=utcnow() + timedelta(days=2),
                    complete=True,
                    zone="Europe/Moscow",
                    layout=LAYOUT,
                )
            )
            self._count(session)

    def _count(self, session: Session) -> None:
        """Twelve answered calls of each of the last days, eleven in time, in the slots of noon."""
        tally = Tally()
        tally.add(m.OFFERED, 12)
        tally.add(m.OUTCOME + "answered", 12)
        for seconds in (*[10.0] * 11, 50.0):
            tally.spend(m.WAIT_ANSWERED, seconds)
        packed = cells.pack({("support", ""): tally})
        today = utcnow().astimezone(MOSCOW).date()
        for back in range(40):
            begins, ends = day_bounds(today - timedelta(days=back), MOSCOW)
            noon = begins + timedelta(hours=12)
            rows = {"day": (begins, ends), "slot": (noon, noon + timedelta(minutes=15))}
            for level, (first, last) in rows.items():
                session.add(ReportCell(level=level, kind="total", begins_at=first, ends_at=last, packed=packed))

    def make(self, *names: str, owner: str = "olga", file_format: str = "pdf", every: str = "day") -> ReportSchedule:
        """Due once since yesterday's midnight, an hour ago at the latest."""
        at = (utcnow() - timedelta(hours=3)).astimezone(MOSCOW)
        rhythm = Rhythm(every, f"{at:%H:%M}", at.weekday(), at.day)  # type: ignore[arg-type]
        with self.sessions() as session, session.begin():
            people = {row.name: as_person(row) for row in session.scalars(select(User))}
            chosen = [people[name] for name in names]
            since = utcnow() - timedelta(hours=20)
            return service.save(session, None, "Утро: линия", VIEW, rhythm, file_format, chosen, people[owner], since)

    def round(self) -> list[str | None]:
        with self.sessions() as session:
            keys = self.planner.due(session, True)
        for key in keys:
            self.planner.plan(key)
        with self.sessions() as session:
            waiting = self.courier.due(session, True)
        return [self.courier.deliver(key) for key in waiting]

    def letters(self) -> list[ReportLetter]:
        with self.sessions() as session:
            return list(session.scalars(select(ReportLetter).order_by(ReportLetter.id)))

    def change(self, name: str, **values: object) -> None:
        with self.sessions() as session, session.begin():
            session.execute(update(User).where(User.name == name).values(**values))


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as found:
        yield found


@pytest.fixture
def sending(sqlite_store: Sessions, settings: Settings, mailbox: Mailbox) -> Sending:
    return Sending(sqlite_store, settings, mailbox.port)


@pytest.fixture
def anywhere(store: Sessions, settings: Settings, mailbox: Mailbox) -> Sending:
    """On both stores."""
    return Sending(store, settings, mailbox.port)


def attached(mail: EmailMessage) -> tuple[str, bytes]:
    [part] = mail.iter_attachments()
    return str(part.get_filename()), part.get_content()


def body_of(mail: EmailMessage) -> str:
    found = mail.get_body(("plain",))
    assert found is not None
    return str(found.get_content())


def test_each_gets_the_report_in_the_own_language_and_once(anywhere: Sending, mailbox: Mailbox) -> None:
    anywhere.make("eva", "olga")
    assert anywhere.round() == ["sent", "sent"]
    assert anywhere.round() == []
    assert sorted(mailbox.to) == ["eva@example.com", "olga@example.com"]
    by_name = dict(zip(mailbox.to, mailbox.mails, strict=True))
    english, russian = by_name["eva@example.com"], by_name["olga@example.com"]
    assert "Service level" in body_of(english) and "Offered: 12" in body_of(english)
    assert "Уровень обслуживания" in body_of(russian)
    name, content = attached(russian)
    yesterday = (utcnow() - timedelta(hours=3)).astimezone(MOSCOW).date() - timedelta(days=1)
    assert name == f"report-{yesterday}.pdf"
    assert "Утро: линия" in PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert all(str(mail["Subject"]).startswith("[Ringback] Утро: линия, ") for mail in mailbox.mails)


def test_hours_in_the_spreadsheet_are_those_of_the_readers_clock(sending: Sending, mailbox: Mailbox) -> None:
    sending.change("eva", timezone="Asia/Vladivostok")
    sending.make("eva", file_format="xlsx")
    assert sending.round() == ["sent"]
    name, content = attached(mailbox.mails[0])
    assert name.endswith(".xlsx")
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    told = {row[0].value: row[5].value for row in sheet.iter_rows(min_row=2) if isinstance(row[0].value, datetime)}
    assert {at.hour for at, offered in told.items() if offered} == {19}  # noon in Moscow


def test_two_workers_at_once_send_one_letter(anywhere: Sending, mailbox: Mailbox) -> None:
    anywhere.make("eva")
    ready = threading.Barrier(2)

    def work() -> None:
        ready.wait(10)
        anywhere.round()

    both = [threading.Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
    anywhere.round()
    assert (mailbox.to, [each.state for each in anywhere.letters()]) == (["eva@example.com"], ["sent"])


def test_who_lost_the_right_gets_nothing_and_the_owner_is_told_once(anywhere: Sending, mailbox: Mailbox) -> None:
    anywhere.make("eva")
    anywhere.change("eva", role="agent")
    assert anywhere.round() == ["refused"]
    assert anywhere.round() == ["sent"]
    assert mailbox.to == ["olga@example.com"]
    assert "eva не имеет права видеть отчёты" in mailbox.bodies[0]
    with anywhere.sessions() as session, session.begin():
        session.execute(delete(ReportLetter).where(ReportLetter.purpose == "scheduled"))
    assert anywhere.round() == ["refused"]
    assert anywhere.round() == [] and len(mailbox.to) == 1


@pytest.mark.parametrize(
    "change", [{"email": ""}, {"deactivated_at": datetime(2026, 1, 1, tzinfo=UTC)}, {"role": "trainer"}]
)
def test_who_cannot_be_sent_it_any_more_is_told_on_the_row(sending: Sending, change: dict[str, object]) -> None:
    sending.make("eva", owner="eva")
    sending.change("eva", **change)
    assert sending.round() == ["refused"]
    [row] = sending.letters()
    assert row.error is not None and "eva" in row.error.worded("ru")


def test_a_removed_account_gets_nothing_and_the_others_do(sending: Sending, mailbox: Mailbox) -> None:
    sending.make("eva", "olga")
    with sending.sessions() as session, session.begin():
        session.execute(delete(User).where(User.name == "eva"))
    assert sorted(filter(None, sending.round())) == ["refused", "sent"]
    assert mailbox.to == ["olga@example.com"]


def test_while_the_mail_server_is_away_it_waits_and_goes_once_later(sending: Sending, mailbox: Mailbox) -> None:
    sending.make("eva")
    mailbox.answer = "451 not now"
    assert sending.round() == [None]
    [row] = sending.letters()
    assert (row.state, row.attempts) == ("waiting", 0) and row.error is not None
    mailbox.answer = "250 OK"
    with sending.sessions() as session, session.begin():
        session.execute(update(ReportLetter).values(lease_until=None))
    assert sending.round() == ["sent"]
    assert mailbox.to == ["eva@example.com"]


def test_an_address_that_nobody_has_ends_it_and_the_owner_hears_why(sending: Sending, mailbox: Mailbox) -> None:
    sending.make("eva")
    mailbox.refused["eva@example.com"] = "550 no such user"
    assert sending.round() == ["failed"]
    assert sending.round() == ["sent"]
    assert "550 no such user" in mailbox.bodies[0]


def test_what_is_not_counted_yet_is_waited_for(sending: Sending, mailbox: Mailbox) -> None:
    sending.make("eva")
    with sending.sessions() as session, session.begin():
        session.execute(update(ReportCounting).values(counted_until=utcnow() - timedelta(days=3)))
    sending.planner.plan("letters")
    with sending.sessions() as session, session.begin():
        session.execute(update(ReportLetter).values(due_at=utcnow()))
    assert sending.round() == [None]
    with sending.sessions() as session, session.begin():
        session.execute(update(ReportLetter).values(due_at=utcnow() - timedelta(hours=2), lease_until=None))
    assert sending.round() == ["sent"]
    assert "are counted when they are over" in body_of(mailbox.mails[0])


def test_while_it_is_paused_nothing_goes_and_what_was_due_then_is_not_made_up_for(sending: Sending) -> None:
    made = sending.make("eva")
    for resume in (False, True):
        with sending.sessions() as session, session.begin():
            service.pause(session.get_one(ReportSchedule, made.id), utcnow(), resume=resume)
        assert sending.round() == []
    assert sending.letters() == []


def test_one_for_now_goes_at_once_to_who_asks_and_counts_as_no_occasion(sending: Sending, mailbox: Mailbox) -> None:
    made = sending.make("eva")
    with sending.sessions() as session, session.begin():
        row, olga = session.get_one(ReportSchedule, made.id), session.scalars(select(User).filter_by(name="olga")).one()
        keys = {service.send_now(session, row, as_person(olga), MOSCOW, utcnow()) for _ in range(3)}
    assert len(keys) == 1
    assert sending.round() == ["sent", "sent"]
    assert sorted(mailbox.to) == ["eva@example.com", "olga@example.com"]


def test_a_queue_that_somebody_may_not_see_is_in_no_letter(sending: Sending) -> None:
    with sending.sessions() as session:
        eva = as_person(session.scalars(select(User).filter_by(name="eva")).one())
        narrow = as_person(User(name="eva", password_hash="x", role="supervisor", queues=["sales"]))
        assert narrow.queues == {"sales"} and eva.queues is None
        day = (utcnow().astimezone(MOSCOW) - timedelta(days=1)).date()
        days, now = (day, day), utcnow()
        made = scheduled_table(session, sending.settings, VIEW, "x", days, narrow, now)
        assert made.total.cells[1].value == 0
        asked = {"name": "line", "fields": {**VIEW["fields"], "queue": "support"}}  # type: ignore[dict-item]
        with pytest.raises(ReportError):
            scheduled_table(session, sending.settings, asked, "x", days, narrow, now)


def test_a_worker_that_is_killed_after_the_server_took_it_sends_the_same_message_again(
    settings: Settings, sqlite_store: Sessions, mailbox: Mailbox
) -> None:
    """The row says nothing of it, so it goes again; its Message-ID is the same, by which mailboxes know it."""
    sending = Sending(sqlite_store, settings, mailbox.port)
    sending.make("eva")
    sending.planner.plan("letters")
    [row] = sending.letters()
    program = (
        "import sys, os, uuid\n"
        "from ringback.store.engine import open_store, sessions\n"
        "from ringback.handover import smtp\n"
        "from ringback.config import Settings\n"
        "from reports.schedules.sending import ReportCourier\n"
        "from web.documents.report_people import person_of\n"
        "from web.documents.report_tables import scheduled_table\n"
        "kept = smtp.send\n"
        "def send(*given, **more):\n"
        "    kept(*given, **more)\n"
        "    os.kill(os.getpid(), 9)\n"
        "smtp.send = send\n"
        "settings = Settings.model_validate_json(sys.stdin.read())\n"
        "ReportCourier(sessions(open_store(sys.argv[1])), settings, person_of, scheduled_table).deliver(sys.argv[2])\n"
    )
    url = str(sqlite_store.kw["bind"].url)
    killed = subprocess.run(
        [sys.executable, "-c", program, url, str(row.id)],
        input=sending.settings.model_dump_json(),
        text=True,
        cwd=Path(__file__).parents[3],
        env=os.environ,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -9
    assert sending.round() == ["sent"] and sending.round() == []
    assert len(mailbox.mails) == 2
    assert len({str(mail["Message-ID"]) for mail in mailbox.mails}) == 1
