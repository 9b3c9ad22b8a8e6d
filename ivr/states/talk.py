"""Talking: hold, colleagues, passing on, pauses of the recording, and the end of the talk.

Whoever is connected with the caller has the call.
"""

from ivr import commands as cmd
from ivr import segments
from ivr.events import (
    AgentAnswered,
    AgentJoined,
    AgentLost,
    AgentParted,
    Bridged,
    Consulted,
    Consults,
    Done,
    Event,
    Held,
    OfAgent,
    RecordingPaused,
    RecordingResumed,
    Transferred,
    Unheld,
)
from ivr.memory import Dialogue
from ivr.states import offer, survey
from ivr.table import CallSignal, CallState

SAME_END_SECONDS = 2.0
"""A phone that vanished so close to the end of the talk is why it ended."""
MOVES: dict[type[Event], str] = {
    AgentJoined: segments.JOINED,
    AgentParted: segments.LEFT,
    Held: segments.HELD,
    Unheld: segments.UNHELD,
    Consults: segments.CONSULTS,
    Consulted: segments.CONSULTED,
}


def read(call: Dialogue, done: Done) -> CallSignal:
    """The agent has hung up, or a phone has answered by mistake."""
    since, shortest = call.memory.talks_since, call.flow.queues[call.queue].shortest_talk_seconds
    if since is not None and not done.failed and 0 < done.at - since < shortest:
        return CallSignal.MOMENT
    return survey.after_talk(call, done.at)


def read_transferred(call: Dialogue, event: Transferred, _now: float) -> CallSignal:
    """Where Asterisk sends callers is in the settings, as is all that it can dial."""
    return CallSignal.TO_QUEUE if call.flow.inside[event.number][0] == "queue" else CallSignal.TO_AGENT


def on_answered(call: Dialogue, event: AgentAnswered | Bridged, _now: float) -> None:
    """They talk; a talk lasts as long as it lasts."""
    facts = call.facts
    facts.agent = event.agent if isinstance(event, AgentAnswered) else call.memory.offered_agents[0]
    facts.released_at, call.memory.talks_since = None, event.at
    if facts.connected_at is None or event.at < facts.connected_at:
        facts.connected_at = event.at
    call.memory.deadline = None
    call.do(cmd.Connected(facts.agent))


def on_agent_left(call: Dialogue, event: Event, now: float) -> None:
    """The caller who stays is asked."""
    _release(call, event.at)
    survey.begin(call, event.at, now)


def on_agent_left_no_survey(call: Dialogue, event: Event, now: float) -> None:
    """Goodbye."""
    _release(call, event.at)
    survey.note_not_asked(call, event.at)
    call.say_goodbye("goodbye", now)


def _release(call: Dialogue, at: float) -> None:
    facts, offered = call.facts, call.memory.offered_agents
    facts.released_at = at
    _record_again(call, at)
    if facts.agent is None and len(offered) == 1:
        facts.agent = offered[0]
    call.do(cmd.LeaveQueue())


def take_again(call: Dialogue, now: float) -> None:
    """The talk may have ended meanwhile."""
    offer.take_again(call, now)


# -- who talks -------------------------------------------------------------------------------------


def note_move(call: Dialogue, event: OfAgent, _now: float) -> bool:
    """A fact, whenever it is heard of; somebody else who is there now has the call."""
    _note(call, event.at, MOVES[type(event)], event.agent)
    if isinstance(event, AgentParted | AgentJoined) and call.state is CallState.TALKING:
        # Passed on, or asked a colleague: a talk it was.
        call.memory.talks_since = call.memory.talks_since if event.agent == call.facts.agent else None
    other = isinstance(event, AgentJoined) and event.agent != call.facts.agent
    if other and call.state is CallState.TALKING and not call.memory.hung_up:
        call.facts.agent, call.memory.offered_agents = event.agent, [event.agent]
        call.do(cmd.Connected(event.agent))
    return True


