"""A switch that is not there: it plays Asterisk's part for tests and for the simulator.

Channels take commands one after another as Asterisk's do, and report what became of them as the codec
would. Time is invented: nothing waits, `World` jumps from one thing that happens to the next. What it
may claim is checked by the scenarios in tests/support/scenarios.py, which run on the real Asterisk too.
"""

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from callback import commands
from ivr import commands as cmd
from ivr.events import AgentAnswered, AgentRefused, Arrived, Done, HungUp, KeyPressed, Transferred
from pbx.legs import LegCommand
from pbx.reports import (
    BridgeChange,
    ChannelEvent,
    Decoded,
    DeviceChanged,
    HoldChange,
    LiveChannel,
    OwnChannelFailed,
    OwnChannelUp,
)
from queueing.router import Device

NO_ANSWER = 18
"""Q.850: no user responding."""
PROMPT_SECONDS = 2.0
"""How long every prompt takes here."""
OUTSIDE_SECONDS = 30.0
"""How long a number outside rings."""


@dataclass
class Channel:
    """A caller's channel."""

    call_id: str
    line: str
    number: str
    name: str
    arrived_at: float
    queue: deque[cmd.ChannelCommand] = field(default_factory=deque)
    current: cmd.ChannelCommand | None = None
    generation: int = 0
    """Counts commands, so that the end of one that was cut short is not taken for the next one's."""
    music: str | None = None
    language: str = ""
    """That of its prompts, where it was changed."""
    outside: str = ""
    """The number outside that was dialled last."""
    typed: str = ""
    """Keys pressed so far of a number that an Ask takes."""
    heard: list[str] = field(default_factory=list)
    """Prompts that were begun, in order."""
    ringing: tuple[str, ...] = ()
    talking_to: str | None = None
    dial_status: str = ""
    unrecorded: bool = False
    sound: str = "1"
    """How many packets of sound have come from the caller."""
    passed_on_to: str = ""
    """The number to which an agent passed the caller on."""


