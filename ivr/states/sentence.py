"""Saying: a menu option says a sentence, and the menu goes on. The two are one prompt, which any key cuts.

So the answer is one to the menu, as after the greeting: `ivr/states/menu.py` reads it.
"""

from ivr.events import Done
from ivr.memory import Dialogue
from ivr.states import menu


def on_sentence(call: Dialogue, event: Done, now: float) -> None:
    """The sentence of this option, and the menu. In the menu path it stands once, however often it is heard."""
    chosen = call.flow.sentence_of(event.value)
    assert chosen is not None
    label, call.memory.sentence = chosen
    if not any(step["key"] == event.value for step in call.facts.menu_path):
        menu.note_key(call, event.value, label)
    _say(call, now)


def take_again(call: Dialogue, now: float) -> None:
    """The sentence is said again from its beginning."""
    _say(call, now)


def _say(call: Dialogue, now: float) -> None:
    assert call.memory.sentence is not None
    menu.ask(call, (call.memory.sentence,), call.flow.menu.first_key_seconds, now)
