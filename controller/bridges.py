"""What agents' phones do: who is connected with whom, who is on hold, which keys are pressed in a talk. Plain data.

Says what each means for calls; feeding them is the runner's.
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field

from ivr.events import (
    AgentJoined,
    AgentParted,
    Bridged,
    Consulted,
    Consults,
    Event,
    Held,
    KeyPressed,
    RecordingPaused,
    RecordingResumed,
    Unheld,
)
from pbx.reports import BridgeChange, HoldChange

PAUSE_RECORDING, RESUME_RECORDING = "*9", "*8"
"""What agents press on any phone while they talk."""


@dataclass
class Bridges:
    """Bridges by their members: channel (unique id) -> agent, empty for a channel that is no agent's phone."""

    is_call: Callable[[str], bool]
    """Whether a channel is a call that we know."""
    agents: Container[str]
    """The names of agents: what else is dialled by name is none."""
    call_of: Callable[[str], str | None]
    """The call on which an agent talks; None: on none."""
    _bridges: dict[str, dict[str, str]] = field(default_factory=dict)
    _of: dict[str, str] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    """The last two keys of each agent who talks."""
    _consults: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The call and the agent by the bridge in which that agent asks a colleague."""
    _legs: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The call and the agent by each channel of an agent's phone that is, or was, connected with the caller's."""

    def agent_of(self, channel: str) -> str | None:
        """The agent whose phone this channel is, while it is connected with another."""
        return self._bridges.get(self._of.get(channel, ""), {}).get(channel) or None

    @property
    def agents_channels(self) -> set[str]:
        """Those of agents' phones that are connected with anybody."""
        return {channel for members in self._bridges.values() for channel, agent in members.items() if agent}

    def connected(self, channel: str, other: str) -> bool:
        """Whether the two are connected with one another."""
        bridge = self._of.get(channel)
        return bridge is not None and bridge == self._of.get(other)

    def restore(self, members: Iterable[BridgeChange]) -> None:
        """What the switch has after a time without its events."""
        self._bridges.clear()
        self._of.clear()
        self._consults.clear()
        self._legs.clear()
        for member in members:
            self._bridges.setdefault(member.bridge, {})[member.channel] = self._agent(member)
            self._of[member.channel] = member.bridge
            self._note_legs(member.bridge)

    def leg_ended(self, channel: str) -> tuple[str, str] | None:
        """The call and the agent whose leg this channel was; None: of no call. Asked once, when it is gone."""
        return self._legs.pop(channel, None)

    def change(self, change: BridgeChange) -> list[tuple[str, Event]]:
        """Takes a change in; returns the events of calls that it means."""
        if change.entered:
            return self._enter(change)
        return self._leave(change.channel, change.at)

    def hold(self, change: HoldChange) -> list[tuple[str, Event]]:
        """An agent put somebody on hold: a caller, or a colleague who was asked."""
        agent = self.agent_of(change.channel)
        call = None if agent is None else self.call_of(agent)
        if agent is None or call is None or not self.connected(change.channel, call):
            return []
        return [(call, Held(change.at, agent) if change.held else Unheld(change.at, agent))]

    def key(self, channel: str, pressed: KeyPressed) -> list[tuple[str, Event]]:
        """A key of an agent's phone: two of them stop and start the recording."""
        agent = self.agent_of(channel)
        call = None if agent is None else self.call_of(agent)
        if agent is None or call is None:
            return []
        keys = self._keys[agent] = (self._keys.get(agent, "") + pressed.key_pressed)[-2:]
        if keys == PAUSE_RECORDING:
            return [(call, RecordingPaused(pressed.at, agent, "key"))]
        return [(call, RecordingResumed(pressed.at, agent))] if keys == RESUME_RECORDING else []

    def _enter(self, change: BridgeChange) -> list[tuple[str, Event]]:
        events = self._leave(change.channel, change.at) if change.channel in self._of else []
        others, entering = self._bridges.setdefault(change.bridge, {}), self._agent(change)
        if self.is_call(change.channel):
            events.append((change.channel, Bridged(change.at)))
            events += [(change.channel, AgentJoined(change.at, agent)) for agent in others.values() if agent]
        elif entering:
            calls = [other for other in others if self.is_call(other)]
            events += [(call, AgentJoined(change.at, entering)) for call in calls]
            if not calls:
                events += self._asks(change, [agent for agent in others.values() if agent])
        others[change.channel] = entering
        self._of[change.channel] = change.bridge
        self._note_legs(change.bridge)
        return events

    def _note_legs(self, bridge: str) -> None:
        members = self._bridges[bridge]
        for call in (channel for channel in members if self.is_call(channel)):
            self._legs |= {channel: (call, agent) for channel, agent in members.items() if agent}

    def _agent(self, change: BridgeChange) -> str:
        """Empty for a caller, who may call from an agent's phone."""
        return change.agent if change.agent in self.agents and not self.is_call(change.channel) else ""

    def _asks(self, change: BridgeChange, colleagues: list[str]) -> list[tuple[str, Event]]:
        """Two agents are connected: one of them may have a caller who waits."""
        for agent in (change.agent, *colleagues) if colleagues else ():
            call = self.call_of(agent)
            if call is not None:
                self._consults[change.bridge] = (call, agent)
                return [(call, Consults(change.at, agent))]
        return []

    def _leave(self, channel: str, at: float) -> list[tuple[str, Event]]:
        bridge = self._of.pop(channel, None)
        if bridge is None:
            return []
        members = self._bridges[bridge]
        agent = members.pop(channel)
        if not members:
            del self._bridges[bridge]
        if self.is_call(channel):
            return [(channel, AgentParted(at, other)) for other in members.values() if other]
        events: list[tuple[str, Event]] = []
        if bridge in self._consults:
            call, asking = self._consults.pop(bridge)
            if self.is_call(call):  # its caller may have given up meanwhile
                events.append((call, Consulted(at, asking)))
        if agent:
            events += [(other, AgentParted(at, agent)) for other in members if self.is_call(other)]
        return events
