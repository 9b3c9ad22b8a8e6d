"""The fallback script as Asterisk runs it: a process, AGI over its pipes, the real pyst2.

The other end of the pipes answers as Asterisk 22.10.1 was seen to: `200 result=49 endpos=...` for a key that cut
a sound, `200 result= (timeout)`, `200 result=-1` at a hang-up and `511 ...` for every command after it.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from callback import destinations
from ringback.config import Callbacks, Settings

SCRIPT = Path(__file__).parents[3] / "asterisk-conf/agi-bin/fallback.py"
CALLER = "+12025550123"
SPOKEN = "2025550123"
DEAD = "511 Command Not Permitted on a dead channel or intercept routine"
HANGUPS = ("result", "signal", "signal and result", "pipe")


class Asterisk:
    """Asterisk's end of one conversation, and the caller: which keys after which prompt, where to hang up."""

    def __init__(self, spool: Path, *, number: str = CALLER, uniqueid: str = "1763764000.7", **line: str) -> None:
        self.spool = spool
        self.said: list[str] = []
        self.commands: list[str] = []
        self.keys: dict[str, list[str]] = defaultdict(list)
        self.hang_up_at = ""
        self.hang_up_by = "result"
        self.full = False
        self.at: Callable[[str], None] = lambda prompt: None
        self._env = {
            "agi_request": str(SCRIPT),
            "agi_channel": "PJSIP/anonymous-00000007",
            "agi_language": line.get("language", "en"),
            "agi_uniqueid": uniqueid,
            "agi_callerid": "anonymous",
            "agi_calleridname": "unknown",
            "agi_extension": "1000",
        }
        self._arguments = [str(spool), line.get("language", "en"), "1000", line.get("country", "US")]
        # As Asterisk has it: the user part with its own encoding, the whole header encoded once more.
        self._arguments.append(
            quote(
                f'"<img src=x onerror=alert(1)> result=-1" <sip:{quote(number, safe="+=", errors="surrogateescape")}@x>'
            )
        )
        self._dead = False

    def run(self) -> int:
        """The whole conversation; the exit status."""
        # No file may grow by a byte: what a full disk does to a write.
        disk = ["prlimit", "--fsize=0"] if self.full else []
        command = [*disk, sys.executable, str(SCRIPT), *self._arguments]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0) as process:
            watchdog = threading.Timer(30, process.kill)
            watchdog.start()
            self._converse(process)
            assert process.stderr is not None
            self.errors = process.stderr.read().decode()
            status = process.wait()
            watchdog.cancel()
        return status

    def _converse(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        env = "".join(f"{key}: {value}\n" for key, value in self._env.items()) + "\n"
        process.stdin.write(env.encode(errors="surrogateescape"))
        for line in process.stdout:
            answer = self._answer(process, line.decode("ascii").rstrip("\n"))
            if answer is None:
                process.stdin.close()
                return
            process.stdin.write(f"{answer}\n".encode())

    @property
    def wishes(self) -> list[dict[str, object]]:
        return [json.loads(path.read_text()) for path in sorted(self.spool.iterdir())]

    def _answer(self, process: "subprocess.Popen[bytes]", command: str) -> str | None:
        self.commands.append(command)
        if self._dead:
            return DEAD
        if command == "CHANNEL STATUS":
            return "200 result=6"
        if match := re.fullmatch(r"WAIT FOR DIGIT (\d+)", command):
            keys = self.keys["more"]
            return f"200 result={ord(keys.pop(0)) if keys else 0}"
        match = re.fullmatch(r'(STREAM FILE|GET DATA) ringback/([a-z0-9-]+)( "[0-9*#]*" 0| \d+ \d+)', command)
        assert match, f"Asterisk would not understand {command!r}"
        verb, prompt, _ = match.groups()
        self.said.append(prompt)
        self.at(prompt)
        if prompt == self.hang_up_at:
            return self._hang_up(process, verb)
        keys = self.keys[prompt]
        if verb == "STREAM FILE":
            return f"200 result={ord(keys.pop(0)) if keys else 0} endpos=12800"
        return f"200 result={keys.pop(0)}" if keys else "200 result= (timeout)"

    def _hang_up(self, process: "subprocess.Popen[bytes]", verb: str) -> str | None:
        self._dead = True
        if self.hang_up_by == "pipe":
            return None
        if "signal" in self.hang_up_by:
            process.send_signal(signal.SIGHUP)
        if "result" in self.hang_up_by:
            return "200 result=-1" + (" endpos=0" if verb == "STREAM FILE" else "")
        return "200 result=0 endpos=800" if verb == "STREAM FILE" else "200 result= (timeout)"


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


def digits(number: str) -> list[str]:
    return [f"digit-{digit}" for digit in number]


def test_a_confirmed_number_is_written_before_thanks(spool: Path) -> None:
    asterisk = Asterisk(spool)
    asterisk.keys |= {"fallback-offer": ["1"], "fallback-confirm": ["1"]}
    there_at_thanks: list[bool] = []
    asterisk.at = lambda prompt: there_at_thanks.append(bool(asterisk.wishes)) if prompt == "fallback-thanks" else None
    before = time.time()
    assert asterisk.run() == 0
    assert asterisk.said == [
        "fallback-apology",
        "fallback-offer",
        "fallback-number",
        *digits(SPOKEN),
        "fallback-confirm",
        "fallback-thanks",
    ]
    assert there_at_thanks == [True]
    [wish] = asterisk.wishes
    arrived_at, requested_at = wish.pop("arrived_at"), wish.pop("requested_at")
    assert wish == {"number": CALLER, "language": "en", "line": "1000", "call_id": "1763764000.7"}
    assert isinstance(arrived_at, float)
    assert isinstance(requested_at, float)
    assert before <= arrived_at <= requested_at <= time.time()
    assert [path.name for path in spool.iterdir()] == ["1763764000.7.json"]
    assert asterisk.errors == ""


def test_a_russian_line_reads_numbers_as_russians_do(spool: Path) -> None:
    asterisk = Asterisk(spool, number="89161234567", language="ru", country="RU")
    asterisk.keys |= {"fallback-offer": ["1"], "fallback-confirm": ["1"]}
    assert asterisk.run() == 0
    assert asterisk.said[3:13] == digits("9161234567")
    assert [(wish["number"], wish["language"]) for wish in asterisk.wishes] == [("+79161234567", "ru")]


def test_a_key_cuts_every_prompt_but_the_number(spool: Path) -> None:
    asterisk = Asterisk(spool)
    asterisk.keys |= {"fallback-apology": ["1"], "fallback-confirm": ["1"]}
    assert asterisk.run() == 0
    number = ["fallback-number", *digits(SPOKEN)]
    assert asterisk.said == ["fallback-apology", *number, "fallback-confirm", "fallback-thanks"]
    assert [wish["number"] for wish in asterisk.wishes] == [CALLER]
    spoken = [command for command in asterisk.commands if "digit-" in command or "fallback-number" in command]
    assert len(spoken) == 11 and all('""' in command for command in spoken), "no key cuts it"


def test_another_number(spool: Path) -> None:
    asterisk = Asterisk(spool)
    asterisk.keys |= {
        "fallback-offer": ["1"],
        "fallback-confirm": ["2", "1"],
        "fallback-enter": ["2125550188"],
    }
    assert asterisk.run() == 0
    assert asterisk.said[14:16] == ["fallback-enter", "fallback-number"]
    assert [wish["number"] for wish in asterisk.wishes] == ["+12125550188"]


def test_a_number_begun_while_the_prompt_speaks_is_kept_whole(spool: Path) -> None:
    asterisk = Asterisk(spool, number="anonymous")
    asterisk.keys |= {
        "fallback-offer": ["1"],
        "fallback-enter": ["12"],
        "fallback-bad-number": ["2"],
        "more": list("125550188#"),
        "fallback-confirm": ["1"],
    }
    assert asterisk.run() == 0
    assert [wish["number"] for wish in asterisk.wishes] == ["+12125550188"]


def test_three_bad_numbers_end_with_regret(spool: Path) -> None:
    asterisk = Asterisk(spool, number="")
    asterisk.keys |= {"fallback-offer": ["1"], "fallback-enter": ["12", "911", "19005550123"]}
    assert asterisk.run() == 0
    assert asterisk.said.count("fallback-enter") == 3
    assert asterisk.said.count("fallback-bad-number") == 2
    assert asterisk.said[-1] == "fallback-no-number"
    assert asterisk.wishes == []


def test_the_third_number_is_still_heard(spool: Path) -> None:
    asterisk = Asterisk(spool, number="")
    asterisk.keys |= {
        "fallback-offer": ["1"],
        "fallback-enter": ["12", "911", "2125550188"],
        "fallback-confirm": ["1"],
    }
    assert asterisk.run() == 0
    assert [wish["number"] for wish in asterisk.wishes] == ["+12125550188"]


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        ({}, "fallback-offer"),
        ({"fallback-offer": ["5", "#", "0"]}, "fallback-offer"),
        ({"fallback-offer": ["1"]}, "fallback-confirm"),
    ],
)
def test_silence_and_wrong_keys_are_asked_three_times(spool: Path, keys: dict[str, list[str]], asked: str) -> None:
    asterisk = Asterisk(spool)
    asterisk.keys |= keys
    assert asterisk.run() == 0
    assert asterisk.said.count(asked) == 3
    assert asterisk.said[-1] == "fallback-no-number"
    assert asterisk.wishes == []


