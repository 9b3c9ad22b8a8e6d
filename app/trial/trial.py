"""A private Ringback for a short while: free ports, a temporary folder, everything that `make run` starts.

Owns such a folder and the `ringback run` in it, from the start to the last process gone; the demo and
the live tests place their calls on it. It looks at the whole from outside, as an owner can: the store,
Asterisk's command line, the processes.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

import yaml
from sqlalchemy import Engine, inspect
from sqlalchemy.orm import Session, sessionmaker

from app.proc import descendants, exists
from app.trial.ports import LOOPBACK, free_port, free_rtp_range
from pbx import asterisk, running
from ringback import config, secrets
from ringback.errors import RingbackError
from ringback.processes import NEEDED
from ringback.store.base import utcnow
from ringback.store.bus import Process
from ringback.store.engine import open_store, sessions

REPOSITORY = Path(__file__).parents[2]
RTP_PORTS = 60
"""Two a call leg: room for fifteen calls."""
LOOK_SECONDS = 0.05
WITH_US = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
"""Whoever made a trial and is killed leaves no Ringback behind: it is told to stop then, as by Ctrl-C (Linux)."""

T = TypeVar("T")


class TrialError(RingbackError):
    """The private Ringback did not become or do what was awaited."""


def until(what: str, seconds: float, look: Callable[[], T | None]) -> T:
    """What `look` returns as soon as it is truthy; raises TrialError naming `what` if that takes too long."""
    deadline = time.monotonic() + seconds
    pause = Event()
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() >= deadline:
            raise TrialError("app.trial_waited", seconds=seconds, what=what)
        pause.wait(LOOK_SECONDS)


class Trial:
    """`ringback run` in a folder of its own. `changes` are settings laid over private ports and folders."""

    empty_store: ClassVar[Path | None] = None
    """A file with the newest schema, which each begins with: where many are started, it is made once. None: it makes
    its own."""

    def __init__(self, changes: dict[str, Any] | None = None, *, keep: bool = False, tied: bool = True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ringback-"))
        self.keep = keep
        """Whether the folder stays when all is over."""
        self.tied = tied
        """Whether Asterisk ends with `ringback run`, whatever ends that; else it goes on as an owner's does."""
        self.config = self.folder / "ringback.yaml"
        self.output = self.folder / "run.log"
        raw = _merge(_private_settings(), changes or {})
        if self.empty_store is not None:
            (self.folder / "data").mkdir()
            shutil.copyfile(self.empty_store, self.folder / "data" / "ringback.db")
        self.config.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
        self.settings = config.load(self.config)
        self._process: subprocess.Popen[bytes] | None = None
        self._engine: Engine | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- its life ----------------------------------------------------------------------------------

    def start(self, seconds: float = 90) -> None:
        """Starts all parts and waits until each has given a sign of life."""
        began = utcnow()
        with self.output.open("ab") as log:
            self._process = subprocess.Popen(
                [*WITH_US, *self.command("run", *(["--tied"] if self.tied else []))],
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C at the terminal is ours to pass on, in order
            )

        def ready() -> bool:
            if self._process is None or self._process.poll() is not None:
                raise TrialError("app.trial_ended", output=self.last_output())
            return self._alive(began)

        try:
            until(f"{', '.join(NEEDED)} to be ready", seconds, ready)
        except TrialError as error:
            raise TrialError("app.trial_output", why=error.message, output=self.last_output()) from error

    def command(self, *words: str) -> list[str]:
        """A command of `ringback` about this Ringback."""
        return [sys.executable, "-m", "app", *words, "--config", str(self.config)]

    def signal(self, number: signal.Signals, seconds: float = 20) -> None:
        """Sends `ringback run` a signal and waits for its end; what outlives it goes on."""
        process, self._process = self._process, None
        assert process is not None, "it does not run"
        process.send_signal(number)
        process.wait(seconds)

    def stop(self, seconds: float = 20) -> None:
        """As Ctrl-C does, at once; whatever is left then is killed, and that is an error."""
        process, self._process = self._process, None
        if not self.tied:
            subprocess.run(self.command("stop", "--now"), cwd=REPOSITORY, timeout=60, check=True)
        if process is None:
            return
        family = [process.pid, *descendants(process.pid)]
        process.send_signal(signal.SIGINT)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        left = [pid for pid in family if exists(pid)]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        if left:
            raise TrialError("app.trial_left", processes=left, output=self.last_output())

    def close(self) -> None:
        """Stops everything and removes the folder, unless it is kept."""
        try:
            self.stop()
        finally:
            if self._engine is not None:
                self._engine.dispose()
            if not self.keep:
                shutil.rmtree(self.folder, ignore_errors=True)

    # -- looking at it -----------------------------------------------------------------------------

    def sessions(self) -> sessionmaker[Session]:
        """The store of this Ringback; it is there once `start` has returned."""
        if self._engine is None:
            self._engine = open_store(self.settings.store_url)
        return sessions(self._engine)

    def secrets(self) -> secrets.Secrets:
        return secrets.load_or_create(self.settings)[0]

    def asterisk(self) -> asterisk.AsteriskDirs:
        """The Asterisk that runs here."""
        program = asterisk.find(self.settings)
        if program is None:
            raise TrialError("app.trial_no_asterisk")
        return asterisk.place(self.settings, program)

    def asterisk_pid(self) -> int | None:
        """The running Asterisk's process; None while there is none."""
        return running.pid_of(self.asterisk())

    def pid(self, part: str) -> int | None:
        """The process of a part (`ringback.processes`) as it says itself in the store; None: not running."""
        with self.sessions()() as session:
            row = session.get(Process, part)
            return row.pid if row is not None and exists(row.pid) else None

    def uri(self, number: str) -> str:
        """What a phone dials to reach a line."""
        return f"sip:{number}@{LOOPBACK}:{self.settings.sip.port}"

    def last_output(self, lines: int = 30) -> str:
        """The end of what `ringback run` and its parts printed."""
        if not self.output.exists():
            return ""
        return "\n".join(self.output.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def _alive(self, began: Any) -> bool:
        if not (self.folder / "data" / "ringback.db").exists():
            return False
        with self.sessions()() as session:
            if not inspect(session.connection()).has_table(Process.__tablename__):
                return False  # the schema is being made
            rows = {row.name: row for row in session.query(Process)}
        return all(name in rows and rows[name].beat_at >= began and not rows[name].trouble for name in NEEDED)


def _private_settings() -> dict[str, Any]:
    ami, web = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_STREAM)
    rtp = free_rtp_range(RTP_PORTS)
    return {
        "data": "data",
        "sip": {
            "address": LOOPBACK,
            "port": free_port(socket.SOCK_DGRAM),
            "rtp_first": rtp,
            "rtp_last": rtp + RTP_PORTS - 1,
        },
        "ami": {"port": ami},
        "web": {"port": web},
        "speech": {"answers_port": free_port(socket.SOCK_STREAM)},
    }


def _merge(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`changes` over `base`, folder by folder; what is no mapping is replaced whole."""
    merged = dict(base)
    for name, value in changes.items():
        old = merged.get(name)
        merged[name] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
