"""How an agent's phones are found and rung for a promise: each by its own address, none by an address it made up."""

import asyncio
from pathlib import Path

import pytest

from callback.commands import DialAgent, HangUpLeg
from controller.leg_sender import LegSender
from pbx.ami import Headers
from pbx.errors import AmiError
from pbx.legs import encode_leg, phones_of
from ringback.config import Settings

DESK, POCKET = "PJSIP/anna/sip:anna@192.0.2.7:5060;ob", "PJSIP/anna/sips:anna@192.0.2.8;transport=tls"


@pytest.mark.parametrize(
    ("value", "phones"),
    [
        (DESK, [DESK]),
        (f"{DESK}&{POCKET}", [DESK, POCKET]),
        ("", ["PJSIP/anna"]),
        (f"{DESK}&PJSIP/19005551212@trunk", ["PJSIP/anna"]),
        (f"{DESK}&Local/1000@ringback-lines", ["PJSIP/anna"]),
        (f"{DESK},30,U(somewhere)", ["PJSIP/anna"]),
        (f"{DESK}&", ["PJSIP/anna"]),
        ("PJSIP/boris/sip:boris@192.0.2.7", ["PJSIP/anna"]),
        (DESK + "x" * 600, ["PJSIP/anna"]),
    ],
)
def test_only_an_agents_own_phones_are_rung(value: str, phones: list[str]) -> None:
    assert phones_of({"Response": "Success", "Value": value}, "anna") == phones
    assert phones_of({}, "anna") == ["PJSIP/anna"]


class Switch:
    """What was sent; it may be away."""

    def __init__(self, contacts: str, *, away: bool = False) -> None:
        self.contacts, self.away = contacts, away
        self.sent: list[tuple[str, str]] = []

    def post(self, action: str, headers: Headers) -> None:
        if self.away:
            raise AmiError("pbx.away")
        self.sent.append((headers["ChannelId"], headers["Channel"]))

    async def ask(self, action: str, headers: Headers) -> Headers:
        assert (action, headers) == ("Getvar", {"Variable": "PJSIP_DIAL_CONTACTS(anna)"})
        if self.away:
            raise AmiError("pbx.away")
        return {"Response": "Success", "Value": self.contacts}


def ring(tmp_path: Path, switch: Switch, names: list[str]) -> list[str]:
    """The channels for which nothing was sent."""
    failed: list[str] = []
    sender = LegSender(
        Settings(data=tmp_path),
        switch,  # type: ignore[arg-type]
        switch.ask,  # type: ignore[arg-type]
        lambda _leg, count: names[:count],
        failed.append,
    )
    asyncio.run(sender.ring(DialAgent("cb-1-10a", "anna", "+12025550123", "en")))
    return failed


def test_each_phone_gets_a_channel_of_its_own(tmp_path: Path) -> None:
    switch = Switch(f"{DESK}&{POCKET}")
    assert ring(tmp_path, switch, ["cb-1-10a", "cb-1-11a", "cb-1-12a"]) == []
    assert switch.sent == [("cb-1-10a", DESK), ("cb-1-11a", POCKET)]


def test_nobody_is_rung_whom_nobody_wants_any_more_to_be(tmp_path: Path) -> None:
    switch = Switch(DESK)
    assert ring(tmp_path, switch, []) == []
    assert switch.sent == []


def test_what_cannot_be_sent_has_failed(tmp_path: Path) -> None:
    switch = Switch(DESK, away=True)
    assert ring(tmp_path, switch, ["cb-1-10a"]) == ["cb-1-10a"]


def test_a_phone_that_another_was_quicker_than_is_told_so(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert encode_leg("cb-1-11a", HangUpLeg("cb-1-11a", elsewhere=True), settings) == [
        ("Hangup", {"Channel": "cb-1-11a", "Cause": "26"})
    ]
    assert encode_leg("cb-1-11a", HangUpLeg("cb-1-11a"), settings) == [("Hangup", {"Channel": "cb-1-11a"})]
