"""A promised call on the real Asterisk: asked for by key or on the public page, made behind a trunk, once."""

import itertools
import json
import re
import socket
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile
from sqlalchemy import select

from app.callback_reasons import reason_file
from app.trial.ports import LOOPBACK, free_port
from app.trial.trial import until
from callback.models import Callback, CallbackAttempt
from calls.models import Call
from pbx import asterisk
from pbx.phones.phone import Phone
from pbx.phones.prompt_match import Ear, first_place, piece
from prompts import files as prompt_files
from ringback.config import RedactionSettings
from ringback.messages import message
from ringback.store.base import utcnow
from tests.support.installation import SECONDS, Installation, speech
from tests.support.page import Page
from tests.support.stream import Stream
from tickets.service import open_callback_ticket
from web import keys

_numbers = itertools.count(140)
MACHINE_SECONDS = 60
"""Until nobody has spoken after it was said who calls: 22 s after a short greeting, and a busy machine."""
ALWAYS = {"hours": "00:00-24:00", "retry_minutes": [0.02], "attempts": 2}


@pytest.fixture(scope="module")
def customer_port() -> int:
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture
def house(house_with: Callable[[dict[str, Any]], Installation], customer_port: int) -> Installation:
    """A Ringback with a trunk whose other end is a phone of the test."""
    trunk = {"trunk": {"host": LOOPBACK, "port": customer_port}, "callbacks": ALWAYS}
    # Nothing is masked, so that a spoken reason can be heard as soon as its recording is finished.
    return house_with({**trunk, "redaction": dict.fromkeys(RedactionSettings().kinds, False)})


@pytest.fixture
def number() -> str:
    """The customer's own: every test has another."""
    return f"+12025550{next(_numbers)}"


@pytest.fixture
def customer(customer_port: int) -> Iterator[Phone]:
    """The customer's phone, behind the trunk."""
    with Phone("customer", port=customer_port) as phone:
        phone.listen()
        yield phone


def promise_of(house: Installation, number: str, *states: str, seconds: float = SECONDS) -> Callback:
    def look() -> Callback | None:
        with house.trial.sessions()() as session:
            newest = select(Callback).where(Callback.number == number).order_by(Callback.requested_at.desc())
            row = session.scalars(newest).first()
            return row if row is not None and row.state in states else None

    return until(f"the promise to be {' or '.join(states)}", seconds, look)


def outcomes(house: Installation, promise: Callback) -> list[str | None]:
    with house.trial.sessions()() as session:
        mine = select(CallbackAttempt.outcome).where(CallbackAttempt.callback_id == promise.id)
        return list(session.scalars(mine.order_by(CallbackAttempt.at)))


def ask_for_a_call(house: Installation, number: str, reason: Path | None = None) -> Call:
    """A caller waits, presses 1, hears the number, confirms it, and may say why."""
    caller = house.dial("1000", number=number, name="Carol")
    caller.hear("notice")
    caller.press("1")
    house.wait_call(number, "waiting")
    caller.hear("position-1")
    caller.press("1")
    caller.hear("fallback-number", "digit-2", "fallback-confirm")
    caller.press("1")
    if reason is not None:
        caller.hear("callback-reason", last=True)
        caller.phone.say(reason)
    caller.hear("callback-thanks")
    caller.phone.wait("disconnected", SECONDS)
    return until("the call to be promised", SECONDS, lambda: first_call(house, number, "promised"))


def ask_on_the_page(house: Installation, number: str) -> None:
    """A visitor fills in the public form, and takes the two seconds that a person needs at least."""
    page = Page(house.trial)
    form = {"token": page.token("/callback?lang=en", "token"), "number": number, "when": "soon", "note": "A red light."}

    def sent() -> bool:
        status, answer = page.post("/callback?lang=en", form)
        assert status == 200 or "That was very fast" in answer, answer
        return status == 200

    until("the form to be taken", SECONDS, sent)


def first_call(house: Installation, number: str, result: str) -> Call | None:
    with house.trial.sessions()() as session:
        mine = select(Call).where(Call.caller_number == number, Call.result == result, Call.snapshot.is_(None))
        return session.scalars(mine.order_by(Call.arrived_at.desc())).first()


