"""Text messages by a real HTTP server, a bot's server that is played by one, surveys by link, a fixed problem told."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from channels import fixed, links, receipts, service
from channels.chats import chat_of
from channels.errors import NoSuchLink, WrongField
from channels.models import ChannelInbox, ChannelMessage, InboundMessage, ShortLink, TelegramChat
from channels.receivers import service_url
from channels.survey_links import SurveyLinks
from channels.telegram import TelegramInbox
from outbox.models import OutboxEvent
from outbox.receivers import Delivered, Later, LockedOut
from problems import service as problems
from problems.models import KnownProblem, ProblemSubscriber
from ringback.config import Settings
from ringback.config.channels import ServiceChannel
from ringback.store.base import utcnow
from survey.models import SurveyOptOut, SurveyRun
from tests.support.channels import (
    NUMBER,
    HandCourier,
    alarms,
    draft,
    entries,
    message_of,
    status,
    ticket,
    with_channels,
    written,
)

Sessions = sessionmaker[Session]
TOKEN = "123:ABC"


@dataclass
class Beside:
    """What the server was asked, and what it says."""

    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    """One after another; the last for ever."""
    port: int = 0

    def body(self, at: int = -1) -> Any:
        return json.loads(self.asked[at][2])


@pytest.fixture
def beside() -> Iterator[Beside]:
    made = Beside(answers=[(200, {"status": "queued"})])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            made.asked.append((self.path, dict(self.headers), body))
            code, said = made.answers.pop(0) if len(made.answers) > 1 else made.answers[0]
            told = json.dumps(said).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    running = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    running.start()
    yield made
    server.shutdown()
    server.server_close()
    running.join()


def gateway(beside: Beside, **facts: Any) -> dict[str, Any]:
    there = {"url": f"http://127.0.0.1:{beside.port}/send", "allow_private": True, "quiet": None}
    return {**there, "consent": "assumed", "fields": {"to": "{to}", "text": "{text}", "ref": "{id} {receipt}"}, **facts}


@pytest.fixture
def settings_sms(settings: Settings, beside: Beside) -> Settings:
    return with_channels(settings, known={"text_message": "s3cret"}, text_message=gateway(beside))


def sent(store: Sessions, settings: Settings, **facts: Any) -> ChannelMessage:
    row = written(store, settings, draft("text_message", NUMBER, **facts))
    HandCourier(store, settings).round()
    return message_of(store, row)


def test_a_gateway_is_given_what_the_settings_say(
    sqlite_store: Sessions, settings_sms: Settings, beside: Beside
) -> None:
    text = 'Braces {to} {secret} "quotes" \\ и кириллица'
    row = sent(sqlite_store, settings_sms, text=text)
    _, headers, _ = beside.asked[0]
    assert headers["Authorization"] == "Bearer s3cret" and row.state == "sent"
    receipt = f"https://ringback.example/m/{row.token}"
    assert beside.body() == {"to": NUMBER, "text": text, "ref": f"{row.id.hex} {receipt}"}


@pytest.mark.parametrize(
    ("answer", "state", "result"),
    [
        ((200, {"status": "delivered"}), "delivered", Delivered),
        ((202, {"status": "accepted"}), "sent", Delivered),
        ((200, ["odd"]), "sent", Delivered),
        ((200, {"status": "failed"}), "failed", Delivered),
        ((422, {"error": "no such number"}), "failed", Delivered),
        ((401, {"error": "who are you"}), "kept", LockedOut),
        ((429, {"error": "slow"}), "kept", Later),
        ((500, {"error": "oops"}), "kept", Later),
        ((302, {}), "kept", Later),
    ],
)
def test_what_a_gateway_answers_is_said_honestly(
    sqlite_store: Sessions,
    settings_sms: Settings,
    beside: Beside,
    answer: tuple[int, Any],
    state: str,
    result: type[object],
) -> None:
    beside.answers = [answer]
    row = written(sqlite_store, settings_sms, draft("text_message", NUMBER))
    assert isinstance(HandCourier(sqlite_store, settings_sms).round()[0], result)
    now = message_of(sqlite_store, row)
    assert now.state == state and (now.error is None) == (state in ("sent", "delivered"))
    assert "s3cret" not in str(now.error)


def test_a_receipt_is_believed_of_the_message_alone_whose_token_it_has(
    store: Sessions, settings_sms: Settings, beside: Beside
) -> None:
    number = ticket(store)
    row = sent(store, settings_sms, ticket=number)
    with store() as session, session.begin():
        assert receipts.take_receipt(session, settings_sms, row.token, {"status": "Odd"}, utcnow()) == "sent"
        assert receipts.take_receipt(session, settings_sms, row.token, {"status": "DELIVRD"}, utcnow()) == "delivered"
        assert receipts.take_receipt(session, settings_sms, row.token, {"status": "failed"}, utcnow()) == "delivered"
        with pytest.raises(NoSuchLink):
            receipts.take_receipt(session, settings_sms, "0" * 24, {"status": "failed"}, utcnow())
    other = sent(store, settings_sms, ticket=number)
    with store() as session, session.begin():
        assert receipts.take_receipt(session, settings_sms, other.token, {"status": "UNDELIV"}, utcnow()) == "failed"
    assert [kind for kind, _ in entries(store, number)].count("undelivered") == 1


def test_a_message_is_not_sent_twice_by_a_second_delivery(
    sqlite_store: Sessions, settings_sms: Settings, beside: Beside
) -> None:
    row = sent(sqlite_store, settings_sms)
    with sqlite_store() as session, session.begin():
        session.get_one(OutboxEvent, row.event_id).fanned_at = None
    assert HandCourier(sqlite_store, settings_sms).round() == [Delivered()] and len(beside.asked) == 1


def test_a_private_gateway_is_refused_unless_it_is_allowed(
    sqlite_store: Sessions, settings: Settings, beside: Beside
) -> None:
    own = with_channels(settings, text_message=gateway(beside, allow_private=False))
    row = sent(sqlite_store, own)
    assert row.state == "kept" and row.error is not None and row.error.code == "outbox.private" and beside.asked == []


def test_a_channel_sends_so_many_in_a_minute(sqlite_store: Sessions, settings: Settings, beside: Beside) -> None:
    own = with_channels(settings, text_message=gateway(beside, per_minute=2))
    rows = [written(sqlite_store, own, draft("text_message", NUMBER)) for _ in range(3)]
    HandCourier(sqlite_store, own).round()
    states = [message_of(sqlite_store, row) for row in rows]
    assert [row.state for row in states] == ["sent", "sent", "kept"] and states[2].not_before is not None


def test_too_long_a_text_message_is_refused_with_its_parts(sqlite_store: Sessions, settings_sms: Settings) -> None:
    with pytest.raises(WrongField) as error:
        written(sqlite_store, settings_sms, draft("text_message", NUMBER, text="я" * 67 * 4 + "яя"))
    assert (error.value.field, error.value.facts) == ("text", {"count": 5, "most": 4})


def test_an_address_stays_one_piece_of_a_services_url() -> None:
    channel = ServiceChannel(title="X", url="json://host/{to}?a={secret}", to="text")
    assert service_url(channel, "a/../b?c=d&{secret}") == "json://host/a%2F..%2Fb%3Fc%3Dd%26%7Bsecret%7D?a={secret}"


# -- Telegram ------------------------------------------------------------------------------------------


def bot(beside: Beside) -> dict[str, Any]:
    api = f"http://127.0.0.1:{beside.port}"
    return {"bot": "example_bot", "api": api, "allow_private": True, "quiet": None}


@pytest.fixture
def with_bot(settings: Settings, beside: Beside) -> Settings:
    known = {"telegram": TOKEN, "text_message": "s3cret"}
    return with_channels(settings, known=known, telegram=bot(beside), text_message=gateway(beside))


def update(number: int, text: str, chat: int = 77, **facts: Any) -> dict[str, Any]:
    person = {"id": chat, "type": "private", "first_name": "Dana", "last_name": "\u202eW"}
    return {"update_id": number, "message": {"message_id": number, "chat": person, "text": text, **facts}}


def look(store: Sessions, settings: Settings, beside: Beside, *updates: dict[str, Any]) -> int | None:
    beside.answers = [(200, {"ok": True, "result": list(updates)})]
    return TelegramInbox(store, settings).look("telegram")


def invited(store: Sessions, settings: Settings, number: int) -> str:
    """The token of the link that a customer was sent."""
    what = draft("text_message", NUMBER, ticket=number, link=links.LinkTarget("telegram"), purpose="invitation")
    row = written(store, settings, what)
    assert "https://t.me/example_bot?start=" in row.text
    return row.text.rpartition("=")[2]


def test_a_customer_begins_a_chat_and_both_sides_write_there(
    store: Sessions, with_bot: Settings, beside: Beside
) -> None:
    number = ticket(store)
    token = invited(store, with_bot, number)
    assert look(store, with_bot, beside, update(5, f"/start {token}"), update(6, "Where is it?")) == 2
    assert ("telegram", "Where is it?") in entries(store, number) and status(store, number) == "open"
    assert f"/bot{TOKEN}/getUpdates" in beside.asked[-1][0]
    with store() as session:
        chat = chat_of(session, number)
        assert chat is not None and (chat.chat, chat.name) == ("77", "Dana W")
    beside.answers = [(200, {"ok": True, "result": {}})]
    HandCourier(store, with_bot).round()
    assert ("77", "Thank you! Whatever you write here reaches us.") in [
        (body["chat_id"], body["text"])
        for path, _, raw in beside.asked
        if "sendMessage" in path
        for body in [json.loads(raw)]
    ]
    assert look(store, with_bot, beside, update(6, "Where is it?"), update(7, "Hello?")) == 1
    assert beside.body()["offset"] == 7


def test_an_invitation_is_good_once_and_a_stranger_is_kept_apart(
    sqlite_store: Sessions, with_bot: Settings, beside: Beside
) -> None:
    number = ticket(sqlite_store)
    token = invited(sqlite_store, with_bot, number)
    begin = (update(1, f"/start {token}"), update(2, f"/start {token}", chat=88), update(3, "/start", chat=99))
    assert (
        look(sqlite_store, with_bot, beside, *begin, {"update_id": 4}, {"update_id": "x"}, update(5, "", chat=99)) == 4
    )
    with sqlite_store() as session:
        assert [row.chat for row in session.scalars(select(TelegramChat))] == ["77"]
        assert {row.sender for row in session.scalars(select(InboundMessage))} == {"88", "99"}
        assert session.get_one(ChannelInbox, "telegram").last == 5
    assert alarms(sqlite_store) == ["channel.apart"]


def test_who_says_stop_is_written_to_no_more(sqlite_store: Sessions, with_bot: Settings, beside: Beside) -> None:
    number = ticket(sqlite_store)
    token = invited(sqlite_store, with_bot, number)
    look(sqlite_store, with_bot, beside, update(1, f"/start {token}"), update(2, "/stop"))
    with pytest.raises(service.NoConsent):
        written(sqlite_store, with_bot, draft("telegram", "77", ticket=number))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((401, {"ok": False, "description": "Unauthorized"}), "channels.gateway_secret"),
        ((409, {"ok": False, "description": "Conflict"}), "channels.bot_taken"),
        ((500, "odd"), "channels.gateway_answer"),
    ],
)
def test_a_bot_that_cannot_be_asked_is_told(
    sqlite_store: Sessions, with_bot: Settings, beside: Beside, answer: tuple[int, Any], code: str
) -> None:
    beside.answers = [answer]
    assert TelegramInbox(sqlite_store, with_bot).look("telegram") is None
    with sqlite_store() as session:
        error = session.get_one(ChannelInbox, "telegram").error
    assert error is not None and error.code == code and TOKEN not in str(error)
    assert alarms(sqlite_store) == ([] if code == "channels.gateway_answer" else ["channel.inbox"])


# -- surveys and known problems ------------------------------------------------------------------------


def asked_call(store: Sessions, call_id: str, outcome: str, number: str = NUMBER) -> None:
    """A call that ended an hour ago, after which a survey was asked."""
    ended = utcnow() - timedelta(hours=1)
    with store() as session, session.begin():
        facts: dict[str, Any] = {"line": "1000", "language": "en", "state": "ended", "result": "served"}
        call = Call(call_id=call_id, caller_number=number, caller_name="", arrived_at=ended, ended_at=ended, **facts)
        session.add(call)
        session.flush()
        session.add(SurveyRun(call_id=call_id, survey="solved", at=ended, outcome=outcome, caller=call_id))


def survey_settings(settings: Settings, beside: Beside) -> Settings:
    own = with_channels(settings, text_message=gateway(beside))
    survey = own.surveys["solved"].model_dump() | {"by_message": {"minutes": 10}}
    return Settings.model_validate(
        {
            "data": own.data,
            "channels": own.channels,
            "web": {"public_url": "https://r.example"},
            "surveys": {"solved": survey},
        }
    )


def test_whoever_did_not_answer_by_voice_is_sent_the_survey_once(
    store: Sessions, settings: Settings, beside: Beside
) -> None:
    own = survey_settings(settings, beside)
    outcomes = {
        "1.1": "silent",
        "1.2": "hung_up",
        "1.3": "answered",
        "1.4": "opted_out",
        "1.5": "silent",
        "1.6": "silent",
    }
    for call_id, outcome in outcomes.items():
        asked_call(store, call_id, outcome, "anonymous" if call_id == "1.5" else NUMBER)
    with store() as session, session.begin():
        session.add(SurveyOptOut(caller="1.6"))
    stage = SurveyLinks(store, own)
    with store() as session:
        due = stage.due(session, False)
    assert set(due) == {"1.1", "1.2", "1.5", "1.6"}
    assert {call_id: stage.send(call_id) for call_id in sorted(due)} == {
        "1.1": "kept", "1.2": "kept", "1.5": "not_sent", "1.6": "not_sent",
    }  # fmt: off
    with store() as session:
        assert stage.due(session, True) == []
        link = session.scalars(select(ShortLink).where(ShortLink.call_id == "1.1")).one()
        text = session.scalars(select(ChannelMessage.text).where(ChannelMessage.call_id == "1.1")).one()
    assert f"https://r.example/l/{link.token}" in text and (link.kind, link.target) == ("survey", "solved")
    assert stage.send("1.1") is None


def test_a_fixed_problem_is_told_by_message_or_by_a_call(store: Sessions, settings: Settings, beside: Beside) -> None:
    own = with_channels(settings, text_message=gateway(beside, consent="needed"))
    with store() as session, session.begin():
        problem = KnownProblem(lines=["1000"], words={}, prompt="x", created_by="eva")
        session.add(problem)
        session.flush()
        key = problem.id
        for number in (NUMBER, "+74951234567"):
            facts = {"own_number": True, "language": "en", "line": "1000", "call_id": number}
            problems.subscribe(session, problem=str(key), number=number, asked_at=utcnow(), **facts)
    now = utcnow()
    with store() as session, session.begin():
        tell = fixed.teller(session, own, "text_message", now)
        problems.end(session, own, key, "eva", now.timestamp(), fixed=True, by_message=tell)
    HandCourier(store, own).round()
    with store() as session:
        rows = {row.number: row for row in session.scalars(select(ProblemSubscriber))}
        counts = problems.counts_of(session, [key])[key]
    told, called = rows[NUMBER], rows["+74951234567"]
    assert told.message_state == "sent" and told.callback_id is None
    assert called.message_state is None and (called.callback_id is not None or called.error is not None)
    assert counts["told"] == 1 and "fixed" in beside.body()["text"]
