"""AMI text to what happened (`pbx/reports.py`), commands of a call to AMI actions. Pure: no socket, clock or disk.

Nothing else in Ringback knows AMI's words. A call is named by the unique id of the caller's own channel.
For a caller that is the linkedid too; a channel that is connected with an older one takes over the older
one's linkedid, so the unique id is the name that stays: our `call_id`.
"""

from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote_plus

from ivr import commands as cmd
from ivr.caller import read_from
from ivr.events import AgentAnswered, AgentRefused, Arrived, Done, FallbackTook, HungUp, KeyPressed, Missed, Transferred
from pbx.ami import Headers
from pbx.errors import AmiError
from pbx.quality import QUALITY_VARIABLE, quality_of
from pbx.reports import (
    OUR_CHANNELS,
    BridgeChange,
    ChannelEvent,
    CodeDialled,
    Decoded,
    DeviceChanged,
    HoldChange,
    LineEntered,
    LiveChannel,
    NuisanceRefused,
    OwnChannelFailed,
    OwnChannelUp,
    PhoneSeen,
)
from pbx.silent_phones import SOUND_THAT_CAME
from pbx.trunk_events import EVENT_NAMES as TRUNK_EVENTS
from pbx.trunk_events import decode_trunk
from queueing.router import Device
from recogniser.wire import packed
from ringback.phrases import Phrases

HEARTBEAT_VARIABLE = "RINGBACK_HEARTBEAT"
"""The second in which the controller gave its last sign of life; the dialplan compares it with the clock."""
ENDING_VARIABLE = "RINGBACK_ENDING"
"""1 while all is to end: the dialplan has the fallback answer new callers."""
FROM_VARIABLE = "RINGBACK_FROM"
"""The From header of the caller's INVITE, URL-encoded as a whole: the dialplan sets it."""
FALLBACK_CONTEXT = "ringback-fallback"
"""Where the dialplan has the fallback talk to callers."""
LINES = "ringback-lines"
"""The dialplan's context of callers."""
NUISANCE_EVENT = "RingbackNuisance"
"""What the dialplan says of a call that it refuses because of its number."""
EVENT_NAMES = (
    "Newchannel",
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
    "UserEvent",
    *TRUNK_EVENTS,
)
"""The AMI events that are asked for; Asterisk sends no others."""
EVENT_FILTERS = {
    "Newchannel": ("header(Context),method(exact)", LINES),
    "AsyncAGIExec": ("header(CommandId),method(regex)", "^[^.]+$"),
}
"""Of these only those that matter: what Asterisk makes for phones of agents is no caller, and the first half of a pair
of commands, which has no id of its own or one with a dot, is waited for by nobody."""
UP = "6"
"""ChannelState of a channel that was answered."""
FALLBACK_SECONDS = 5.0
"""A caller whom we were not asked to take for so long has been with the fallback: the dialplan hands over at once."""

DEVICE_STATES = {
    "NOT_INUSE": Device.IDLE,
    "UNAVAILABLE": Device.UNREACHABLE,
    "INVALID": Device.UNREACHABLE,
    "UNKNOWN": Device.UNREACHABLE,
}
"""Every other state of a phone is some kind of use."""

REFUSALS = {
    "BUSY": "busy",
    "NOANSWER": "unanswered",
    "CONGESTION": "unreachable",
    "CHANUNAVAIL": "unreachable",
}
"""How one phone of those that a Dial rang did not answer; cancelled is one that another was quicker than."""
VANISHED = 18
"""Q.850: no user responding. So ends a channel whose phone was asked something and never answered."""
CONTACT_THERE = ("Created", "Updated", "Reachable")
"""What Asterisk says of a phone's registration when it is there."""

ANSWERED = (
    cmd.Ask,
    cmd.Say,
    cmd.Listen,
    cmd.Ring,
    cmd.DialOutside,
    cmd.ReadRingStatus,
    cmd.Probe,
    cmd.CountSound,
)
"""Commands whose end somebody waits for."""

Action = tuple[str, dict[str, str | list[str]]]


