"""The controller process: Asterisk's link, the runner and the store, in one asyncio loop.

Owns the order of things: events are read in batches; what follows is committed, then sent. Decisions are the
runner's, AMI's words the codec's, rows the store's; how long a command waits for its rows is the committer's.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from callback.commands import DialAgent
from callback.policy import DiallingRules
from controller.admission import Admission
from controller.ask_silent import SilentPhones
from controller.command_sender import CommandSender
from controller.committer import Committer
from controller.gate import Gate
from controller.idle import is_idle
from controller.leg_sender import LegSender
from controller.lookups import Lookups
from controller.nuisance_door import NuisanceDoor
from controller.numbers import numbers
from controller.output import Output
from controller.pace import Pace
from controller.promise_rows import key_of
from controller.requests import do_request
from controller.runner import Runner
from controller.settings_watch import SettingsWatch
from controller.store_protocol import Store
from controller.trunk_watch import TrunkWatch, trunk_of
from controller.while_away import WhileAway
from ivr.flow import EntryPointHours, flows
from pbx import codec
from pbx.ami import AmiLink, Headers
from pbx.asterisk import log_file as asterisk_log
from pbx.capacity import limits
from pbx.legs import LegCommand
from pbx.reports import Decoded, LineEntered, OwnChannelFailed, TrunkRegistration
from pbx.signs_of_life import signs_of_life
from queueing.agents import Device
from queueing.expected_wait import ExpectedWait
from queueing.history import History
from ringback.clock import Clock
from ringback.config import Settings
from ringback.config.current import Current
from ringback.errors import RingbackError
from ringback.messages import Message, in_one_line, message
from ringback.secrets import Secrets

log = logging.getLogger(__name__)
T = TypeVar("T")

BEAT_SECONDS = 1.0
REQUEST_SECONDS = 0.25
SETTINGS_SECONDS = 0.1
PROMISE_SECONDS = 1.0
MEMORY_SECONDS = 60.0
SPOOL_SECONDS = 2.0
COMMAND_SECONDS = 5.0
OVERLAP_SECONDS = 5.0
"""Events are taken from what was written down as old as this before the last sign of life: copies harm nothing."""


class Controller:
    """Wires the link, the runner and the store; `run` is its life."""

    def __init__(
        self, settings: Settings, secrets: Secrets, store: Store, take_in_fallbacks: Callable[[Settings], object]
    ) -> None:
        current = Current(settings)
        settings, ami = current.settings, current.settings.ami
        login = ami.user, secrets.ami_password
        self._link = AmiLink(ami.address, ami.port, *login, codec.EVENT_NAMES, codec.EVENT_FILTERS)
        self._settings = settings
        self._clock = Clock()
        self._rules = DiallingRules(settings, EntryPointHours(flows(settings)))
        self._expected = ExpectedWait(History(settings.timezone))
        self._trunk = trunk_of(settings)
        self._trunk_watch = TrunkWatch(settings, self._trunk, self._link)
        known, note = numbers(self._rules, self._clock.now), partial(self._in_store, store.note_taken)
        version, trunk = current.version, self._trunk
        self._runner = Runner(settings, self._rules, known, self._expected, trunk, tells_who=True, version=version)
        self._settings_watch = SettingsWatch(current, self._take_settings, self._asterisk_read, note)
        self._store = store
        self._take_in_fallbacks = take_in_fallbacks
        self._silent = SilentPhones(settings.sip.silent_seconds, self._answer, self._clock.now)
        self._inbox: list[Decoded] = []
        self._pace = Pace()
        self._wake = asyncio.Event()
        self._store_thread = ThreadPoolExecutor(1, "store")
        self._committer = Committer(partial(self._in_store, store.write), self._store_is, self._wake.set)
        admission = Admission(limits(settings), fixed=settings.sip.most_new_calls is not None)
        self._gate = Gate(admission, self._link, asterisk_log(settings), self._tell_load)
        self._nuisance = NuisanceDoor(settings, self._link, known.read, partial(self._in_store, store.nuisance_callers))
        self._legs = LegSender(settings, self._link, self._answer, self._phones_to_ring, self._leg_not_sent)
        self._lookups = Lookups(settings, store, self._in_store, self._feed, self._clock)
        self._commands = CommandSender(self._link, COMMAND_SECONDS, lambda event: self._feed([event]), self._clock.now)
        self._background: set[asyncio.Task[None]] = set()
        self._while_away = WhileAway(settings)
        self._up = False
        self._down_since = self._clock.now()
        self._started_at = datetime.now(UTC)
        # Until the first link: whoever waits for the controller to be ready must not dial before.
        self._troubles = {"asterisk": message("controller.no_asterisk_yet")}

    async def run(self) -> None:
        """Until cancelled."""
        last_beat = await self._in_store(self._store.last_beat)
        self._down_since = self._down_since if last_beat is None else last_beat
        memory = await self._in_store(self._store.memory)
        if "history" in memory:
            self._expected.history = History.restore(memory["history"], self._settings.timezone)
        if "accuracy" in memory:
            self._expected.restore(memory["accuracy"])
            self._expected.was_away()
        await self._learn_from_before()
        self._runner.outbound.turns.remember(memory.get("trunk", {}), self._clock.now())
        unfinished = await self._in_store(self._store.unfinished)
        began_with = {snapshot.get("version", 0) for snapshot, _ in unfinished}
        self._runner.restore(unfinished, await self._in_store(self._store.versions, began_with))
        for left in await self._in_store(self._store.agents):
            self._runner.router.take_up(left, self._clock.now())
        await self._in_store(self._store.forget_agents)
        for given, line, place_at, ended_at in await self._in_store(self._store.cut_off, self._clock.now()):
            self._runner.keep_place(given, line, place_at, ended_at)
        for number, at in await self._in_store(self._store.dialled_today, self._clock.now()):
            self._rules.record(number, at)
        for row, promise, origin in await self._in_store(partial(self._store.promises, new=False)):
            self._runner.outbound.add(promise, row, origin, self._clock.now())
        link = asyncio.create_task(self._link.run(self._events_came, self._link_up, self._link_down))
        try:
            await self._live(link)
        finally:
            await self._gate.open()  # while the link is there
            await self._lookups.close()
            link.cancel()

    async def _live(self, link: asyncio.Task[None]) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_together_with(link))
            tasks.create_task(self._work())
            tasks.create_task(self._every(BEAT_SECONDS, self._say_alive))
            tasks.create_task(self._every(BEAT_SECONDS, self._beat))
            tasks.create_task(self._every(BEAT_SECONDS, self._look_at_load))
            tasks.create_task(self._every(BEAT_SECONDS, self._look_at_nuisance))
            tasks.create_task(self._every(BEAT_SECONDS, self._take_problems))
            tasks.create_task(self._every(REQUEST_SECONDS, self._take_requests))
            tasks.create_task(self._every(SETTINGS_SECONDS, self._settings_watch.look))
            tasks.create_task(self._every(MEMORY_SECONDS, self._save_memory))
            tasks.create_task(self._every(PROMISE_SECONDS, self._take_promises))
            tasks.create_task(self._every(SPOOL_SECONDS, self._take_spool))
            tasks.create_task(self._every(BEAT_SECONDS, self._watch_trunk))
            tasks.create_task(self._every(BEAT_SECONDS, self._lookups.look_after))
            tasks.create_task(self._every(REQUEST_SECONDS, self._ask_the_silent))

    # -- the main loop -------------------------------------------------------------------------------

    async def _work(self) -> None:
        began = 0.0
        while True:
            await self._wait_for_work()
            if (early := began + self._pace.seconds - time.monotonic()) > 0:
                await asyncio.sleep(early)
                self._wake.clear()
            began = time.monotonic()
            now = self._clock.now()
            self._runner.feed(self._take_inbox(), now)
            if self._up:
                # While nothing can be sent no step may time out: on return each is taken up.
                self._runner.tick(now)
            await self._put_out(self._runner.take_output())

    def _take_inbox(self) -> list[Decoded]:
        items, self._inbox = self._inbox, []
        self._pace.took(len(items))
        return items

    async def _wait_for_work(self) -> None:
        timer = self._runner.next_timer() if self._up else None
        if (flush_at := self._committer.flush_at) is not None:
            timer = flush_at if timer is None else min(timer, flush_at)
        seconds = None if timer is None else max(0.0, timer - self._clock.now())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()

    async def _put_out(self, out: Output) -> None:
        written = await self._committer.commit(out, self._clock.now())
        if written is None:
            return
        for key in (ended := [key_of(row) for row in self._committer.take_ended_elsewhere()]):
            self._runner.outbound.cancel(key, message("callback.elsewhere"), self._clock.now())
            self._wake.set()
        self._send_out(written, ended)

    def _send_out(self, out: Output, ended: list[str]) -> None:
        """What follows once the rows are written, or wait no longer. `ended`: promises that ended elsewhere."""
        if out.callback_requests:
            self._in_background(self._take_callback_requests())
        for call_id, command in out.commands:
            self._commands.send(call_id, command)
        for leg, leg_command in out.legs:
            if not any(leg.startswith(f"{key}-") for key in ended):  # nobody is dialled for a promise that has ended
                self._send_leg(leg, leg_command)
        for call_id, number in out.lookups:
            self._in_background(self._lookups.who_calls(call_id, number))
        for call_id, question in out.questions:
            self._in_background(self._lookups.look_up(call_id, question))
        if out.unused:
            self._in_background(self._in_store(self._store.forget_sound, out.unused))

    # -- commands ------------------------------------------------------------------------------------

    def _send_leg(self, leg: str, command: LegCommand) -> None:
        if isinstance(command, DialAgent):
            self._in_background(self._legs.ring(command))
        else:
            self._legs.send(leg, command)

    def _phones_to_ring(self, leg: str, count: int) -> list[str]:
        return self._runner.outbound.spread(leg, count, self._clock.now())

    def _leg_not_sent(self, leg: str) -> None:
        self._feed([OwnChannelFailed(leg, self._clock.now(), sent=False)])

    # -- the link ------------------------------------------------------------------------------------

    def _events_came(self, messages: list[Headers]) -> None:
        now, ahead = self._clock.now(), self._clock.ahead
        self._gate.messages_came(messages)
        items: list[Decoded] = []
        for each in messages:
            try:
                item = codec.decode(codec.by_our_clock(each, ahead) if ahead else each, now)
            except (KeyError, ValueError) as error:
                # One event that is not what it should be must not take the others of its batch with it.
                log.warning("An event of Asterisk's could not be read (%r): %s", error, each)
                continue
            if isinstance(item, TrunkRegistration):
                self._in_background(self._trunk_told(item))
            elif item is not None:
                items.append(item)
        self._gate.take(items, now)
        self._nuisance.take(items, now)
        self._inbox += items
        if not all(isinstance(item, LineEntered) for item in items):  # from which nothing follows by itself
            self._wake.set()

    def _feed(self, items: Iterable[Decoded]) -> None:
        self._inbox += items
        self._wake.set()

    async def _link_up(self) -> None:
        status = await self._link.request("CoreStatus", {})
        states = await self._link.request("DeviceStateList", {})
        devices = [codec.decode_device(message) for message in states if message.get("Device", "").startswith("PJSIP/")]
        told = await self._trunk_watch.connected()
        beat_at = codec.decode_beat(await self._link.request("Getvar", {"Variable": codec.HEARTBEAT_VARIABLE}))
        await self._look_whether_all_ends()
        # Asked last: what an event has told since must not be compared with channels as they were before it.
        channels, bridged = codec.decode_channels(await self._link.request("CoreShowChannels", {}))
        lost_at = min(max(self._down_since, beat_at - self._clock.ahead), now := self._clock.now())
        self._events_came(self._while_away.events(lost_at - OVERLAP_SECONDS))
        self._runner.feed(self._take_inbox(), now)
        heard_until = self._while_away.heard_until(self._runner.calls)
        started = codec.decode_start(status[0])
        self._runner.outbound.turns.restart(now)
        self._runner.feed(told, now)
        self._runner.compare(channels, bridged, devices, started, lost_at, now, heard_until)
        await self._heartbeat()
        await self._gate.up(channels)
        self._nuisance.up()
        self._up = True
        self._settings_watch.asterisk_came()
        self._troubles.pop("asterisk", None)
        log.info("Asterisk is there: %d callers inside", len(channels))
        self._wake.set()

    def _link_down(self, reason: Message) -> None:
        if self._up:
            self._up = False
            self._down_since = self._clock.now()
            self._settings_watch.asterisk_went()
        self._trouble("asterisk", reason)

    # -- once in a while -----------------------------------------------------------------------------

    async def _every(self, seconds: float, what: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await what()
                self._troubles.pop(what.__name__, None)
            except (SQLAlchemyError, RingbackError, OSError) as error:  # TimeoutError is an OSError
                self._trouble(what.__name__, in_one_line(error))
            await asyncio.sleep(seconds)

    async def _say_alive(self) -> None:
        """By itself: callers must not be sent to the fallback because the store is slow."""
        if self._up:
            await self._heartbeat()
            await self._look_whether_all_ends()

    def _follow_clock(self) -> None:
        """A clock that was set is followed between calls: in one, every length would be wrong."""
        if self._clock.ahead and is_idle(self._runner):
            log.info("The machine's clock was set by %+.0f s: its time counts from here on", self._clock.ahead)
            self._clock.follow()
            self._wake.set()

    async def _beat(self) -> None:
        self._follow_clock()
        if self._committer.is_behind:
            self._wake.set()
        else:
            # What was late is written: nobody need wait for the next row to be told so.
            self._troubles.pop("store", None)
            if self._up:
                self._while_away.forget()
        trouble = next(iter(self._troubles.values()), None)
        await self._in_store(partial(self._store.beat, linked=self._up), self._started_at, trouble)

    async def _look_at_load(self) -> None:
        self._pace.look()
        if self._up:
            await self._gate.second()

    async def _look_at_nuisance(self) -> None:
        if self._up:
            await self._nuisance.second(self._clock.now())

    async def _take_problems(self) -> None:
        self._runner.problems.take(await self._in_store(self._store.known_problems))

    async def _tell_load(self, refused: int, lately: int, busy: bool) -> None:
        at = self._gate.admission
        facts = {"count": lately, "inside": len(at.inside), "most": at.limits.calls, "rate": round(at.rate)}
        said = message("controller.calls_refused", **facts) if lately else None
        # A slow store must not keep the door from being looked after.
        self._in_background(self._write_refused(refused, said, busy))

    async def _write_refused(self, refused: int, said: Message | None, busy: bool) -> None:
        try:
            await self._in_store(self._store.write_refused, refused, said, busy)
        except SQLAlchemyError as error:
            log.warning("%d refused callers could not be counted: %s", refused, error)

    async def _heartbeat(self) -> None:
        """What the dialplan compares with the clock: see asterisk-conf/extensions.conf.j2."""
        for name, value in signs_of_life(self._settings).items():
            await self._link.request("Setvar", {"Variable": name, "Value": value})

    async def _look_whether_all_ends(self) -> None:
        """While callers inside finish before all ends, nobody is called who was promised a call."""
        ending = codec.decode_ending(await self._link.request("Getvar", {"Variable": codec.ENDING_VARIABLE}))
        if ending is not self._runner.outbound.all_ends:
            log.info("All is to end: no promised call is begun" if ending else "Promised calls are begun again")
            self._runner.outbound.all_end(ending, self._clock.now())
            self._wake.set()

    async def _take_requests(self) -> None:
        for request_id, kind, subject, args in await self._in_store(self._store.requests):
            try:
                error = do_request(self._runner, kind, subject, args, self._clock.now())
            except Exception:
                # A row that no page of ours writes must not end the calls, and not again after each start.
                log.exception("the request %s about %s could not be done", kind, subject)
                error = message("controller.fault")
            self._wake.set()
            await self._in_store(self._store.answer_request, request_id, error)

    async def _take_promises(self) -> None:
        """Promises that are new or were changed: by a call, a page, the fallback."""
        for row, promise, origin in await self._in_store(partial(self._store.promises, new=True)):
            if not self._runner.outbound.add(promise, row, origin, self._clock.now()):
                self._runner.outbound.change(row, promise, self._clock.now())
            self._wake.set()

    async def _take_callback_requests(self) -> None:
        """Promises that callers were just given; where the store is away the next look finds them."""
        try:
            await self._take_promises()
        except SQLAlchemyError as error:
            log.warning("new promises could not be read: %s", error)

    async def _take_spool(self) -> None:
        await self._in_store(self._take_in_fallbacks, self._settings)
        if not self._committer.is_behind:
            # While rows are late, a call may have one that is not written yet.
            self._feed(list(await self._in_store(self._store.left_behind, time.time())))

    async def _ask_the_silent(self) -> None:
        """Phones from which nothing comes any more are asked whether they are still there."""
        if self._up:
            await self._silent.look(self._runner.live_channels())

    async def _answer(self, action: str, headers: dict[str, str | list[str]]) -> Headers:
        """What Asterisk answers, a refusal too: the channel may just have gone."""
        async with asyncio.timeout(COMMAND_SECONDS):
            return (await self._link.post(action, headers))[0]

    async def _save_memory(self) -> None:
        memory = {"history": self._expected.history.snapshot(), "accuracy": self._expected.snapshot()}
        await self._in_store(self._store.save_memory, memory)

    async def _learn_from_before(self) -> None:
        """Of queues that are too new to be known, what the system before knew, if its history was imported."""
        history = self._expected.history
        unknown = [queue for queue in self._settings.queues if not history.knows(queue)]
        for visit in await self._in_store(self._store.past_visits, unknown):
            history.learn(visit.queue, visit.at, waited=visit.waited, abandoned=visit.abandoned, handled=visit.handled)

    async def _trunk_told(self, report: TrunkRegistration) -> None:
        self._feed([await self._trunk_watch.told(report)])

    async def _watch_trunk(self) -> None:
        if self._up:
            self._trunk_watch.ask(self._clock.now())

    # -- other settings ------------------------------------------------------------------------------

    async def _take_settings(self, settings: Settings, version: int) -> None:
        """From here on callers are served by these; what is known already stays."""
        before = self._settings
        await self._in_store(self._store.take_settings, settings)
        self._gate.admission.take_limits(limits(settings), fixed=settings.sip.most_new_calls is not None)
        self._rules.take_settings(settings, EntryPointHours(flows(settings)))
        if settings.timezone != before.timezone:
            self._expected.history = History.restore(self._expected.history.snapshot(), settings.timezone)
        if settings.trunk != before.trunk:
            self._trunk = trunk_of(settings)
            self._trunk_watch = TrunkWatch(settings, self._trunk, self._link)
        self._silent.watch.seconds = settings.sip.silent_seconds
        self._legs.take_settings(settings)
        self._lookups.take_settings(settings)
        self._nuisance.take_settings(settings)
        self._settings = settings
        self._runner.take_settings(settings, version, self._trunk, self._clock.now())
        self._wake.set()

    async def _asterisk_read(self) -> None:
        """What it knows of phones and of the trunk that are new is asked, since nothing need happen there."""
        states = await self._link.request("DeviceStateList", {})
        devices = [codec.decode_device(message) for message in states if message.get("Device", "").startswith("PJSIP/")]
        agents = self._runner.router.agents
        self._feed(each for each in devices if each.agent in agents and agents[each.agent].device is Device.UNREACHABLE)
        self._feed(await self._trunk_watch.connected())
        await self._gate.again()

    # -- helpers -------------------------------------------------------------------------------------

    def _in_background(self, what: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(what)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _in_store(self, what: Callable[..., T], *args: Any) -> T:
        """Runs something of the store on its own thread, one thing at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._store_thread, what, *args)

    def _store_is(self, trouble: Message | None) -> None:
        if trouble is None:
            self._troubles.pop("store", None)
        else:
            self._trouble("store", trouble)

    def _trouble(self, part: str, sentence: Message) -> None:
        if self._troubles.get(part) != sentence:
            log.warning("%s", sentence)
        self._troubles[part] = sentence


async def _together_with(task: asyncio.Task[None]) -> None:
    """Ends as the task does; whoever cancels this leaves the task alone."""
    await asyncio.shield(task)


def run(settings: Settings, secrets: Secrets, store: Store, take_in_fallbacks: Callable[[Settings], object]) -> None:
    """The controller's life: returns only when interrupted."""

    async def live() -> None:
        await Controller(settings, secrets, store, take_in_fallbacks).run()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(live())
