"""Two hundred random flows with random callers on Asterisk: each call is, step for step, what the fake switch says.

All flows are lines of one Ringback, and their callers call at the same time, a few dozen at once. What is compared is
how each command on the channel ended, with which key, and what became of the call.
"""

from collections.abc import Iterator

import pytest

from app.trial.ports import free_rtp_range
from app.trial.trial import Trial
from pbx import asterisk
from tests.support.live_walk import AT_ONCE, Visitor, differences
from tests.support.random_flows import draw_walks, line_of, settings_of
from tests.support.raw_keys import WAYS
from tests.support.scenarios import NO_WORDS, SETTINGS

WALKS = 200


@pytest.fixture(scope="module")
def flows(program: asterisk.AsteriskProgram) -> Iterator[tuple[Trial, list[Visitor]]]:
    """One Ringback with a line for each walk."""
    walks = draw_walks(WALKS)
    ports = free_rtp_range(4 * AT_ONCE)
    sip = {**SETTINGS["sip"], "rtp_first": ports, "rtp_last": ports + 4 * AT_ONCE - 1}
    visitors = [Visitor(walk, line_of(at), walk.caller(at), WAYS[at % 3]) for at, walk in enumerate(walks)]
    with Trial({**SETTINGS, **NO_WORDS, **settings_of(walks), "sip": sip}) as trial:
        yield trial, visitors


@pytest.mark.timeout(600)  # two hundred callers take the time that they take
def test_asterisk_and_the_fake_switch_walk_alike(flows: tuple[Trial, list[Visitor]]) -> None:
    trial, visitors = flows
    assert len(visitors) == WALKS
    assert differences(trial, visitors) == []
