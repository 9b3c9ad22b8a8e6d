"""A house with a person's calls and a stranger's, on both stores."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from ringback.config import Settings
from tests.support.retention import ErasureCase, build


@pytest.fixture
def case(store: sessionmaker[Session], settings: Settings) -> ErasureCase:
    return build(store, settings)


@pytest.fixture
def small(sqlite_store: sessionmaker[Session], settings: Settings) -> ErasureCase:
    """Where the store makes no difference."""
    return build(sqlite_store, settings)
