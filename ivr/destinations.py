"""Where a choice leads just now: which case holds, and which signal that is.

Owns how conditions are decided and how a choice is named, so that a snapshot can name it. Leaves what follows to
`ivr/states/`. Nothing here changes anything.
"""

from dataclasses import dataclass

from ivr.flow import START, Way
from ivr.memory import Dialogue
from ivr.table import CallSignal
from ringback.config import Case, CaseCondition, Destination
from ringback.messages import say

OPERATOR_KEY = "0"
"""Always reaches a person."""


@dataclass(frozen=True)
class MenuChoice:
    """One choice, with its cases decided."""

    way: Way
    destination: Destination
    label: str = ""
    """In the language of the call."""


def choice_of(call: Dialogue, key: str, at: float) -> MenuChoice | None:
    """What a key of the present menu leads to at `at`; None: nothing."""
    if key == OPERATOR_KEY:
        return MenuChoice((call.menu_name, key), _operator(call), say("ivr.operator", {}, call.language))
    option = call.menu.options.get(key)
    if option is None:
        return None
    return _decided(call, MenuChoice((call.menu_name, key), option, option.label_in(call.language)), at)


def start_of(call: Dialogue, at: float) -> MenuChoice | None:
    """Where this caller begins who need not choose first; None: with the menu."""
    place = _first(call, call.flow.line.start, at)
    return None if place is None else _decided(call, MenuChoice((START, place), call.flow.line.start[place]), at)


def signal_of(call: Dialogue, choice: MenuChoice, at: float) -> CallSignal:
    """What the choice means to a caller who makes it at `at`."""
    leads = choice.destination
    match leads.verb:
        case "queue":
            return _wait(call, leads.queue, at)
        case "callback":
            assert leads.callback is not None
            # Nobody may be called back just now: then by the line, which says so where it must.
            offers = call.flow.offers_callback(leads.callback)
            return CallSignal.CALLBACK_CHOSEN if offers else _wait(call, leads.callback, at)
    return SIGNALS[leads.verb]


SIGNALS = {
    "menu": CallSignal.OTHER_MENU,
    "language": CallSignal.OTHER_LANGUAGE,
    "say": CallSignal.SENTENCE,
    "lookup": CallSignal.LOOKUP_CHOSEN,
    "message": CallSignal.MESSAGE_CHOSEN,
    "transfer": CallSignal.TO_OUTSIDE,
    "end": CallSignal.FAREWELL,
}
"""Of destinations that mean the same at any hour."""


def holds(call: Dialogue, when: CaseCondition, at: float) -> bool:
    """Whether all of a condition is so."""
    flow, facts, memory = call.flow, call.facts, call.memory
    asked = (
        when.hours is None or flow.holds(when.hours, at),
        when.known in (None, memory.called_before),
        when.vip is None or when.vip is flow.is_vip(facts.caller_number),
        when.open_ticket in (None, memory.ticket is not None),
        when.problem is None or when.problem is (flow.around.problem(flow.line.number) is not None),
        when.nobody is None or not flow.around.anybody(when.nobody),
    )
    return all(asked)


def _decided(call: Dialogue, choice: MenuChoice, at: float) -> MenuChoice:
    """Its cases followed to their end; where none holds, a person."""
    way, destination = choice.way, choice.destination
    while destination.cases is not None:
        place = _first(call, destination.cases, at)
        if place is None:
            return MenuChoice(choice.way, _operator(call), choice.label)
        way, destination = (*way, place), destination.cases[place]
    return MenuChoice(way, destination, choice.label)


def _first(call: Dialogue, cases: list[Case], at: float) -> int | None:
    return next((place for place, case in enumerate(cases) if holds(call, case.when, at)), None)


def _operator(call: Dialogue) -> Destination:
    return Destination(queue=call.menu.operator_queue)


def _wait(call: Dialogue, queue: str | None, at: float) -> CallSignal:
    return CallSignal.CHOICE if call.flow.closed(queue, at) is None else CallSignal.CHOICE_CLOSED
