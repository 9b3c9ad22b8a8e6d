"""Whether ninety seconds of a call have what matters in them: sixty long calls whose moments people marked.

.venv/bin/python -m bench --only digest    both halves: the one that weights were chosen on, and the one held out
.venv/bin/python -m bench.digest weigh     writes library/digest_weights.py anew from the first half
"""

import sys
import time
from functools import cache
from pathlib import Path

from bench import report
from bench.conversations import Marked
from bench.long_conversations import LANGUAGES, LongConversation, long_conversations
from bench.summary import right
from library.digest import MARKS, MOST, WEIGHED, DigestFacts, digest, marks_of
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
"""Of the regressions: the smaller, the less thirty conversations are believed. Chosen among the thirty alone, by
learning with half of what is talked of besides and looking at other calls with the other half."""


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


def is_inside(call: LongConversation, marked: Marked) -> bool:
    """Whether a marked moment is played."""
    played = digest(facts_of(call)).stretches
    covered = sum(max(0.0, min(each.end, marked.end) - max(each.begin, marked.start)) for each in played)
    return covered >= COVERED * (marked.end - marked.start)


def shares(measured: bool) -> dict[tuple[str, str], tuple[int, int]]:
    """By language and kind how many marked moments are inside, and of how many; of one half."""
    found = {}
    for language in LANGUAGES:
        calls = [each for each in long_conversations(language) if each.heard.measured is measured]
        for kind in WEIGHED:
            told = [is_inside(call, each) for call in calls for each in call.heard.marked if each.point == kind]
            found[language, str(kind)] = sum(told), len(told)
    return found


def weigh() -> str:
    """The text of library/digest_weights.py."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rows: list[list[float]] = []
    marked = []
    for language in LANGUAGES:
        for call in long_conversations(language):
            if not call.heard.measured:
                facts = facts_of(call)
                rows += marks_of(facts)
                marked += [(each, call.heard.marked) for each in facts.said]
    table = np.array(rows)
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    lines = [
        '"""What each mark of a sentence weighs for each kind; `python -m bench.digest weigh` writes this file."""\n',
        "WEIGHTS: dict[str, dict[str, float]] = {",
    ]
    for kind in WEIGHED:
        is_it = [any(right(one, each) for each in of if each.point == kind) for one, of in marked]
        model = LogisticRegression(C=STRENGTH[kind], max_iter=1000)
        model.fit((table - middle) / spread, is_it)
        weights = model.coef_[0] / spread
        always = model.intercept_[0] - weights @ middle
        lines.append(f'    "{kind}": {{')
        lines += [
            f'        "{name}": {weight:.3f},'
            for name, weight in zip((*MARKS, "always"), (*weights, always), strict=True)
        ]
        lines.append("    },")
    return "\n".join([*lines, "}", ""])


def run(quick: bool) -> dict[str, object]:  # noqa: ARG001 - it takes seconds
    """As `python -m bench` asks for it."""
    encoder().vectors(["loaded before anything is timed"])
    for language in LANGUAGES:
        for call in long_conversations(language):
            facts_of(call)
    begun = time.perf_counter()
    figures: list[report.Figure] = []
    for measured in (True, False):
        half = "held out" if measured else "chosen on"
        found = shares(measured)
        inside, of = (sum(each[at] for each in found.values()) for at in (0, 1))
        name = f"{half}: marked moments inside the ninety seconds ({inside} of {of})"
        wish = {"wanted": f"at least {WANTED:.0%}", "met": inside / of >= WANTED} if measured else {}
        figures.append(report.Figure(name, round(100 * inside / of, 1), "%", **wish))
        figures += [
            report.Figure(f"{half}: {language}, {kind} ({one} of {all_of})", round(100 * one / all_of, 1), "%")
            for (language, kind), (one, all_of) in found.items()
        ]
    took = time.perf_counter() - begun
    every = [(call, digest(facts_of(call))) for language in LANGUAGES for call in long_conversations(language)]
    longest = max(each.seconds for _, each in every)
    figures.append(
        report.Figure("the longest digest", round(longest, 1), "s", wanted=f"at most {MOST:g} s", met=longest <= MOST)
    )
    figures.append(report.Figure("calls, in the mean", round(sum(call.seconds for call, _ in every) / len(every)), "s"))
    figures.append(
        report.Figure(
            "stretches, in the mean", round(sum(len(each.stretches) for _, each in every) / len(every), 1), ""
        )
    )
    return {"figures": figures, "details": {"took_seconds": took}}


if __name__ == "__main__" and sys.argv[1:] == ["weigh"]:
    Path("library/digest_weights.py").write_text(weigh(), encoding="utf-8")
