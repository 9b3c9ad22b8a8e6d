"""Reason: a caller who was promised a call says why it is wanted. The recording has it; its times are noted."""

from ivr import commands as cmd
from ivr.events import Done, Event
from ivr.memory import Dialogue
from ivr.states import callback
from ivr.table import CallSignal

REASON_SECONDS = 20.0
REASON_SILENCE_SECONDS = 3.0
"""A reason is over when nothing has been said for this long."""


def read(_call: Dialogue, _done: Done) -> CallSignal:
    """Whatever was said, or nothing."""
    return CallSignal.REASON_SAID


def on_number_confirmed_why(call: Dialogue, event: Event, now: float) -> None:
    """The promise stands whether a reason is given or not."""
    callback.promise(call)
    call.facts.reason_from = event.at
    call.do(cmd.Say("", ("callback-reason",)))
    call.listen("reason", REASON_SILENCE_SECONDS, REASON_SECONDS, now)


def on_reason_said(call: Dialogue, event: Event, now: float) -> None:
    """Thanks."""
    call.facts.reason_to = event.at
    callback.thank(call, now)


def take_again(call: Dialogue, now: float) -> None:
    """Nobody is asked twice: it counts as said, at once."""
    call.expect(call.memory.pending, now)
