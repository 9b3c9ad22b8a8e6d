"""The calls of a store made findable, as the worker does it: for the tests of the pages."""

from functools import partial

from survey.service import choices_of
from tests.house_of_calls import Store
from transcripts import pipeline
from transcripts.search import index

STEP = pipeline.Step("index", partial(index.make, answers=choices_of))


def index_all(store: Store) -> None:
    """Does what is due."""
    with store.sessions() as session:
        due = pipeline.due(session, STEP.name, full=True)
    assert {pipeline.run(STEP, store.sessions, store.settings, linkedid) for linkedid in due} == {"done"}
