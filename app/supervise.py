"""`ringback run`: starts our processes and the watchdog that keeps Asterisk, and starts again whichever dies.

Owns the processes and their log files, and nothing of what they do: any of them may be killed at any
moment (crash-only), so there is one way to recover, which is to start it again. Should the supervisor itself be
killed, the kernel ends its children with it; the watchdog and Asterisk go on, and the next start takes them up.
Which processes there are is `ringback/processes.py`'s, whether there is room for them `app/occupied.py`'s, how all of
it is told to end `app/stopping.py`'s.
"""

import asyncio
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

from app import bootstrap, modes, stopping
from app.accounts import owner_of
from app.backup.leftovers import clear_backup_work, refuse_unfinished
from app.occupied import WATCHDOG, check_ports, hold_folder
from app.proc import SETTLED, pause_before, tied_to
from app.take_settings import Taken
from pbx import absence, asterisk, running
from pbx.errors import AsteriskError
from publishing.service import Publisher
from ringback import secrets
from ringback.config import Settings, in_force
from ringback.config.current import Current
from ringback.messages import message, text, words_of
from ringback.processes import NEEDED, PROCESSES
from ringback.store.alarms import clear_alarm, raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Process
from ringback.store.engine import open_store, sessions

REPOSITORY = Path(__file__).parents[1]
STOP_SECONDS = 3.0
"""What a process gets to end by itself before it is killed."""
READY_SECONDS = 60.0
"""After the start, until people are told which processes are not ready yet."""
LOG_BYTES = 20_000_000
"""Of a log file before it is put aside; three older ones are kept."""
LONGEST_LINE = 65536
"""A longer one is written in pieces."""
SETTINGS_REFUSED = "settings.refused"
LOOK_SECONDS = 0.25
"""Between looks for the order to end all."""
AT_ONCE_SECONDS = 10.0
"""What the watchdog gets to end Asterisk when nobody is waited for."""