def tickets_of(house: Installation, *call_ids: str) -> int | None:
    """The one ticket of these calls; None: not yet, or they are on several."""
    found = {house.call_of(call_id).ticket_number for call_id in call_ids}
    return found.pop() if len(found) == 1 else None


def test_the_promise_is_kept_at_the_place_of_the_call(
    house: Installation, customer: Phone, number: str, program: asterisk.AsteriskProgram, tmp_path: Path
) -> None:
    reason = speech(program.share, "vm-rec-unv")
    asked = ask_for_a_call(house, number, reason)
    promise = promise_of(house, number, "due", "requested")
    until("the reason to be there for the agent's phone", 30, reason_file(house.trial.settings, str(promise.id)).exists)
    assert promise.arrived_at == asked.arrived_at
    assert (promise.queue, promise.menu_path) == ("support", asked.menu_path)

    anna = house.sign_in("anna")
    anna.record(tmp_path / "anna.wav")
    anna.wait("incoming", SECONDS)
    anna.answer()
    Ear(tmp_path / "anna.wav").wait(reason, 30)
    customer.wait("incoming", 20)
    customer.record(tmp_path / "customer.wav")
    customer.answer()
    talk = talking(house, number)
    anna.hangup()
    Ear(tmp_path / "customer.wav").wait(prompt_files.sound_files("en")["survey-solved"], 30, last=True)
    customer.digits("2")
    customer.wait("disconnected", 20)

    done = promise_of(house, number, "done", seconds=20)
    assert (done.attempts, done.end_reason, outcomes(house, done)) == (1, message("callback.kept.served"), ["answered"])
    assert house.answers_of(talk) == ["2"]
    house.wait_recording(talk, "stored")
    until("both calls to be on one ticket", SECONDS, lambda: tickets_of(house, asked.call_id, talk))
    until("no channel to be left", SECONDS, lambda: house.channels() == 0)


def test_both_phones_of_an_agent_ring_and_whichever_answers_has_the_customer(
    house: Installation, customer: Phone, number: str
) -> None:
    desk = house.sign_in("anna")
    pocket = house.sign_in("anna")
    ask_on_the_page(house, number)
    for phone in (desk, pocket):
        phone.wait("incoming", SECONDS)
    desk.hangup(486)
    assert promise_of(house, number, "dialling_agent").agent == "anna"
    pocket.answer()
    customer.wait("incoming", 20)
    customer.answer()
    talking(house, number)
    pocket.hangup()
    customer.wait("disconnected", 30)
    assert promise_of(house, number, "done", seconds=20).attempts == 1

    other = f"+12025550{next(_numbers)}"
    desk.forget("incoming")
    pocket.forget("incoming")
    ask_on_the_page(house, other)
    for phone in (desk, pocket):
        phone.wait("incoming", 2 * SECONDS)
    desk.answer()
    pocket.wait("disconnected", SECONDS)
    customer.forget("incoming")
    customer.wait("incoming", 20)
    customer.answer()
    talking(house, other)
    customer.hangup()
    assert promise_of(house, other, "done", seconds=20).attempts == 1
    until("no channel to be left", SECONDS, lambda: house.channels() == 0)


def test_from_the_public_page_to_a_kept_promise(house: Installation, customer: Phone, number: str) -> None:
    ask_on_the_page(house, number)
    promise = promise_of(house, number, "due")
    assert (promise.source, promise.notes) == ("form", "A red light.")
    page = Page(house.trial)
    page.sign_in()
    assert column_of(page, promise) == "due"

    anna = house.sign_in("anna")
    anna.wait("incoming", SECONDS)
    anna.answer()
    assert number in page.get(f"/promises/{promise.id}")
    customer.wait("incoming", 20)
    customer.answer()
    talking(house, number)
    anna.hangup()
    customer.wait("disconnected", 30)
    done = promise_of(house, number, "done", seconds=20)
    assert (done.attempts, done.end_reason, outcomes(house, done)) == (1, message("callback.kept.served"), ["answered"])
    assert column_of(page, done) == "kept"


def column_of(page: Page, promise: Callback) -> str:
    """Where on the board the promise stands."""
    before, found, _ = page.get("/promises").partition(f'id="p-{promise.id}"')
    assert found, "the promise is not on the board"
    return re.findall(r'<section class="card" aria-labelledby="(\w+)"', before)[-1]


