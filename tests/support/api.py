"""What tests of the API need: a key, and a controller that answers what is asked of it."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import select

from ringback.messages import Message
from ringback.store.base import utcnow
from ringback.store.bus import Request
from tests.support.calls import Store
from web import keys


def key_for(store: Store, scopes: Sequence[str], name: str = "program") -> dict[str, str]:
    """A new key with these scopes, as the header that a program sends."""
    with store.sessions() as session, session.begin():
        _, token = keys.make(session, name, [], "admin", scopes=scopes)
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def controller(store: Store, error: Message | None = None) -> Iterator[None]:
    """Answers every wish, as the controller does."""
    over = threading.Event()

    def answer() -> None:
        while not over.wait(0.01):
            with store.sessions() as session, session.begin():
                for row in session.scalars(select(Request).where(Request.done_at.is_(None))):
                    row.done_at, row.error = utcnow(), error

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
