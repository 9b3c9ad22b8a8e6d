"""Lookup: the caller enters a number, somebody else is asked about it, and what is found is said before the menu.

Owns the question, the number and what is said. Leaves who is asked, for how long and whether the answer can be spoken
to whoever does `ivr.commands.LookUp`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from ivr import commands as cmd
from ivr.destinations import OPERATOR_KEY
from ivr.events import Done, Event, LookedUp
from ivr.memory import Dialogue
from ivr.states import closed, menu
from ivr.states.choice import chosen, note_once
from ivr.table import CallSignal, CallState
from prompts.spoken_values import spoken
from ringback.config import TICKET, AskedNumber

ENTER_SECONDS = 8.0
"""For the first digit, and for each one after it."""
ENTRY_TRIES = 2
TWICE_SECONDS = 0.3
"""Nobody types the first digit of a number so soon after the choice: its key was pressed twice."""
SILENT_SECONDS = 1.0
"""How long a caller hears nothing because somebody is asked; then a sentence says why."""
LATE_SECONDS = 1.0
"""How much later than it may be an answer is waited for: whoever asks says in time that there is none."""
MOST_PIECES = 28
"""Prompts that values are said with: more than anybody remembers, and as many as fit into one line to Asterisk."""
ENTER, LOOK, LATE = "enter-", "look-up-", "-late"
"""How the ids begin of a number that is entered and of what is looked up, and how that ends which has become late."""


def read(call: Dialogue, done: Done) -> CallSignal:
    """A number, none, or a wish for a person; of what is looked up, that no answer has come."""
    if _question(call) is None or done.command.endswith(LATE):
        return _person(call, done)
    if done.command.startswith(LOOK):
        return CallSignal.LOOKUP_LATE
    entered = _entered(call, done)
    if entered == OPERATOR_KEY:
        return _person(call, done)
    if entered.isascii() and entered.isdigit():
        return CallSignal.NUMBER_GIVEN
    tries = call.memory.lookup_tries + 1
    return CallSignal.RATHER_CHOOSES if tries >= ENTRY_TRIES else CallSignal.BAD_NUMBER


def read_looked_up(call: Dialogue, event: LookedUp, _now: float) -> CallSignal | bool:
    """The answer to what is looked up just now; any other comes too late."""
    question = _question(call)
    if call.state is not CallState.LOOKUP or event.command != _command(call) or question is None:
        return True
    found = event.outcome == "found" and event.answer in question.answers
    if event.outcome == "failed" or (found and _values(call, event) is None):
        return _person(call, event)
    return CallSignal.FOUND if found else CallSignal.NOT_FOUND


def on_lookup_chosen(call: Dialogue, event: Event, now: float) -> None:
    """Asks for the number, unless nobody could say anything about it to this caller."""
    choice = chosen(call, event)
    assert choice is not None
    note_once(call, choice)
    memory = call.memory
    memory.lookup, memory.lookup_value, memory.lookup_tries = choice.destination.lookup, None, 0
    memory.lookup_key = event.value if isinstance(event, Done) else ""
    if _question(call) is None:
        call.expect(_step(call, LOOK), now)
    else:
        memory.entering_since, memory.first_key_at = event.at, None
        _enter(call, (), now)


def on_bad_number(call: Dialogue, event: Done, now: float) -> None:
    """Another try."""
    said = "lookup-no-number" if _entered(call, event) else "menu-silent"
    call.memory.lookup_tries += 1
    call.memory.entering_since = None
    _enter(call, (said,), now)


def on_number_given(call: Dialogue, event: Done, now: float) -> None:
    """Looked up."""
    call.memory.lookup_value = _entered(call, event)
    _look_up(call, now)


def on_lookup_late(call: Dialogue, event: Done, now: float) -> None:
    """The caller is told that somebody works on it."""
    question = _question(call)
    assert question is not None
    late = f"{event.command}{LATE}"
    if call.memory.probed == event.command:
        call.memory.probed = late  # what the probe is about is still waited for
    call.do(cmd.Say("", ("lookup-moment",)))
    call.expect(late, now + max(0.0, question.seconds - SILENT_SECONDS) + LATE_SECONDS)


def on_found(call: Dialogue, event: LookedUp, now: float) -> None:
    """What was found, and the menu: one prompt, which any key cuts."""
    question = _question(call)
    assert question is not None
    ended_at = call.facts.ended_at
    call.memory.helped = ended_at is None or event.at < ended_at
    _tell(call, [str(question.answers[event.answer]), *(_values(call, event) or ())], now)


def on_not_found(call: Dialogue, _event: Event, now: float) -> None:
    """So the caller hears, and may choose the same once more."""
    question = _question(call)
    assert question is not None
    _tell(call, [str(question.unknown)], now)


def on_person_instead(call: Dialogue, event: Event, now: float) -> None:
    """Why, where it is not the caller's own wish; then the line of the operator queue."""
    call.expect_nothing()
    menu.to_person(call, event.at, now, _why(call, event))


