"""Feeds calls: switch events in, commands and rows out. Knows which calls there are, and their timers.

The runner does no I/O itself. `pbx/controller.py` gives it what arrived and the time, and takes what is
to be written and sent, in that order: a row is committed before its commands leave, so that a
controller that dies between the two takes up each call where its row says. The same code runs against
`pbx/fake.py` thousands of times a second.
"""

import heapq
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ivr import commands as cmd
from ivr.call import Call
from ivr.errors import FlowError
from ivr.events import Adopted, Arrived, Event, HungUp, Offered, PbxLost, PositionDue
from ivr.facts import Facts
from ivr.flow import Flow, flow_for, flows
from pbx.codec import CallEvent, DeviceChanged, LiveChannel
from queueing.line import Agent, Announcement, Device, Line, Offer
from ringback.config import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallWrite:
    """What is to be written of one call."""

    facts: Facts
    state: str
    snapshot: dict[str, Any] | None
    """None: the call has settled and never comes back."""
    events: list[tuple[int, Event]]
    """New events with their sequence numbers within the call."""


@dataclass(slots=True)
class Output:
    """What follows from one step."""

    commands: list[tuple[str, cmd.ChannelCommand]] = field(default_factory=list)
    """With the linkedid of the call, in the order they must be sent."""
    writes: list[CallWrite] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)
    """Agents whose mode has changed."""


@dataclass(slots=True)
class _Entry:
    call: Call
    seq: int = 0
    new_events: list[tuple[int, Event]] = field(default_factory=list)
    timer: float | None = None
    """The time this call has in the heap; other times there for it are stale."""