def test_a_machine_that_answers_keeps_no_promise(
    house: Installation, program: asterisk.AsteriskProgram, customer: Phone, number: str
) -> None:
    ask_on_the_page(house, number)
    anna = house.sign_in("anna")
    anna.wait("incoming", SECONDS)
    anna.answer()
    customer.wait("incoming", 20)
    customer.answer()
    customer.play(speech(program.share, "vm-intro"))
    customer.wait("disconnected", MACHINE_SECONDS)
    anna.wait("disconnected", SECONDS)
    assert outcomes(house, promise_of(house, number, "requested", "due", "dialling_agent")) == ["machine"]
    spool = house.trial.settings.spool
    until("what the machine said to be gone", SECONDS, lambda: not list(spool.glob("cb-*c.raw")))

    anna.wait("incoming", 20)
    anna.answer()
    customer.wait("incoming", 20)
    customer.answer()
    hello = speech(program.share, "hello")
    customer.play(hello)
    talk = talking(house, number)
    customer.hangup()
    done = promise_of(house, number, "done", seconds=20)
    assert (done.attempts, done.end_reason, outcomes(house, done)) == (
        2,
        message("callback.kept.served"),
        ["machine", "answered"],
    )
    assert begins_with_the_notice(recorded_of(house, talk))


def test_a_service_that_asks_who_is_calling_is_told_and_a_person_who_then_speaks_is_connected(
    house: Installation, program: asterisk.AsteriskProgram, customer: Phone, number: str, tmp_path: Path
) -> None:
    heard = tmp_path / "customer.wav"
    customer.record(heard)
    ear = Ear(heard)
    ask_on_the_page(house, number)
    anna = house.sign_in("anna")
    anna.wait("incoming", SECONDS)
    anna.answer()
    customer.wait("incoming", 20)
    customer.answer()
    customer.say(speech(program.share, "vm-intro"))
    ear.wait(prompt_files.sound_files("en")["callback-introduction"], MACHINE_SECONDS, last=True)
    assert anna.seen("disconnected") == 0
    customer.play(speech(program.share, "hello"))
    talk = talking(house, number)
    customer.hangup()
    done = promise_of(house, number, "done", seconds=20)
    assert (done.attempts, outcomes(house, done)) == (1, ["answered"])
    recorded = recorded_of(house, talk)
    assert begins_with_the_notice(recorded)
    assert first_place(recorded[:, 0], piece(speech(program.share, "vm-intro"), last=False)) is None, (
        "what was said before the notice is recorded nowhere"
    )


def recorded_of(house: Installation, call_id: str) -> Any:
    path = house.trial.settings.recordings / str(house.wait_recording(call_id, "stored").path)
    return soundfile.read(path, dtype="float32")[0]


def begins_with_the_notice(recorded: Any) -> bool:
    """On the agents' side, where prompts lie, within the first second and the length of a piece."""
    sound = piece(prompt_files.sound_files("en")["notice"], last=False)
    return first_place(recorded[: 8000 * 5, 1], sound) is not None


def talking(house: Installation, number: str) -> str:
    """The call that keeps the promise, once the two talk."""
    talk = promise_of(house, number, "connected", seconds=20).connected_call_id
    assert talk is not None
    until("the two to talk", 20, lambda: state_of(house, talk) == "talking")
    return talk


def state_of(house: Installation, call_id: str) -> str | None:
    with house.trial.sessions()() as session:
        return session.scalars(select(Call.state).where(Call.call_id == call_id)).first()


