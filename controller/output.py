"""What follows from one step of the runner: rows to write, then commands to send. Plain data."""

from dataclasses import dataclass, field, fields
from typing import Any

from callback.trunk import TrunkReport
from calls.quality import Quality
from controller.agent_history import AgentChange
from controller.promise_rows import PromiseChange
from ivr import commands as cmd
from ivr.events import Event
from ivr.facts import CallRecord
from pbx.legs import LegCommand
from queueing.expected_wait import ForecastOutcome
from queueing.router import Overstay, PoolAgent


@dataclass(frozen=True, slots=True)
class CallWrite:
    """What is to be written of one call."""

    facts: CallRecord
    state: str
    snapshot: dict[str, Any] | None
    """None: the call has settled and never comes back."""
    events: list[tuple[int, Event]]
    """New events with their sequence numbers within the call."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A caller was promised a call to `facts.promised_number`."""

    facts: CallRecord
    place_at: float
    """The place in line, seconds since the epoch."""
    not_before: float | None = None
    """Not called before: when we open, or until when the caller may still be on the phone."""


@dataclass(frozen=True, slots=True)
class LegEnd:
    """A leg of a call has ended, and Asterisk has told how it sounded."""

    call_id: str
    channel: str
    agent: str | None
    """None: the caller's leg."""
    at: float
    quality: Quality


ROWS = (
    "writes", "agent_changes", "leg_ends", "outcomes", "agents", "agents_left", "callback_requests", "overstays",
    "promises", "trunk",
)  # fmt: skip
"""The parts of an output that the store writes, in an order in which they may be written one by one."""


@dataclass(slots=True)
class Output:
    """What follows from one step."""

    commands: list[tuple[str, cmd.ChannelCommand]] = field(default_factory=list)
    """With the call_id of the call, in the order they must be sent."""
    writes: list[CallWrite] = field(default_factory=list)
    agents: list[PoolAgent] = field(default_factory=list)
    """Agents whose mode has changed."""
    agents_left: list[str] = field(default_factory=list)
    """Names of those who are no agents any more."""
    agent_changes: list[AgentChange] = field(default_factory=list)
    """For the history: what agents did, oldest first."""
    leg_ends: list[LegEnd] = field(default_factory=list)
    legs: list[tuple[str, LegCommand]] = field(default_factory=list)
    """Commands for channels of our own, in the order they must be sent."""
    promises: list[PromiseChange] = field(default_factory=list)
    outcomes: list[ForecastOutcome] = field(default_factory=list)
    """Announced waits with the waits that followed."""
    overstays: list[Overstay] = field(default_factory=list)
    """Agents who are paused for longer than their reason allows."""
    lookups: list[tuple[str, str]] = field(default_factory=list)
    """New calls whose caller may be known: call_id, number (E.164)."""
    questions: list[tuple[str, cmd.LookUp]] = field(default_factory=list)
    """What callers look up, with the call_id."""
    callback_requests: list[Wanted] = field(default_factory=list)
    """Callers who were promised a call: to be written with this step, and taken up by `Outbound.add`."""
    unused: list[str] = field(default_factory=list)
    """Channels of customers that came to no call: what was recorded of them goes."""

    trunk: list[TrunkReport] = field(default_factory=list)
    """How it is with the trunk, if that has changed."""

    @property
    def has_rows(self) -> bool:
        """Something is to be written."""
        return any(getattr(self, name) for name in ROWS)

    def rows_one_by_one(self) -> list["Output"]:
        """Each thing to be written as an output of its own."""
        return [Output(**{name: [each]}) for name in ROWS for each in getattr(self, name)]

    @property
    def is_urgent(self) -> bool:
        """Commands wait for the rows, or a promise is to be taken up."""
        return any((self.commands, self.legs, self.questions, self.callback_requests))

    def followed_by(self, later: "Output") -> "Output":
        """Both as one, in this order."""
        return Output(*(getattr(self, f.name) + getattr(later, f.name) for f in fields(self)))
