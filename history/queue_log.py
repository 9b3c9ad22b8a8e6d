"""The queue_log of Asterisk's app_queue -> visits. Pure.

A line is `epoch|call|queue|agent|EVENT|data...`, one for each thing that happens (docs.asterisk.org, "Queue Logs").
Lines of one call are gathered until it has been over for a while, put in the order of their times, and told as
visits: a call that leaves one queue for another has visited both. What the log does not say is worked out from what
it says: of a CONNECT without its ENTERQUEUE the caller's arrival by the wait in it, of a transfer without durations
(Asterisk 1.2) the talk by the times.

What begins in one file and ends in the next is one visit, so rotated files are given together. A call that does not
end is left out if the log is over (it can be imported later, with the file that follows), and `lost` where Asterisk
was started again meanwhile (QUEUESTART) or nothing was heard of it for a day.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from history.records import A_DAY, BadLine, Files, Line, Seen, VisitRecord, seconds
from ringback.messages import words_of

ENDS = {
    "ABANDON": ("abandoned", 2),
    "EXITWITHTIMEOUT": ("overflow", 2),
    "EXITEMPTY": ("overflow", 2),
    "EXITWITHKEY": ("overflow", 3),
    "SYSCOMPAT": ("lost", None),
    "FULL": ("overflow", None),
    "JOINEMPTY": ("overflow", None),
    "LEAVEEMPTY": ("overflow", None),
    "CLOSED": ("closed", None),
}
"""Events that end a visit without a talk -> outcome, and which of the data is the wait. The last four are Wazo's."""
TALKED = frozenset({"COMPLETEAGENT", "COMPLETECALLER", "TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"})
TRANSFERS = frozenset({"TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"})
OF_CALLS = frozenset({"ENTERQUEUE", "CONNECT", "DID", *ENDS, *TALKED})
"""What visits are made of. All other events are counted and used for nothing."""
RESTART = "QUEUESTART"
STAGES = {"ENTERQUEUE": 1, "CONNECT": 2}
"""How far a visit is after these; all others end it."""
BEFORE = {
    "CONNECT": ("ENTERQUEUE",),
    **dict.fromkeys(ENDS, ("ENTERQUEUE",)),
    **dict.fromkeys(TALKED, ("ENTERQUEUE", "CONNECT")),
}
"""What comes before an event in its visit."""
ENDED_BY = {"COMPLETEAGENT": "agent", "COMPLETECALLER": "caller"}
SETTLED = 60.0
"""Seconds of the log after which no line of an ended visit comes any more."""
SWEEP = 50_000
"""Lines between two looks for calls that nothing was heard of."""


class LogEvent(NamedTuple):
    """One line that tells of a call. There are millions: a tuple is made in a third of the time."""

    at: float
    name: str
    queue: str
    agent: str
    data: tuple[str, ...]

    @property
    def ends(self) -> bool:
        return self.name in ENDS or self.name in TALKED


@dataclass(slots=True)
class _Open:
    """A visit that goes on."""

    entered: float
    caller: str = ""
    connected: float | None = None
    agent: str = ""
    wait: float | None = None


def visits(files: Files, seen: Seen) -> Iterator[VisitRecord]:
    """The visits of a log, in the order in which calls were over; what goes on at its end is left out."""
    reader = _CallsOfLog(seen)
    for name, lines in files:
        seen.file = name
        yield from reader.read(lines)
    seen.left["going_on"] += reader.unended()


def begins(lines: Iterable[Line], seen: Seen) -> float | None:
    """The time of the first line that has one: what tells which of several files is the oldest."""
    for _, text in lines:
        try:
            return seen.time(_epoch(text.partition("|")[0]), "")
        except BadLine:
            continue
    return None


