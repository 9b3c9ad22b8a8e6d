"""A provider in trouble, on the real Asterisk: promises wait, no phone rings for them, one alarm, and all goes on by
itself when it is over.

The provider is `tests/support/provider.py`, which answers as it is told; what it carries is a phone's.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.trial.ports import LOOPBACK
from app.trial.trial import until
from callback import trunk_state
from ringback.store.bus import Alarm
from tests.live.test_live_promises import ALWAYS, ask_on_the_page, outcomes, promise_of
from tests.support.installation import SECONDS, Installation
from tests.support.provider import SipProvider

PROVIDER = SipProvider()
"""Of all tests of this file, so that they share one Ringback."""


@pytest.fixture
def provider() -> Iterator[SipProvider]:
    """It answers OPTIONS and nothing else yet."""
    PROVIDER.answers = {"OPTIONS": (200,), "REGISTER": (200,)}
    PROVIDER.asked.clear()
    with PROVIDER as there:
        yield there


@pytest.fixture
def house(house_with: Callable[[dict[str, Any]], Installation], provider: SipProvider) -> Installation:
    trunk = {"host": LOOPBACK, "port": provider.port, "user": 4711, "qualify_seconds": 5}
    there = house_with({"trunk": trunk, "callbacks": ALWAYS})
    until("the trunk to be in order", 90, lambda: not trouble(there))
    return there


def trouble(house: Installation) -> str:
    """What stands of the trunk; empty: nothing."""
    with house.trial.sessions()() as session:
        state = trunk_state.read(session)
    return "not seen yet" if state is None else str(state.trouble or ("waits" if state.waits else ""))


def alarms(house: Installation) -> list[tuple[str, str]]:
    """Red alarms about the trunk that stand."""
    with house.trial.sessions()() as session:
        standing = select(Alarm.level, Alarm.text).where(Alarm.kind == trunk_state.ALARM, Alarm.cleared_at.is_(None))
        return [(level, words) for level, words in session.execute(standing)]


@pytest.mark.parametrize(
    ("code", "said", "registers_again"),
    [
        (403, "403 Forbidden", False),
        (503, "503 Service Unavailable", True),
        (407, "407 Proxy Authentication Required", True),
    ],
)
def test_a_provider_that_refuses_calls_costs_nobody_anything(
    house: Installation, provider: SipProvider, code: int, said: str, registers_again: bool
) -> None:
    """It is tried out after a pause (15 s after a 403), or as soon as it takes our registration again."""
    number = f"+12025550{code}"
    provider.answers["INVITE"] = (code,)
    ask_on_the_page(house, number)
    anna = house.sign_in("anna")
    anna.wait("incoming", SECONDS)
    anna.answer()
    until("the alarm", SECONDS * 2, lambda: [words for _, words in alarms(house) if said in words])
    assert [level for level, _ in alarms(house)] == ["red"]
    promise = promise_of(house, number, "requested")
    assert (promise.attempts, promise.last_outcome, outcomes(house, promise)) == (0, "provider", [])
    anna.wait("disconnected", SECONDS)
    rung = anna.seen("incoming")

    provider.answers["INVITE"] = (100, 180, 404)
    if registers_again:
        register(house, provider, 403, "refused")
        register(house, provider, 200, "registered")
    failed = promise_of(house, number, "failed", seconds=90)
    assert (failed.attempts, outcomes(house, failed)) == (1, ["wrong_number"])
    assert anna.seen("incoming") == rung, "tried out with the customer first: no agent is rung in vain"
    until("the alarm to be cleared by itself", SECONDS, lambda: not alarms(house))


def register(house: Installation, provider: SipProvider, code: int, state: str) -> None:
    """We register anew and are answered so; returns when that is known."""
    provider.answers["REGISTER"] = (code,)
    house.rx("pjsip send register trunk")

    def known() -> bool:
        with house.trial.sessions()() as session:
            found = trunk_state.read(session)
        return found is not None and found.registration == state

    until(f"the registration to be {state}", SECONDS * 2, known)


def test_a_provider_that_is_gone_rings_nobody(house: Installation, provider: SipProvider) -> None:
    number = "+12025550871"
    provider.answers["OPTIONS"] = ()
    until("the provider to be missed", 30, lambda: "does not answer" in trouble(house))
    anna = house.sign_in("anna")
    ask_on_the_page(house, number)
    promise = until("the promise to be seen", SECONDS, lambda: waiting(house, number))
    assert promise.attempts == 0
    assert [level for level, _ in alarms(house)] == ["red"]
    assert (anna.seen("incoming"), provider.count("INVITE")) == (0, 0)

    provider.answers |= {"OPTIONS": (404,), "INVITE": (100, 180, 404)}  # any answer is a sign of life
    anna.wait("incoming", 60)
    anna.answer()
    assert promise_of(house, number, "failed", seconds=30).attempts == 1
    assert not alarms(house)


def waiting(house: Installation, number: str) -> Any:
    """The promise, once the controller lets it wait for the provider."""
    found = promise_of(house, number, "requested", "due")
    return found if (found.snapshot or {}).get("waits_for_trunk") else None


def test_a_refused_registration_is_told_with_the_answer(house: Installation, provider: SipProvider) -> None:
    provider.answers["REGISTER"] = (403,)
    house.rx("pjsip send register trunk")
    assert until("the alarm", SECONDS, lambda: [words for _, words in alarms(house) if "403 Forbidden" in words])
    provider.answers["REGISTER"] = (200,)
    house.rx("pjsip send register trunk")
    until("the alarm to be cleared", SECONDS, lambda: not alarms(house))
