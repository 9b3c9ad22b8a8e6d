"""Waiting: the caller hears music in the line, and now and then a position; a key asks for a callback."""

from ivr import commands as cmd
from ivr.events import CallerKnown, ClosingSoon, Done, Event, KeyPressed, Moved, PlaceKept, PositionDue
from ivr.memory import Dialogue
from ivr.states import offer, opening
from ivr.states.callback import CALLBACK_KEY
from ivr.table import UNDECIDED, CallSignal, CallState
from prompts.names import position_prompts, wait_prompts

TWICE_SECONDS = 0.4
"""A key so soon after another, or after the choice that led here, is pressed twice or repeated by the phone."""


def read(_call: Dialogue, _done: Done) -> CallSignal:
    """What was said has been heard."""
    return CallSignal.ANNOUNCED


def read_position_due(call: Dialogue, _event: PositionDue, _now: float) -> CallSignal | bool:
    """Stale when it cannot be said at once."""
    return CallSignal.POSITION_DUE if call.state is CallState.WAITING else True


def read_closing_soon(call: Dialogue, _event: ClosingSoon, _now: float) -> CallSignal | bool:
    """What is said just now is said first."""
    return call.memory.pending is None and CallSignal.CLOSING_SOON


def read_key_pressed(call: Dialogue, event: KeyPressed, _now: float) -> CallSignal | bool:
    """A key matters by itself only to a caller who waits; before that it may be early."""
    before, call.memory.key_at = call.memory.key_at, max(call.memory.key_at, event.at)
    enters = call.state in (CallState.CALLBACK, CallState.LOOKUP)
    if enters and call.memory.first_key_at is None and event.at > before:  # none that was kept from before
        call.memory.first_key_at = event.at
    if call.state in UNDECIDED:
        return False
    if call.state is not CallState.WAITING:
        return True
    assert call.facts.queued_at is not None
    since = max(call.facts.queued_at, call.memory.joined_at or 0.0, before) + TWICE_SECONDS
    wanted = event.key_pressed == CALLBACK_KEY and event.at >= since
    return CallSignal.WANTS_CALLBACK if wanted and call.flow.offers_callback(call.queue) else True


def note_caller(call: Dialogue, event: CallerKnown, now: float) -> bool:
    """Counts when the line is joined, whenever that is."""
    memory = call.memory
    memory.place_at = memory.place_at if event.place_at is None else event.place_at
    memory.last_agent = event.last_agent or memory.last_agent
    memory.standing = event.promised or memory.standing
    memory.fixed = memory.fixed or event.fixed
    opening.note_known(call, event, now)
    return True


def note_place(call: Dialogue, event: PlaceKept, now: float) -> bool:
    """Said to a caller who waits; one who talks already has no more use for it."""
    if call.state in UNDECIDED:
        return False
    call.memory.place_at = event.place_at
    if call.state is CallState.WAITING and call.memory.pending is None:
        call.announce(("redial-place",), now)
    return True


def on_position_due(call: Dialogue, event: PositionDue, now: float) -> None:
    """The position, the longest wait where it is known, and that a key asks for a callback."""
    if call.memory.pending is None:
        first = ("please-wait",) if call.memory.announcements == 0 else ()
        wait = wait_prompts(event.minutes)
        call.announce((*first, *position_prompts(event.position), *wait, *_callback_offer(call)), now)


def on_callback_proposed(call: Dialogue, _event: Event, now: float) -> None:
    """The wait has become long."""
    if call.memory.pending is None and (said := _callback_offer(call)):
        call.announce(said, now)


def on_closing_soon(call: Dialogue, _event: Event, now: float) -> None:
    """Said only to callers who can do something about it."""
    if said := _callback_offer(call):
        call.announce(("closing-soon", *said), now)


def on_announced(call: Dialogue, _event: Event, _now: float) -> None:
    """Music again."""
    call.music()


on_rather_waits = on_announced


def on_moved(call: Dialogue, event: Moved, _now: float) -> None:
    """Another queue, the same place."""
    call.facts.queue, call.memory.joined_at = event.queue, event.at


def on_not_answered(call: Dialogue, event: Done, _now: float) -> None:
    """An agent who does not answer costs the caller nothing: back at the old place."""
    missed_by, busy, lost = offer.refused_by(call, event)
    call.memory.offered_agents, call.memory.refusals = [], []
    call.memory.bridging = False
    call.music()
    call.do(cmd.RejoinQueue(call.queue, call.place_at, missed_by, busy, lost))


def take_again(call: Dialogue, _now: float) -> None:
    """Music, whatever was being said."""
    call.expect_nothing()
    call.music()


def _callback_offer(call: Dialogue) -> tuple[str, ...]:
    return ("callback-offer",) if call.flow.offers_callback(call.queue) else ()
