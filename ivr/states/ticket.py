"""Ticket: a caller with an open ticket is asked whether the call is about it, and is then spared the menu."""

from ivr.events import Done, Event
from ivr.memory import EARLY_SECONDS, Dialogue
from ivr.states import closed, opening
from ivr.table import CallSignal
from prompts.names import digits_prompts

TICKET_KEY = "1"
TICKET_SECONDS = 4.0
"""For the key; who presses none hears the menu."""


def read(call: Dialogue, done: Done) -> CallSignal:
    """About the ticket, or about something else."""
    if done.value == TICKET_KEY:
        is_open = call.flow.closed(_queue(call), done.at) is None
        return CallSignal.TICKET_MEANT if is_open else CallSignal.TICKET_MEANT_CLOSED
    return opening.read(call, done.at)


def on_ticket_open(call: Dialogue, event: Event, now: float) -> None:
    """Its number is said, as the ticket's is on every page."""
    call.memory.ticket_offered = True
    _ask(call, event.at, now)


def on_ticket_meant(call: Dialogue, event: Event, _now: float) -> None:
    """Into the line of the queue that has the ticket, which the agents see."""
    _note(call)
    call.facts.queued_at = event.at
    call.join_queue(event.at)


def on_ticket_meant_closed(call: Dialogue, event: Event, now: float) -> None:
    """That queue is closed."""
    _note(call)
    closed.tell(call, event.at, (), now)


def take_again(call: Dialogue, now: float) -> None:
    """Asked again."""
    _ask(call, now, now)


def _ask(call: Dialogue, at: float, now: float) -> None:
    said = (*opening.unheard_notice(call), "ticket-about", *digits_prompts(str(call.memory.ticket)), "ticket-press")
    call.ask("ticket", said, TICKET_SECONDS, now, deaf_until=at + EARLY_SECONDS)


def _note(call: Dialogue) -> None:
    call.facts.about_ticket, call.facts.queue = call.memory.ticket, _queue(call)
    call.memory.chosen = None


def _queue(call: Dialogue) -> str:
    """Where the ticket's last call was; a queue that is no longer there is the operators'."""
    there = call.memory.ticket_queue
    return there if there is not None and there in call.flow.queues else call.menu.operator_queue
