"""What Asterisk 22.10.1 says of a trunk, captured from it, as reports."""

from typing import Any

import pytest

from callback.trunk import Registration
from pbx import codec
from pbx.reports import ChannelEvent, OwnChannelGivenUp, OwnChannelRings, TrunkAnswers, TrunkRegistration
from pbx.trunk_events import registration_answer

REGISTRY = {
    "Event": "Registry", "ChannelType": "PJSIP", "Username": "sip:4711@127.0.0.1", "Domain": "sip:127.0.0.1:14497",
}  # fmt: skip
CONTACT = {"Event": "ContactStatus", "URI": "sip:127.0.0.1:14497", "EndpointName": "trunk", "AOR": "trunk"}
HANGUP = {
    "Event": "Hangup", "Uniqueid": "cb-1c", "Channel": "PJSIP/trunk-00000000", "ChannelStateDesc": "Down",
    "Cause": "21", "Cause-txt": "Call Rejected", "TechCause": "403",
}  # fmt: skip
RINGS = {"Event": "DialState", "DestUniqueid": "cb-8c", "DialStatus": "RINGING"}
FAILED = {
    "Event": "OriginateResponse",
    "ActionID": "cb-16c",
    "Response": "Failure",
    "Reason": "3",
    "Uniqueid": "cb-16c",
}


@pytest.mark.parametrize(
    ("message", "report"),
    [
        ({**REGISTRY, "Status": "Registered"}, TrunkRegistration(Registration.REGISTERED)),
        ({**REGISTRY, "Status": "Rejected"}, TrunkRegistration(Registration.REFUSED)),
        ({**REGISTRY, "Status": "Unregistered"}, None),
        ({**CONTACT, "ContactStatus": "Reachable"}, TrunkAnswers(True)),
        ({**CONTACT, "ContactStatus": "Unreachable"}, TrunkAnswers(False)),
        (RINGS, OwnChannelRings("cb-8c")),
        ({**RINGS, "DialStatus": "PROGRESS"}, OwnChannelRings("cb-8c")),
        ({**RINGS, "DestUniqueid": "cb-8a"}, None),
        (FAILED, OwnChannelGivenUp("cb-16c")),
    ],
)
def test_what_is_said_of_the_trunk(message: dict[str, str], report: Any) -> None:
    assert codec.decode(message, 0.0) == report


def test_the_end_of_a_channel_tells_the_providers_answer() -> None:
    found = codec.decode(HANGUP, 0.0)
    assert isinstance(found, ChannelEvent)
    assert found.sip == 403
    older = codec.decode({name: value for name, value in HANGUP.items() if name != "TechCause"}, 0.0)
    assert isinstance(older, ChannelEvent)
    assert older.sip == 0


def test_the_log_has_the_answer_to_our_registration() -> None:
    said = (
        "[2026-11-29 23:21:46.547] WARNING[16102] res_pjsip_outbound_registration.c: 403 Forbidden fatal response "
        "received from 'sip:127.0.0.1:14497' on registration attempt to 'sip:4711@127.0.0.1', retrying in '60' seconds"
    )
    assert registration_answer(f"{said}\nsomething else\n") == "403 Forbidden"
    assert registration_answer("nothing of it") is None
