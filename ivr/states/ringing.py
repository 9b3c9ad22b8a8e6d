"""Ringing: the dialplan has answered and records, and we hear of the call. A caller comes in, or one whom we called."""

from ivr import commands as cmd
from ivr.events import Arrived, CalledBack, Missed
from ivr.memory import Dialogue
from ivr.states import closed, menu, offer, opening
from ivr.states.choice import NOTICE
from ivr.table import CallSignal


def read_arrived(call: Dialogue, event: Arrived, _now: float) -> CallSignal:
    """Whether anybody is there at this hour."""
    return CallSignal.ARRIVED if call.flow.closed(None, event.at) is None else CallSignal.ARRIVED_CLOSED


def on_arrived(call: Dialogue, event: Arrived, now: float) -> None:
    """The notice is heard to its end, unless the line lets a key cut it as it cuts greeting and menu."""
    _note_arrival(call, event)
    notice = _notice(call)
    if notice and not opening.may_cut_notice(call):
        call.say(NOTICE, notice, now)
    else:
        menu.on_notice_heard(call, event, now)


def on_arrived_closed(call: Dialogue, event: Arrived, now: float) -> None:
    """The notice is due all the same: a message may be recorded. So is what is known to be wrong."""
    _note_arrival(call, event)
    known = call.flow.around.problem(call.flow.line.number)
    call.facts.problem = None if known is None else known.id
    closed.tell(call, event.at, (*_notice(call), *(() if known is None else (known.prompt,))), now)


def note_missed(call: Dialogue, event: Missed, _now: float) -> bool:
    """A fact: nobody was there to do anything for this caller."""
    if call.facts.arrived_at is None:
        _note_arrival(call, event)
        call.memory.by_fallback = event.by_fallback
    return True


def on_called_back(call: Dialogue, event: CalledBack, now: float) -> None:
    """The customer has answered our call, and is recorded from now on: the notice, as on a line, then on with the talk,
    by the agent who waits or whose phone has yet to ring."""
    facts, memory = call.facts, call.memory
    facts.line, facts.caller_number, facts.caller_name = event.line, event.caller_number, event.caller_name
    facts.arrived_at = facts.queued_at = event.at
    facts.queue, facts.called_back = event.queue, True
    facts.menu_path = [{"menu": menu, "key": key, "label": label} for menu, key, label in event.menu_path]
    memory.place_at, memory.bridging = event.place_at, bool(event.agent_channel)
    notice = _notice(call)
    if notice and not call.flow.line.notice_can_be_skipped:
        call.do(cmd.Say("", notice))
        notice = ()
    call.do(cmd.Ask("hello", (*notice, "callback-connecting"), 0))
    if not memory.bridging:
        offer.ring(call, 1, (event.agent,), now)
        return
    memory.offers, memory.offered_agents = 1, [event.agent]
    offer.expect_end(call, now)
    call.do(cmd.Bridge(offer.command(call), event.agent_channel))


def _note_arrival(call: Dialogue, event: Arrived | Missed) -> None:
    facts = call.facts
    facts.line, facts.caller_number, facts.caller_name = event.line, event.caller_number, event.caller_name
    facts.arrived_at = event.at
    if isinstance(event, Arrived):
        facts.came_from = event.came_from


def _notice(call: Dialogue) -> tuple[str, ...]:
    return (call.flow.line.notice,) if call.flow.line.notice else ()
