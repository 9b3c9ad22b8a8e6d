"""Views for BI: the same columns in every version, nothing of callers, a day read from an index."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, create_engine, event, exc, inspect, select, text
from sqlalchemy.orm import Session, sessionmaker

from callback.models import Callback
from calls.models import AgentStateChange, Call, CallSegment, Contact, QueueVisit, SelfCall
from reports import triggers
from ringback.store import migrate, views
from ringback.store.engine import open_store
from survey.models import SurveyAnswer, SurveyRun
from tickets.models import Ticket, TicketEntry
from topics.models import CallTopic, Topic

DOCS = Path(__file__).parents[3] / "docs" / "bi.md"
TIME, TEXT, NUMBER, WHOLE, YES_NO = (
    "timestamp with time zone",
    "character varying",
    "double precision",
    "integer",
    "boolean",
)
PROMISED: dict[str, dict[str, str]] = {
    "bi_calls": {
        "arrived_at": TIME,
        "call_id": TEXT,
        "line": TEXT,
        "language": TEXT,
        "result": TEXT,
        "ended_by": TEXT,
        "queue": TEXT,
        "agent": TEXT,
        "ticket": WHOLE,
        "survey_outcome": TEXT,
        "queued_at": TIME,
        "connected_at": TIME,
        "released_at": TIME,
        "ended_at": TIME,
        "wait_seconds": NUMBER,
        "talk_seconds": NUMBER,
        "hold_seconds": NUMBER,
    },
    "bi_queue_visits": {
        "entered_at": TIME,
        "call_id": TEXT,
        "visit": WHOLE,
        "queue": TEXT,
        "line": TEXT,
        "language": TEXT,
        "came_by": TEXT,
        "left_at": TIME,
        "wait_seconds": NUMBER,
        "outcome": TEXT,
        "reason": TEXT,
        "agent": TEXT,
        "position": WHOLE,
        "told_minutes": WHOLE,
    },
    "bi_agent_states": {
        "began_at": TIME,
        "agent": TEXT,
        "state": TEXT,
        "reason": TEXT,
        "reachable": YES_NO,
        "ended_at": TIME,
        "seconds": NUMBER,
    },
    "bi_promises": {
        "requested_at": TIME,
        "promise": "text",
        "source": TEXT,
        "line": TEXT,
        "queue": TEXT,
        "language": TEXT,
        "state": TEXT,
        "outcome": "text",
        "arrived_at": TIME,
        "due_at": TIME,
        "told_by": TIME,
        "expires_at": TIME,
        "ended_at": TIME,
        "attempts": WHOLE,
        "last_attempt_at": TIME,
        "agent": TEXT,
        "ticket": WHOLE,
        "asked_call_id": TEXT,
        "kept_call_id": TEXT,
    },
    "bi_survey_answers": {
        "asked_at": TIME,
        "call_id": TEXT,
        "survey": TEXT,
        "queue": TEXT,
        "agent": TEXT,
        "outcome": TEXT,
        "not_asked": TEXT,
        "question": TEXT,
        "answer": TEXT,
        "means": TEXT,
        "answered_at": TIME,
    },
    "bi_tickets": {
        "created_at": TIME,
        "ticket": WHOLE,
        "status": TEXT,
        "priority": TEXT,
        "category": TEXT,
        "disposition": TEXT,
        "queue": TEXT,
        "owner": TEXT,
        "due_at": TIME,
        "updated_at": TIME,
        "solved_at": TIME,
        "merged_into": WHOLE,
        "calls": "bigint",
    },
    "bi_topics": {
        "arrived_at": TIME,
        "call_id": TEXT,
        "language": TEXT,
        "topic": "text",
        "topic_name": TEXT,
        "likeness": NUMBER,
    },
}
"""What owners were promised. Only ever added to, at the end of a view."""

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = ("Zaphod", "+12025550188", "beeblebrox", "12025550188")
"""A caller's name, number and words."""


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def fill(session: Session) -> None:
    """A caller who waits, is answered, held, asked and called back; all that people said says `beeblebrox`."""
    name, number, words, _ = SECRET
    person = Contact(number=number, name=name, notes=words)
    session.add(person)
    session.flush()
    ticket = Ticket(
        subject=words, contact_id=person.id, created_at=NOON, queue="support", owner="anna", next_step=words
    )
    session.add(ticket)
    session.flush()
    common = {"line": "1000", "language": "en", "state": "ended"}
    times = {"queued_at": after(10), "connected_at": after(30.25), "released_at": after(90), "ended_at": after(100)}
    session.add(SelfCall(token="12345", line="1000", slot="a"))
    for call_id, who in (("c-1", number), ("c-2", number), ("own", "12345")):
        facts: dict[str, Any] = {"caller_number": who, "caller_name": name, "arrived_at": NOON, **common, **times}
        session.add(Call(call_id=call_id, result="served", queue="support", agent="anna", **facts))
    session.flush()
    session.get_one(Call, session.scalar(select(Call.id).where(Call.call_id == "c-1"))).ticket_number = ticket.number
    session.add(CallSegment(call_id="c-1", seq=0, kind="talk", agent="anna", started_at=after(30), ended_at=after(90)))
    session.add(
        CallSegment(call_id="c-1", seq=1, kind="hold", agent="anna", started_at=after(40), ended_at=after(45.5))
    )
    visit = {"queue": "support", "entered_at": after(10), "came_by": "menu"}
    session.add(QueueVisit(call_id="c-1", seq=0, left_at=after(30.25), outcome="answered", agent="anna", **visit))
    session.add(QueueVisit(call_id="c-2", seq=0, **visit))
    session.add(QueueVisit(call_id="own", seq=0, **visit))
    for agent, second, state in (
        ("anna", 0, "free"),
        ("boris", 5, "free"),
        ("anna", 30, "talking"),
        ("anna", 30, "paused"),
        ("anna", 90.5, "free"),
    ):
        session.add(AgentStateChange(agent=agent, at=after(second), state=state, reachable=True))
        session.flush()
    promise: dict[str, Any] = {"language": "en", "line": "1000", "queue": "support", "arrived_at": NOON}
    promise |= {"requested_at": NOON, "due_at": NOON, "expires_at": after(9000), "notes": words, "source": "queue"}
    for number_of, (state, more) in enumerate(
        [
            ("done", {}),
            ("expired", {}),
            ("cancelled", {}),
            ("due", {}),
            ("done", {"once": True}),
            ("due", {"tells": True}),
        ]
    ):
        number = f"{SECRET[1]}{number_of}"
        session.add(Callback(number=number, source_key=f"k{number_of}", state=state, **promise, **more))
    session.add(
        SurveyRun(call_id="c-1", survey="calls", at=after(90), outcome="answered", agent="anna", queue="support")
    )
    session.add(SurveyRun(call_id="c-2", survey="calls", at=after(91), outcome="hung_up", caller=words))
    session.add(
        SurveyAnswer(call_id="c-1", survey="calls", question=words, key="1", label=words, at=after(95), name="helped")
    )
    session.add(TicketEntry(ticket_number=ticket.number, kind="note", text=words))
    topic = Topic(words={"en": [words]}, name="Invoices")
    session.add(topic)
    session.flush()
    about = {"language": "en", "arrived_at": NOON, "vector": words.encode(), "at": 0.0}
    session.add(CallTopic(call_id="c-1", topic_id=topic.id, likeness=0.75, **about))
    session.add(CallTopic(call_id="c-2", **about))


