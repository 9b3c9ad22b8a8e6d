"""Telling: a customer whom we called hears that the known problem is fixed, and may ask for a person."""

from ivr.events import CalledBack, Done, Event
from ivr.memory import Dialogue
from ivr.states import closed
from ivr.table import CallSignal

PERSON_KEY = "1"
PERSON_SECONDS = 5.0
SAID, OFFER = "told", "told-offer"


def read_called(_call: Dialogue, event: CalledBack, _now: float) -> CallSignal:
    """With an agent, or to be told something."""
    return CallSignal.CALLED_TO_TELL if event.tells else CallSignal.CALLED_BACK


def read(call: Dialogue, done: Done) -> CallSignal:
    """It has been heard; then a person, or nothing."""
    if done.command == SAID:
        return CallSignal.GIVES_UP if done.failed else CallSignal.TOLD
    if done.value != PERSON_KEY:
        return CallSignal.GIVES_UP
    is_open = call.flow.closed(call.queue, done.at) is None
    return CallSignal.CHOICE if is_open else CallSignal.CHOICE_CLOSED


def on_called_to_tell(call: Dialogue, event: CalledBack, now: float) -> None:
    """The notice first: the customer is recorded from now on."""
    facts = call.facts
    facts.line, facts.caller_number, facts.caller_name = event.line, event.caller_number, event.caller_name
    facts.arrived_at, facts.queue, facts.called_back = event.at, event.queue, True
    call.memory.place_at = event.at
    _say(call, now)


def on_told(call: Dialogue, _event: Event, now: float) -> None:
    """That is all; unless there is more to ask."""
    call.memory.told = True
    call.ask(OFFER, ("problem-person",), PERSON_SECONDS, now)


def on_choice(call: Dialogue, event: Event, _now: float) -> None:
    """Into the line, as a caller who has just come."""
    call.facts.queued_at = event.at
    call.join_queue(event.at)


def on_choice_closed(call: Dialogue, event: Event, now: float) -> None:
    """Why, and until when."""
    closed.tell(call, event.at, (), now)


def on_gives_up(call: Dialogue, _event: Event, now: float) -> None:
    """Goodbye."""
    call.say_goodbye("goodbye", now)


def take_again(call: Dialogue, now: float) -> None:
    """Said again, or asked again."""
    if call.memory.told:
        call.ask(OFFER, ("problem-person",), PERSON_SECONDS, now)
    else:
        _say(call, now)


def _say(call: Dialogue, now: float) -> None:
    notice = (call.flow.line.notice,) if call.flow.line.notice else ()
    call.say(SAID, (*notice, "problem-hello", "problem-fixed"), now)
