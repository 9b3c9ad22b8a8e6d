"""What is made of a long call's words: turns, masking, figures of the talk, index, by CPU for calls of any length.

The words are invented (`bench/search_corpus.py`), dense as in a talk without pauses: 150 a minute, a sentence of one
side after one of the other, its first word uncertain, and a card's number every two minutes, so that masking finds what
it looks for. Each stage runs as the worker runs it, on a store of its own; turns and masking, which are one step there,
are measured apart too.
Every figure is the best of several runs: what disturbs a run only ever makes it longer.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from bench.report import Figure
from bench.search_corpus import FREQUENT, Corpus
from calls.models import Call
from ringback.config import Settings
from ringback.store import migrate
from ringback.store.engine import open_store, sessions
from tickets.transcript_line import rebuild
from transcripts import stages
from transcripts.engines.recogniser import Word
from transcripts.models import Transcript
from transcripts.pipeline import build
from transcripts.redaction.masks import redact_turns, rules_of
from transcripts.search import index
from transcripts.stages import Step
from transcripts.text import measures, raw_recognition
from transcripts.text.readable import is_bare, readable
from transcripts.text.turns import turns

WORDS_A_MINUTE = 150
SENTENCE = 12
"""Words of a turn."""
CARD = "my card number is four two four two four two four two four two four two four two four two thank you".split()
CARD_SECONDS = 120.0
RUNS = 5
BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
TURNS = Step("turns", partial(build.make, rebuild=rebuild))
STAGES = ("turns", "redact", "turns and redact, written", "measure", "index")


def said(minutes: float) -> dict[str, list[Word]]:
    """The words of a call of so many minutes, by speaker; the same in every run."""
    random, forms = Random(7), Corpus().words["en"]
    common = FREQUENT["en"].split()
    found: dict[str, list[Word]] = {"caller": [], "agent": []}
    at, card_at, step, turn = 0.0, CARD_SECONDS, 60.0 / WORDS_A_MINUTE, 0
    while at < 60.0 * minutes:
        texts = [random.choice(common) if random.random() < 0.6 else random.choice(forms) for _ in range(SENTENCE)]
        speaker = ("agent", "caller")[turn % 2]
        if at >= card_at and speaker == "caller":
            texts, card_at = CARD, card_at + CARD_SECONDS
        for number, text in enumerate(texts):
            sure = 0.9 if number else 0.4
            found[speaker].append(Word(round(at, 3), round(at + 0.8 * step, 3), sure, text))
            at += step
        turn += 1
    return found


def figures(runs: list[tuple[float, dict[str, float]]], most: float) -> list[Figure]:
    """An hour of the longest call beside an hour of the shortest, stage by stage; `runs`: (minutes, CPU by stage)."""
    (short, first), (long, last) = runs[0], runs[-1]
    found = []
    for stage in STAGES:
        hours = 60 * last[stage] / long, 60 * first[stage] / short
        times = hours[0] / hours[1]
        found.append(
            Figure(
                f"CPU for an hour of dense speech, {long:g} minutes: {stage}", hours[0], "s", f"{short:g} minutes",
                hours[1], times, "x", f"at most {most} x", times <= most,
            )
        )  # fmt: skip
    return found


def measure(folder: Path, minutes: float, runs: int = RUNS) -> dict[str, float]:
    """CPU seconds of each stage for a call of so many minutes."""
    settings = Settings(data=folder)
    engine = open_store(f"sqlite:///{folder / 'texts.db'}")
    migrate.upgrade(engine)
    store = sessions(engine)
    words = said(minutes)
    call_id = _add(store, settings, words, minutes)
    rules = rules_of(settings.redaction)
    bare = is_bare(word for some in words.values() for word in some)
    apart = turns(words)
    jobs: dict[str, Callable[[], object]] = {
        "turns": lambda: [readable(turn.words, "en", bare=bare) for turn in turns(words)],
        "redact": lambda: redact_turns(apart, rules),
    }
    for step in (
        TURNS,
        Step("measure", measures.make),
        Step("index", partial(index.make, answers=lambda _session, _call_id: [])),
    ):
        name = "turns and redact, written" if step is TURNS else step.name
        jobs[name] = partial(_stage, store, settings, call_id, step)
    found = {name: min(_cpu(jobs[name]) for _ in range(runs)) for name in STAGES}
    engine.dispose()
    return found


def _add(store: sessionmaker[Session], settings: Settings, words: dict[str, list[Word]], minutes: float) -> str:
    call_id, over = f"long.{minutes:g}", BEGAN + timedelta(minutes=minutes)
    with store() as session, session.begin():
        told: dict[str, Any] = {"caller_number": "201", "caller_name": "", "state": "ended", "agent": "anna"}
        times: dict[str, Any] = {"arrived_at": BEGAN, "connected_at": BEGAN, "released_at": over, "ended_at": over}
        session.add(Call(call_id=call_id, line="1000", language="en", **told, **times))
        session.flush()
        row = Transcript(call_id=call_id, state="done", language="en")
        session.add(row)
        session.flush()
        raw_recognition.save(session, row.id, words, None)
        rebuild(session, row.id, settings)
    return call_id


def add_written(store: sessionmaker[Session], settings: Settings, minutes: float) -> str:
    """A call of so many minutes with its turns, written and masked as the worker does it; its id."""
    call_id = _add(store, settings, said(minutes), minutes)
    _stage(store, settings, call_id, TURNS)
    return call_id


def _stage(store: sessionmaker[Session], settings: Settings, call_id: str, step: Step) -> None:
    """One stage of the pipeline, asked for again and made. Raises RuntimeError where it was not made."""
    with store() as session, session.begin():
        stages.reprocess(session, step.name, call_id=call_id)
    if stages.run(step, store, settings, call_id) != "done":
        raise RuntimeError(f"the stage {step.name} was not made")


def _cpu(job: Callable[[], object]) -> float:
    began = time.process_time()
    job()
    return time.process_time() - began
