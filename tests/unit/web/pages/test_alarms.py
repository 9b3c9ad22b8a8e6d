"""The pages of alarms: the line that opens, whom they are about, who is told, what is over; and first looks."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from alarms.models import AlarmMessage, AlarmTold, FirstLook
from callback.models import Callback
from calls.models import Call
from ringback.config import Settings
from ringback.messages import message
from ringback.store.alarms import clear_alarm, raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from tests.support.calls import EVIL_NAME, TICKET, WHOLE, Store
from tests.support.pages import Client, app_of, come_in, token
from tests.support.promises import add, seed_promises

ALARMS = {
    "mail": {"host": "mail.example.com", "sender": "ringback@example.com"},
    "recipients": {
        "ops": {"email": ["ops@example.com", "boss@example.com"], "kinds": ["trunk.*"], "level": "red"},
        "chat": {"urls": "ntfys://very-secret-topic"},
    },
}


def raised(store: Store, kind: str = "trunk.trouble", subject: str = "trunk", **args: object) -> None:
    with store.sessions() as session, session.begin():
        raise_alarm(session, kind, subject, message("alarms.no_backup"), "red", utcnow(), **args)


def test_one_line_tells_how_many_and_the_newest_urgent_one_stands_open(signed: Client, store: Store) -> None:
    seed_promises(store)
    raised(store)
    page = signed("eva").get("/now").text
    bar = page[page.index('aria-label="Newest urgent alarm"') : page.index("<summary>3 alarms, urgent: 2</summary>")]
    assert "There is no backup" in bar and "has expired" not in bar and EVIL_NAME not in page
    assert page.index('class="skip"') < page.index('id="alarms"') and page.count('class="alarm bad"') == 2
    assert "data-newest-red" in page and "data-newest-red" not in signed("anna").get("/now").text
    assert "alarm-strip" not in signed("tom").get("/people").text
    assert "3 тревоги, срочных: 2" in signed("eva").get("/now", headers={"Accept-Language": "ru"}).text


def test_done_leaves_what_goes_on_in_a_list_of_its_own(signed: Client, store: Store) -> None:
    raised(store)
    client = signed("eva")
    with store.sessions() as session:
        key = session.scalars(select(Alarm.id)).one()
    client.post(f"/alarms/{key}/seen", data={"csrf_token": token(client, "/now")})
    page = client.get("/alarms").text
    assert (
        "All is well" in page and "Seen to, not over yet" in page and "seen to by eva" in page and "/seen" not in page
    )
    assert "alarm-strip" not in client.get("/now").text
    with store.sessions() as session, session.begin():
        row = session.scalars(select(Alarm)).one()
        assert (row.seen_by, row.cleared_at) == ("eva", None)
        clear_alarm(session, "trunk.trouble", "trunk", utcnow())
    past = client.get("/alarms/past").text
    assert "There is no backup" in past and "<strong>eva</strong>" in past
    assert "Seen to, not over yet" not in client.get("/alarms").text


def test_an_alarm_about_a_call_names_who_talked_to_those_who_may_see_it(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        said = message("transcripts.word_of_agent", word="lawyer")
        raise_alarm(session, "live.word", f"{WHOLE}:lawyer", said, "yellow", utcnow(), call_id=WHOLE, speaker="agent")
        session.execute(update(Call).where(Call.call_id == WHOLE).values(agent="boris", caller_name="Dana"))
    assert '<bdi class="alarm-about">Boris, Dana</bdi>' in signed("eva").get("/now").text
    assert "alarm-about" not in signed("anna").get("/now").text


def test_a_late_dispute_leads_those_who_may_answer_to_it(signed: Client, store: Store) -> None:
    raised(store, "dispute.late", "disputes")
    assert 'href="/scoring#disputes"' in signed("eva").get("/alarms").text
    assert "/scoring#disputes" not in signed("anna").get("/now").text


def test_past_alarms_say_who_saw_to_them_and_who_was_told(signed: Client, store: Store) -> None:
    raised(store)
    now = utcnow()
    with store.sessions() as session, session.begin():
        alarm = session.scalars(select(Alarm)).one()
        sent = AlarmMessage(recipient="ops", address="mail:ops@example.com", state="sent", finished_at=now)
        lost = AlarmMessage(recipient="boss", address="mail:boss@example.com", state="failed", finished_at=now)
        session.add_all((sent, lost))
        session.flush()
        for row in (sent, lost):
            session.add(
                AlarmTold(
                    alarm_id=alarm.id,
                    recipient=row.recipient,
                    address=row.address,
                    what="raised",
                    times=0,
                    message_id=row.id,
                )
            )
        clear_alarm(session, "trunk.trouble", "trunk", now + timedelta(minutes=5))
    page = signed("eva").get("/alarms/past").text
    assert "ops (ops@example.com)" in page and "boss" not in page and "ended by itself" in page and "5:00" in page
    assert signed("anna").get("/alarms/past").status_code == 403


def test_past_alarms_go_on_page_by_page(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        for number in range(51):
            session.add(
                Alarm(kind="test", subject=str(number), text=f"Alarm {number}.", level="yellow", cleared_at=utcnow())
            )
    client = signed("eva")
    first = client.get("/alarms/past").text
    assert "Alarm 50." in first and "Alarm 0." not in first
    older = first.split('class="pager"')[1].split('href="')[1].split('"')[0]
    assert "Alarm 0." in client.get(older).text and "Alarm 1." not in client.get(older).text
    assert client.get("/alarms/past?before=nonsense").status_code == 200


def test_the_empty_pages_say_so(signed: Client) -> None:
    client = signed("eva")
    assert "No past alarms" in client.get("/alarms/past").text
    page = client.get("/alarms").text
    assert "All is well" in page and "Nobody is told outside these pages" in page
    assert "Who is told" not in signed("anna").get("/alarms").text


def test_a_test_is_sent_from_the_page_and_its_answer_stands_there(store: Store) -> None:
    changes = Settings.model_validate({"data": store.settings.data, "alarms": ALARMS})
    client = app_of(store, alarms=changes.alarms).test_client()
    come_in(client, "eva")
    page = client.get("/alarms").text
    assert "trunk.*; urgent only" in page and "ops@example.com" in page and "nothing was sent yet" in page
    assert "very-secret-topic" not in page and "ntfys:" in page
    sent = {"csrf_token": token(client, "/alarms"), "recipient": "ops"}
    assert client.post("/alarms/recipients", data=sent).status_code == 302
    assert client.post("/alarms/recipients", data=sent).status_code == 302
    with store.sessions() as session, session.begin():
        rows = session.scalars(select(AlarmMessage).order_by(AlarmMessage.address)).all()
        assert [(row.address, row.purpose, row.asked_by) for row in rows] == [
            ("mail:boss@example.com", "test", "eva"),
            ("mail:ops@example.com", "test", "eva"),
        ]
        rows[0].state, rows[0].error = "failed", message("ringback.mail_answer", answer="550 No such user")
        rows[1].state, rows[1].finished_at = "sent", utcnow()
    part = client.get("/alarms/recipients", headers={"HX-Request": "true"}).text
    assert "a test was taken" in part and "550 No such user" in part and "on its way" not in part
    assert client.get("/alarms/recipients").headers["Location"] == "/alarms"
    gone = client.post("/alarms/recipients", data={**sent, "recipient": "x"}, follow_redirects=True)
    assert "no longer have this recipient" in gone.text


@pytest.mark.parametrize("way", ["call", "ticket"])
def test_a_message_is_not_heard_when_somebody_opens_its_page(signed: Client, store: Store, way: str) -> None:
    with store.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == WHOLE).values(result="message"))
    client = signed("eva")
    for _ in range(2):
        client.get(f"/calls/{WHOLE}" if way == "call" else f"/tickets/{TICKET}")
    with store.sessions() as session:
        assert session.scalars(select(FirstLook)).all() == [], "who listens to it is written beside the message"


def test_a_promise_is_seen_when_somebody_opens_it(signed: Client, store: Store) -> None:
    key = add(store, "+14155550123")
    signed("anna").get(f"/promises/{key}")
    signed("eva").get(f"/promises/{key}")
    with store.sessions() as session:
        (look,) = session.scalars(select(FirstLook)).all()
        assert session.get_one(Callback, key).state == "due"
    assert (look.kind, look.key, look.by) == ("promise", str(key), "anna")
