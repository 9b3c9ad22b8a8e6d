"""What the call benchmark stands on: a private Asterisk, a controller that comes and goes, SIPp.

Asterisk runs the configuration that Ringback renders, plus numbers of the benchmark's own: the same menu in
plain dialplan, and both without recording. No worker and no page runs: they are other processes' work.
"""

import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.trial.ports import LOOPBACK
from app.trial.trial import TrialError, until
from bench.peak import cpu_seconds
from bench.switch import Switch, Texts, end, taken_from_anybody
from calls.models import Call
from pbx import asterisk

RATE = 8000
RTP_FIRST, RTP_LAST = 32000, 32759
"""Below the ports that Linux gives away by itself; Asterisk passes over those that are taken."""
PCAPS = Path("/usr/share/sip-tester")
HELLO_SECONDS, MENU_SECONDS = 0.3, 1.0
SETTINGS: dict[str, Any] = {
    "sip": {"rtp_first": RTP_FIRST, "rtp_last": RTP_LAST},
    "lines": [
        {"number": "1000", "name": "Recorded", "notice": None, "greeting": "bench-hello", "menu": "main"},
        {"number": "1001", "name": "Not recorded", "notice": None, "greeting": "bench-hello", "menu": "main"},
    ],
    "menus": {
        "main": {
            "prompt": "bench-menu",
            "options": {"1": {"label": "Support", "queue": "support"}},
            "operator_queue": "support",
        }
    },
    "queues": {"support": {"name": "Support", "agents": ["anna"]}},
}
NATIVE = """
[ringback-lines](+)
exten => 2000,1,Set(CHANNEL(language)=en)
 same => n,Answer()
 same => n,MixMonitor({spool}/${{UNIQUEID}}.raw,D)
 same => n,Goto(bench-menu,s,1)
exten => 2001,1,Set(CHANNEL(language)=en)
 same => n,Answer()
 same => n,Goto(bench-menu,s,1)

[bench-menu]
exten => s,1,Read(KEY,ringback/bench-hello&ringback/bench-menu,1,t,1,10)
 same => n(check),GotoIf($["${{KEY}}" = "1"]?wait)
 same => n,Read(KEY,ringback/menu-invalid&ringback/bench-menu,1,t,1,5)
 same => n,Goto(check)
 same => n(wait),MusicOnHold(default)
"""
"""The same menu as Ringback's lines 1000 and 1001: the same files, key times and what follows a key."""


