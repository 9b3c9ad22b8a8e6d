"""What nobody else raises: Asterisk and processes away, lonely and long queues, unseen work, full lines, old files."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from alarms import looks
from alarms import watch as watch_module
from alarms.condition import Condition
from alarms.files import STATUS
from alarms.unseen import open_seconds
from alarms.watch import Watch
from callback.models import Callback
from calls.models import Call, QueueVisit
from ivr.hours import Schedule
from ringback.config import OpeningHours, Settings
from ringback.messages import Message, message
from ringback.store.alarms import Level
from ringback.store.base import utcnow
from ringback.store.bus import AgentState, Alarm, Process
from scoring import disputes
from tests.support.alarms import done, standing
from tests.support.mail import certificate
from tests.support.scoring import add_card, add_dispute, add_evaluation
from tickets.models import Ticket
from voicemail import service as voicemail
from voicemail.models import VoiceMessage

Sessions = sessionmaker[Session]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has to last for a while has lasted."""
    monkeypatch.setattr(watch_module, "AWAY_FOR", timedelta(0))
    monkeypatch.setattr(watch_module, "SETTLE", timedelta(0))


def look(store: Sessions, settings: Settings, most: int = 100, **alarms: Any) -> Watch:
    values = {"nobody_seconds": 0, **alarms}
    watch = Watch(store, Settings.model_validate({**_given(settings), "alarms": values}), lambda: most)
    watch.look("all")
    return watch


