"""Whether ninety seconds of a call have what matters in them: sixty long calls whose moments people marked.

Each call is judged by weights that were learnt from others: ten folds of six calls, in which what is alike in the two
languages is together. What is weighed, how much room a kind has and how little the calls are believed was chosen on the
first half of them alone; the second half is the figure.

.venv/bin/python -m bench --only digest    both halves
.venv/bin/python -m bench.digest weigh     writes library/digest_weights.py anew, from all sixty
"""

import sys
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bench import report
from bench.conversations import Marked
from bench.long_conversations import LANGUAGES, LongConversation, long_conversations
from bench.summary import right
from library.digest import MARKS, MOST, WEIGHED, DigestFacts, Weights, digest, marks_of
from summary.extract import likely
from summary.extract import weigh as weigh_points
from summary.sentences import sentences
from transcripts.engines.meaning import encoder
from transcripts.engines.recogniser import Word
from transcripts.text.moments import moments

COVERED = 0.8
"""Of a marked sentence's time that is played."""
WANTED = 0.85
STRENGTH = {"problem": 0.003, "turn": 0.03, "promised": 0.003, "outcome": 0.01}
"""Of the regressions: the smaller, the less the calls are believed. Chosen among the first thirty alone, by learning
with half of what is talked of besides and looking at other calls with the other half."""
FOLDS = 10


@cache
def facts_of(call: LongConversation) -> DigestFacts:
    """As a page has them: turns, the real summary of them, holds, silences and overlaps."""
    heard = call.heard
    said = sentences(enumerate(heard.turns))
    weights, _ = weigh_points(said, heard.language)
    told = {point: {at: of[at] for at in likely(of)} for point, of in weights.items()}
    words: dict[str, list[Word]] = {}
    for turn in heard.turns:
        words.setdefault(turn.speaker, []).extend(turn.words)
    unsure = {}
    for at, each in enumerate(said):
        of = heard.turns[each.seq].words[each.first : each.last]
        unsure[at] = sum(word.confidence < 0.5 for word in of)
    found = moments(words, [(0.0, call.seconds)], call.holds, ())
    return DigestFacts(said, unsure, told, found, heard.language, 0.0, call.seconds)


def is_inside(call: LongConversation, marked: Marked, weights: Weights) -> bool:
    """Whether a marked moment is played."""
    played = digest(facts_of(call), weights).stretches
    covered = sum(max(0.0, min(each.end, marked.end) - max(each.begin, marked.start)) for each in played)
    return covered >= COVERED * (marked.end - marked.start)


def all_calls() -> list[LongConversation]:
    return [call for language in LANGUAGES for call in long_conversations(language)]


def shares(folds: int = FOLDS) -> dict[tuple[bool, str, str], tuple[int, int]]:
    """By half (True: the one that marks and shares were not chosen on), language and kind how many marked moments are
    inside, and of how many. Each call is judged by weights that were learnt from the other folds alone."""
    calls = all_calls()
    found: dict[tuple[bool, str, str], tuple[int, int]] = {}
    for fold in range(folds):
        weights = learn([call for at, call in enumerate(calls) if at % folds != fold])
        for call in calls[fold::folds]:
            for each in call.heard.marked:
                if each.point in WEIGHED:
                    key = (call.heard.measured, call.heard.language, str(each.point))
                    inside, of = found.get(key, (0, 0))
                    found[key] = inside + is_inside(call, each, weights), of + 1
    return found


def learn(calls: Sequence[LongConversation]) -> dict[str, dict[str, float]]:
    """What each mark weighs for each kind in these calls."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rows: list[list[float]] = []
    marked = []
    for call in calls:
        facts = facts_of(call)
        rows += marks_of(facts)
        marked += [(each, call.heard.marked) for each in facts.said]
    table = np.array(rows)
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    learnt = {}
    for kind in WEIGHED:
        is_it = [any(right(one, each) for each in of if each.point == kind) for one, of in marked]
        model = LogisticRegression(C=STRENGTH[kind], max_iter=1000)
        model.fit((table - middle) / spread, is_it)
        weights = model.coef_[0] / spread
        always = model.intercept_[0] - weights @ middle
        learnt[str(kind)] = dict(zip((*MARKS, "always"), (*map(float, weights), float(always)), strict=True))
    return learnt


def weigh() -> str:
    """The text of library/digest_weights.py: learnt from all sixty."""
    lines = [
        '"""What each mark of a sentence weighs for each kind; `python -m bench.digest weigh` writes this file."""\n',
        "WEIGHTS: dict[str, dict[str, float]] = {",
    ]
    for kind, weights in learn(all_calls()).items():
        lines.append(f'    "{kind}": {{')
        lines += [f'        "{name}": {weight:.3f},' for name, weight in weights.items()]
        lines.append("    },")
    return "\n".join([*lines, "}", ""])


def run(quick: bool) -> dict[str, object]:  # noqa: ARG001 - it takes a minute
    """As `python -m bench` asks for it."""
    encoder().vectors(["loaded before anything is timed"])
    calls = all_calls()
    for call in calls:
        facts_of(call)
    figures = _found(shares())
    begun = time.perf_counter()
    every = [(call, digest(facts_of(call))) for call in calls]
    took = time.perf_counter() - begun
    longest = max(each.seconds for _, each in every)
    figures.append(
        report.Figure("the longest digest", round(longest, 1), "s", wanted=f"at most {MOST:g} s", met=longest <= MOST)
    )
    figures.append(report.Figure("calls, in the mean", round(sum(call.seconds for call in calls) / len(calls)), "s"))
    stretches = sum(len(each.stretches) for _, each in every)
    figures.append(report.Figure("stretches, in the mean", round(stretches / len(every), 1), ""))
    return {"figures": figures, "details": {"took_seconds": took}}


def _found(found: dict[tuple[bool, str, str], tuple[int, int]]) -> list[report.Figure]:
    figures: list[report.Figure] = []
    for unseen in (True, False):
        half = "nothing chosen on" if unseen else "marks and shares chosen on"
        mine = {key[1:]: each for key, each in found.items() if key[0] is unseen}
        inside, of = (sum(each[at] for each in mine.values()) for at in (0, 1))
        name = f"{half}: marked moments inside the ninety seconds ({inside} of {of})"
        wish = {"wanted": f"at least {WANTED:.0%}", "met": inside / of >= WANTED} if unseen else {}
        figures.append(report.Figure(name, round(100 * inside / of, 1), "%", **wish))
        figures += [
            report.Figure(f"{half}: {language}, {kind} ({one} of {all_of})", round(100 * one / all_of, 1), "%")
            for (language, kind), (one, all_of) in sorted(mine.items())
        ]
    return figures


if __name__ == "__main__" and sys.argv[1:] == ["weigh"]:
    Path("library/digest_weights.py").write_text(weigh(), encoding="utf-8")
