"""Ringback's own table of visits (CSV, docs/import.md) -> visits. Pure.

For systems that keep neither a queue_log nor CDRs of Asterisk: whatever they can export is brought into these
columns.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from history.clock import WallClock
from history.errors import HistoryError
from history.records import LONGEST, OUTCOMES, BadLine, Files, Line, Seen, VisitRecord, seconds
from history.tables import cell, cells, delimiter_of, heads
from ringback.messages import words_of

COLUMNS = tuple("call line queue entered wait outcome agent talk hold wrap caller ended_by transferred".split())
"""What may stand in the first line, in any order; other columns are not read."""
WANTED = ("queue", "entered", "outcome")
YES = MappingProxyType({"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False})


def visits(files: Files, seen: Seen, zone: str, outcomes: Mapping[str, str]) -> Iterator[VisitRecord]:
    """`outcomes`: the words of the other system for ours. Raises HistoryError: a file does not name its columns."""
    clock = WallClock(zone, seen)
    for name, lines in files:
        seen.file = name
        yield from _file(name, lines, seen, clock, outcomes)


def _file(
    name: str, lines: Iterable[Line], seen: Seen, clock: WallClock, outcomes: Mapping[str, str]
) -> Iterator[VisitRecord]:
    columns: dict[str, int] | None = None
    delimiter = ","
    for number, text in lines:
        if not text.strip():
            continue
        try:
            if columns is None:
                delimiter = delimiter_of(text)
                columns = _columns(name, cells(text, delimiter))
            else:
                record = _visit(cells(text, delimiter), columns, clock, outcomes)
                seen.kinds[record.outcome] += 1
                yield record
        except BadLine as error:
            if columns is None:
                raise HistoryError("history.no_columns", file=name, columns=list(WANTED)) from error
            seen.break_(number, words_of(error))


def _columns(name: str, row: list[str]) -> dict[str, int]:
    found = {head: at for at, head in reversed(list(enumerate(heads(row)))) if head in COLUMNS}
    if not found.keys() >= set(WANTED):
        raise HistoryError("history.no_columns", file=name, columns=list(WANTED))
    return found


def _visit(row: list[str], columns: Mapping[str, int], clock: WallClock, outcomes: Mapping[str, str]) -> VisitRecord:
    told = {column: cell(row, columns.get(column)) for column in COLUMNS}
    if not told["queue"]:
        raise BadLine("history.no_queue_here")
    word = told["outcome"].casefold()
    outcome = outcomes.get(word, word)
    if outcome not in OUTCOMES:
        raise BadLine("history.no_outcome", value=told["outcome"][:40], outcomes=list(OUTCOMES))
    if (ended_by := told["ended_by"].casefold()) not in ("", "caller", "agent"):
        raise BadLine("history.no_ended_by", value=ended_by[:40])
    if (transferred := told["transferred"].casefold()) not in YES:
        raise BadLine("history.no_yes", value=transferred[:40])
    entered = clock.read(told["entered"])
    is_answered = outcome == "answered"
    lasted = {column: _seconds(told[column]) for column in ("wait", "talk", "hold", "wrap")}
    same = (
        (told["call"],) if told["call"] else (told["caller"], told["agent"], told["wait"], told["talk"], told["line"])
    )
    key = "|".join((*same, told["queue"], f"{entered:.3f}"))
    return VisitRecord(
        key=key,
        call=told["call"] or key,
        queue=told["queue"],
        entered=entered,
        outcome=outcome,
        wait=lasted["wait"],
        line=told["line"],
        agent=told["agent"] if is_answered or outcome == "transferred" else "",
        talk=lasted["talk"] if is_answered else None,
        hold=lasted["hold"] if is_answered else None,
        wrap=lasted["wrap"] if is_answered else None,
        caller=told["caller"],
        ended_by=ended_by or None if is_answered else None,
        transferred=YES[transferred] and is_answered,
    )


def _seconds(text: str) -> float | None:
    """Seconds, also with a comma or as 1:05 and 1:02:05; None: not told. Raises BadLine."""
    if not text:
        return None
    if ":" not in text:
        return seconds(text.replace(",", ".", 1))
    parts = text.split(":")
    if len(parts) > 3 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        raise BadLine("history.no_seconds", value=text[:40])
    total = sum(float(part) * 60**at for at, part in enumerate(reversed(parts)))
    if total > LONGEST:
        raise BadLine("history.no_seconds", value=text[:40])
    return total