@pytest.mark.parametrize("by", HANGUPS)
@pytest.mark.parametrize(
    "at", ["fallback-apology", "fallback-offer", "fallback-number", "digit-5", "fallback-confirm", "fallback-enter"]
)
def test_a_hang_up_before_the_confirmation_leaves_nothing(spool: Path, at: str, by: str) -> None:
    asterisk = Asterisk(spool)
    asterisk.keys |= {"fallback-offer": ["1"], "fallback-confirm": ["2"] if at == "fallback-enter" else []}
    asterisk.hang_up_at, asterisk.hang_up_by = at, by
    assert asterisk.run() == 0
    assert asterisk.said[-1] == at
    assert asterisk.wishes == []
    assert asterisk.errors == ""


@pytest.mark.parametrize("by", HANGUPS)
def test_a_hang_up_after_the_confirmation_keeps_the_promise(spool: Path, by: str) -> None:
    asterisk = Asterisk(spool)
    asterisk.keys |= {"fallback-offer": ["1"], "fallback-confirm": ["1"]}
    asterisk.hang_up_at, asterisk.hang_up_by = "fallback-thanks", by
    assert asterisk.run() == 0
    assert [wish["number"] for wish in asterisk.wishes] == [CALLER]
    assert asterisk.errors == ""


def test_a_hang_up_with_the_confirming_key_keeps_the_promise(spool: Path) -> None:
    """The key and the hang-up arrive together: what was confirmed counts."""
    asterisk = Asterisk(spool)
    asterisk.keys |= {"fallback-offer": ["1"], "fallback-confirm": ["1"]}
    original = asterisk._answer

    def answer(process: "subprocess.Popen[bytes]", command: str) -> str | None:
        if "fallback-confirm" in command:
            process.send_signal(signal.SIGHUP)
        return original(process, command)

    asterisk._answer = answer  # type: ignore[method-assign]
    assert asterisk.run() == 0
    assert [wish["number"] for wish in asterisk.wishes] == [CALLER]
    assert asterisk.said[-1] == "fallback-confirm"


