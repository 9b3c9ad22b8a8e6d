"""Criteria of a scorecard and the score that they make: plain decisions, without I/O.

The score is 100 times the points that were given over the points that could be, each times its criterion's weight, over
the criteria that apply. One that does not apply leaves both sums, so that the others keep their proportions. What must
be passed has all its points or is failed, and one that is failed makes the whole 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

Watch = Literal["", "silence", "overlap", "hold", "notice"]
"""Facts of a call that a criterion can have pointed out: the longest silence, both talking at once, the longest hold,
whether the caller was told of the recording."""
WATCHES: tuple[Watch, ...] = get_args(Watch)

MOST_POINTS = 100.0
MOST_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a call is looked at for."""

    key: str
    """The same in every version of its card, so that figures go on when it is worded better."""
    title: str
    help: str = ""
    """When it gets how many points."""
    points: float = 1.0
    """At most."""
    weight: float = 1.0
    """How much its points count beside those of others."""
    must_pass: bool = False
    """Without all its points the whole call has 0."""
    may_skip: bool = True
    """Whether a reviewer may say that it does not apply."""
    causes: tuple[str, ...] = ()
    """Root causes to choose from when points are lost."""
    comments: tuple[str, ...] = ()
    """Templates of a comment."""
    wordings: tuple[str, ...] = ()
    """What must be said, in some of the ways it is said; the nearest sentence of the agent is pointed out."""
    watch: Watch = ""

    def as_json(self) -> dict[str, Any]:
        """What `criterion_of` reads again."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def criterion_of(stored: Mapping[str, Any]) -> Criterion:
    """Of what `as_json` gave."""
    values: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in stored.items()}
    return Criterion(**values)


@dataclass(frozen=True, slots=True)
class Given:
    """What a reviewer gives for one criterion."""

    points: float | None = None
    """None: not decided yet, or it does not apply."""
    skipped: bool = False
    """It does not apply to this call."""
    causes: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class CallScore:
    """What the points come to."""

    percent: float | None
    """0 to 100; None: nothing applies, or nothing is decided yet."""
    failed: tuple[str, ...] = ()
    """Keys of what had to be passed and was not."""
    missing: tuple[str, ...] = ()
    """Keys of what is not decided yet; the percentage leaves them out."""


NOTHING = Given()


def score(criteria: Sequence[Criterion], given: Mapping[str, Given]) -> CallScore:
    """Of what was given by the key of a criterion; points beyond the criterion's count as all of them."""
    got = most = 0.0
    failed: list[str] = []
    missing: list[str] = []
    for each in criteria:
        mark = given.get(each.key, NOTHING)
        if mark.skipped:
            continue
        if mark.points is None:
            missing.append(each.key)
            continue
        points = min(max(mark.points, 0.0), each.points)
        got, most = got + each.weight * points, most + each.weight * each.points
        if each.must_pass and points < each.points:
            failed.append(each.key)
    if not most:
        return CallScore(None, (), tuple(missing))
    return CallScore(0.0 if failed else round(min(100.0, 100.0 * got / most), 2), tuple(failed), tuple(missing))


def lost(criterion: Criterion, mark: Given) -> bool:
    """Whether points were lost: what root causes are asked for."""
    return not mark.skipped and mark.points is not None and mark.points < criterion.points


@dataclass(frozen=True, slots=True)
class CardScope:
    """Which calls a card is for."""

    queues: frozenset[str] = field(default_factory=frozenset)
    """Empty: all of them."""
    lines: frozenset[str] = field(default_factory=frozenset)
    """Dialled numbers; empty: all of them."""

    def has(self, queue: str | None, line: str) -> bool:
        """Whether a call is one of them."""
        return (not self.queues or queue in self.queues) and (not self.lines or line in self.lines)
