"""AMI text to the events of a call, commands of a call to AMI actions. Pure: no socket, no clock.

Nothing else in Ringback knows AMI's words. A call is named by the unique id of the caller's own channel.
For a caller that is the linkedid too; a channel that is connected with an older one takes over the older
one's linkedid, so the unique id is the name that stays: our `call_id`.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote_plus

from callback import commands
from callback.policy import dial_string
from calls.quality import Direction, Quality
from ivr import commands as cmd
from ivr.caller import read_from
from ivr.events import AgentAnswered, Arrived, Done, Event, HungUp, KeyPressed, Transferred
from pbx.ami import Headers
from prompts.names import digits_prompts
from queueing.router import Device
from ringback.config import Settings

FROM_VARIABLE = "RINGBACK_FROM"
"""The From header of the caller's INVITE, URL-encoded as a whole: the dialplan sets it."""
QUALITY_VARIABLE = "RTPAUDIOQOS"
"""What Asterisk sums up of RTP and RTCP when the sound of a PJSIP channel ends, whoever hangs up (22.10.1)."""
OUR_CHANNELS = "cb-"
"""What the ids of channels begin with that we make: an agent's ends with a, a customer's with c."""
EVENT_NAMES = (
    "AsyncAGIStart",
    "AsyncAGIExec",
    "BridgeEnter",
    "BridgeLeave",
    "Hold",
    "Unhold",
    "DialEnd",
    "DTMFEnd",
    "Hangup",
    "OriginateResponse",
    "DeviceStateChange",
)
"""The AMI events that are asked for; Asterisk sends no others."""

DEVICE_STATES = {
    "NOT_INUSE": Device.IDLE,
    "UNAVAILABLE": Device.UNREACHABLE,
    "INVALID": Device.UNREACHABLE,
    "UNKNOWN": Device.UNREACHABLE,
}
"""Every other state of a phone is some kind of use."""

LegCommand = commands.DialAgent | commands.BriefAgent | commands.DialCustomer | commands.HangUpLeg
"""What a promise asks of the switch."""
DIGITS_TOLD = 4
"""Last digits of a customer's number that the agent hears; the phone shows all of it."""
PLAYABLE = re.compile(r"[\w./+@~=:-]+", re.ASCII)
"""A file whose name Asterisk takes as it is in a command."""
Action = tuple[str, dict[str, str | list[str]]]


@dataclass(frozen=True, slots=True)
class CallEvent:
    """An event of the channel `call_id`: a call's, or one of no concern to us."""

    call_id: str
    event: Event
    quality: Quality | None = None
    """Of a channel that is gone: how it sounded, where Asterisk knows."""


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """An agent's phone is now like this."""

    agent: str
    device: Device


@dataclass(frozen=True, slots=True)
class LegUp:
    """A channel that we originated was answered and waits for commands."""

    leg: str
    at: float
    """When it was answered; for a machine, when that was found out."""
    machine: bool
    """An answering machine answered."""


@dataclass(frozen=True, slots=True)
class LegFailed:
    """A channel that we originated could not be made, or was not answered."""

    leg: str
    at: float


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


Decoded = BridgeChange | CodeDialled | CallEvent | DeviceChanged | HoldChange | LegUp | LegFailed


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
    held: bool = True
    """It was answered, by a person or (`line` is machine) a machine; not so: it rings, or that is being found out."""
    transferred: bool = False
    """An agent has passed the caller on to the number `line`."""
    waits_for_us: bool = True
    """Our AGI holds it just now and waits for commands; not so: it is in the fallback, or in the middle of one."""


def decode(message: Headers, now: float) -> Decoded | None:
    """What an AMI event means; None: nothing to us. `now` stands in where it carries no time."""
    at = float(message.get("Timestamp", now))
    match message.get("Event"):
        case "AsyncAGIExec":
            return _decode_exec(message, at)
        case "AsyncAGIStart":
            return _decode_start(message, at)
        case "Hangup":
            return CallEvent(
                message["Uniqueid"],
                HungUp(at, message.get("Cause-txt", ""), _number(message.get("Cause", ""))),
                quality_of(_variable(message, QUALITY_VARIABLE)),
            )
        case "DialEnd" if message.get("DialStatus") == "ANSWER" and "Uniqueid" in message:
            return CallEvent(message["Uniqueid"], AgentAnswered(at, _agent_of(message["DestChannel"])))
        case "BridgeEnter" | "BridgeLeave" as what:
            return _bridge_change(message, at, what == "BridgeEnter")
        case "Hold" | "Unhold" as what:
            return HoldChange(message["Uniqueid"], at, what == "Hold")
        case "DTMFEnd" if message.get("Direction") == "Received":
            return CallEvent(message["Uniqueid"], KeyPressed(at, message.get("Digit", "")))
        case "OriginateResponse" if message.get("Response") == "Failure" and message.get("Uniqueid") == "<null>":
            # Where there was a channel its Hangup says more: why.
            return LegFailed(message.get("ActionID", ""), at)
        case "DeviceStateChange" if message.get("Device", "").startswith("PJSIP/"):
            return decode_device(message)
    return None


