"""Opens the store: SQLite or PostgreSQL behind one SQLAlchemy engine."""

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker


def open_store(url: str) -> Engine:
    """An engine for `url`. SQLite gets a write-ahead log, so that readers never wait for the writer."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": 10})

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection, _record):  # type: ignore[no-untyped-def]
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    return engine


def sessions(engine: Engine) -> sessionmaker[Session]:
    """How rooms reach the store: `with sessions() as session, session.begin(): ...`."""
    return sessionmaker(engine, expire_on_commit=False)