@pytest.fixture
def filled(store: sessionmaker[Session]) -> Iterator[Session]:
    with store() as session:
        fill(session)
        session.flush()
        yield session


def rows(session: Session, name: str, columns: str, order: str = "1") -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(text(f"SELECT {columns} FROM {name} ORDER BY {order}"))]


def test_the_views_have_the_columns_that_owners_were_promised(store: sessionmaker[Session]) -> None:
    with store() as session:
        found = inspect(session.connection())
        assert {name: [column["name"] for column in found.get_columns(name)] for name in found.get_view_names()} == {
            name: list(columns) for name, columns in PROMISED.items()
        }
        if session.get_bind().dialect.name == "postgresql":
            query = (
                "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_name LIKE 'bi_%'"
            )
            types: dict[str, dict[str, str]] = {}
            for name, column, kind in session.execute(text(query)):
                types.setdefault(name, {})[column] = kind
            assert types == PROMISED


def test_values_in_sqlite_are_of_the_same_kinds(sqlite_store: sessionmaker[Session]) -> None:
    kinds = {"real": {NUMBER}, "integer": {WHOLE, YES_NO, "bigint"}, "text": {TEXT, "text", TIME}}
    with sqlite_store() as session:
        fill(session)
        session.flush()
        for name, columns in PROMISED.items():
            for column, promised in columns.items():
                for (kind,) in session.execute(text(f"SELECT DISTINCT typeof({column}) FROM {name}")):
                    assert kind == "null" or promised in kinds[kind], (name, column, kind)