def _decode_start(message: Headers, at: float) -> CallEvent | CodeDialled | LegUp | None:
    match message.get("Context"):
        case "ringback-agents" if message["Exten"].startswith("*"):
            return CodeDialled(message["Uniqueid"], _agent_of(message["Channel"]), message["Exten"])
        case "ringback-lines" | "ringback-agents":  # agents may call a line as anybody may
            return CallEvent(message["Uniqueid"], Arrived(at, message["Exten"], *_caller_of(message)))
        case "ringback-transfers":
            return CallEvent(message["Uniqueid"], Transferred(at, message["Exten"]))
        case "ringback-callbacks":
            return LegUp(message["Uniqueid"], answered_at(message["Exten"], at), message["Exten"] == "machine")
    return None


def _decode_exec(message: Headers, at: float) -> CallEvent | None:
    command = message.get("CommandId") or message.get("CommandID") or ""
    if not command or "." in command:
        return None  # the first half of a pair, or a command that nobody waits for
    result = unquote_plus(message.get("Result", "")).strip()
    code, _, rest = result.partition(" ")
    value, _, extra = rest.removeprefix("result=").partition(" ")
    failed = code != "200" or value == "-1"
    # GET VARIABLE says `200 result=1 (ANSWER)`, and `200 result=0` where there is no such variable.
    value = extra.removeprefix("(").removesuffix(")") if value == "1" else ""
    return CallEvent(message["Uniqueid"], Done(at, command, value, failed))


def answered_at(exten: str, otherwise: float) -> float:
    """When a customer whom we call has answered, which the dialplan says in the extension: `at` and milliseconds."""
    milliseconds = exten.removeprefix("at")
    return int(milliseconds) / 1000 if milliseconds != exten and milliseconds.isdecimal() else otherwise


def decode_refusal(call_id: str, command: cmd.ChannelCommand, answer: Headers, now: float) -> CallEvent | None:
    """What it means for a call that Asterisk did not take a command; None: it did, or it does not matter."""
    if answer.get("Response") != "Error":
        return None
    if "does not exist" in answer.get("Message", "") or "No such channel" in answer.get("Message", ""):
        return CallEvent(call_id, HungUp(now, "the channel was gone"))
    if isinstance(command, cmd.Ask | cmd.Listen | cmd.Ring | cmd.ReadRingStatus | cmd.Probe):
        return CallEvent(call_id, Done(now, command.id, "", failed=True))
    return None


def decode_device(message: Headers) -> DeviceChanged:
    """A DeviceStateChange event, as it comes by itself or in the answer to DeviceStateList."""
    agent = message["Device"].removeprefix("PJSIP/")
    return DeviceChanged(agent, DEVICE_STATES.get(message.get("State", ""), Device.IN_USE))


def decode_channels(messages: list[Headers]) -> tuple[list[LiveChannel], list[BridgeChange]]:
    """The answer to CoreShowChannels: callers and channels of our own, and who is connected with whom."""
    live, bridged = [], []
    for message in messages:
        if message.get("Event") != "CoreShowChannel":
            continue
        bridge, ours = message.get("BridgeId", ""), message["Uniqueid"].startswith(OUR_CHANNELS)
        callers = _is_callers(message)
        if callers or ours:
            live.append(
                LiveChannel(
                    message["Uniqueid"],
                    message["Exten"],
                    *_caller_of(message),
                    _duration(message.get("Duration", "")),
                    bridge,
                    ours=ours,
                    held=_is_held(message),
                    transferred=message.get("Context") == "ringback-transfers",
                    waits_for_us=message.get("ApplicationData") == "agi:async",
                )
            )
        if bridge:
            change = _bridge_change({**message, "BridgeUniqueid": bridge}, 0.0, entered=True)
            bridged.append(replace(change, agent="") if callers else change)
    return live, bridged


def _bridge_change(message: Headers, at: float, entered: bool) -> BridgeChange:
    # A customer's channel that we made is named for the trunk, not for an agent.
    agent = "" if message["Uniqueid"].endswith("c") else _agent_of(message["Channel"])
    return BridgeChange(message["Uniqueid"], message["BridgeUniqueid"], agent, at, entered)


