"""Problem: callers of a line hear what is known to be wrong before anything else, and may ask to be told when it is
fixed. Their number is read back and confirmed as for a callback; whoever asks for nothing goes on as ever, at once.

A caller who asked before, and whom nobody has told yet that it is fixed, hears so here and is not called.
"""

from ivr.events import Done, Event
from ivr.memory import EARLY_SECONDS, Dialogue
from ivr.states import callback, opening
from ivr.table import CallSignal

TOLD_KEY = "1"
OFFER_SECONDS = 4.0
"""For the key; who presses none hears the menu."""
FIXED = "problem-fixed"
"""The id of the command that says that it is."""
CONFIRMED = (CallSignal.NUMBER_CONFIRMED, CallSignal.NUMBER_CONFIRMED_WHY)
RATHER = (CallSignal.RATHER_NOT, CallSignal.RATHER_WAITS, CallSignal.RATHER_CHOOSES)


def read(call: Dialogue, done: Done) -> CallSignal:
    """To be told, or whatever comes next on this line."""
    if done.command != FIXED and done.value == TOLD_KEY:
        return CallSignal.WANTS_TO_BE_TOLD
    return opening.read(call, done.at)


def read_number(call: Dialogue, done: Done) -> CallSignal:
    """As for a callback; who would rather not goes on as ever."""
    signal = callback.read(call, done)
    if signal in CONFIRMED:
        return CallSignal.NUMBER_CONFIRMED
    return opening.read(call, done.at) if signal in RATHER else signal


def on_problem_known(call: Dialogue, event: Event, now: float) -> None:
    """Said once a call."""
    known = call.flow.around.problem(call.flow.line.number)
    if known is not None:
        call.memory.problem_said, call.facts.problem = str(known.prompt), known.id
    _ask(call, event.at, now)


def on_problem_fixed(call: Dialogue, _event: Event, now: float) -> None:
    """The call that was promised is not made."""
    call.memory.fixed, call.facts.fixed_told = False, True
    call.say(FIXED, (*opening.unheard_notice(call), "problem-fixed"), now)


def on_number_confirmed(call: Dialogue, _event: Event, now: float) -> None:
    """It stands, also for a caller who hangs up now."""
    call.facts.problem_number = call.memory.callback_number
    call.say_goodbye("problem-thanks", now)


def take_again(call: Dialogue, now: float) -> None:
    """Said again from its beginning."""
    if call.memory.problem_said is None:
        call.say(FIXED, ("problem-fixed",), now)
    else:
        _ask(call, now, now)


def _ask(call: Dialogue, at: float, now: float) -> None:
    said = (*opening.unheard_notice(call), str(call.memory.problem_said), "problem-offer")
    call.ask("problem", said, OFFER_SECONDS, now, deaf_until=at + EARLY_SECONDS)
