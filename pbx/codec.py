"""AMI text to the events of a call, commands of a call to AMI actions. Pure: no socket, no clock.

Nothing else in Ringback knows AMI's words. A call is named by its linkedid, which is the unique id of
the caller's own channel.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

from ivr import commands as cmd
from ivr.events import AgentAnswered, Arrived, Done, Event, HungUp
from pbx.ami import Headers
from queueing.line import Device

EVENT_NAMES = ("AsyncAGIStart", "AsyncAGIExec", "DialEnd", "Hangup", "DeviceStateChange")
"""The AMI events that are asked for; Asterisk sends no others."""

DEVICE_STATES = {
    "NOT_INUSE": Device.IDLE,
    "UNAVAILABLE": Device.UNREACHABLE,
    "INVALID": Device.UNREACHABLE,
    "UNKNOWN": Device.UNREACHABLE,
}
"""Every other state of a phone is some kind of use."""

Action = tuple[str, dict[str, str | list[str]]]


@dataclass(frozen=True, slots=True)
class CallEvent:
    """An event of the call `linkedid`."""

    linkedid: str
    event: Event


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """An agent's phone is now like this."""

    agent: str
    device: Device


@dataclass(frozen=True, slots=True)
class LiveChannel:
    """A caller's channel that Asterisk has right now, held by the controller's AGI."""

    linkedid: str
    line: str
    caller_number: str
    caller_name: str
    seconds: float
    """How long it has been there."""
    bridge: str
    """The bridge it is in; empty: none."""


def decode(message: Headers, now: float) -> CallEvent | DeviceChanged | None:
    """What an AMI event means; None: nothing to us. `now` stands in where it carries no time."""
    at = float(message.get("Timestamp", now))
    match message.get("Event"):
        case "AsyncAGIExec":
            return _decode_exec(message, at)
        case "AsyncAGIStart" if _is_callers(message):
            arrived = Arrived(at, message["Exten"], _text(message["CallerIDNum"]), _text(message["CallerIDName"]))
            return CallEvent(message["Linkedid"], arrived)
        case "Hangup" if _is_callers(message):
            return CallEvent(message["Linkedid"], HungUp(at, message.get("Cause-txt", "")))
        case "DialEnd" if message.get("DialStatus") == "ANSWER" and "Linkedid" in message:
            return CallEvent(message["Linkedid"], AgentAnswered(at, _agent_of(message["DestChannel"])))
        case "DeviceStateChange" if message.get("Device", "").startswith("PJSIP/"):
            return decode_device(message)
    return None


def _decode_exec(message: Headers, at: float) -> CallEvent | None:
    command = message.get("CommandId") or message.get("CommandID") or ""
    if not command or "." in command or not _is_callers(message):
        return None  # the first half of a pair, or a command that nobody waits for
    result = unquote_plus(message.get("Result", "")).strip()
    code, _, rest = result.partition(" ")
    value, _, extra = rest.removeprefix("result=").partition(" ")
    failed = code != "200" or value == "-1"
    # GET VARIABLE says `200 result=1 (ANSWER)`, and `200 result=0` where there is no such variable.
    value = extra.removeprefix("(").removesuffix(")") if value == "1" else ""
    return CallEvent(message["Linkedid"], Done(at, command, value, failed))


def decode_refusal(linkedid: str, command: cmd.ChannelCommand, answer: Headers, now: float) -> CallEvent | None:
    """What it means for a call that Asterisk did not take a command; None: it did, or it does not matter."""
    if answer.get("Response") != "Error":
        return None
    if "does not exist" in answer.get("Message", "") or "No such channel" in answer.get("Message", ""):
        return CallEvent(linkedid, HungUp(now, "the channel was gone"))
    if isinstance(command, cmd.Ask | cmd.Ring | cmd.ReadRingStatus | cmd.Probe):
        return CallEvent(linkedid, Done(now, command.id, "", failed=True))
    return None


