"""What is to be counted again is noted by the store itself, in the transaction of the change, whoever makes it.

Owns the triggers: for each table that `facts` and `agent_time` read, which moments a change of a row makes due
(`models.ReportDue`). They know columns and no meaning; a moment too many costs a recount, one too few makes figures
wrong, so each query of a fact has its line here, and random histories are compared with a recount
(tests/unit/reports/test_equal.py). Made anew at the start where they are not these (`ringback/store/migrate.py`).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

Operation = Literal["INSERT", "UPDATE", "DELETE"]
PREFIX = "report_due_"
FOR_EVER = "9999-01-01 00:00:00.000000+00:00"
"""Until the agent's next change, which there is none of yet."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A table, what of it counts, and what a change makes due."""

    table: str
    columns: tuple[str, ...]
    """An update that changes none of them is nothing to us."""
    due: tuple[str, ...]
    """Queries of moments, or of moments until when; {row} is the row before or after."""
    when: str | None = None
    """What must be true of {row} for it to count at all."""
    json: tuple[str, ...] = ()
    """Of the columns those that hold JSON, which PostgreSQL compares as text alone."""


def _earlier(same: str, joined: str = "") -> str:
    """The last call before {row} of the same person that is the same in one more way: the only one whose next call
    {row} can be."""
    return (
        f"SELECT arrived_at FROM (SELECT c.arrived_at FROM call c {joined} WHERE c.contact_id = {{row}}.contact_id"  # noqa: S608
        " AND c.arrived_at < {row}.arrived_at AND c.arrived_at >= {month_before}"
        f" AND c.ended_at IS NOT NULL AND {same}"
        " AND (c.result IS NULL OR c.result <> 'told') ORDER BY c.arrived_at DESC LIMIT 1) AS earlier"
    )


TOPIC_OF_ROW = "(SELECT t.topic_id FROM call_topic t WHERE t.call_id = {row}.call_id)"
OF_CALL = "SELECT arrived_at FROM call WHERE call_id = {row}.call_id AND ended_at IS NOT NULL"
VISITS_OF_CALL = "SELECT entered_at FROM queue_visit WHERE call_id = {row}.call_id"
WATCHED = (
    Watched(
        "call",
        (
            "line",
            "menu_path",
            "language",
            "queue",
            "agent",
            "result",
            "ended_by",
            "contact_id",
            "caller_number",
            "ticket_number",
            "arrived_at",
            "connected_at",
            "released_at",
            "ended_at",
        ),
        (
            "SELECT {row}.arrived_at",
            VISITS_OF_CALL,
            _earlier("1 = 1"),
            _earlier("c.caller_number = {row}.caller_number"),
            _earlier("c.ticket_number = {row}.ticket_number"),
            _earlier(f"ct.topic_id = {TOPIC_OF_ROW}", "JOIN call_topic ct ON ct.call_id = c.call_id"),
            "SELECT requested_at FROM callback WHERE connected_call_id = {row}.call_id",
        ),
        when="{row}.ended_at IS NOT NULL",
        json=("menu_path",),
    ),
    Watched(
        "queue_visit",
        ("call_id", "queue", "entered_at", "left_at", "came_by", "outcome", "told_minutes", "agent", "reason"),
        ("SELECT {row}.entered_at", OF_CALL),
        when="{row}.left_at IS NOT NULL",
    ),
    # Its visits count from the moment on in which all of them are there, until the first of them goes.
    Watched(
        "history_import",
        ("state",),
        ("SELECT {row}.begins, COALESCE({row}.ends, {for_ever}) WHERE {row}.begins IS NOT NULL",),
        when="{row}.state = 'complete'",
    ),
    Watched("call_segment", ("kind", "agent", "started_at", "ended_at", "why"), (OF_CALL,)),
    Watched(
        "agent_state_change",
        ("agent", "at", "state", "reason"),
        (
            (
                "SELECT {row}.at, COALESCE((SELECT MIN(n.at) FROM agent_state_change n"
                " WHERE n.agent = {row}.agent AND n.at > {row}.at), {for_ever})"
            ),
            # A pause that it ends began there.
            (
                "SELECT p.at FROM agent_state_change p WHERE p.agent = {row}.agent AND p.at < {row}.at"
                " ORDER BY p.at DESC LIMIT 1"
            ),
        ),
    ),
    Watched("survey_run", ("outcome", "agent", "queue"), (OF_CALL,)),
    Watched("answer", ("survey", "name", "means"), (OF_CALL,)),
    Watched(
        "call_topic",
        ("topic_id",),
        (
            OF_CALL,
            VISITS_OF_CALL,
            (
                "SELECT arrived_at FROM (SELECT c.arrived_at FROM call own JOIN call c ON c.contact_id = own.contact_id"
                " JOIN call_topic ct ON ct.call_id = c.call_id"
                " WHERE own.call_id = {row}.call_id AND ct.topic_id = {row}.topic_id"
                " AND c.arrived_at < own.arrived_at AND c.ended_at IS NOT NULL"
                " AND (c.result IS NULL OR c.result <> 'told') ORDER BY c.arrived_at DESC LIMIT 1) AS earlier"
            ),
        ),
    ),
    Watched(
        "ticket",
        ("disposition",),
        (
            "SELECT arrived_at FROM call WHERE ticket_number = {row}.number AND ended_at IS NOT NULL",
            (
                "SELECT v.entered_at FROM queue_visit v JOIN call c ON c.call_id = v.call_id"
                " WHERE c.ticket_number = {row}.number"
            ),
        ),
    ),
    Watched("recording", ("state", "fault"), (OF_CALL,)),
    Watched("transcript", ("state",), (OF_CALL,)),
    Watched(
        "redaction",
        ("state",),
        (
            (
                "SELECT c.arrived_at FROM transcript t JOIN call c ON c.call_id = t.call_id"
                " WHERE t.id = {row}.transcript_id AND c.ended_at IS NOT NULL"
            ),
        ),
    ),
    Watched("leg_quality", ("agent", "received_mos", "sent_mos"), (OF_CALL,)),
    Watched(
        "callback",
        (
            "state",
            "queue",
            "line",
            "language",
            "agent",
            "menu_path",
            "requested_at",
            "ended_at",
            "connected_call_id",
            "once",
            "tells",
        ),
        ("SELECT {row}.requested_at",),
        json=("menu_path",),
    ),
)
# Rows of a call that are told apart by are in its visits from the first moment on, before the call is over.
TOLD_EARLY = Watched(
    "call",
    ("line", "menu_path", "language", "ticket_number"),
    (VISITS_OF_CALL,),
    json=("menu_path",),
)


