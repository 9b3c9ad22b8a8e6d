"""What tests of connectors share: tickets of ours, a desk beside, a clock that only the test moves."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.support.beside import Beside


@pytest.fixture
def beside(sqlite_store: sessionmaker[Session]) -> Beside:
    return Beside(sqlite_store)


@pytest.fixture
def beside_both(store: sessionmaker[Session]) -> Beside:
    """On both stores."""
    return Beside(store)