def _given(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(exclude_unset=True)


def add_call(store: Sessions, call_id: str = "1.1", ago: float = 0, **values: Any) -> None:
    at = utcnow() - timedelta(minutes=ago)
    facts = {"line": "1000", "language": "en", "caller_number": "+14155550123", "caller_name": "", "state": "waiting"}
    with store() as session, session.begin():
        session.add(Call(call_id=call_id, arrived_at=at, **{**facts, **values}))


def add_visit(store: Sessions, ago: float, call_id: str = "1.1", queue: str = "support", **values: Any) -> None:
    at = utcnow() - timedelta(minutes=ago)
    with store() as session, session.begin():
        facts = {"seq": 0, "came_by": "menu", **values}
        session.add(QueueVisit(call_id=call_id, queue=queue, entered_at=at, **facts))


def be(store: Sessions, state: str, queues: list[str] | None = None, agent: str = "anna") -> None:
    with store() as session, session.begin():
        session.merge(AgentState(agent=agent, display="Anna", extension="201", state=state, queues=queues))


def lives(store: Sessions, name: str, ago: float = 0, trouble: Message | None = None) -> None:
    at = utcnow() - timedelta(seconds=ago)
    with store() as session, session.begin():
        session.merge(Process(name=name, pid=1, started_at=at, beat_at=at, trouble=trouble))


def said(store: Sessions, kind: str) -> list[str]:
    return [alarm.text for alarm in standing(store, kind)]


def test_asterisk_away_is_told_while_the_controller_says_so(store: Sessions, settings: Settings) -> None:
    lives(store, "controller", trouble=message("controller.store_slow"))
    look(store, settings)
    assert said(store, "switch.away") == []
    lives(store, "controller", trouble=message("controller.no_asterisk_yet"))
    look(store, settings)
    assert said(store, "switch.away") == [
        "Asterisk is away: nobody can call or be called. Asterisk has not answered yet."
    ]
    lives(store, "controller", ago=60, trouble=message("controller.no_asterisk_yet"))
    look(store, settings)
    assert len(said(store, "switch.away")) == 1 and "Calls: not running." in said(store, "process.away")[0]
    lives(store, "controller")
    look(store, settings)
    assert said(store, "switch.away") == said(store, "process.away") == []


def test_what_is_started_again_within_seconds_is_no_alarm(
    store: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "AWAY_FOR", timedelta(seconds=15))
    lives(store, "controller", trouble=message("controller.no_asterisk_yet"))
    watch = look(store, settings)
    watch.look("all")
    assert said(store, "switch.away") == []
    watch._since["switch"] -= timedelta(seconds=15)
    watch.look("all")
    assert len(said(store, "switch.away")) == 1


def test_somebody_waits_where_nobody_is_logged_in(store: Sessions, settings: Settings) -> None:
    add_call(store)
    add_visit(store, 1)
    be(store, "phone lost")
    be(store, "free", ["billing"], "boris")
    look(store, settings)
    assert said(store, "queue.nobody") == ["1 caller waits in Support, where nobody is logged in."]
    be(store, "paused")
    look(store, settings)
    assert said(store, "queue.nobody") == []


def test_a_wait_over_the_limit_gets_urgent_and_ends(store: Sessions, settings: Settings) -> None:
    be(store, "talking")
    add_call(store, queued_at=utcnow() - timedelta(minutes=7))
    add_visit(store, 1, came_by="overflow")
    look(store, settings, wait_minutes=5)
    assert [(a.level, a.text) for a in standing(store, "queue.wait")] == [
        ("yellow", "1 caller has waited in Support for 7 minutes.")
    ]
    done(store, "queue.wait")
    look(store, settings, wait_minutes=5)
    assert standing(store, "queue.wait")[0].seen_by == "eva"
    look(store, settings, wait_minutes=3)
    assert [(a.level, a.seen_by) for a in standing(store, "queue.wait")] == [("red", None)], "worse is news"
    look(store, settings, wait_minutes=None)
    assert standing(store, "queue.wait") == []


def test_a_busy_hour_is_one_alarm(store: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "SETTLE", timedelta(minutes=2))
    be(store, "talking")
    add_call(store)
    add_visit(store, 6)
    watch = look(store, settings)
    (alarm,) = standing(store, "queue.wait")
    with store() as session, session.begin():
        session.execute(update(QueueVisit).values(left_at=utcnow()))
    watch.look("all")
    add_call(store, "1.2")
    add_visit(store, 7, "1.2")
    watch.look("all")
    assert [each.id for each in standing(store, "queue.wait")] == [alarm.id]
    with store() as session, session.begin():
        session.execute(update(QueueVisit).values(left_at=utcnow()))
    watch._found_at["queue.wait", "support"] -= timedelta(minutes=2)
    watch.look("all")
    assert standing(store, "queue.wait") == []


def test_a_line_that_is_nearly_full(store: Sessions, settings: Settings) -> None:
    for number in range(9):
        add_call(store, f"1.{number}")
    look(store, settings, most=11)
    assert standing(store, "calls.nearly_full") == []
    look(store, settings, most=10)
    assert "9 callers are on the line; 10 can be served" in said(store, "calls.nearly_full")[0]


def test_a_message_nobody_heard_is_told_until_somebody_does(store: Sessions, settings: Settings) -> None:
    for number, ago in enumerate((300, 250, 10)):
        ended = utcnow() - timedelta(minutes=ago)
        add_call(store, f"1.{number}", ago + 1, result="message", state="ended", ended_at=ended)
        with store() as session, session.begin():
            session.add(VoiceMessage(call_id=f"1.{number}", left_at=ended, from_seconds=4.0, to_seconds=9.0))
    add_call(store, "1.9", 301, result="message", state="ended", ended_at=utcnow() - timedelta(minutes=300))
    with store() as session, session.begin():
        session.add(VoiceMessage(call_id="1.9", left_at=utcnow() - timedelta(minutes=300), silent=True))
    look(store, settings)
    (alarm,) = standing(store, "message.unseen")
    assert alarm.text == "Nobody has heard 2 messages that callers left, for 240 minutes of opening hours."
    assert alarm.args["call_id"] == "1.0"
    with store() as session, session.begin():
        voicemail.heard(session, "1.0", "anna", utcnow())
    look(store, settings)
    assert standing(store, "message.unseen")[0].args["call_id"] == "1.1"
    done(store, "message.unseen")
    look(store, settings)
    assert standing(store, "message.unseen")[0].seen_by == "eva"
    with store() as session, session.begin():
        session.execute(update(Alarm).values(seen_at=utcnow() - timedelta(minutes=30)))
        newest = update(VoiceMessage).where(VoiceMessage.call_id == "1.2")
        session.execute(newest.values(left_at=utcnow() - timedelta(minutes=20)))
    look(store, settings, unheard_minutes=15)
    assert standing(store, "message.unseen")[0].seen_by is None, "one that came later is news"
    with store() as session, session.begin():
        for call_id in ("1.1", "1.2"):
            row = voicemail.of_call(session, call_id)
            assert row is not None
            voicemail.take(session, row.id, "anna", utcnow())
    look(store, settings, unheard_minutes=15)
    assert standing(store, "message.unseen") == []


def test_a_due_promise_nobody_called_or_opened(store: Sessions, settings: Settings) -> None:
    due = utcnow() - timedelta(minutes=61)
    with store() as session, session.begin():
        row = Callback(
            source="form",
            source_key="x",
            number="+14155550123",
            language="en",
            line="1000",
            queue="support",
            state="due",
            arrived_at=due,
            due_at=due,
            expires_at=due + timedelta(days=1),
        )
        session.add(row)
        session.flush()
        key = str(row.id)
    look(store, settings)
    assert standing(store, "promise.unseen")[0].args["promise"] == key
    with store() as session, session.begin():
        assert looks.promise_opened(session, key, "anna") and not looks.promise_opened(session, key, "anna")
    look(store, settings)
    assert standing(store, "promise.unseen") == []


def test_next_steps_that_are_overdue_are_an_alarm_for_each_owner(store: Sessions, settings: Settings) -> None:
    late, later = utcnow() - timedelta(hours=2), utcnow() + timedelta(hours=1)
    with store() as session, session.begin():
        for owner, due in (("anna", late), ("anna", late - timedelta(hours=1)), (None, late), ("boris", later)):
            session.add(Ticket(subject="Printer", contact_id=None, owner=owner, due_at=due))
    look(store, settings)
    told = {alarm.subject: alarm.text for alarm in standing(store, "ticket.overdue")}
    assert told == {
        "anna": "Anna: the next steps of 2 tickets are overdue.",
        "-": "Nobody's: the next step of 1 ticket is overdue.",
    }
    with store() as session, session.begin():
        session.execute(update(Ticket).values(due_at=None))
    look(store, settings)
    assert standing(store, "ticket.overdue") == []


def test_disputes_that_nobody_answered_in_time_are_one_alarm(store: Sessions, settings: Settings) -> None:
    add_call(store, state="ended", agent="anna")
    with store() as session, session.begin():
        card = add_card(session, draft=False)
        rows = [add_dispute(session, add_evaluation(session, card, "1.1", "anna", by=by)) for by in ("tom", "eva")]
        rows[0].due_at = utcnow() - timedelta(minutes=1)
        key = rows[0].id
    look(store, settings)
    assert said(store, "dispute.late") == ["1 dispute about a score was not answered in time."]
    with store() as session, session.begin():
        disputes.answer(session, key, "ira", "She said it.", None, utcnow())
    look(store, settings)
    assert standing(store, "dispute.late") == []


def test_only_opening_hours_count() -> None:
    schedule = Schedule(OpeningHours.model_validate({"week": {"mon-fri": "09:00-18:00"}}), "UTC")

    def at(day: int, hour: int) -> float:
        return datetime(2026, 11, day, hour, tzinfo=UTC).timestamp()  # the 27th is a Friday

    assert open_seconds(schedule, at(27, 17), at(27, 20)) == 3600
    assert open_seconds(schedule, at(27, 20), at(30, 9)) == 0
    assert open_seconds(schedule, at(27, 17), at(30, 10)) == 2 * 3600
    always = Schedule(OpeningHours.model_validate({"week": {"mon-sun": "00:00-24:00"}}), "UTC")
    assert open_seconds(always, at(27, 17), at(28, 17)) == 24 * 3600


@pytest.mark.parametrize(
    ("status", "hours", "words"),
    [
        (None, None, None),
        (None, 24, "There is no backup"),
        ({"at": 1, "ok": False, "why": "The disk is full."}, None, "failed: The disk is full."),
        ({"at": 50, "ok": True, "why": ""}, 24, "50 hours old"),
        ({"at": 1, "ok": True, "why": ""}, 24, None),
        ("nonsense", 24, "There is no backup"),
        ({"at": "x", "ok": True}, 24, "There is no backup"),
    ],
)
def test_a_backup_that_failed_or_is_old(
    sqlite_store: Sessions, settings: Settings, status: Any, hours: float | None, words: str | None
) -> None:
    if status is not None:
        if isinstance(status, dict) and isinstance(status["at"], int):
            status = {**status, "at": time.time() - status["at"] * 3600}
        (settings.data / STATUS).write_text(json.dumps(status))
    look(sqlite_store, settings, backup_hours=hours)
    found = said(sqlite_store, "backup.old")
    assert [words in each for each in found] == [True] if words else found == []


@pytest.mark.parametrize(
    ("days", "level", "words"),
    [(30, None, ""), (10, "yellow", "ends on"), (1, "red", "ends on"), (-1, "red", "turned away")],
)
def test_a_certificate_that_ends(
    sqlite_store: Sessions, settings: Settings, tmp_path: Path, days: float, level: str | None, words: str
) -> None:
    crt, _ = certificate(tmp_path, days)
    mail = {"host": "mail.example.com", "sender": "a@example.com", "ca": str(crt)}
    look(sqlite_store, settings, mail=mail)
    found = standing(sqlite_store, "certificate.ends")
    assert [alarm.level for alarm in found] == ([level] if level else [])
    assert all(words in alarm.text and str(crt) in alarm.text for alarm in found)
    crt.write_text("no certificate")
    look(sqlite_store, settings, mail=mail)
    assert "cannot be read" in said(sqlite_store, "certificate.ends")[0]


def test_the_certificate_that_pages_show_is_looked_at(
    sqlite_store: Sessions, settings: Settings, tmp_path: Path
) -> None:
    crt, key = certificate(tmp_path, 5)
    facts = {"data": settings.data, "tls": {"certificate": str(crt), "key": str(key)}, "web": {"https": True}}
    Watch(sqlite_store, Settings.model_validate(facts), lambda: 100).look("all")
    assert [str(crt) in words for words in said(sqlite_store, "certificate.ends")] == [True]
    facts = {"data": settings.data, "web": {"https": True}}  # one of our own, which no start has made yet
    Watch(sqlite_store, Settings.model_validate(facts), lambda: 100).look("all")
    assert said(sqlite_store, "certificate.ends") == []


def test_guessed_passwords_are_an_alarm_until_nobody_has_guessed_for_two_minutes(
    sqlite_store: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "SETTLE", timedelta(minutes=2))
    found: list[Condition] = []
    watch = Watch(sqlite_store, settings, lambda: 100, lambda _now: found)

    def guessed(count: int, level: Level) -> Condition:
        facts = {"count": count, "sources": ["203.0.113.9"], "about": message("pbx.guessed_for_nobody")}
        return Condition("phones.guessed", "phones", message("pbx.guessed", **facts), level)

    found[:] = [guessed(40, "yellow")]
    watch.look("all")
    (alarm,) = standing(sqlite_store, "phones.guessed")
    assert (alarm.level, alarm.text.split(" from ")[0]) == (
        "yellow",
        "Somebody tries to be one of your phones: 40 tries refused within a minute,",
    )
    done(sqlite_store, "phones.guessed")
    found[:] = [guessed(50, "yellow")]
    watch.look("all")
    (same,) = standing(sqlite_store, "phones.guessed")
    assert (same.id, same.seen_by) == (alarm.id, "eva"), "other figures are no news"
    assert "50 tries" in same.text
    found[:] = [guessed(400, "red")]
    watch.look("all")
    (urgent,) = standing(sqlite_store, "phones.guessed")
    assert (urgent.level, urgent.seen_by) == ("red", None)
    found.clear()
    watch.look("all")
    assert len(standing(sqlite_store, "phones.guessed")) == 1
    watch._found_at["phones.guessed", "phones"] -= timedelta(minutes=2)
    watch.look("all")
    assert standing(sqlite_store, "phones.guessed") == []
