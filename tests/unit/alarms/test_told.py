"""Alarms reach people: once each, again until somebody has seen to them, and when they are over."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from alarms.condition import Condition, keep
from alarms.files import STATUS
from alarms.models import AlarmMessage, AlarmTold
from alarms.plan import Planner
from app.bootstrap import alarm_stages
from app.worker import Worker
from ringback.config import Settings
from ringback.handover import smtp
from ringback.messages import message
from ringback.store import lease
from ringback.store.alarms import Level, raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from tests.support.alarms import (
    OPS,
    cleared,
    deliver,
    done,
    earlier,
    messages,
    raised,
    round_of,
    standing,
    with_recipients,
)
from tests.support.mail import Mailbox, json_service, mail_server
from tests.unit.app.test_worker import running

Sessions = sessionmaker[Session]
LEVELS: tuple[Level, ...] = ("yellow", "red")
EVIL = "Ann\r\nBcc: all@example.com\r\n\r\n<b>\u202eevil\x00"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as found:
        yield found


def test_an_alarm_is_told_once_then_again_then_that_it_is_over(
    store: Sessions, settings: Settings, mailbox: Mailbox
) -> None:
    told = with_recipients(settings, mailbox.port)
    raised(store)
    assert round_of(store, told) == ["sent"] and round_of(store, told) == []
    assert (
        mailbox.subjects
        == ["[Ringback] Urgent: The promise to call +14155550199 has expired: nobody could call in time."]
        or "Urgent" in mailbox.subjects[0]
    )
    earlier(store, timedelta(minutes=31))
    assert round_of(store, told) == ["sent"]
    assert "reminder 1" in mailbox.bodies[1]
    cleared(store)
    earlier(store, timedelta(minutes=2))
    assert round_of(store, told) == ["sent"] and round_of(store, told) == []
    assert mailbox.subjects[2].startswith("[Ringback] Over: ") and "All clear since" in mailbox.bodies[2]
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 3 and mailbox.to == [OPS] * 3


def test_what_somebody_has_seen_to_is_not_repeated_and_its_end_names_who(
    store: Sessions, settings: Settings, mailbox: Mailbox
) -> None:
    told = with_recipients(settings, mailbox.port)
    raised(store)
    raised(store, "callback.broken", "x", "yellow")
    assert round_of(store, told) == ["sent"]
    done(store, "trunk.trouble")
    done(store, "callback.broken")
    assert standing(store, "trunk.trouble") != [] and standing(store, "callback.broken") == []
    earlier(store, timedelta(hours=2))
    assert round_of(store, told) == ["sent"]  # that the promise is seen to
    assert "Done by eva" in mailbox.bodies[1] and "All clear" not in mailbox.bodies[1]
    cleared(store)
    earlier(store, timedelta(minutes=2))
    assert round_of(store, told) == ["sent"]
    assert "seen to by eva" in mailbox.bodies[2]


def test_what_is_wrong_in_another_way_is_no_all_clear(store: Sessions, settings: Settings, mailbox: Mailbox) -> None:
    told = with_recipients(settings, mailbox.port)
    trouble = {level: Condition("queue.wait", "support", message("alarms.no_backup"), level) for level in LEVELS}
    with store() as session, session.begin():
        keep(session, ("queue.wait",), [trouble["yellow"]], utcnow())
    assert round_of(store, told) == ["sent"]
    with store() as session, session.begin():
        keep(session, ("queue.wait",), [trouble["red"]], utcnow())
    with store() as session, session.begin():
        session.execute(update(AlarmMessage).values(created_at=utcnow() - timedelta(minutes=2)))
    assert round_of(store, told) == ["sent"]
    assert (
        "All clear" not in mailbox.bodies[1]
        and "Changed at" in mailbox.bodies[1]
        and "Urgent, since" in mailbox.bodies[1]
    )


def test_a_storm_is_one_message(store: Sessions, settings: Settings, mailbox: Mailbox) -> None:
    told = with_recipients(settings, mailbox.port)
    raised(store)
    assert round_of(store, told) == ["sent"]
    for number in range(30):
        raised(store, "recording.garbled", str(number), "red" if number == 29 else "yellow")
    assert round_of(store, told) == []
    earlier(store, timedelta(seconds=20))
    assert round_of(store, told) == ["sent"]
    assert mailbox.subjects[1] == "[Ringback] 30 alarms, 1 urgent"
    assert mailbox.bodies[1].startswith("Urgent")


def test_kinds_levels_and_hours_are_the_recipients(store: Sessions, settings: Settings, mailbox: Mailbox) -> None:
    people = {
        "trunk": {"email": "trunk@example.com", "kinds": ["trunk.*", "live.word"]},
        "urgent": {"email": "urgent@example.com", "level": "red"},
        "office": {"email": "office@example.com", "hours": "office"},
    }
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%a}".lower()
    told = with_recipients(settings, mailbox.port, people, tomorrow)
    raised(store, level="yellow")
    raised(store, "recording.garbled", "x", "red")
    raised(store, "live.word", "y", "red", "The caller said “lawyer”.")
    assert round_of(store, told) == ["sent", "sent"]
    by_address = dict(zip(mailbox.to, mailbox.bodies, strict=True))
    assert set(by_address) == {"trunk@example.com", "urgent@example.com"}
    assert "lawyer" in by_address["trunk@example.com"] and "lawyer" not in by_address["urgent@example.com"]
    always = with_recipients(settings, mailbox.port, people, "mon-sun")
    assert round_of(store, always) == ["sent"] and mailbox.to[-1] == "office@example.com"
    assert "lawyer" not in mailbox.bodies[-1]


def test_a_language_is_the_recipients(store: Sessions, settings: Settings, mailbox: Mailbox) -> None:
    told = with_recipients(settings, mailbox.port, {"ops": {"email": OPS, "language": "ru"}})
    raised(store)
    assert round_of(store, told) == ["sent"]
    assert mailbox.subjects[0].startswith("[Ringback] Срочно: ") and "Тревоги" in mailbox.bodies[0]


def test_hostile_names_are_data(store: Sessions, settings: Settings, mailbox: Mailbox) -> None:
    told = with_recipients(settings, mailbox.port)
    with store() as session, session.begin():
        said = message("controller.overstay", name=EVIL)
        raise_alarm(session, "agent.overstay", "ann", said, "yellow", utcnow())
    assert round_of(store, told) == ["sent"]
    (mail,) = mailbox.mails
    assert mail["Bcc"] is None and mailbox.to == [OPS]
    assert "Ann Bcc: all@example.com <b> evil" in str(mail["Subject"]) and "\u202e" not in mail.get_content()


def test_a_server_that_was_away_gets_what_is_true_by_then(store: Sessions, settings: Settings) -> None:
    with mail_server(Mailbox()) as gone:
        told = with_recipients(settings, gone.port)
    raised(store)
    assert round_of(store, told) == [None]
    (waiting,) = messages(store)
    assert waiting.state == "waiting" and waiting.attempts == 0 and waiting.error is not None
    assert deliver(store, told) == []  # it rests
    earlier(store, timedelta(minutes=5))
    assert round_of(store, told, tidy=True) == [None]
    (alarm,) = standing(store, "alarm.unsent")
    assert alarm.level == "red" and OPS in alarm.text
    cleared(store)
    earlier(store, timedelta(minutes=5))
    with mail_server(Mailbox(), port=told.alarms.mail.port if told.alarms.mail and told.alarms.mail.port else 0) as box:
        assert round_of(store, told) == ["sent"]
        assert box.subjects[0].startswith("[Ringback] Over: ")
        earlier(store, timedelta(minutes=5))
        assert round_of(store, told, tidy=True) == [], "that it is over was told with it"
        assert len(box.mails) == 1
    assert standing(store, "alarm.unsent") == []


def test_an_address_nobody_has_is_given_up_and_others_are_told(
    store: Sessions, settings: Settings, mailbox: Mailbox
) -> None:
    mailbox.refused["gone@example.com"] = "550 No such user"
    told = with_recipients(settings, mailbox.port, {"ops": {"email": [OPS, "gone@example.com"]}})
    raised(store)
    assert sorted(map(str, round_of(store, told))) == ["failed", "sent"]
    assert mailbox.to == [OPS]
    earlier(store, timedelta(minutes=2))
    assert round_of(store, told) == ["sent"]
    assert mailbox.to == [OPS, OPS] and "gone@example.com" in mailbox.bodies[1] and "No such user" in mailbox.bodies[1]


def test_a_service_is_told_and_its_secret_stays_here(store: Sessions, settings: Settings) -> None:
    with json_service() as service:
        people = {"chat": {"urls": f"json://user:{{secret}}@127.0.0.1:{service.port}/"}}
        told = with_recipients(settings, 1, people)
        (told.data / "secrets.yaml").write_text("alarm_secrets: {chat: hush-hush}\n")
        service.status = 500
        raised(store)
        assert round_of(store, told) == [None]
        (row,) = messages(store)
        assert "hush" not in str(row.error) and "hush" not in row.address and row.state == "waiting"
        service.status = 200
        earlier(store, timedelta(minutes=1))
        assert round_of(store, told) == ["sent"] and round_of(store, told) == []
        assert len(service.taken) == 1 and service.taken[0]["title"].startswith("[Ringback] Urgent")


def test_two_workers_tell_it_once(store: Sessions, settings: Settings) -> None:
    with mail_server(Mailbox(wait=threading.Event())) as box:
        told = with_recipients(settings, box.port)
        raised(store)
        both = [threading.Thread(target=round_of, args=(store, told)) for _ in range(2)]
        for thread in both:
            thread.start()
        assert box.has_letter.wait(20)
        assert round_of(store, told) in ([], [None])
        assert box.wait is not None
        box.wait.set()
        for thread in both:
            thread.join()
        assert round_of(store, told) == [] and len(box.mails) == 1
        assert [row.state for row in messages(store)] == ["sent"]


KILLED = """
import sys
from ringback.handover import smtp
from tests.support.alarms import with_recipients, round_of
from ringback.config import Settings
from ringback.store.engine import open_store, sessions
import os
smtp.send = lambda *given: os.kill(os.getpid(), 9)
settings = with_recipients(Settings(data=sys.argv[1]), int(sys.argv[2]))
round_of(sessions(open_store(settings.store_url)), settings)
"""


def test_a_worker_that_is_killed_while_it_sends_loses_nothing(
    sqlite_store: Sessions, settings: Settings, mailbox: Mailbox
) -> None:
    raised(sqlite_store)
    command = [sys.executable, "-c", KILLED, str(settings.data), str(mailbox.port)]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    killed = subprocess.run(command, check=False, env=environment, timeout=60)
    assert killed.returncode == -9
    (row,) = messages(sqlite_store)
    assert row.state == "waiting" and row.lease_owner is not None and lease.is_dead(row.lease_owner)
    told = with_recipients(settings, mailbox.port)
    assert round_of(sqlite_store, told) == ["sent"] and len(mailbox.mails) == 1


def test_a_message_sent_twice_is_the_same_message(
    sqlite_store: Sessions, settings: Settings, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies after the server took it: mailboxes know the second by its Message-ID."""

    class Dies(BaseException):
        pass

    def send_and_die(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]
        raise Dies

    told = with_recipients(settings, mailbox.port)
    raised(sqlite_store)
    real = smtp.send
    monkeypatch.setattr(smtp, "send", send_and_die)
    with pytest.raises(Dies):
        round_of(sqlite_store, told)
    monkeypatch.undo()
    earlier(sqlite_store, timedelta(seconds=70))
    with sqlite_store() as session, session.begin():
        row = session.merge(messages(sqlite_store)[0])
        row.lease_owner = None
    assert round_of(sqlite_store, told) == ["sent"]
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1


