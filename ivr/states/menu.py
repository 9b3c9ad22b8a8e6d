"""Greeting and menu: what the caller wants. The greeting is the menu asked for the first time."""

from ivr.events import Done, Event
from ivr.memory import Dialogue
from ivr.states import closed, nobody
from ivr.table import CallSignal

NOTICE = "notice"
"""The id of the command that says the notice to its end."""


def read(call: Dialogue, done: Done) -> CallSignal:
    """A choice; a wrong key or silence, which are counted apart; or one of them too often."""
    memory, menu = call.memory, call.flow.menu
    if done.command == NOTICE and not done.value:
        return CallSignal.NOTICE_HEARD
    if nobody.is_count(done):
        return CallSignal.NOBODY if nobody.is_nobody(call, done) else _tries_used_up(call, done)
    if call.flow.sentence_of(done.value) is not None:
        return CallSignal.SENTENCE
    chosen = call.flow.queue_of(done.value)
    if chosen is not None:
        return CallSignal.CHOICE if call.flow.closed(chosen[1], done.at) is None else CallSignal.CHOICE_CLOSED
    wrong_keys, silences = memory.wrong_keys + bool(done.value), memory.silences + (not done.value)
    if max(wrong_keys, silences) >= menu.tries:
        return CallSignal.NO_SIGN if not done.value and nobody.may_be(call) else _tries_used_up(call, done)
    return CallSignal.WRONG_KEY if done.value else CallSignal.SILENCE


def _tries_used_up(call: Dialogue, done: Done) -> CallSignal:
    """A person, if the operator queue is open."""
    is_open = call.flow.closed(call.flow.menu.operator_queue, done.at) is None
    return CallSignal.TRIES_USED_UP if is_open else CallSignal.CHOICE_CLOSED


def on_notice_heard(call: Dialogue, _event: Event, now: float) -> None:
    """Greeting and menu are one prompt, which any key cuts."""
    ask(call, (call.flow.line.greeting,), call.flow.menu.first_key_seconds, now)


def on_choice(call: Dialogue, event: Done, _now: float) -> None:
    """Into the line of the queue that was chosen."""
    _note_choice(call, event)
    _join(call, event.at, event.value)


def on_choice_closed(call: Dialogue, event: Done, now: float) -> None:
    """The queue that was chosen is closed."""
    _note_choice(call, event)
    closed.tell(call, event.at, (), now)


def on_wrong_key(call: Dialogue, _event: Done, now: float) -> None:
    """Asked again, without the greeting."""
    call.memory.wrong_keys += 1
    ask(call, ("menu-invalid",), call.flow.menu.key_seconds, now)


def on_silence(call: Dialogue, _event: Done, now: float) -> None:
    """Asked again, without the greeting."""
    call.memory.silences += 1
    ask(call, ("menu-silent",), call.flow.menu.key_seconds, now)


def on_tries_used_up(call: Dialogue, event: Done, now: float) -> None:
    """A person, never a hang-up: for whoever shows life, see `nobody`."""
    call.facts.queue = call.flow.menu.operator_queue
    _join(call, event.at, None)
    call.announce(("to-person",), now)


def take_again(call: Dialogue, now: float) -> None:
    """The menu is asked again."""
    ask(call, (), call.flow.menu.first_key_seconds, now)


def ask(call: Dialogue, before: tuple[str, ...], seconds: float, now: float) -> None:
    """The menu, after the prompts `before`."""
    call.memory.asks += 1
    call.ask(f"ask-{call.memory.asks}", (*before, call.flow.menu.prompt), seconds, now)


def _note_choice(call: Dialogue, event: Done) -> None:
    """The queue that was chosen, or the operator queue."""
    chosen = call.flow.queue_of(event.value)
    call.facts.queue = call.flow.menu.operator_queue
    if chosen is not None:
        label, call.facts.queue = chosen
        note_key(call, event.value, label)


def note_key(call: Dialogue, key: str, label: str) -> None:
    """One step of the menu path."""
    call.facts.menu_path.append({"menu": call.flow.menu_name, "key": key, "label": label})


def _join(call: Dialogue, at: float, option: str | None) -> None:
    call.facts.queued_at = at
    call.memory.option = option
    call.join_queue(at)
