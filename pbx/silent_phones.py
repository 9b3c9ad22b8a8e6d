"""Phones from which nothing comes any more: how packets are counted, and phones asked whether they are there.

Owns AMI's words for it. Leaves when to ask to `controller/silence.py`.
"""

import re

from pbx.ami import Headers

SOUND_THAT_CAME = "CHANNEL(rtcp,rxcount)"
"""What Asterisk calls the packets of sound that have come on a channel."""
ABOUT_PHONE = ("PJSIP_HEADER(read,Allow)", "PJSIP_RESPONSE_HEADER(read,Allow)", "CHANNEL(audionativeformat)")
"""What must be known to ask a phone in a call: the methods that it says it understands, in its call or in its answer to
ours, and the codec that was agreed on."""

Action = tuple[str, dict[str, str | list[str]]]


def count_packets(channel: str) -> Action:
    """Asks how many packets of sound have come from a phone: `packets_of` reads the answer."""
    return "Getvar", {"Channel": channel, "Variable": SOUND_THAT_CAME}


def packets_of(answer: Headers) -> int | None:
    """None: the channel is gone, or has no sound yet."""
    value = answer.get("Value", "")
    return int(value) if value.isdecimal() else None


def ask_about_phone(channel: str) -> list[Action]:
    """What `ask_whether_there` wants to know first, one answer after the other."""
    return [("Getvar", {"Channel": channel, "Variable": variable}) for variable in ABOUT_PHONE]


def ask_whether_there(channel: str, answers: list[Headers]) -> list[Action]:
    """Asks a phone in its call whether it is still there: with an UPDATE where it understands one, else with an INVITE,
    as every phone does. Either says again what was agreed on.

    Asterisk keeps to itself what would change nothing, so it is given two offers of which one is always new: the codec
    in use alone, and the same with another behind it.
    """
    *methods, codec = (answer.get("Value", "") for answer in answers)
    how = "update" if "UPDATE" in " ".join(methods).upper() else "invite"
    found = re.search(r"\w+", codec, re.ASCII)
    used = found.group() if found else "ulaw"
    actions: list[Action] = []
    for offer in (f"!all,{used}", f"!all,{used},{'ulaw' if used == 'alaw' else 'alaw'}"):
        for variable, value in (("PJSIP_MEDIA_OFFER(audio)", offer), ("PJSIP_SEND_SESSION_REFRESH()", how)):
            actions.append(("Setvar", {"Channel": channel, "Variable": variable, "Value": value}))
    return actions
