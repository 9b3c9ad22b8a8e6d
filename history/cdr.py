"""Asterisk's CDRs in CSV (cdr_csv's Master.csv, or with a first line of names as FreePBX exports them) -> visits.
Pure.

A CDR tells of two channels that were connected, or were to be; rows of one `linkedid` belong to one call. A visit
is what rows with `lastapp` Queue of one channel tell of one queue, one row for each phone that rang.

CDRs say less of a queue than its log does, and nothing is made up for what they do not say:

- The row of a call that was answered by a menu before its queue has been "answered" ever since: where in it the
  wait ended and the talk began only the row of the agent's own leg tells (FreePBX has one, `Local/...;2`). Without
  it, wait and talk of the visit are not known.
- A call that was in a menu first has been in the queue since it was there: the menu's seconds are in the wait.
- Who hung up, and whether the agent passed the caller on, stands nowhere. A caller who left a queue by its limit or
  a key is abandoned, unless another row shows where the call went on.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from history.clock import NEAR, WallClock
from history.errors import HistoryError
from history.records import BadLine, Files, Line, Seen, VisitRecord, seconds
from history.tables import cell, cells, delimiter_of, heads
from ringback.messages import words_of

ORDER = tuple(
    "accountcode src dst dcontext clid channel dstchannel lastapp lastdata start answer end duration billsec "
    "disposition amaflags".split()
)
"""As cdr_csv writes them; then uniqueid and userfield where asked for, then peeraccount, linkedid, sequence."""
ALIASES = {"calldate": "start", "start_time": "start", "answer_time": "answer", "end_time": "end", "dnid": "did"}
WANTED = ("src", "channel", "lastapp", "start", "disposition", "duration")
UNIQUE_ID = re.compile(r"(?:[A-Za-z0-9_.-]*-)?(\d{9,10})\.\d+", re.ASCII)
"""As Asterisk makes them: the second in which the channel began."""
STRADDLES = 600.0
"""Rows of a call are written when it ends: so long before the end of a file one may have rows in the next."""
GATHERED = 6 * 3600.0
"""Rows of one call are at most so far apart."""
OTHER_ZONE = 1500.0
"""A channel does not begin so long before its first row: the clock was that of another zone."""
MESSAGES = frozenset({"voicemail", "voicemailmain", "record", "minivmrecord"})


@dataclass(frozen=True, slots=True)
class Cdr:
    """One row."""

    unique: str
    """Of the first channel; where the file has none, the channel's name."""
    linked: str
    src: str
    dst: str
    did: str
    channel: str
    to: str
    """dstchannel"""
    app: str
    """lastapp, in small letters"""
    queue: str
    """Of Queue: the first of its arguments."""
    start: float
    answer: float | None
    end: float
    answered: bool
    began: float | None
    """The second in the channel's name: rows that begin later in a call are later than it, the first is not."""


def visits(files: Files, seen: Seen, zone: str, dialled: Mapping[str, str]) -> Iterator[VisitRecord]:
    """`dialled`: numbers whose calls count as visits of a queue though none was used. Raises HistoryError."""
    reader = _CallsOfCdrs(seen, WallClock(zone, seen), dialled)
    for name, lines in files:
        seen.file = name
        yield from reader.read(name, lines)
    yield from reader.rest()


def begins(lines: Iterable[Line], seen: Seen, zone: str) -> float | None:
    """The time of the first row that has one."""
    reader = _CallsOfCdrs(seen, WallClock(zone, seen), {})
    for _, text in lines:
        try:
            row = reader.row(seen.file, text)
        except BadLine:
            continue
        if row is not None:
            return row.start
    return None


