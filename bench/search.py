"""Searching a million turns: how long an answer takes on SQLite and on PostgreSQL, and what the index costs.

50,000 calls of 20 turns over a year (`search_corpus.py`) are written into both stores and indexed call by call, as
the worker does it. Then some 200 questions of every kind, rare words and words of nearly every call, are asked as the
page asks them: counted, put in order, the turns of the first page read and marked. Every question is asked of both
stores one after the other, so that a busy machine meets both alike, and their answers are compared.

    python -m bench --only search [--quick]      (quick: 50,000 turns)

Filling the stores takes most of the time: with RINGBACK_BENCH_KEEP=FOLDER they stay there, and the next run asks them
again. The folder must be one that PostgreSQL's user may reach.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session, sessionmaker

from bench import postgres
from bench.report import Figure, percentile
from bench.search_corpus import TURNS, Corpus, MadeCall, questions
from calls.models import Call
from ringback.store import migrate
from ringback.store.base import uuid7
from ringback.store.engine import open_store, sessions
from transcripts.models import Segment, Transcript
from transcripts.search import index
from transcripts.search.document import CallFacts, IndexedTurn, longest_silence, parts
from transcripts.search.form import query_of
from transcripts.search.service import SearchResults, search
from transcripts.search.words import words

LIMIT_MS = 100.0
KEEP = "RINGBACK_BENCH_KEEP"
ROUNDS = 3
CHUNK = 250
"""Calls that are written in one transaction."""
ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def run(quick: bool) -> dict[str, Any]:
    """Both stores, or SQLite alone where there is no PostgreSQL."""
    count = 2_500 if quick else 50_000
    corpus = Corpus()
    with ExitStack() as stack:
        kept = Path(os.environ[KEEP]) / str(count) if KEEP in os.environ else None
        folder = kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ringback-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        urls = {"sqlite": f"sqlite:///{folder / 'search.db'}"}
        if postgres.available():
            urls["postgresql"] = stack.enter_context(postgres.server(kept and kept / "postgresql"))
        stores = {name: stack.enter_context(_opened(url)) for name, url in urls.items()}
        asked = questions(corpus, list(islice(corpus.calls(count), 400)))
        facts = _filled(corpus, count, stores, folder / "facts.json")
        measured = _ask(asked, {name: sessions(engine) for name, engine in stores.items()})
    return _told(count, asked, facts, measured)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_store(url)
    migrate.upgrade(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def _filled(corpus: Corpus, count: int, stores: dict[str, Engine], noted: Path) -> dict[str, dict[str, Any]]:
    """What filling each store cost; they are filled once, and `noted` says so."""
    facts: dict[str, dict[str, Any]] = {}
    if noted.exists():
        facts = json.loads(noted.read_text(encoding="utf-8"))
    new = {name: engine for name, engine in stores.items() if name not in facts}
    for name in new:
        facts[name] = {"index_seconds": 0.0, "one_call_ms": []}
    if new:
        _fill(corpus, count, new, facts)
    for name, engine in new.items():
        facts[name] |= _sizes(engine)
    noted.write_text(json.dumps(facts), encoding="utf-8")
    return facts


def _fill(corpus: Corpus, count: int, stores: dict[str, Engine], facts: dict[str, dict[str, Any]]) -> None:
    """Writes and indexes the calls; the last hundred with a transaction each, as they come from a worker."""
    calls = corpus.calls(count)
    written = 0
    while chunk := list(islice(calls, CHUNK)):
        for name, engine in stores.items():
            with Session(engine) as session, session.begin():
                _write(session, chunk)
            one_by_one = written + len(chunk) >= count
            for part in [[call] for call in chunk] if one_by_one else [chunk]:
                began = time.perf_counter()
                with Session(engine) as session, session.begin():
                    for call in part:
                        _index(session, call)
                took = time.perf_counter() - began
                facts[name]["index_seconds"] += took
                if one_by_one:
                    facts[name]["one_call_ms"].append(1000 * took)
        written += len(chunk)
        if written % 5000 == 0:
            print(f"  {written:,} of {count:,} calls", file=sys.stderr, flush=True)


def _write(session: Session, chunk: list[MadeCall]) -> None:
    """The rows that the controller and the recogniser leave."""
    calls, transcripts, segments = [], [], []
    for call in chunk:
        connected = call.arrived_at + timedelta(seconds=20)
        calls.append(
            {
                "id": uuid7(), "call_id": call.call_id, "line": call.line, "language": call.language,
                "caller_number": call.number, "caller_name": "", "state": "ended", "result": call.result,
                "menu_path": [], "queue": call.queue, "agent": call.agent, "arrived_at": call.arrived_at,
                "connected_at": connected, "released_at": connected + timedelta(seconds=call.talk_seconds),
                "ended_at": connected + timedelta(seconds=call.talk_seconds + 5),
            }
        )  # fmt: skip
        key = uuid7()
        transcripts.append(
            {"id": key, "call_id": call.call_id, "state": "done", "language": call.language, "attempts": 1}
        )
        for seq, (speaker, start, end, said) in enumerate(call.turns):
            timed = [
                [round(start + 0.37 * at, 2), round(start + 0.37 * at + 0.3, 2), 0.93, word]
                for at, word in enumerate(said)
            ]
            segments.append(
                {
                    "id": uuid7(), "transcript_id": key, "seq": seq, "speaker": speaker, "start": start, "end": end,
                    "text": " ".join(said), "confidence": 0.93, "words": timed,
                }
            )  # fmt: skip
    session.execute(insert(Call), calls)
    session.execute(insert(Transcript), transcripts)
    session.execute(insert(Segment), segments)


def _index(session: Session, call: MadeCall) -> None:
    """What the stage `index` does with one call once its turns are read."""
    turns = [
        IndexedTurn(seq, speaker, tuple(words(" ".join(said)))) for seq, (speaker, _, _, said) in enumerate(call.turns)
    ]
    silence = longest_silence((start, end) for _, start, end, _ in call.turns)
    facts = CallFacts(
        (call.agent,), (call.agent,), (call.queue,), (call.line,), call.language, call.result, (), None, call.number,
        call.talk_seconds, silence,
    )  # fmt: skip
    index.write(session, call.call_id, parts(turns, facts), call.arrived_at)


def _sizes(engine: Engine) -> dict[str, float]:
    """MiB of the search's own rows with the index, and of the index alone."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))
            whole = connection.execute(text("SELECT pg_total_relation_size('search_part')")).scalar_one()
            index_only = connection.execute(text("SELECT pg_relation_size('search_token')")).scalar_one()
        else:
            connection.execute(text("ANALYZE"))
            index_only = connection.execute(text("SELECT sum(length(block)) FROM search_token_data")).scalar_one()
            texts = "said || stems || tokens || facts"
            rows = connection.execute(text(f"SELECT sum(length(CAST({texts} AS BLOB))) FROM search_part")).scalar_one()
            whole = rows + index_only
    return {"mib": round(whole / 2**20, 1), "index_mib": round(index_only / 2**20, 1)}