def install(connection: Connection) -> None:
    """Makes the triggers, on the newest schema; none is there."""
    for statements in dict(_statements(connection.dialect.name == "postgresql")).values():
        for statement in statements:
            connection.exec_driver_sql(statement)


def are_newest(connection: Connection) -> bool:
    """Whether there are these triggers and no others of ours."""
    return _there(connection).keys() == dict(_statements(connection.dialect.name == "postgresql")).keys()


def clear(connection: Connection) -> None:
    """Takes them away: a table that is changed must not have them."""
    postgres = connection.dialect.name == "postgresql"
    for name, table in _there(connection).items():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"' + (f" ON {table}" if postgres else ""))
        if postgres:
            connection.exec_driver_sql(f'DROP FUNCTION "{name}"()')


def _there(connection: Connection) -> dict[str, str]:
    """Each trigger of ours with its table."""
    query = (
        "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        if connection.dialect.name == "postgresql"
        else "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    )
    return {name: table for name, table in connection.exec_driver_sql(query).tuples() if name.startswith(PREFIX)}


def _statements(postgres: bool) -> Iterator[tuple[str, list[str]]]:
    """Each trigger's name, by which it is known whether it is this one, and how it is made."""
    for at, watched in enumerate((*WATCHED, TOLD_EARLY)):
        for operation in ("INSERT", "UPDATE", "DELETE"):
            rows = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[operation]
            when = _when(watched, operation, rows, postgres)
            body = [_insert(query, row, postgres) for row in rows for query in watched.due]
            digest = hashlib.sha256(repr((watched.table, operation, when, body)).encode()).hexdigest()[:8]
            name = f"{PREFIX}{at:02}_{operation.lower()}_{digest}"
            yield name, (_postgres if postgres else _sqlite)(name, watched.table, operation, when, body)


def _when(watched: Watched, operation: str, rows: tuple[str, ...], postgres: bool) -> str | None:
    parts = []
    if watched.when is not None:
        parts.append(" OR ".join(watched.when.format(row=row) for row in rows))
    if operation == "UPDATE":
        cast = {name: "::text" if postgres and name in watched.json else "" for name in watched.columns}
        differs = "IS DISTINCT FROM" if postgres else "IS NOT"
        changed = (f"OLD.{name}{cast[name]} {differs} NEW.{name}{cast[name]}" for name in watched.columns)
        parts.append(" OR ".join(changed))
    return " AND ".join(f"({part})" for part in parts) or None


def _insert(query: str, row: str, postgres: bool) -> str:
    month_before = f"{row}.arrived_at - interval '30 days'" if postgres else f"datetime({row}.arrived_at, '-30 days')"
    for_ever = f"timestamptz '{FOR_EVER}'" if postgres else f"'{FOR_EVER[:26]}'"
    filled = query.format(row=row, month_before=month_before, for_ever=for_ever)
    columns = "at, until" if "{for_ever}" in query else "at"
    return f"INSERT INTO report_due ({columns}) {filled}"


def _sqlite(name: str, table: str, operation: str, when: str | None, body: list[str]) -> list[str]:
    condition = f" WHEN {when}" if when else ""
    return [f'CREATE TRIGGER "{name}" AFTER {operation} ON "{table}"{condition} BEGIN {"; ".join(body)}; END']


def _postgres(name: str, table: str, operation: str, when: str | None, body: list[str]) -> list[str]:
    condition = f" WHEN ({when})" if when else ""
    return [
        (
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger AS $$ BEGIN {"; ".join(body)}; RETURN NULL; END $$'
            " LANGUAGE plpgsql"
        ),
        f'CREATE TRIGGER "{name}" AFTER {operation} ON "{table}" FOR EACH ROW{condition} EXECUTE FUNCTION "{name}"()',
    ]
