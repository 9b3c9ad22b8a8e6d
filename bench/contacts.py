"""The list of contacts over a million persons: how long a page takes, without a search and with one, on both stores.

Every person has a name of two words out of 5,000 and 70,001, and a number. Asked are pages of the list, ten one after
the other: everybody, a rare and a common beginning of a name, both names, a whole number as it is dialled, its last
four digits; and each of those as an agent, who has 2,000 of the persons. What both stores answer is compared.

    python -m bench --only contacts [--quick]      (quick: 50,000 persons)
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from bench import postgres
from bench.report import Figure, percentile
from calls.models import Call
from contacts.listing import list_contacts
from contacts.service import points_of
from ringback.store import migrate
from ringback.store.engine import open_store

LIMIT_MS = 100.0
PAGES = 10
ROUNDS = 2
OWN = 2000
SEARCHES = {
    "everybody": "",
    "a rare name": "last4711",
    "a common beginning": "last1",
    "both names": "first7 last1",
    "a number": "(200) 001-2345",
    "its last digits": "2345",
}
SERIES = {
    "postgresql": "SELECT generate_series(0, {last})",
    "sqlite": "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {last}) SELECT n FROM s",
}
KEY = {
    "postgresql": "CAST('00000000-0000-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS uuid)",
    "sqlite": "printf('000000000000700080%014d', n)",
}
Ask = Callable[[Session], Any]


def run(quick: bool) -> dict[str, Any]:
    """Both stores, or SQLite alone where there is no PostgreSQL."""
    count = 50_000 if quick else 1_000_000
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ringback-bench-")))
        urls = {"sqlite": f"sqlite:///{folder / 'contacts.db'}"}
        if postgres.available():
            urls["postgresql"] = stack.enter_context(postgres.server())
        stores = {name: stack.enter_context(_filled(url, count)) for name, url in urls.items()}
        took: dict[str, dict[str, list[float]]] = {name: {} for name in stores}
        for what, ask in _questions():
            said = {
                name: [_timed(engine, ask, took[name].setdefault(what, [])) for _ in range(ROUNDS)]
                for name, engine in stores.items()
            }
            if len({repr(each) for each in said.values()}) != 1:
                raise AssertionError(f"the stores answer {what} differently")
    return {"figures": [_figure(count, name, each) for name, each in took.items()], "details": took_at_most(took)}


def _questions() -> Iterator[tuple[str, Ask]]:
    own = select(Call.contact_id).where(Call.agent == "anna")
    for what, typed in SEARCHES.items():
        for who, only in (("a supervisor", None), ("an agent", own)):
            yield f"{what}, of {who}", lambda session, typed=typed, only=only: _pages(session, typed, only)  # type: ignore[misc]


def _pages(session: Session, typed: str, only: Any) -> tuple[list[str], list[float]]:
    """Ten pages, one after the other, with what the page shows of each person: who is there, and how long each took."""
    found: list[str] = []
    times: list[float] = []
    cursor = None
    for _ in range(PAGES):
        began = time.perf_counter()
        page = list_contacts(session, typed, cursor, countries=["US"], only=only)
        points_of(session, [person.id for person in page.persons])
        times.append(1000 * (time.perf_counter() - began))
        found += [person.number or "" for person in page.persons]
        session.expunge_all()
        cursor = page.next
        if cursor is None:
            break
    return found, times


def _timed(engine: Engine, ask: Ask, into: list[float]) -> list[str]:
    with Session(engine) as session:
        found, times = ask(session)
    into += times
    return list(found)


def _figure(count: int, store: str, took: dict[str, list[float]]) -> Figure:
    p95 = percentile([each for times in took.values() for each in times], 0.95)
    what = f"a page of contacts, {count:,} persons, {store}, p95"
    return Figure(
        what, round(p95, 1), "ms", "limit", LIMIT_MS, round(p95 / LIMIT_MS, 3), "x", "at most 1 x", p95 <= LIMIT_MS
    )


def took_at_most(took: dict[str, dict[str, list[float]]]) -> dict[str, dict[str, float]]:
    """The longest page of each question, in ms."""
    return {store: {what: round(max(times), 1) for what, times in asked.items()} for store, asked in took.items()}


@contextmanager
def _filled(url: str, count: int) -> Iterator[Engine]:
    engine = open_store(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _know_reverse)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        for statement in _statements(engine.dialect.name, count):
            connection.execute(text(statement))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    try:
        yield engine
    finally:
        engine.dispose()


def _know_reverse(connection: Any, _record: Any) -> None:
    connection.create_function("reverse", 1, lambda word: word[::-1], deterministic=True)


def _statements(store: str, count: int) -> Iterator[str]:
    """The rows, made by the store itself."""
    rows, key = SERIES[store].format(last=count - 1), KEY[store]
    at = "'2026-11-01 00:00:00+00'" if store == "postgresql" else "'2026-11-01 00:00:00.000000'"
    name = "'first' || (n % 5000) || ' last' || (n % 70001)"
    digits = "'1' || CAST(2000000000 + n * 1 AS text)"
    numbers = f"SELECT n, {key} AS id, {name} AS name, {digits} AS digits FROM ({rows}) AS s(n)"
    if store == "sqlite":
        numbers = f"SELECT n, {key} AS id, {name} AS name, {digits} AS digits FROM ({rows})"
    yield (
        f"INSERT INTO contact (id, number, name, notes, sorted_by, created_at) "
        f"SELECT id, '+' || digits, name, '', name, {at} FROM ({numbers}) AS p"
    )
    yield (
        "INSERT INTO contact_point (id, contact_id, kind, value, label, is_first, source, consent, consent_how, "
        "created_at) SELECT id, id, 'phone', number, '', true, 'call', 'unknown', '', created_at FROM contact"
    )
    for word in ("digits", "'<' || reverse(digits)", "'first' || (n % 5000)", "'last' || (n % 70001)"):
        yield f"INSERT INTO contact_word (word, contact_id) SELECT {word}, id FROM ({numbers}) AS p ORDER BY 1"
    every = max(1, count // OWN)
    yield (
        "INSERT INTO call (id, call_id, line, language, caller_number, caller_name, state, agent, menu_path, "
        f"arrived_at, contact_id) SELECT id, digits, '1000', 'en', '', '', 'ended', 'anna', '[]', {at}, id "
        f"FROM ({numbers}) AS p WHERE n % {every} = 0"
    )
