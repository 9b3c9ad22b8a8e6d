"""The steps of the pipeline that this program has, in their order: the one list that the worker takes them from."""

from functools import partial

from transcripts.engines.loaded import Engines
from transcripts.pipeline import build
from transcripts.pipeline.stages import Step
from transcripts.redaction import step as redaction
from transcripts.text import measures


def steps(engines: Engines) -> list[Step]:
    """`engines` are for steps that listen again: their `lock` is `engines.lock`."""
    return [
        Step("turns", build.make),
        Step("redact", build.make),  # of transcripts older than redaction, or when it is asked for again
        Step("mask", partial(redaction.make, engines=engines), lock=engines.lock),
        Step("measure", measures.make),
    ]
