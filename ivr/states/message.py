"""Message: a caller whom nobody answers speaks after the tone. The recording has it; its times are noted."""

from ivr import commands as cmd
from ivr.events import Done, Event
from ivr.memory import Dialogue
from ivr.states.choice import note_choice
from ivr.table import CallSignal

MESSAGE_SECONDS = 120.0
MESSAGE_SILENCE_SECONDS = 5.0
"""A message is over when nothing has been said for this long."""
ASK, LISTEN = "message-ask", "message"
SILENT = "SILENCE"
"""How listening ends after that silence; else the message was as long as it may be."""


def read(_call: Dialogue, done: Done) -> CallSignal:
    """The caller has been asked; then whatever was said, or nothing."""
    return CallSignal.MESSAGE_ASKED if done.command == ASK else CallSignal.MESSAGE_LEFT


def on_wants_message(call: Dialogue, _event: Event, now: float) -> None:
    """Asks for it."""
    call.say(ASK, ("leave-message",), now)


def on_message_chosen(call: Dialogue, event: Event, now: float) -> None:
    """By a choice of the menu."""
    note_choice(call, event)
    on_wants_message(call, event, now)


def on_message_proposed(call: Dialogue, event: Event, now: float) -> None:
    """The wait has become too long."""
    call.cut_prompt()
    call.do(cmd.LeaveQueue())
    on_wants_message(call, event, now)


def on_message_asked(call: Dialogue, event: Event, now: float) -> None:
    """Listens."""
    call.facts.message_from = event.at
    _listen(call, now)


def on_message_left(call: Dialogue, event: Done, now: float) -> None:
    """Thanks."""
    call.memory.message_left = True
    began = event.at if call.facts.message_from is None else call.facts.message_from
    silence = MESSAGE_SILENCE_SECONDS if event.value == SILENT else 0.0
    call.facts.message_to = max(began, event.at - silence)
    call.say_goodbye("message-thanks", now)


def take_again(call: Dialogue, now: float) -> None:
    """Listens on: the caller may be in the middle of it."""
    if call.facts.message_from is None:
        call.facts.message_from = now
    _listen(call, now)


def _listen(call: Dialogue, now: float) -> None:
    call.listen(LISTEN, MESSAGE_SILENCE_SECONDS, MESSAGE_SECONDS, now)
