"""A switch that is not there: it plays Asterisk's part for tests and for the simulator.

Channels take commands one after another as Asterisk's do, and report what became of them as the codec
would. Time is invented: nothing waits, `World` jumps from one thing that happens to the next. What it
may claim is checked by the scenarios in tests/scenarios.py, which run on the real Asterisk too.
"""

import heapq
import itertools
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from callback import promise as pr
from callback.policy import expires_at, number_to_call, spoken_digits
from ivr import commands as cmd
from ivr.events import AgentAnswered, Arrived, Bridged, Done, HungUp, KeyPressed
from ivr.flow import Numbers
from pbx.codec import CallEvent, Decoded, DeviceChanged, LegCommand, LegFailed, LegUp, LiveChannel
from pbx.outbound import Origin, PromiseWrite, key_of
from pbx.runner import CallWrite, Output, Runner, Wanted
from queueing.line import Device
from ringback.config import Settings

PROMPT_SECONDS = 2.0
"""How long every prompt takes here."""


@dataclass
class Channel:
    """A caller's channel."""

    linkedid: str
    line: str
    number: str
    name: str
    arrived_at: float
    queue: deque[cmd.ChannelCommand] = field(default_factory=deque)
    current: cmd.ChannelCommand | None = None
    generation: int = 0
    """Counts commands, so that the end of one that was cut short is not taken for the next one's."""
    music: str | None = None
    heard: list[str] = field(default_factory=list)
    """Prompts that were begun, in order."""
    ringing: tuple[str, ...] = ()
    talking_to: str | None = None
    dial_status: str = ""


