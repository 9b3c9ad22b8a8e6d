"""Letters to colleagues: who is told what, once, by a real mail server; what is not told any more; what is given up."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.letter_parts import letter_stages, news_of_rooms
from app.worker import Worker
from calls.models import Call
from letters import service
from letters.models import ColleagueLetter
from letters.policy import GIVEN_UP, pause
from letters.sending import ColleagueCourier
from library import assignments, playlists
from library.letters import AssignmentReminders, due_letters
from library.models import Assignment
from library.playlists import NewItem
from ringback.config import Settings
from ringback.handover import smtp
from ringback.store.alarms import standing_alarms
from ringback.store.base import utcnow
from scoring import disputes, evaluations
from scoring.models import Evaluation
from tests.support.alarms import with_recipients
from tests.support.mail import Mailbox, mail_server
from tests.support.recordings import add_call
from tests.support.scoring import add_card, add_evaluation
from tests.unit.app.test_worker import running
from web.documents.colleagues import colleague_of
from web.models import User

Sessions = sessionmaker[Session]
ONE = "1700000000.1"
MOSCOW = ZoneInfo("Europe/Moscow")
PEOPLE = (("anna", "agent", "ru"), ("boris", "agent", ""), ("tom", "trainer", "en"), ("eva", "supervisor", "en"))
HOSTILE = "Week\r\nBcc: all@example.com\u202e\x00" + "one " * 100


class Post:
    """A house of four people with a playlist and a scored call; what waits is sent by hand."""

    def __init__(self, sessions: Sessions, settings: Settings, port: int) -> None:
        self.sessions = sessions
        web = settings.web.model_copy(update={"public_url": "https://calls.example.com/"})
        changes = {"timezone": "Europe/Moscow", "web": web}
        self.settings = with_recipients(settings, port).model_copy(update=changes)
        self.courier = ColleagueCourier(sessions, self.settings, colleague_of, news_of_rooms())
        add_call(sessions, 60.0, ONE)
        with sessions.begin() as session:
            session.scalars(select(Call)).one().agent = "anna"
            for name, role, language in PEOPLE:
                session.add(
                    User(name=name, password_hash="x", role=role, language=language, email=f"{name}@example.com")
                )

    def give(self, *people: str, title: str = "First week", due_at: datetime | None = None) -> UUID:
        with self.sessions.begin() as session:
            made = playlists.create(session, "x", "tom", utcnow())
            playlists.append(session, made.id, [NewItem(ONE)], utcnow())
            made.title = title
            return assignments.give(session, made.id, people, "tom", due_at, utcnow())[0].id

    def round(self) -> list[str | None]:
        with self.sessions() as session:
            waiting = self.courier.due(session, True)
        return [self.courier.deliver(key) for key in waiting]

    def letters(self) -> list[ColleagueLetter]:
        with self.sessions() as session:
            return list(session.scalars(select(ColleagueLetter).order_by(ColleagueLetter.id)))

    def change(self, **values: object) -> None:
        """Of letters."""
        with self.sessions.begin() as session:
            session.execute(update(ColleagueLetter).values(**values))

    def account(self, name: str, **values: object) -> None:
        with self.sessions.begin() as session:
            session.execute(update(User).where(User.name == name).values(**values))

    def alarms(self) -> list[str]:
        with self.sessions() as session:
            return [f"{alarm.kind} {alarm.subject}" for alarm in standing_alarms(session)]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as found:
        yield found


@pytest.fixture
def post(sqlite_store: Sessions, settings: Settings, mailbox: Mailbox) -> Post:
    return Post(sqlite_store, settings, mailbox.port)


@pytest.fixture
def anywhere(store: Sessions, settings: Settings, mailbox: Mailbox) -> Post:
    """On both stores."""
    return Post(store, settings, mailbox.port)


def test_who_is_given_a_playlist_is_written_to_once_in_the_own_language(post: Post, mailbox: Mailbox) -> None:
    due_at = datetime(2099, 12, 3, 20, 59, 59, tzinfo=UTC)
    key = post.give("anna", due_at=due_at)
    assert post.round() == ["sent"] and post.round() == []
    assert mailbox.to == ["anna@example.com"]
    assert mailbox.subjects == ["[Ringback] Прослушать: First week"]
    body = mailbox.bodies[0]
    assert "«First week»" in body and "не позже 3 декабря 2099." in body
    assert f"https://calls.example.com/library/assignments/{key}\n" in body
    assert "https://calls.example.com/mail" in body
    with post.sessions.begin() as session:
        row = session.get_one(Assignment, key)
        assignments.give(session, row.playlist_id, ["anna"], "tom", due_at, utcnow())
    assert post.round() == []
    with post.sessions.begin() as session:
        row = session.get_one(Assignment, key)
        assignments.give(session, row.playlist_id, ["anna"], "tom", due_at + timedelta(days=1), utcnow())
    assert post.round() == ["sent"]
    assert "4 декабря" in mailbox.bodies[1]


def test_a_hostile_name_stays_one_short_line(post: Post, mailbox: Mailbox) -> None:
    post.give("boris", title=HOSTILE)
    assert post.round() == ["sent"]
    (mail,) = mailbox.mails
    assert mailbox.to == ["boris@example.com"] and mail["Bcc"] is None
    assert str(mail["Subject"]).startswith("[Ringback] To be heard: Week Bcc: all@example.com one")
    assert len(str(mail["Subject"])) <= 120
    assert not {"\u202e", "\x00"} & {*mailbox.bodies[0]} and len(mailbox.bodies[0]) < 400


def test_a_reminder_by_hand_goes_once_a_day(post: Post, mailbox: Mailbox) -> None:
    key = post.give("boris")
    now = utcnow()
    with post.sessions.begin() as session:
        told = [assignments.remind(session, key, at) for at in (now, now, now + timedelta(days=1))]
    assert told == [True, False, True]
    assert post.round() == ["sent"] * 3
    assert mailbox.subjects[1] == "[Ringback] Reminder: First week"


@pytest.mark.parametrize("over", ["taken back", "done", "deleted", "deactivated", "removed"])
def test_what_is_over_before_its_letter_went_is_not_told(post: Post, mailbox: Mailbox, over: str) -> None:
    key = post.give("boris")
    with post.sessions.begin() as session:
        row = session.get_one(Assignment, key)
        account = session.scalars(select(User).filter_by(name="boris")).one()
        if over == "taken back":
            assignments.take_back(session, key, utcnow())
        elif over == "done":
            row.done_at = utcnow()
        elif over == "deleted":
            playlists.remove(session, row.playlist_id)
        elif over == "deactivated":
            account.deactivated_at = utcnow()
        else:
            session.delete(account)
    assert post.round() == ["dropped"] and post.round() == []
    assert mailbox.mails == [] and post.alarms() == []


def test_whoever_has_no_address_or_wants_none_gets_none_and_the_row_says_why(post: Post, mailbox: Mailbox) -> None:
    post.account("anna", email="")
    post.account("boris", unwanted_mail=["assignments"])
    post.give("anna", "boris")
    assert post.round() == ["unsent", "unsent"]
    assert [row.error.code for row in post.letters() if row.error] == ["letters.no_address", "letters.unwanted"]
    assert mailbox.mails == [] and post.alarms() == []


def test_whoever_is_called_so_next_gets_nothing_of_before(post: Post) -> None:
    post.give("boris")
    with post.sessions.begin() as session:
        service.forget(session, "boris", utcnow())
    assert post.letters() == []


def test_the_worker_does_it_all(post: Post, mailbox: Mailbox, until: Callable[..., Any]) -> None:
    key = post.give("boris")
    with post.sessions.begin() as session:
        row = session.get_one(Assignment, key)
        row.given_at, row.due_at = utcnow() - timedelta(days=9), utcnow() - timedelta(days=2)
    with running(Worker(post.sessions, letter_stages(post.settings, post.sessions))):
        until(lambda: "[Ringback] The day is over: First week" in mailbox.subjects, 20)
    assert sorted(row.kind for row in post.letters()) == ["assigned", "overdue"]


# when


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-02T07:59", []),
        ("2026-12-02T08:00", ["due"]),
        ("2026-12-03T23:00", ["due"]),
        ("2026-12-04T07:59", []),
        ("2026-12-04T08:00", ["overdue"]),
        ("2026-12-07T07:00", ["overdue"]),
        ("2026-12-07T08:00", []),
        ("2027-12-07T08:00", []),
    ],
)
@pytest.mark.parametrize("given", ["2026-11-20T10:00", "2026-12-02T09:00"])
def test_a_day_is_told_of_before_it_and_after_it(post: Post, now: str, expected: list[str], given: str) -> None:
    key, at = post.give("boris"), datetime.fromisoformat(now).replace(tzinfo=MOSCOW)
    given_at = datetime.fromisoformat(given).replace(tzinfo=MOSCOW)
    if given_at > datetime.fromisoformat("2026-12-02T08:00").replace(tzinfo=MOSCOW):
        expected = [each for each in expected if each == "overdue"]  # it was told of when it was given
    with post.sessions.begin() as session:
        row = session.get_one(Assignment, key)
        row.due_at, row.given_at = datetime(2026, 12, 3, 23, 59, 59, tzinfo=MOSCOW), given_at
        session.execute(update(ColleagueLetter).values(created_at=given_at))
        assert [kind for _, kind in due_letters(session, MOSCOW, at)] == expected


def test_two_workers_remind_once(anywhere: Post, mailbox: Mailbox) -> None:
    key, days = anywhere.give("boris"), timedelta(days=30)
    with anywhere.sessions.begin() as session:
        row = session.get_one(Assignment, key)
        row.given_at, row.due_at = utcnow() - days, utcnow() - timedelta(days=2)
    anywhere.change(created_at=utcnow() - days, state="sent")
    reminders = AssignmentReminders(anywhere.sessions, anywhere.settings)
    ready = threading.Barrier(2)

    def work() -> None:
        ready.wait(10)
        reminders.write("days")
        anywhere.round()

    both = [threading.Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
    anywhere.round()
    assert mailbox.subjects == ["[Ringback] The day is over: First week"]
    with anywhere.sessions() as session:
        assert reminders.due(session, True) == []


# a server that does not take it


def test_while_the_server_is_away_it_waits_longer_each_time_and_is_given_up_with_an_alarm(
    post: Post, mailbox: Mailbox
) -> None:
    post.give("anna", "boris")
    mailbox.answer = "451 not now"
    assert post.round() == [None, None] and post.round() == []
    assert [(row.state, row.attempts) for row in post.letters()] == [("waiting", 0)] * 2
    ages = [timedelta(0), timedelta(minutes=10), timedelta(days=1)]
    assert [pause(age) for age in ages] == [timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1)]
    post.change(lease_until=None, created_at=utcnow() - GIVEN_UP - timedelta(minutes=1))
    assert post.round() == ["failed", "failed"] and post.round() == []
    assert post.alarms() == ["letter.unsent mail server"]
    mailbox.answer = "250 OK"
    post.give("boris")
    assert post.round() == ["sent"] and post.alarms() == []


def test_an_address_that_is_refused_holds_up_nobody(post: Post, mailbox: Mailbox) -> None:
    mailbox.refused["anna@example.com"] = "550 no such user"
    post.give("anna", "boris")
    assert post.round() == ["failed", "sent"]
    assert mailbox.to == ["boris@example.com"] and post.alarms() == ["letter.unsent anna"]
    mailbox.refused.clear()
    post.give("anna")
    assert post.round() == ["sent"] and post.alarms() == []


def test_a_worker_that_dies_after_the_server_took_it_sends_the_same_message_again(
    anywhere: Post, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dies(BaseException):
        pass

    def send_and_die(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]
        raise Dies

    real = smtp.send
    anywhere.give("boris")
    monkeypatch.setattr(smtp, "send", send_and_die)
    with pytest.raises(Dies):
        anywhere.round()
    monkeypatch.undo()
    anywhere.change(lease_owner=None, lease_until=None)
    assert anywhere.round() == ["sent"] and anywhere.round() == []
    assert len(mailbox.mails) == 2 and len({mail["Message-ID"] for mail in mailbox.mails}) == 1


# scores


def scored(post: Post) -> UUID:
    with post.sessions.begin() as session:
        row = add_evaluation(session, add_card(session), ONE, "anna", points=(1, 1, 4))
        return row.id


def dispute(post: Post, key: UUID) -> UUID:
    with post.sessions.begin() as session:
        row = session.get_one(Evaluation, key)
        criterion = evaluations.criteria(session, row)[0].key
        told = ["tom", "eva", "anna", "boris"]
        made = disputes.dispute(
            session, row, criterion, "anna", "The caller Bob said so.", utcnow(), days=7, answer=7, told=told
        )
        return made.id


def test_evaluations_and_disputes_are_told_with_the_day_and_nothing_of_the_call(post: Post, mailbox: Mailbox) -> None:
    key = scored(post)
    assert post.round() == ["sent"]
    asked = dispute(post, key)
    assert sorted(map(str, post.round())) == ["dropped", "sent"]  # boris may not answer
    with post.sessions.begin() as session:
        disputes.answer(session, asked, "eva", "It stays.", None, utcnow())
    assert post.round() == ["sent", "sent"]
    assert mailbox.to == ["anna@example.com", "eva@example.com", "anna@example.com", "tom@example.com"]
    with post.sessions() as session:
        call = session.scalars(select(Call)).one()
        day = call.arrived_at.astimezone(MOSCOW)
    assert f"Ваш разговор от {day.day} " in mailbox.bodies[0]
    assert "disputed and waits for an answer" in mailbox.bodies[1]
    told = "\n".join([*mailbox.subjects, *mailbox.bodies])
    for secret in (call.caller_number, call.caller_name, "Bob", "It stays", "Said too fast", "Greets"):
        assert not secret or secret not in told
    assert told.count(f"https://calls.example.com/scoring/evaluations/{key}") == 4


def test_what_was_looked_at_or_answered_before_its_letter_went_is_not_told(post: Post, mailbox: Mailbox) -> None:
    key = scored(post)
    asked = dispute(post, key)
    with post.sessions.begin() as session:
        session.get_one(Evaluation, key).seen_at = utcnow()
        disputes.answer(session, asked, "eva", "It stays.", None, utcnow())
    assert sorted(map(str, post.round())) == ["dropped", "dropped", "dropped", "sent", "sent"]
    assert mailbox.to == ["anna@example.com", "tom@example.com"]
