"""The shipped rule of fail2ban: finds whoever guesses, and nobody whom a stranger names in Call-ID or in an answer."""

import re
from configparser import RawConfigParser
from pathlib import Path

import pytest

FILTER = Path(__file__).parents[3] / "asterisk-conf" / "fail2ban" / "filter.conf"
HOST = r"(?:\[?(?:(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})|(?P<ip6>[0-9a-fA-F:]{2,}))\]?)"
"""As fail2ban 1.0 reads <HOST>, but for names of hosts, which Asterisk never writes."""
DATE = r"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\]\s"


def found(line: str) -> str | None:
    """The address that would be barred for the line."""
    parsed = RawConfigParser()
    parsed.read(FILTER)
    rules = parsed["Definition"]
    text = rules["failregex"].replace("%(_address)s", rules["_address"]).replace("<HOST>", HOST)
    matched = re.search(text, re.sub(DATE, "", line))
    return None if matched is None else matched["ip4"] or matched["ip6"]


def line(event: str = "InvalidPassword", account: str = "anna", call_id: str = "a1b2", tail: str = "") -> str:
    """As Asterisk 22.10.1 writes it."""
    return (
        f'[2026-11-30 05:29:29.139] SECURITY[27349] res_security_log.c: SecurityEvent="{event}",'
        f'EventTV="2026-11-30T05:29:29.139+0000",Severity="Error",Service="PJSIP",EventVersion="1",AccountID="{account}",'
        f'SessionID="{call_id}",LocalAddress="IPV4/UDP/10.0.0.1/5060",RemoteAddress="IPV4/UDP/203.0.113.9/5070"{tail}'
    )


FORGED = 'LocalAddress="IPV4/UDP/10.0.0.1/5060",RemoteAddress="IPV4/UDP/192.0.2.1/5060"'


@pytest.mark.parametrize(
    "tried",
    [
        line(),
        line(tail=',Challenge="x",ReceivedChallenge="y",ReceivedHash="z"'),
        line("ChallengeResponseFailed", tail=',Challenge="1/2",Response="9f",ExpectedResponse=""'),
        line("FailedACL", account="<unknown>"),
        line(call_id=f'x",{FORGED},SessionID="y'),
        line(call_id=f'x",{FORGED}'),
        line("ChallengeResponseFailed", tail=',Challenge="",Response="\\",' + FORGED.replace('"', '\\"') + '",X=""'),
    ],
)
def test_whoever_guesses_is_named_and_nobody_else(tried: str) -> None:
    assert found(tried) == "203.0.113.9"


@pytest.mark.parametrize(
    "harmless",
    [
        line("SuccessfulAuth"),
        line("ChallengeSent"),
        line("InvalidAccountID", account="whatever a stranger writes"),
        line().replace("PJSIP", "AMI"),
        "[2026-11-30 05:29:29.139] NOTICE[1] res_pjsip_session.c: Call from 'a' (UDP:1.2.3.4:5060) to extension 'nope",
        f"x {line()}",
    ],
)
def test_nobody_is_named_by_other_lines(harmless: str) -> None:
    assert found(harmless) is None