class FakeSwitch:
    """Channels and agents' phones without a network. `report` gets what the codec would have said."""

    def __init__(self, report: Callable[[Decoded], None]) -> None:
        self._report = report
        self.now = 0.0
        self.started_at = 0.0
        self.channels: dict[str, Channel] = {}
        self.devices: dict[str, Device] = {}
        self.legs: dict[str, str] = {}
        """Channels made for promised calls, with the agent or the number that was dialled."""
        self.answered: set[str] = set()
        """Those of them that were answered."""
        self.dialled: list[str] = []
        """Everybody whose phone was made to ring for a promised call, in order."""
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    # -- what people do ------------------------------------------------------------------------------

    def dial(self, linkedid: str, line: str, number: str = "", name: str = "") -> Channel:
        """A caller comes in and is answered."""
        channel = Channel(linkedid, line, number, name, self.now)
        self.channels[linkedid] = channel
        self._report(CallEvent(linkedid, Arrived(self.now, line, number, name)))
        return channel

    def press(self, linkedid: str, key: str) -> None:
        """The caller presses a key: it ends an Ask that takes one, and is reported by itself too."""
        channel = self.channels[linkedid]
        self._report(CallEvent(linkedid, KeyPressed(self.now, key)))
        if isinstance(channel.current, cmd.Ask):
            self._end(channel, key)

    def hang_up(self, linkedid: str, cause: str = "Normal Clearing") -> None:
        """The caller's channel ends, whatever it does."""
        channel = self.channels.pop(linkedid)
        self.legs.pop(linkedid, None)
        channel.generation += 1
        self._release(channel)
        self._report(CallEvent(linkedid, HungUp(self.now, cause)))

    def answer(self, agent: str) -> None:
        """The agent picks up. Raises StopIteration if that phone does not ring."""
        channel = next(channel for channel in self.channels.values() if agent in channel.ringing)
        for other in channel.ringing:
            if other != agent:
                self.device(other, Device.IDLE)
        channel.ringing, channel.talking_to = (), agent
        channel.generation += 1
        self._report(CallEvent(channel.linkedid, AgentAnswered(self.now, agent)))

    def agent_hangs_up(self, agent: str) -> None:
        """The agent ends the talk."""
        channel = next(channel for channel in self.channels.values() if channel.talking_to == agent)
        self._ring_over(channel, "ANSWER")

    def device(self, agent: str, device: Device) -> None:
        """An agent's phone registers, goes away, or is used."""
        if self.devices.get(agent) is not device:
            self.devices[agent] = device
            self._report(DeviceChanged(agent, device))

    def die(self) -> None:
        """The switch is killed and started again: no channel is left, and nobody is told."""
        self.channels.clear()
        self._later.clear()
        self.started_at = self.now

    # -- what the controller does ----------------------------------------------------------------------

    def do(self, linkedid: str, command: cmd.ChannelCommand) -> None:
        """Takes a command for a channel; for one that is gone nothing happens."""
        channel = self.channels.get(linkedid)
        if channel is None:
            return
        match command:
            case cmd.HangUpNow():
                self.hang_up(linkedid)
            case cmd.CutPrompt():
                self.press(linkedid, "#")
            case _:
                channel.queue.append(command)
                if channel.current is None:
                    self._next(channel)

    def live(self) -> tuple[list[LiveChannel], dict[str, str]]:
        """As `pbx.codec.decode_channels` gives them."""
        channels = [
            LiveChannel(
                c.linkedid, c.line, c.number, c.name, self.now - c.arrived_at, c.linkedid if c.talking_to else ""
            )
            for c in self.channels.values()
            if c.linkedid not in self.legs
        ]
        channels += [
            LiveChannel(leg, "", "", "", 0.0, self._bridge_of(leg), ours=True, held=leg in self.answered)
            for leg in self.legs
        ]
        return channels, {c.linkedid: c.talking_to for c in self.channels.values() if c.talking_to}

    # -- channels that the controller makes -----------------------------------------------------------

    def do_leg(self, leg: str, command: LegCommand) -> None:
        """Takes a command for a channel of a promised call."""
        match command:
            case pr.DialAgent(_, agent):
                self._dial_leg(leg, agent)
            case pr.DialCustomer(_, number):
                self._dial_leg(leg, number)
            case pr.BriefAgent(_, id):
                self.at(self.now + PROMPT_SECONDS, lambda: self._report(CallEvent(leg, Done(self.now, id, ""))))
            case pr.HangUpLeg() if leg in self.channels:
                self.hang_up(leg)
            case pr.HangUpLeg() if leg in self.legs:
                self.end_leg(leg)

    def _dial_leg(self, leg: str, whom: str) -> None:
        if whom in self.devices and self.devices[whom] is not Device.IDLE:
            self._report(LegFailed(leg, self.now))
            return
        self.legs[leg] = whom
        self.dialled.append(whom)
        if whom in self.devices:
            self.device(whom, Device.IN_USE)

    def answer_leg(self, whom: str, *, machine: bool = False) -> None:
        """The agent or customer whose phone rings for a promised call picks up."""
        leg = next(leg for leg, called in self.legs.items() if called == whom)
        self.answered.add(leg)
        if whom not in self.devices:
            self.channels[leg] = Channel(leg, "", whom, "", self.now)
        self._report(LegUp(leg, self.now, machine))

    def end_leg(self, leg: str, code: int = 16) -> None:
        """A channel of a promised call ends: not answered, or hung up."""
        whom = self.legs.pop(leg)
        self.channels.pop(leg, None)
        if whom in self.devices:
            self.device(whom, Device.IDLE)
            for channel in self.channels.values():
                if channel.talking_to == whom:
                    channel.talking_to, channel.dial_status = None, "SUCCESS"
                    self._end(channel, "SUCCESS")
                    break
        self._report(CallEvent(leg, HungUp(self.now, "", code)))

    def _bridge_of(self, leg: str) -> str:
        channel = self.channels.get(leg)
        return leg if channel is not None and channel.talking_to else ""

    # -- time ------------------------------------------------------------------------------------------

    def next_timer(self) -> float | None:
        return self._later[0][0] if self._later else None

    def advance(self, now: float) -> None:
        """Lets everything happen that is due until `now`."""
        while self._later and self._later[0][0] <= now:
            self.now, _, what = heapq.heappop(self._later)
            what()
        self.now = max(self.now, now)

    def at(self, time: float, what: Callable[[], None]) -> None:
        """Does something at that time."""
        heapq.heappush(self._later, (time, next(self._order), what))

    # -- channels --------------------------------------------------------------------------------------

    def _next(self, channel: Channel) -> None:
        while channel.queue and channel.current is None and channel.linkedid in self.channels:
            command = channel.queue.popleft()
            match command:
                case cmd.Ask(_, prompts, seconds):
                    channel.music = None
                    channel.heard += prompts
                    self._begin(channel, command, PROMPT_SECONDS * len(prompts) + seconds, "")
                case cmd.Listen(_, silence_seconds, _seconds):
                    self._begin(channel, command, silence_seconds, "SILENCE")
                case cmd.Ring(_, agents, seconds):
                    self._ring(channel, command, agents, seconds)
                case cmd.Bridge(_, other):
                    channel.current = command
                    channel.generation += 1
                    channel.talking_to = self.legs[other]
                    self._report(CallEvent(channel.linkedid, Bridged(self.now)))
                case cmd.MusicOn(music):
                    channel.music = music
                case cmd.HangUp():
                    self.hang_up(channel.linkedid)
                case cmd.Probe(id):
                    self._report(CallEvent(channel.linkedid, Done(self.now, id, "")))
                case cmd.ReadRingStatus(id):
                    self._report(CallEvent(channel.linkedid, Done(self.now, id, channel.dial_status)))

    def _begin(self, channel: Channel, command: cmd.ChannelCommand, seconds: float, value: str) -> None:
        channel.current = command
        channel.generation += 1
        generation = channel.generation
        self.at(self.now + seconds, lambda: self._expire(channel, generation, value))

    def _expire(self, channel: Channel, generation: int, value: str) -> None:
        if channel.generation == generation:
            if isinstance(channel.current, cmd.Ring):
                self._ring_over(channel, value)
            else:
                self._end(channel, value)

    def _end(self, channel: Channel, value: str) -> None:
        command, channel.current = channel.current, None
        channel.generation += 1
        assert isinstance(command, cmd.Ask | cmd.Listen | cmd.Ring | cmd.Bridge)
        self._report(CallEvent(channel.linkedid, Done(self.now, command.id, value)))
        self._next(channel)

    def _ring(self, channel: Channel, command: cmd.Ring, agents: tuple[str, ...], seconds: float) -> None:
        there = [agent for agent in agents if self.devices.get(agent, Device.UNREACHABLE) is not Device.UNREACHABLE]
        if not there:
            channel.current, channel.dial_status = command, "CHANUNAVAIL"
            self._end(channel, "CHANUNAVAIL")
            return
        channel.music = None
        channel.ringing = tuple(there)
        for agent in there:
            self.device(agent, Device.IN_USE)
        self._begin(channel, command, seconds, "NOANSWER")

    def _ring_over(self, channel: Channel, status: str) -> None:
        self._release(channel)
        channel.dial_status = status
        self._end(channel, status)

    def _release(self, channel: Channel) -> None:
        talking = () if channel.talking_to is None else (channel.talking_to,)
        agents = channel.ringing + talking
        channel.ringing, channel.talking_to = (), None
        for agent in agents:
            self.device(agent, Device.IDLE)


