"""Callers of the past in a world of other settings: the very runner, calls and line, on the fake switch.

Owns what callers and agents do there, by their plans; leaves every decision to `controller/runner.py` and what is
behind it, and who wants what to `app/replay/matching.py`. Prompts take no time of their own: a key is pressed when it
was. What comes after the talk (the survey) is not played, because it holds no agent.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from app.replay.matching import MenuMatcher
from app.replay.plans import ANSWERED, AgentElsewhere, AgentWas, CallerPlan, CallerWants, CallOutcome, came_to
from callback.policy import DiallingRules, known_number
from controller.numbers import numbers
from controller.output import Output
from controller.registry import Entry
from controller.runner import Runner
from controller.simulated import World
from controller.visits import visits
from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.destinations import OPERATOR_KEY
from ivr.events import CallerKnown
from ivr.flow import EntryPointHours, flows
from ivr.states import nobody
from ivr.states.callback import CALLBACK_KEY
from ivr.states.closed import MESSAGE_KEY
from ivr.table import CallState
from pbx.fake_switch import Channel, FakeSwitch
from pbx.reports import ChannelEvent
from queueing.agents import AgentMode
from queueing.router import Device
from ringback.config import Settings

LEAST_SECONDS = 0.5
"""Between a question and the key that answers it."""
OUTSIDE_SECONDS = 60.0
"""How long somebody outside is talked with; nobody waits for it."""
NO_LINE = "no_line"
"""What became of a call whose line these settings do not have."""


@dataclass(slots=True)
class ReplayedCaller:
    """A caller in one world."""

    plan: CallerPlan
    wants: CallerWants
    """What is left of it."""
    pressed: int = 0
    """Keys of the menu so far."""
    talks: int = 0
    queue: str | None = None
    """The first that was joined."""


class ReplayRunner(Runner):
    """The runner without rows: whatever it would write is forgotten at once."""

    joined: Callable[[str, str, float], None]
    """Told of each call that comes into the line: call_id, queue, now."""

    def take_lean(self) -> tuple[Output, list[CallDriver]]:
        """What follows since the last time this was asked, and calls that are over."""
        out, over = self._out, self._registry.take_over()
        if out.commands or out.questions:
            self._out = Output()
        for call in over:
            self.outbound.caller_gone(call.facts.call_id, call.facts.ended_at or 0.0)
        return out, over

    def next_timer(self) -> float | None:
        """Nobody is called back here, so nothing of that is ever due."""
        timers = (self._registry.next_timer(), self.router.next_timer(), self._hours.next_timer())
        return min((time for time in timers if time is not None), default=None)

    def _apply(self, entry: Entry, commands: list[cmd.Command], now: float) -> None:
        for command in commands:
            if isinstance(command, cmd.JoinQueue):
                self.joined(entry.call.facts.call_id, command.queue, now)
        super()._apply(entry, commands, now)


class ReplaySwitch(FakeSwitch):
    """The fake switch with people at its phones."""

    world: "ReplayWorld"

    def __init__(self, report: Callable[..., None]) -> None:
        super().__init__(report)
        self.held: dict[str, Device] = {}
        """Agents whose phones are not idle, whatever our own calls do, and how they are."""

    def device(self, agent: str, device: Device) -> None:
        """A phone that becomes idle is what the past says of it."""
        super().device(agent, self.held.get(agent, device) if device is Device.IDLE else device)

    def hold_device(self, agent: str, held: Device | None) -> None:
        """From now on the phone is so, unless it has one of our calls: after that. None: it is as our calls have it."""
        if held is None:
            self.held.pop(agent, None)
        else:
            self.held[agent] = held
        if not self.world.has_call(agent):
            super().device(agent, held or Device.IDLE)

    def _begin(self, channel: Channel, command: cmd.ChannelCommand, seconds: float, value: str) -> None:
        answer = self.world.key_for(channel.call_id, command) if isinstance(command, cmd.Ask) else None
        if answer is None:
            super()._begin(channel, command, seconds, value)
        else:
            after, key = answer
            channel.current = command
            channel.generation += 1
            generation = channel.generation
            if not math.isinf(after):
                self.at(self.now + after, lambda: self._answered(channel, generation, key))
        if isinstance(command, cmd.Ring):
            self.world.rings(channel)
        elif isinstance(command, cmd.DialOutside):
            self.world.outside(channel)

    def _report_bridge(self, channel: Channel, *, entered: bool) -> None:
        """Who is connected with whom draws the segments of a call, of which a replay tells nothing."""

    def _answered(self, channel: Channel, generation: int, key: str) -> None:
        if channel.generation != generation or channel.call_id not in self.channels:
            return
        if key:
            self.press(channel.call_id, key)
        else:
            self._end(channel, "")


class ReplayWorld(World):
    """All callers and agents under one file of settings. `done` is told what became of each call."""

    switch: ReplaySwitch
    runner: ReplayRunner

    def __init__(
        self, settings: Settings, matcher: MenuMatcher, start: float, done: Callable[[str, CallOutcome], None]
    ) -> None:
        self.matcher = matcher
        self.callers: dict[str, ReplayedCaller] = {}
        self.how: Counter[str] = Counter()
        """Keys by the rule of `app.replay.matching` that found them."""
        self._elsewhere: set[str] = set()
        """Agents who talk with customers who were called back."""
        self._due: float | None = None
        """When the runner has something to do next, as of the last look."""
        self._done = done
        self._lines = {line.number for line in settings.lines}
        super().__init__(settings, start)

    def _new_switch(self) -> ReplaySwitch:
        switch = ReplaySwitch(self._reported.append)
        switch.world = self
        return switch

    def _new_runner(self) -> ReplayRunner:
        rules = DiallingRules(self.settings, EntryPointHours(flows(self.settings)))
        told = replace(numbers(rules, lambda: self.now), read=_read)
        runner = ReplayRunner(self.settings, rules, told)
        runner.joined = self._joined
        for agent in runner.router.agents:
            runner.router.logout(agent, self.now)
        return runner

    def settle(self) -> None:
        """As in every world, but nothing is written, and nothing is looked at that is not due."""
        runner, now = self.runner, self.switch.now
        while True:
            out, over = runner.take_lean()
            if out.commands or out.questions:
                self._send_out(out)
            for call in over:
                self._over(call)
            if self._reported:
                items = self._reported[:]
                self._reported.clear()
                runner.feed(items, now)
            elif (due := runner.next_timer()) is not None and due <= now:
                runner.tick(now)
            else:
                self._due = due
                return

    def run_to(self, end: float) -> None:
        """Lets time pass until then."""
        while True:
            timers = (self.switch.next_timer(), self._due)
            due = min((time for time in timers if time is not None), default=None)
            if due is None or due > end:
                break
            self.switch.advance(due)
            self.settle()
        self.switch.advance(max(end, self.now))

    # -- callers -----------------------------------------------------------------------------------

    def arrive(self, plan: CallerPlan) -> None:
        """The caller dials, at the time of the plan, which is now. A line that there is no more is nobody's."""
        if plan.line not in self._lines:
            self._done(plan.call_id, CallOutcome(None, NO_LINE))
            return
        self.callers[plan.call_id] = ReplayedCaller(plan, plan.wants)
        if plan.left_in_menu:
            self._later(plan.at + plan.ends_after, lambda: self._hang_up(plan.call_id))
        channel = self.switch.dial(plan.call_id, plan.line, plan.number)
        if plan.was.end == nobody.RESULT:
            channel.sound = "0"
        if plan.last_agent is not None:
            known = CallerKnown(self.now, last_agent=plan.last_agent, called_before=True, looked_up=True)
            self._reported.append(ChannelEvent(plan.call_id, known))
        self.settle()

    def key_for(self, call_id: str, asked: cmd.Ask) -> tuple[float, str] | None:
        """After how many seconds which key is pressed; empty: none. None: as the switch has it."""
        caller = self.callers[call_id]
        kind = asked.id.partition("-")[0]
        if kind == "ask":
            return self._choose(caller, self.runner.calls[call_id])
        if kind == "closed":
            return LEAST_SECONDS, self._when_closed(caller.plan)
        if kind == "callback":
            return LEAST_SECONDS, CALLBACK_KEY if caller.plan.asks_callback is not None else ""
        if kind == "ticket":
            return 0.0, ""
        return None

    def _choose(self, caller: ReplayedCaller, call: CallDriver) -> tuple[float, str]:
        """In a menu: the key that leads to what is wanted, at the time at which it was pressed."""
        plan, since = caller.plan, self.now - caller.plan.at
        if plan.left_in_menu and not caller.wants.steps:
            return math.inf, ""
        menu = call.memory.menu if call.memory.menu in call.flow.menus else call.flow.menu_name
        assert menu is not None
        choice = self.matcher.choose(menu, caller.wants)
        if not choice.key:
            tries = call.flow.menus[menu].tries
            left = max(tries - call.memory.silences, 1)
            return max((plan.chosen_after - since) / left, LEAST_SECONDS), ""
        if caller.pressed >= len(call.flow.menus) * 2 + len(plan.keys):
            choice = replace(choice, key=OPERATOR_KEY, how="person")  # round and round: nobody does that for long
        at = plan.keys[caller.pressed] if caller.pressed < len(plan.keys) else plan.chosen_after
        caller.pressed += 1
        caller.wants = choice.left
        self.how[choice.how] += 1
        return max(at - since, LEAST_SECONDS), choice.key

    @staticmethod
    def _when_closed(plan: CallerPlan) -> str:
        if plan.asks_callback is not None:
            return CALLBACK_KEY
        return MESSAGE_KEY if plan.leaves_message else ""

    def _joined(self, call_id: str, queue: str, now: float) -> None:
        caller = self.callers.get(call_id)
        if caller is None or caller.queue is not None:
            return
        caller.queue, plan = queue, caller.plan
        if not math.isinf(plan.patience):
            self._later(now + plan.patience, lambda: self._give_up(call_id))
        if plan.asks_callback is not None:
            self._later(now + max(plan.asks_callback, LEAST_SECONDS), lambda: self._ask_callback(call_id))

    def _give_up(self, call_id: str) -> None:
        channel = self.switch.channels.get(call_id)
        if channel is not None and channel.talking_to is None and not self.callers[call_id].talks:
            self._hang_up(call_id)

    def _ask_callback(self, call_id: str) -> None:
        call = self.runner.calls.get(call_id)
        if call is not None and call.state is CallState.WAITING:
            self.switch.press(call_id, CALLBACK_KEY)

    def hang_up_all(self) -> None:
        """Whoever is still there has had enough."""
        for call_id in list(self.switch.channels):
            self.switch.hang_up(call_id)
        self.settle()

    def _hang_up(self, call_id: str) -> None:
        if call_id in self.switch.channels:
            self.switch.hang_up(call_id)

    def _over(self, call: CallDriver) -> None:
        facts = call.facts
        del self.callers[facts.call_id]
        first = facts.visits[0][0] if facts.visits else facts.queue
        end = facts.result or ""
        if facts.connected_at is not None:
            end = ANSWERED
        wait = 0.0
        if facts.queued_at is not None:
            until = facts.ended_at if facts.connected_at is None else facts.connected_at
            wait = max((until or self.now) - facts.queued_at, 0.0)
        self._done(facts.call_id, CallOutcome(first, end, wait, came_to(visits(facts))))

    # -- talks -------------------------------------------------------------------------------------

    def rings(self, channel: Channel) -> None:
        """Phones ring for a caller: the first of them is picked up after as long as it took then."""
        generation = channel.generation
        seconds = self.callers[channel.call_id].plan.ring
        self._later(self.now + seconds, lambda: self._pick_up(channel, generation))

    def _pick_up(self, channel: Channel, generation: int) -> None:
        if channel.generation != generation or not channel.ringing:
            return
        agent = channel.ringing[0]
        self.switch.answer(agent)
        self._talk(channel, agent)

    def _talk(self, channel: Channel, agent: str) -> None:
        caller = self.callers[channel.call_id]
        talks = caller.plan.talks
        talk = talks[min(caller.talks, len(talks) - 1)]
        caller.talks += 1
        self._later(self.now + talk.seconds, lambda: self._end_talk(channel, agent, talk.then_to))

    def _end_talk(self, channel: Channel, agent: str, then_to: str | None) -> None:
        if channel.talking_to != agent or channel.call_id not in self.switch.channels:
            return
        caller = self.callers[channel.call_id]
        if then_to is not None and caller.talks < len(caller.plan.talks):
            queue = self.settings.queues.get(then_to)
            if queue is None or queue.extension is None:
                self._talk(channel, agent)  # nobody can be passed on there: the same agent goes on
                return
            self.switch.transfer(agent, queue.extension)
        else:
            self._hang_up(channel.call_id)
        if caller.plan.wrap_up is not None:
            self._later(self.now + caller.plan.wrap_up, lambda: self._end_wrap_up(agent))

    def _end_wrap_up(self, agent: str) -> None:
        if self.runner.router.agents[agent].mode is AgentMode.WRAP_UP:
            self.runner.resume(agent, self.now)

    def outside(self, channel: Channel) -> None:
        """Somebody outside takes the call, and after a while it is over."""
        self._later(self.now + LEAST_SECONDS, lambda: self._answer_outside(channel, channel.generation))

    def _answer_outside(self, channel: Channel, generation: int) -> None:
        if channel.generation == generation:
            channel.generation += 1
            self._later(self.now + OUTSIDE_SECONDS, lambda: self._hang_up(channel.call_id))

    def _later(self, at: float, what: Callable[[], None]) -> None:
        self.switch.at(at, what)

    # -- agents ------------------------------------------------------------------------------------

    def has_call(self, agent: str) -> bool:
        """Whether the agent's phone rings or talks for a caller of this world."""
        known = self.runner.router.agents.get(agent)
        return known is not None and known.call is not None

    def agent_is(self, was: AgentWas, usual: bool) -> None:
        """An agent does what was done then. `usual`: takes the queues that the settings give, whichever they are."""
        agent = self.runner.router.agents.get(was.agent)
        if agent is None:
            return
        self._hold(was)
        if was.is_out:
            if agent.logged_in:
                self.runner.logout(was.agent, self.now)
        else:
            self._log_in(was, usual)
            if was.pause is not None and agent.paused != was.pause:
                self.runner.pause(was.agent, was.pause, self.now)
            elif was.pause is None and agent.paused is not None:
                self.runner.resume(was.agent, self.now)
        self.settle()

    def _hold(self, was: AgentWas) -> None:
        held = None
        if was.is_away:
            held = Device.UNREACHABLE
        elif was.state == AgentMode.BUSY:
            held = Device.IN_USE
        elif was.agent in self._elsewhere:
            return
        if self.switch.held.get(was.agent) is not held or was.agent not in self.switch.devices:
            self.switch.hold_device(was.agent, held)

    def _log_in(self, was: AgentWas, usual: bool) -> None:
        agent = self.runner.router.agents[was.agent]
        there = None if usual else [name for name in sorted(was.queues) if name in self.settings.queues] or None
        chosen = None if there is None else frozenset(there)
        if not agent.logged_in or agent.chosen != chosen:
            self.runner.login(was.agent, self.now, there)

    def agent_elsewhere(self, there: AgentElsewhere) -> None:
        """The agent talks with a customer who was called back."""
        if there.agent in self.runner.router.agents:
            self._later(there.begins, lambda: self._leave(there.agent))
            self._later(there.until, lambda: self._back(there.agent))

    def _leave(self, agent: str) -> None:
        if agent not in self.switch.held:
            self._elsewhere.add(agent)
            self.switch.hold_device(agent, Device.IN_USE)

    def _back(self, agent: str) -> None:
        if agent not in self._elsewhere:
            return
        self._elsewhere.discard(agent)
        if self.switch.held.get(agent) is Device.IN_USE:
            self.switch.hold_device(agent, None)


@lru_cache(maxsize=4096)
def _read(text: str, country: str) -> str | None:
    """Numbers are read alike in all worlds."""
    number = known_number(text, country)
    return number if isinstance(number, str) else None