def decode(message: Headers, now: float) -> Decoded | None:
    """What an AMI event means; None: nothing to us. `now` stands in where it carries no time."""
    return decode_trunk(message) or _decode_channel(message, now)


def by_our_clock(message: Headers, ahead: float) -> Headers:
    """The event with its times as ours: the machine's clock, which Asterisk goes by, was set forward by `ahead`."""
    changed = dict(message)
    if "Timestamp" in message:
        changed["Timestamp"] = f"{float(message['Timestamp']) - ahead:.6f}"
    answered = answered_at(message.get("Exten", ""), 0.0)
    if answered and message.get("Context") == "ringback-callbacks":
        changed["Exten"] = f"at{round((answered - ahead) * 1000)}"
    return changed


def _decode_channel(message: Headers, now: float) -> Decoded | None:
    """Of callers, of agents' phones, of channels that we made."""
    at = float(message.get("Timestamp", now))
    match message.get("Event"):
        case "AsyncAGIExec":
            return _decode_exec(message, at)
        case "AsyncAGIStart":
            return _decode_start(message, at)
        case "Newchannel" if message.get("Context") == LINES and message.get("Exten"):
            return LineEntered(message["Uniqueid"], message["Exten"], at)
        case "Hangup":
            return ChannelEvent(
                message["Uniqueid"],
                HungUp(at, message.get("Cause-txt", ""), _cause(message)),
                quality_of(_variable(message, QUALITY_VARIABLE)),
                _missed(message, at),
                _number(message.get("TechCause", "")),
            )
        case "DialEnd" if "Uniqueid" in message and "DestChannel" in message:
            return _decode_dial_end(message, at)
        case "ContactStatus" | "RingbackFallback" | "UserEvent" as what:
            return _decode_rare(message, at, what)
        case "BridgeEnter" | "BridgeLeave" as what:
            return _bridge_change(message, at, what == "BridgeEnter")
        case "Hold" | "Unhold" as what:
            return HoldChange(message["Uniqueid"], at, what == "Hold")
        case "DTMFEnd" if message.get("Direction") == "Received":
            return ChannelEvent(message["Uniqueid"], KeyPressed(at, message.get("Digit", "")))
        case "OriginateResponse" if message.get("Response") == "Failure":
            # Says the same whether there was a channel or not: 22.10.1 names in Uniqueid the one that was asked for.
            return OwnChannelFailed(message.get("ActionID", ""), at)
        case "DeviceStateChange" if message.get("Device", "").startswith("PJSIP/"):
            return decode_device(message)
    return None


def _decode_dial_end(message: Headers, at: float) -> ChannelEvent | None:
    """A phone that sends the call on to somebody else (302) has declined it: Dial follows nobody (option i)."""
    if message.get("DialStatus") == "ANSWER":
        return ChannelEvent(message["Uniqueid"], AgentAnswered(at, _agent_of(message["DestChannel"])))
    how = "unanswered" if message.get("Forward") else REFUSALS.get(message.get("DialStatus", ""))
    if how is None:
        return None
    return ChannelEvent(message["Uniqueid"], AgentRefused(at, _agent_of(message["DestChannel"]), how))


def _decode_start(message: Headers, at: float) -> ChannelEvent | CodeDialled | OwnChannelUp | None:
    match message.get("Context"):
        case "ringback-agents" if message["Exten"].startswith("*"):
            return CodeDialled(message["Uniqueid"], _agent_of(message["Channel"]), message["Exten"])
        case "ringback-lines" | "ringback-agents":  # agents may call a line as anybody may
            arrived = Arrived(at, message["Exten"], *_caller_of(message), _trunk_or_address(message))
            return ChannelEvent(message["Uniqueid"], arrived)
        case "ringback-transfers":
            return ChannelEvent(message["Uniqueid"], Transferred(at, message["Exten"]))
        case "ringback-callbacks":
            return OwnChannelUp(message["Uniqueid"], answered_at(message["Exten"], at), message["Exten"] == "machine")
    return None


