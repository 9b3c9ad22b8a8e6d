"""Closed: the line or the chosen queue is closed. The caller hears why and until when, and what can be done instead."""

from ivr import commands as cmd
from ivr.events import Done, Event
from ivr.memory import Dialogue
from ivr.states import nobody
from ivr.states.callback import CALLBACK_KEY
from ivr.table import CallSignal

MESSAGE_KEY = "2"
CLOSED_KEY_SECONDS = 8.0
CLOSED_TRIES = 3


def read(call: Dialogue, done: Done) -> CallSignal:
    """A callback, a message, or another try until there have been enough."""
    if nobody.is_count(done):
        return CallSignal.NOBODY if nobody.is_nobody(call, done) else CallSignal.GIVES_UP
    if done.value == CALLBACK_KEY and _can_promise_later(call):
        return CallSignal.WANTS_CALLBACK
    if done.value == MESSAGE_KEY:
        return CallSignal.WANTS_MESSAGE
    if call.memory.closed_tries + 1 >= CLOSED_TRIES:
        return CallSignal.NO_SIGN if not done.value and nobody.may_be(call) else CallSignal.GIVES_UP
    return CallSignal.WRONG_KEY if done.value else CallSignal.SILENCE


def on_closed_now(call: Dialogue, event: Event, now: float) -> None:
    """Nobody is left who could answer those who still wait."""
    call.cut_prompt()
    call.do(cmd.LeaveQueue())
    tell(call, event.at, (), now)


def on_wrong_key(call: Dialogue, _event: Event, now: float) -> None:
    """Asked again, without why and until when."""
    call.memory.pressed = True
    call.memory.closed_tries += 1
    _ask(call, ("menu-invalid",), now)


def on_silence(call: Dialogue, _event: Event, now: float) -> None:
    """Asked again, without why and until when."""
    call.memory.closed_tries += 1
    _ask(call, ("menu-silent",), now)


def on_rather_not(call: Dialogue, _event: Event, now: float) -> None:
    """No callback after all: perhaps a message."""
    _ask(call, (), now)


def on_gives_up(call: Dialogue, _event: Event, now: float) -> None:
    """Goodbye."""
    call.say_goodbye("goodbye", now)


def take_again(call: Dialogue, now: float) -> None:
    """Asked again."""
    _ask(call, (), now)


def tell(call: Dialogue, at: float, before: tuple[str, ...], now: float) -> None:
    """After the prompts `before`, says why and until when, and what can be done instead."""
    closed = call.flow.closed(call.facts.queue, at)
    call.facts.closed = True
    call.facts.opens_at = None if closed is None else closed.opens_at
    call.do(cmd.Say("", (*before, *(closed.prompts if closed is not None else ("closed",)))))
    _ask(call, (), now)


def _ask(call: Dialogue, before: tuple[str, ...], now: float) -> None:
    call.memory.asks += 1
    offer = ("callback-later",) if _can_promise_later(call) else ()
    call.ask(f"closed-{call.memory.asks}", (*before, *offer, "message-offer"), CLOSED_KEY_SECONDS, now)


def _can_promise_later(call: Dialogue) -> bool:
    """Whether a caller who found it closed may be called back when it opens."""
    return call.facts.opens_at is not None and call.flow.offers_callback(call.facts.queue or call.menu.operator_queue)
