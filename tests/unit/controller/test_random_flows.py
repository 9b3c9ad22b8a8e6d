"""Random flows and callers on the fake switch: what tests/live/test_live_flows.py compares Asterisk with."""

from ringback.config import Settings
from tests.support.fake_walk import FakeWalk
from tests.support.random_flows import draw_walks, line_of, play, settings_of, told
from tests.support.scenarios import SETTINGS


def test_two_hundred_random_flows_end_and_leave_nobody_behind() -> None:
    walks = draw_walks(200)
    settings = Settings.model_validate({**SETTINGS, **settings_of(walks)})
    results: dict[str | None, int] = {}
    for number, walk in enumerate(walks):
        stage = FakeWalk(settings, line_of(number), walk.caller(number))
        play(stage, walk)
        facts = told(stage.facts)
        assert not stage.world.runner.calls, "each call settles"
        assert facts["result"] is not None, walk
        assert len(stage.answers) == len(set(stage.answers)), "no command ends twice"
        results[facts["result"]] = results.get(facts["result"], 0) + 1
    assert len(walks) == 200
    assert set(results) >= {"abandoned", "left", "self_service", "message"}, results
