"""What Asterisk tells of the trunk: AMI's words and its log, as reports. The only place that knows either. Pure.

The registration's state comes as an event without the provider's answer (22.10.1); that stands in the log alone.
"""

import re

from callback.trunk import Registration
from pbx.ami import Headers
from pbx.reports import OUR_CHANNELS, OwnChannelGivenUp, OwnChannelRings, TrunkAnswers, TrunkRegistration

TRUNK = "trunk"
"""Its sections of pjsip.conf, and so the names of its endpoint, its address and its registration."""
EVENT_NAMES = ("Registry", "ContactStatus", "DialState")
ANSWERING = {"Reachable": True, "Unreachable": False}
"""Of what Asterisk says of an address whether OPTIONS was answered; anything else says nothing of that."""
REGISTRATIONS = {"Registered": Registration.REGISTERED, "Rejected": Registration.REFUSED}
"""What else it says is something on the way there."""
GIVEN_UP = "3"
"""The reason of an Originate whose time ran out: the state that was awaited (`AST_CONTROL_RINGING`)."""
RINGING = ("RINGING", "PROGRESS")
_ANSWERED = re.compile(
    r"res_pjsip_outbound_registration\.c: .*?\b([1-6]\d\d)(?: ([A-Za-z][A-Za-z ]*?))?'? (?:\w+ )?response"
)
_NOTHING = re.compile(r"res_pjsip_outbound_registration\.c: No response received")


def decode_trunk(
    message: Headers,
) -> OwnChannelRings | OwnChannelGivenUp | TrunkAnswers | TrunkRegistration | None:
    """An event of the trunk or of a customer who is called there, or a line of the answer to `questions`."""
    match message.get("Event"):
        case "DialState" if message.get("DialStatus") in RINGING and _is_customers(message.get("DestUniqueid", "")):
            return OwnChannelRings(message["DestUniqueid"])
        case "OriginateResponse" if message.get("Reason") == GIVEN_UP and _is_customers(message.get("ActionID", "")):
            return OwnChannelGivenUp(message["ActionID"])
        case "ContactStatus" if message.get("AOR") == TRUNK:
            return _answers(message.get("ContactStatus", ""))
        case "ContactStatusDetail" if message.get("AOR") == TRUNK:
            return _answers(message.get("Status", ""))
        case "Registry" if message.get("ChannelType") == "PJSIP":
            return _registration(message.get("Status", ""))
        case "OutboundRegistrationDetail" if message.get("ObjectName") == TRUNK:
            return _registration(message.get("Status", ""))
    return None


def questions(registers: bool) -> list[tuple[str, dict[str, str | list[str]]]]:
    """What asks Asterisk how it is with the trunk now."""
    asked: list[tuple[str, dict[str, str | list[str]]]] = [("PJSIPShowEndpoint", {"Endpoint": TRUNK})]
    return [*asked, ("PJSIPShowRegistrationsOutbound", {})] if registers else asked


def request(what: str) -> tuple[str, dict[str, str | list[str]]]:
    """What has Asterisk send the trunk OPTIONS, or our registration, now."""
    return ("PJSIPRegister", {"Registration": TRUNK}) if what == "register" else ("PJSIPQualify", {"Endpoint": TRUNK})


def registration_answer(log: str) -> str | None:
    """What the provider answered to the last registration, `403 Forbidden`, by the end of Asterisk's log; "": nothing;
    None: the log does not say."""
    for line in reversed(log.splitlines()):
        if found := _ANSWERED.search(line):
            return f"{found[1]} {found[2]}" if found[2] else found[1]
        if _NOTHING.search(line):
            return ""
    return None


def _is_customers(channel: str) -> bool:
    return channel.startswith(OUR_CHANNELS) and channel.endswith("c")


def _answers(status: str) -> TrunkAnswers | None:
    return TrunkAnswers(ANSWERING[status]) if status in ANSWERING else None


def _registration(status: str) -> TrunkRegistration | None:
    return TrunkRegistration(REGISTRATIONS[status]) if status in REGISTRATIONS else None