class House(Switch):
    """Asterisk from the start to the end of the block; the controller when it is wanted."""

    def __init__(self, settings: dict[str, Any] | None = None) -> None:
        """`settings`: laid over those of the benchmark, section by section."""
        super().__init__(SETTINGS | (settings or {}), self._with_native)
        self._controller: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None

    def _start(self) -> None:
        self._make_sounds()
        super()._start()

    def _close(self) -> None:
        self.stop_controller()
        self.stop_worker()
        super()._close()

    def _make_sounds(self) -> None:
        """Prompts of the benchmark: quiet tones before the key, a loud one after it."""
        folder = asterisk.own_sounds(self.settings) / "en"
        folder.mkdir(parents=True)
        for name, seconds, height in (
            ("bench-hello", HELLO_SECONDS, 0.05),
            ("bench-menu", MENU_SECONDS, 0.05),
            ("menu-invalid", 1.0, 0.8),
        ):
            sound = height * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)
            soundfile.write(folder / f"{name}.wav", sound, RATE, subtype="PCM_16")

    def _with_native(self, texts: Texts) -> Texts:
        """The second line without recording, and the native menus beside both."""
        before, line, after = texts["extensions.conf"].partition("exten => 1001,1,")
        recorded = re.search(r"^ same => n,MixMonitor\(.*\n", after, re.MULTILINE)
        if not line or recorded is None:
            raise TrialError(
                "text", text="The dialplan is not what this benchmark knows: bench/house.py must follow it."
            )
        after = after.replace(recorded.group(), "", 1)
        native = NATIVE.format(spool=self.settings.spool.resolve())
        return {"extensions.conf": before + line + after + native, "pjsip.conf": taken_from_anybody(texts, "200[01]")}

    # -- the controller ------------------------------------------------------------------------------

    def start_controller(self, *options: str) -> None:
        """Returns when it has Asterisk in hand. `options` go to Python, before `-m ringback`."""
        began = time.time()
        command = [sys.executable, *options, "-m", "app", "controller", "--config", str(self._trial.config)]
        self._controller = self._spawn(command, "controller")

        def beating() -> bool:
            assert self._controller is not None
            if self._controller.poll() is not None:
                out = (self.folder / "controller.out").read_text(errors="replace")
                raise TrialError("text", text=f"The controller ended at once:\n{out[-2000:]}")
            found = re.search(r"RINGBACK_HEARTBEAT=(\d+)", self.place.cli("dialplan show globals"))
            return found is not None and int(found.group(1)) > began

        until("the controller", 90, beating)

    def stop_controller(self, number: signal.Signals = signal.SIGKILL) -> None:
        """By kill -9: there is no other way that it may need."""
        if self._controller is not None:
            end(self._controller, number)
            self._controller = None

    def start_worker(self) -> None:
        """Recordings, tickets and what follows."""
        command = [sys.executable, "-m", "app", "worker", "--config", str(self._trial.config)]
        self._worker = self._spawn(command, "worker")

    def stop_worker(self) -> None:
        """By kill -9, as it may be at any time."""
        if self._worker is not None:
            end(self._worker, signal.SIGKILL)
            self._worker = None

    def sessions(self) -> sessionmaker[Session]:
        """The store."""
        return self._trial.sessions()

    # -- looking -----------------------------------------------------------------------------------

    def cpu(self) -> dict[str, float]:
        """CPU seconds so far (user and system) of the processes that run."""
        running = {"asterisk": self._asterisk, "controller": self._controller, "worker": self._worker}
        return {name: cpu_seconds(process.pid) for name, process in running.items() if process is not None}

    def channels(self) -> int:
        return int(self.place.cli("core show channels count").split()[0])

    def clear_recordings(self) -> int:
        """Removes the raw recordings; the number of bytes they had."""
        files = list(self.settings.spool.glob("*.raw"))
        size = sum(file.stat().st_size for file in files)
        for file in files:
            file.unlink()
        return size

    def ended_calls(self) -> dict[str, int]:
        """Calls of the store by result, settled ones only."""
        query = select(Call.result, func.count()).where(Call.snapshot.is_(None)).group_by(Call.result)
        with self._trial.sessions()() as session:
            return {str(result): count for result, count in session.execute(query)}

    # -- the load ------------------------------------------------------------------------------------

    def sipp(
        self, number: str, calls_a_second: float, count: int, *, music_seconds: float = 1.0, at_most: int = 300
    ) -> "Sipp":
        """SIPp in the background: `count` calls that press 1 in the prompt and hang up `music_seconds` after it. With
        more than `at_most` at a time it waits. Its files get names of their own."""
        name = f"caller-{time.monotonic_ns()}"
        scenario = self.folder / f"{name}.xml"
        scenario.write_text(_scenario(round(music_seconds * 1000)), encoding="ascii")
        seconds = count / calls_a_second + 30
        statistics = self.folder / f"sipp-{time.monotonic_ns()}.csv"
        command = ["sipp", f"{LOOPBACK}:{self.settings.sip.port}", "-sf", str(scenario), "-s", number]
        command += ["-i", LOOPBACK, "-p", str(_free_port()), "-mp", str(_free_port()), "-nostdin"]
        command += ["-r", f"{calls_a_second:g}", "-m", str(count), "-l", str(at_most), "-recv_timeout", "5000"]
        command += ["-timeout", f"{seconds:g}s", "-timeout_error", "-trace_stat", "-stf", str(statistics), "-fd", "1"]
        command += ["-trace_rtt", "-rtt_freq", "1"]
        return Sipp(self._spawn(command, "sipp", cwd=self.folder), statistics, self.folder, name, seconds + 10)


@dataclass(frozen=True)
class Carried:
    """What became of SIPp's calls."""

    answered: int
    """Answered with 200, whatever followed."""
    good: int
    """Answered, went as written, and ended."""
    refused: int
    """Answered with 503."""
    failed: int
    """Anything else."""
    answers: list[float]
    """Seconds from the INVITE to 200."""
    refusals: list[float]
    """Seconds from the INVITE to 503."""
    with_word: int
    """Of the refused: told by Retry-After when to come again."""