def test_a_premium_caller_id_is_refused_with_a_sentence(spool: Path) -> None:
    asterisk = Asterisk(spool, number="+19005550123")
    asterisk.keys |= {
        "fallback-offer": ["1"],
        "fallback-enter": ["19005550123", "2125550188"],
        "fallback-confirm": ["1"],
    }
    assert asterisk.run() == 0
    assert asterisk.said[2:6] == ["fallback-bad-number", "fallback-enter"] * 2
    assert [wish["number"] for wish in asterisk.wishes] == ["+12125550188"]


@pytest.mark.parametrize(
    ("rules", "caller", "typed", "called"),
    [
        (Settings(), "+442079460018", "2125550188", "+12125550188"),
        (Settings(), "+18765551234", "+79161234567", "+79161234567"),
        (Settings(callbacks=Callbacks(allowed_prefixes=["+1212"])), CALLER, "2125550188", "+12125550188"),
        (None, "+79161234567", "6135550123", "+16135550123"),
    ],
    ids=["another country", "an island of +1", "prefixes", "no rules there: the line's country"],
)
def test_numbers_that_the_dialling_rules_forbid_are_not_promised(
    spool: Path, rules: Settings | None, caller: str, typed: str, called: str
) -> None:
    if rules is not None:
        assert destinations.write(destinations.allowed_destinations(rules), spool)
    asterisk = Asterisk(spool, number=caller)
    keys = {"fallback-offer": ["1"], "fallback-enter": [caller.lstrip("+"), typed], "fallback-confirm": ["1"]}
    asterisk.keys |= keys
    assert asterisk.run() == 0
    assert asterisk.said[2:6] == ["fallback-bad-number", "fallback-enter"] * 2
    wishes = [json.loads(path.read_text())["number"] for path in spool.glob("[!.]*.json")]
    assert wishes == [called]


