"""`ringback run`: starts Asterisk and our processes, starts again whichever dies, stops all together.

Owns the processes and their log files, and nothing of what they do: any of them may be killed at any
moment (crash-only), so there is one way to recover, which is to start it again. Should the supervisor itself be
killed, the kernel ends its children with it, and the next start finds free ports. Which processes there are is
`ringback/processes.py`'s, whether there is room for them `app/occupied.py`'s.
"""

import asyncio
import ctypes
import logging
import os
import random
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app import bootstrap
from app.occupied import check_ports, hold_folder
from pbx import asterisk
from pbx.errors import AsteriskError
from ringback import secrets
from ringback.config import Settings
from ringback.processes import NEEDED, PROCESSES
from ringback.store.base import utcnow
from ringback.store.bus import Process
from ringback.store.engine import open_store, sessions

REPOSITORY = Path(__file__).parents[1]
FIRST_PAUSE = 0.2
"""Seconds before the first restart; each quick death after it doubles them."""
LONGEST_PAUSE = 15.0
"""What they are never doubled beyond."""
SETTLED = 5.0
"""A process that lived as long as this has its next death counted as a first one."""
STOP_SECONDS = 3.0
"""What a process gets to end by itself before it is killed."""
READY_SECONDS = 60.0
"""After the start, until people are told which processes are not ready yet."""
LOG_BYTES = 20_000_000
"""Of a log file before it is put aside; three older ones are kept."""
LONGEST_LINE = 65536
"""A longer one is written in pieces."""
PR_SET_PDEATHSIG = 1
"""Of prctl(2): the signal that a child gets when its parent dies."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """A process to keep running."""

    name: str
    """As `ringback.processes` has it, or asterisk."""
    command: Sequence[str]
    """The program and its arguments."""
    log: str = ""
    """Name of the log file without ending; empty: the part's own name."""


def pause_before(deaths: int, spread: float) -> float:
    """Seconds to wait before the next start after so many quick deaths in a row; `spread` 0..1 is the jitter."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (deaths - 1)) * (0.75 + spread / 2)


def _tied(parent: int) -> Callable[[], None]:
    """What the child does before it becomes its program: die with the supervisor."""
    libc = ctypes.CDLL(None, use_errno=True)

    def set_up() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the supervisor died before the line above took hold
            os._exit(1)

    return set_up


@dataclass
class Keeper:
    """Keeps one part running until it is told to stop."""

    part: Part
    log_folder: Path
    tell: Tell
    environment: dict[str, str]
    process: asyncio.subprocess.Process | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _last: deque[str] = field(default_factory=lambda: deque(maxlen=5))

    async def keep(self) -> None:
        """Starts the part, and again whenever it ends; returns after `stop`."""
        deaths = 0
        log = self._log()
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._live(log)
            if self._stopping.is_set():
                break
            deaths = deaths + 1 if time.monotonic() - began < SETTLED else 1
            pause = pause_before(deaths, random.random())
            self._tell_death(code, pause)
            try:
                await asyncio.wait_for(self._stopping.wait(), pause)
            except TimeoutError:
                continue
        for handler in log.handlers:
            handler.close()

    async def _live(self, log: logging.Logger) -> int:
        """One life of the process: its exit code, negative for a signal."""
        # A pipe of our own: with asyncio's, waiting for the process would also wait for whatever it left
        # behind with the pipe open.
        reading_end, writing_end = os.pipe()
        try:
            self.process = await asyncio.create_subprocess_exec(
                *self.part.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing_end,
                stderr=asyncio.subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,  # Ctrl-C at the terminal reaches the supervisor alone
                preexec_fn=_tied(os.getpid()),
            )
        except OSError as error:
            os.close(reading_end)
            self._last.append(str(error))
            return 127
        finally:
            os.close(writing_end)
        reading = asyncio.create_task(self._forward(reading_end, log))
        code = await self.process.wait()
        _signal(self.process, signal.SIGKILL)  # whatever it started and left behind
        await asyncio.wait([reading], timeout=1)
        reading.cancel()
        return code

    async def _forward(self, descriptor: int, log: logging.Logger) -> None:
        """Copies what the part prints to its log, line by line; a line too long for the buffer comes in pieces."""
        stream = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(descriptor, "rb", buffering=0)
        )
        rest = b""
        try:
            while data := await stream.read(LONGEST_LINE):
                *lines, rest = (rest + data).split(b"\n")
                if len(rest) >= LONGEST_LINE:
                    lines, rest = [*lines, rest], b""
                for line in lines:
                    self._put_down(line, log)
            if rest:
                self._put_down(rest, log)
        finally:
            transport.close()

    def _put_down(self, line: bytes, log: logging.Logger) -> None:
        text = line.decode(errors="replace").rstrip()
        self._last.append(text)
        log.info("%s", text)

    def _tell_death(self, code: int, pause: float) -> None:
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
        self.tell(f"{self.part.name} {how}: starts again in {pause:.1f} s; see {self._log_file()}")
        for line in self._last:
            self.tell(f"  {self.part.name} | {line}")
        self._last.clear()

    def _log_file(self) -> Path:
        return self.log_folder / f"{self.part.log or self.part.name}.log"

    def _log(self) -> logging.Logger:
        logger = logging.Logger(self.part.name)
        handler = RotatingFileHandler(self._log_file(), maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s | %(message)s"))
        logger.addHandler(handler)
        return logger

    async def stop(self) -> None:
        """Ends the part: asked first, killed after STOP_SECONDS."""
        self._stopping.set()
        process = self.process
        if process is None or process.returncode is not None:
            return
        _signal(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            _signal(process, signal.SIGKILL)
            await process.wait()


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """To the process and its session, so that a script it started goes with it; gone already is as good."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