def test_an_address_that_left_the_settings_gets_nothing_more(store: Sessions, settings: Settings) -> None:
    with mail_server(Mailbox()) as gone:
        told = with_recipients(settings, gone.port)
    raised(store)
    round_of(store, told)
    earlier(store, timedelta(minutes=5))
    Planner(store, with_recipients(settings, 1, {"new": {"email": "new@example.com"}})).tidy()
    assert [row.state for row in messages(store)] == ["dropped"]


def test_the_worker_does_it_all(
    sqlite_store: Sessions, settings: Settings, mailbox: Mailbox, until: Callable[..., Any]
) -> None:
    told = with_recipients(settings, mailbox.port)
    (settings.data / STATUS).write_text('{"at": 1, "ok": false, "why": "The disk is full."}')
    worker = Worker(sqlite_store, alarm_stages(told, sqlite_store))
    with running(worker):
        raised(sqlite_store)
        until(lambda: any("+14155550199" in body for body in mailbox.bodies), 20)
        until(lambda: all(row.state == "sent" for row in messages(sqlite_store)), 20)
        assert until(lambda: standing(sqlite_store, "backup.old"))


def test_an_erased_alarm_is_told_to_nobody_any_more(store: Sessions, settings: Settings, mailbox: Mailbox) -> None:
    told = with_recipients(settings, mailbox.port)
    raised(store)
    planner = Planner(store, told)
    assert planner.plan(f"ops mail:{OPS}") == 1 and planner.plan(f"ops mail:{OPS}") is None
    with store() as session, session.begin():
        session.execute(delete(Alarm))
        assert session.scalars(select(AlarmTold)).all() == []
    assert deliver(store, told) == ["dropped"] and mailbox.mails == []


def test_old_alarms_are_forgotten_with_what_was_told_of_them(
    store: Sessions, settings: Settings, mailbox: Mailbox
) -> None:
    told = with_recipients(settings, mailbox.port, keep_days=30)
    raised(store)
    raised(store, "recording.stuck", "spool")
    assert round_of(store, told) == ["sent"]
    cleared(store)
    cleared(store, "recording.stuck", "spool")
    raised(store, "switch.away", "asterisk")
    earlier(store, timedelta(days=31))
    with store() as session, session.begin():
        session.execute(
            update(Alarm).where(Alarm.kind == "trunk.trouble").values(cleared_at=utcnow() - timedelta(days=31))
        )
    Planner(store, told).tidy()
    with store() as session:
        assert sorted(session.scalars(select(Alarm.kind))) == ["recording.stuck", "switch.away"]
        assert len(session.scalars(select(AlarmTold)).all()) == 1
    assert len(messages(store)) == 1
