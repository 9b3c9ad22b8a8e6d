"""Requests within a call that Ringback has no use for: a phone that hears nothing of them may end the call."""

import pytest

from tests.support.installation import Installation
from tests.support.raw_sip import RawPhone

ANSWERED_SECONDS = 3.0
"""Well before a phone would send it again for the third time."""


@pytest.mark.parametrize(
    ("method", "kind", "body"),
    [
        ("INFO", "", ""),
        ("MESSAGE", "text/plain", "hello"),
        ("MESSAGE", "application/unknown", "x"),
    ],
)
def test_it_is_answered_at_once_and_the_call_goes_on(house: Installation, method: str, kind: str, body: str) -> None:
    with RawPhone(house.trial.settings.sip.port) as phone:
        phone.call("1000")
        call = house.wait_call(phone.user, "greeting", "menu")
        answer = phone.ask(method, kind, body, ANSWERED_SECONDS)
        assert answer.code in (200, 202, 405, 415, 501)
        assert house.call_of(call.call_id).ended_at is None
        phone.bye()
        house.wait_ended(phone.user)


def test_a_message_outside_a_call_is_no_call(house: Installation) -> None:
    with RawPhone(house.trial.settings.sip.port) as phone:
        phone.aim("1000")
        assert phone.ask("MESSAGE", "text/plain", "hello", ANSWERED_SECONDS).code in (403, 404, 405)
        assert house.channels() == 0
        assert house.call(phone.user) is None