class Sipp:
    """SIPp while it runs."""

    def __init__(
        self, process: subprocess.Popen[bytes], statistics: Path, folder: Path, name: str, seconds: float
    ) -> None:
        self._process, self._statistics, self._seconds = process, statistics, seconds
        self._times = folder / f"{name}_{process.pid}_rtt.csv"

    def wait(self) -> tuple[int, int]:
        """Calls that went as written, and calls that did not."""
        found = self.carried()
        return found.good, found.failed + found.refused

    def carried(self) -> Carried:
        """When all are over: what became of them."""
        try:
            self._process.wait(self._seconds)
        finally:
            end(self._process, signal.SIGKILL)
        lines = self._statistics.read_text(encoding="ascii").splitlines()
        last = dict(zip(lines[0].split(";"), lines[-1].split(";"), strict=False))
        refused, words = int(last["GenericCounter1(C)"]), int(last["GenericCounter2(C)"])
        times: dict[str, list[float]] = {"1": [], "2": []}
        rows = self._times.read_text(encoding="ascii").splitlines()[1:] if self._times.exists() else []
        for row in rows:
            _, milliseconds, which = row.split(";")[:3]
            times.setdefault(which.strip(), []).append(float(milliseconds) / 1000)
        good = int(last["SuccessfulCall(C)"]) - refused
        return Carried(
            int(last["GenericCounter3(C)"]), good, refused, int(last["FailedCall(C)"]), times["1"], times["2"], words
        )


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _scenario(music_milliseconds: int = 1000) -> str:
    """Voice packets all the time (A-law, 30 ms each), the key 0.9 s after the answer, hangup that long after the key.
    503 ends a call, too: counter 1, and 2 where it has Retry-After."""
    voice = f'<nop><action><exec play_pcap_audio="{PCAPS / "g711a.pcap"}"/></action></nop>'
    key = f'<nop><action><exec play_pcap_audio="{PCAPS / "dtmf_2833_1.pcap"}"/></action></nop>'
    sent = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\nMax-Forwards: 70\nCall-ID: [call_id]\n"
    who = "From: <sip:load@[local_ip]:[local_port]>;tag=[call_number]\n"
    contact = "Contact: <sip:load@[local_ip]:[local_port]>\n"
    to = "To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]\n"
    sdp = (
        "v=0\no=- 1 1 IN IP[local_ip_type] [local_ip]\ns=-\nc=IN IP[media_ip_type] [media_ip]\nt=0 0\n"
        "m=audio [media_port] RTP/AVP 8 101\na=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000\n"
        "a=fmtp:101 0-15\na=sendrecv\n"
    )
    invite = f"INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n{sent}{who}{to}CSeq: 1 INVITE\n{contact}"
    invite += f"Content-Type: application/sdp\nContent-Length: [len]\n\n{sdp}"
    ack = f"ACK [next_url] SIP/2.0\n{sent}{who}{to}CSeq: 1 ACK\n{contact}Content-Length: 0\n\n"
    refused = "ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\nMax-Forwards: 70\nCall-ID: [call_id]\n"
    refused += f"{who}{to}CSeq: 1 ACK\nContent-Length: 0\n\n"
    bye = f"BYE [next_url] SIP/2.0\n{sent}{who}{to}CSeq: 2 BYE\n{contact}Content-Length: 0\n\n"
    return f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario name="one key">
<nop start_rtd="2"/>
<send retrans="500" start_rtd="1"><![CDATA[\n{invite}]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="503" optional="true" next="1" rtd="2" counter="1">
<action><ereg regexp="[0-9]+" search_in="hdr" header="Retry-After:" assign_to="1"/></action></recv>
<recv response="200" rrs="true" rtd="1" counter="3"/>
<send><![CDATA[\n{ack}]]></send>
{voice}
<pause milliseconds="900"/>
{key}
<pause milliseconds="200"/>
{voice}
<pause milliseconds="{max(1, music_milliseconds - 200)}"/>
<send retrans="500"><![CDATA[\n{bye}]]></send>
<recv response="200" next="3"/>
<label id="1"/>
<send next="2" test="1"><![CDATA[\n{refused}]]></send>
<nop next="3"/>
<label id="2"/>
<nop counter="2"/>
<label id="3"/>
</scenario>
"""
