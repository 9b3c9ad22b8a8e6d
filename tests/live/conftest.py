"""Live tests: one real Ringback (Asterisk, controller, worker, web) for all of them; it ends with the last of them."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from app.trial.trial import Trial
from pbx import asterisk
from ringback.config import Settings
from tests.support.installation import Installation, open_installation
from tests.support.scenarios import NO_WORDS, SETTINGS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session")
def program() -> asterisk.AsteriskProgram:
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


@pytest.fixture(scope="session", autouse=True)
def one_schema_for_all(sqlite_template: Path) -> Iterator[None]:
    """Each Ringback begins with a copy of it; that one makes its own is seen in `test_live_supervise`."""
    Trial.empty_store = sqlite_template
    yield
    Trial.empty_store = None


@pytest.fixture(scope="package")
def ringback(program: asterisk.AsteriskProgram) -> Iterator[Trial]:
    """`ringback run` with short times, on private ports."""
    with Trial(SETTINGS, keep=os.environ.get("RINGBACK_KEEP") == "1") as trial:
        yield trial


@pytest.fixture
def house(ringback: Trial, tmp_path: Path) -> Iterator[Installation]:
    """The running Ringback in good order, whatever the test before did to it."""
    with open_installation(ringback, tmp_path) as there:
        yield there


@pytest.fixture(scope="module")
def trials(program: asterisk.AsteriskProgram) -> Iterator[Callable[[dict[str, Any]], Trial]]:
    """`trials(changes)`: a Ringback with other settings, started once a file for the same changes."""
    running: dict[str, Trial] = {}
    with ExitStack() as stack:

        def start(changes: dict[str, Any]) -> Trial:
            key = json.dumps(changes, sort_keys=True)
            if key not in running:
                running[key] = stack.enter_context(Trial({**SETTINGS, **NO_WORDS, **changes}))
            return running[key]

        yield start


@pytest.fixture
def house_with(
    trials: Callable[[dict[str, Any]], Trial], tmp_path: Path
) -> Iterator[Callable[[dict[str, Any]], Installation]]:
    """`house_with(changes)`: as `house`, with other sections than `tests.support.scenarios.SETTINGS`."""
    with ExitStack() as stack:
        yield lambda changes: stack.enter_context(open_installation(trials(changes), tmp_path))
