"""What tests of publishing share."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from ringback.store.base import utcnow


@pytest.fixture
def call_with_version(store: sessionmaker[Session]) -> Callable[[int], None]:
    """Writes a call that goes on and began with a version of the settings."""

    def write(version: int) -> None:
        with store() as session, session.begin():
            session.add(
                Call(
                    call_id=f"call-{version}",
                    line="1000",
                    language="en",
                    caller_number="",
                    caller_name="",
                    state="waiting",
                    arrived_at=utcnow(),
                    snapshot={"version": version},
                )
            )

    return write