class Runner:
    """All calls of one switch and their waiting line."""

    def __init__(self, settings: Settings) -> None:
        self.flows: dict[str, Flow] = flows(settings)
        self.line = Line(settings)
        self._entries: dict[str, _Entry] = {}
        self._timers: list[tuple[float, str]] = []
        self._touched: dict[str, None] = {}
        self._out = Output()

    @property
    def calls(self) -> dict[str, Call]:
        """The calls that go on or have not settled yet, by linkedid."""
        return {linkedid: entry.call for linkedid, entry in self._entries.items()}

    # -- in ----------------------------------------------------------------------------------------

    def restore(self, snapshots: Iterable[tuple[dict[str, Any], int]]) -> None:
        """Takes up calls from their rows: each snapshot with its last sequence number."""
        for snapshot, seq in snapshots:
            linkedid, number = snapshot["facts"]["linkedid"], snapshot["facts"]["line"]
            # A line that is no longer in the settings: its callers are finished with another line's flow.
            flow = self.flows.get(number) or next(iter(self.flows.values()))
            self._entries[linkedid] = _Entry(Call.restore(snapshot, flow), seq)

    def feed(self, items: Iterable[CallEvent | DeviceChanged], now: float) -> None:
        """Takes in what the switch reported."""
        for item in items:
            if isinstance(item, DeviceChanged):
                self._offer(self.line.device(item.agent, item.device, now), now)
            elif item.linkedid in self._entries:
                self._receive(item.linkedid, item.event, now)
            elif isinstance(item.event, Arrived):
                self._begin(item.linkedid, item.event, now)

    def compare(
        self,
        channels: list[LiveChannel],
        talking: dict[str, str],
        devices: Iterable[DeviceChanged],
        switch_started_at: float,
        lost_at: float,
        now: float,
    ) -> None:
        """Brings every call in line with what the switch has, after a time without its events.

        `talking` is the agent in each bridge. `lost_at` is when the events stopped: the best that is
        known of when a call ended that is no longer there.
        """
        there = {channel.linkedid: channel for channel in channels}
        for linkedid, entry in list(self._entries.items()):
            arrived_at = entry.call.facts.arrived_at or 0.0
            if linkedid in there:
                self._receive(linkedid, Adopted(now, talking.get(there[linkedid].bridge)), now)
            elif not entry.call.memory.hung_up:
                ended_at = max(arrived_at, min(lost_at, now))
                lost = arrived_at < switch_started_at
                gone: Event = PbxLost(ended_at) if lost else HungUp(ended_at, "ended while nobody listened")
                self._receive(linkedid, gone, now)
        known = {device.agent: device.device for device in devices}
        for agent in self.line.agents:
            self._offer(self.line.device(agent, known.get(agent, Device.UNREACHABLE), now), now)
        for linkedid, channel in there.items():
            if linkedid not in self._entries:
                arrived = Arrived(now - channel.seconds, channel.line, channel.caller_number, channel.caller_name)
                self._begin(linkedid, arrived, now)

    def pause(self, agent: str, reason: str, now: float) -> None:
        """Raises KeyError for an agent who does not exist."""
        self._offer(self.line.pause(agent, reason, now), now)

    def resume(self, agent: str, now: float) -> None:
        """Raises KeyError for an agent who does not exist."""
        self._offer(self.line.resume(agent, now), now)

    def next_timer(self) -> float | None:
        """When `tick` wants to be called."""
        while self._timers and not self._is_armed(*self._timers[0]):
            heapq.heappop(self._timers)
        times = [self._timers[0][0]] if self._timers else []
        line = self.line.next_timer()
        return min(times + ([line] if line is not None else []), default=None)

    def tick(self, now: float) -> None:
        """Does what is due."""
        while self._timers and self._timers[0][0] <= now:
            time, linkedid = heapq.heappop(self._timers)
            if self._is_armed(time, linkedid):
                entry = self._entries[linkedid]
                entry.timer = None
                self._apply(linkedid, entry.call.handle_timer(now), now)
        if (line := self.line.next_timer()) is not None and line <= now:
            for due in self.line.tick(now):
                match due:
                    case Offer():
                        self._offer([due], now)
                    case Announcement(call, position):
                        self._receive(call, PositionDue(now, position), now)

    # -- out ---------------------------------------------------------------------------------------

    def take_output(self) -> Output:
        """What has followed since the last time this was asked."""
        out, self._out = self._out, Output()
        for linkedid in self._touched:
            entry = self._entries[linkedid]
            settled = entry.call.settled
            snapshot = None if settled else entry.call.snapshot()
            out.writes.append(CallWrite(entry.call.record(), entry.call.state, snapshot, entry.new_events))
            entry.new_events = []
            if settled:
                del self._entries[linkedid]
        self._touched.clear()
        out.agents = self.line.take_changes()
        return out

    # -- between -----------------------------------------------------------------------------------

    def _begin(self, linkedid: str, arrived: Arrived, now: float) -> None:
        try:
            flow = flow_for(self.flows, arrived.line)
        except FlowError as error:
            log.error("%s", error)
            self._out.commands.append((linkedid, cmd.HangUpNow()))
            return
        self._entries[linkedid] = _Entry(Call(linkedid, flow))
        self._receive(linkedid, arrived, now)

    def _receive(self, linkedid: str, event: Event, now: float) -> None:
        entry = self._entries[linkedid]
        entry.seq += 1
        entry.new_events.append((entry.seq, event))
        try:
            commands = entry.call.receive(event, now)
        except Exception:
            # Our own mistake, whatever it is: it must not take the other calls with it.
            log.exception("%s: the call broke on %s and is ended with an apology", linkedid, event)
            commands = entry.call.give_up(now)
        self._apply(linkedid, commands, now)

    def _apply(self, linkedid: str, commands: list[cmd.Command], now: float) -> None:
        """Passes a call's commands on; what the line answers comes after all of them."""
        offers: list[Offer] = []
        for command in commands:
            match command:
                case cmd.JoinLine(queue, arrived_at):
                    offers += self.line.join(linkedid, queue, arrived_at, now)
                case cmd.RejoinLine(queue, arrived_at, missed_by):
                    offers += self.line.missed(linkedid, queue, arrived_at, missed_by, now)
                case cmd.Connected(agent):
                    self.line.connected(linkedid, agent, now)
                case cmd.LeaveLine():
                    offers += self.line.leave(linkedid, now)
                case _:
                    self._out.commands.append((linkedid, command))
        self._touched[linkedid] = None
        entry = self._entries[linkedid]
        timer = entry.call.next_timer()
        if timer != entry.timer:
            entry.timer = timer
            if timer is not None:
                heapq.heappush(self._timers, (timer, linkedid))
        self._offer(offers, now)

    def _offer(self, offers: list[Offer], now: float) -> None:
        for offer in offers:
            entry = self._entries.get(offer.call)
            if entry is None:
                self._offer(self.line.leave(offer.call, now), now)
            else:
                self._receive(offer.call, Offered(now, entry.call.memory.offers + 1, offer.agent), now)

    def _is_armed(self, time: float, linkedid: str) -> bool:
        entry = self._entries.get(linkedid)
        return entry is not None and entry.timer == time
