"""Opens the store: SQLite or PostgreSQL behind one SQLAlchemy engine; makes it forget what was deleted."""

from collections.abc import Iterable

from sqlalchemy import Engine, create_engine, event, exc, text
from sqlalchemy.orm import Session, sessionmaker

KEPT_CONNECTIONS = 20
"""Of a process: the worker has about as many threads, and what is not kept is opened anew for each look."""
STORE_FAULTS = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
"""The store itself is away, busy or full: nobody's piece of work is to blame."""


def open_store(url: str) -> Engine:
    """An engine for `url`. SQLite gets a write-ahead log, so that readers never wait for the writer, and writes zeros
    over whatever is deleted."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=KEPT_CONNECTIONS, pool_use_lifo=True)
    engine = create_engine(url, connect_args={"timeout": 10}, pool_size=KEPT_CONNECTIONS, pool_use_lifo=True)

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection, _record):  # type: ignore[no-untyped-def]
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    return engine


def sessions(engine: Engine) -> sessionmaker[Session]:
    """How rooms reach the store: `with sessions() as session, session.begin(): ...`."""
    return sessionmaker(engine, expire_on_commit=False)


def forget_deleted(engine: Engine, tables: Iterable[str]) -> bool:
    """Takes deleted text out of where the store keeps older states. False: somebody reads one; ask again.

    SQLite: the write-ahead log is written back and cut to nothing; the file itself was overwritten as rows went.
    PostgreSQL: VACUUM of `tables` frees the dead rows; their bytes stay on the disk until the space is used again.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
            return not busy
        quote = engine.dialect.identifier_preparer.quote
        connection.execute(text("VACUUM " + ", ".join(quote(name) for name in tables)))
    return True
