"""The database in a backup: a copy as of one moment while calls go on, and back into a new one.

SQLite is copied page by page by its own online backup. PostgreSQL is read in one transaction that sees one moment
(repeatable read), each table as rows of text. Back go rows and nothing else: the schema is made by our own migrations,
so that no trigger, view or function of a backup ever runs here.
"""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, MetaData, Table, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.backup.errors import BackupError, RestoreRefused
from ringback.messages import in_one_line
from ringback.store import migrate, views
from ringback.store.base import utcnow
from ringback.store.engine import open_store

FILE = "ringback.db"
"""The copy of SQLite's file in a backup; of PostgreSQL each table is a file of its own, `<table>.rows`."""
NOT_COPIED = re.compile(r"sqlite_.*|search_token.*|alembic_version")
"""Tables that the store makes by itself: the index of the search follows the rows that it is of."""
PIECE = 1 << 20


@dataclass(frozen=True)
class DatabaseCopy:
    """What was copied."""

    store: str
    """sqlite, postgresql"""
    at: datetime
    revision: str
    files: list[Path]
    tables: dict[str, list[str]] = field(default_factory=dict)
    """PostgreSQL: the columns of each table, as they stand in its file."""


def copy_database(url: str, folder: Path) -> DatabaseCopy:
    """Copies the database into an empty folder. Raises BackupError."""
    try:
        if url.startswith("sqlite"):
            return _copy_sqlite(url, folder)
        return _copy_postgresql(url, folder)
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise BackupError("app.backup_no_database", why=in_one_line(error)) from error


def file_of(url: str) -> Path:
    """SQLite's file."""
    return Path(make_url(url).database or "")


def _copy_sqlite(url: str, folder: Path) -> DatabaseCopy:
    source, target = file_of(url), folder / FILE
    if not source.exists():
        raise BackupError("app.backup_no_database", why=str(source))
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source, timeout=30)) as here, closing(sqlite3.connect(target)) as there:
        at = utcnow()
        here.backup(there)  # in one step: one moment, and writers go on in the write-ahead log
        there.execute("PRAGMA journal_mode=DELETE")  # a file that needs no others beside it
        if there.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise BackupError("app.backup_database_damaged")
        revision = there.execute("SELECT version_num FROM alembic_version").fetchone()
    return DatabaseCopy("sqlite", at, str(revision[0]), [target])


def _copy_postgresql(url: str, folder: Path) -> DatabaseCopy:
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    tables: dict[str, list[str]] = {}
    try:
        with engine.connect() as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            at = utcnow()
            cursor = _cursor(connection)
            for table in _tables(connection):
                tables[table.name] = [column.name for column in table.columns]
                target = folder / f"{table.name}.rows"
                descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as out, cursor.copy(_copy(table, "TO STDOUT")) as rows:
                    for piece in rows:
                        out.write(piece)
    finally:
        engine.dispose()
    return DatabaseCopy("postgresql", at, str(revision), [folder / f"{name}.rows" for name in tables], tables)


def _cursor(connection: Connection) -> Any:
    """psycopg's own, within the transaction that has begun."""
    return connection.connection.cursor()


def _copy(table: Table, direction: str) -> str:
    return f"COPY {_quoted(table.name)} ({', '.join(_quoted(column.name) for column in table.columns)}) {direction}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _tables(connection: Connection) -> list[Table]:
    """Of the schema that is there, so that no row comes before one that it refers to."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _found: not NOT_COPIED.fullmatch(name))
    return found.sorted_tables


# -- back ----------------------------------------------------------------------------------------------


@contextmanager
def explained() -> Iterator[None]:
    """What a database says of rows that it does not take, as a sentence. Raises RestoreRefused."""
    try:
        yield
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise RestoreRefused("app.restore_no_database", why=in_one_line(error)) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "psycopg":
            raise
        raise RestoreRefused("app.restore_no_database", why=in_one_line(error)) from error


def check_empty(url: str) -> None:
    """Raises RestoreRefused where there is a database already: nothing is ever written over."""
    if url.startswith("sqlite"):
        if file_of(url).exists():
            raise RestoreRefused("app.restore_not_empty", what=file_of(url))
        return
    engine = create_engine(url)
    try:
        with explained(), engine.connect() as connection:
            if inspect(connection).get_table_names():
                raise RestoreRefused("app.restore_not_empty", what=make_url(url).database)
    finally:
        engine.dispose()


def forget_rows(url: str, restore: str) -> None:
    """Takes PostgreSQL's tables away if they are what the restore of this name has made, and nobody else."""
    if url.startswith("sqlite"):
        return
    engine = create_engine(url)
    try:
        with explained(), engine.begin() as connection:
            told = connection.execute(
                text("SELECT obj_description(to_regclass('alembic_version'), 'pg_class')")
            ).scalar()
            if told == restore:
                found = MetaData()
                found.reflect(connection)
                views.drop(connection)
                found.drop_all(connection)
    finally:
        engine.dispose()


def put_back(url: str, folder: Path, revision: str, tables: dict[str, list[str]], restore: str) -> None:
    """A new database with the rows in `folder`, of the newest schema; there wholly or not at all. Raises
    RestoreRefused."""
    if not migrate.knows(revision):
        raise RestoreRefused("app.backup_schema", revision=revision)
    with explained():
        if url.startswith("sqlite"):
            _put_back_sqlite(url, folder / FILE, revision)
        else:
            _put_back_postgresql(url, folder, revision, tables, restore)


