"""Both stores, and the worker's step that makes calls findable."""

from collections.abc import Callable
from functools import partial

import pytest

from ringback.config import Settings
from survey.service import choices_of
from tests.support.search import Sessions
from transcripts import stages
from transcripts.search import index


@pytest.fixture
def settings_here(settings: Settings) -> Settings:
    return settings.model_copy(update={"timezone": "Europe/Berlin"})


@pytest.fixture
def work(store: Sessions, settings_here: Settings) -> Callable[[], list[str]]:
    """Does what is due; the calls that were indexed."""
    step = stages.Step("index", partial(index.make, answers=choices_of))

    def run() -> list[str]:
        with store() as session:
            due = stages.due(session, "index", full=True)
        return [call_id for call_id in due if stages.run(step, store, settings_here, call_id) == "done"]

    return run