def _is_held(message: Headers) -> bool:
    """Answered, and no longer listened to whether it is a machine: that the dialplan does before it asks for us."""
    listening = message["Exten"] == "customer" and message.get("ApplicationData") != "agi:async"
    return message.get("ChannelStateDesc") == "Up" and not listening


def decode_start(status: Headers) -> float:
    """When Asterisk started, from the answer to CoreStatus (its local time), in seconds since the epoch."""
    text = f"{status['CoreStartupDate']} {status['CoreStartupTime']}"
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").timestamp()  # noqa: DTZ007 Asterisk says no zone: its own, which is this machine's


def encode(call_id: str, command: cmd.ChannelCommand) -> list[Action]:
    """The AMI actions that do a command, in order."""
    match command:
        case cmd.Ask(id, prompts, seconds, digits):
            files = "&".join(f"ringback/{prompt}" for prompt in prompts)
            # Option t: no key ends the input, so that # is a key like any other; several keys end with #.
            # GET DATA would need no second action, but in Asterisk 22 it plays one file only.
            option = "t" if digits == 1 else ""
            variable = f"RINGBACK_{id.replace('-', '_')}"
            return [
                _agi(call_id, "", f"EXEC Read {variable},{files},{digits},{option},1,{max(0.001, seconds):g}"),
                _agi(call_id, id, f"GET VARIABLE {variable}"),
            ]
        case cmd.Listen(id, silence_seconds, seconds):
            return [
                _agi(call_id, "", f"EXEC WaitForSilence {silence_seconds * 1000:.0f},1,{seconds:.0f}"),
                _agi(call_id, id, "GET VARIABLE WAITSTATUS"),
            ]
        case cmd.MusicOn(music):
            return [_agi(call_id, "", f"SET MUSIC ON {music}")]
        case cmd.Ring(id, agents, seconds, music, caller):
            phones = "&".join(f"PJSIP/{agent}" for agent in agents)
            dial = f"EXEC Dial {phones},{seconds:g},gm({music})"
            return [
                _agi(call_id, "", f"SET CALLERID {caller or 'anonymous'}"),
                _agi(call_id, "", "SET MUSIC OFF"),
                _agi(call_id, f"{id}.dial", dial),
                # Waits behind Dial, so that its answer comes when the talk is over.
                _agi(call_id, id, "GET VARIABLE DIALSTATUS"),
            ]
        case cmd.Bridge(id, channel):
            return [
                _agi(call_id, f"{id}.bridge", f"EXEC Bridge {channel}"),
                _agi(call_id, id, "GET VARIABLE BRIDGERESULT"),
            ]
        case cmd.ReadRingStatus(id, bridged):
            return [_agi(call_id, id, f"GET VARIABLE {'BRIDGERESULT' if bridged else 'DIALSTATUS'}")]
        case cmd.Probe(id):
            return [_agi(call_id, id, "NOOP")]
        case cmd.HangUp():
            return [_agi(call_id, "", "HANGUP")]
    return _encode_at_once(call_id, command)


def _encode_at_once(call_id: str, command: cmd.ChannelCommand) -> list[Action]:
    """What does not wait for the commands before it."""
    match command:
        case cmd.CutPrompt():
            # As if the caller had pressed a key: what plays ends, and no other state asks for a key now.
            return [("PlayDTMF", {"Channel": call_id, "Digit": "#", "Duration": "50", "Receive": "true"})]
        case cmd.PauseRecording():
            return [("MixMonitorMute", {"Channel": call_id, "Direction": "both", "State": "1"})]
        case cmd.ResumeRecording():
            return [("MixMonitorMute", {"Channel": call_id, "Direction": "both", "State": "0"})]
        case cmd.HangUpNow():
            return [("Hangup", {"Channel": call_id})]
    raise TypeError(f"{command} is no command for a channel")


def encode_leg(leg: str, command: LegCommand, settings: Settings) -> list[Action]:
    """The AMI actions that do a command for a channel of our own. [] where the settings give no way to dial."""
    rules = settings.callbacks
    match command:
        case commands.DialAgent(_, agent, number, language):
            return [_originate(leg, f"PJSIP/{agent}", "agent", rules.agent_seconds, number, language)]
        case commands.BriefAgent(_, id, number):
            return [*_say_brief(leg, id, number, settings), _agi(leg, "", "SET MUSIC ON default")]
        case commands.DialCustomer(_, number, language, queue) if settings.trunk is not None:
            channel = f"PJSIP/{dial_string(number, settings.trunk)}@trunk"
            action, headers = _originate(
                leg, channel, "customer", rules.ring_seconds, settings.trunk.caller_id, language
            )
            detect = "yes" if settings.queues[queue].machine_detection else "no"
            return [(action, {**headers, "Variable": [f"RINGBACK_LANGUAGE={language}", f"RINGBACK_DETECT={detect}"]})]
        case commands.HangUpLeg():
            return [("Hangup", {"Channel": leg})]
    return []


