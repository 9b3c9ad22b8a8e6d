"""Views for BI: what programs that make reports read of the store, by names and columns that stay as they are.

Owns the SQL of every view, once for both stores, and when views are made and taken away. Tables change with every
version; whoever reads the views does not notice (docs/bi.md). A view holds no name, number or address of a caller and
no words that were said or written. `migrate` takes the views away before it changes tables, because PostgreSQL changes
no column that a view reads and SQLite renames no table under one, and makes them anew from what stands here.

Each view has one time by which it is narrowed, the first in its list, and that time stands in it as the table has it:
so a range of days is a range of an index, also of the view.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

SQLITE, POSTGRESQL = "sqlite", "postgresql"
OF_CUSTOMERS = "NOT EXISTS (SELECT 1 FROM self_call WHERE self_call.token = c.caller_number)"
"""Calls that Ringback makes to its own lines are nobody's, here as everywhere."""


@dataclass(frozen=True)
class BiView:
    """One view."""

    name: str
    columns: Mapping[str, str]
    """Name -> what it is made of. `{seconds:A|B}` is the time from A to B, `{hex:A}` a key as 32 letters and digits."""
    rows: str
    """FROM and what follows it."""

    def select(self, dialect: str) -> str:
        columns = ", ".join(f"{_made(what, dialect)} AS {name}" for name, what in self.columns.items())
        return f"SELECT {columns} FROM {_made(self.rows, dialect)}"  # noqa: S608  all of it stands in this module


CALLS = BiView(
    "bi_calls",
    {
        "arrived_at": "c.arrived_at",
        "call_id": "c.call_id",
        "line": "c.line",
        "language": "c.language",
        "result": "c.result",
        "ended_by": "c.ended_by",
        "queue": "c.queue",
        "agent": "c.agent",
        "ticket": "c.ticket_number",
        "survey_outcome": "c.survey_outcome",
        "queued_at": "c.queued_at",
        "connected_at": "c.connected_at",
        "released_at": "c.released_at",
        "ended_at": "c.ended_at",
        "wait_seconds": "c.wait_seconds",
        "talk_seconds": "c.talk_seconds",
        "hold_seconds": "(SELECT sum({seconds:s.started_at|s.ended_at}) FROM call_segment s"
        " WHERE s.call_id = c.call_id AND s.kind = 'hold')",
    },
    f"call c WHERE {OF_CUSTOMERS}",
)
QUEUE_VISITS = BiView(
    "bi_queue_visits",
    {
        "entered_at": "v.entered_at",
        "call_id": "v.call_id",
        "visit": "v.seq + 1",
        "queue": "v.queue",
        "line": "c.line",
        "language": "c.language",
        "came_by": "v.came_by",
        "left_at": "v.left_at",
        "wait_seconds": "{seconds:v.entered_at|v.left_at}",
        "outcome": "v.outcome",
        "reason": "v.reason",
        "agent": "v.agent",
        "position": "v.position",
        "told_minutes": "v.told_minutes",
    },
    f"queue_visit v JOIN call c ON c.call_id = v.call_id WHERE {OF_CUSTOMERS}",
)
UNTIL = (
    "(SELECT n.at FROM agent_state_change n WHERE n.agent = s.agent AND n.at >= s.at"
    " AND (n.at > s.at OR n.id > s.id) ORDER BY n.at, n.id LIMIT 1)"
)
"""The next change of the same agent. A window over all rows would say the same, and read all of them for one day."""
AGENT_STATES = BiView(
    "bi_agent_states",
    {
        "began_at": "x.at",
        "agent": "x.agent",
        "state": "x.state",
        "reason": "x.reason",
        "reachable": "x.reachable",
        "ended_at": "x.ended_at",
        "seconds": "{seconds:x.at|x.ended_at}",
    },
    f"(SELECT s.at, s.agent, s.state, s.reason, s.reachable, {UNTIL} AS ended_at FROM agent_state_change s) x",  # noqa: S608
)
PROMISES = BiView(
    "bi_promises",
    {
        "requested_at": "p.requested_at",
        "promise": "{hex:p.id}",
        "source": "p.source",
        "line": "p.line",
        "queue": "p.queue",
        "language": "p.language",
        "state": "p.state",
        "outcome": "CASE p.state WHEN 'done' THEN 'kept' WHEN 'failed' THEN 'broken' WHEN 'expired' THEN 'broken'"
        " WHEN 'cancelled' THEN 'cancelled' ELSE 'open' END",
        "arrived_at": "p.arrived_at",
        "due_at": "p.due_at",
        "told_by": "p.told_by",
        "expires_at": "p.expires_at",
        "ended_at": "p.ended_at",
        "attempts": "p.attempts",
        "last_attempt_at": "p.last_attempt_at",
        "agent": "p.agent",
        "ticket": "p.ticket_number",
        "asked_call_id": "p.asked_call_id",
        "kept_call_id": "p.connected_call_id",
    },
    "callback p WHERE NOT p.once AND NOT p.tells",
)
SURVEY_ANSWERS = BiView(
    "bi_survey_answers",
    {
        "asked_at": "r.at",
        "call_id": "r.call_id",
        "survey": "r.survey",
        "queue": "r.queue",
        "agent": "r.agent",
        "outcome": "r.outcome",
        "not_asked": "r.not_asked",
        "question": "a.name",
        "answer": "a.key",
        "means": "a.means",
        "answered_at": "a.at",
    },
    "survey_run r LEFT JOIN answer a ON a.call_id = r.call_id AND a.survey = r.survey",
)
TICKETS = BiView(
    "bi_tickets",
    {
        "created_at": "t.created_at",
        "ticket": "t.number",
        "status": "t.status",
        "priority": "t.priority",
        "category": "t.category",
        "disposition": "t.disposition",
        "queue": "t.queue",
        "owner": "t.owner",
        "due_at": "t.due_at",
        "updated_at": "t.updated_at",
        "solved_at": "t.solved_at",
        "merged_into": "t.merged_into",
        "calls": "(SELECT count(*) FROM call c WHERE c.ticket_number = t.number)",
    },
    "ticket t",
)
TOPICS = BiView(
    "bi_topics",
    {
        "arrived_at": "k.arrived_at",
        "call_id": "k.call_id",
        "language": "k.language",
        "topic": "{hex:k.topic_id}",
        "topic_name": "o.name",
        "likeness": "k.likeness",
    },
    "call_topic k LEFT JOIN topic o ON o.id = k.topic_id",
)
VIEWS = (CALLS, QUEUE_VISITS, AGENT_STATES, PROMISES, SURVEY_ANSWERS, TICKETS, TOPICS)