class _CallsOfCdrs:
    """Gathers the rows of each call."""

    def __init__(self, seen: Seen, clock: WallClock, dialled: Mapping[str, str]) -> None:
        self._seen = seen
        self._wall = clock
        self._dialled = dialled
        self._columns: dict[str, int] | None = None
        self._delimiter = ","
        self._calls: dict[str, list[Cdr]] = {}
        self._due: deque[tuple[float, str]] = deque()
        self._clock = 0.0

    def read(self, name: str, lines: Iterable[Line]) -> Iterator[VisitRecord]:
        self._columns = None
        self._clock = 0.0
        for number, text in lines:
            if not text.strip():
                continue
            try:
                row = self.row(name, text)
            except BadLine as error:
                self._seen.break_(number, words_of(error))
                continue
            if row is None:
                continue
            self._seen.kinds[row.app or "-"] += 1
            self._clock = max(self._clock, row.end)
            found = self._calls.setdefault(row.linked, [])
            if not found:
                self._due.append((row.end + GATHERED, row.linked))
            found.append(row)
            while self._due and self._due[0][0] <= self._clock:
                yield from self._tell(self._due.popleft()[1])
        yield from self._end_file()

    def rest(self) -> Iterator[VisitRecord]:
        """What waited for another file."""
        for linked in list(self._calls):
            yield from self._tell(linked)

    def row(self, name: str, text: str) -> Cdr | None:
        """The row of a line; None: it names the columns. Raises BadLine, HistoryError."""
        if self._columns is None:
            self._delimiter = delimiter_of(text)
            row = cells(text, self._delimiter)
            self._columns = _named(name, row)
            if self._columns is not None:
                return None
            self._columns = _unnamed(name, row)
        else:
            row = cells(text, self._delimiter)
        return self._cdr(row, self._columns)

    def _end_file(self) -> Iterator[VisitRecord]:
        waiting = [key for key, rows in self._calls.items() if rows[-1].end >= self._clock - STRADDLES]
        for linked in self._calls.keys() - set(waiting):
            yield from self._tell(linked)
        self._due = deque((self._calls[linked][0].end + GATHERED, linked) for linked in waiting)

    def _cdr(self, row: list[str], columns: Mapping[str, int]) -> Cdr:
        if len(row) <= max(columns[each] for each in WANTED):
            raise BadLine("history.few_fields", got=len(row), wanted=max(columns[each] for each in WANTED) + 1)
        told = {column: cell(row, at) for column, at in columns.items()}
        unique = told.get("uniqueid", "") or told["channel"]
        epoch = UNIQUE_ID.fullmatch(unique)
        began = None if epoch is None else float(epoch[1])
        start = self._wall.read(told["start"], after=began)
        lasted = seconds(told["duration"])
        end = start + lasted
        answered = told["disposition"].upper() == "ANSWERED"
        answer: float | None = None
        if answered and told.get("answer"):
            answer = start + max(self._wall.read(told["answer"], after=start) - start, 0.0)
        elif answered and told.get("billsec"):
            answer = end - seconds(told["billsec"])
        app = told["lastapp"].casefold()
        return Cdr(
            unique=unique,
            linked=told.get("linkedid", "") or unique,
            src=told["src"],
            dst=told.get("dst", ""),
            did=told.get("did", ""),
            channel=told["channel"],
            to=told.get("dstchannel", ""),
            app=app,
            queue=told.get("lastdata", "").partition(",")[0].partition("|")[0] if app == "queue" else "",
            start=start,
            answer=None if answer is None else min(answer, end),
            end=end,
            answered=answered,
            began=began,
        )

    def _tell(self, linked: str) -> Iterator[VisitRecord]:
        rows = self._calls.pop(linked, None)
        if rows is None:
            return
        rows.sort(key=lambda each: (each.start, each.end))
        legs = {each.channel: each for each in rows if each.answered and each.answer is not None}
        told = False
        for unique in dict.fromkeys(each.unique for each in rows if each.queue):
            mine = [each for each in rows if each.unique == unique]
            if mine[0].began is not None and abs(mine[0].start - mine[0].began) > OTHER_ZONE:
                self._seen.notes["other_zone"] += 1
            yield from self._of_channel(mine, legs)
            told = True
        if told:
            return
        direct = next(
            (each for each in rows if self._dialled and (each.did in self._dialled or each.dst in self._dialled)), None
        )
        if direct is None:
            self._seen.left["no_queue"] += 1
        else:
            yield self._direct([each for each in rows if each.unique == direct.unique], legs)

    def _of_channel(self, rows: list[Cdr], legs: Mapping[str, Cdr]) -> Iterator[VisitRecord]:
        """Rows of one caller's channel, in their order: each run of one queue is a visit."""
        at = 0
        entered = rows[0].start
        while at < len(rows):
            queue = rows[at].queue
            end = at + 1
            while end < len(rows) and rows[end].queue == queue:
                end += 1
            if queue:
                begin = max(entered, rows[at].start) if at == 0 or not rows[at - 1].queue else entered
                yield self._visit(queue, rows[at:end], rows[end : end + 1], legs, begin)
            entered = rows[end - 1].end
            at = end

    def _visit(
        self, queue: str, rows: list[Cdr], then: list[Cdr], legs: Mapping[str, Cdr], entered: float
    ) -> VisitRecord:
        last = rows[-1]
        talk_row = next((each for each in rows if each.answered and each.to), None)
        wait: float | None = None
        talk: float | None = None
        if talk_row is None:
            wait = max(last.end - entered, 0.0)
            outcome = "abandoned"
            if then:
                outcome = "message" if then[0].app in MESSAGES else "overflow"
        else:
            last, outcome = talk_row, "answered"
            connected = _connected(talk_row, legs)
            if connected is None:
                self._seen.notes["no_wait"] += 1
            else:
                wait, talk = max(connected - entered, 0.0), max(talk_row.end - connected, 0.0)
        return VisitRecord(
            key=f"{last.unique}|{queue}|{last.end:.0f}",
            call=rows[0].linked,
            queue=queue,
            entered=entered,
            outcome=outcome,
            wait=wait,
            line=next((each.did for each in rows if each.did), ""),
            agent="" if talk_row is None else talk_row.to,
            talk=talk,
            caller=rows[0].src,
        )

    def _direct(self, rows: list[Cdr], legs: Mapping[str, Cdr]) -> VisitRecord:
        """A call to a number that the map has for a queue's."""
        first = rows[0]
        number = next(each for row in rows for each in (row.did, row.dst) if each in self._dialled)
        return self._visit(self._dialled[number], rows, [], legs, first.start)


