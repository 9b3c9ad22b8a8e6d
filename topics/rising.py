"""Whether a topic has suddenly many calls: beside its own share in the weeks before, at the same hours. Pure.

What is known of a topic is its share of all calls, so that a busy day makes none rise. The share at these hours of this
day of the week, in the WEEKS before, is drawn to its share at all hours as if PRIOR calls more had been counted. What
that share predicts for the calls of now is beta-binomial; a number rises that is as unlikely as SURE says, divided by
the number of topics looked at. The share changes from day to day: it is believed as if at most BELIEVED calls told it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

WEEKS = 6
HOURS = (1, 3, 24)
"""How far back calls are counted: what breaks is heard within the hour, what creeps in within a day."""
LEAST_WEEKS = 2
"""Of calls before there is a past to stand beside."""
LEAST_CALLS = 5
TIMES = 2.0
"""So many times what is expected, at least."""
PRIOR = 20.0
BELIEVED = 200.0
SURE = 0.001


@dataclass(frozen=True)
class Counts:
    """Calls with a text in one window of time, and in the same window of the weeks before."""

    now: Mapping[str, int]
    """By topic."""
    all_now: int
    same_hours: Mapping[str, int]
    """By topic, in all of the weeks before together."""
    all_same_hours: int
    ever: Mapping[str, int]
    """By topic, at all hours of these weeks."""
    all_ever: int


@dataclass(frozen=True)
class Rise:
    """A topic with more calls than can be chance."""

    topic: str
    calls: int
    expected: float


def rises(counts: Counts, looked_at: int) -> list[Rise]:
    """Those topics that rise; `looked_at`: how many are looked at, in how many windows."""
    from scipy.stats import betabinom  # where it is used: a second of every start that needs none of it

    found = []
    for topic, calls in counts.now.items():
        if calls < LEAST_CALLS:
            continue
        ever = (counts.ever.get(topic, 0) + 0.5) / (counts.all_ever + 1)
        told = counts.same_hours.get(topic, 0) + PRIOR * ever
        trust = counts.all_same_hours + PRIOR
        share = told / trust
        trust = min(trust, BELIEVED)
        expected = share * counts.all_now
        chance = betabinom.sf(calls - 1, counts.all_now, share * trust, (1 - share) * trust)
        if calls >= TIMES * expected and chance < SURE / max(1, looked_at):
            found.append(Rise(topic, calls, expected))
    return sorted(found, key=lambda rise: rise.expected / rise.calls)
