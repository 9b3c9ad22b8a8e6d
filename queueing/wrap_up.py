"""How long an agent has after a talk: the queue's wrap-up, and more where the agent is to say how the call went."""

from queueing.agents import PoolAgent
from ringback.config import Settings


def after_talk(settings: Settings, agent: PoolAgent, queue: str | None) -> tuple[float | None, float]:
    """Seconds after a talk of a queue's (None: not known which; it is the longest of the agent's queues), and how many
    more for a disposition. (None, 0): the agent did not talk."""
    if not agent.talking:
        return None, 0
    if queue is None:
        return longest(settings, agent), 0
    given = settings.queues[queue]
    return given.wrap_up_seconds, given.disposition_grace_seconds if given.disposition_required else 0


def longest(settings: Settings, agent: PoolAgent) -> float:
    """The longest wrap-up of the agent's queues."""
    return max((settings.queues[queue].wrap_up_seconds for queue in agent.queues), default=0.0)
