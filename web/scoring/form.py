"""What the forms of scoring send: numbers, lines of a text, choices among what there is."""

from collections.abc import Collection, Mapping
from math import isfinite

from flask import request

from scoring.policy import WATCHES, Criterion, Watch

LONGEST = 8000
"""Characters of a field that are read."""


def number(text: str) -> float | None:
    """With a point or a comma; None: it is none."""
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return found if isfinite(found) else None


def lines(text: str) -> tuple[str, ...]:
    """Each line that says something."""
    return tuple(line for each in text[:LONGEST].splitlines() if (line := each.strip()))


def chosen(name: str, among: Collection[str]) -> list[str]:
    """Boxes that are ticked, each of them one that was offered."""
    return [each for each in dict.fromkeys(request.form.getlist(name)) if each in among]


def criterion(key: str, sent: Mapping[str, str]) -> Criterion:
    """As the editor's form has it; what it may not be is said where it is stored."""
    watch: Watch = next((each for each in WATCHES if each == sent.get("watch")), "")
    return Criterion(
        key=key,
        title=sent.get("title", "")[:LONGEST],
        help=sent.get("help", "")[:LONGEST],
        points=number(sent.get("points", "")) or 0.0,
        weight=number(sent.get("weight", "")) or 0.0,
        must_pass=sent.get("must_pass") == "yes",
        may_skip=sent.get("may_skip") == "yes",
        causes=lines(sent.get("causes", "")),
        comments=lines(sent.get("comments", "")),
        wordings=lines(sent.get("wordings", "")),
        watch=watch,
    )
