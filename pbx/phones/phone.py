"""Drives one scripted SIP phone (`pbx.phones.softphone`) from a test, the demo or the self-check.

Owns the phone's process and the events it told, in order. A `wait` takes the first event that fits
and leaves the others, so that a step never misses what came early:

    with Phone("caller") as phone:
        phone.call("sip:1000@127.0.0.1:5060", display="Alice", user="+15550100")
        phone.wait("confirmed", 5)
        phone.digits("1")
"""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ringback.errors import RingbackError
from ringback.messages import text

ROOT = Path(__file__).resolve().parents[2]


class PhoneError(RingbackError):
    """A scripted phone did not do or hear what the script says."""


class Phone:
    """One phone. Raises PhoneError when an awaited event does not come in time."""

    def __init__(self, name: str, log: Path | None = None, port: int = 0, codecs: Sequence[str] = ()) -> None:
        """`port`: UDP port for SIP, for a phone that is called without having registered; 0: any free one. `codecs`:
        what it offers, in this order, by pjsua2's names, e.g. ("G722/16000", "PCMU/8000"); none: mu-law and A-law."""
        self.name = name
        self.events: list[dict[str, Any]] = []
        """Everything told so far, in order; events that were waited for stay here too."""
        self._open: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._ended = False
        self._hears = False
        command = [sys.executable, "-m", "pbx.phones.softphone", "--port", str(port)]
        if codecs:
            command += ["--codecs", ",".join(codecs)]
        if log is not None:
            command += ["--log", str(log)]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C at the terminal is for whoever drives the phone
        )
        self.pid = self._process.pid
        self._reader = threading.Thread(target=self._read, daemon=True, name=f"phone {name}")
        self._reader.start()

    def __enter__(self) -> Self:
        self.wait("ready", 20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def register(self, user: str, password: str, server: str, port: int, timeout: float = 10) -> None:
        """Signs in and waits until the registrar has agreed."""
        self._do("register", user=user, password=password, server=server, port=port)
        told = self.wait("registered", timeout)
        if told["code"] != 200:
            raise PhoneError(
                "pbx.phone_not_registered", phone=self.name, user=user, why=f"{told['code']} {told['reason']}"
            )

    def listen(self) -> None:
        """Takes what comes in at its port, whatever number was dialled: the far end of a trunk."""
        self._do("listen")
        self.wait("listening", 10)

    def call(self, uri: str, display: str = "", user: str = "caller") -> None:
        """Dials; who calls is `display` and `user` of the From header, as hostile as you like.

        While the first call is held this dials a second, as the same caller: its events have line=2, and what the
        phone is told to do is done with it until it ends.
        """
        self._do("call", uri=uri, display=display, user=user)

    def auto_answer(self, after: float | None) -> None:
        """Answers what comes in (or rings already) after so many seconds; None: rings until told."""
        self._do("auto_answer", after=after)

    def answer(self) -> None:
        self._do("answer")

    def hangup(self, code: int = 0) -> None:
        """Ends the call; before the answer `code` says how it is refused (486 busy, 603 declined)."""
        self._do("hangup", code=code)

    def redirect(self, uri: str) -> None:
        """Sends who calls to somebody else, before the answer (302)."""
        self._do("redirect", uri=uri)

    def hold(self, timeout: float = 10) -> None:
        """Puts the call on hold; returns when the other side has agreed."""
        self._do("hold")
        self.wait("held", timeout)

    def unhold(self, timeout: float = 10) -> None:
        """Takes the held call back."""
        self._do("unhold")
        self.wait("unheld", timeout)

    def transfer(self, uri: str, timeout: float = 10) -> int:
        """Sends the other side to `uri` (blind); what became of it as a SIP code, 200: it is there."""
        self._do("transfer", uri=uri)
        return int(self.wait("transferred", timeout)["code"])

    def transfer_attended(self, timeout: float = 10) -> int:
        """Puts who is held and who was dialled second together and is out of it; the code as from `transfer`."""
        self._do("join")
        return int(self.wait("transferred", timeout)["code"])

    def digits(self, digits: str) -> None:
        self._do("digits", digits=digits)

    def play(self, path: Path) -> None:
        """Speaks a wav file (8 kHz, mono) once; `playback_finished` follows."""
        self._do("play", path=str(path))

    def say(self, path: Path, timeout: float = 30) -> None:
        """Speaks a wav file to its end."""
        self.play(path)
        self.wait("playback_finished", timeout)

    def record(self, path: Path) -> None:
        """Writes what the phone hears to a wav file, until `record_stop`."""
        self._do("record", path=str(path))

    def record_stop(self, timeout: float = 5) -> None:
        self._do("record_stop")
        self.wait("recorded", timeout)

    def wait(self, event: str, timeout: float, **facts: object) -> dict[str, Any]:
        """The first event of that name (and those facts) not waited for yet; it counts once."""
        found = self._take({event}, timeout, facts)
        if found is None:
            raise self._waited(timeout, f"{event} {facts or ''}".strip())
        return found

    def wait_hearing(self, timeout: float, sound: bool = True) -> None:
        """Until the phone hears something (or, with `sound` false, nothing); at once where it does already."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while self._hears != sound:
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    wanted = "a sound" if sound else "quiet"
                    raise self._waited(timeout, str(wanted))
                self._changed.wait(left)

    def _waited(self, seconds: float, what: str) -> PhoneError:
        return PhoneError("pbx.phone_waited", phone=self.name, seconds=seconds, what=what, story=self._story())

    def forget(self, event: str) -> None:
        """Drops the events of that name that were told so far: only newer ones count."""
        with self._changed:
            self._open = [e for e in self._open if e["event"] != event]

    def seen(self, event: str) -> int:
        """How often the event was told, waited for or not."""
        with self._changed:
            return sum(e["event"] == event for e in self.events)

    def kill(self) -> None:
        """The phone is gone at once, without a word to the other side."""
        self._process.kill()
        self._let_go()

    def close(self) -> None:
        """Hangs up and ends the process."""
        if self._process.poll() is None and self._process.stdin is not None:
            try:
                self._process.stdin.close()  # the end of its input ends the phone
                self._process.wait(10)
            except (BrokenPipeError, subprocess.TimeoutExpired):
                self._process.kill()
        self._let_go()

    def _let_go(self) -> None:
        """The process has ended or is just ending: its pipes are closed."""
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _do(self, what: str, **arguments: object) -> None:
        pipe = self._process.stdin
        if pipe is None or self._process.poll() is not None:
            raise PhoneError("pbx.phone_gone", phone=self.name, what=what)
        pipe.write(json.dumps({"do": what, **arguments}) + "\n")
        pipe.flush()

    def _read(self) -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                told = json.loads(line)
                with self._changed:
                    self.events.append(told)
                    if told["event"] in ("sound", "quiet", "disconnected"):
                        self._hears = told["event"] == "sound"
                    self._open.append(told)
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _take(self, events: set[str], timeout: float, facts: dict[str, object]) -> dict[str, Any] | None:
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                for told in self._open:
                    if told["event"] == "error" and "error" not in events:
                        self._open.remove(told)
                        raise PhoneError("pbx.phone_fault", phone=self.name, why=text(told["text"]))
                    if told["event"] in events and all(told.get(k) == v for k, v in facts.items()):
                        self._open.remove(told)
                        return told
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    return None
                self._changed.wait(left)

    def _story(self) -> str:
        names = [e["event"] + (f" {e['code']}" if "code" in e else "") for e in self.events]
        return (", ".join(names) or "nothing") + (", then its process ended" if self._ended else "")
