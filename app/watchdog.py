"""The watchdog: keeps Asterisk running whatever becomes of the rest, and looks after callers without a controller.

A process of its own that `ringback run` starts and that goes on when `run` ends, is killed or is upgraded; the next
`run` starts a new one, which takes over the Asterisk that it finds. It may be killed at any moment: Asterisk goes on by
itself. Owns Asterisk's process, the bounds of its logs, and the doing of what `pbx/absence.py` decides. A tied one (for
trials) and its Asterisk end with whoever started them.
"""

import asyncio
import logging
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from app import stopping
from app.occupied import WATCHDOG, take_over
from app.proc import SETTLED, pause_before, tied_to
from pbx import absence, asterisk, codec, missed, running
from pbx.ami import Session
from pbx.asterisk import AsteriskDirs
from pbx.errors import AmiError, AsteriskError
from ringback import secrets
from ringback.clock import Clock, LastSign
from ringback.config import Settings
from ringback.config.current import Current

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
ORDER_SECONDS = 0.25
LOG_BYTES = 20_000_000
"""Of a log file before it is put aside; one older one is kept."""
STOP_SECONDS = 4.0
"""What Asterisk gets to end by itself before it is killed."""
TIDY_SECONDS = 10.0
OLD_LOGS = 3
"""Of Asterisk's own, which are kept."""


class Watchdog:
    """One Asterisk and its callers; `live` is its life."""

    def __init__(self, settings: Settings, place: AsteriskDirs, *, tied: bool) -> None:
        self._settings = settings
        self._current = Current(settings)
        self._place = place
        self._tied = tied
        self._clock, self._sign = Clock(), LastSign()
        """A clock that is set must not look like a controller that is gone."""
        self._password = secrets.load_or_create(settings)[0].ami_password
        self._absence = absence.Absence(settings.restart.truth_seconds, self._clock.now())
        self._over = asyncio.Event()
        self._process: subprocess.Popen[bytes] | None = None
        """Ours; None: it was started by another watchdog."""
        self._missed = missed.MissedEvents(missed.folder(settings))
        self._is_ending = False
        self._told: bool | None = None
        """What Asterisk was told of an order to end all; None: nothing yet."""

    async def live(self) -> None:
        """Until all is to end, or the data folder is gone."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._over.set)
        tasks = [
            asyncio.create_task(what()) for what in (self._keep, self._look_after, self._look_for_order, self._tidy)
        ]
        over = asyncio.create_task(self._over.wait())
        done, _ = await asyncio.wait([over, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in (over, *tasks):
            task.cancel()
        await asyncio.gather(over, *tasks, return_exceptions=True)
        for task in done:
            task.result()  # a fault of ours ends the watchdog, loudly; Asterisk goes on
        if self._tied or self._is_ending or not self._place.conf.exists():
            await self._end_asterisk()
        if self._is_ending:
            stopping.take_back(self._settings)

    # -- Asterisk's process ------------------------------------------------------------------------

    async def _keep(self) -> None:
        """Starts Asterisk, and again whenever it ends."""
        deaths = 0
        while True:
            began = time.monotonic()
            pid = await asyncio.to_thread(running.pid_of, self._place)
            if pid is None:
                pid = self._start()
            else:
                log.info("Asterisk runs already, as process %d: it is taken over", pid)
            await gone(pid)
            how = f", status {self._process.wait()}" if self._process is not None else ""
            self._process = None
            deaths = deaths + 1 if time.monotonic() - began < SETTLED else 1
            pause = pause_before(deaths, 0.5)
            log.warning("Asterisk (process %d) ended%s: starts again in %.1f s", pid, how, pause)
            running.note_death(self._place, f"process {pid}{how}", deaths)
            await asyncio.sleep(pause)

    def _start(self) -> int:
        # Straight into a file: a pipe would break with whoever reads it. A session of its own: signals to ours pass by.
        with (self._settings.data / "log" / "asterisk-out.log").open("ab") as out:
            self._process = subprocess.Popen(
                self._place.command(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=tied_to(os.getpid()) if self._tied else None,  # noqa: PLW1509  trials alone
            )
        running.note_start(self._place)
        log.info("Asterisk %s is started as process %d", self._place.program.version, self._process.pid)
        return self._process.pid

    async def _end_asterisk(self) -> None:
        pid = await asyncio.to_thread(running.pid_of, self._place)
        if pid is None:
            return
        log.info("Asterisk (process %d) ends", pid)
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            # Not `wait_for`, here and below: until Python 3.12 a task that is cancelled in the moment in which what it
            # waits for happens goes on as if nothing were.
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await gone(pid)
                return

    def _end(self) -> None:
        """All is over: `live` ends Asterisk, then takes the order back, which is done."""
        self._is_ending = True
        self._over.set()

    # -- who is on the phone -----------------------------------------------------------------------

    async def _look_after(self) -> None:
        while True:
            try:
                await self._with_session()
            except (OSError, AmiError) as error:
                log.debug("Asterisk does not answer: %s", error)
            await asyncio.sleep(LOOK_SECONDS / 2)

    async def _with_session(self) -> None:
        loop, ami, lost = asyncio.get_running_loop(), self._settings.ami, asyncio.Event()
        session = Session(loop, ami.address, ami.port, self._missed.write, lambda _error: lost.set())
        try:
            await session.open(ami.user, self._password, "off")
            self._told = None
            for name in missed.EVENT_NAMES:
                criteria = f"action(include),name({name})"
                await session.request("Filter", {"Operation": "Add", "MatchCriteria": criteria, "Filter": ""})
            while not lost.is_set():
                await self._look(session)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await lost.wait()
        finally:
            self._missed.end()
            session.close()

    async def _look(self, session: Session) -> None:
        """One look at the heartbeat, and what follows from it."""
        beat = codec.decode_beat(await session.request("Getvar", {"Variable": codec.HEARTBEAT_VARIABLE}))
        beat_at, now = self._sign.at(beat, self._clock), self._clock.now()
        if self._current.look():
            self._absence.truth_seconds = self._current.settings.restart.truth_seconds
        order = stopping.given(self._settings)
        if self._told is not (order is not None):
            # Also that there is none: an earlier one may have been given up by who started `run` again.
            await session.request("Setvar", {"Variable": codec.ENDING_VARIABLE, "Value": str(int(order is not None))})
            self._told = order is not None
            if order is not None:
                log.info("All is to end: those inside have %g s", order.seconds)
        if order is not None:
            order = replace(order, at=order.at - self._clock.ahead)
        await self._listen(session, self._absence.is_away(beat_at, now), time.time())
        unused = order is None and not self._absence.is_away(beat_at, now)
        if unused and running.is_wanted(self._place):
            self._absence.look([], beat_at, now)
            return
        shown = await session.request("CoreShowChannels", {})
        channels, _ = codec.decode_channels(shown)
        count = sum(each.get("Event") == "CoreShowChannel" for each in shown)
        for step in self._absence.look(channels, beat_at, now, order, count - len(channels)):
            await self._do(session, step)
        if count == 0 and not running.is_wanted(self._place):
            log.info("Nobody is on the phone: Asterisk is started anew, with what only a start takes up")
            await self._end_asterisk()

    async def _listen(self, session: Session, away: bool, now: float) -> None:
        """Asterisk's events are written down for the controller that comes back; while one is there nobody asks."""
        if away and not self._missed.is_open:
            self._missed.begin(now)
            await session.request("Events", {"EventMask": "on"})
        elif self._missed.is_open and not away:
            await session.request("Events", {"EventMask": "off"})
            self._missed.end()

    async def _do(self, session: Session, step: absence.Step) -> None:
        try:
            match step:
                case absence.Music(channel):
                    await session.request("AGI", {"Channel": channel, "Command": "SET MUSIC ON"})
                    log.info("%s: no controller, so music when nothing else is heard", channel)
                case absence.Move(channel):
                    where = {"Context": codec.FALLBACK_CONTEXT, "Exten": "s", "Priority": "1"}
                    await session.request("Redirect", {"Channel": channel, **where})
                    self._missed.write([codec.fallback_took(channel, time.time())])
                    log.info("%s: goes to the fallback", channel)
                case absence.End():
                    self._end()
        except AmiError as error:
            log.debug("%s was not done: %s", step, error)  # the caller has hung up, or is not that far yet
            self._absence.failed(step)

    async def _look_for_order(self) -> None:
        """An order that needs no look at who is on the phone: at once, or long overdue, or there is no Asterisk."""
        while not self._over.is_set():
            order = stopping.given(self._settings)
            if order is not None:
                overdue = time.time() > order.at + order.seconds + absence.LAST_RESORT_SECONDS
                if order.at_once or overdue or running.pid_of(self._place) is None:
                    self._end()
            await asyncio.sleep(ORDER_SECONDS)

    # -- once in a while ---------------------------------------------------------------------------

    async def _tidy(self) -> None:
        """Keeps the logs from growing without end, and ends where there is nothing left to be there for."""
        while self._place.conf.exists():  # somebody may have thrown the data folder away
            for name in ("asterisk-out.log", "watchdog.log"):
                bound(self._settings.data / "log" / name)
            own = [self._place.log / name for name in ("asterisk.log", "security.log")]
            if any(path.exists() and path.stat().st_size > LOG_BYTES for path in own):
                try:
                    await asyncio.to_thread(self._place.cli, "logger rotate")
                except AsteriskError as error:
                    log.warning("%s", error)
            for path in own:
                forget_old(path)
            await asyncio.sleep(TIDY_SECONDS)