def _connected(row: Cdr, legs: Mapping[str, Cdr]) -> float | None:
    """When the agent answered; None: the rows do not tell."""
    leg = legs.get(f"{row.to[:-2]};2") if row.to.endswith(";1") else None
    if leg is not None and leg.answer is not None and row.start - NEAR <= leg.answer <= row.end + NEAR:
        return leg.answer
    return row.answer if row.answer is not None and row.answer > row.start else None


def _named(name: str, row: list[str]) -> dict[str, int] | None:
    """The columns that the first line names; None: it is a row like the others. Raises HistoryError."""
    found = {ALIASES.get(head, head): at for at, head in reversed(list(enumerate(heads(row))))}
    if len(found.keys() & {*ORDER, "uniqueid", "linkedid"}) < 3:
        return None
    if missing := [each for each in WANTED if each not in found]:
        raise HistoryError("history.no_columns", file=name, columns=missing)
    return found


def _unnamed(name: str, row: list[str]) -> dict[str, int]:
    """The columns of cdr_csv, by how many there are. Raises HistoryError."""
    if not len(ORDER) <= len(row) <= len(ORDER) + 5:
        raise HistoryError("history.no_cdr", file=name)
    found = {column: at for at, column in enumerate(ORDER)}
    if len(row) > len(ORDER) and UNIQUE_ID.fullmatch(row[len(ORDER)].strip()):
        found["uniqueid"] = len(ORDER)
    if len(row) >= len(ORDER) + 3:
        found["linkedid"] = len(row) - 2
    return found