@pytest.mark.parametrize(
    "number",
    [
        "",
        "unknown",
        "anonymous",
        "911",
        "+112",
        "+19005550123",
        "+447012345678",
        "=cmd|'/c calc'!A1",
        "<img src=x onerror=alert(1)>",
        "500&PJSIP/trunk/19005550123",
        "2025550123;rm -rf /",
        "../../../etc/passwd",
        "٢٠٢٥٥٥٠١٢٣",
        "1-800-FLOWERS",
        "2" * 4000,
        "\udcff\udcfe2025550123",
    ],
)
def test_a_hostile_or_costly_caller_id_is_asked_for_by_keys(spool: Path, number: str) -> None:
    asterisk = Asterisk(spool, number=number)
    asterisk.keys |= {"fallback-offer": ["1"], "fallback-enter": ["2125550188"], "fallback-confirm": ["1"]}
    assert asterisk.run() == 0
    assert "fallback-enter" in asterisk.said[2:4]
    assert [wish["number"] for wish in asterisk.wishes] == ["+12125550188"]
    assert asterisk.errors == ""


@pytest.mark.parametrize("uniqueid", ["../../evil", "", ".hidden", "a/b", "x" * 200, "1763764000.7\udcff"])
def test_a_strange_call_id_never_becomes_a_path(spool: Path, uniqueid: str) -> None:
    asterisk = Asterisk(spool, uniqueid=uniqueid)
    asterisk.keys |= {"fallback-offer": ["1"], "fallback-confirm": ["1"]}
    assert asterisk.run() == 0
    [path] = spool.iterdir()
    assert re.fullmatch(r"[0-9a-f-]{36}\.json", path.name)
    assert sorted(spool.parent.iterdir()) == [spool]


def test_no_promise_without_a_spool(tmp_path: Path) -> None:
    asterisk = Asterisk(tmp_path / "gone")
    asterisk.keys |= {"fallback-offer": ["1"], "fallback-confirm": ["1"]}
    assert asterisk.run() == 0
    assert asterisk.said[-1] == "trouble"
    assert "could not be written" in asterisk.errors
    assert CALLER not in asterisk.errors


def test_no_promise_on_a_full_disk_and_no_half_file(spool: Path) -> None:
    asterisk = Asterisk(spool)
    asterisk.full = True
    asterisk.keys |= {"fallback-offer": ["1"], "fallback-confirm": ["1"]}
    assert asterisk.run() == 0
    assert asterisk.said[-1] == "trouble"
    assert list(spool.iterdir()) == []


def test_a_prompt_that_cannot_be_played_is_trouble_for_the_dialplan(spool: Path) -> None:
    asterisk = Asterisk(spool)
    original = asterisk._answer

    def answer(process: "subprocess.Popen[bytes]", command: str) -> str | None:
        return "200 result=-1 endpos=0" if "fallback-apology" in command else original(process, command)

    asterisk._answer = answer  # type: ignore[method-assign]
    assert asterisk.run() == 1
    assert "could not do what it was told" in asterisk.errors


def test_called_wrongly_it_says_how() -> None:
    result = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, env=os.environ, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    assert "SPOOL LANGUAGE LINE COUNTRY FROM" in result.stderr