def test_what_a_day_had_is_in_the_views(filled: Session) -> None:
    assert rows(filled, "bi_calls", "call_id, ticket, wait_seconds, talk_seconds, hold_seconds") == [
        ("c-1", 1001, 20.25, 59.75, 5.5),
        ("c-2", None, 20.25, 59.75, None),
    ]
    assert rows(filled, "bi_queue_visits", "call_id, visit, line, wait_seconds, outcome, agent") == [
        ("c-1", 1, "1000", 20.25, "answered", "anna"),
        ("c-2", 1, "1000", None, None, None),
    ]
    assert rows(filled, "bi_agent_states", "agent, state, seconds", "agent, began_at, seconds NULLS LAST") == [
        ("anna", "free", 30.0),
        ("anna", "talking", 0.0),
        ("anna", "paused", 60.5),
        ("anna", "free", None),
        ("boris", "free", None),
    ]
    outcomes = filled.execute(text("SELECT outcome, count(*) FROM bi_promises GROUP BY outcome ORDER BY outcome")).all()
    assert [tuple(row) for row in outcomes] == [("broken", 1), ("cancelled", 1), ("kept", 1), ("open", 1)]
    assert all(re.fullmatch("[0-9a-f]{32}", key) for (key,) in rows(filled, "bi_promises", "promise"))
    assert rows(filled, "bi_survey_answers", "call_id, outcome, question, answer") == [
        ("c-1", "answered", "helped", "1"),
        ("c-2", "hung_up", None, None),
    ]
    assert rows(filled, "bi_tickets", "ticket, status, owner, calls") == [(1001, "open", "anna", 1)]
    assert rows(filled, "bi_topics", "call_id, topic_name, likeness") == [
        ("c-1", "Invoices", 0.75),
        ("c-2", None, None),
    ]


def test_nothing_of_a_caller_is_in_any_view(filled: Session) -> None:
    for name in PROMISED:
        found = str(rows(filled, name, "*"))
        assert "support" in found or "Invoices" in found or name == "bi_agent_states"
        assert [word for word in SECRET if word.lower() in found.lower()] == []


