"""Providers of each kind of docs/providers.md, played by a second Asterisk: it registers us, calls us, takes our calls.

The settings are the examples of the page itself; only where the provider is differs.
"""

import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.trial.ports import LOOPBACK, free_port
from app.trial.trial import Trial, until
from callback import service
from callback.requests import CallbackRequest
from callback.trunk_state import read
from pbx.asterisk import AsteriskProgram
from pbx.phones.phone import Phone
from ringback import secrets
from ringback.store.base import utcnow
from tests.live.test_live_promises import ALWAYS, promise_of, talking
from tests.support.installation import SECONDS, Installation, open_installation
from tests.support.scenarios import NO_WORDS, SETTINGS
from tests.support.second_asterisk import PASSWORD, SecondAsterisk, TrunkAccount, second_asterisk
from tests.unit.ringback.test_trunk_settings import examples

CUSTOMER = "+12025550777"
CALLER = "12025550123"


@dataclass(frozen=True)
class ProviderKind:
    """A kind of provider."""

    example: int
    """Its place among the examples of the page."""
    account: TrunkAccount
    dialled: str
    """What reaches the provider when CUSTOMER is called."""
    line: str = "1000"
    caller: str = ""
    """Whom our calls come from; empty: whoever the provider says."""
    changes: dict[str, Any] = field(default_factory=dict)


KINDS = {
    "an account that registers": ProviderKind(
        0, TrunkAccount("4711", login="4711", registers=True), "81012025550777", caller="12025550100"
    ),
    "a login, a domain and a proxy over TCP": ProviderKind(
        1, TrunkAccount("4930123456", "tcp", "4711@login.example.com", registers=True), "12025550777",
        changes={"user": "4930123456"},
    ),
    "a trunk without an account": ProviderKind(2, TrunkAccount("trunk"), "12025550777", caller="4930123456"),
    "several numbers on one account": ProviderKind(
        3, TrunkAccount("4711", login="4711", registers=True), "12025550777", line="12025550101"
    ),
    "TLS with SRTP": ProviderKind(
        4, TrunkAccount("4711", "tls", "4711", registers=True, srtp=True), "12025550777"
    ),
    "a telephone system beside": ProviderKind(5, TrunkAccount("house"), "92025550777"),
}  # fmt: skip


@dataclass
class ConnectedTrunk:
    """Ringback and its provider."""

    house: Installation
    provider: SecondAsterisk
    kind: ProviderKind


@dataclass
class StartedTrunk:
    """Ringback and its provider, both up; `stack` ends them."""

    trial: Trial
    provider: SecondAsterisk
    stack: ExitStack


class AheadOfTime:
    """Starts the next kinds while a test waits for what people do: starting takes longer than the calls."""

    def __init__(self, kinds: list[str], start: Callable[[str], StartedTrunk], ahead: int) -> None:
        self._start, self._ahead, self._left = start, ahead, list(kinds)
        self._threads = ThreadPoolExecutor(ahead)
        self._coming: dict[str, Future[StartedTrunk]] = {}

    def take(self, name: str) -> StartedTrunk:
        """Started by now, or as soon as it is; the caller ends it."""
        if name in self._left:
            self._left.remove(name)
        following = [name, *self._left[: self._ahead]]
        for each in following:
            if each not in self._coming:
                self._coming[each] = self._threads.submit(self._start, each)
        return self._coming.pop(name).result(SECONDS * 30)

    def close(self) -> None:
        """Ends what nobody took. The threads last until then: with them would end what they started."""
        for each in self._coming.values():
            if each.exception() is None:
                each.result().stack.close()
        self._threads.shutdown()