def _note(call: Dialogue, at: float, what: str, agent: str | None, reason: str | None = None) -> None:
    call.facts.moves.append([at, what, agent, reason])


# -- a phone that answers and hangs up ----------------------------------------------------------------


def on_moment(call: Dialogue, event: Done, _now: float) -> None:
    """Nobody talked: the agent has missed the call."""
    facts, memory = call.facts, call.memory
    missed_by = tuple(memory.offered_agents) if facts.agent is None else (facts.agent,)
    if facts.connected_at == memory.talks_since:
        facts.connected_at = facts.agent = None
        facts.moves = [move for move in facts.moves if move[1] not in (segments.JOINED, segments.LEFT)]
    else:
        facts.released_at = memory.talks_since
    memory.offered_agents, memory.refusals, memory.bridging, memory.talks_since = [], [], False, None
    memory.joined_at = event.at
    call.music()
    call.do(cmd.RejoinQueue(call.queue, call.place_at, missed_by, first=True))


# -- a phone that vanishes ---------------------------------------------------------------------------


def read_agent_lost(call: Dialogue, event: AgentLost, _now: float) -> CallSignal | bool:
    """It may be heard of before the talk has begun to us, or when the caller is asked about it already."""
    facts = call.facts
    if call.state is CallState.OFFERED:
        return False
    if call.state is CallState.SURVEY:
        mine = facts.released_at is not None and abs(event.at - facts.released_at) <= SAME_END_SECONDS
    else:
        mine = call.state is CallState.TALKING
    return CallSignal.AGENT_LOST if mine and event.agent == facts.agent else True


def on_agent_lost(call: Dialogue, event: AgentLost, now: float) -> None:
    """The caller is told, and gets the next agent."""
    survey.cut(call)
    call.facts.released_at = event.at
    _record_again(call, event.at)
    call.memory.offered_agents, call.memory.refusals, call.memory.bridging = [], [], False
    call.memory.joined_at = event.at
    call.announce(("agent-lost",), now)
    call.do(cmd.RejoinQueue(call.queue, call.place_at, (), lost=(event.agent,), first=True))


# -- the recording ---------------------------------------------------------------------------------


def note_recording_paused(call: Dialogue, event: RecordingPaused, _now: float) -> bool:
    """Only what is said in a talk can be left out."""
    if call.state is CallState.TALKING and not call.memory.unrecorded:
        call.memory.unrecorded = True
        _note(call, event.at, segments.UNRECORDED, event.by, event.reason or None)
        call.do(cmd.PauseRecording())
    return True


def note_recording_resumed(call: Dialogue, event: RecordingResumed, _now: float) -> bool:
    """Nothing where it was not paused."""
    _record_again(call, event.at, event.by)
    return True


def _record_again(call: Dialogue, at: float, by: str | None = None) -> None:
    """A pause ends with the talk at the latest."""
    if call.memory.unrecorded:
        call.memory.unrecorded = False
        _note(call, at, segments.RECORDED, by)
        call.do(cmd.ResumeRecording())


# -- passing on ------------------------------------------------------------------------------------


def on_to_agent(call: Dialogue, event: Transferred, now: float) -> None:
    """The agent is rung for and gets the call at once."""
    target = _leave(call, event, segments.TO_AGENT)
    call.do(cmd.PassedOn(target))
    offer.ring(call, call.memory.offers + 1, (target,), now)


def on_to_queue(call: Dialogue, event: Transferred, _now: float) -> None:
    """The caller waits in the queue, at the place of the arrival."""
    call.facts.queue = _leave(call, event, segments.TO_QUEUE)
    call.memory.last_agent = call.memory.chosen = None
    call.do(cmd.LeaveQueue())
    call.join_queue(event.at)


def _leave(call: Dialogue, event: Transferred, what: str) -> str:
    """The talk is over and the call goes on: where to."""
    call.facts.released_at = event.at
    _record_again(call, event.at)
    _note(call, event.at, what, call.facts.agent)
    call.memory.bridging = False
    call.expect_nothing()
    return call.flow.inside[event.number][1]
