"""The steps of the pipeline that this program has, in their order: the one list that the worker takes them from."""

from functools import partial

from transcripts import build, measures
from transcripts.engines import Engines
from transcripts.pipeline import Step
from transcripts.redaction import step as redaction


def steps(engines: Engines) -> list[Step]:
    """`engines` are for steps that listen again: their `lock` is `engines.lock`."""
    return [
        Step("turns", build.make),
        Step("redact", build.make),  # of transcripts older than redaction, or when it is asked for again
        Step("mask", partial(redaction.make, engines=engines), lock=engines.lock),
        Step("measure", measures.make),
    ]