def _say_brief(leg: str, command_id: str, number: str, settings: Settings) -> list[Action]:
    """What the agent hears before the customer is called: that it is a callback, whose and, where it was said, why."""
    said = ("callback-brief", "callback-number", *digits_prompts(number[-DIGITS_TOLD:]))
    brief = encode(leg, cmd.Ask(command_id, said, 0))
    reason = settings.callback_reasons.resolve() / f"{leg.removeprefix(OUR_CHANNELS).partition('-')[0]}.wav"
    if not reason.exists() or not PLAYABLE.fullmatch(str(reason)):
        return brief
    played = "&".join(f"ringback/{prompt}" for prompt in said)
    return [
        (name, {**headers, "Command": str(headers["Command"]).replace(played, f"{played}&{reason.with_suffix('')}")})
        for name, headers in brief
    ]


def _originate(leg: str, channel: str, exten: str, seconds: float, number: str, language: str) -> Action:
    """`leg` names the channel and the action, so that its failure says whose it is."""
    return "Originate", {
        "ActionID": leg,
        "ChannelId": leg,
        "Channel": channel,
        "Context": "ringback-callbacks",
        "Exten": exten,
        "Priority": "1",
        "Timeout": str(round(seconds * 1000)),
        "CallerID": number,
        "Variable": [f"RINGBACK_LANGUAGE={language}"],
        "Async": "true",
    }


def _agi(call_id: str, command_id: str, command: str) -> Action:
    headers: dict[str, str | list[str]] = {"Channel": call_id, "Command": command}
    if command_id:
        headers["CommandID"] = command_id
    return "AGI", headers


def _agent_of(channel: str) -> str:
    """`PJSIP/anna-0000002a` is anna's."""
    return channel.removeprefix("PJSIP/").rpartition("-")[0]


def _is_callers(message: Headers) -> bool:
    """Whether a channel is a caller's: on a line, or an agent's phone that called one."""
    if message.get("Context") == "ringback-agents":
        called = message.get("Application") in ("", "AppDial") or not message["Exten"]
        return not called and not message["Exten"].startswith("*")
    return message.get("Context") in ("ringback-lines", "ringback-transfers")


def _caller_of(message: Headers) -> tuple[str, str]:
    """Number and name: from the variable that the dialplan sets, URL-encoded."""
    value = _variable(message, FROM_VARIABLE)
    return read_from(value) if value else ("", "")


def _variable(message: Headers, wanted: str) -> str:
    """A variable of the channel, of those that manager.conf asks for with every event; empty where it is not set."""
    for line in message.get("ChanVariable", "").split("\n"):
        name, _, value = line.partition("=")
        if name == wanted:
            return value
    return ""


def quality_of(text: str) -> Quality | None:
    """`ssrc=1;themssrc=2;lp=0;rxjitter=0.00125;rxcount=606;txjitter=0.00025;txcount=605;rlp=0;rtt=0.000534;...`: lp is
    packets lost on the way to us, rlp what the phone says it lost, jitter and rtt are seconds; 0 where the phone never
    reported. None: no packet came and no report."""
    told = dict(part.partition("=")[::2] for part in text.split(";"))
    names = ("lp", "rxcount", "rxjitter", "rlp", "txcount", "txjitter", "txmes", "rtt")
    try:
        lost, came, jitter, lost_there, went, jitter_there, score_there, round_trip = (
            float(told.get(name) or 0) for name in names
        )
    except ValueError:
        return None  # how a leg sounded must not keep its end from being heard of
    received = sent = None
    if came > 0:
        received = Direction(lost / (lost + came), jitter)
    if went > 0 and max(score_there, round_trip, lost_there) > 0:
        sent = Direction(min(1.0, lost_there / went), jitter_there)
    return None if received is None and sent is None else Quality(received, sent, round_trip or None)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _duration(text: str) -> float:
    """`01:02:03` in seconds."""
    seconds = 0.0
    for part in text.split(":"):
        seconds = seconds * 60 + float(part or 0)
    return seconds