class World:
    """The runner on a fake switch with an invented clock. Everything the runner wrote is kept."""

    def __init__(
        self,
        settings: Settings,
        start: float = 1_800_000_000.0,
        write: Callable[[Output], object] | None = None,
    ) -> None:
        """`write` gets what the controller would give to the store."""
        self.settings = settings
        self._write = write
        self._reported: list[Decoded] = []
        self.switch = FakeSwitch(self._reported.append)
        self.switch.now = self.switch.started_at = start
        self.runner = self._new_runner()
        self.controller_up = True
        self.rows: dict[str, CallWrite] = {}
        """The newest write of every call, as the store would have it."""
        self.seqs: dict[str, int] = {}
        self.promises: dict[uuid.UUID, PromiseWrite] = {}
        """The newest write of every promise."""

    @property
    def now(self) -> float:
        return self.switch.now

    def _take_up(self, wish: Wanted) -> None:
        """What the store does with a wish: one open promise a number."""
        facts = wish.facts
        assert facts.promised_number is not None
        queue = facts.queue or self.runner.flows[facts.line].menu.person
        row = uuid.UUID(int=len(self.promises) + 1)
        promise = pr.Promise(
            key=key_of(row),
            number=facts.promised_number,
            queue=queue,
            language=facts.language,
            line=facts.line,
            arrived_at=wish.place_at,
            expires_at=expires_at(wish.not_before or self.now, self.settings),
            not_before=wish.not_before or 0.0,
            asked_at=None if facts.closed else self.now,
            customer_first=self.settings.queues[queue].callback == "customer_first",
        )
        path = tuple((step["menu"], step["key"], step["label"]) for step in facts.menu_path)
        self.runner.outbound.add(promise, row, Origin(facts.caller_name, path), self.now)

    def _new_runner(self) -> Runner:
        return Runner(self.settings, None, Numbers(number_to_call, spoken_digits))

    def settle(self) -> None:
        """Lets the controller do what follows from what has been reported."""
        while self.controller_up:
            items = self._reported[:]
            self._reported.clear()
            self.runner.feed(items, self.now)
            self.runner.tick(self.now)
            out = self.runner.take_output()
            if self._write is not None:
                self._write(out)
            for write in out.writes:
                self.rows[write.facts.linkedid] = write
                if write.events:
                    self.seqs[write.facts.linkedid] = write.events[-1][0]
            for linkedid, command in out.commands:
                self.switch.do(linkedid, command)
            for leg, leg_command in out.legs:
                self.switch.do_leg(leg, leg_command)
            for promise in out.promises:
                self.promises[promise.id] = promise
            for wish in out.wishes:
                self._take_up(wish)
            if not self._reported and not out.wishes:
                return
        self._reported.clear()  # nobody listened

    def run(self, seconds: float) -> None:
        """Lets time pass."""
        end = self.now + seconds
        self.settle()
        while True:
            timers = [self.switch.next_timer(), self.runner.next_timer() if self.controller_up else None]
            due = min((time for time in timers if time is not None and time <= end), default=None)
            if due is None:
                break
            self.switch.advance(due)
            self.settle()
        self.switch.advance(end)

    def kill_controller(self) -> None:
        """As kill -9: what was not written is gone."""
        self.controller_up = False

    def start_controller(self, lost_at: float | None = None) -> None:
        """A new controller reads the rows and compares itself with the switch."""
        self._reported.clear()
        self.runner = self._new_runner()
        unfinished = [
            (row.snapshot, self.seqs[linkedid]) for linkedid, row in self.rows.items() if row.snapshot is not None
        ]
        self.runner.restore(unfinished)
        for row, write in self.promises.items():
            self.runner.outbound.add(pr.Promise.restore(write.snapshot), row, write.origin, self.now)
        self.controller_up = True
        channels, talking = self.switch.live()
        devices = [DeviceChanged(agent, device) for agent, device in self.switch.devices.items()]
        since = self.now if lost_at is None else lost_at
        self.runner.compare(channels, talking, devices, self.switch.started_at, since, self.now)
        self.settle()
