"""The runner on a switch that is not there, with an invented clock: for tests and for the simulator.

Nothing waits: `World` jumps from one thing that happens to the next. What the switch may claim is checked by
the scenarios in tests/support/scenarios.py, which run on the real Asterisk too.
"""

import uuid
from collections.abc import Callable

from callback import promise as pr
from callback.commands import DialAgent
from callback.policy import DiallingRules, expires_at
from callback.trunk import TrunkHealth, TrunkReport
from controller.numbers import numbers
from controller.output import CallWrite, Output, Wanted
from controller.promise_rows import Origin, PromiseChange, key_of
from controller.runner import Runner
from ivr import commands as cmd
from ivr.events import CallerKnown, LookedUp
from ivr.flow import EntryPointHours, flows
from pbx.fake_switch import Channel, FakeSwitch
from pbx.legs import LegCommand
from pbx.reports import ChannelEvent, Decoded, DeviceChanged
from queueing.agents import AgentChoice
from queueing.router import AgentMode, PoolAgent
from ringback.config import TICKET, Settings

__all__ = ["Channel", "FakeSwitch", "World"]


class World:
    """The runner on a fake switch with an invented clock. Everything the runner wrote is kept."""

    def __init__(
        self,
        settings: Settings,
        start: float = 1_800_000_000.0,
        write: Callable[[Output], object] | None = None,
        trunk: Callable[[], TrunkHealth | None] = lambda: None,
        who: Callable[[str, float], CallerKnown] | None = None,
    ) -> None:
        """`write` gets what the controller would give to the store; `trunk` makes what a controller knows of it; `who`
        says of a number what the store knows (None: nobody looks it up)."""
        self.settings = settings
        self.versions: dict[int, Settings] = {0: settings}
        """Settings by the number of their version; the last are in force."""
        self._make_trunk = trunk
        self.trunk: TrunkReport | None = None
        """How it is with the trunk, as the controller last wrote it."""
        self._write = write
        self._who = who
        self._reported: list[Decoded] = []
        self.switch = self._new_switch()
        self.switch.now = self.switch.started_at = start
        self.runner = self._new_runner()
        self.controller_up = True
        self.rows: dict[str, CallWrite] = {}
        """The newest write of every call, as the store would have it."""
        self.seqs: dict[str, int] = {}
        self.promises: dict[uuid.UUID, PromiseChange] = {}
        """The newest write of every promise."""
        self.agents: dict[str, AgentChoice] = {}
        """What agents had chosen, as the store would have it."""
        self.answer: Callable[[cmd.LookUp], LookedUp | None] = self._nobody_knows
        """What becomes of what callers look up; None: nothing is heard of it."""
        self.unused: list[str] = []
        """Channels whose recording the controller would throw away."""

    @property
    def now(self) -> float:
        return self.switch.now

    def _nobody_knows(self, question: cmd.LookUp) -> LookedUp:
        """There are no tickets here, and no systems beside."""
        return LookedUp(self.now, question.id, "unknown" if question.name == TICKET else "failed")

    def _take_up(self, wanted: Wanted) -> None:
        """What the store does with a callback request: one open promise a number."""
        facts = wanted.facts
        assert facts.promised_number is not None
        queue = facts.queue or self.runner.book.now[facts.line].menu.operator_queue
        row = uuid.UUID(int=len(self.promises) + 1)
        promise = pr.CallbackMachine(
            key=key_of(row),
            number=facts.promised_number,
            queue=queue,
            language=facts.language,
            line=facts.line,
            arrived_at=wanted.place_at,
            expires_at=expires_at(wanted.not_before or self.now, self.settings),
            not_before=wanted.not_before or 0.0,
            asked_at=None if facts.closed else self.now,
            customer_first=self.settings.queues[queue].callback == "customer_first",
        )
        path = tuple((step["menu"], step["key"], step["label"]) for step in facts.menu_path)
        self.runner.outbound.add(promise, row, Origin(facts.caller_name, path), self.now)

    def _new_switch(self) -> FakeSwitch:
        return FakeSwitch(self._reported.append)

    def _new_runner(self) -> Runner:
        rules = DiallingRules(self.settings, EntryPointHours(flows(self.settings)))
        self._rules = rules
        known = numbers(rules, lambda: self.now)
        looked_up = self._who is not None
        return Runner(
            self.settings, rules, known, trunk=self._make_trunk(), tells_who=looked_up, version=max(self.versions)
        )

    def publish(self, settings: Settings) -> None:
        """What the controller does with other settings; the switch is given its part by whoever tests."""
        self.settings, version = settings, max(self.versions) + 1
        self.versions[version] = settings
        self._rules.take_settings(settings, EntryPointHours(flows(settings)))
        self.runner.take_settings(settings, version, self._make_trunk(), self.now)
        self.settle()

    def report(self, what: Decoded) -> None:
        """Something that the switch says by itself."""
        self._reported.append(what)
        self.settle()

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
                self.rows[write.facts.call_id] = write
                if write.events:
                    self.seqs[write.facts.call_id] = write.events[-1][0]
            self._send_out(out)
            self.unused += out.unused
            self.trunk = out.trunk[-1] if out.trunk else self.trunk
            self.agents |= {agent.name: _left(agent) for agent in out.agents}
            for name in out.agents_left:
                self.agents.pop(name, None)
            for promise in out.promises:
                self.promises[promise.id] = promise
            for wanted in out.callback_requests:
                self._take_up(wanted)
            if not self._reported and not out.callback_requests:
                return
        self._reported.clear()  # nobody listened

    def _send_out(self, out: Output) -> None:
        """As the controller does: to the switch, and to whoever can answer what callers look up."""
        for call_id, command in out.commands:
            self.switch.do(call_id, command)
        for leg, leg_command in out.legs:
            self._do_leg(leg, leg_command)
        answers = [(call_id, self.answer(question)) for call_id, question in out.questions]
        self._reported += [ChannelEvent(call_id, answer) for call_id, answer in answers if answer is not None]
        if (who := self._who) is not None:
            self._reported += [ChannelEvent(call_id, who(number, self.now)) for call_id, number in out.lookups]

    def _do_leg(self, leg: str, command: LegCommand) -> None:
        """As `controller/leg_sender.py`: each phone of an agent gets a channel."""
        legs = [leg]
        if isinstance(command, DialAgent):
            legs = self.runner.outbound.spread(leg, self.switch.phones.get(command.agent, 1), self.now)
        for each in legs:
            self.switch.do_leg(each, command)

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
            (row.snapshot, self.seqs[call_id]) for call_id, row in self.rows.items() if row.snapshot is not None
        ]
        self.runner.restore(unfinished, self.versions)
        for left in self.agents.values():
            self.runner.router.take_up(left, self.now)
        for row, write in self.promises.items():
            self.runner.outbound.add(pr.CallbackMachine.restore(write.snapshot), row, write.origin, self.now)
        self.controller_up = True
        channels, bridged = self.switch.live()
        devices = [DeviceChanged(agent, device) for agent, device in self.switch.devices.items()]
        since = self.now if lost_at is None else lost_at
        self.runner.compare(channels, bridged, devices, self.switch.started_at, since, self.now)
        self.settle()


def _left(agent: PoolAgent) -> AgentChoice:
    queues = None if agent.chosen is None else tuple(sorted(agent.chosen))
    out, wrapping_up = agent.mode is AgentMode.LOGGED_OUT, agent.mode is AgentMode.WRAP_UP
    return AgentChoice(agent.name, queues, agent.paused, out, wrapping_up, agent.since, agent.lost)
