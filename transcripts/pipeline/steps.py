"""The steps of the pipeline that this program has, in their order: the one list that the worker takes them from."""

from functools import partial

from transcripts.engines.loaded import Engines
from transcripts.pipeline import build
from transcripts.pipeline.build import Rebuild
from transcripts.redaction import step as redaction
from transcripts.stages import Step
from transcripts.text import measures


def steps(engines: Engines, rebuild: Rebuild) -> list[Step]:
    """`engines` are for steps that listen again: their `lock` is `engines.lock`. `rebuild` makes the segments anew."""
    made = partial(build.make, rebuild=rebuild)
    masked = partial(redaction.make, engines=engines, rebuild=partial(rebuild, done=("turns", "redact", "mask")))
    return [
        Step("turns", made),
        Step("redact", made),  # of transcripts older than redaction, or when it is asked for again
        Step("mask", masked, lock=engines.lock),
        Step("measure", measures.make),
    ]
