"""What a call may ask for: of the switch (its channel), of the waiting line, of systems beside. Plain data.

Commands for the channel run one after another in the order they were given. Those with an `id` are
answered by `ivr.events.Done` with that id.
"""

from dataclasses import dataclass

from ringback.config import AskedNumber, Need
from ringback.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Ask:
    """Play prompts one after another, then wait for one key; any key cuts the prompts."""

    id: str
    prompts: tuple[str, ...]
    seconds: float
    """For the key, after the last prompt; 0: only play."""
    digits: int = 1
    """How many keys at most; more than one ends with the hash key."""
    words: Phrases = ()
    """What may be said instead of a key: then `Done.value` is that key all the same, `?` and the key where it is to be
    confirmed, and `?` alone where words were heard that are no answer. Empty: only keys are heard."""
    language: str = ""
    """Of `words`."""


@dataclass(frozen=True, slots=True)
class Say:
    """Play prompts one after another to their end: a key pressed meanwhile is reported, and means nothing."""

    id: str
    """Empty: nobody waits for the end."""
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listen:
    """Let the caller speak; ends with silence, or after `seconds`."""

    id: str
    silence_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True)
class CutPrompt:
    """End the Ask that plays now as a key would; nothing where none plays."""


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Prompts are played in this language from now on."""

    language: str


@dataclass(frozen=True, slots=True)
class MusicOn:
    """Music on hold until the next Ask or Ring."""

    music: str


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring agents' phones and connect the first who answers; ends when that agent hangs up or nobody answered."""

    id: str
    agents: tuple[str, ...]
    seconds: float
    music: str
    caller: str = ""
    """The number that the phones show: digits with a plus at most; empty: none."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Connect the caller with an agent who waits on a channel of their own; ends when the agent hangs up."""

    id: str
    channel: str


@dataclass(frozen=True, slots=True)
class DialOutside:
    """Connect the caller with a number outside; ends when whoever answers there hangs up, or nobody answered."""

    id: str
    number: str
    """E.164, one of those that the settings name."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask somebody else about the number that the caller entered; the answer is `ivr.events.LookedUp` with this id."""

    id: str
    name: str
    """Of the lookup in the settings, or `ticket`."""
    about: AskedNumber
    """As the settings have it with which the call began."""
    value: str
    """Digits alone."""
    caller: str = ""
    """The caller's number (E.164); empty: not known."""


@dataclass(frozen=True, slots=True)
class PauseRecording:
    """What is said from now on is silence in the recording, which keeps its length."""


@dataclass(frozen=True, slots=True)
class ResumeRecording:
    """The recording goes on."""


@dataclass(frozen=True, slots=True)
class ReadRingStatus:
    """How the last Ring, Bridge or DialOutside ended, for one whose answer was lost."""

    id: str
    bridged: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """Nothing at all: its answer says that every command before it has ended."""

    id: str


@dataclass(frozen=True, slots=True)
class CountSound:
    """How many packets of sound have come from the caller: the answer says so, and is empty where nobody can know."""

    id: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the caller's channel, after the commands before it."""


@dataclass(frozen=True, slots=True)
class HangUpNow:
    """End the caller's channel at once, whatever it does."""


@dataclass(frozen=True, slots=True)
class JoinQueue:
    """Wait for an agent of this queue; the place is that of `arrived_at`."""

    queue: str
    arrived_at: float
    last_agent: str | None = None
    """Who talked with the caller last and is asked first."""
    key: str | None = None
    """Of the menu option that led here."""
    joined_at: float | None = None
    """When the wait in this queue began; None: now."""
    agents: tuple[str, ...] = ()
    """The call has these agents already, ringing or talking: it is found so after the controller was away."""
    talking: bool = False
    """With the first of `agents`; not so: their phones ring."""
    priority: int = 0
    """Of the choice that led here: higher goes first."""
    needs: tuple[Need, ...] = ()
    """Skills that the choice asks for, besides those of the queue."""


@dataclass(frozen=True, slots=True)
class RejoinQueue:
    """The agent did not answer: wait again at the old place."""

    queue: str
    arrived_at: float
    missed_by: tuple[str, ...]
    busy: tuple[str, ...] = ()
    """Agents whose phones said that they are in use."""
    lost: tuple[str, ...] = ()
    """Agents whose phones cannot be reached."""
    first: bool = False
    """The talk was cut off by us: before everybody else."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The caller talks to this agent."""

    agent: str


@dataclass(frozen=True, slots=True)
class PassedOn:
    """The agent has passed the caller on to this one, whose phone rings."""

    agent: str


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """The caller neither waits nor talks any more: the agent, if there was one, is released."""

    cut_off: bool = False
    """The caller was lost while waiting: who calls again at once has the old place."""


@dataclass(frozen=True, slots=True)
class PromiseCallback:
    """The caller was told that we call this number back."""

    number: str
    not_before: float | None = None
    """Epoch seconds: where we are closed, when we open; None: as soon as the caller is off the phone."""


ChannelCommand = (
    Ask
    | Say
    | Listen
    | CutPrompt
    | SetLanguage
    | MusicOn
    | Ring
    | Bridge
    | DialOutside
    | PauseRecording
    | ResumeRecording
    | ReadRingStatus
    | Probe
    | CountSound
    | HangUp
    | HangUpNow
)
QueueCommand = JoinQueue | RejoinQueue | Connected | PassedOn | LeaveQueue | PromiseCallback
Command = ChannelCommand | QueueCommand | LookUp
