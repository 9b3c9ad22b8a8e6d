"""Outside: a choice connects the caller with a number outside. Where nobody answers there, the caller gets a person."""

from ivr import commands as cmd
from ivr.events import Done, Event
from ivr.memory import Dialogue
from ivr.states import closed, menu, offer
from ivr.states.choice import note_choice
from ivr.table import CallSignal

OUTSIDE = "outside"
LONGEST_SECONDS = 4 * 3600.0
"""Of a talk outside, of which nothing is heard before its end."""


def read(call: Dialogue, done: Done) -> CallSignal:
    """They have talked, or nobody answered."""
    if done.value in offer.ANSWERED:
        return CallSignal.OUTSIDE_LEFT
    is_open = call.flow.closed(call.menu.operator_queue, done.at) is None
    return CallSignal.OUTSIDE_FAILED if is_open else CallSignal.OUTSIDE_FAILED_CLOSED


def on_to_outside(call: Dialogue, event: Event, now: float) -> None:
    """Rings there."""
    choice = note_choice(call, event)
    assert choice is not None
    assert choice.destination.transfer is not None
    call.expect(OUTSIDE, now + LONGEST_SECONDS)
    call.do(cmd.DialOutside(OUTSIDE, choice.destination.transfer))


def on_outside_left(call: Dialogue, _event: Event, now: float) -> None:
    """Goodbye."""
    call.memory.outside = True
    call.say_goodbye("goodbye", now)


def on_outside_failed(call: Dialogue, event: Event, now: float) -> None:
    """A person of ours instead."""
    menu.to_person(call, event.at, now)


def on_outside_failed_closed(call: Dialogue, event: Event, now: float) -> None:
    """Nobody of ours is there, either."""
    call.facts.queue = call.menu.operator_queue
    closed.tell(call, event.at, (), now)


def take_again(call: Dialogue, now: float) -> None:
    """The talk may have ended meanwhile."""
    call.expect(OUTSIDE, now + offer.STATUS_SECONDS)
    call.do(cmd.ReadRingStatus(OUTSIDE))
