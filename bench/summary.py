"""Whether a summary shows the right sentences: sixty conversations whose points people marked (`conversations.py`).

.venv/bin/python -m bench --only summary    the measure, on the half that nothing was chosen on
.venv/bin/python -m bench.summary weigh     writes summary/weights.py anew from the other half
"""

import sys
import time
from pathlib import Path

import numpy as np

from bench import report
from bench.conversations import LANGUAGES, Conversation, Marked, conversations
from summary.extract import MARKS, POINTS, Point, extract, marks_of
from summary.sentences import SaidSentence, sentences
from transcripts.engines.meaning import encoder

COVERED = 0.5
"""Of a marked sentence's time that a shown one has to cover."""
WANTED = 0.85
STRENGTH = 0.1
"""Of the regression: the smaller, the less thirty conversations are believed. 0.03 to 1 made no difference."""


def right(said: SaidSentence, marked: Marked) -> bool:
    """Whether a shown sentence is the marked one, as far as the recogniser left its limits as they were."""
    covered = min(said.end, marked.end) - max(said.start, marked.start)
    return covered >= COVERED * (marked.end - marked.start)


def finds(conversation: Conversation) -> dict[Point, bool]:
    """By point whether the marked sentence is among those shown."""
    said = sentences(enumerate(conversation.turns))
    found, _ = extract(said, conversation.language)
    return {
        point: any(right(said[at], each) for at in found[point] for each in conversation.marked if each.point == point)
        for point in POINTS
    }


def shares(measured: bool = True) -> dict[tuple[str, Point], float]:
    """By language and point the share of conversations whose sentence is found."""
    found = {}
    for language in LANGUAGES:
        told = [finds(each) for each in conversations(language) if each.measured is measured]
        for point in POINTS:
            found[language, point] = sum(each[point] for each in told) / len(told)
    return found


def weigh() -> str:
    """The text of summary/weights.py."""
    from sklearn.linear_model import LogisticRegression

    rows, marked = [], []
    for language in LANGUAGES:
        for each in conversations(language):
            if not each.measured:
                said = sentences(enumerate(each.turns))
                rows.append(marks_of(said, encoder().vectors([one.text for one in said]), language)[:, :-1])
                marked += [(one, each.marked) for one in said]
    all_rows = np.concatenate(rows)
    middle, spread = all_rows.mean(axis=0), all_rows.std(axis=0) + 1e-9
    lines = [
        '"""What each mark of a sentence weighs for each point; `python -m bench.summary weigh` writes this file."""\n',
        "WEIGHTS: dict[str, dict[str, float]] = {",
    ]
    for point in POINTS:
        is_it = [any(right(one, each) for each in of if each.point == point) for one, of in marked]
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
        model.fit((all_rows - middle) / spread, is_it)
        weights = model.coef_[0] / spread
        always = model.intercept_[0] - weights @ middle
        lines.append(f'    "{point}": {{')
        named = zip((*MARKS, "always"), (*weights, always), strict=True)
        lines += [f'        "{name}": {weight:.3f},' for name, weight in named]
        lines.append("    },")
    return "\n".join([*lines, "}", ""])


def run(quick: bool) -> dict[str, object]:  # noqa: ARG001 - it takes a second
    """As `python -m bench` asks for it."""
    encoder().vectors(["loaded before anything is timed"])
    begun = time.perf_counter()
    found = shares()
    took = time.perf_counter() - begun
    figures = [
        report.Figure(
            f"{language}: {point}, the marked sentence is among three",
            round(share * 100, 1),
            "%",
            wanted=f"at least {WANTED:.0%}",
            met=share >= WANTED,
        )
        for (language, point), share in found.items()
    ]
    calls = sum(each.measured for language in LANGUAGES for each in conversations(language))
    figures.append(report.Figure("a call's summary", round(1000 * took / calls, 1), "ms"))
    return {"figures": figures, "details": {"took_seconds": took}}


if __name__ == "__main__" and sys.argv[1:] == ["weigh"]:
    Path("summary/weights.py").write_text(weigh(), encoding="utf-8")