def _made(what: str, dialect: str) -> str:
    """SQL of one store."""
    made, rest = "", what
    while "{" in rest:
        before, _, rest = rest.partition("{")
        inside, _, rest = rest.partition("}")
        kind, _, of = inside.partition(":")
        begin, _, end = of.partition("|")
        made += before + (_seconds(begin, end, dialect) if kind == "seconds" else _hex(of, dialect))
    return made + rest


def _seconds(begin: str, end: str, dialect: str) -> str:
    """A number with three decimals; NULL where one of the times is."""
    if dialect == POSTGRESQL:
        return f"CAST(round(extract(epoch FROM {end} - {begin}), 3) AS double precision)"
    return f"round((julianday({end}) - julianday({begin})) * 86400.0, 3)"


def _hex(key: str, dialect: str) -> str:
    """As SQLite keeps keys."""
    return f"replace(CAST({key} AS text), '-', '')" if dialect == POSTGRESQL else key


def are_newest(connection: Connection) -> bool:
    """Whether the store has the views as they stand here."""
    dialect = connection.dialect.name
    return _there(connection) == {view.name: _told(view, dialect) for view in VIEWS}


def make(connection: Connection) -> None:
    """Makes all of them, in the caller's transaction, over what `clear` has left."""
    dialect = connection.dialect.name
    for view in VIEWS:
        connection.execute(text(_statement(view, dialect)))
        if dialect == POSTGRESQL:
            connection.execute(text(f"COMMENT ON VIEW {view.name} IS '{_told(view, dialect)}'"))


def clear(connection: Connection) -> None:
    """Has the views read no table, in the caller's transaction.

    In SQLite they are gone. In PostgreSQL each goes on with its columns and no row, so that roles keep their right to
    read it, and views that an owner has made over it stand.
    """
    for name in _there(connection):
        if connection.dialect.name == POSTGRESQL:
            connection.execute(text(f"CREATE OR REPLACE VIEW {name} AS {_without_rows(connection, name)}"))
            connection.execute(text(f"COMMENT ON VIEW {name} IS NULL"))
        else:
            connection.execute(text(f"DROP VIEW {name}"))


def drop(connection: Connection) -> None:
    """Takes them away, in the caller's transaction."""
    for name in _there(connection):
        connection.execute(text(f"DROP VIEW {name}"))


def _statement(view: BiView, dialect: str) -> str:
    return f"CREATE {'OR REPLACE ' if dialect == POSTGRESQL else ''}VIEW {view.name} AS {view.select(dialect)}"


def _told(view: BiView, dialect: str) -> str:
    """What a view says of its text: PostgreSQL keeps that in words of its own, so a comment has a trace of it."""
    made = _statement(view, dialect)
    return made if dialect == SQLITE else f"Ringback, docs/bi.md, {hashlib.sha256(made.encode()).hexdigest()[:16]}"


def _there(connection: Connection) -> dict[str, str]:
    """Our views that the store has, by name, with what they say of their text."""
    if connection.dialect.name == POSTGRESQL:
        query = (
            "SELECT relname, coalesce(obj_description(oid, 'pg_class'), '') FROM pg_class WHERE relkind = 'v'"
            " AND relnamespace = current_schema()::regnamespace"
        )
    else:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'view'"
    ours = {view.name for view in VIEWS}
    return {str(name): str(told) for name, told in connection.execute(text(query)) if name in ours}


def _without_rows(connection: Connection, name: str) -> str:
    query = (
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )
    columns = connection.execute(text(query), {"name": name})
    return "SELECT " + ", ".join(f'CAST(NULL AS {kind}) AS "{column}"' for column, kind in columns) + " WHERE false"
