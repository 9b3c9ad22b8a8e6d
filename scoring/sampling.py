"""Which calls a reviewer is to score next, and why each: drawn by lot and by risk, every agent as often as the others.

Pure in `choose`. The lot is a hash of the week, so that asking again gives the same, and nobody can pick; a second hash
gives each call to one of the reviewers. What speaks for a call is read by `scoring/candidates.py`.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from ringback.messages import Message, message

Risk = Literal["unhappy", "silence", "repeat", "transfer", "hold"]


@dataclass(frozen=True, slots=True)
class ScorableCall:
    """A call that could be scored."""

    call_id: str
    agent: str
    risks: tuple[Risk, ...] = ()


@dataclass(frozen=True, slots=True)
class ChosenCall:
    """One that is to be scored next."""

    call_id: str
    agent: str
    why: tuple[Message, ...]


def choose(
    calls: Collection[ScorableCall],
    *,
    week: str,
    reviewer: str,
    reviewers: Collection[str],
    scored: Mapping[str, int],
    most: int,
) -> list[ChosenCall]:
    """At most so many, in the order in which they are to be scored.

    `reviewers`: all who have a goal, among whom calls are dealt out. `scored`: how often each agent was scored lately;
    who was scored least comes first. Of each agent's calls one is drawn by lot, the next one by risk, and so on.
    """
    mine = [call for call in calls if owner(week, call, reviewers) == reviewer and call.agent != reviewer]
    left: dict[str, list[ScorableCall]] = {}
    for call in sorted(mine, key=lambda each: lot(week, each.call_id, each.agent)):
        left.setdefault(call.agent, []).append(call)
    times = Counter({agent: scored.get(agent, 0) for agent in left})
    turns = Counter[str]()
    chosen: list[ChosenCall] = []
    while len(chosen) < most and any(left.values()):
        agent = min((each for each in left if left[each]), key=lambda each: (times[each], lot(week, each)))
        risky = (turns[agent] + int(lot(week, agent, "first"), 16)) % 2 == 0
        call = max(left[agent], key=lambda each: len(each.risks)) if risky else left[agent][0]
        left[agent].remove(call)
        times[agent] += 1
        turns[agent] += 1
        why = [message(f"scoring.why_{risk}") for risk in call.risks] if risky else []
        chosen.append(ChosenCall(call.call_id, agent, tuple(why) or (message("scoring.why_lot"),)))
    return chosen


def owner(week: str, call: ScorableCall, reviewers: Collection[str]) -> str | None:
    """Whose a call is this week: nobody else is offered it."""
    return max(reviewers, key=lambda who: lot(week, who, call.call_id, call.agent), default=None)


def lot(*of: str) -> str:
    """A number that nobody can choose, the same for the same words."""
    return sha256("\0".join(of).encode()).hexdigest()