def on_person_instead_closed(call: Dialogue, event: Event, now: float) -> None:
    """Nobody of ours is there, either."""
    call.expect_nothing()
    call.facts.queue = call.menu.operator_queue
    closed.tell(call, event.at, _why(call, event), now)


def take_again(call: Dialogue, now: float) -> None:
    """Looked up again; a number that was not entered yet is asked for again."""
    if call.memory.lookup_value is None and _question(call) is not None:
        _enter(call, (), now)
    else:
        _look_up(call, now)


def value_prompts(language: str, values: Iterable[tuple[str, str]], at: float) -> list[str] | None:
    """The prompts that say values (kind, value) in a call at `at`; None: one cannot be said, or they are too many.

    A date of another year is said with its year.
    """
    year = str(datetime.fromtimestamp(at, UTC).year)
    said: list[str] = []
    try:
        for kind, value in values:
            said += spoken(language, kind, f"+{value}" if kind == "date" and value[:4] != year else value)
    except ValueError:
        return None
    return said if len(said) <= MOST_PIECES else None


def _values(call: Dialogue, event: LookedUp) -> list[str] | None:
    return value_prompts(call.language, event.values, event.at)


def _question(call: Dialogue) -> AskedNumber | None:
    """What is asked; None: the settings have it no longer, or it is nothing that may be told to this caller."""
    name = call.memory.lookup
    hidden = name == TICKET and not _caller(call)
    return None if name is None or hidden else call.flow.lookup(name)


def _caller(call: Dialogue) -> str:
    """By the number only callers themselves are told of their tickets; empty: it is not known."""
    return call.flow.numbers.read(call.facts.caller_number, call.flow.line.default_country) or ""


def _person(call: Dialogue, event: Event) -> CallSignal:
    is_open = call.flow.closed(call.menu.operator_queue, event.at) is None
    return CallSignal.PERSON_INSTEAD if is_open else CallSignal.PERSON_INSTEAD_CLOSED


def _why(call: Dialogue, event: Event) -> tuple[str, ...]:
    if isinstance(event, Done) and event.command.startswith(ENTER):
        return ()
    question = _question(call)
    if question is None:
        return ("ticket-who",) if call.memory.lookup == TICKET else ("lookup-failed",)
    return (str(question.fallback),)


def _entered(call: Dialogue, done: Done) -> str:
    """The number without the key that led here, where that was pressed twice at once."""
    since, first, key = call.memory.entering_since, call.memory.first_key_at, call.memory.lookup_key
    twice = since is not None and first is not None and since < first < since + TWICE_SECONDS
    return done.value[1:] if twice and key and done.value.startswith(key) else done.value


def _step(call: Dialogue, what: str) -> str:
    call.memory.lookup_steps += 1
    return f"{what}{call.memory.lookup_steps}"


def _command(call: Dialogue) -> str:
    """The id of what is looked up just now."""
    return f"{LOOK}{call.memory.lookup_steps}"


def _enter(call: Dialogue, before: tuple[str, ...], now: float) -> None:
    question = _question(call)
    assert question is not None
    call.ask(_step(call, ENTER), (*before, question.ask), ENTER_SECONDS, now, digits=question.digits)


def _look_up(call: Dialogue, now: float) -> None:
    question, name, value = _question(call), call.memory.lookup, call.memory.lookup_value
    command = _step(call, LOOK)
    if question is None or name is None or value is None:
        call.expect(command, now)
        return
    call.expect(command, now + SILENT_SECONDS)
    call.do(cmd.LookUp(command, name, question, value, _caller(call)))


def _tell(call: Dialogue, said: list[str], now: float) -> None:
    call.memory.said = said
    menu.ask(call, tuple(said), call.menu.first_key_seconds, now)