class FakeSwitch:
    """Channels and agents' phones without a network. `report` gets what the codec would have said."""

    def __init__(self, report: Callable[[Decoded], None]) -> None:
        self._report = report
        self.now = 0.0
        self.say_seconds = 0.0
        """How long each prompt of a Say takes, in which keys mean nothing."""
        self.started_at = 0.0
        self.channels: dict[str, Channel] = {}
        self.devices: dict[str, Device] = {}
        self.phones: dict[str, int] = {}
        """How many phones an agent has registered, where it is not one."""
        self.legs: dict[str, str] = {}
        """Channels made for promised calls, with the agent or the number that was dialled."""
        self.answered: set[str] = set()
        """Those of them that were answered."""
        self.dialled: list[str] = []
        """Everybody whose phone was made to ring for a promised call, in order."""
        self.told: list[str] = []
        """What agents were told of customers who were not reached."""
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    # -- what people do ------------------------------------------------------------------------------

    def dial(self, call_id: str, line: str, number: str = "", name: str = "", came_from: str = "trunk") -> Channel:
        """A caller comes in and is answered."""
        channel = Channel(call_id, line, number, name, self.now)
        self.channels[call_id] = channel
        self._report(ChannelEvent(call_id, Arrived(self.now, line, number, name, came_from)))
        return channel

    def press(self, call_id: str, key: str) -> None:
        """The caller presses a key, or a whole number at once: an Ask ends with as many as it takes."""
        channel = self.channels[call_id]
        self._report(ChannelEvent(call_id, KeyPressed(self.now, key)))
        current = channel.current
        if not isinstance(current, cmd.Ask):
            return
        channel.typed += key
        whole = current.digits == 1 or len(key) > 1 or key == "#" or len(channel.typed) == current.digits
        if whole:
            self._end(channel, channel.typed if current.digits == 1 else channel.typed.removesuffix("#"))

    def speak(self, call_id: str, key: str) -> None:
        """The caller says what is taken for the key, for `?` and a key, or for nothing (`?`), if anybody listens."""
        channel = self.channels[call_id]
        if isinstance(channel.current, cmd.Ask) and channel.current.words:
            self._end(channel, key)

    def hang_up(self, call_id: str, cause: str = "Normal Clearing") -> None:
        """The caller's channel ends, whatever it does."""
        channel = self.channels.pop(call_id)
        self.legs.pop(call_id, None)
        channel.generation += 1
        self._release(channel)
        self._report(ChannelEvent(call_id, HungUp(self.now, cause)))

    def answer(self, agent: str) -> None:
        """The agent picks up. Raises StopIteration if that phone does not ring."""
        channel = next(channel for channel in self.channels.values() if agent in channel.ringing)
        for other in channel.ringing:
            if other != agent:
                self.device(other, Device.IDLE)
        channel.ringing, channel.talking_to = (), agent
        channel.generation += 1
        self._report(ChannelEvent(channel.call_id, AgentAnswered(self.now, agent)))
        self._report_bridge(channel, entered=True)

    def refuse(self, agent: str, how: str = "busy") -> None:
        """The agent's phone refuses the call (`ivr.events.AgentRefused`), the only one that rings."""
        channel = next(channel for channel in self.channels.values() if agent in channel.ringing)
        self._report(ChannelEvent(channel.call_id, AgentRefused(self.now, agent, how)))
        self._ring_over(channel, "BUSY" if how == "busy" else "NOANSWER")

    def vanish(self, agent: str, *, said: str = "first", then: Device = Device.UNREACHABLE) -> None:
        """The agent's phone vanishes; the switch says so before (`said` first) or after the talk's end."""
        channel = next(channel for channel in self.channels.values() if channel.talking_to == agent)
        if said == "first":
            self._report(ChannelEvent(_phone(agent), HungUp(self.now, "No user responding", NO_ANSWER)))
        self._release(channel)
        channel.dial_status = "ANSWER"
        self._end(channel, "ANSWER")
        if said != "first":
            self._report(ChannelEvent(_phone(agent), HungUp(self.now, "No user responding", NO_ANSWER)))
        self.device(agent, then)

    def report_lost(self, agent: str) -> None:
        """The switch says late of the agent's phone that it vanished."""
        self._report(ChannelEvent(_phone(agent), HungUp(self.now, "No user responding", NO_ANSWER)))

    def answer_outside(self, number: str) -> None:
        """Whoever was dialled outside picks up. Raises StopIteration if that phone does not ring."""
        channel = next(each for each in self.channels.values() if each.outside == number)
        channel.generation += 1

    def outside_hangs_up(self, number: str, status: str = "ANSWER") -> None:
        """Whoever was dialled outside ends the talk, or (`status`: BUSY) does not take it."""
        self._ring_over(next(each for each in self.channels.values() if each.outside == number), status)

    def agent_hangs_up(self, agent: str) -> None:
        """The agent ends the talk."""
        channel = next(channel for channel in self.channels.values() if channel.talking_to == agent)
        self._ring_over(channel, "ANSWER")

    def hold(self, agent: str, *, held: bool = True) -> None:
        """The agent puts the caller on hold, or takes the call back."""
        self._report(HoldChange(_phone(agent), self.now, held))

    def press_as_agent(self, agent: str, keys: str) -> None:
        """The agent presses keys while talking."""
        for key in keys:
            self._report(ChannelEvent(_phone(agent), KeyPressed(self.now, key)))

    def consult(self, agent: str, colleague: str) -> None:
        """The agent, with a second channel, is connected with a colleague."""
        self.device(colleague, Device.IN_USE)
        for channel, who in ((f"{agent} asks", agent), (_phone(colleague), colleague)):
            self._report(BridgeChange(channel, f"{agent} asks", who, self.now))

    def transfer(self, agent: str, number: str) -> None:
        """The agent passes the caller on to a number and is gone."""
        channel = next(channel for channel in self.channels.values() if channel.talking_to == agent)
        channel.generation += 1
        channel.queue.clear()
        channel.current = None
        channel.passed_on_to = number
        self._release(channel)
        self._report(ChannelEvent(channel.call_id, Transferred(self.now, number)))

    def transfer_to_colleague(self, agent: str, colleague: str) -> None:
        """The agent connects the caller with the colleague who was asked, and is gone."""
        channel = next(channel for channel in self.channels.values() if channel.talking_to == agent)
        for leaving in (_phone(agent), f"{agent} asks"):
            self._report(BridgeChange(leaving, "", agent, self.now, entered=False))
        channel.talking_to = colleague
        self._report(BridgeChange(_phone(colleague), channel.call_id, colleague, self.now))
        self.device(agent, Device.IDLE)

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

    def do(self, call_id: str, command: cmd.ChannelCommand) -> None:
        """Takes a command for a channel; for one that is gone nothing happens."""
        channel = self.channels.get(call_id)
        if channel is None:
            return
        match command:
            case cmd.HangUpNow():
                self.hang_up(call_id)
            case cmd.CutPrompt():
                self.press(call_id, "#")
            case cmd.PauseRecording() | cmd.ResumeRecording():
                channel.unrecorded = isinstance(command, cmd.PauseRecording)
            case _:
                channel.queue.append(command)
                if channel.current is None:
                    self._next(channel)

    def live(self) -> tuple[list[LiveChannel], list[BridgeChange]]:
        """As `pbx.codec.decode_channels` gives them."""
        channels = [
            LiveChannel(
                c.call_id,
                c.passed_on_to or c.line,
                c.number,
                c.name,
                self.now - c.arrived_at,
                c.call_id if c.talking_to else "",
                transferred=bool(c.passed_on_to),
                waits_for_us=c.current is None,
            )
            for c in self.channels.values()
            if c.call_id not in self.legs
        ]
        channels += [
            LiveChannel(leg, "", "", "", 0.0, self._bridge_of(leg), ours=True, answered=leg in self.answered)
            for leg in self.legs
        ]
        talks = [c for c in self.channels.values() if c.talking_to]
        return channels, [change for c in talks for change in self._bridge(c, entered=True)]

    # -- channels that the controller makes -----------------------------------------------------------

    def do_leg(self, leg: str, command: LegCommand) -> None:
        """Takes a command for a channel of a promised call."""
        match command:
            case commands.DialAgent(_, agent):
                self._dial_leg(leg, agent)
            case commands.DialCustomer(_, number):
                self._dial_leg(leg, number)
            case commands.WhisperToAgent(_, id):
                self.at(self.now + PROMPT_SECONDS, lambda: self._report(ChannelEvent(leg, Done(self.now, id, ""))))
            case commands.TellAgent(_, outcome):
                self.told.append(outcome)
                self.at(self.now + PROMPT_SECONDS, lambda: self.end_leg(leg) if leg in self.legs else None)
            case commands.HangUpLeg() if leg in self.channels:
                self.hang_up(leg)
            case commands.HangUpLeg() if leg in self.legs:
                self.end_leg(leg)

    def _dial_leg(self, leg: str, whom: str) -> None:
        rings = whom in self.legs.values()  # another phone of the same agent
        if whom in self.devices and self.devices[whom] is not Device.IDLE and not rings:
            if self.devices[whom] is Device.IN_USE:
                self._report(ChannelEvent(leg, HungUp(self.now, "User busy", 17)))
            self._report(OwnChannelFailed(leg, self.now))
            return
        self.legs[leg] = whom
        self.dialled.append(whom)
        if whom in self.devices:
            self.device(whom, Device.IN_USE)

    def answer_leg(self, whom: str, *, machine: bool = False, ago: float = 0.0) -> None:
        """The agent or customer whose phone rings for a promised call picks up, or has so many seconds ago, when it had
        yet to be found out that no machine did."""
        leg = next(leg for leg, called in self.legs.items() if called == whom)
        self.answered.add(leg)
        if whom not in self.devices:
            self.channels[leg] = Channel(leg, "", whom, "", self.now)
        self._report(OwnChannelUp(leg, self.now - ago, machine))

    def end_leg(self, leg: str, code: int = 16, sip: int = 0) -> None:
        """A channel of a promised call ends: not answered, or hung up; `sip` is what the provider answered."""
        whom = self.legs.pop(leg)
        self.channels.pop(leg, None)
        if whom in self.devices and whom not in self.legs.values():
            self.device(whom, Device.IDLE)
            for channel in self.channels.values():
                if channel.talking_to == whom:
                    channel.talking_to, channel.dial_status = None, "SUCCESS"
                    self._end(channel, "SUCCESS")
                    break
        self._report(ChannelEvent(leg, HungUp(self.now, "", code), sip=sip))

    def _bridge(self, channel: Channel, *, entered: bool) -> list[BridgeChange]:
        assert channel.talking_to is not None
        return [
            BridgeChange(name, channel.call_id, agent, self.now, entered)
            for name, agent in ((channel.call_id, ""), (_phone(channel.talking_to), channel.talking_to))
        ]

    def _report_bridge(self, channel: Channel, *, entered: bool) -> None:
        for change in self._bridge(channel, entered=entered):
            self._report(change)

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
        while channel.queue and channel.current is None and channel.call_id in self.channels:
            command = channel.queue.popleft()
            match command:
                case cmd.Ask(_, prompts, seconds):
                    channel.music = None
                    channel.heard += prompts
                    self._begin(channel, command, PROMPT_SECONDS * len(prompts) + seconds, "")
                case cmd.Say(_, prompts):
                    self._say(channel, command, prompts)
                case cmd.Listen(_, silence_seconds, _seconds):
                    self._begin(channel, command, silence_seconds, "SILENCE")
                case cmd.Ring(_, agents, seconds):
                    self._ring(channel, command, agents, seconds)
                case cmd.Bridge(_, other):
                    self._bridge_with(channel, command, other)
                case cmd.DialOutside(_, number):
                    channel.music, channel.outside = None, number
                    self._begin(channel, command, OUTSIDE_SECONDS, "NOANSWER")
                case cmd.MusicOn(music):
                    channel.music = music
                case cmd.SetLanguage(language):
                    channel.language = language
                case cmd.HangUp():
                    self.hang_up(channel.call_id)
                case cmd.Probe() | cmd.CountSound() | cmd.ReadRingStatus():
                    self._tell(channel, command)

    def _bridge_with(self, channel: Channel, command: cmd.Bridge, other: str) -> None:
        channel.current = command
        if other not in self.legs:
            channel.dial_status = "NONEXISTENT"
            self._end(channel, "NONEXISTENT")
            return
        channel.generation += 1
        channel.talking_to = self.legs[other]
        self._report_bridge(channel, entered=True)

    def _tell(self, channel: Channel, command: cmd.Probe | cmd.CountSound | cmd.ReadRingStatus) -> None:
        value = {cmd.CountSound: channel.sound, cmd.ReadRingStatus: channel.dial_status}.get(type(command), "")
        self._report(ChannelEvent(channel.call_id, Done(self.now, command.id, value)))

    def _say(self, channel: Channel, command: cmd.Say, prompts: tuple[str, ...]) -> None:
        channel.music = None
        channel.heard += prompts
        self._begin(channel, command, self.say_seconds * len(prompts), "")
        if not self.say_seconds:
            self._end(channel, "")

    def _begin(self, channel: Channel, command: cmd.ChannelCommand, seconds: float, value: str) -> None:
        channel.current = command
        channel.generation += 1
        generation = channel.generation
        self.at(self.now + seconds, lambda: self._expire(channel, generation, value))

    def _expire(self, channel: Channel, generation: int, value: str) -> None:
        if channel.generation == generation:
            if isinstance(channel.current, cmd.Ring | cmd.DialOutside):
                self._ring_over(channel, value)
            else:
                self._end(channel, value or channel.typed)

    def _end(self, channel: Channel, value: str) -> None:
        command, channel.current, channel.typed = channel.current, None, ""
        channel.generation += 1
        assert isinstance(command, cmd.Ask | cmd.Say | cmd.Listen | cmd.Ring | cmd.Bridge | cmd.DialOutside)
        if command.id:
            self._report(ChannelEvent(channel.call_id, Done(self.now, command.id, value)))
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
        if talking:
            self._report_bridge(channel, entered=False)
        channel.ringing, channel.talking_to = (), None
        for agent in agents:
            self.device(agent, Device.IDLE)


def _phone(agent: str) -> str:
    """The channel of an agent's phone."""
    return f"{agent}'s phone"
