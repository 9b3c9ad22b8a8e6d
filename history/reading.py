"""Files of another system -> rows of visits, as they would be stored: the reader of their kind, whom names mean,
fingerprints.

Owns the way from a file to a row. Nothing is written here, and of a caller's number nothing but its fingerprint
leaves it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from calls.numbers import contact_number
from history import cdr, queue_log, table
from history.errors import HistoryError
from history.files import ReadFile, lines, look
from history.names import NameMap, Names
from history.records import Files, Seen, VisitRecord
from history.understood import Understood
from ringback.config import Settings
from ringback.fingerprints import fingerprint
from ringback.store.base import utc

ImportKind = Literal["queue_log", "cdr", "csv"]
MOST_FILES = 1000


@dataclass(frozen=True)
class ImportSource:
    """What is to be imported, and how it is to be read."""

    kind: ImportKind
    files: list[ReadFile]
    zone: str
    """IANA name: of times without one."""
    encoding: str
    """Of what is not UTF-8."""
    map: NameMap


def source(kind: ImportKind, paths: list[Path], zone: str, encoding: str, told: NameMap) -> ImportSource:
    """The oldest file first. Raises HistoryError."""
    if len(paths) > MOST_FILES:
        raise HistoryError("history.many_files", most=MOST_FILES)
    try:
        "".encode(encoding)
    except LookupError as error:
        raise HistoryError("history.no_encoding", value=encoding[:40]) from error
    files = list({each.sha256: each for each in map(look, paths)}.values())
    if len(files) > 1 and kind != "csv":
        files.sort(key=lambda each: _begins(kind, each, zone, encoding))
    return ImportSource(kind, files, zone, encoding, told)


def _begins(kind: ImportKind, file: ReadFile, zone: str, encoding: str) -> float:
    seen = Seen(now=float("inf"), file=file.name)
    read = lines(file, seen, encoding)
    found = queue_log.begins(read, seen) if kind == "queue_log" else cdr.begins(read, seen, zone)
    return 0.0 if found is None else found


def rows(
    what: ImportSource, settings: Settings, number_key: str, now: float
) -> tuple[Understood, Iterator[dict[str, Any]]]:
    """The rows of `ImportedVisit`, without their import, one after the other; and what is counted as they are taken.

    They raise HistoryError where a file cannot be read on.
    """
    seen = Seen(now=now)
    names = Names(settings, what.map)
    understood = Understood(seen, names, ZoneInfo(settings.timezone))
    return understood, _rows(_visits(what, seen, names), what.kind, understood, _Callers(settings, number_key))


def _visits(what: ImportSource, seen: Seen, names: Names) -> Iterator[VisitRecord]:
    files: Files = ((each.name, lines(each, seen, what.encoding)) for each in what.files)
    if what.kind == "queue_log":
        return queue_log.visits(files, seen)
    if what.kind == "cdr":
        return cdr.visits(files, seen, what.zone, names.dialled)
    return table.visits(files, seen, what.zone, names.outcomes)


def _rows(
    records: Iterator[VisitRecord], kind: str, understood: Understood, callers: "_Callers"
) -> Iterator[dict[str, Any]]:
    names = understood.names
    for record in records:
        queue = names.queue(record.queue)
        if queue is None:
            understood.seen.left["by_map"] += 1
            continue
        outcome = names.outcome(record.event, record.outcome)
        agent, caller = names.agent(record.agent), callers.known(record.caller)
        understood.count(record.entered, outcome, queue, agent, has_caller=caller is not None)
        yield {
            "source_key": _digest(f"{kind}|{record.key}", 16),
            "call_key": _digest(f"{kind}|{record.call}", 12),
            "line": names.line(record.line),
            "queue": queue,
            "entered_at": utc(record.entered),
            "wait_seconds": record.wait,
            "outcome": outcome,
            "agent": agent,
            "talk_seconds": record.talk,
            "hold_seconds": record.hold,
            "wrap_seconds": record.wrap,
            "caller": caller,
            "ended_by": record.ended_by,
            "transferred": record.transferred,
        }


def _digest(text: str, size: int) -> str:
    return blake2b(text.encode("utf-8", "backslashreplace"), digest_size=size).hexdigest()


class _Callers:
    """Numbers as they stand in files -> fingerprints."""

    def __init__(self, settings: Settings, number_key: str) -> None:
        country = settings.lines[0].default_country if settings.lines else "US"

        def known(raw: str) -> str | None:
            number = contact_number(raw, country)
            return fingerprint(number, number_key) if number is not None and number.startswith("+") else None

        self._known = lru_cache(maxsize=200_000)(known)

    def known(self, raw: str) -> str | None:
        """None: nobody could be known again by it."""
        return self._known(raw[:64]) if raw else None