class _CallsOfLog:
    """Gathers the events of each call."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._calls: dict[str, list[LogEvent]] = {}
        self._due: deque[tuple[float, str]] = deque()
        self._clock = 0.0
        self._second: tuple[str | None, float] = (None, 0.0)

    def read(self, lines: Iterable[Line]) -> Iterator[VisitRecord]:
        """One file. What has ended in it is told, the rest waits for the next."""
        self._clock = 0.0
        self._due.clear()
        until_sweep = SWEEP
        for number, text in lines:
            if not text:
                continue
            try:
                yield from self._line(text)
            except BadLine as error:
                self._seen.break_(number, words_of(error))
            while self._due and self._due[0][0] <= self._clock:
                yield from self._settle(self._due.popleft()[1])
            until_sweep -= 1
            if not until_sweep:
                until_sweep = SWEEP
                yield from self._close(self._clock - A_DAY, "silent")
        for call in [call for call, events in self._calls.items() if _is_over(events)]:
            yield from self._tell(call, None)

    def unended(self) -> int:
        """How many calls go on at the end of all files."""
        return len(self._calls)

    def _line(self, text: str) -> Iterator[VisitRecord]:
        parts = text.split("|")
        if len(parts) < 5:
            raise BadLine("history.few_fields", got=len(parts), wanted=5)
        at = self._at(parts[0])
        name = parts[4].strip()
        if name not in OF_CALLS:
            if name not in self._seen.kinds and not _is_event(name):
                raise BadLine("history.no_event", value=name[:40])
            self._seen.kinds[name] += 1
            if name == RESTART:
                yield from self._close(at, "restart")
            return
        call, queue = parts[1], parts[2]
        if not call or call in ("NONE", "REALTIME", "MANAGER") or not queue or (queue == "NONE" and name != "DID"):
            raise BadLine("history.no_call")
        event = LogEvent(at, name, queue, parts[3], tuple(parts[5:]))
        _check(event)
        self._seen.kinds[name] += 1
        self._clock = max(self._clock, at)
        self._calls.setdefault(call, []).append(event)
        if event.ends:
            self._due.append((at + SETTLED, call))

    def _at(self, text: str) -> float:
        """Of lines within one second it is read once. Raises BadLine."""
        if text != self._second[0]:
            self._second = (text, self._seen.time(_epoch(text), text))
        return self._second[1]

    def _settle(self, call: str) -> Iterator[VisitRecord]:
        events = self._calls.get(call)
        if events is not None and _is_over(events) and max(each.at for each in events) + SETTLED <= self._clock:
            yield from self._tell(call, None)

    def _close(self, before: float, why: str) -> Iterator[VisitRecord]:
        """Calls of which nothing was heard since `before` have ended, nobody knows how."""
        gone = [call for call, events in self._calls.items() if max(each.at for each in events) <= before]
        for call in gone:
            yield from self._tell(call, why)

    def _tell(self, call: str, unended: str | None) -> Iterator[VisitRecord]:
        """All visits of a call; `unended` says why one without an end counts as over."""
        events = self._calls.pop(call)
        line = next((each.data[0] for each in events if each.name == "DID" and each.data), "")
        opened: dict[str, _Open] = {}
        told: dict[str, int] = {}
        for event in _in_their_order(events):
            found = opened.get(event.queue)
            if event.name == "ENTERQUEUE":
                if found is not None:
                    yield self._lost(call, event.queue, found, line, told, "unended")
                opened[event.queue] = _Open(event.at, event.data[1] if len(event.data) > 1 else "")
            elif event.name == "CONNECT":
                opened[event.queue] = _connected(event, found)
            elif event.ends:
                opened.pop(event.queue, None)
                if found is None and not _tells_alone(event):
                    self._seen.left["beheaded"] += 1
                    continue
                yield _visit(call, event, found, line, told)
        for queue, left in opened.items():
            yield self._lost(call, queue, left, line, told, unended or "unended")

    def _lost(self, call: str, queue: str, found: _Open, line: str, told: dict[str, int], why: str) -> VisitRecord:
        self._seen.notes[f"lost_{why}"] += 1
        at = found.entered if found.connected is None else found.connected
        return VisitRecord(
            key=_key(call, queue, at, told),
            call=call,
            queue=queue,
            entered=found.entered,
            outcome="lost" if found.connected is None else "answered",
            wait=found.wait,
            line=line,
            agent=found.agent,
            caller=found.caller,
        )


def _is_event(name: str) -> bool:
    return name.isascii() and len(name) <= 40 and name.replace("_", "").isalnum()


def _epoch(text: str) -> float:
    """Raises BadLine. Asterisk writes whole seconds; what databases export of a log has fractions."""
    try:
        return float(text) if len(text) <= 20 and text.isascii() else -1.0
    except ValueError:
        raise BadLine("history.no_time", value=text[:40]) from None


def _is_over(events: list[LogEvent]) -> bool:
    """Whether the last thing that is known of the call is an end."""
    return _in_their_order(events)[-1].ends


def _in_their_order(events: list[LogEvent]) -> list[LogEvent]:
    """By time; within a second as they stand, unless somebody sorted the log's lines: there an end may come before what
    it ends."""
    if all(before.at < after.at for before, after in pairwise(events)):
        return events
    events = sorted(events, key=lambda each: each.at)
    stage: dict[str, int] = {}
    at = 0
    while at < len(events):
        event = events[at]
        wanted = BEFORE.get(event.name, ())[stage.get(event.queue, 0) :]
        later = next((to for to in range(at + 1, len(events)) if _came_before(events[to], event, wanted)), None)
        if later is None:
            stage[event.queue] = STAGES.get(event.name, 0)
            at += 1
        else:
            events.insert(at, events.pop(later))
    return events


def _came_before(other: LogEvent, event: LogEvent, wanted: tuple[str, ...]) -> bool:
    return other.name in wanted[:1] and other.at == event.at and other.queue == event.queue


def _check(event: LogEvent) -> None:
    """Raises BadLine for numbers that cannot be: the line is used as a whole or not at all."""
    for at in _numbers(event):
        if at < len(event.data) and (value := event.data[at]) and not (value.isdecimal() and len(value) <= 5):
            seconds(value)


def _numbers(event: LogEvent) -> tuple[int, ...]:
    """Which of the data are durations."""
    if event.name == "CONNECT":
        return (0,)
    if event.name in ENDED_BY:
        return 0, 1
    if event.name in TRANSFERS:
        last = len(event.data)
        return (last - 3, last - 2) if last >= 5 else ()
    wait = ENDS.get(event.name, ("", None))[1]
    return () if wait is None else (wait,)


def _number(event: LogEvent, which: int) -> float | None:
    found = _numbers(event)
    at = found[which] if which < len(found) else len(event.data)
    return float(event.data[at]) if at < len(event.data) and event.data[at] else None


def _connected(event: LogEvent, found: _Open | None) -> _Open:
    wait = _number(event, 0)
    if found is None:
        found = _Open(event.at - (wait or 0.0))
    found.connected = event.at
    found.agent = event.agent
    found.wait = max(event.at - found.entered, 0.0) if wait is None else wait
    return found


def _tells_alone(event: LogEvent) -> bool:
    """Whether when the visit began can be told without the line that began it."""
    if event.name in TALKED:
        return _number(event, 0) is not None and _number(event, 1) is not None
    return _number(event, 0) is not None or ENDS[event.name][1] is None


def _visit(call: str, event: LogEvent, found: _Open | None, line: str, told: dict[str, int]) -> VisitRecord:
    """The visit that this event ends."""
    key = _key(call, event.queue, event.at, told)
    if event.name in TALKED or (found is not None and found.connected is not None):
        return _answered(key, call, event, found, line)
    outcome = ENDS[event.name][0]
    wait = _number(event, 0)
    if wait is None:
        wait = 0.0 if found is None else max(event.at - found.entered, 0.0)
    name = event.name
    if name == "EXITWITHKEY" and event.data and event.data[0].isalnum():
        name = f"{name}/{event.data[0]}"
    return VisitRecord(
        key=key,
        call=call,
        queue=event.queue,
        entered=event.at - wait if found is None else found.entered,
        outcome=outcome,
        wait=wait,
        line=line,
        caller="" if found is None else found.caller,
        event="" if event.name == "ABANDON" else name,
    )


def _answered(key: str, call: str, event: LogEvent, found: _Open | None, line: str) -> VisitRecord:
    wait, talk = _number(event, 0), _number(event, 1)
    if event.name not in TALKED:  # the caller was cut off while a talk went on
        wait = talk = None
    if found is not None and found.wait is not None:
        wait = found.wait
    if talk is None and found is not None and found.connected is not None:
        talk = max(event.at - found.connected, 0.0)
    if wait is None and found is not None:
        wait = max(event.at - found.entered - (talk or 0.0), 0.0)
    return VisitRecord(
        key=key,
        call=call,
        queue=event.queue,
        entered=event.at - (wait or 0.0) - (talk or 0.0) if found is None else found.entered,
        outcome="answered",
        wait=wait,
        line=line,
        agent=found.agent if found is not None and found.agent else event.agent,
        talk=talk,
        caller="" if found is None else found.caller,
        ended_by=ENDED_BY.get(event.name),
        transferred=event.name in TRANSFERS,
    )


def _key(call: str, queue: str, at: float, told: dict[str, int]) -> str:
    """By the moment of its end, which every log that has the end tells the same, whatever came before it."""
    key = f"{call}|{queue}|{at:.0f}"
    told[key] = told.get(key, 0) + 1
    return key if told[key] == 1 else f"{key}|{told[key]}"
