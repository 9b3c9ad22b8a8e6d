"""The controller is away: the caller is offered a callback, and it becomes a ticket when it is back."""

import signal
import time

from sqlalchemy import select

from app.trial.trial import until
from callback.models import Callback
from tests.support.installation import SECONDS, Installation
from tickets.models import Ticket

OLD_SECONDS = 6.5
"""The dialplan takes a heartbeat of more than 5 whole seconds ago for a dead controller."""
NUMBER = "+12025550199"


def heartbeat_age(house: Installation) -> float:
    """How old the controller's heartbeat is that Asterisk has, in seconds."""
    told = dict(line.partition("=")[::2] for line in house.rx("dialplan show globals").split() if "=" in line)
    return time.time() - float(told.get("RINGBACK_HEARTBEAT", 0))


def test_a_promise_left_while_the_controller_is_away(house: Installation) -> None:
    stopped = house.kill("controller", signal.SIGSTOP)
    try:
        until("an old heartbeat", 20, lambda: heartbeat_age(house) > OLD_SECONDS)
        caller = house.dial("1000", number=NUMBER)
        after = caller.hear("notice", "fallback-apology", "fallback-offer")
        caller.press("1")
        after = caller.hear("fallback-number", *(f"digit-{n}" for n in "202"), after=after)
        caller.hear("fallback-confirm", after=after)
        caller.press("1")
        caller.hear("fallback-thanks", after=after)
        caller.phone.wait("disconnected", SECONDS)
        assert callback_of(house) is None, "nobody has taken it in yet"
        assert len(list(house.trial.settings.fallback_spool.glob("[!.]*.json"))) == 1
    finally:
        house.kill("controller", signal.SIGKILL)
    house.wait_new("controller", stopped)
    promise = until("the promise to be taken in", SECONDS, lambda: callback_of(house))
    assert (promise.number, promise.source, promise.line, promise.language) == (NUMBER, "fallback", "1000", "en")
    assert promise.arrived_at <= promise.requested_at
    with house.trial.sessions()() as session:
        tickets = session.scalars(select(Ticket).where(Ticket.number == promise.ticket_number)).all()
        assert len(tickets) == 1
        assert tickets[0].contact is not None and tickets[0].contact.number == NUMBER
    call = house.wait_ended(NUMBER, seconds=30)
    assert (call.result, call.ended_by, call.ticket_number) == ("fallback", None, promise.ticket_number)
    house.wait_recording(call.call_id, "stored")
    spool = house.trial.settings.fallback_spool
    until("an empty spool", SECONDS, lambda: not [*spool.glob("[!.]*.json"), *spool.glob("*.call")])


def test_another_number_is_given_by_keys(house: Installation) -> None:
    stopped = house.kill("controller", signal.SIGSTOP)
    try:
        until("an old heartbeat", 20, lambda: heartbeat_age(house) > OLD_SECONDS)
        caller = house.dial("1000", number="anonymous")
        caller.hear("fallback-apology", "fallback-offer")
        caller.press("1")
        after = caller.hear("fallback-enter")
        caller.press("2025550142#")
        caller.hear("fallback-confirm", after=after, seconds=40)
        caller.press("1")
        caller.hear("fallback-thanks")
        caller.phone.wait("disconnected", SECONDS)
    finally:
        house.kill("controller", signal.SIGKILL)
    house.wait_new("controller", stopped)
    promise = until("the promise to be taken in", SECONDS, lambda: callback_of(house, "+12025550142"))
    assert promise.source == "fallback"


def callback_of(house: Installation, number: str = NUMBER) -> Callback | None:
    with house.trial.sessions()() as session:
        rows = session.scalars(select(Callback).where(Callback.number == number)).all()
    assert len(rows) <= 1
    return rows[0] if rows else None