# -- running -------------------------------------------------------------------------------------------


def parts(settings: Settings, config_args: Sequence[str], place: asterisk.AsteriskDirs | None) -> list[Part]:
    """The processes of this installation, in the order they are started."""
    ours = [sys.executable, "-u", "-m", "app"]
    found = [Part("asterisk", place.command(), log="asterisk-out")] if place is not None else []
    return found + [Part(spec.name, [*ours, spec.name, *config_args]) for spec in PROCESSES if spec.runs(settings)]


def environment() -> dict[str, str]:
    """For the parts: ours, and the repository on Python's path."""
    paths = [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def run(settings: Settings, config_args: Sequence[str], tell: Tell, ready: Callable[[], None]) -> None:
    """Prepares and runs all parts until SIGINT, SIGTERM or SIGHUP. `ready` is called when every part is alive.

    `config_args` is what the parts get on their command line to find the same settings.
    """
    with hold_folder(settings):
        check_ports(settings)
        bootstrap.prepare(settings)
        place = None
        if not settings.ami.external:
            tell("Asterisk: preparing")
            program = asterisk.find(settings) or asterisk.fetch(settings, tell)
            secret, _ = secrets.load_or_create(settings)
            place = asterisk.render(settings, secret, program)
            tell(f"Asterisk {program.version} in {program.root or program.share}")
        log_folder = settings.data / "log"
        log_folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(_run(settings, parts(settings, config_args, place), place, log_folder, tell, ready))


async def _run(
    settings: Settings,
    wanted: list[Part],
    place: asterisk.AsteriskDirs | None,
    log_folder: Path,
    tell: Tell,
    ready: Callable[[], None],
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    began = utcnow()
    env = environment()
    keepers = [Keeper(part, log_folder, tell, env) for part in wanted]
    tasks = [asyncio.create_task(keeper.keep()) for keeper in keepers]
    telling = asyncio.create_task(_announce(settings, place, began, tell, ready))
    rotating = asyncio.create_task(_rotate(place, tell))
    try:
        await stop.wait()
        tell("Stopping")
    finally:
        telling.cancel()
        rotating.cancel()
        await asyncio.gather(*(keeper.stop() for keeper in keepers))
        await asyncio.gather(*tasks)


async def _announce(
    settings: Settings, place: asterisk.AsteriskDirs | None, began: datetime, tell: Tell, ready: Callable[[], None]
) -> None:
    """Calls `ready` once every part is alive; after READY_SECONDS says which are not, and goes on waiting."""
    deadline = time.monotonic() + READY_SECONDS
    told = False
    while missing := await asyncio.to_thread(_not_ready, settings, place, began):
        if not told and time.monotonic() > deadline:
            told = True
            tell(f"Not ready yet: {', '.join(missing)}. See {settings.data / 'log'} and `ringback doctor`.")
        await asyncio.sleep(0.15)
    ready()


def _not_ready(settings: Settings, place: asterisk.AsteriskDirs | None, began: datetime) -> list[str]:
    engine = open_store(settings.store_url)
    try:
        with sessions(engine)() as session:
            rows = {row.name: row for row in session.query(Process)}
    finally:
        engine.dispose()
    missing = [name for name in NEEDED if name not in rows or rows[name].beat_at < began]
    missing += [f"{row.name} ({row.trouble})" for row in rows.values() if row.trouble and row.name not in missing]
    if place is not None and not missing and not place.is_up():
        missing.append("asterisk")
    return missing


async def _rotate(place: asterisk.AsteriskDirs | None, tell: Tell) -> None:
    """Keeps Asterisk's own log from growing without end."""
    while place is not None:
        await asyncio.sleep(60)
        log = place.log / "asterisk.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            try:
                await asyncio.to_thread(place.cli, "logger rotate")
            except AsteriskError as error:
                tell(str(error))
