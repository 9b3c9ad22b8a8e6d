"""The steps of the pipeline that this program has, in their order: the one list that the worker takes them from."""

from transcripts import build
from transcripts.engines import Engines
from transcripts.pipeline import Step


def steps(_engines: Engines) -> list[Step]:
    """`_engines` are for steps that listen again: their `lock` is `engines.lock`."""
    return [Step("turns", build.make)]
