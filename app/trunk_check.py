"""What `ringback doctor` finds of the trunk: it is asked, not only read about.

Owns the questions and the words; the table of checks is `app/doctor.py`'s.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterator

from app.checks import Check
from app.opened import UnreadableStore, opened
from callback import trunk_state
from callback.trunk import words_of
from pbx import sip_probe
from ringback import secrets
from ringback.config import Settings, Trunk


def trunk_checks(settings: Settings, running: bool) -> Iterator[Check]:
    """Whether numbers outside can be called, and calls of the provider come in."""
    trunk = settings.trunk
    if trunk is None:
        if any(queue.callback != "off" for queue in settings.queues.values()):
            found = "none, so promised calls cannot be made: each ends as a ticket for a person"
            yield Check("trunk", "note", found, "Name your SIP provider under `trunk` in ringback.yaml.")
        return
    if trunk.user and not secrets.trunk_password(settings):
        mend = f"Write trunk_password into {settings.data / 'secrets.yaml'}."
        yield Check("trunk", "bad", f"{trunk.host} wants a password for {trunk.user} that is not there", mend)
        return
    state = _state(settings) if running else None
    try:
        answer = sip_probe.ask(trunk)
    except OSError as error:
        yield _unanswered(trunk, error, state)
    else:
        yield _answered(trunk, answer, state, running)
        yield from _seen_from_outside(settings, answer)


def _state(settings: Settings) -> trunk_state.TrunkState | None:
    try:
        with opened(settings) as session:
            return trunk_state.read(session)
    except UnreadableStore:
        return None  # said by the check of the processes


def _answered(trunk: Trunk, answer: sip_probe.SipAnswer, state: trunk_state.TrunkState | None, running: bool) -> Check:
    where = f"{trunk.host}:{trunk.sip_port} over {trunk.transport.upper()}"
    if state is not None and state.trouble is not None:
        return Check(
            "trunk", "bad", str(state.trouble), "See docs/providers.md, and ask the provider about its answer."
        )
    if trunk.registers and not running:
        found = (
            f"{where} answers OPTIONS with {words_of(answer.code)}; whether it registers us is seen while Ringback runs"
        )
        return Check("trunk", "note", found, "Start it with `make run`.")
    registered = ", and has registered us" if state is not None and state.registration == "registered" else ""
    return Check("trunk", "good", f"{where} answers OPTIONS with {words_of(answer.code)}{registered}")


def _unanswered(trunk: Trunk, error: OSError, state: trunk_state.TrunkState | None) -> Check:
    where = f"{trunk.host}:{trunk.sip_port} over {trunk.transport.upper()}"
    if isinstance(error, socket.gaierror):
        return Check(
            "trunk", "bad", f"the name {trunk.host} leads to no address", "Correct trunk.host, or the DNS here."
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        found = f"{where} shows a certificate that is not trusted: {error.verify_message}"
        return Check(
            "trunk", "bad", found, "Name the authority in trunk.tls_ca, or the name of the certificate in host."
        )
    if isinstance(error, ConnectionRefusedError):
        return Check(
            "trunk", "bad", f"nothing listens at {where}", "Compare trunk.host, port and transport with the contract."
        )
    well = state is not None and state.trouble is None
    proven = well and state is not None and (state.registration == "registered" or trunk.qualify_seconds == 0)
    if proven and isinstance(error, TimeoutError | sip_probe.NoAnswer):
        found = f"{where} does not answer OPTIONS, but works"
        return Check("trunk", "note", found, "If it never answers them, set trunk.qualify_seconds to 0.")
    mend = "Compare trunk.host, port and transport with the contract; look for a firewall on the way."
    return Check("trunk", "bad", f"{where} does not answer: {error}", mend)


def _seen_from_outside(settings: Settings, answer: sip_probe.SipAnswer) -> Iterator[Check]:
    """Behind a router the provider sees another address than ours, which it must be told."""
    told = settings.sip.external_address
    if not answer.seen_as:
        return
    if not told and answer.seen_as != answer.local:
        found = f"the provider sees us at {answer.seen_as}, not at {answer.local}: a router translates addresses"
        yield Check(
            "address", "bad", found, f"Set sip.external_address to {answer.seen_as}, or one side hears nothing."
        )
    elif told and answer.seen_as not in _addresses(told) and not ipaddress.ip_address(answer.seen_as).is_loopback:
        found = f"sip.external_address says {told}, the provider sees us at {answer.seen_as}"
        yield Check(
            "address", "bad", found, f"Set sip.external_address to {answer.seen_as}, or to a name that follows it."
        )
    elif told:
        yield Check("address", "good", f"the provider sees us at {answer.seen_as}, as sip.external_address says")


def _addresses(name: str) -> set[str]:
    try:
        return {str(entry[4][0]) for entry in socket.getaddrinfo(name, None)}
    except OSError:
        return set()
