"""Channels of our own, made to keep a promise: what a promise asks of them as AMI actions. Pure.

Owns how an agent and a customer are dialled, and the whisper that tells the agent who is called and why. What these
channels report comes through `pbx/codec.py` like everything else.
"""

import re
from pathlib import Path

from callback import commands
from callback.policy import dial_string
from pbx.ami import LINE_LIMIT, Headers
from pbx.codec import Action, agi, play
from prompts.names import digits_prompts
from ringback.config import Settings

LegCommand = (
    commands.DialAgent | commands.WhisperToAgent | commands.TellAgent | commands.DialCustomer | commands.HangUpLeg
)
"""What a promise asks of the switch."""
DIGITS_TOLD = 4
"""Last digits of a customer's number that the agent hears; the phone shows all of it."""
TOLD = {"busy": "callback-busy", "machine": "callback-machine", "no_answer": "callback-no-answer"}
"""What an agent hears whose customer was not reached, by the outcome; of any other that it was so."""
PLAYABLE = re.compile(r"[\w./+@~=:-]+", re.ASCII)
"""A file whose name Asterisk takes as it is in a command."""


ELSEWHERE = "26"
"""Q.850, as Asterisk has it: answered elsewhere. A phone that is told so shows no missed call."""


def ask_phones(agent: str) -> Action:
    """Asks which phones an agent has registered just now: `phones_of` reads the answer."""
    return "Getvar", {"Variable": f"PJSIP_DIAL_CONTACTS({agent})"}


def phones_of(answer: Headers, agent: str) -> list[str]:
    """How each of the agent's phones is dialled. A phone writes its own address: only what is that agent's phone and no
    other is taken, as in `ringback-phones` (extensions.conf.j2). Never empty: where there is none, dialling says so."""
    found = answer.get("Value", "").split("&")
    own = re.compile(rf"PJSIP/{re.escape(agent)}/sips?:[^&,|\s]{{1,{LINE_LIMIT // 2}}}", re.ASCII)
    return found if all(own.fullmatch(phone) for phone in found) else [f"PJSIP/{agent}"]


def encode_leg(
    leg: str, command: LegCommand, settings: Settings, reason: Path | None = None, phone: str = ""
) -> list[Action]:
    """The AMI actions that do a command for a channel of our own. [] where the settings give no way to dial.

    `reason` is the sound in which the customer said why, for the agent's whisper; None: there is none. `phone` is the
    one of the agent's that is rung.
    """
    rules = settings.callbacks
    match command:
        case commands.DialAgent(_, agent, number, language):
            return [_originate(leg, phone or f"PJSIP/{agent}", "agent", rules.agent_seconds, number, language)]
        case commands.WhisperToAgent(_, id, number):
            return [*_whisper(leg, id, number, reason), agi(leg, "", "SET MUSIC ON default")]
        case commands.DialCustomer(_, number, language, queue) if settings.trunk is not None:
            channel = f"PJSIP/{dial_string(number, settings.trunk)}@trunk"
            action, headers = _originate(
                leg, channel, "customer", rules.ring_seconds, settings.trunk.caller_id, language
            )
            detect = "yes" if settings.queues[queue].machine_detection else "no"
            return [(action, {**headers, "Variable": [f"RINGBACK_LANGUAGE={language}", f"RINGBACK_DETECT={detect}"]})]
        case commands.TellAgent(_, outcome):
            said = TOLD.get(outcome, "callback-not-reached")
            return [*play(leg, "told", [f"ringback/{said}"]), agi(leg, "", "HANGUP")]
        case commands.HangUpLeg(_, elsewhere):
            return [("Hangup", {"Channel": leg, **({"Cause": ELSEWHERE} if elsewhere else {})})]
    return []


def _whisper(leg: str, command_id: str, number: str, reason: Path | None) -> list[Action]:
    """What the agent hears before the customer is called: that it is a callback, whose and, where it was said, why."""
    said = ("callback-brief", "callback-number", *digits_prompts(number[-DIGITS_TOLD:]))
    files = [f"ringback/{prompt}" for prompt in said]
    if reason is not None and PLAYABLE.fullmatch(str(reason)):
        files.append(str(reason.with_suffix("")))
    return play(leg, command_id, files)


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