def decode_device(message: Headers) -> DeviceChanged:
    """A DeviceStateChange event, as it comes by itself or in the answer to DeviceStateList."""
    agent = message["Device"].removeprefix("PJSIP/")
    return DeviceChanged(agent, DEVICE_STATES.get(message.get("State", ""), Device.IN_USE))


def decode_channels(messages: list[Headers]) -> tuple[list[LiveChannel], dict[str, str]]:
    """The answer to CoreShowChannels: callers held by our AGI, and the agent in each bridge."""
    channels = [message for message in messages if message.get("Event") == "CoreShowChannel"]
    callers = [
        LiveChannel(
            message["Linkedid"],
            message["Exten"],
            _text(message["CallerIDNum"]),
            _text(message["CallerIDName"]),
            _duration(message.get("Duration", "")),
            message.get("BridgeId", ""),
        )
        for message in channels
        if _is_callers(message) and message.get("Context") == "ringback-lines"
    ]
    agents = {
        message["BridgeId"]: _agent_of(message["Channel"])
        for message in channels
        if message.get("BridgeId") and not _is_callers(message)
    }
    return callers, agents


def decode_start(status: Headers) -> float:
    """When Asterisk started, from the answer to CoreStatus (its local time), in seconds since the epoch."""
    text = f"{status['CoreStartupDate']} {status['CoreStartupTime']}"
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").timestamp()  # noqa: DTZ007 Asterisk says no zone: its own, which is this machine's


def encode(linkedid: str, command: cmd.ChannelCommand) -> list[Action]:
    """The AMI actions that do a command, in order."""
    match command:
        case cmd.Ask(id, prompts, seconds):
            files = "&".join(f"ringback/{prompt}" for prompt in prompts)
            # Option t: no key ends the input, so that # is a key like any other. GET DATA would need no
            # second action, but in Asterisk 22 it plays one file only.
            variable = f"RINGBACK_{id.replace('-', '_')}"
            return [
                _agi(linkedid, "", f"EXEC Read {variable},{files},1,t,1,{max(0.001, seconds):g}"),
                _agi(linkedid, id, f"GET VARIABLE {variable}"),
            ]
        case cmd.CutPrompt():
            # As if the caller had pressed a key: what plays ends, and no other state asks for a key now.
            return [("PlayDTMF", {"Channel": linkedid, "Digit": "#", "Duration": "50", "Receive": "true"})]
        case cmd.MusicOn(music):
            return [_agi(linkedid, "", f"SET MUSIC ON {music}")]
        case cmd.Ring(id, agent, seconds, music):
            dial = f"EXEC Dial PJSIP/{agent},{seconds:g},gm({music})"
            return [
                _agi(linkedid, "", "SET MUSIC OFF"),
                _agi(linkedid, f"{id}.dial", dial),
                # Waits behind Dial, so that its answer comes when the talk is over.
                _agi(linkedid, id, "GET VARIABLE DIALSTATUS"),
            ]
        case cmd.ReadRingStatus(id):
            return [_agi(linkedid, id, "GET VARIABLE DIALSTATUS")]
        case cmd.Probe(id):
            return [_agi(linkedid, id, "NOOP")]
        case cmd.HangUp():
            return [_agi(linkedid, "", "HANGUP")]
        case cmd.HangUpNow():
            return [("Hangup", {"Channel": linkedid})]


def _agi(linkedid: str, command_id: str, command: str) -> Action:
    headers: dict[str, str | list[str]] = {"Channel": linkedid, "Command": command}
    if command_id:
        headers["CommandID"] = command_id
    return "AGI", headers


def _is_callers(message: Headers) -> bool:
    return "Linkedid" in message and message["Linkedid"] == message.get("Uniqueid")


def _agent_of(channel: str) -> str:
    """`PJSIP/anna-0000002a` is anna's."""
    return channel.removeprefix("PJSIP/").rpartition("-")[0]


def _text(value: str) -> str:
    return "" if value == "<unknown>" else value


def _duration(text: str) -> float:
    """`01:02:03` in seconds."""
    seconds = 0.0
    for part in text.split(":"):
        seconds = seconds * 60 + float(part or 0)
    return seconds