def _missed(message: Headers, ended_at: float) -> Missed | None:
    """A caller's channel that is gone, for the case that nobody has taken it up: only a line sets the From header."""
    if message.get("ChannelState") != UP or not _variable(message, FROM_VARIABLE):
        return None
    if message.get("Context") not in (LINES, "ringback-agents"):
        return None
    at = began_at(message["Uniqueid"], ended_at)
    by_fallback = ended_at - at >= FALLBACK_SECONDS
    return Missed(at, message.get("Exten", ""), *_caller_of(message), by_fallback, _trunk_or_address(message))


def began_at(call_id: str, otherwise: float) -> float:
    """When a channel was made, to the second: Asterisk names it so (`1795306066.0`)."""
    seconds, _, _ = call_id.partition(".")
    return min(float(seconds), otherwise) if seconds.isascii() and seconds.isdecimal() else otherwise


def _decode_exec(message: Headers, at: float) -> ChannelEvent | None:
    command = message.get("CommandId") or message.get("CommandID") or ""
    if not command or "." in command:
        return None  # the first half of a pair, or a command that nobody waits for
    result = unquote_plus(message.get("Result", "")).strip()
    code, _, rest = result.partition(" ")
    value, _, extra = rest.removeprefix("result=").partition(" ")
    failed = code != "200" or value == "-1"
    # GET VARIABLE says `200 result=1 (ANSWER)`, and `200 result=0` where there is no such variable.
    value = extra.removeprefix("(").removesuffix(")") if value == "1" else ""
    return ChannelEvent(message["Uniqueid"], Done(at, command, value, failed))


def answered_at(exten: str, otherwise: float) -> float:
    """When a customer whom we call has answered, which the dialplan says in the extension: `at` and milliseconds."""
    milliseconds = exten.removeprefix("at")
    return int(milliseconds) / 1000 if milliseconds != exten and milliseconds.isdecimal() else otherwise


def decode_refusal(call_id: str, command: cmd.ChannelCommand, answer: Headers, now: float) -> ChannelEvent | None:
    """What it means for a call that Asterisk did not take a command; None: it did, or it does not matter."""
    if answer.get("Response") != "Error":
        return None
    if "does not exist" in answer.get("Message", "") or "No such channel" in answer.get("Message", ""):
        return ChannelEvent(call_id, HungUp(now, "the channel was gone"))
    if isinstance(command, cmd.Say) and not command.id:
        return None
    if isinstance(command, ANSWERED):
        return ChannelEvent(call_id, Done(now, command.id, "", failed=True))
    return None


def decode_device(message: Headers) -> DeviceChanged:
    """A DeviceStateChange event, as it comes by itself or in the answer to DeviceStateList."""
    agent = message["Device"].removeprefix("PJSIP/")
    return DeviceChanged(agent, DEVICE_STATES.get(message.get("State", ""), Device.IN_USE))


def _decode_rare(message: Headers, at: float, what: str) -> ChannelEvent | PhoneSeen | NuisanceRefused | None:
    if what == "UserEvent":
        is_ours = message.get("UserEvent") == NUISANCE_EVENT
        return NuisanceRefused(message.get("Key", ""), message.get("Entry", "")) if is_ours else None
    if what == "RingbackFallback":
        return ChannelEvent(message["Uniqueid"], FallbackTook(at))
    return PhoneSeen(message.get("AOR", "")) if message.get("ContactStatus") in CONTACT_THERE else None


def fallback_took(call_id: str, at: float) -> Headers:
    """What the watchdog writes down beside Asterisk's events when it moves a caller; `decode` reads it back."""
    return {"Event": "RingbackFallback", "Uniqueid": call_id, "Timestamp": f"{at:.6f}"}


def decode_beat(answer: list[Headers]) -> float:
    """The controller's last sign of life, from the answer to Getvar; 0: there was none since Asterisk started."""
    value = answer[0].get("Value", "")
    return float(value) if value.isdecimal() else 0.0


def decode_ending(answer: list[Headers]) -> bool:
    """Whether all is to end, from the answer to Getvar: the watchdog says so."""
    return answer[0].get("Value", "") == "1"


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
                    answered=_is_answered(message),
                    transferred=message.get("Context") == "ringback-transfers",
                    waits_for_us=message.get("ApplicationData") == "agi:async",
                    in_fallback=message.get("Context") == FALLBACK_CONTEXT,
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


