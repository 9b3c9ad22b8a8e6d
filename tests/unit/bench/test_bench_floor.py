"""What the busy floor's phones say, and what its questions call good; nothing here is dialled."""

import pytest

from bench import sip
from bench.floor_facts import CALLED_IN, ended_well, kept_once
from ringback.messages import message

INVITE = (
    "INVITE sip:12025551000@127.0.0.1:5070 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK1\r\n"
    'From: "A <sip:x@y>" <sip:+12025551001@127.0.0.1>;tag=a1\r\n'
    "To: <sip:12025551000@127.0.0.1>\r\n"
    "Call-ID: c1\r\nCSeq: 7 INVITE\r\nContact: <sip:asterisk@127.0.0.1:5060>\r\nContent-Length: 0\r\n\r\n"
)


def test_a_response_repeats_the_request_and_adds_our_tag_once() -> None:
    kept = sip.kept_headers(INVITE, "b2")
    assert [line.split(":")[0] for line in kept] == ["Via", "From", "To", "Call-ID", "CSeq"]
    assert kept[2] == "To: <sip:12025551000@127.0.0.1>;tag=b2"
    again = INVITE.replace("1000@127.0.0.1>\r\n", "1000@127.0.0.1>;tag=old\r\n")
    assert sip.kept_headers(again, "b2")[2].endswith(";tag=old")


def test_addresses_and_ports_are_read() -> None:
    assert sip.uri_of(sip.header(INVITE, "contact")) == "sip:asterisk@127.0.0.1:5060"
    assert sip.uri_of("sip:a@b;tag=1") == "sip:a@b"
    assert sip.user_of("<sip:+12025551001@127.0.0.1>;tag=a1") == "+12025551001"
    assert sip.user_of("<sip:127.0.0.1>") == ""
    assert sip.media_port(sip.sdp(4002)) == 4002
    assert sip.media_port(INVITE) == 0


def test_the_digest_is_that_of_the_standards_example() -> None:
    challenge = 'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    answer = sip.digest(challenge, "Mufasa", "Circle Of Life", "GET", "/dir/index.html", "0a4f113b")
    assert 'response="6629fae49393a05397450978507c4ef1"' in answer


@pytest.mark.parametrize(
    ("result", "by_us", "good"),
    [
        ("served", False, True),
        ("promised", False, True),
        ("abandoned", True, True),
        ("left", True, True),
        ("abandoned", False, False),
        ("failed", True, False),
        ("pbx_lost", True, False),
        (None, True, False),
    ],
)
def test_who_is_cut_off_has_not_ended_well(result: str | None, by_us: bool, good: bool) -> None:
    assert ended_well(result, by_us=by_us) is good


def test_a_promise_is_kept_by_one_answered_call() -> None:
    served = message("callback.kept.served")
    assert kept_once("done", served, ["busy", "answered"])
    assert not kept_once("done", served, ["answered", "answered"])
    assert not kept_once("done", None, ["busy", "answered"])
    assert not kept_once("done", message("callback.last_attempt", outcome="abandoned"), ["busy", "answered"])
    assert kept_once("cancelled", CALLED_IN, ["busy", None])
    assert not kept_once("cancelled", CALLED_IN, ["answered"])
    assert not kept_once("cancelled", message("callback.cancelled"), [])
    assert not kept_once("failed", message("callback.last_attempt", outcome="busy"), ["busy"])
