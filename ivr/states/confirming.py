"""Confirming: a choice was said and heard uncertainly. The caller is asked whether it was meant.

Yes is a choice as if its key had been pressed. Anything else is none: the menu is asked again, and after the second
time it is answered by keys alone. 0 reaches a person here, too.
"""

from ivr.destinations import OPERATOR_KEY, choice_of, signal_of
from ivr.events import Done, Event
from ivr.memory import Dialogue
from ivr.states import menu
from ivr.states.words import CONFIRM, key_of
from ivr.table import CallSignal
from ringback.config import Option
from ringback.phrases import YES_NO

YES = "1"


def read(call: Dialogue, done: Done) -> CallSignal:
    """Yes, no, or a person."""
    choice = choice_of(call, key_of(call, done), done.at) if done.value in (YES, OPERATOR_KEY) else None
    return CallSignal.NOT_MEANT if choice is None else signal_of(call, choice, done.at)


def on_words_unsure(call: Dialogue, event: Done, now: float) -> None:
    """What it sounded like is said back."""
    call.memory.meant = key_of(call, event)
    _ask(call, now)


def on_not_meant(call: Dialogue, _event: Event, now: float) -> None:
    """The menu once more."""
    menu.ask_again_after_words(call, now)


def take_again(call: Dialogue, now: float) -> None:
    """Asked again."""
    _ask(call, now)


def _ask(call: Dialogue, now: float) -> None:
    call.memory.asks += 1
    option = call.menu.options.get(call.memory.meant or "")
    prompts = ("words-meant", _said_back(option), "words-yes-no")
    words = YES_NO.get(call.language, ())
    call.ask(f"{CONFIRM}{call.memory.asks}", prompts, call.menu.key_seconds, now, words=words)


def _said_back(option: Option | None) -> str:
    """The prompt that names an option; 0 is the person."""
    return "words-person" if option is None or option.said_back is None else option.said_back
