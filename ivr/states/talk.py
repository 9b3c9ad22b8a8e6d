"""What happens while an agent and the caller talk: hold, colleagues, passing on, pauses of the recording."""

from typing import Any

from ivr import commands as cmd
from ivr import spans
from ivr.caller import shown_number
from ivr.events import (
    AgentJoined,
    AgentParted,
    Consulted,
    Consults,
    Event,
    Held,
    OfAgent,
    RecordingPaused,
    RecordingResumed,
    Transferred,
    Unheld,
)
from ivr.memory import PROMPT_LIMIT_SECONDS
from ivr.states.callback import Away
from ivr.table import State

MOVES: dict[type[Event], str] = {
    AgentJoined: spans.JOINED,
    AgentParted: spans.LEFT,
    Held: spans.HELD,
    Unheld: spans.UNHELD,
    Consults: spans.CONSULTS,
    Consulted: spans.CONSULTED,
}


class Talk(Away):
    """The part of a call that follows a talk."""

    def _moved_in_talk(self, event: OfAgent, _now: float) -> bool:
        """A fact, whenever it is heard of; somebody else who is there now has the call."""
        self._note_move(event.at, MOVES[type(event)], event.agent)
        other = isinstance(event, AgentJoined) and event.agent != self.facts.agent
        if other and self.memory.state is State.TALKING and not self.memory.hung_up:
            self.facts.agent, self.memory.offered_agents = event.agent, [event.agent]
            self._out.append(cmd.Connected(event.agent))
        return True

    def _note_move(self, at: float, what: str, agent: str | None, reason: str | None = None) -> None:
        self.facts.moves.append([at, what, agent, reason])

    # -- the recording -----------------------------------------------------------------------------

    def _recording_paused(self, event: RecordingPaused, _now: float) -> bool:
        if self.memory.state is State.TALKING and not self.memory.unrecorded:
            self.memory.unrecorded = True
            self._note_move(event.at, spans.UNRECORDED, event.by, event.reason or None)
            self._out.append(cmd.PauseRecording())
        return True

    def _recording_resumed(self, event: RecordingResumed, _now: float) -> bool:
        self._record_again(event.at, event.by)
        return True

    def _record_again(self, at: float, by: str | None = None) -> None:
        """A pause ends with the talk at the latest."""
        if self.memory.unrecorded:
            self.memory.unrecorded = False
            self._note_move(at, spans.RECORDED, by)
            self._out.append(cmd.ResumeRecording())

    # -- passing on --------------------------------------------------------------------------------

    def _on_to_agent(self, event: Event, now: float) -> None:
        target, queue = self._leave_talk(event, spans.TO_AGENT), self.flow.queues[self._queue()]
        memory = self.memory
        memory.offers += 1
        memory.offered_agents = [target]
        command, number = f"offer-{memory.offers}", shown_number(self.facts.caller_number)
        self._expect(command, now + PROMPT_LIMIT_SECONDS + queue.ring_seconds)
        self._out.append(cmd.PassedOn(target))
        self._out.append(cmd.Ring(command, (target,), queue.ring_seconds, queue.music, number))

    def _on_to_queue(self, event: Event, now: float) -> None:
        self.facts.queue = self._leave_talk(event, spans.TO_QUEUE)
        self.memory.last_agent = self.memory.option = None
        self._out.append(cmd.LeaveLine())
        self._music()
        self._join_line(event.at)

    def _leave_talk(self, event: Event, what: str) -> Any:
        """The talk is over and the call goes on: where to."""
        assert isinstance(event, Transferred)
        self.facts.released_at = event.at
        self._record_again(event.at)
        self._note_move(event.at, what, self.facts.agent)
        self.memory.bridging = False
        self.memory.pending = self.memory.deadline = None
        return self.flow.inside[event.number][1]

    def _queue(self) -> str:
        assert self.facts.queue is not None
        return self.facts.queue
