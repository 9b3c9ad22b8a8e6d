"""Greeting and menu: what the caller wants. The greeting is the line's own menu asked for the first time."""

from ivr import commands as cmd
from ivr.destinations import choice_of, signal_of, start_of
from ivr.events import Done, Event
from ivr.memory import Dialogue
from ivr.states import closed, nobody, opening, words
from ivr.states.choice import NOTICE, note_choice
from ivr.table import CallSignal
from ivr.tries import note_asked, note_try


def read(call: Dialogue, done: Done) -> CallSignal:
    """A choice; a wrong key or silence, which are counted apart; or one of them too often."""
    memory = call.memory
    if opening.is_step(done):
        return opening.read(call, done.at)
    if done.command == NOTICE and (not done.value or start_of(call, done.at) is not None):
        return CallSignal.NOTICE_HEARD
    if nobody.is_count(done):
        return CallSignal.NOBODY if nobody.is_nobody(call, done) else _tries_used_up(call, done)
    if words.is_words(done):
        unsure = choice_of(call, words.key_of(call, done), done.at)
        return CallSignal.WORDS_UNKNOWN if unsure is None else CallSignal.WORDS_UNSURE
    choice = choice_of(call, done.value, done.at)
    if choice is not None:
        return signal_of(call, choice, done.at)
    wrong_keys, silences = memory.wrong_keys + bool(done.value), memory.silences + (not done.value)
    if max(wrong_keys, silences) >= call.menu.tries:
        return CallSignal.NO_SIGN if not done.value and nobody.may_be(call) else _tries_used_up(call, done)
    return CallSignal.WRONG_KEY if done.value else CallSignal.SILENCE


def _tries_used_up(call: Dialogue, done: Done) -> CallSignal:
    """A person, if the operator queue is open."""
    is_open = call.flow.closed(call.menu.operator_queue, done.at) is None
    return CallSignal.TRIES_USED_UP if is_open else CallSignal.CHOICE_CLOSED


def on_notice_heard(call: Dialogue, event: Event, now: float) -> None:
    """What comes first; mostly, nothing."""
    if opening.is_plain(call):
        on_begins(call, event, now)
    else:
        opening.begin(call, now)


def on_begins(call: Dialogue, _event: Event, now: float) -> None:
    """Greeting and menu are one prompt, which any key cuts; so is a notice that may be skipped."""
    ask(call, (*opening.unheard_notice(call), call.flow.line.greeting), call.menu.first_key_seconds, now)


def on_choice(call: Dialogue, event: Done, _now: float) -> None:
    """Into the line of the queue that was chosen."""
    note_choice(call, event)
    call.facts.queued_at = event.at
    call.join_queue(event.at)


def on_choice_closed(call: Dialogue, event: Done, now: float) -> None:
    """The queue that was chosen is closed, or the one of the person who was to help."""
    if note_choice(call, event) is None and not nobody.is_count(event):
        note_try(call, event)
    closed.tell(call, event.at, (), now)


def on_other_menu(call: Dialogue, event: Done, now: float) -> None:
    """Another menu, with tries of its own."""
    choice = note_choice(call, event)
    assert choice is not None
    first = call.memory.asks == 0
    call.memory.menu = choice.destination.menu
    _begin(call, (call.flow.line.greeting,) if first else (), now)


def on_other_language(call: Dialogue, event: Done, now: float) -> None:
    """The same menu in another language, from its beginning."""
    choice = note_choice(call, event)
    assert choice is not None
    assert choice.destination.language is not None
    call.facts.language = choice.destination.language
    call.do(cmd.SetLanguage(call.facts.language))
    _begin(call, (call.flow.line.greeting,), now)


def on_wrong_key(call: Dialogue, event: Done, now: float) -> None:
    """Asked again, without the greeting."""
    note_try(call, event)
    call.memory.wrong_keys += 1
    ask(call, ("menu-invalid",), call.menu.key_seconds, now)


def on_silence(call: Dialogue, event: Done, now: float) -> None:
    """Asked again, without the greeting."""
    note_try(call, event)
    call.memory.silences += 1
    ask(call, ("menu-silent",), call.menu.key_seconds, now)


def on_words_unknown(call: Dialogue, _event: Event, now: float) -> None:
    """Asked again, at last for a key."""
    ask_again_after_words(call, now)


def on_tries_used_up(call: Dialogue, event: Done, now: float) -> None:
    """A person, never a hang-up: for whoever shows life, see `nobody`."""
    if not nobody.is_count(event):
        note_try(call, event)
    to_person(call, event.at, now)


def on_farewell(call: Dialogue, event: Done, now: float) -> None:
    """Something is said, and that is all the caller needed."""
    choice = note_choice(call, event)
    assert choice is not None
    assert choice.destination.end is not None
    call.memory.helped = True
    call.say_goodbye(choice.destination.end, now)


def take_again(call: Dialogue, now: float) -> None:
    """The menu is asked again; before it was asked, what comes before it."""
    if call.memory.asks:
        ask(call, (), call.menu.first_key_seconds, now)
    else:
        opening.begin(call, now)


def on_rather_chooses(call: Dialogue, _event: Event, now: float) -> None:
    """Back in the menu where the callback was chosen."""
    _begin(call, (), now)


def ask(call: Dialogue, before: tuple[str, ...], seconds: float, now: float) -> None:
    """The menu, after the prompts `before`."""
    note_asked(call)
    call.memory.asks += 1
    said = words.phrases_of(call, call.menu.options, person=True)
    call.ask(f"ask-{call.memory.asks}", (*before, call.menu.prompt), seconds, now, words=said)


def ask_again_after_words(call: Dialogue, now: float) -> None:
    """The menu, after words that were not understood; after the second ones it is answered by keys alone."""
    call.memory.misheard += 1
    only_keys = ("words-keys",) if words.are_given_up(call) else ()
    ask(call, ("words-unknown", *only_keys), call.menu.key_seconds, now)


def to_person(call: Dialogue, at: float, now: float, before: tuple[str, ...] = ()) -> None:
    """Into the line of the operator queue, which is said after the prompts `before`."""
    call.facts.queue = call.menu.operator_queue
    call.memory.chosen = None
    call.facts.queued_at = at
    call.join_queue(at)
    call.announce((*before, "to-person"), now)


def _begin(call: Dialogue, before: tuple[str, ...], now: float) -> None:
    call.memory.wrong_keys = call.memory.silences = call.memory.misheard = 0
    ask(call, before, call.menu.first_key_seconds, now)