def _is_answered(message: Headers) -> bool:
    """Answered, and no longer listened to whether it is a machine: that the dialplan does before it asks for us."""
    listening = message["Exten"] == "customer" and message.get("ApplicationData") != "agi:async"
    return message.get("ChannelStateDesc") == "Up" and not listening


def decode_start(status: Headers) -> float:
    """When Asterisk started, from the answer to CoreStatus (its local time), in seconds since the epoch.

    Raises AmiError where it does not say: what answers there is no Asterisk yet, or none at all.
    """
    text = f"{status.get('CoreStartupDate')} {status.get('CoreStartupTime')}"
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").timestamp()  # noqa: DTZ007 Asterisk says no zone: its own, which is this machine's
    except ValueError:
        raise AmiError("pbx.no_start") from None


def encode(call_id: str, command: cmd.ChannelCommand) -> list[Action]:
    """The AMI actions that do a command, in order."""
    match command:
        case cmd.Ask(id, prompts, seconds, 1, words, language) if words:
            return ask_in_words(call_id, id, [f"ringback/{prompt}" for prompt in prompts], seconds, (language, words))
        case cmd.Ask(id, prompts, seconds, digits):
            return play(call_id, id, [f"ringback/{prompt}" for prompt in prompts], seconds, digits)
        case cmd.Say(id, prompts):
            return [agi(call_id, id, f"EXEC Playback {'&'.join(f'ringback/{prompt}' for prompt in prompts)}")]
        case cmd.Listen(id, silence_seconds, seconds):
            return [
                agi(call_id, "", "SET MUSIC OFF"),  # the watchdog may have begun some
                agi(call_id, "", f"EXEC WaitForSilence {silence_seconds * 1000:.0f},1,{seconds:.0f}"),
                agi(call_id, id, "GET VARIABLE WAITSTATUS"),
            ]
        case cmd.SetLanguage(language):
            return [agi(call_id, "", f"SET VARIABLE CHANNEL(language) {language}")]
        case cmd.MusicOn(music):
            return [agi(call_id, "", f"SET MUSIC ON {music}")]
        case cmd.Probe(id):
            return [agi(call_id, id, "NOOP")]
        case cmd.CountSound(id):
            return [agi(call_id, id, f"GET FULL VARIABLE ${{{SOUND_THAT_CAME}}}")]
        case cmd.HangUp():
            return [agi(call_id, "", "HANGUP")]
    return _encode_ringing(call_id, command)


def _encode_ringing(call_id: str, command: cmd.ChannelCommand) -> list[Action]:
    """What connects the caller with somebody."""
    match command:
        case cmd.Ring(id, agents, seconds, music, caller):
            return [
                agi(call_id, "", f"SET CALLERID {caller or 'anonymous'}"),
                agi(call_id, "", "SET MUSIC OFF"),
                # Whatever phones each agent has registered just now: only the dialplan can ask for them.
                agi(call_id, "", 'SET VARIABLE RINGBACK_PHONES ""'),
                *(agi(call_id, "", f"GOSUB ringback-phones {agent} 1") for agent in agents),
                agi(call_id, f"{id}.dial", f"GOSUB ringback-ring s 1 {seconds:g},gim({music})"),
                # Waits behind Dial, so that its answer comes when the talk is over.
                agi(call_id, id, "GET VARIABLE DIALSTATUS"),
            ]
        case cmd.Bridge(id, channel):
            return [
                agi(call_id, "", "SET MUSIC OFF"),
                agi(call_id, f"{id}.bridge", f"EXEC Bridge {channel}"),
                agi(call_id, id, "GET VARIABLE BRIDGERESULT"),
            ]
        case cmd.ReadRingStatus(id, bridged):
            return [agi(call_id, id, f"GET VARIABLE {'BRIDGERESULT' if bridged else 'DIALSTATUS'}")]
        case cmd.DialOutside(id, number):
            return [
                agi(call_id, "", "SET MUSIC OFF"),
                # Numbers of the settings alone are extensions there.
                agi(call_id, f"{id}.dial", f"GOSUB ringback-outside {number.removeprefix('+')} 1"),
                agi(call_id, id, "GET VARIABLE DIALSTATUS"),
            ]
    return _encode_at_once(call_id, command)


