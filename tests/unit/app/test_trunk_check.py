"""What the doctor finds of a trunk: asked over real sockets, with a provider that answers as it is told."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import doctor, trunk_check
from app.checks import Check
from app.trial.ports import LOOPBACK, free_port
from pbx import sip_probe
from ringback.config import Settings, Trunk
from tests.support.provider import SipProvider


@pytest.fixture
def provider() -> Iterator[SipProvider]:
    with SipProvider() as there:
        yield there


def settings_of(folder: Path, port: int, *, sip: dict[str, Any] | None = None, **trunk: Any) -> Settings:
    return Settings.model_validate(
        {"data": folder, "sip": sip or {}, "trunk": {"host": LOOPBACK, "port": port, **trunk}}
    )


def the_check(settings: Settings) -> Check:
    return next(check for check in trunk_check.trunk_checks(settings, running=False) if check.name == "trunk")


@pytest.mark.parametrize("code", [200, 403, 404, 486, 501])
def test_any_answer_is_a_sign_of_life(tmp_path: Path, provider: SipProvider, code: int) -> None:
    provider.answers["OPTIONS"] = (code,)
    check = the_check(settings_of(tmp_path, provider.port))
    assert (check.state, str(code) in check.found, check.mend) == ("good", True, "")
    assert provider.count("OPTIONS") == 1


def test_nothing_listening_is_no_good_trunk(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    check = the_check(settings_of(tmp_path, port))
    assert (check.state, f"nothing listens at {LOOPBACK}:{port}" in check.found) == ("bad", True)
    assert check.mend


def test_a_refused_connection_is_no_good_trunk(tmp_path: Path) -> None:
    check = the_check(settings_of(tmp_path, free_port(socket.SOCK_STREAM), transport="tcp"))
    assert (check.state, "nothing listens" in check.found) == ("bad", True)


def test_silence_is_asked_again_and_is_no_good_trunk(provider: SipProvider) -> None:
    provider.answers["OPTIONS"] = ()
    with pytest.raises(sip_probe.NoAnswer):
        sip_probe.ask(Trunk(host=LOOPBACK, port=provider.port), seconds=1.2)
    assert len([asked for asked in provider.asked if asked.method == "OPTIONS"]) >= 2, "a lost packet is sent again"
    assert provider.count("OPTIONS") == 1, "as the same request"


def test_a_name_that_leads_nowhere_is_said(tmp_path: Path) -> None:
    check = the_check(settings_of(tmp_path, 5060, host="sip.provider.invalid"))
    assert (check.state, "leads to no address" in check.found) == ("bad", True)


def test_what_is_no_sip_is_no_answer(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        trunk = Trunk(host=LOOPBACK, port=server.getsockname()[1], transport="tcp")
        with pytest.raises(sip_probe.NoAnswer):
            sip_probe.ask(trunk, seconds=0.3)


@pytest.mark.parametrize(
    ("told", "seen", "state"),
    [("", "203.0.113.77", "bad"), ("203.0.113.1", "203.0.113.77", "bad"), ("203.0.113.77", "203.0.113.77", "good")],
)
def test_a_router_that_translates_addresses_is_noticed(
    tmp_path: Path, provider: SipProvider, told: str, seen: str, state: str
) -> None:
    provider.sees_us_at = seen
    settings = settings_of(tmp_path, provider.port, sip={"external_address": told})
    found = {check.name: check for check in trunk_check.trunk_checks(settings, running=False)}
    assert found["trunk"].state == "good"
    assert found["address"].state == state
    assert seen in found["address"].found


def test_without_a_router_nothing_is_said_of_addresses(tmp_path: Path, provider: SipProvider) -> None:
    provider.sees_us_at = LOOPBACK
    checks = list(trunk_check.trunk_checks(settings_of(tmp_path, provider.port), running=False))
    assert [check.name for check in checks] == ["trunk"]


def test_the_doctor_asks(tmp_path: Path, provider: SipProvider) -> None:
    [check] = list(doctor._trunk(settings_of(tmp_path, provider.port)))
    assert check.state == "good"
