"""Message: a caller whom nobody answers speaks after the tone. The recording has it."""

from ivr import commands as cmd
from ivr.events import Done, Event
from ivr.memory import Dialogue
from ivr.states.choice import note_choice
from ivr.table import CallSignal

MESSAGE_SECONDS = 120.0
MESSAGE_SILENCE_SECONDS = 5.0
"""A message is over when nothing has been said for this long."""


def read(_call: Dialogue, _done: Done) -> CallSignal:
    """Whatever was said, or nothing."""
    return CallSignal.MESSAGE_LEFT


def on_wants_message(call: Dialogue, _event: Event, now: float) -> None:
    """Asks for it, and listens."""
    call.do(cmd.Say("", ("leave-message",)))
    _listen(call, now)


def on_message_chosen(call: Dialogue, event: Event, now: float) -> None:
    """By a choice of the menu."""
    note_choice(call, event)
    on_wants_message(call, event, now)


def on_message_proposed(call: Dialogue, event: Event, now: float) -> None:
    """The wait has become too long."""
    call.cut_prompt()
    call.do(cmd.LeaveQueue())
    on_wants_message(call, event, now)


def on_message_left(call: Dialogue, _event: Event, now: float) -> None:
    """Thanks."""
    call.memory.message_left = True
    call.say_goodbye("message-thanks", now)


def take_again(call: Dialogue, now: float) -> None:
    """Listens on: the caller may be in the middle of it."""
    _listen(call, now)


def _listen(call: Dialogue, now: float) -> None:
    call.listen("message", MESSAGE_SILENCE_SECONDS, MESSAGE_SECONDS, now)
