"""Opens the data folder of the version before: a copy of it, its store built and brought to the newest schema.

How the folder was made, and what `facts.json` tells of it, is in README.md beside this file.
"""

import gzip
import json
import shutil
import sqlite3
from datetime import UTC
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic import command
from alembic.runtime.migration import MigrationContext
from sqlalchemy import JSON, Connection, DateTime, Engine, MetaData, Table, Uuid, create_engine, func, insert, select

from app.bootstrap import prepare
from ringback.config import Settings, load
from ringback.store import migrate, views
from ringback.store.engine import open_store

HERE = Path(__file__).parent
SCHEMA = "0019"
"""The schema that the folder was left with."""
FACTS: dict[str, Any] = json.loads((HERE / "facts.json").read_text(encoding="utf-8"))
"""What is to be found in it, in the words of the version before."""
RENAMED = {"call_span": "call_segment"}
"""Tables that are called otherwise by now: a rename adds its own here."""


def copy(target: Path) -> Settings:
    """A data folder of one's own as the version before left it, and its settings."""
    shutil.copytree(HERE, target, ignore=shutil.ignore_patterns("*.py", "*.md", "facts.json", "*.gz", "__pycache__"))
    _build(target / "ringback.db").close()
    return load(target / "ringback.yaml")


def opened(target: Path, url: str | None = None) -> Settings:
    """The same after the first start of the newest version; `url`: with its rows in that empty database."""
    settings = copy(target)
    if url is not None:
        _move(settings.store_url, url)
        settings = settings.model_copy(update={"store": settings.store.model_copy(update={"url": url})})
    prepare(settings)
    return settings


def at_revision(engine: Engine, revision: str) -> None:
    """Brings a store to the schema of an older version: an empty one up to it, a newer one down."""
    config = migrate._config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        is_newer = (MigrationContext.configure(connection).get_current_revision() or "") > revision
        views.clear(connection)
        (command.downgrade if is_newer else command.upgrade)(config, revision)


def keys_before() -> dict[str, set[tuple[str, ...]]]:
    """The primary key of every row that the version before left, by the table's name of today."""
    store = _build(":memory:")
    found = {
        RENAMED.get(name, name): {tuple(map(str, row)) for row in store.execute(_keys_of(store, name))}
        for name in FACTS["tables"]
    }
    store.close()
    return found


def _build(path: str | Path) -> sqlite3.Connection:
    store = sqlite3.connect(path)
    store.executescript(gzip.decompress((HERE / "ringback.sql.gz").read_bytes()).decode())
    store.commit()
    return store


def _keys_of(store: sqlite3.Connection, table: str) -> str:
    parts = sorted((part, name) for _, name, *_, part in store.execute(f'PRAGMA table_info("{table}")') if part)
    return f"""SELECT {", ".join(f'"{name}"' for _, name in parts)} FROM "{table}\""""


def _move(old: str, new: str) -> None:
    """Copies every row from one store to another, which is empty, at the schema of the version before."""
    source, target = create_engine(old), open_store(new)
    at_revision(target, SCHEMA)
    tables, theirs = MetaData(), MetaData()
    tables.reflect(target)
    theirs.reflect(source, only=list(FACTS["tables"]))
    with source.connect() as reading, target.begin() as writing:
        for table in tables.sorted_tables:
            if table.name in FACTS["tables"]:
                for column in table.columns:
                    if isinstance(column.type, JSON):
                        column.type = JSON(none_as_null=True)
                rows = reading.execute(select(theirs.tables[table.name])).mappings()
                writing.execute(insert(table), [_fitting(table, dict(row)) for row in rows])
                _count_on(writing, table)
    source.dispose()
    target.dispose()


def _fitting(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row of SQLite as PostgreSQL takes it: keys, and times with their zone."""
    for column in table.columns:
        value = row[column.name]
        if isinstance(column.type, Uuid) and value is not None:
            row[column.name] = UUID(value)
        elif isinstance(column.type, DateTime) and value is not None:
            row[column.name] = value.replace(tzinfo=UTC)
    return row


def _count_on(writing: Connection, table: Table) -> None:
    """Keys that the store counts go on after the last one."""
    for column in table.primary_key:
        if column.server_default is not None:
            last = select(func.max(column)).scalar_subquery()
            writing.execute(select(func.setval(func.pg_get_serial_sequence(table.name, column.name), last)))
