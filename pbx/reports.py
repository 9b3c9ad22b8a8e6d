"""What Asterisk reports, once the codec has read it: plain data, with no AMI word in it.

Owns the kinds of reports and nothing else: reading them out of AMI text is `pbx/codec.py`'s, what follows from them the
controller's.
"""

from dataclasses import dataclass

from callback.trunk import Registration
from calls.quality import Quality
from ivr.events import Event, Missed
from queueing.router import Device

OUR_CHANNELS = "cb-"
"""What the ids of channels begin with that we make: an agent's ends with a, a customer's with c."""


@dataclass(frozen=True, slots=True)
class ChannelEvent:
    """An event of the channel `call_id`: a call's, or one of no concern to us."""

    call_id: str
    event: Event
    quality: Quality | None = None
    """Of a channel that is gone: how it sounded, where Asterisk knows."""
    missed: Missed | None = None
    """Of a caller's channel that had been answered and is gone: what is to be told of it where nobody took it up."""
    sip: int = 0
    """Of a channel that is gone: the answer by which it ended, as SIP says it; 0: not known."""


@dataclass(frozen=True, slots=True)
class LineEntered:
    """A caller's channel came to a line: the first that is heard of it. Whether it is answered is yet to be seen."""

    call_id: str
    line: str
    at: float


@dataclass(frozen=True, slots=True)
class NuisanceRefused:
    """A call was refused before it was answered, because its number is on the list of nuisance callers."""

    key: str
    """By which it was found there."""
    entry: str
    """What Asterisk had been told of that key."""


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """An agent's phone is now like this."""

    agent: str
    device: Device


@dataclass(frozen=True, slots=True)
class PhoneSeen:
    """An agent's phone has registered, or can be reached again."""

    agent: str


@dataclass(frozen=True, slots=True)
class OwnChannelUp:
    """A channel that we originated was answered and waits for commands."""

    leg: str
    at: float
    """When it was answered; for a machine, when that was found out."""
    machine: bool
    """An answering machine answered."""


@dataclass(frozen=True, slots=True)
class OwnChannelFailed:
    """A channel that we originated could not be made, or was not answered. Where there was one its end says why."""

    leg: str
    at: float
    sent: bool = True
    """Whether the switch was asked at all."""


@dataclass(frozen=True, slots=True)
class OwnChannelRings:
    """The phone that we call on this channel rings, or what is to be heard instead has begun."""

    leg: str


@dataclass(frozen=True, slots=True)
class OwnChannelGivenUp:
    """Nobody answered on this channel in the time that it was given; its end follows."""

    leg: str


@dataclass(frozen=True, slots=True)
class TrunkAnswers:
    """Whether the provider answers OPTIONS now."""

    answered: bool


@dataclass(frozen=True, slots=True)
class TrunkRegistration:
    """What became of our registration at the provider."""

    state: Registration
    words: str = ""
    """Its answer, where that is known."""


@dataclass(frozen=True, slots=True)
class CodeDialled:
    """An agent's phone dialled a feature code and waits on `channel` to hear what became of it."""

    channel: str
    agent: str
    code: str


@dataclass(frozen=True, slots=True)
class BridgeChange:
    """A channel was connected with others, or is no longer."""

    channel: str
    bridge: str
    agent: str
    """Whose phone it is, if it is an agent's; empty for what was not dialled by name."""
    at: float
    entered: bool = True


@dataclass(frozen=True, slots=True)
class HoldChange:
    """An agent's phone has put whom it is connected with on hold, or taken back."""

    channel: str
    at: float
    held: bool


Decoded = (
    BridgeChange
    | CodeDialled
    | ChannelEvent
    | DeviceChanged
    | HoldChange
    | LineEntered
    | NuisanceRefused
    | OwnChannelUp
    | OwnChannelFailed
    | PhoneSeen
    | OwnChannelRings
    | OwnChannelGivenUp
    | TrunkAnswers
    | TrunkRegistration
)


@dataclass(frozen=True, slots=True)
class LiveChannel:
    """A channel that Asterisk has right now: a caller's, or one that we originated."""

    call_id: str
    line: str
    caller_number: str
    caller_name: str
    seconds: float
    """How long it has been there."""
    bridge: str
    """The bridge it is in; empty: none."""
    ours: bool = False
    """We originated it."""
    answered: bool = True
    """By a person or (`line` is machine) a machine; not so: it rings, or that is being found out."""
    transferred: bool = False
    """An agent has passed the caller on to the number `line`."""
    waits_for_us: bool = True
    """Our AGI holds it just now and waits for commands; not so: it is in the fallback, or in the middle of one."""
    in_fallback: bool = False
    """The fallback talks to the caller: whoever comes to it was inside too long without us, or all was to end."""