def play(call_id: str, command_id: str, files: list[str], seconds: float = 0, digits: int = 1) -> list[Action]:
    """Plays files as Asterisk names them and waits for keys: see `ivr.commands.Ask`."""
    # Option t: no key ends the input, so that # is a key like any other; several keys end with #.
    # GET DATA would need no second action, but in Asterisk 22 it plays one file only.
    option = "t" if digits == 1 else ""
    variable = f"RINGBACK_{command_id.replace('-', '_')}"
    return [
        agi(call_id, "", f"EXEC Read {variable},{'&'.join(files)},{digits},{option},1,{max(0.001, seconds):g}"),
        agi(call_id, command_id, f"GET VARIABLE {variable}"),
    ]


UNHEARD_SECONDS = 3
"""After the time for an answer, until a recogniser that says nothing is not waited for any longer."""


def ask_in_words(
    call_id: str, command_id: str, files: list[str], seconds: float, question: tuple[str, Phrases]
) -> list[Action]:
    """Plays files and waits for a key, or for what may be said instead: see `ivr.commands.Ask`."""
    pieces = packed(*question)
    most = f"{seconds + UNHEARD_SECONDS:g}"
    return [
        agi(call_id, "", 'SET VARIABLE RINGBACK_ANSWER ""'),
        *(agi(call_id, "", f"SET VARIABLE RINGBACK_SAYS{at} {piece}") for at, piece in enumerate(pieces)),
        agi(call_id, "", f"GOSUB ringback-ask s 1 {'&'.join(files)},{seconds:g},{len(pieces)},{most}"),
        agi(call_id, command_id, "GET VARIABLE RINGBACK_ANSWER"),
    ]


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


def agi(call_id: str, command_id: str, command: str) -> Action:
    """A command for a channel under AsyncAGI; without `command_id` nobody waits for its answer."""
    headers: dict[str, str | list[str]] = {"Channel": call_id, "Command": command}
    if command_id:
        headers["CommandID"] = command_id
    return "AGI", headers


def _agent_of(channel: str) -> str:
    """`PJSIP/anna-0000002a` is anna's."""
    return channel.removeprefix("PJSIP/").rpartition("-")[0]


CALLERS_CONTEXTS = (
    "ringback-lines",
    "ringback-transfers",
    "ringback-phones",
    "ringback-ring",
    "ringback-outside",
    FALLBACK_CONTEXT,
)
"""Where callers' channels are, also while others' phones ring and while they talk."""


def _is_callers(message: Headers) -> bool:
    """Whether a channel is a caller's: on a line, or an agent's phone that called one."""
    if message.get("Context") == "ringback-agents":
        called = message.get("Application") in ("", "AppDial") or not message["Exten"]
        return not called and not message["Exten"].startswith("*")
    return message.get("Context") in CALLERS_CONTEXTS and message.get("Application") != "AppDial"


def _caller_of(message: Headers) -> tuple[str, str]:
    """Number and name: from the variable that the dialplan sets, URL-encoded."""
    value = _variable(message, FROM_VARIABLE)
    return read_from(value) if value else ("", "")


def _trunk_or_address(message: Headers) -> str:
    return "trunk" if message["Channel"].startswith("PJSIP/trunk-") else _variable(message, "RINGBACK_SOURCE")


def _variable(message: Headers, wanted: str) -> str:
    """A variable of the channel, of those that manager.conf asks for with every event; empty where it is not set."""
    for line in message.get("ChanVariable", "").split("\n"):
        name, _, value = line.partition("=")
        if name == wanted:
            return value
    return ""


def _cause(message: Headers) -> int:
    """Of a hangup. 408 is what pjsip says of a request in a call that was never answered, whoever ended it then."""
    return VANISHED if message.get("TechCause") == "408" else _number(message.get("Cause", ""))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _duration(text: str) -> float:
    """`01:02:03` in seconds."""
    seconds = 0.0
    for part in text.split(":"):
        seconds = seconds * 60 + float(part or 0)
    return seconds
