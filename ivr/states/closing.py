"""Closing: goodbye has been asked for, and the channel ends after it."""

from ivr import commands as cmd
from ivr.events import Done, EndAsked, Event
from ivr.memory import Dialogue
from ivr.table import CallSignal

HANGUP_SECONDS = 5.0
"""How long the channel may take to end before it is ended at once."""


def read(_call: Dialogue, _done: Done) -> CallSignal:
    """The goodbye has been heard."""
    return CallSignal.SAID_GOODBYE


def on_said_goodbye(call: Dialogue, _event: Event, now: float) -> None:
    """The hangup follows by itself; it is seen to."""
    call.expect(None, now + HANGUP_SECONDS)


def note_end_asked(call: Dialogue, event: EndAsked, _now: float) -> bool:
    """Wherever the call is, its channel ends at once; what follows is what follows a hangup."""
    call.memory.end_asked_by = event.by
    call.do(cmd.HangUpNow())
    return True


def take_again(call: Dialogue, now: float) -> None:
    """The hangup may have been lost."""
    call.do(cmd.HangUp())
    call.expect(None, now + HANGUP_SECONDS)