QUICK_DEATHS = 5
"""Of Asterisk in a row, until it is said that it does not come up."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """A process to keep running."""

    name: str
    """As `ringback.processes` has it, or asterisk."""
    command: Sequence[str]
    """The program and its arguments."""
    outlives: bool = False
    """Whether it goes on when the supervisor ends; it bounds its log by itself."""


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
        """Starts the part, and again whenever it ends; returns after `stop`, and when one that outlives us is done."""
        deaths = 0
        log = self._log()
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._live(log)
            if self._stopping.is_set() or (self.part.outlives and code == 0):
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
        return await (self._live_apart() if self.part.outlives else self._live_with_us(log))

    async def _live_apart(self) -> int:
        """Its output goes straight into the log: a pipe would break with us."""
        with self._log_file().open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                *self.part.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=asyncio.subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,
            )
        return await self.process.wait()

    async def _live_with_us(self, log: logging.Logger) -> int:
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
                preexec_fn=tied_to(os.getpid()),
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
        return self.log_folder / f"{self.part.name}.log"

    def _log(self) -> logging.Logger:
        logger = logging.Logger(self.part.name)
        if self.part.outlives:
            return logger
        handler = RotatingFileHandler(self._log_file(), maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s | %(message)s"))
        logger.addHandler(handler)
        return logger

    async def stop(self) -> None:
        """Ends the part: asked first, killed after STOP_SECONDS. One that outlives us is left alone."""
        self._stopping.set()
        process = self.process
        if process is None or process.returncode is not None or self.part.outlives:
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


def parts(settings: Settings, config_args: Sequence[str], *, tied: bool = False) -> list[Part]:
    """The processes of this installation, in the order they are started."""
    ours = [sys.executable, "-u", "-m", "app"]
    found = [Part(spec.name, [*ours, spec.name, *config_args]) for spec in PROCESSES if spec.runs(settings)]
    if settings.ami.external:
        return found
    command = [*ours, WATCHDOG, *config_args, *(["--tied"] if tied else [])]
    return [Part(WATCHDOG, command, outlives=not tied), *found]


def environment() -> dict[str, str]:
    """For the parts: ours, and the repository on Python's path."""
    paths = [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def run(taken: Taken, tell: Tell, ready: Callable[[], None], *, tied: bool = False) -> None:
    """Prepares and runs all parts until a signal. `ready` is called when every part is alive.

    Ctrl-C, a closed terminal and `ringback stop` end all, Asterisk too, once those inside have finished; SIGTERM ends
    the processes, and Asterisk goes on with its calls. A `tied` one is for trials: whatever ends it ends all at once.
    What is in force from now on is copied: the parts read the copy, whatever becomes of the file.
    """
    settings = taken.settings
    modes.be_private(settings)
    with hold_folder(settings):
        _close(settings, tell)
        refuse_unfinished(settings)
        clear_backup_work(settings)
        stopping.take_back(settings)
        place = None if settings.ami.external else _asterisk(settings, tell)
        there = place is not None and running.pid_of(place) is not None
        check_ports(settings, asterisk=not there)
        bootstrap.prepare(settings)
        copy = _put_in_force(taken, tell)
        _say_what_holds(taken, tell)
        if place is not None:
            secret, _ = secrets.load_or_create(settings)
            place = asterisk.render(settings, secret, place.program)
            tell(f"Asterisk {place.program.version} in {place.program.root or place.program.share}")
            if there:
                _take_up(place, tell)
        log_folder = settings.data / "log"
        log_folder.mkdir(parents=True, exist_ok=True)
        config_args = ["--config", str(copy.resolve())]
        life = Run(settings, place, log_folder, tell, ready, tied=tied)
        asyncio.run(life.live(parts(settings, config_args, tied=tied)))


def _close(settings: Settings, tell: Tell) -> None:
    """The data folder is nobody else's business."""
    if modes.is_root():
        tell(str(message("app.runs_as_root")))
    try:
        modes.close_folder(settings)
    except OSError as error:
        tell(str(message("app.folder_open", folder=settings.data, why=words_of(error))))


def _put_in_force(taken: Taken, tell: Tell) -> Path:
    """The copy that all parts read; what is new in it is a version of its own in the history."""
    settings = taken.settings
    engine = open_store(settings.store_url)
    publisher = Publisher(lambda: settings, sessions(engine))
    try:
        if taken.source is not None:
            return publisher.take_up(taken.source, owner_of(taken.source))
        if taken.refused is not None:
            return in_force.file_of(settings)
        tell(str(message("app.published_since", version=publisher.now().version)))
        return publisher.go_on()
    finally:
        engine.dispose()


def _say_what_holds(taken: Taken, tell: Tell) -> None:
    """A file that was refused is told to who starts, and stands as an alarm until a start takes one."""
    engine = open_store(taken.settings.store_url)
    try:
        with sessions(engine)() as session, session.begin():
            clear_alarm(session, SETTINGS_REFUSED, "", utcnow())
            if taken.refused is not None:
                said = message("app.settings_refused", why=text(str(taken.refused)))
                raise_alarm(session, SETTINGS_REFUSED, "", said, "red", utcnow())
                tell(str(said))
    finally:
        engine.dispose()


def _asterisk(settings: Settings, tell: Tell) -> asterisk.AsteriskDirs:
    """The one that is to run, and where."""
    tell("Asterisk: preparing")
    program = asterisk.find(settings) or asterisk.fetch(settings, tell)
    return asterisk.place(settings, program)


def _take_up(place: asterisk.AsteriskDirs, tell: Tell) -> None:
    """An Asterisk of an earlier run goes on: it reads what has changed, and its calls stay."""
    try:
        running.reload(place)
        channels = running.channels(place)
    except AsteriskError as error:
        tell(str(error))  # the watchdog starts it again where it has ended
        return
    tell(f"Asterisk runs already, with {channels} channels: its calls are taken up.")
    if not running.is_wanted(place):
        tell("It was started with another program or with other ports: the new ones count once nobody is on the phone.")


@dataclass
class Run:
    """The processes of an installation from the start to the end of `ringback run`."""

    settings: Settings
    place: asterisk.AsteriskDirs | None
    log_folder: Path
    tell: Tell
    ready: Callable[[], None]
    tied: bool
    _current: Current = field(init=False)
    """What is in force, and what is in its copy."""
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _at_once: asyncio.Event = field(default_factory=asyncio.Event)
    _kept: list[tuple[Keeper, asyncio.Task[None]]] = field(default_factory=list)
    _ending: bool = False
    """All is to end, Asterisk too."""

    def __post_init__(self) -> None:
        self._current = Current(self.settings)

    async def live(self, wanted: list[Part]) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop.set)
        for number in (signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._end_all)
        began = utcnow()
        self._kept = [self._keep(part) for part in wanted]
        outliving = next((task for keeper, task in self._kept if keeper.part.outlives), None)
        others = [
            asyncio.create_task(_announce(self.settings, self.place, began, self.tell, self.ready)),
            asyncio.create_task(self._look_for_order()),
            asyncio.create_task(self._look_at_files()),
        ]
        try:
            await self._until_stopped(outliving)
        finally:
            for task in others:
                task.cancel()
            await asyncio.gather(*(keeper.stop() for keeper, _ in self._kept if not keeper.part.outlives))
            await self._leave(outliving)
            await asyncio.gather(*(keeper.stop() for keeper, _ in self._kept))

    def _keep(self, part: Part) -> tuple[Keeper, asyncio.Task[None]]:
        keeper = Keeper(part, self.log_folder, self.tell, environment())
        return keeper, asyncio.create_task(keeper.keep())

    def _keep_new(self, copy: Path) -> None:
        """Processes that other settings ask for: calls go on without them, so they need not wait for the next start."""
        there = {keeper.part.name for keeper, _ in self._kept} | {WATCHDOG, *NEEDED}
        found = parts(self._current.settings, ["--config", str(copy.resolve())])
        self._kept += [self._keep(part) for part in found if part.name not in there]

    async def _until_stopped(self, outliving: asyncio.Task[None] | None) -> None:
        """Returns when our processes are to end; the watchdog's end is the end of all."""
        waiting = {asyncio.create_task(self._stop.wait()), *filter(None, [outliving])}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        order = stopping.given(self.settings)
        if order is None or outliving is None or self.tied or not self._ending:
            self.tell("Stopping")
            return
        # Those inside finish with everything there is; at the end of their time the controller goes, and the watchdog
        # has the fallback talk to who is left.
        self.tell(f"Stopping: callers inside have {order.seconds:g} s to finish. Ctrl-C again ends all at once.")
        at_once = asyncio.create_task(self._at_once.wait())
        # Looked at again and again: a later order may leave less time, or more.
        while order is not None and time.time() < order.at + order.seconds:
            if (await asyncio.wait({outliving, at_once}, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED))[0]:
                return
            order = stopping.given(self.settings)

    async def _leave(self, outliving: asyncio.Task[None] | None) -> None:
        """What becomes of Asterisk when our processes have ended."""
        if outliving is None or outliving.done():
            return
        if not self._ending:
            self.tell("Asterisk goes on: callers inside are taken up by the next start. `ringback stop` ends it, too.")
            return
        at_once = asyncio.create_task(self._at_once.wait())
        await asyncio.wait(
            {outliving, at_once}, timeout=absence.LAST_RESORT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        await asyncio.wait({outliving}, timeout=AT_ONCE_SECONDS)

    def _end_all(self) -> None:
        """Ctrl-C: an order as from `ringback stop`; the second one leaves no time."""
        again, self._ending = self._ending, True
        if self.place is not None:
            stopping.give(self.settings, self._current.settings.restart.drain_seconds, at_once=again)
        if again:
            self._at_once.set()
        self._stop.set()

    async def _look_for_order(self) -> None:
        while True:
            order = stopping.given(self.settings)
            if order is not None:
                self._ending = True
                self._stop.set()
                if order.at_once:
                    self._at_once.set()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look_at_files(self) -> None:
        """Says when Asterisk has died, as its watchdog cannot; puts back the copy that all parts read."""
        seen = time.time()
        while True:
            if self.place is not None and (found := running.death_since(self.place, seen)) is not None:
                seen, death = found
                self._tell_death(self.place, death)
            copy = in_force.file_of(self.settings)
            try:
                if self._current.look():
                    self.tell(str(message("app.published", version=self._current.version)))
                    self._keep_new(copy)
                if in_force.put_back(copy, self._current.content):
                    self.tell(str(message("app.copy_put_back", file=copy)))
            except OSError as error:
                self.tell(str(message("app.cannot_write", file=copy, why=words_of(error))))
                await asyncio.sleep(READY_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    def _tell_death(self, place: asterisk.AsteriskDirs, death: running.Death) -> None:
        """Each of the first, then now and then: one that never comes up must not fill the screen."""
        if death.in_a_row > QUICK_DEATHS and death.in_a_row % QUICK_DEATHS:
            return
        if death.in_a_row < QUICK_DEATHS:
            self.tell(str(message("app.asterisk_ended", what=text(death.what))))
        else:
            facts = {"what": text(death.what), "count": death.in_a_row, "folder": place.log}
            self.tell(str(message("app.asterisk_never_up", **facts)))
        for line in running.last_words(place):
            self.tell(f"  asterisk | {line}")


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