@pytest.mark.parametrize("name", list(PROMISED))
def test_a_day_is_read_from_an_index(store: sessionmaker[Session], name: str) -> None:
    at = next(iter(PROMISED[name]))
    column = {"began_at": "at", "asked_at": "at"}.get(at, at)
    with store() as session:
        day = f"SELECT * FROM {name} WHERE {at} >= '2026-11-20' AND {at} < '2026-11-21'"
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL enable_seqscan = off"))
            session.execute(text("SET LOCAL enable_bitmapscan = off"))
            plan = "\n".join(session.scalars(text(f"EXPLAIN {day}")))
            assert re.search(rf"Index Cond: \(\(\(?{column} >= .* AND \({column} < ", plan), plan
            assert "WindowAgg" not in plan
        else:
            plan = "\n".join(row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {day}")))
            assert f"({column}>? AND {column}<?)" in plan, plan
            assert "SCAN" not in plan.replace("SCAN self_call", ""), plan


def test_each_column_is_explained() -> None:
    parts = re.split(r"^## (bi_\w+)", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    told = {
        name: [
            column.strip()
            for row in re.findall(r"^\| ([a-z_, ]+) \|", body.partition("## Examples")[0], flags=re.MULTILINE)
            for column in row.split(",")
            if column.strip() != "column"
        ]
        for name, body in zip(parts[1::2], parts[2::2], strict=True)
    }
    assert told == {name: list(columns) for name, columns in PROMISED.items()}


def test_the_examples_of_the_docs_are_answered(filled: Session) -> None:
    examples = re.findall(r"```sql\n(SELECT.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(examples) == 2
    answers = [filled.execute(text(example.replace("2026-11-30", "2026-11-20"))).all() for example in examples]
    assert len(answers[1]) == 4


def test_a_role_of_the_docs_reads_the_views_and_nothing_else(
    new_postgresql: Callable[..., str], postgresql_template: str
) -> None:
    engine = open_store(new_postgresql(postgresql_template))
    statements = re.findall(r"```sql\n(CREATE ROLE.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)[0]
    try:
        with engine.begin() as connection:
            for statement in filter(None, map(str.strip, statements.split(";"))):
                connection.exec_driver_sql(statement)
        reader = create_engine(engine.url.set(username="bi_reader"))
        with reader.connect() as connection:
            assert [connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in PROMISED] == [0] * len(PROMISED)
            assert connection.scalar(text("SHOW timezone")) == "UTC"
        for forbidden in ("SELECT caller_number FROM call", "SELECT * FROM contact", "CREATE TABLE mine (id int)"):
            with reader.connect() as connection, pytest.raises(exc.DBAPIError):
                connection.execute(text(forbidden))
        reader.dispose()
        _survives_an_upgrade(engine)
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP OWNED BY bi_reader"))
            connection.execute(text("DROP ROLE bi_reader"))
        engine.dispose()


def _survives_an_upgrade(engine: Engine) -> None:
    """The right to read, and a view of the owner's over ours."""
    with engine.begin() as connection:
        connection.execute(text("CREATE VIEW mine AS SELECT line, count(*) FROM bi_calls GROUP BY line"))
    with engine.begin() as connection:
        views.clear(connection)  # as before every migration
        triggers.clear(connection)
        connection.execute(text("ALTER TABLE call ALTER COLUMN line TYPE text"))
        connection.execute(text("ALTER TABLE call ALTER COLUMN line TYPE character varying"))
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert views.are_newest(connection)
        assert connection.execute(text("SELECT * FROM mine")).all() == []
        for name in PROMISED:
            assert connection.scalar(text(f"SELECT has_table_privilege('bi_reader', '{name}', 'SELECT')"))


def test_tables_are_made_anew_under_the_views(sqlite_store: sessionmaker[Session]) -> None:
    engine = sqlite_store.kw["bind"]
    with engine.begin() as connection:
        views.clear(connection)
        triggers.clear(connection)
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("call", recreate="always") as batch:
            batch.alter_column("line", new_column_name="line")
        views.make(connection)
        assert connection.scalar(text("SELECT count(*) FROM bi_calls")) == 0
        connection.rollback()


def test_views_of_another_version_are_made_anew_and_the_newest_are_left(store: sessionmaker[Session]) -> None:
    engine = store.kw["bind"]
    with engine.begin() as connection:
        views.drop(connection)
        connection.execute(text("CREATE VIEW bi_theirs AS SELECT 1 AS one"))
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert views.are_newest(connection)
        assert connection.scalar(text("SELECT one FROM bi_theirs")) == 1
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    migrate.upgrade(engine)
    assert said
    assert [statement for statement in said if re.match("CREATE|DROP|ALTER|COMMENT", statement)] == []
