"""What the real Asterisk makes of what is written for it: no warning, every module, application and function."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from pbx import asterisk, asterisk_conf, unheard
from pbx.asterisk import AsteriskDirs
from pbx.errors import AsteriskError
from ringback import secrets
from ringback.config import Agent, Ami, EntryPoint, Settings, Sip, Trunk

APPLICATION = re.compile(r"(?:exten => [^,]+,\d+|same => n(?:\([a-z]+\))?),([A-Za-z]+)")
FUNCTION = re.compile(r"(?:\$\{|,Set\()([A-Z_]{2,})\(")


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AsteriskDirs]:
    """The real Asterisk on a configuration with every kind of thing in it."""
    program = asterisk.find(Settings())
    if program is None:
        reason = f"no Asterisk {asterisk.OLDEST}+ here: `make prepare` fetches one"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    settings = Settings(
        data=tmp_path_factory.mktemp("asterisk"),
        sip=Sip(
            address="127.0.0.1",
            port=free_port(socket.SOCK_DGRAM),
            rtp_first=19000,
            rtp_last=19100,
            tls_port=free_port(socket.SOCK_STREAM),
        ),
        ami=Ami(port=free_port(socket.SOCK_STREAM)),
        lines=[
            EntryPoint(number="1000", name="Support"),
            EntryPoint(number="74951234567", name="Поддержка", language="ru"),
        ],
        agents=[
            Agent(name="anna", display='Анна "Хозяйка" <script>;[x]', extension="201"),
            Agent(name="boris", display="", extension="202"),
        ],
        trunk=Trunk(
            host="127.0.0.1",
            port=9,
            user="support",
            registration=False,
            qualify_seconds=0,
            transport="tls",
            srtp=True,
            outbound_proxy="127.0.0.1:10",
            addresses=["203.0.113.0/24", "2001:db8::/32"],
        ),
    )
    secret, _ = secrets.load_or_create(settings)
    secret = secret.model_copy(update={"trunk_password": "a;b$[c]{d},e|f"})
    place = asterisk.render(settings, secret, program)
    process = subprocess.Popen(place.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not place.is_up():
            assert process.poll() is None, "Asterisk ended at once"
            assert time.monotonic() < deadline, "Asterisk did not come up"
            Event().wait(0.05)
        yield place
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.mark.live
def test_asterisk_starts_without_a_warning(running: AsteriskDirs) -> None:
    log = (running.log / "asterisk.log").read_text()
    assert "modules will be loaded" in log
    assert not [line for line in log.splitlines() if " WARNING[" in line or " ERROR[" in line]


@pytest.mark.live
def test_asterisk_runs_every_module_we_name(running: AsteriskDirs) -> None:
    shown = running.cli("module show")
    assert [
        name for name in asterisk_conf.MODULES if not re.search(rf"^{name}\.so .*Running", shown, re.MULTILINE)
    ] == []


@pytest.mark.live
def test_asterisk_has_every_application_and_function_of_the_dialplan(running: AsteriskDirs) -> None:
    """A module that is not given to it is missed only when a caller gets there."""
    dialplan = re.sub(r"^;.*", "", (running.etc / "extensions.conf").read_text(), flags=re.MULTILINE)
    applications, functions = set(APPLICATION.findall(dialplan)), set(FUNCTION.findall(dialplan))
    assert {"MixMonitor", "AGI", "Playback", "GosubIf"} <= applications
    assert {"CHANNEL", "URIENCODE", "GROUP_COUNT", "FILE"} <= functions
    asked = [("application", name) for name in applications] + [("function", name) for name in functions]
    answers = {name: running.cli(f"core show {kind} {name}") for kind, name in sorted(asked)}
    assert [name for name, said in answers.items() if f"'{name}'" not in said] == []


@pytest.mark.live
@pytest.mark.parametrize(
    ("address", "source"),
    [("192.0.2.7:5060", "192.0.2.7"), ("[2001:db8::1]:5060", "[2001:db8::1]"), ("[::1]:40000", "[::1]")],
)
def test_callers_are_counted_by_their_address_without_its_port(
    running: AsteriskDirs, address: str, source: str
) -> None:
    steps = (running.etc / "extensions.conf").read_text()
    [cut] = re.findall(r"Set\(RINGBACK_SOURCE=\$\{(CUT.*)\}\)$", steps, re.MULTILINE)
    running.cli(f"dialplan set global RINGBACK_SOURCE {address}")
    assert f"Result: {source}\n" in running.cli(f"dialplan eval function {cut.replace(' ', '')}")


@pytest.mark.live
def test_asterisk_does_not_make_what_nobody_listens_to(running: AsteriskDirs) -> None:
    shown = running.cli("manager show settings")
    assert set(unheard.EVENTS) <= set(re.sub(r".*Disabled events: *", "", shown, flags=re.DOTALL).split()[0].split(","))


@pytest.mark.live
def test_asterisk_knows_lines_agents_and_music(running: AsteriskDirs) -> None:
    endpoints = running.cli("pjsip show endpoints")
    assert all(name in endpoints for name in ("anonymous", "anna/201", "boris/202"))
    assert '"Анна' in running.cli("pjsip show endpoint anna")
    assert "sip:127.0.0.1:9" in running.cli("pjsip show endpoint trunk")
    assert "a;b$[c]{d},e|f" in running.cli("pjsip show auth trunk")
    assert "sip:127.0.0.1:10;transport=tls;lr" in running.cli("pjsip show endpoint trunk")
    assert "transport-tls" in running.cli("pjsip show transports")
    assert "203.0.113.0/24" in running.cli("pjsip show identify trunk-from-2")
    dialplan = running.cli("dialplan show ringback-lines")
    assert "'74951234567' =>" in dialplan
    assert "AGI(agi:async)" in dialplan
    assert "File:" in running.cli("moh show files")


@pytest.mark.live
def test_asterisk_finds_our_prompts_and_its_own_in_both_languages(running: AsteriskDirs) -> None:
    for language in ("en", "ru"):
        folder = running.share / "sounds" / language
        assert (folder / "ringback" / "welcome.wav").resolve().exists()
        assert (folder / "digits" / "1.wav").exists()


@pytest.mark.live
def test_the_command_line_of_an_asterisk_that_is_not_there_is_an_error(running: AsteriskDirs, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    secret, _ = secrets.load_or_create(settings)
    place = asterisk.render(settings, secret, running.program)
    assert not place.is_up()
    with pytest.raises(AsteriskError, match="does not run"):
        place.cli("core show version")
