"""Live tests: one real Ringback (Asterisk, controller, worker, web) for the whole session."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pbx import asterisk
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.trial import Trial
from tests.live.house import House
from tests.scenarios import SETTINGS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session")
def program() -> asterisk.Program:
    """The Asterisk to test with: where it is missing, that is an error on CI and a skip on a laptop."""
    found = asterisk.find(Settings())
    if found is None:
        reason = (
            f"no Asterisk {asterisk.OLDEST}+: run `make prepare`, or name an unpacked one in {asterisk.ROOT_VARIABLE}"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def ringback(program: asterisk.Program) -> Iterator[Trial]:
    """`ringback run` with short times, on private ports."""
    with Trial(SETTINGS, keep=os.environ.get("RINGBACK_KEEP") == "1") as trial:
        yield trial


@pytest.fixture
def house(ringback: Trial, tmp_path: Path) -> Iterator[House]:
    """The running Ringback in good order, whatever the test before did to it."""
    there = House(ringback, tmp_path)
    there.put_in_order()
    began = utcnow()
    yield there
    there.tell(began)
    there.close_phones()
