"""The steps of the pipeline that this program has, in their order: the one list that the worker takes them from."""

from transcripts import build, measures
from transcripts.engines import Engines
from transcripts.pipeline import Step


def steps(engines: Engines) -> list[Step]:
    """`engines` are for steps that listen again: their `lock` is `engines.lock`."""
    return [Step("turns", build.make), Step("measure", measures.make)]
