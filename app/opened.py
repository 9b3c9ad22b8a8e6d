"""The store for one command: opened, asked or written, closed; a sentence where it cannot be had."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.errors import RingbackError
from ringback.store.engine import open_store, sessions


class UnreadableStore(RingbackError):
    """The store is not there, or not what it should be."""


@contextmanager
def opened(settings: Settings) -> Iterator[Session]:
    """A session that ends with the block; what was written is kept unless the block raises. Raises UnreadableStore."""
    engine = open_store(settings.store_url)
    try:
        with sessions(engine)() as session, session.begin():
            yield session
    except SQLAlchemyError as error:
        raise UnreadableStore("app.store_unusable", folder=settings.data, why=type(error).__name__) from error
    finally:
        engine.dispose()
