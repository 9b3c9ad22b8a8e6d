"""Choice: what every choice has in common, whatever it leads to. No state of its own: others note it here."""

from ivr.destinations import MenuChoice, choice_of, start_of
from ivr.events import Done, Event
from ivr.memory import Dialogue
from ivr.states.words import key_of

NOTICE = "notice"
"""The id of the command that says the notice to its end. A key in it is one of the menu, where that comes next."""


def chosen(call: Dialogue, event: Event) -> MenuChoice | None:
    """The choice that a key means, or that is made for the caller before the menu was asked."""
    if isinstance(event, Done) and event.value and (call.memory.asks or event.command == NOTICE):
        return choice_of(call, key_of(call, event), event.at)
    return None if call.memory.asks else start_of(call, event.at)


def note_choice(call: Dialogue, event: Event) -> MenuChoice | None:
    """What was chosen, and the queue that it leads to; without a choice, the operator queue."""
    choice = chosen(call, event)
    if choice is None:
        call.facts.queue, call.memory.chosen = call.menu.operator_queue, None
        return None
    leads = choice.destination
    call.memory.chosen = list(choice.way)
    call.facts.queue = leads.queue or leads.callback or leads.message
    if choice.label:
        note_key(call, choice)
    return choice


def note_once(call: Dialogue, choice: MenuChoice) -> None:
    """One step of the menu path, for what leads back to the menu: once, however often it is chosen."""
    there, key, *_ = choice.way
    noted = any((step["menu"], step["key"]) == (there, key) for step in call.facts.menu_path)
    if choice.label and not noted:
        note_key(call, choice)


def note_key(call: Dialogue, choice: MenuChoice) -> None:
    """One step of the menu path."""
    menu, key, *_ = choice.way
    call.facts.menu_path.append({"menu": str(menu), "key": str(key), "label": choice.label})
