"""Which calls there are, by what names, and when each wants to be looked at again. Decides nothing."""

from collections.abc import Container, ItemsView, Iterator
from dataclasses import dataclass, field

from controller.output import CallWrite
from controller.visits import VisitLog
from ivr.call import CallDriver
from ivr.events import Event
from pbx.reports import LineEntered
from ringback.times import Times


@dataclass(slots=True)
class Entry:
    """A call, and what of it is not written yet."""

    call: CallDriver
    line_key: str
    """Its name in the line: its call_id, or the name of the promise that led to it."""
    seq: int = 0
    new_events: list[tuple[int, Event]] = field(default_factory=list)
    visits: VisitLog = field(init=False)

    def __post_init__(self) -> None:
        self.visits = VisitLog(self.call)

    def note(self, event: Event) -> None:
        """The event belongs to the call's history from now on."""
        self.seq += 1
        self.new_events.append((self.seq, event))


OVER_KEPT = 4096
"""Calls that are known to be over: what is heard of them later begins no other call."""


class CallRegistry:
    """The calls that go on or have not settled yet, by call_id."""

    def __init__(self) -> None:
        self._entered: dict[str, LineEntered] = {}
        """Channels that came to a line and have not asked for commands yet."""
        self._over: dict[str, None] = {}
        self._entries: dict[str, Entry] = {}
        self._by_line_key: dict[str, str] = {}
        """Calls whose name in the line is another than their own."""
        self._times: Times[str] = Times()
        self._touched: dict[str, None] = {}

    def __contains__(self, call_id: str) -> bool:
        return call_id in self._entries

    def __getitem__(self, call_id: str) -> Entry:
        return self._entries[call_id]

    def get(self, call_id: str) -> Entry | None:
        """None: there is no such call any more."""
        return self._entries.get(call_id)

    def items(self) -> ItemsView[str, Entry]:
        """A view: none may come or go while one goes through it."""
        return self._entries.items()

    def enter(self, call: CallDriver, line_key: str, seq: int = 0) -> None:
        """`seq`: the number of the last event that is written of it."""
        call_id = call.facts.call_id
        self._entries[call_id] = Entry(call, line_key, seq)
        if line_key != call_id:
            self._by_line_key[line_key] = call_id
        self._arm(call_id)

    # -- before a call is one ------------------------------------------------------------------------

    def entered(self, channel: LineEntered) -> None:
        """A channel came to a line: it may be answered, or refused."""
        self._entered[channel.call_id] = channel

    def take_entered(self, call_id: str) -> LineEntered | None:
        """It was taken up, or is gone; None: nothing was heard of its beginning."""
        return self._entered.pop(call_id, None)

    def keep_entered(self, there: Container[str]) -> None:
        """The others went while nobody listened."""
        self._entered = {call_id: channel for call_id, channel in self._entered.items() if call_id in there}

    def is_over(self, call_id: str) -> bool:
        """It was a call of ours a while ago."""
        return call_id in self._over

    def named(self, line_key: str) -> str:
        """The call that has this name in the line."""
        return self._by_line_key.get(line_key, line_key)

    def own_name(self, line_key: str | None) -> str | None:
        """The same where the name may be that of a promise that is no call yet: None then."""
        named = None if line_key is None else self.named(line_key)
        return named if named in self._entries else None

    def touch(self, call_id: str) -> None:
        """Something has happened to it: it is to be written, and may want another time."""
        self._touched[call_id] = None
        self._arm(call_id)

    # -- timers ------------------------------------------------------------------------------------

    def next_timer(self) -> float | None:
        """When the first of them is due."""
        return self._times.next()

    def due(self, now: float) -> Iterator[Entry]:
        """One after the other; what became due through the one before comes too."""
        for call_id in self._times.due(now):
            yield self._entries[call_id]

    def _arm(self, call_id: str) -> None:
        self._times.set(call_id, self._entries[call_id].call.next_timer())

    # -- out ---------------------------------------------------------------------------------------

    def settled(self) -> list[CallDriver]:
        """Touched calls of which nothing more will be heard."""
        touched = (self._entries[call_id].call for call_id in self._touched)
        return [call for call in touched if call.settled]

    def take_writes(self) -> list[CallWrite]:
        """What is to be written of the touched ones; those that have settled are forgotten."""
        writes = []
        for call_id in self._touched:
            entry = self._entries[call_id]
            call = entry.call
            snapshot = None if call.settled else call.snapshot()
            writes.append(CallWrite(call.record(), call.state, snapshot, entry.new_events))
            entry.new_events = []
            if call.settled:
                self._forget(call_id, entry)
        self._touched.clear()
        return writes

    def take_over(self) -> list[CallDriver]:
        """Those that have settled, which are forgotten; nothing is to be written, as in a run that leaves no rows."""
        over = []
        for call_id in self._touched:
            entry = self._entries[call_id]
            entry.new_events.clear()
            if entry.call.settled:
                over.append(entry.call)
                self._forget(call_id, entry)
        self._touched.clear()
        return over

    def _forget(self, call_id: str, entry: Entry) -> None:
        self._by_line_key.pop(entry.line_key, None)
        del self._entries[call_id]
        self._over[call_id] = None
        if len(self._over) > OVER_KEPT:
            del self._over[next(iter(self._over))]
        self._times.set(call_id, None)