def _put_back_sqlite(url: str, copied: Path, revision: str) -> None:
    target = file_of(url)
    draft = target.with_name(f"{target.name}.restoring")
    forget_draft(url)
    engine = open_store(f"sqlite:///{draft}")
    try:
        migrate.upgrade(engine, revision)
        with closing(sqlite3.connect(draft.resolve().as_uri(), uri=True)) as here:
            _take_rows(here, copied)
        migrate.upgrade(engine)
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    finally:
        engine.dispose()
    draft.chmod(0o600)
    draft.replace(target)
    for suffix in ("-wal", "-shm"):
        draft.with_name(f"{draft.name}{suffix}").unlink(missing_ok=True)


def forget_draft(url: str) -> None:
    """What a restore left that was killed."""
    if url.startswith("sqlite"):
        target = file_of(url)
        for suffix in ("", "-wal", "-shm", "-journal"):
            target.with_name(f"{target.name}.restoring{suffix}").unlink(missing_ok=True)


def _take_rows(here: sqlite3.Connection, copied: Path) -> None:
    """Rows of tables that our schema has, and has with the same columns. The other file's schema is never run."""
    here.execute("PRAGMA trusted_schema=OFF")
    here.execute("PRAGMA foreign_keys=OFF")
    triggers = here.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _statement in triggers:
        here.execute(f"DROP TRIGGER main.{_quoted(name)}")
    here.execute("ATTACH ? AS old", (f"{copied.resolve().as_uri()}?mode=ro&immutable=1",))
    here.execute("PRAGMA old.cell_size_check=ON")
    if here.execute("PRAGMA old.quick_check(1)").fetchone() != ("ok",):
        raise RestoreRefused("app.backup_damaged", what=FILE)
    names = [name for (name,) in here.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
    for name in sorted(names):
        if NOT_COPIED.fullmatch(name):
            continue
        found = here.execute("SELECT type, sql FROM old.sqlite_master WHERE name = ?", (name,)).fetchall()
        if len(found) != 1 or found[0][0] != "table" or not str(found[0][1]).upper().startswith("CREATE TABLE"):
            raise RestoreRefused("app.backup_schema_differs", table=name)
        ours, theirs = (
            {row[1] for row in here.execute(f"PRAGMA {which}.table_info({_quoted(name)})")} for which in ("main", "old")
        )
        if ours != theirs:
            raise RestoreRefused("app.backup_schema_differs", table=name)
        columns = ", ".join(_quoted(column) for column in sorted(ours))
        here.execute(f"DELETE FROM main.{_quoted(name)}")  # noqa: S608  names of our own schema
        here.execute(f"INSERT INTO main.{_quoted(name)} ({columns}) SELECT {columns} FROM old.{_quoted(name)}")  # noqa: S608
    if here.execute("SELECT 1 FROM old.sqlite_master WHERE name = 'sqlite_sequence' AND type = 'table'").fetchone():
        here.execute("DELETE FROM main.sqlite_sequence")
        here.execute("INSERT INTO main.sqlite_sequence (name, seq) SELECT name, seq FROM old.sqlite_sequence")
    if here.execute("PRAGMA main.foreign_key_check").fetchone() is not None:
        raise RestoreRefused("app.backup_damaged", what=FILE)
    here.commit()
    here.execute("DETACH old")
    here.execute("PRAGMA trusted_schema=ON")  # from here on there is our own alone, and the index of the search
    for _name, statement in triggers:
        here.execute(statement)
    if here.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_token'").fetchone():
        here.execute("INSERT INTO search_token(search_token) VALUES ('rebuild')")
    here.commit()


def _put_back_postgresql(url: str, folder: Path, revision: str, tables: dict[str, list[str]], restore: str) -> None:
    """All in one transaction, which also says whose rows they are: who is killed leaves nothing, or what is known
    again.

    `restore` is letters, digits and hyphens.
    """
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            migrate.upgrade_in(connection, revision)
            there = _tables(connection)
            if {table.name: {column.name for column in table.columns} for table in there} != {
                name: set(columns) for name, columns in tables.items()
            }:
                raise RestoreRefused("app.backup_schema_differs", table=_difference(there, tables))
            _triggers(connection, there, "DISABLE")  # what they would write is among the rows
            for table in reversed(there):
                connection.execute(table.delete())
            cursor = _cursor(connection)
            for table in there:
                columns = ", ".join(_quoted(name) for name in tables[table.name])
                with (
                    (folder / f"{table.name}.rows").open("rb") as rows,
                    cursor.copy(f"COPY {_quoted(table.name)} ({columns}) FROM STDIN") as into,
                ):
                    while piece := rows.read(PIECE):
                        into.write(piece)
            _count_on(connection, there)
            _triggers(connection, there, "ENABLE")
            migrate.upgrade_in(connection)
            connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{restore}'"))
    finally:
        engine.dispose()


def _triggers(connection: Connection, tables: list[Table], change: Literal["ENABLE", "DISABLE"]) -> None:
    """Ours alone: PostgreSQL's own go on to see that rows refer to rows."""
    for table in tables:
        connection.execute(text(f"ALTER TABLE {_quoted(table.name)} {change} TRIGGER USER"))


def _difference(there: list[Table], tables: dict[str, list[str]]) -> str:
    ours = {table.name: {column.name for column in table.columns} for table in there}
    return next((name for name in sorted({*ours, *tables}) if ours.get(name) != set(tables.get(name, ()))), "?")


def _count_on(connection: Connection, tables: list[Table]) -> None:
    """Numbers that the database gives go on after the highest that is there."""
    for table in tables:
        for column in table.primary_key.columns:
            sequence = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": _quoted(table.name), "column": column.name},
            ).scalar()
            if sequence is not None:
                highest = f"SELECT max({_quoted(column.name)}) FROM {_quoted(table.name)}"  # noqa: S608
                at_least = f"greatest(({highest}), (SELECT last_value FROM {sequence}))"  # noqa: S608
                connection.execute(text(f"SELECT setval(:sequence, {at_least})"), {"sequence": sequence})