def test_a_program_has_an_agent_call_a_tickets_customer_and_hears_of_it(
    house: Installation, customer: Phone, number: str, tmp_path: Path
) -> None:
    """By /api/v1, with a key: the agent's phone, the customer's, the notice, the recording, the ticket, the events."""
    with house.trial.sessions()() as session, session.begin():
        ticket = open_callback_ticket(
            session, number, "en", "1000", utcnow(), "The router is dark", settings=house.trial.settings
        ).number
        _, key = keys.make(session, f"desk {number}", [], "admin", scopes=["calls:dial", "calls:read"])
    port, header = house.trial.settings.web.port, f"Bearer {key}"
    anna = house.sign_in("anna")
    with Stream(port, "/api/v1/calls/events", Authorization=header) as events:
        assert events.line().startswith("retry")
        asked = urllib.request.Request(
            f"http://{LOOPBACK}:{port}/api/v1/tickets/{ticket}/calls",
            json.dumps({"agent": "anna"}).encode(),
            {"Authorization": header, "Content-Type": "application/json", "Idempotency-Key": number},
        )
        with urllib.request.urlopen(asked) as answer:
            assert answer.status == 202 and json.loads(answer.read())["for_agent"] == "anna"
        anna.wait("incoming", SECONDS)
        assert not customer.seen("incoming"), "the customer's phone rings once the agent is there"
        anna.answer()
        customer.wait("incoming", SECONDS)
        customer.record(tmp_path / "customer.wav")
        customer.answer()
        Ear(tmp_path / "customer.wav").wait(prompt_files.sound_files("en")["notice"], 30)
        talk = talking(house, number)
        customer.hangup()
        anna.wait("disconnected", SECONDS)
        assert [kind for kind in kinds_of(events, talk) if kind in ENDS] == ["call.reached", "call.ended"]
    done = promise_of(house, number, "done", seconds=SECONDS)
    assert (done.source, done.once, done.agent, done.ticket_number) == ("click", True, "anna", ticket)
    house.wait_recording(talk, "stored")
    until("the call to be on the ticket", SECONDS, lambda: tickets_of(house, talk) == ticket)


ENDS = ("call.reached", "call.ended")


def kinds_of(events: Stream, call_id: str) -> Iterator[str]:
    """What is told of a call until it is over."""
    while line := events.line():
        name, _, value = line.partition(": ")
        if name == "data" and (told := json.loads(value))["call"]["id"] == call_id:
            yield told["type"]
            if told["type"] == "call.ended":
                return


def test_a_busy_customer_is_tried_again_and_then_a_person_is_told(
    house: Installation, customer: Phone, number: str
) -> None:
    ask_on_the_page(house, number)
    anna = house.sign_in("anna")
    for _ in (1, 2):
        anna.wait("incoming", 20)
        anna.answer()
        customer.wait("incoming", 20)
        customer.hangup(486)
        anna.wait("disconnected", SECONDS)
    promise = promise_of(house, number, "failed")
    assert (promise.attempts, outcomes(house, promise)) == (2, ["busy", "busy"])
    until("a person to be told", SECONDS, lambda: promise_of(house, number, "failed").ticket_number)


def test_who_calls_in_is_served_there(house: Installation, customer: Phone, number: str) -> None:
    ask_on_the_page(house, number)
    promise_of(house, number, "due")
    caller = house.dial("1000", number=number, name="Carol")
    promise_of(house, number, "requested")
    caller.hear("notice")
    caller.press("1")
    anna = house.sign_in("anna")
    anna.wait("incoming", SECONDS)
    anna.answer()
    anna.wait("confirmed", SECONDS)
    assert promise_of(house, number, "cancelled").end_reason == message("callback.called_in")
    caller.phone.hangup()
    assert customer.seen("incoming") == 0


@pytest.mark.parametrize("moment", ["agent rings", "customer rings", "talking"])
def test_a_killed_controller_keeps_the_promise_once(
    house: Installation, customer: Phone, number: str, moment: str
) -> None:
    ask_on_the_page(house, number)
    anna = house.sign_in("anna")
    anna.wait("incoming", SECONDS)

    def kill() -> None:
        house.wait_new("controller", house.kill("controller"))

    if moment == "agent rings":
        kill()
    anna.answer()
    customer.wait("incoming", 20)
    if moment == "customer rings":
        kill()
    customer.answer()
    talk = talking(house, number)
    if moment == "talking":
        kill()
        house.wait_agent("anna", "talking")
    anna.hangup()
    until("the survey", SECONDS, lambda: state_of(house, talk) == "survey")
    customer.hangup()
    done = promise_of(house, number, "done", seconds=30)
    assert (done.attempts, outcomes(house, done)) == (1, ["answered"])
    assert customer.seen("incoming") == 1
