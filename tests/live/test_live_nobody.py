"""Calls without a packet of sound, on the real Asterisk: they ring nobody, unless they show life in another way."""

import struct
from contextlib import ExitStack

from tests.support.installation import SECONDS, Installation
from tests.support.raw_sip import RawPhone

LINE = "1002"
"""Short prompts, and a second for each key."""
SCANNERS = 6
TRIES_SECONDS = 60.0


def scanner(house: Installation, end: ExitStack) -> RawPhone:
    return end.enter_context(RawPhone(house.trial.settings.sip.port))


def press(phone: RawPhone, key: str) -> None:
    assert phone.ask("INFO", "application/dtmf-relay", f"Signal={key}\r\nDuration=160\r\n").code == 200


def test_scanners_ring_nobody_and_who_calls_after_them_is_first(house: Installation) -> None:
    with ExitStack() as end:
        scanners = [scanner(house, end) for _ in range(SCANNERS)]
        for phone in scanners:
            phone.call(LINE)
        anna = house.sign_in("anna", "free")
        caller = house.dial(LINE)
        anna.auto_answer(0)
        house.wait_call(caller.number, "talking", seconds=TRIES_SECONDS)
        for phone in scanners:
            phone.wait_bye(TRIES_SECONDS)
        calls = [house.wait_settled(phone.user) for phone in scanners]
        assert house.wait_call(caller.number, "talking").agent == "anna"
        caller.phone.hangup()
        house.wait_ended(caller.number)
    assert {(call.result, call.queue, call.ticket_number) for call in calls} == {("no_sound", None, None)}
    assert not [visit for call in calls for visit in house.visits(call.call_id)]
    assert [event["event"] for event in anna.events].count("incoming") == 1


def test_a_key_or_a_single_packet_is_a_sign_of_life(house: Installation) -> None:
    with ExitStack() as end:
        by_key, by_packet, chooses = (scanner(house, end) for _ in range(3))
        by_key.call(LINE)
        answer = by_packet.call(LINE)
        chooses.call(LINE)
        press(by_key, "9")
        press(chooses, "1")
        by_packet.media.sendto(struct.pack("!BBHII", 0x80, 0, 1, 160, 7) + b"\xff" * 160, answer.rtp)
        queues = [house.wait_call(phone.user, "waiting", seconds=TRIES_SECONDS).queue for phone in (by_key, by_packet)]
        assert queues == ["support", "support"]
        assert house.wait_call(chooses.user, "waiting", seconds=SECONDS).queue == "billing"
        for phone in (by_key, by_packet, chooses):
            phone.bye()
        ended = [house.wait_ended(phone.user).result for phone in (by_key, by_packet, chooses)]
        assert ended == ["abandoned"] * 3
