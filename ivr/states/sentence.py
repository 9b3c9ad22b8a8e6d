"""Saying: a choice says a sentence, and the menu goes on. The two are one prompt, which any key cuts.

So the answer is one to the menu, as after the greeting: `ivr/states/menu.py` reads it.
"""

from ivr.events import Done
from ivr.memory import Dialogue
from ivr.states import menu
from ivr.states.choice import chosen, note_once


def on_sentence(call: Dialogue, event: Done, now: float) -> None:
    """The sentence of this choice, and the menu."""
    choice = chosen(call, event)
    assert choice is not None
    assert choice.destination.say is not None
    call.memory.said = [str(choice.destination.say)]
    note_once(call, choice)
    _say(call, now)


def take_again(call: Dialogue, now: float) -> None:
    """The sentence is said again from its beginning."""
    _say(call, now)


def _say(call: Dialogue, now: float) -> None:
    menu.ask(call, tuple(call.memory.said), call.menu.first_key_seconds, now)