@pytest.fixture(scope="module")
def trunks(
    request: pytest.FixtureRequest, program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AheadOfTime]:
    """The kinds that are asked for in this run, one after another."""
    folders = {name: tmp_path_factory.mktemp("provider") for name in KINDS}
    asked = [
        str(item.callspec.params["line"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path and "line" in item.fixturenames
    ]
    ahead = AheadOfTime(asked, lambda name: start_trunk(KINDS[name], program, folders[name]), ahead=2)
    yield ahead
    ahead.close()


@pytest.fixture(params=KINDS)
def line(request: pytest.FixtureRequest, trunks: AheadOfTime, tmp_path: Path) -> Iterator[ConnectedTrunk]:
    """Both running, connected as the example says."""
    started = trunks.take(request.param)
    with started.stack, open_installation(started.trial, tmp_path) as house:
        yield ConnectedTrunk(house, started.provider, KINDS[request.param])


def start_trunk(kind: ProviderKind, program: AsteriskProgram, folder: Path) -> StartedTrunk:
    example = [each for each in examples() if "trunk" in each][kind.example]
    with ExitStack() as stack:
        certificate, authority = certificates(folder) if kind.account.transport == "tls" else (None, None)
        ours = free_port(socket.SOCK_DGRAM)
        provider = stack.enter_context(second_asterisk(folder / "asterisk", program, kind.account, ours, certificate))
        there: dict[str, Any] = {"host": LOOPBACK, "port": provider.port, "qualify_seconds": 5, **kind.changes}
        if "outbound_proxy" in example["trunk"]:
            there["outbound_proxy"] = f"{LOOPBACK}:{provider.port}"
        if authority is not None:
            there["tls_ca"] = str(authority)
        sip = {"port": ours, "tls_port": free_port(socket.SOCK_STREAM)}
        changes = {**SETTINGS, **NO_WORDS, "callbacks": ALWAYS, "sip": sip, "trunk": {**example["trunk"], **there}}
        changes["lines"] = [*SETTINGS["lines"], *example.get("lines", [])]
        trial = Trial(changes)
        stack.callback(trial.close)
        write_password(trial)
        trial.start(SECONDS * 18)  # several start at a time
        return StartedTrunk(trial, provider, stack.pop_all())


def write_password(trial: Trial) -> None:
    """Where the owner writes it."""
    _, path = secrets.load_or_create(trial.settings)
    written = yaml.safe_load(path.read_text(encoding="utf-8")) | {"trunk_password": PASSWORD}
    path.write_text(yaml.safe_dump(written), encoding="utf-8")


def certificates(folder: Path) -> tuple[Path, Path]:
    """Of a provider at LOOPBACK, signed by itself: key and certificate in one file, and the certificate alone."""
    key, certificate, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=provider -addext"
    subprocess.run(
        [
            *command.split(),
            f"subjectAltName=IP:{LOOPBACK},DNS:{LOOPBACK}",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
        ],
        check=True,
        capture_output=True,
    )
    both.write_text(key.read_text() + certificate.read_text())
    return both, certificate


def test_calls_come_in_and_go_out(line: ConnectedTrunk) -> None:
    known_to_the_provider(line)
    a_call_reaches_its_line(line)
    a_promise_reaches_its_customer(line)


def known_to_the_provider(line: ConnectedTrunk) -> None:
    """Registered, where the kind does that; and Ringback says that it is well."""

    def well() -> bool:
        with line.house.trial.sessions()() as session:
            state = read(session)
        wanted = "registered" if line.kind.account.registers else None
        return state is not None and state.trouble is None and state.registration == wanted and bool(state.answers)

    until("the provider to be well", 30, well)
    if line.kind.account.registers:
        assert f"@{LOOPBACK}:" in line.provider.contacts(line.kind.account.name)


def a_call_reaches_its_line(line: ConnectedTrunk) -> None:
    """Somebody calls the number at the provider, and hears what the line says."""
    uri = f"sip:{line.kind.line}@{LOOPBACK}:{line.provider.phones}"
    caller = line.house.dial(line.kind.line, number=CALLER, name="Carol", uri=uri)
    caller.hear("notice")
    found = until("the call to have a row", SECONDS, lambda: line.house.call_named("Carol"))
    assert (found.line, found.caller_number) == (line.kind.line, CALLER)
    caller.phone.hangup()
    caller.phone.wait("disconnected", SECONDS)


def a_promise_reaches_its_customer(line: ConnectedTrunk) -> None:
    """The customer's phone rings, with whom it should show, and both can talk."""
    house, kind = line.house, line.kind
    with Phone("customer", port=line.provider.customer) as customer:
        customer.listen()
        with house.trial.sessions().begin() as session:
            request = CallbackRequest(number=CUSTOMER, line="1000", source="agent", queue="support")
            service.promise(session, house.trial.settings, request, utcnow().timestamp())
        anna = house.sign_in("anna")
        anna.wait("incoming", SECONDS * 2)
        anna.answer()
        customer.wait("incoming", SECONDS * 2)
        assert line.provider.called() == kind.dialled
        assert kind.caller in line.provider.caller()
        customer.answer()
        talking(house, CUSTOMER)
        customer.hangup()
        anna.wait("disconnected", SECONDS)
        assert promise_of(house, CUSTOMER, "done", seconds=20).attempts == 1
