"""When a queue cannot serve a caller: which limit is reached, and when it has to be looked at again."""

from queueing.decisions import Reason
from queueing.waiting import Waiting
from ringback.config import Limit, Queue

_SLACK = 0.001


def limit_reached(
    queue: Queue, entry: Waiting, ahead: int, empty_since: float | None, now: float
) -> tuple[Reason, Limit] | None:
    """The limit that is reached for one who waits.

    `ahead` is how many are served before; `empty_since` is since when nobody has been there for the queue,
    None while somebody is.
    """
    now += _SLACK
    if queue.no_agents is not None and empty_since is not None and now >= empty_since + queue.no_agents.seconds:
        return Reason.NO_AGENTS, queue.no_agents
    if queue.longest_wait is not None and now >= entry.joined_at + queue.longest_wait.seconds:
        return Reason.LONGEST_WAIT, queue.longest_wait
    if queue.most_callers is not None and ahead >= queue.most_callers.callers:
        return Reason.MOST_CALLERS, queue.most_callers
    return None


def limit_due(queue: Queue, entry: Waiting, ahead: int, empty_since: float | None, now: float) -> float | None:
    """When `limit_reached` is to be asked for one who waits; None: not before the queue is left alone."""
    if entry.queue in entry.limits_told:
        return None
    if limit_reached(queue, entry, ahead, empty_since, now) is not None:
        return now
    return None if queue.longest_wait is None else entry.joined_at + queue.longest_wait.seconds