async def gone(pid: int) -> None:
    """Returns when the process has ended, whoever is its parent (Linux)."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def bound(path: Path, most: int = LOG_BYTES) -> None:
    """Puts a log aside that others append to, who keep it open: what is in it is copied, then it is empty."""
    try:
        if path.exists() and path.stat().st_size > most:
            shutil.copyfile(path, path.with_name(f"{path.name}.1"))
            os.truncate(path, 0)
    except OSError as error:
        log.warning("%s could not be put aside: %s", path, error)


def forget_old(path: Path, keep: int = OLD_LOGS) -> None:
    """Removes what Asterisk has put aside of a log, but for the newest: it counts on, `.0` being the newest, and
    removes none by itself."""
    for old in path.parent.glob(f"{path.name}.*"):
        number = old.name.removeprefix(f"{path.name}.")
        try:
            if number.isdecimal() and int(number) >= keep:
                old.unlink()
        except OSError as error:
            log.warning("%s could not be removed: %s", old, error)


def run(settings: Settings, *, tied: bool) -> None:
    """The watchdog's life. Raises AsteriskError where there is no Asterisk to run."""
    program = asterisk.find(settings)
    if program is None:
        raise AsteriskError("pbx.nothing_to_run")
    with take_over(settings, WATCHDOG):
        asyncio.run(Watchdog(settings, asterisk.place(settings, program), tied=tied).live())