class _Cost:
    """Milliseconds of an answer: by the clock, and of CPU, the program's and (PostgreSQL) its server process's."""

    def __init__(self, session: Session) -> None:
        self._server: int | None = None
        if session.get_bind().dialect.name == "postgresql":
            self._server = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            session.rollback()
        self._began = time.perf_counter(), self._cpu()

    def _cpu(self) -> float:
        spent = time.process_time()
        if self._server is not None:
            # Nanoseconds on a CPU come first (proc(5)).
            spent += int(Path(f"/proc/{self._server}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9
        return spent

    def ended(self) -> tuple[float, float]:
        clock, cpu = time.perf_counter(), self._cpu()
        return 1000 * (clock - self._began[0]), 1000 * (cpu - self._began[1])


Taken = dict[str, list[list[tuple[float, float]]]]
"""By store, for each question the (clock, CPU) of every round."""


def _ask(asked: list[tuple[str, str, dict[str, str]]], stores: dict[str, sessionmaker[Session]]) -> Taken:
    """What every answer costs. Raises RuntimeError where the stores' answers differ."""
    taken: Taken = {name: [[] for _ in asked] for name in stores}
    for turn in range(ROUNDS + 1):  # the first reads the files into memory and is not counted
        for at, (_, typed, fields) in enumerate(asked):
            answers = []
            for name, opened in stores.items():
                with opened() as session:
                    cost = _Cost(session)
                    found = search(session, query_of({"q": typed, **fields}, date(2026, 11, 1)), NOW, ZONE)
                    if turn:
                        taken[name][at].append(cost.ended())
                answers.append(_plain(found))
            if any(each != answers[0] for each in answers):
                raise RuntimeError(f"the stores answer {typed!r} {fields} differently")
    return taken


def _plain(found: SearchResults) -> Any:
    return found.total, [(hit.call_id, hit.turns_found, [turn.at for turn in hit.turns]) for hit in found.hits]


def _told(
    count: int, asked: list[tuple[str, str, dict[str, str]]], facts: dict[str, dict[str, Any]], measured: Taken
) -> dict[str, Any]:
    figures: list[Figure] = []
    p95: dict[str, dict[str, float]] = {"clock": {}, "CPU": {}}
    for name, rows in measured.items():
        for place, kind in enumerate(p95):
            flat = [each[place] for row in rows for each in row]
            p95[kind][name] = high = percentile(flat, 0.95)
            wanted = f"under {LIMIT_MS:.0f} ms" if name == "sqlite" and kind == "clock" else ""
            met = high < LIMIT_MS if wanted else None
            figures += [
                Figure(f"{name}: median answer, {kind}", percentile(flat, 0.5), "ms"),
                Figure(f"{name}: p95, {kind}", high, "ms", "limit", LIMIT_MS, high / LIMIT_MS, "x", wanted, met),
                Figure(f"{name}: slowest, {kind}", max(flat), "ms"),
            ]
        speed = count * TURNS / facts[name]["index_seconds"]
        one = percentile(facts[name]["one_call_ms"], 0.95)
        figures += [
            Figure(f"{name}: turns indexed", speed, "/s"),
            Figure(f"{name}: one call indexed, p95", one, "ms"),
            Figure(f"{name}: size of the search", facts[name]["mib"], "MiB"),
        ]
    if len(measured) == 2:
        for kind, values in p95.items():
            ratio = values["postgresql"] / values["sqlite"]
            beside = values["postgresql"], "ms", "SQLite", values["sqlite"], ratio, "x", "at most 1.0 x", ratio <= 1
            figures.append(Figure(f"PostgreSQL beside SQLite, p95, {kind}", *beside))
    details = {"calls": count, "turns": count * TURNS, "questions": len(asked), "kinds": _kinds(asked, measured)}
    sizes = {name: {key: each[key] for key in ("index_seconds", "mib", "index_mib")} for name, each in facts.items()}
    return {"figures": figures, "details": {**details, "stores": sizes}}


def _kinds(asked: list[tuple[str, str, dict[str, str]]], measured: Taken) -> dict[str, dict[str, float]]:
    """CPU milliseconds of the middle answer by kind of question and store."""
    kinds: dict[str, dict[str, list[float]]] = {}
    for at, (kind, _, _) in enumerate(asked):
        for name, rows in measured.items():
            kinds.setdefault(kind, {}).setdefault(name, []).extend(each[1] for each in rows[at])
    return {
        kind: {name: round(percentile(each, 0.5), 1) for name, each in stores.items()} for kind, stores in kinds.items()
    }


if __name__ == "__main__":
    print(json.dumps(run("--quick" in sys.argv)["details"], indent=2, ensure_ascii=False))
