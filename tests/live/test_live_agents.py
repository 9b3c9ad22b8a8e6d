"""Queues that an agent chose at a page, on the real Asterisk: the line goes by them, so does the next controller."""

from collections.abc import Iterator

import pytest

from app.trial.trial import until
from ringback.store.bus import Request
from tests.support.installation import SECONDS, CallerPhone, Installation


def choose(house: Installation, agent: str, *queues: str) -> None:
    """As the page asks for it; none: those of the settings."""
    args = {"queues": list(queues)} if queues else {}
    with house.trial.sessions()() as session, session.begin():
        session.add(Request(kind="agent.login", subject=agent, args=args, asked_by="eva"))
    wanted = list(queues) or None

    def taken() -> bool:
        row = house.agent(agent)
        return row is not None and row.queues == wanted

    until(f"{agent} to take {wanted or 'the queues of the settings'}", SECONDS, taken)


@pytest.fixture
def billing_alone(house: Installation) -> Iterator[Installation]:
    """Anna takes callers of billing, which the settings do not give her."""
    house.sign_in("anna", "free")
    choose(house, "anna", "billing")
    yield house
    choose(house, "anna")


def waits_in(house: Installation, key: str) -> CallerPhone:
    caller = house.dial()
    caller.hear("menu-main")
    caller.press(key)
    return caller


def test_chosen_queues_outlive_the_controller(billing_alone: Installation) -> None:
    house, anna = billing_alone, billing_alone.phones[0]
    old = house.kill("controller")
    house.wait_new("controller", old)
    house.wait_agent("anna", "free")
    row = house.agent("anna")
    assert row is not None and row.queues == ["billing"]

    support = waits_in(house, "1")
    house.wait_call(support.number, "waiting")
    billing = waits_in(house, "2")
    call = house.talk(billing, anna)
    assert (call.queue, call.agent) == ("billing", "anna"), "who came later, because she takes that queue alone"
    still = house.call(support.number)
    assert still is not None and still.state == "waiting"
    choose(house, "anna")
    billing.phone.hangup()
    house.wait_call(billing.number, "ended")
    assert house.talk(support, anna).queue == "support"
    support.phone.hangup()
    house.wait_ended(support.number)
