"""Opening: what comes before the menu: who calls, an open ticket of the caller, cases of the settings.

Nothing of it can be heard but a ticket's question, so its step is one without a command: its deadline is its end.
"""

from ivr import commands as cmd
from ivr.destinations import signal_of, start_of
from ivr.events import CallerKnown, Done
from ivr.memory import Dialogue
from ivr.table import CallSignal, CallState

OPENING = "opening-"
"""How the ids begin of what is waited for here; no command has them."""
KNOWN_SECONDS = 0.5
"""How long a caller hears nothing because the store is asked who it is."""


def read(call: Dialogue, at: float) -> CallSignal:
    """What comes first for this caller."""
    if call.memory.fixed:
        return CallSignal.PROBLEM_FIXED
    if _hears_problem(call):
        return CallSignal.PROBLEM_KNOWN
    if _has_ticket(call):
        return CallSignal.TICKET_OPEN
    choice = start_of(call, at)
    return CallSignal.BEGINS if choice is None else signal_of(call, choice, at)


def is_plain(call: Dialogue) -> bool:
    """Whether nothing comes before the menu of this line, whoever calls."""
    first = call.memory.fixed or _hears_problem(call) or _has_ticket(call)
    return not (call.flow.line.start or _is_to_be_known(call) or first)


def _hears_problem(call: Dialogue) -> bool:
    """Whether there is a known problem of which the caller has not heard yet."""
    return call.memory.problem_said is None and call.flow.around.problem(call.flow.line.number) is not None


def _has_ticket(call: Dialogue) -> bool:
    """Whether the caller is to be asked about an open one."""
    memory = call.memory
    return call.flow.line.greets_known and memory.ticket is not None and not memory.ticket_offered


def begin(call: Dialogue, now: float) -> None:
    """Looks what comes first: at once, or when it is known who calls, unless the store is slow."""
    call.memory.steps += 1
    call.expect(f"{OPENING}{call.memory.steps}", now + (KNOWN_SECONDS if _is_to_be_known(call) else 0.0))


def unheard_notice(call: Dialogue) -> tuple[str, ...]:
    """The notice, where it is said together with what comes after it."""
    line, memory = call.flow.line, call.memory
    if not line.notice or memory.notice_said or not may_cut_notice(call):
        return ()
    memory.notice_said = True
    return (line.notice,)


def may_cut_notice(call: Dialogue) -> bool:
    """Whether a key may: not where the line may begin with something else than what it is said together with."""
    return call.flow.line.notice_can_be_skipped and not call.flow.line.start


def note_known(call: Dialogue, event: CallerKnown, now: float) -> None:
    """The language of before counts until something has been asked."""
    memory, facts = call.memory, call.facts
    if not event.looked_up:
        return
    memory.looked_up, memory.called_before = True, event.called_before
    memory.ticket, memory.ticket_queue = event.ticket, event.ticket_queue
    if call.state not in (CallState.RINGING, CallState.GREETING) or memory.asks:
        return
    if event.language != facts.language and event.language in call.flow.line.languages:
        facts.language = event.language
        call.do(cmd.SetLanguage(event.language))
    if memory.pending is not None and memory.pending.startswith(OPENING):
        call.expect(memory.pending, now)


def is_step(done: Done) -> bool:
    """Whether this is the end of a step of the opening."""
    return done.command.startswith(OPENING)


def _is_to_be_known(call: Dialogue) -> bool:
    """Whether the store is still to say who calls."""
    flow = call.flow
    named = flow.numbers.read(call.facts.caller_number, flow.line.default_country) is not None
    return flow.asks_who and flow.around.tells_who and named and not call.memory.looked_up
