"""The flow that Ringback begins with: every path of it by SIP callers, in both languages.

Keys come before, during and after the prompts, in each of the three ways in which phones send them, and at every menu
somebody hangs up. Each call is, step for step, what the fake switch says.
"""

from collections.abc import Iterable, Iterator

import pytest
import yaml

from app.init_command import STARTER
from app.trial.ports import free_rtp_range
from app.trial.trial import Trial
from pbx import asterisk
from tests.support.live_walk import AT_ONCE, Visitor, differences
from tests.support.random_flows import Walk
from tests.support.raw_keys import WAYS
from tests.support.scenarios import NO_WORDS, SETTINGS
from tests.support.walks_of_flow import walks_of


@pytest.fixture(scope="module")
def starter(program: asterisk.AsteriskProgram) -> Iterator[Trial]:
    """A Ringback as `make run` begins one, on private ports and without live words."""
    flow = yaml.safe_load((STARTER / "ringback.yaml").read_text(encoding="utf-8"))
    ports = free_rtp_range(4 * AT_ONCE)
    sip = {**SETTINGS["sip"], "rtp_first": ports, "rtp_last": ports + 4 * AT_ONCE - 1}
    with Trial({**flow, **NO_WORDS, "sip": sip}) as trial:
        yield trial


def different(walks: Iterable[Walk]) -> list[Walk]:
    """Each once: several paths begin alike."""
    return list({repr(walk): walk for walk in walks}.values())


@pytest.mark.timeout(600)
def test_every_path_is_walked_in_every_way(starter: Trial) -> None:
    settings = starter.settings
    walks = [(line, walk) for line in settings.lines for walk in different(walks_of(settings, line))]
    visitors = [Visitor(walk, line.number, f"+12025551{at:03}", WAYS[at % 3]) for at, (line, walk) in enumerate(walks)]
    assert len(visitors) > 60
    assert differences(starter, visitors) == []
