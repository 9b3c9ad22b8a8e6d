"""The work list over a million tickets: how long a page of a view and the counts of all views take, on both stores.

One ticket in ten is open or waiting, in ten queues, of sixty people or nobody; a third of those has a next step with a
time. Every view is asked as a supervisor sees it and as an agent of two queues does, narrowed to a queue and not, and
ten pages deep; each question of both stores one after the other, so that a busy machine meets both alike, and what they
answer is compared.

    python -m bench --only tickets [--quick]      (quick: 50,000 tickets)
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from bench import postgres
from bench.report import Figure, percentile
from calls.models import Contact
from ringback.store import migrate
from ringback.store.base import uuid7
from ringback.store.engine import open_store
from tickets.listing import ANY, VIEWS, Range, TicketFilter, View
from tickets.models import Ticket
from web.documents.ticket_list import counts, ticket_list

LIMIT_MS = 100.0
ROUNDS = 3
PAGES = 10
CHUNK = 10_000
NOW = datetime(2026, 11, 1, tzinfo=UTC)
QUEUES = [f"queue{n}" for n in range(10)]
PEOPLE = [f"agent{n}" for n in range(60)]
RANGES = {
    "supervisor": Range("agent1", None, ()),
    "agent": Range("agent1", ("queue1", "queue4"), ("queue1", "queue4")),
}


def run(quick: bool) -> dict[str, Any]:
    """Both stores, or SQLite alone where there is no PostgreSQL."""
    count = 50_000 if quick else 1_000_000
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ringback-bench-")))
        urls = {"sqlite": f"sqlite:///{folder / 'tickets.db'}"}
        if postgres.available():
            urls["postgresql"] = stack.enter_context(postgres.server())
        stores = {name: stack.enter_context(_filled(url, count)) for name, url in urls.items()}
        took: dict[str, dict[str, list[float]]] = {name: {} for name in stores}
        for what, ask in _questions():
            for _ in range(ROUNDS):
                said = {name: _timed(engine, ask, took[name].setdefault(what, [])) for name, engine in stores.items()}
                if len({repr(each) for each in said.values()}) != 1:
                    raise AssertionError(f"the stores answer {what} differently")
    return {"figures": _figures(count, took), "details": {name: _worst(each) for name, each in took.items()}}


Ask = Callable[[Session], Any]


def _questions() -> Iterator[tuple[str, Ask]]:
    for who, seen in RANGES.items():
        yield f"counts of {who}", lambda session, seen=seen: counts(session, seen, NOW)  # type: ignore[misc]
        for view in VIEWS:
            for only in (ANY, TicketFilter(queue="queue1")):
                yield f"{view} of {who}{' in a queue' if only.queue else ''}", _pages(view, seen, only)


def _pages(view: View, seen: Range, only: TicketFilter) -> Ask:
    """Asks for another page each time, as somebody who turns them."""
    cursor: dict[str, str | None] = {}

    def ask(session: Session) -> Any:
        store = session.get_bind().dialect.name
        page = ticket_list(session, view, seen, NOW, only=only, after=cursor.get(store))
        cursor[store] = page["next"]
        return [each["number"] for each in page["tickets"]]

    return ask


def _timed(engine: Engine, ask: Ask, into: list[float]) -> Any:
    said = []
    for _ in range(PAGES):
        with Session(engine) as session:
            began = time.perf_counter()
            said.append(ask(session))
            into.append(1000 * (time.perf_counter() - began))
    return said


def _figures(count: int, took: dict[str, dict[str, list[float]]]) -> list[Figure]:
    return [
        _figure(f"{what}, {count:,} tickets, {name}, p95", by_question, of_counts)
        for name, by_question in took.items()
        for what, of_counts in (("a page of a view", False), ("the counts of all views", True))
    ]


def _figure(what: str, by_question: dict[str, list[float]], of_counts: bool) -> Figure:
    asked = [times for question, times in by_question.items() if question.startswith("counts") == of_counts]
    p95 = percentile([each for times in asked for each in times], 0.95)
    share = round(p95 / LIMIT_MS, 3)
    return Figure(what, round(p95, 1), "ms", "limit", LIMIT_MS, share, "x", "at most 1 x", p95 <= LIMIT_MS)


def _worst(by_question: dict[str, list[float]]) -> dict[str, float]:
    """The questions that take longest, by their p95 in ms."""
    slow = sorted(((round(percentile(times, 0.95), 1), what) for what, times in by_question.items()), reverse=True)
    return {what: took for took, what in slow[:5]}


@contextmanager
def _filled(url: str, count: int) -> Iterator[Engine]:
    engine = open_store(url)
    migrate.upgrade(engine)
    chance = random.Random(11)
    contacts = [uuid7() for _ in range(1000)]
    with Session(engine) as session, session.begin():
        rows = [
            {
                "id": key,
                "number": f"+1202555{n:04}",
                "name": f"Caller {n}",
                "language": "en",
                "notes": "",
                "created_at": NOW,
            }
            for n, key in enumerate(contacts)
        ]
        session.execute(insert(Contact), rows)
    for _ in range(count // CHUNK):
        with Session(engine) as session, session.begin():
            session.execute(insert(Ticket), [_ticket(chance, contacts) for _ in range(CHUNK)])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    try:
        yield engine
    finally:
        engine.dispose()


def _ticket(chance: random.Random, contacts: list[Any]) -> dict[str, Any]:
    status = chance.choices(["open", "waiting", "solved", "closed"], [7, 3, 3, 87])[0]
    is_active = status in ("open", "waiting")
    updated = NOW - timedelta(seconds=chance.randrange(365 * 86400))
    due = (
        NOW + timedelta(seconds=chance.randrange(-86400, 14 * 86400)) if is_active and chance.random() < 0.33 else None
    )
    return {
        "subject": "Something does not work",
        "contact_id": chance.choice(contacts),
        "status": status,
        "priority": chance.choice(["normal", "normal", "high"]),
        "category": None,
        "disposition": None,
        "created_at": updated,
        "updated_at": updated,
        "queue": chance.choice(QUEUES),
        "due_at": due,
        "version": 1,
        "owner": chance.choice(PEOPLE) if chance.random() < 0.8 else None,
        "next_step": "Call" if due else None,
        "solved_at": None if is_active else updated,
        "merged_into": None,
    }
