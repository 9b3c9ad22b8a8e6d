"""What calls want of the waiting line, said in the line's words: by which name and number, in which queue.

Owns what becomes of a call whose queue the settings have no more: the one that its line leads to takes its place.
Plain data and `now`; what the line answers is the runner's to pass on.
"""

from collections.abc import Callable
from dataclasses import dataclass

from controller.flow_book import FlowBook
from controller.registry import CallRegistry, Entry
from ivr import commands as cmd
from ivr.events import PlaceKept
from ivr.flow import Numbers
from queueing.decisions import Offer
from queueing.router import Router


@dataclass(frozen=True)
class CallsInLine:
    """Of one switch."""

    router: Router
    registry: CallRegistry
    book: FlowBook
    numbers: Numbers
    line_of: Callable[[str], str]
    """By the name of a promise in the line, the number of the line that it is for."""

    def successor(self, line_key: str, _queue: str = "") -> str:
        """Where one who waits in a queue that is gone goes on to wait."""
        entry = self.registry.get(self.registry.named(line_key))
        line = self.line_of(line_key) if entry is None else entry.call.facts.line
        return self.book.any(line).menu.operator_queue

    def is_gone(self, command: cmd.Command) -> bool:
        """Whether a call means to wait in a queue that is there no more."""
        waits = isinstance(command, cmd.RejoinQueue) or (isinstance(command, cmd.JoinQueue) and not command.agents)
        return waits and command.queue not in self.router.settings.queues  # type: ignore[union-attr]

    def join(self, entry: Entry, command: cmd.JoinQueue, now: float) -> tuple[list[Offer], PlaceKept | None]:
        """The call begins to wait; the place that its caller had a moment ago, where it is a better one."""
        flow, facts = entry.call.flow, entry.call.facts
        number = self.numbers.read(facts.caller_number, flow.line.default_country) or ""
        kept = self.router.kept_place(number, now)
        offers = self.router.join(
            entry.line_key,
            self._there(entry, command.queue),
            command.arrived_at,
            now,
            priority=command.priority,
            needs=command.needs,
            last_agent=command.last_agent,
            number=number,
            joined_at=command.joined_at,
            agents=command.agents,
            talking=command.talking,
        )
        entry.visits.entered_line(self.router.position(entry.line_key) or 1)
        return offers, None if kept is None or kept >= command.arrived_at else PlaceKept(now, kept)

    def rejoin(self, entry: Entry, asked: cmd.RejoinQueue, now: float) -> list[Offer]:
        """The call waits again, at its old place."""
        queue = self._there(entry, asked.queue)
        busy, lost = asked.busy, asked.lost
        return self.router.missed(
            entry.line_key, queue, asked.arrived_at, asked.missed_by, now, busy=busy, lost=lost, first=asked.first
        )

    def _there(self, entry: Entry, queue: str) -> str:
        return queue if queue in self.router.settings.queues else self.successor(entry.line_key)
