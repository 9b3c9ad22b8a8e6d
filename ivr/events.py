"""What can happen to a call, in the language of telephony: no word of AMI.

Every event is frozen and says when it happened (`at`, seconds since the epoch, UTC, as the switch saw
it). Events may arrive late, twice or in another order: `key` tells which event it is, so that a second
copy is known as one.
"""

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """The base of every event."""

    at: float

    @property
    def key(self) -> str:
        """Two events with the same key are the same event seen twice."""
        return type(self).__name__

    def to_dict(self) -> dict[str, Any]:
        """As plain data, `kind` first; `event_from_dict` reads it back."""
        # Not asdict: this runs with every event, and no value of an event can change.
        return {"kind": type(self).__name__} | {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Arrived(Event):
    """A caller's channel was answered and waits for commands."""

    line: str
    """The dialled number."""
    caller_number: str
    """As it came from the network: any text at all."""
    caller_name: str
    """As it came from the network: any text at all."""
    came_from: str = ""
    """"trunk"; or the network address that it came from; empty: not known, or an agent's phone."""


@dataclass(frozen=True, slots=True)
class Missed(Event):
    """A caller's channel was answered, and is gone before anybody gave it a command: `at` is when it came."""

    line: str
    """The dialled number."""
    caller_number: str
    """As it came from the network: any text at all."""
    caller_name: str
    """As it came from the network: any text at all."""
    by_fallback: bool = False
    """The fallback has talked with the caller; not so: nobody has."""
    came_from: str = ""
    """As `Arrived.came_from`."""


@dataclass(frozen=True, slots=True)
class Done(Event):
    """A command on the channel has ended."""

    command: str
    """Its id."""
    value: str
    """Of Ask: the key (0-9, *, #), empty for silence. Of Ring: the dial status (ANSWER, NOANSWER, BUSY,
    CANCEL, CHANUNAVAIL, CONGESTION, empty where nothing was dialled). Of CountSound: how many packets."""
    failed: bool = False
    """The switch could not do it, or the caller was gone before it could."""

    @property
    def key(self) -> str:
        return f"Done {self.command}"


@dataclass(frozen=True, slots=True)
class Offered(Event):
    """The waiting line chose who is to answer this caller."""

    number: int
    """1 for the first offer of this call, then 2, ..."""
    agents: tuple[str, ...]
    """Whose phones ring; who answers first has the call."""

    @property
    def key(self) -> str:
        return f"Offered {self.number}"


@dataclass(frozen=True, slots=True)
class AgentAnswered(Event):
    """The agent's phone was picked up: they talk."""

    agent: str

    @property
    def key(self) -> str:
        return f"AgentAnswered {self.agent} {self.at}"


@dataclass(frozen=True, slots=True)
class AgentRefused(Event):
    """A phone of the agent's was rung and did not answer; one that cannot be reached at all says nothing."""

    agent: str
    how: str
    """busy, unanswered (declined, or sent on to somebody else, which nobody follows), unreachable."""

    @property
    def key(self) -> str:
        return f"AgentRefused {self.agent} {self.how} {self.at}"


@dataclass(frozen=True, slots=True)
class PositionDue(Event):
    """It is time to tell the caller the position in line."""

    position: int
    minutes: int | None = None
    """How long the wait is at most, as `queueing.decisions.Announcement` has it; None: not told."""

    @property
    def key(self) -> str:
        return f"PositionDue {self.at}"


@dataclass(frozen=True, slots=True)
class KeyPressed(Event):
    """The caller pressed a key; one that answers an Ask comes as its Done too."""

    key_pressed: str

    @property
    def key(self) -> str:
        return f"KeyPressed {self.at} {self.key_pressed}"


@dataclass(frozen=True, slots=True)
class Moved(Event):
    """A limit was reached: the line has moved the caller to another queue, at the same place."""

    queue: str

    @property
    def key(self) -> str:
        return f"Moved {self.at}"


@dataclass(frozen=True, slots=True)
class CallbackProposed(Event):
    """A limit was reached: the caller is to be offered a callback, besides the announcements."""


@dataclass(frozen=True, slots=True)
class MessageProposed(Event):
    """A limit was reached: the caller is asked for a message."""


def limit_reached(to: str, at: float) -> Event:
    """What it means for a caller that a limit of the queue leads `to` a callback, a message or another queue."""
    proposals: dict[str, Event] = {"callback": CallbackProposed(at), "message": MessageProposed(at)}
    return proposals.get(to) or Moved(at, to)


@dataclass(frozen=True, slots=True)
class ClosingSoon(Event):
    """The queue closes in a few minutes: the caller is to be offered a callback."""


@dataclass(frozen=True, slots=True)
class ClosedNow(Event):
    """The queue has closed and nobody is there any more who could answer."""


@dataclass(frozen=True, slots=True)
class PlaceKept(Event):
    """The caller was cut off in the line a moment ago and has the old place again."""

    place_at: float


@dataclass(frozen=True, slots=True)
class CallerKnown(Event):
    """What the store knows of the caller: decides the place in line and who is asked first."""

    place_at: float | None = None
    """The caller has been promised a call: the place kept since then."""
    last_agent: str | None = None
    """Who talked with the caller last."""
    promised: str | None = None
    """The number (E.164) to which a call is promised."""
    looked_up: bool = False
    """All that is known is said here: where a field below is empty, there is nothing."""
    called_before: bool = False
    language: str | None = None
    """That of the caller's last call."""
    ticket: int | None = None
    """The caller's open ticket."""
    ticket_queue: str | None = None
    """The queue in which its last call was."""
    fixed: bool = False
    """The caller was to be called, and told that a known problem is fixed."""

    @property
    def key(self) -> str:
        return f"CallerKnown {self.place_at} {self.last_agent} {self.promised} {self.looked_up} {self.fixed}"


@dataclass(frozen=True, slots=True)
class SurveyKnown(Event):
    """What the store knows of the caller's number and surveys: decides whether it is asked after the talk."""

    asked_at: float | None = None
    """When it was asked last; None: never."""
    opted_out: bool = False
    """Whoever had the number does not want to be asked."""


@dataclass(frozen=True, slots=True)
class LookedUp(Event):
    """What became of a question to a system beside: an `ivr.commands.LookUp`."""

    command: str
    """Its id."""
    outcome: str
    """found, unknown (the number), failed (nobody can say)."""
    answer: str = ""
    """Of found: which of the answers that the settings have."""
    values: tuple[tuple[str, str], ...] = ()
    """Of found: what is spoken after it, (kind, value) each, checked to be of that kind."""

    @property
    def key(self) -> str:
        return f"LookedUp {self.command}"


@dataclass(frozen=True, slots=True)
class CalledBack(Event):
    """A customer whom we had promised a call has answered; the agent waits on a channel of their own."""

    line: str
    caller_number: str
    caller_name: str
    queue: str
    menu_path: tuple[tuple[str, str, str], ...]
    """Of the call that asked: (menu, key, label) each."""
    place_at: float
    agent: str
    agent_channel: str
    """Empty: the agent's phone has yet to ring."""
    tells: bool = False
    """There is no agent: the customer is told that a known problem is fixed."""


@dataclass(frozen=True, slots=True)
class Bridged(Event):
    """The caller's channel was connected with another one."""

    @property
    def key(self) -> str:
        return f"Bridged {self.at}"


@dataclass(frozen=True, slots=True)
class OfAgent(Event):
    """What an agent does in a talk."""

    agent: str

    @property
    def key(self) -> str:
        return f"{type(self).__name__} {self.agent} {self.at}"


@dataclass(frozen=True, slots=True)
class AgentJoined(OfAgent):
    """The agent's phone was connected with the caller's: at the beginning, or when the talk was passed on."""


@dataclass(frozen=True, slots=True)
class AgentParted(OfAgent):
    """The agent's phone is no longer connected with the caller's."""


@dataclass(frozen=True, slots=True)
class AgentLost(OfAgent):
    """The agent's phone vanished in the talk: it did not hang up, it does not answer any more."""


@dataclass(frozen=True, slots=True)
class Held(OfAgent):
    """The agent put the caller on hold."""


@dataclass(frozen=True, slots=True)
class Unheld(OfAgent):
    """The agent took the caller back from hold."""


@dataclass(frozen=True, slots=True)
class Consults(OfAgent):
    """The agent talks with a colleague while the caller waits."""


@dataclass(frozen=True, slots=True)
class Consulted(OfAgent):
    """That talk is over."""


@dataclass(frozen=True, slots=True)
class RecordingPaused(Event):
    """Somebody asked that what is said now be left out of the recording."""

    by: str
    reason: str = ""

    @property
    def key(self) -> str:
        return f"RecordingPaused {self.at}"


@dataclass(frozen=True, slots=True)
class RecordingResumed(Event):
    """The recording goes on."""

    by: str

    @property
    def key(self) -> str:
        return f"RecordingResumed {self.at}"


@dataclass(frozen=True, slots=True)
class Transferred(Event):
    """The agent has passed the caller on to a number inside, and has left."""

    number: str

    @property
    def key(self) -> str:
        return f"Transferred {self.at}"


@dataclass(frozen=True, slots=True)
class Adopted(Event):
    """The controller found this call in the switch again after it had been away."""

    talking_to: str | None
    """The agent whose channel is bridged with the caller's; None: nobody."""

    @property
    def key(self) -> str:
        return f"Adopted {self.at}"


@dataclass(frozen=True, slots=True)
class EndAsked(Event):
    """Somebody of ours ends the call, whatever it is doing."""

    by: str

    @property
    def key(self) -> str:
        return f"EndAsked {self.at}"


@dataclass(frozen=True, slots=True)
class HungUp(Event):
    """The caller's channel is gone, whoever ended it."""

    cause: str
    code: int = 0
    """Q.850 cause; 0: unknown."""


@dataclass(frozen=True, slots=True)
class FallbackTook(Event):
    """The fallback talks to the caller from now on: no controller was there for too long, or all is to end."""


@dataclass(frozen=True, slots=True)
class PbxLost(Event):
    """The switch died with the call in it."""


KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Arrived,
        Missed,
        Done,
        Offered,
        AgentAnswered,
        AgentRefused,
        PositionDue,
        KeyPressed,
        Moved,
        CallbackProposed,
        MessageProposed,
        ClosingSoon,
        ClosedNow,
        PlaceKept,
        CallerKnown,
        SurveyKnown,
        LookedUp,
        CalledBack,
        Bridged,
        AgentJoined,
        AgentParted,
        AgentLost,
        Held,
        Unheld,
        Consults,
        Consulted,
        RecordingPaused,
        RecordingResumed,
        Transferred,
        Adopted,
        FallbackTook,
        EndAsked,
        HungUp,
        PbxLost,
    )
}


def event_from_dict(data: dict[str, Any]) -> Event:
    """The event that `to_dict` wrote; unknown kinds raise KeyError."""
    cls = KINDS[data["kind"]]
    values = {field.name: data[field.name] for field in fields(cls)}
    if cls is CalledBack:
        values["menu_path"] = tuple(tuple(step) for step in values["menu_path"])
    if cls is Offered:
        values["agents"] = tuple(values["agents"])
    if cls is LookedUp:
        values["values"] = tuple((kind, value) for kind, value in values["values"])
    return cls(**values)
