"""What a call is named by is `call_id` everywhere (it was `linkedid`); what `call_span` held is `call_segment`.

Names alone change: no row is copied, so that it takes no longer on years of calls than on a day's. Names of
constraints follow, which SQLite keeps in the text of the table (https://www.sqlite.org/lang_altertable.html,
section 7: the one way to change what does not change the content).
"""

import re
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'

NAMED = (
    "call", "call_event", "call_span", "answer", "wait_told", "recording", "recording_wish", "recording_upload",
    "recording_leftover", "access_receipt", "transcript", "live_phrase", "search_match", "search_part", "agent_state",
)
OF_CALLBACK = ("asked_linkedid", "connected_linkedid", "reason_linkedid")
OURS = (*NAMED, "call_segment", "callback", "erasure")
"""Tables whose indexes and constraints follow: Asterisk's own records, which may lie beside them, have linkedids too."""
WORDS = (("linkedid", "call_id"), ("call_span", "call_segment"))


def upgrade() -> None:
    for table in NAMED:
        _rename_column(table, "linkedid", "call_id")
    for column in OF_CALLBACK:
        _rename_column("callback", column, column.replace("linkedid", "call_id"))
    _rename_column("erasure", "linkedids", "call_ids")
    op.rename_table("call_span", "call_segment")
    _rename_all(WORDS)
    _in_json("linkedid", "call_id")


def downgrade() -> None:
    op.rename_table("call_segment", "call_span")
    for table in NAMED:
        _rename_column(table, "call_id", "linkedid")
    for column in OF_CALLBACK:
        _rename_column("callback", column.replace("linkedid", "call_id"), column)
    _rename_column("erasure", "call_ids", "linkedids")
    _rename_all([(new, old) for old, new in WORDS])
    _in_json("call_id", "linkedid")


def _rename_column(table: str, old: str, new: str) -> None:
    op.execute(f'ALTER TABLE "{table}" RENAME COLUMN {old} TO {new}')


def _rename_all(words: Iterable[tuple[str, str]]) -> None:
    """Indexes and constraints whose names have one of the old words in them."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for old, new in words:
        (_rename_on_sqlite if sqlite else _rename_on_postgresql)(old, new)


def _rename_on_sqlite(old: str, new: str) -> None:
    bind = op.get_bind()
    schema = sa.table("sqlite_master", *(sa.column(name) for name in ("type", "name", "tbl_name", "sql")))
    ours = sa.select(schema.c.name, schema.c.sql).where(schema.c.tbl_name.in_(OURS), schema.c.sql.is_not(None))
    indexes = ours.where(schema.c.type == "index", schema.c.name.contains(old, autoescape=True))
    for name, made in bind.execute(indexes).all():
        op.execute(f'DROP INDEX "{name}"')
        op.execute(made.replace(name, name.replace(old, new)))
    tables = bind.execute(ours.where(schema.c.type == "table")).all()
    op.execute("PRAGMA writable_schema = ON")
    change = sa.text("UPDATE sqlite_master SET sql = :made WHERE type = 'table' AND name = :name")
    for name, made in tables:
        changed = re.sub(r"(?<=CONSTRAINT )\w+", lambda found: found[0].replace(old, new), made)
        if changed != made:
            bind.execute(change, {"name": name, "made": changed})
    op.execute("PRAGMA writable_schema = RESET")


def _rename_on_postgresql(old: str, new: str) -> None:
    bind = op.get_bind()
    ours = {"old": old, "ours": list(OURS)}
    constraints = sa.text(
        "SELECT c.relname, r.conname FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid "
        "WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(:ours) AND strpos(r.conname, :old) > 0"
    )
    for table, name in bind.execute(constraints, ours).all():
        op.execute(f'ALTER TABLE "{table}" RENAME CONSTRAINT "{name}" TO "{name.replace(old, new)}"')
    indexes = sa.text(
        "SELECT indexname FROM pg_indexes "
        "WHERE schemaname = current_schema() AND tablename = ANY(:ours) AND strpos(indexname, :old) > 0"
    )
    for (name,) in bind.execute(indexes, ours).all():
        op.execute(f'ALTER INDEX "{name}" RENAME TO "{name.replace(old, new)}"')


def _in_json(old: str, new: str) -> None:
    """The name of the key in what a going call remembers and in the facts of alarms."""
    bind = op.get_bind()
    call = sa.table("call", sa.column("id", sa.Uuid()), sa.column("snapshot", sa.JSON(none_as_null=True)))
    for key, snapshot in bind.execute(sa.select(call.c.id, call.c.snapshot).where(call.c.snapshot.is_not(None))).all():
        facts = _renamed(snapshot["facts"], old, new)
        bind.execute(sa.update(call).where(call.c.id == key).values(snapshot={**snapshot, "facts": facts}))
    alarm = sa.table("alarm", sa.column("id", sa.Uuid()), sa.column("args", sa.JSON(none_as_null=True)))
    for key, args in bind.execute(sa.select(alarm.c.id, alarm.c.args)).all():
        if old in (args or {}):
            bind.execute(sa.update(alarm).where(alarm.c.id == key).values(args=_renamed(args, old, new)))


def _renamed(data: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if key == old else key: value for key, value in data.items()}
