"""What callers find out without an agent, on the real switch: looked up in a system beside, told of a ticket, connected
with a number outside; and what happens where none of that can be had."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from app.trial.ports import LOOPBACK, free_port
from calls.models import Call
from pbx import asterisk
from pbx.phones.phone import Phone
from pbx.phones.prompt_match import Ear
from recording.service import sound_path
from tests.support.beside_system import BesideServer, says
from tests.support.contacts import add_person
from tests.support.installation import SECONDS, CallerPhone, Installation, speech
from tests.support.scenarios import SETTINGS
from tickets.models import Ticket

OUTSIDE = "12025550142"
MENU = {
    "prompt": "digit-5",
    "operator_queue": "support",
    "options": {
        "1": {"label": "A request", "lookup": "ticket"},
        "2": {"label": "An order", "lookup": "order"},
        "3": {"label": "The courier", "transfer": f"+{OUTSIDE}"},
    },
}


@pytest.fixture(scope="module")
def server() -> Iterator[BesideServer]:
    with BesideServer() as server:
        yield server


@pytest.fixture(scope="module")
def far_port() -> int:
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture
def house(house_with: Callable[[dict[str, Any]], Installation], server: BesideServer, far_port: int) -> Installation:
    order: dict[str, Any] = {"url": server.url, "ask": "fallback-enter", "answers": {"sent": "closing-soon"}}
    order["values"] = {"boxes": "digits", "day": "date"}
    changes = {
        "lines": [{"number": "1000", "name": "Support", "notice": None, "menu": "self"}],
        "menus": {"self": MENU},
        "lookups": {"order": order},
        "queues": SETTINGS["queues"],
        "trunk": {"host": LOOPBACK, "port": far_port, "qualify_seconds": 0},
    }
    return house_with(changes)


@pytest.fixture
def far(far_port: int) -> Iterator[Phone]:
    """Whoever is outside, behind the trunk."""
    with Phone("far end", port=far_port) as phone:
        phone.listen()
        yield phone


def chosen(house: Installation, key: str, *, number: str | None = None) -> CallerPhone:
    caller = house.dial("1000", number=number)
    caller.hear("welcome")
    caller.press(key)
    return caller


def ordered(house: Installation, number: str) -> CallerPhone:
    caller = chosen(house, "2")
    caller.hear("fallback-enter")
    caller.press(f"{number}#")
    return caller


def keys(call: Call) -> list[str]:
    return [step["key"] for step in call.menu_path]


def person(house: Installation, caller: CallerPhone) -> Call:
    """The operators' queue has the call: an agent's phone rings for it."""
    anna = house.sign_in("anna", "ringing")
    house.talk(caller, anna)
    caller.phone.hangup()
    anna.wait("disconnected", SECONDS)
    call = house.wait_settled(caller.number)
    assert (call.result, call.queue, call.agent) == ("served", "support", "anna")
    return call


# -- looked up -----------------------------------------------------------------------------------------


def test_an_order_is_found_and_another_is_not_known(house: Installation, server: BesideServer) -> None:
    server.answers["4711"] = {"status": "sent", "boxes": "27", "day": "2031-03-05"}
    caller = ordered(house, "4711")
    told_at = caller.hear("closing-soon", "digit-2", "digit-7", "value-month-3", "value-30", "digit-5")
    caller.press("2")
    caller.hear("fallback-enter", after=told_at)
    caller.press("4712#")
    caller.hear("lookup-unknown", "digit-5", after=told_at)
    assert not caller.heard("lookup-moment"), "nothing was late"
    caller.phone.hangup()
    call = house.wait_settled(caller.number)
    assert (call.result, call.queue, keys(call), call.ended_by) == ("self_service", None, ["2"], "caller")
    assert server.asked == ["4711", "4712"]


def test_a_slow_system_and_one_that_talks_nonsense_are_a_person(house: Installation, server: BesideServer) -> None:
    enough = threading.Event()
    server.answers["1"] = lambda _connection: enough.wait(6 * SECONDS)
    server.answers["2"] = says(b'{"status": "sent", "boxes": "Robert\'); DROP TABLE"}')
    slow, odd = ordered(house, "1"), ordered(house, "2")
    entered = time.monotonic()
    odd.hear("lookup-failed", "to-person")
    slow.hear("lookup-moment", "lookup-failed", "to-person")
    assert time.monotonic() - entered < 4 * SECONDS, "seconds, not the minutes of the system"
    assert not odd.heard("lookup-moment")
    odd.phone.hangup()
    assert house.wait_settled(odd.number).result == "abandoned"
    assert keys(person(house, slow)) == ["2"]
    enough.set()


def test_a_ticket_is_told_to_its_own_caller_alone(house: Installation) -> None:
    own, others = [f"+120255501{number}" for number in (71, 72)]
    with house.trial.sessions().begin() as session:
        contacts = [add_person(session, number, language="en") for number in (own, others)]
        tickets = [Ticket(subject="It rattles", contact_id=contact.id) for contact in contacts]
        tickets[0].status = "closed"
        session.add_all(tickets)
        session.flush()
        closed, foreign = (ticket.number for ticket in tickets)
    caller = chosen(house, "1", number=own)
    caller.hear("ticket-number")
    caller.press(f"{foreign}#")
    told_at = caller.hear("ticket-unknown")
    caller.press("1")
    caller.hear("ticket-number", after=told_at)
    caller.press(f"{closed}#")
    caller.hear("ticket-closed", "digit-5", after=told_at)
    caller.phone.hangup()
    assert house.wait_settled(own).result == "self_service"


def test_what_was_being_looked_up_when_the_controller_died_is_looked_up_again(
    house: Installation, server: BesideServer
) -> None:
    asked, enough = threading.Event(), threading.Event()

    def keeps_waiting(_connection: socket.socket) -> None:
        asked.set()
        enough.wait(30)

    server.answers["9"] = keeps_waiting
    caller = ordered(house, "9")
    assert asked.wait(SECONDS)
    pid = house.kill("controller")
    server.answers["9"] = {"status": "sent", "boxes": 3}
    house.wait_new("controller", pid)
    caller.hear("closing-soon", "digit-3")
    enough.set()
    caller.phone.hangup()
    assert house.wait_settled(caller.number).result == "self_service"


# -- a number outside ----------------------------------------------------------------------------------


def test_only_the_number_of_the_settings_can_be_dialled(house: Installation) -> None:
    shown = house.rx("dialplan show ringback-outside")
    assert re.findall(r"'(\S+)' =>", shown) == [OUTSIDE]


@pytest.mark.parametrize("killed", [False, True])
def test_a_talk_outside_is_one_call_with_one_recording(
    house: Installation, far: Phone, program: asterisk.AsteriskProgram, killed: bool
) -> None:
    caller = chosen(house, "3")
    far.wait("incoming", SECONDS)
    far.answer()
    far.wait("confirmed", SECONDS)
    house.wait_call(caller.number, "outside")
    if killed:
        house.wait_new("controller", house.kill("controller"))
    sentence, reply = speech(program.share, "vm-rec-unv"), speech(program.share, "vm-newpassword")
    far.say(sentence)
    caller.ear.wait(sentence, SECONDS)
    caller.phone.say(reply)
    far.hangup()
    caller.hear("goodbye")
    caller.phone.wait("disconnected", SECONDS)
    call = house.wait_settled(caller.number)
    assert (call.result, call.queue, call.agent, keys(call)) == ("outside", None, None, ["3"])
    assert is_in_the_recording(house, call, reply, 0)
    assert is_in_the_recording(house, call, sentence, 1)


def test_where_outside_is_busy_a_person_is_next(house: Installation, far: Phone) -> None:
    caller = chosen(house, "3")
    far.wait("incoming", SECONDS)
    far.hangup(486)
    caller.hear("to-person")
    assert keys(person(house, caller)) == ["3"]


def is_in_the_recording(house: Installation, call: Call, sentence: Path, channel: int) -> bool:
    path = sound_path(house.trial.settings, house.wait_recording(call.call_id, "stored"))
    assert path is not None
    sound, rate = soundfile.read(path, dtype="int16")
    side = house.folder / f"{call.call_id}-{channel}.wav"
    soundfile.write(side, sound[:, channel], rate)
    return Ear(side).find(sentence) is not None
