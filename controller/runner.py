"""Feeds calls: switch events in, commands and rows out. Knows which calls there are, and their timers.

The runner does no I/O itself. `controller/controller.py` gives it what arrived and the time, and takes what is to be
written and sent, in that order: a row is committed before its commands leave, so that a controller that dies between
the two takes up each call where its row says. `controller/simulated.py` runs the same code, thousands of times faster.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from callback.policy import DiallingRules
from callback.promise import CallbackMachine
from callback.rules import Rules
from callback.trunk import TrunkHealth
from controller.agent_history import AgentHistory
from controller.bridges import Bridges
from controller.feature_codes import FeatureCodes
from controller.flow_book import FlowBook
from controller.hours_watch import HoursWatch
from controller.in_line import CallsInLine
from controller.known_problems import ProblemBook
from controller.outbound import Outbound
from controller.output import LegEnd, Output, Wanted
from controller.promise_rows import known_by, promise_of
from controller.registry import CallRegistry, Entry
from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import (
    Adopted,
    AgentLost,
    Arrived,
    CalledBack,
    EndAsked,
    Event,
    FallbackTook,
    HungUp,
    KeyPressed,
    Offered,
    PbxLost,
    PlaceKept,
    PositionDue,
    RecordingPaused,
    RecordingResumed,
    Transferred,
    limit_reached,
)
from ivr.flow import NO_CALLBACKS, Numbers, Surroundings, flows
from ivr.table import CallState
from pbx.codec import VANISHED
from pbx.reports import (
    BridgeChange,
    ChannelEvent,
    CodeDialled,
    Decoded,
    DeviceChanged,
    HoldChange,
    LineEntered,
    LiveChannel,
    OwnChannelFailed,
    OwnChannelGivenUp,
    OwnChannelRings,
    OwnChannelUp,
    PhoneSeen,
    TrunkAnswers,
    TrunkRegistration,
)
from queueing.decisions import Announcement, Decision, Offer, Overflow, Overstay, Reason
from queueing.expected_wait import ExpectedWait
from queueing.router import Device, Router
from ringback.config import Settings

log = logging.getLogger(__name__)
NOTHING: Mapping[Any, Any] = MappingProxyType({})


class Runner:
    """All calls of one switch and their waiting line."""

    def __init__(
        self,
        settings: Settings,
        rules: Rules | None = None,
        numbers: Numbers = NO_CALLBACKS,
        expected: ExpectedWait | None = None,
        trunk: TrunkHealth | None = None,
        *,
        tells_who: bool = False,
        version: int = 0,
    ) -> None:
        """`rules` and `numbers` decide who is called back; without them nobody is. Without `expected` callers are told
        their position alone. Without `trunk` the provider is in order. `tells_who`: lookups of the output are done."""
        self.router = Router(settings, expected)
        self.problems = ProblemBook()
        around = Surroundings(self.router.is_staffed, self.problems.of, tells_who)
        self.book = FlowBook(lambda given, number: flows(given, numbers, around, number), settings, version)
        self._numbers = numbers
        self.outbound = Outbound(
            self.router,
            rules or DiallingRules(settings),
            send=lambda leg, command: self._out.legs.append((leg, command)),
            begin=self._begin_back,
            offer=self._offer,
            operator_queue=lambda line: self.book.any(line).menu.operator_queue,
            trunk=trunk,
        )
        self._registry = CallRegistry()
        self._line = CallsInLine(self.router, self._registry, self.book, numbers, self.outbound.line_of)
        self._bridges = Bridges(lambda channel: channel in self._registry, self.router.agents, self._talk_of)
        self._codes = FeatureCodes(self.router)
        self._hours = HoursWatch(self.router)
        self._agents = AgentHistory()
        self._now = 0.0
        """The time of the last step."""
        self._out = Output()

    @property
    def calls(self) -> dict[str, CallDriver]:
        """The calls that go on or have not settled yet, by call_id."""
        return {call_id: entry.call for call_id, entry in self._registry.items()}

    # -- in ----------------------------------------------------------------------------------------

    def restore(
        self, snapshots: Iterable[tuple[dict[str, Any], int]], before: Mapping[int, Settings] = NOTHING
    ) -> None:
        """Takes up calls from their rows: each snapshot with its last sequence number. `before` has the settings of
        versions that calls began with and that hold no more."""
        for snapshot, seq in snapshots:
            call_id, number = snapshot["facts"]["call_id"], snapshot["facts"]["line"]
            flow = self.book.began_with(number, snapshot.get("version", 0), before)
            call = CallDriver.restore(snapshot, flow)
            if call.facts.queue is not None and call.facts.queue not in flow.queues:
                call.facts.queue = flow.menu.operator_queue
            if call.facts.called_back:
                self._registry.enter(call, promise_of(call_id), seq)
            else:
                self._registry.enter(call, call_id, seq)
                self._know_caller(call, call.facts.arrived_at or 0.0)

    def take_settings(self, settings: Settings, version: int, trunk: TrunkHealth | None, now: float) -> None:
        """Other settings hold from now on: for who comes all of them, for who is inside those of the line."""
        self._now = now
        self.book.take(settings, version)
        for call in self.calls.values():
            call.take_flow(self.book.widened(call.flow))
        decisions = self.router.take_settings(settings, self._line.successor, now)
        self.outbound.take_settings(trunk, now)
        for due in decisions:
            self._decided(due, now)

    def feed(self, items: Iterable[Decoded], now: float) -> None:
        """Takes in what the switch reported."""
        self._now = now
        for item in items:
            match item:
                case LineEntered():
                    self._registry.entered(item)
                case ChannelEvent():
                    if isinstance(item.event, HungUp | Arrived):
                        self._begun(item)
                    self._note_leg_end(item, now)
                    self._feed_call(item, now)
                case DeviceChanged(agent, device):
                    self._phone_is(agent, device, now)
                case PhoneSeen(agent):
                    self._offer(self.router.phone_seen(agent, now), now)
                case CodeDialled(channel, agent, code):
                    self._do_code(channel, agent, code, now)
                case OwnChannelUp(leg, at, machine):
                    self.outbound.leg_up(leg, machine, at, now)
                case (
                    OwnChannelFailed() | OwnChannelRings() | OwnChannelGivenUp() | TrunkAnswers() | TrunkRegistration()
                ):
                    self.outbound.told(item, now)
                case BridgeChange():
                    self._receive_all(self._bridges.change(item), now)
                case HoldChange():
                    self._receive_all(self._bridges.hold(item), now)

    def _feed_call(self, item: ChannelEvent, now: float) -> None:
        """An event of a channel: of a call, of an agent's phone, or of one that we made."""
        channel, event = item.call_id, item.event
        if channel in self._registry:
            self._receive(channel, event, now)
        elif isinstance(event, Arrived):
            if not self._registry.is_over(channel):
                self._begin(channel, event, now)
        elif isinstance(event, KeyPressed) and self._bridges.agent_of(channel) is not None:
            self._receive_all(self._bridges.key(channel, event), now)
        elif isinstance(event, HungUp) and channel in self._codes:
            self._offer(self._codes.hung_up(channel, now), now)
        else:
            self.outbound.leg_event(channel, event, now, item.sip)

    def _begun(self, item: ChannelEvent) -> None:
        """What came to a line is a call from now on, or is gone; one that was answered is a call even so."""
        entered, missed = self._registry.take_entered(item.call_id), item.missed
        if missed is None or item.call_id in self._registry or self._registry.is_over(item.call_id):
            return
        if entered is not None:
            # Dialled in another spelling, a number leads to its line within the dialplan.
            line = entered.line if entered.line in self.book.now else missed.line
            missed = replace(missed, line=line, at=entered.at)
        flow = self.book.line(missed.line)
        if flow is not None:
            self._registry.enter(CallDriver(item.call_id, flow), item.call_id)
            self._receive(item.call_id, missed, self._now)

    def compare(
        self,
        channels: list[LiveChannel],
        bridged: list[BridgeChange],
        devices: Iterable[DeviceChanged],
        switch_started_at: float,
        lost_at: float,
        now: float,
        heard_until: Mapping[str, float] = NOTHING,
    ) -> None:
        """Brings every call in line with what the switch has, after a time without its events.

        `bridged` is who is connected with whom. `lost_at` is when the events stopped, `heard_until` when a call's sound
        was last written: a call that is no longer there ended then, as far as anybody knows.
        """
        there = {channel.call_id: channel for channel in channels}
        self._registry.keep_entered(there)
        self._bridges.restore(bridged)
        talking = {member.bridge: member.agent for member in bridged if member.agent}
        for call_id, entry in list(self._registry.items()):
            arrived_at = entry.call.facts.arrived_at or 0.0
            if call_id in there:
                self._adopt(call_id, there[call_id], talking, now)
            elif not entry.call.memory.hung_up:
                ended_at = max(arrived_at, min(max(lost_at, heard_until.get(call_id, 0.0)), now))
                lost = arrived_at < switch_started_at
                gone: Event = PbxLost(ended_at) if lost else HungUp(ended_at, "ended while nobody listened")
                self._receive(call_id, gone, now)
        known = {device.agent: device.device for device in devices}
        self._codes.forget()
        for agent in self.router.agents:
            self._phone_is(agent, known.get(agent, Device.UNREACHABLE), now)
        self.outbound.compare({c.call_id: c for c in channels if c.ours and c.call_id not in self._registry}, now)
        for call_id, channel in there.items():
            if call_id not in self._registry and not channel.ours and channel.waits_for_us:
                arrived = Arrived(now - channel.seconds, channel.line, channel.caller_number, channel.caller_name)
                self._begin(call_id, arrived, now)

    def keep_place(self, caller_number: str, line: str, place_at: float, cut_off_at: float) -> None:
        """A caller was cut off in the line before this runner began: said in the order in which it happened."""
        flow = self.book.line(line)
        number = None if flow is None else self._numbers.read(caller_number, flow.line.default_country)
        if number is not None:
            self.router.keep_place(number, place_at, cut_off_at)

    def _phone_is(self, agent: str, device: Device, now: float) -> None:
        self._agents.phone_reported(agent)
        self._offer(self._codes.device(agent, device, now), now)

    def _note_leg_end(self, item: ChannelEvent, now: float) -> None:
        """What is known of how a leg sounded is written with its call; an agent's that vanished is heard of there."""
        if not isinstance(item.event, HungUp):
            return
        is_call = item.call_id in self._registry
        leg = (item.call_id, None) if is_call else self._bridges.leg_ended(item.call_id)
        if leg is not None and item.quality is not None:
            self._out.leg_ends.append(LegEnd(leg[0], item.call_id, leg[1], item.event.at, item.quality))
        if leg is not None and leg[1] is not None and item.event.code == VANISHED and leg[0] in self._registry:
            self._receive(leg[0], AgentLost(item.event.at, leg[1]), now)

    def _adopt(self, call_id: str, channel: LiveChannel, talking: dict[str, str], now: float) -> None:
        call = self._registry[call_id].call
        if channel.in_fallback:
            if not call.memory.in_fallback:
                self._receive(call_id, FallbackTook(now), now)
        elif channel.transferred and channel.waits_for_us and call.state is CallState.TALKING:
            self._receive(call_id, Transferred(now, channel.line), now)
        else:
            self._receive(call_id, Adopted(now, talking.get(channel.bridge)), now)

    def pause_recording(self, call_id: str, by: str, reason: str, now: float) -> bool:
        """What is said from now on is left out of the recording. False: nobody talks there just now."""
        if call_id not in self._registry or self._registry[call_id].call.state is not CallState.TALKING:
            return False
        self._receive(call_id, RecordingPaused(now, by, reason), now)
        return True

    def resume_recording(self, call_id: str, by: str, now: float) -> bool:
        """False: there is no such call."""
        if call_id not in self._registry:
            return False
        self._receive(call_id, RecordingResumed(now, by), now)
        return True

    def end_call(self, call_id: str, by: str, now: float) -> bool:
        """Somebody of ours ends a call, whoever is on it. False: there is no such call."""
        if call_id not in self._registry or self._registry[call_id].call.memory.hung_up:
            return False
        self._receive(call_id, EndAsked(now, by), now)
        return True

    def pause(self, agent: str, reason: str, now: float) -> None:
        """Raises KeyError for an agent who does not exist."""
        self._offer(self.router.pause(agent, reason, now), now)

    def resume(self, agent: str, now: float, *, disposed: bool = False) -> None:
        """`disposed`: only as far as that takes the word on how the call went. Raises KeyError for no agent of ours."""
        self._offer(self.router.disposed(agent, now) if disposed else self.router.resume(agent, now), now)

    def login(self, agent: str, now: float, queues: list[str] | None = None) -> None:
        """Raises KeyError for an agent or a queue that does not exist."""
        self._offer(self.router.login(agent, now, queues), now)

    def logout(self, agent: str, now: float) -> None:
        """Raises KeyError for an agent who does not exist."""
        self._offer(self.router.logout(agent, now), now)

    def live_channels(self) -> set[str]:
        """Callers', agents' and our own channels whose phones could vanish."""
        callers = {call_id for call_id, entry in self._registry.items() if not entry.call.memory.hung_up}
        return callers | self._bridges.agents_channels | self.outbound.answered_legs

    def next_timer(self) -> float | None:
        """When `tick` wants to be called."""
        timers = (part.next_timer() for part in (self._registry, self.router, self.outbound, self._hours))
        return min((time for time in timers if time is not None), default=None)

    def tick(self, now: float) -> None:
        """Does what is due."""
        self._now = now
        for entry in self._registry.due(now):
            commands = entry.call.handle_timer(now)
            self._follow(entry, Event(now), commands)
            self._apply(entry, commands, now)
        if (line := self.router.next_timer()) is not None and line <= now:
            for due in self.router.tick(now):
                self._decided(due, now)
        calls = ((entry.line_key, call_id, entry.call) for call_id, entry in self._registry.items())
        self._receive_all(self._hours.look(calls, now), now)
        self.outbound.tick(now)

    def _decided(self, due: Decision, now: float) -> None:
        """What the line has decided is done."""
        match due:
            case Offer():
                self._offer([due], now)
            case Announcement(key, position, minutes) if (call := self._registry.named(key)) in self._registry:
                self._announce(key, call, PositionDue(now, position, minutes), now)
            case Overflow(key, to, reason) if (call := self._registry.named(key)) in self._registry:
                self._registry[call].visits.limit_reached(reason.name.lower())
                self._receive(call, limit_reached(to, now), now)
                self._registry[call].visits.entered_line(self.router.position(key))
            case Overstay():
                self._out.overstays.append(due)

    # -- out ---------------------------------------------------------------------------------------

    def take_output(self) -> Output:
        """What has followed since the last time this was asked."""
        for call in self._registry.settled():
            if call.facts.result is not None:
                self.outbound.call_over(call.facts.call_id, call.facts.result, call.facts.ended_at or 0.0)
                self.outbound.caller_gone(call.facts.call_id, call.facts.ended_at or 0.0, call.facts.fixed_told)
        out, self._out = self._out, Output()
        out.promises = self.outbound.take_writes()
        out.unused = self.outbound.take_unused()
        out.trunk = self.outbound.turns.take_report()
        # In the line a promised call has the promise's name, in the store its own.
        own = self._registry.own_name
        changed, left = self.router.take_changes(), self.router.take_left()
        out.agents = [replace(agent, call=own(agent.call)) for agent in changed]
        out.agents_left = [agent.name for agent in left if agent.name not in self.router.agents]
        out.agent_changes = self._agents.take(self.router.agents, changed, left, self._now)
        out.outcomes = [
            replace(outcome, forecast=replace(outcome.forecast, call=self._registry.named(outcome.forecast.call)))
            for outcome in self.router.take_outcomes()
        ]
        out.writes = self._registry.take_writes()
        return out

    def _talk_of(self, agent: str) -> str | None:
        """The call on which an agent talks; None: on none, or for a promise whose customer has yet to answer."""
        known = self.router.agents.get(agent)
        return self._registry.own_name(known.call) if known is not None and known.talking else None

    def _do_code(self, channel: str, agent: str, code: str, now: float) -> None:
        """An agent's feature code: done, and said so on the agent's phone."""
        said, offers = self._codes.dialled(channel, agent, code, now)
        self._offer(offers, now)
        self._out.commands += [(channel, cmd.Ask("code", (said,), 0)), (channel, cmd.HangUp())]

    # -- between -----------------------------------------------------------------------------------

    def _begin(self, call_id: str, arrived: Arrived, now: float) -> None:
        if (flow := self.book.line(arrived.line)) is None:
            log.error("%s came for %s, which is no line in the settings", call_id, arrived.line)
            self._out.commands.append((call_id, cmd.HangUpNow()))
            return
        self._registry.enter(CallDriver(call_id, flow), call_id)
        self._receive(call_id, arrived, now)
        if (number := self._numbers.read(arrived.caller_number, flow.line.default_country)) is not None:
            if (promise := self._know_caller(self._registry[call_id].call, now)) is not None:
                self._receive(call_id, known_by(promise, number, now), now)
            self._out.lookups.append((call_id, number))

    def _know_caller(self, call: CallDriver, now: float) -> CallbackMachine | None:
        """Nobody is called back who is on the phone with us; the promise that stands for this caller."""
        facts, promise = call.facts, None
        for number in (self._numbers.read(facts.caller_number, call.flow.line.default_country), facts.promised_number):
            if number is not None:
                promise = self.outbound.caller_came(number, facts.call_id, now) or promise
        return promise

    def _announce(self, key: str, call_id: str, due: PositionDue, now: float) -> None:
        said = self._registry[call_id].call.memory.announcements
        self._receive(call_id, due, now)
        if self._registry[call_id].call.memory.announcements == said:
            self.router.unsaid(key)
        else:
            self._registry[call_id].visits.announced(due.minutes)

    def _begin_back(self, call_id: str, event: CalledBack, line_key: str, now: float) -> None:
        """A customer has answered our call."""
        self._registry.enter(CallDriver(call_id, self.book.any(event.line)), line_key)
        self._receive(call_id, event, now)
        self._out.lookups.append((call_id, event.caller_number))

    def _receive_all(self, events: Iterable[tuple[str, Event]], now: float) -> None:
        for call_id, event in events:
            self._receive(call_id, event, now)

    def _receive(self, call_id: str, event: Event, now: float) -> None:
        entry = self._registry[call_id]
        entry.note(event)
        try:
            commands = entry.call.receive(event, now)
        except Exception:
            # Our own mistake, whatever it is: it must not take the other calls with it.
            log.exception("%s: the call broke on %s and is ended with an apology", call_id, event)
            commands = entry.call.give_up(now)
        self._follow(entry, event, commands)
        self._apply(entry, commands, now)

    @staticmethod
    def _follow(entry: Entry, event: Event, commands: list[cmd.Command]) -> None:
        """Keeps the history of the call; a mistake of ours there must not touch the call."""
        try:
            entry.visits.follow(event, commands)
            if entry.call.settled:
                entry.visits.settle()
        except Exception:
            log.exception("%s: its visits to queues could not be followed at %s", entry.call.facts.call_id, event)

    def _apply(self, entry: Entry, commands: list[cmd.Command], now: float) -> None:
        """Passes a call's commands on; what the line answers comes after all of them."""
        offers: list[Offer] = []
        kept: PlaceKept | None = None
        gone = any(self._line.is_gone(command) for command in commands)
        call_id, key = entry.call.facts.call_id, entry.line_key
        for command in commands:
            match command:
                case cmd.JoinQueue():
                    joined, kept = self._line.join(entry, command, now)
                    offers += joined
                case cmd.RejoinQueue():
                    offers += self._line.rejoin(entry, command, now)
                case cmd.Connected(agent):
                    offers += self.router.connected(key, agent, now)
                    self.outbound.caller_served(call_id, entry.call.facts.connected_at or now, now)
                case cmd.PassedOn(agent):
                    offers += self.router.passed_on(key, agent, now)
                case cmd.LeaveQueue(cut_off):
                    offers += self.router.leave(key, now, cut_off)
                case cmd.PromiseCallback(number, not_before):
                    self.outbound.caller_came(number, call_id, now)  # until this call is over
                    place = entry.call.memory.place_at or entry.call.facts.arrived_at or now
                    self._out.callback_requests.append(Wanted(entry.call.record(), place, not_before))
                case cmd.LookUp():
                    self._out.questions.append((call_id, command))
                case _:
                    self._out.commands.append((call_id, command))
        self._registry.touch(call_id)
        if gone:
            self._decided(Overflow(key, self._line.successor(key), Reason.QUEUE_GONE, ""), now)
        self._offer(offers, now)
        if kept is not None:
            self._receive(call_id, kept, now)

    def _offer(self, offers: list[Offer], now: float) -> None:
        self._now = now
        for offer in offers:
            call_id = self._registry.named(offer.call)
            entry = self._registry.get(call_id)
            if entry is not None:
                self._receive(call_id, Offered(now, entry.call.memory.offers + 1, offer.agents), now)
            elif self.outbound.owns_line_key(offer.call):
                self.outbound.offered(offer.call, offer.agent, now)
            else:
                self._offer(self.router.leave(offer.call, now), now)
