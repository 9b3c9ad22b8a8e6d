"""Callback: the caller wants to be called back. The number is read back to its end, changed or entered, and confirmed.

The promise stands from the moment the number is confirmed, even for a caller who hangs up then.
"""

from ivr import commands as cmd
from ivr.events import Done, Event
from ivr.memory import Dialogue
from ivr.states.choice import note_choice
from ivr.table import CallSignal
from prompts.names import digits_prompts

CALLBACK_KEY = "1"
"""Asks for a callback, and confirms the number."""
OTHER_NUMBER_KEY = "2"
CALLBACK_TRIES = 3
ENTER_SECONDS, CONFIRM_SECONDS = 10, 8
TWICE_SECONDS = 0.3
"""Nobody types the first key of a number so soon."""
SAID = "-said"
"""How the command ends that reads the number back."""
LONGEST_NUMBER = 18
"""Keys of a number that is entered."""


def read(call: Dialogue, done: Done) -> CallSignal:
    """A number, or what is to become of the one that was read back."""
    memory = call.memory
    entering = memory.callback_number is None
    rather = _rather(call)
    if done.command.endswith(SAID) and not done.failed:
        return CallSignal.NUMBER_SAID
    if done.value == "":
        return rather
    if entering:
        if _number(call, _entered(call, done)) is not None:
            return CallSignal.NUMBER_GIVEN
    elif done.value == CALLBACK_KEY:
        return CallSignal.NUMBER_CONFIRMED_WHY if call.flow.asks_reason else CallSignal.NUMBER_CONFIRMED
    elif done.value == OTHER_NUMBER_KEY:
        return CallSignal.OTHER_NUMBER
    if memory.callback_tries + 1 >= CALLBACK_TRIES:
        return rather
    return CallSignal.BAD_NUMBER if entering else CallSignal.WRONG_KEY


def _rather(call: Dialogue) -> CallSignal:
    """Back to where the caller came from."""
    if call.facts.closed:
        return CallSignal.RATHER_NOT
    return CallSignal.RATHER_CHOOSES if call.facts.queued_at is None else CallSignal.RATHER_WAITS


def on_callback_chosen(call: Dialogue, event: Event, now: float) -> None:
    """By a choice of the menu, without a wait; for when the queue is open."""
    note_choice(call, event)
    closed = call.flow.closed(call.queue, event.at)
    call.facts.opens_at = None if closed is None else closed.opens_at
    on_wants_callback(call, event, now)


def on_wants_callback(call: Dialogue, _event: Event, now: float) -> None:
    """Begins with the caller's own number where we may dial it."""
    call.cut_prompt()
    numbers, text, country = call.flow.numbers, call.facts.caller_number, call.flow.line.default_country
    call.memory.callback_number = _number(call, text)
    call.memory.callback_tries = 0
    refused = call.memory.callback_number is None and numbers.read(text, country) is not None
    _ask(call, (numbers.why_not(text, country),) if refused else (), now)


def on_other_number(call: Dialogue, _event: Event, now: float) -> None:
    """To be entered."""
    call.memory.callback_number = None
    _ask(call, (), now)


def on_number_given(call: Dialogue, event: Done, now: float) -> None:
    """Read back."""
    call.memory.callback_number = _number(call, _entered(call, event))
    _ask(call, (), now)


def on_number_said(call: Dialogue, _event: Event, now: float) -> None:
    """Only now a key says something about it."""
    call.ask(f"callback-{call.memory.callback_asks}", ("fallback-confirm",), CONFIRM_SECONDS, now)


def on_bad_number(call: Dialogue, event: Done, now: float) -> None:
    """Why it cannot be called; then another try."""
    call.memory.callback_tries += 1
    _ask(call, (call.flow.numbers.why_not(_entered(call, event), call.flow.line.default_country),), now)


def on_wrong_key(call: Dialogue, _event: Event, now: float) -> None:
    """The number is read back once more."""
    call.memory.callback_tries += 1
    _ask(call, ("menu-invalid",), now)


def on_number_confirmed(call: Dialogue, _event: Event, now: float) -> None:
    """Promised, and that is all."""
    promise(call)
    thank(call, now)


def take_again(call: Dialogue, now: float) -> None:
    """The number is asked for or read back again."""
    _ask(call, (), now)


def promise(call: Dialogue) -> None:
    """The promise stands from here on."""
    number = call.memory.callback_number
    assert number is not None
    call.facts.promised_number = number
    call.memory.promised = True
    call.do(cmd.PromiseCallback(number, call.facts.opens_at), cmd.LeaveQueue())


def thank(call: Dialogue, now: float) -> None:
    """Goodbye, and whether it is a new promise or the one that stood already."""
    thanks = "callback-thanks" if call.facts.opens_at is None else "callback-thanks-later"
    already = call.memory.callback_number == call.memory.standing
    call.say_goodbye("callback-already" if already else thanks, now)


def _number(call: Dialogue, text: str) -> str | None:
    return call.flow.numbers.to_call(text, call.flow.line.default_country)


def _entered(call: Dialogue, done: Done) -> str:
    """The number without the key that led here, where that was pressed twice at once."""
    first, since, value = call.memory.first_key_at, call.memory.entering_since, done.value
    twice = first is not None and since is not None and first < since + TWICE_SECONDS
    return value[1:] if twice and value[0] in (CALLBACK_KEY, OTHER_NUMBER_KEY) else value


def _ask(call: Dialogue, before: tuple[str, ...], now: float) -> None:
    """Reads the number back, or asks for one."""
    memory = call.memory
    memory.callback_asks += 1
    command = f"callback-{memory.callback_asks}"
    memory.first_key_at, memory.entering_since = None, now
    if memory.callback_number is None:
        call.ask(command, (*before, "fallback-enter"), ENTER_SECONDS, now, digits=LONGEST_NUMBER)
        return
    said = digits_prompts(call.flow.numbers.spoken(memory.callback_number, call.flow.line.default_country))
    call.say(f"{command}{SAID}", (*before, "fallback-number", *said), now)
