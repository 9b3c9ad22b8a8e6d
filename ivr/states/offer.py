"""Offered: agents' phones ring for the caller, who still has the place in line."""

from ivr import commands as cmd
from ivr.caller import shown_number
from ivr.events import AgentAnswered, AgentRefused, Bridged, Done, Offered
from ivr.memory import Dialogue
from ivr.states import survey
from ivr.table import CallSignal, CallState

ANSWERED = ("ANSWER", "SUCCESS")
"""How a Ring and a Bridge end after a talk."""
LATE_SECONDS = 20.0
"""A ringing whose end was not heard of so long after it was due has been lost."""
STATUS_SECONDS = 5.0
"""How soon the switch says how a Ring has ended."""


def read(call: Dialogue, done: Done) -> CallSignal:
    """The ringing is over: nobody answered, or the talk has been had before we heard of it."""
    return survey.after_talk(call, done.at) if done.value in ANSWERED else CallSignal.NOT_ANSWERED


def read_offered(call: Dialogue, event: Offered, _now: float) -> CallSignal | bool:
    """Offers count in their order."""
    return event.number == call.memory.offers + 1 and CallSignal.OFFER


def read_agent_answered(call: Dialogue, event: AgentAnswered, _now: float) -> CallSignal | bool:
    """A fact that may also arrive when the talk is already over."""
    if event.agent not in call.memory.offered_agents:
        return False
    if call.state is CallState.OFFERED:
        return CallSignal.ANSWERED
    if call.state in (CallState.SURVEY, CallState.CLOSING) and call.facts.connected_at is None:
        call.facts.connected_at, call.facts.agent = event.at, event.agent
        return True
    return False


def note_refusal(call: Dialogue, event: AgentRefused, _now: float) -> bool:
    """Counts when all have refused."""
    if call.state is CallState.OFFERED and event.agent in call.memory.offered_agents:
        call.memory.refusals.append([event.agent, event.how])
    return True


def read_bridged(call: Dialogue, _event: Bridged, _now: float) -> CallSignal | bool:
    """Says that the talk has begun where the agent's own channel was connected; Dial says it otherwise."""
    return CallSignal.ANSWERED if call.state is CallState.OFFERED and call.memory.bridging else True


def on_offer(call: Dialogue, event: Offered, now: float) -> None:
    """An agent is worth more than the rest of a prompt."""
    call.cut_prompt()
    ring(call, event.number, event.agents, now)


def take_again(call: Dialogue, now: float) -> None:
    """Asks how the ringing, or the talk, has ended."""
    if (pending := call.memory.pending) is not None:
        call.expect(pending, now + STATUS_SECONDS)
        call.do(cmd.ReadRingStatus(pending, call.memory.bridging))


def ring(call: Dialogue, number: int, agents: tuple[str, ...], now: float) -> None:
    """The phones of `agents` ring, for the offer of this number."""
    queue = call.flow.queues[call.queue]
    call.memory.offers, call.memory.offered_agents, call.memory.refusals = number, list(agents), []
    expect_end(call, now)
    shown = shown_number(call.facts.caller_number)
    call.do(cmd.Ring(command(call), agents, queue.ring_seconds, queue.music, shown))


def refused_by(call: Dialogue, done: Done) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Agents who did not take the present offer: missed it, were on the phone, have no phone that can be reached.

    An agent may have several phones: busy is who had nothing but busy ones.
    """
    said: dict[str, set[str]] = {agent: set() for agent in call.memory.offered_agents}
    for agent, how in call.memory.refusals:
        said[agent].add(how)
    busy = tuple(agent for agent, how in said.items() if how == {"busy"})
    # Nobody could be rung: there was no phone to say anything.
    nowhere = done.value == "CHANUNAVAIL" and not done.failed
    lost = tuple(agent for agent, how in said.items() if how == {"unreachable"} or (nowhere and not how))
    return tuple(agent for agent in said if agent not in busy + lost), busy, lost


def command(call: Dialogue) -> str:
    """The id of the Ring or Bridge of the present offer."""
    return f"offer-{call.memory.offers}"


def expect_end(call: Dialogue, now: float) -> None:
    """Waits for the end of the present offer."""
    call.expect(command(call), now + LATE_SECONDS + call.flow.queues[call.queue].ring_seconds)
